/**
 * The slash commands as a table: how each is called, what it does, and the generic checks that stand before it. It must
 * not know how its results are shown. The commands themselves stand in commands/, by family.
 *
 * @module
 */

import { expand } from "../../emoji/mod.ts";
import { parse, ProtocolError } from "../../protocol.ts";
import { closestString } from "@std/text/closest-string";
import type { Client } from "../client.ts";
import { ACCOUNTS } from "./accounts.ts";
import { CHANNELS } from "./channels.ts";
import {
  askAll,
  type Command,
  type CommandName,
  type Commands,
  optional,
  type Param,
  reason,
  usageOf,
} from "./command.ts";
import { MEMORY } from "./memory.ts";
import { MODERATION } from "./moderation.ts";
import { OPERATORS } from "./operators.ts";
import { TALKING } from "./talking.ts";
import { isPeriod } from "../state/period.ts";
import type { Sentences } from "../sentences.ts";
import { plain } from "./wide.ts";

export type { Command, Param };

const GENERAL: Commands = {
  help: {
    params: [optional({ name: "command", kind: "command" })],
    run: (client, [about]) => {
      const { sentences } = client;
      const name = about?.replace(/^\//, "").toLowerCase();
      if (name !== undefined && !isCommand(name)) return client.refuse(unknown(name, sentences));
      const { calling, commands, families, params } = sentences;
      const row = (name: CommandName) => [usage(name, sentences), commands[name]];
      const rows = name !== undefined
        ? [row(name)]
        : FAMILIES.flatMap(([family, table]) => [[calling.title(families[family])], ...namesOf(table).map(row)]);
      if (name === undefined) rows.push([`//${params.text}`, calling.slashes]);
      client.tell({ type: "table", rows });
    },
  },
  raw: {
    params: [{ name: "line", kind: "line" }],
    run: async (client, [line]) => {
      const { command, params, tags } = parse(line);
      await client.send({ command, params, tags });
    },
  },
  quit: {
    params: [reason],
    run: (client, [reason]) => client.leave(reason),
  },
};

/** The commands by family, in the order in which `/help` shows them. */
const FAMILIES: [family: keyof Sentences["families"], commands: Commands][] = [
  ["talking", TALKING],
  ["memory", MEMORY],
  ["channels", CHANNELS],
  ["moderation", MODERATION],
  ["accounts", ACCOUNTS],
  ["operators", OPERATORS],
  ["general", GENERAL],
];

/** All commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  FAMILIES.flatMap(([, commands]) => Object.entries(commands)),
);

function namesOf(commands: Commands): CommandName[] {
  return Object.keys(commands) as CommandName[];
}

function isCommand(name: string): name is CommandName {
  return COMMANDS.has(name);
}

/** How a command is written: `/kick <nick> [reason]`. */
export function usage(name: CommandName, sentences: Sentences): string {
  return usageOf(name, COMMANDS.get(name)?.params ?? [], sentences);
}

/**
 * Asks the person for what a command must not be given in its line.
 *
 * @returns One answer for each question, or undefined where one was not given; undefined at once where the command asks
 * for nothing or cannot run, which `runCommand` says then.
 */
export function askSecrets(client: Client, name: string, rest: string): Promise<string[] | undefined> | undefined {
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
export async function runCommand(client: Client, name: string, rest: string, secrets?: string[]): Promise<void> {
  const { sentences, sentences: { calling } } = client;
  const command = COMMANDS.get(name);
  if (command === undefined || !isCommand(name)) return client.refuse(unknown(name, sentences));
  const args = readArguments(command.params, rest, client.pictures);
  if (args === undefined) {
    const line = usage(name, sentences);
    return client.refuse(command.asks ? calling.usageAsking(line) : calling.usage(line));
  }
  if (command.asks !== undefined) {
    const questions = command.asks(client, args);
    // A sentence, or questions.
    if (questions.length > 0 && client.askSecret === undefined) return client.refuse(calling.cannotAsk(name));
    if (typeof questions === "string") return client.refuse(questions);
    if (questions.length > 0 && secrets === undefined) {
      return client.tell({ type: "info", text: calling.noPassword(name) });
    }
  }
  try {
    await command.run(client, args, secrets ?? []);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // It would show the password.
    client.refuse(secrets === undefined ? calling.noMessage(error.message) : calling.noSecretMessage);
  }
}

/** Reads the arguments; undefined if one is missing or one too many. */
/** Kinds of words that begin with a sign, which may be a wide one. */
const WIDE: ReadonlySet<Param["kind"]> = new Set(["channel", "target", "command"]);

function readArguments(params: Param[], rest: string, pictures: ReadonlySet<string>): string[] | undefined {
  const args: string[] = [];
  for (const { kind, optional } of params) {
    if (rest === "") return optional ? args : undefined;
    if (kind === "text" || kind === "line") return [...args, kind === "text" ? expand(rest, pictures) : rest];
    if (kind === "time" && !isPeriod(/^\S+/.exec(rest)![0])) {
      args.push("");
      continue;
    }
    const [, word, others] = /^(\S+)\s*(.*)$/s.exec(rest)!;
    args.push(kind === "emoji" ? expand(word, pictures) : WIDE.has(kind) ? plain(word) : word);
    rest = others;
  }
  return rest === "" ? args : undefined;
}

function unknown(name: string, { calling }: Sentences): string {
  return name === "" ? calling.empty : calling.unknown(name, closestString(name, [...COMMANDS.keys()]));
}
