/**
 * The assets of the program in one file: the same as those of server/gateway/assets.ts, read from a table in memory. The build
 * (dist.ts) puts this in place of that module.
 *
 * @module
 */

import { brotliDecompressSync } from "node:zlib";
import { decodeBase85 } from "./base85.ts";
import { type Asset, makeAsset } from "../server/gateway/asset.ts";
import { Page } from "../server/gateway/page.ts";
import { oneByOne } from "../server/gateway/compression.ts";

/** Where a body lies among all bodies, in bytes, and what it is. */
export interface PackedBody {
  type: string;
  cacheControl: string;
  at: number;
  length: number;
}

/** What is a file, by its path. */
export type PackedFiles = Record<string, PackedBody>;

/** All that the page may load. */
export interface PackedTable {
  /** All bodies, one behind the other, compressed with Brotli, in base 85. */
  bodies: string;
  /** Where among the bodies an index lies, as JSON: by their paths, what is a file (`PackedFiles`). */
  index: Pick<PackedBody, "at" | "length">;
  /** The page's document as it is in its file. */
  document: PackedBody;
  /** The names of the picture emoji's files. */
  pictures: string[];
  /** The import map, as JSON. */
  importMap: string;
}

/** The one file that is put together and is no path's. */
const DOCUMENT = "web/index.html";

/** The assets in a table. */
export class PackedAssets {
  readonly #table: PackedTable;
  readonly #page: Page;
  #unpackedAll: Promise<{ bodies: Uint8Array; files: PackedFiles }> | undefined;
  /** What was asked for before. All of it fits into memory, as it does when it is read from files. */
  readonly #unpacked = new Map<PackedBody, Promise<Asset>>();

  /** @param name What the room is called, as the page's title; as in its file when left out. */
  constructor(table: PackedTable, { name }: { name?: string } = {}) {
    this.#table = table;
    const imports: Record<string, string> = JSON.parse(table.importMap).imports;
    const importPath = (name: string): string | undefined => {
      if (Object.hasOwn(imports, name)) return imports[name].slice(1);
      const folder = Object.keys(imports).find((key) => key.endsWith("/") && name.startsWith(key));
      return folder === undefined ? undefined : imports[folder].slice(1) + name.slice(folder.length);
    };
    this.#page = new Page({
      packages: { importMap: table.importMap, path: importPath },
      name,
      holds: Infinity,
      file: async (file) => file === DOCUMENT ? await this.#unpack(table.document) : undefined,
      pictures: () => Promise.resolve([...table.pictures]),
      get: (path) => this.get(path),
    });
  }

  /** What a path means, or undefined. @param path A URL's, without its query. */
  async get(path: string): Promise<Asset | undefined> {
    const made = this.#page.get(path);
    if (made !== undefined) return await made;
    const { files } = await this.#unpackAll();
    return Object.hasOwn(files, path) ? await this.#unpack(files[path]) : undefined;
  }

  /** Makes a body an asset, once. */
  #unpack(packed: PackedBody): Promise<Asset> {
    let asset = this.#unpacked.get(packed);
    if (asset === undefined) {
      const { at, length, type, cacheControl } = packed;
      asset = this.#unpackAll().then(({ bodies }) =>
        oneByOne(() => makeAsset(bodies.subarray(at, at + length), type, cacheControl))
      );
      this.#unpacked.set(packed, asset);
    }
    return asset;
  }

  /** Unpacks all bodies and their index when the first of them is asked for: some 3 MB, in 10 ms. */
  #unpackAll(): Promise<{ bodies: Uint8Array; files: PackedFiles }> {
    return this.#unpackedAll ??= oneByOne(() => {
      const { bodies: packed, index: { at, length } } = this.#table;
      const bodies = new Uint8Array(brotliDecompressSync(decodeBase85(packed)));
      return { bodies, files: JSON.parse(new TextDecoder().decode(bodies.subarray(at, at + length))) };
    });
  }
}
