import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Database } from "./database.ts";
import { historyStatements } from "./history_statements.ts";
import { storedBytes } from "./record_sizes.ts";
import { PendingMessages } from "./pending.ts";
import { edited, firstId, type MessageRecord, msgid, nextId, parseMsgid, privateKey, timeOf } from "./records.ts";
import { toEvent } from "../room/kept_messages.ts";
import { parseMask } from "../room/masklist.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { Store } from "./store.ts";
import { done, Kept } from "./testing.ts";

Deno.test("Ranges give the same whether messages are written or still wait", async () => {
  await using kept = new Kept();
  const ids = ["one", "two", "three", "four", "five"].map((text) => kept.say(text));
  kept.say("elsewhere", { target: "#milk" });
  const check = () => {
    assertEquals(kept.texts({ limit: 2, latest: true }), ["four", "five"]);
    assertEquals(kept.texts({ limit: 2 }), ["one", "two"]);
    assertEquals(kept.texts({ limit: 9, after: ids[1] }), ["three", "four", "five"]);
    assertEquals(kept.texts({ limit: 1, after: ids[1] }), ["three"]);
    assertEquals(kept.texts({ limit: 2, before: ids[3], latest: true }), ["two", "three"]);
    assertEquals(kept.texts({ limit: 9, after: ids[0], before: ids[4] }), ["two", "three", "four"]);
    assertEquals(kept.texts({ limit: 2, latest: true }, "#tea", "#milk"), ["five", "elsewhere"]);
    assertEquals(kept.texts({ limit: 9 }, "#nowhere"), []);
  };
  check();
  kept.store.flush();
  check();
  kept.say("six");
  assertEquals(kept.texts({ limit: 3, latest: true }), ["four", "five", "six"]);
  assertEquals(kept.texts({ limit: 2, after: ids[3] }), ["five", "six"]);
});

Deno.test("A search finds parts of words, signs and single characters, and nothing else", async () => {
  await using kept = new Kept();
  const texts = [
    "红茶 and 绿茶",
    "The Teahouse is open",
    "it is 100% true",
    "a_b is a name",
    'she said "hello"',
    "party 🎉 tonight",
    "ＦＵＬＬ width",
    "AND OR NOT NEAR( * ^",
    "it's C++ and zq",
    "ΣΊΣΥΦΟΣ",
  ];
  const table: [string, number[]][] = [
    ["茶", [0]],
    ["绿茶", [0]],
    ["eahou", [1]],
    ["TEAHOUSE open", [1]],
    ["open the", [1]],
    ["100%", [2]],
    ["0% t", [2]],
    ["%", [2]],
    ["a_b", [3]],
    ["axb", []],
    ["_", [3]],
    ['"', [4]],
    ['"hello"', [4]],
    ["🎉", [5]],
    ["full", [6]],
    ["NEAR(", [7]],
    ["near( and", [7]],
    ["*", [7]],
    ["^", [7]],
    ["c++", [8]],
    ["'", [8]],
    ["zq", [8]],
    ["σίσυφος", [9]],
    ["nothing", []],
    ["tea nothing", []],
  ];
  const expect = () => {
    for (const [words, found] of table) assertEquals(kept.found(words), found.map((i) => texts[i]), words);
  };
  for (const text of texts) kept.say(text);
  expect();
  kept.store.flush();
  expect();
  // Far back: in the index, and beyond what is looked through for a word of two letters.
  for (let i = 0; i < 6_000; i++) {
    kept.say(`filler ${i} with some words to fill the index`);
    if (i % 400 === 0) kept.store.flush();
  }
  for (let i = 0; i < 200; i++) {
    kept.history.expire();
    kept.say("more");
    kept.store.flush();
  }
  for (const [words, found] of table) {
    const told = kept.found(words).filter((text) => texts.includes(text));
    assertEquals(told, found.map((i) => texts[i]), `${words}, far back`);
  }
  assertEquals(
    kept.found("filler 59", { limit: 3 }),
    [5997, 5998, 5999].map((i) => `filler ${i} with some words to fill the index`),
  );
  assertEquals(kept.found("filler", { limit: 1, latest: false }), ["filler 0 with some words to fill the index"]);
});

Deno.test("A short word is found once, in one conversation or in many, written or waiting", async () => {
  await using kept = new Kept();
  const all = Array.from({ length: 6 }, (_, i) => `#c${i}`);
  kept.say("zq at first", { target: "#c0" });
  for (let i = 0; i < 8_000; i++) {
    kept.say(`filler ${i}`, { target: `#c${i % 6}` });
    if (i % 400 === 0) kept.store.flush();
  }
  for (let i = 0; i < 200; i++) {
    kept.history.expire();
    kept.say("more", { target: "#c0" });
    kept.store.flush();
  }
  kept.say("zq at last", { target: "#c0" });
  for (const channels of [["#c0"], all]) {
    assertEquals(kept.found("zq", {}, ...channels), ["zq at first", "zq at last"]);
    assertEquals(kept.found("zq", { latest: false }, ...channels), ["zq at first", "zq at last"]);
    assertEquals(kept.found("", { limit: 2 }, ...channels), ["more", "zq at last"]);
  }
});

Deno.test("A search stays in the conversations that it is given, and asks for the sender", async () => {
  await using kept = new Kept();
  const secret = privateKey("guest:alice@127.0.0.1", "guest:bob@127.0.0.1");
  kept.say("green tea", { nick: "bob" });
  kept.say("black tea");
  kept.say("tea for you", { target: "bob", conversation: secret, recipient: "guest:bob@127.0.0.1" });
  for (const _ of ["waiting", "written"]) {
    assertEquals(kept.found("tea"), ["green tea", "black tea"]);
    assertEquals(kept.found("tea", { from: "BOB" }), ["green tea"]);
    assertEquals(kept.found("", { from: "alice" }), ["black tea"]);
    assertEquals(kept.found("tea", {}, secret), ["tea for you"]);
    assertEquals(kept.found("tea", {}, "#milk"), []);
    assertEquals(kept.talks("guest:bob@127.0.0.1"), [["alice", [secret]]]);
    assertEquals(kept.talks("guest:alice@127.0.0.1"), [["bob", [secret]]]);
    assertEquals(kept.talks("guest:bob@10.0.0.1"), []);
    kept.store.flush();
  }
});

