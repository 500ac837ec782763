/**
 * The slash commands by which people talk: to whom, how, in answer to what.
 *
 * @module
 */

import { type Message, RPL_ISON } from "../../protocol.ts";
import { foldName } from "../bounds.ts";
import type { Client } from "../client.ts";
import { ctcp } from "../ctcp.ts";
import type { Line, Talk } from "../talk.ts";
import { type Commands, nick, optional, type Param, talkOf, text } from "./command.ts";

const target: Param = { name: "target", kind: "target" };

export const TALKING: Commands = {
  to: {
    params: [optional(target)],
    run: async (client, [target]) => {
      const { state } = client;
      if (target === undefined) return client.talkTo(undefined);
      if (state.isupport.isChannel(target)) return await client.join(target);
      if (state.isSelf(target)) return client.refuseTalk(client.sentences.talking.notToYourself);
      const known = state.present(target) ?? await online(client, target);
      if (known === undefined) return client.refuseTalk(client.sentences.talking.notOnline(target));
      client.talkTo(known);
    },
  },
  msg: {
    params: [target, text],
    run: (client, [target, text]) => void client.sayTo(target, text),
  },
  me: {
    params: [text],
    run: (client, [text]) => client.say(ctcp(text)),
  },
  notice: {
    params: [target, text],
    run: (client, [target, text]) => void client.sayTo(target, text, undefined, "NOTICE"),
  },
  reply: {
    params: [{ name: "answer", kind: "text" }],
    run: (client, [words]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      const [, name, rest] = /^(\S+?)[:,]?\s+(.+)$/s.exec(words) ?? [];
      const named = name === undefined ? undefined : lastOf(talk, name);
      const line = named ?? lastOf(talk);
      if (line === undefined) return client.refuse(client.sentences.talking.nobodySaid(talk.name));
      const text = named === undefined ? words : rest;
      // Where the server carries no tags, or has given that line no name, words have to say it.
      if (line.msgid !== undefined && client.can("message-tags")) client.say(text, line);
      else client.say(`${line.from}: ${text}`);
    },
  },
  react: {
    params: [{ name: "emoji", kind: "emoji" }, optional(nick)],
    run: (client, [reaction, nick]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      const line = lastOf(talk, nick);
      if (line === undefined) return client.refuse(client.sentences.talking.saidNothing(nick, talk.name));
      client.react(talk, line, reaction);
    },
  },
  ignore: {
    params: [optional(nick)],
    run: (client, [nick]) => {
      const { sentences: { talking }, state: { ignored } } = client;
      if (nick === undefined) return client.tell({ type: "info", text: talking.ignoring([...ignored]) });
      if (client.state.isSelf(nick)) return client.refuse(talking.ignoreNotYourself);
      ignored.add(foldName(nick));
      client.tell({ type: "info", text: talking.ignored(nick) });
    },
  },
  unignore: {
    params: [nick],
    run: (client, [nick]) => {
      const { talking } = client.sentences;
      if (!client.state.ignored.delete(foldName(nick))) return client.refuse(talking.notIgnored(nick));
      client.tell({ type: "info", text: talking.unignored(nick) });
    },
  },
  away: {
    params: [optional(text)],
    run: async (client, args) => void await client.request("AWAY", ...args),
  },
  nick: {
    params: [{ name: "nick", kind: "word" }],
    run: async (client, [nick]) => void await client.request("NICK", nick),
  },
  whois: {
    params: [nick],
    run: async (client, [nick]) => void await client.request("WHOIS", nick),
  },
};

/** The last line in a talk of somebody else, or of one person. */
function lastOf(talk: Talk, nick?: string): Line | undefined {
  const folded = nick === undefined ? undefined : foldName(nick);
  for (const line of talk.said()) {
    if (folded === undefined ? !line.own : foldName(line.from) === folded) return line;
  }
  return undefined;
}

/** Asks the server for somebody who shares no channel (RFC 2812 section 4.9); gives the nick as it is spelled. */
async function online(client: Client, nick: string): Promise<string | undefined> {
  const replies: Message[] = await client.request("ISON", nick);
  const nicks = replies.filter(({ command }) => command === RPL_ISON).flatMap(({ params }) =>
    params.at(-1)!.split(" ")
  );
  const folded = foldName(nick);
  return nicks.find((name) => foldName(name) === folded);
}
