/** What was said before: CHATHISTORY, SEARCH, REDACT. */

import { casefold, isNick, parseSource, parseTime, unescapeTag } from "../../protocol.ts";
import type { Event } from "../room/capabilities.ts";
import type { Chat } from "../room/chat.ts";
import { toEvent } from "../room/record.ts";
import type { History } from "../store/history.ts";
import type { MessageRange } from "../store/reader.ts";
import { channelKey, firstId, type MessageRecord, parseMsgid, privateKey, saidAt, timeOf } from "../store/records.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Session } from "../room/session.ts";
import { cut } from "../room/words.ts";
import type { Command } from "./command.ts";

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

/** A kept message as it is told to those who read it now: a channel may have another name since. */
function retold({ channels }: Chat, record: MessageRecord): Event {
  const channel = channels.get(record.conversation);
  return toEvent(channel === undefined ? record : { ...record, target: channel.name });
}

/**
 * The kept messages of these ids as events, each read when its turn comes, so that a slow reader holds ids and no texts.
 * What has been deleted meanwhile is left out, what was said in a channel that the session is no longer in, and what was said
 * in private once it is somebody else: an account's talks end with being logged in to it.
 *
 * @param identity Of the session when it asked, which may have been long before: its reader may have been waited for.
 */
export function* told(
  session: Session,
  history: History,
  ids: Iterable<number>,
  identity: string,
): Generator<Event | undefined> {
  const { chat } = session;
  for (const id of ids) {
    const record = history.find(id);
    const isOpen = record?.conversation.startsWith("#")
      ? chat.channels.get(record.conversation)?.members.has(session)
      : session.identity === identity;
    yield record && isOpen ? retold(chat, record) : undefined;
  }
}

/** Says to whoever runs the server that history can't be read. */
export function reportUnreadable(history: History, error: unknown): void {
  history.onError(`cannot read the history: ${error instanceof Error ? error.message : error}`);
}

/** What a target stands for to a session that may read it. */
export interface Readable {
  /** The channel's or the person's name as it is written now. */
  name: string;
  /** The conversations. */
  keys: string[];
}

/** What a target stands for to a session; nothing where it may not read it. */
export function* readable(session: Session, history: History, target: string): Generator<void, Readable | undefined> {
  const { chat, identity } = session;
  if (target.startsWith("#")) {
    const channel = chat.findChannel(target);
    if (channel === undefined || !channel.members.has(session)) return undefined;
    return { name: channel.name, keys: [channelKey(target)] };
  }
  if (!isNick(target)) return undefined;
  const person = chat.find(target);
  const keys = new Set(yield* history.conversations(identity, casefold(target)));
  // However many strangers have had that nick: who has it now, and whose it is.
  if (person !== undefined) keys.add(privateKey(identity, person.identity));
  if (chat.accounts !== undefined) keys.add(privateKey(identity, chat.accounts.identity(target)));
  return { name: person?.nick ?? target, keys: [...keys] };
}

/** Why a CHATHISTORY is refused: an error code of IRCv3 chathistory, its context, and a description. */
class Refusal extends Error {
  readonly params: [code: string, ...contextAndDescription: string[]];

  constructor(code: string, ...contextAndDescription: string[]) {
    super(contextAndDescription.at(-1));
    this.params = [code, ...contextAndDescription];
  }
}

/** The ids that a reference stands for: the one of a message, or all of a millisecond. */
function readReference(text: string, { timestampsOnly = false } = {}): { first: number; last: number } {
  const [, type, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (type !== undefined && !/^(?:timestamp|msgid)$/i.test(type)) {
    throw new Refusal("INVALID_MSGREFTYPE", text, "Unknown type of message reference");
  }
  const time = type === "timestamp" ? parseTime(value) : undefined;
  const id = type === "msgid" && !timestampsOnly ? parseMsgid(value) : undefined;
  if (id !== undefined) return { first: id, last: id };
  if (time === undefined) throw new Refusal("INVALID_PARAMS", text, `Invalid ${type ?? "message reference"}`);
  return { first: firstId(time), last: firstId(time + 1) - 1 };
}

function readLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new Refusal("INVALID_PARAMS", text, "Invalid limit");
  return Math.min(Number(text), BOUNDS.history);
}

/** Reads a span from the one reference to the other, whichever is earlier. */
function readSpan(from: string, to: string, options = {}): Pick<MessageRange, "after" | "before" | "latest"> {
  const [a, b] = [readReference(from, options), readReference(to, options)];
  return a.first <= b.first ? { after: a.last, before: b.first } : { after: b.last, before: a.first, latest: true };
}

/** Some messages by their ids, and whether nothing is there to be asked for beyond them. */
interface Page {
  ids: number[];
  isAll: boolean;
}

type Read = (range: Omit<MessageRange, "limit">, limit: number, share?: number) => Generator<void, Page>;

