/**
 * An outbox: what one reader is still to be sent. It follows any number of feeds, with a cursor in each, and has a queue of
 * its own for lines that only this reader is told.
 *
 * Feeds and outboxes bring a line to many readers and write it once: nothing is copied for each reader, and nothing is
 * filtered by bytes. All of it runs in one thread and never awaits, so a feed and its followers are consistent between
 * any two calls.
 *
 * @module
 */

import { Usage } from "../turns/turns.ts";
import { type Cursor, LARGEST_CHUNK } from "./chunks.ts";
import type { Feed, Follower } from "./feed.ts";
import { merge, moveRest } from "./merge.ts";
import { ready, type ReadyReader } from "./ready.ts";
import { LARGEST_COPY, SegmentQueue } from "./segments.ts";
import { SendQ, type SendQOptions } from "./sendq.ts";
import { totals } from "./totals.ts";

/**
 * Lines of several feeds are brought into one order little by little, since of a hundred feeds each line has to be put into
 * its place. `step`: so many bytes at a time. `left`: so many may be left for when the reader takes them. Bytes.
 */
const MERGING = { step: 16_384, left: 4_096 } as const;

/** Lines of a feed are queued without a copy where more than so many bytes of it are pending. */
const LARGEST_COPIED_BACKLOG = LARGEST_CHUNK / 2;

/**
 * The weight of a reader in `ReadyQueue`, where a write that it has had lately weighs 1. So much weighs as much as a write:
 * `followers` who are told the same, `bytes` that wait, and `pieces` that were brought into one order for it. Half of what
 * it has had is forgotten after `halfLife` milliseconds.
 */
const WEIGHT = { followers: 8, bytes: 512, pieces: 8, halfLife: 1_000 } as const;

type Batch = IteratorResult<Uint8Array, undefined>;

const DONE: Batch = { done: true, value: undefined };

/**
 * What one reader is still to be sent: `for await (const batch of outbox) await write(batch)`. A batch is the longest
 * run of whole lines there is, up to 64 KiB. One loop at a time reads it.
 */
export class Outbox implements AsyncIterableIterator<Uint8Array>, Follower, ReadyReader {
  readonly #sendQ: SendQ;
  // An array, not a Map: it is scanned for each batch, and most outboxes have one to ten cursors.
  readonly #cursors: Cursor<Feed>[] = [];
  /** What stands in it comes before all that is pending in the feeds. */
  readonly #queue = new SegmentQueue();
  /** The sum of what the cursors have counted. */
  #counted = 0;
  /** Resolves the promise of the next batch, while the reader waits for it. */
  #resolveNext: ((batch: Batch) => void) | undefined;
  /** What those wait for that write much to this reader, while it is crowded. */
  #room: PromiseWithResolvers<void> | undefined;
  /** Whether it has been woken since its reader last took all there was. */
  #isDue = false;
  /** Whether it stands in `ready`. */
  #isInReadyQueue = false;
  /** What the reader has had lately, in writes; and how many pieces have been moved for it since it was handed something. */
  readonly #had = new Usage(WEIGHT.halfLife);
  #pieces = 0;
  #hasEnded = false;
  #hasOverflowed = false;
  /** `totals.bytes` when nothing was pending: while it is the same, still nothing is. */
  #sealedAt = -1;
  /** @internal When a sweep last woke it. */
  wokenAt = -Infinity;

  constructor(options: SendQOptions = {}) {
    this.#sendQ = new SendQ(options);
  }

