/**
 * The flags of a program as a table: one record for each flag, from which the command line is read and `--help` is written.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";

/** One flag. Its name, without the dashes, is its key in the table. */
export interface Flag {
  /** What follows the flag, as `--help` shows it: `N`, `FILE`; in brackets where it may be left out. A switch has none. */
  operand?: string;
  /** What the flag does, for `--help`. */
  meaning: string;
  /** The value where the flag is not given, as somebody would write it. */
  default?: string;
  /** Whether the flag may be given several times; its value is then an array. */
  isList?: true;
  /** Whether the value is words with commas between them; a configuration file may then have an array of them. */
  hasCommas?: true;
  /** Whether the flag says a secret. Its environment variable is then read apart, with the files that hold such secrets. */
  isSecret?: true;
  /**
   * Turns what was written into the value; the text itself is the value where this is left out.
   *
   * @throws {RangeError} If it can't be used. The message follows the flag's name (`must be a number, not "tea"`), after a
   * colon where it is a sentence.
   */
  read?: (text: string) => unknown;
}

/** The flags of a program, by name. */
export type Table = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends { read: (text: string) => infer Value } ? Value
  : F extends { operand: string } ? string
  : boolean;

/** What the command line says, by flag. Without a default, a flag that is not given is undefined; a switch is then false. */
export type Values<T extends Table> = {
  [Name in keyof T]: T[Name] extends { isList: true } ? ValueOf<T[Name]>[]
    : T[Name] extends { default: string } ? ValueOf<T[Name]>
    : T[Name] extends { operand: string } ? ValueOf<T[Name]> | undefined
    : boolean;
};

/** The flags that every program has. */
export const COMMON = {
  help: { meaning: "show this" },
  version: { meaning: "show the version" },
} satisfies Table;

/** What is said of a flag without a value, where its reader does not say what it must be. */
export const NO_VALUE = "needs a value";

/** The command line can't be used as it is; the message says why. A program then ends with exit code 2. */
export class UsageError extends Error {}

/** What one place says of a flag. */
export interface Given {
  /** The place, as messages name it: `TEAHOUSE_PORT`. */
  from: string;
  /** The texts, as they would stand on the command line; more than one for a list alone. A switch has `true` or `false`. */
  texts: string[];
}

/** A place beside the command line that may say flags: gives what it says of one, or undefined. */
export type Source = (name: string, flag: Flag) => Given | undefined;

/** Where a flag's value is from. */
export interface Origin {
  /** The place, as messages name it. */
  from: string;
  /** Which place that is: 0 for the command line, and one more for each of the sources. */
  rank: number;
}

/**
 * Reads a command line, and what other places say of the flags that it leaves out.
 *
 * @param args As in `Deno.args`.
 * @param sources The places to ask, in this order, for a flag that is not on the command line. The first that says something
 * counts; what places do not say is the default.
 * @param origins Is given where each value is from that is no default, by the flag's name.
 * @returns The values, or which of the common flags is asked for.
 * @throws {UsageError} If a flag is unknown or its value can't be used.
 */