Deno.test("Peers are in the order of what was last said, whether that is written, waits or is removed", async () => {
  await using kept = new Kept();
  const owner = "account:me";
  const ids: number[] = [];
  const say = (nick: string, guest: string, more: Partial<MessageRecord> = {}) => {
    const sender = `guest:${guest}`;
    ids.push(
      kept.say("hello", {
        nick,
        conversation: privateKey(sender, owner),
        sender,
        recipient: owner,
        target: "me",
        ...more,
      }),
    );
  };
  const peers = (range = {}) => kept.talks(owner, range).map(([peer]) => peer);
  say("bob", "1");
  say("carol", "2");
  say("dave", "3");
  // Another who has the nick is the same peer.
  say("bob", "4");
  say("carol", "2", { command: "TAGMSG", text: "" });
  for (const _ of ["waiting", "written"]) {
    assertEquals(peers(), ["carol", "dave", "bob"]);
    assertEquals(peers({ latest: true }), ["bob", "dave", "carol"]);
    assertEquals(peers({ after: ids[1] }), ["dave", "bob"]);
    assertEquals(peers({ before: ids[3], latest: true }), ["dave", "carol"]);
    assertEquals(kept.talks(owner)[2][1], [privateKey("guest:1", owner), privateKey("guest:4", owner)]);
    kept.store.flush();
  }
  kept.history.remove(ids[3]);
  // While it is being removed, where it was.
  assertEquals(peers(), ["carol", "dave", "bob"]);
  assertEquals(peers({ after: ids[1] }), ["dave"]);
  kept.store.flush();
  assertEquals(peers(), ["bob", "carol", "dave"]);
  say("carol", "2");
  assertEquals(peers(), ["bob", "dave", "carol"]);
  kept.history.remove(ids[0]);
  kept.store.flush();
  assertEquals(peers(), ["dave", "carol"]);
});

Deno.test("Who has taken another nick is one peer, also when what was said under it is removed, and another has the former nick", async () => {
  await using kept = new Kept();
  const owner = "account:me";
  const say = (nick: string, sender: string) =>
    kept.say("hello", { nick, conversation: privateKey(sender, owner), sender, recipient: owner, target: "me" });
  const peers = () => [false, true].map((latest) => kept.talks(owner, { latest }).map(([peer]) => peer));
  const other = say("bob", "guest:2");
  const first = say("bob", "guest:1");
  assertEquals(peers(), [["bob"], ["bob"]]);
  const second = say("robert", "guest:1");
  for (const _ of ["waiting", "written"]) {
    assertEquals(peers(), [["bob", "robert"], ["robert", "bob"]]);
    kept.store.flush();
  }
  const third = say("rob", "guest:1");
  assertEquals(peers(), [["bob", "rob"], ["rob", "bob"]]);
  kept.history.remove(other);
  kept.store.flush();
  assertEquals(peers(), [["rob"], ["rob"]]);
  for (const id of [third, second]) {
    kept.history.remove(id);
    kept.store.flush();
    assertEquals(peers().map(({ length }) => length), [1, 1]);
  }
  kept.history.remove(first);
  kept.store.flush();
  assertEquals(peers(), [[], []]);
});

Deno.test("What a message costs counts its names by their bytes, also in memory", async () => {
  await using kept = new Kept();
  kept.say("hello");
  const short = kept.last!;
  const [nick, target] = ["茶".repeat(30), `#${"茶".repeat(49)}`];
  const long = { ...short, id: short.id + 1, source: `${nick}!u@h`, sender: `account:${nick}`, account: nick, target };
  const names = ({ source, sender, account = "", target }: typeof short) =>
    new TextEncoder().encode(source + sender + account + target).length;
  const more = names(long) - names(short);
  assertGreater(more, 300);
  assertEquals(kept.history.costOf(long) - kept.history.costOf(short), more);
  assertEquals(storedBytes(long) - storedBytes(short), more);
  kept.say("hello", long);
  kept.store.flush();
  kept.store.db.exec("DROP TABLE temp.sequences");
  const sizes = historyStatements(kept.store.db).oldest.all(2).map(({ bytes }) => Number(bytes));
  assertEquals(sizes, [storedBytes(short), storedBytes(long)]);
});

Deno.test("A private talk is found under the last 16 nicks of each side, however many those have had", async () => {
  await using kept = new Kept();
  const [one, other] = ["device:1", "account:me"];
  const conversation = privateKey(one, other);
  const count = () => Number(kept.store.db.prepare("SELECT count(*) AS n FROM talks").get()!.n);
  for (let i = 0; i < 40; i++) {
    kept.say("hello", { nick: `n${i}`, conversation, sender: one, recipient: other, target: `me${i}` });
    if (i % 3 === 0) kept.store.flush();
  }
  kept.store.flush();
  assertEquals(count(), 32);
  assertEquals(kept.talks(other).map(([peer]) => peer), ["n39"]);
  const under = (nick: string) => done(kept.history.conversations(other, nick));
  assertEquals([under("n39"), under("n24"), under("n23")], [[conversation], [conversation], []]);
  // One of those goes on, and none is lost.
  kept.say("hello", { nick: "n24", conversation, sender: one, recipient: other, target: "me39" });
  kept.store.flush();
  assertEquals([count(), kept.talks(other).map(([peer]) => peer)], [32, ["n24"]]);
});

Deno.test("In memory the nicks of private talks count as bytes that are kept", async () => {
  const bytes = 400_000;
  await using kept = new Kept(":memory:", { most: { messages: 50_000, bytes } });
  const count = () => Number(kept.store.db.prepare("SELECT count(*) AS n FROM talks").get()!.n);
  for (let i = 0; i < 3_000; i++) {
    const [sender, recipient] = [`device:${i % 150}`, `device:${i % 150 + 1_000}`];
    const conversation = privateKey(sender, recipient);
    kept.say("x", { nick: `n${i}`, conversation, sender, recipient, target: `m${i}` });
    if (i % 100 === 99) { for (let j = 0; j < 5; j++) kept.store.flush(); }
  }
  for (let i = 0; i < 50; i++) kept.store.flush();
  assertLess(count() * 400, bytes);
  assertGreater(kept.count, 10);
});

