/**
 * Reading a file that a flag names. It may be a pipe, and it may have no end.
 *
 * @module
 */

/** The most bytes that a file may hold which is read as a whole. */
const MOST_BYTES = 1_000_000;

/**
 * Reads the beginning of a file.
 *
 * @param most How many bytes are read at most.
 * @throws {Error} If the file can't be opened or read.
 */
export async function readBeginning(path: string, most: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(most);
  let length = 0;
  for (let read; length < most && (read = await file.read(bytes.subarray(length))) !== null;) length += read;
  return bytes.subarray(0, length);
}

/**
 * Reads a file as a whole.
 *
 * @throws {Error} If it can't be read, or holds more than a million bytes.
 */
export async function readNamedFile(path: string): Promise<Uint8Array> {
  const bytes = await readBeginning(path, MOST_BYTES + 1);
  if (bytes.length > MOST_BYTES) throw new RangeError(`it is larger than ${MOST_BYTES} bytes`);
  return bytes;
}

/** Why a file can't be used, in the system's words: without its number for that, and what the runtime writes behind it. */
export function fileReason(error: unknown): string {
  const text = error instanceof Error ? error.message : `${error}`;
  return text.replace(/ ?\(os error \d+\).*$/s, "");
}
