/**
 * What the page is made of: which paths there are, and the bytes, types and tags of each. Modules are served with their
 * types stripped, so there is no build step: an edited file is what the next request gets. It must not know connections.
 *
 * Only what the tables name is served: a path is looked up, never joined to a folder as it came.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";
import { finished } from "node:stream/promises";
import { nextTurn } from "../turns/loop.ts";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import { escape } from "@std/html/entities";
import { fromFileUrl } from "@std/path/from-file-url";
import { init as lexerReady, parse } from "es-module-lexer";
import { isCodeName } from "../../emoji/mod.ts";
import { findPackages, type Packages } from "./packages.ts";

/** Something to be served. */
export interface Asset {
  body: Uint8Array;
  type: string;
  /** An entity tag, weak since it is the same in each coding. */
  etag: string;
  cacheControl: string;
  /** The Content-Security-Policy; what is no document has none of its own. */
  policy: string;
  /** The body in another coding, made when it is first asked for; undefined where that would not be smaller. */
  encoded(coding: Coding): Promise<Uint8Array | undefined>;
}

/** The codings that are offered, best first. */
export const CODINGS = ["br", "gzip"] as const;
export type Coding = typeof CODINGS[number];

const compressor = {
  gzip: () => createGzip(),
  // From 7 on it takes some 30 ms for each file, at one go, for a hundredth less.
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
};

const FLUSHED = { gzip: constants.Z_SYNC_FLUSH, br: constants.BROTLI_OPERATION_FLUSH };

/** So many bytes are compressed at one go, which takes some milliseconds; then others have their turn. */
const COMPRESSED_AT_ONCE = 16_384;

/** The last work that was begun which takes some milliseconds. */
let working: Promise<unknown> = Promise.resolve();

/**
 * Does work when all is done that was begun before, and others have had their turn: many first requests at once would else
 * leave no time between their files.
 */
function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const done = working.then(nextTurn).then(work);
  working = done.catch(() => {});
  return done;
}

async function compress(body: Uint8Array, coding: Coding): Promise<Uint8Array> {
  const stream = compressor[coding]();
  const done = finished(stream);
  done.catch(() => {});
  const parts: Uint8Array<ArrayBuffer>[] = [];
  stream.on("data", (part) => parts.push(part));
  for (let at = 0; at < body.length; at += COMPRESSED_AT_ONCE) {
    // Else all the work would be done at the end.
    if (at > 0) {
      await new Promise<void>((resolve) => stream.flush(FLUSHED[coding], resolve));
      await nextTurn();
    }
    await new Promise<void>((resolve) => stream.write(body.subarray(at, at + COMPRESSED_AT_ONCE), () => resolve()));
  }
  stream.end();
  await done;
  return await new Blob(parts).bytes();
}

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
  wav: "audio/wav",
  webmanifest: "application/manifest+json; charset=utf-8",
  webp: "image/webp",
  woff2: "font/woff2",
};
/** What is compressed already. */
const COMPRESSED = /^(?:audio|font|image\/(?!svg|x-icon))/;

/** Asked for again before each use, which costs a 304 where nothing has changed. */
const REVALIDATE = "no-cache";
/** Never asked for again: the path holds the version. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** For what is no document: shown on its own, a picture with a script in it must not run. */
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** The paths of files, and the files that they mean. */
const FILES: [path: RegExp, file: string][] = [
  [/^\/protocol\.ts$/, "protocol.ts"],
  [/^\/emoji\/mod\.ts$/, "emoji/mod.ts"],
  [/^\/emoji\/([a-z0-9_+-]+\.(?:svg|png|gif|webp))$/, "emoji/$1"],
  [/^\/client\/((?:[\w-]+\/)*[\w-]+\.ts)$/, "client/$1"],
  [/^\/web\/((?:[\w-]+\/)*[\w-]+\.ts)$/, "web/$1"],
  [/^\/(?:web\/)?((?:[\w-]+\/)*[\w-]+\.(?:css|gif|ico|mp3|ogg|png|svg|wav|webmanifest|webp|woff2))$/, "web/$1"],
];
/** Longer ones than any of these; file systems have a limit, and an error of its own for it. */
const LONGEST_PATH = 200;
const TITLE = /<title>.*?<\/title>/;
/** What only tests need. */
const TESTS = /(?:^|\/)(?:\w*_test|testing)\.ts$/;

