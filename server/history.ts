/**
 * What was said, kept in the database: messages are gathered and written behind the talk, and read back by conversation,
 * in the order of their ids, whether they are written yet or not. It must not know sessions or channels.
 *
 * @module
 */

import { casefold, parseSource } from "../protocol.ts";
import { type Event, linesOf } from "./capabilities.ts";
import { SteadyClock } from "./clock.ts";
import { holds, indexed, indexQuery, searchWords, shortQuery } from "./search.ts";
import { statements } from "./statements.ts";
import type { Part, Store } from "./store.ts";

/** An id is a time in milliseconds since 1970 times this, plus a count. So ids order messages, and tell when they were said. */
const PER_MILLISECOND = 1024;

/** So many messages are written with one transaction, or of so many bytes, however little time has passed: what is gathered is memory. */
const MOST_GATHERED = { messages: 1_000, bytes: 1_048_576 };

/** How much waits while the database can't be written, in bytes of memory and in messages that are to be deleted. */
const MOST_WAITING = { bytes: 32 * 1_048_576, removed: 1_000 };

/** What a message takes beside its texts, in bytes: objects in memory, an index in the database. */
const OVERHEAD = 200;

/** How often it is noted that the clock is right, in milliseconds. */
const SEEN = 60_000;

/**
 * From how many messages on that are not in the search index they are put there, which is cheaper than one by one; and how
 * long that may take at once, in milliseconds: some texts take a hundred times as long as others. The rest is looked through.
 */
const INDEX_SLICE = 500;
const INDEX_TIME = 4;

/** How many old messages are deleted with one transaction. */
const EXPIRY_SLICE = 200;

/** How many are looked at at a time where there are more than may be kept. */
const TRIM_SLICE = 20;

/**
 * How many messages are looked through where there are no words, or before the index is asked for one of one or two
 * letters; how many at a time; and of how many conversations one by one.
 */
const SCAN = { wordless: 10_000, short: 3_000, page: 500, conversations: 4 };

/** How often old messages are looked for, in milliseconds. */
const EXPIRY = 3_600_000;

/** A kept message. */
export interface Entry {
  id: number;
  /** Where it was said: see `channelKey` and `privateKey`. */
  conversation: string;
  command: string;
  /** The sender's `nick!user@host`. */
  source: string;
  /** Who sent it, see `Session.identity`. */
  sender: string;
  account?: string | undefined;
  /** The channel or the nick that it was sent to. */
  target: string;
  text: string;
  /** Client-only tags. */
  tags?: Record<string, string> | undefined;
  /** When it was said, in milliseconds since 1970, where its id tells another time; see `saidAt`. */
  time?: number | undefined;
  /** Who received it, where that is one person; see `Session.identity`. */
  recipient?: string | undefined;
}

/** Which messages are asked for: those with ids between two, so many of them at the most, from the one end or the other. */
export interface Range {
  after?: number;
  before?: number;
  limit: number;
  /** Whether the latest are given where there are more, instead of the earliest. */
  latest?: boolean;
  /** Whether topics and reactions are among them, or PRIVMSG and NOTICE alone. */
  events?: boolean;
}

/** A search: all that is given must hold. */
export interface Search extends Range {
  /** Words that the text must hold. */
  text?: string;
  /** The sender's nick. */
  from?: string;
}

/** Between which ids a search looks, and from which end. */
type Bounds = Required<Pick<Range, "after" | "before" | "latest">>;

/** A message as the database has it. */
interface Row extends Omit<Entry, "conversation" | "tags" | "account" | "time"> {
  account: string | null;
  tags: string | null;
  time: number | null;
}

/** The conversation that a channel's members have. */
export function channelKey(name: string): string {
  return casefold(name);
}

/** The conversation that two people have, by their identities. */
export function privateKey(one: string, other: string): string {
  return [one, other].sort().join("\n");
}

/** A message's id as clients see it (IRCv3 message-ids). */
export function msgid(id: number): string {
  return id.toString(36);
}

/** The id that a msgid stands for; nothing where it is none of ours. */
export function parseMsgid(text: string): number | undefined {
  const id = parseInt(text, 36);
  return Number.isSafeInteger(id) && id > 0 && msgid(id) === text ? id : undefined;
}

/** The first id of a millisecond. */
export function firstId(time: number): number {
  return time * PER_MILLISECOND;
}

/** The time that an id tells, in milliseconds since 1970. It is later than the true one where the clock was set back. */
export function timeOf(id: number): number {
  return Math.floor(id / PER_MILLISECOND);
}

