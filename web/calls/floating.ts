/// <reference lib="dom" />
/**
 * One picture of a call in a window of its own, above those of other programs (W3C Picture-in-Picture), where the browser has that
 * for a button of the page.
 *
 * @module
 */

/** Whether this browser can. */
export const canFloat: boolean = typeof document !== "undefined" && document.pictureInPictureEnabled === true &&
  "requestPictureInPicture" in HTMLVideoElement.prototype;

/** The picture that this page has shown so. */
let floating: HTMLVideoElement | undefined;

/** How often a window is asked for, and how long a picture is waited for before each time, in milliseconds. */
const TRIES = 3;
const PATIENCE = 1_000;

/** Comes when a picture's size is known, or when that has taken too long. A stream that goes on after a pause begins anew. */
function sized(video: HTMLVideoElement): Promise<unknown> {
  if (video.readyState > HTMLMediaElement.HAVE_NOTHING) return Promise.resolve();
  return new Promise((resolve) => {
    video.addEventListener("loadedmetadata", resolve, { once: true });
    setTimeout(resolve, PATIENCE);
  });
}

/** Opens the window. Chromium gives none for a picture that begins anew meanwhile: then it is asked again. */
async function open(video: HTMLVideoElement): Promise<void> {
  for (let tries = 1;; tries++) {
    await sized(video);
    try {
      await video.requestPictureInPicture();
      return;
    } catch (error) {
      if (tries === TRIES || !(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    }
  }
}

/** Shows a picture in a window of its own, in place of another one; or no more. A browser that refuses leaves it as it is. */
export async function toggleFloating(video: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
    else await open(video);
    floating = video;
  } catch {
    // As where no picture came.
  }
}

/** Closes the window of a picture that is no longer in the page. */
export function closeGone(): void {
  if (floating === undefined || floating.isConnected) return;
  floating = undefined;
  if (document.pictureInPictureElement !== null) document.exitPictureInPicture().catch(() => {});
}