  /** How many bytes wait to be taken. A batch that was taken is not among them. */
  get backlog(): number {
    let sum = this.#queue.size;
    for (const cursor of this.#cursors) sum += cursor.pending;
    return sum;
  }

  /** The backlog, where each feed counts as of its last sweep. Does not look at each feed. */
  get recentBacklog(): number {
    return this.#queue.size + this.#counted;
  }

  /**
   * By how many bytes the recent backlog exceeds a quarter of the limit. A sender that is faster than this reader should wait
   * while this shrinks, or it would throw out readers that are merely slower than a sender at full speed.
   */
  get excess(): number {
    return this.#sendQ.excess(this.recentBacklog);
  }

  /** Whether the backlog exceeds a quarter of the limit. What can be sent later should be sent later. */
  get isCrowded(): boolean {
    return this.#sendQ.excess(this.backlog) > 0;
  }

  /** Resolves when the outbox is not crowded, or has ended. Several may wait at once. */
  room(): Promise<void> {
    if (!this.isCrowded || this.#hasEnded) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  #checkRoom(): void {
    if (this.#room === undefined || (this.isCrowded && !this.#hasEnded)) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  /** Starts to follow a feed: the reader is sent what is appended from now on. */
  follow(feed: Feed): void {
    if (this.#hasEnded || this.#hasOverflowed || this.#cursors.some(({ list }) => list === feed)) return;
    this.#cursors.push(feed.add(this));
  }

  /** Stops following a feed. The reader is still sent what was appended before. */
  unfollow(feed: Feed): void {
    const i = this.#cursors.findIndex(({ list }) => list === feed);
    if (i < 0) return;
    this.seal();
    this.#cursors.splice(i, 1);
    feed.delete(this);
    this.#wakeNow();
  }

  /**
   * Queues a line for this reader alone, behind everything that has happened so far, and wakes the reader at once. Does
   * nothing once the outbox has overflowed or ended.
   */
  send(line: string): void {
    if (this.#hasEnded || this.#hasOverflowed) return;
    this.#send(line);
  }

  /** Does the same for a line that others are told as well, which is therefore counted in `totals`. */
  tell(line: string): void {
    totals.bytes += line.length;
    this.send(line);
  }

  #send(line: string): void {
    this.seal();
    this.#queue.write(line);
    this.#wakeNow();
  }

  /**
   * Moves what is pending in the feeds into the queue, in the order in which it happened, so that what is queued or
   * skipped next comes after it.
   *
   * It is copied, but for the long stretches of a long backlog, whose bytes are kept. A chunk itself must not be kept: it
   * refers to all that come after it, so a reader that has left a channel, and does not read, would keep everything that is
   * said there afterwards. A reader that waits in `ready` for much is handed that first, which saves the copy.
   */
  seal(): void {
    if (this.#sealedAt === totals.bytes) return;
    if (this.#isInReadyQueue && this.recentBacklog > LARGEST_COPY) this.#handNext();
    this.#sealedAt = totals.bytes;
    let only: Cursor<Feed> | undefined;
    for (const cursor of this.#cursors) {
      if (cursor.pending === 0) continue;
      if (only !== undefined) {
        this.#merge();
        only = undefined;
        break;
      }
      only = cursor;
    }
    if (only !== undefined) moveRest(only, (cursor, to) => this.#move(cursor, to));
    this.#countAll();
  }

  /** Moves what is pending in several feeds into the queue. @param most After so many bytes the rest may stay in the feeds. */
  #merge(most = Infinity): void {
    merge(this.#cursors, (cursor, to) => this.#move(cursor, to), most);
  }

  /** Moves whole lines from a cursor's chunk into the queue, up to an offset. */
  #move(cursor: Cursor<Feed>, to: number): void {
    this.#pieces++;
    const { chunk: { bytes }, offset } = cursor;
    // Much that others may share as well is not copied for each of them.
    const isShared = cursor.pending > LARGEST_COPIED_BACKLOG && to - offset > LARGEST_COPY;
    if (isShared) this.#queue.share(bytes, offset, to);
    else this.#queue.copy(bytes, offset, to);
    cursor.advance(to);
  }

  /**
   * Passes over what is pending in the feeds. `seal()`, append, `skip()` in one turn leaves out just what was appended:
   * one's own message where it is not echoed, or a second copy of what a person is told once.
   */
  skip(): void {
    for (const cursor of this.#cursors) cursor.advanceToEnd();
    this.#countAll();
    this.#sealedAt = totals.bytes;
  }

  /** Ends the outbox: what has been queued and followed so far is still read, then the iteration is done. */
  end(): void {
    if (this.#hasEnded) return;
    this.seal();
    this.#hasEnded = true;
    this.#checkRoom();
    this.#unfollowAll();
    this.#handNext();
  }

  /** Forgets everything that waits, and ends with `line` as the last one. */
  abandon(line: string): void {
    if (this.#hasEnded) return;
    this.#hasOverflowed = true;
    this.#forget();
    this.#send(line);
    this.end();
  }

  #forget(): void {
    this.#unfollowAll();
    this.#queue.clear();
    this.#counted = 0;
  }

  #unfollowAll(): void {
    for (const { list } of this.#cursors) list.delete(this);
    this.#cursors.length = 0;
  }

  /** @internal Whether lines wait in its own queue and nothing has woken it since. */
  get isUntold(): boolean {
    return !this.#isDue && !this.#queue.isEmpty;
  }

  /** @internal Counts what is pending in one of its cursors. */
  count(cursor: Cursor<Feed>): void {
    this.#counted += cursor.count();
  }

  #countAll(): void {
    for (const cursor of this.#cursors) this.count(cursor);
  }

  /** @internal A feed's sweep wakes it. See `Follower`. */
  wake(now: number, cursor: Cursor<Feed>, followers: number, isRoom: boolean): void {
    this.wokenAt = now;
    this.count(cursor);
    this.#isDue = true;
    if (this.#resolveNext !== undefined) {
      if (isRoom && ready.tryHandover()) return this.#handNext(now);
      return this.#joinReadyQueue(now, followers);
    }
    this.#checkBacklog();
    if (this.#hasMuchToMerge) this.#joinReadyQueue(now, followers);
  }

  /** Wakes it for a line of its own: the reader is handed that at once where this turn has room for it. */
  #wakeNow(): void {
    this.#isDue = true;
    if (this.#resolveNext === undefined) return this.#checkBacklog();
    // Lines of its own take memory of their own, so they must not become many while it stands in the queue.
    const isHandedNow = this.#isInReadyQueue ? this.#queue.size > LARGEST_CHUNK : ready.tryHandover();
    if (isHandedNow) this.#handNext();
    else this.#joinReadyQueue(performance.now(), 1);
  }

  #joinReadyQueue(now: number, followers: number): void {
    if (this.#isInReadyQueue) return;
    this.#isInReadyQueue = true;
    const had = this.#had.at(now) + this.#pieces / WEIGHT.pieces;
    ready.push(this, had + followers / WEIGHT.followers + this.recentBacklog / WEIGHT.bytes, now);
  }

  /**
   * Whether so much of several feeds waits that it should be brought into one order before the reader takes it. A line for
   * this reader alone has to come after all of that, and one step may send such a line to a hundred readers.
   */
  get #hasMuchToMerge(): boolean {
    if (this.#counted <= MERGING.left || this.#cursors.length < 2) return false;
    return this.#cursors.values().filter((cursor) => cursor.pending > 0).take(2).toArray().length > 1;
  }

  /** @internal Hands the reader what waits. If it does not wait for anything, some of its feeds' lines are merged instead. */
  takeTurn(now: number): boolean {
    this.#isInReadyQueue = false;
    if (this.#resolveNext !== undefined) {
      this.#handNext(now);
      return true;
    }
    if (this.#hasMuchToMerge) this.#mergeStep();
    if (this.#hasMuchToMerge) this.#joinReadyQueue(now, 1);
    return false;
  }

  /** Lets it overflow where too much waits, and nobody is there to take it. */
  #checkBacklog(): void {
    if (this.#hasOverflowed || this.#hasEnded || !this.#sendQ.isExceeded(this.recentBacklog)) return;
    this.#hasOverflowed = true;
    // Forgotten at once, for the memory, and because a reader that goes on would see a gap.
    this.#forget();
    this.#sendQ.reportOverflow();
  }

  /** Resolves the reader's promise, if it waits and there is something for it. */
  #handNext(now = performance.now()): void {
    if (this.#resolveNext === undefined) return;
    const batch = this.#take(now);
    if (batch === undefined && !this.#hasEnded) return;
    const resolve = this.#resolveNext;
    this.#resolveNext = undefined;
    resolve(batch === undefined ? DONE : { done: false, value: batch });
    this.#checkRoom();
  }

  /** Returns the next batch, or a promise of it; done when the outbox has ended and everything was read. */
  next(): Promise<Batch> {
    // A reader that asks for the next batch has written the last one.
    this.#queue.reuse();
    // Lines that came meanwhile wait for the next sweep of their feed: many readers that go on by themselves would leave
    // none of a turn's socket operations for reading.
    const isReady = this.#isDue && this.backlog > 0;
    if (this.#hasEnded || (isReady && ready.tryHandover())) {
      const batch = this.#take(performance.now());
      this.#checkRoom();
      return Promise.resolve(batch === undefined ? DONE : { done: false, value: batch });
    }
    // It may have been woken for lines that it has skipped since.
    if (!isReady) this.#isDue = false;
    return new Promise((resolve) => {
      this.#resolveNext = resolve;
      if (isReady) this.#joinReadyQueue(performance.now(), 1);
    });
  }

  /** Ends the outbox when its reader leaves the loop; nothing more is read. */
  return(): Promise<Batch> {
    this.#hasEnded = true;
    this.#forget();
    this.#checkRoom();
    this.#handNext();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Takes the next batch; undefined if there is none. */
  #take(now: number): Uint8Array | undefined {
    this.#had.add(1 + this.#pieces / WEIGHT.pieces, now);
    this.#pieces = 0;
    this.#sendQ.noteHandover(now);
    if (!this.#queue.isEmpty) return this.#queue.take();
    let only: Cursor<Feed> | undefined;
    for (const cursor of this.#cursors) {
      if (cursor.pending === 0) continue;
      if (only !== undefined) return this.#takeMerged();
      only = cursor;
    }
    this.#isDue = false;
    if (only === undefined) return undefined;
    // The common case, and what makes a busy channel cheap: all that has come since, as it lies in the chunk.
    only.leaveReadChunks();
    const { chunk, offset } = only;
    only.advance(chunk.end);
    this.count(only);
    this.#isDue = only.pending > 0;
    return only.list.view(chunk, offset, chunk.end);
  }

  /** Moves some of what is pending in several feeds into the queue. */
  #mergeStep(): void {
    const begun = performance.now();
    this.#merge(MERGING.step);
    this.#countAll();
    ready.spendOnMerging(performance.now() - begun);
  }

  /** Takes the next of the lines of several feeds. */
  #takeMerged(): Uint8Array {
    this.#mergeStep();
    const batch = this.#queue.take();
    this.#isDue = this.backlog > 0;
    return batch;
  }
}
