/**
 * One call: who is in it, and who is told what happens there. It carries no sound and no picture: these go between the
 * clients, which negotiate them by signals (call_signals.ts).
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { isLastingIdentity } from "../store/identities.ts";
import type { Pace } from "../turns/slices.ts";
import type { CallWords } from "./call_words.ts";
import type { Channel } from "./channel.ts";
import type { Event } from "./event.ts";
import type { Person } from "./person.ts";
import { deliverToAll, type Recipient } from "./recipient.ts";

/** The capability of a client that has calls. */
export const CALL_CAPABILITY = "teahouse.chat/call";

/** How many people a call without an engine has at the most: each sends what others hear to each of them. */
export const MOST_IN_MESH = 8;

/** A connection with the person whose it is. */
export interface CallingSession extends Recipient {
  readonly person: Person;
}

/** Somebody in a call. */
export interface Participant {
  /** Who it is. Their connection may be lost, and then they may have left the room. */
  readonly person: Person;
  /** The connection that is in the call, one of the person's; undefined while it is lost and the place is kept. */
  session: Recipient | undefined;
  words: CallWords;
  /** When the connection was lost, in milliseconds of `Chat.uptime`. */
  lostAt: number | undefined;
  /** Whose place it is while the connection is lost; see `Person.identity`. */
  identity: string;
  /** Their place at the engine, once their client has begun there. */
  engine?: EnginePlace | undefined;
}

/** A place at the engine. */
export interface EnginePlace {
  /** What of this person goes on to the others from now on. */
  say(words: CallWords): void;
  leave(): void;
}

/** The part that an engine has in a call (call_engine.ts). */
export interface EnginePart {
  /** Takes a signal of somebody for the engine. @param pace Who pays for reading it. */
  take(place: Participant, signal: string, pace: Pace): void;
  close(): void;
}

/** The connections of a person that know calls. */
export function callSessions({ sessions }: Person): Recipient[] {
  return [...sessions].filter((session) => session.has(CALL_CAPABILITY));
}

/** A call. */
export abstract class VoiceCall {
  /** Those who are in it, in the order in which they came. */
  readonly participants = new Map<Person, Participant>();

  /** What the call is called where it is told to a person: the channel, or the other person. */
  abstract nameFor(person: Person): string;

  /** Tells what happens in it, to all who are told. @param make Makes the event by the call's name. */
  abstract tell(make: (name: string) => Event, except?: Recipient): void;

  /** Who is in it under a nick. */
  find(nick: string): Participant | undefined {
    const folded = casefold(nick);
    return this.participants.values().find(({ person }) => casefold(person.nick) === folded);
  }

  /** The place that is a person's: they are in, or were until their connection was lost. */
  placeOf(person: Person): Participant | undefined {
    const place = this.participants.get(person);
    if (place !== undefined || !isLastingIdentity(person.identity)) return place;
    return this.participants.values().find(({ lostAt, identity }) =>
      lostAt !== undefined && identity === person.identity
    );
  }

  /** The place of a connection that is in it. */
  placeBy(session: Recipient): Participant | undefined {
    return this.participants.values().find((place) => place.session === session);
  }
}

/** How many identities of people who were put out a call remembers. The oldest gives way. */
const MOST_PUT_OUT = 400;

/** The call of a channel: all members whose clients know calls are told of it. */
export class ChannelCall extends VoiceCall {
  readonly channel: Channel;
  /** Whether those whose clients know no calls were told that it has begun. */
  wasAnnounced = false;
  /** By what the sound and the pictures go from now on; undefined while they go from client to client. */
  engine: EnginePart | undefined;
  /** Those who were put out; and their identities, by which they may come back as another `Person`. */
  readonly #putOut = new Set<string>();
  readonly #personsPutOut = new WeakSet<Person>();

  constructor(channel: Channel) {
    super();
    this.channel = channel;
  }

  override nameFor(_: Person): string {
    return this.channel.name;
  }

  /** Keeps somebody out whom an operator has put out, until the call has ended; also if they come back as who they were. */
  keepOut({ person, identity }: Participant): void {
    this.#personsPutOut.add(person);
    this.#putOut.add(identity).add(person.identity);
    while (this.#putOut.size > MOST_PUT_OUT) this.#putOut.delete(this.#putOut.values().next().value!);
  }

  /** Whether somebody was put out, and may not come back: whoever is an operator may. */
  isClosedTo(person: Person): boolean {
    const wasPutOut = this.#personsPutOut.has(person) || this.#putOut.has(person.identity);
    return wasPutOut && !this.channel.isOperator(person) && !person.isOperator;
  }

  override tell(make: (name: string) => Event, except?: Recipient): void {
    const told = this.channel.followers().filter((one) => one !== except && one.has(CALL_CAPABILITY));
    deliverToAll(told, make(this.channel.name));
  }
}

/** A call between two people. One has called the other, and is alone in it until that one has answered. */
export class PrivateCall extends VoiceCall {
  readonly caller: Person;
  readonly callee: Person;
  /** Since when it rings, in milliseconds of `Chat.uptime`; undefined once it was answered. */
  rungAt: number | undefined;

  constructor(caller: Person, callee: Person, rungAt: number) {
    super();
    this.caller = caller;
    this.callee = callee;
    this.rungAt = rungAt;
  }

  /** The two people, as whoever they are now: whoever has come back after a lost connection is another `Person`. */
  get pair(): Person[] {
    return this.rungAt === undefined ? [...this.participants.keys()] : [this.caller, this.callee];
  }

  override nameFor(person: Person): string {
    return (this.pair.find((one) => one !== person) ?? person).nick;
  }

  override tell(make: (name: string) => Event, except?: Recipient): void {
    for (const person of this.pair) {
      const session = this.participants.get(person)?.session;
      const told = session !== undefined ? [session] : this.rungAt === undefined ? [] : callSessions(person);
      deliverToAll(told.filter((one) => one !== except), make(this.nameFor(person)));
    }
  }
}
