/// <reference lib="dom" />
/**
 * The sounds by which the page calls somebody: each is a few notes that the browser makes itself, so that no file is loaded.
 *
 * @module
 */

/** The sounds to choose from. */
export const TONES = ["soft", "bell", "wood", "rise"] as const;

export type Tone = typeof TONES[number];

/** One note: when it begins and how long it fades, in seconds; its pitch in hertz; how loud it is beside the others. */
interface Note {
  at: number;
  length: number;
  pitch: number;
  level: number;
  wave: OscillatorType;
}

const NOTES: Record<Tone, readonly Note[]> = {
  soft: [{ at: 0, length: 0.25, pitch: 660, level: 1, wave: "sine" }],
  bell: [
    { at: 0, length: 0.9, pitch: 880, level: 0.8, wave: "sine" },
    { at: 0, length: 0.5, pitch: 2_217, level: 0.25, wave: "sine" },
  ],
  wood: [
    { at: 0, length: 0.08, pitch: 523, level: 1, wave: "triangle" },
    { at: 0.12, length: 0.08, pitch: 392, level: 1, wave: "triangle" },
  ],
  rise: [
    { at: 0, length: 0.2, pitch: 523, level: 0.8, wave: "sine" },
    { at: 0.11, length: 0.2, pitch: 659, level: 0.8, wave: "sine" },
    { at: 0.22, length: 0.4, pitch: 784, level: 0.8, wave: "sine" },
  ],
};

/** How loud a note of level 1 is at the full volume: WebAudio's gain. It stays soft. */
const FULL = 0.16;

/** Seconds from the beginning of one sound to the earliest beginning of the next: many at once would be loud. */
const PACE = 1;

let audio: AudioContext | undefined;

/**
 * Plays a sound. A browser that has not been touched yet plays it later, or never.
 *
 * @param volume From 1 to 100.
 * @param over Called when the next sound may begin.
 */
export function playTone(tone: Tone, volume: number, over: () => void = () => {}): void {
  audio ??= new AudioContext();
  const { currentTime: now, destination } = audio;
  for (const [i, { at, length, pitch, level, wave }] of NOTES[tone].entries()) {
    const begin = now + at, end = begin + length;
    const gain = new GainNode(audio, { gain: 0 });
    gain.gain.setValueAtTime(level * FULL * volume / 100, begin).exponentialRampToValueAtTime(0.0001, end)
      .setValueAtTime(0, end);
    gain.connect(destination);
    const note = new OscillatorNode(audio, { frequency: pitch, type: wave });
    note.connect(gain);
    note.start(begin);
    note.stop(i === 0 ? now + PACE : end);
    // The first note lasts longest, unheard at its end.
    if (i === 0) note.onended = over;
  }
}
