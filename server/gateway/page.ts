/**
 * What is put together for the page when it is asked for: its document, with an import map; its modules, joined into one file
 * and a few that are loaded later; the names of emoji; the list of the picture emoji; the manifest by which it is installed; and
 * its workers, which have policies of their own.
 *
 * @module
 */

import { escape } from "@std/html/entities";
import { init as lexerReady } from "es-module-lexer";
import { isCodeName } from "../../emoji/mod.ts";
import { type Asset, CACHE, hash, makeAsset, TYPES } from "./asset.ts";
import { oneByOne } from "./compression.ts";
import { EMOJI_NAMES, emojiNames } from "./emoji_names.ts";
import { inOrder, joinedName, joinedText, type Part, partOf } from "./joined.ts";
import { manifestOf } from "./manifest.ts";
import type { Packages } from "./packages.ts";

const TITLE = /<title>(.*?)<\/title>/;

/** What a document loads to show itself. The page's worker (web/worker.ts) has the same pattern. */
const LOADED = /<(?:link rel="(?:icon|modulepreload|stylesheet)"|script type="module") (?:href|src)="\.(\/[^"]+)"/g;

/** The module with which a document begins; the group is its path. */
const ENTRY = /(<script type="module" src="\.)(\/[^"]+\.ts)"/;

/** Where the joined files lie. */
const JOINED = "/joined/";

/** What a service worker may do: ask its own server. A worker's policy is not that of the page (W3C CSP, section 4.2). */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'";

/** What the thread may do that colours code (web/highlighter.ts): load its languages. */
const HIGHLIGHTER_POLICY = "default-src 'none'; script-src 'self'";

/** The files of the picture emoji; the first group is the emoji's name. */
const PICTURE = /^(.+)\.(?:svg|png|gif|webp)$/;

/** Something that is put together, or was lately: many requests for it cost as much as one. */
class Held<T> {
  readonly #holds: number;
  readonly #make: () => Promise<T>;
  #value: Promise<T> | undefined;
  #madeAt = 0;

  /** @param holds For how many milliseconds it stays the same. */
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

/** What `Page` is made of. */
export interface PageOptions {
  packages: Pick<Packages, "importMap" | "path">;
  /** What the room is called, as the page's title; as in its file if undefined. */
  name: string | undefined;
  /** For how many milliseconds the document and the list stay the same, though a file of them has changed. */
  holds: number;
  /** Reads a file of the project. */
  file: (file: string) => Promise<Asset | undefined>;
  /** Lists the names of the files in the folder of picture emoji, in any order. */
  pictures: () => Promise<string[]>;
  /** Finds what a path means. */
  get: (path: string) => Promise<Asset | undefined>;
}

/** The document and the joined files, which are of one moment: a new document never goes with old modules. */
interface Whole {
  document: Asset | undefined;
  /** By their paths. */
  joined: Map<string, Asset>;
}

/** The page's document, its modules and its list of pictures. */
export class Page {
  readonly #options: PageOptions;
  readonly #whole: Held<Whole>;
  readonly #pictures: Held<Asset>;
  readonly #manifest: Held<Asset | undefined>;
  #emojiNames: Asset | undefined;
  /** What was made last for each path. */
  readonly #made = new Map<string, { text: string; asset: Asset }>();
  /** Each module as a part of the joined files. */
  readonly #parts = new WeakMap<Asset, Promise<Part>>();

  constructor(options: PageOptions) {
    this.#options = options;
    this.#whole = new Held(options.holds, () => this.#makeWhole());
    this.#pictures = new Held(options.holds, () => this.#listPictures());
    this.#manifest = new Held(options.holds, () => this.#makeManifest());
  }

