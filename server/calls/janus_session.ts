/**
 * One session of a client with a Janus: a handle that takes what the client sends, and one that sends it what comes of all
 * others. What it gets follows from what the others send, and is negotiated anew whenever that changes: one negotiation after
 * the other.
 *
 * @module
 */

import { ENGINE_SLOTS, type EngineDescription } from "../../shared/engine_signal.ts";
import { EngineError, type Seat, type SeatSession, type Sends, type Stream } from "./engine.ts";
import type { Handle, JanusLink } from "./janus_link.ts";

/** How long a client has to answer an offer, in milliseconds. */
const ANSWER = 10_000;

/** How often in a row Janus may refuse to change what comes down: somebody may have gone meanwhile. */
const MOST_REFUSED = 3;

/** Characters of an offer: four sections take a tenth of it. */
const LONGEST_OFFER = 32_000;

/** A stream of somebody: which feed of the videoroom, and which section there. */
export interface Source {
  feed: number;
  mid: string;
}

/** A stream as it comes down, in a section of its own. */
interface Coming extends Source {
  section: string;
}

/** The place whose session it is. */
export interface SessionSeat extends Seat {
  readonly sends: Sends;
  /** Which of its places others get, by their numbers. */
  readonly places: readonly number[];
}

/** The conference, as far as a session needs it. */
export interface SessionConference {
  readonly link: JanusLink;
  /** What each question about it has. */
  readonly pass: { readonly room: number; readonly pin: string };
  /** What comes to a session: what all others send whose ways are there. */
  sourcesFor(session: JanusSession): Source[];
  sessionOf(feed: number): JanusSession | undefined;
  /** Somebody has come or gone, or sends something else. */
  changed(): void;
  /** Has Janus drop a stream, or let it through. @throws {EngineError} */
  moderate(feed: number, mid: string, mute: boolean): Promise<void>;
}

const isSame = (one: Source, other: Source) => one.feed === other.feed && one.mid === other.mid;

/** One session. */
export class JanusSession {
  /** What it is called in the videoroom. */
  readonly feed: number;
  readonly seat: SessionSeat;
  /** Whether what the client sends comes in. */
  isUp = false;
  /** The sections of the client's offer, in the order of its places. */
  sections: readonly string[] = [];
  readonly #conference: SessionConference;
  readonly #events: SeatSession;
  #up: Handle | undefined;
  #down: Handle | undefined;
  /** Whether the videoroom has the feed: what it sends can be moderated from then on. */
  #isJoined = false;
  #isOver = false;
  #coming: Coming[] = [];
  #refused = 0;
  readonly #following = new Repeated(() => this.#follow(), () => this.end(true));
  readonly #moderating = new Repeated(() => this.#moderate(), () => this.end(true));
  readonly #silent = new Map<string, boolean>();
  #answered: ((sdp: string | undefined) => void) | undefined;

  constructor(conference: SessionConference, seat: SessionSeat, feed: number, events: SeatSession) {
    this.#conference = conference;
    this.seat = seat;
    this.feed = feed;
    this.#events = events;
  }

