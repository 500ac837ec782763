/**
 * What the tests of files share: small pictures, made by hand, which tell where they were taken.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** What none of these pictures may tell when it was cleaned. */
export const SECRET = "52.52N 13.40E";

/** A TIFF block: how the picture lies, and where it was taken. */
export function exif(orientation: number, isLittle = false): Buffer {
  const block = Buffer.alloc(64 + SECRET.length);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  block.write(isLittle ? "II" : "MM", "latin1");
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 2, isLittle);
  const entry = (at: number, tag: number, type: number, count: number) => {
    view.setUint16(at, tag, isLittle);
    view.setUint16(at + 2, type, isLittle);
    view.setUint32(at + 4, count, isLittle);
  };
  entry(10, 0x010e, 2, SECRET.length);
  view.setUint32(18, 64, isLittle);
  entry(22, 0x0112, 3, 1);
  view.setUint16(30, orientation, isLittle);
  block.write(SECRET, 64, "latin1");
  return block;
}

const segment = (marker: number, content: Uint8Array | string) => {
  const bytes = Buffer.from(content as string, "latin1");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length + 2);
  return Buffer.concat([Buffer.from([0xff, marker]), length, bytes]);
};

/** The parts of a JPEG that are the picture: 16 x 8 pixels. */
const SHOWN = [
  segment(0xdb, "\0" + "\x10".repeat(64)),
  segment(0xc0, "\x08\0\x08\0\x10\x01\x01\x11\0"),
  segment(0xda, "\x01\x01\0\0\x3f\0"),
  Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
  Buffer.from([0xff, 0xd9]),
];

/** A JPEG with all that phones put into it. @param orientation How it lies. */
export function jpeg(orientation = 6): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01${SECRET.slice(0, 3)}`),
    segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), exif(orientation)])),
    segment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x>${SECRET}</x>`),
    segment(0xe2, "ICC_PROFILE\0\x01\x01colours"),
    segment(0xe2, `MPF\0${SECRET}`),
    segment(0xed, `Photoshop 3.0\0${SECRET}`),
    segment(0xfe, SECRET),
    ...SHOWN,
    Buffer.from(`a whole film, taken at ${SECRET}`),
  ]);
}

/** What is left of it. */
export function cleanedJpeg(orientation = 6): Buffer {
  const tiff = Buffer.from([
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
    ...(orientation === 1 ? [] : [segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0"), tiff]))]),
    segment(0xe2, "ICC_PROFILE\0\x01\x01colours"),
    ...SHOWN,
  ]);
}

const chunk = (type: string, data: Uint8Array) => {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length);
  whole.write(type, 4, "latin1");
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
};

/** A PNG of 16 x 8 pixels with EXIF, texts, a time, and a chunk that nobody knows. */
export function png(orientation = 8): Buffer {
  const header = Buffer.from([0, 0, 0, 16, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("tEXt", Buffer.from(`Comment\0${SECRET}`)),
    chunk("iTXt", Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${SECRET}`)),
    chunk("eXIf", exif(orientation)),
    chunk("tIME", Buffer.from([7, 234, 11, 27, 23, 0, 0])),
    chunk("prVt", Buffer.from(SECRET)),
    chunk("IDAT", Buffer.from("pixels")),
    chunk("IEND", Buffer.alloc(0)),
    Buffer.from(`PK\x03\x04 ${SECRET}`),
  ]);
}

const riff = (type: string, data: Uint8Array) => {
  const whole = Buffer.alloc(8 + data.length + data.length % 2);
  whole.write(type, "latin1");
  whole.writeUInt32LE(data.length, 4);
  whole.set(data, 8);
  return whole;
};

/** A WebP of 16 x 8 pixels with EXIF and XMP, and more behind its end. */
export function webp(orientation = 5): Buffer {
  const flags = Buffer.from([0x0c, 0, 0, 0, 15, 0, 0, 7, 0, 0]);
  const content = Buffer.concat([
    Buffer.from("WEBP"),
    riff("VP8X", flags),
    riff("VP8L", Buffer.from([0x2f, 0x0f, 0xc0, 0x01, 0x00, 1, 2])),
    riff("EXIF", exif(orientation, true)),
    riff("XMP ", Buffer.from(SECRET)),
  ]);
  return Buffer.concat([riff("RIFF", content), Buffer.from(SECRET)]);
}
