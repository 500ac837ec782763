// deno-lint-ignore-file no-control-regex -- What files begin with is no text.
/**
 * What kind of sound a file of this machine is, and how long it is, as far as its first and last bytes tell it; of WAV also how
 * loud from its beginning to its end. Nothing is unpacked.
 *
 * @module
 */

import { MOST_BARS, type Voice, waveOf } from "../../shared/voice_message.ts";

/** Bytes of the beginning and of the end that are looked at. */
const LOOKED = 65_536;

/** Samples of WAV that are looked at for one bar. */
const SAMPLES = 512;

/** A sound. */
export interface Sound {
  /** As `audio/ogg`. */
  type: string;
  voice: Voice;
}

/** Reads bytes from a place of a file, as many as there are. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>;

/** Reads from an open file. */
export function readerOf(file: Deno.FsFile): ReadAt {
  return async (at, length) => {
    await file.seek(at, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let there = 0;
    for (let read; there < length && (read = await file.read(bytes.subarray(there))) !== null;) there += read;
    await file.seek(0, Deno.SeekMode.Start);
    return bytes.subarray(0, there);
  };
}

/** The beginnings of kinds of sound, as characters of one byte; the same that the server knows. */
const KINDS: [beginning: RegExp, type: string][] = [
  [/^OggS(?![^]{24}\x80theora)/, "audio/ogg"],
  [/^RIFF[^]{4}WAVE/, "audio/wav"],
  [/^fLaC/, "audio/flac"],
  [/^ID3[\x02-\x04]/, "audio/mpeg"],
  [/^\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]/, "audio/mpeg"],
  [/^\xff[\xf0\xf1\xf8\xf9]/, "audio/aac"],
  [/^[^]{4}ftypM4[AB] /, "audio/mp4"],
  // A track of sound, and none of pictures (RFC 9559, section 5.1.4; the names of codecs).
  [/^\x1a\x45\xdf\xa3[^]{0,40}\x42\x82\x84webm(?![^]*V_(?:VP8|VP9|AV1))[^]*A_(?:OPUS|VORBIS)/, "audio/webm"],
];

/** Says what sound a file is. @returns Undefined for a file that is no sound. */
export async function lookAtSound(read: ReadAt, size: number): Promise<Sound | undefined> {
  const head = await read(0, Math.min(size, LOOKED));
  const text = latin1(head);
  const type = KINDS.find(([beginning]) => beginning.test(text))?.[1];
  if (type === undefined) return undefined;
  if (type === "audio/wav") return { type, voice: await wavVoice(read, head, size) };
  const tail = type === "audio/ogg" ? await read(Math.max(0, size - LOOKED), Math.min(size, LOOKED)) : head;
  const seconds = type === "audio/ogg" ? oggSeconds(head, tail) : type === "audio/flac" ? flacSeconds(head) : undefined;
  return { type, voice: seconds === undefined || !(seconds > 0) ? {} : { seconds } };
}

/** Bytes as characters of one byte each. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCharCode(...bytes.subarray(at, at + 4_096));
  return text;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * How long an Ogg file is: the position of its last page (RFC 3533, section 6), less what is left out at its beginning. It is
 * counted by the sampling rate, and of Opus always by 48 kHz (RFC 7845, section 4).
 */
export function oggSeconds(head: Uint8Array, tail: Uint8Array): number | undefined {
  const begin = latin1(head);
  const opus = begin.indexOf("OpusHead"), vorbis = begin.indexOf("\x01vorbis");
  const isOpus = opus > 0 && opus + 12 <= head.length;
  const rate = isOpus
    ? 48_000
    : vorbis > 0 && vorbis + 16 <= head.length
    ? viewOf(head).getUint32(vorbis + 12, true)
    : 0;
  const skipped = isOpus ? viewOf(head).getUint16(opus + 10, true) : 0;
  const page = latin1(tail).lastIndexOf("OggS");
  if (rate === 0 || page < 0 || page + 14 > tail.length) return undefined;
  const position = Number(viewOf(tail).getBigInt64(page + 6, true));
  return position > skipped ? (position - skipped) / rate : undefined;
}

/** How long a FLAC file is, by its first block (RFC 9639, section 8.2). */
function flacSeconds(head: Uint8Array): number | undefined {
  if (head.length < 26) return undefined;
  const [high, low] = [viewOf(head).getUint32(18), viewOf(head).getUint32(22)];
  const rate = high >>> 12;
  const samples = (high & 0xf) * 2 ** 32 + low;
  return rate === 0 || samples === 0 ? undefined : samples / rate;
}

/** How long a WAV file is (RIFF), and how loud where its samples are whole numbers of 16 bits. */
async function wavVoice(read: ReadAt, head: Uint8Array, size: number): Promise<Voice> {
  const view = viewOf(head);
  let format: number | undefined, perSecond = 0, block = 0, bits = 0;
  for (let at = 12; at + 8 <= head.length;) {
    const name = latin1(head.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    if (name === "fmt " && at + 24 <= head.length) {
      format = view.getUint16(at + 8, true);
      perSecond = view.getUint32(at + 16, true);
      block = view.getUint16(at + 20, true);
      bits = view.getUint16(at + 22, true);
    }
    if (name === "data") {
      // A program that writes into a pipe does not know how long it will be.
      const bytes = Math.min(length, size - at - 8);
      if (perSecond === 0 || bytes <= 0) return {};
      const wave = format === 1 && bits === 16 && block > 0 ? await wavWave(read, at + 8, bytes, block) : undefined;
      return { seconds: bytes / perSecond, ...(wave !== undefined && { wave }) };
    }
    at += 8 + length + length % 2;
  }
  return {};
}

/** How loud the samples of a WAV file are, by some of them for each bar. */
async function wavWave(read: ReadAt, start: number, bytes: number, block: number): Promise<string | undefined> {
  const frames = Math.floor(bytes / block);
  const count = Math.min(MOST_BARS, frames);
  const levels: number[] = [];
  for (let i = 0; i < count; i++) {
    const first = Math.floor(i * frames / count);
    const part = await read(start + first * block, Math.min(SAMPLES, Math.ceil(frames / count)) * block);
    let sum = 0;
    const samples = Math.floor(part.length / 2);
    for (let k = 0; k < samples; k++) sum += (viewOf(part).getInt16(2 * k, true) / 32_768) ** 2;
    levels.push(samples === 0 ? 0 : Math.sqrt(sum / samples));
  }
  return waveOf(levels);
}
