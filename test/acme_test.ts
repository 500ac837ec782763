/**
 * A certificate by ACME, from pebble: the authority that Let's Encrypt makes for tests. It looks up every name at a server of
 * its own, and asks this machine back.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { dial, makeIssuer, pairOf } from "../server/tls/testing.ts";
import { freePort, isInstalled, openFolder, type Person, skipped, until } from "./room.ts";
import { SecureRoom } from "./tls.ts";

const NAME = "tea.example.com";

const missing: string[] = [];
for (const program of ["pebble", "pebble-challtestsrv"]) if (!await isInstalled(program)) missing.push(program);

/** pebble, and the name server that it asks. */
class Pebble implements AsyncDisposable {
  readonly directory: string;
  readonly #programs: Deno.ChildProcess[];
  readonly #folder: Awaited<ReturnType<typeof openFolder>>;
  /** A file with the authorities to trust: of pebble's own page, and of the certificates that it issues. */
  readonly authorities: string;
  /** What vouches for the certificates. */
  readonly root: string;

  private constructor(
    port: number,
    programs: Deno.ChildProcess[],
    folder: Awaited<ReturnType<typeof openFolder>>,
    authorities: string,
    root: string,
  ) {
    this.directory = `https://localhost:${port}/dir`;
    this.#programs = programs;
    this.#folder = folder;
    this.authorities = authorities;
    this.root = root;
  }

