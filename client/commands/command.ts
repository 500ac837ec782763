/**
 * What a slash command is, as a record, and what several commands need.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { Sentences } from "../sentences.ts";
import type { Talk } from "../state/talk.ts";
import type { Actions } from "./actions.ts";

/**
 * One parameter. `text` and `line` come last and take the rest of the line: emoji codes in a `text` are expanded, a `line`
 * stays as it was written. `emoji` is one word whose code is expanded. `time` is a period (state/period.ts); it is "" where the next
 * word is no period.
 */
export interface Param {
  /** What it is called in the table of sentences. */
  name: keyof Sentences["params"];
  kind: "nick" | "channel" | "target" | "command" | "emoji" | "time" | "word" | "text" | "line";
  isOptional?: true;
}

/** What a command is called. Its line of help stands under this name in the table of sentences, in each language. */
export type CommandName = keyof Sentences["commands"];

type Ran = void | Promise<void>;

/** What all commands say of themselves. */
interface CommandInit {
  name: CommandName;
  params: readonly Param[];
  /** Whether it says its last argument: several lines `whole`, as one message, or `each` by itself. */
  isSaying?: "whole" | "each";
}

/** A command that needs nothing. It gets one argument for each parameter that was given. */
interface SimpleCommand extends CommandInit {
  needs?: undefined;
  asks?: undefined;
  run: (client: Actions, args: string[]) => Ran;
}

/** A command that needs a talk, and gets it. Where there is none, the person is told and the command does not run. */
interface TalkCommand extends CommandInit {
  needs: "talk";
  asks?: undefined;
  run: (client: Actions, args: string[], talk: Talk) => Ran;
}

/**
 * A command that needs a channel, and gets its name. The channel is the one that a parameter of the kind `channel` names, else
 * the one in which the command was written. Where there is none, the person is told and the command does not run.
 */
interface ChannelCommand extends CommandInit {
  needs: "channel";
  asks?: undefined;
  run: (client: Actions, args: string[], channel: string) => Ran;
}

/** A command that needs secrets, which may not stand in a line. */
interface SecretCommand extends CommandInit {
  needs?: undefined;
  /**
   * The questions for the secrets: none where it needs none this time; or a sentence that says why asking is of no use.
   */
  asks: (client: Actions, args: string[]) => string[] | string;
  /** Gets one secret for each question. */
  run: (client: Actions, args: string[], secrets: string[]) => Ran;
}

/**
 * One slash command. `/help`, the message about its usage and completion are made of its name, its parameters and its line of
 * help.
 */
export type Command = SimpleCommand | TalkCommand | ChannelCommand | SecretCommand;

export const nick: Param = { name: "nick", kind: "nick" };
export const nickOrMask: Param = { name: "nickOrMask", kind: "nick" };
export const channel: Param = { name: "channel", kind: "channel" };
export const text: Param = { name: "text", kind: "text" };
export const reason: Param = { name: "reason", kind: "text", isOptional: true };
export const time: Param = { name: "time", kind: "time", isOptional: true };

/** A parameter that may be left out. */
export function optional(param: Param): Param {
  return { ...param, isOptional: true };
}

/** How a command is written: `/kick <nick> [reason]`. */
export function usageOf({ name, params }: Pick<Command, "name" | "params">, sentences: Sentences): string {
  const words = params.map(({ name, isOptional }) =>
    isOptional ? `[${sentences.params[name]}]` : `<${sentences.params[name]}>`
  );
  return ["/" + name, ...words].join(" ");
}

/** The channel that is named, else the one that a command is about; where there is none, tells the person. */
export function channelOf(client: Actions, name = client.channel): string | undefined {
  if (name === undefined) return void client.refuse(client.state.noTalk);
  return client.channelName(name);
}

/** How often a secret is asked for, at most. */
export const TRIES = 3;

/**
 * Asks the person for secrets, one after the other. Where a secret is asked for twice and the two differ, both are asked for again:
 * whoever does not see what they type would type on, and be heard by everybody.
 *
 * @returns One answer for each question; undefined where one was not given, or nobody can be asked. The two differ where they did so
 * the last time, or where the person gives up then: the command says that.
 */
export async function askAll(client: Actions, questions: readonly string[]): Promise<string[] | undefined> {
  const { onceMore, notTheSameSo } = client.sentences.accounts;
  const answers: string[] = [];
  let differing: string[] | undefined;
  for (let tries = 1; answers.length < questions.length;) {
    const [question, next] = questions.slice(answers.length);
    const asked = differing !== undefined && next === onceMore ? notTheSameSo(question) : question;
    const given = next === onceMore && client.askNewSecret !== undefined
      ? await client.askNewSecret(asked, onceMore)
      : [await client.askSecret?.(asked)];
    const written = given?.filter((answer) => answer !== undefined && answer !== "") as string[] | undefined;
    if (written === undefined || written.length < given!.length) return differing;
    answers.push(...written);
    const isTwice = questions[answers.length - 1] === onceMore;
    if (!isTwice || answers.at(-1) === answers.at(-2) || tries++ === TRIES) continue;
    differing = [...answers];
    answers.splice(-2);
  }
  return answers;
}

/**
 * Sends the server a command that is of no use later.
 *
 * @param name The slash command that sends it, for the sentence that says that there is no answer.
 * @returns The answer; undefined where there is none, which the person is told.
 */
export async function answerTo(
  client: Actions,
  name: CommandName,
  command: string,
  ...params: string[]
): Promise<Message[] | undefined> {
  const { calling } = client.sentences;
  if (!client.isConnected) return void client.refuse(calling.serverIsAway(name));
  const replies = await client.ask(command, ...params);
  if (replies === undefined) client.refuse(client.isConnected ? calling.unanswered(name) : calling.noAnswer);
  return replies;
}

/** Reads a whole number from 1 to `most`; where the word is none, tells the person. */
export function countOf(client: Actions, word: string, most: number): number | undefined {
  const count = Number(word);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  return void client.refuse(client.sentences.calling.noCount(word, most));
}
