/**
 * What the address of a file tells: where this client finds it, and what it is called. Pure.
 *
 * @module
 */

/** The end of the address of a file of a Teahouse room: its id, and a name for people, which is never looked up. */
const FILE = /\/([\w-]{22})(?:\/[^/]*)?$/;

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
