/**
 * The fan-out queue: brings a line to many readers and writes it once. It must not know sockets, sessions or IRC.
 *
 * A `Feed` is a shared log of encoded lines, an `Outbox` is one reader's view of any number of feeds and of the lines
 * that are for it alone. Nothing is copied per reader and nothing is filtered per byte: a reader is a position.
 * Everything here runs in one thread and never awaits, so a feed and its readers are consistent between any two calls.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { BinaryHeap } from "@std/data-structures/binary-heap";
import { inNextTurn } from "../turns/loop.ts";
import { Chunk, Cursor, giveChunk, LARGEST_CHUNK, Log, Position, SMALLEST_CHUNK, takeChunk } from "./chunks.ts";

export { nextOrder } from "./chunks.ts";

/** Segments of a queue are copied together up to this size; a larger one goes out as it lies there. Bytes. */
const LARGEST_COPY = 8192;

/**
 * Under load a feed's readers are woken once per window: 5 ms, and 20 us more for each reader, a few times what waking
 * it costs; 50 ms at most. Nobody sees it, and each write then carries all that has come since. Milliseconds.
 */
const WINDOW = { base: 5, perReader: 0.02, most: 50 };

/**
 * So many readers are handed something in one turn of the event loop. The runtime lets a turn do 128 operations on sockets
 * at once and defers the rest, at a third more in all: each is then woken, tried and resolved apart (measured with 1,000
 * readers). As many are left for what is read and accepted: with 120, whoever else said something waited for a second.
 */
const HANDS = 60;

/**
 * Beyond these, so many who have had little of late, `most` on the scale of `ReadyQueue` at the most, and less than all who
 * wait: two people who talk in a flood need not wait for the next turn.
 */
const LIGHT = { hands: 16, most: 4 } as const;

/**
 * For how long lines of several feeds are put into one order in a turn, in milliseconds; and how many bytes of it a reader is
 * handed at once: of a hundred feeds each line is to be put in its place, and the rest of a long backlog has its turn later.
 * Of what waits for one who does not take it so many bytes may be left for when that must be done.
 */
const MERGING = { slice: 3, bytes: 16_384, left: 4_096 } as const;

/** In this time, in milliseconds, half of what a reader has had is forgotten. */
const HALF_LIFE = 1_000;

/** Of so many who are told the same each costs as much in the order of turns as a write. */
const SIZE = 8;

/** So many bytes that wait cost as much there: of the lines of many channels each has to be put in its place. */
const BYTES = 512;

/**
 * A reader that took what it was handed a moment ago, in milliseconds, is behind since others have their turns first: it may
 * be so by so many times the limit.
 */
const PROMPT = { within: 1_000, share: 4 } as const;

/** So many pieces that are put into one order cost as much as a write. */
const COPIES = 8;

/** Where more than so many bytes of a feed are moved into a queue, they are not copied. */
const SHARED = LARGEST_CHUNK / 2;

/** Of so many who are handed something, one is of those who have had the most: nobody waits for ever. */
const HEAVY_SHARE = 4;

/**
 * Readers for whom something waits that can't be handed to them in this turn: by how much they have had of late, and by how
 * many others are told the same, in powers of two. So two people in a channel of their own don't wait for a thousand.
 */
class ReadyQueue {
  readonly #levels: Outbox[][] = Array.from({ length: 16 }, () => []);
  #length = 0;
  /** How many may still be handed something in this turn. */
  #hands = HANDS;
  #lightHands: number = LIGHT.hands;
  #handed = 0;
  #spent = 0;
  #isTurning = false;