const PICTURE = /^(.+)\.(?:svg|png|gif|webp)$/;

/** The file that a path means, relative to the project; undefined where it means none. */
function fileOf(path: string): string | undefined {
  for (const [pattern, file] of FILES) {
    if (pattern.test(path) && !TESTS.test(path)) return path.replace(pattern, file);
  }
}

function hash(algorithm: "sha1" | "sha256", data: Uint8Array | string): string {
  return createHash(algorithm).update(data).digest("base64");
}

function asset(body: Uint8Array | string, type: string, cacheControl: string, policy = SANDBOX): Asset {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const encodings = new Map<Coding, Promise<Uint8Array | undefined>>();
  return {
    body: bytes,
    type,
    etag: `W/"${hash("sha1", bytes).replaceAll(/\W/g, "")}"`,
    cacheControl,
    policy,
    encoded(coding) {
      if (COMPRESSED.test(type) || bytes.length < 256) return Promise.resolve(undefined);
      let encoded = encodings.get(coding);
      if (encoded === undefined) {
        encoded = inTurn(() => compress(bytes, coding)).then((result) =>
          result.length < bytes.length ? result : undefined
        );
        encodings.set(coding, encoded);
        // The next one who asks may be luckier.
        encoded.catch(() => encodings.delete(coding));
      }
      return encoded;
    },
  };
}

/** A file as it was when it was read last. */
interface Cached {
  /** When it was changed and how long it is, as one text. */
  stamp: string;
  /** Whoever asks while it is being read is given the same. */
  asset: Promise<Asset>;
}

/** What is put together here, as it was the last time. */
interface Made {
  text: string;
  asset: Asset;
}

/** What assets are made of. */
export interface AssetsOptions {
  /** The project's folder; the project's own when left out. */
  root?: string;
  packages?: Packages;
  /** What the room is called, as the page's title; as in its file when left out. */
  name?: string;
  /** For how long the page and the list of pictures are the same, though a file of them has changed, in milliseconds; 0 when left out. */
  pageHolds?: number;
}

/** A module that takes the parser as deep as any. */
const NESTED = `const n: number = ${"(".repeat(50)}1${")".repeat(50)};`;

/** Something that is put together, or was lately: many who ask for it cost as much as one. */
class Held<T> {
  readonly #holds: number;
  readonly #make: () => Promise<T>;
  #value: Promise<T> | undefined;
  #madeAt = 0;

  /** @param holds For how long it is the same, in milliseconds. */
  constructor(holds: number, make: () => Promise<T>) {
    this.#holds = holds;
    this.#make = make;
  }

