/**
 * Packs all that the page may load into a table, which packed_assets.ts serves.
 *
 * @module
 */

import { brotliCompressSync, constants } from "node:zlib";
import { type Asset, CACHE, TYPES } from "../server/gateway/asset.ts";
import { Assets } from "../server/gateway/assets.ts";
import { findPackages, type Packages } from "../server/gateway/packages.ts";
import { encodeBase85 } from "./base85.ts";
import type { PackedBody, PackedFiles, PackedTable } from "./packed_assets.ts";

/**
 * Compresses bytes, and makes them a text of base 85, since a program is a text.
 *
 * @param quality Brotli's, from 0, which is quick, to 11, which is small. Default 11.
 */
export function packBytes(bytes: Uint8Array, quality: number = constants.BROTLI_MAX_QUALITY): string {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    // So that it finds again what stands anywhere before.
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return encodeBase85(brotliCompressSync(bytes, { params }));
}

/** Bodies one behind the other, each of them once. Compressed as one they take two thirds of what each alone would take. */
class Bodies {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #places = new Map<string, number>();
  #length = 0;

  add({ body, type, cacheControl }: Pick<Asset, "body" | "type" | "cacheControl">): PackedBody {
    const key = body.toBase64();
    let at = this.#places.get(key);
    if (at === undefined) {
      at = this.#length;
      this.#places.set(key, at);
      this.#parts.push(new Uint8Array(body));
      this.#length += body.length;
    }
    return { type, cacheControl, at, length: body.length };
  }

  async pack(quality?: number): Promise<string> {
    return packBytes(await new Blob(this.#parts).bytes(), quality);
  }
}

/** The files below a folder, relative to it, in an order that is always the same. No link is followed. */
export function filesBelow(folder: string): string[] {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`).map((file) => `${name}/${file}`) : [name]
  );
}

/** Every path that may be a file's. Whether it is served is for `Assets` to say. */
export function candidates(root: string, packages: Packages): string[] {
  const own = ["web", "client", "emoji", "shared"].flatMap((folder) =>
    filesBelow(root + folder).map((file) => `/${folder}/${file}`)
  );
  const short = filesBelow(root + "web").map((file) => `/${file}`);
  const others = [...packages.folders].flatMap(([prefix, folder]) => filesBelow(folder).map((file) => prefix + file));
  return ["/protocol.ts", ...own, ...short, ...others];
}

/** Packs a project. @param root Its folder, with a slash at its end. @param quality See `packBytes`. */
export async function packAssets(root: string, quality?: number): Promise<PackedTable> {
  const packages = findPackages();
  const assets = new Assets({ root, packages });
  const bodies = new Bodies();
  const files: PackedFiles = {};
  for (const path of candidates(root, packages)) {
    const asset = await assets.get(path);
    if (asset !== undefined) files[path] = bodies.add(asset);
  }
  const body = Deno.readFileSync(`${root}web/index.html`);
  const document = bodies.add({ body, type: TYPES.html, cacheControl: CACHE.revalidate });
  const pictures = [...Deno.readDirSync(`${root}emoji`)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  const list = { body: new TextEncoder().encode(JSON.stringify(files)), type: TYPES.json, cacheControl: "" };
  const { at, length } = bodies.add(list);
  return {
    bodies: await bodies.pack(quality),
    index: { at, length },
    document,
    pictures,
    importMap: packages.importMap,
  };
}
