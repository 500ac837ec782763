/**
 * Metadata as it is set and told (IRCv3 metadata): to those who have subscribed to a key, when a value changes, and when
 * people come to see each other. It must not know the command's syntax.
 *
 * @module
 */

import { casefold, fits, LIMITS, RPL_KEYNOTSET, RPL_KEYVALUE, RPL_METADATASYNCLATER } from "../../protocol.ts";
import { type Event, METADATA } from "./capabilities.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { BOUNDS } from "./isupport.ts";
import { Session } from "./session.ts";

/** Whose metadata it is. */
export type Target = Session | Channel;

/** Seconds until one who was not told at once should ask ("Postponed synchronization"). */
const LATER = 2;

/** The name under which it is told. */
export function nameOf(target: Target): string {
  return target instanceof Session ? target.nick : target.name;
}

/** Whether a session has asked to be told of metadata unasked: that takes two capabilities ("Definitions"). */
export function isAware(session: Session): boolean {
  return session.has("draft/metadata-3") && session.has("batch");
}

/** What tells a value. The reader's nick gives way to `*` where the line can't hold both. */
export function valueEvent(chat: Chat, numeric: string, reader: string, name: string, [key, value]: string[]): Event {
  const line = `:${chat.name} ${numeric} ${reader} ${name} ${key} * :${value}`;
  return chat.serverEvent(numeric, [fits(line, LIMITS.lineBytes - 2) ? reader : "*", name, key, "*", value]);
}

/** What tells a value, or that there is none. @param reader The nick of who is told, or `*` in one text for several. */
export function keyEvent(chat: Chat, reader: string, target: Target, key: string): Event {
  const value = target.metadata.get(key);
  const name = nameOf(target);
  return value === undefined
    ? chat.serverEvent(RPL_KEYNOTSET, [reader, name, key, "Key is not set"])
    : valueEvent(chat, RPL_KEYVALUE, reader, name, [key, value]);
}

/**
 * Who sees what someone or a channel is ("Notifications"); some more than once. Whoever has said it, of one who may not be
 * read in a channel it is not told there: another session of the same account may have.
 *
 * @param isValue Whether a value is told: that there is none any more is no words.
 */
function* audience(chat: Chat, target: Target, isValue: boolean): Generator<Iterable<Session>> {
  if (!(target instanceof Session)) return yield target.members.keys();
  yield [target];
  for (const channel of [...target.channels]) yield isValue && channel.isMuted(target) ? [] : channel.members.keys();
  yield chat.monitor.watchers(target.nick);
}

/** Tells a key's value to subscribers, each once, but not to who has set it; who is told is found in a step for each channel. */
function* tell(chat: Chat, target: Target, key: string, by: Session | undefined): Generator<void> {
  const value = target.metadata.get(key);
  const subscribers = new Set<Session>();
  for (const readers of audience(chat, target, value !== undefined)) {
    for (const reader of readers) {
      if (reader === by || reader.registration !== undefined || !reader.subscriptions.has(key)) continue;
      if (isAware(reader)) subscribers.add(reader);
    }
    yield;
  }
  const isOver = target instanceof Session && target.closed;
  if (!isOver && target.metadata.get(key) === value) Session.tell(subscribers, keyEvent(chat, "*", target, key));
}

/** The same of several; of one that has been changed again that change tells. */
function* tellOfAll(
  chat: Chat,
  targets: Target[],
  key: string,
  value: string | undefined,
  by: Session | undefined,
): Generator<void> {
  for (const target of targets) {
    const isOver = target instanceof Session && target.closed;
    if (!isOver && target.metadata.get(key) === value) yield* tell(chat, target, key, by);
  }
}

/** A channel, or a person and whoever else is logged in to the same account: what one of these is all are. */
function holders(target: Target): Target[] {
  if (!(target instanceof Session) || target.account === undefined) return [target];
  const { chat, account } = target;
  const others = chat.logins.get(casefold(account))?.values() ?? [];
  return [target, ...[...others].filter((other) => other !== target && other.registration === undefined)];
}

/**
 * Counts a change of so many keys, once for each holder; see `MetadataLimit`.
 *
 * @param by Who makes it.
 * @returns 0 if it may be made; else nothing is counted, and these are the milliseconds until it may be.
 */
export function countChange(by: Session, target: Target, keys: number): number {
  const { chat } = by;
  return chat.metadataLimit.count(by, keys * holders(target).length, chat.now());
}

/**
 * Sets a key, or removes it where there is no value; keeps that with the channel or the account, and tells.
 *
 * @param by Who does it, and is not told.
 */
export function setValue(chat: Chat, target: Target, key: string, value: string | undefined, by: Session): void {
  by.setOff(changeValue(chat, target, key, value, by), `cannot tell of ${key}`);
}

/** The same, but that it gives the steps that tell; by nobody where it is no command. */
function changeValue(
  chat: Chat,
  target: Target,
  key: string,
  value: string | undefined,
  by?: Session,
): Generator<void> {
  const changed = holders(target).filter(({ metadata }) => metadata.get(key) !== value);
  for (const { metadata } of changed) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  if (changed.length > 0 && !(target instanceof Session)) chat.settingsChanged(target, by);
  else if (changed.length > 0 && target instanceof Session && target.account !== undefined) {
    by?.onKept?.(key.length + (value?.length ?? 0));
    chat.metadata?.put(target.account, target.metadata);
  }
  return tellOfAll(chat, changed, key, value, by);
}

