/**
 * What the tests of files share: small pictures and films, made by hand, which tell where they were taken.
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

/** A PNG of 16 x 8 pixels with EXIF, texts, a time, and a chunk that nobody knows. @param text What its comment says. */
export function png(orientation = 8, text = SECRET): Buffer {
  const header = Buffer.from([0, 0, 0, 16, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("tEXt", Buffer.from(`Comment\0${text}`)),
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

const chain = (...parts: string[]) =>
  Buffer.concat([
    ...parts.map((part) => Buffer.from(`${String.fromCharCode(part.length)}${part}`, "latin1")),
    Buffer.of(0),
  ]);

/** The parts of a GIF that are shown: its header, how often it is repeated, and a picture of 16 x 8 pixels. */
const GIF_PARTS = {
  header: Buffer.from("GIF89a\x10\0\x08\0\x80\0\0\0\0\0\xff\xff\xff", "latin1"),
  loop: Buffer.concat([Buffer.from([0x21, 0xff]), chain("NETSCAPE2.0", "\x01\0\0")]),
  control: Buffer.concat([Buffer.from([0x21, 0xf9]), chain("\0\0\0\0")]),
  picture: Buffer.concat([Buffer.from([0x2c, 0, 0, 0, 0, 16, 0, 8, 0, 0, 2]), chain("\x84\x8f\xa9")]),
};

/** A GIF with a comment, with XMP, and with more behind its end. */
export function gif(): Buffer {
  const { header, loop, control, picture } = GIF_PARTS;
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), chain(SECRET, "and more")]);
  const xmp = Buffer.concat([Buffer.from([0x21, 0xff]), chain("XMP DataXMP", `<x>${SECRET}</x>`)]);
  return Buffer.concat([
    header,
    comment,
    loop,
    xmp,
    control,
    picture,
    comment,
    Buffer.from([0x3b]),
    Buffer.from(SECRET),
  ]);
}

/** What is left of it. */
export function cleanedGif(): Buffer {
  const { header, loop, control, picture } = GIF_PARTS;
  return Buffer.concat([header, loop, control, picture, Buffer.from([0x3b])]);
}

/** A box of a film. */
export function box(type: string, ...contents: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part as string, "latin1")));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, content]);
}

const words = (...numbers: number[]) => {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => bytes.writeUInt32BE(number, 4 * i));
  return bytes;
};

/** A track whose samples, of so many bytes each, lie at these places, two in each but the last. */
function track(handler: string, sizes: number[], places: number[], extra: Buffer = Buffer.alloc(0)): Buffer {
  const tables = box(
    "stbl",
    box("stsz", words(0, 0, sizes.length, ...sizes)),
    box("stsc", words(0, 2, 1, 2, 1, places.length, 1, 1)),
    box("stco", words(0, places.length, ...places)),
  );
  return box("trak", box("tkhd", words(0)), box("mdia", box("hdlr", words(0, 0), handler), box("minf", tables)), extra);
}

/** What is shown of the film. */
export const FRAMES = ["first frame", "second frame", "third frame"];

/** A film that tells its place in all the ways that cameras have. @param brand The one in its beginning. */
export function film(brand = "isom"): Buffer {
  const begin = box("ftyp", brand, "\0\0\0\0");
  const positions = [`at ${SECRET}`, `then ${SECRET}`, `in the end ${SECRET}`];
  // First the pictures, then the positions.
  const data = box("mdat", ...FRAMES, ...positions);
  const place = (i: number) => begin.length + 8 + [...FRAMES, ...positions].slice(0, i).join("").length;
  const sizes = (texts: string[]) => texts.map(({ length }) => length);
  const note = box("udta", box("\xa9xyz", `\0\x0d\x15\xc7${SECRET}`), box("\xa9nam", "a kettle"));
  const keys = box(
    "meta",
    box("keys", words(0, 1), box("mdta", "com.apple.quicktime.location.ISO6709")),
    box("ilst", SECRET),
  );
  return Buffer.concat([
    begin,
    data,
    box(
      "moov",
      box("mvhd", words(0)),
      track("vide", sizes(FRAMES), [place(0), place(2)], box("udta", box("loci", SECRET))),
      track("meta", sizes(positions), [place(3), place(5)]),
      note,
      keys,
    ),
    box("uuid", "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", `<x>${SECRET}</x>`),
    box("free", "as before"),
  ]);
}

/** A picture made of items, with EXIF and XMP, which lie behind its pixels and within its description. @param pieces Of the XMP. */
export function heic(brand = "heic", pieces = 1): Buffer {
  const begin = box("ftyp", brand, "\0\0\0\0mif1");
  const item = (id: number, kind: string, rest = "") =>
    box("infe", Buffer.from([2, 0, 0, 0, 0, id, 0, 0]), kind, "\0", rest);
  const names = box(
    "iinf",
    Buffer.from([0, 0, 0, 0, 0, 3]),
    item(1, "hvc1"),
    item(2, "Exif"),
    item(3, "mime", "application/rdf+xml\0"),
  );
  const tiff = Buffer.concat([Buffer.alloc(4), exif(1)]);
  const xmp = `<x>${SECRET}</x>`;
  const described = (pixelsAt: number) => {
    const place = (id: number, method: number, at: number, length: number, count = 1) => {
      const head = Buffer.from([0, id, 0, method, 0, 0, count >> 8, count & 0xff]);
      return Buffer.concat([head, ...Array<Buffer>(count).fill(Buffer.from(words(at, length)))]);
    };
    const places = box(
      "iloc",
      Buffer.from([1, 0, 0, 0, 0x44, 0, 0, 3]),
      place(1, 0, pixelsAt, 6),
      place(2, 0, pixelsAt + 6, tiff.length),
      place(3, 1, 0, xmp.length, pieces),
    );
    return box("meta", words(0), box("hdlr", words(0, 0), "pict"), names, places, box("idat", xmp));
  };
  const pixelsAt = begin.length + described(0).length + 8;
  return Buffer.concat([begin, described(pixelsAt), box("mdat", "pixels", tiff)]);
}
