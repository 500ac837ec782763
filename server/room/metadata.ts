/**
 * Metadata as it is set and told (IRCv3 metadata): those who have subscribed to a key are told when its value changes, and when
 * they come to see somebody.
 *
 * @module
 */

import { casefold, fits, LIMITS, RPL_KEYNOTSET, RPL_KEYVALUE, RPL_METADATASYNCLATER } from "../../protocol.ts";
import type { Metadata } from "../store/metadata.ts";
import { METADATA } from "./capabilities.ts";
import type { Event } from "./event.ts";
import { type Channel, channelsOf } from "./channel.ts";
import { BOUNDS } from "./isupport.ts";
import type { MetadataLimit } from "./metadata_limit.ts";
import { Person } from "./person.ts";
import { deliverToAll, type Recipient } from "./recipient.ts";
import type { Reply } from "./reply.ts";
import type { Session } from "./session.ts";

/** Whose metadata it is. */
export type Target = Person | Channel;

/** The room, as far as metadata needs it; `Chat` is one. */
export interface MetadataRoom {
  readonly name: string;
  readonly now: () => number;
  /** Who is logged in to each account, by its folded name. */
  readonly logins: ReadonlyMap<string, ReadonlySet<Person>>;
  /** How fast metadata may be changed. */
  readonly metadataLimit: MetadataLimit;
  /** Where the metadata of accounts is kept, if it is. */
  readonly metadata: Metadata | undefined;
  readonly channels: { settingsChanged(channel: Channel, by?: Session): void };
  readonly monitor: { watchers(nick: string): Iterable<Recipient> };
  find(nick: string): Person | undefined;
  isHere(person: Person): boolean;
  serverEvent(command: string, params: string[]): Event;
}

/** After how many seconds a session should ask for what it was not told at once ("Postponed synchronization"). */
const LATER = 2;

/** The name under which a target's metadata is told. */
export function nameOf(target: Target): string {
  return target instanceof Person ? target.nick : target.name;
}

/** Whether a session is to be told of metadata unasked: that takes two capabilities ("Definitions"). */
export function isAware(session: Recipient): boolean {
  return session.has("draft/metadata-3") && session.has("batch");
}

/** The event that tells a value. The reader's nick gives way to `*` if the line can't hold both. */
export function valueEvent(
  chat: MetadataRoom,
  numeric: string,
  reader: string,
  name: string,
  [key, value]: string[],
): Event {
  const line = `:${chat.name} ${numeric} ${reader} ${name} ${key} * :${value}`;
  return chat.serverEvent(numeric, [fits(line, LIMITS.lineBytes - 2) ? reader : "*", name, key, "*", value]);
}

/** The event that tells a value, or that there is none. @param reader The reader's nick, or `*` in one text for several. */
export function keyEvent(chat: MetadataRoom, reader: string, target: Target, key: string): Event {
  const value = target.metadata.get(key);
  const name = nameOf(target);
  return value === undefined
    ? chat.serverEvent(RPL_KEYNOTSET, [reader, name, key, "Key is not set"])
    : valueEvent(chat, RPL_KEYVALUE, reader, name, [key, value]);
}

/**
 * Everybody who sees the metadata of a target ("Notifications"); some are given more than once. Where a person may not be read
 * in a channel, their values are not told there, whoever set them: another session of the same account may have.
 *
 * @param isValue Whether a value is told, and not that there is none any more.
 */
function* viewers(chat: MetadataRoom, target: Target, isValue: boolean): Generator<Iterable<Recipient>> {
  if (!(target instanceof Person)) return yield target.followers();
  yield target.sessions;
  for (const channel of [...channelsOf(target)]) {
    yield isValue && channel.isMuted(target) ? [] : channel.followers();
  }
  yield chat.monitor.watchers(target.nick);
}

/** Tells a key's value to its subscribers, each once, but not to the session that set it. They are found in a step for each channel. */
function* tell(chat: MetadataRoom, target: Target, key: string, by: Session | undefined): Generator<void> {
  const value = target.metadata.get(key);
  const subscribers = new Set<Recipient>();
  for (const readers of viewers(chat, target, value !== undefined)) {
    for (const reader of readers) {
      if (reader === by || !reader.isRegistered || !reader.subscriptions.has(key)) continue;
      if (isAware(reader)) subscribers.add(reader);
    }
    yield;
  }
  const isOver = target instanceof Person && target.hasLeft;
  if (!isOver && target.metadata.get(key) === value) deliverToAll(subscribers, keyEvent(chat, "*", target, key));
}