/** When a message was said, in milliseconds since 1970. */
export function saidAt({ id, time }: Pick<Entry, "id" | "time">): number {
  return time ?? timeOf(id);
}

/** A kept message as it was told when it was said. */
export function replayed(entry: Entry): Event {
  const { id, source, command, target, text, account, tags } = entry;
  const params = command === "TAGMSG" ? [target] : [target, text];
  const event: Event = { source, command, params, time: saidAt(entry), msgid: msgid(id), account };
  if (tags !== undefined) event.clientTags = tags;
  const lines = linesOf(event);
  if (lines !== undefined) event.lines = lines;
  return event;
}

function isMessage({ command }: Entry): boolean {
  return command === "PRIVMSG" || command === "NOTICE";
}

/** How history is kept. */
export interface HistoryOptions {
  /** For how long, in milliseconds; for ever when left out. */
  keep?: number | undefined;
  /** How many at the most, and of how many bytes, where memory is all that there is. */
  most?: { messages: number; bytes: number } | undefined;
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /** Milliseconds that have passed since some moment; `performance.now` when left out. */
  uptime?: () => number;
  onError?: (text: string) => void;
}

/** The messages of all conversations. */
export class History implements Part {
  /** For how long messages are kept, in milliseconds; `Infinity` for ever. */
  readonly keep: number;
  readonly #most: { messages: number; bytes: number } | undefined;
  /** How many are kept, and of how many bytes, where that is bounded; and what the transaction under way makes of it. */
  #kept = { messages: 0, bytes: 0 };
  #keeping = { messages: 0, bytes: 0 };
  readonly #store: Store;
  /** The time by which messages are old. */
  readonly clock: SteadyClock;
  /** When it was last noted that the clock is right. */
  #seen: number;
  /** Told what goes wrong. */
  readonly onError: (text: string) => void;
  /** What is not written yet, in its order; and the ids of what is to be deleted. */
  readonly #waiting: Entry[] = [];
  /** What it takes of memory; how many of its messages have come since the last transaction; and how many the one under way holds. */
  #waitingBytes = 0;
  #gathered = { messages: 0, bytes: 0 };
  #saving = 0;
  #isRefusing = false;
  readonly #removed = new Set<number>();
  /** The last id of an earlier run. */
  readonly last: number;
  /** The last id that the search index holds. */
  #indexed: number;
  /** How far the index will be with the transaction under way, and whether there is more to be done after it. */
  #indexing: number;
  #isBehind = false;
  #isExpiring = true;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #sql;

