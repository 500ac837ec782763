/** What was said before: CHATHISTORY, SEARCH, REDACT, and what people are sent of it when they join. */

import { casefold, isNick, unescapeTag } from "../../protocol.ts";
import { type Event, linesOf } from "../capabilities.ts";
import type { Channel } from "../channel.ts";
import type { Chat } from "../chat.ts";
import {
  channelKey,
  type Entry,
  firstId,
  type History,
  parseMsgid,
  privateKey,
  type Range,
  replayed,
  timeOf,
} from "../history.ts";
import { BOUNDS } from "../isupport.ts";
import type { Session } from "../session.ts";
import { cut } from "../words.ts";
import type { CommandTable } from "./command.ts";

/** How the text of `/me waves` begins (modern.ircdocs.horse/ctcp#action). */
const ACTION = "\x01ACTION ";

const MINUTE = 60_000;

/** Periods for sentences, the longest first. */
const PERIODS: [milliseconds: number, name: string][] = [[1440 * MINUTE, "day"], [60 * MINUTE, "hour"], [
  MINUTE,
  "minute",
]];

/** A period as people say it: `90 days`. */
function period(milliseconds: number): string {
  const [length, name] = PERIODS.find(([length]) => milliseconds % length === 0) ?? [1000, "second"];
  const count = Math.floor(milliseconds / length);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Says that the room keeps what is said, and for how long. */
export function tellKeeping(session: Session): void {
  const { chat, nick } = session;
  if (chat.history === undefined) return;
  const { keep } = chat.history;
  const text = `This room keeps what is said${
    keep === Infinity ? "" : ` for ${period(keep)}`
  }, to show it to those who join.`;
  session.respond(chat.serverEvent("NOTICE", [nick, text]));
}

/** The time of day, with the day where it is not today, for those who are told no times. */
function stamp(time: number, now: number): string {
  const [then, today] = [new Date(time), new Date(now)];
  const clock = then.toTimeString().slice(0, 5);
  if (then.toDateString() === today.toDateString()) return `[${clock}]`;
  const month = `${then.getMonth() + 1}`.padStart(2, "0");
  return `[${then.getFullYear()}-${month}-${`${then.getDate()}`.padStart(2, "0")} ${clock}]`;
}

/** A kept message as it is told to those who read it now: a channel may have another name since. */
function retold({ channels }: Chat, entry: Entry): Event {
  const channel = channels.get(entry.conversation);
  return replayed(channel === undefined ? entry : { ...entry, target: channel.name });
}

/** What was last said in a channel; nothing where the database is damaged, since that keeps nobody from joining. */
function lastSaid(history: History, channel: Channel): Entry[] {
  try {
    return history.range([channelKey(channel.name)], { limit: BOUNDS.replay, latest: true });
  } catch (error) {
    history.onError(`cannot read the history: ${error instanceof Error ? error.message : error}`);
    return [];
  }
}

/**
 * Sends one who has joined what was last said there, unless it asks for that itself (IRCv3 chathistory), or is a bot,
 * which would answer it.
 */
export function replay(session: Session, channel: Channel): void {
  const { chat } = session;
  const { history, now } = chat;
  if (history === undefined || session.has("draft/chathistory") || session.modes.has("B")) return;
  const entries = lastSaid(history, channel);
  if (entries.length === 0) return;
  const events = entries.map((entry) => retold(chat, entry));
  if (!session.has("server-time")) {
    for (const event of events) {
      const [target, text] = event.params;
      const action = text.startsWith(ACTION) ? ACTION : "";
      event.params = [target, `${action}${stamp(event.time, now())} ${text.slice(action.length)}`];
      // With the time before it, the first of several lines may have become too long.
      if (event.lines !== undefined) event.lines = linesOf(event)!;
    }
  }
  session.respondBatch(["chathistory", channel.name], events);
}

/** The conversations that a target stands for to a session; nothing where it may not read them. */
function conversations(
  session: Session,
  history: History,
  target: string,
): { name: string; keys: string[] } | undefined {
  const { chat } = session;
  if (target.startsWith("#")) {
    const channel = chat.findChannel(target);
    return channel?.members.has(session) ? { name: channel.name, keys: [channelKey(target)] } : undefined;
  }
  if (!isNick(target)) return undefined;
  const peer = casefold(target);
  const keys = history.talks(session.identity).filter((talk) => talk.peer === peer).map((talk) => talk.conversation);
  return { name: chat.find(target)?.nick ?? target, keys };
}

/** Why a CHATHISTORY is refused: an error code of IRCv3 chathistory, its context, and a description. */
class Refusal extends Error {
  readonly params: string[];

  constructor(...params: [code: string, ...contextAndDescription: string[]]) {
    super(params.join(" "));
    this.params = params;
  }
}

/** The ids that a reference stands for: the one of a message, or all of a millisecond. */
function readReference(text: string, { timestampsOnly = false } = {}): { first: number; last: number } {
  const [, type, value] = /^(timestamp|msgid)=(.*)$/.exec(text) ?? [];
  const time = type === "timestamp" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)
    ? Date.parse(value)
    : NaN;
  const id = type === "msgid" && !timestampsOnly ? parseMsgid(value) : undefined;
  if (id !== undefined) return { first: id, last: id };
  if (Number.isNaN(time)) throw new Refusal("INVALID_PARAMS", text, `Invalid ${type ?? "message reference"}`);
  return { first: firstId(time), last: firstId(time + 1) - 1 };
}

function readLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new Refusal("INVALID_PARAMS", text, "Invalid limit");
  return Math.min(Number(text), BOUNDS.history);
}

/** Reads a span from the one reference to the other, whichever is earlier. */
function readSpan(from: string, to: string, options = {}): Pick<Range, "after" | "before" | "latest"> {
  const [a, b] = [readReference(from, options), readReference(to, options)];
  return a.first <= b.first ? { after: a.last, before: b.first } : { after: b.last, before: a.first, latest: true };
}

type Read = (range: Omit<Range, "limit">, limit: number) => Entry[];

/** The subcommands that give messages: how many references each takes, and which messages it reads. */
const SUBCOMMANDS: Record<
  string,
  { references: number; read(read: Read, limit: number, references: string[]): Entry[] }
> = {
  LATEST: {
    references: 1,
    read(read, limit, [from]) {
      return read({ ...(from === "*" ? {} : { after: readReference(from).last }), latest: true }, limit);
    },
  },
  BEFORE: {
    references: 1,
    read: (read, limit, [to]) => read({ before: readReference(to).first, latest: true }, limit),
  },
  AFTER: {
    references: 1,
    read: (read, limit, [from]) => read({ after: readReference(from).last }, limit),
  },
  AROUND: {
    references: 1,
    read(read, limit, [middle]) {
      const { first } = readReference(middle);
      const earlier = Math.floor(limit / 2);
      const before = earlier === 0 ? [] : read({ before: first, latest: true }, earlier);
      return [...before, ...read({ after: first - 1 }, limit - before.length)];
    },
  },
  BETWEEN: {
    references: 2,
    read: (read, limit, [from, to]) => read(readSpan(from, to), limit),
  },
};

function chathistory(session: Session, history: History, name: string, params: string[]): void {
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined && name !== "TARGETS") throw new Refusal("INVALID_PARAMS", name, "Unknown command");
  const expected = subcommand === undefined ? 3 : subcommand.references + 2;
  if (params.length < expected) throw new Refusal("INVALID_PARAMS", name, "Insufficient parameters");
  if (params.length > expected) throw new Refusal("INVALID_PARAMS", name, "Too many parameters");
  const limit = readLimit(params.at(-1)!);
  if (subcommand === undefined) return targets(session, history, params, limit);
  const [target, ...references] = params.slice(0, -1);
  const found = conversations(session, history, target);
  if (found === undefined) throw new Refusal("INVALID_TARGET", name, target, "Messages could not be retrieved");
  const events = session.has("draft/event-playback");
  const read: Read = (range, limit) => history.range(found.keys, { ...range, limit, events });
  // The target as it was asked for, by which the client knows its answer again.
  const entries = subcommand.read(read, limit, references);
  session.respondBatch(["chathistory", target], entries.map((entry) => retold(session.chat, entry)));
}

/** Lists the channels that a session is in and the people it has talked with, by their latest message. */
function targets(session: Session, history: History, [from, to]: string[], limit: number): void {
  const { after = 0, before = Infinity, latest } = readSpan(from, to, { timestampsOnly: true });
  const { chat } = session;
  const all = [
    ...[...session.channels].map(({ name }) => ({ name, keys: [channelKey(name)] })),
    ...Map.groupBy(history.talks(session.identity), ({ peer }) => peer).values().map((talks) => ({
      name: undefined,
      peer: talks[0].peer,
      keys: talks.map(({ conversation }) => conversation),
    })),
  ];
  const found = all.flatMap((target) => {
    const [entry] = history.range(target.keys, { limit: 1, latest: true });
    if (entry === undefined || entry.id <= after || entry.id >= before) return [];
    if (target.name !== undefined) return [{ name: target.name, id: entry.id }];
    const { source, sender } = entry;
    const nick = sender === session.identity ? entry.target : source.split("!", 1)[0];
    return [{ name: chat.find(nick)?.nick ?? nick, id: entry.id }];
  }).sort((a, b) => a.id - b.id);
  const shown = latest ? found.slice(-limit) : found.slice(0, limit);
  const events = shown.map(({ name, id }) =>
    chat.serverEvent("CHATHISTORY", ["TARGETS", name, new Date(timeOf(id)).toISOString()])
  );
  session.respondBatch(["draft/chathistory-targets"], events);
}

