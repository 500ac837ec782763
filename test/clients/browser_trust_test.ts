/**
 * What Chromium takes from an authority that somebody has installed: what the authority may vouch for, and nothing else.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Names } from "../../server/tls/certificate.ts";
import type { Machine } from "../../server/tls/local_names.ts";
import { KETTLE, makeIssuer, pairOf } from "../../server/tls/testing.ts";
import { isInstalled, openFolder, run, skipped } from "../room.ts";

/** A machine that has the name of a top-level domain. */
const DEV: Machine = { hostname: "dev", addresses: ["127.0.0.1"] };

/** Which name is asked for, of which machine's authority, and whether Chromium takes a certificate for it. */
const CASES: [machine: Machine, asked: string, names: Partial<Names>, isTaken: boolean][] = [
  [KETTLE, "localhost", {}, true],
  [KETTLE, "127.0.0.1", { hosts: [], addresses: ["127.0.0.1"] }, true],
  [KETTLE, "kettle.local", { hosts: ["kettle.local"] }, true],
  [KETTLE, "www.example.com", { hosts: ["www.example.com"] }, false],
  [DEV, "dev", { hosts: ["dev"] }, true],
  [DEV, "shop.dev", { hosts: ["shop.dev"] }, false],
];

const missing: string[] = [];
for (const program of ["chromium", "certutil"]) if (!await isInstalled(program)) missing.push(program);

/** Serves one page over TLS. */
function serve(pair: { cert: string; key: string }): Deno.HttpServer<Deno.NetAddr> {
  const page = () =>
    new Response("<!doctype html><title>x</title><p>tea is ready", { headers: { "Content-Type": "text/html" } });
  return Deno.serve({ hostname: "127.0.0.1", port: 0, ...pair, onListen() {} }, page);
}

/** What Chromium shows and says of a page, to a user who has installed an authority. */
async function shown(authority: string, name: string, port: number): Promise<string> {
  await using home = await openFolder();
  const certificates = `${home.path}/.pki/nssdb`;
  await Deno.mkdir(certificates, { recursive: true });
  await Deno.writeTextFile(`${home.path}/ca.pem`, authority);
  await run("certutil", ["-d", `sql:${certificates}`, "-N", "--empty-password"]);
  await run("certutil", ["-d", `sql:${certificates}`, "-A", "-t", "C,,", "-n", "tea", "-i", `${home.path}/ca.pem`]);
  const { stdout, stderr } = await run("env", [
    `HOME=${home.path}`,
    "timeout",
    "30",
    "chromium",
    ...[
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--user-data-dir=${home.path}/profile`,
    ],
    "--host-resolver-rules=MAP * 127.0.0.1",
    "--dump-dom",
    `https://${name}:${port}/`,
  ]);
  return stdout + stderr;
}

Deno.test({
  name: `Chromium takes what the room's own authority may vouch for, and no public name${skipped(missing)}`,
  ignore: missing.length > 0,
  async fn() {
    for (const [machine, asked, names, isTaken] of CASES) {
      const issuer = makeIssuer(machine);
      const server = serve(pairOf(issuer, names));
      try {
        const text = await shown(issuer.pem, asked, server.addr.port);
        assertEquals(text.includes("tea is ready"), isTaken, `${asked}: ${text.slice(-500)}`);
        if (!isTaken) assertEquals(/ERR_CERT_\w+/.exec(text)?.[0], "ERR_CERT_INVALID", asked);
      } finally {
        await server.shutdown();
      }
    }
  },
});
