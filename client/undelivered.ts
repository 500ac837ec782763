/**
 * What a person wrote, seen from the messages that wait to be delivered: how many lines it is, and how it is written again. Pure.
 *
 * @module
 */

import type { MessageInit } from "../protocol.ts";
import { readCtcp } from "./ctcp.ts";

/** Whether a message says something. */
function isSaying({ command, params = [] }: MessageInit): boolean {
  return (command === "PRIVMSG" || command === "NOTICE") && params.length === 2;
}

/** How many lines a message is to its writer: as many as its text has, and one where it says nothing. */
export function linesOf(message: MessageInit): number {
  return isSaying(message) ? message.params![1].split("\n").length : 1;
}

/** How many lines there are in what was written. */
export function countLines(all: readonly { text: string }[]): number {
  return all.reduce((sum, { text }) => sum + text.split("\n").length, 0);
}

/** The text of a message as it can be written again in the talk where it was written; undefined for what is no text. */
function asWritten(message: MessageInit): string | undefined {
  if (!isSaying(message)) return undefined;
  const text = message.params![1];
  const doing = readCtcp(text);
  return doing === undefined ? text : `/me ${doing.text}`;
}

/** The texts of messages, and behind them what waits to become messages. */
export function textsOf(messages: readonly MessageInit[], waiting: readonly { text: string }[]): string[] {
  return [...messages.flatMap((message) => asWritten(message) ?? []), ...waiting.map(({ text }) => text)];
}