Deno.test("What a private message costs counts a row for each side whose talk with that nick is new", async () => {
  await using kept = new Kept();
  const [sender, recipient] = ["guest:1", "account:me"];
  /** What is told more than a message in a channel costs, and is kept then. */
  const extra = (nick: string, target: string) => {
    kept.say("hello");
    const { id } = kept.last!;
    const talk = { ...kept.last!, id: id + 1, conversation: privateKey(sender, recipient), sender, recipient, target };
    const record = { ...talk, source: `${nick}!a@127.0.0.1` };
    const cost = kept.history.costOf(record);
    const { recipient: _, ...inChannel } = record;
    const rest = kept.history.costOf({ ...inChannel, conversation: "#tea" });
    kept.say("hello", record);
    return cost - rest;
  };
  const row = extra("bob", "me") / 2;
  assertGreater(row, 200);
  for (const flush of [() => {}, () => kept.store.flush()]) {
    flush();
    assertEquals(extra("bob", "me"), 0);
  }
  // Another nick of one side is another row of the other one's.
  assertEquals(extra("robert", "me"), row);
  assertEquals(extra("robert", "mine"), row);
  kept.store.flush();
  assertEquals(extra("rob", "you"), 2 * row);
  assertEquals(extra("bob", "mine"), 0);
});

Deno.test("Which private talks have a message that waits is known for as long as it waits, also where others go on waiting", () => {
  const pending = new PendingMessages();
  const [sender, recipient] = ["guest:1", "account:me"];
  const conversation = privateKey(sender, recipient);
  const talk = (nick: string) => ({ identity: recipient, peer: nick });
  for (let id = 1; id <= 2_000; id++) {
    const source = `u${id}!a@b`;
    pending.add({ id, conversation, command: "PRIVMSG", source, sender, recipient, target: "me", text: "hello" });
  }
  assert(pending.hasTalk(talk("u1"), conversation));
  pending.beginSaving();
  pending.endSaving();
  assertEquals([pending.hasTalk(talk("u1"), conversation), pending.hasTalk(talk("u2000"), conversation)], [
    false,
    true,
  ]);
  pending.takeOut(2_000);
  assertEquals(pending.hasTalk(talk("u2000"), conversation), false);
});

Deno.test("Where the last messages of a talk are removed it is that nick's whose message is the last then, and no other nick has the same", async () => {
  await using kept = new Kept();
  const owner = "account:me";
  const conversation = privateKey("guest:1", owner);
  const nicks = ["amy", "bea", "cleo", "dora"];
  const ids = nicks.map((nick) =>
    kept.say("hello", { nick, conversation, sender: "guest:1", recipient: owner, target: "me" })
  );
  kept.store.flush();
  const peers = () => kept.talks(owner).map(([peer]) => peer);
  for (let left = nicks.length; left > 0; left--) {
    assertEquals(peers(), [nicks[left - 1]]);
    const lasts = kept.store.db.prepare("SELECT last FROM talks WHERE identity = ? AND last > 0").all(owner);
    assertEquals(lasts.length, left);
    kept.history.remove(ids[left - 1]);
    kept.store.flush();
  }
  assertEquals(peers(), []);
});

Deno.test("Peers are found page by page, whichever end is asked for", async () => {
  await using kept = new Kept();
  const owner = "account:me";
  for (let i = 0; i < 300; i++) {
    const sender = `guest:${i}`;
    kept.say("hello", {
      nick: `u${i % 150}`,
      conversation: privateKey(sender, owner),
      sender,
      recipient: owner,
      target: "me",
    });
  }
  kept.store.flush();
  const names = Array.from({ length: 150 }, (_, i) => `u${i}`);
  const [earliest, latest] = [false, true].map((latest) => kept.talks(owner, { latest }).map(([peer]) => peer));
  assertEquals([earliest, latest], [names, names.toReversed()]);
});

Deno.test("However many reactions are between them, messages are found without a look at those", async () => {
  await using kept = new Kept();
  kept.say("one");
  kept.say("two");
  for (let i = 0; i < 5_000; i++) kept.say("", { command: "TAGMSG", tags: { "+draft/react": "x" } });
  kept.store.flush();
  const range = { limit: 50, latest: true };
  assertLess([...kept.history.range(["#tea"], range)].length, 10);
  assertEquals(kept.texts(range), ["one", "two"]);
  assertEquals(done(kept.history.range(["#tea"], { ...range, events: true })).length, 50);
});

