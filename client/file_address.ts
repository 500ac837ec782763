/**
 * A message about a file: its address, and what is said of it besides. Whatever host an address names, it is the path that tells
 * that it may be a file of this room: people come in by several hosts, and an id of 128 random bits is of one file alone.
 *
 * @module
 */

import { fileIdsIn, type FileInfo } from "../shared/file_message.ts";

/** The tokens of RPL_ISUPPORT that tell where files are sent to, as drafted and as of soju; the first one that is there counts. */
const HOSTS = ["draft/FILEHOST", "soju.im/FILEHOST"] as const;

/** Characters of an address. */
const LONGEST = 2_000;

/** Characters of a text in which its address is looked for. */
const LONGEST_ADDRESS = 600;

/** Whether a text is nothing but an address of the web. */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST && /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}

/** The address to which files are sent (IRCv3 filehost); undefined where the server takes none. */
export function fileHost(isupport: { get(token: string): string | undefined }): string | undefined {
  return HOSTS.map((token) => isupport.get(token)).find((value) => value !== undefined && isAddress(value));
}

/**
 * The id and the address of the one file with whose address a text begins, and what stands behind that; undefined for any other
 * text.
 */
export function captionOf(text: string): { id: string; address: string; caption: string } | undefined {
  const [address = ""] = /^https?:\/\/\S+/.exec(text.slice(0, LONGEST_ADDRESS)) ?? [];
  const [id, other] = fileIdsIn(text, 2);
  if (id === undefined || other !== undefined || fileIdsIn(address, 1)[0] !== id) return undefined;
  return { id, address, caption: text.slice(address.length).trimStart() };
}

/** The text of a message that sends a file. @param caption What is said of it, "": nothing. */
export function withCaption(address: string, caption: string): string {
  if (caption === "") return address;
  return `${address}${caption.includes("\n") ? "\n" : " "}${caption}`;
}

/**
 * A text as it is told where there is no room for a file: its name stands in the place of its address.
 *
 * @param nameOf What the file is called.
 */
export function textWithName(
  { text, file }: { text: string; file?: FileInfo },
  nameOf: (file: FileInfo) => string = ({ name }) => name,
): string {
  const said = file === undefined ? undefined : captionOf(text);
  if (said === undefined) return text;
  return said.caption === "" ? nameOf(file!) : `${nameOf(file!)}: ${said.caption}`;
}
