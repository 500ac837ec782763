/**
 * The slash commands as a table: how each is called, what it does, and the generic checks that stand before it. It must
 * not know how its results are shown. The commands themselves stand in commands/, by family.
 *
 * @module
 */

import { expand } from "../emoji/mod.ts";
import { parse, ProtocolError } from "../protocol.ts";
import { closestString } from "@std/text/closest-string";
import type { Client } from "./client.ts";
import { CHANNELS } from "./commands/channels.ts";
import { type Command, optional, type Param, reason } from "./commands/command.ts";
import { MEMORY } from "./commands/memory.ts";
import { TALKING } from "./commands/talking.ts";

export type { Command, Param };

/** All commands by name, in the order in which `/help` shows them. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries<Command>({
  ...TALKING,
  ...MEMORY,
  ...CHANNELS,
  raw: {
    params: [{ name: "line", kind: "line" }],
    description: "send a line of IRC as it is",
    run: async (client, [line]) => {
      const { command, params, tags } = parse(line);
      await client.send({ command, params, tags });
    },
  },
  help: {
    params: [optional({ name: "command", kind: "command" })],
    description: "list these commands, or show one",
    run: (client, [about]) => {
      const name = about?.replace(/^\//, "");
      if (name !== undefined && !COMMANDS.has(name)) return client.refuse(unknown(name));
      const names = name === undefined ? [...COMMANDS.keys()] : [name];
      const rows = names.map((name) => [usage(name), COMMANDS.get(name)!.description]);
      if (name === undefined) rows.push(["//text", "say a text that begins with /"]);
      client.tell({ type: "table", rows });
    },
  },
  quit: {
    params: [reason],
    description: "leave",
    run: (client, [reason]) => client.leave(reason),
  },
}));

/** How a command is written: `/kick <nick> [reason]`. */
export function usage(name: string): string {
  const params = COMMANDS.get(name)?.params ?? [];
  return ["/" + name, ...params.map((p) => p.optional ? `[${p.name}]` : `<${p.name}>`)].join(" ");
}

/** Splits `/name rest`; undefined for text, and for `//text`, which is text with a slash before it. */
export function readCommand(line: string): { name: string; rest: string } | undefined {
  const found = /^\/(?!\/)(\S*)\s*(.*)$/s.exec(line);
  return found === null ? undefined : { name: found[1].toLowerCase(), rest: found[2].trimEnd() };
}

/** Runs a command; what is wrong with it is told as an error event. */
export async function runCommand(client: Client, name: string, rest: string): Promise<void> {
  const command = COMMANDS.get(name);
  if (command === undefined) return client.refuse(unknown(name));
  const args = readArguments(command.params, rest, client.pictures);
  if (args === undefined) return client.refuse(`Usage: ${usage(name)}`);
  try {
    await command.run(client, args);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    client.refuse(error.message + ".");
  }
}

/** Reads the arguments; undefined if one is missing or one too many. */
function readArguments(params: Param[], rest: string, pictures: ReadonlySet<string>): string[] | undefined {
  const args: string[] = [];
  for (const { kind, optional } of params) {
    if (rest === "") return optional ? args : undefined;
    if (kind === "text" || kind === "line") return [...args, kind === "text" ? expand(rest, pictures) : rest];
    const [, word, others] = /^(\S+)\s*(.*)$/s.exec(rest)!;
    args.push(kind === "emoji" ? expand(word, pictures) : word);
    rest = others;
  }
  return rest === "" ? args : undefined;
}

function unknown(name: string): string {
  if (name === "") return "A line that begins with / is a command: /help lists them, // begins a text with /.";
  return `There is no command /${name}. Did you mean /${closestString(name, [...COMMANDS.keys()])}? /help lists all.`;
}
