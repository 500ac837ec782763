/** What people are shown, when they join, of what was said before. */

import type { Session } from "../room/session.ts";
import type { Call } from "./command.ts";
import { delay } from "@std/async/delay";
import { linesOf } from "../room/encode.ts";
import type { Event } from "../room/event.ts";
import type { Channel } from "../room/channel.ts";
import type { History } from "../store/history.ts";
import { channelKey } from "../store/records.ts";
import type { Person } from "../room/person.ts";
import { BOUNDS } from "../room/isupport.ts";
import { inTurn } from "../turns/slices.ts";
import { reportUnreadable, told } from "./reading.ts";

/** How the text of `/me waves` begins (modern.ircdocs.horse/ctcp#action). */
const ACTION = "\x01ACTION ";

/**
 * Sends one who has joined what was last said there, of that what was said since it last left; but not to those that ask for
 * that themselves (IRCv3 chathistory), nor to bots, which would answer it. What is said from this call on it is told anyway,
 * and not once more by what this gives. A damaged database keeps nobody from joining.
 */
export function replay(call: Call, channel: Channel): Generator<void> {
  const { chat, session, person } = call;
  const { visitor } = person;
  const { visits } = chat;
  const key = channelKey(channel.name);
  const seen = visits?.lastSeen(visitor, key) ?? 0;
  visits?.begin(visitor, key, chat.lastMessage);
  // Who relays what is said elsewhere would relay it anew.
  const isUnwanted = ASKING.some((capability) => session.has(capability)) || person.modes.has("B") ||
    visits?.isBot(visitor) === true;
  if (isUnwanted || chat.history === undefined) return NOTHING;
  channel.members.get(person)!.shownUpTo = seen;
  return replayUpTo(call, channel, seen, chat.lastMessage, channel.keptChanges);
}

/** Who has these asks for what was said, or has no use for it. */
const ASKING = ["draft/chathistory", "znc.in/playback", "draft/relaymsg"] as const;

const NOTHING = (function* (): Generator<void> {})();

function* replayUpTo(
  call: Call,
  channel: Channel,
  seen: number,
  last: number,
  changes: number,
): Generator<void> {
  const { chat, session, person, reply } = call;
  const { history } = chat;
  if (history === undefined) return;
  const { replay, replayUnbatched } = BOUNDS;
  try {
    const ids = (yield* lastSaid(history, channel, last, changes)).filter((id) => id > seen);
    const shown = ids.slice(-(session.has("batch") ? replay : replayUnbatched));
    const member = channel.members.get(person);
    if (shown.length === 0) {
      if (member !== undefined) member.shownUpTo = undefined;
      return;
    }
    const events = noting(person, channel, shown, told(call, history, shown, person.identity));
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

/** Notes how far somebody has been told the past of a channel: who leaves meanwhile is told the rest the next time. */
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
    // It is told in the step that takes it.
    member!.shownUpTo = ids[i++];
    yield event;
  }
  if (isStill()) member!.shownUpTo = undefined;
}

/** What is still to be told to clients without batches, by channel: there may be a hundred channels of each of a thousand people. */
const waiting = new WeakMap<Session, Iterator<Event | undefined>[]>();

/** Tells a session events with pauses, beside whatever else it does. */
function deliverSlowly(session: Session, history: History, events: Iterator<Event | undefined>): void {
  const queue = waiting.get(session);
  if (queue !== undefined) return void queue.push(events);
  const all = [events];
  waiting.set(session, all);
  void deliverInTurn(session, history, all);
}

/** Tells a message of each channel in its turn, at the expense of who has joined. Never rejects. */
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

/** The ids of what was last said in a channel. Where many join one after the other, it is read once. */
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

/** The same events with their times in the texts. */
function* stamped(events: Iterable<Event | undefined>, now: number): Generator<Event | undefined> {
  for (const event of events) {
    if (event !== undefined) {
      const [target, text] = event.params;
      const action = text.startsWith(ACTION) ? ACTION : "";
      event.params = [target, `${action}${stamp(event.time, now)} ${text.slice(action.length)}`];
      // With the time before it, a line may have become too long.
      const lines = linesOf(event);
      if (lines !== undefined) event.lines = lines;
    }
    yield event;
  }
}

/** The time of day, with the day where it is not today, for those who are told no times. */
function stamp(time: number, now: number): string {
  const [then, today] = [new Date(time), new Date(now)];
  const clock = then.toTimeString().slice(0, 5);
  if (then.toDateString() === today.toDateString()) return `[${clock}]`;
  const month = `${then.getMonth() + 1}`.padStart(2, "0");
  return `[${then.getFullYear()}-${month}-${`${then.getDate()}`.padStart(2, "0")} ${clock}]`;
}
