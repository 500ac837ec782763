/**
 * What is put together for the page when it is asked for: its document, with an import map and hints; the list of the picture
 * emoji; the manifest by which it is installed; and its service worker, which has a policy of its own.
 *
 * @module
 */

import { escape } from "@std/html/entities";
import { init as lexerReady, parse } from "es-module-lexer";
import { isCodeName } from "../../emoji/mod.ts";
import { type Asset, CACHE, hash, makeAsset, TYPES } from "./asset.ts";
import { manifestOf } from "./manifest.ts";
import type { Packages } from "./packages.ts";

const TITLE = /<title>(.*?)<\/title>/;

/** What a document loads to show itself. The page's worker (web/worker.ts) has the same pattern. */
const LOADED = /<(?:link rel="(?:icon|modulepreload|stylesheet)"|script type="module") (?:href|src)="\.(\/[^"]+)"/g;

/** What a service worker may do: ask its own server. A worker's policy is not that of the page (W3C CSP, section 4.2). */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'";

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

/** The page's document and its list of pictures. */
export class Page {
  readonly #options: PageOptions;
  readonly #document: Held<Asset | undefined>;
  readonly #pictures: Held<Asset>;
  readonly #manifest: Held<Asset | undefined>;
  /** What was made last for each path. */
  readonly #made = new Map<string, { text: string; asset: Asset }>();
  /** The names that each module imports as it loads. */
  readonly #imports = new WeakMap<Asset, string[]>();

  constructor(options: PageOptions) {
    this.#options = options;
    this.#document = new Held(options.holds, () => this.#makeDocument());
    this.#pictures = new Held(options.holds, () => this.#listPictures());
    this.#manifest = new Held(options.holds, () => this.#makeManifest());
  }

  /** What a path means that is put together here; undefined if it means none of that. @param path A URL's, without its query. */
  get(path: string): Promise<Asset | undefined> | undefined {
    if (path === "/") return this.document();
    if (path === "/emoji/") return this.pictures();
    if (path === "/manifest.webmanifest") return this.#manifest.now();
    // Beside the page, and not in web/: a worker answers for what lies beside it or below.
    if (path === "/worker.ts") return this.#worker();
  }

  /** The document; nothing if the project has none. */
  document(): Promise<Asset | undefined> {
    return this.#document.now();
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
   * Makes the document: web/index.html with the import map in place of `<!-- import map -->`, and with hints that let all
   * modules that it will import load at once. Its paths are relative, as it may lie below a path of a proxy's.
   */
  async #makeDocument(): Promise<Asset | undefined> {
    const file = await this.#options.file("web/index.html");
    if (file === undefined) return undefined;
    const text = new TextDecoder().decode(file.body);
    const { name } = this.#options;
    let html = name === undefined ? text : text.replace(TITLE, () => `<title>${escape(name)}</title>`);
    const entries = [...html.matchAll(/<script type="module" src="\.(\/[^"]+)"/g)].map(([, path]) => path);
    const hints = (await this.#modulesOf(entries)).map((path) => `<link rel="modulepreload" href=".${path}">`);
    const { importMap } = this.#options.packages;
    // A hint that comes before the map would keep some browsers from reading it.
    const head = [`<script type="importmap">${importMap}</script>`, ...hints].join("\n");
    const policy = pagePolicy(`'sha256-${hash("sha256", importMap)}'`);
    html = html.replace("<!-- import map -->", () => head);
    return this.#make("/", html.replace("<!-- version -->", await this.#versionOf(html)), TYPES.html, policy);
  }

  /**
   * The version of all files that a document loads: a hash of what their tags hold, in the order of the document. The page's
   * worker makes the same of the files that it has got, and keeps none if they are not of one version.
   */
  async #versionOf(html: string): Promise<string> {
    const paths = new Set([...html.matchAll(LOADED)].map(([, path]) => path));
    const assets = await Promise.all([...paths].map((path) => this.#options.get(path)));
    return hash("sha256", assets.map((asset) => asset?.etag.slice('W/"'.length, -1) ?? "").join("\n"));
  }

  /** The manifest. The room has the name that the document's file gives it, if it was given no other. */
  async #makeManifest(): Promise<Asset | undefined> {
    const { file, name } = this.#options;
    const document = name === undefined ? await file("web/index.html") : undefined;
    const title = TITLE.exec(new TextDecoder().decode(document?.body))?.[1] ?? "";
    return this.#make("/manifest.webmanifest", manifestOf(name ?? title), TYPES.webmanifest);
  }

  async #worker(): Promise<Asset | undefined> {
    const file = await this.#options.get("/web/worker.ts");
    return file && this.#make("/worker.ts", new TextDecoder().decode(file.body), TYPES.js, WORKER_POLICY);
  }

  /** The paths of all modules that these import as they load, and their own. */
  async #modulesOf(entries: string[]): Promise<string[]> {
    await lexerReady;
    const { get, packages } = this.#options;
    const found = new Set(entries);
    for (const path of found) {
      const module = path.startsWith("/") ? await get(path) : undefined;
      if (module?.type !== TYPES.js) continue;
      for (const name of this.#importsOf(module)) {
        const next = /^\.{0,2}\//.test(name) ? new URL(name, `http://page${path}`).pathname : packages.path(name);
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
    "media-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
