/**
 * Runs a slash command: finds its record, reads its arguments, checks what it needs and asks for its secrets.
 *
 * @module
 */

import { expand } from "../../emoji/mod.ts";
import { ProtocolError } from "../../protocol.ts";
import { changeText } from "../blocks.ts";
import { isPeriod } from "../state/period.ts";
import { plainSign } from "../written.ts";
import type { Actions } from "./actions.ts";
import { askAll, channelOf, type Command, type Param, usageOf } from "./command.ts";
import { unknownCommand } from "./general.ts";
import { COMMANDS } from "./mod.ts";

/**
 * Asks the person for the secrets that a command needs.
 *
 * @param rest The line behind the command's name.
 * @returns One answer for each question, or undefined where one was not given. Undefined at once, without a promise, where the
 * command asks for nothing or cannot run, which `runCommand` says then.
 */
export function askSecrets(client: Actions, name: string, rest: string): Promise<string[] | undefined> | undefined {
  const command = COMMANDS.get(name);
  const args = command && readArguments(command.params, rest, client.pictures);
  const questions = args && command.asks?.(client, args);
  return Array.isArray(questions) && questions.length > 0 ? askAll(client, questions) : undefined;
}

/**
 * Runs a command; what is wrong with it is told as an error event.
 *
 * @param secrets What `askSecrets` gave.
 */
export async function runCommand(client: Actions, name: string, rest: string, secrets?: string[]): Promise<void> {
  const { sentences, sentences: { calling } } = client;
  const command = COMMANDS.get(name);
  if (command === undefined) return client.refuse(unknownCommand(name, [...COMMANDS.keys()], sentences));
  const args = readArguments(command.params, rest, client.pictures);
  if (args === undefined) {
    const usage = usageOf(command, sentences);
    return client.refuse(command.asks === undefined ? calling.usage(usage) : calling.usageAsking(usage));
  }
  try {
    await runWith(client, command, args, secrets);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // The error's message would show the password.
    client.refuse(secrets === undefined ? calling.noMessage(error.message) : calling.noSecretMessage);
  }
}

/** Runs a command with its arguments, if all that it needs is there. */
function runWith(client: Actions, command: Command, args: string[], secrets?: string[]): void | Promise<void> {
  if (command.needs === "talk") {
    if (client.talk === undefined) return client.refuse(client.state.noTalk);
    return command.run(client, args, client.talk);
  }
  if (command.needs === "channel") {
    const named = args[command.params.findIndex(({ kind }) => kind === "channel")];
    const channel = channelOf(client, named);
    return channel === undefined ? undefined : command.run(client, args, channel);
  }
  if (command.asks === undefined) return command.run(client, args);
  const { calling } = client.sentences;
  const questions = command.asks(client, args);
  // A sentence is not empty either.
  if (questions.length > 0 && client.askSecret === undefined) return client.refuse(calling.cannotAsk(command.name));
  if (typeof questions === "string") return client.refuse(questions);
  if (questions.length > 0 && secrets === undefined) {
    return client.tell({ type: "info", text: calling.noPassword(command.name) });
  }
  return command.run(client, args, secrets ?? []);
}

/** The kinds of words that begin with a sign, which may have been typed in its wide form. */
const WITH_SIGN: ReadonlySet<Param["kind"]> = new Set(["channel", "target", "command"]);

/** Reads the arguments; undefined where one is missing or there is one too many. */
function readArguments(
  params: readonly Param[],
  rest: string,
  pictures: ReadonlySet<string>,
): string[] | undefined {
  const args: string[] = [];
  for (const { kind, isOptional } of params) {
    if (rest === "") return isOptional ? args : undefined;
    if (kind === "line") return [...args, rest];
    if (kind === "text") return [...args, changeText(rest, (part) => expand(part, pictures))];
    if (kind === "time" && !isPeriod(/^\S+/.exec(rest)![0])) {
      args.push("");
      continue;
    }
    const [, word, others] = /^(\S+)\s*(.*)$/s.exec(rest)!;
    args.push(kind === "emoji" ? expand(word, pictures) : WITH_SIGN.has(kind) ? plainSign(word) : word);
    rest = others;
  }
  return rest === "" ? args : undefined;
}
