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
 * The commands that several lines mean of which the first is a command. One that says something says all of the lines, so that
 * nobody else is told what was meant for one person; to another command they are one line. Undefined where the first line is no
 * command.
 */
export function commandsOf([first, ...rest]: readonly string[]): string[] | undefined {
  if (readCommand(first) === undefined) return undefined;
  const saying = sayingOf(first + " ");
  if (saying === undefined) return [[first, ...rest].join(" ")];
  const texts = [first.slice(saying.length), ...rest];
  if (sayingCommand(first)?.isSaying === "whole") return [saying + withoutBlankEnds(texts).join("\n")];
  return texts.filter((text) => !isBlank(text)).map((text) => saying + text);
}

/** Lines without those at their beginning and their end in which there is nothing to be seen. */
export function withoutBlankEnds(lines: readonly string[]): string[] {
  const isSeen = (line: string) => !isBlank(line);
  return lines.slice(Math.max(0, lines.findIndex(isSeen)), lines.findLastIndex(isSeen) + 1);
}

/**
 * What to do with several lines that are pasted into a prompt. What ends with a line end is said; else it stays to be edited, all
 * lines of a message together.
 *
 * @param before What stands before the cursor.
 * @param lines The lines; "" is the last where the paste ends with a line end.
 * @param after What stands behind the cursor.
 * @returns The texts to handle, each of one or more lines, how to read them, and what stays in the prompt; and all texts, with the one
 * that stays if it is of the paste.
 */
export function pasted(before: string, lines: readonly string[], after: string) {
  const isComplete = lines.at(-1) === "";
  const whole = [before + lines[0], ...lines.slice(1)];
  const meant = readCommand(before) === undefined ? undefined : commandsOf(whole);
  const saying = meant === undefined ? "" : sayingOf(whole[0] + " ");
  const reading = meant === undefined ? "text" : "typed";
  if (saying === undefined) return { said: [], reading, left: meant![0].trimEnd() + after, all: [] } as const;
  const texts = (meant ?? [withoutBlankEnds(whole).join("\n")]).filter((text) => text !== "");
  if (isComplete) return { said: texts, reading, left: after === "" ? "" : saying + after, all: texts } as const;
  const left = (texts.at(-1) ?? "") + after;
  return { said: texts.slice(0, -1), reading, left, all: [...texts.slice(0, -1), left] } as const;
}

/**
 * What a line means that came together with the one before it, as from a terminal that does not mark pastes: text after
 * something that a command said to somebody is for the same person.
 */
export function lineAfter(before: string, line: string): string {
  const hasTarget = sayingCommand(before)?.params[0].kind === "target";
  return hasTarget && readCommand(line) === undefined && !isBlank(line) ? (sayingOf(before + " ") ?? "") + line : line;
}