/** The subcommands that give messages: how many references each takes, and which messages it gives. */
const SUBCOMMANDS: Record<
  string,
  { references: number; read(read: Read, limit: number, references: string[]): Generator<void, Page> }
> = {
  LATEST: {
    references: 1,
    read: (read, limit, [from]) =>
      read({ ...(from === "*" ? {} : { after: readReference(from).last }), latest: true }, limit),
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
    *read(read, limit, [middle]) {
      const { first } = readReference(middle);
      const before = yield* read({ before: first, latest: true }, Math.floor(limit / 2), 1 / 2);
      const rest = Math.max(Math.ceil(limit / 2), limit - before.ids.length);
      const after = yield* read({ after: first - 1 }, rest, 1 / 2);
      return { ids: [...before.ids, ...after.ids], isAll: before.isAll && after.isAll };
    },
  },
  BETWEEN: {
    references: 2,
    read: (read, limit, [from, to]) => read(readSpan(from, to), limit),
  },
};

function* chathistory(session: Session, history: History, name: string, params: string[]): Generator<void> {
  const { identity } = session;
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined && name !== "TARGETS") throw new Refusal("INVALID_PARAMS", name, "Unknown command");
  const expected = subcommand === undefined ? 3 : subcommand.references + 2;
  if (params.length < expected) throw new Refusal("INVALID_PARAMS", name, "Insufficient parameters");
  if (params.length > expected) throw new Refusal("INVALID_PARAMS", name, "Too many parameters");
  const limit = readLimit(params.at(-1)!);
  if (subcommand === undefined) return yield* targets(session, history, params, limit);
  const [target, ...references] = params.slice(0, -1);
  const found = yield* readable(session, history, target);
  if (found === undefined) throw new Refusal("INVALID_TARGET", name, target, "Messages could not be retrieved");
  const events = session.has("draft/event-playback");
  const byTime = !references.some((text) => /^msgid=/i.test(text));
  const read: Read = (range, limit, share = 1) =>
    history.page(found.keys, { ...range, limit, events, byTime, bytes: BOUNDS.historyBytes * share });
  const { ids, isAll } = yield* subcommand.read(read, limit, references);
  // The target as it was asked for, by which the client knows its answer again.
  yield* session.respondInBatch(["chathistory", target], told(session, history, ids, identity), isAll);
}

/** Lists the channels that a session is in and the people it has talked with, by their latest message. */
function* targets(session: Session, history: History, [from, to]: string[], limit: number): Generator<void> {
  const { after = 0, before = Infinity, latest = false } = readSpan(from, to, { timestampsOnly: true });
  const { chat, identity } = session;
  const found: { name: string; id: number; time: number; isPrivate: boolean }[] = [];
  const add = (last: number | undefined, nameOf: (record: MessageRecord) => string) => {
    const record = last === undefined || last <= after || last >= before ? undefined : history.find(last);
    if (record !== undefined) {
      const isPrivate = !record.conversation.startsWith("#");
      found.push({ name: nameOf(record), id: record.id, time: saidAt(record), isPrivate });
    }
  };
  for (const channel of [...session.channels]) {
    yield;
    if (!channel.members.has(session)) continue;
    const [last] = yield* history.range([channelKey(channel.name)], { limit: 1, latest: true });
    add(last, () => channel.name);
  }
  // Whoever asks for the next ones does so by time, so that all of a millisecond are given, beyond the limit.
  let [people, time, isAll] = [0, 0, true];
  for (const peer of history.peers(identity, { after, before, latest })) {
    if (peer === undefined) yield;
    else {
      isAll = people < limit || timeOf(peer.last) === time;
      if (!isAll) break;
      add(peer.last, ({ source, sender, target }) => {
        const nick = sender === identity ? target : parseSource(source).nick;
        return chat.find(nick)?.nick ?? nick;
      });
      people++;
      time = timeOf(peer.last);
    }
  }
  found.sort((a, b) => latest ? b.id - a.id : a.id - b.id);
  const last = found[limit - 1];
  const isCut = last !== undefined && found.splice(found.findLastIndex((one) => one.time === last.time) + 1).length > 0;
  if (latest) found.reverse();
  // As in `told`: whom somebody else has talked with is told to nobody who was logged in as that one before.
  const events = found.values().map(({ name, time, isPrivate }) =>
    isPrivate && session.identity !== identity
      ? undefined
      : chat.serverEvent("CHATHISTORY", ["TARGETS", name, new Date(time).toISOString()])
  );
  yield* session.respondInBatch(["draft/chathistory-targets"], events, isAll && !isCut);
}

/** Attributes as message tags are written: `in=#tea;text=two\swords`. */
function readAttributes(text: string): Record<string, string> {
  const pairs = text.split(";").filter((pair) => pair !== "").map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, unescapeTag(value.join("="))];
  });
  return Object.fromEntries(pairs);
}

