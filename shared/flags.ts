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
  /**
   * Turns what was written into the value; the text itself is the value where this is left out.
   *
   * @throws {RangeError} If it can't be used. The message follows the flag's name (`must be a number, not "tea"`), after a
   * colon where it is a sentence.
   */
  read?: (text: string) => unknown;
}

type Table = Readonly<Record<string, Flag>>;

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

/**
 * Reads a command line.
 *
 * @param args As in `Deno.args`.
 * @returns The values, or which of the common flags is asked for.
 * @throws {UsageError} If a flag is unknown or its value can't be used.
 */
export function readFlags<T extends Table>(table: T, args: string[]): Values<T> | keyof typeof COMMON {
  const all: Table = { ...table, ...COMMON };
  const names = Object.keys(all);
  const given: Record<string, unknown> = parseArgs(args, {
    string: names.filter((name) => all[name].operand !== undefined),
    boolean: names.filter((name) => all[name].operand === undefined),
    collect: names.filter((name) => all[name].isList),
    unknown: (arg: string) => {
      throw new UsageError(`unknown ${arg.startsWith("-") ? "flag" : "argument"} ${arg}; --help lists the flags`);
    },
  });
  for (const name of ["help", "version"] as const) if (given[name]) return name;
  const valueOf = (name: string, { operand, isList, read = (text) => text, default: otherwise }: Flag) => {
    if (operand === undefined) return given[name];
    const valueOfText = (text: string) => {
      let value: unknown;
      try {
        value = read(text);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const isSentence = /^\p{Lu}/u.test(error.message);
        throw new UsageError(`--${name}${isSentence ? ":" : ""} ${error.message}`, { cause: error });
      }
      if (text === "" && !operand.startsWith("[")) throw new UsageError(`--${name} ${NO_VALUE}`);
      return value;
    };
    if (isList) return (given[name] as string[]).map(valueOfText);
    const text = given[name] as string | undefined ?? otherwise;
    return text === undefined ? undefined : valueOfText(text);
  };
  return Object.fromEntries(Object.entries(table).map(([name, flag]) => [name, valueOf(name, flag)])) as Values<T>;
}

/** A flag with what follows it, as `--help` shows it. */
export function usageOf(name: string, { operand }: Flag): string {
  return `--${name}${operand === undefined ? "" : ` ${operand}`}`;
}
