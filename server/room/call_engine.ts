/**
 * Calls of channels that go by an engine: from so many people on, and then to the end of the call. The client of each then talks
 * to the server about its two ways (shared/engine_signal.ts), as if the server were the one other person in the call; here this
 * becomes what the engine is told, and back.
 *
 * A place at the engine follows the place in the call: with it it is silenced, and with it it ends.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import {
  type EngineDescription,
  EngineReader,
  type EngineSignal,
  type EngineTold,
  packEngineSignal,
  type Way,
} from "../../shared/engine_signal.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";
import { type Conference, EngineError, type Seat, type Sends, type Stream } from "../calls/engine.ts";
import { unpackNow } from "../calls/unpacking.ts";
import { faultText } from "../turns/faults.ts";
import { inTurn, type Pace } from "../turns/slices.ts";
import { SIGNAL_TAG } from "./call_tag.ts";
import type { CallWords } from "./call_words.ts";
import { ClientTags } from "./event.ts";
import type { Person } from "./person.ts";
import type { ChannelCall, EnginePart, EnginePlace, Participant } from "./voice_call.ts";
import type { VoiceCalls } from "./voice_calls.ts";

/** Why a call has ended whose engine is gone. */
export const ENGINE_STOPPED = "The call's server has stopped";

/** How many sessions somebody begins: more than a client has to. */
const SESSIONS = { burst: 6, perSecond: 0.2 } as const;

/** Signals of one person that wait to be read. */
const MOST_WAITING = 80;

/** The calls that are about to go by the engine, and those of which it was told that they can't. */
const moving = new WeakSet<ChannelCall>();
const told = new WeakSet<ChannelCall>();

/** What is left to somebody of the sessions that they may begin: leaving and coming again wins no others. */
const sessions = new WeakMap<Person, TokenBucket>();

/** Has a call go by the engine, if it is large enough. It goes on as it is until then. */
export function considerEngine(calls: VoiceCalls, call: ChannelCall): void {
  const { engine } = calls.options;
  if (engine === undefined || call.engine !== undefined || call.participants.size < engine.from || moving.has(call)) {
    return;
  }
  moving.add(call);
  void move(calls, call).catch((error) => {
    // Then it goes on without it, with as many people as that can have.
    if (told.has(call)) return;
    told.add(call);
    const { report } = calls.room.origin;
    report(`no engine for a call: ${error instanceof EngineError ? error.message : faultText(error)}`);
  }).finally(() => moving.delete(call));
}

async function move(calls: VoiceCalls, call: ChannelCall): Promise<void> {
  const { room: { origin } } = calls;
  const conference = await calls.options.engine!.engine.open(() => part.stopped());
  if (calls.ofChannel(call.channel) !== call) return conference.close();
  const part = call.engine = new EngineCall(calls, call, conference);
  call.tell((name) => origin.event("CALL", ["MODE", name, "engine", origin.name]));
}

/** What of somebody goes on to others who say this of themselves. */
function sendsOf(words: CallWords): Sends {
  const microphone = words.has("muted") ? "muted" : "on";
  return {
    microphone: words.has("audio") ? microphone : "none",
    camera: words.has("video"),
    screen: words.has("screen"),
  };
}

/** The engine's part in one call. */
class EngineCall implements EnginePart {
  readonly #calls: VoiceCalls;
  readonly #call: ChannelCall;
  readonly #conference: Conference;
  readonly #places = new Map<Seat, Place>();

  constructor(calls: VoiceCalls, call: ChannelCall, conference: Conference) {
    this.#calls = calls;
    this.#call = call;
    this.#conference = conference;
  }

