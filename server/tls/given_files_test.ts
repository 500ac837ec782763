import { assert, assertEquals, assertRejects } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { GivenFiles } from "./given_files.ts";
import type { Pair } from "./pair.ts";
import { makeIssuer, pairOf } from "./testing.ts";

/** Two files, and what is said about them. */
class Shelves implements AsyncDisposable {
  readonly log: string[] = [];
  readonly #folder = Deno.makeTempDirSync();
  readonly cert = `${this.#folder}/cert.pem`;
  readonly key = `${this.#folder}/key.pem`;
  readonly files = new GivenFiles({ cert: this.cert, key: this.key, onError: (text) => this.log.push(text) });

  /** Writes files as if so many seconds ago. */
  async write({ cert, key }: Partial<Pair>, secondsAgo: number): Promise<void> {
    const then = new Date(Date.now() - secondsAgo * 1000);
    for (const [path, text] of [[this.cert, cert], [this.key, key]] as const) {
      if (text === undefined) continue;
      // As those do it who renew certificates: a file is replaced, not written over.
      await Deno.writeTextFile(`${path}.new`, text, { mode: 0o600 });
      await Deno.rename(`${path}.new`, path);
      await Deno.utime(path, then, then);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

const issuer = makeIssuer();
const [first, second, third] = [pairOf(issuer), pairOf(issuer), pairOf(issuer)];

Deno.test("files that have changed are read again, and others are not", async () => {
  await using shelves = new Shelves();
  await shelves.write(first, 100);
  assertEquals(await shelves.files.open(), first);
  assertEquals(await shelves.files.renew(), undefined);
  await shelves.write(second, 0);
  assertEquals(await shelves.files.renew(), second);
  assertEquals(await shelves.files.renew(), undefined);
  // Written anew with what was there.
  await shelves.write(second, 0);
  assertEquals(await shelves.files.renew(), undefined);
  assertEquals(shelves.log, []);
});

Deno.test("a pair that is being written is waited for without a word", async () => {
  await using shelves = new Shelves();
  await shelves.write(first, 100);
  await shelves.files.open();
  await shelves.write({ cert: second.cert }, 0);
  assertEquals(await shelves.files.renew(), undefined);
  await shelves.write({ key: second.key }, 0);
  assertEquals(await shelves.files.renew(), second);
  assertEquals(shelves.log, []);
});

Deno.test("a broken pair keeps the one before, and is told of once each time that it changes", async () => {
  await using shelves = new Shelves();
  await shelves.write(first, 100);
  await shelves.files.open();
  await shelves.write({ cert: second.cert }, 50);
  for (let i = 0; i < 3; i++) assertEquals(await shelves.files.renew(), undefined);
  await shelves.write({ key: "no key" }, 40);
  for (let i = 0; i < 3; i++) assertEquals(await shelves.files.renew(), undefined);
  await Deno.remove(shelves.cert);
  for (let i = 0; i < 3; i++) assertEquals(await shelves.files.renew(), undefined);
  assertEquals(shelves.log.map((text) => text.replace(/(--tls-cert ).*/, "$1...")), [
    "the certificate stays as it was: the key belongs to another certificate",
    "the certificate stays as it was: the key can't be read: it must be PEM, and without a password",
    "the certificate stays as it was: cannot look at --tls-cert ...",
  ]);
  await shelves.write(third, 30);
  assertEquals(await shelves.files.renew(), third);
});

Deno.test("files that can't be used from the beginning are refused, with what is wrong", async () => {
  await using shelves = new Shelves();
  await assertRejects(() => shelves.files.open(), Error, `cannot look at --tls-cert ${shelves.cert}`);
  await shelves.write({ cert: first.cert, key: second.key }, 10);
  await assertRejects(() => shelves.files.open(), Error, "the key belongs to another certificate");
  await shelves.write({ cert: first.key, key: first.key }, 10);
  await assertRejects(() => shelves.files.open(), Error, "the certificate can't be read");
});

Deno.test({
  name: "a pipe that comes in place of a file is refused, and nobody waits for who writes into it",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using shelves = new Shelves();
    await shelves.write(first, 100);
    await shelves.files.open();
    for (const path of [shelves.cert, shelves.key]) {
      await Deno.remove(path);
      assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
      const then = new Date(Date.now() - 50_000);
      await Deno.utime(path, then, then);
      for (let i = 0; i < 3; i++) assertEquals(await deadline(shelves.files.renew(), 5_000), undefined);
      assertEquals(shelves.log.splice(0), [
        `the certificate stays as it was: --tls-${
          path === shelves.cert ? "cert" : "key"
        } ${path} is no ordinary file, which can be read again`,
      ]);
      await shelves.write(first, 40);
      assertEquals(await shelves.files.renew(), undefined);
    }
    await shelves.write(second, 30);
    assertEquals(await shelves.files.renew(), second);
    assertEquals(shelves.log, []);
  },
});

Deno.test({
  name: "a key that others on the machine can read is told of",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using shelves = new Shelves();
    await shelves.write(first, 10);
    await Deno.chmod(shelves.key, 0o644);
    await shelves.files.open();
    assertEquals(shelves.log, [
      `--tls-key ${shelves.key} can be read by others on this machine; chmod 600 ends that`,
    ]);
  },
});
