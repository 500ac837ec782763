/**
 * What JSR would be given: the sources, and nothing that only this repository needs.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { run } from "../room.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

Deno.test("deno publish finds nothing wrong, and takes no tests, docs or packaging", async () => {
  const { code, stderr } = await run(Deno.execPath(), ["publish", "--dry-run", "--allow-dirty"]);
  assertEquals(code, 0, stderr);
  const files = [...stderr.matchAll(/^ +file:\/\/(\S+) \(/gm)].map(([, file]) => file.slice(ROOT.length));
  assertEquals(
    files.filter((file) => /_test\.ts$|(^|\/)(testing\.ts|\.)|^(bench|docs|packaging|test)\//.test(file)),
    [],
  );
  for (const file of ["server.ts", "client.ts", "protocol.ts", "web/index.html", "LICENSE", "README.md"]) {
    assert(files.includes(file), file);
  }
});
