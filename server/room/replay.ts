/**
 * What people are shown, when they join a channel, of what was said there before.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { History } from "../store/history.ts";
import { channelKey } from "../store/records.ts";
import { inTurn } from "../turns/slices.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { linesOf } from "./encode.ts";
import type { Event } from "./event.ts";
import { BOUNDS } from "./isupport.ts";
import type { Person } from "./person.ts";
import { keptEvents, reportUnreadable } from "./reading.ts";
import type { Reply } from "./reply.ts";
import type { Session } from "./session.ts";

/** How the text of `/me waves` begins (modern.ircdocs.horse/ctcp#action). */
const ACTION = "\x01ACTION ";

/**
 * Shows a person who has just joined a channel what was last said there since they left it. Clients that ask for that
 * themselves (IRCv3 chathistory) are shown nothing, and neither are bots, which would answer it. Messages that are said from
 * this call on are not among what is shown, because the person is told them anyway. A damaged database keeps nobody from
 * joining.
 *
 * @returns The steps that show it.
 */
export function replay(chat: Chat, reply: Reply, channel: Channel): Generator<void> {
  const { session, session: { person } } = reply;
  const seen = seenBefore(chat, person, channel);
  chat.visits?.begin(person.visitIdentity, channelKey(channel.name), chat.lastMessage);
  if (!isReplayedTo(chat, session)) return NOTHING;
  channel.members.get(person)!.shownUpTo = seen;
  return replayUpTo(chat, reply, channel, seen, chat.lastMessage, channel.keptChanges);
}

/** The id of the last message before a person left a channel; 0 where that is not known, or they are in it. */
export function seenBefore({ visits }: Chat, { visitIdentity }: Person, { name }: Channel): number {
  return visits?.lastSeen(visitIdentity, channelKey(name)) ?? 0;
}

/**
 * Shows a session of somebody who is in a channel already what was last said there, as far as clients are shown that: another
 * session has joined, or this one has come later. What the person has seen, and up to when, stays as it is.
 *
 * @param seen The id of the last message that it need not be shown.
 * @returns The steps that show it.
 */
export function replayToAnother(chat: Chat, reply: Reply, channel: Channel, seen: number): Generator<void> {
  if (!isReplayedTo(chat, reply.session)) return NOTHING;
  return replayUpTo(chat, reply, channel, seen, chat.lastMessage, channel.keptChanges, false);
}

/** Whether a session is shown the past unasked. */
export function isReplayedTo({ history, visits }: Chat, session: Session): boolean {
  const { person } = session;
  const isUnwanted = ASKING.some((capability) => session.has(capability)) || person.modes.has("B") ||
    visits?.isBot(person.visitIdentity) === true;
  return !isUnwanted && history !== undefined;
}

/** Clients that have one of these ask for the past themselves, or would relay it a second time. */
const ASKING = ["draft/chathistory", "znc.in/playback", "draft/relaymsg"] as const;

const NOTHING = (function* (): Generator<void> {})();

/**
 * The steps of `replay`.
 *
 * @param seen The id of the last message that the person has seen.
 * @param last The id of the last message that is shown.
 * @param changes See `Channel.keptChanges`.
 * @param isNoted Whether it is noted how far the person has been shown it.
 */
function* replayUpTo(
  chat: Chat,
  reply: Reply,
  channel: Channel,
  seen: number,
  last: number,
  changes: number,
  isNoted = true,
): Generator<void> {
  const { session, session: { person } } = reply;
  const { history } = chat;
  if (history === undefined) return;
  const { replay, replayUnbatched } = BOUNDS;
  try {
    const ids = (yield* lastSaid(history, channel, last, changes)).filter((id) => id > seen);
    const shown = ids.slice(-(session.has("batch") ? replay : replayUnbatched));
    const member = channel.members.get(person);
    if (shown.length === 0) {
      if (isNoted && member !== undefined) member.shownUpTo = undefined;
      return;
    }
    const kept = keptEvents(chat, person, history, shown, person.identity);
    const events = isNoted ? noting(person, channel, shown, kept) : kept;
    const timed = session.has("server-time") ? events : stamped(events, chat.now());
    if (session.has("batch")) return yield* reply.batchInSteps(["chathistory", channel.name], timed);
    if (shown.length < ids.length) {
      const text = `Of what was said before, the last ${shown.length} messages follow`;
      session.deliver(chat.serverEvent("NOTICE", [channel.name, text]));
    }
    deliverSlowly(session, history, timed);
  } catch (error) {
    reportUnreadable(history, error);
  }
}

