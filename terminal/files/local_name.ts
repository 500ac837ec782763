/**
 * What a file is called on this machine that somebody else has named. A name of theirs leads out of no folder, hides nothing,
 * and is no device's.
 *
 * @module
 */

import { printable } from "../printable.ts";

/** Bytes of a name, at most, and of its end from the last dot on: file systems allow 255, and something may be added. */
const MOST = { name: 180, end: 24 } as const;

/** What is called so on Windows is a device, whatever follows a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])\s*(?:\.|$)/i;

const encoder = new TextEncoder();

/** The beginning of a text that has at most so many bytes, in whole code points. */
function cut(text: string, bytes: number): string {
  let kept = "";
  let size = 0;
  for (const sign of text) {
    size += encoder.encode(sign).length;
    if (size > bytes) break;
    kept += sign;
  }
  return kept;
}

/** A name in two parts: its end from the last dot on stays where the rest is cut. */
export function nameParts(name: string): [begin: string, end: string] {
  const end = /[^.](\.[^.\s]+)$/.exec(name)?.[1] ?? "";
  return encoder.encode(end).length > MOST.end ? [name, ""] : [name.slice(0, name.length - end.length), end];
}

/**
 * A name as a file can have it here.
 *
 * @param name As somebody else has written it.
 */
export function localName(name: string): string {
  const last = name.slice(0, 4_096).toWellFormed().normalize("NFC").split(/[/\\]/).at(-1)!;
  const plain = printable(last)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, "")
    .replaceAll(/[<>:"|?*]/g, "_")
    .replaceAll(/\s+/g, " ")
    // A name with a dot before it is hidden, and Windows leaves out dots and spaces at the end. Each run of them is read once.
    .replaceAll(/^[. ]+|(?<![. ])[. ]+$/g, "");
  const [begin, end] = nameParts(plain);
  const whole = cut(begin, MOST.name - MOST.end).trimEnd() + end;
  if (whole === "") return "file";
  // A program takes what begins with a dash for a flag.
  return DEVICE.test(whole) || whole.startsWith("-") ? `_${whole}` : whole;
}

/** A name with a number, as the second file of a name has it: `tea (2).jpg`. @param number 1 for the name itself. */
export function numbered(name: string, number: number): string {
  const [begin, end] = nameParts(name);
  return number === 1 ? name : `${begin} (${number})${end}`;
}
