/**
 * The slash commands by which people talk: to whom, how, in answer to what.
 *
 * @module
 */

import { type Message, RPL_ISON } from "../../protocol.ts";
import { foldName } from "../bounds.ts";
import type { Client } from "../client.ts";
import { ctcp } from "../state/ctcp.ts";
import type { TalkLine } from "../state/line.ts";
import type { Talk } from "../state/talk.ts";
import { type Commands, nick, optional, type Param, talkOf, text } from "./command.ts";

const target: Param = { name: "target", kind: "target" };

export const TALKING: Commands = {
  to: {
    params: [optional(target)],
    run: async (client, [target]) => {
      const { state } = client;
      if (target === undefined) return client.talkTo(undefined);
      if (state.isupport.isChannel(target)) return await client.join(target);
      const { notToYourself, notOnline, stillTo } = client.sentences.talking;
      if (state.isSelf(target)) return client.refuseTalk(notToYourself);
      const known = state.present(target) ?? await online(client, target);
      if (known === undefined) {
        // The person may take it for done.
        const still = state.target === undefined ? "" : ` ${stillTo(state.target)}`;
        return client.refuseTalk(notOnline(target) + still);
      }
      client.talkTo(known);
    },
  },
  msg: {
    params: [target, text],
    run: (client, [target, text]) => client.sayTo(target, text),
  },
  me: {
    params: [text],
    run: (client, [text]) => client.say(ctcp(text)),
  },
  notice: {
    params: [target, text],
    run: (client, [target, text]) => client.sayTo(target, text, undefined, "NOTICE"),
  },
  reply: {
    params: [{ name: "answer", kind: "text" }],
    run: (client, [words]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      const [, name, rest] = /^(\S+?)[:,]?\s+(.+)$/s.exec(words) ?? [];
      const named = name === undefined ? undefined : said(client, talk, name);
      const answered = named ?? said(client, talk);
      if (answered === undefined) return client.refuse(client.sentences.talking.nobodySaid(talk.name));
      if ("unclear" in answered) return client.refuse(answered.unclear);
      const { line, talk: where } = answered;
      const text = named === undefined ? words : rest;
      // Where the server carries no tags, or has given that line no name, words have to say it.
      const isTold = line.private || (line.msgid !== undefined && client.can("message-tags"));
      client.sayIn(where, isTold ? text : `${line.from}: ${text}`, line);
    },
  },
  react: {
    params: [{ name: "emoji", kind: "emoji" }, optional(nick)],
    run: (client, [reaction, nick]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      const answered = said(client, talk, nick);
      if (answered === undefined) return client.refuse(client.sentences.talking.saidNothing(nick, talk.name));
      if ("unclear" in answered) return client.refuse(answered.unclear);
      client.react(answered.talk, answered.line, reaction);
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

/** A line, and the talk in which it was said. */
interface Answered {
  talk: Talk;
  line: TalkLine;
}

/**
 * The line that is answered: the last one of somebody else, or of one person. Where a view shows the lines of all talks as
 * they come, that may be one that was said to this person alone, which must not be answered before all: so where one is
 * waiting for an answer and something has come in the channel since, a person has to be named.
 */
function said(client: Client, talk: Talk, nick?: string): Answered | { unclear: string } | undefined {
  if (client.isPlaced || talk.kind === "private") return lastOf(talk, nick);
  const { talks, channels } = client.state;
  const all = [...talks.values()];
  const here = lastOf(talk, nick, (line) => !line.private);
  const alone = latest(all, (talk) => lastOf(talk, nick, (line) => line.private && !line.own));
  if (alone === undefined) return here ?? latest(nick === undefined ? [] : channels, (talk) => lastOf(talk, nick));
  if (here === undefined || alone.line.time >= here.line.time) return alone;
  const own = latest(all, (talk) => lastOf(talk, client.state.nick));
  if (own !== undefined && own.line.time >= alone.line.time) return here;
  if (nick !== undefined) return alone;
  return { unclear: client.sentences.talking.whichIsMeant(alone.line.from, here.line.from, here.talk.name) };
}

/** The latest of what is found in talks. */
function latest(talks: readonly Talk[], find: (talk: Talk) => Answered | undefined): Answered | undefined {
  let found: Answered | undefined;
  for (const talk of talks) {
    const one = find(talk);
    if (one !== undefined && (found === undefined || one.line.time > found.line.time)) found = one;
  }
  return found;
}

/** The last line in a talk of somebody else, or of one person, of those that are wanted. */
function lastOf(talk: Talk, nick?: string, isWanted = (_: TalkLine) => true): Answered | undefined {
  const folded = nick === undefined ? undefined : foldName(nick);
  for (const line of talk.said()) {
    const isOf = folded === undefined ? !line.own : foldName(line.from) === folded;
    if (isOf && isWanted(line)) return { talk, line };
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
