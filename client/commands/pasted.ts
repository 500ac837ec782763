/**
 * What several lines mean that were written in one act, as a paste: text, or what a command at their beginning says.
 *
 * @module
 */

import { isBlank } from "../../protocol.ts";
import { readCommand } from "../written.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./mod.ts";

/** The command of a line that says its last argument; undefined for another line. */
function sayingCommand(line: string): Command | undefined {
  const command = COMMANDS.get(readCommand(line)?.name ?? "");
  return command?.isSaying ? command : undefined;
}

/** The beginning of a line with such a command, up to what it says (`/me `, `/msg alice `); undefined for another line. */
function sayingOf(line: string): string | undefined {
  const command = sayingCommand(line);
  return command && new RegExp(`^(?:\\S+\\s+){${command.params.length}}`).exec(line)?.[0];
}

/**
 * The commands that several lines mean of which the first is a command. One that says something says each of the lines, so that
 * nobody else is told what was meant for one person; to another command they are one line. Undefined where the first line is no
 * command.
 */
export function commandsOf([first, ...rest]: readonly string[]): string[] | undefined {
  if (readCommand(first) === undefined) return undefined;
  const saying = sayingOf(first + " ");
  if (saying === undefined) return [[first, ...rest].join(" ")];
  const texts = [first.slice(saying.length), ...rest].filter((text) => !isBlank(text));
  return texts.map((text) => saying + text);
}

/**
 * What to do with several lines that are pasted into a prompt.
 *
 * @param before What stands before the cursor.
 * @param lines The lines; the last is not complete, and "" where the paste ends with a line end.
 * @param after What stands behind the cursor.
 * @returns The lines to handle, how to read them, and what stays in the prompt.
 */
export function pasted(before: string, lines: readonly string[], after: string) {
  const whole = [before + lines[0], ...lines.slice(1)];
  const [said, last] = [whole.slice(0, -1), whole.at(-1)!];
  const meant = readCommand(before) === undefined ? undefined : commandsOf(whole);
  if (meant === undefined) return { said, reading: "text", left: last + after } as const;
  const saying = sayingOf(whole[0] + " ");
  if (saying === undefined) return { said: [], reading: "typed", left: meant[0].trimEnd() + after } as const;
  const isComplete = last === "";
  const left = isComplete ? (after === "" ? "" : saying + after) : meant.pop()! + after;
  return { said: meant, reading: "typed", left } as const;
}

/**
 * What a line means that came together with the one before it, as from a terminal that does not mark pastes: text after
 * something that a command said to somebody is for the same person.
 */
export function lineAfter(before: string, line: string): string {
  const hasTarget = sayingCommand(before)?.params[0].kind === "target";
  return hasTarget && readCommand(line) === undefined && !isBlank(line) ? (sayingOf(before + " ") ?? "") + line : line;
}