  take(participant: Participant, signal: string, pace: Pace): void {
    const place = (participant.engine ??= this.#enter(participant)) as Place;
    place.take(signal, pace);
  }

  close(): void {
    this.#conference.close();
  }

  /** The engine is gone, and with it the call. */
  stopped(): void {
    const call = this.#call;
    for (const place of [...call.participants.values()]) this.#calls.leave(call, place, ENGINE_STOPPED);
  }

  #enter({ words, person }: Participant): Place {
    const now = this.#calls.room.uptime();
    if (!sessions.has(person)) sessions.set(person, new TokenBucket(SESSIONS, now));
    const seat = this.#conference.enter(sendsOf(words));
    const place = new Place(seat, {
      begins: () => sessions.get(person)!.tryTake(1, this.#calls.room.uptime()),
      isOfThis: (name) => casefold(name) === casefold(this.#call.channel.name),
      nickOf: (seat) => this.#find(this.#places.get(seat))?.person.nick,
      send: (told) => void this.#send(place, told),
      onLeave: () => this.#places.delete(seat),
    });
    this.#places.set(seat, place);
    return place;
  }

  /** Who has a place. They may have come back after a lost connection, and so be another participant. */
  #find(place: Place | undefined): Participant | undefined {
    return this.#call.participants.values().find(({ engine }) => engine !== undefined && engine === place);
  }

  async #send(place: Place, told: { s: number } & EngineTold): Promise<void> {
    const { origin } = this.#calls.room;
    const { name } = this.#call.channel;
    // Packing takes a moment, and what was said first comes first.
    const packed = packEngineSignal({ c: name, ...told } as EngineSignal);
    place.sent = place.sent.then(async () => {
      for (const signal of await packed) {
        const { person, session } = this.#find(place) ?? {};
        if (person === undefined || session === undefined) return;
        const event = origin.event("TAGMSG", [person.nick]);
        session.deliver({ ...event, clientTags: new ClientTags({ [SIGNAL_TAG]: signal }) });
      }
    }).catch((error) => origin.reportFailure("cannot send a signal", error));
    await place.sent;
  }
}

/** What a place needs of its call. */
interface PlaceOptions {
  /** Whether a session may begin: so many may. */
  begins: () => boolean;
  /** Whether a signal that names this call is of this call. */
  isOfThis: (name: string) => boolean;
  /** Whose a seat is; undefined if they have left. */
  nickOf: (seat: Seat) => string | undefined;
  send: (told: { s: number } & EngineTold) => void;
  onLeave: () => void;
}

/** Somebody's place at the engine. */
class Place implements EnginePlace {
  /** Resolves when all is sent that was to be. */
  sent: Promise<void> = Promise.resolve();
  readonly #seat: Seat;
  readonly #options: PlaceOptions;
  readonly #reader = new EngineReader();
  /** The number of the session that the client has begun. */
  #session: number | undefined;
  #read: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isOver = false;

  constructor(seat: Seat, options: PlaceOptions) {
    this.#seat = seat;
    this.#options = options;
  }

  say(words: CallWords): void {
    this.#seat.say(sendsOf(words));
  }

  leave(): void {
    this.#isOver = true;
    this.#seat.leave();
    this.#options.onLeave();
  }

  /** Takes a signal of the client, in a turn of its own. What is none, or of another call, changes nothing. */
  take(signal: string, pace: Pace): void {
    if (this.#waiting >= MOST_WAITING) return;
    this.#waiting++;
    // What waits of somebody who has left is not read.
    this.#read = this.#read.then(() => this.#isOver ? undefined : inTurn(pace, () => this.#readNow(signal)))
      .catch(() => {}).finally(() => this.#waiting--);
  }

  #readNow(signal: string): void {
    if (this.#isOver) return;
    const told = this.#reader.read(unpackNow(signal));
    if (told !== undefined && this.#options.isOfThis(told.c)) this.#take(told);
  }

  #take(told: EngineSignal): void {
    if (!("d" in told)) return;
    const { s, w, d } = told;
    if (w === "down" && d.type === "answer" && s === this.#session) this.#seat.answer(d.sdp);
    if (w !== "up" || d.type !== "offer" || s === this.#session) return;
    if (!this.#options.begins()) return this.#options.send({ s, bye: 1 });
    this.#session = s;
    const { send, nickOf } = this.#options;
    this.#seat.begin(d.sdp, {
      onDescription: (way: Way, description: EngineDescription, streams: readonly Stream[]) => {
        const m = streams.flatMap(([mid, seat, slot]): [string, string, number][] => {
          const nick = nickOf(seat);
          return nick === undefined ? [] : [[mid, nick, slot]];
        });
        send({ s, w: way, d: description, m });
      },
      onEnd: () => send({ s, bye: 1 }),
    });
  }
}
