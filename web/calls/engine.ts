/// <reference lib="dom" />
/**
 * The way of this page to all others in a call that an engine carries: one connection that sends, and one by which all others
 * come. Both are negotiated with the server (shared/engine_signal.ts): this page offers the first, and answers what the server
 * offers for the second, again whenever somebody comes or goes. Where a connection is lost, both begin anew.
 *
 * @module
 */

import { foldName } from "../../client/names.ts";
import {
  type EngineDescription,
  EngineReader,
  type EngineSignal,
  type EngineStream,
  type EngineTold,
  packEngineSignal,
} from "../../shared/engine_signal.ts";
import type { Rung } from "./ladder.ts";
import type { Heard } from "./levels.ts";
import { connection, limitSender } from "./peer.ts";
import { sessionNumber, withoutUnoffered } from "./signal.ts";
import { chooseCodecs, kindOf, type Slot, SLOTS, type Tracks } from "./slots.ts";

/** What the way to an engine needs. */
export interface EngineOptions {
  /** The call's name in a signal. */
  name: () => string;
  /** Sends a packed signal to the server. @returns Whether it was sent: not without a connection. */
  send: (value: string) => boolean;
  iceServers: () => RTCIceServer[];
  /** What is sent at first. */
  tracks: Tracks;
  /** How pictures are sent. */
  rung: (slot: Slot) => Rung | undefined;
  /** Told of each track of others, when something comes. */
  onTrack: (nick: string, slot: Slot, track: MediaStreamTrack) => void;
  /** Told of each that comes no more. */
  onGone: (nick: string, slot: Slot) => void;
  /** Called when a way has changed. */
  onChange: () => void;
  connect?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** How long the ways may take to be there, and how long one may be interrupted, before both begin anew. Milliseconds. */
const CONNECTING = 15_000;
const INTERRUPTED = 5_000;

/** How long is waited before that: at first, and at the most. Milliseconds. */
const AGAIN = { first: 1_000, most: 30_000 } as const;

/** What comes in one section of the way down. */
interface Coming {
  nick: string;
  slot: Slot;
  transceiver: RTCRtpTransceiver;
  /** Whether it was told of: something has come. */
  isTold: boolean;
}

/** The way to the engine of one call. */
export class Engine {
  readonly #options: EngineOptions;
  #tracks: Tracks;
  #session: Session | undefined;
  #reader = new EngineReader();
  #last: Promise<void> = Promise.resolve();
  #wait: number = AGAIN.first;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#tracks = options.tracks;
    this.#begin();
  }

  /** How far it is: as RTCPeerConnection has it, of both ways together. */
  get state(): RTCPeerConnectionState | undefined {
    return this.#session?.state;
  }

  /** How far somebody is; "connected" where they are heard, or would be. */
  stateOf(nick: string): RTCPeerConnectionState | undefined {
    return this.peers.has(foldName(nick)) ? this.#session?.down.connectionState : undefined;
  }

  /** The others, by folded nick. */
  get peers(): ReadonlyMap<string, Heard> {
    return this.#session?.heard() ?? new Map();
  }

  /** Whether something of somebody comes. */
  has(nick: string, slot: Slot): boolean {
    return this.#session?.has(nick, slot) === true;
  }

  /** Begins anew where nothing comes, as after a connection to the server was lost. */
  meet(): void {
    if (this.state === "connected") return;
    this.#wait = AGAIN.first;
    this.#begin();
  }

