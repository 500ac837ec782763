/**
 * How far a file has come, as one row of a terminal: a bar, the speed, and the time that is left. Pure.
 *
 * @module
 */

import { sizeText } from "../../shared/size_text.ts";
import { words } from "../language.ts";
import { printableBeginning } from "../printable.ts";
import { shorten, widthOfText } from "../wrap.ts";

/** For how long the speed is measured, in milliseconds. */
const PERIOD = 5_000;

/** Columns of the bar, and of a name at least. */
const WIDTH = { bar: 20, name: 8 } as const;

/** How far one file has come. */
export class Progress {
  readonly #name: string;
  readonly #size: number | undefined;
  #moved: number;
  /** When it was how far, in the last period. */
  #samples: { at: number; moved: number }[] = [];
  /** Whether the connection is lost and is waited for. */
  isWaiting = false;

  /**
   * @param size Bytes of the whole; undefined where nobody knows.
   * @param moved How many bytes were there already.
   */
  constructor(name: string, size: number | undefined, moved = 0) {
    this.#name = name;
    this.#size = size;
    this.#moved = moved;
  }

  /** Notes how many bytes have come. @param now Milliseconds. */
  note(moved: number, now: number): void {
    this.#moved = moved;
    // It goes on where it was some time ago, after a lost connection.
    if (moved < (this.#samples.at(-1)?.moved ?? 0)) this.#samples = [];
    this.#samples.push({ at: now, moved });
    while (this.#samples.length > 2 && this.#samples[1].at <= now - PERIOD) this.#samples.shift();
  }

  /** Bytes in a second; undefined until that is known. */
  get speed(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < 200) return undefined;
    return (last.moved - first.moved) * 1000 / (last.at - first.at);
  }

  /** The row. @param columns How wide it may be. */
  row(columns: number): string {
    const size = this.#size;
    const part = size === undefined ? undefined : size === 0 ? 1 : Math.min(1, this.#moved / size);
    const done = Math.floor((part ?? 0) * WIDTH.bar);
    const bar = part === undefined ? "" : `[${"#".repeat(done)}${"-".repeat(WIDTH.bar - done)}] `;
    const amount = part === undefined ? sizeText(this.#moved) : `${Math.floor(part * 100)}%`;
    const { transfers } = words();
    const { speed } = this;
    const left = speed && size !== undefined ? (size - this.#moved) / speed : undefined;
    const pace = this.isWaiting ? transfers.waiting : [
      ...speed === undefined ? [] : [`${sizeText(Math.round(speed))}/s`],
      ...left === undefined ? [] : [transfers.left(durationText(left))],
    ].join(", ");
    const rest = ` ${bar}${amount}${pace === "" ? "" : ` ${pace}`} ${transfers.stops}`;
    const name = printableBeginning(this.#name, 80);
    const room = columns - widthOfText(rest) - 1;
    return room < WIDTH.name ? shorten(name + rest, Math.max(1, columns - 1)) : shorten(name, room) + rest;
  }
}

/** A time as `1:05`, or `1:02:05`. @param seconds Of a year at most. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(Math.min(seconds, 31_536_000));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`;
}
