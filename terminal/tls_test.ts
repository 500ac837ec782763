import { assert, assertEquals, assertRejects } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { KnownRooms, RoomsInMemory } from "./known_rooms.ts";
import { connectTls, type Trust, UntrustedError } from "./tls.ts";

const hasOpenssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);

/** A folder with certificates that openssl makes. */
class Certificates implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "teahouse-" });
  readonly signal = AbortSignal.timeout(20_000);

  #openssl(...args: string[]): void {
    const { success, stderr } = new Deno.Command("openssl", { args, cwd: this.path }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  /** Makes an authority. @returns Its fingerprint. */
  authority(name: string): string {
    this.#openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9"],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`, "-subj", `/CN=${name}`],
      ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
    );
    return new X509Certificate(this.read(`${name}.pem`)).fingerprint256;
  }

  /** Makes a certificate that an authority issues, and gives what a server presents. */
  issue(authority: string, names = "DNS:localhost,IP:127.0.0.1"): { cert: string; key: string } {
    this.#openssl(
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=room"],
      ...["-keyout", "leaf.key", "-out", "leaf.csr"],
    );
    Deno.writeTextFileSync(`${this.path}/ext`, `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
    this.#openssl(
      ...["x509", "-req", "-in", "leaf.csr", "-CA", `${authority}.pem`, "-CAkey", `${authority}.key`],
      ...["-CAcreateserial", "-out", "leaf.pem", "-days", "9", "-extfile", "ext"],
    );
    return { cert: this.read("leaf.pem") + this.read(`${authority}.pem`), key: this.read("leaf.key") };
  }

  /** Serves TLS that greets whoever comes with "tea". */
  serve(pair: { cert: string; key: string }, port = 0): AsyncDisposable & { port: number } {
    const listener = Deno.listenTls({ hostname: "127.0.0.1", port, ...pair });
    const greet = async (conn: Deno.TlsConn) => {
      try {
        await conn.write(new TextEncoder().encode("tea"));
        while (await conn.read(new Uint8Array(99)) !== null);
      } catch {
        // The client has refused.
      } finally {
        conn.close();
      }
    };
    const greeted: Promise<void>[] = [];
    const served = (async () => {
      for await (const conn of listener) greeted.push(greet(conn));
    })();
    return {
      port: listener.addr.port,
      [Symbol.asyncDispose]: async () => {
        listener.close();
        await served;
        await Promise.all(greeted);
      },
    };
  }

  /** Comes to a server on this machine, and reads its greeting. */
  async come(port: number, trust: Omit<Trust, "rooms"> = {}): Promise<string> {
    const rooms = new KnownRooms(this.path);
    using conn = await connectTls({ hostname: "127.0.0.1", port }, { rooms, ...trust }, this.signal);
    const buffer = new Uint8Array(9);
    return new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, fn, ignore: !hasOpenssl });

test("connectTls() asks the first time, and no more when the certificate is another one of the same authority", async () => {
  await using room = new Certificates();
  const fingerprint = room.authority("tea");
  const asked: string[] = [];
  const ask = (text: string) => Promise.resolve(asked.push(text) > 1);
  let port: number;
  {
    await using server = room.serve(room.issue("tea"));
    port = server.port;
    const error = await assertRejects(() => room.come(port, { ask }), UntrustedError);
    assertEquals(error.message, `You did not accept the fingerprint of 127.0.0.1:${port}. Nothing was sent.`);
    assertEquals(await room.come(port, { ask }), "tea");
    assertEquals(asked, [fingerprint, fingerprint]);
    assertEquals(await room.come(port, { ask }), "tea");
  }
  await using _server = room.serve(room.issue("tea"), port);
  assertEquals(await room.come(port), "tea", "known, so nobody is needed to ask");
  assertEquals(asked.length, 2);
});

test("connectTls() refuses another authority with both fingerprints, and takes it where the person names it", async () => {
  await using room = new Certificates();
  const [first, second] = [room.authority("tea"), room.authority("milk")];
  let port: number;
  {
    await using server = room.serve(room.issue("tea"));
    port = server.port;
    await room.come(port, { ask: () => Promise.resolve(true) });
  }
  const pair = room.issue("milk");
  await using _server = room.serve(pair, port);
  const ask = () => Promise.reject(new Error("nobody may be asked to accept a change"));
  const { message } = await assertRejects(() => room.come(port, { ask }), UntrustedError);
  assert(message.includes(`expected:  ${first}\n`) && message.includes(`presented: ${second}\n`), message);
  assert(message.includes(`--server tls://127.0.0.1:${port} --pin ${second}`), message);
  await assertRejects(() => room.come(port, { pin: first, ask }), UntrustedError, `presented: ${second}`);
  assertEquals(await room.come(port, { pin: second, ask }), "tea");
  assertEquals(await room.come(port), "tea", "and it is known from then on");
});

test("connectTls() refuses an unknown room where there is nobody to ask, unless its fingerprint is given", async () => {
  await using room = new Certificates();
  const fingerprint = room.authority("tea");
  await using server = room.serve(room.issue("tea"));
  await assertRejects(() => room.come(server.port), UntrustedError, `add: --pin ${fingerprint}`);
  await assertRejects(() => room.come(server.port), UntrustedError, "is not known yet");
  assertEquals(await room.come(server.port, { pin: fingerprint }), "tea");
  assertEquals(await room.come(server.port), "tea");
});

test("connectTls() keeps no authority whose certificate is for another name", async () => {
  await using room = new Certificates();
  const pin = room.authority("tea");
  await using server = room.serve(room.issue("tea", "DNS:elsewhere.local"));
  await assertRejects(() => room.come(server.port, { pin }), UntrustedError, "does not hold for 127.0.0.1");
  assertEquals(new KnownRooms(room.path).authorityOf(`127.0.0.1:${server.port}`), undefined);
});

Deno.test("connectTls() says that a server does not talk TLS, and gives up when told", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const come = (signal: AbortSignal) =>
    connectTls({ hostname: "127.0.0.1", port }, { rooms: new RoomsInMemory() }, signal);
  const refused = assertRejects(() => come(AbortSignal.timeout(20_000)), Error, "it does not talk TLS on this port");
  {
    using plain = await listener.accept();
    await plain.write(new TextEncoder().encode("NOTICE * :tea\r\n"));
    await refused;
  }
  const stop = new AbortController();
  const stopped = assertRejects(() => come(stop.signal), Error, "enough");
  using _silent = await listener.accept();
  stop.abort(new Error("enough"));
  await stopped;
});
