/**
 * Passwords that are in a file or in the environment, where a command line would show them to all on the machine. It must
 * not know what they are for.
 *
 * @module
 */

/** Bytes of a file that can be a password's: a line of IRC takes no more. */
const LONGEST = 400;

/**
 * Reads a password from a file, once, so that it may be a pipe: all of it, without one line end after it.
 *
 * @param path Where it is.
 * @throws {RangeError} If there is no password in it; the message says why, and does not show what is in it.
 */
export async function readPassword(path: string): Promise<string> {
  return passwordOf(await read(path), `"${path}"`);
}

/**
 * Checks a text that is to be a password.
 *
 * @param from Where it is from, as the message names it.
 * @throws {RangeError} If it is empty, too long, or more than one line.
 */
export function passwordOf(text: string, from: string): string {
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new RangeError(`${from} holds no password`);
  if (new TextEncoder().encode(password).length > LONGEST) {
    throw new RangeError(`${from} holds more than the ${LONGEST} bytes that a password may have`);
  }
  if (/[\0\r\n]/.test(password)) throw new RangeError(`${from} holds more than one line, or a NUL`);
  return password;
}

async function read(path: string): Promise<string> {
  const bytes = new Uint8Array(LONGEST + 3);
  let length = 0;
  try {
    using file = await Deno.open(path);
    // No more than shows that it is too long: it may have no end.
    for (let read; length < bytes.length && (read = await file.read(bytes.subarray(length))) !== null;) length += read;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/ ?\(os error \d+\).*$/s, "") : String(error);
    throw new RangeError(`"${path}" cannot be read: ${reason}`, { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length));
  } catch (error) {
    throw new RangeError(`"${path}" is no UTF-8`, { cause: error });
  }
}
