/**
 * What was said, kept in the database: messages are gathered and written behind the talk, and read back by conversation,
 * in the order of their ids, whether they are written yet or not. It must not know sessions or channels.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import { casefold, parseSource } from "../../protocol.ts";
import { SteadyClock } from "./clock.ts";
import { conversationTerms, holds, indexed, searchWords, term, wordTerms } from "./search.ts";
import type { Statement } from "./database.ts";
import { keptBytes, memoryBytes, OVERHEAD, storedBytes, toldBytes } from "./record_sizes.ts";
import { firstId, isMessage, isPrivateOf, type MessageRecord, saidAt, talksOf, timeOf } from "./records.ts";
import { INSERTED, statements } from "./statements.ts";
import type { Part, Store } from "./store.ts";

/**
 * So many rows are written with one transaction, or of so many bytes, however little time has passed: what is gathered is
 * memory. A private message may begin a talk, which is a few rows more.
 */
const MOST_GATHERED = { rows: 1_000, bytes: 1_048_576 };
const TALK_ROWS = 3;

/** How much waits while the database can't be written, in bytes of memory and in messages that are to be deleted. */
const MOST_WAITING = { bytes: 32 * 1_048_576, removed: 1_000 };

/** How often it is noted that the clock is right, in milliseconds. */
const SEEN = 60_000;

/**
 * From how many messages on that are not in the search index they are put there, which is cheaper than one by one; and how
 * long that or merging may take in one transaction, in milliseconds: some texts take a hundred times as long as others, and
 * the end of the transaction takes as long again. What is not in the index is looked through.
 */
const INDEX_SLICE = 500;
const INDEX_TIME = 2;

/** How long writing it anew may take in one transaction, in milliseconds; and how many removed messages are noted for that at a time. */
const REWRITE = { time: 1, messages: 20 };

/** How many old messages are deleted with one transaction. */
const EXPIRY_SLICE = 200;

/** How many are deleted at a time where there are more than may be kept. */
const TRIM_SLICE = 200;

/**
 * How much one step of reading takes on, so that each is over within a millisecond: rows of tables, messages that wait,
 * and ids that the index gives.
 */
const STEP = { rows: 64, waiting: 256, ids: 512 };

/** How many conversations with people of one nick are read: anyone can be as many guests as they like. The latest count. */
const MOST_CONVERSATIONS = 100;

/** No nick comes after it. */
const LAST_CHARACTER = "\u{10FFFF}";

/** With so few candidates they are read, and the index is not asked for more. */
const FEW = 16;

/**
 * How far a search goes. `effort` is what it may cost, in messages read (some 10 us each). `short` messages are looked
 * through before the index is asked for a word of one or two letters, by at most so many of the `sequences` that begin
 * with it; and in up to so many `conversations` a search looks through those alone.
 */
const SEARCH = { effort: 200_000, short: 3_000, sequences: 300, conversations: 16 };

/** What a message costs that is looked at and not read, a question to the index, and an id that it gives. */
const [GLANCE, QUESTION, MATCH] = [1 / 2, 10, 1 / 16];

/** How many ids the index is first asked about: those of an hour. */
const FIRST_SPAN = firstId(3_600_000);

/** How often old messages are looked for, in milliseconds. */
const EXPIRY = 3_600_000;

/** Which messages are asked for: those with ids between two, so many of them at the most, from the one end or the other. */
export interface Range {
  after?: number;
  before?: number;
  limit: number;
  /** Whether the latest are given where there are more, instead of the earliest. */
  latest?: boolean;
  /** Whether topics and reactions are among them, or PRIVMSG and NOTICE alone. */
  events?: boolean;
  /** How many bytes they take at the most when they are told (see `toldBytes`); but there is always room for one. */
  bytes?: number;
  /**
   * Whether those that were said in the same millisecond as the last of them are given beyond the limit, since whoever asks
   * for the next ones by the time of the last would never get them.
   */
  byTime?: boolean;
}

/** A search: all that is given must hold. */
export interface Search extends Pick<Range, "after" | "before" | "limit" | "latest"> {
  /** Words that the text must hold. */
  text?: string;
  /** The sender's nick. */
  from?: string;
  /** An identity in whose private talks to search, too. */
  owner?: string;
}

/** Where a message is, before it is read. */
interface Found extends Pick<MessageRecord, "id" | "conversation" | "command" | "source"> {
  /** See `MessageRecord`; null, too, where the id tells it. */
  time?: number | null | undefined;
  /** See `toldBytes`; 0 where all conversations are looked through. */
  bytes: number;
}

