/**
 * Shares the one thread among connections: work is done in slices of 2 ms, and after each slice the connection that has used
 * the least computing time lately has its turn. So a person who talks now and then never waits for one whose questions keep
 * the machine busy for minutes.
 *
 * @module
 */

import { BinaryHeap } from "@std/data-structures/binary-heap";
import { inNextTurn } from "./loop.ts";

/** So many milliseconds work may go on before others have their turn. */
export const SLICE = 2;

/**
 * A turn of the event loop has room for work of so large a part of the time that the turn before took in all, with reading,
 * writing and sweeping, up to so many milliseconds. With less room, lines would come in faster than they are handled.
 */
const SHARE = { part: 0.5, most: 5 } as const;

/** So many milliseconds more are for connections that would come before all that wait: they need not wait for the next turn. */
const EARLY = 1;

/** Within so many milliseconds half of what somebody has used is forgotten. */
const HALF_LIFE = 5_000;

/** Usages that are the same in steps of so many milliseconds count as equal: then who came first is first. */
const NEARLY = 8;

/** After a pause of so many milliseconds between two pieces of work the event loop has turned by itself. */
const PAUSE = 1;

/** What is left of 1 after some half-lives. The last answer is kept: a hundred readers of a channel ask for the same. */
function left(halfLives: number): number {
  if (halfLives !== lastHalfLives) {
    lastHalfLives = halfLives;
    lastLeft = 2 ** -halfLives;
  }
  return lastLeft;
}
let lastHalfLives = 0;
let lastLeft = 1;

/** The computing time that somebody has used lately, in milliseconds: the longer ago, the less it counts. */
export class Usage {
  readonly #halfLife: number;
  #amount = 0;
  #at = 0;

  /** @param halfLife Within so many milliseconds half of it is forgotten. */
  constructor(halfLife = HALF_LIFE) {
    this.#halfLife = halfLife;
  }

  /** How much it is now. @param now The time in milliseconds, of a clock that is never set back. */
  at(now: number): number {
    return this.#amount * left((now - this.#at) / this.#halfLife);
  }

  /** Adds milliseconds to it. */
  add(milliseconds: number, now: number): void {
    this.#amount = this.at(now) + milliseconds;
    this.#at = now;
  }
}

/** How many milliseconds somebody counts as having used at a time. Turns go to the least first. */
export interface Standing {
  at(now: number): number;
}

/** Somebody who waits for turns. */
interface Waiting {
  standing: Standing;
  group: Group;
  /** Its place in the group; see `rankOf`. */
  rank: number;
  /** Each begins with one of its turns, in this order. Empty if it has left. */
  begins: (() => void)[];
}

/** All of one address who wait for turns. Whoever has left stays in the row until its turn would come. */
interface Group {
  standing: Standing;
  row: BinaryHeap<Waiting>;
  /** Its place among all groups. */
  place: Place | undefined;
}

/** The place of a group. A group that gets a better place leaves the old one in the heap, where it means nothing any more. */
interface Place {
  group: Group;
  rank: number;
}

/**
 * The rank of somebody who begins to wait: behind all who have used less, and behind those who have used nearly the same and
 * came before. Usages halve with time, so the logarithm of a usage plus the time in half-lives is a rank that stays right for
 * as long as somebody waits.
 */
function rankOf(standing: Standing, now: number): number {
  return Math.log2(NEARLY * (1 + Math.floor(standing.at(now) / NEARLY))) + now / HALF_LIFE;
}

/**
 * The rank of a group, given the rank of its first. Two thirds count what the address has used, so that many who each use
 * little don't take the turns of all others. One third counts what the first has used, so that a quiet person at a busy
 * address need not wait as long as the busy ones.
 */
function rankOfGroup(standing: Standing, first: number): number {
  return (2 * rankOf(standing, performance.now()) + first) / 3;
}

function byRank(a: { rank: number }, b: { rank: number }): number {
  return a.rank - b.rank;
}

/** The turns of one thread. */
export class Turns {
  /** How many milliseconds were used since the event loop last turned, and how many may be. */
  #spent = 0;
  #room: number;
  readonly #least: number;
  /** When the last work ended. */
  #spentAt = -Infinity;
  #turnedAt = -Infinity;
  /** All who wait, their groups, and the groups in their order. */
  readonly #waiting = new Map<Standing, Waiting>();
  readonly #groups = new Map<Standing, Group>();
  readonly #row = new BinaryHeap<Place>(byRank);
  #isScheduled = false;
  #isPassingOn = false;

  /** @param least How many milliseconds a slice lasts at the least. */
  constructor(least: number = SLICE) {
    this.#least = this.#room = least;
  }

