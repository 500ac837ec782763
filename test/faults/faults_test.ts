/**
 * Faults of the machine: a full disk, no file descriptors, a process that is killed or stopped, a thread that ends, a
 * database file that is removed. Afterwards every acknowledged message is there, once, and the room goes on.
 *
 *     deno task faults
 *     FAULTS_STOP=5 deno task faults    for a pause of 5 s instead of a minute
 *
 * @module
 */

import { assert, assertEquals, assertGreater, AssertionError, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { parse } from "../../protocol.ts";
import { random } from "../../server/testing.ts";
import { openFolder, openRoom, type Person, type Room, skipped, until } from "../room.ts";
import { canMount, openDisk } from "./disk.ts";
import { boundThreads, canBoundThreads } from "./threads.ts";

const MEBIBYTE = 1 << 20;

/** How often a server is killed in the middle of talk. */
const KILLS = 30;
/** A disk that is full for a while, in MiB: all that may wait for it meanwhile fits in twice, once into the log. */
const DISK = 192;
/** What may be lost when it is killed, as the README promises: what was said in the last moment. Milliseconds. */
const MOMENT = 200;
/** After how long without work the runtime ends threads, and a little more. Milliseconds. */
const THREADS_END = 15_000;
/** How long a server is stopped, in seconds. */
const STOP = Number(Deno.env.get("FAULTS_STOP") ?? 60);

const CAPS = "echo-message labeled-response batch message-tags server-time draft/chathistory draft/message-redaction";

/** Says something and waits until the server has acknowledged it; gives its msgid. */
async function says(person: Person, channel: string, text: string): Promise<string> {
  await person.send(`@label=x PRIVMSG ${channel} :${text}`);
  return parse(await person.sees(/^@\S*label=x/)).tags.msgid;
}

/** What a channel's history holds, the texts in their order; the last 1,000. */
async function remembered(room: Room, channel: string): Promise<string[]> {
  const reader = await room.person(`reader${Math.floor(performance.now())}`, { caps: CAPS, join: channel });
  await reader.send(`CHATHISTORY LATEST ${channel} * 1000`);
  await reader.sees(/ BATCH \+\S+ chathistory /);
  const texts: string[] = [];
  for (let line = await reader.next(); line !== undefined; line = await reader.next()) {
    const { command, params } = parse(line);
    if (command === "BATCH") break;
    texts.push(params[1]);
  }
  await reader.send("QUIT");
  await reader.rest();
  return texts;
}

/** Removes a message when it has been written: the log is then copied and emptied, for which there is a thread. */
async function removes(person: Person, channel: string, msgid: string): Promise<void> {
  await delay(MOMENT);
  await person.send(`REDACT ${channel} ${msgid}`);
  await person.sees(/ REDACT /);
}

/** Ends a server as nothing in it can prevent. */
async function killed(room: Room): Promise<void> {
  room.kill("SIGKILL");
  await room.ended();
}

Deno.test("a server that is killed in the middle of talk has all that was acknowledged, once", async () => {
  await using folder = await openFolder();
  const db = `${folder.path}/teahouse.db`;
  const next = random(1);
  let lost = 0, acknowledged = 0;
  for (let n = 0; n < KILLS; n++) {
    const channel = `#kill${n}`;
    const said: string[] = [];
    let isOver = false;
    {
      await using room = await openRoom(["--flood-limit", "0", "--db", db], { page: false });
      const alice = await room.person("alice", { caps: CAPS, join: channel });
      const talk = (async () => {
        for (let i = 0; i < 900 && !isOver; i++) {
          await says(alice, channel, `${i}`);
          said.push(`${i}`);
          await delay(next() * 3);
        }
      })().catch(() => {});
      await delay(100 + next() * 400);
      isOver = true;
      await killed(room);
      await talk;
    }
    await using room = await openRoom(["--db", db], { page: false });
    const texts = await remembered(room, channel);
    assertEquals(texts.length, new Set(texts).size, "something is there twice");
    acknowledged += said.length;
    lost += said.filter((text) => !texts.includes(text)).length;
  }
  console.log(`${KILLS} times killed: of ${acknowledged} lines acknowledged ${lost} lost`);
  assertGreater(acknowledged, KILLS * 10);
  assertEquals(lost, 0);
});

Deno.test(
  "a disk that is full stops nobody, takes no more memory than it may, and what was said is written when there is room" +
    skipped(canMount ? [] : ["a kernel that lets us mount"]),
  { ignore: !canMount },
  async () => {
    await using folder = await openFolder();
    await using disk = await openDisk(folder.path, DISK);
    const flags = ["--flood-limit", "0", "--db", `${folder.path}/teahouse.db`];
    const said = Array.from({ length: 50 }, (_, i) => `said while the disk is full ${i}`);
    {
      await using room = await openRoom(flags, { page: false, inside: disk.inside });
      const alice = await room.person("alice", { caps: CAPS, join: "#tea,#noise" });
      const bob = await room.person("bob", { join: "#tea" });
      // Something else fills the disk.
      await Deno.writeFile(`${disk.seen}/ballast`, new Uint8Array((DISK + 16) * MEBIBYTE)).catch(() => {});
      const before = room.memory;
      for (const text of said) await says(alice, "#tea", text);
      await room.logs(/cannot write .*full/);
      await bob.sees(`:alice!alice@127.0.0.1 PRIVMSG #tea :${said.at(-1)}`);
      // 250 MB, and nowhere to put them.
      const noise = `@+x=${"x".repeat(4_000)} PRIVMSG #noise :${"x".repeat(400)}`;
      for (let i = 0; i < 560; i++) {
        await alice.send(...Array(100).fill(noise));
        await alice.everything();
      }
      assertLess(room.memory - before, 200 * MEBIBYTE, "bytes more");
      await Deno.remove(`${disk.seen}/ballast`);
      await room.logs(/is written again/);
      await says(alice, "#tea", "said when there is room again");
      await room.servesNewcomers();
    }
    await using room = await openRoom(flags, { page: false, inside: disk.inside });
    assertEquals(await remembered(room, "#tea"), [...said, "said when there is room again"]);
  },
);

Deno.test("a table of files that is full stops nobody who is there: they talk, remove what they said, and are remembered", async () => {
  await using folder = await openFolder();
  const flags = ["--flood-limit", "0", "--db", `${folder.path}/teahouse.db`];
  {
    await using room = await openRoom(flags, { openFiles: 64 });
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    const msgid = await says(alice, "#tea", "to be removed");
    const conns = [];
    for (let i = 0; i < 80; i++) conns.push(await room.connect());
    await room.logs(/cannot accept connections/);
    await removes(alice, "#tea", msgid);
    await says(alice, "#tea", "kept");
    await bob.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :kept");
    await delay(1_000);
    await says(alice, "#tea", "kept as well");
    for (const conn of conns) conn.close();
    await room.servesNewcomers();
  }
  await using room = await openRoom(flags, { page: false });
  assertEquals(await remembered(room, "#tea"), ["kept", "kept as well"]);
});

Deno.test(
  `where no thread can be made any more, a quiet room goes on with everybody, and shows its page${
    skipped(canBoundThreads ? [] : ["a control group for threads"])
  }`,
  { ignore: !canBoundThreads },
  async () => {
    await using folder = await openFolder();
    await using room = await openRoom(["--flood-limit", "0", "--db", `${folder.path}/teahouse.db`]);
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    const msgid = await says(alice, "#tea", "to be removed");
    await delay(THREADS_END);
    using _ = boundThreads(room.pid);
    for (let i = 0; i < 3; i++) {
      const response = await fetch(await room.page());
      assertEquals([response.status, (await response.text()).includes("<title>")], [200, true]);
    }
    await removes(alice, "#tea", msgid);
    await says(alice, "#tea", "kept");
    await bob.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :kept");
    await room.servesNewcomers();
    assertEquals(await remembered(room, "#tea"), ["kept"]);
  },
);

Deno.test(`a server that is stopped for ${STOP} s goes on with everybody and with all that they said meanwhile`, async () => {
  await using folder = await openFolder();
  await using room = await openRoom(["--db", `${folder.path}/teahouse.db`]);
  const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea", over: "text.ircv3.net" });
  await says(alice, "#tea", "before");
  room.kill("SIGSTOP");
  await alice.send("PRIVMSG #tea :meanwhile");
  await carol.send("PRIVMSG #tea :from the page");
  await delay(STOP * 1_000);
  room.kill("SIGCONT");
  for (const person of [bob, carol]) await person.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :meanwhile");
  await bob.sees(":carol!carol@127.0.0.1 PRIVMSG #tea :from the page");
  await says(alice, "#tea", "after");
  for (const person of [bob, carol]) await person.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :after");
  await room.servesNewcomers();
  const texts = await remembered(room, "#tea");
  assertEquals(texts.toSorted(), ["after", "before", "from the page", "meanwhile"]);
});

/** What becomes of the thread that copies the log: the constructor of a class that takes the place of `Worker`. */
const THREADS: Record<string, { constructor: string; isOnce?: boolean }> = {
  "whose file is not there": { constructor: `super(url + ".missing", options);` },
  "that fails as it begins": {
    constructor: `super("data:application/javascript,throw new Error('a fault of the thread')", options);`,
  },
  "that fails at what it is told": {
    constructor: `super("data:application/javascript,onmessage = () => { throw new Error('a fault') }", options);`,
  },
  "that can't be begun": { constructor: `throw new Error("a fault of the thread");` },
  "that fails once": {
    constructor: `super(globalThis.hasFailed ? url : "data:application/javascript,throw new Error('a fault')", options);
      globalThis.hasFailed = true;`,
    isOnce: true,
  },
  "that ends without a word": {
    constructor: `super(url, options); if (globalThis.hasEnded !== true) setTimeout(() => this.terminate(), 1);
      globalThis.hasEnded = true;`,
    isOnce: true,
  },
};

/** Whether a text is in one of a folder's files. */
async function isInFiles(folder: string, text: string): Promise<boolean> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    const content = await Deno.readFile(`${folder}/${name}`);
    if (new TextDecoder("latin1").decode(content).includes(text)) return true;
  }
  return false;
}

