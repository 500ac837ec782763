/// <reference lib="dom" />
/**
 * The background of a camera's picture, blurred where the camera or its system can do that by itself (W3C Media Capture Extensions,
 * section 8). A page that did it would find the person in each picture by a model of many megabytes.
 *
 * @module
 */

/** Whether a camera can blur the background, and leave that. */
export function canBlur(track: Pick<MediaStreamTrack, "getCapabilities"> | null): boolean {
  const { backgroundBlur } = (track?.getCapabilities?.() ?? {}) as { backgroundBlur?: unknown };
  return Array.isArray(backgroundBlur) && backgroundBlur.includes(true) && backgroundBlur.includes(false);
}

/** Whether it does so now. */
export function isBlurred(track: Pick<MediaStreamTrack, "getSettings"> | null): boolean {
  return track?.getSettings().backgroundBlur === true;
}

/** Has it do so, or leave it. All else that was asked of the camera stays. A camera that refuses goes on as before. */
export async function blur(
  track: Pick<MediaStreamTrack, "getConstraints" | "applyConstraints">,
  isOn: boolean,
): Promise<void> {
  await track.applyConstraints({ ...track.getConstraints(), backgroundBlur: isOn }).catch(() => {});
}