  /** Takes a signal of the server. What is malformed or of another call changes nothing. */
  take(value: string): Promise<void> {
    return this.#last = this.#last.then(async () => {
      const signal = await this.#reader.take(value);
      const session = this.#session;
      if (signal === undefined || session === undefined || signal.s !== session.number) return;
      if (foldName(signal.c) !== foldName(this.#options.name())) return;
      if ("bye" in signal) return this.#again();
      await session.take(signal.d, signal.m ?? []).catch(() => this.#again());
    });
  }

  /** Sends another track, or none. */
  async send(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks = { ...this.#tracks, [slot]: track };
    await this.#session?.send(slot, track);
    this.limit();
  }

  /** Sends pictures as the ladder has it now. */
  limit(): void {
    void this.#session?.limit(this.#tracks, this.#options.rung);
  }

  rename(from: string, to: string): void {
    this.#session?.rename(from, to);
  }

  /** Begins anew: the network has changed. */
  restart(): void {
    this.#again();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#session?.close();
    this.#session = undefined;
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#session?.close();
    if (this.#isClosed) return;
    const session: Session = this.#session = new Session(this.#options, this.#tracks, {
      tell: (told) => void this.#tell(session, told),
      onState: () => this.#changed(session),
    });
    this.#timer = setTimeout(() => this.#again(), CONNECTING);
    void session.offer().catch(() => this.#again());
  }

  /** Begins anew, later each time. */
  #again(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), this.#wait + Math.random() * 500);
    this.#wait = Math.min(2 * this.#wait, AGAIN.most);
  }

  #changed(session: Session): void {
    if (session !== this.#session) return;
    const { state } = session;
    if (state === "connected") {
      clearTimeout(this.#timer);
      this.#wait = AGAIN.first;
      this.limit();
    } else if (state === "failed") this.#again();
    else if (state === "disconnected") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#again(), INTERRUPTED);
    }
    this.#options.onChange();
  }

  async #tell(session: Session, told: EngineTold): Promise<void> {
    const signal = { c: this.#options.name(), s: session.number, ...told } as EngineSignal;
    for (const value of await packEngineSignal(signal)) {
      if (session !== this.#session) return;
      if (!this.#options.send(value)) return this.#again();
    }
  }
}

/** What a session does outside. */
interface SessionEvents {
  tell: (told: EngineTold) => void;
  onState: () => void;
}

/** Two connections that have begun together. */
class Session {
  /** By which the server tells it from others of this page. */
  readonly number = sessionNumber();
  readonly up: RTCPeerConnection;
  readonly down: RTCPeerConnection;
  readonly #options: EngineOptions;
  readonly #events: SessionEvents;
  readonly #tracks: Record<Slot, MediaStreamTrack | null>;
  /** What comes, by section. */
  #coming = new Map<string, Coming>();

  constructor(options: EngineOptions, tracks: Tracks, events: SessionEvents) {
    const { connect = connection, iceServers } = options;
    this.#options = options;
    this.#events = events;
    this.#tracks = { ...tracks };
    const configuration: RTCConfiguration = { bundlePolicy: "max-bundle", iceServers: iceServers() };
    [this.up, this.down] = [connect(configuration), connect(configuration)];
    for (const pc of [this.up, this.down]) pc.onconnectionstatechange = () => events.onState();
  }

  get state(): RTCPeerConnectionState {
    const [up, down] = [this.up.connectionState, this.down.connectionState];
    // Whoever is alone gets nothing.
    if (down === "new" && this.down.remoteDescription === null) return up;
    return (["failed", "closed", "disconnected", "connecting", "new"] as const).find((state) =>
      up === state || down === state
    ) ?? "connected";
  }

  /** Offers what there is to send. The server needs no candidate: this side looks for the engine. */
  async offer(): Promise<void> {
    for (const slot of SLOTS) {
      chooseCodecs(this.up.addTransceiver(this.#tracks[slot] ?? kindOf(slot), { direction: "sendonly" }), slot);
    }
    await this.up.setLocalDescription();
    this.#tell("up", this.up);
  }

  async take(d: EngineDescription, streams: readonly EngineStream[]): Promise<void> {
    if (d.type === "answer") {
      if (this.up.signalingState === "have-local-offer") await this.up.setRemoteDescription(d);
      return;
    }
    await this.down.setRemoteDescription(d);
    await this.down.setLocalDescription();
    this.#tell("down", this.down);
    this.#show(streams);
  }

  async send(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[slot] = track;
    await this.up.getTransceivers()[SLOTS.indexOf(slot)]?.sender.replaceTrack(track).catch(() => {});
  }

  async limit(tracks: Tracks, rung: EngineOptions["rung"]): Promise<void> {
    for (const slot of ["camera", "screen"] as const) {
      await limitSender(this.up.getTransceivers()[SLOTS.indexOf(slot)]?.sender, tracks[slot], rung(slot));
    }
  }

  /** Those who come, by folded nick. */
  heard(): Map<string, Heard> {
    const all = [...this.#coming.values()].filter(({ slot }) => slot === "microphone");
    return new Map(all.map(({ nick, transceiver: { receiver } }) => [foldName(nick), {
      get level() {
        return receiver.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
      },
      stats: () => receiver.getStats(),
    }]));
  }

  has(nick: string, slot: Slot): boolean {
    return this.#coming.values().some((coming) =>
      coming.isTold && coming.slot === slot && foldName(coming.nick) === foldName(nick)
    );
  }

  rename(from: string, to: string): void {
    for (const coming of this.#coming.values()) if (foldName(coming.nick) === foldName(from)) coming.nick = to;
  }

  close(): void {
    for (const pc of [this.up, this.down]) {
      pc.onconnectionstatechange = null;
      pc.close();
    }
  }

  #tell(w: "up" | "down", { localDescription }: RTCPeerConnection): void {
    if (localDescription === null) return;
    const { type, sdp } = localDescription;
    if (type === "offer" || type === "answer") this.#events.tell({ w, d: { type, sdp: withoutUnoffered(sdp) } });
  }

  /** Tells of what comes now, and of what comes no more. */
  #show(streams: readonly EngineStream[]): void {
    const before = this.#coming;
    this.#coming = new Map();
    const transceivers = new Map(this.down.getTransceivers().map((transceiver) => [transceiver.mid, transceiver]));
    for (const [mid, nick, place] of streams) {
      const slot = SLOTS[place], transceiver = transceivers.get(mid);
      if (slot === undefined || transceiver?.receiver.track.kind !== kindOf(slot)) continue;
      const known = before.get(mid);
      const isSame = known?.slot === slot && foldName(known.nick) === foldName(nick);
      this.#coming.set(mid, isSame ? known : { nick, slot, transceiver, isTold: false });
    }
    const now = new Set(this.#coming.values().map(({ nick, slot }) => `${foldName(nick)} ${slot}`));
    for (const { nick, slot } of before.values()) {
      if (!now.has(`${foldName(nick)} ${slot}`)) this.#options.onGone(nick, slot);
    }
    for (const coming of this.#coming.values()) if (!coming.isTold) this.#tellOf(coming);
    this.#events.onState();
  }

  #tellOf(coming: Coming): void {
    const { slot, transceiver: { receiver: { track } } } = coming;
    const tell = () => {
      if (coming.isTold || ![...this.#coming.values()].includes(coming)) return;
      coming.isTold = true;
      this.#options.onTrack(coming.nick, slot, track);
    };
    // What was heard and seen of them before goes on until something comes.
    if (track.muted) track.addEventListener("unmute", tell, { once: true });
    else tell();
  }
}
