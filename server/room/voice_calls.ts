/**
 * The calls of a room: which there are, who is in which, and when somebody's place in one ends. How people come into a call
 * stands in calling.ts.
 *
 * A place ends in the same step as what it follows from: its person leaves the call, the channel or the room, or is banned. Only
 * where a connection is lost, and its person can be known again, the place is kept for a while.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { isLastingIdentity } from "../store/identities.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";
import { inSlices, type Pace } from "../turns/slices.ts";
import type { CallOptions } from "./call_options.ts";
import { announceBegin, announceEnd, CallNotices } from "./call_notices.ts";
import { RingLimit } from "./call_rings.ts";
import { type CallWords, isListening, isSame, listening, wordsText } from "./call_words.ts";
import { type Channel, channelsOf, shareChannel } from "./channel.ts";
import type { Doors } from "./doors.ts";
import type { Event } from "./event.ts";
import type { Origin } from "./origin.ts";
import type { Person } from "./person.ts";
import { deliverToAll, type Recipient } from "./recipient.ts";
import { whySilenced } from "./restrictions.ts";
import {
  type CallingSession,
  callSessions,
  ChannelCall,
  type Participant,
  PrivateCall,
  type VoiceCall,
} from "./voice_call.ts";

/** How long a place is kept for whoever has lost the connection, and how long a call rings. Milliseconds. */
export const CALL_TIMES = { lost: 30_000, ringing: 45_000 } as const;

/** What people in a call may have told of themselves: their coming, their going and their words count alike. */
const CHANGES = { burst: 5, perSecond: 5 } as const;

/** The room, as far as its calls need it; `Chat` is one. */
export interface CallsRoom {
  readonly origin: Origin;
  /** At whose expense the room's own work is done. */
  readonly pace: Pace;
  /** See `Chat.uptime`. */
  readonly uptime: () => number;
  readonly doors: () => Doors | undefined;
  find(nick: string): Person | undefined;
  event(person: Person, command: string, params: string[]): Event;
}

/** The calls of one room. */
export class VoiceCalls {
  readonly room: CallsRoom;
  readonly options: CallOptions;
  /** How often people are called. */
  readonly rings = new RingLimit();
  readonly #notices = new CallNotices();
  readonly #ofChannels = new Map<Channel, ChannelCall>();
  /** The calls between two people, by each of the two. */
  readonly #ofPersons = new Map<Person, Set<PrivateCall>>();
  /** Each connection is in one call at most. */
  readonly #bySession = new Map<Recipient, VoiceCall>();
  readonly #changes = new WeakMap<Person, TokenBucket>();
  #isSweeping = false;

  constructor(room: CallsRoom, options: CallOptions) {
    this.room = room;
    this.options = options;
  }

  /** The TURN server shares another secret with the room from now on. */
  takeSecret(secret: string): void {
    if (this.options.relay !== undefined) this.options.relay.secret = secret;
  }

  /** How many calls there are. */
  get size(): number {
    return this.all().length;
  }

  /** All calls, those that ring among them. */
  all(): VoiceCall[] {
    return [...this.#ofChannels.values(), ...new Set(this.#ofPersons.values().flatMap((calls) => calls))];
  }

  /** The call in which a connection is. */
  of(session: Recipient): VoiceCall | undefined {
    return this.#bySession.get(session);
  }

  /** The call of a channel. */
  ofChannel(channel: Channel): ChannelCall | undefined {
    return this.#ofChannels.get(channel);
  }

  /** The calls between a person and others. */
  ofPerson(person: Person): PrivateCall[] {
    return [...this.#ofPersons.get(person) ?? []];
  }

  /** How many milliseconds a person has to wait who changes something in a call; the change is counted. */
  countChange(person: Person): number {
    const now = this.room.uptime();
    let bucket = this.#changes.get(person);
    if (bucket === undefined) this.#changes.set(person, bucket = new TokenBucket(CHANGES, now));
    const wait = bucket.wait(1, now);
    bucket.take(1, now);
    return wait;
  }

  /** Begins the call of a channel; to be called with `enter`. */
  begin(channel: Channel): ChannelCall {
    const call = new ChannelCall(channel);
    this.#ofChannels.set(channel, call);
    return call;
  }

  /** Begins a call between two people, which rings; to be called with `enter`. */
  ring(caller: Person, callee: Person): PrivateCall {
    const call = new PrivateCall(caller, callee, this.room.uptime());
    for (const person of [caller, callee]) this.#note(person, call);
    return call;
  }

  #note(person: Person, call: PrivateCall): void {
    this.#ofPersons.set(person, (this.#ofPersons.get(person) ?? new Set()).add(call));
  }

  #forget(person: Person, call: PrivateCall): void {
    const calls = this.#ofPersons.get(person);
    if (calls?.delete(call) && calls.size === 0) this.#ofPersons.delete(person);
  }

