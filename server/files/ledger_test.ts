/** How much files may take. */

import { assertEquals, assertThrows } from "@std/assert";
import { Ledger, MOST_SENT } from "./ledger.ts";
import { FileRefusal } from "./refusal.ts";
import { UploadTokens } from "./tokens.ts";

const MIB = 1_048_576;
const alice = { identity: "account:alice", range: "10.0.0.1" };
const bob = { identity: "account:bob", range: "10.0.0.1" };
const carol = { identity: "account:carol", range: "10.0.0.2" };

/** The status and the text of a refusal. */
function refusal(work: () => unknown): [number, string] {
  const { status, message } = assertThrows(work, FileRefusal);
  return [status, message];
}

Deno.test("a person has a share, an address half of all, and all have what there is; each refusal says how much", () => {
  const ledger = new Ledger({ each: 3 * MIB, ofSender: 4 * MIB, ofAll: 12 * MIB });
  assertEquals(refusal(() => ledger.requireSize(5 * 1024 * MIB)), [
    413,
    "a file may have 3.0 MiB here, and this one has 5.0 GiB",
  ]);
  ledger.take(alice, 3 * MIB);
  assertEquals(refusal(() => ledger.take(alice, 2 * MIB)), [
    413,
    "your files may have 4.0 MiB here, of which 1.0 MiB are left",
  ]);
  ledger.take(bob, 3 * MIB);
  assertEquals(
    refusal(() => ledger.take(bob, MIB)),
    [413, "the files from your address may have 6.0 MiB here, of which 0 B are left"],
  );
  ledger.take(carol, 4 * MIB);
  const dave = { identity: "account:dave", range: "10.0.0.3" };
  assertEquals(refusal(() => ledger.take(dave, 3 * MIB)), [
    507,
    "all files may have 12 MiB here, of which 2.0 MiB are left",
  ]);
  // What goes makes room, and nothing that was refused was counted.
  ledger.add(carol, -4 * MIB);
  ledger.take(dave, 3 * MIB);
  assertEquals(ledger.all, 9 * MIB);
});

Deno.test("a person sends four files at a time, an address sixteen, all 32, and beyond that each address two", () => {
  const ledger = new Ledger({ each: 1, ofSender: 1, ofAll: 1 });
  const ends = Array.from({ length: MOST_SENT.bySender }, () => ledger.send(alice));
  assertEquals(refusal(() => ledger.send(alice))[0], 429);
  for (let i = 0; i < 12; i++) ledger.send({ identity: `near:${i % 3}`, range: alice.range });
  assertEquals(refusal(() => ledger.send({ identity: "guest:7", range: alice.range }))[0], 429);
  ends[0]();
  ledger.send(alice);
  for (let i = 0; i < MOST_SENT.byAll - MOST_SENT.byAddress; i++) {
    ledger.send({ identity: `guest:${i}`, range: `10.1.0.${i}` });
  }
  assertEquals(refusal(() => ledger.send({ identity: "guest:8", range: alice.range }))[0], 429);
  const carols = [ledger.send(carol), ledger.send(carol)];
  assertEquals(refusal(() => ledger.send(carol))[0], 429);
  carols[0]();
  ledger.send(carol);
  // There is a bound all the same.
  const others: string[] = [];
  for (let i = 0; others.length < 300; i++) {
    try {
      ledger.send({ identity: `other:${i}`, range: `10.2.0.${i}` });
      others.push("sent");
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      others.push("refused");
    }
  }
  const left = MOST_SENT.inTheEnd - MOST_SENT.byAll - MOST_SENT.always;
  assertEquals(others.indexOf("refused"), left);
});

Deno.test("a token works once, for a quarter of an hour, as long as its session; of too many the oldest goes", () => {
  let now = 0;
  const tokens = new UploadTokens(() => now);
  const sender = { ...alice, nick: "alice", isAccount: true };
  let isHere = true;
  const issue = (who = sender) => tokens.issue({ sender: who, isStill: () => isHere });
  const token = issue();
  assertEquals(tokens.take(token)?.sender, sender);
  assertEquals(tokens.take(token), undefined);
  assertEquals(tokens.take("made up"), undefined);
  const early = issue();
  now += 900_000;
  assertEquals(tokens.take(early), undefined);
  const gone = issue();
  isHere = false;
  assertEquals(tokens.take(gone), undefined);
  isHere = true;
  const first = issue();
  const ofBob = issue({ ...bob, nick: "bob", isAccount: true });
  for (let i = 0; i < 16; i++) issue();
  assertEquals(tokens.take(first), undefined);
  assertEquals(tokens.take(ofBob)?.sender.nick, "bob");
  for (let i = 0; i < 1_000; i++) issue({ identity: `guest:${i}`, range: alice.range, nick: "g", isAccount: false });
  assertEquals(tokens.size <= 256, true);
});
