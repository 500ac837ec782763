/**
 * What is kept of a channel, as the store knows it: its settings, the items of which it has many, and how both are read
 * from what the database holds.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { damaged, isLineText } from "./errors.ts";
import { isMetadata } from "./metadata.ts";

/** A text that someone set at a time: a topic, or a mask in a list. */
export interface SignedText {
  text: string;
  /** The setter's `nick!user@host`. */
  by: string;
  /** Milliseconds since 1970. */
  at: number;
  /** For a mask: the nick of the person for whom it was set, if it was set for one. */
  nick?: string | undefined;
  /** For a mask: why it was set. */
  reason?: string | undefined;
}

/**
 * The kinds of items: masks by the letter of their list, operators, seats, metadata by key, of all of which a channel has many;
 * and its founder, who is found by what is theirs as these are.
 */
export type ChannelItemKind = "b" | "e" | "I" | "operator" | "founder" | "seat" | "metadata";

/** An item of a channel, by the name of what it is: its value, or nothing where the item is deleted. */
export interface ChannelItem {
  kind: ChannelItemKind;
  item: string;
  value: string | undefined;
}

/** The settings of a channel that stand in one row: those of which it has one each. */
export interface PlainSettings {
  name: string;
  /** Milliseconds since 1970. */
  created: number;
  topic?: SignedText | undefined;
  /** Modes without a parameter that are on. */
  flags: string;
  key?: string | undefined;
  /** Names the key in the rows of devices, which hold no key. */
  keyId?: string | undefined;
  limit?: number | undefined;
  /** See `LastingChannel.era`. */
  era?: string | undefined;
}

/** Everything of a channel that outlives its members. */
export interface ChannelSettings extends PlainSettings {
  /** The lists `b`, `e` and `I`. */
  bans: SignedText[];
  exceptions: SignedText[];
  inviteExceptions: SignedText[];
  /** The identities of those who are operators when they join. */
  operators: string[];
  /** The identity of whoever was the first one in; see `LastingChannel.founder`. */
  founder?: string | undefined;
  /** The identities of those who may join in spite of mode `i`, since they were in. */
  seats: string[];
  /** Keys and values. */
  metadata: [string, string][];
}

/**
 * How a mask is written: its time with the minutes in it, `~m:` where it only mutes, `~a:` where it is for an account, and
 * the rest.
 */
export const MASK_PARTS = /^(~t:(\d{1,6}):)?(~m:)?(~a:)?(.*)$/s;

/** The account, folded, that a mask is for, if it is: it may hold `*` and `?`, as no account's name does. */
function accountOfMask(mask: string): string | undefined {
  const [, , , , account, rest] = MASK_PARTS.exec(mask)!;
  return account === undefined || rest === "" ? undefined : casefold(rest);
}

/** The account or identity that an item belongs to, as the column `account` of `channel_items` holds it (schema.ts). */
export function accountOfItem(kind: ChannelItemKind, item: string): string | undefined {
  if (kind === "operator" || kind === "founder" || kind === "seat") return item;
  return kind === "metadata" ? undefined : accountOfMask(item);
}

function isSignedText(value: unknown): value is SignedText {
  const { text, by, at, nick = "", reason = "" } = (value ?? {}) as Partial<SignedText>;
  return [text, by, nick, reason].every((part) => typeof part === "string") && typeof at === "number";
}

/** Reads JSON from the database. Throws where it is none. */
function parse(text: string, folded: string): unknown {
  return JSON.parse(text, (_, value) => {
    // Everything that is kept came in a line.
    if (typeof value === "string" && !isLineText(value)) throw damaged(folded);
    return value;
  });
}

/** Reads settings from JSON. Throws where they are not those of a channel of that folded name. */
export function readSettings(text: string, folded: string): PlainSettings {
  const kept = parse(text, folded) as Partial<PlainSettings> | null;
  const { name, created, topic, flags, key, keyId, limit, era } = kept ?? {};
  const isIntact = typeof name === "string" && casefold(name) === folded && typeof created === "number" &&
    (topic === undefined || isSignedText(topic)) && typeof flags === "string" &&
    (key === undefined || typeof key === "string") && (keyId === undefined || typeof keyId === "string") &&
    (limit === undefined || typeof limit === "number") && (era === undefined || typeof era === "string");
  if (!isIntact) throw damaged(folded);
  return { name, created, topic, flags, key, keyId, limit, era };
}

/** Puts the items of a channel together. Throws where one of them is damaged. */
export function readItems(items: ChannelItem[], folded: string): Omit<ChannelSettings, keyof PlainSettings> {
  const of = (kind: ChannelItemKind) => items.filter((item) => item.kind === kind);
  const texts = (kind: ChannelItemKind) => of(kind).map(({ item }) => item);
  const masks = (kind: ChannelItemKind) =>
    of(kind).map(({ item, value }) => ({ text: item, ...parse(value!, folded) as Omit<SignedText, "text"> }));
  const read = {
    bans: masks("b"),
    exceptions: masks("e"),
    inviteExceptions: masks("I"),
    operators: texts("operator"),
    founder: texts("founder").at(-1),
    seats: texts("seat"),
    metadata: of("metadata").map(({ item, value }): [string, string] => [item, value!]),
  };
  const isIntact = [...read.bans, ...read.exceptions, ...read.inviteExceptions].every(isSignedText) &&
    isMetadata(read.metadata) && items.every(({ item }) => isLineText(item));
  if (!isIntact) throw damaged(folded);
  return read;
}
