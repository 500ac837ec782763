/**
 * A room out of one file answers as the sources do: each path of the page, byte for byte, in each coding.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { Agent, request } from "node:http";
import { candidates } from "../../packaging/pack.ts";
import { findPackages } from "../../server/gateway/packages.ts";
import { openRoom, SOURCES } from "../room.ts";
import { openAlone } from "./handed_out.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** What is put together, and what there is not. */
const OTHERS = [
  "/",
  "/?a",
  "/emoji/",
  "/manifest.webmanifest",
  "/worker.ts",
  "/nothing",
  "/server.ts",
  "/web/%2e",
  "/irc",
];

/** How much a room out of one file has to answer to, at the least. */
const LEAST = { paths: 300, bytes: 2_000_000 };

/** How many paths are asked for at once: one after the other they would take a minute. */
const AT_ONCE = 16;

interface Answer {
  status: number | undefined;
  headers: [string, string][];
  /** In base 64. */
  body: string;
}

/** Asks a server, and undoes no coding. The time of an answer, and the server's own port, are left out of it. */
function ask(page: URL, agent: Agent, path: string, method: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: page.hostname, port: page.port, path, method, headers, agent }, (response) => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", async () => {
        const all = Object.entries(response.headers as Record<string, string>)
          .filter(([name]) => name !== "date")
          .map(([name, value]): [string, string] => [name, `${value}`.replaceAll(page.port, "PORT")]);
        const body = await new Blob(parts).bytes();
        resolve({ status: response.statusCode, headers: all, body: body.toBase64() });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

Deno.test("each answer of a room out of one file is the sources', in its headers and bytes, in each coding", async () => {
  await using alone = await openAlone("teahouse.js");
  await using sources = await openRoom(["--name", "Tea & Cake"], { program: SOURCES });
  await using packed = await openRoom(["--name", "Tea & Cake"], { program: alone.program });
  const [there, here] = [new URL(await sources.page()), new URL(await packed.page())];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let bytes = 0;
  const same = async (path: string, method = "GET", headers: Record<string, string> = {}) => {
    const [expected, got] = await Promise.all([there, here].map((page) => ask(page, agent, path, method, headers)));
    assertEquals(got, expected, `${method} ${path} ${JSON.stringify(headers)}`);
    bytes += expected.body.length * 3 / 4;
    return expected;
  };

  const paths = [...OTHERS, ...candidates(ROOT, findPackages())];
  let found = 0;
  const work = async () => {
    for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
      const { status, headers } = await same(path);
      if (status !== 200) continue;
      found++;
      for (const coding of ["br", "gzip"]) await same(path, "GET", { "Accept-Encoding": coding });
      const etag = headers.find(([name]) => name === "etag")![1];
      assertEquals((await same(path, "GET", { "If-None-Match": etag })).status, 304);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const path of OTHERS) for (const method of ["HEAD", "POST", "OPTIONS"]) await same(path, method);
  assert(found >= LEAST.paths && bytes >= LEAST.bytes, `${found} paths with ${bytes} bytes are too few`);
  agent.destroy();
});
