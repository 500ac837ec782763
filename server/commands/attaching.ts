/**
 * What the sessions of one person are told that did not ask: a session that comes while the person is in the room is told
 * everything that its client must know, and the others are told of a channel that one of them has joined.
 *
 * Each channel is told in one step, in which the session begins to follow it: so nothing that happens there is missed, and
 * nothing comes before it. Between two channels the reader is waited for, since a hundred large ones are many megabytes.
 */

import { RPL_LOGGEDIN, RPL_NOWAWAY, RPL_UMODEIS } from "../../protocol.ts";
import { attach, otherSessions } from "../room/attaching.ts";
import { tellOfRings } from "../room/calling.ts";
import { type Channel, channelsOf } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import { sync } from "../room/metadata.ts";
import type { Person } from "../room/person.ts";
import { replayToAnother } from "../room/replay.ts";
import { Reply } from "../room/reply.ts";
import { Session } from "../room/session.ts";
import { inTurns, type Pace } from "../turns/slices.ts";
import type { Call } from "./command.ts";
import { describe } from "./names.ts";
import { AWAY_TEXT } from "./oneself.ts";
import { abortSasl } from "./sasl.ts";
import { welcome } from "./welcome.ts";

/**
 * Completes a session's registration by making it one of somebody who is in the room, and tells it who and where that is.
 *
 * @returns Resolves when it has been told of all channels, or is over. Never rejects.
 */
export function joinPerson({ chat, session, person: comer, reply }: Call, person: Person): Promise<void> {
  const isTold = comer.account !== undefined;
  attach(chat, session, person);
  const call: Call = { chat, session, person, reply };
  abortSasl(call);
  chat.completeRegistration(session);
  welcome(call);
  const { account, modes } = person;
  if (account !== undefined && !isTold) {
    reply.numeric(RPL_LOGGEDIN, person.source, account, `You are now logged in as ${account}`);
  }
  if (modes.size > 0) reply.numeric(RPL_UMODEIS, "+" + [...modes].sort().join(""));
  if (person.away !== undefined) reply.numeric(RPL_NOWAWAY, AWAY_TEXT);
  // The time that the nick may be this person's runs on, and whoever looks at this session is to know.
  if (person.reservedUntil !== undefined) chat.ownedNicks.check(person);
  // What follows is no answer.
  reply.end();
  tellOfRings(chat.calls, session);
  return tellOfChannels(chat, session, channelsOf(person), { pace: session.pace, seen: 0 });
}

/**
 * Tells the other sessions of a person of a channel that one of them has just joined, at the expense of that one.
 *
 * @param seen The id of the last message there that the person had seen.
 */
export function tellOthersOf(chat: Chat, by: Session, channel: Channel, seen: number): void {
  for (const other of otherSessions(by.person, by)) {
    if (other instanceof Session) void tellOfChannels(chat, other, [channel], { pace: by.pace, seen });
  }
}

/** How a session is told of a channel: at whose expense, and after which message what was said there before. */
interface Telling {
  pace: Pace;
  seen: number;
}

/** The channels that a session is still to be told of. */
type Waiting = Map<Channel, Telling>;

/** What each session is still to be told of, and what resolves when it has been. */
const waiting = new WeakMap<Session, { channels: Waiting; done: Promise<void> }>();

/** Tells a session of channels, one after the other. Resolves when it knows all that it is to know. Never rejects. */
function tellOfChannels(chat: Chat, session: Session, channels: Iterable<Channel>, how: Telling): Promise<void> {
  const before = waiting.get(session);
  const all: Waiting = before?.channels ?? new Map();
  for (const channel of channels) all.set(channel, how);
  if (before !== undefined) return before.done;
  const entry = { channels: all, done: Promise.resolve() };
  waiting.set(session, entry);
  chat.catchingUp.add(session);
  return entry.done = tellOfAll(chat, session, all);
}

async function tellOfAll(chat: Chat, session: Session, channels: Waiting): Promise<void> {
  for (const [channel, { pace, seen }] of channels) {
    // At once: if it is left and joined again meanwhile, it is told again.
    channels.delete(channel);
    try {
      await session.outbox.room();
      await inTurns(pace, tellOf(chat, session, channel, seen));
    } catch (error) {
      chat.origin.reportFailure(`cannot tell ${session.person.nick} of ${channel.name}`, error);
    }
  }
  // In the same step as the last look at what is left.
  waiting.delete(session);
  chat.catchingUp.delete(session);
}

/** Tells a session of a channel that its person is in, as if it had joined now, and has it follow the channel. */
function* tellOf(chat: Chat, session: Session, channel: Channel, seen: number): Generator<void> {
  const { person } = session;
  if (session.isOver || !channel.members.has(person) || channel.isFollowedBy(session)) return;
  const news = new Reply(session);
  news.send(chat.joinEvent(person, channel));
  const past = replayToAnother(chat, news, channel, seen);
  describe(chat, news, channel);
  channel.follow(session);
  yield;
  if (channel.isFollowedBy(session)) yield* sync(chat, news, channel);
  if (channel.isFollowedBy(session)) yield* past;
}
