/**
 * How people come into calls: the call of a channel, or one of two people, which rings until it is answered. Everything here
 * happens in one step.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { relayPass } from "../calls/relay.ts";
import { MOST_ON_ENGINE } from "../calls/engine.ts";
import { peerKey } from "../store/identities.ts";
import { addressRange } from "../wire/address.ts";
import { considerEngine } from "./call_engine.ts";
import { MOST_RINGING } from "./call_rings.ts";
import { type CallWords, isListening, wordsText } from "./call_words.ts";
import type { Channel } from "./channel.ts";
import type { Event } from "./event.ts";
import type { Person } from "./person.ts";
import { deliverToAll, type Recipient } from "./recipient.ts";
import { Failure, type Reply } from "./reply.ts";
import { whySilenced } from "./restrictions.ts";
import {
  CALL_CAPABILITY,
  type CallingSession,
  callSessions,
  ChannelCall,
  MOST_IN_MESH,
  type Participant,
  PrivateCall,
  type VoiceCall,
} from "./voice_call.ts";
import { isKeptOut, type VoiceCalls } from "./voice_calls.ts";

/** The call in which a person is, called as they name it: by a channel, or by the other person. */
export function callNamed(calls: VoiceCalls, person: Person, name: string, channel?: Channel): VoiceCall | undefined {
  return channel === undefined ? privateCall(calls, person, name) : calls.ofChannel(channel);
}

/** The call between a person and somebody with a nick; the person may have come back after a lost connection. */
function privateCall(calls: VoiceCalls, person: Person, nick: string): PrivateCall | undefined {
  const folded = casefold(nick);
  const own = calls.ofPerson(person).find((call) => casefold(call.nameFor(person)) === folded);
  const other = calls.room.find(nick);
  if (own !== undefined || other === undefined) return own;
  return calls.ofPerson(other).find((call) => call.placeOf(person) !== undefined);
}

/** Refuses a connection that is in another call. */
function requireFree(calls: VoiceCalls, session: CallingSession, call: VoiceCall | undefined, name: string): void {
  const other = calls.of(session);
  if (other === undefined || other === call) return;
  const where = other.nameFor(session.person);
  throw new Failure("CALL", "IN_ANOTHER_CALL", "JOIN", name, `You are in the call of ${where}; leave that first`);
}

/**
 * Brings a connection into the call of a channel, which begins with the first one. Whoever is in already says other words by
 * that.
 *
 * @throws {Failure} If the person may not.
 */
export function joinChannelCall(calls: VoiceCalls, session: CallingSession, channel: Channel, words: CallWords): void {
  const { person } = session;
  const { name } = channel;
  const refuse = (code: string, why: string): never => {
    throw new Failure("CALL", code, "JOIN", name, why);
  };
  const call = calls.ofChannel(channel);
  const place = call?.placeOf(person);
  requireFree(calls, session, call, name);
  if (isKeptOut(channel, person)) refuse("BANNED", `You are banned from ${name}`);
  if (call?.isClosedTo(person)) {
    // They came in before they logged in to the account that is out.
    if (place !== undefined) calls.leave(call, place, "banned");
    refuse("KICKED", "An operator has put you out of this call; you can join the next one");
  }
  requireWords(channel, person, words, "JOIN", call === undefined);
  const mayBegin = calls.options.isForOperators !== true || channel.isOperator(person) || person.isOperator;
  if (call === undefined && !mayBegin) refuse("DISABLED", "Only operators begin calls here");
  const most = call?.engine === undefined ? MOST_IN_MESH : MOST_ON_ENGINE;
  if (call !== undefined && place === undefined && call.participants.size >= most) {
    // It may be back: then the next one who asks comes in.
    considerEngine(calls, call);
    refuse("FULL", `${most} people are in the call, and more can't be`);
  }
  if (call !== undefined && place?.session === session) calls.setWords(call, place, words, session);
  else {
    const entered = call ?? calls.begin(channel);
    calls.enter(entered, session, words);
    considerEngine(calls, entered);
  }
}

/**
 * Refuses somebody who is to be heard or seen in a channel where they may not talk.
 *
 * @param isFirst Whether a call would begin, to which nobody else would be heard.
 */
export function requireWords(channel: Channel, person: Person, words: CallWords, what: string, isFirst = false): void {
  if (isListening(words) && !isFirst) return;
  const why = whySilenced(channel, person);
  if (why === undefined) return;
  const but = isFirst ? "you can't begin a call" : "you can only listen: muted, without camera and screen";
  throw new Failure("CALL", "MUTED", what, channel.name, `You may not talk in ${channel.name} (${why}): ${but}`);
}

/**
 * Calls a person, or answers whoever has called; whoever is in that call already says other words by that.
 *
 * @throws {Failure} If that can't be.
 */
