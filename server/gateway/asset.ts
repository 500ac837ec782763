/**
 * One thing that is served: its bytes, also compressed, and what its headers say.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type Coding, compress } from "./compression.ts";

/** Something to be served. */
export interface Asset {
  body: Uint8Array;
  type: string;
  /** An entity tag, weak since it is the same in each coding. */
  etag: string;
  cacheControl: string;
  /** The Content-Security-Policy. */
  policy: string;
  /** The body in another coding, made when it is first asked for; undefined if that would not be smaller. */
  encoded(coding: Coding): Promise<Uint8Array | undefined>;
}

/** The media types, by the extension of a file's name. */
export const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
  wav: "audio/wav",
  webmanifest: "application/manifest+json; charset=utf-8",
  webp: "image/webp",
  woff2: "font/woff2",
};

/** The types of what is compressed already. */
const COMPRESSED = /^(?:audio|font|image\/(?!svg|x-icon))/;

/** Smaller bodies are not worth compressing. Bytes. */
const SMALLEST_COMPRESSED = 256;

/** How long browsers may keep an asset. */
export const CACHE = {
  /** It is asked for again before each use, which costs a 304 if nothing has changed. */
  revalidate: "no-cache",
  /** It is never asked for again: its path holds its version. */
  immutable: "public, max-age=31536000, immutable",
} as const;

/** The policy of what is no document: a picture with a script in it, shown on its own, must not run it. */
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** A hash of data, in base 64. */
export function hash(algorithm: "sha1" | "sha256", data: Uint8Array | string): string {
  return createHash(algorithm).update(data).digest("base64");
}

/** Makes an asset. */
export function makeAsset(body: Uint8Array | string, type: string, cacheControl: string, policy = SANDBOX): Asset {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const encodings = new Map<Coding, Promise<Uint8Array | undefined>>();
  return {
    body: bytes,
    type,
    etag: `W/"${hash("sha1", bytes).replaceAll(/\W/g, "")}"`,
    cacheControl,
    policy,
    encoded(coding) {
      if (COMPRESSED.test(type) || bytes.length < SMALLEST_COMPRESSED) return Promise.resolve(undefined);
      let encoded = encodings.get(coding);
      if (encoded === undefined) {
        encoded = compress(bytes, coding).then((result) => result.length < bytes.length ? result : undefined);
        encodings.set(coding, encoded);
        // The next request may have more luck.
        encoded.catch(() => encodings.delete(coding));
      }
      return encoded;
    },
  };
}
