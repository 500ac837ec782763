/**
 * The tables of the server's flags in configuration.md and configuration.zh.md, made from the flags themselves:
 * `deno task docs` writes them anew.
 *
 * @module
 */

import { FLAG_TEXTS, FLAGS, type FlagText } from "../server/flags.ts";
import { isTakenOn } from "../server/reloading.ts";
import { CHINESE } from "./flag_texts_zh.ts";

/** A table's rows, the heads first. */
type Rows = string[][];

/** The languages that a table exists in, by the file where it stands. */
export const TABLES = {
  "configuration.md": () =>
    rows(["flag", "variable", "in the file", "SIGHUP", "without it", "meaning"], (text) => text),
  "configuration.zh.md": () => rows(["参数", "环境变量", "配置文件", "SIGHUP", "缺省", "含义"], chinese),
} satisfies Record<string, () => Rows>;

/** Between these a table stands. */
const MARKS = ["<!-- flags: deno task docs -->", "<!-- end of flags -->"] as const;

/** The Chinese of a text that a flag says of itself. @throws {RangeError} If it has none, as after a change. */
function chinese(text: string): string {
  const found = CHINESE[text];
  if (found === undefined) throw new RangeError(`docs/flag_texts_zh.ts has no Chinese for "${text}"`);
  return found;
}

function rows(heads: string[], translate: (text: string) => string): Rows {
  const rowOf = ({ name, usage, variable, isInFile, meaning, otherwise }: FlagText) => {
    const isWritten = "default" in FLAGS[name as keyof typeof FLAGS];
    return [
      `\`${usage}\``,
      `\`${variable}\``,
      isInFile ? `\`${name}\`` : "–",
      // A command line and an environment never change, and a file says no passwords.
      isTakenOn(name) && (isInFile || name === "config") ? "✓" : "",
      isWritten ? `\`${otherwise}\`` : translate(otherwise),
      translate(meaning),
    ];
  };
  return [heads, ...FLAG_TEXTS.map(rowOf)];
}

/** The table of a document, as its rows. @throws {Error} If there is none. */
export function tableIn(document: string): Rows {
  const lines = between(document)[1].trim().split("\n");
  const cells = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
  return lines.filter((line) => !/^[|\s:-]+$/.test(line)).map(cells);
}

function between(document: string): [before: string, table: string, after: string] {
  const [begin, end] = MARKS.map((mark) => document.indexOf(mark));
  if (begin < 0 || end < begin) throw new Error(`no table between ${MARKS.join(" and ")}`);
  const start = begin + MARKS[0].length;
  return [document.slice(0, start), document.slice(start, end), document.slice(end)];
}

if (import.meta.main) {
  for (const [file, table] of Object.entries(TABLES)) {
    const url = new URL(file, import.meta.url);
    const [before, , after] = between(Deno.readTextFileSync(url));
    const [heads, ...others] = table();
    const lines = [heads, heads.map(() => "---"), ...others].map((row) => `| ${row.join(" | ")} |`);
    Deno.writeTextFileSync(url, `${before}\n\n${lines.join("\n")}\n\n${after}`);
  }
}