export function joinPrivateCall(
  calls: VoiceCalls,
  session: CallingSession,
  nick: string,
  words: CallWords,
  peer?: string,
): void {
  const { person } = session;
  const call = privateCall(calls, person, nick);
  const other = call?.pair.find(({ identity }) => identity !== person.identity) ?? calls.room.find(nick);
  if (peer !== undefined && other !== undefined && peer !== peerKey(other.identity)) {
    throw new Failure("CALL", "ANOTHER_PERSON", "JOIN", nick, "Another person has this nick than the one who is meant");
  }
  requireFree(calls, session, call, nick);
  if (call === undefined) return callPerson(calls, session, nick, words);
  const place = call.placeOf(person);
  if (place === undefined) calls.answer(call, session, words);
  else if (place.session === session) calls.setWords(call, place, words, session);
  else calls.enter(call, session, words);
}

/** Calls somebody: all their connections that know calls ring. */
function callPerson(calls: VoiceCalls, session: CallingSession, nick: string, words: CallWords): void {
  const { person } = session;
  const { room, rings, options } = calls;
  const refuse = (code: string, why: string): never => {
    throw new Failure("CALL", code, "JOIN", nick, why);
  };
  const other = room.find(nick) ?? refuse("NO_SUCH_NICK", "That person is not here now");
  if (other === person) refuse("INVALID_TARGET", "You can't call yourself");
  if (options.isForOperators === true && !person.isOperator) refuse("DISABLED", "Only operators begin calls here");
  const called = callSessions(other);
  if (called.length === 0) refuse("UNAVAILABLE", `${other.nick} has no page or program open that knows calls`);
  const ringing = calls.ofPerson(other).filter(({ rungAt, callee }) => rungAt !== undefined && callee === other);
  const range = addressRange(session.address);
  const fromThere = ringing.filter(({ caller }) => addressRange(caller.address) === range);
  const isTooMany = ringing.length >= MOST_RINGING.inAll || fromThere.length >= MOST_RINGING.byAddress ||
    !rings.tryCount(range, other, room.uptime());
  if (isTooMany) refuse("BUSY", `${other.nick} is called too often; try again in a minute`);
  const call = calls.ring(person, other);
  calls.enter(call, session, words);
  tellOfRing(calls, call, called);
}

/** What tells a connection who is in a call, and how it reaches them. */
function* described(calls: VoiceCalls, reply: Reply, call: VoiceCall, isJoining: boolean): Generator<Event> {
  const { session: { origin, person } } = reply;
  const name = call.nameFor(person);
  const event = (...params: string[]) => origin.event("CALL", params);
  const { relay } = calls.options;
  if (isJoining && relay !== undefined) {
    const { username, password } = relayPass(relay, person.identity, origin.now());
    for (const url of relay.urls) yield event("ICE", name, url, username, password);
  }
  for (const { person, words } of call.participants.values()) {
    yield event("MEMBER", name, person.nick, wordsText(words));
  }
  const isOnEngine = call instanceof ChannelCall && call.engine !== undefined;
  yield isOnEngine ? event("MODE", name, "engine", origin.name) : event("MODE", name, "mesh");
}

/**
 * Tells a connection of a call.
 *
 * @param isJoining Whether it has joined, and so is told of the TURN server, with a password of its own.
 */
export function describeCall(calls: VoiceCalls, reply: Reply, call: VoiceCall, isJoining: boolean): void {
  const { person } = reply.session;
  reply.batch(["teahouse.chat/call", call.nameFor(person)], described(calls, reply, call, isJoining));
}

/** Tells a connection that has come into a channel of the call there, if there is one and it knows calls. */
export function tellOfCall(calls: VoiceCalls | undefined, reply: Reply, channel: Channel): void {
  const call = calls?.ofChannel(channel);
  if (call === undefined || !reply.session.has("teahouse.chat/call")) return;
  describeCall(calls!, reply, call, false);
}

/** The place of a connection in a call; or that of its person, whose own connection was lost. */
export function ownPlace(call: VoiceCall, session: CallingSession): Participant | undefined {
  const place = call.placeOf(session.person);
  return place?.session === session || place?.lostAt !== undefined ? place : undefined;
}

/** Takes a connection out of a call; a call that rings for its person is not answered. False if it is in none. */
export function leaveCall(calls: VoiceCalls, call: VoiceCall, session: CallingSession, why?: string): boolean {
  const place = ownPlace(call, session);
  if (place !== undefined) calls.leave(call, place, why, session);
  else if (isRingingFor(call, session.person)) calls.decline(call, session);
  else return false;
  return true;
}

/** Whether a call rings for somebody. */
export function isRingingFor(call: VoiceCall | undefined, person: Person): call is PrivateCall {
  return call instanceof PrivateCall && call.rungAt !== undefined && call.callee === person;
}

/** Tells a connection that has come to somebody who is in the room of those who call them, if it knows calls. */
export function tellOfRings(calls: VoiceCalls | undefined, session: CallingSession): void {
  if (calls === undefined || !session.has(CALL_CAPABILITY)) return;
  const { person } = session;
  for (const call of calls.ofPerson(person).filter((one) => isRingingFor(one, person))) {
    tellOfRing(calls, call, [session]);
  }
}

function tellOfRing(calls: VoiceCalls, { caller }: PrivateCall, sessions: Iterable<Recipient>): void {
  deliverToAll(sessions, calls.room.event(caller, "CALL", ["RING", caller.nick]));
}
