/**
 * `client.ts --window`: which browser is started, with what, and what is said where there is none.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { openFolder, run, until } from "./room.ts";

/** Runs the client where these programs are installed, and no others. Each is a script, by its name. */
async function opens(folder: string, programs: Record<string, string>, address: string) {
  for (const [name, script] of Object.entries(programs)) {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return await run(Deno.execPath(), ["run", "-A", "client.ts", "--window", address], "", { env: { PATH: folder } });
}

Deno.test("--window starts an installed browser, which gets the address as it is, and goes on by itself", async () => {
  await using folder = await openFolder();
  const { path } = folder;
  const chrome = `printf '%s\\n' "$0" "$#" "$1" > ${path}/part && /bin/mv ${path}/part ${path}/started`;
  const broken = "exit 3";
  const address = "localhost:8080/;touch%20tea#$(touch%20tea)`id`";
  const { code, stderr } = await opens(path, { "chromium": broken, "microsoft-edge": chrome }, address);
  assertEquals([code, stderr], [0, ""]);
  const started = await until("the browser", () => Deno.readTextFile(`${path}/started`).catch(() => undefined));
  assertEquals(started.trim().split("\n"), [
    `${path}/microsoft-edge`,
    "1",
    "--app=http://localhost:8080/;touch%20tea#$(touch%20tea)%60id%60",
  ]);
});

Deno.test("--window says which browsers it needs where none is installed, and with what one of them has ended", async () => {
  await using folder = await openFolder();
  const none = await opens(folder.path, {}, "https://tea.example/");
  assertEquals(none.code, 1);
  assertMatch(
    none.stderr,
    /--window needs Chromium, Edge or Chrome, and none is installed\. Any browser opens https:\/\/tea\.example\/$/m,
  );
  const broken = await opens(folder.path, { "google-chrome": "exit 3" }, "https://tea.example/");
  assertEquals(broken.code, 1);
  assertMatch(broken.stderr, /google-chrome ended with exit code 3, and opened no window\.$/m);
  const wrong = await opens(folder.path, {}, "file:///etc/passwd");
  assertEquals(wrong.code, 2);
  assertMatch(wrong.stderr, /--window must be the address of a page, as https:\/\/tea\.example\/, not "file:/);
});
