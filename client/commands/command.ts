/**
 * What a slash command is, and what several of them need. It must not know the commands.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Client } from "../client.ts";
import type { Sentences } from "../sentences.ts";
import type { Talk } from "../state/talk.ts";

/**
 * One parameter. `text` and `line` are last and take the rest: `text` is what people read, so that emoji codes in it are
 * expanded; `line` stays as it was written. `emoji` is one word whose code is expanded. `time` is a period (time.ts), and ""
 * where the next word is none.
 */
export interface Param {
  /** What it is called in the table of sentences. */
  name: keyof Sentences["params"];
  kind: "nick" | "channel" | "target" | "command" | "emoji" | "time" | "word" | "text" | "line";
  optional?: true;
}

/** One slash command; what it does stands in the table of sentences. */
export interface Command {
  params: Param[];
  /**
   * What it asks the person for before it runs, none of which may stand in a line: the questions, each for one secret, none
   * where it needs none this time. Or a sentence, where there is no use in asking.
   */
  asks?: (client: Client, args: string[]) => string[] | string;
  /** Runs it with one argument for each parameter that was given, and one answer for each question. */
  run: (client: Client, args: string[], secrets: string[]) => void | Promise<void>;
}

/** What a command is called. */
export type CommandName = keyof Sentences["commands"];

/** Commands by name, in the order in which `/help` shows them. */
export type Commands = { [Name in CommandName]?: Command };

export const nick: Param = { name: "nick", kind: "nick" };
export const channel: Param = { name: "channel", kind: "channel" };
export const text: Param = { name: "text", kind: "text" };
export const reason: Param = { name: "reason", kind: "text", optional: true };
export const time: Param = { name: "time", kind: "time", optional: true };

/** A parameter that may be left out. */
export function optional(param: Param): Param {
  return { ...param, optional: true };
}

/** How a command is written: `/kick <nick> [reason]`. */
export function usageOf(name: CommandName, params: readonly Param[], sentences: Sentences): string {
  const words = params.map(({ name, optional }) =>
    optional ? `[${sentences.params[name]}]` : `<${sentences.params[name]}>`
  );
  return ["/" + name, ...words].join(" ");
}

/** The channel that a command is about: the one named, or the one it was written in; where there is none, says so. */
export function channelOf(client: Client, name = client.channel): string | undefined {
  if (name === undefined) return void client.refuse(client.sentences.talking.noChannel);
  return client.channelName(name);
}

/** The talk that a command is about; where there is none, says so. */
export function talkOf(client: Client): Talk | undefined {
  if (client.talk === undefined) client.refuse(client.sentences.talking.noChannel);
  return client.talk;
}

/** Asks the person for secrets, one after the other; undefined where one was not given, or nobody can be asked. */
export async function askAll({ askSecret }: Client, questions: readonly string[]): Promise<string[] | undefined> {
  const answers: string[] = [];
  for (const question of questions) {
    const answer = await askSecret?.(question);
    if (!answer) return undefined;
    answers.push(answer);
  }
  return answers;
}

/** Asks the server for something that is of no use later; where there is no answer, says so. */
export async function answerTo(
  client: Client,
  name: CommandName,
  command: string,
  ...params: string[]
): Promise<Message[] | undefined> {
  const { calling } = client.sentences;
  if (!client.connected) return void client.refuse(calling.serverIsAway(name));
  const replies = await client.ask(command, ...params);
  if (replies === undefined) client.refuse(client.connected ? calling.unanswered(name) : calling.noAnswer);
  return replies;
}

/** Reads a number from 1 to `most`; where it is none, says so. */
export function countOf(client: Client, word: string, most: number): number | undefined {
  const count = Number(word);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  return void client.refuse(client.sentences.calling.noCount(word, most));
}
