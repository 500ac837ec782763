/**
 * How large a picture is, by its first bytes: so that one which would fill the memory is never decoded. Pure.
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
      ? { width: view.getUint16(6, true), height: view.getUint16(8, true) }
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
