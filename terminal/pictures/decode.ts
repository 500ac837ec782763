/**
 * Decodes pictures and makes them small, by the runtime's own decoders, in a thread of their own: a large photograph takes a
 * second, in which the person goes on typing, and one that is made to take for ever is ended.
 *
 * @module
 */

import { fitted, onlyNeeded, type Size, sizeOf } from "./size.ts";

/** Bytes and pixels of a picture that is decoded, at most, and milliseconds for it. */
export const MOST = { bytes: 16 * 1024 * 1024, pixels: 32_000_000, time: 20_000 } as const;

/** What the thread is given. */
interface Work extends Size {
  bytes: Uint8Array;
}

/** Runs in the thread: it stands by itself, since its text alone is brought there. */
function decodeThere(): void {
  const here = globalThis as unknown as {
    onmessage: (event: MessageEvent<Work>) => void;
    postMessage: (answer: Uint8Array | null) => void;
  };
  here.onmessage = async ({ data: { bytes, width, height } }) => {
    try {
      const options = { resizeWidth: width, resizeHeight: height, resizeQuality: "low" } as const;
      const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), options);
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(bitmap);
      const png = await canvas.convertToBlob({ type: "image/png" });
      here.postMessage(new Uint8Array(await png.arrayBuffer()));
    } catch {
      here.postMessage(null);
    }
  };
}

/** A picture as a PNG, and its size. */
export interface SmallPicture extends Size {
  png: Uint8Array;
}

/**
 * Makes a picture small.
 *
 * @param bytes Of a PNG, JPEG, GIF or WebP.
 * @param box What it has to fit into, in pixels.
 * @returns Undefined for what is no picture, is damaged or is too large.
 */
export async function decode(bytes: Uint8Array, box: Size): Promise<SmallPicture | undefined> {
  const size = sizeOf(bytes);
  if (size === undefined || bytes.length > MOST.bytes || size.width * size.height > MOST.pixels) return undefined;
  const small = fitted(size, box);
  const url = URL.createObjectURL(new Blob([`(${decodeThere})()`], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  const timer = setTimeout(() => resolve(undefined), MOST.time);
  worker.onmessage = ({ data }: MessageEvent<Uint8Array | null>) => resolve(data ?? undefined);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(undefined);
  };
  worker.postMessage({ bytes: onlyNeeded(bytes), ...small } satisfies Work);
  try {
    const png = await promise;
    return png === undefined ? undefined : { png, ...small };
  } finally {
    clearTimeout(timer);
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}