Deno.test("What is removed is in no file any more", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tea.db`;
  {
    await using kept = new Kept(file);
    kept.say("before");
    const secret = kept.say("my password is swordfish");
    kept.say("after");
    kept.store.flush();
    assertEquals(kept.found("swordfish"), ["my password is swordfish"]);
    kept.history.remove(secret);
    assertEquals([kept.found("swordfish"), kept.texts({ limit: 9 })], [[], ["before", "after"]]);
    kept.history.remove(kept.say("never written swordfish"));
    kept.store.flush();
    assertEquals(kept.history.find(secret), undefined);
  }
  for (const { name } of Deno.readDirSync(folder)) {
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`));
    assert(!text.includes("swordfish"), name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("What stands in the place of a removed message is given to whoever asks for it, over a restart, without a word of it", async () => {
  await using filed = new Filed();
  const by = { source: "bob!bob@127.0.0.1", sender: "guest:bob@127.0.0.1", account: "bob", time: 5 };
  const ids = ["before", "swordfish one", "swordfish two", "after"].map((text) =>
    filed.kept.say(text, text.startsWith("swordfish") ? { tags: { "+x": "swordfish" } } : {})
  );
  const shown = () => {
    const { history } = filed.kept;
    return [{}, { events: true }, { events: true, removals: true }].map((kinds) =>
      [true, false].map((latest) =>
        done(history.range(["#tea"], { limit: 4, latest, ...kinds })).map((id) => history.find(id)!.text).join()
      )
    );
  };
  const all = ["before,,,after", "before,,,after"];
  const few = ["before,after", "before,after"];
  filed.kept.history.edit(edited(filed.kept.history.find(ids[1])!, "swordfish anew", 3));
  filed.kept.store.flush();
  filed.kept.history.edit(edited(filed.kept.history.find(ids[1])!, "swordfish once more", 4));
  filed.kept.history.remove(ids[1], by);
  // Another one is removed before it was ever written.
  const fresh = filed.kept.say("swordfish three");
  filed.kept.history.remove(fresh, by);
  filed.kept.history.remove(ids[2], by);
  assertEquals(shown().slice(0, 2), [few, few]);
  assertEquals(shown()[2], ["before,,,after,", "before,,,after,"].map((texts, i) => i === 0 ? texts.slice(7) : all[1]));
  for (const id of [ids[1], ids[2], fresh]) {
    const { text, tags, edits, command, source, removal } = filed.kept.history.find(id)!;
    assertEquals([text, tags, edits, command, source], ["", undefined, undefined, "REDACT", "alice!alice@127.0.0.1"]);
    assertEquals(removal, { command: "PRIVMSG", ...by });
  }
  await filed.restart();
  assertEquals(shown().slice(0, 2), [few, few]);
  assertEquals(filed.kept.history.find(fresh)!.removal, { command: "PRIVMSG", ...by });
  assertEquals(done(filed.kept.history.range(["#tea"], { limit: 9, events: true, removals: true })).length, 5);
  assertEquals(filed.kept.found("sword"), []);
  filed.goOn();
  await filed.restart();
  for (const { name } of Deno.readDirSync(filed.folder)) {
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(`${filed.folder}/${name}`));
    assert(!text.includes("swordfish"), name);
  }
});

