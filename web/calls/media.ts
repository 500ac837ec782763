/// <reference lib="dom" />
/**
 * The microphone, the camera and the screen of this machine: opened when they are needed, changed while they run, and closed when
 * they are not, so that no lamp burns for nothing.
 *
 * @module
 */

import { blur, canBlur } from "./background.ts";
import type { Slot } from "./slots.ts";

/** Why something can't be had: no https; the person or the browser says no; there is none; another program has it; else. */
export type Refusal = "insecure" | "denied" | "missing" | "busy" | "failed";

/** What is heard and seen of this machine. */
export type Source = "microphone" | "camera" | "screen";

/** A device that can be chosen. */
export interface Device {
  id: string;
  /** Its name; "" before the person has allowed any. */
  label: string;
}

/** The devices of this machine, by what they are for. */
export interface Devices {
  microphone: Device[];
  camera: Device[];
  speaker: Device[];
}

/** Where the chosen devices are kept, for the next call in this browser. */
const KEY = "teahouse.devices";

/** Where it is kept whether the background is to be blurred. */
const BLUR_KEY = "teahouse.blur";

/** Whether this page may use devices at all: only one that came by https, or from this machine. */
export const canCall: boolean = isSecureContext && navigator.mediaDevices !== undefined &&
  typeof RTCPeerConnection !== "undefined";

/** Whether a screen can be shared; phones can't. */
export const canShare: boolean = canCall && "getDisplayMedia" in navigator.mediaDevices;

/** Which devices the person has chosen; "" where the browser's own choice is meant. */
export type Chosen = { [Name in keyof Devices]: string };

function load(): Chosen {
  const chosen: Chosen = { microphone: "", camera: "", speaker: "" };
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    for (const name of Object.keys(chosen) as (keyof Chosen)[]) {
      if (typeof kept?.[name] === "string") chosen[name] = kept[name];
    }
  } catch {
    // Then the browser chooses.
  }
  return chosen;
}

function isBlurWanted(): boolean {
  try {
    return localStorage.getItem(BLUR_KEY) === "1";
  } catch {
    return false;
  }
}

/** Why an attempt has failed (W3C Media Capture, section 10). */
function refusalOf(error: unknown): Refusal {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}

/** What this machine gives to a call. It dispatches "change" when devices come or go. */
export class Media extends EventTarget {
  readonly tracks: Record<Slot, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
    screen: null,
    screenSound: null,
  };
  readonly chosen: Chosen = load();
  devices: Devices = { microphone: [], camera: [], speaker: [] };
  readonly #send: (slot: Slot, track: MediaStreamTrack | null) => void;
  /** Called when a track has ended by itself: the device is gone, or the browser's own button has ended the sharing. */
  readonly #onEnded: (source: Source) => void;
  readonly #changed = () => void this.look();
  #isOver = false;

  constructor(
    send: (slot: Slot, track: MediaStreamTrack | null) => void,
    onEnded: (source: Source) => void,
  ) {
    super();
    this.#send = send;
    this.#onEnded = onEnded;
    navigator.mediaDevices?.addEventListener("devicechange", this.#changed);
  }

  /** Looks which devices there are. */
  async look(): Promise<void> {
    const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const of = (kind: MediaDeviceKind) =>
      all.filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId: id, label }) => ({ id, label }));
    this.devices = { microphone: of("audioinput"), camera: of("videoinput"), speaker: of("audiooutput") };
    this.dispatchEvent(new Event("change"));
  }

  /** Opens the microphone. @returns Why it can't be had, if so. */
  async openMicrophone(): Promise<Refusal | undefined> {
    const audio = {
      ...this.#wish("microphone"),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    };
    return await this.#open("microphone", () => navigator.mediaDevices.getUserMedia({ audio }));
  }

  /** Opens the camera. */
  async openCamera(): Promise<Refusal | undefined> {
    const video = { ...this.#wish("camera"), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
    const refusal = await this.#open("camera", () => navigator.mediaDevices.getUserMedia({ video }));
    const { camera } = this.tracks;
    if (canBlur(camera) && isBlurWanted()) await blur(camera!, true);
    return refusal;
  }

  /** Has the background of the camera blurred from now on, also in the next call; or no more. */
  async blur(isOn: boolean): Promise<void> {
    try {
      localStorage.setItem(BLUR_KEY, isOn ? "1" : "");
    } catch {
      // Then it lasts as long as the camera is on.
    }
    const { camera } = this.tracks;
    if (canBlur(camera)) await blur(camera!, isOn);
    this.dispatchEvent(new Event("change"));
  }

  /** Asks the person which screen to share, with its sound where the browser has that. */
  async openScreen(): Promise<Refusal | undefined> {
    const video = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 10 } };
    return await this.#open("screen", () => navigator.mediaDevices.getDisplayMedia({ video, audio: true }));
  }

  /** Closes what is open of a source. */
  close(source: Source): void {
    this.#put(source, null);
    if (source === "screen") this.#put("screenSound", null);
  }

  /** Chooses another device; what runs goes on with it. */
  async choose(kind: keyof Devices, id: string): Promise<Refusal | undefined> {
    this.chosen[kind] = id;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.chosen));
    } catch {
      // Then the choice lasts as long as the call.
    }
    const { microphone, camera } = this.tracks;
    const isMuted = microphone?.enabled === false;
    const refusal = kind === "microphone" && microphone !== null
      ? await this.openMicrophone()
      : kind === "camera" && camera !== null
      ? await this.openCamera()
      : undefined;
    if (isMuted) this.mute(true);
    this.dispatchEvent(new Event("change"));
    return refusal;
  }

  /** Has the microphone say nothing, or speak again. */
  mute(isMuted: boolean): void {
    const { microphone } = this.tracks;
    if (microphone !== null) microphone.enabled = !isMuted;
  }

  /** Closes everything, and what the person allows only now. */
  end(): void {
    this.#isOver = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#changed);
    for (const source of ["microphone", "camera", "screen"] as const) this.close(source);
  }

  /** That device, if it is there; a device that is gone is no reason to have none. */
  #wish(kind: "microphone" | "camera"): MediaTrackConstraints {
    const id = this.chosen[kind];
    return id === "" ? {} : { deviceId: { ideal: id } };
  }

  async #open(source: Source, ask: () => Promise<MediaStream>): Promise<Refusal | undefined> {
    if (!canCall) return "insecure";
    let stream: MediaStream;
    try {
      stream = await ask();
    } catch (error) {
      return refusalOf(error);
    }
    if (this.#isOver) {
      for (const track of stream.getTracks()) track.stop();
      return "failed";
    }
    const [video = null] = stream.getVideoTracks();
    const [audio = null] = stream.getAudioTracks();
    if (source === "microphone") this.#put("microphone", audio);
    else this.#put(source, video);
    if (source === "screen") {
      // Text is to stay sharp.
      if (video !== null) video.contentHint = "detail";
      this.#put("screenSound", audio);
    }
    const track = source === "microphone" ? audio : video;
    track?.addEventListener("ended", () => {
      if (this.tracks[source] !== track) return;
      this.close(source);
      this.#onEnded(source);
    });
    await this.look();
    return undefined;
  }

  #put(slot: Slot, track: MediaStreamTrack | null): void {
    const before = this.tracks[slot];
    if (before === track) return;
    this.tracks[slot] = track;
    this.#send(slot, track);
    before?.stop();
  }
}
