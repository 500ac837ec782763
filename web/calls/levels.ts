/// <reference lib="dom" />
/**
 * Who speaks, how loud this person is, and how good the connection to each of the others is: measured again and again while a
 * call goes on.
 *
 * @module
 */

import { gradeOf, loudness, type Quality } from "./figures.ts";

/** From which level on somebody speaks; from 0 to 1. */
const SPEAKS = 0.02;

/** For how long somebody still speaks who makes a pause, in milliseconds. */
const PAUSE = 400;

/** How often levels are looked at, and how often the connections, in milliseconds. */
const LOOK = 150;
const COUNT = 2_000;

/** Listens to a track of this machine. */
export class Meter {
  readonly #audio = new AudioContext();
  readonly #analyser = new AnalyserNode(this.#audio, { fftSize: 1_024 });
  readonly #samples = new Float32Array(this.#analyser.fftSize);

  constructor(track: MediaStreamTrack) {
    this.#audio.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
  }

  /** How loud it is now, from 0 to 1. */
  get level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  end(): void {
    void this.#audio.close();
  }
}

/** A way by which another person is heard. */
export interface Heard {
  /** How loud they are now, from 0 to 1. */
  readonly level: number;
  /** What the browser counts. */
  stats(): Promise<RTCStatsReport>;
}

/** What `Levels` looks at. */
export interface Watched {
  /** The ways to the others, by folded nick. */
  peers: () => ReadonlyMap<string, Heard>;
  /** This person's own microphone. */
  microphone: () => MediaStreamTrack | null;
  /** This person, by folded nick. */
  self: () => string;
  /** Called when another person speaks, or a connection has become better or worse. */
  changed: () => void;
}

/** The levels of one call. */
export class Levels {
  /** How loud this person is, from 0 to 1; also while nobody hears it. */
  own = 0;
  readonly #watched: Watched;
  readonly #spoke = new Map<string, number>();
  readonly #qualities = new Map<string, Quality>();
  readonly #counts = new Map<string, { lost: number; received: number }>();
  #speaking = "";
  #meter: { track: MediaStreamTrack; meter: Meter } | undefined;
  readonly #timers: ReturnType<typeof setInterval>[];

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#timers = [setInterval(() => this.#look(), LOOK), setInterval(() => void this.#count(), COUNT)];
  }

  /** Whether somebody speaks now. @param folded Their folded nick. */
  speaks(folded: string): boolean {
    return performance.now() - (this.#spoke.get(folded) ?? -Infinity) < PAUSE;
  }

  qualityOf(folded: string): Quality | undefined {
    return this.#qualities.get(folded);
  }

  end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#meter?.meter.end();
    this.#meter = undefined;
  }

  #look(): void {
    const now = performance.now();
    const peers = this.#watched.peers();
    for (const [folded, peer] of peers) if (peer.level > SPEAKS) this.#spoke.set(folded, now);
    this.#listen();
    if (this.own > SPEAKS && this.#watched.microphone()?.enabled === true) this.#spoke.set(this.#watched.self(), now);
    for (const [folded, at] of this.#spoke) if (now - at >= PAUSE) this.#spoke.delete(folded);
    const speaking = [...this.#spoke.keys()].sort().join(" ");
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.#watched.changed();
  }

  #listen(): void {
    const track = this.#watched.microphone();
    if (this.#meter?.track !== track) {
      this.#meter?.meter.end();
      this.#meter = track === null ? undefined : { track, meter: new Meter(track) };
    }
    this.own = this.#meter?.meter.level ?? 0;
  }

  async #count(): Promise<void> {
    const peers = this.#watched.peers();
    let isOther = false;
    for (const folded of this.#qualities.keys()) if (!peers.has(folded)) this.#qualities.delete(folded);
    for (const [folded, peer] of peers) {
      const before = this.#qualities.get(folded)?.grade;
      const quality = readQuality(await peer.stats(), this.#counts, folded);
      this.#qualities.set(folded, quality);
      if (quality.grade !== before) isOther = true;
    }
    if (isOther) this.#watched.changed();
  }
}

/** Reads what a browser has counted (W3C WebRTC Statistics). */
function readQuality(
  stats: RTCStatsReport,
  counts: Map<string, { lost: number; received: number }>,
  folded: string,
): Quality {
  let lost = 0, received = 0, delay: number | undefined;
  for (const entry of stats.values()) {
    if (entry.type === "inbound-rtp" && entry.kind === "audio") {
      lost += entry.packetsLost ?? 0;
      received += entry.packetsReceived ?? 0;
    }
    if (entry.type === "candidate-pair" && entry.nominated && entry.currentRoundTripTime !== undefined) {
      delay = Math.max(delay ?? 0, entry.currentRoundTripTime);
    }
  }
  const before = counts.get(folded) ?? { lost: 0, received: 0 };
  counts.set(folded, { lost, received });
  const [newLost, newReceived] = [Math.max(0, lost - before.lost), Math.max(0, received - before.received)];
  const loss = newLost + newReceived === 0 ? 0 : newLost / (newLost + newReceived);
  return { grade: gradeOf(loss, delay), loss, delay };
}
