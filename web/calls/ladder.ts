/**
 * How much each person in a call sends to each other one. In a mesh everybody sends their picture once to each of the others, so
 * it becomes smaller the more there are. Pure.
 *
 * @module
 */

/** How a picture is sent. */
export interface Rung {
  /** Pixels from top to bottom; the width follows from the camera's shape. */
  height: number;
  /** Pictures in a second. */
  rate: number;
  /** Bits in a second, to each of the others. */
  bits: number;
}

/** The rungs for cameras: for so many others at the most. */
const CAMERA: readonly [others: number, rung: Rung][] = [
  [1, { height: 720, rate: 30, bits: 1_500_000 }],
  [3, { height: 360, rate: 15, bits: 500_000 }],
  [5, { height: 180, rate: 15, bits: 150_000 }],
];

/** How a camera is sent to so many others; undefined where there are too many for cameras. */
export function cameraRung(others: number): Rung | undefined {
  return CAMERA.find(([most]) => others <= most)?.[1];
}

/** The rungs for cameras where an engine carries the call: for so many cameras at the most. Each is sent once, and gets to all. */
const CARRIED: readonly [cameras: number, rung: Rung][] = [
  [4, { height: 360, rate: 15, bits: 500_000 }],
  [9, { height: 180, rate: 15, bits: 150_000 }],
];

/** How a camera is sent to an engine; undefined where there are too many cameras. @param cameras All of them, this one too. */
export function carriedRung(cameras: number): Rung | undefined {
  return CARRIED.find(([most]) => cameras <= most)?.[1];
}

/** How a screen is sent: text has to be read, so it keeps its pixels and has few pictures in a second. */
export function screenRung(others: number): Rung {
  return { height: 1_080, rate: 10, bits: others <= 1 ? 2_500_000 : others <= 3 ? 1_200_000 : 600_000 };
}

/** From how many people on somebody joins muted. */
const MUTED_FROM = 5;

/** Whether somebody who joins so many others is to be muted at first. */
export function joinsMuted(others: number): boolean {
  return others + 1 >= MUTED_FROM;
}
