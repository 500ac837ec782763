/**
 * Reads messages: one by its id, or those of conversations in the order of their ids, whether they are in the database yet
 * or still pending.
 *
 * Most of it are generators. Each step does a bounded part, however much there is to be read. Between two steps anything may
 * be said, written and deleted; so each begins at the id where the last one ended, and no statement stays open. A generator
 * that gives something yields nothing (`undefined`) after a step in which it has found nothing.
 *
 * @module
 */

import type { Row, Statements } from "./history_statements.ts";
import type { PendingMessages } from "./pending.ts";
import { toldBytes } from "./record_sizes.ts";
import { isMessage, type MessageRecord, REMOVED, saidAt } from "./records.ts";

/** How many rows one step reads at the most, so that it is over within a millisecond. */
export const STEP_ROWS = 64;

/** Which messages are asked for: those with ids between two, so many of them at the most, from the one end or the other. */
export interface MessageRange {
  after?: number;
  before?: number;
  limit: number;
  /** Whether the latest are given where there are more, instead of the earliest. */
  latest?: boolean;
  /** Whether topics and reactions are among them, or PRIVMSG and NOTICE alone. */
  events?: boolean;
  /** Whether, with `events`, what stands in the place of removed messages is among them; see `marker`. */
  removals?: boolean;
  /** How many bytes they take at the most when they are told (see `toldBytes`); but there is always room for one. */
  bytes?: number;
  /**
   * Whether messages of the same millisecond as the last one are given beyond the limit. A reader who asks for the next page
   * by the time of the last message would otherwise never get them.
   */
  byTime?: boolean;
}

/** Between which ids to look, and from which end. */
export type IdBounds = Required<Pick<MessageRange, "after" | "before" | "latest">>;

/** A message that was found, before its text is read. */
export interface FoundMessage extends Pick<MessageRecord, "id" | "conversation" | "command" | "source"> {
  /** See `MessageRecord`; null, too, where the id tells it. */
  time?: number | null | undefined;
  /** See `toldBytes`; 0 where all conversations are looked through. */
  bytes: number;
}

/** Which records count beside messages; see `MessageRange`. */
type Kinds = Required<Pick<MessageRange, "events" | "removals">>;

/** The conversation to look through, and which records of it count. */
interface Scope extends Kinds {
  conversation: string;
}

/** Some of the messages between two ids, in their order from the one end or the other. */
interface MessagePage {
  found: FoundMessage[];
  /** The id up to which these are all, from that end. */
  at: number;
  isLast: boolean;
}

/** Reads the messages of one history. */
export class MessageReader {
  readonly #sql: Statements;
  readonly #pending: PendingMessages;
  readonly #oldest: () => number;

  /** @param oldest Gives the lowest id that is still kept. */
  constructor(sql: Statements, pending: PendingMessages, oldest: () => number) {
    this.#sql = sql;
    this.#pending = pending;
    this.#oldest = oldest;
  }

