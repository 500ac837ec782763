/**
 * EXIF as far as a picture needs it to be shown upright: the one number that says how it lies (EXIF 2.32, section 4.6.4, tag
 * 0x0112). All else of it says where, when and with what the picture was taken.
 *
 * @module
 */

const ORIENTATION = 0x0112;

/** So many entries are looked at; no camera writes as many. */
const MOST_ENTRIES = 512;

/** How a picture lies that a TIFF block is about: 1 to 8, and 1 where it does not say. */
export function orientationIn(tiff: Uint8Array): number {
  const isLittle = tiff[0] === 0x49;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 14) return 1;
  const first = view.getUint32(4, isLittle);
  if (first + 2 > tiff.length) return 1;
  const count = Math.min(view.getUint16(first, isLittle), MOST_ENTRIES);
  for (let i = 0, at = first + 2; i < count && at + 12 <= tiff.length; i++, at += 12) {
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** A TIFF block with that number and nothing else. */
export function tiffOf(orientation: number): Uint8Array {
  const header = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const entry = [ORIENTATION >> 8, ORIENTATION & 0xff, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  return Uint8Array.from([...header, 0, 1, ...entry, 0, 0, 0, 0]);
}

/** Whether a picture that lies so is shown with its width and height exchanged. */
export function isTurned(orientation: number): boolean {
  return orientation >= 5;
}
