import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { pbkdf2Sync } from "node:crypto";
import { Accounts } from "./accounts.ts";
import { hmac, sha256 } from "./verifiers.ts";
import { type Exchange, MECHANISMS, type Step } from "./sasl.ts";
import { Store } from "../store/store.ts";

/** A room's accounts, with one of alice's. */
async function withAlice(test: (accounts: Accounts, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  const accounts = new Accounts(store);
  assert(await accounts.register("Alice", "pässword"));
  await test(accounts, store);
  await store.close();
}

/** The account that a step says to be proved. */
function accountOf(step: Step | undefined): string | undefined {
  return step !== undefined && "proof" in step ? step.proof.account : undefined;
}

/** The client's side of SCRAM (RFC 5802 section 3), by hand. Gives the server's last answer to a password. */
async function scram(exchange: Exchange, name: string, password: string, { tamper = (text: string) => text } = {}) {
  const bare = `n=${name},r=clientnonce`;
  const first = await exchange.next(`n,,${bare}`) as { challenge: string };
  const [, nonce, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(first.challenge)!;
  assertMatch(nonce, /^clientnonce.{20,}$/);
  const withoutProof = `c=${Buffer.from("n,,").toString("base64")},r=${nonce}`;
  const spoken = `${bare},${first.challenge},${withoutProof}`;
  const salted = pbkdf2Sync(password.normalize("NFKC"), Buffer.from(salt, "base64"), Number(iterations), 32, "sha256");
  const clientKey = hmac(salted, "Client Key");
  const signature = hmac(sha256(clientKey), spoken);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i])).toString("base64");
  const answer = await exchange.next(tamper(`${withoutProof},p=${proof}`));
  const expected = `v=${Buffer.from(hmac(hmac(salted, "Server Key"), spoken)).toString("base64")}`;
  return { answer, expected };
}

Deno.test("Accounts verify a password in any form of the same characters, and nothing else", async () => {
  await withAlice(async (accounts, store) => {
    assertEquals((await accounts.verify("ALICE", "pässword".normalize("NFD")))?.account, "Alice");
    assertEquals(await accounts.verify("alice", "password"), undefined);
    assertEquals(await accounts.verify("bob", "pässword"), undefined);
    store.flush();
    assertEquals((await accounts.verify("alice", "pässword"))?.account, "Alice", "written to the database");
    assertEquals(await accounts.register("aLICE", "other"), undefined);
  });
});

Deno.test("Two who register a name at once: one gets it", async () => {
  await withAlice(async (accounts) => {
    const made = await Promise.all([accounts.register("bob", "one"), accounts.register("BOB", "two")]);
    assertEquals(made.map((proof) => proof?.account), ["bob", undefined]);
    assertEquals((await accounts.verify("bob", "one"))?.account, "bob");
  });
});

Deno.test("PLAIN takes name and password, and nobody acts as another", async () => {
  await withAlice(async (accounts) => {
    const table: [string, string | undefined][] = [
      ["\0alice\0pässword", "Alice"],
      ["alice\0alice\0pässword", "Alice"],
      ["bob\0alice\0pässword", undefined],
      ["\0alice\0wrong", undefined],
      ["\0alice\0", undefined],
      ["\0\0pässword", undefined],
      ["\0alice\0pässword\0", undefined],
      ["", undefined],
    ];
    for (const [message, account] of table) {
      assertEquals(accountOf(await MECHANISMS.PLAIN(accounts).next(message)), account, JSON.stringify(message));
    }
  });
});

Deno.test("SCRAM-SHA-256 proves the password, and the server proves that it knows it", async () => {
  await withAlice(async (accounts) => {
    const exchange = MECHANISMS["SCRAM-SHA-256"](accounts);
    const { answer, expected } = await scram(exchange, "alice", "pässword");
    assertEquals(answer, { challenge: expected });
    assertEquals(accountOf(await exchange.next("")), "Alice");
  });
});

Deno.test("SCRAM-SHA-256 refuses a wrong password, an unknown name, another nonce and another header", async () => {
  await withAlice(async (accounts) => {
    const begin = () => MECHANISMS["SCRAM-SHA-256"](accounts);
    assertEquals((await scram(begin(), "alice", "wrong")).answer, undefined);
    assertEquals((await scram(begin(), "nobody", "pässword")).answer, undefined);
    const tampers = [
      (text: string) => text.replace("r=client", "r=other"),
      (text: string) => text.replace(/^c=[^,]*/, `c=${Buffer.from("y,,").toString("base64")}`),
      (text: string) => text.replace(/p=.*/, "p="),
      (text: string) => text.replace(/,p=.*/, ""),
    ];
    for (const tamper of tampers) {
      assertEquals((await scram(begin(), "alice", "pässword", { tamper })).answer, undefined, `${tamper}`);
    }
    for (const first of ["", "n,,", "p=tls-unique,,n=alice,r=x", "n,a=bob,n=alice,r=x", "n=alice,r=x"]) {
      assertEquals(await begin().next(first), undefined, first);
    }
  });
});

Deno.test("An unknown name is given the same salt each time, as a known one is", async () => {
  await withAlice((accounts) => {
    assertEquals(accounts.scramKeys("nobody").salt, accounts.scramKeys("Nobody").salt);
    assertEquals(accounts.scramKeys("nobody").iterations, accounts.scramKeys("alice").iterations);
    return Promise.resolve();
  });
});