export function readFlags<T extends Table>(
  table: T,
  args: string[],
  sources: readonly Source[] = [],
  origins: Map<string, Origin> = new Map(),
): Values<T> | keyof typeof COMMON {
  const all: Table = { ...table, ...COMMON };
  const names = Object.keys(all);
  const given: Record<string, unknown> = parseArgs(withEmptyValues(all, args), {
    string: names.filter((name) => all[name].operand !== undefined),
    boolean: names.filter((name) => all[name].operand === undefined),
    collect: names.filter((name) => all[name].isList),
    unknown: (arg: string) => {
      throw new UsageError(`unknown ${arg.startsWith("-") ? "flag" : "argument"} ${arg}; --help lists the flags`);
    },
  });
  for (const name of ["help", "version"] as const) if (given[name]) return name;
  const onCommandLine: Source = (name, { operand, isList }) => {
    const value = given[name];
    const isGiven = isList ? (value as string[]).length > 0 : operand === undefined ? value : value !== undefined;
    return isGiven ? { from: `--${name}`, texts: [value].flat().map(String) } : undefined;
  };
  const places = [onCommandLine, ...sources];
  const valueOf = (name: string, flag: Flag) => {
    const { operand, isList, default: otherwise } = flag;
    let said: Given = { from: `--${name}`, texts: otherwise === undefined ? [] : [otherwise] };
    for (const [rank, place] of places.entries()) {
      const given = place(name, flag);
      if (given === undefined) continue;
      said = given;
      origins.set(name, { from: given.from, rank });
      break;
    }
    const { from, texts } = said;
    if (operand === undefined) return texts[0] === "true";
    const values = texts.map((text) => readText(from, flag, text));
    return isList ? values : values.at(-1);
  };
  return Object.fromEntries(Object.entries(table).map(([name, flag]) => [name, valueOf(name, flag)])) as Values<T>;
}

/** Writes `--name ""` as `--name=`: parseArgs() takes an empty value on its own for an argument that belongs to no flag. */
function withEmptyValues(table: Table, args: string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1) ?? "";
    const isValue = arg === "" && last.startsWith("--") && table[last.slice(2)]?.operand !== undefined;
    if (isValue) joined[joined.length - 1] = `${last}=`;
    else joined.push(arg);
  }
  return joined;
}

/** Reads what a place says of a flag that has an operand. @throws {UsageError} If it can't be used. */
export function readText(from: string, { operand, read = (text) => text }: Flag, text: string): unknown {
  let value: unknown;
  try {
    value = read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isSentence = /^\p{Lu}/u.test(error.message);
    throw new UsageError(`${from}${isSentence ? ":" : ""} ${error.message}`, { cause: error });
  }
  if (text === "" && !operand!.startsWith("[")) throw new UsageError(`${from} ${NO_VALUE}`);
  return value;
}

/** Kubernetes sets `TEAHOUSE_PORT=tcp://...` in each container beside a service that is called teahouse. */
const SERVICE_LINK =
  "is what Kubernetes says of a service; enableServiceLinks: false in the pod's spec leaves it out. It must be a number";

/** What switches may be in the environment, in small letters. */
const SWITCHES = new Map([["1", true], ["true", true], ["yes", true], ["0", false], ["false", false], ["no", false]]);

/** The environment variable that says a flag: `TEAHOUSE_WEB_PORT` for the prefix `TEAHOUSE_` and `web-port`. */
export function variableOf(prefix: string, name: string): string {
  return prefix + name.toUpperCase().replaceAll("-", "_");
}

/**
 * The environment as a place that says flags. A variable that is empty says nothing. The entries of a list have commas or line
 * ends between them.
 *
 * @param valueOf Gives a variable, as `Deno.env.get`.
 */
export function environment(prefix: string, valueOf: (variable: string) => string | undefined): Source {
  return (name, { operand, isList, isSecret }) => {
    const from = variableOf(prefix, name);
    const text = isSecret ? undefined : valueOf(from);
    if (text === undefined || text === "") return undefined;
    if (isList) {
      return {
        from,
        texts: text.split(/[,\n]/).map((entry) => entry.trim()).filter((entry) => entry !== ""),
      };
    }
    if (operand !== undefined) {
      const isLink = from.endsWith("_PORT") && /^(?:tcp|udp|sctp):\/\//.test(text);
      if (isLink) throw new UsageError(`${from} ${SERVICE_LINK}, not "${text}"`);
      return { from, texts: [text] };
    }
    const isOn = SWITCHES.get(text.toLowerCase());
    if (isOn === undefined) throw new UsageError(`${from} must be 1 or 0, not "${text}"`);
    return { from, texts: [String(isOn)] };
  };
}

/** A flag with what follows it, as `--help` shows it. */
export function usageOf(name: string, { operand }: Flag): string {
  return `--${name}${operand === undefined ? "" : ` ${operand}`}`;
}