  /** The message with this id, if it is still kept. */
  find(id: number): MessageRecord | undefined {
    if (id < this.#oldest()) return undefined;
    if (this.#pending.removals.has(id)) return this.#pending.removals.get(id);
    const pending = this.#pending.find(id);
    if (pending !== undefined) return pending;
    const row = this.#sql.record.get(id) as Row | undefined;
    return row && toRecord(row);
  }

  /** The ids between which to look, without those that are too old to be kept. */
  boundsOf({ after = 0, before = Number.MAX_SAFE_INTEGER, latest = false }: Partial<IdBounds>): IdBounds {
    return { after: Math.max(after, this.#oldest() - 1), before: Math.min(before, Number.MAX_SAFE_INTEGER), latest };
  }

  /** The ids of the messages of conversations within a range, in their order; and whether these are all within the range. */
  *page(
    conversations: readonly string[],
    range: MessageRange,
  ): Generator<undefined, { ids: number[]; isAll: boolean }> {
    const { limit, bytes = Infinity, latest = false, events = false, removals = false, byTime = false } = range;
    if (limit < 1) return { ids: [], isAll: false };
    const ids: number[] = [];
    let [room, time, isAll] = [bytes, 0, true];
    for (const found of this.merged(conversations, this.boundsOf(range), limit, { events, removals })) {
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

  /** The messages of several conversations in one order. */
  *merged(
    conversations: readonly string[],
    bounds: IdBounds,
    limit: number,
    kinds: Kinds = { events: false, removals: false },
  ): Generator<FoundMessage | undefined> {
    const size = Math.min(STEP_ROWS, Math.max(4, Math.ceil(limit / conversations.length)));
    const runs: { messages: Generator<FoundMessage | undefined>; head: FoundMessage }[] = [];
    for (const conversation of conversations) {
      const messages = this.#messages({ conversation, ...kinds }, bounds, size);
      const head = yield* next(messages);
      if (head !== undefined) runs.push({ messages, head });
      yield undefined;
    }
    const sign = bounds.latest ? -1 : 1;
    while (runs.length > 0) {
      let first = 0;
      for (let i = 1; i < runs.length; i++) if (sign * (runs[i].head.id - runs[first].head.id) < 0) first = i;
      const run = runs[first];
      yield run.head;
      const head = yield* next(run.messages);
      if (head === undefined) runs.splice(first, 1);
      else run.head = head;
    }
  }

  /** The messages of all conversations. */
  all(bounds: IdBounds): Generator<FoundMessage | undefined> {
    return this.#messages(undefined, bounds, STEP_ROWS);
  }

  /** The messages of one conversation, or of all, a page at a time. */
  *#messages(scope: Scope | undefined, bounds: IdBounds, size: number): Generator<FoundMessage | undefined> {
    for (let isLast = false, { after, before, latest } = bounds; !isLast;) {
      const page = this.#page(scope, { after, before, latest }, size);
      yield* page.found;
      yield undefined;
      if (latest) before = page.at;
      else after = page.at;
      isLast = page.isLast;
    }
  }

  /** One page of the messages of all conversations, in one step. */
  pageOfAll(bounds: IdBounds): MessagePage {
    return this.#page(undefined, bounds, STEP_ROWS);
  }

  /** One page, in one step. Pending messages come after all that are written. */
  #page(scope: Scope | undefined, bounds: IdBounds, size: number): MessagePage {
    const { after, before, latest } = bounds;
    const pending = latest ? this.#pendingPage(scope, bounds) : undefined;
    if (pending?.isLast === false) return pending;
    const sql = this.#sql[latest ? "latest" : "earliest"];
    const rows = scope === undefined
      ? sql.all.all(after, before, size)
      : (scope.events ? sql.records : sql.messages).all(scope.conversation, after, before, size);
    const written = rows as unknown as FoundMessage[];
    const found = written.filter((one) => {
      const { removals } = this.#pending;
      const { command } = removals.has(one.id) ? removals.get(one.id) ?? {} : one;
      return command !== undefined && (command !== REMOVED || (scope?.events && scope.removals));
    });
    const isLast = written.length < size;
    const at = written.at(-1)?.id ?? after;
    if (pending !== undefined) return { found: [...pending.found, ...found], at, isLast };
    if (!isLast) return { found, at, isLast };
    const rest = this.#pendingPage(scope, bounds);
    return { ...rest, found: [...found, ...rest.found] };
  }

  /** One page of pending messages. */
  #pendingPage(scope: Scope | undefined, { after, before, latest }: IdBounds): MessagePage {
    const { records, at, isLast } = this.#pending.read(after, before, latest);
    const isWithin = (record: MessageRecord) =>
      scope === undefined ? record.command !== REMOVED : record.conversation === scope.conversation &&
        (isMessage(record) || (scope.events && (scope.removals || record.command !== REMOVED)));
    const found = records.filter(isWithin).map((record) => {
      const { id, conversation, command, source, time } = record;
      return { id, conversation, command, source, time, bytes: toldBytes(record) };
    });
    return { found, at, isLast };
  }
}

function toRecord({ key, account, tags, time, edits, removal, ...row }: Row): MessageRecord {
  return {
    ...row,
    conversation: key,
    account: account ?? undefined,
    time: time ?? undefined,
    tags: tags === null ? undefined : JSON.parse(tags) as Record<string, string>,
    edits: edits === null ? undefined : JSON.parse(edits) as MessageRecord["edits"],
    removal: removal === null ? undefined : JSON.parse(removal) as MessageRecord["removal"],
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