  /**
   * Gives a connection a place in a call: a new one, or the one that its person has, or had until a connection was lost. The
   * others are told; another connection of the person, which had the place, is told that this one has it.
   */
  enter(call: VoiceCall, session: CallingSession, words: CallWords): void {
    const { person } = session;
    this.#meetPlace(call, person);
    const before = call.placeOf(person);
    const isFirst = call.participants.size === 0;
    // It may have ended by that.
    if (call instanceof ChannelCall) this.#ofChannels.set(call.channel, call);
    if (before !== undefined) {
      if (casefold(before.person.nick) !== casefold(person.nick)) this.#tellPart(call, before.person);
      if (before.session !== undefined) this.#leaveBehind(call, before.session);
      call.participants.delete(before.person);
      if (call instanceof PrivateCall && before.person !== person) this.#forget(before.person, call);
    }
    if (call instanceof PrivateCall) this.#note(person, call);
    const { identity } = person;
    call.participants.set(person, { person, session, words, lostAt: undefined, identity, engine: before?.engine });
    before?.engine?.say(words);
    this.#bySession.set(session, call);
    const joined = (name: string) => this.room.event(person, "CALL", ["JOIN", name, wordsText(words)]);
    if (!(call instanceof PrivateCall && isFirst)) call.tell(joined, session);
    if (call instanceof ChannelCall && isFirst) announceBegin(this.room, this.#notices, call, person);
  }

  /** Takes a connection out of a call in which its person goes on by another one. */
  #leaveBehind(call: VoiceCall, session: Recipient): void {
    this.#bySession.delete(session);
    const { person } = call.placeBy(session)!;
    session.deliver(this.room.event(person, "CALL", ["ANSWERED", call.nameFor(person)]));
  }

