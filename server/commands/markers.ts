/** MARKREAD: up to when a talk was read, which is told to all clients of one person and to nobody else (IRCv3 read-marker). */

import { byteLength, casefold, isChannelName, isNick, parseTime } from "../../protocol.ts";
import type { Chat } from "../room/chat.ts";
import type { Event } from "../room/event.ts";
import { sessionsOf } from "../room/recipient.ts";
import type { Reply } from "../room/reply.ts";
import { isLastingIdentity } from "../store/identities.ts";
import type { Markers } from "../store/markers.ts";
import type { Call, Command } from "./command.ts";

/** The event that tells up to when a talk was read. @param time Milliseconds since 1970. */
export function markedEvent(chat: Chat, name: string, time: number | undefined): Event {
  return chat.serverEvent("MARKREAD", [name, time === undefined ? "*" : `timestamp=${new Date(time).toISOString()}`]);
}

/** Tells somebody who has joined a channel up to when they have read it ("Command flows"). */
export function tellMarker(chat: Chat, reply: Reply, channel: string): void {
  const { markers } = chat;
  const { session, session: { person } } = reply;
  if (markers === undefined || !session.has("draft/read-marker")) return;
  reply.send(markedEvent(chat, channel, markers.find(person.identity, casefold(channel))));
}

/** About how many bytes of the disk a marker takes: a row in three orders, each with both names. */
function bytesOf(identity: string, folded: string): number {
  return 3 * (10 + byteLength(identity) + byteLength(folded));
}

/** The time that a reference stands for, in milliseconds since 1970; undefined if it is not well-formed, or before 1970. */
function readTime(text: string): number | undefined {
  const [, value = ""] = /^timestamp=(.*)$/.exec(text) ?? [];
  const time = parseTime(value);
  return time === undefined || time < 0 ? undefined : time;
}

/** Notes up to when a talk was read, or tells it if no time is given. */
function markRead(
  { chat, session, person, reply }: Call,
  markers: Markers,
  target: string,
  reference: string | undefined,
): void {
  const { identity, account } = person;
  const folded = casefold(target);
  if (!isChannelName(target) && !isNick(target)) {
    return reply.fail("MARKREAD", "INVALID_PARAMS", target, "Invalid target");
  }
  const answer = () => markedEvent(chat, target, markers.find(identity, folded));
  if (reference === undefined) return reply.send(answer());
  const time = readTime(reference);
  if (time === undefined) return reply.fail("MARKREAD", "INVALID_PARAMS", reference, "Invalid timestamp");
  // Nobody has read what is yet to be said.
  const isLater = markers.advance(identity, folded, Math.min(time, chat.now()));
  const event = answer();
  reply.send(event);
  if (!isLater) return;
  if (isLastingIdentity(identity)) session.onKept?.(bytesOf(identity, folded));
  const logins = account === undefined ? undefined : chat.logins.get(casefold(account));
  for (const other of sessionsOf(logins ?? [person])) {
    if (other !== session && other.isRegistered) other.deliver(event);
  }
}

/** The family's commands. */
export const READ_MARKERS: Command[] = [
  {
    name: "MARKREAD",
    usage: "MARKREAD target [timestamp=TIME]",
    help: "Notes up to when you have read a talk, or tells it.",
    capability: "draft/read-marker",
    keptRows: ({ person: { identity } }, { length }) => isLastingIdentity(identity) ? Math.max(0, length - 1) : 0,
    handler(call, [target, reference]) {
      if (!target) return call.reply.fail("MARKREAD", "NEED_MORE_PARAMS", "Missing parameters");
      // The capability is offered only where markers are kept.
      markRead(call, call.chat.markers!, target, reference);
    },
  },
];
