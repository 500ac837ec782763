/**
 * The slash commands by which people talk, answer, react and choose whom they hear.
 *
 * @module
 */

import { ERR_NOSUCHNICK, type Message, RPL_AWAY, RPL_ENDOFWHOIS, RPL_ISON } from "../../protocol.ts";
import { isRefused } from "../connection/refusals.ts";
import { foldName, namingOf } from "../names.ts";
import type { Actions } from "./actions.ts";
import { ctcp } from "../ctcp.ts";
import { leftFor } from "../left.ts";
import type { TalkLine } from "../state/line.ts";
import type { Talk } from "../state/talk.ts";
import { type Command, nick, optional, type Param, text } from "./command.ts";

const target: Param = { name: "target", kind: "target" };

export const TALKING: readonly Command[] = [
  {
    name: "to",
    params: [optional(target)],
    run: async (client, [target]) => {
      const { state } = client;
      if (target === undefined) return client.talkTo(undefined);
      if (state.isupport.isChannel(target)) return await client.join(target);
      const { notToYourself, notOnline, stillTo } = client.sentences.talking;
      if (state.isSelf(target)) return client.refuseTarget(notToYourself);
      const known = state.spelledNick(target) ?? await onlineNick(client, target);
      const absent = known === undefined ? await absentNick(client, target) : undefined;
      if (absent !== undefined) {
        client.talkTo(absent);
        return client.tell({ type: "info", text: client.sentences.away.mayBeLeft(absent) });
      }
      if (known === undefined) {
        // Otherwise the person might believe that the target has changed.
        const still = state.target === undefined ? "" : ` ${stillTo(state.target)}`;
        return client.refuseTarget(notOnline(target) + still);
      }
      client.talkTo(known);
    },
  },
  {
    name: "msg",
    params: [target, text],
    isSaying: "whole",
    run: (client, [target, text]) => client.sayTo(target, text),
  },
  {
    name: "me",
    params: [text],
    isSaying: "each",
    run: (client, [text]) => client.say(ctcp(text)),
  },
  {
    name: "notice",
    params: [target, text],
    isSaying: "whole",
    run: (client, [target, text]) => client.sayTo(target, text, undefined, "NOTICE"),
  },
  {
    name: "reply",
    params: [{ name: "answer", kind: "text" }],
    isSaying: "whole",
    needs: "talk",
    run: (client, [answer], talk) => {
      const [, name, rest] = /^(\S+?)[:,]?\s+(.+)$/s.exec(answer) ?? [];
      const named = name === undefined ? undefined : answeredLine(client, talk, name);
      const answered = named ?? answeredLine(client, talk);
      if (answered === undefined) return client.refuse(client.sentences.talking.nobodySaid(talk.name));
      if ("unclear" in answered) return client.refuse(answered.unclear);
      const { line, talk: where } = answered;
      const text = named === undefined ? answer : rest;
      // Where the server carries no tags, or the line has no msgid, the nick before the text says whom it answers.
      const isTold = line.private || (line.msgid !== undefined && client.can("message-tags"));
      client.sayIn(where, isTold ? text : `${line.from}: ${text}`, line);
    },
  },
  {
    name: "react",
    params: [{ name: "emoji", kind: "emoji" }, optional(nick)],
    needs: "talk",
    run: (client, [reaction, nick], talk) => {
      const answered = answeredLine(client, talk, nick);
      if (answered === undefined) return client.refuse(client.sentences.talking.saidNothing(nick, talk.name));
      if ("unclear" in answered) return client.refuse(answered.unclear);
      client.react(answered.talk, answered.line, reaction);
    },
  },
  {
    name: "ignore",
    params: [optional(nick)],
    run: (client, [nick]) => {
      const { sentences: { talking }, state: { ignored } } = client;
      if (nick === undefined) return client.tell({ type: "info", text: talking.ignoring(ignored.nicks) });
      if (client.state.isSelf(nick)) return client.refuse(talking.ignoreNotYourself);
      ignored.add(nick);
      client.tell({ type: "info", text: talking.ignored(nick) });
    },
  },
  {
    name: "unignore",
    params: [nick],
    run: (client, [nick]) => {
      const { talking } = client.sentences;
      if (!client.state.ignored.delete(nick)) return client.refuse(talking.notIgnored(nick));
      client.tell({ type: "info", text: talking.unignored(nick) });
    },
  },
  {
    name: "away",
    params: [optional(text)],
    run: async (client, args) => void await client.request("AWAY", ...args),
  },
  {
    name: "nick",
    params: [{ name: "nick", kind: "line" }],
    run: (client, [name]) => client.rename(namingOf(name)),
  },
  {
    name: "status",
    params: [optional(text)],
    run: async (client, [status = ""]) => {
      const refusal = await client.setStatus(status);
      if (refusal !== undefined) return client.refuse(refusal);
      client.tell({ type: "info", text: client.sentences.connection.statusIs(status) });
    },
  },
  {
    name: "profile",
    params: [],
    run: async (client) => {
      const { nick, account = "" } = client.state;
      const { displayName, status } = await client.profile();
      const { title, none, ...labels } = client.sentences.profile;
      const values = { displayName, status, account };
      const rows = (["displayName", "status", "account"] as const).map((key) => [labels[key], values[key] || none]);
      client.tell({ type: "table", rows: [[title(nick)], ...rows] });
    },
  },
  {
    name: "whois",
    params: [nick],
    run: async (client, [nick]) => {
      if (!isRefused(await client.request("WHOIS", nick))) await client.tellProfile(nick);
    },
  },
];