  /** Starts it. @param httpPort Where it asks names back over HTTP, in place of port 80. */
  static async start(httpPort: number): Promise<Pebble> {
    const folder = await openFolder();
    const issuer = makeIssuer();
    const pair = pairOf(issuer);
    await Deno.writeTextFile(`${folder.path}/cert.pem`, pair.cert);
    await Deno.writeTextFile(`${folder.path}/key.pem`, pair.key);
    const [port, management, dns, answers] = [freePort(), freePort(), freePort(), freePort()];
    const pebble = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: `${folder.path}/cert.pem`,
      privateKey: `${folder.path}/key.pem`,
      httpPort,
      tlsPort: 1,
    };
    await Deno.writeTextFile(`${folder.path}/pebble.json`, JSON.stringify({ pebble }));
    const off = ["-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""];
    const programs = [
      ["pebble-challtestsrv", ...off, "-dns01", `127.0.0.1:${dns}`, "-management", `127.0.0.1:${answers}`],
      ["pebble", "-config", `${folder.path}/pebble.json`, "-dnsserver", `127.0.0.1:${dns}`, "-strict"],
    ].map(([program, ...args]) =>
      new Deno.Command(program, {
        args,
        // A third of all nonces is refused, as a server may refuse each that it has forgotten.
        env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "30" },
        stdout: "null",
        stderr: "null",
      }).spawn()
    );
    const client = Deno.createHttpClient({ caCerts: [issuer.pem] });
    const root = await until("pebble", async () => {
      const answer = await fetch(`https://localhost:${management}/roots/0`, { client }).catch(() => undefined);
      return await answer?.text();
    });
    client.close();
    await Deno.writeTextFile(`${folder.path}/roots.pem`, issuer.pem + root);
    return new Pebble(port, programs, folder, `${folder.path}/roots.pem`, root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) program.kill("SIGKILL");
    await Promise.all(this.#programs.map(({ status }) => status));
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** What somebody is told of `sts`. */
async function stsFor(person: Person): Promise<string | undefined> {
  await person.send("CAP LS 302", "PING x");
  const lines: string[] = [];
  for (let line = ""; !/ PONG | 451 /.test(line); lines.push(line)) {
    const next: string | undefined = await person.next();
    assert(next !== undefined, `the connection has ended after ${lines}`);
    line = next!;
  }
  return /[ :](sts\S*)/.exec(lines.join("\n"))?.[1];
}

/** Asks the page's plain port for something. */
async function ask(port: number, path: string, host: string, headers: Record<string, string> = {}) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = Object.entries({ Host: host, Connection: "close", ...headers }).map(([name, value]) =>
    `${name}: ${value}`
  );
  await conn.write(new TextEncoder().encode([`GET ${path} HTTP/1.1`, ...head, "", ""].join("\r\n")));
  const answer = await new Response(conn.readable).text();
  return { status: Number(answer.split(" ")[1]), location: /^location: (.*)$/mi.exec(answer)?.[1]?.trim(), answer };
}

Deno.test({
  name: `a public certificate is obtained by ACME and kept; then clients are sent to TLS${skipped(missing)}`,
  ignore: missing.length > 0,
  async fn() {
    const webPort = freePort();
    await using pebble = await Pebble.start(webPort);
    const folder = await openFolder();
    const keeps = { path: folder.path, [Symbol.asyncDispose]: () => Promise.resolve() };
    const flags = () => [
      ...["--acme", NAME, "--acme-directory", pebble.directory, "--web-port", `${webPort}`],
      ...["--trust-proxy", "127.0.0.1", "--allow-host", "tea.lan"],
    ];
    const open = (env: Record<string, string> = { DENO_CERT: pebble.authorities }) =>
      SecureRoom.open(flags, { page: "default", env }, keeps);
    let fingerprint: string;
    {
      await using secure = await open();
      const { room } = secure;
      await room.logs(/there is a new certificate, which holds until /);
      const conn = await dial(secure.chatPort, pebble.root, NAME);
      conn.close();
      // Who comes from this machine without TLS may not know it by that name.
      await using plain = await room.stranger("plain");
      assertEquals(await stsFor(plain), undefined);
      await using safe = await secure.stranger("safe", pebble.root, NAME);
      assertEquals(await stsFor(safe), "sts=duration=2592000");

      const { status, location } = await ask(webPort, "/?a=b", NAME);
      assertEquals([status, location], [308, `https://${NAME}:${secure.pagePort}/?a=b`]);
      assertEquals((await ask(webPort, "/health", NAME)).status, 200);
      assertEquals((await ask(webPort, "/", "127.0.0.1")).status, 200);
      assertEquals((await ask(webPort, "/", "tea.lan")).status, 200);
      // A proxy before the page has an idea of TLS of its own.
      assertEquals((await ask(webPort, "/", NAME, { "X-Forwarded-For": "203.0.113.7" })).status, 200);
      assertEquals((await ask(webPort, "/.well-known/acme-challenge/x", "tea.lan")).status, 404);
      fingerprint = await Deno.readTextFile(`${folder.path}/tea.db-tls/acme-cert.pem`);
      for (const name of ["acme-cert.pem", "acme-key.pem", "acme-account.key"]) {
        assertEquals((await Deno.stat(`${folder.path}/tea.db-tls/${name}`)).mode! & 0o777, 0o600);
      }
    }
    {
      // The one that is kept is presented at once, and no other one is asked for.
      await using secure = await open();
      (await dial(secure.chatPort, pebble.root, NAME)).close();
      assertEquals(await Deno.readTextFile(`${folder.path}/tea.db-tls/acme-cert.pem`), fingerprint);
      assertEquals(secure.room.log.filter((line) => /new certificate/.test(line)), []);
    }
    {
      // An authority that not everybody knows sends nobody to TLS.
      await using secure = await open({});
      await using person = await secure.stranger("someone", pebble.root, NAME);
      assertEquals(await stsFor(person), undefined);
      assertEquals((await ask(webPort, "/", NAME)).status, 200);
    }
    await folder[Symbol.asyncDispose]();
  },
});

Deno.test({
  name: `while no certificate is to be had the room's own authority vouches, and it is said what is wrong${
    skipped(missing)
  }`,
  ignore: missing.length > 0,
  async fn() {
    // Where nobody answers.
    await using pebble = await Pebble.start(freePort());
    await using secure = await SecureRoom.open(
      () => ["--acme", NAME, "--acme-directory", pebble.directory],
      { env: { DENO_CERT: pebble.authorities } },
    );
    const line = await secure.room.logs(/no certificate for/);
    assertMatch(line, /no certificate for tea\.example\.com by ACME: .*refused.* The next attempt is in 15 minutes; /);
    await using alice = await secure.person("alice");
    assertEquals(await stsFor(alice), undefined);
  },
});
