/**
 * Packs all that the page may load into a table, which packed_assets.ts serves.
 *
 * @module
 */

import { brotliCompressSync, constants } from "node:zlib";
import { type Asset, CACHE, TYPES } from "../server/gateway/asset.ts";
import { Assets } from "../server/gateway/assets.ts";
import { findPackages, type Packages } from "../server/gateway/packages.ts";
import type { PackedBody, PackedTable } from "./packed_assets.ts";

/** A compressed body is carried if it is that much smaller; else the bytes as they are, which start sooner. */
const WORTH = 0.95;

/** Bytes as they are carried: as text, since a program is text. */
export function packBytes(bytes: Uint8Array): Pick<PackedBody, "data" | "isCompressed"> {
  const compressed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const isCompressed = compressed.length < bytes.length * WORTH;
  return { isCompressed, data: (isCompressed ? new Uint8Array(compressed) : bytes).toBase64() };
}

function pack({ body, type, cacheControl }: Pick<Asset, "body" | "type" | "cacheControl">): PackedBody {
  return { type, cacheControl, ...packBytes(body) };
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

/** Packs a project. @param root Its folder, with a slash at its end. */
export async function packAssets(root: string): Promise<PackedTable> {
  const packages = findPackages();
  const assets = new Assets({ root, packages });
  const files: Record<string, PackedBody> = {};
  for (const path of candidates(root, packages)) {
    const asset = await assets.get(path);
    if (asset !== undefined) files[path] = pack(asset);
  }
  const document = {
    body: Deno.readFileSync(`${root}web/index.html`),
    type: TYPES.html,
    cacheControl: CACHE.revalidate,
  };
  const pictures = [...Deno.readDirSync(`${root}emoji`)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  return { files, document: pack(document), pictures, importMap: packages.importMap };
}
