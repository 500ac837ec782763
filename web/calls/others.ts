/// <reference lib="dom" />
/**
 * What is heard and seen of the others in a call: their sounds, which are played as they come, and their pictures, which a view
 * shows.
 *
 * @module
 */

import { foldName } from "../../client/names.ts";
import type { CallWord } from "../../client/state/call_words.ts";
import { kindOf, type Slot } from "./slots.ts";

/** One other person's streams, each with one track. */
type Streams = Map<Slot, { stream: MediaStream; sound: HTMLAudioElement | undefined }>;

/** For how long at the most a sound is played on whose place another one takes, which plays not yet. Milliseconds. */
const REPLACED = 3_000;

/** Ends a sound. One that is only taken out of the page plays on. */
function silence(sound: HTMLAudioElement | undefined): void {
  if (sound === undefined) return;
  sound.srcObject = null;
  sound.remove();
}

/** The sounds and pictures of one call. */
export class Others {
  readonly #all = new Map<string, Streams>();
  /** Where the sounds are in the page. */
  readonly #place = document.createElement("div");
  readonly #onRefused: () => void;
  #speaker = "";

  /** @param onRefused Called where the browser plays nothing before the person has pressed something. */
  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
    this.#place.hidden = true;
    document.body.append(this.#place);
  }

  /** Takes a track of somebody; it takes the place of the last one. */
  put(nick: string, slot: Slot, track: MediaStreamTrack): void {
    const folded = foldName(nick);
    const streams = this.#all.get(folded) ?? new Map();
    this.#all.set(folded, streams);
    const before: HTMLAudioElement | undefined = streams.get(slot)?.sound;
    const stream = new MediaStream([track]);
    const sound = kindOf(slot) === "audio" ? new Audio() : undefined;
    streams.set(slot, { stream, sound });
    if (sound === undefined) return;
    // The one before is heard until then, so that nothing is missed.
    const replaced = setTimeout(() => silence(before), REPLACED);
    sound.addEventListener("playing", () => {
      clearTimeout(replaced);
      silence(before);
    }, { once: true });
    sound.srcObject = stream;
    this.#place.append(sound);
    this.#route(sound);
    this.#play(sound);
  }

  /** A picture of somebody, as a video element takes it; undefined where none can come. */
  picture(nick: string, slot: "camera" | "screen"): MediaStream | undefined {
    return this.#all.get(foldName(nick))?.get(slot)?.stream;
  }

  /** Plays of somebody what they say that they send, as the server tells it: whoever may not talk is heard by nobody. */
  allow(nick: string, words: ReadonlySet<CallWord>): void {
    const streams = this.#all.get(foldName(nick));
    const isHeard = { microphone: !words.has("muted"), screenSound: words.has("screen") };
    for (const slot of ["microphone", "screenSound"] as const) {
      const { sound } = streams?.get(slot) ?? {};
      if (sound !== undefined) sound.muted = !isHeard[slot];
    }
  }

  /** Takes away what comes no more. */
  drop(nick: string, slot: Slot): void {
    const streams = this.#all.get(foldName(nick));
    silence(streams?.get(slot)?.sound);
    streams?.delete(slot);
  }

  rename(from: string, to: string): void {
    const streams = this.#all.get(foldName(from));
    if (streams === undefined) return;
    this.#all.delete(foldName(from));
    this.#all.set(foldName(to), streams);
  }

  remove(nick: string): void {
    const streams = this.#all.get(foldName(nick));
    for (const { sound } of streams?.values() ?? []) sound?.remove();
    this.#all.delete(foldName(nick));
  }

  /** Plays what the browser has not played. */
  playAll(): void {
    for (const streams of this.#all.values()) {
      for (const { sound } of streams.values()) if (sound !== undefined) this.#play(sound);
    }
  }

  /** Plays all sounds by another loudspeaker, where the browser can; "": as the system has it. */
  speakBy(id: string): void {
    this.#speaker = id;
    for (const streams of this.#all.values()) {
      for (const { sound } of streams.values()) if (sound !== undefined) this.#route(sound);
    }
  }

  end(): void {
    this.#place.remove();
    this.#all.clear();
  }

  #route(sound: HTMLAudioElement): void {
    // One that is gone, or that the browser does not give: then it is the usual one.
    if ("setSinkId" in sound) sound.setSinkId(this.#speaker).catch(() => {});
  }

  #play(sound: HTMLAudioElement): void {
    sound.play().catch((error) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#onRefused();
    });
  }
}
