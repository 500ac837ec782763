/// <reference lib="dom" />
/**
 * All ways of this page to the others in one call, each by the nick of its person. The server says who is in the call; here is
 * only how they hear each other. So a lost connection to the server ends nothing here: what is heard goes on.
 *
 * @module
 */

import { foldName } from "../../client/names.ts";
import { MOST_PACKED } from "../../shared/packed_json.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";
import { cameraRung, screenRung } from "./ladder.ts";
import { Peer, type PeerOptions, type Told } from "./peer.ts";
import { MOST_CANDIDATES, pack, sessionOf, type Signal, splitCandidates, unpack } from "./signal.ts";
import type { Slot, Tracks } from "./slots.ts";

/** What a mesh needs. */
export interface MeshOptions {
  /** This person's nick, as it is now. */
  nick: () => string;
  /** The call's name in a signal, as it is now; in a private call both nicks. */
  name: () => string;
  /** Whether somebody is in the call, as the server says. */
  isMember: (nick: string) => boolean;
  /** Sends a packed signal. */
  send: (nick: string, value: string) => void;
  iceServers: () => RTCIceServer[];
  /** Told of each track of others. */
  onTrack: (nick: string, slot: Slot, track: MediaStreamTrack) => void;
  /** Called when a way has changed, or is gone. */
  onChange: () => void;
  connect?: PeerOptions["connect"];
}

/** How many signals of one person are taken, and how many sessions they begin: more than a page has to. */
const RATE = { burst: 40, perSecond: 5 }, SESSIONS = { burst: 8, perSecond: 0.2 };

/** One other person. */
interface Other {
  nick: string;
  peer: Peer;
  /** Who of the two hears the other one by an engine, and needs this way no more. */
  isHeard: boolean;
  isHearing: boolean;
}

/** What comes from one person. */
interface Sender {
  bucket: TokenBucket;
  sessions: TokenBucket;
  /** Resolves once what came before is handled: each signal is unpacked in its turn. */
  last: Promise<void>;
}

