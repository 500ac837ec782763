/**
 * Passwords that are in a file or in the environment, where they are not seen by everybody on the machine, as a command line is.
 *
 * @module
 */

import { UsageError } from "../shared/flags.ts";
import { readBeginning } from "../shared/named_file.ts";
import { words } from "./language.ts";
import { reasonOf } from "./os_error.ts";

/**
 * Gives the password that a file holds, or else a variable of the environment.
 *
 * @param flag The flag that names the file, for the error.
 * @param path Where the file is; undefined where the flag is not given.
 * @returns Undefined where there is neither.
 * @throws {UsageError} If what is there is no password.
 */
export async function givenPassword(
  flag: string,
  path: string | undefined,
  variable: string,
): Promise<string | undefined> {
  const inEnvironment = Deno.env.get(variable);
  try {
    if (path !== undefined) return await readPassword(path);
    return inEnvironment ? passwordOf(inEnvironment, variable) : undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(path === undefined ? error.message : `${flag}: ${error.message}`);
  }
}

/** Bytes of a password, at most: a line of IRC takes no more. */
const LONGEST = 400;

/**
 * Reads a password from a file: all of it, without one line end after it. It is read once, so it may be a pipe.
 *
 * @throws {RangeError} If there is no password in the file; the message says why, and does not show what is in it.
 */
export async function readPassword(path: string): Promise<string> {
  return passwordOf(await read(path), `"${path}"`);
}

/**
 * Checks a text that is to be a password, and takes one line end from it.
 *
 * @param from Where the text is from, as the error names it.
 * @throws {RangeError} If it is empty, too long, or more than one line.
 */
export function passwordOf(text: string, from: string): string {
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new RangeError(words().passwords.empty(from));
  if (new TextEncoder().encode(password).length > LONGEST) {
    throw new RangeError(words().passwords.long(from, LONGEST));
  }
  if (/[\0\r\n]/.test(password)) throw new RangeError(words().passwords.lines(from));
  return password;
}

async function read(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    // No more is read than shows that the text is too long.
    bytes = await readBeginning(path, LONGEST + 3);
  } catch (error) {
    throw new RangeError(words().passwords.unreadable(`"${path}"`, reasonOf(error)), { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RangeError(words().passwords.noText(`"${path}"`), { cause: error });
  }
}
