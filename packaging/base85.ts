/**
 * Bytes as a text: five characters for four bytes, by ZeroMQ's alphabet (RFC 32 of ZeroMQ, Z85). A program is a text, and in base
 * 64 the page's files would take 50 KB more of it.
 *
 * @module
 */

/** No quotation mark and no backslash is among them, so the text needs no escapes. */
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/** Writes bytes, however many they are: the last group is as much shorter as it has fewer of them. */
export function encodeBase85(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    let [number, group] = [view.getUint32(at), ""];
    for (let i = 0; i < 5; i++, number = Math.floor(number / 85)) group = DIGITS[number % 85] + group;
    text += group;
  }
  return text.slice(0, text.length - (padded.length - bytes.length));
}

/** Reads what `encodeBase85` has written. */
export function decodeBase85(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  for (let i = 0; i < DIGITS.length; i++) values[DIGITS.charCodeAt(i)] = i;
  const groups = Math.ceil(text.length / 5);
  const bytes = new Uint8Array(groups * 4);
  const view = new DataView(bytes.buffer);
  for (let group = 0, at = 0; group < groups; group++) {
    let number = 0;
    // What a shorter group lacks counts as the highest digit, since the rest of its bytes was left out.
    for (let i = 0; i < 5; i++, at++) number = number * 85 + (at < text.length ? values[text.charCodeAt(at)] : 84);
    view.setUint32(group * 4, number);
  }
  return bytes.subarray(0, bytes.length - (groups * 5 - text.length));
}