/** A line, and the talk in which it was said. */
interface Answered {
  talk: Talk;
  line: TalkLine;
}

/**
 * The line that `/reply` and `/react` are about: the last one of somebody else, or of the one who is named. Where the view shows
 * the lines of all talks as they come, it may be a private line, which must not be answered in the channel: so where a private
 * line waits for an answer and something has come in the channel since, the person has to name somebody.
 */
function answeredLine(client: Actions, talk: Talk, nick?: string): Answered | { unclear: string } | undefined {
  if (client.isWrittenInTalk || talk.kind === "private") return lastOf(talk, nick);
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

/** The latest of the lines that `find` gives for each talk. */
function latest(talks: readonly Talk[], find: (talk: Talk) => Answered | undefined): Answered | undefined {
  let found: Answered | undefined;
  for (const talk of talks) {
    const one = find(talk);
    if (one !== undefined && (found === undefined || one.line.time > found.line.time)) found = one;
  }
  return found;
}

/** The last wanted line in a talk that is somebody else's, or that of the one who is named. */
function lastOf(talk: Talk, nick?: string, isWanted = (_: TalkLine) => true): Answered | undefined {
  const folded = nick === undefined ? undefined : foldName(nick);
  for (const line of talk.said()) {
    const isOf = folded === undefined ? !line.own : foldName(line.from) === folded;
    if (isOf && isWanted(line)) return { talk, line };
  }
  return undefined;
}

/** Asks the server whether somebody who shares no channel is online (RFC 2812 section 4.9); gives the nick as it is spelled. */
async function onlineNick(client: Actions, nick: string): Promise<string | undefined> {
  const replies: Message[] = await client.request("ISON", nick);
  const nicks = replies.filter(({ command }) => command === RPL_ISON).flatMap(({ params }) =>
    params.at(-1)!.split(" ")
  );
  const folded = foldName(nick);
  return nicks.find((name) => foldName(name) === folded);
}

/** Asks the server whether something can be left for somebody who is not online; gives the nick as it is spelled. */
async function absentNick(client: Actions, nick: string): Promise<string | undefined> {
  // Only a server that remembers what is said can.
  if (!client.can("draft/chathistory")) return undefined;
  const replies = await client.askQuietly([RPL_AWAY, ERR_NOSUCHNICK, RPL_ENDOFWHOIS], "WHOIS", nick) ?? [];
  const away = replies.find(({ command, params }) =>
    command === RPL_AWAY && leftFor(params.at(-1) ?? "") !== undefined
  );
  const name = away?.params[1];
  return name !== undefined && foldName(name) === foldName(nick) ? name : undefined;
}
