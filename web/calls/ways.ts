/// <reference lib="dom" />
/**
 * How this page and the others in a call hear each other: each by a way of their own (mesh.ts), or all by one engine (engine.ts),
 * as the server says. A call that becomes too large for the one goes on by the other, and nobody is missed meanwhile: the way
 * to somebody ends when both hear each other by the engine.
 *
 * @module
 */

import { foldName } from "../../client/names.ts";
import type { CallMember } from "../../client/state/calls.ts";
import { Engine } from "./engine.ts";
import { cameraRung, carriedRung, type Rung, screenRung } from "./ladder.ts";
import type { Heard } from "./levels.ts";
import { Mesh, type MeshOptions } from "./mesh.ts";
import type { Slot, Tracks } from "./slots.ts";

/** What the ways need. */
export interface WaysOptions extends MeshOptions {
  /** Sends a packed signal. @returns Whether it was sent. */
  send: (nick: string, value: string) => boolean;
  /** To whom signals for the engine go; undefined where the call has none. */
  engine: () => string | undefined;
  /** How many cameras are on, that of this person among them. */
  cameras: () => number;
  /** Told of each track of others that comes no more. */
  onGone: (nick: string, slot: Slot) => void;
}

/** For how long the ways to the others are kept at the most that are not needed any more, in milliseconds. */
const KEPT = 15_000;

/** What the server says where the engine is gone that has carried a call. */
export const ENGINE_STOPPED = "The call's server has stopped";

/** How many of these have their cameras on. */
export function camerasOf(members: readonly CallMember[]): number {
  return members.filter(({ words }) => words.has("video")).length;
}

/** All ways of one call. */
export class Ways {
  readonly #options: WaysOptions;
  readonly #mesh: Mesh;
  #engine: Engine | undefined;
  #tracks: Tracks = { microphone: null, camera: null, screen: null, screenSound: null };
  #kept: ReturnType<typeof setTimeout> | undefined;
  readonly #ended = new AbortController();

  constructor(options: WaysOptions) {
    this.#options = options;
    this.#mesh = new Mesh({
      ...options,
      onTrack: (nick, slot, track) => {
        // Whoever has just come may have begun both.
        if (this.#engine?.has(nick, slot) !== true) options.onTrack(nick, slot, track);
        else if (slot === "microphone") this.#mesh.release(nick);
      },
    });
    const { signal } = this.#ended;
    const restart = () => this.#restart();
    addEventListener("online", restart, { signal });
    // Where a phone goes from one network to another. Not all browsers tell.
    (navigator as { connection?: EventTarget }).connection?.addEventListener("change", restart, { signal });
  }

  /** Whether an engine carries the call. */
  get isCarried(): boolean {
    return this.#engine !== undefined;
  }

  /** The ways by which somebody is heard, by folded nick. */
  get peers(): ReadonlyMap<string, Heard> {
    return new Map([...this.#mesh.peers, ...this.#engine?.peers ?? []]);
  }

  /** How far the way to somebody is; undefined where there is none yet. */
  stateOf(nick: string): RTCPeerConnectionState | undefined {
    const state = this.#mesh.stateOf(nick);
    if (this.#engine === undefined || state === "connected") return state;
    // Nothing comes of whoever only listens.
    return this.#engine.stateOf(nick) ?? this.#engine.state;
  }

  /** How a camera is sent to so many others, if it is sent; undefined where there are too many for it. */
  cameraRung(others: number, cameras: number): Rung | undefined {
    return this.isCarried ? carriedRung(cameras) : cameraRung(others);
  }

  /** Takes who is in the call, as the server has told it on joining. */
  meet(nicks: readonly string[]): void {
    if (!this.follow()) this.#mesh.meet(nicks);
    else this.#engine?.meet();
  }

  /** Goes by the engine if the server says so. @returns Whether it does. */
  follow(): boolean {
    const isCarried = this.#options.engine() !== undefined;
    if (!isCarried) this.#leaveEngine();
    else if (this.#engine === undefined) this.#enterEngine();
    return isCarried;
  }

  /** Somebody has come, or has come back. */
  expect(nick: string): void {
    this.#mesh.expect(nick);
  }

  /** Somebody has left. */
  leave(nick: string): void {
    this.#mesh.leave(nick);
  }

  rename(from: string, to: string): void {
    this.#mesh.rename(from, to);
    this.#engine?.rename(from, to);
  }

  /** Takes a signal of somebody, or of the server. */
  take(from: string, value: string): Promise<void> {
    const engine = this.#options.engine();
    if (engine !== undefined && foldName(engine) === foldName(from)) {
      return this.#engine?.take(value) ?? Promise.resolve();
    }
    return this.#mesh.take(from, value);
  }

  /** Sends another track to all. */
  send(slot: Slot, track: MediaStreamTrack | null): void {
    this.#tracks = { ...this.#tracks, [slot]: track };
    this.#mesh.send(slot, track);
    void this.#engine?.send(slot, track);
  }

  /** Sends pictures as the ladder has it now. */
  limit(): void {
    this.#engine?.limit();
  }

  close(): void {
    this.#ended.abort();
    clearTimeout(this.#kept);
    this.#mesh.close();
    this.#engine?.close();
  }

  /** Looks for other ways: the network has changed. */
  #restart(): void {
    this.#mesh.restart();
    this.#engine?.restart();
  }

  #enterEngine(): void {
    const { name, send, engine, iceServers, onTrack, onGone, onChange, cameras, connect } = this.#options;
    this.#engine = new Engine({
      name,
      send: (value) => send(engine() ?? "", value),
      iceServers,
      tracks: this.#tracks,
      rung: (slot) => slot === "camera" ? carriedRung(cameras()) : screenRung(2),
      onTrack: (nick, slot, track) => {
        onTrack(nick, slot, track);
        if (slot === "microphone") this.#mesh.release(nick);
      },
      onGone,
      onChange,
      ...(connect === undefined ? {} : { connect }),
    });
    this.#kept = setTimeout(() => this.#mesh.leaveAll(), KEPT);
  }

  /** The call has begun anew, without an engine. */
  #leaveEngine(): void {
    clearTimeout(this.#kept);
    this.#engine?.close();
    this.#engine = undefined;
  }
}