function* search(session: Session, history: History, attributes: Record<string, string>): Generator<void> {
  const { identity } = session;
  const { text, from, in: target, before, after, limit = `${BOUNDS.search}` } = attributes;
  const time = (value: string | undefined) => value === undefined ? undefined : readReference(`timestamp=${value}`);
  const [first, last] = [time(after)?.first, time(before)?.last];
  const most = Math.min(readLimit(limit), BOUNDS.search);
  const place = target === undefined ? undefined : yield* readable(session, history, target);
  if (target !== undefined && place === undefined) {
    throw new Refusal("INVALID_PARAMS", target, "You can't search there");
  }
  const keys = place?.keys ?? [...session.channels].map(({ name }) => channelKey(name));
  const { ids, isComplete } = yield* history.search(keys, {
    limit: most,
    latest: first === undefined,
    ...(place === undefined ? { owner: identity } : {}),
    ...(first === undefined ? {} : { after: first - 1 }),
    ...(last === undefined ? {} : { before: last + 1 }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { from }),
  });
  yield* session.respondInBatch(["soju.im/search"], told(session, history, ids, identity));
  if (!isComplete) {
    const why =
      "This search would take too long, so what is further away is not found: name a channel, a time or more words";
    session.respond(session.chat.serverEvent("NOTE", ["SEARCH", "INCOMPLETE", why]));
  }
}

/** Removes a message, one's own or as an operator, and tells those who saw it. */
function* redact(session: Session, history: History, [target, msgid, reason]: string[]): Generator<void> {
  const { chat } = session;
  const found = yield* readable(session, history, target);
  if (found === undefined) throw new Refusal("INVALID_TARGET", target, `You cannot delete messages from ${target}`);
  const id = parseMsgid(msgid);
  const record = id === undefined ? undefined : history.find(id);
  if (record === undefined || record.command === "TOPIC" || !found.keys.includes(record.conversation)) {
    throw new Refusal("UNKNOWN_MSGID", target, msgid, "This message does not exist or is too old");
  }
  const channel = chat.findChannel(target);
  if (record.sender !== session.identity && !channel?.isOperator(session)) {
    throw new Refusal("REDACT_FORBIDDEN", target, msgid, "You are not authorised to delete this message");
  }
  if (!history.remove(record.id)) {
    throw new Refusal(
      "INVALID_MSGID",
      target,
      msgid,
      "This message can't be deleted at the moment: the disk is full or locked",
    );
  }
  if (channel !== undefined) channel.keptChanges++;
  // Words are for those who may talk there.
  const isTold = reason !== undefined && channel?.silence(session) === undefined;
  const params = [found.name, msgid, ...(isTold ? [cut(reason, BOUNDS.kick)] : [])];
  const event = chat.event(session, "REDACT", params);
  if (channel !== undefined) return session.publish(channel, event);
  session.respond(event);
  const peer = chat.find(target);
  if (peer !== undefined && peer !== session && privateKey(session.identity, peer.identity) === record.conversation) {
    peer.deliver(event);
  }
}

type Handler = (session: Session, history: History, params: string[]) => Generator<void>;

/** A handler that answers with FAIL what is refused (IRCv3 standard-replies), and what the database does not give. */
function withHistory(command: string, handler: Handler) {
  return function* (session: Session, params: string[]): Generator<void> {
    // The capabilities of these commands are offered only where there is a history.
    const history = session.chat.history!;
    try {
      yield* handler(session, history, params);
    } catch (error) {
      if (error instanceof Refusal) return session.fail(command, ...error.params);
      reportUnreadable(history, error);
      session.fail(
        command,
        command === "SEARCH" ? "INTERNAL_ERROR" : "MESSAGE_ERROR",
        "The history cannot be read at the moment",
      );
    }
  };
}

/** The family's commands. */
export const HISTORY: Command[] = [
  {
    name: "CHATHISTORY",
    usage: [
      "CHATHISTORY LATEST|BEFORE|AFTER|AROUND target reference limit",
      "CHATHISTORY BETWEEN target reference reference limit",
      "CHATHISTORY TARGETS timestamp=TIME timestamp=TIME limit",
    ],
    help: "Gives what was said before. A reference is msgid=ID or timestamp=TIME; with LATEST it may be *.",
    capability: "draft/chathistory",
    minParams: 1,
    handler: withHistory(
      "CHATHISTORY",
      (session, history, [name, ...params]) => chathistory(session, history, name.toUpperCase(), params),
    ),
  },
  {
    name: "SEARCH",
    usage: "SEARCH text=words;in=target;from=nick;after=TIME;before=TIME;limit=50",
    help: "Finds what was said; each part may be left out.",
    capability: "soju.im/search",
    minParams: 1,
    handler: withHistory(
      "SEARCH",
      (session, history, [attributes]) => search(session, history, readAttributes(attributes)),
    ),
  },
  {
    name: "REDACT",
    usage: "REDACT target msgid [:reason]",
    help: "Removes a message of yours; channel operators: of anyone there.",
    capability: "draft/message-redaction",
    minParams: 2,
    handler: withHistory("REDACT", redact),
  },
];
