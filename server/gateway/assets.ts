/**
 * Which paths there are, and what each of them means: a file of the project, a file of a package, or what page.ts puts
 * together. Modules are served without types and comments, and there is no build step: the next request gets an edited file.
 *
 * Only what the tables name is served: a path is looked up, and never joined to a folder as it came.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { type Asset, CACHE, makeAsset, TYPES } from "./asset.ts";
import { oneByOne } from "./compression.ts";
import { moduleText } from "./module_text.ts";
import { findPackages, type Packages } from "./packages.ts";
import { Page } from "./page.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** The paths of files, and the files that they mean. */
const FILES: [path: RegExp, file: string][] = [
  [/^\/(protocol|shared\/(?:token_bucket|default_channel|qr|file_message|voice_message|size_text))\.ts$/, "$1.ts"],
  [/^\/(shared\/(?:packed_json|engine_signal|owner_words))\.ts$/, "$1.ts"],
  [/^\/emoji\/mod\.ts$/, "emoji/mod.ts"],
  [/^\/emoji\/([a-z0-9_+-]+\.(?:svg|png|gif|webp))$/, "emoji/$1"],
  [/^\/client\/((?:[\w-]+\/)*[\w-]+\.ts)$/, "client/$1"],
  [/^\/web\/((?:[\w-]+\/)*[\w-]+\.ts)$/, "web/$1"],
  [/^\/(?:web\/)?((?:[\w-]+\/)*[\w-]+\.(?:css|gif|ico|mp3|ogg|png|svg|wav|webmanifest|webp|woff2))$/, "web/$1"],
];

/** Files that only tests need. */
const TESTS = /(?:^|\/)(?:\w*_test|testing)\.ts$/;

/** No path of a file is longer. File systems have a limit as well, and an error of their own for it. */
const LONGEST_PATH = 200;

/** So many requests at once may ask the file system: each takes one of the runtime's threads, of which there are hundreds. */
const MOST_AT_ONCE = 8;

/** A module that takes the parser as deep as any. */
const NESTED = `const n: number = ${"(".repeat(50)}1${")".repeat(50)};`;

/** The file that a path means, relative to the project; undefined if it means none. */
function fileOf(path: string): string | undefined {
  for (const [pattern, file] of FILES) {
    if (pattern.test(path) && !TESTS.test(path)) return path.replace(pattern, file);
  }
}

/** Lets so many in at once, and the others in the order in which they came. */
class Door {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Does work inside. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((enter) => this.#waiting.push(enter));
    try {
      return await work();
    } finally {
      const enter = this.#waiting.shift();
      if (enter === undefined) this.#free++;
      else enter();
    }
  }
}

/** A file as it was when it was read last. */
interface Cached {
  /** When it was changed and how long it is, as one text. */
  stamp: string;
  /** All requests that come while it is being read are given the same. */
  asset: Promise<Asset>;
}

/** What assets are made of. */
export interface AssetsOptions {
  /** The project's folder; the project's own when left out. */
  root?: string;
  packages?: Packages;
  /** What the room is called, as the page's title; as in its file when left out. */
  name?: string;
  /** For how many milliseconds the page and the list of pictures stay the same, though a file has changed; 0 when left out. */
  pageHolds?: number;
}

/** The assets of a project folder. */
export class Assets {
  readonly #root: string;
  readonly #packages: Packages;
  readonly #page: Page;
  readonly #cache = new Map<string, Cached>();
  readonly #door = new Door(MOST_AT_ONCE);

  constructor({ root = ROOT, packages = findPackages(), name, pageHolds = 0 }: AssetsOptions = {}) {
    this.#root = Deno.realPathSync(root) + "/";
    // The parser asks the system for the thread's stack when it is first used, and ends the process if there is no
    // descriptor for that. So it is used once while there are some.
    moduleText(NESTED);
    this.#packages = packages;
    this.#page = new Page({
      packages,
      name,
      holds: pageHolds,
      file: (file) => this.#own(file),
      pictures: () => this.#filesIn("emoji"),
      get: (path) => this.get(path),
    });
  }

  /** What a path means, or undefined. @param path A URL's, without its query. */
  async get(path: string): Promise<Asset | undefined> {
    if (path.length > LONGEST_PATH) return undefined;
    const made = this.#page.get(path);
    if (made !== undefined) return await made;
    const inPackage = this.#packages.file(path);
    if (inPackage !== undefined) return await this.#door.within(() => this.#file(inPackage, CACHE.immutable));
    const file = fileOf(path);
    return file === undefined ? undefined : await this.#door.within(() => this.#own(file));
  }

  /** A file of the project that lies where its path says: no link leads out of the folders that are served. */
  async #own(file: string): Promise<Asset | undefined> {
    const real = await realPath(this.#root + file);
    return real === this.#root + file ? await this.#file(real, CACHE.revalidate) : undefined;
  }

  /** The names of the files that lie in a folder of the project. */
  async #filesIn(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(this.#root + folder)) if (isFile) names.push(name);
    return names;
  }

  /** A file, read anew if its time or size has changed. */
  async #file(file: string, cacheControl: string): Promise<Asset | undefined> {
    let stamp: string;
    try {
      const { isFile, mtime, size } = await Deno.stat(file);
      if (!isFile) return undefined;
      stamp = `${mtime?.getTime()} ${size}`;
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw error;
    }
    const cached = this.#cache.get(file);
    if (cached?.stamp === stamp) return await cached.asset;
    const fresh = { stamp, asset: read(file, cacheControl) };
    this.#cache.set(file, fresh);
    try {
      return await fresh.asset;
    } catch (error) {
      // The next request may have more luck.
      if (this.#cache.get(file) === fresh) this.#cache.delete(file);
      throw error;
    }
  }
}

async function read(file: string, cacheControl: string): Promise<Asset> {
  const bytes = await Deno.readFile(file);
  const extension = file.slice(file.lastIndexOf(".") + 1);
  const body = extension === "ts" ? await oneByOne(() => moduleText(new TextDecoder().decode(bytes))) : bytes;
  return makeAsset(body, TYPES[extension], cacheControl);
}

function isNotThere(error: unknown): boolean {
  return [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.FilesystemLoop].some((type) =>
    error instanceof type
  );
}

async function realPath(file: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(file);
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}
