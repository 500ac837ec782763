/**
 * The queue of readers for whom something waits that cannot be handed to them in this turn of the event loop.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { inNextTurn } from "../turns/loop.ts";

/**
 * How many readers are handed something in one turn of the event loop. The runtime lets a turn do 128 operations on sockets
 * at once and defers the rest, which costs a third more in all, since each of those is then woken, tried and resolved by
 * itself (measured with 1,000 readers). As many operations are left for reading and accepting: with 120 handovers, anybody
 * else who said something waited for a second.
 */
const HANDOVERS = 60;

/**
 * So many readers more are handed something in a turn if nobody is left in the queue then, since one turn more costs as much
 * as ten writes; the next turn has as many handovers less. With `LIGHT` that makes 124 of the runtime's 128 operations at most.
 */
const REST = 48;

/**
 * How many further readers of a low level (`maxLevel` at most) are handed something in a turn, if nobody of their level or a
 * lower one waits: two people who talk during a flood need not wait for the next turn.
 */
const LIGHT = { handovers: 16, maxLevel: 4 } as const;

/** How many milliseconds of a turn are spent on bringing lines of several feeds into one order. */
const MERGE_SLICE = 3;

/** One handover in so many goes to a reader of the highest level, so that nobody waits for ever. */
const HEAVY_SHARE = 4;

/** How many levels there are. */
const LEVELS = 16;

/** A reader that may stand in the queue. */
export interface ReadyReader {
  /**
   * Called when its turn has come. Returns whether it was handed something that it will write.
   *
   * @param now The time in milliseconds, of `performance.now`: reading a clock costs as much as the rest of a handover.
   */
  takeTurn(now: number): boolean;
}

/**
 * The queue. Its levels are powers of two of a reader's weight: how much it has had lately, how many others are told the same,
 * and how much waits for it. The lowest level comes first, so two people in a channel of their own do not wait for a thousand.
 */
class ReadyQueue {
  readonly #levels: ReadyReader[][] = Array.from({ length: LEVELS }, () => []);
  #length = 0;
  /** How many handovers are left in this turn, for all and for light readers. Below 0, how many the next turn has less. */
  #handovers = HANDOVERS;
  #lightHandovers: number = LIGHT.handovers;
  /** How many readers have been taken from the queue so far. */
  #taken = 0;
  /** How many milliseconds of this turn were spent on merging. */
  #merging = 0;
  #isTurnScheduled = false;

  /** How many readers can be handed something in this turn if nobody else is left then. */
  get #room(): number {
    return this.#merging > MERGE_SLICE ? 0 : this.#handovers + REST;
  }

  /** Whether so many readers can all be handed something in this turn, so that none of them needs to stand in the queue. */
  hasRoomFor(readers: number): boolean {
    return this.#length === 0 && readers <= this.#room;
  }

  /** Uses up one of this turn's handovers, for a reader that is not in the queue. Returns false if it must join the queue. */
  tryHandover(): boolean {
    if (this.#length > 0 || this.#handovers <= -REST || this.#merging > MERGE_SLICE) return false;
    this.#handovers--;
    this.#scheduleTurn();
    return true;
  }

  /**
   * Puts a reader into the queue, or gives it its turn at once where it is light (see `LIGHT`). `run` must be called afterwards
   * where the queue may have been empty.
   *
   * @param weight In writes, 0 or more.
   * @param now See `ReadyReader.takeTurn`.
   */
  push(reader: ReadyReader, weight: number, now: number): void {
    const level = Math.min(31 - Math.clz32(1 + weight), LEVELS - 1);
    if (this.#isLight(level)) {
      this.#lightHandovers--;
      reader.takeTurn(now);
      return;
    }
    this.#levels[level].push(reader);
    this.#length++;
  }

  #isLight(level: number): boolean {
    if (this.#handovers > 0 || this.#lightHandovers <= 0 || level > LIGHT.maxLevel) return false;
    for (let i = 0; i <= level; i++) if (this.#levels[i].length > 0) return false;
    return true;
  }

  /**
   * Gives readers their turns until the queue is empty or this turn's handovers are used up, and schedules the next turn.
   *
   * @param now See `ReadyReader.takeTurn`.
   */
  run(now: number): void {
    while (this.#length > 0 && (this.#handovers > 0 || this.#length <= this.#room)) {
      // Only what is written uses up a handover.
      if (this.#shift().takeTurn(now)) this.#handovers--;
    }
    this.#scheduleTurn();
  }

  /** Counts milliseconds that merging took for one reader. When the turn's slice is used up, the others wait for the next turn. */
  spendOnMerging(milliseconds: number): void {
    this.#merging += milliseconds;
    if (this.#merging > MERGE_SLICE) this.#handovers = Math.min(this.#handovers, 0);
    // The event loop looks at its sockets before more is merged.
    this.#scheduleTurn(false);
  }

  #shift(): ReadyReader {
    const levels = this.#levels;
    const isForHeavy = ++this.#taken % HEAVY_SHARE === 0;
    let i = isForHeavy ? levels.length - 1 : 0;
    while (levels[i].length === 0) i += isForHeavy ? -1 : 1;
    this.#length--;
    return levels[i].shift()!;
  }

  /** @param isSoon Whether the next turn may begin before the event loop has looked at its sockets: where nobody waits for it. */
  #scheduleTurn(isSoon = this.#length === 0): void {
    if (this.#isTurnScheduled) return;
    this.#isTurnScheduled = true;
    const begin = () => {
      this.#isTurnScheduled = false;
      this.#handovers = HANDOVERS + Math.min(this.#handovers, 0);
      this.#lightHandovers = LIGHT.handovers;
      this.#merging = 0;
      if (this.#length > 0) this.run(performance.now());
      // The turn after this one has all its handovers again.
      else if (this.#handovers < HANDOVERS) this.#scheduleTurn();
    };
    if (isSoon) setImmediate(begin);
    else inNextTurn(begin);
  }
}

/** The one queue of all outboxes: they share the turns of one event loop. */
export const ready = new ReadyQueue();
