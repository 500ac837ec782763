/**
 * JSON as it stands in a tag: compressed (deflate, RFC 1951), in the letters of base64url (RFC 4648, section 5). What comes is of
 * somebody else, so it is read with bounds.
 *
 * @module
 */

/** Characters of a packed text: beside it a tag has its name, and the line its label. */
export const MOST_PACKED = 4_000;

/** Characters of a packed text that is read: all that a client's tags may hold (IRCv3 message-tags, size limit). */
export const MOST_READ = 4_094;

/** Bytes of what is packed. */
export const MOST_BYTES = 64 * 1024;

/** Packs what JSON can hold. It is not checked whether it fits, see `MOST_PACKED`. */
export async function packJson(value: unknown): Promise<string> {
  const packed = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Unpacks what came from somebody else; undefined where that is no such text, or more than a tag holds. */
export async function unpackJson(packed: string): Promise<unknown> {
  if (packed.length > MOST_READ || !/^[\w-]+$/.test(packed)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const text = await inflate(bytes);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Unpacks bytes; undefined where they hold more than they may. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "", size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
