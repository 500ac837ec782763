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
  /** Called when its turn has come. Returns whether it was handed something that it will write. */
  takeTurn(): boolean;
}

/**
 * The queue. Its levels are powers of two of a reader's weight: how much it has had lately, how many others are told the same,
 * and how much waits for it. The lowest level comes first, so two people in a channel of their own do not wait for a thousand.
 */
class ReadyQueue {
  readonly #levels: ReadyReader[][] = Array.from({ length: LEVELS }, () => []);
  #length = 0;
  /** How many handovers are left in this turn, for all and for light readers. */
  #handovers = HANDOVERS;
  #lightHandovers: number = LIGHT.handovers;
  /** How many readers have been taken from the queue so far. */
  #taken = 0;
  /** How many milliseconds of this turn were spent on merging. */
  #merging = 0;
  #isTurnScheduled = false;

  /** Uses up one of this turn's handovers, for a reader that is not in the queue. Returns false if it must join the queue. */
  tryHandover(): boolean {
    if (this.#length > 0 || this.#handovers <= 0) return false;
    this.#handovers--;
    this.#scheduleTurn();
    return true;
  }

  /**
   * Puts a reader into the queue, or gives it its turn at once where it is light (see `LIGHT`). `run` must be called afterwards
   * where the queue may have been empty.
   *
   * @param weight In writes, 0 or more.
   */
  push(reader: ReadyReader, weight: number): void {
    const level = Math.min(31 - Math.clz32(1 + weight), LEVELS - 1);
    if (this.#isLight(level)) {
      this.#lightHandovers--;
      reader.takeTurn();
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

  /** Gives readers their turns until the queue is empty or this turn's handovers are used up, and schedules the next turn. */
  run(): void {
    while (this.#handovers > 0 && this.#length > 0) {
      // Only what is written uses up a handover.
      if (this.#shift().takeTurn()) this.#handovers--;
    }
    this.#scheduleTurn();
  }

  /** Counts milliseconds that merging took for one reader. When the turn's slice is used up, the others wait for the next turn. */
  spendOnMerging(milliseconds: number): void {
    this.#merging += milliseconds;
    if (this.#merging > MERGE_SLICE) this.#handovers = 0;
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
      this.#handovers = HANDOVERS;
      this.#lightHandovers = LIGHT.handovers;
      this.#merging = 0;
      if (this.#length > 0) this.run();
    };
    if (isSoon) setImmediate(begin);
    else inNextTurn(begin);
  }
}

/** The one queue of all outboxes: they share the turns of one event loop. */
export const ready = new ReadyQueue();
