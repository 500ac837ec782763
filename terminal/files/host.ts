/**
 * Where files are sent to and lie (IRCv3 filehost): the address that the server tells, and which addresses of files are of it.
 * Pure.
 *
 * @module
 */

/** The tokens of RPL_ISUPPORT that tell the address, as drafted and as of soju. */
const TOKENS = ["draft/FILEHOST", "soju.im/FILEHOST"] as const;

/** The end of the address of a file of a Teahouse room: its id, and a name for people, which is never looked up. */
const FILE = /\/([\w-]{22})(?:\/[^/]*)?$/;

/** Characters of an address. */
const LONGEST = 2_000;

/** Whether a text is nothing but an address of the web. */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST && /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}

/** The address to which files are sent; undefined where the server takes none. */
export function fileHost(isupport: { get(token: string): string | undefined }): string | undefined {
  return TOKENS.map((token) => isupport.get(token)).find((value) => value !== undefined && isAddress(value));
}

/**
 * The address of a file of the room, by the way by which this client itself comes to the room: whoever said it may have come by
 * another one, such as `127.0.0.1`. Undefined where the address can be none of the room's.
 */
export function ownAddress(url: string, host: string | undefined): string | undefined {
  const [, id] = FILE.exec(new URL(url).pathname) ?? [];
  return id === undefined || host === undefined ? undefined : `${host.replace(/\/$/, "")}/${id}`;
}

/** What a file is called by the end of its address; "" where that tells no name. */
export function nameInAddress(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1)!;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