/** Notes how far a person has been shown the past of a channel. If they leave meanwhile they are shown the rest the next time. */
function* noting(
  person: Person,
  channel: Channel,
  ids: readonly number[],
  events: Iterable<Event | undefined>,
): Generator<Event | undefined> {
  const member = channel.members.get(person);
  const isStill = () => member !== undefined && channel.members.get(person) === member;
  let i = 0;
  for (const event of events) {
    if (!isStill()) return;
    // The step that takes an event tells it.
    member!.shownUpTo = ids[i++];
    yield event;
  }
  if (isStill()) member!.shownUpTo = undefined;
}

/**
 * What is still to be shown to each session without batches, an iterator for each channel. A session has one timer for all its
 * channels, since a thousand people may be in a hundred channels each.
 */
const waiting = new WeakMap<Session, Iterator<Event | undefined>[]>();

/** Tells a session events with pauses between, beside everything else that it is told. */
function deliverSlowly(session: Session, history: History, events: Iterator<Event | undefined>): void {
  const queue = waiting.get(session);
  if (queue !== undefined) return void queue.push(events);
  const all = [events];
  waiting.set(session, all);
  void deliverInTurn(session, history, all);
}

/** Tells one message of each channel in turn, at the expense of the session that joined. Never rejects. */
async function deliverInTurn(
  session: Session,
  history: History,
  queue: Iterator<Event | undefined>[],
): Promise<void> {
  const { replayPause, replayGap } = BOUNDS;
  const step = () => {
    const events = queue.shift()!;
    const { done, value } = events.next();
    if (done) return false;
    queue.push(events);
    if (value !== undefined) session.deliver(value);
    return value !== undefined;
  };
  try {
    while (queue.length > 0 && !session.isOver) {
      await session.outbox.room();
      const isTold = await inTurn(session.pace, step);
      if (isTold) await delay(Math.max(replayGap, replayPause / queue.length), { signal: session.ending });
    }
  } catch (error) {
    if (!session.isOver) reportUnreadable(history, error);
  }
  waiting.delete(session);
}

/** The ids of what was last said in a channel. They are read once for many who join one after the other. */
function* lastSaid(
  history: History,
  channel: Channel,
  last: number,
  changes: number,
): Generator<void, readonly number[]> {
  if (channel.lastSaid?.changes === changes) return channel.lastSaid.ids;
  const { replay: limit, replayBytes: bytes } = BOUNDS;
  const ids = yield* history.range([channelKey(channel.name)], { before: last + 1, limit, bytes, latest: true });
  channel.lastSaid = { changes, ids };
  return ids;
}

/** Events with their times in the texts, for clients that are told no times. */
export function* stamped(events: Iterable<Event | undefined>, now: number): Generator<Event | undefined> {
  for (const event of events) {
    if (event !== undefined) {
      const [target, text] = event.params;
      const action = text.startsWith(ACTION) ? ACTION : "";
      event.params = [target, `${action}${stamp(event.time, now)} ${text.slice(action.length)}`];
      // The time may have made a line too long.
      const lines = linesOf(event);
      if (lines !== undefined) event.lines = lines;
    }
    yield event;
  }
}

/** A time as people read it: `[09:30]`, and with the day if that is not today. @param time Milliseconds since 1970. */
function stamp(time: number, now: number): string {
  const [then, today] = [new Date(time), new Date(now)];
  const clock = then.toTimeString().slice(0, 5);
  if (then.toDateString() === today.toDateString()) return `[${clock}]`;
  const month = `${then.getMonth() + 1}`.padStart(2, "0");
  return `[${then.getFullYear()}-${month}-${`${then.getDate()}`.padStart(2, "0")} ${clock}]`;
}
