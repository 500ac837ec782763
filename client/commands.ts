/**
 * The slash commands as a table: how each is called, what it does, and the generic checks that stand before it. It must
 * not know how its results are shown.
 *
 * @module
 */

import { expand } from "../emoji/mod.ts";
import { casefold, parse, ProtocolError, RPL_ISON } from "../protocol.ts";
import { closestString } from "@std/text/closest-string";
import type { Client } from "./client.ts";
import { ctcp } from "./ctcp.ts";

/**
 * One parameter. `text` and `line` are last and take the rest: `text` is what people read, so that emoji codes in it are
 * expanded; `line` stays as it was written.
 */
export interface Param {
  name: string;
  kind: "nick" | "channel" | "target" | "command" | "word" | "text" | "line";
  optional?: true;
}

/** One slash command. */
export interface Command {
  params: Param[];
  description: string;
  /** Runs it with one argument for each parameter that was given. */
  run: (client: Client, args: string[]) => void | Promise<void>;
}

const nick: Param = { name: "nick", kind: "nick" };
const channel: Param = { name: "#channel", kind: "channel" };
const text: Param = { name: "text", kind: "text" };

/** All commands by name, in the order in which `/help` shows them. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries<Command>({
  to: {
    params: [{ name: "nick|#channel", kind: "target", optional: true }],
    description: "talk to one person, or in a channel; alone: to all",
    run: async (client, [target]) => {
      const { state } = client;
      if (target === undefined) return client.talkTo(undefined);
      if (state.isupport.isChannel(target)) return await client.join(target);
      if (state.isSelf(target)) return client.refuseTalk("You cannot talk to yourself.");
      const known = state.present(target) ?? await online(client, target);
      if (known === undefined) return client.refuseTalk(`${target} is not online.`);
      client.talkTo(known);
    },
  },
  me: {
    params: [text],
    description: "say what you do: /me waves",
    run: (client, [text]) => client.say(ctcp(text)),
  },
  who: {
    params: [{ ...channel, optional: true }],
    description: "list who is online",
    run: async (client, args) => {
      const name = await channelOf(client, args[0]);
      if (name === undefined) return;
      const channel = client.state.joined(name);
      if (channel === undefined || channel.members.size === 0) await client.request("NAMES", name);
      else client.tell({ type: "names", channel: channel.name, members: client.state.members(name) });
    },
  },
  nick: {
    params: [{ name: "nick", kind: "word" }],
    description: "change your name",
    run: async (client, [nick]) => void await client.request("NICK", nick),
  },
  join: {
    params: [channel, { name: "key", kind: "word", optional: true }],
    description: "join a channel and talk there",
    run: (client, [name, key]) => client.join(name, key),
  },
  part: {
    params: [{ ...channel, optional: true }],
    description: "leave a channel",
    run: async (client, args) => {
      const name = await channelOf(client, args[0]);
      if (name !== undefined) await client.request("PART", name);
    },
  },
  topic: {
    params: [{ ...text, optional: true }],
    description: "show the channel's topic, or set it",
    run: async (client, args) => {
      const name = await channelOf(client);
      if (name !== undefined) await client.request("TOPIC", name, ...args);
    },
  },
  away: {
    params: [{ ...text, optional: true }],
    description: "say that you are away, and why; alone: you are back",
    run: async (client, args) => void await client.request("AWAY", ...args),
  },
  whois: {
    params: [nick],
    description: "show what the server knows of somebody",
    run: async (client, [nick]) => void await client.request("WHOIS", nick),
  },
  kick: {
    params: [nick, { ...text, name: "reason", optional: true }],
    description: "throw somebody out (operators only)",
    run: async (client, args) => {
      const name = await channelOf(client);
      if (name !== undefined) await client.request("KICK", name, ...args);
    },
  },
  raw: {
    params: [{ name: "line", kind: "line" }],
    description: "send a line of IRC as it is",
    run: async (client, [line]) => {
      const { command, params, tags } = parse(line);
      await client.send({ command, params, tags });
    },
  },
  help: {
    params: [{ name: "command", kind: "command", optional: true }],
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
    params: [{ ...text, name: "reason", optional: true }],
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
    args.push(word);
    rest = others;
  }
  return rest === "" ? args : undefined;
}

function unknown(name: string): string {
  if (name === "") return "A line that begins with / is a command: /help lists them, // begins a text with /.";
  return `There is no command /${name}. Did you mean /${closestString(name, [...COMMANDS.keys()])}? /help lists all.`;
}

/** The channel that a command is about: the one named, or the current one; where there is none, says so. */
function channelOf(client: Client, name = client.state.channel): string | undefined {
  if (name === undefined) return void client.refuse("You are in no channel: /join #lobby");
  return client.channelName(name);
}

/** Asks the server for somebody who shares no channel (RFC 2812 section 4.9); gives the nick as it is spelled. */
async function online(client: Client, nick: string): Promise<string | undefined> {
  const replies = await client.request("ISON", nick);
  const nicks = replies.filter(({ command }) => command === RPL_ISON).flatMap(({ params }) =>
    params.at(-1)!.split(" ")
  );
  return nicks.find((name) => casefold(name) === casefold(nick));
}
