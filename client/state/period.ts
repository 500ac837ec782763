/**
 * Periods as people write them, `10m`, `1h`, `2d12h`, and as sentences say them. Pure.
 *
 * @module
 */

import type { Sentences } from "../sentences.ts";

type Units = Sentences["units"];

/** Units in minutes, the longest first. */
const UNITS: [letter: string, name: keyof Units, minutes: number][] = [
  ["w", "week", 7 * 24 * 60],
  ["d", "day", 24 * 60],
  ["h", "hour", 60],
  ["m", "minute", 1],
];

/** The longest period in minutes: a year. */
export const LONGEST_PERIOD = 365 * 24 * 60;

/** Whether a word is written as a period; it may still be too long. */
export function isPeriod(word: string): boolean {
  return /^(?:\d{1,9}[wdhm])+$/i.test(word);
}

/** Reads a period in minutes; undefined where it is none, no time at all, or longer than a year. */
export function readPeriod(word: string): number | undefined {
  if (!isPeriod(word)) return undefined;
  let minutes = 0;
  for (const [, count, letter] of word.matchAll(/(\d+)(\D)/g)) {
    minutes += Number(count) * UNITS.find(([unit]) => unit === letter.toLowerCase())![2];
  }
  return minutes >= 1 && minutes <= LONGEST_PERIOD ? minutes : undefined;
}

/** Writes a period of so many whole minutes as `readPeriod` reads it, in one unit: `90m`, `12h`, `7d`. */
export function shortPeriod(minutes: number): string {
  const [letter, , size] = UNITS.slice(1).find(([, , size]) => minutes % size === 0)!;
  return `${minutes / size}${letter}`;
}

/** Writes a period of so many whole minutes for a sentence: `1 hour`, `2 days 12 hours`. */
export function periodText(minutes: number, units: Units): string {
  const parts: string[] = [];
  let left = minutes;
  for (const [, name, size] of UNITS) {
    const count = Math.floor(left / size);
    left %= size;
    if (count > 0) parts.push(units[name](count));
  }
  return parts.join(" ");
}

/** A period of some seconds, 0 or more, in its largest unit and rounded down: `5 min`, `3 d`. */
export function roundedPeriod(seconds: number, units: Sentences["shortUnits"]): string {
  const sizes = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const;
  const whole = Math.max(0, seconds);
  const [size, unit] = sizes.find(([size]) => whole >= size) ?? sizes[3];
  return units[unit](Math.floor(whole / size));
}

/** How long something took, in milliseconds, 0 or more, rounded down: `40 s`, `5 min`, `1 h 50 min`. */
export function lastedPeriod(milliseconds: number, units: Sentences["shortUnits"]): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 60) return roundedPeriod(milliseconds / 1000, units);
  const hours = units.hour(Math.floor(minutes / 60));
  return minutes % 60 === 0 ? hours : `${hours} ${units.minute(minutes % 60)}`;
}
