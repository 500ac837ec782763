/**
 * The folder in which the bytes of files lie, each under its id. What is not complete has `.part` behind its name, so that a
 * crash at any moment leaves nothing that could be taken for a file.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { join } from "node:path";

const PRIVATE = { file: 0o600, folder: 0o700 } as const;

/** What stands behind the name of a file that is not complete, and of one that takes its place. */
const PART = ".part", FRESH = ".new";

/** So much of a disk stays free: the smaller of these, a number of bytes and a part of it. */
const RESERVE = { bytes: 1_073_741_824, part: 0.05 } as const;

/** Whether the system knows modes, and folders that can be synchronised. */
const isUnix = Deno.build.os !== "windows";

/** A fault's text without the ids of files in the paths that it names: whoever knows an id may read the file. */
export function withoutIds(text: string): string {
  return text.replaceAll(/(?<=[\\/])[\w-]{22}(?![\w-])/g, "…");
}

/** The folder of one room. */
export class FileFolder {
  readonly #path: string;
  readonly #isTemporary: boolean;

  /** Opens the folder, and makes it where there is none. @throws {Error} Where that can't be done. */
  constructor(path: string, isTemporary = false) {
    this.#path = path;
    this.#isTemporary = isTemporary;
    Deno.mkdirSync(path, { recursive: true, mode: PRIVATE.folder });
    if (isUnix) Deno.chmodSync(path, PRIVATE.folder);
  }

  /** A folder that lasts as long as the program. */
  static temporary(): FileFolder {
    return new FileFolder(Deno.makeTempDirSync({ prefix: "teahouse-files-" }), true);
  }

  /** Where the bytes of a complete file lie. */
  path(id: string): string {
    return join(this.#path, id);
  }

  /** Where the bytes of an incomplete one lie. */
  part(id: string): string {
    return join(this.#path, id + PART);
  }

  /** Begins a file. Rejects where there is one. */
  async create(id: string): Promise<Deno.FsFile> {
    return await Deno.open(this.part(id), { write: true, createNew: true, mode: PRIVATE.file });
  }

  /** Opens a file that has begun, to write behind what is there. */
  async append(id: string): Promise<Deno.FsFile> {
    return await Deno.open(this.part(id), { append: true });
  }

  /** How many bytes of a file have come; undefined where it has not begun, or is complete. */
  async partSize(id: string): Promise<number | undefined> {
    return await sizeOf(this.part(id));
  }

  /** Whether the bytes of a complete file are there. */
  async has(id: string): Promise<boolean> {
    return await sizeOf(this.path(id)) !== undefined;
  }

  /** Writes the bytes anew of a file that is not complete: they are on the disk then, and what was there before is gone. */
  async rewrite(id: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#path, id + FRESH);
    await this.removeFresh(id);
    const file = await Deno.open(path, { write: true, createNew: true, mode: PRIVATE.file });
    try {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(path, this.part(id));
  }

  /** Removes what a crash has left of bytes that were written anew. */
  async removeFresh(id: string): Promise<void> {
    try {
      await Deno.remove(join(this.#path, id + FRESH));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Makes a file complete: after a crash it is there, whole, or not at all. Its bytes must be on the disk. */
  async complete(id: string): Promise<void> {
    await Deno.rename(this.part(id), this.path(id));
    if (!isUnix) return;
    const folder = await Deno.open(this.#path);
    try {
      await folder.sync();
    } finally {
      folder.close();
    }
  }

  /** Makes it incomplete again. */
  async reopen(id: string): Promise<void> {
    await Deno.rename(this.path(id), this.part(id));
  }

  /**
   * Takes a file off the disk, complete or not. Its bytes are cut off first: whoever is being sent it would otherwise keep them
   * on the disk.
   */
  async remove(id: string): Promise<void> {
    for (const path of [this.path(id), this.part(id), join(this.#path, id + FRESH)]) {
      try {
        await Deno.truncate(path);
        await Deno.remove(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** The ids of all that lies here, some more than once. What is none of ours is passed over. */
  async *ids(): AsyncGenerator<string> {
    for await (const { name, isFile } of Deno.readDir(this.#path)) {
      const id = /^([\w-]{22})(?:\.part|\.new)?$/.exec(name)?.[1];
      if (isFile && id !== undefined) yield id;
    }
  }

  /** How many bytes may still be written, so that enough of the disk stays free. Below 0 where less is free than that. */
  async room(): Promise<number> {
    const { bavail, blocks, bsize } = await statfs(this.#path);
    return bavail * bsize - Math.min(RESERVE.bytes, blocks * bsize * RESERVE.part);
  }

  /** Removes a folder that lasts as long as the program. For a program that has no time left to wait. */
  closeNow(): void {
    if (!this.#isTemporary) return;
    try {
      Deno.removeSync(this.#path, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
