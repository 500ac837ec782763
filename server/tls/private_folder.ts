/**
 * A folder for keys: nobody but its owner can look into it, and a file in it is either the old one or the new one, whole.
 *
 * @module
 */

import { join } from "node:path";

const PRIVATE = { file: 0o600, folder: 0o700 } as const;

/** Whether the system knows modes. */
const isUnix = Deno.build.os !== "windows";

/** Where texts are kept by name. */
export interface Shelf {
  /** A text; undefined where there is none. @throws {Error} Where it can't be read. */
  read(name: string): string | undefined;
  /** Keeps a text in place of the one before. @throws {Error} Where that can't be done. */
  write(name: string, text: string): void;
}

/** A folder, which is made when the first text is kept. */
export class PrivateFolder implements Shelf {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Takes from other users of the machine what they may do with the folder and the files in it.
   *
   * @returns The paths that they could read or change until now: a folder that was copied, or made beforehand by another user.
   */
  closeToOthers(): string[] {
    if (!isUnix) return [];
    const found: string[] = [];
    const close = (path: string, mode: number) => {
      const { mode: before, uid } = Deno.statSync(path);
      if ((before! & 0o077) === 0 && uid === Deno.uid()) return;
      found.push(path);
      Deno.chmodSync(path, mode);
    };
    try {
      close(this.#path, PRIVATE.folder);
      for (const { name, isFile } of Deno.readDirSync(this.#path)) {
        if (isFile) close(join(this.#path, name), PRIVATE.file);
      }
    } catch (error) {
      // What is not there is nobody's, and what is another user's can only be told of.
      const isTold = error instanceof Deno.errors.NotFound || isRefused(error);
      if (!isTold) throw error;
    }
    return found;
  }

  read(name: string): string | undefined {
    try {
      return Deno.readTextFileSync(join(this.#path, name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  write(name: string, text: string): void {
    Deno.mkdirSync(this.#path, { recursive: true, mode: PRIVATE.folder });
    if (isUnix) Deno.chmodSync(this.#path, PRIVATE.folder);
    const path = join(this.#path, name);
    const fresh = `${path}.new`;
    // One that a crash has left may be open to others.
    removeIfThere(fresh);
    {
      using file = Deno.openSync(fresh, { write: true, createNew: true, mode: PRIVATE.file });
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      file.syncSync();
    }
    Deno.renameSync(fresh, path);
  }
}

/** Keeps texts as long as the program runs. */
export class MemoryShelf implements Shelf {
  readonly #texts = new Map<string, string>();

  read(name: string): string | undefined {
    return this.#texts.get(name);
  }

  write(name: string, text: string): void {
    this.#texts.set(name, text);
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable;
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
