/**
 * Shares the one thread among connections: work is done in slices of 2 ms, and between two slices whoever has used the
 * least computing time lately has its turn. So a person who talks now and then never waits for one whose questions take
 * the machine for minutes. It must not know what the work is.
 *
 * @module
 */

import { BinaryHeap } from "@std/data-structures/binary-heap";
import { inNextTurn } from "./loop.ts";

/** How long work may go on before others have their turn, in milliseconds. */
export const SLICE = 2;

/**
 * A turn of the event loop has room for so large a part of the time that the one before took, which reading, writing and
 * sweeping took as well, up to so many milliseconds: with less, lines would come in faster than they are handled.
 */
const SHARE = { part: 0.5, most: 5 } as const;

/** So much more of it, in milliseconds, is for those who would come before all who wait: they need not wait for the next turn. */
const EARLY = 1;

/** In this time, in milliseconds, half of what somebody has used is forgotten. */
const HALF_LIFE = 5_000;

/** Whose usages are the same in steps of so many milliseconds come in the order of their coming. */
const NEARLY = 8;

/** So long a pause between two pieces of work, in milliseconds, is no turn of the loop in which others wait. */
const PAUSE = 1;

/** Computing time that somebody has used lately, in milliseconds; what lies back counts less and less. */
export class Usage {
  readonly #halfLife: number;
  #amount = 0;
  #at = 0;

  /** @param halfLife In so many milliseconds half of it is forgotten. */
  constructor(halfLife = HALF_LIFE) {
    this.#halfLife = halfLife;
  }

  /** How much it is at a time. @param now In milliseconds, of a clock that is never set back. */
  at(now: number): number {
    return this.#amount * 2 ** ((this.#at - now) / this.#halfLife);
  }

  /** Adds to it. */
  add(milliseconds: number, now: number): void {
    this.#amount = this.at(now) + milliseconds;
    this.#at = now;
  }
}

/** What somebody who has turns counts as having used at a time, in milliseconds: the least comes first. */
export interface Standing {
  at(now: number): number;
}

/** Somebody who waits for turns. */
interface Waiting {
  standing: Standing;
  group: Group;
  /** Where it stands among those of its group: see `rankOf`. */
  rank: number;
  /** What begins with its turns, one after the other; nothing any more where it has left. */
  begins: (() => void)[];
}

/** Those of one address who wait for turns. Who has left stays in the row until its turn would come. */
interface Group {
  standing: Standing;
  row: BinaryHeap<Waiting>;
  /** Where it stands among all. */
  place: Place | undefined;
}

/** Where a group stands, as long as it is the group's: one with a better place leaves the old one behind. */
interface Place {
  group: Group;
  rank: number;
}

/**
 * Where somebody stands who begins to wait: behind all who have used less, and of those who have used nearly as much behind
 * all who came before. Usages halve with time, so the logarithm of one, with the time added in half-lives, is a rank that
 * need not be computed again while somebody waits.
 */
function rankOf(standing: Standing, now: number): number {
  return Math.log2(NEARLY * (1 + Math.floor(standing.at(now) / NEARLY))) + now / HALF_LIFE;
}

/**
 * Where a group stands of which somebody of that rank is the first: for the most part by what its address has used, so that
 * many who each use little don't take the turns of all others, and for a part by what the one has used, so that who is quiet
 * among those need not wait for as long as they do.
 */
function rankOfGroup(standing: Standing, first: number): number {
  return (2 * rankOf(standing, performance.now()) + first) / 3;
}

function byRank(a: { rank: number }, b: { rank: number }): number {
  return a.rank - b.rank;
}

/** The turns of one thread. */
export class Turns {
  /** What was used since the event loop last turned, and what may be, in milliseconds. */
  #spent = 0;
  #room: number;
  readonly #least: number;
  /** When the last work ended. */
  #spentAt = -Infinity;
  #turnedAt = -Infinity;
  /** Those who wait, and their groups in their order. */
  readonly #waiting = new Map<Standing, Waiting>();
  readonly #groups = new Map<Standing, Group>();
  readonly #row = new BinaryHeap<Place>(byRank);
  #isScheduled = false;
  #isGoingOn = false;

  /** @param least How long a slice is at the least, in milliseconds. */
  constructor(least: number = SLICE) {
    this.#least = this.#room = least;
  }

  /**
   * Waits for a turn, which comes at once while the slice is not used up and nobody else waits.
   *
   * @param standing Of the one who waits.
   * @param ofGroup Of the address that it belongs to, which comes first: of those who wait there one has the address' turn.
   * @returns Nothing where the work may go on at once.
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

  /** Whether somebody of that rank, who does not wait, would come before all who do. */
  #isFirst(rank: number, ofGroup: Standing): boolean {
    const first = this.#first();
    if (first === undefined) return false;
    const { group } = first;
    if (group.standing === ofGroup) return rank < (group.row.peek()?.rank ?? Infinity);
    return rankOfGroup(ofGroup, rank) < first.rank;
  }

  /** The first of all places; those that are nobody's any more are let go. */
  #first(): Place | undefined {
    let first = this.#row.peek();
    for (; first !== undefined && first.group.place !== first; first = this.#row.peek()) this.#row.pop();
    return first;
  }

  /** Whether somebody waits for a turn. */
  isWaiting(standing: Standing): boolean {
    return this.#waiting.has(standing);
  }

  /** Ends the waiting of somebody who has nothing more to do: all its turns come at once. */
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

  /** Gives a group, of which somebody waits, its place. */
  #placeGroup(group: Group): void {
    group.place = { group, rank: rankOfGroup(group.standing, group.row.peek()!.rank) };
    this.#row.push(group.place);
  }

  /** Counts what work took, whoever's it was. Its `Usage` is its own business. */
  spend(milliseconds: number, now: number): void {
    if (now - milliseconds - this.#spentAt > PAUSE && this.#waiting.size === 0) this.#spent = 0;
    this.#spent += milliseconds;
    this.#spentAt = now;
  }

  /**
   * A piece of work is done: what is left of the slice is for the next, who need not wait for the loop to turn. Not at once,
   * since whoever does many pieces in a row would each time let another begin, before one of them has spent anything.
   */
  goOn(): void {
    if (this.#isGoingOn || this.#waiting.size === 0 || this.#spent >= this.#room) return;
    this.#isGoingOn = true;
    queueMicrotask(() => {
      this.#isGoingOn = false;
      if (this.#spent < this.#room) this.#begin();
    });
  }

  /** Whether others are to have their turn before the work of so many milliseconds goes on. */
  isOver(milliseconds: number): boolean {
    return milliseconds >= SLICE || this.#spent + milliseconds >= this.#room;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // What has arrived meanwhile is then in the queue as well.
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

  /** Gives the turn to the first of the first group. Both stand in their rows again where they wait for more turns. */
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

  /** What begins with a group's turn; nothing where all have left. */
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
