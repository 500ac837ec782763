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

/** Shows a picture in a window of its own, in place of another one; or no more. A browser that refuses leaves it as it is. */
export async function toggleFloating(video: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
    floating = video;
  } catch {
    // As before its first frame.
  }
}

/** Closes the window of a picture that is no longer in the page. */
export function closeGone(): void {
  if (floating === undefined || floating.isConnected) return;
  floating = undefined;
  if (document.pictureInPictureElement !== null) document.exitPictureInPicture().catch(() => {});
}
