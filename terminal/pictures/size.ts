/**
 * How large a picture is, by its first bytes, and what of it has to be decoded: so that one which would fill the memory never is. Pure.
 *
 * @module
 */

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The size of a PNG, JPEG, GIF or WebP; undefined for what is none of these, or is damaged. */
export function sizeOf(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  try {
    const size = text(0, 8) === "\x89PNG\r\n\x1a\n"
      ? { width: view.getUint32(16), height: view.getUint32(20) }
      : /^GIF8[79]a/.test(text(0, 6))
      ? sizeOfGif(view)
      : text(0, 4) === "RIFF" && text(8, 4) === "WEBP"
      ? sizeOfWebp(view, text(12, 4))
      : view.getUint16(0) === 0xffd8
      ? sizeOfJpeg(view)
      : undefined;
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    // It ends too early.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Reads the size of a GIF (GIF89a, sections 18 and 20): that of its screen. A first frame that reaches beyond it is against the rules,
 * and would be decoded in its own size: 4 GiB of memory for a file of 35 bytes.
 */
function sizeOfGif(view: DataView): Size | undefined {
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const flags = view.getUint8(10);
  let at = 13 + ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  for (; view.getUint8(at) === 0x21; at++) {
    at += 2;
    for (let length; (length = view.getUint8(at)) > 0;) at += length + 1;
  }
  if (view.getUint8(at) !== 0x2c) return undefined;
  const [left, top, across, down] = [1, 3, 5, 7].map((place) => view.getUint16(at + place, true));
  return left + across > width || top + down > height ? undefined : { width, height };
}

/** The chunks of a PNG without which it can't be drawn: their names, as numbers. */
const NEEDED: ReadonlySet<number> = new Set(
  ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].map((name) =>
    new DataView(new TextEncoder().encode(name).buffer).getUint32(0)
  ),
);

/**
 * A picture without what is not drawn: of a PNG the chunks besides, as a profile of colours that is a thousand times as long once it
 * is unpacked. Others have nothing that is packed.
 */
export function onlyNeeded(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x89) return bytes;
  const kept = new Uint8Array(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size = Math.min(8, bytes.length);
  for (let at = size; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (NEEDED.has(view.getUint32(at + 4))) {
      kept.copyWithin(size, at, end);
      size += Math.min(end, bytes.length) - at;
    }
    at = end;
  }
  return kept.subarray(0, size);
}

/** Reads the size of a WebP (RFC 9649). @param kind The name of its first chunk. */
function sizeOfWebp(view: DataView, kind: string): Size | undefined {
  if (kind === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
  }
  const three = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536 + 1;
  return kind === "VP8X" ? { width: three(24), height: three(27) } : undefined;
}

/** Reads the size of a JPEG from the head of its frame (ITU T.81, B.2.2). */
function sizeOfJpeg(view: DataView): Size | undefined {
  for (let at = 2;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // Fill bytes stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    // The tables of Huffman and arithmetic codes are none of the frames.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    if (marker === 0xd9 || marker === 0xda) return undefined;
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
}

/** A size that fits into a box, with the same shape. It is never larger than it was. */
export function fitted({ width, height }: Size, box: Size): Size {
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
