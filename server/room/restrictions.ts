/**
 * Bans and mutes in a channel as people are told of them: by whom, until when, why. Whoever is concerned is told at once, and
 * again on joining; whoever asks for what a ban or a mute forbids is told the same.
 *
 * Clients that know standard replies (IRCv3 standard-replies) are told by NOTE, with the channel, the operator and the end as
 * parameters before the words; others by NOTICE. In the words the reason is what stands behind the first `: `.
 *
 *     NOTE MUTE YOU_ARE_MUTED #tea alice 2026-01-01T12:10:00.000Z :alice muted you in #tea until 12:10 UTC: too loud
 *     NOTE BAN YOU_ARE_BANNED #tea alice * :alice banned you from #tea
 *     NOTE UNMUTE YOU_MAY_TALK #tea alice :alice lets you talk in #tea again
 *
 * @module
 */

import { casefold, parseSource } from "../../protocol.ts";
import { type Channel, channelsOf } from "./channel.ts";
import type { Event } from "./event.ts";
import { Glob } from "./mask.ts";
import type { MaskEntry } from "./masklist.ts";
import type { Origin } from "./origin.ts";
import type { Person } from "./person.ts";
import type { Recipient } from "./recipient.ts";

/** The most bytes of a reason. */
export const REASON_BYTES = 200;

const DAY = 86_400_000;

/** Who set an entry, as people are told: the nick at that time, or the server's name. */
export function setterOf({ by }: Pick<MaskEntry, "by">): string {
  return parseSource(by).nick;
}

/** When an entry ends, as a parameter: in ISO 8601, or `*` where it does not. */
export function endOf({ until }: Pick<MaskEntry, "until">): string {
  return until === Infinity ? "*" : new Date(until).toISOString();
}

/** The same in words, with a space before them; "" where it does not end. The day is told of what lasts a day or longer. */
export function untilWords({ until, at }: Pick<MaskEntry, "until" | "at">): string {
  if (until === Infinity) return "";
  const [day, time] = new Date(until).toISOString().split("T");
  return ` until ${until - at < DAY ? "" : `${day} `}${time.slice(0, 5)} UTC`;
}

/** What an entry does to a person, to be read by that person: `alice muted you until 12:10 UTC: too loud`. */
export function restrictionWords(entry: MaskEntry, channel?: string): string {
  const where = channel === undefined ? "" : `${entry.isMute ? " in" : " from"} ${channel}`;
  const { reason } = entry.cause ?? {};
  const why = reason === undefined ? "" : `: ${reason}`;
  return `${setterOf(entry)} ${entry.isMute ? "muted" : "banned"} you${where}${untilWords(entry)}${why}`;
}

/** A standard reply that tells a person something (IRCv3 standard-replies), or a NOTICE for a client that knows none. */
function noteFor(origin: Origin, session: Recipient, nick: string, params: string[]): Event {
  return session.has("standard-replies")
    ? origin.event("NOTE", params)
    : origin.event("NOTICE", [nick, params.at(-1)!]);
}

/** What a session is told of an entry that covers its person. */
export function restrictionNote(
  origin: Origin,
  session: Recipient,
  { nick }: Person,
  channel: string,
  entry: MaskEntry,
): Event {
  const code = entry.isMute ? ["MUTE", "YOU_ARE_MUTED"] : ["BAN", "YOU_ARE_BANNED"];
  const words = restrictionWords(entry, channel);
  return noteFor(origin, session, nick, [...code, channel, setterOf(entry), endOf(entry), words]);
}

/** Tells a person that an entry covers them. */
export function tellRestriction(origin: Origin, person: Person, channel: string, entry: MaskEntry): void {
  for (const session of person.sessions) {
    session.deliver(restrictionNote(origin, session, person, channel, entry));
  }
}

/**
 * Tells a person that nothing keeps them from talking in a channel any more, or from coming in.
 *
 * @param by Who lifted it; undefined if its time is over.
 */
export function tellFreedom(origin: Origin, person: Person, channel: string, isIn: boolean, by?: string): void {
  const may = isIn ? `talk in ${channel}` : `come into ${channel}`;
  const words = by === undefined ? `You may ${may} again` : `${by} lets you ${may} again`;
  const code = isIn ? ["UNMUTE", "YOU_MAY_TALK"] : ["UNBAN", "YOU_MAY_COME"];
  for (const session of person.sessions) {
    session.deliver(noteFor(origin, session, person.nick, [...code, channel, by ?? "*", words]));
  }
}

/** A change of a channel's bans and mutes. */
export interface RestrictionChange {
  /** The patterns of entries that were added, and of entries that were removed; see `Mask.pattern`. */
  added: string[];
  removed: string[];
  /** Who did it; undefined if the time of what was removed is over. */
  by?: string | undefined;
  /** Those who have been told already. */
  told?: ReadonlySet<Person>;
}

/**
 * Tells the members whom a change concerns: in steps, since there may be thousands. Whoever is told that they may talk again is
 * covered by no other entry.
 */
export function* tellOfRestrictions(
  origin: Origin,
  channel: Channel,
  { added, removed, by, told }: RestrictionChange,
): Generator<void> {
  const [covering, freeing] = [added, removed].map((patterns) => patterns.map((pattern) => new Glob(pattern)));
  const isOf = (globs: Glob[], { sources }: Person) =>
    sources.some((source) => globs.some((one) => one.matches(source)));
  for (const person of [...channel.members.keys()]) {
    yield;
    if (told?.has(person) || !channel.members.has(person)) continue;
    const isCovered = isOf(covering, person);
    if (!isCovered && !isOf(freeing, person)) continue;
    const entry = channel.silencing(person);
    if (entry !== undefined && isCovered) tellRestriction(origin, person, channel.name, entry);
    else if (entry === undefined && !isCovered && !channel.isAlwaysRead(person)) {
      tellFreedom(origin, person, channel.name, true, by);
    }
  }
}

/**
 * A channel in which a ban or a mute keeps a person from being read. What its members see of that person beyond coming and
 * going stays as it is as long as the person is in: nick, real name, metadata; and reasons are not told.
 */
export function mutedIn(person: Person): Channel | undefined {
  return channelsOf(person).values().find((channel) => channel.isMuted(person));
}

/** Why a person may not talk in a channel, if so: modes `n`, `m`, `b` and `e` (modern.ircdocs.horse/#channel-modes). */
export function whySilenced(channel: Channel, person: Person): string | undefined {
  const { flags, members } = channel;
  if (flags.has("n") && !members.has(person)) return "+n: you are not in it";
  if (channel.isAlwaysRead(person)) return undefined;
  if (flags.has("m")) return "+m: only those with voice may talk";
  const entry = channel.silencing(person);
  return entry && `+b: ${restrictionWords(entry)}`;
}

/** Gives a person another stamp, with which they may be banned or muted in their channels; see `Person.stamps`. */
export function addStamps(person: Person, stamps: Iterable<string>): void {
  let isNew = false;
  for (const stamp of stamps) isNew = person.addStamp(stamp) || isNew;
  if (isNew) { for (const channel of channelsOf(person)) channel.forgetVerdict(person); }
}

/** Whether a text is a nick, letter case aside. */
export function isNickOf(text: string, nick: string | undefined): boolean {
  return nick !== undefined && casefold(text) === casefold(nick);
}