  /** What a path means that is put together here; undefined if it means none of that. @param path A URL's, without its query. */
  get(path: string): Promise<Asset | undefined> | undefined {
    if (path === "/") return this.document();
    if (path.startsWith(JOINED)) return this.#whole.now().then(({ joined }) => joined.get(path));
    if (path === "/emoji/") return this.pictures();
    if (path === EMOJI_NAMES) {
      return Promise.resolve(this.#emojiNames ??= makeAsset(emojiNames(), TYPES.js, CACHE.revalidate));
    }
    if (path === "/manifest.webmanifest") return this.#manifest.now();
    // Beside the page, and not in web/: a worker answers for what lies beside it or below.
    if (path === "/worker.ts") return this.#worker(path, WORKER_POLICY);
    if (path === "/highlighter.ts") return this.#worker(path, HIGHLIGHTER_POLICY);
  }

  /** The document; nothing if the project has none. */
  async document(): Promise<Asset | undefined> {
    return (await this.#whole.now()).document;
  }

  /** The picture emoji, as JSON: by its name the path of each, relative to the page. */
  pictures(): Promise<Asset> {
    return this.#pictures.now();
  }

  /** An asset of that text: the one that was made last if its text is the same, so that a text is compressed once. */
  #make(path: string, text: string, type: string, policy?: string): Asset {
    const last = this.#made.get(path);
    if (last?.text === text) return last.asset;
    const asset = makeAsset(text, type, CACHE.revalidate, policy);
    this.#made.set(path, { text, asset });
    return asset;
  }

  /**
   * Makes the document: web/index.html with the import map in place of `<!-- import map -->`, and with the file in which all its
   * modules are in place of the first module. Its paths are relative, as it may lie below a path of a proxy's.
   */
  async #makeWhole(): Promise<Whole> {
    const file = await this.#options.file("web/index.html");
    if (file === undefined) return { document: undefined, joined: new Map() };
    const text = new TextDecoder().decode(file.body);
    const { name } = this.#options;
    let html = name === undefined ? text : text.replace(TITLE, () => `<title>${escape(name)}</title>`);
    const [, , entry] = ENTRY.exec(html) ?? [];
    const joined = entry === undefined ? new Map<string, Asset>() : await this.#join(entry);
    html = html.replace(ENTRY, (_, tag, path) => `${tag}${JOINED}${joinedName(path)}"`);
    const { importMap } = this.#options.packages;
    const policy = pagePolicy(`'sha256-${hash("sha256", importMap)}'`);
    html = html.replace("<!-- import map -->", () => `<script type="importmap">${importMap}</script>`);
    const version = await this.#versionOf(html, joined);
    return { document: this.#make("/", html.replace("<!-- version -->", version), TYPES.html, policy), joined };
  }

  /** Joins a module with all that it imports; and what may be loaded later, with what that imports besides. */
  async #join(entry: string): Promise<Map<string, Asset>> {
    const first = joinedName(entry);
    const early = await inOrder(entry, (path) => this.#part(path));
    const make = (name: string, text: string): [string, Asset] => [JOINED + name, this.#make(name, text, TYPES.js)];
    const joined = new Map([make(first, joinedText(entry, early))]);
    const laterOf = (parts: ReadonlyMap<string, Part>) => parts.values().flatMap(({ later }) => later);
    const entries = new Set(laterOf(early));
    for (const path of entries) {
      const parts = await inOrder(path, (path) => this.#part(path));
      for (const other of laterOf(parts)) entries.add(other);
      for (const other of early.keys()) if (other !== path) parts.delete(other);
      const [file, asset] = make(joinedName(path), joinedText(path, parts, first));
      joined.set(file, asset);
    }
    return joined;
  }

  /** A module as a part of the joined files. @throws {Error} If there is none of that path, or it can't be joined. */
  async #part(path: string): Promise<Part> {
    await lexerReady;
    const { get, packages } = this.#options;
    const module = await get(path);
    if (module?.type !== TYPES.js) throw new Error(`Cannot join ${path}: it is no module that is served`);
    let part = this.#parts.get(module);
    if (part === undefined) {
      const find = (name: string) =>
        /^\.{0,2}\//.test(name) ? new URL(name, `http://page${path}`).pathname : packages.path(name);
      part = oneByOne(() => partOf(path, new TextDecoder().decode(module.body), find));
      this.#parts.set(module, part);
    }
    return await part;
  }

  /**
   * The version of all files that a document loads: a hash of what their tags hold, in the order of the document. The page's
   * worker makes the same of the files that it has got, and keeps none if they are not of one version.
   */
  async #versionOf(html: string, joined: ReadonlyMap<string, Asset>): Promise<string> {
    const paths = new Set([...html.matchAll(LOADED)].map(([, path]) => path));
    const assets = await Promise.all([...paths].map((path) => joined.get(path) ?? this.#options.get(path)));
    return hash("sha256", assets.map((asset) => asset?.etag.slice('W/"'.length, -1) ?? "").join("\n"));
  }

  /** The manifest. The room has the name that the document's file gives it, if it was given no other. */
  async #makeManifest(): Promise<Asset | undefined> {
    const { file, name } = this.#options;
    const document = name === undefined ? await file("web/index.html") : undefined;
    const title = TITLE.exec(new TextDecoder().decode(document?.body))?.[1] ?? "";
    return this.#make("/manifest.webmanifest", manifestOf(name ?? title), TYPES.webmanifest);
  }

  async #worker(path: string, policy: string): Promise<Asset | undefined> {
    const file = await this.#options.get(`/web${path}`);
    return file && this.#make(path, new TextDecoder().decode(file.body), TYPES.js, policy);
  }

  async #listPictures(): Promise<Asset> {
    const pictures: Record<string, string> = {};
    for (const file of (await this.#options.pictures()).sort()) {
      const name = PICTURE.exec(file)?.[1];
      if (name !== undefined && isCodeName(name)) pictures[name] = `./emoji/${file}`;
    }
    return this.#make("/emoji/", JSON.stringify(pictures), TYPES.json);
  }
}

/** The document's policy: nothing from any other host, and no script or style that is not a file. */
function pagePolicy(importMap: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${importMap}`,
    "style-src 'self'",
    "img-src 'self'",
    // The page looks into a film that is about to be sent (`blob:`).
    "media-src 'self' blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
