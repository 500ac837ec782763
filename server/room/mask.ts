/**
 * Masks: patterns for names and for `nick!user@host`, with `*` for any text and `?` for one character.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { hostMask } from "../wire/address.ts";
import { machineRange } from "../wire/networks.ts";

/** A part of a mask between two `*`. It may hold `?`. */
class Segment {
  readonly #text: string;
  /** Its code points, with undefined for `?`; undefined as a whole if it holds no `?`, which is the common case. */
  readonly #points: (number | undefined)[] | undefined;
  #kinds: Kinds | undefined;
  /** The number of its characters. */
  readonly length: number;

  constructor(text: string) {
    this.#text = text;
    this.#points = text.includes("?")
      ? [...text].map((character) => character === "?" ? undefined : character.codePointAt(0)!)
      : undefined;
    this.length = this.#points?.length ?? text.length;
  }

  /** Where it ends if it begins at a place; -1 if it does not stand there. */
  endFrom(text: string, at: number): number {
    if (this.#points === undefined) return text.startsWith(this.#text, at) ? at + this.#text.length : -1;
    for (const point of this.#points) {
      const found = text.codePointAt(at);
      if (found === undefined || (point !== undefined && point !== found)) return -1;
      at += found > 0xffff ? 2 : 1;
    }
    return at;
  }

  /** Where it begins if the text ends with it, at or after a place; -1 if the text does not. */
  beginAtEnd(text: string, from: number): number {
    if (this.#points === undefined) {
      const at = text.length - this.#text.length;
      return at >= from && text.endsWith(this.#text) ? at : -1;
    }
    let at = text.length;
    for (let i = this.#points.length; i > 0; i--) {
      const isPair = at > 1 && (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 &&
        (text.charCodeAt(at - 2) & 0xfc00) === 0xd800;
      at -= isPair ? 2 : 1;
    }
    return at >= from && this.endFrom(text, at) === text.length ? at : -1;
  }

  /** Where its first occurrence at or after a place ends; -1 if there is none. */
  find(text: string, from: number): number {
    if (this.#points === undefined) {
      const at = text.indexOf(this.#text, from);
      return at < 0 ? -1 : at + this.#text.length;
    }
    // Shift-And (Baeza-Yates and Gonnet 1992): all places at which an occurrence may have begun are tried at once, as bits.
    const { ascii, others, bits, state } = this.#kinds ??= new Kinds(this.#points);
    const words = state.length;
    const lastBit = 1 << ((this.length - 1) & 31);
    // Nearly all segments have one or two words of bits. Variables of their own are several times as fast as the array.
    let [low, high] = [0, 0];
    state.fill(0);
    for (let at = from; at < text.length;) {
      let kind = 0;
      const code = text.charCodeAt(at);
      if (code < ascii.length) {
        kind = ascii[code];
        at++;
      } else {
        const point = text.codePointAt(at)!;
        kind = others.get(point) ?? 0;
        at += point > 0xffff ? 2 : 1;
      }
      if (words <= 2) {
        const carry = low >>> 31;
        low = ((low << 1) | 1) & bits[kind * words];
        if (words === 2) high = ((high << 1) | carry) & bits[2 * kind + 1];
        if ((words === 1 ? low : high) & lastBit) return at;
        continue;
      }
      let carry = 1;
      for (let i = 0, word = kind * words; i < words; i++, word++) {
        const next = state[i] >>> 31;
        state[i] = ((state[i] << 1) | carry) & bits[word];
        carry = next;
      }
      if (state[words - 1] & lastBit) return at;
    }
    return -1;
  }
}

/** For `Segment.find`: the places at which each character may stand, as bits, 32 to a word. Each character of the segment is a kind. */
class Kinds {
  /** The kinds of ASCII characters and of others; 0 for characters that the segment does not hold, which only `?` matches. */
  readonly ascii = new Uint16Array(128);
  readonly others = new Map<number, number>();
  /** The places of each kind, the words of one kind after those of the other. */
  readonly bits: Int32Array;
  /** The state of a search. */
  readonly state: Int32Array;

  /** The kind of a character. */
  kindOf(point: number): number {
    return point < this.ascii.length ? this.ascii[point] : this.others.get(point) ?? 0;
  }

  constructor(points: readonly (number | undefined)[]) {
    const held = [undefined, ...new Set(points.filter((point) => point !== undefined))];
    const words = Math.ceil(points.length / 32);
    this.state = new Int32Array(words);
    this.bits = new Int32Array(held.length * words);
    for (const [kind, point] of held.entries()) {
      if (point !== undefined && point < this.ascii.length) this.ascii[point] = kind;
      else if (point !== undefined) this.others.set(point, kind);
    }
    const set = (kind: number, i: number) => this.bits[kind * words + (i >> 5)] |= 1 << (i & 31);
    for (const [i, point] of points.entries()) {
      if (point === undefined) { for (let kind = 0; kind < held.length; kind++) set(kind, i); }
      else set(this.kindOf(point), i);
    }
  }
}

/**
 * A mask that is read once and compared with many names (modern.ircdocs.horse/#wildcard-expressions). Comparing allocates nothing,
 * and takes no longer than the text's length times a 32nd of the mask's.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const mask = new Glob("*!*@10.0.*");
 * assert(mask.matches("bob!b@10.0.0.7") && !mask.matches("bob!b@10.1.0.7"));
 * ```
 */
export class Glob {
  readonly #first: Segment;
  readonly #middle: readonly Segment[];
  /** Undefined if the mask holds no `*`. */
  readonly #last: Segment | undefined;
  /** The least length of a text that it matches, in UTF-16 units. */
  readonly #least: number;

  /** @param mask In whatever letter case. */
  constructor(mask: string) {
    const [first, ...rest] = casefold(mask).split("*");
    this.#first = new Segment(first);
    this.#last = rest.length === 0 ? undefined : new Segment(rest.pop()!);
    this.#middle = rest.filter((text) => text !== "").map((text) => new Segment(text));
    this.#least = [this.#first, ...this.#middle, this.#last].reduce((sum, part) => sum + (part?.length ?? 0), 0);
  }

  /** Whether the mask matches a whole text. @param folded The text after `casefold`. */
  matches(folded: string): boolean {
    if (folded.length < this.#least) return false;
    let at = this.#first.endFrom(folded, 0);
    if (at < 0 || this.#last === undefined) return at === folded.length;
    const end = this.#last.beginAtEnd(folded, at);
    if (end < 0) return false;
    // Each segment as early as it can be: that leaves the most for those that follow.
    for (const segment of this.#middle) {
      at = segment.find(folded, at);
      if (at < 0) return false;
    }
    return at <= end;
  }
}

/**
 * Whether a text matches a mask, letter case aside, for a mask that is used only once.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(matches("*!*@10.0.*", "bob!b@10.0.0.7") && !matches("b?b!*", "bb!b@host"));
 * ```
 */
export function matches(mask: string, text: string): boolean {
  return new Glob(mask).matches(casefold(text));
}

/**
 * Completes a mask to `nick!user@host` (modern.ircdocs.horse/#ban-channel-mode): what is left out matches anything, and an
 * address gets its one spelling, as does the /64 of an IPv6 address: whoever comes from there is compared with that, too.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["bob", "b@host", "bob!b"].map(completeMask), ["bob!*@*", "*!b@host", "bob!b@*"]);
 * ```
 */
export function completeMask(mask: string): string {
  const at = mask.indexOf("@");
  const bang = mask.indexOf("!");
  const written = mask.slice(at + 1);
  const host = (written.endsWith("/64") && machineRange(written)) || hostMask(written) || "*";
  if (bang < 0) return at < 0 ? `${mask || "*"}!*@*` : `*!${mask.slice(0, at) || "*"}@${host}`;
  const nick = mask.slice(0, bang) || "*";
  if (at < bang) return `${nick}!${mask.slice(bang + 1) || "*"}@*`;
  return `${nick}!${mask.slice(bang + 1, at) || "*"}@${host}`;
}