/** The same for several targets. If one has been changed again, that change tells it. */
function* tellOfAll(
  chat: MetadataRoom,
  targets: Target[],
  key: string,
  value: string | undefined,
  by: Session | undefined,
): Generator<void> {
  for (const target of targets) {
    const isOver = target instanceof Person && target.hasLeft;
    if (!isOver && target.metadata.get(key) === value) yield* tell(chat, target, key, by);
  }
}

/** A channel; or a person with everybody who is logged in to the same account, since these share their metadata. */
function holders(chat: MetadataRoom, target: Target): Target[] {
  if (!(target instanceof Person) || target.account === undefined) return [target];
  const others = chat.logins.get(casefold(target.account))?.values() ?? [];
  return [target, ...[...others].filter((other) => other !== target && chat.isHere(other))];
}

/**
 * Counts a change of so many keys, once for each holder; see `MetadataLimit`.
 *
 * @param by Who makes it.
 * @returns 0 if it may be made; else nothing is counted, and these are the milliseconds until it may be.
 */
export function countChange(chat: MetadataRoom, by: Person, target: Target, keys: number): number {
  return chat.metadataLimit.count(by, keys * holders(chat, target).length, chat.now());
}

/**
 * Sets a key, or removes it if there is no value. Keeps that with the channel or the account, and tells the subscribers.
 *
 * @param by The session that does it, which is not told.
 */
export function setValue(
  chat: MetadataRoom,
  target: Target,
  key: string,
  value: string | undefined,
  by: Session,
): void {
  by.setOff(changeValue(chat, target, key, value, by), `cannot tell of ${key}`);
}

/** The same, but gives the steps that tell. @param by Undefined if no command does it. */
function changeValue(
  chat: MetadataRoom,
  target: Target,
  key: string,
  value: string | undefined,
  by?: Session,
): Generator<void> {
  const changed = holders(chat, target).filter(({ metadata }) => metadata.get(key) !== value);
  for (const { metadata } of changed) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  if (changed.length > 0 && !(target instanceof Person)) chat.channels.settingsChanged(target, by);
  else if (changed.length > 0 && target instanceof Person && target.account !== undefined) {
    by?.onKept?.(key.length + (value?.length ?? 0));
    chat.metadata?.put(target.account, target.metadata);
  }
  return tellOfAll(chat, changed, key, value, by);
}

/**
 * Gives a person who has logged in the metadata of their account. Somebody who was logged in to no account before gives the
 * account their own values, too, as far as it may change so much now.
 *
 * @param before The account that the person was logged in to.
 * @returns The steps that tell.
 */
export function recallMetadata(chat: MetadataRoom, person: Person, before: string | undefined): Iterable<void> {
  const { account, metadata } = person;
  const values = new Map(account === undefined ? [] : chat.metadata?.find(account));
  let hasMore = false;
  for (const [key, value] of before === undefined ? metadata : []) {
    if (values.get(key) === value || (!values.has(key) && values.size >= METADATA.keys)) continue;
    if (countChange(chat, person, person, 1) > 0) break;
    values.set(key, value);
    hasMore = true;
  }
  const keys = new Set([...metadata.keys(), ...values.keys()]);
  const tellings = [...keys].map((key) => changeValue(chat, person, key, values.get(key)));
  // If nobody else is logged in to it, that alone is no change.
  if (hasMore && account !== undefined) chat.metadata?.put(account, metadata);
  return tellings.values().flatMap((telling) => telling);
}

/**
 * The events that tell a session what it has subscribed to of some targets. After each target undefined is given, since there
 * may be many of which nothing is told.
 *
 * @param targets Undefined stands for one of which nothing is to be told.
 */