  /** Takes the client's offer. */
  async begin(offer: string): Promise<void> {
    try {
      const sdp = withoutCandidates(offer);
      this.sections = sectionsOf(sdp);
      const up = await this.#attach();
      if (up === undefined) return;
      this.#up = up;
      const joining = { request: "joinandconfigure", ptype: "publisher", id: this.feed, ...this.#conference.pass };
      const { jsep } = await up.ask(joining, { type: "offer", sdp });
      if (this.#isOver) return;
      if (jsep?.type !== "answer") throw new EngineError("Janus does not answer an offer");
      this.#isJoined = true;
      await this.#moderating.run();
      if (this.#isOver) return;
      this.#events.onDescription("up", jsep, []);
      this.follow();
    } catch {
      // What the client offers can't be used.
      this.end(true);
    }
  }

  /** Has it get what the others send now. */
  follow(): void {
    if (this.#up !== undefined && !this.#isOver) void this.#following.run();
  }

  /** Has go on to the others what is to, and nothing else. */
  say(): void {
    if (this.#isJoined && !this.#isOver) void this.#moderating.run();
  }

  answer(sdp: string): void {
    this.#answered?.(sdp);
  }

  /** @param isLost Whether the client is to be told: it has not ended the session itself. */
  end(isLost: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.isUp = false;
    this.#answered?.(undefined);
    this.#up?.detach();
    this.#down?.detach();
    this.#conference.changed();
    if (isLost) this.#events.onEnd();
  }

  /** Makes a handle; undefined where the session is over meanwhile. */
  async #attach(): Promise<Handle | undefined> {
    const handle = await this.#conference.link.attach();
    if (this.#isOver) {
      handle.detach();
      return undefined;
    }
    handle.onEvent = (event) => {
      if (event === "over") return this.end(true);
      if (handle !== this.#up || this.isUp) return;
      this.isUp = true;
      this.#conference.changed();
    };
    return handle;
  }

  /** Changes what comes down, once. */
  async #follow(): Promise<void> {
    const wanted = this.#conference.sourcesFor(this);
    const more = wanted.filter((source) => !this.#coming.some((coming) => isSame(coming, source)));
    const less = this.#coming.filter((coming) => !wanted.some((source) => isSame(coming, source)));
    if (this.#isOver || more.length + less.length === 0) return;
    try {
      await this.#change(more, less);
      this.#refused = 0;
    } catch (error) {
      if (this.#isOver || !(error instanceof EngineError) || ++this.#refused >= MOST_REFUSED) throw error;
      void this.#following.run();
    }
  }

  async #change(more: Source[], less: Coming[]): Promise<void> {
    const isFirst = this.#down === undefined;
    const down = this.#down ??= await this.#attach();
    if (down === undefined) return;
    const { data, jsep } = isFirst
      ? await down.ask({
        request: "join",
        ptype: "subscriber",
        autoupdate: false,
        streams: more,
        ...this.#conference.pass,
      })
      : await down.ask({
        request: "update",
        ...(more.length > 0 && { subscribe: more }),
        ...(less.length > 0 && { unsubscribe: less.map(({ section }) => ({ sub_mid: section })) }),
      });
    if (this.#isOver) return;
    this.#coming = readStreams(data.streams);
    if (jsep?.type !== "offer") return;
    const sdp = await this.#ask(jsep);
    if (this.#isOver || sdp === undefined) return;
    await down.ask({ request: "start" }, { type: "answer", sdp: withoutCandidates(sdp) });
  }

  /** Offers to the client, and waits for the answer. */
  async #ask(offer: EngineDescription): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#answered = resolve;
    const timer = setTimeout(() => this.end(true), ANSWER);
    const streams = this.#coming.flatMap(({ feed, mid, section }): Stream[] => {
      const session = this.#conference.sessionOf(feed);
      const slot = session?.sections.indexOf(mid) ?? -1;
      return session === undefined || slot < 0 ? [] : [[section, session.seat, slot]];
    });
    this.#events.onDescription("down", offer, streams);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#answered = undefined;
    }
  }

  /** Has Janus drop what is not to go on. */
  async #moderate(): Promise<void> {
    const { microphone, camera, screen } = this.seat.sends;
    const goesOn = [microphone === "on", camera, screen, screen];
    for (const [i, mid] of this.sections.entries()) {
      const mute = !goesOn[i];
      if ((this.#silent.get(mid) ?? false) === mute) continue;
      await this.#conference.moderate(this.feed, mid, mute);
      this.#silent.set(mid, mute);
    }
  }
}

/** Work that is done again if it was asked for while it was done: never twice at the same time. */
class Repeated {
  readonly #work: () => Promise<void>;
  readonly #onFault: () => void;
  #running: Promise<void> | undefined;
  #isAsked = false;

  constructor(work: () => Promise<void>, onFault: () => void) {
    this.#work = work;
    this.#onFault = onFault;
  }

  /** Has it done. @returns When all of it is done that is asked for until then, or a fault has ended it. */
  run(): Promise<void> {
    this.#isAsked = true;
    return this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isAsked) {
        this.#isAsked = false;
        await this.#work();
      }
    } catch {
      this.#onFault();
    } finally {
      this.#running = undefined;
    }
  }
}

/**
 * The names of the sections of an offer. Each section says its own, once: Janus would know another name than is read here of one
 * that says two or none, and refuse all others who ask for it.
 *
 * @param offer Without candidates: as Janus gets it.
 * @throws {EngineError} If it is none of a client's.
 */
function sectionsOf(offer: string): string[] {
  const [, ...sections] = `\r\n${offer}`.split("\r\nm=");
  const mids = sections.flatMap((section) => {
    const [line, ...more] = section.split("\r\n").filter((line) => /^a=mid\b/i.test(line));
    const mid = /^a=mid:(\S{1,16})$/.exec(line ?? "")?.[1];
    return mid === undefined || more.length > 0 ? [] : [mid];
  });
  const isWhole = sections.length === ENGINE_SLOTS && new Set(mids).size === ENGINE_SLOTS;
  if (offer.length > LONGEST_OFFER || !isWhole) throw new EngineError("an offer has a section for each place");
  return mids;
}

/**
 * A description without candidates: the client looks for Janus, and Janus for nobody. So nobody has it send to addresses of
 * their choice. A line may end with a line feed alone, and the name of an attribute may have capitals: what reads descriptions
 * often takes those, too.
 */
function withoutCandidates(sdp: string): string {
  return sdp.split(/\r\n|\r|\n/).filter((line) => !/^a=(?:candidate|end-of-candidates)\b/i.test(line)).join("\r\n");
}

/** What comes down, as Janus lists it. */
function readStreams(streams: unknown): Coming[] {
  if (!Array.isArray(streams)) return [];
  return streams.flatMap(({ mid, feed_id, feed_mid, active }: Record<string, unknown>) =>
    active !== false && typeof mid === "string" && typeof feed_id === "number" && typeof feed_mid === "string"
      ? [{ section: mid, feed: feed_id, mid: feed_mid }]
      : []
  );
}