for (const [fault, { constructor, isOnce = false }] of Object.entries(THREADS)) {
  Deno.test(`a thread ${fault} ends nothing else`, async () => {
    await using folder = await openFolder();
    const flags = ["--flood-limit", "0", "--db", `${folder.path}/teahouse.db`];
    const preload = `${folder.path}/preload.js`;
    await Deno.writeTextFile(
      preload,
      `globalThis.Worker = class extends Worker { constructor(url, options) { ${constructor} } };\n`,
    );
    {
      await using room = await openRoom(flags, { page: false, preload });
      const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
      for (let i = 0; i < 5; i++) {
        const msgid = await says(alice, "#tea", `to be removed ${i}`);
        await removes(alice, "#tea", msgid);
        await says(alice, "#tea", `kept ${i}`);
        await delay(100);
      }
      await room.servesNewcomers();
      // The next thread does what the first did not.
      if (isOnce) {
        await until(
          "the files to hold nothing removed",
          async () => !await isInFiles(folder.path, "to be removed") || undefined,
        );
      }
    }
    await using room = await openRoom(flags, { page: false });
    assertEquals(await remembered(room, "#tea"), Array.from({ length: 5 }, (_, i) => `kept ${i}`));
  });
}

/** What is done to the files of a database that is in use. */
const LOSSES: Record<string, (folder: string) => Promise<void>> = {
  async "is deleted"(folder) {
    for (const { name } of [...Deno.readDirSync(folder)]) {
      if (name.startsWith("teahouse.db")) await Deno.remove(`${folder}/${name}`, { recursive: true });
    }
  },
  async "is replaced by another file"(folder) {
    await Deno.writeTextFile(`${folder}/other`, "not a database");
    await Deno.rename(`${folder}/other`, `${folder}/teahouse.db`);
  },
  async "is moved away with its folder"(folder) {
    await Deno.rename(folder, `${folder}-moved`);
    await Deno.mkdir(folder);
  },
};

for (const [loss, lose] of Object.entries(LOSSES)) {
  Deno.test(`a database that ${loss} while it is in use: it is said, and what is said from then on is kept`, async () => {
    await using outer = await openFolder();
    const folder = `${outer.path}/data`;
    await Deno.mkdir(folder);
    const flags = ["--flood-limit", "0", "--db", `${folder}/teahouse.db`];
    {
      await using room = await openRoom(flags, { page: false });
      const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
      await says(alice, "#tea", "before");
      await delay(500);
      const printed = room.log.length;
      await lose(folder);
      const told = await until("a word about the database", async () => {
        await says(alice, "#tea", "meanwhile");
        await delay(200);
        return room.log.slice(printed).find((line) => line.includes("teahouse.db"));
      }, () => room.log.join("\n"));
      assert(told !== undefined);
      for (let i = 0; i < 3; i++) await says(alice, "#tea", `after ${i}`);
      await room.servesNewcomers();
    }
    await using room = await openRoom(flags, { page: false });
    const texts = await remembered(room, "#tea");
    assertEquals(texts.slice(-3), ["after 0", "after 1", "after 2"]);
    if (new Set(texts).size < 4) throw new AssertionError(`Nothing of what was said meanwhile is kept: ${texts}`);
  });
}
