/**
 * The lists of masks of a channel (modes `b`, `e`, `I`): what an entry says, whom it covers and when it ends.
 *
 * An entry is a mask, or an extended one (`EXTBAN` of 005) with `~` and a letter before it:
 *
 *     nick!user@host        everybody who has that name
 *     ~a:account            everybody who is logged in to that account, under any name (IRCv3 account-extban)
 *     ~d:stamp/nick         whoever comes by the device of that stamp, under any name and account; see `Person.stamps`. The
 *                           nick is that of the person for whom it was set, for people who read the list
 *     ~m:nick!user@host     is about talking only: those whom it covers may join, but not talk; also `~m:~a:account`
 *     ~t:60:nick!user@host  ends by itself after 60 minutes; may stand before `~m:`, `~a:` and `~d:`
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { MASK_PARTS, type SignedText } from "../store/channel_settings.ts";
import { completeMask, Glob } from "./mask.ts";

/** The letters of extended masks, and the character before them. */
export const EXTBAN = { prefix: "~", letters: "admt", account: "a", device: "d" } as const;

/** The most minutes that an entry may be set for: a year. */
export const MOST_MINUTES = 525_600;

/** What a mask says of a device: its stamp, and the nick. A stamp has no wildcards, or one mask would cover all devices. */
const DEVICE = /^~d:([\da-z]{12})(\/[^!@*? ]+)?$/;

/** The text of an entry, parsed. */
export interface Mask {
  /** The whole text, completed, as it is told and listed. */
  text: string;
  /** The text without its time, folded: equal for entries that cover the same. */
  key: string;
  /** Minutes until it ends, if it does. */
  minutes?: number;
  /** Whether it is about talking only (`~m`). */
  isMute: boolean;
  /** The `nick!user@host` or `~a:account` that it covers, with `*` and `?`, or the `~d:stamp`. */
  pattern: string;
}

/** For whom an entry was set, and why. */
export interface Cause {
  /** The nick of that person; undefined if it was set for a mask. */
  nick?: string | undefined;
  reason?: string | undefined;
}

/** The source of somebody who is logged in, as lists compare it. No mask of a `nick!user@host` matches it. */
export function accountSource(account: string): string {
  return `${EXTBAN.prefix}${EXTBAN.account}:${account}`;
}

/** The source of somebody who came by a device, as lists compare it. @param stamp See `Person.stamps`. */
export function deviceSource(stamp: string): string {
  return `${EXTBAN.prefix}${EXTBAN.device}:${stamp}`;
}

/**
 * Parses the text of an entry.
 *
 * @returns Nothing if it is not well-formed: an extended mask with an unknown letter, nothing to cover, or a time that
 * is not 1 to `MOST_MINUTES`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseMask("~t:60:~m:bob"), {
 *   text: "~t:60:~m:bob!*@*",
 *   key: "~m:bob!*@*",
 *   minutes: 60,
 *   isMute: true,
 *   pattern: "bob!*@*",
 * });
 * ```
 */
export function parseMask(text: string): Mask | undefined {
  const [, time, minutes, mute, account, rest] = MASK_PARTS.exec(text)!;
  const device = account === undefined ? DEVICE.exec(rest) : null;
  if (rest === "" || (device === null && /^~[a-z]:/i.test(rest))) return undefined;
  if (time !== undefined && (Number(minutes) < 1 || Number(minutes) > MOST_MINUTES)) return undefined;
  const pattern = device !== null
    ? deviceSource(device[1])
    : account === undefined
    ? completeMask(rest)
    : account + rest;
  const untimed = (mute ?? "") + pattern;
  return {
    text: (time === undefined ? "" : `~t:${Number(minutes)}:`) + untimed + (device?.[2] ?? ""),
    key: casefold(untimed),
    ...(time === undefined ? {} : { minutes: Number(minutes) }),
    isMute: mute !== undefined,
    pattern,
  };
}

/** One entry of a list. There may be a million of them, so it is small: the rest is parsed from its text when needed. */
export class MaskEntry implements SignedText {
  readonly text: string;
  /** See `Mask.key`. If it equals the text it is the same string, and takes no memory. */
  readonly key: string;
  readonly by: string;
  /** When it was set, in milliseconds since 1970. */
  at: number;
  readonly isMute: boolean;
  /** For whom it was set and why, where that is known. */
  readonly cause: Cause | undefined;

  constructor({ text, key, isMute }: Mask, by: string, at: number, cause?: Cause) {
    this.text = text;
    this.key = key === text ? text : key;
    this.isMute = isMute;
    this.by = by;
    this.at = at;
    this.cause = cause?.nick === undefined && cause?.reason === undefined ? undefined : cause;
  }

  /** Whom it covers: see `Mask.pattern`. */
  get pattern(): string {
    return parseMask(this.text)!.pattern;
  }