/** What a session may search in: its channels, and whom it has talked with. */
function searchable(session: Session, history: History): string[] {
  const talks = history.talks(session.identity).map(({ conversation }) => conversation);
  return [...[...session.channels].map(({ name }) => channelKey(name)), ...new Set(talks)];
}

/** Attributes as message tags are written: `in=#tea;text=two\swords`. */
function readAttributes(text: string): Record<string, string> {
  const pairs = text.split(";").filter((pair) => pair !== "").map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, unescapeTag(value.join("="))];
  });
  return Object.fromEntries(pairs);
}

function search(session: Session, history: History, attributes: Record<string, string>): void {
  const { text, from, in: target, before, after, limit = `${BOUNDS.search}` } = attributes;
  const time = (value: string | undefined) => value === undefined ? undefined : readReference(`timestamp=${value}`);
  const keys = target === undefined ? searchable(session, history) : conversations(session, history, target)?.keys;
  if (keys === undefined) throw new Refusal("INVALID_PARAMS", target, "You can't search there");
  const [first, last] = [time(after)?.first, time(before)?.last];
  const entries = history.search(keys, {
    limit: Math.min(readLimit(limit), BOUNDS.search),
    latest: first === undefined,
    ...(first === undefined ? {} : { after: first - 1 }),
    ...(last === undefined ? {} : { before: last + 1 }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { from }),
  });
  session.respondBatch(["soju.im/search"], entries.map((entry) => retold(session.chat, entry)));
}

/** Removes a message, one's own or as an operator, and tells those who saw it. */
function redact(session: Session, history: History, [target, msgid, reason]: string[]): void {
  const { chat } = session;
  const found = conversations(session, history, target);
  if (found === undefined) throw new Refusal("INVALID_TARGET", target, `You cannot delete messages from ${target}`);
  const id = parseMsgid(msgid);
  const entry = id === undefined ? undefined : history.find(id, found.keys);
  if (entry === undefined || entry.command === "TOPIC") {
    throw new Refusal("UNKNOWN_MSGID", target, msgid, "This message does not exist or is too old");
  }
  const channel = chat.findChannel(target);
  if (entry.sender !== session.identity && !channel?.isOperator(session)) {
    throw new Refusal("REDACT_FORBIDDEN", target, msgid, "You are not authorised to delete this message");
  }
  history.remove(entry.id);
  // Words are for those who may talk there.
  const isTold = reason !== undefined && channel?.silence(session) === undefined;
  const params = [found.name, msgid, ...(isTold ? [cut(reason, BOUNDS.kick)] : [])];
  const event = chat.event(session, "REDACT", params);
  if (channel !== undefined) return session.publish(channel, event);
  session.respond(event);
  const peer = chat.find(target);
  if (peer !== undefined && peer !== session && privateKey(session.identity, peer.identity) === entry.conversation) {
    peer.deliver(event);
  }
}

type Handler = (session: Session, history: History, params: string[]) => void;

/** A handler that answers with FAIL what is refused (IRCv3 standard-replies), and what the database does not give. */
function withHistory(
  command: string,
  capability: "draft/chathistory" | "draft/message-redaction" | "soju.im/search",
  handler: Handler,
) {
  return (session: Session, params: string[]): void => {
    const { history } = session.chat;
    if (history === undefined || !session.has(capability)) {
      return session.fail(command, "NEED_CAPABILITY", capability, `Ask for the capability ${capability} first`);
    }
    try {
      handler(session, history, params);
    } catch (error) {
      if (error instanceof Refusal) return session.fail(command, ...(error.params as [string, ...string[]]));
      history.onError(`cannot read the history: ${error instanceof Error ? error.message : error}`);
      session.fail(
        command,
        command === "SEARCH" ? "INTERNAL_ERROR" : "MESSAGE_ERROR",
        "The history cannot be read at the moment",
      );
    }
  };
}

/** The family's commands. */
export const HISTORY: CommandTable = {
  CHATHISTORY: {
    minParams: 1,
    handler: withHistory("CHATHISTORY", "draft/chathistory", (session, history, [name, ...params]) => {
      chathistory(session, history, name.toUpperCase(), params);
    }),
  },
  SEARCH: {
    minParams: 1,
    handler: withHistory("SEARCH", "soju.im/search", (session, history, [attributes]) => {
      search(session, history, readAttributes(attributes));
    }),
  },
  REDACT: { minParams: 2, handler: withHistory("REDACT", "draft/message-redaction", redact) },
};
