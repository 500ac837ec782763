/**
 * Reading kept messages: which conversations a person may read, and the messages of them as events.
 *
 * @module
 */

import { casefold, isNick, parseSource } from "../../protocol.ts";
import type { History } from "../store/history.ts";
import { channelKey, type MessageRecord, operatorsKey, peerIn, privateKey, REMOVED } from "../store/records.ts";
import { peerKey } from "../store/identities.ts";
import { reasonOf } from "../turns/faults.ts";
import { channelsOf } from "./channel.ts";
import type { Chat } from "./chat.ts";
import type { Event } from "./event.ts";
import type { Person } from "./person.ts";
import { removalEvent, toEvent } from "./kept_messages.ts";

/**
 * The events that tell one reader of a kept message, or that it was removed: then a message without text, and REDACT (IRCv3
 * message-redaction, "Chat history"). If its channel was renamed since, the event has the channel's name of now.
 *
 * @param identity The reader's.
 */
function* eventsOf({ channels }: Chat, record: MessageRecord, identity: string): Generator<Event> {
  const [prefix, key] = channelPlace(record.conversation) ?? [];
  const channel = key === undefined ? undefined : channels.get(key);
  const target = channel === undefined ? record.target : prefix + channel.name;
  const peer = peerIn(record.conversation, identity);
  const { removal } = record;
  const told = [toEvent({ ...record, target, command: removal?.command ?? record.command })];
  if (removal !== undefined) told.push(removalEvent({ ...record, target, removal }));
  for (const [i, event] of told.entries()) {
    if ((i === 0 ? record.sender : removal?.sender) === identity) event.isOwn = true;
    if (peer !== undefined) event.peer = peerKey(peer);
    yield event;
  }
}

/** For the conversation of a channel, or of its operators: what stands before the channel's name, and the channel's key. */
function channelPlace(conversation: string): [prefix: string, key: string] | undefined {
  const [, prefix, key] = /^(@?)(#[^ ]*)/.exec(conversation) ?? [];
  return key === undefined ? undefined : [prefix, key];
}

/** Whether a person may read what was said in a conversation, now. @param identity That which they had when they asked. */
function mayRead({ channels }: Chat, person: Person, { conversation }: MessageRecord, identity: string): boolean {
  const place = channelPlace(conversation);
  if (place === undefined) return person.identity === identity;
  const [prefix, key] = place;
  const channel = channels.get(key);
  if (channel === undefined) return false;
  if (prefix === "") return channel.members.has(person);
  return conversation === operatorsKey(channel) && channel.isLastingOperator(person);
}

/**
 * Kept messages as events. Each is read when its turn comes, so that a slow reader holds ids and no texts. Messages that may
 * not be read any more are undefined: those that were deleted meanwhile, those of a channel that the person has left, and
 * private ones if the person has another identity now, because an account's talks end with being logged in to it.
 *
 * @param identity The identity that the person had when they asked, which may be long ago if their client reads slowly.
 * @param removals Whether it is told that messages were removed.
 */
export function* keptEvents(
  chat: Chat,
  person: Person,
  history: History,
  ids: Iterable<number>,
  identity: string,
  removals = false,
): Generator<Event | undefined> {
  for (const id of ids) {
    const record = history.find(id);
    const isTold = record !== undefined && mayRead(chat, person, record, identity) &&
      (removals || record.command !== REMOVED);
    if (isTold) yield* eventsOf(chat, record, identity);
    else yield undefined;
  }
}

/** Reports to whoever runs the server that the history can't be read. */
export function reportUnreadable(history: History, error: unknown): void {
  history.onError(`cannot read the history: ${reasonOf(error)}`);
}

/** Those in the room who have a lasting identity: an account may be here under several nicks. */
function personsOf(chat: Chat, identity: string): Person[] {
  const account = chat.accounts?.accountOf(identity);
  if (account === undefined) return [chat.shared.get(identity)].filter((person) => person !== undefined);
  // Another account may have the name of one that was removed.
  return [...chat.logins.get(casefold(account)) ?? []].filter((one) => chat.isHere(one) && one.identity === identity);
}

/**
 * The nick under which a person knows the other one of a private talk: that of now, where both are in a channel and so a change
 * was told; else that of the talk's last message.
 *
 * @param last That message, as it was kept.
 * @param identity The identity of the person's to which the talk belongs.
 */
export function nickOfPeer(chat: Chat, person: Person, last: MessageRecord, identity: string): string {
  const nick = last.sender === identity ? last.target : parseSource(last.source).nick;
  const peer = peerIn(last.conversation, identity);
  const here = chat.find(nick);
  if (peer === undefined || here?.identity === peer) return here?.nick ?? nick;
  const channels = channelsOf(person);
  return personsOf(chat, peer).find((one) => !channelsOf(one).isDisjointFrom(channels))?.nick ?? here?.nick ?? nick;
}

/** What the target of a question about the past stands for. */
export interface ReadableTarget {
  /** The name of the channel or of the person as it is written now. */
  name: string;
  /** The keys of the conversations. */
  keys: string[];
}

/** What a target stands for to a person; undefined if they may not read it. */
export function* readableTarget(
  chat: Chat,
  person: Person,
  history: History,
  target: string,
): Generator<void, ReadableTarget | undefined> {
  const { identity } = person;
  if (target.startsWith("#")) {
    const channel = chat.channels.find(target);
    if (channel === undefined || !channel.members.has(person)) return undefined;
    const forOperators = channel.isLastingOperator(person) ? [operatorsKey(channel)] : [];
    return { name: channel.name, keys: [channelKey(target), ...forOperators] };
  }
  if (!isNick(target)) return undefined;
  const peer = chat.find(target);
  const keys = new Set(yield* history.conversations(identity, casefold(target)));
  // Many strangers may have had that nick, so these are sure to be among them: the person who has it now, and the account.
  if (peer !== undefined) keys.add(privateKey(identity, peer.identity));
  if (chat.accounts !== undefined) keys.add(privateKey(identity, chat.accounts.identity(target)));
  return { name: peer?.nick ?? target, keys: [...keys] };
}
