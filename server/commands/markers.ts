/** MARKREAD (IRCv3 read-marker): up to when a talk was read, told to all of one person's clients and to nobody else. */

import { casefold, isChannelName, isNick, parseTime } from "../../protocol.ts";
import type { Event } from "../room/capabilities.ts";
import type { Markers } from "../store/markers.ts";
import type { Session } from "../room/session.ts";
import type { Command } from "./command.ts";

/** What tells up to when a talk was read, in milliseconds since 1970. */
function marked({ chat }: Session, name: string, time: number | undefined): Event {
  return chat.serverEvent("MARKREAD", [name, time === undefined ? "*" : `timestamp=${new Date(time).toISOString()}`]);
}

/** Tells one who has joined a channel up to when it was read ("Command flows"). */
export function tellMarker(session: Session, channel: string): void {
  const { markers } = session.chat;
  if (markers === undefined || !session.has("draft/read-marker")) return;
  session.respond(marked(session, channel, markers.find(session.identity, casefold(channel))));
}

/** What a marker counts for among the bytes that are kept. */
const MARKER_BYTES = 100;

/** The time that a reference stands for, in milliseconds since 1970; nothing where it is not well-formed or earlier. */
function readTime(text: string): number | undefined {
  const [, value = ""] = /^timestamp=(.*)$/.exec(text) ?? [];
  const time = parseTime(value);
  return time === undefined || time < 0 ? undefined : time;
}

function markRead(session: Session, markers: Markers, target: string, reference: string | undefined): void {
  const { chat, identity, account } = session;
  const folded = casefold(target);
  if (!isChannelName(target) && !isNick(target)) {
    return session.fail("MARKREAD", "INVALID_PARAMS", target, "Invalid target");
  }
  const answer = () => marked(session, target, markers.find(identity, folded));
  if (reference === undefined) return session.respond(answer());
  const time = readTime(reference);
  if (time === undefined) return session.fail("MARKREAD", "INVALID_PARAMS", reference, "Invalid timestamp");
  // Nothing that is yet to be said has been read.
  const isLater = markers.advance(identity, folded, Math.min(time, chat.now()));
  const event = answer();
  session.respond(event);
  if (!isLater || account === undefined) return;
  session.onKept?.(MARKER_BYTES);
  for (const other of chat.sessions.values()) {
    if (other.account === account && other !== session) other.deliver(event);
  }
}

/** The family's commands. */
export const READ_MARKERS: Command[] = [
  {
    name: "MARKREAD",
    usage: "MARKREAD target [timestamp=TIME]",
    help: "Notes up to when you have read a talk, or tells it.",
    capability: "draft/read-marker",
    keeps: ({ account }, { length }) => account === undefined ? 0 : Math.max(0, length - 1),
    handler(session, [target, reference]) {
      if (!target) return session.fail("MARKREAD", "NEED_MORE_PARAMS", "Missing parameters");
      // The capability is offered only where markers are kept.
      markRead(session, session.chat.markers!, target, reference);
    },
  },
];
