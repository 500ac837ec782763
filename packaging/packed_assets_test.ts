import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import type { Asset } from "../server/gateway/asset.ts";
import { Assets } from "../server/gateway/assets.ts";
import { findPackages } from "../server/gateway/packages.ts";
import { candidates, packAssets } from "./pack.ts";
import { PackedAssets } from "./packed_assets.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** What is put together, and what is nothing. */
const MADE = [
  "/",
  "/joined/web.main.js",
  "/joined/web.menus.js",
  "/emoji/",
  "/manifest.webmanifest",
  "/worker.ts",
  "/highlighter.ts",
];
const NONE = ["/joined/web.app.js", "/no/such", "/server.ts", "/web/index.html", "/emoji", "/web/", "/npm/"];

const told = (asset: Asset | undefined) => asset && { ...asset, encoded: undefined };

Deno.test("a packed room serves each path with the bytes, type, tag, caching and policy of the sources", async () => {
  // How small it becomes is no matter here, and most of the time would be taken by that.
  const table = await packAssets(ROOT, 5);
  for (const options of [{}, { name: "Alice & Bob" }]) {
    const sources = new Assets(options);
    const packed = new PackedAssets(table, options);
    const paths = [...MADE, ...NONE, ...candidates(ROOT, findPackages())];
    let found = 0;
    for (const path of paths) {
      const asset = await packed.get(path);
      assertEquals(told(asset), told(await sources.get(path)), path);
      if (asset !== undefined) found++;
    }
    assert(found > 300);
  }
  const packed = new PackedAssets(table);
  for (const path of MADE) assert(await packed.get(path) !== undefined, path);
});