/**
 * Makes a session what its account is, after it has logged in; and the account what a session is that was in none, as
 * far as that is no more than the account may change.
 *
 * @param before The account that it was logged in to.
 * @returns The steps that tell.
 */
export function recallMetadata(session: Session, before: string | undefined): Iterable<void> {
  const { chat, account, metadata } = session;
  const values = new Map(account === undefined ? [] : chat.metadata?.find(account));
  let hasMore = false;
  for (const [key, value] of before === undefined ? metadata : []) {
    if (values.get(key) === value || (!values.has(key) && values.size >= METADATA.keys)) continue;
    if (countChange(session, session, 1) > 0) break;
    values.set(key, value);
    hasMore = true;
  }
  const keys = new Set([...metadata.keys(), ...values.keys()]);
  const tellings = [...keys].map((key) => changeValue(chat, session, key, values.get(key)));
  // Where nobody else is logged in to it, that alone is no change.
  if (hasMore && account !== undefined) chat.metadata?.put(account, metadata);
  return tellings.values().flatMap((telling) => telling);
}

/**
 * What a session has subscribed to of some targets; and undefined for each that has been looked at, since there may be many
 * of which nothing is told.
 *
 * @param targets A target, or undefined for one that is not to be told of.
 */
export function* subscribed(session: Session, targets: Iterable<Target | undefined>): Generator<Event | undefined> {
  const { chat, nick, subscriptions } = session;
  for (const target of targets) {
    // At once, since it may be given slowly: what one is at that moment, and nothing after it can't be seen any more.
    const keys = [...target?.metadata.keys() ?? []].filter((key) => subscriptions.has(key));
    if (target !== undefined) yield* keys.map((key) => keyEvent(chat, nick, target, key));
    yield undefined;
  }
}

/**
 * A person; or a channel, and for its members the others in it ("METADATA SYNC"): those who are in it now, as long as they
 * and the session still are when their turn comes, and may be read there; undefined for one who is not, or may not.
 */
export function* withMembers(session: Session, target: Target): Generator<Target | undefined> {
  yield target;
  if (target instanceof Session || !target.members.has(session)) return;
  const { members } = target;
  for (const member of [...members.keys()]) {
    const isThere = members.has(session) && members.has(member) && member !== session;
    // Whether they may be read there is asked last: it takes a look at each mask.
    const isWished = isThere && member.metadata.keys().some((key) => session.subscriptions.has(key));
    yield isWished && !target.isMuted(member) ? member : undefined;
  }
}

/**
 * Everyone and everything of which a session is told: itself, its channels, who is in them, whom it watches, each once, as
 * far as that is still so when their turn comes; undefined for one that was given before, or is not to be told of.
 */
export function* visibleTo(session: Session): Generator<Target | undefined> {
  const { chat, channels, monitored } = session;
  const given = new Set<Target>([session]);
  const once = (target: Target | undefined) => {
    if (target === undefined || given.has(target)) return undefined;
    given.add(target);
    return target;
  };
  yield session;
  for (const channel of [...channels]) {
    for (const target of withMembers(session, channel)) yield channels.has(channel) ? once(target) : undefined;
  }
  for (const nick of [...monitored.keys()]) yield once(chat.find(nick));
}

/**
 * Tells a session what it has subscribed to of a channel that it has come into or a person it watches ("Automatic
 * synchronization"); where that is much, that it should ask.
 */
export function* sync(session: Session, target: Target): Generator<void> {
  if (!isAware(session)) return;
  const tell = yield* synced(session, target);
  tell();
}

/** The same in steps that tell nothing; gives what does. */
export function* synced(session: Session, target: Target): Generator<void, () => void> {
  const name = nameOf(target);
  const events: Event[] = [];
  if (!isAware(session)) return () => {};
  for (const event of session.subscriptions.size === 0 ? [] : subscribed(session, withMembers(session, target))) {
    if (event !== undefined && events.push(event) > BOUNDS.metadata) return () => askLater(session, name, LATER);
    yield;
  }
  return () => session.respondBatch(["metadata", name], events);
}

/** Tells a session to ask for what it has subscribed to. @param seconds To wait until then. */
export function askLater(session: Session, target: string, seconds: number): void {
  session.reply(RPL_METADATASYNCLATER, target, `${seconds}`, "Ask for it by METADATA SYNC");
}

/**
 * Tells a channel's members what one is who has just come in. The specification leaves that to their asking, and so it
 * is where it would be much: everyone can come and go all the time.
 */
export function introduce(session: Session, channel: Channel): void {
  const { chat, metadata } = session;
  if (metadata.size * channel.members.size > BOUNDS.metadata || channel.isMuted(session)) return;
  for (const key of metadata.keys()) {
    const subscribers = channel.members.keys().filter((member) =>
      member !== session && member.subscriptions.has(key) && isAware(member)
    );
    Session.tell(subscribers, keyEvent(chat, "*", session, key));
  }
}

/** Tells someone who comes in all that they are, from their account or set before ("Automatic synchronization"). */
export function tellOwn(session: Session): void {
  if (!isAware(session)) return;
  const { chat, nick, metadata } = session;
  session.respondBatch(["metadata", nick], metadata.keys().map((key) => keyEvent(chat, nick, session, key)));
}
