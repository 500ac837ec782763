/**
 * The files of a database: keeps other users of the machine from reading them, and finds out whether the file under the name is
 * still the one that was opened.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";

/** The files that SQLite puts beside a database (sqlite.org/tempfiles.html): the log, and the shared memory for it. */
const COMPANIONS = ["-wal", "-shm"] as const;

/** The files that do not become shorter by themselves: the database and the log. */
const SIZED = ["", "-wal"] as const;

/** Stands between a database's name and the time in the name that a file is given which was found in the database's place. */
const FOUND = "-found-";

const PRIVATE = { file: 0o600, folder: 0o700 } as const;

/** Whether the system knows modes and the identity of files. */
const isUnix = Deno.build.os !== "windows";

/** How many bytes a file has; 0 where there is none. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** The identity of the file under a name, as the system tells files apart; nothing where there is none. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/**
 * The one name by which everybody knows a database: absolute, so that SQLite does not take it for a URI or nothing
 * (sqlite.org/uri.html), and without symbolic links, so that SQLite's files and ours stand beside it and two servers see
 * that they were given the same.
 *
 * @throws {Error} Where a pipe, a device or a link to nothing stands there.
 */
export function realName(path: string): string {
  const absolute = resolve(path);
  try {
    const real = Deno.realPathSync(absolute);
    const { isFile, isDirectory } = Deno.statSync(real);
    // A folder is let through, since SQLite says best what is wrong with it.
    if (path === "" || !(isFile || isDirectory)) throw new Error("it is no file");
    return real;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (isLink(absolute)) throw new Error("it is a link to a file that is not there");
  try {
    return join(Deno.realPathSync(dirname(absolute)), basename(absolute));
  } catch (error) {
    // The folder may still be made.
    if (error instanceof Deno.errors.NotFound) return absolute;
    throw error;
  }
}

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a file, if it is there. */
export function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Opens a file for writing, and makes it where there is none, readable for its owner alone. Throws where that can't be done. */
export function makeFile(path: string): Deno.FsFile {
  return Deno.openSync(path, { create: true, write: true, mode: PRIVATE.file });
}

/**
 * Makes the folder of a file where it is missing, open to its owner alone. The folder above must exist. A folder that exists
 * stays as it is.
 *
 * @returns What whoever runs the server should know: that others may look into the folder, or that it is new.
 */
export function makeFolder(file: string): string | undefined {
  const folder = dirname(file);
  try {
    const { mode } = Deno.statSync(folder);
    if (!isUnix || mode === null || (mode & 0o077) === 0) return undefined;
    const may = mode & 0o022 ? "change" : "list";
    return `others on this machine may ${may} the folder of ${basename(file)} (its mode is ${
      (mode & 0o777).toString(8)
    }); the files that hold what is said are for you alone`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.mkdirSync(folder, { mode: PRIVATE.folder });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`there is no folder ${folder}, and none above it in which it could be made`, { cause: error });
  }
  if (isUnix) Deno.chmodSync(folder, PRIVATE.folder);
  return `there was no folder ${folder}, so it is made for ${basename(file)}`;
}

/** The files of the database under one name. */
export class Files {
  readonly #file: string;
  /** The identities of the files that were opened, by the suffix of the name. */
  readonly #opened = new Map<string, string>();
  /** The largest sizes of the database and its log so far, in bytes, by suffix. */
  readonly #sizes = new Map<string, number>();
  /** The identity of a database that was put in the place of another one, and is not open yet. */
  #put: string | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Notes that the files under the name are open now. Throws where they can't be looked at. */
  opened(): void {
    this.#put = undefined;
    for (const suffix of ["", ...COMPANIONS]) {
      const identity = identityOf(this.#file + suffix);
      if (identity === undefined) this.#opened.delete(suffix);
      else this.#opened.set(suffix, identity);
    }
    this.#sizes.clear();
    this.written();
  }

  /** Lets nobody but their owner read the files, and those beside them with the same content. Throws where that fails. */
  protect(): void {
    if (!isUnix) return;
    const name = basename(this.#file);
    for (const suffix of ["", ...COMPANIONS, "-lock"]) {
      if (identityOf(this.#file + suffix) !== undefined) Deno.chmodSync(this.#file + suffix, PRIVATE.file);
    }
    for (const entry of Deno.readDirSync(dirname(this.#file))) {
      if (!entry.isFile || !entry.name.startsWith(`${name}${FOUND}`)) continue;
      Deno.chmodSync(`${dirname(this.#file)}/${entry.name}`, PRIVATE.file);
    }
  }

  /** Whether one of the files has been deleted or replaced since it was opened. */
  get isMoved(): boolean {
    if (!isUnix) return false;
    return ["", ...COMPANIONS].some((suffix) => {
      const opened = this.#opened.get(suffix);
      const found = identityOf(this.#file + suffix);
      // The log may come into being later.
      if (opened === undefined && found !== undefined) this.#opened.set(suffix, found);
      return opened !== undefined && found !== opened;
    });
  }

  /** The log has been emptied, so that it may be shorter now. */
  emptied(): void {
    this.#sizes.delete("-wal");
  }

  /** Notes the sizes of the database and its log: neither becomes shorter by itself. */
  written(): void {
    for (const suffix of SIZED) {
      const size = sizeOf(this.#file + suffix);
      if (size > (this.#sizes.get(suffix) ?? 0)) this.#sizes.set(suffix, size);
    }
  }

  /** Whether one of them has become shorter. @param isEmptying Whether the log is being emptied, so that it may become shorter. */
  isCut(isEmptying: boolean): boolean {
    const shorter = SIZED.filter((suffix) => sizeOf(this.#file + suffix) < (this.#sizes.get(suffix) ?? 0));
    return shorter.some((suffix) => suffix === "" || !isEmptying);
  }

  /**
   * Puts a complete database in the place of one that was deleted or replaced. A file that somebody else has put there is
   * kept under another name.
   *
   * @param fresh The path of the complete database, which has no other files beside it.
   * @returns The new path of somebody else's file, if there was one.
   */
  replace(fresh: string): string | undefined {
    const isOurs = (suffix: string) => {
      const found = identityOf(this.#file + suffix);
      return found === this.#opened.get(suffix) || (suffix === "" && found === this.#put);
    };
    const stranger = identityOf(this.#file) !== undefined && !isOurs("")
      ? `${this.#file}${FOUND}${new Date().toISOString().replaceAll(/[:.]/g, "-")}`
      : undefined;
    if (stranger !== undefined) Deno.renameSync(this.#file, stranger);
    for (const suffix of COMPANIONS) {
      const path = this.#file + suffix;
      if (identityOf(path) === undefined) continue;
      // The log of the old database would be read as that of the new one.
      if (isOurs(suffix)) remove(path);
      else Deno.renameSync(path, `${stranger ?? this.#file + FOUND}${suffix}`);
    }
    this.#put = identityOf(fresh);
    Deno.renameSync(fresh, this.#file);
    return stranger;
  }
}