  /**
   * Somebody has a nick under which a place is kept. To all who know of the call they are whoever has that place: so it is
   * theirs, if they are who had it, and else it ends.
   */
  #meetPlace(call: VoiceCall, person: Person): void {
    const own = call.placeOf(person);
    const nick = casefold(person.nick);
    for (const place of [...call.participants.values()]) {
      if (place.lostAt === undefined || place.person === person || casefold(place.person.nick) !== nick) continue;
      if (place !== own) this.leave(call, place);
      else if (call.participants.delete(place.person)) call.participants.set(person, { ...place, person });
    }
  }

  /** Changes what somebody does. Nothing is told where nothing changes. */
  setWords(call: VoiceCall, place: Participant, words: CallWords, except?: Recipient): void {
    if (isSame(place.words, words)) return;
    place.words = words;
    place.engine?.say(words);
    const { person } = place;
    call.tell((name) => this.room.event(person, "CALL", ["STATE", name, wordsText(words)]), except);
  }

  /**
   * Has somebody in a channel's call muted: their client is asked to, and all are told.
   *
   * @param by The operator who wants it; undefined for the server.
   */
  mute(call: ChannelCall, place: Participant, words: CallWords, by?: Person, except?: Recipient): void {
    const { origin } = this.room;
    const { person: { nick } } = place;
    call.tell((name) => {
      const params = ["MUTE", name, nick];
      return by === undefined ? origin.event("CALL", params) : this.room.event(by, "CALL", params);
    }, except);
    this.setWords(call, place, words);
  }

  /** Throws somebody out of a channel's call, which they can't join again. */
  kick(call: ChannelCall, place: Participant, by: Person, except?: Recipient): void {
    const { person: { nick } } = place;
    call.tell((name) => this.room.event(by, "CALL", ["KICK", name, nick]), except);
    call.keepOut(place);
    this.#drop(call, place);
  }

  /** Ends somebody's place in a call, and the call with the last one; one between two people ends with the first. */
  leave(call: VoiceCall, place: Participant, why?: string, except?: Recipient): void {
    const { person, session } = place;
    this.#tellPart(call, person, why, except);
    // Whoever is out of the channel already is not told by it.
    const isOut = call instanceof ChannelCall && session !== undefined && !call.channel.isFollowedBy(session);
    if (isOut && session !== except) {
      session.deliver(
        this.room.event(person, "CALL", ["PART", call.nameFor(person), ...why === undefined ? [] : [why]]),
      );
    }
    this.#drop(call, place);
  }

  #tellPart(call: VoiceCall, person: Person, why?: string, except?: Recipient): void {
    const rest = why === undefined ? [] : [why];
    call.tell((name) => this.room.event(person, "CALL", ["PART", name, ...rest]), except);
  }

  #drop(call: VoiceCall, { person, session, engine }: Participant): void {
    call.participants.delete(person);
    engine?.leave();
    if (session !== undefined) this.#bySession.delete(session);
    if (call instanceof PrivateCall) {
      this.#forget(person, call);
      this.#end(call);
    } else if (call.participants.size === 0) this.#endOfChannel(call as ChannelCall);
  }

  /** Ends a call between two people; whoever is to know has been told. */
  #end(call: PrivateCall): void {
    for (const { person, session } of call.participants.values()) {
      if (session !== undefined) this.#bySession.delete(session);
      this.#forget(person, call);
    }
    for (const person of [call.caller, call.callee]) this.#forget(person, call);
    call.participants.clear();
  }

  #endOfChannel(call: ChannelCall): void {
    this.#ofChannels.delete(call.channel);
    call.engine?.close();
    call.engine = undefined;
    announceEnd(this.room, call);
  }

  /** Ends a call that rings. @param by Who ends it; of whom both are told. */
  endRing(call: PrivateCall, why: string, by: Person): void {
    this.#tellPart(call, by, why);
    this.#end(call);
  }

  /** A call between two people is answered by a connection: the callee's others need not ring any more. */
  answer(call: PrivateCall, session: CallingSession, words: CallWords): void {
    const others = callSessions(call.callee).filter((one) => one !== session);
    deliverToAll(others, this.room.event(call.callee, "CALL", ["ANSWERED", call.caller.nick]));
    call.rungAt = undefined;
    this.enter(call, session, words);
  }

  /** The callee does not answer. @param session By which they say so. */
  decline(call: PrivateCall, session: Recipient): void {
    const others = callSessions(call.callee).filter((one) => one !== session);
    const { caller, callee } = call;
    call.participants.get(caller)?.session?.deliver(this.room.event(callee, "CALL", ["PART", callee.nick, "declined"]));
    deliverToAll(others, this.room.event(callee, "CALL", ["ANSWERED", caller.nick]));
    this.#end(call);
  }

  /** A connection ends. To be called while its person still has it. @param isLost Whether nobody has ended it on purpose. */
  sessionEnded(session: CallingSession, isLost: boolean): void {
    const { person } = session;
    const call = this.#bySession.get(session);
    const place = call?.placeBy(session);
    if (call !== undefined && place !== undefined) {
      const isRinging = call instanceof PrivateCall && call.rungAt !== undefined;
      if (isLost && !isRinging && isLastingIdentity(person.identity)) {
        this.#bySession.delete(session);
        Object.assign(place, { session: undefined, lostAt: this.room.uptime(), identity: person.identity });
      } else this.leave(call, place);
    }
    if (person.sessions.size > 1) return;
    // Whoever goes on purpose leaves no place behind that was kept since another connection was lost.
    for (const channel of isLost ? [] : channelsOf(person)) {
      const call = this.#ofChannels.get(channel);
      const place = call?.placeOf(person);
      if (place !== undefined) this.leave(call!, place);
    }
    // Nobody is there any more who could answer.
    for (const call of this.ofPerson(person)) if (call.rungAt !== undefined) this.endRing(call, "gone", person);
  }

  /** A person has another nick. @param event As the others are told it. */
  renamed(person: Person, event: Event): void {
    for (const channel of channelsOf(person)) {
      const call = this.#ofChannels.get(channel);
      if (call === undefined) continue;
      this.#meetPlace(call, person);
      const place = call.participants.get(person);
      if (place !== undefined) this.#checkPlace(call, place);
    }
    for (const call of this.ofPerson(person)) {
      const other = call.pair.find((one) => one !== person);
      // They are told of a nick that they may have never seen otherwise.
      if (other !== undefined && !shareChannel(person, other)) deliverToAll(callSessions(other), event);
    }
  }

  /** A person has come into a channel. */
  joinedChannel(person: Person, channel: Channel): void {
    const call = this.#ofChannels.get(channel);
    if (call !== undefined) this.#meetPlace(call, person);
  }

  /** A person is out of a channel; with its last member the channel has ended. To be called when that is so. */
  leftChannel(person: Person, channel: Channel): void {
    const call = this.#ofChannels.get(channel);
    if (call === undefined) return;
    const place = call.placeOf(person);
    const isKept = place?.lostAt !== undefined && person.hasLeft;
    if (place !== undefined && !isKept) this.leave(call, place);
    if (channel.members.size === 0) { for (const kept of [...call.participants.values()]) this.leave(call, kept); }
  }

  /** Looks at everybody in the call of a channel whose modes or lists have changed: in steps, since that may take a while for each. */
  *checkChannel(channel: Channel): Generator<void> {
    for (const place of [...this.#ofChannels.get(channel)?.participants.values() ?? []]) {
      const call = this.#ofChannels.get(channel);
      if (call?.participants.get(place.person) === place) this.#checkPlace(call, place);
      yield;
    }
  }

  /** Puts somebody out who is banned or was put out before, and has somebody muted who may not talk. */
  #checkPlace(call: ChannelCall, place: Participant): void {
    const { channel } = call;
    const { person, words, lostAt } = place;
    if (isKeptOut(channel, person) || call.isClosedTo(person)) this.leave(call, place, "banned");
    else if (lostAt === undefined && !isListening(words) && whySilenced(channel, person) !== undefined) {
      this.mute(call, place, listening(words));
    }
  }

  /** Ends what has lasted too long, and looks at everybody again. To be called every few seconds. */
  sweep(): void {
    if (this.#isSweeping || this.#ofChannels.size + this.#ofPersons.size === 0) return;
    this.#isSweeping = true;
    const { origin, pace } = this.room;
    void inSlices(pace, this.#sweep(), (error) => origin.reportFailure("cannot look after calls", error))
      .then(() => this.#isSweeping = false);
  }

  *#sweep(): Generator<void> {
    for (const call of this.all()) {
      const now = this.room.uptime();
      for (const place of [...call.participants.values()]) {
        const isOver = place.lostAt !== undefined && now - place.lostAt >= CALL_TIMES.lost;
        if (isOver && call.participants.get(place.person) === place) this.leave(call, place, "connection lost");
      }
      if (call instanceof PrivateCall && call.rungAt !== undefined && now - call.rungAt >= CALL_TIMES.ringing) {
        this.#unanswered(call);
      }
      yield;
      if (call instanceof ChannelCall) yield* this.checkChannel(call.channel);
    }
  }

  /** Tells both that nobody has answered: each of the other. */
  #unanswered(call: PrivateCall): void {
    const { caller, callee } = call;
    for (const [one, other] of [[caller, callee], [callee, caller]]) {
      deliverToAll(callSessions(one), this.room.event(other, "CALL", ["PART", other.nick, "no answer"]));
    }
    this.#end(call);
  }
}

/** Whether a ban keeps somebody out of a channel's call, who may be a member of the channel or away for a moment. */
export function isKeptOut(channel: Channel, person: Person): boolean {
  return !channel.isAlwaysRead(person) && channel.isBanned(person);
}
