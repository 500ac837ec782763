// deno-lint-ignore-file no-control-regex -- What files begin with is no text.
/**
 * What is in a file, found out by its content: what its sender says of it may be wrong, and must not decide what a browser
 * makes of it. Only what browsers show in place need be known here, and a few kinds that people send often.
 *
 * @module
 */

import { be32, latin1 } from "./compactor.ts";

/** So many bytes of a file's beginning are looked at. */
export const SAMPLE_BYTES = 16_384;

/** The type of what is nothing else. */
export const UNKNOWN = "application/octet-stream";

/** With what files of a type begin, as characters up to 255; the first one that fits counts. */
const BEGINNINGS: readonly [begin: RegExp, type: string | ((bytes: Uint8Array) => string)][] = [
  [/^\x89PNG\r\n\x1a\n/, typeOfPng],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^RIFF[^]{4}WAVE/, "audio/wav"],
  // ISO/IEC 14496-12, section 4.3: the brands say for which players a file is.
  [/^[^]{4}ftyp(?:avi[fs]|(?:mif1|msf1)[^]{0,40}avi[fs])/, "image/avif"],
  [/^[^]{4}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)/, "image/heic"],
  [/^[^]{4}ftypqt {2}/, "video/quicktime"],
  [/^[^]{4}ftypM4[AB] /, "audio/mp4"],
  [/^[^]{4}ftyp/, "video/mp4"],
  // RFC 9559, section 5.1: the document type stands in the header of EBML.
  [/^\x1a\x45\xdf\xa3[^]{0,40}\x42\x82\x84webm/, "video/webm"],
  [/^\x1a\x45\xdf\xa3[^]{0,40}\x42\x82\x88matroska/, "video/matroska"],
  // RFC 3533: the first packet of the first stream names its codec.
  [/^OggS[^]{24}\x80theora/, "video/ogg"],
  [/^OggS/, "audio/ogg"],
  [/^fLaC/, "audio/flac"],
  [/^ID3[\x02-\x04]/, "audio/mpeg"],
  // A frame of MPEG audio, layer III, with a bit rate and a sampling rate that there are; and one of AAC (ADTS).
  [/^\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]/, "audio/mpeg"],
  [/^\xff[\xf0\xf1\xf8\xf9]/, "audio/aac"],
  [/^%PDF-/, "application/pdf"],
  [/^PK\x03\x04/, "application/zip"],
  [/^\x1f\x8b\x08/, "application/gzip"],
];

/** A PNG is moving where a chunk says so before the pixels of its first picture. */
function typeOfPng(bytes: Uint8Array): string {
  for (let at = 8; at + 8 <= bytes.length;) {
    const type = latin1(bytes, at + 4, at + 8);
    if (type === "acTL") return "image/apng";
    if (type === "IDAT") break;
    at += 12 + be32(bytes, at);
  }
  return "image/png";
}

/** Whether it can be text: UTF-8, without the control characters that no text has. @param isWhole Whether nothing follows. */
function isText(bytes: Uint8Array, isWhole: boolean): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}

/**
 * The type of a file.
 *
 * @param sample Its first `SAMPLE_BYTES`, or all of it.
 * @param isWhole Whether that is all of it.
 */
export function typeOf(sample: Uint8Array, isWhole: boolean): string {
  const begin = latin1(sample, 0, sample.length);
  const type = BEGINNINGS.find(([pattern]) => pattern.test(begin))?.[1];
  if (type !== undefined) return typeof type === "string" ? type : type(sample);
  return isText(sample, isWhole) ? "text/plain" : UNKNOWN;
}