Deno.test("A database from before removals were kept is opened, and what is removed from it then leaves its place", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tea.db`;
  const older = new DatabaseSync(file);
  const version = MIGRATIONS.findIndex((migration) => migration.includes("ADD COLUMN removal"));
  for (const migration of MIGRATIONS.slice(0, version)) older.exec(migration);
  older.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version};
    INSERT INTO conversations (id, key) VALUES (1, '#tea');
    INSERT INTO messages (id, conversation, command, source, sender, target, text)
      VALUES (7, 1, 'NOTICE', 'alice!a@h', 'guest:alice', '#tea', 'old')`);
  older.close();
  {
    await using kept = new Kept(file);
    assertEquals(kept.texts({ limit: 9 }), ["old"]);
    kept.history.remove(7, { source: "bob!b@h", sender: "guest:bob", time: 5 });
    kept.store.flush();
    assertEquals(kept.texts({ limit: 9 }), []);
    assertEquals(kept.history.find(7)?.removal, { command: "NOTICE", source: "bob!b@h", sender: "guest:bob", time: 5 });
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("In memory what stands in the place of removed messages counts among those that are kept, and goes with them", async () => {
  await using kept = new Kept(":memory:", { most: { messages: 3, bytes: 1e6 } });
  const [one] = [kept.say("one"), kept.say("two")];
  kept.store.flush();
  kept.history.remove(one, { source: "bob!b@h", sender: "guest:bob", time: 5 });
  kept.store.flush();
  const all = { limit: 9, events: true, removals: true };
  assertEquals([kept.texts(all), kept.count], [["", "two"], 2]);
  kept.say("three");
  kept.say("four");
  kept.store.flush();
  assertEquals([kept.texts(all), kept.count], [["two", "three", "four"], 3]);
});

/** A history in a folder of its own, for one test. */
class Filed implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  kept = new Kept(`${this.folder}/tea.db`);

  /** Says so much, and has it written and put into the search index. */
  fill(messages: number): void {
    for (let i = 1; i <= messages; i++) {
      this.kept.say(`tea number ${i} is ready`);
      if (i % 500 === 0) this.kept.store.flush();
    }
    this.goOn();
  }

  /** All transactions that come by themselves while there is something to be done. Gives how many rows each changed. */
  goOn(most = Infinity): number[] {
    const steps: number[] = [];
    const { store, history } = this.kept;
    while (steps.length < most && steps.at(-1) !== 0) {
      const before = store.db.changes;
      store.goOn(history);
      store.flush();
      steps.push(store.db.changes - before);
    }
    return steps;
  }

  /** Which sequences of a text some file holds. */
  held(text: string): string[] {
    const files = [...Deno.readDirSync(this.folder)].map(({ name }) =>
      new TextDecoder("latin1").decode(Deno.readFileSync(`${this.folder}/${name}`))
    );
    const sequences = Array.from({ length: text.length - 2 }, (_, i) => text.slice(i, i + 3));
    return sequences.filter((sequence) => files.some((file) => file.includes(sequence)));
  }

  async restart(): Promise<void> {
    // At once, so that on a busy machine no timer goes on with the index meanwhile.
    this.kept.store.closeNow();
    await this.kept[Symbol.asyncDispose]();
    this.kept = new Kept(`${this.folder}/tea.db`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kept[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("Nothing of a removed message is left in the search index, not even its sequences, nor in the log", async () => {
  await using filed = new Filed();
  const [one, other] = ["qzjxvkwpyhfg", "vgzfrdxcqwjk"];
  const ids = [one, other].map((text) => filed.kept.say(text));
  const held = () => [...filed.held(one), ...filed.held(other)];
  filed.fill(6_000);
  assertEquals(held().length, 20);
  filed.kept.history.remove(ids[0]);
  filed.goOn(2);
  // What is removed meanwhile has its turn, and what is said is put into the index.
  filed.kept.history.remove(ids[1]);
  filed.fill(1_000);
  const indexed = filed.kept.store.db.prepare("SELECT count(*) AS n FROM words_docsize").get()!.n as number;
  assertGreater(indexed, 6_500);
  for (let i = 0; i < 2_000 && held().length > 0; i++) await new Promise((done) => setTimeout(done, 5));
  assertEquals([held(), filed.kept.found("number 1077 "), filed.kept.log], [
    [],
    ["tea number 1077 is ready"],
    [],
  ]);
  assertEquals(filed.kept.store.db.prepare("SELECT * FROM removed").all(), []);
});

Deno.test("After a restart it goes on that a removed message is taken out of the search index", async () => {
  await using filed = new Filed();
  const secret = "qzjxvkwpyhfg";
  const id = filed.kept.say(secret);
  // So many that it takes some ten steps more than those below.
  filed.fill(20_000);
  filed.kept.history.remove(id);
  for (let i = 0; i < 2; i++) {
    filed.goOn(1);
    await filed.restart();
    // A step may have taken out some.
    assertGreater(filed.held(secret).length, 0);
  }
  filed.goOn();
  await filed.restart();
  assertEquals(filed.held(secret), []);
});

Deno.test("The search index is written anew once for all messages that were removed before", async () => {
  await using filed = new Filed();
  const ids = Array.from({ length: 400 }, (_, i) => filed.kept.say(`secret ${i}`));
  filed.fill(6_000);
  for (const id of ids) filed.kept.history.remove(id);
  const left = () => filed.kept.store.db.prepare("SELECT count(*) AS n FROM removed").get()!.n as number;
  const counts = [];
  do {
    filed.goOn(1);
    counts.push(left());
  } while (left() > 0);
  assertEquals([...new Set(counts)], [ids.length, 0]);
});

Deno.test("What a transaction that failed has begun to take out of the search index is taken out by a later one", async () => {
  await using filed = new Filed();
  const [first, ...others] = Array.from({ length: 30 }, (_, i) => filed.kept.say(`secret ${i}`));
  filed.fill(6_000);
  const { kept, kept: { store, history } } = filed;
  const count = (where: string) => store.db.prepare(`SELECT count(*) AS n FROM removed ${where}`).get()!.n as number;
  history.remove(first);
  filed.goOn(1);
  kept.uptime += 1;
  filed.goOn();
  // The index rests, so that these are noted by one transaction, and the next one begins to take them out.
  for (const id of others) history.remove(id);
  filed.goOn();
  kept.uptime += 100;
  const exec = store.db.exec.bind(store.db);
  let failed = 0;
  store.db.exec = (sql) => {
    if (sql !== "COMMIT" || count("WHERE is_rewriting") === 0 || failed++ > 0) return exec(sql);
    throw new Error("the disk is full");
  };
  filed.goOn(1);
  assertEquals([failed, count("WHERE is_rewriting"), count("")], [1, 0, others.length]);
  filed.goOn();
  assertEquals(count(""), 0);
});

Deno.test("The search index rests a hundred times as long as it took to write it anew, and then goes on by itself", async () => {
  await using filed = new Filed();
  const ids = Array.from({ length: 2 }, (_, i) => filed.kept.say(`secret ${i}`));
  filed.fill(6_000);
  const { kept } = filed;
  const removed = () => kept.store.db.prepare("SELECT id FROM removed").all().map(({ id }) => id);
  kept.history.remove(ids[0]);
  filed.goOn(1);
  kept.uptime += 1;
  filed.goOn();
  assertEquals(removed(), []);
  kept.history.remove(ids[1]);
  const busy = filed.goOn().length;
  assertEquals([removed(), busy < 10], [[ids[1]], true]);
  // What is said meanwhile is put into the index.
  filed.fill(1_000);
  assertEquals([removed(), kept.found("number 777 ").length], [[ids[1]], 7]);
  kept.uptime += 100;
  for (let i = 0; i < 2_000 && removed().length > 0; i++) await new Promise((done) => setTimeout(done, 5));
  assertEquals(removed(), []);
});

Deno.test("A message is taken out of the search index in short steps, however large that is", async () => {
  await using filed = new Filed();
  const id = filed.kept.say("swordfish");
  filed.fill(40_000);
  filed.kept.history.remove(id);
  // A step goes on until its time is over: here each look at the clock takes a millisecond.
  const { now } = performance;
  let time = 0;
  performance.now = () => ++time;
  let steps: number[];
  try {
    steps = filed.goOn();
  } finally {
    performance.now = now;
  }
  assertGreater(steps.length, 10);
  // The end of it drops all pages of the parts that were written anew, which is quick.
  const [end, most] = steps.toSorted((a, b) => b - a);
  assertLess(most, 100);
  assertLess(end, steps.reduce((sum, rows) => sum + rows) / 4);
});

Deno.test("Messages older than is kept are not told, and are deleted", async () => {
  await using kept = new Kept(":memory:", { keep: 86_400_000 });
  for (let i = 0; i < 450; i++) kept.say(`old ${i}`);
  kept.store.flush();
  kept.pass(86_400_001);
  kept.say("new");
  assertEquals([kept.texts({ limit: 9, latest: true }), kept.found("old")], [["new"], []]);
  kept.history.expire();
  for (let i = 0; i < 4; i++) kept.store.flush();
  assertEquals(kept.count, 1);
});

Deno.test("In memory only so many messages are kept", async () => {
  await using kept = new Kept(":memory:", { most: { messages: 100, bytes: Infinity } });
  for (let i = 0; i < 350; i++) {
    kept.say(`${i}`);
    if (i % 30 === 0) kept.store.flush();
  }
  kept.store.flush();
  assertEquals(kept.texts({ limit: 1_000 }), Array.from({ length: 100 }, (_, i) => `${i + 250}`));
});

Deno.test("In memory a private talk is forgotten with the last of its messages", async () => {
  await using kept = new Kept(":memory:", { most: { messages: 100, bytes: Infinity } });
  const count = (table: string) => kept.store.db.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count;
  let id = firstId(Date.parse("2026-11-25T12:00:00Z"));
  const whisper = (i: number) => {
    const [sender, recipient] = [`guest:${i}`, "guest:bob"];
    const conversation = privateKey(sender, recipient);
    const entry = { id: ++id, conversation, command: "PRIVMSG", source: "eve!e@h", sender, target: "bob", text: "hi" };
    kept.history.add({ ...entry, recipient });
    return entry.id;
  };
  const ids = Array.from({ length: 1_000 }, (_, i) => whisper(i));
  for (let i = 0; i < 20; i++) kept.store.flush();
  assertEquals([count("messages"), count("talks"), count("conversations")], [100, 200, 100]);
  // One that is taken back, too.
  kept.history.remove(ids.at(-1)!);
  kept.store.flush();
  assertEquals([count("messages"), count("talks"), count("conversations")], [99, 198, 99]);
});

/** All statements on the history, and how SQLite carries one out. */
function statementsOf({ store: { db } }: Kept): { texts: string[]; planOf: (sql: string) => string[] } {
  const texts: string[] = [];
  historyStatements({
    setUp: () => {},
    prepare: (sql: string) => {
      texts.push(sql);
      return db.prepare(sql);
    },
  } as unknown as Database);
  assert(texts.length > 40);
  return { texts, planOf: (sql) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => `${detail}`) };
}

Deno.test("No statement goes through all messages, however many there are", async () => {
  await using kept = new Kept();
  const { texts, planOf } = statementsOf(kept);
  const scans = (sql: string) => planOf(sql).filter((detail) => /^SCAN (?:messages|m)\b/.test(detail));
  // What goes through them in the order of their ids ends with its LIMIT.
  const isBounded = (sql: string) =>
    /FROM messages ORDER BY id LIMIT \?$/.test(sql) && scans(sql)[0] === "SCAN messages";
  assertEquals(texts.filter((sql) => scans(sql).length > 0 && !isBounded(sql)), []);
});

Deno.test("How a talk goes on is looked up, however many nicks somebody has had in it", async () => {
  await using kept = new Kept();
  const { texts, planOf } = statementsOf(kept);
  const lookUps = texts.filter((sql) => sql.includes("INDEXED BY talks_by_conversation")).flatMap(planOf)
    .filter((detail) => detail.includes("talks_by_conversation")).map((detail) => detail.slice(detail.indexOf("(")));
  assertEquals([...new Set(lookUps)].sort(), [
    "(conversation=? AND identity=? AND last=?)",
    "(conversation=? AND identity=? AND last>?)",
    // Those nicks are read themselves, and no more than a LIMIT of them.
    "(conversation=? AND identity=?)",
  ]);
});

Deno.test("A msgid stands for its id, and nothing else is one", () => {
  const id = firstId(Date.parse("2026-11-25T12:00:00Z")) + 7;
  assertEquals(parseMsgid(msgid(id)), id);
  for (const text of ["", "0", "-1", "x y", "ABC", "1e3.", " 12", "zzzzzzzzzzzzzzzz"]) {
    assertEquals(parseMsgid(text), undefined, text);
  }
});

Deno.test("A full disk or a file that became read-only loses nothing: it is told once, and written when that is possible", async () => {
  for (
    const [fault, repair, why] of [
      ["PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", /database or disk is full/],
      ["PRAGMA query_only = 1", "PRAGMA query_only = 0", /attempt to write a readonly database/],
    ] as const
  ) {
    const folder = await Deno.makeTempDir();
    {
      await using kept = new Kept(`${folder}/tea.db`);
      kept.store.flush();
      kept.store.db.exec(fault);
      for (let i = 0; i < 100; i++) kept.say(`message ${i} `.repeat(100));
      kept.store.flush();
      kept.store.flush();
      assertEquals(kept.log.length, 1);
      assertMatch(kept.log[0], why);
      assertMatch(kept.log[0], /^cannot write .*tea\.db: .*; what is said is kept in memory and written when/);
      assertEquals(kept.texts({ limit: 200 }).length, 100, "told all the while");
      kept.store.db.exec(repair);
      kept.store.flush();
      assertMatch(kept.log[1], /tea\.db is written again$/);
    }
    const db = new DatabaseSync(`${folder}/tea.db`);
    assertEquals(db.prepare("SELECT count(*) AS n FROM messages").get()!.n, 100);
    db.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("In memory only so many bytes are kept, whatever the messages are like", async () => {
  const bytes = 1_048_576;
  await using kept = new Kept(":memory:", { most: { messages: 50_000, bytes } });
  const pages = () => Number(kept.store.db.prepare("PRAGMA page_count").get()!.page_count) * 4096;
  const random = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => String.fromCodePoint(0x4e00 + (from * 7919 + i * 104_729) % 20_000)).join(
      "",
    );
  for (let i = 0; i < 600; i++) {
    kept.say(random(i, 2_000), { tags: { "+x": random(i + 1, 1_000) } });
    if (i % 20 === 0) { for (let j = 0; j < 10; j++) kept.store.flush(); }
  }
  kept.say("the last");
  for (let i = 0; i < 50; i++) kept.store.flush();
  assert(pages() < 3 * bytes, `${pages()} bytes`);
  assertEquals(kept.texts({ limit: 1, latest: true }), ["the last"]);
  assert(kept.count > 10);
  // What is deleted counts no more: small ones are kept again.
  for (let i = 0; i < 1_000; i++) kept.say(`${i}`);
  for (let i = 0; i < 50; i++) kept.store.flush();
  assert(kept.count >= 1_000);
});

Deno.test("What waits for a database that can't be written is bounded in bytes, and nothing of it is lost", async () => {
  await using kept = new Kept();
  kept.store.flush();
  kept.store.db.exec("PRAGMA query_only = 1");
  const text = "x".repeat(10_000);
  const entry = { conversation: "#tea", command: "PRIVMSG", source: "a!a@b", sender: "guest:a", target: "#tea", text };
  let count = 0;
  while (kept.history.add({ id: firstId(kept.now) + count, ...entry })) count++;
  const most = 16 * 1_048_576 / 20_000;
  assert(count > most * 0.9 && count <= most, `${count}`);
  assertEquals([kept.history.isFull, kept.history.add({ id: firstId(kept.now) + count, ...entry })], [true, false]);
  assertEquals(kept.log.filter((line) => line.includes("is refused until")).length, 1);
  assertEquals(kept.texts({ limit: 100_000 }).length, count);
  kept.store.db.exec("PRAGMA query_only = 0");
  // A change at once comes after all that waits, however many transactions that takes.
  kept.store.transact(() => {});
  assertEquals([kept.count, kept.history.isFull], [count, false]);
});

Deno.test("What is to be deleted is refused where it can't be, and not said to be gone", async () => {
  await using kept = new Kept();
  const ids = Array.from({ length: 1_001 }, (_, i) => kept.say(`${i}`));
  while (kept.history.hasMore) kept.store.flush();
  kept.store.db.exec("PRAGMA query_only = 1");
  kept.history.remove(ids[0]);
  kept.store.flush();
  assertEquals(ids.slice(1).map((id) => kept.history.remove(id)).filter((isRemoved) => !isRemoved).length, 1);
  kept.store.db.exec("PRAGMA query_only = 0");
  kept.store.flush();
  assertEquals(kept.texts({ limit: 10 }), ["1000"]);
});

Deno.test("A clock that jumps ahead deletes nothing, in a running room and over a restart, until it is right for an hour", async () => {
  const folder = await Deno.makeTempDir();
  const [day, year] = [86_400_000, 365 * 86_400_000];
  const options = { keep: 90 * day };
  const flush = (kept: Kept) => {
    kept.history.expire();
    for (let i = 0; i < 3; i++) kept.store.flush();
  };
  {
    await using kept = new Kept(`${folder}/tea.db`, options);
    kept.say("kept");
    flush(kept);
    kept.now += year;
    flush(kept);
    assertEquals([kept.count, kept.texts({ limit: 9 })], [1, ["kept"]]);
    kept.pass(3_000_000);
    flush(kept);
    assertEquals(kept.count, 1);
  }
  // Several starts with that clock are none that lasted for an hour.
  for (let i = 0; i < 3; i++) {
    await using kept = new Kept(`${folder}/tea.db`, options);
    kept.now += year;
    flush(kept);
    kept.pass(3_000_000);
    flush(kept);
    assertEquals([kept.count, kept.texts({ limit: 9 })], [1, ["kept"]]);
    assertEquals(kept.log.filter((line) => /the clock is 36[45] days ahead/.test(line)).length, 1);
    // Set back, it goes on as if nothing had been.
    kept.now -= year;
    kept.say("later");
    kept.history.remove(kept.say("gone"));
    flush(kept);
    assertEquals(kept.count, 2);
    kept.history.remove(done(kept.history.range(["#tea"], { limit: 1, latest: true }))[0]);
    flush(kept);
  }
  // A room that was closed for a year.
  let now = Date.parse("2027-01-01T12:00:00Z");
  await using kept = new Kept(`${folder}/tea.db`, { ...options, now: () => now });
  flush(kept);
  assertEquals(kept.count, 1);
  now += 3_700_000;
  kept.uptime += 3_700_000;
  flush(kept);
  flush(kept);
  assertEquals(kept.count, 0);
  await Deno.remove(folder, { recursive: true });
});

/** Goes on for so many hours, in milliseconds, in each of which old messages are looked for. */
function passHours(kept: Kept, time: number): void {
  for (let hour = 3_600_000, left = time; left > 0; left -= hour) {
    kept.pass(Math.min(hour, left));
    kept.history.expire();
    for (let i = 0; i < 3; i++) kept.store.flush();
  }
}

Deno.test("What was said while the clock was far behind is kept for as long as anything else, in a new room or one with a past", async () => {
  const folder = await Deno.makeTempDir();
  const [hour, day] = [3_600_000, 86_400_000];
  const options = { keep: 30 * day };
  for (const hasPast of [false, true]) {
    const file = `${folder}/${hasPast}.db`;
    {
      await using kept = new Kept(file, options);
      if (hasPast) {
        kept.now += 300 * day;
        kept.say("before");
        passHours(kept, hour);
        kept.now -= 300 * day;
      }
      // Ids go on from the last one, with the true times beside them.
      const said = (text: string) => kept.say(text, hasPast ? { time: kept.now } : {});
      said("behind");
      passHours(kept, hour / 4);
      said("as well");
      kept.now += 400 * day;
      passHours(kept, 3 * hour);
      kept.say("put right");
      passHours(kept, 26 * day);
      assertEquals(kept.texts({ limit: 9 }), [...hasPast ? ["before"] : [], "behind", "as well", "put right"]);
      assertEquals(kept.history.clock.isRight, true);
    }
    // Also after a restart, which is not when the clock was behind.
    await using kept = new Kept(file, options, Date.parse("2026-01-01T12:00:00Z") + 400 * day + 27 * day);
    passHours(kept, 2 * day);
    assertEquals(kept.texts({ limit: 9 }).slice(-3), ["behind", "as well", "put right"]);
    kept.now += 2 * day;
    passHours(kept, 2 * hour);
    assertEquals([kept.count, kept.texts({ limit: 9 })], [0, []]);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("What was said while the clock was far behind is kept for as long as anything else, though the room was closed before it was put right", async () => {
  const folder = await Deno.makeTempDir();
  const [hour, day] = [3_600_000, 86_400_000];
  const right = Date.parse("2026-01-01T12:00:00Z");
  for (const isRightAtStart of [false, true]) {
    const file = `${folder}/${isRightAtStart}.db`;
    const open = (now: number) => new Kept(file, { keep: 30 * day }, now);
    {
      await using kept = open(right);
      kept.say("before");
      passHours(kept, hour);
    }
    // A machine without a battery begins each time with the same clock, or goes on with it.
    for (const [text, since] of [["behind", 0], ["behind again", -1_000], ["still behind", hour]] as const) {
      await using kept = open(right - 1_000 * day + since);
      kept.say(text, { time: kept.now });
      passHours(kept, hour / 4);
    }
    {
      await using kept = open(right + 3 * hour - (isRightAtStart ? 0 : 1_000 * day));
      passHours(kept, hour / 4);
      kept.now = right + 4 * hour;
      passHours(kept, 3 * hour);
      assertEquals(kept.history.clock.isRight, true);
      passHours(kept, 29 * day);
      assertEquals(kept.texts({ limit: 9 }), ["before", "behind", "behind again", "still behind"]);
    }
    await using kept = open(right + 30 * day);
    passHours(kept, 2 * day);
    assertEquals([kept.count, kept.texts({ limit: 9 })], [0, []]);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("What is said after the clock was set right is kept no longer, though the room is closed for months later", async () => {
  const folder = await Deno.makeTempDir();
  const [hour, day] = [3_600_000, 86_400_000];
  const right = Date.parse("2026-01-01T12:00:00Z");
  const open = (now: number) => new Kept(`${folder}/tea.db`, { keep: 30 * day }, now);
  {
    await using kept = open(right + hour);
    kept.say("while it was an hour ahead");
    passHours(kept, hour);
  }
  {
    await using kept = open(right + hour);
    passHours(kept, 3 * hour);
    kept.say("after");
    passHours(kept, hour);
  }
  await using kept = open(right + 90 * day);
  passHours(kept, 3 * hour);
  assertEquals([kept.count, kept.texts({ limit: 9 })], [0, []]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Where a machine is suspended each night, messages are deleted no later than by that night", async () => {
  const [hour, day] = [3_600_000, 86_400_000];
  await using kept = new Kept(":memory:", { keep: 30 * day });
  for (let i = 0; i < 60; i++) {
    kept.say(`${i}`);
    passHours(kept, 16 * hour);
    kept.now += 8 * hour;
    kept.history.clock.time;
    if (i < 31) continue;
    // 30 days and 16 hours old, or 24 hours less.
    const [oldest] = kept.texts({ limit: 1 });
    assertEquals([oldest === `${i - 30}` || oldest === `${i - 29}`, kept.count], [true, i + 1 - Number(oldest)]);
  }
});

Deno.test("A jump that can't be noted in the database is not believed, so that nothing is deleted before it is", async () => {
  const [hour, day] = [3_600_000, 86_400_000];
  await using kept = new Kept(":memory:", { keep: 30 * day });
  kept.say("behind");
  kept.store.flush();
  kept.now += 400 * day;
  kept.store.db.exec("ALTER TABLE clock_spans RENAME TO damaged");
  passHours(kept, 5 * hour);
  assertEquals([kept.history.clock.isRight, kept.texts({ limit: 9 })], [false, ["behind"]]);
  kept.store.db.exec("ALTER TABLE damaged RENAME TO clock_spans");
  kept.say("later");
  for (let i = 0; i < 3; i++) kept.store.flush();
  assertEquals([kept.history.clock.isRight, kept.texts({ limit: 9 })], [true, ["behind", "later"]]);
});

Deno.test("What is said after the clock was set back is told with its true time, in its order, and expires by that", async () => {
  const day = 86_400_000;
  await using kept = new Kept(":memory:", { keep: 90 * day });
  const start = kept.now;
  const id = kept.say("before");
  kept.say("while it was ahead", { id: firstId(start + 365 * day) });
  const later = { id: firstId(start + 365 * day) + 1, time: start + 1_000 };
  kept.say("after", later);
  const told = () =>
    done(kept.history.range(["#tea"], { limit: 9 })).map((id) => {
      const entry = kept.history.find(id)!;
      return [entry.text, toEvent(entry).time];
    });
  const expected = [["before", timeOf(id)], ["while it was ahead", start + 365 * day], ["after", start + 1_000]];
  assertEquals(told(), expected);
  kept.store.flush();
  assertEquals(told(), expected);
  kept.pass(91 * day);
  kept.history.expire();
  for (let i = 0; i < 4; i++) kept.store.flush();
  assertEquals(told(), expected.slice(1, 2));
});

Deno.test("While the clock is centuries ahead all is kept, in its order and with its times, and the file can be opened again", async () => {
  const folder = await Deno.makeTempDir();
  const texts = ["in time", "ahead", "further", "in time again", "after a restart"];
  const start = Date.parse("2026-01-01T12:00:00Z");
  const times = [start, Date.UTC(2240, 0, 1), Date.UTC(2426, 0, 1), start + 1_000, start + 2_000];
  const records: MessageRecord[] = [];
  for (const steps of [[0, 1, 2, 3], [4]]) {
    await using kept = new Kept(`${folder}/tea.db`);
    let { last } = kept.history;
    for (const i of steps) {
      last = nextId(last, times[i]);
      kept.say(texts[i], { id: last, time: times[i] });
      records.push(kept.last!);
      kept.store.flush();
    }
    const told = done(kept.history.range(["#tea"], { limit: 9 })).map((id) => kept.history.find(id)!);
    assertEquals(told.map(({ text }) => text), texts.slice(0, records.length));
    assertEquals(told.map((record) => toEvent(record).time), times.slice(0, records.length));
    assertEquals(told.map(({ id }) => parseMsgid(msgid(id))), records.map(({ id }) => id));
    assertEquals(kept.log, []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("What could never be written is named as lost", async () => {
  const kept = new Kept();
  kept.store.flush();
  kept.store.db.exec("PRAGMA query_only = 1");
  kept.say("lost");
  await kept[Symbol.asyncDispose]();
  assertMatch(kept.log.at(-1)!, /what was not written to :memory: is lost/);
});

Deno.test("Settings of a channel, and who was in, outlive its members", async () => {
  const { KeptChannels } = await import("./channels.ts");
  const { Channel } = await import("../room/channel.ts");
  const store = new Store(":memory:");
  const keptChannels = new KeptChannels(store);
  const channel = new Channel("#Tea", 1_000);
  keptChannels.changed(channel);
  store.flush();
  assertEquals(keptChannels.find("#tea"), undefined, "nothing to keep");
  channel.topic = { text: "oolong", by: "alice!a@b", at: 2_000 };
  channel.flags.add("m");
  channel.addMask("b", parseMask("*!*@spam")!, "alice!a@b", 3_000);
  keptChannels.changed(channel);
  const settings = channel.settings;
  assertEquals(keptChannels.find("#TEA"), settings, "not written yet");
  store.flush();
  assertEquals(new Channel("#tea", 9_000, keptChannels.find("#TEA")).settings, settings);
  await store.close();
});