  /**
   * Waits for a turn, which has come while the slice is not used up and nobody else waits.
   *
   * @param standing Whose turn it is to be.
   * @param ofGroup Its address: turns go to addresses first, and then to one of those who wait there.
   * @returns Undefined if the turn has come.
   */
  next(standing: Standing, ofGroup: Standing = standing): Promise<void> | undefined {
    if (this.#waiting.size === 0) {
      if (this.#spent < this.#room) return undefined;
      if (performance.now() - this.#spentAt > PAUSE) {
        // After a pause the loop has turned by itself.
        this.#spent = 0;
        return undefined;
      }
    }
    const waiting = this.#waiting.get(standing);
    const rank = waiting?.rank ?? rankOf(standing, performance.now());
    if (waiting === undefined && this.#spent < this.#room + EARLY && this.#isFirst(rank, ofGroup)) return undefined;
    return new Promise((begin) => {
      if (waiting !== undefined) return void waiting.begins.push(begin);
      let group = this.#groups.get(ofGroup);
      if (group === undefined) {
        group = { standing: ofGroup, row: new BinaryHeap(byRank), place: undefined };
        this.#groups.set(ofGroup, group);
      }
      this.#enter({ standing, group, rank, begins: [begin] });
      if (group.row.peek()!.standing === standing) this.#placeGroup(group);
      this.#schedule();
    });
  }

  /** Whether somebody who does not wait would come before all who do. */
  #isFirst(rank: number, ofGroup: Standing): boolean {
    const first = this.#first();
    if (first === undefined) return false;
    const { group } = first;
    if (group.standing === ofGroup) return rank < (group.row.peek()?.rank ?? Infinity);
    return rankOfGroup(ofGroup, rank) < first.rank;
  }

  /** The first of all places. Removes places that groups have left. */
  #first(): Place | undefined {
    let first = this.#row.peek();
    for (; first !== undefined && first.group.place !== first; first = this.#row.peek()) this.#row.pop();
    return first;
  }

  /** Whether somebody waits for a turn. */
  isWaiting(standing: Standing): boolean {
    return this.#waiting.has(standing);
  }

  /** Ends all waits of somebody who has nothing more to do. */
  leave(standing: Standing): void {
    const waiting = this.#waiting.get(standing);
    if (waiting === undefined) return;
    this.#waiting.delete(standing);
    for (const begin of waiting.begins.splice(0)) begin();
  }

  #enter(waiting: Waiting): void {
    this.#waiting.set(waiting.standing, waiting);
    waiting.group.row.push(waiting);
  }

  /** Gives a group of which somebody waits its place. */
  #placeGroup(group: Group): void {
    group.place = { group, rank: rankOfGroup(group.standing, group.row.peek()!.rank) };
    this.#row.push(group.place);
  }

  /** Counts what work took, whoever did it. The caller adds it to usages. */
  spend(milliseconds: number, now: number): void {
    if (now - milliseconds - this.#spentAt > PAUSE && this.#waiting.size === 0) this.#spent = 0;
    this.#spent += milliseconds;
    this.#spentAt = now;
  }

  /**
   * Gives what is left of the slice to the next one, who then need not wait for the loop to turn. To be called after each
   * piece of work. The next one begins after the current microtasks: otherwise somebody who does many pieces in a row would
   * let another begin each time, before any of these has spent anything.
   */
  passOn(): void {
    if (this.#isPassingOn || this.#waiting.size === 0 || this.#spent >= this.#room) return;
    this.#isPassingOn = true;
    queueMicrotask(() => {
      this.#isPassingOn = false;
      if (this.#spent < this.#room) this.#begin();
    });
  }

  /** Whether others are to have their turn before work that has taken so many milliseconds goes on. */
  isOver(milliseconds: number): boolean {
    return milliseconds >= SLICE || this.#spent + milliseconds >= this.#room;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Lines that have arrived by then are in the order as well.
    inNextTurn(() => {
      this.#isScheduled = false;
      const now = performance.now();
      this.#room = Math.max(this.#least, Math.min((now - this.#turnedAt) * SHARE.part, SHARE.most));
      this.#turnedAt = now;
      this.#spent = 0;
      this.#begin();
      if (this.#waiting.size > 0) this.#schedule();
    });
  }

  /** Gives the turn to the first of the first group. Both are put in order again if they wait for more turns. */
  #begin(): void {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const { group } = first;
      this.#row.pop();
      group.place = undefined;
      const begin = this.#beginOf(group);
      if (group.row.isEmpty()) this.#groups.delete(group.standing);
      else this.#placeGroup(group);
      if (begin !== undefined) return begin();
    }
  }

  /** What begins with a group's turn; undefined if all of the group have left. */
  #beginOf({ row }: Group): (() => void) | undefined {
    for (let first = row.pop(); first !== undefined; first = row.pop()) {
      const begin = first.begins.shift();
      if (begin === undefined) continue;
      this.#waiting.delete(first.standing);
      if (first.begins.length > 0) {
        first.rank = rankOf(first.standing, performance.now());
        this.#enter(first);
      }
      return begin;
    }
    return undefined;
  }
}
