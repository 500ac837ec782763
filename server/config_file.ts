/**
 * The configuration file: TOML, with the flags' names. What is wrong in it is named by its line.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { parse } from "@std/toml";
import { type Flag, type Given, readText, type Source, type Table, UsageError } from "../shared/flags.ts";

/** What a file may say beside the flags of its table, for a message. */
const ELSEWHERE = "names the configuration file, and is no part of it";

/**
 * How far a setting of several lines may go, in lines and in UTF-16 units: it is read anew with each of its lines, while the room
 * waits.
 */
const LONGEST = { lines: 300, length: 16_384 } as const;

/** One setting of a file, and the line where it begins. */
interface Setting {
  name: string;
  value: unknown;
  line: number;
}

/**
 * Reads a configuration file, and checks all of it.
 *
 * @param path As messages name the file.
 * @param text What is in it.
 * @param table The flags that it may say. Those that say secrets may not stand there: files with secrets may.
 * @param self The flag that names the file.
 * @returns The file as a place that says flags.
 * @throws {UsageError} If it is no TOML, or says something that can't be used; with the line, and without the text of a line,
 * which may be a secret.
 */
export function configFile(path: string, text: string, table: Table, self: string): Source {
  const said = new Map<string, Given & { line: number }>();
  for (const { name, value, line } of settingsOf(path, text)) {
    const where = `${path}, line ${line}:`;
    const from = `${where} ${name}`;
    if (name === self) throw new UsageError(`${from} ${ELSEWHERE}`);
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (flag === undefined) throw new UsageError(`${where} ${unknown(name, table)}`);
    if (flag.isSecret) throw new UsageError(`${from} is a secret; ${name}-file names a file that holds it`);
    const before = said.get(name);
    if (before !== undefined) throw new UsageError(`${from} is said in line ${before.line} already`);
    const texts = textsOf(from, flag, value);
    // A value that something else covers is to be right as well: it counts as soon as that is gone.
    if (flag.operand !== undefined) { for (const text of texts) readText(from, flag, text); }
    said.set(name, { from, texts, line });
  }
  return (name) => said.get(name);
}

function unknown(name: string, table: Table): string {
  const names = Object.keys(table).filter((other) => !table[other].isSecret);
  const closest = closestString(name.replaceAll("_", "-"), names);
  return `there is no setting ${JSON.stringify(name)}; is ${closest} meant? --help lists them, without the dashes`;
}

/** What a value says, as it would stand on a command line. */
function textsOf(from: string, { operand, isList, hasCommas }: Flag, value: unknown): string[] {
  if (operand === undefined) {
    if (typeof value === "boolean") return [String(value)];
    throw new UsageError(`${from} must be true or false`);
  }
  const isOne = (one: unknown) => typeof one === "string" || Number.isSafeInteger(one);
  if (isOne(value)) return [String(value)];
  if (Array.isArray(value) && (isList || hasCommas) && value.every(isOne)) {
    return isList ? value.map(String) : [value.join(",")];
  }
  throw new UsageError(
    `${from} must be ${isList || hasCommas ? "an array of texts, or " : ""}a text in quotes or a whole number`,
  );
}

/**
 * The settings of a file, with their lines. A TOML parser gives no lines of values. But a file without tables is a row of
 * settings, each of which begins on a line of its own and is TOML by itself; and no beginning of one is. So lines are gathered
 * until they are TOML: that is one setting, which begins where the gathering began.
 */
function* settingsOf(path: string, text: string): Generator<Setting> {
  const faultyLine = findFault(text);
  let gathered = "";
  let begin = 1;
  for (const [i, line] of text.split("\n").entries()) {
    gathered += `${line}\n`;
    const found = parsed(gathered);
    if (found === undefined) {
      // The parser's own message is left out, since it shows what is written there.
      if (i + 1 >= faultyLine) {
        throw new UsageError(
          `${path}, line ${begin}: this is no TOML; a setting is as name = "Tea", port = 8888 or no-web = true`,
        );
      }
      if (i + 2 - begin < LONGEST.lines && gathered.length < LONGEST.length) continue;
      throw new UsageError(
        `${path}, line ${begin}: this setting has no end within ${LONGEST.lines} lines and ${LONGEST.length} characters; ` +
          "is a quote or a bracket missing?",
      );
    }
    const isSetting = !/^\s*(?:#.*)?\s*$/.test(gathered);
    const [name, ...others] = Object.keys(found);
    if (isSetting && (name === undefined || others.length > 0)) {
      throw new UsageError(`${path}, line ${begin}: must be one setting, as name = "Tea"`);
    }
    if (/^\s*\[/.test(gathered)) {
      throw new UsageError(`${path}, line ${begin}: there are no tables here; settings stand on lines of their own`);
    }
    if (isSetting) yield { name, value: found[name], line: begin };
    gathered = "";
    begin = i + 2;
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** The line at which a parser stops that reads the whole text, which is not before the mistake; the last where it reads all. */
function findFault(text: string): number {
  const last = text.split("\n").length;
  try {
    parse(text);
    // What never becomes a setting must not be left out.
    return last;
  } catch (error) {
    const [, line] = /on line (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
    return line === undefined ? last : Number(line);
  }
}
