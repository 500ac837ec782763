/**
 * A voice message: a file of sound, of which its sender says in the tag of the file (file_message.ts) that it is one, how long it
 * is, and how loud from its beginning to its end. Anybody may have written that, so all of it is read by bounds. Pure.
 *
 *     voice=12.4&wave=EKTbgpWR…
 *
 * @module
 */

/** What a tag says of a voice message. */
export interface Voice {
  /** How long it is; undefined where its sender does not know. */
  seconds?: number;
  /** How loud it is, in letters of base64url: each is a bar of 0 to 63. */
  wave?: string;
}

/** The longest that is believed, in seconds. */
const LONGEST = 86_400;

/** Bars of a waveform, at most. */
export const MOST_BARS = 60;

/** The letters of a waveform, the quietest first (RFC 4648, section 5). */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** What a sender writes; see `readVoice`. */
export function voiceParts({ seconds, wave }: Voice): { voice: string; wave?: string } {
  const isKnown = seconds !== undefined && Number.isFinite(seconds) && seconds > 0 && seconds <= LONGEST;
  return { voice: isKnown ? `${Math.round(seconds * 10) / 10}` : "", ...(wave !== undefined && { wave }) };
}

/**
 * Reads what a tag says.
 *
 * @param length The part `voice`: seconds, or "".
 * @param wave The part `wave`.
 * @returns What of it can be; undefined where the file is not said to be a voice message.
 */
export function readVoice(length: string | null, wave: string | null): Voice | undefined {
  if (length === null) return undefined;
  const seconds = /^\d{1,5}(?:\.\d{1,3})?$/.test(length) ? Number(length) : 0;
  return {
    ...(seconds > 0 && seconds <= LONGEST && { seconds }),
    ...(wave !== null && wave.length <= MOST_BARS && /^[\w-]+$/.test(wave) && { wave }),
  };
}

/**
 * Draws the levels of a sound as a waveform of `MOST_BARS` bars at most; the loudest one has the whole height.
 *
 * @param levels From 0 to 1, in their order.
 * @returns Undefined where nothing is heard.
 */
export function waveOf(levels: readonly number[]): string | undefined {
  const count = Math.min(MOST_BARS, levels.length);
  const bars = Array.from({ length: count }, (_, i) => {
    const part = levels.slice(Math.floor(i * levels.length / count), Math.floor((i + 1) * levels.length / count));
    return part.reduce((sum, level) => sum + level, 0) / part.length;
  });
  const loudest = Math.max(...bars, 0);
  if (!(loudest > 0)) return undefined;
  return bars.map((bar) => LETTERS[Math.round(bar / loudest * (LETTERS.length - 1))]).join("");
}

/** The bars of a waveform, from 0 to 1. */
export function barsOf(wave: string): number[] {
  return [...wave].map((letter) => Math.max(0, LETTERS.indexOf(letter)) / (LETTERS.length - 1));
}

/** How long something is, as `0:12` or `1:02:30`. @param seconds At least 0. */
export function lengthText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (number: number) => `${number}`.padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
