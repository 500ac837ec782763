/// <reference lib="dom" />
/**
 * How voice messages are heard: one at a time, where the person has pressed it. What is heard goes on where its line is scrolled
 * out of view, and ends with the talk that is shown.
 *
 * @module
 */

import type { Stay } from "../stay.ts";

/** How fast one can listen. */
const SPEEDS = [1, 1.5, 2] as const;

/** Voice messages whose place is remembered. */
const MOST_KEPT = 20;

/** The speed that was chosen last: of all of them, until the page is loaded anew. */
let speed: number = SPEEDS[0];

/** The one that is heard. */
let current: Playback | undefined;

const kept = new Map<string, Playback>();

/** One voice message. It dispatches "change" when something is to be drawn anew. */
export class Playback extends EventTarget {
  /** Whether the browser can't play it. */
  isBroken = false;
  readonly #source: string;
  /** The browser's player; undefined before the person has wanted to hear it: nothing is loaded until then. */
  #audio: HTMLAudioElement | undefined;
  /** Where it is to begin, in seconds. */
  #start = 0;
  /** Where it has ended, in seconds; the browser may not know it before. */
  #end: number | undefined;
  readonly #told: number | undefined;

  /**
   * @param source Its address.
   * @param told How long its sender says that it is, in seconds.
   */
  constructor(source: string, told: number | undefined) {
    super();
    this.#source = source;
    this.#told = told;
  }

  get isPlaying(): boolean {
    return this.#audio?.paused === false;
  }

  /** Where it is, in seconds. */
  get time(): number {
    return this.#audio?.currentTime ?? this.#start;
  }

  /**
   * How long it is, in seconds; undefined where nobody knows. What a browser has recorded as WebM does not say it, so the sender
   * does; and whatever that says, it is no shorter than what was heard.
   */
  get length(): number | undefined {
    const { duration = NaN } = this.#audio ?? {};
    const known = Number.isFinite(duration) ? duration : this.#end ?? this.#told;
    return known === undefined ? undefined : Math.max(known, this.time);
  }

  /** As of all voice messages. */
  get speed(): number {
    return speed;
  }

  /** Plays it, or pauses. @param stay Whose talk is shown: with another talk it pauses. */
  toggle(stay: Stay | undefined): void {
    if (this.isPlaying) this.pause();
    else void this.#play(stay);
  }

  pause(): void {
    this.#audio?.pause();
  }

  /** Goes to a place, which may be out of bounds. */
  seek(seconds: number): void {
    const to = Math.max(0, Math.min(seconds, this.length ?? Infinity));
    if (this.#audio === undefined) this.#start = to;
    else this.#audio.currentTime = to;
    this.#changed();
  }

  /** Listens faster; behind the fastest comes the usual speed. */
  faster(): void {
    speed = SPEEDS[(SPEEDS.indexOf(speed as 1) + 1) % SPEEDS.length];
    if (current !== undefined) current.#audio!.playbackRate = speed;
    for (const playback of kept.values()) playback.#changed();
  }

  async #play(stay: Stay | undefined): Promise<void> {
    pauseVoice();
    const audio = this.#audio ??= this.#load();
    if (this.time >= (this.length ?? Infinity)) audio.currentTime = 0;
    current = this;
    audio.playbackRate = speed;
    if (stay !== undefined) this.#follow(stay);
    try {
      await audio.play();
    } catch (error) {
      // To pause before the first sound is no fault.
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.#broken();
    }
  }

  #load(): HTMLAudioElement {
    const audio = new Audio(this.#source);
    for (const type of ["play", "pause", "timeupdate", "durationchange", "seeked"]) {
      audio.addEventListener(type, this.#changed);
    }
    audio.addEventListener("error", () => this.#broken());
    audio.addEventListener("ended", () => {
      this.#end = audio.currentTime;
      audio.currentTime = 0;
    });
    if (this.#start > 0) audio.currentTime = this.#start;
    return audio;
  }

  /** Pauses as soon as another talk is shown, or the person leaves: nothing there could stop it. */
  #follow(stay: Stay): void {
    const { talk } = stay;
    const events = ["change", "moved", "leave"] as const;
    const look = ({ type }: Event) => {
      if (type !== "leave" && stay.talk === talk && this.isPlaying) return;
      for (const type of events) stay.removeEventListener(type, look);
      if (type === "leave" || stay.talk !== talk) this.pause();
    };
    for (const type of events) stay.addEventListener(type, look);
  }

  #broken(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.#changed();
  }

  readonly #changed = () => void this.dispatchEvent(new Event("change"));
}

/** Pauses what is heard. */
export function pauseVoice(): void {
  current?.pause();
  current = undefined;
}

/** The playback of a voice message, which remembers where it was. */
export function playbackOf(source: string, told: number | undefined): Playback {
  let playback = kept.get(source);
  if (playback?.isBroken !== false) playback = new Playback(source, told);
  // A map keeps its order: the first is the one that was drawn the longest ago.
  kept.delete(source);
  kept.set(source, playback);
  for (const [other, { isPlaying }] of kept) if (kept.size > MOST_KEPT && !isPlaying) kept.delete(other);
  return playback;
}
