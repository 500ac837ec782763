/// <reference lib="dom" />
/**
 * Looks at a film before it is sent: how large it is, and its first picture.
 *
 * @module
 */

/** For so many milliseconds a browser may look for the first picture. */
const PATIENCE = 5_000;

/**
 * Shows the first picture of a film.
 *
 * @param look Called with it; what it gives is given back.
 * @returns Undefined for what is no film, or none that this browser can play.
 */
export async function lookAtFilm<T>(
  file: Blob,
  look: (film: HTMLVideoElement, size: { width: number; height: number }) => T,
): Promise<T | undefined> {
  if (!file.type.startsWith("video/")) return undefined;
  const film = Object.assign(document.createElement("video"), { muted: true, preload: "auto", playsInline: true });
  const address = URL.createObjectURL(file);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    film.onloadeddata = () => resolve(true);
    film.onerror = () => resolve(false);
    timer = setTimeout(() => resolve(false), PATIENCE);
    film.src = address;
    if (!await promise) return undefined;
    const { videoWidth: width, videoHeight: height } = film;
    return width > 0 && height > 0 ? look(film, { width, height }) : undefined;
  } finally {
    clearTimeout(timer);
    film.removeAttribute("src");
    film.load();
    URL.revokeObjectURL(address);
  }
}