/** The mesh of one call. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #others = new Map<string, Other>();
  readonly #senders = new Map<string, Sender>();
  #tracks: Tracks = { microphone: null, camera: null, screen: null, screenSound: null };
  #isClosed = false;

  constructor(options: MeshOptions) {
    this.#options = options;
  }

  /** The ways, by folded nick. */
  get peers(): ReadonlyMap<string, Peer> {
    return new Map([...this.#others].map(([folded, { peer }]) => [folded, peer]));
  }

  /** How far the way to somebody is; undefined where there is none yet. */
  stateOf(nick: string): RTCPeerConnectionState | undefined {
    return this.#others.get(foldName(nick))?.peer.state;
  }

  /**
   * Takes who is in the call, as the server has told it on joining: this page offers to each to whom no way leads now, and goes no
   * way to others.
   */
  meet(nicks: readonly string[]): void {
    const own = foldName(this.#options.nick());
    const wanted = new Set(nicks.map(foldName).filter((folded) => folded !== own));
    for (const { nick } of [...this.#others.values()]) if (!wanted.has(foldName(nick))) this.leave(nick);
    for (const nick of nicks) {
      const folded = foldName(nick);
      if (folded === own) continue;
      if (this.stateOf(nick) !== "connected") void this.#make(nick).offer();
    }
  }

  /** Somebody has come, or has come back: they offer. */
  expect(nick: string): void {
    const { peer } = this.#others.get(foldName(nick)) ?? {};
    if (peer !== undefined && peer.state !== "connected") this.leave(nick);
  }

  /** Somebody has left. */
  leave(nick: string): void {
    const folded = foldName(nick);
    this.#others.get(folded)?.peer.close();
    if (!this.#others.delete(folded)) return;
    this.#limit();
    this.#options.onChange();
  }

  /** Somebody is heard by an engine. The way to them ends once they say the same. */
  release(nick: string): void {
    const other = this.#others.get(foldName(nick));
    if (other === undefined || other.isHeard) return;
    other.isHeard = true;
    void this.#say(nick, { c: this.#options.name(), carried: 1 });
    if (other.isHearing) this.leave(nick);
  }

  /** Ends the ways that are left, and goes on without any. */
  leaveAll(): void {
    for (const { nick } of [...this.#others.values()]) this.leave(nick);
  }

  /** Somebody has another nick. */
  rename(from: string, to: string): void {
    const other = this.#others.get(foldName(from));
    if (other === undefined) return;
    this.#others.delete(foldName(from));
    other.nick = to;
    this.#others.set(foldName(to), other);
    const sender = this.#senders.get(foldName(from));
    if (sender !== undefined) this.#senders.set(foldName(to), sender);
    this.#senders.delete(foldName(from));
  }

  /** Takes a signal that came from somebody. What is malformed, of another call, or too much changes nothing. */
  take(from: string, value: string): Promise<void> {
    if (this.#isClosed || !this.#options.isMember(from)) return Promise.resolve();
    const folded = foldName(from);
    const now = performance.now();
    const sender = this.#senders.get(folded) ?? {
      bucket: new TokenBucket(RATE, now),
      sessions: new TokenBucket(SESSIONS, now),
      last: Promise.resolve(),
    };
    this.#senders.set(folded, sender);
    if (!sender.bucket.tryTake(1, now)) return sender.last;
    return sender.last = sender.last.then(async () => {
      const signal = await unpack(value);
      if (signal === undefined || this.#isClosed || foldName(signal.c) !== foldName(this.#options.name())) return;
      if (this.#options.isMember(from)) this.#receive(from, signal, sender.sessions);
    });
  }

  /** Sends another track to all. */
  send(slot: Slot, track: MediaStreamTrack | null): void {
    this.#tracks = { ...this.#tracks, [slot]: track };
    for (const { peer } of this.#others.values()) void peer.send(slot, track);
  }

  /** Looks for other ways to all: the network has changed. */
  restart(): void {
    for (const { peer } of this.#others.values()) peer.restart();
  }

  /** Ends all ways, and says so. */
  close(): void {
    for (const { nick, peer } of this.#others.values()) {
      void this.#say(nick, { c: this.#options.name(), bye: 1 });
      peer.close();
    }
    this.#isClosed = true;
    this.#others.clear();
  }

  #receive(from: string, signal: Signal, sessions: TokenBucket): void {
    if ("bye" in signal) return this.leave(from);
    if ("carried" in signal) {
      const other = this.#others.get(foldName(from));
      if (other?.isHeard === true) this.leave(from);
      else if (other !== undefined) other.isHearing = true;
      return;
    }
    const told: Told = "d" in signal ? { d: signal.d } : { i: signal.i };
    let { peer } = this.#others.get(foldName(from)) ?? {};
    if ("d" in told) {
      // A page that was loaded anew has forgotten this way, or has given it up.
      const isAnother = peer !== undefined && peer.session !== "" && peer.session !== sessionOf(told.d.sdp);
      const begins = isAnother || (told.d.type === "offer" && peer === undefined);
      if (begins && !sessions.tryTake(1, performance.now())) return;
      if (begins) peer = this.#make(from);
      if (begins && told.d.type === "answer") return void peer!.offer();
    }
    void peer?.take(told);
  }

  #make(nick: string): Peer {
    const folded = foldName(nick);
    this.#others.get(folded)?.peer.close();
    const { connect, iceServers, onTrack, onChange } = this.#options;
    const other: Other = {
      nick,
      isHeard: false,
      isHearing: false,
      peer: new Peer({
        iceServers: iceServers(),
        isPolite: foldName(this.#options.nick()) < folded,
        tracks: this.#tracks,
        rung: (slot) => slot === "camera" ? cameraRung(this.#others.size) : screenRung(this.#others.size),
        send: (told) => void this.#tell(other, told),
        onTrack: (slot, track) => onTrack(other.nick, slot, track),
        onState: onChange,
        ...(connect === undefined ? {} : { connect }),
      }),
    };
    this.#others.set(folded, other);
    this.#limit();
    onChange();
    return other.peer;
  }

  /** Sends pictures smaller where there are more people, and larger where there are fewer. */
  #limit(): void {
    for (const { peer } of this.#others.values()) void peer.limit();
  }

  async #tell({ nick, peer }: Other, told: Told): Promise<void> {
    if (this.#others.get(foldName(nick))?.peer !== peer) return;
    const c = this.#options.name();
    if (await this.#say(nick, { c, ...told }) || !("d" in told)) return;
    // It does not fit. Its candidates follow it.
    const { bare, candidates } = splitCandidates(told.d.sdp);
    await this.#say(nick, { c, d: { ...told.d, sdp: bare } });
    for (let at = 0; at < candidates.length; at += MOST_CANDIDATES) {
      await this.#say(nick, { c, i: candidates.slice(at, at + MOST_CANDIDATES) });
    }
  }

  /** Sends a signal. @returns Whether it fits. */
  async #say(nick: string, signal: Signal): Promise<boolean> {
    const value = await pack(signal);
    if (value.length > MOST_PACKED) return false;
    this.#options.send(nick, value);
    return true;
  }
}