/** Where to look, and whether topics and reactions count. */
interface Place {
  conversation: string;
  events: boolean;
}

/** Some of the messages between two ids, in their order from the one end or the other. */
interface Page {
  found: Found[];
  /** The id up to which they are all, from that end. */
  at: number;
  isLast: boolean;
}

/** A search that is under way. */
interface Looking {
  words: string[];
  /** The conversations, where they are few. */
  few: string[] | undefined;
  /** Whether a message may be one that is looked for, whatever its text. */
  mayBe: (found: Found) => boolean;
  /** What it may still cost; see `SEARCH`. */
  effort: number;
}

/** Somebody with whom an identity has talked in private: the folded nick, and the id of what was last said. */
export interface Peer {
  peer: string;
  last: number;
}

/** Between which ids a search looks, and from which end. */
type Bounds = Required<Pick<Range, "after" | "before" | "latest">>;

/** A message as the database has it. */
interface Row extends Omit<MessageRecord, "conversation" | "tags" | "account" | "time"> {
  key: string;
  account: string | null;
  tags: string | null;
  time: number | null;
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
  /** What a search may cost; see `SEARCH`. */
  effort = SEARCH.effort;
  /** Told what goes wrong. */
  readonly onError: (text: string) => void;
  /** What is not written yet, in its order; and the ids of what is to be deleted. */
  readonly #waiting: MessageRecord[] = [];
  /** What it takes of memory; how many of its messages have come since the last transaction; and how many the one under way holds. */
  #waitingBytes = 0;
  #gathered = { rows: 0, bytes: 0 };
  #saving = 0;
  /** Private conversations of which something waits. */
  readonly #begun = new Set<string>();
  #isRefusing = false;
  readonly #removed = new Set<number>();
  /** The last id of an earlier run. */
  readonly last: number;
  /** The last id that the search index holds. */
  #indexed: number;
  /** How far the index will be with the transaction under way, and whether there is more to be done after it. */
  #indexing: number;
  #isBehind = false;
  /** Whether there may be parts of the index to be merged. */
  #isUnmerged = true;
  /** Up to which id removed messages have been noted, where more are to be before the index is written anew; else -1. */
  #noted = -1;
  /** Whether the transaction under way ends the rewriting of the index: nothing of what was removed is there any more. */
  #isRewritten = false;
  #isExpiring = true;
  /** Up to which conversation it has been looked whether a message is left. */
  #emptied = 0;
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
  add(entry: MessageRecord): boolean {
    if (this.isFull) {
      if (!this.#isRefusing) {
        this.onError(
          `what is said is refused until the database can be written: ${MOST_WAITING.bytes} bytes wait for it`,
        );
      }
      this.#isRefusing = true;
      return false;
    }
    const bytes = memoryBytes(entry);
    this.#waiting.push(entry);
    if (entry.recipient !== undefined) this.#begun.add(entry.conversation);
    this.#waitingBytes += bytes;
    this.#gathered.rows += rowsOf(entry);
    this.#gathered.bytes += bytes;
    this.#store.changed(this);
    const isMuch = this.#gathered.rows >= MOST_GATHERED.rows || this.#gathered.bytes >= MOST_GATHERED.bytes;
    if (isMuch && !this.#store.isHeldUp(this)) this.#store.flush();
    return true;
  }

  /** What a message takes of the disk, about, in bytes, which is more where it begins a talk: asked before it is kept. */
  costOf({ text, tags, conversation, recipient }: MessageRecord): number {
    const isNew = recipient !== undefined && !this.#begun.has(conversation) &&
      this.#store.attempt("look for a talk", () => this.#sql.conversation.get(conversation)) === undefined;
    return keptBytes(text, tags, isNew);
  }

  /**
   * Deletes a message, from the files, too. The search index is written anew for that, which takes its time.
   *
   * @returns False where that is not possible, since too many others are to be deleted and can't be.
   */
  remove(id: number): boolean {
    const at = this.#waiting.findIndex((entry) => entry.id === id);
    if (at >= 0) {
      const [entry] = this.#waiting.splice(at, 1);
      this.#waitingBytes -= memoryBytes(entry);
    } else {
      if (this.#removed.size >= MOST_WAITING.removed && !this.#store.isHeldUp(this)) this.#store.flush();
      if (this.#removed.size >= MOST_WAITING.removed) return false;
      this.#removed.add(id);
    }
    this.#store.changed(this);
    return true;
  }

  /** The message with this id, if it is still kept. */
  find(id: number): MessageRecord | undefined {
    if (id < this.#oldest || this.#removed.has(id)) return undefined;
    const waiting = this.#waiting[this.#waitingFrom(id)];
    if (waiting?.id === id) return waiting;
    const row = this.#sql.entry.get(id) as Row | undefined;
    return row && toEntry(row);
  }

  // What follows are generators. Each step takes on a bounded part (`STEP`), whatever there is to be read; between two of
  // them anything may be said, written and deleted, so each begins at the id where the last one ended, and no statement
  // stays open. Those that give something yield nothing (`undefined`) after a step in which they have found nothing.

  /** The ids of the messages of conversations within a range, in their order. */
  *range(conversations: readonly string[], range: Range): Generator<undefined, number[]> {
    const { ids } = yield* this.page(conversations, range);
    return ids;
  }

  /** The same, and whether these are all within the range. */
  *page(conversations: readonly string[], range: Range): Generator<undefined, { ids: number[]; isAll: boolean }> {
    const { limit, bytes = Infinity, latest = false, events = false, byTime = false } = range;
    if (limit < 1) return { ids: [], isAll: false };
    const ids: number[] = [];
    let [room, time, isAll] = [bytes, 0, true];
    for (const found of this.#merged(conversations, this.#bounds(range), limit, events)) {
      if (found === undefined) yield;
      else {
        const isMore = ids.length >= limit && !(byTime && saidAt(found) === time);
        room -= found.bytes;
        if (isMore || (room < 0 && ids.length > 0)) {
          isAll = false;
          break;
        }
        ids.push(found.id);
        time = saidAt(found);
      }
    }
    return { ids: latest ? ids.reverse() : ids, isAll };
  }

  /** The ids between which to look, without those that are too old to be kept. */
  #bounds({ after = 0, before = Number.MAX_SAFE_INTEGER, latest = false }: Partial<Bounds>): Bounds {
    return { after: Math.max(after, this.#oldest - 1), before: Math.min(before, Number.MAX_SAFE_INTEGER), latest };
  }

  /** The lowest id that is still kept. */
  get #oldest(): number {
    return this.keep === Infinity ? 1 : firstId(this.clock.time - this.keep);
  }

  /** The messages of several conversations in one order. @param events Whether topics and reactions are among them. */
  *#merged(
    conversations: readonly string[],
    bounds: Bounds,
    limit: number,
    events = false,
  ): Generator<Found | undefined> {
    const size = Math.min(STEP.rows, Math.max(4, Math.ceil(limit / conversations.length)));
    const runs: { pages: Generator<Found | undefined>; head: Found }[] = [];
    for (const conversation of conversations) {
      const pages = this.#pages({ conversation, events }, bounds, size);
      const head = yield* next(pages);
      if (head !== undefined) runs.push({ pages, head });
      yield undefined;
    }
    const sign = bounds.latest ? -1 : 1;
    while (runs.length > 0) {
      let first = 0;
      for (let i = 1; i < runs.length; i++) if (sign * (runs[i].head.id - runs[first].head.id) < 0) first = i;
      const run = runs[first];
      yield run.head;
      const head = yield* next(run.pages);
      if (head === undefined) runs.splice(first, 1);
      else run.head = head;
    }
  }

  /** The messages of one conversation, or of all, a page at a time. */
  *#pages(place: Place | undefined, bounds: Bounds, size = STEP.rows): Generator<Found | undefined> {
    for (let isLast = false, { after, before, latest } = bounds; !isLast;) {
      const page = this.#page(place, { after, before, latest }, size);
      yield* page.found;
      yield undefined;
      if (latest) before = page.at;
      else after = page.at;
      isLast = page.isLast;
    }
  }

  /** One page of them, in one step. What waits to be written comes after all that is. */
  #page(place: Place | undefined, bounds: Bounds, size: number): Page {
    const { after, before, latest } = bounds;
    const waiting = latest ? this.#waitingPage(place, bounds) : undefined;
    if (waiting?.isLast === false) return waiting;
    const sql = this.#sql[latest ? "latest" : "earliest"];
    const rows = place === undefined
      ? sql.all.all(after, before, size)
      : (place.events ? sql.of : sql.said).all(place.conversation, after, before, size);
    const stored = rows as unknown as Found[];
    const found = stored.filter(({ id }) => !this.#removed.has(id));
    const isLast = stored.length < size;
    const at = stored.at(-1)?.id ?? after;
    if (waiting !== undefined) return { found: [...waiting.found, ...found], at, isLast };
    if (!isLast) return { found, at, isLast };
    const rest = this.#waitingPage(place, bounds);
    return { ...rest, found: [...found, ...rest.found] };
  }

  /** The same of what waits to be written. */
  #waitingPage(place: Place | undefined, { after, before, latest }: Bounds): Page {
    const [from, to] = [this.#waitingFrom(after + 1), this.#waitingFrom(before)];
    const isLast = to - from <= STEP.waiting;
    const entries = isLast
      ? this.#waiting.slice(from, to)
      : latest
      ? this.#waiting.slice(to - STEP.waiting, to)
      : this.#waiting.slice(from, from + STEP.waiting);
    const isThere = (entry: MessageRecord) =>
      place === undefined || (entry.conversation === place.conversation && (place.events || isMessage(entry)));
    const found = entries.filter(isThere)
      .map((entry) => {
        const { id, conversation, command, source, time } = entry;
        return { id, conversation, command, source, time, bytes: toldBytes(entry) };
      });
    const at = entries.at(latest ? 0 : -1)?.id ?? after;
    return { found: latest ? found.reverse() : found, at, isLast };
  }

  /** Where what waits with this id or a higher one begins. */
  #waitingFrom(id: number): number {
    let [from, to] = [0, this.#waiting.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#waiting[middle].id < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** The private talks of an identity in what waits to be written. */
  *#waitingTalks(identity: string): Generator<{ peer: string; entry: MessageRecord } | undefined> {
    for (const [i, entry] of this.#waiting.slice().entries()) {
      if (i % STEP.waiting === STEP.waiting - 1) yield undefined;
      if (entry.recipient === undefined || !isPrivateOf(entry.conversation, identity)) continue;
      for (const talk of talksOf(entry)) if (talk.identity === identity) yield { peer: talk.peer, entry };
    }
  }

  /** With whom an identity has talked in private, by what was last said, where that is between two ids (or is being removed). */
  *peers(identity: string, range: Omit<Bounds, "latest"> & { latest?: boolean }): Generator<Peer | undefined> {
    const { after, before, latest } = this.#bounds(range);
    const waiting = new Map<string, number>();
    for (const talk of this.#waitingTalks(identity)) {
      if (talk === undefined) yield;
      else if (isMessage(talk.entry)) waiting.set(talk.peer, talk.entry.id);
    }
    const inRange = [...waiting].map(([peer, last]) => ({ peer, last }))
      .filter(({ last }) => last > after && last < before).sort((a, b) => a.last - b.last);
    if (latest) yield* inRange.reverse();
    const [sql, to] = latest ? [this.#sql.latestPeers, after] : [this.#sql.earliestPeers, before];
    let from: Peer = latest ? { peer: "", last: before } : { peer: LAST_CHARACTER, last: after };
    for (let isLast = false; !isLast;) {
      const rows = sql.all(identity, from.last, from.peer, to, STEP.rows) as unknown as (Peer & { newest: number })[];
      for (const { peer, last, newest } of rows) {
        if (last !== newest || waiting.has(peer)) continue;
        if (!this.#removed.has(last)) yield { peer, last };
        else yield* this.#remaining(identity, peer, { after, before });
      }
      yield;
      isLast = rows.length < STEP.rows;
      from = rows.at(-1) ?? from;
    }
    if (!latest) yield* inRange;
  }

  /** The same of one, of whom the last message is being deleted. */
  *#remaining(identity: string, peer: string, { after, before }: Omit<Bounds, "latest">): Generator<Peer | undefined> {
    const [last = 0] = yield* this.range(yield* this.conversations(identity, peer), { limit: 1, latest: true });
    if (last > after && last < before) yield { peer, last };
  }

  /** The private conversations of an identity with people of a folded nick; of very many the latest. */
  *conversations(identity: string, nick: string): Generator<undefined, string[]> {
    const stored = this.#sql.talksWith.all(identity, nick, MOST_CONVERSATIONS) as { key: string }[];
    const all = new Set(stored.map(({ key }) => key).reverse());
    for (const talk of this.#waitingTalks(identity)) {
      if (talk === undefined) yield;
      else if (talk.peer === nick) all.add(talk.entry.conversation);
    }
    return [...all].slice(-MOST_CONVERSATIONS);
  }

  /**
   * The ids of the PRIVMSG and NOTICE in these conversations that a search is for, in their order; and whether it has
   * looked everywhere, or has given up after what it may cost.
   */
  *search(
    conversations: readonly string[],
    search: Search,
  ): Generator<void, { ids: number[]; isComplete: boolean }> {
    const { limit, from, text = "", owner } = search;
    const words = searchWords(text);
    const nick = from === undefined ? undefined : casefold(from);
    const bounds = this.#bounds(search);
    const among = new Set(conversations);
    const mayBe = ({ conversation, command, source }: Omit<Found, "bytes" | "time">) =>
      isMessage({ command }) &&
      (among.has(conversation) || (owner !== undefined && isPrivateOf(conversation, owner))) &&
      (nick === undefined || casefold(parseSource(source).nick) === nick);
    const looking: Looking = { words, few: yield* this.#few(conversations, owner), mayBe, effort: this.effort };
    const ids: number[] = [];
    for (const id of this.#candidates(looking, bounds)) {
      if (looking.effort < 0 || ids.length === limit) break;
      yield;
      if (id === undefined) continue;
      looking.effort--;
      const entry = this.find(id);
      if (entry !== undefined && mayBe(entry) && holds(entry.text, words)) ids.push(id);
    }
    return { ids: bounds.latest ? ids.reverse() : ids, isComplete: ids.length === limit || looking.effort >= 0 };
  }

  /** These conversations and those that an identity has in private, where they are few. */
  *#few(conversations: readonly string[], owner: string | undefined): Generator<undefined, string[] | undefined> {
    const all = new Set(conversations);
    const isFew = () => all.size <= SEARCH.conversations;
    if (owner !== undefined && isFew()) {
      for (const talk of this.#waitingTalks(owner)) {
        if (talk === undefined) yield;
        else if (isFew()) all.add(talk.entry.conversation);
      }
      for (let from = { peer: "", conversation: 0 }, isLast = false; !isLast && isFew();) {
        const rows = this.#sql.talks.all(
          owner,
          from.peer,
          from.conversation,
          STEP.rows,
        ) as (typeof from & { key: string })[];
        for (const { key } of rows) all.add(key);
        yield;
        isLast = rows.length < STEP.rows;
        from = rows.at(-1) ?? from;
      }
    }
    return isFew() ? [...all] : undefined;
  }

  /** The ids of messages among which are all that a search is for, from the one end or the other. */
  *#candidates(looking: Looking, bounds: Bounds): Generator<number | undefined> {
    const { words, few } = looking;
    let { after, before } = bounds;
    const { latest } = bounds;
    let groups = wordTerms(words).map((term) => [term]);
    if (groups.length === 0) {
      const most = words.length === 0 ? Infinity : SEARCH.short;
      const pages = few === undefined ? this.#pages(undefined, bounds) : this.#merged(few, bounds, Infinity);
      let seen = 0;
      for (const found of pages) {
        if (found === undefined) {
          yield undefined;
          continue;
        }
        looking.effort -= GLANCE;
        if (looking.mayBe(found)) yield found.id;
        if (latest) before = found.id;
        else after = found.id;
        if (++seen >= most) break;
      }
      if (seen < most) return;
      // Such words are most often found by then; for rare ones the index knows the sequences that begin with them.
      groups = [yield* this.#sequences(words[0], looking)];
    }
    if (few !== undefined) {
      const ids = few.map((key) => this.#sql.conversation.get(key)?.id).filter((id) => id !== undefined);
      groups.push(conversationTerms(ids as number[]));
    }
    yield* this.#lookUp(groups, { after, before, latest }, looking);
  }

  /** The terms of the index that begin with a word. */
  *#sequences(word: string, looking: Looking): Generator<undefined, string[]> {
    const terms: string[] = [];
    for (let from = word; terms.length < SEARCH.sequences;) {
      const sequence = this.#sql.sequence.get(from)?.term as string | undefined;
      looking.effort -= QUESTION;
      yield undefined;
      if (sequence?.startsWith(word) !== true) return terms;
      terms.push(term(sequence));
      // All have three characters, so whatever is longer stands behind all that is the same so far.
      from = sequence + "\x01";
    }
    return terms;
  }

  /**
   * What has a term of each group in the index, and what is not in it yet. The index is asked about a window of ids at a
   * time, which is the wider the less it finds there.
   */
  *#lookUp(
    groups: string[][],
    { after, before, latest }: Bounds,
    looking: Looking,
  ): Generator<number | undefined> {
    for (let span = FIRST_SPAN; after + 1 < before && looking.effort >= 0;) {
      // The index may have grown since the last step, so that this is asked anew each time.
      const last = Math.max(after, this.#indexed);
      if (latest ? before > last + 1 : after >= this.#indexed) {
        const page = this.#page(undefined, { after: latest ? last : after, before, latest }, STEP.rows);
        looking.effort -= page.found.length * GLANCE;
        for (const found of page.found) if (looking.mayBe(found)) yield found.id;
        yield undefined;
        if (latest) before = page.isLast ? last + 1 : page.at;
        else if (page.isLast) return;
        else after = page.at;
        continue;
      }
      const low = latest ? Math.max(after + 1, before - span) : after + 1;
      const high = latest ? before : Math.min(before, low + span, this.#indexed + 1);
      const found = yield* this.#window(groups, low, high, looking);
      if (found === undefined) span = Math.max(1, Math.floor(span / 8));
      else {
        yield* latest ? found.ids.toReversed() : found.ids;
        if (latest) before = low;
        else after = high - 1;
        if (found.fewest < STEP.ids / 4) span *= 2;
      }
    }
  }

  /**
   * The ids from one to before another that have a term of each group in the index, or of those groups that have few
   * there, and how many ids the rarest group has; nothing where there are too many.
   */
  *#window(
    groups: string[][],
    low: number,
    high: number,
    looking: Looking,
  ): Generator<undefined, { ids: number[]; fewest: number } | undefined> {
    const counts = new Map<string[], number>();
    let ids: number[] | undefined;
    for (const group of groups) {
      if (ids !== undefined && ids.length <= FEW) break;
      const some = new Set<number>();
      for (const term of group) {
        const { ids } = this.#sql.matches.get(term, BigInt(low), BigInt(high), STEP.ids + 1) as { ids: string };
        const matches = JSON.parse(ids) as number[];
        for (const id of matches) some.add(id);
        looking.effort -= QUESTION + matches.length * MATCH;
        yield undefined;
        if (some.size > STEP.ids) break;
      }
      counts.set(group, some.size);
      if (some.size <= STEP.ids) ids = ids === undefined ? [...some] : ids.filter((id) => some.has(id));
    }
    // The rarest first, next time.
    groups.sort((a, b) => (counts.get(a) ?? Infinity) - (counts.get(b) ?? Infinity));
    const fewest = Math.min(...counts.values());
    const isWhole = counts.values().every((count) => count <= STEP.ids);
    if (ids === undefined || (!isWhole && ids.length > STEP.ids / 8)) return undefined;
    return { ids: ids.sort((a, b) => a - b), fewest };
  }

  /** Begins to delete what is too old. */
  expire(): void {
    this.#isExpiring = this.keep !== Infinity;
    if (this.#isExpiring) this.#store.changed(this);
  }

  /** What one transaction writes of what waits. */
  #slice(): MessageRecord[] {
    let [count, rows, bytes] = [0, 0, 0];
    while (count < this.#waiting.length && rows < MOST_GATHERED.rows && bytes < MOST_GATHERED.bytes) {
      const entry = this.#waiting[count++];
      rows += rowsOf(entry);
      bytes += memoryBytes(entry);
    }
    return this.#waiting.slice(0, count);
  }

  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  save(): void {
    this.#indexing = this.#indexed;
    this.#isRewritten = false;
    this.#keeping = { ...this.#kept };
    const slice = this.#slice();
    this.#saving = slice.length;
    this.#isBehind = this.#waiting.length > INDEX_SLICE;
    this.#insert(slice);
    if (this.#most !== undefined) { for (const entry of slice) this.#count(1, storedBytes(entry)); }
    for (const id of this.#removed) this.#remove(id);
    const isTrimming = this.#most !== undefined && this.#trim(this.#most);
    if (this.#isExpiring) this.#isExpiring = this.#expireSome();
    // In a flood the index waits.
    if (this.#waiting.length <= INDEX_SLICE) this.#tendIndex();
    this.#isBehind ||= isTrimming;
    this.#noteTime();
  }

  /** Writes new messages: many with one statement, since calling one takes as long as writing a row. */
  #insert(entries: MessageRecord[]): void {
    const keys = new Map<string, number>();
    const keyOf = (conversation: string) => {
      let key = keys.get(conversation);
      if (key === undefined) keys.set(conversation, key = this.#conversationId(conversation));
      return key;
    };
    const { insert, insertMany, insertTalk } = this.#sql;
    let rows: SQLInputValue[] = [];
    for (const [i, entry] of entries.entries()) {
      const { id, command, source, sender, account = null, target, text, tags, time } = entry;
      const [tagText, trueTime] = [tags ? JSON.stringify(tags) : null, time === timeOf(id) ? null : time ?? null];
      const key = keyOf(entry.conversation);
      rows.push(id, key, command, source, sender, account, target, text, tagText, trueTime);
      if (i >= entries.length - entries.length % INSERTED) insert.run(...rows);
      else if (i % INSERTED === INSERTED - 1) insertMany.run(...rows);
      else continue;
      rows = [];
    }
    for (const entry of entries) {
      const last = isMessage(entry) ? entry.id : 0;
      for (const { identity, peer } of talksOf(entry)) insertTalk.run(identity, peer, keyOf(entry.conversation), last);
    }
  }

  saved(): void {
    const saved = this.#waiting.splice(0, this.#saving);
    if (this.#waiting.length === 0) this.#waitingBytes = 0;
    else for (const entry of saved) this.#waitingBytes -= memoryBytes(entry);
    if (!this.hasMore) this.#begun.clear();
    this.#gathered = { rows: 0, bytes: 0 };
    this.#kept = this.#keeping;
    this.#indexed = this.#indexing;
    this.#isRefusing &&= this.isFull;
    if (this.#removed.size > 0 || this.#isRewritten) this.#store.copyLog("TRUNCATE");
    this.#removed.clear();
    if (this.#isBehind || this.#isExpiring || this.hasMore) this.#store.goOn(this);
  }

  /** Counts messages that are new in the database, or no more in it, among those that are kept. */
  #count(messages: number, bytes: number): void {
    this.#keeping.messages += messages;
    this.#keeping.bytes += bytes + OVERHEAD * messages;
  }

  /** Deletes some of the oldest messages where there are more than may be kept; true where there still are. */
  #trim(most: { messages: number; bytes: number }): boolean {
    const excess = () => {
      const { messages, bytes } = this.#keeping;
      return Math.max(messages - most.messages, Math.ceil((bytes - most.bytes) * messages / bytes));
    };
    for (let trimmed = 0, over = excess(); over > 0 && trimmed < MOST_GATHERED.rows; over = excess()) {
      const ids: number[] = [];
      for (const { id, bytes } of this.#sql.oldest.all(Math.min(over, TRIM_SLICE)) as { id: number; bytes: number }[]) {
        if (excess() <= 0) break;
        this.#count(-1, -bytes);
        ids.push(id);
      }
      trimmed += ids.length + TALK_ROWS * this.#deleteOldest(ids);
    }
    return excess() > 0;
  }

  /** Deletes the oldest messages: all together, since in a flood as many go as come. Gives of how many conversations they are. */
  #deleteOldest(ids: number[]): number {
    const last = ids.at(-1)!;
    const conversations = this.#sql.conversationsUpTo.all(last) as { conversation: number }[];
    this.#sql.takeBackTalks.run(last);
    this.#sql.deleteOldest.run(last);
    for (const id of ids) if (id <= this.#indexing) this.#forgetIndexed(id);
    for (const { conversation } of conversations) this.#forgetIfEmpty(conversation - 1, conversation);
    return conversations.length;
  }

  /** Notes now and then that the clock is right, so that a jump is one after a restart, too. */
  #noteTime(): void {
    const { time, isRight } = this.clock;
    if (!isRight || Math.abs(time - this.#seen) < SEEN) return;
    this.#sql.see.run(Math.floor(time));
    this.#seen = time;
  }

  /** Does some of what is to be done for the search index: what is in it is merged before more is added, or it would grow slow. */
  #tendIndex(): void {
    if (this.#isUnmerged) this.#isUnmerged = !this.#merge(this.#sql.merge, INDEX_TIME);
    if (this.#isUnmerged) this.#isBehind = true;
    else if (this.#noted < 0 && this.#sql.rewriting.get() !== undefined) this.#rewriteIndex();
    else {
      this.#extendIndex();
      if (!this.#isBehind) this.#beginRewriting();
    }
  }

  /**
   * Begins to write the index anew where messages were removed that it may still hold: that they are deleted there is only
   * noted, beside their sequences. All that wait are noted first, since the whole index is written for one as for many; those
   * that are removed meanwhile wait for the next time, so that there is an end.
   */
  #beginRewriting(): void {
    const end = performance.now() + REWRITE.time;
    do {
      const some = this.#sql.removed.all(this.#noted, REWRITE.messages);
      for (const { id } of some) {
        this.#sql.deleteIndex.run(id);
        this.#sql.beginRewriting.run(id);
      }
      this.#isBehind ||= some.length > 0;
      this.#noted = some.length === REWRITE.messages ? some.at(-1)!.id as number : -1;
    } while (this.#noted >= 0 && performance.now() < end);
  }

  /** Goes on with that. As long as it takes nothing is added to the index: it would have to begin again. */
  #rewriteIndex(): void {
    this.#isRewritten = this.#merge(this.#sql.rewrite, REWRITE.time);
    if (this.#isRewritten) this.#sql.endRewriting.run();
    this.#isBehind = true;
  }

  /** Merges parts of the search index, for so many milliseconds; says whether that is done. */
  #merge(some: Statement, time: number): boolean {
    const end = performance.now() + time;
    const changes = () => this.#sql.changes.get()!.changes as number;
    do {
      const before = changes();
      some.run();
      if (changes() - before < 2) return true;
    } while (performance.now() < end);
    return false;
  }

  /** Puts messages into the search index once there are enough of them. */
  #extendIndex(): void {
    this.#isBehind = this.#sql.behind.get(this.#indexed, INDEX_SLICE)!.count === INDEX_SLICE;
    if (!this.#isBehind) return;
    this.#isUnmerged = true;
    const end = performance.now() + INDEX_TIME;
    for (const row of this.#sql.unindexed.iterate(this.#indexed, INDEX_SLICE)) {
      const { id, conversation, text } = row as { id: number; conversation: number; text: string };
      this.#sql.index.run(id, indexed(text, conversation));
      this.#indexing = id;
      if (performance.now() > end) break;
    }
  }

  /** Deletes a message, which is overwritten in the file: see `secure_delete` in store.ts. */
  #delete(id: number): void {
    this.#deleteRow(id);
    this.#forgetIndexed(id);
  }

  #forgetIndexed(id: number): void {
    this.#sql.deleteIndex.run(id);
    this.#isUnmerged = true;
  }

  /** The same, but that the index has it until it is written anew, where that can be read by anybody. */
  #remove(id: number): void {
    if (this.#most !== undefined) return this.#delete(id);
    this.#deleteRow(id);
    if (id <= this.#indexed) this.#sql.noteRemoved.run(id);
  }

  #deleteRow(id: number): void {
    const row = this.#most === undefined ? undefined : this.#sql.size.get(id) as Record<string, number> | undefined;
    this.#sql.takeBackTalk.run(id);
    this.#sql.deleteMessage.run(id);
    if (row === undefined) return;
    this.#count(-1, -row.bytes);
    this.#forgetIfEmpty(row.conversation - 1, row.conversation);
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
    return old.length === EXPIRY_SLICE || this.#forgetEmpty();
  }

  /** Deletes some conversations of which no message is left, and who has had them; false when all were looked at. */
  #forgetEmpty(): boolean {
    const to = this.#sql.nextConversations.get(this.#emptied, EXPIRY_SLICE)!.last as number | null;
    if (to === null) {
      this.#emptied = 0;
      return false;
    }
    this.#forgetIfEmpty(this.#emptied, to);
    this.#emptied = to;
    return true;
  }

  /** Deletes the conversations from behind one to another of which no message is left, and who has had them. */
  #forgetIfEmpty(after: number, to: number): void {
    this.#sql.deleteTalks.run(after, to);
    this.#sql.deleteConversations.run(after, to);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** How many rows are written for a message at the most, in tables. */
function rowsOf({ recipient }: MessageRecord): number {
  return 1 + (recipient === undefined ? 0 : TALK_ROWS);
}

function toEntry({ key, account, tags, time, ...row }: Row): MessageRecord {
  return {
    ...row,
    conversation: key,
    account: account ?? undefined,
    time: time ?? undefined,
    tags: tags === null ? undefined : JSON.parse(tags) as Record<string, string>,
  };
}

/** The next thing that a generator gives; nothing where there is none. */
function* next<T>(generator: Generator<T | undefined>): Generator<undefined, T | undefined> {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return undefined;
    if (value !== undefined) return value;
    yield undefined;
  }
}
