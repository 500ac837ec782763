/// <reference lib="dom" />
/**
 * Records one voice message by the microphone that is chosen for calls, which is released in the moment in which it ends. It knows
 * nothing of talks, and draws nothing.
 *
 * @module
 */

import { type Voice, waveOf } from "../../shared/voice_message.ts";
import { Meter } from "../calls/levels.ts";
import { Media, type Refusal } from "../calls/media.ts";

/** The longest voice message, in milliseconds. */
export const LONGEST = 600_000;

/** How often it is looked how loud it is, and how often the browser hands over what it has, in milliseconds. */
const LOOK = 100, HAND_OVER = 1_000;

/** Bits of a second: Opus carries speech well by these. */
const RATE = 32_000;

/**
 * What browsers record, each with its type and the end of its name. Ogg says at its end how long it is, which WebM of a browser
 * does not; Safari has neither.
 */
const TYPES = [
  ["audio/ogg;codecs=opus", "audio/ogg", "ogg"],
  ["audio/webm;codecs=opus", "audio/webm", "webm"],
  ["audio/mp4", "audio/mp4", "m4a"],
] as const;

/** What is recorded. */
export interface Recorded {
  file: File;
  voice: Voice;
}

/** What a voice message is called that is recorded now, as `voice-2026-11-28-1012.webm`. */
function nameOf(now: Date, end: string): string {
  const two = (number: number) => `${number}`.padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `voice-${day}-${two(now.getHours())}${two(now.getMinutes())}.${end}`;
}

/** One voice message that is recorded. */
export class Recording {
  /** How loud it was at each look, from 0 to 1. */
  readonly levels: number[] = [];
  /** What is recorded, once it has ended. */
  recorded: Recorded | undefined;
  readonly #changed: () => void;
  readonly #media = new Media(() => {}, () => void this.stop());
  readonly #parts: Blob[] = [];
  readonly #done = Promise.withResolvers<void>();
  #recorder: MediaRecorder | undefined;
  #meter: Meter | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #begunAt: number | undefined;
  #isOver = false;

  /** @param changed Called when something is to be drawn anew. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** How long it is, in milliseconds. */
  get elapsed(): number {
    if (this.recorded?.voice.seconds !== undefined) return this.recorded.voice.seconds * 1_000;
    return this.#begunAt === undefined ? 0 : performance.now() - this.#begunAt;
  }

  get isRecording(): boolean {
    return this.#recorder?.state === "recording";
  }

  /** Asks for the microphone, and begins. @returns Why that can't be, if so. */
  async begin(): Promise<Refusal | undefined> {
    if (!isSecureContext) return "insecure";
    const type = TYPES.find(([type]) => globalThis.MediaRecorder?.isTypeSupported(type));
    if (type === undefined) return "failed";
    const refusal = await this.#media.openMicrophone();
    const track = this.#media.tracks.microphone;
    if (this.#isOver) return undefined;
    if (refusal !== undefined || track === null) {
      this.cancel();
      return refusal ?? "failed";
    }
    const recorder = this.#recorder = new MediaRecorder(new MediaStream([track]), {
      mimeType: type[0],
      audioBitsPerSecond: RATE,
    });
    recorder.ondataavailable = ({ data }) => void this.#parts.push(data);
    recorder.onerror = () => void this.stop();
    recorder.onstop = () => this.#stopped(type[1], type[2]);
    recorder.start(HAND_OVER);
    this.#begunAt = performance.now();
    this.#meter = new Meter(track);
    this.#timer = setInterval(() => this.#look(), LOOK);
    this.#changed();
    return undefined;
  }

  /** Ends it. @returns What is recorded; undefined where that is nothing. */
  async stop(): Promise<Recorded | undefined> {
    if (this.#recorder === undefined) return undefined;
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#done.promise;
    return this.recorded;
  }

  /** Ends it, and forgets what was recorded. */
  cancel(): void {
    this.#isOver = true;
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    this.#release();
  }

  #look(): void {
    this.levels.push(this.#meter?.level ?? 0);
    if (this.elapsed >= LONGEST) void this.stop();
    this.#changed();
  }

  #stopped(type: string, end: string): void {
    const seconds = this.elapsed / 1_000;
    this.#release();
    const file = new File(this.#parts, nameOf(new Date(), end), { type });
    const wave = waveOf(this.levels);
    if (!this.#isOver && file.size > 0) {
      this.recorded = { file, voice: { seconds, ...(wave !== undefined && { wave }) } };
    }
    this.#done.resolve();
    if (!this.#isOver) this.#changed();
  }

  /** Lets the microphone go. */
  #release(): void {
    clearInterval(this.#timer);
    this.#meter?.end();
    this.#meter = undefined;
    this.#media.end();
  }
}
