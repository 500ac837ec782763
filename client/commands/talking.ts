/**
 * The slash commands by which people talk: to whom, how, in answer to what.
 *
 * @module
 */

import { casefold, type Message, RPL_ISON } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { ctcp } from "../ctcp.ts";
import type { Line, Talk } from "../talk.ts";
import { type Commands, nick, optional, type Param, talkOf, text } from "./command.ts";

const target: Param = { name: "nick|#channel", kind: "target" };

export const TALKING: Commands = {
  to: {
    params: [optional(target)],
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
  msg: {
    params: [target, text],
    description: "say one line to somebody else, and stay here",
    run: (client, [target, text]) => void client.sayTo(target, text),
  },
  me: {
    params: [text],
    description: "say what you do: /me waves",
    run: (client, [text]) => client.say(ctcp(text)),
  },
  notice: {
    params: [target, text],
    description: "send a notice, which no program answers",
    run: (client, [target, text]) => void client.sayTo(target, text, undefined, "NOTICE"),
  },
  reply: {
    params: [{ name: "[nick] text", kind: "text" }],
    description: "answer the last line of the others, or of one: /reply alice yes",
    run: (client, [words]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      const [, name, rest] = /^(\S+?)[:,]?\s+(.+)$/s.exec(words) ?? [];
      const named = name === undefined ? undefined : lastOf(talk, name);
      const line = named ?? lastOf(talk);
      if (line === undefined) return client.refuse(`Nobody has said anything in ${talk.name} yet.`);
      const text = named === undefined ? words : rest;
      // Where the server carries no tags, or has given that line no name, words have to say it.
      if (line.msgid !== undefined && client.can("message-tags")) client.say(text, line);
      else client.say(`${line.from}: ${text}`);
    },
  },
  react: {
    params: [{ name: "emoji", kind: "emoji" }, optional(nick)],
    description: "react to the last line of the others, or of one: /react :+1: alice; again: take it back",
    run: (client, [reaction, nick]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      const line = lastOf(talk, nick);
      if (line === undefined) return client.refuse(`${nick ?? "Nobody"} has said nothing in ${talk.name} yet.`);
      client.react(talk, line, reaction);
    },
  },
  ignore: {
    params: [optional(nick)],
    description: "hide what somebody says from now on; alone: list whom you ignore",
    run: (client, [nick]) => {
      const { ignored } = client.state;
      if (nick === undefined) {
        const text = ignored.size === 0 ? "You ignore nobody." : `You ignore ${[...ignored].join(", ")}.`;
        return client.tell({ type: "info", text });
      }
      if (client.state.isSelf(nick)) return client.refuse("You cannot ignore yourself.");
      ignored.add(casefold(nick));
      client.tell({ type: "info", text: `You ignore ${nick}: /unignore ${nick} ends that.` });
    },
  },
  unignore: {
    params: [nick],
    description: "show again what somebody says",
    run: (client, [nick]) => {
      if (!client.state.ignored.delete(casefold(nick))) return client.refuse(`You do not ignore ${nick}.`);
      client.tell({ type: "info", text: `You ignore ${nick} no longer.` });
    },
  },
  away: {
    params: [optional(text)],
    description: "say that you are away, and why; alone: you are back",
    run: async (client, args) => void await client.request("AWAY", ...args),
  },
  nick: {
    params: [{ name: "nick", kind: "word" }],
    description: "change your name",
    run: async (client, [nick]) => void await client.request("NICK", nick),
  },
  whois: {
    params: [nick],
    description: "show what the server knows of somebody",
    run: async (client, [nick]) => void await client.request("WHOIS", nick),
  },
};

/** The last line in a talk of somebody else, or of one person. */
function lastOf(talk: Talk, nick?: string): Line | undefined {
  for (const line of talk.said()) {
    if (nick === undefined ? !line.own : casefold(line.from) === casefold(nick)) return line;
  }
  return undefined;
}

/** Asks the server for somebody who shares no channel (RFC 2812 section 4.9); gives the nick as it is spelled. */
async function online(client: Client, nick: string): Promise<string | undefined> {
  const replies: Message[] = await client.request("ISON", nick);
  const nicks = replies.filter(({ command }) => command === RPL_ISON).flatMap(({ params }) =>
    params.at(-1)!.split(" ")
  );
  return nicks.find((name) => casefold(name) === casefold(nick));
}
