/**
 * What files are called. A name comes from its sender, is shown to others, and becomes a name on their disks; nothing is ever
 * looked up by it.
 *
 * @module
 */

import { encodedName } from "../../shared/disposition.ts";

/** How many characters a name has at the most, and its end from the last dot on. */
const MOST = { name: 120, end: 16 } as const;

/** How many characters of a name stand in a URL, percent-encoded: a URL must fit into a line of IRC. */
const MOST_IN_URL = 100;

/** So much of a wish is looked at. */
const MOST_READ = 4_096;

/** What is called so on Windows is a device, whatever follows a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\.|$)/i;

/** The name of a file whose sender has given it none. */
const NAMELESS = "file";

/** A name in two parts: the end from its last dot on stays where the rest of it is cut. */
function parts(name: string): [begin: string[], end: string] {
  const end = /[^.](\.[^.\s]{1,15})$/.exec(name)?.[1] ?? "";
  return [[...name.slice(0, name.length - end.length)], end];
}

/**
 * A name as it is kept: without a path, without characters that nobody sees or that turn the direction of writing, at most 120
 * characters, and none that a system takes for something else.
 *
 * @param wish As the sender wrote it.
 */
export function cleanName(wish: string): string {
  const last = wish.slice(0, MOST_READ).toWellFormed().normalize("NFC").split(/[/\\]/).at(-1)!;
  const plain = last
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu, "")
    .replaceAll(/[<>:"|?*]/g, "_")
    .replaceAll(/\s+/g, " ")
    // A name with a dot before it is hidden, and Windows leaves out dots and spaces at the end. Each run of them is read once.
    .replaceAll(/^[. ]+|(?<![. ])[. ]+$/g, "");
  const [begin, end] = parts(plain);
  const cut = begin.slice(0, MOST.name - MOST.end).join("").trimEnd() + end;
  if (cut === "") return NAMELESS;
  return DEVICE.test(cut) ? `_${cut}` : cut;
}

/** A name as the end of a URL, percent-encoded and cut. */
export function nameInUrl(name: string): string {
  const [begin, end] = parts(name);
  const encodedEnd = encodedName(end);
  let text = "";
  for (const character of begin.map(encodedName)) {
    if (text.length + character.length + encodedEnd.length > MOST_IN_URL) break;
    text += character;
  }
  // What is left of a name of very long characters is no name.
  return (text || NAMELESS) + (encodedEnd.length > MOST_IN_URL / 2 ? "" : encodedEnd);
}