  /** Whether a reader may go on at once. Then it has. */
  take(): boolean {
    if (this.#length > 0 || this.#hands <= 0) return false;
    this.#hands--;
    this.#turn();
    return true;
  }

  /** @param weight What it has had, and how many others are told the same. */
  push(outbox: Outbox, weight: number): void {
    const level = Math.min(31 - Math.clz32(1 + weight), this.#levels.length - 1);
    if (this.#isLight(level)) {
      this.#lightHands--;
      outbox.hand();
      return;
    }
    this.#levels[level].push(outbox);
    this.#length++;
  }

  /** Whether one of that level is to be handed at once what those before it leave no room for. */
  #isLight(level: number): boolean {
    if (this.#hands > 0 || this.#lightHands <= 0 || level > LIGHT.most) return false;
    for (let i = 0; i <= level; i++) if (this.#levels[i].length > 0) return false;
    return true;
  }

  /** Hands the next ones what waits for them, as far as this turn goes, and sees to it that there is a next. */
  go(): void {
    while (this.#hands > 0 && this.#length > 0) {
      // A hand is for a write.
      if (this.#next().hand()) this.#hands--;
    }
    this.#turn();
  }

  /** Counts milliseconds that it took to put into one order what was handed to one. */
  merged(milliseconds: number): void {
    this.#spent += milliseconds;
    if (this.#spent > MERGING.slice) this.#hands = 0;
    // The sockets are looked at before it goes on.
    this.#turn(false);
  }

  #next(): Outbox {
    const levels = this.#levels;
    const isHeavy = ++this.#handed % HEAVY_SHARE === 0;
    let i = isHeavy ? levels.length - 1 : 0;
    while (levels[i].length === 0) i += isHeavy ? -1 : 1;
    this.#length--;
    return levels[i].shift()!;
  }

  #turn(isNear = this.#length === 0): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    const turn = () => {
      this.#isTurning = false;
      this.#hands = HANDS;
      this.#lightHands = LIGHT.hands;
      this.#spent = 0;
      if (this.#length > 0) this.go();
    };
    if (isNear) setImmediate(turn);
    else inNextTurn(turn);
  }
}

const ready = new ReadyQueue();

/** How many bytes have been told to many so far, each as often as it is to be read: appended to feeds, and by `Outbox.tell`. */
export let appended = 0;

/** How many lines have been appended to feeds so far. */
export let appends = 0;

/** A log that any number of outboxes follow. */
export class Feed extends Log {
  /** Who follows, and where they are. */
  readonly #followers = new Map<Outbox, Cursor<Feed>>();
  /** `written` at the time of the last sweep, and that time. */
  #swept = 0;
  #sweptAt = -Infinity;
  /** A sweep is to begin at the end of this turn, or when the timer fires. */
  #soon = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** How many outboxes follow. */
  get size(): number {
    return this.#followers.size;
  }

  /** Appends one line, and sees to it that all who follow are woken: at once after a quiet moment, or with the window. */
  override append(line: string, at: number): void {
    const before = this.written;
    super.append(line, at);
    appended += (this.written - before) * this.#followers.size;
    appends++;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#soon || this.#followers.size === 0) return;
    // A full chunk goes out at once: waiting longer could not make its write any larger.
    const full = this.written - this.#swept >= LARGEST_CHUNK;
    if (this.#timer !== undefined && !full) return;
    const wait = full ? 0 : this.#sweptAt + this.#window - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#sweep(), wait);
    else {
      // At the end of this turn, so that the lines of one read travel together.
      this.#soon = true;
      queueMicrotask(() => this.#sweep());
    }
  }

  get #window(): number {
    return Math.min(WINDOW.base + this.#followers.size * WINDOW.perReader, WINDOW.most);
  }

  /** Sees to it that all who follow are handed what waits for them. */
  #sweep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#soon = false;
    const full = this.written - this.#swept >= LARGEST_CHUNK;
    const since = full ? Infinity : this.#sweptAt;
    const window = this.#window;
    const now = performance.now();
    this.#swept = this.written;
    this.#sweptAt = now;
    let again = Infinity;
    for (const [outbox, cursor] of this.#followers) {
      // Other feeds have their windows, too: who has been woken by one since this feed's last sweep is spared for as long.
      const wait = outbox.wokenAt > since ? outbox.wokenAt + window - now : 0;
      if (wait <= 0) outbox.sweep(now, cursor, this.#followers.size);
      // What it was yet to see of this feed may stand in its own queue by now, since it has said something itself.
      else if (cursor.pending > 0 || outbox.isUntold) again = Math.min(again, wait);
    }
    ready.go();
    if (again < Infinity) this.#timer = setTimeout(() => this.#sweep(), again);
  }

  /** By how many bytes its readers are behind beyond what is usual, all together; see `Outbox.excess`. */
  get excess(): number {
    let sum = 0;
    // A sweep may not have looked for a while.
    for (const [outbox, cursor] of this.#followers) {
      outbox.count(cursor);
      sum += outbox.excess;
    }
    return sum;
  }

  /** @internal */
  add(outbox: Outbox, cursor: Cursor<Feed>): void {
    this.#followers.set(outbox, cursor);
  }

  /** @internal */
  delete(outbox: Outbox): void {
    this.#followers.delete(outbox);
    if (this.#followers.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** How many of those who have overflowed are told in one turn of the event loop, and for how long, in milliseconds. */
const OVERFLOWS = { most: 16, slice: 2 } as const;

/**
 * Who has overflowed and is still to be told. Not at once, since others are still being told what made them overflow;
 * and some at a time, since one flood may throw out a thousand and each end is told to everyone.
 */
const overflowed: (() => void)[] = [];

function tellOverflowed(): void {
  const begun = performance.now();
  // Goes on even if one fails, or all the others would wait for ever.
  if (overflowed.length > 1) inNextTurn(tellOverflowed);
  let i = 0;
  do overflowed.shift()?.(); while (++i < OVERFLOWS.most && performance.now() - begun < OVERFLOWS.slice);
}

/** A stretch of bytes that is to be written. */
interface Segment {
  bytes: Uint8Array;
  from: number;
  to: number;
  /** The chunk that holds it, where that is the outbox's own. */
  own: Chunk | undefined;
}

/** Options of an `Outbox`. */
export interface OutboxOptions {
  /** SendQ: a backlog over this many bytes overflows; see `PROMPT`. Default 1 MiB. */
  limit?: number;
  /** Whether it may have a backlog of so many bytes, which are fewer than `limit`; always where left out. */
  mayHold?: ((bytes: number) => boolean) | undefined;
  /** Called once, soon after the turn in which the backlog has passed the limit. */
  onOverflow?: () => void;
}

/**
 * What one reader is still to be sent: `for await (const batch of outbox) await write(batch)`. A batch is the longest
 * run of whole lines there is, up to 64 KiB. One loop at a time reads it.
 */
export class Outbox implements AsyncIterableIterator<Uint8Array> {
  readonly #limit: number;
  readonly #mayHold: (bytes: number) => boolean;
  readonly #onOverflow: () => void;
  // An array, not a Map: it is scanned for each batch, and most have one to ten.
  readonly #cursors: Cursor<Feed>[] = [];
  /** Goes before all that is pending in the feeds. */
  #queue: Segment[] = [];
  #queued = 0;
  /** The sum of what the cursors have counted. */
  #counted = 0;
  /** Where lines for this reader alone are written; let go when there are none. */
  #own: Chunk | undefined;
  /** Large chunks whose last part is in the batch that was handed out. */
  #lent: Chunk[] = [];
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  #onRoom: (() => void) | undefined;
  /** It has been woken since it was last handed all there was. */
  #isDue = false;
  /** It stands in the queue of those who are to be handed something. */
  #isQueued = false;
  /** How much it has had of late, in writes, and as of when. */
  #had = 0;
  #hadAt = 0;
  /** When it was last handed something. */
  #handedAt = -Infinity;
  #ended = false;
  #overflowed = false;
  /** `appended` when nothing was pending: while it is the same, there still is nothing. */
  #sealedAs = -1;

  constructor({ limit = 1 << 20, mayHold = () => true, onOverflow = () => {} }: OutboxOptions = {}) {
    this.#limit = limit;
    this.#mayHold = mayHold;
    this.#onOverflow = onOverflow;
  }

  /** Bytes that wait to be read; a batch that was handed out is not among them. */
  get backlog(): number {
    let sum = this.#queued;
    for (const cursor of this.#cursors) sum += cursor.pending;
    return sum;
  }

  /** The backlog as of the last sweep of each feed, without a look at all of them. */
  get recentBacklog(): number {
    return this.#queued + this.#counted;
  }

  /**
   * What of the backlog is beyond a quarter of the limit. Whoever writes faster than this is read is to wait while it
   * shrinks, or it would throw out readers who are merely slower than a full-speed sender.
   */
  get excess(): number {
    return Math.max(0, this.recentBacklog - this.#limit / 4);
  }

  /** Whether a quarter of the limit waits: what can come later should. */
  get isCrowded(): boolean {
    return this.backlog > this.#limit / 4;
  }

  /** Resolves when it is not crowded, or is over. */
  room(): Promise<void> {
    if (!this.isCrowded || this.#ended) return Promise.resolve();
    return new Promise((resolve) => this.#onRoom = resolve);
  }

  #tellRoom(): void {
    if (this.#onRoom === undefined || (this.isCrowded && !this.#ended)) return;
    this.#onRoom();
    this.#onRoom = undefined;
  }

  /** Starts to follow a feed: what is appended from now on. */
  follow(feed: Feed): void {
    if (this.#ended || this.#overflowed || this.#cursors.some((cursor) => cursor.log === feed)) return;
    const cursor = new Cursor(feed);
    this.#cursors.push(cursor);
    feed.add(this, cursor);
  }

  /** Stops following a feed. What was appended before still arrives. */
  unfollow(feed: Feed): void {
    const i = this.#cursors.findIndex((cursor) => cursor.log === feed);
    if (i < 0) return;
    this.seal();
    this.#cursors.splice(i, 1);
    feed.delete(this);
    this.#wake();
  }

  /**
   * Queues a line for this reader alone, behind everything that has happened so far, and wakes the reader at once. Does
   * nothing once the outbox has overflowed or ended.
   */
  send(line: string): void {
    if (this.#ended || this.#overflowed) return;
    this.#send(line);
  }

  /** The same for a line that others are told as well: it counts with what is told to many. */
  tell(line: string): void {
    appended += line.length;
    this.send(line);
  }

  #send(line: string): void {
    this.seal();
    let own = this.#own ??= new Chunk(Math.max(SMALLEST_CHUNK, line.length * 3 + 2));
    let from = own.end;
    if (!own.write(line)) {
      own = this.#nextOwn(line.length * 3 + 2);
      from = 0;
      own.write(line);
    }
    this.#enqueue(own, from);
    this.#wake();
  }

  /**
   * Moves what is pending in the feeds into the queue, in the order in which it happened, so that what is queued or
   * skipped next comes after it. It is copied, but for long stretches, whose bytes are kept: a chunk itself keeps all that
   * come after it, so a reader who has left a channel, and does not read, would keep all that is said there
   * afterwards. Who stands in the queue with much of it is handed that first, so that it need not be copied.
   */
  seal(): void {
    if (this.#sealedAs === appended) return;
    if (this.#isQueued && this.recentBacklog > LARGEST_COPY) this.#settleWaiting();
    this.#seal();
  }

  #seal(): void {
    if (this.#sealedAs === appended) return;
    this.#sealedAs = appended;
    let only: Cursor<Feed> | undefined;
    for (const cursor of this.#cursors) {
      if (cursor.pending === 0) continue;
      if (only !== undefined) {
        this.#sealMerged();
        only = undefined;
        break;
      }
      only = cursor;
    }
    if (only !== undefined) this.#sealRest(only);
    for (const cursor of this.#cursors) this.#counted += cursor.count();
  }

  /** Moves all that is pending in one feed. */
  #sealRest(cursor: Cursor<Feed>): void {
    while (cursor.pending > 0) {
      cursor.settle();
      this.#copy(cursor, cursor.chunk.end);
    }
  }

  /**
   * Moves what is pending in several feeds, of each as much at once as comes before the next line of all others.
   *
   * @param most After so many bytes the rest may stay where it is.
   */
  #sealMerged(most = Infinity): void {
    const pending = this.#cursors.filter((cursor) => cursor.pending > 0).map((cursor) => new Position(cursor));
    const positions = BinaryHeap.from(pending, {
      compare: (a: Position<Feed>, b: Position<Feed>) => a.order - b.order,
    });
    for (let moved = 0; moved < most;) {
      const first: Position<Feed> = positions.pop()!;
      const { cursor } = first;
      const next: Position<Feed> | undefined = positions.peek();
      if (next === undefined) return this.#sealRest(cursor);
      const to = first.passUpTo(next.order);
      moved += to - cursor.offset;
      this.#copy(cursor, to);
      if (cursor.pending === 0) continue;
      first.settle();
      positions.push(first);
    }
  }

  /** Moves whole lines from a feed's chunk into the queue. */
  #copy(cursor: Cursor<Feed>, to: number): void {
    this.#had += 1 / COPIES;
    const { chunk: { bytes }, offset } = cursor;
    if (cursor.pending > SHARED && to - offset > LARGEST_COPY) {
      // Others may share it, so it is not to be copied for each. What comes next stands in another chunk of its own.
      this.#own = undefined;
      this.#queued += to - offset;
      this.#queue.push({ bytes, from: offset, to, own: undefined });
      return cursor.advance(to);
    }
    let own = this.#own ??= new Chunk(Math.max(SMALLEST_CHUNK, to - offset));
    if (own.bytes.length - own.end < to - offset) own = this.#nextOwn(to - offset);
    const from = own.end;
    own.bytes.set(bytes.subarray(offset, to), from);
    own.end += to - offset;
    this.#enqueue(own, from);
    cursor.advance(to);
  }

  /**
   * Passes over what is pending in the feeds. `seal()`, append, `skip()` in one turn leaves out just what was appended:
   * one's own message where it is not echoed, or a second copy of what a person is told once.
   */
  skip(): void {
    for (const cursor of this.#cursors) {
      cursor.toEnd();
      this.#counted += cursor.count();
    }
  }

  /** Ends the outbox: what has been queued and followed so far is still read, then the iteration is done. */
  end(): void {
    if (this.#ended) return;
    this.seal();
    this.#ended = true;
    this.#tellRoom();
    this.#unfollowAll();
    this.#settleWaiting();
  }

  /** Forgets everything that waits, and ends with `line` as the last one. */
  abandon(line: string): void {
    if (this.#ended) return;
    this.#overflowed = true;
    this.#forget();
    this.#send(line);
    this.end();
  }

  #forget(): void {
    this.#unfollowAll();
    this.#queue = [];
    this.#queued = this.#counted = 0;
  }

  #unfollowAll(): void {
    for (const { log } of this.#cursors) log.delete(this);
    this.#cursors.length = 0;
  }

  /** @internal When a sweep last woke it. */
  wokenAt = -Infinity;

  /** @internal Whether something stands in its queue of which nobody has told it yet. */
  get isUntold(): boolean {
    return !this.#isDue && this.#queue.length > 0;
  }

  /** @internal Counts what is pending in a feed that it follows. */
  count(cursor: Cursor<Feed>): void {
    this.#counted += cursor.count();
  }

  /** @internal @param cursor The one in the feed that sweeps. @param size How many follow that. */
  sweep(now: number, cursor: Cursor<Feed>, size: number): void {
    this.wokenAt = now;
    this.count(cursor);
    this.#isDue = true;
    if (this.#waiting !== undefined) return this.#queueUp(now, size);
    this.#checkBacklog();
    if (this.#hasMuchToMerge) this.#queueUp(now, size);
  }

  /** Sees to it that it is handed what waits: at once where this turn has room for it. */
  #wake(): void {
    this.#isDue = true;
    if (this.#waiting === undefined) this.#checkBacklog();
    // What it alone is told takes memory of its own, so that must not become much while it stands in the queue.
    else if (this.#isQueued ? this.#queued > LARGEST_CHUNK : ready.take()) this.#settleWaiting();
    else this.#queueUp(performance.now(), 1);
  }

  #queueUp(now: number, size: number): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    if (now - this.#hadAt > HALF_LIFE / 8) {
      this.#had *= 2 ** ((this.#hadAt - now) / HALF_LIFE);
      this.#hadAt = now;
    }
    ready.push(this, this.#had + size / SIZE + this.recentBacklog / BYTES);
  }

  /**
   * Whether so much of several feeds waits that it should be put into one order before its reader takes it: a line for this
   * reader alone has to come after all of that, and one step may tell a hundred readers such a line.
   */
  get #hasMuchToMerge(): boolean {
    if (this.#counted <= MERGING.left || this.#cursors.length < 2) return false;
    return this.#cursors.values().filter((cursor) => cursor.pending > 0).take(2).toArray().length > 1;
  }

  /** @internal Its turn has come. Says whether it is handed something; otherwise some of what waits is put into one order. */
  hand(): boolean {
    this.#isQueued = false;
    if (this.#waiting !== undefined) {
      this.#settleWaiting();
      return true;
    }
    if (this.#hasMuchToMerge) this.#merge();
    if (this.#hasMuchToMerge) this.#queueUp(performance.now(), 1);
    return false;
  }

  /** Sees that what waits is within its bound, where nobody is there to take it. */
  #checkBacklog(): void {
    if (this.#overflowed || this.#ended || !this.#isTooMuch(this.recentBacklog)) return;
    this.#overflowed = true;
    // At once, for its memory, and since a reader that goes on would see that something is missing in the middle.
    this.#forget();
    if (overflowed.push(this.#onOverflow) === 1) setImmediate(tellOverflowed);
  }

  #isTooMuch(backlog: number): boolean {
    if (!this.#mayHold(backlog)) return true;
    if (backlog <= this.#limit) return false;
    return backlog > PROMPT.share * this.#limit || performance.now() - this.#handedAt > PROMPT.within;
  }

  #settleWaiting(): void {
    if (this.#waiting === undefined) return;
    const batch = this.#take();
    if (batch === undefined && !this.#ended) return;
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve(batch === undefined ? { done: true, value: undefined } : { done: false, value: batch });
    this.#tellRoom();
  }

  /** The next batch, or a promise of it; done when the outbox has ended and everything was read. */
  next(): Promise<IteratorResult<Uint8Array>> {
    // Who asks for the next batch is done with the last one.
    for (let chunk = this.#lent.pop(); chunk !== undefined; chunk = this.#lent.pop()) giveChunk(chunk);
    // What has come meanwhile waits for its feed's next sweep as well: many that go on by themselves leave none of a turn's
    // operations to those who are read.
    const isReady = this.#isDue && this.backlog > 0;
    if (this.#ended || (isReady && ready.take())) {
      const batch = this.#take();
      this.#tellRoom();
      return Promise.resolve(batch === undefined ? { done: true, value: undefined } : { done: false, value: batch });
    }
    // It may have been told of what it had itself passed over.
    if (this.backlog === 0) this.#isDue = false;
    return new Promise((resolve) => {
      this.#waiting = resolve;
      if (isReady) this.#queueUp(performance.now(), 1);
    });
  }

  /** Ends the outbox when its reader leaves the loop; nothing more is read. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.#ended = true;
    this.#forget();
    this.#tellRoom();
    this.#settleWaiting();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Goes on with another chunk of its own, four times as large while that is allowed; but the second with the first makes
   * one batch. There may be thousands for whom a few lines wait.
   *
   * @param bytes How many it must have room for.
   */
  #nextOwn(bytes: number): Chunk {
    const before = this.#own?.bytes.length ?? SMALLEST_CHUNK;
    const size = before < LARGEST_COPY / 2 ? LARGEST_COPY - before : Math.min(4 * before, LARGEST_CHUNK);
    return this.#own = takeChunk(Math.max(bytes, size));
  }

  /** Queues what was written to a chunk of its own from an offset on. */
  #enqueue(chunk: Chunk, from: number): void {
    this.#queued += chunk.end - from;
    const last = this.#queue.at(-1);
    if (last?.own === chunk) last.to = chunk.end;
    else this.#queue.push({ bytes: chunk.bytes, from, to: chunk.end, own: chunk });
  }

  #take(): Uint8Array | undefined {
    this.#had++;
    this.#handedAt = performance.now();
    if (this.#queue.length === 0) {
      let only: Cursor<Feed> | undefined;
      for (const cursor of this.#cursors) {
        if (cursor.pending === 0) continue;
        if (only !== undefined) return this.#takeMerged();
        only = cursor;
      }
      this.#isDue = false;
      if (only === undefined) return undefined;
      // The common case, and what makes a busy channel cheap: all that has come since, as it lies there.
      only.settle();
      const { chunk, offset } = only;
      only.advance(chunk.end);
      this.#counted += only.count();
      this.#isDue = only.pending > 0;
      return only.log.view(chunk, offset, chunk.end);
    }
    return this.#takeQueued();
  }

  /** Moves some of what is pending in several feeds. */
  #merge(): void {
    const begun = performance.now();
    this.#sealMerged(MERGING.bytes);
    for (const cursor of this.#cursors) this.#counted += cursor.count();
    ready.merged(performance.now() - begun);
  }

  /** The next of the lines of several feeds. */
  #takeMerged(): Uint8Array {
    this.#merge();
    const batch = this.#takeQueued();
    this.#isDue = this.backlog > 0;
    return batch;
  }

  /** Small segments become one batch by copying: a write costs more than copying some kilobytes. */
  #takeQueued(): Uint8Array {
    let count = 0;
    let size = 0;
    for (const { from, to } of this.#queue) {
      if (count > 0 && size + to - from > LARGEST_COPY) break;
      count++;
      size += to - from;
    }
    const segments = this.#queue.splice(0, count);
    this.#queued -= size;
    const [first] = segments;
    const batch = count === 1 ? first.bytes.subarray(first.from, first.to) : new Uint8Array(size);
    let at = 0;
    for (const { bytes, from, to } of count === 1 ? [] : segments) {
      batch.set(bytes.subarray(from, to), at);
      at += to - from;
    }
    this.#letGo(segments);
    return batch;
  }

  /** Lets go of the chunks of which these were the last segments. */
  #letGo(segments: Segment[]): void {
    const isIdle = this.#queue.length === 0;
    for (const { own } of segments) {
      // Each chunk stands in the queue once; the newest may go on.
      if (own !== undefined && (isIdle || own !== this.#own) && own.bytes.length === LARGEST_CHUNK) {
        this.#lent.push(own);
      }
    }
    if (isIdle) this.#own = undefined;
  }
}
