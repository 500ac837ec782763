/**
 * Figures of a call, and what they mean: how long it has lasted, how loud a sound is, how good a connection is, in how many columns
 * pictures stand. Pure.
 *
 * @module
 */

/** How good the connection to somebody is. */
export interface Quality {
  grade: "good" | "weak" | "bad";
  /** The part of their sound that was lost since the last look, from 0 to 1. */
  loss: number;
  /** How long it is on the way there and back, in seconds; undefined where that is not known. */
  delay: number | undefined;
}

/** What is lost and how late: from there on it is weak, and bad. */
const WEAK = { loss: 0.03, delay: 0.3 }, BAD = { loss: 0.1, delay: 0.8 };

/** Grades a connection. */
export function gradeOf(loss: number, delay = 0): Quality["grade"] {
  if (loss >= BAD.loss || delay >= BAD.delay) return "bad";
  return loss >= WEAK.loss || delay >= WEAK.delay ? "weak" : "good";
}

/** How loud samples are, from 0 to 1: the root of the mean of their squares. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** How long a call has lasted, as `4:07` or `1:02:30`. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (number: number) => `${number}`.padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** How many columns so many tiles stand in, so that they are as square as can be. */
export function columnsOf(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}
