/**
 * Which of a talk's rows are drawn: a window of bounded size, which either follows the end of the talk or stays where a reader
 * is who has gone up. Pure.
 *
 * @module
 */

import { NEW, type Row } from "./rows.ts";

/**
 * Rows in the window: at most, and at first where it follows the end, by as many of which it grows there; and by how many it moves
 * with a reader, few enough to be drawn within two frames.
 */
const MOST = 300;
const TAIL = 100;
const STEP = 40;

/** A window of rows. Places are counted from the first row of the talk. */
export class RowWindow {
  #start = 0;
  /** Infinity while the window follows the end. */
  #end = Infinity;
  /** How many rows are in the window while it follows the end. */
  #tail = TAIL;

  /** Whether new rows come into the window: the reader is at the end of the talk. */
  get isAtEnd(): boolean {
    return this.#end === Infinity;
  }

  /** Whether the first row of the talk is in the window. */
  get hasFirst(): boolean {
    return this.#start === 0;
  }

  /** Whether the last one of `count` rows is in the window. */
  hasLast(count: number): boolean {
    return this.#end >= count;
  }

  /** The rows that are in the window. */
  shown(rows: readonly Row[]): Row[] {
    return rows.slice(this.#start, this.#end);
  }

  /** Has the window follow the end from now on. */
  followEnd(): void {
    this.#end = Infinity;
  }

  /** Has the window stay where it is, with the last of `count` rows at its end: the reader has gone up. */
  leaveEnd(count: number): void {
    this.#end = count;
  }

  /** Moves the window of a reader at the end to the last of `count` rows. */
  moveToEnd(count: number): void {
    this.#start = Math.max(0, count - this.#tail);
  }

  /** Moves the window to a row, with some rows above it. */
  moveTo(at: number, count: number): void {
    this.#start = Math.max(0, at - TAIL / 2);
    this.#end = Math.min(count, this.#start + MOST);
  }

  /** Moves the window so that it has the same rows as before, where some have come above it or are gone. */
  keep(before: readonly Row[], rows: readonly Row[]): void {
    const moved = this.#movedBy(before, rows);
    this.#start = Math.max(0, this.#start + moved);
    this.#end = Math.min(rows.length, this.#end + moved);
  }

  /** How many rows more than before stand above the window. */
  #movedBy(before: readonly Row[], rows: readonly Row[]): number {
    // Not by a date, nor by the unread line: older lines may come below them.
    const isLasting = ({ type, key }: Row) => type !== "date" && key !== NEW;
    const first = before.findIndex((row, at) => at >= this.#start && isLasting(row));
    // Mostly nothing has changed above: then not all rows of a long talk need to be gathered.
    if (first < 0 || before[first].key === rows[first]?.key) return 0;
    const places = new Map(rows.map(({ key }, at) => [key, at]));
    const at = before.findIndex((row, at) => at >= first && isLasting(row) && places.has(row.key));
    return at < 0 ? 0 : places.get(before[at].key)! - at;
  }

  /** Has more rows in the window while it follows the end. @returns Whether there can be more. */
  growTail(): boolean {
    if (this.#tail >= MOST) return false;
    this.#tail += TAIL;
    return true;
  }

  /** Moves the window up. The rows below it go once there are too many. */
  moveUp(): void {
    this.#start = Math.max(0, this.#start - STEP);
    this.#end = Math.min(this.#end, this.#start + MOST);
  }

  /** Moves the window down. The rows above it go once there are too many. */
  moveDown(count: number): void {
    this.#end = Math.min(count, this.#end + STEP);
    this.#start = Math.max(this.#start, this.#end - MOST);
  }
}