export function* subscribed(
  chat: MetadataRoom,
  { person: { nick }, subscriptions }: Session,
  targets: Iterable<Target | undefined>,
): Generator<Event | undefined> {
  for (const target of targets) {
    // All keys at once, since the events may be taken slowly: the target as it is now, and nothing of it later.
    const keys = [...target?.metadata.keys() ?? []].filter((key) => subscriptions.has(key));
    if (target !== undefined) yield* keys.map((key) => keyEvent(chat, nick, target, key));
    yield undefined;
  }
}

/**
 * A person; or a channel, and if the session is in it also its other members ("METADATA SYNC"). A member is given if both are
 * still in the channel when the member's turn comes, and if the member may be read there; undefined stands for the others.
 */
export function* withMembers(session: Session, target: Target): Generator<Target | undefined> {
  yield target;
  const { person } = session;
  if (target instanceof Person || !target.members.has(person)) return;
  const { members } = target;
  for (const member of [...members.keys()]) {
    const isThere = members.has(person) && members.has(member) && member !== person;
    // Whether they may be read there is asked last, since that looks at each mask.
    const isWished = isThere && member.metadata.keys().some((key) => session.subscriptions.has(key));
    yield isWished && !target.isMuted(member) ? member : undefined;
  }
}

/**
 * Every target of which a session is told: itself, its channels, their members, and those whom it watches. Each is given once, if
 * that is still so when its turn comes; undefined for one that was given before, or of which nothing is to be told.
 */
export function* visibleTo(chat: MetadataRoom, session: Session): Generator<Target | undefined> {
  const { person, monitored } = session;
  const channels = channelsOf(person);
  const given = new Set<Target>([person]);
  const once = (target: Target | undefined) => {
    if (target === undefined || given.has(target)) return undefined;
    given.add(target);
    return target;
  };
  yield person;
  for (const channel of [...channels]) {
    for (const target of withMembers(session, channel)) yield channels.has(channel) ? once(target) : undefined;
  }
  for (const nick of [...monitored.keys()]) yield once(chat.find(nick));
}

/**
 * Tells a session what it has subscribed to of a channel that it has come into, or of a person whom it watches ("Automatic
 * synchronization"). If that is much, the session is told to ask for it.
 */
export function* sync(chat: MetadataRoom, reply: Reply, target: Target): Generator<void> {
  if (!isAware(reply.session)) return;
  const tell = yield* synced(chat, reply, target);
  tell();
}

/** The same in steps that tell nothing. Gives the function that tells. */
export function* synced(chat: MetadataRoom, reply: Reply, target: Target): Generator<void, () => void> {
  const { session } = reply;
  const name = nameOf(target);
  const events: Event[] = [];
  if (!isAware(session)) return () => {};
  for (const event of session.subscriptions.size === 0 ? [] : subscribed(chat, session, withMembers(session, target))) {
    if (event !== undefined && events.push(event) > BOUNDS.metadata) return () => askLater(reply, name, LATER);
    yield;
  }
  return () => reply.batch(["metadata", name], events);
}

/** Tells a session to ask for what it has subscribed to. @param seconds How long to wait before. */
export function askLater(reply: Reply, target: string, seconds: number): void {
  reply.numeric(RPL_METADATASYNCLATER, target, `${seconds}`, "Ask for it by METADATA SYNC");
}

/**
 * Tells the members of a channel the metadata of a person who has just come in. The specification leaves that to their asking,
 * and so does this if it would be much, since anybody can come and go all the time.
 */
export function introduce(chat: MetadataRoom, person: Person, channel: Channel): void {
  const { metadata } = person;
  if (metadata.size * channel.members.size > BOUNDS.metadata || channel.isMuted(person)) return;
  for (const key of metadata.keys()) {
    const others = channel.followers().filter((other) => !person.sessions.has(other));
    const subscribers = others.filter((other) => other.subscriptions.has(key) && isAware(other));
    deliverToAll(subscribers, keyEvent(chat, "*", person, key));
  }
}

/** Tells somebody who comes in their own metadata, from their account or set before ("Automatic synchronization"). */
export function tellOwn(chat: MetadataRoom, reply: Reply): void {
  const { session, session: { person } } = reply;
  if (!isAware(session)) return;
  const { nick, metadata } = person;
  reply.batch(["metadata", nick], metadata.keys().map((key) => keyEvent(chat, nick, person, key)));
}