  constructor(
    store: Store,
    { keep = Infinity, most, now, uptime, onError = () => {} }: HistoryOptions = {},
  ) {
    this.#store = store;
    this.keep = keep;
    this.#most = most;
    this.onError = onError;
    this.#sql = statements(store);
    this.last = Number(this.#sql.last.get()!.id);
    this.#indexed = this.#indexing = Number(this.#sql.indexed.get()!.id);
    // In a database that is older than this table, the newest message tells it.
    this.#seen = Number(this.#sql.seen.get()?.seen ?? timeOf(this.last));
    this.clock = new SteadyClock({
      ...(now === undefined ? {} : { now }),
      ...(uptime === undefined ? {} : { uptime }),
      ...(this.#seen === 0 ? {} : { seen: this.#seen }),
      onJump: onError,
    });
    this.#timer = setInterval(() => this.expire(), EXPIRY);
    store.changed(this);
  }

  /** Whether so much waits for a database that can't be written that nothing more can be kept. */
  get isFull(): boolean {
    return this.#waitingBytes >= MOST_WAITING.bytes;
  }

  /**
   * Keeps a message.
   *
   * @returns False where that is not possible: then it must not be told to anybody.
   */
  add(entry: Entry): boolean {
    if (this.isFull) {
      if (!this.#isRefusing) {
        this.onError(
          `what is said is refused until the database can be written: ${MOST_WAITING.bytes} bytes wait for it`,
        );
      }
      this.#isRefusing = true;
      return false;
    }
    const bytes = bytesOf(entry);
    this.#waiting.push(entry);
    this.#waitingBytes += bytes;
    this.#gathered.messages++;
    this.#gathered.bytes += bytes;
    this.#store.changed(this);
    const isMuch = this.#gathered.messages >= MOST_GATHERED.messages || this.#gathered.bytes >= MOST_GATHERED.bytes;
    if (isMuch && !this.#store.isFailing) this.#store.flush();
    return true;
  }

  /**
   * Deletes a message, from the files, too.
   *
   * @returns False where that is not possible, since too many others are to be deleted and can't be.
   */
  remove(id: number): boolean {
    const at = this.#waiting.findIndex((entry) => entry.id === id);
    if (at >= 0) {
      const [entry] = this.#waiting.splice(at, 1);
      this.#waitingBytes -= bytesOf(entry);
    } else {
      if (this.#removed.size >= MOST_WAITING.removed && !this.#store.isFailing) this.#store.flush();
      if (this.#removed.size >= MOST_WAITING.removed) return false;
      this.#removed.add(id);
    }
    this.#store.changed(this);
    return true;
  }

  /** The message with this id in one of these conversations, if it is still kept. */
  find(id: number, conversations: string[]): Entry | undefined {
    return this.range(conversations, { after: id - 1, before: id + 1, limit: 1, events: true })[0];
  }

  /** The messages of conversations within a range, in their order. */
  range(conversations: string[], range: Range): Entry[] {
    const found = conversations.flatMap((conversation) => this.#rangeOf(conversation, range));
    if (conversations.length > 1) found.sort((a, b) => a.id - b.id);
    return this.#cut(found, range);
  }

  #cut(entries: Entry[], { limit, latest = false }: Range): Entry[] {
    return latest ? entries.slice(Math.max(0, entries.length - limit)) : entries.slice(0, limit);
  }

  #rangeOf(conversation: string, range: Range): Entry[] {
    const { after, before } = this.#bounds(range);
    const { limit, latest = false, events = false } = range;
    const waiting = this.#waiting.filter((entry) =>
      entry.conversation === conversation && entry.id > after && entry.id < before && (events || isMessage(entry))
    );
    const wanted = latest ? limit - waiting.length : limit;
    if (wanted <= 0) return this.#cut(waiting, range);
    const sql = this.#sql.range[latest ? "latest" : "earliest"][events ? "events" : "messages"];
    // Some that are to be deleted may be among them.
    const rows = sql.all(conversation, after, before, wanted + this.#removed.size) as unknown as Row[];
    if (latest) rows.reverse();
    const stored = rows.filter(({ id }) => !this.#removed.has(id)).map((row) => toEntry(row, conversation));
    return this.#cut([...stored, ...waiting], range);
  }

  /** The ids between which to look, without those that are too old to be kept. */
  #bounds({ after = 0, before = Number.MAX_SAFE_INTEGER }: Pick<Range, "after" | "before">) {
    return { after: Math.max(after, this.#oldest - 1), before };
  }

  /** The lowest id that is still kept. */
  get #oldest(): number {
    return this.keep === Infinity ? 1 : firstId(this.clock.time - this.keep);
  }

  /** The conversations that an identity has had in private: the other's folded nick, and the key. */
  talks(identity: string): { peer: string; conversation: string }[] {
    const talks = this.#sql.talks.all(identity) as unknown as { peer: string; conversation: string }[];
    const keys = new Set(talks.map(({ peer, conversation }) => `${peer} ${conversation}`));
    for (const entry of this.#waiting) {
      for (const { owner, peer } of talksOf(entry)) {
        const key = `${peer} ${entry.conversation}`;
        if (owner !== identity || keys.has(key)) continue;
        keys.add(key);
        talks.push({ peer, conversation: entry.conversation });
      }
    }
    return talks;
  }

  /** The PRIVMSG and NOTICE in these conversations that a search is for, in their order. */
  search(conversations: string[], search: Search): Entry[] {
    const { limit, latest = false, from, text = "" } = search;
    const words = searchWords(text);
    const nick = from === undefined ? undefined : casefold(from);
    const wanted = new Set(conversations);
    const { after, before } = this.#bounds(search);
    const found: Entry[] = [];
    for (const entry of this.#candidates(conversations, words, { after, before, latest })) {
      if (!wanted.has(entry.conversation) || entry.id <= after || entry.id >= before || !isMessage(entry)) continue;
      if (this.#removed.has(entry.id) || !holds(entry.text, words)) continue;
      if (nick !== undefined && casefold(parseSource(entry.source).nick) !== nick) continue;
      if (found.push(entry) === limit) break;
    }
    return latest ? found.reverse() : found;
  }

  /** Messages among which are all that a search is for, from the one end or the other. */
  *#candidates(conversations: string[], words: string[], range: Bounds): Generator<Entry> {
    const ids = conversations.map((key) => this.#sql.conversation.get(key)?.id).filter((id) => id !== undefined);
    let query = indexQuery(words, ids as number[]);
    if (query === undefined) {
      const most = words.length === 0 ? SCAN.wordless : SCAN.short;
      const { last, isAll } = yield* this.#pages(conversations, range, most);
      // Such words are most often found by then; for rare ones the index knows the sequences that begin with them.
      if (isAll || words.length === 0) return;
      query = shortQuery(
        words[0],
        ids as number[],
        (from, to) => this.#sql.sequences.all(from, to).map(({ term }) => term as string),
      );
      if (query === undefined) return;
      range = { ...range, [range.latest ? "before" : "after"]: last };
    }
    yield* this.#lookUp(query, range);
  }

  /** What the index gives, and what is not in it yet. */
  *#lookUp(query: string, { after, before, latest }: Bounds): Generator<Entry> {
    const sql = this.#sql.search[latest ? "latest" : "earliest"];
    const indexed = () => sql.indexed.iterate(query, after, Math.min(before, this.#indexed + 1));
    const rest = () => sql.rest.iterate(Math.max(after, this.#indexed), before);
    const waiting = this.#waiting.filter(({ id }) => id > after && id < before);
    if (latest) yield* waiting.toReversed();
    for (const rows of latest ? [rest, indexed] : [indexed, rest]) {
      for (const row of rows() as Iterable<unknown>) yield toEntry(row as Row, (row as { key: string }).key);
    }
    if (!latest) yield* waiting;
  }

  /** The messages of conversations from one end on, a page at a time, so many at the most; gives the last, and whether it was all. */
  *#pages(
    conversations: string[],
    { after, before, latest }: Bounds,
    most: number,
  ): Generator<Entry, { last: number; isAll: boolean }> {
    if (conversations.length > SCAN.conversations) return yield* this.#all({ after, before, latest }, most);
    let last = 0;
    for (let seen = 0; seen < most; seen += SCAN.page) {
      const page = this.range(conversations, { after, before, latest, limit: SCAN.page });
      yield* latest ? page.toReversed() : page;
      if (page.length < SCAN.page) return { last, isAll: true };
      if (latest) last = before = page[0].id;
      else last = after = page.at(-1)!.id;
    }
    return { last, isAll: false };
  }

  /** The same for many conversations: the messages of all there are. */
  *#all({ after, before, latest }: Bounds, most: number): Generator<Entry, { last: number; isAll: boolean }> {
    let last = 0;
    let count = 0;
    if (latest) yield* this.#waiting.toReversed();
    const { first } = this.#sql.search[latest ? "latest" : "earliest"];
    for (const row of first.iterate(after, before, most) as Iterable<unknown>) {
      last = (row as Row).id;
      count++;
      yield toEntry(row as Row, (row as { key: string }).key);
    }
    if (!latest && count < most) yield* this.#waiting;
    return { last, isAll: count < most };
  }

  /** Begins to delete what is too old. */
  expire(): void {
    this.#isExpiring = this.keep !== Infinity;
    if (this.#isExpiring) this.#store.changed(this);
  }

  /** What one transaction writes of what waits. */
  #slice(): Entry[] {
    const slice: Entry[] = [];
    for (let bytes = 0; slice.length < MOST_GATHERED.messages && bytes < MOST_GATHERED.bytes;) {
      const entry = this.#waiting[slice.length];
      if (entry === undefined) break;
      bytes += bytesOf(entry);
      slice.push(entry);
    }
    return slice;
  }

  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  save(): void {
    this.#indexing = this.#indexed;
    this.#keeping = { ...this.#kept };
    const slice = this.#slice();
    this.#saving = slice.length;
    this.#isBehind = this.#waiting.length > INDEX_SLICE;
    const ids = new Map<string, number>();
    for (const entry of slice) {
      const { id, conversation, command, source, sender, account = null, target, text, tags, time } = entry;
      let key = ids.get(conversation);
      if (key === undefined) ids.set(conversation, key = this.#conversationId(conversation));
      const [tagText, trueTime] = [tags ? JSON.stringify(tags) : null, time === timeOf(id) ? null : time ?? null];
      this.#sql.insert.run(id, key, command, source, sender, account, target, text, tagText, trueTime);
      for (const { owner, peer } of talksOf(entry)) this.#sql.insertTalk.run(owner, peer, key);
      if (this.#most !== undefined) this.#count(id, 1);
    }
    for (const id of this.#removed) this.#delete(id);
    const isTrimming = this.#most !== undefined && this.#trim(this.#most);
    if (this.#isExpiring) this.#isExpiring = this.#expireSome();
    // In a flood the index waits.
    if (this.#waiting.length <= INDEX_SLICE) this.#extendIndex();
    this.#isBehind ||= isTrimming;
    this.#noteTime();
  }

  saved(): void {
    const saved = this.#waiting.splice(0, this.#saving);
    for (const entry of saved) this.#waitingBytes -= bytesOf(entry);
    this.#gathered = { messages: 0, bytes: 0 };
    this.#kept = this.#keeping;
    this.#indexed = this.#indexing;
    this.#isRefusing &&= this.isFull;
    if (this.#removed.size > 0) this.#store.copyLog("TRUNCATE");
    this.#removed.clear();
    if (this.#isBehind || this.#isExpiring || this.hasMore) this.#store.changed(this);
  }

  /** Counts a message that is in the database, or is about to be deleted from it, among those that are kept. */
  #count(id: number, sign: 1 | -1): void {
    const row = this.#sql.bytes.get(id);
    if (row === undefined) return;
    this.#keeping.messages += sign;
    this.#keeping.bytes += sign * (Number(row.bytes) + OVERHEAD);
  }

  /** Deletes some of the oldest messages where there are more than may be kept; true where there still are. */
  #trim({ messages, bytes }: { messages: number; bytes: number }): boolean {
    const isOver = () => this.#keeping.messages > messages || this.#keeping.bytes > bytes;
    for (let i = 0; i < MOST_GATHERED.messages && isOver(); i += TRIM_SLICE) {
      for (const { id } of this.#sql.old.all(Number.MAX_SAFE_INTEGER, TRIM_SLICE)) {
        if (isOver()) this.#delete(id as number);
      }
    }
    return isOver();
  }

  /** Notes now and then that the clock is right, so that a jump is one after a restart, too. */
  #noteTime(): void {
    const { time, isRight } = this.clock;
    if (!isRight || Math.abs(time - this.#seen) < SEEN) return;
    this.#sql.see.run(Math.floor(time));
    this.#seen = time;
  }

  /** Puts messages into the search index once there are enough of them. */
  #extendIndex(): void {
    this.#isBehind = this.#sql.behind.get(this.#indexed, INDEX_SLICE)!.count === INDEX_SLICE;
    if (!this.#isBehind) return;
    const end = performance.now() + INDEX_TIME;
    for (const row of this.#sql.unindexed.iterate(this.#indexed, INDEX_SLICE)) {
      const { id, conversation, text } = row as { id: number; conversation: number; text: string };
      this.#sql.index.run(id, indexed(text, conversation));
      this.#indexing = id;
      if (performance.now() > end) break;
    }
  }

  /** Deletes a message, and overwrites it in the file (sqlite.org/pragma.html#pragma_secure_delete). */
  #delete(id: number): void {
    if (this.#most !== undefined) this.#count(id, -1);
    this.#store.db.exec("PRAGMA secure_delete = ON");
    this.#sql.deleteMessage.run(id);
    this.#store.db.exec("PRAGMA secure_delete = OFF");
    this.#sql.deleteIndex.run(id);
  }

  #conversationId(key: string): number {
    this.#sql.insertConversation.run(key);
    return this.#sql.conversation.get(key)!.id as number;
  }

  /** Deletes some messages that are too old; false when there are no more. */
  #expireSome(): boolean {
    if (this.keep === Infinity) return false;
    // What was said after the clock had been set back has an id of a later time.
    const old = [
      ...this.#sql.old.all(this.#oldest, EXPIRY_SLICE),
      ...this.#sql.oldByTime.all(timeOf(this.#oldest), EXPIRY_SLICE),
    ].slice(0, EXPIRY_SLICE);
    for (const { id } of old) this.#delete(id as number);
    if (old.length === EXPIRY_SLICE) return true;
    this.#sql.deleteTalks.run();
    this.#sql.deleteConversations.run();
    return false;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Who has talked with whom in private by a message: both sides see it. */
function talksOf({ source, sender, target, recipient }: Entry): { owner: string; peer: string }[] {
  if (recipient === undefined) return [];
  return [
    { owner: sender, peer: casefold(target) },
    { owner: recipient, peer: casefold(parseSource(source).nick) },
  ];
}

/** What a message takes of memory at the most, in bytes: a text has up to two for each of its units. */
function bytesOf({ source, sender, conversation, target, text, tags = {} }: Entry): number {
  const texts = [source, sender, conversation, target, text, ...Object.entries(tags).flat()];
  return OVERHEAD + texts.reduce((sum, { length }) => sum + 2 * length, 0);
}

function toEntry({ account, tags, time, ...row }: Row, conversation: string): Entry {
  return {
    ...row,
    conversation,
    account: account ?? undefined,
    time: time ?? undefined,
    tags: tags === null ? undefined : JSON.parse(tags) as Record<string, string>,
  };
}