  now(): Promise<T> {
    if (this.#value !== undefined && performance.now() - this.#madeAt < this.#holds) return this.#value;
    const value = this.#value = this.#make();
    // While it is being made it is not stale.
    this.#madeAt = Infinity;
    value.then(() => this.#madeAt = performance.now(), () => this.#value = undefined);
    return value;
  }
}

/** So many requests at once may ask the file system: each takes a thread of the runtime's, of which there are hundreds. */
const MOST_AT_ONCE = 8;

/** A door that lets so many in at once, and the others in the order in which they came. */
class Door {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Does something inside. */
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

/** The assets of a project folder. */
export class Assets {
  readonly #root: string;
  readonly #packages: Packages;
  readonly #name: string | undefined;
  readonly #cache = new Map<string, Cached>();
  readonly #made = new Map<string, Made>();
  /** The names that a module imports as it loads. */
  readonly #imports = new WeakMap<Asset, string[]>();
  readonly #page: Held<Asset | undefined>;
  readonly #pictures: Held<Asset>;
  readonly #door = new Door(MOST_AT_ONCE);

  constructor({ root = ROOT, packages = findPackages(), name, pageHolds = 0 }: AssetsOptions = {}) {
    this.#root = Deno.realPathSync(root) + "/";
    // The parser asks the system for the thread's stack when it is first used, and ends the process where there is no
    // descriptor for that: so it is used once while there are some.
    stripTypeScriptTypes(NESTED);
    this.#packages = packages;
    this.#name = name;
    this.#page = new Held(pageHolds, () => this.#makePage());
    this.#pictures = new Held(pageHolds, () => this.#listPictures());
  }

  /** What a path means, undefined where that is nothing. @param path A URL's, without its query. */
  async get(path: string): Promise<Asset | undefined> {
    if (path.length > LONGEST_PATH) return undefined;
    if (path === "/") return await this.#page.now();
    if (path === "/emoji/") return await this.#pictures.now();
    const inPackage = this.#packages.file(path);
    if (inPackage !== undefined) return await this.#door.within(() => this.#file(inPackage, IMMUTABLE));
    const file = fileOf(path);
    return file === undefined ? undefined : await this.#door.within(() => this.#own(file));
  }

  /** A file of the project that lies where its path says: no link leads out of the folders that are served. */
  async #own(file: string): Promise<Asset | undefined> {
    const real = await realPath(this.#root + file);
    return real === this.#root + file ? await this.#file(real, REVALIDATE) : undefined;
  }

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
      // The next one who asks may be luckier.
      if (this.#cache.get(file) === fresh) this.#cache.delete(file);
      throw error;
    }
  }

  /** What was put together for a path: the same asset as before while it is the same text, so it is compressed once. */
  #make(path: string, text: string, type: string, policy = SANDBOX): Asset {
    const last = this.#made.get(path);
    if (last?.text === text) return last.asset;
    const fresh = asset(text, type, REVALIDATE, policy);
    this.#made.set(path, { text, asset: fresh });
    return fresh;
  }

  /**
   * The page: web/index.html with the import map in place of `<!-- import map -->`, and hints that let all the modules
   * that it will import load at once. Its paths are relative: it may lie below a path of a proxy's.
   */
  async #makePage(): Promise<Asset | undefined> {
    const file = await this.#own("web/index.html");
    if (file === undefined) return undefined;
    const text = new TextDecoder().decode(file.body);
    const name = this.#name;
    const html = name === undefined ? text : text.replace(TITLE, () => `<title>${escape(name)}</title>`);
    const entries = [...html.matchAll(/<script type="module" src="\.(\/[^"]+)"/g)].map(([, path]) => path);
    const hints = (await this.#graph(entries)).map((path) => `<link rel="modulepreload" href=".${path}">`);
    const { importMap } = this.#packages;
    // A hint that comes before the map would keep some browsers from reading it.
    const head = [`<script type="importmap">${importMap}</script>`, ...hints].join("\n");
    const policy = pagePolicy(`'sha256-${hash("sha256", importMap)}'`);
    return this.#make("/", html.replace("<!-- import map -->", () => head), TYPES.html, policy);
  }

  /** The paths of all modules that these import as they load, and their own. */
  async #graph(entries: string[]): Promise<string[]> {
    await lexerReady;
    const found = new Set(entries);
    for (const path of found) {
      const module = path.startsWith("/") ? await this.get(path) : undefined;
      if (module?.type !== TYPES.js) continue;
      for (const name of this.#importsOf(module)) {
        const next = /^\.{0,2}\//.test(name) ? new URL(name, `http://page${path}`).pathname : this.#packages.path(name);
        if (next !== undefined) found.add(next);
      }
    }
    return [...found];
  }

  #importsOf(module: Asset): string[] {
    const known = this.#imports.get(module);
    if (known !== undefined) return known;
    const [imports] = parse(new TextDecoder().decode(module.body));
    // What is imported later is loaded later.
    const names = imports.flatMap(({ n: name, d: dynamic }) => name === undefined || dynamic !== -1 ? [] : [name]);
    this.#imports.set(module, names);
    return names;
  }

  /** The picture emoji, as JSON: by its name the path of each, relative to the page. */
  async #listPictures(): Promise<Asset> {
    const pictures: Record<string, string> = {};
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(this.#root + "emoji")) if (isFile) names.push(name);
    for (const file of names.sort()) {
      const name = PICTURE.exec(file)?.[1];
      if (name !== undefined && isCodeName(name)) pictures[name] = `./emoji/${file}`;
    }
    return this.#make("/emoji/", JSON.stringify(pictures), TYPES.json);
  }
}

async function read(file: string, cacheControl: string): Promise<Asset> {
  const bytes = await Deno.readFile(file);
  const extension = file.slice(file.lastIndexOf(".") + 1);
  const body = extension === "ts" ? await inTurn(() => stripTypeScriptTypes(new TextDecoder().decode(bytes))) : bytes;
  return asset(body, TYPES[extension], cacheControl);
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

/** The page's own policy: nothing from any other host, and no script or style that is not a file. */
function pagePolicy(importMap: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${importMap}`,
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