  /** When it ends, in milliseconds since 1970; `Infinity` if it never does. */
  get until(): number {
    const [, minutes] = /^~t:(\d+):/.exec(this.text) ?? [];
    return minutes === undefined ? Infinity : this.at + Number(minutes) * 60_000;
  }
}

function isForAccounts(key: string): boolean {
  return key.replace(/^~m:/, "").startsWith(accountSource(""));
}

/** The entries of a list without any. Most lists have none, and a map of their own would take 200 bytes of each. */
const NO_ENTRIES: ReadonlyMap<string, MaskEntry> = new Map();

/** A list of masks. It holds each once, whatever its time and letter case. */
export class MaskList {
  #made: Map<string, MaskEntry> | undefined;
  /** The entries as globs, by key. They are made when they are first needed, and again after the engine has freed them. */
  #globs: WeakRef<Map<string, Glob>> | undefined;
  /** When the next entry ends, in milliseconds since 1970; `Infinity` if none does. */
  #nextEnd = Infinity;
  /** How many entries are for accounts. */
  #accounts = 0;

  get #entries(): ReadonlyMap<string, MaskEntry> {
    return this.#made ?? NO_ENTRIES;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether some entry is for accounts: no other entry covers anybody by their account. */
  get hasAccounts(): boolean {
    return this.#accounts > 0;
  }

  /** Whether some entry ends by itself. */
  get isTimed(): boolean {
    return this.#nextEnd < Infinity;
  }

  values(): IterableIterator<MaskEntry> {
    return this.#entries.values();
  }

  /** The entry that covers the same as a mask. */
  get(mask: Pick<Mask, "key">): MaskEntry | undefined {
    return this.#entries.get(mask.key);
  }

  /** Adds an entry, in place of an entry that covers the same. @param at Milliseconds since 1970. */
  add(mask: Mask, by: string, at: number, cause?: Cause): void {
    const entry = new MaskEntry(mask, by, at, cause);
    if (!this.#entries.has(entry.key) && isForAccounts(entry.key)) this.#accounts++;
    (this.#made ??= new Map()).set(entry.key, entry);
    this.#nextEnd = Math.min(this.#nextEnd, entry.until);
  }

  /** The entries as they are kept. */
  get settings(): SignedText[] {
    return [...this.#entries.values()].map(({ text, by, at, cause }) => ({ text, by, at, ...cause }));
  }

  /** Adds the entries that were kept, but for those that have ended since. @param now Milliseconds since 1970. */
  restore(settings: SignedText[], now: number): void {
    for (const { text, by, at, nick, reason } of settings) {
      const mask = parseMask(text);
      if (mask !== undefined) this.add(mask, by, at, { nick, reason });
    }
    this.expire(now);
  }

  /** Removes the entry that covers the same as a mask, and gives it. */
  remove(mask: Pick<Mask, "key">): MaskEntry | undefined {
    const entry = this.#entries.get(mask.key);
    if (this.#made?.delete(mask.key) && isForAccounts(mask.key)) this.#accounts--;
    this.#globs?.deref()?.delete(mask.key);
    return entry;
  }

  /** Removes the entries whose time is over, and gives them. @param now Milliseconds since 1970. */
  expire(now: number): MaskEntry[] {
    if (now < this.#nextEnd) return [];
    const over = [...this.#entries.values()].filter(({ until }) => until <= now);
    for (const entry of over) this.remove(entry);
    this.#findNextEnd();
    return over;
  }

  #findNextEnd(): void {
    this.#nextEnd = this.#entries.values().reduce((least, { until }) => Math.min(least, until), Infinity);
  }

  /** Moves the entries that end by themselves, with their ends. @param by Milliseconds. */
  move(by: number): void {
    if (!this.isTimed) return;
    for (const entry of this.#entries.values()) if (entry.until < Infinity) entry.at += by;
    this.#findNextEnd();
  }

  /**
   * The entry that covers a person, and of several the one that ends last.
   *
   * @param sources Every `nick!user@host` that the person goes by, `accountSource` if they are logged in, and `deviceSource` if
   * they came by a device; folded.
   * @param isMute Whether the entries count that are about talking only, or the others.
   */
  find(sources: readonly string[], isMute: boolean): MaskEntry | undefined {
    if (this.size === 0) return undefined;
    const globs = this.#globs?.deref() ?? new Map<string, Glob>();
    if (globs.size === 0) this.#globs = new WeakRef(globs);
    let last: MaskEntry | undefined;
    for (const entry of this.#entries.values()) {
      const { key } = entry;
      if (entry.isMute !== isMute || (last !== undefined && entry.until <= last.until)) continue;
      const glob = globs.get(key) ?? new Glob(entry.pattern);
      globs.set(key, glob);
      if (sources.some((source) => glob.matches(source))) last = entry;
    }
    return last;
  }

  /** Whether an entry covers a person: see `find`. */
  covers(sources: readonly string[], isMute: boolean): boolean {
    return this.find(sources, isMute) !== undefined;
  }
}
