/**
 * What docs/files.md and docs/files.zh.md say of refusals is so: each status by which a file is refused has its row, and no other.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ROOT } from "./modules.ts";

/** The statuses by which the sources of a folder refuse a file. */
async function statusesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const source = await Deno.readTextFile(new URL(folder + name, ROOT));
    const refusals = source.matchAll(/(?:new FileRefusal\(|this\.#refuse\(request, response,)\s*(\d{3}),/g);
    found.push(...refusals.map(([, status]) => status));
  }
  return found;
}

for (const page of ["docs/files.md", "docs/files.zh.md"]) {
  Deno.test(`${page} has a row for each status by which a file is refused, and for no other`, async () => {
    const refused = new Set([...await statusesIn("server/files/"), ...await statusesIn("server/gateway/")]);
    const text = await Deno.readTextFile(new URL(page, ROOT));
    const rows = [...text.matchAll(/^\| (\d{3}) +\|/gm)].map(([, status]) => status);
    assertEquals(rows, [...refused].sort());
  });
}
