/**
 * One who does not read: the room neither waits for them nor grows with what they are still to be sent.
 *
 * @module
 */

import { assertEquals, assertLess } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { LineReader } from "../../protocol.ts";
import { isInstalled, openRoom, PATIENCE, type Person, type Room, skipped } from "../room.ts";
import { comesByHand } from "../websocket.ts";

const MEBIBYTE = 1 << 20;

/** 40 MB in all: more than any kernel buffers, and more than memory may grow. */
const TEXT = "Green tea is steeped at eighty degrees and for two minutes, black tea with water that boils. ".repeat(4)
  .trim();

/**
 * Comes in and into #tea, and then only counts. `done` resolves when that many messages have come, all in their order,
 * to the other lines that came.
 */
async function counts(room: Room, nick: string, messages: number): Promise<{ done: Promise<string[]> }> {
  const conn = await room.connect();
  await conn.write(new TextEncoder().encode(`NICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\nJOIN #tea\r\n`));
  const reader = new LineReader();
  const buffer = new Uint8Array(65536);
  const joined = Promise.withResolvers<void>();
  const others: string[] = [];
  const done = (async () => {
    for (let count = 0; count < messages;) {
      const size = await conn.read(buffer);
      if (size === null) throw new Error(`${nick} was cut off after ${count} messages: ${others.slice(-5).join("\n")}`);
      for (const line of reader.push(buffer.subarray(0, size))) {
        if (line === `:alice!alice@127.0.0.1 PRIVMSG #tea :${count} ${TEXT}`) count++;
        else others.push(`${line}`);
        if (`${line}`.includes(" 366 ")) joined.resolve();
      }
    }
    return others;
  })();
  // A failure is told when `done` is awaited.
  done.catch(() => {});
  await Promise.race([joined.promise, done]);
  return { done };
}

/** Comes in and into #tea, and is then stopped, like a laptop that is closed. */
async function fallsAsleep(room: Room, nick: string, witness: Person): Promise<AsyncDisposable> {
  const process = new Deno.Command("nc", {
    args: ["127.0.0.1", `${room.port}`],
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const input = process.stdin.getWriter();
  await input.write(new TextEncoder().encode(`NICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\nJOIN #tea\r\n`));
  await witness.sees(`:${nick}!${nick}@127.0.0.1 JOIN #tea`);
  process.kill("SIGSTOP");
  return {
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      await input.abort();
    },
  };
}

const noNetcat = !await isInstalled("nc");

Deno.test(
  `a member that stops reading is closed for it; all 100,000 messages reach the others in order, and memory stays flat` +
    skipped(noNetcat ? ["nc"] : []),
  { ignore: noNetcat || Deno.build.os !== "linux" },
  async () => {
    // Without what else takes memory: the history and the page.
    const flags = ["--flood-limit", "0", "--max-per-ip", "0", "--keep", "0"];
    await using room = await openRoom(flags, { page: false, preload: "test/collect.ts" });
    const alice = await room.person("alice", { join: "#tea" });
    const warming = 10_000, messages = 100_000;
    const readers = [await counts(room, "bob", warming + messages), await counts(room, "carol", warming + messages)];

    let said = 0;
    let most = 0;
    /** Says that many lines, and gives how long it took, in milliseconds. */
    const say = async (count: number) => {
      const begun = Date.now();
      for (const end = said + count; said < end; said += 500) {
        await alice.send(...Array.from({ length: 500 }, (_, i) => `PRIVMSG #tea :${said + i} ${TEXT}`));
        most = Math.max(most, room.memory);
      }
      await alice.send("PING said");
      await alice.sees(/ PONG .*said$/);
      return Date.now() - begun;
    };
    const warmed = await deadline(say(warming), 2 * PATIENCE);

    await using _dave = await fallsAsleep(room, "dave", alice);
    const before = most = room.memory;
    const took = await deadline(say(messages), 2 * PATIENCE);
    const others: string[][] = await deadline(Promise.all(readers.map(({ done }) => done)), 2 * PATIENCE);
    most = Math.max(most, room.memory);

    for (const lines of others) {
      assertEquals(lines.filter((line) => line.includes(" QUIT ")), [":dave!dave@127.0.0.1 QUIT :SendQ exceeded"]);
    }
    assertLess(most - before, 20 * MEBIBYTE, `${before} bytes before, ${most} at most`);
    // Ten times the lines, and nobody has waited for the one who sleeps.
    assertLess(took, 20 * warmed + 5_000);
    await room.servesNewcomers();
  },
);

Deno.test("a person who does not read is closed for private messages, too, and their sender is not", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice");
  const dave = await room.connect();
  await dave.write(new TextEncoder().encode("NICK dave\r\nUSER dave 0 * :dave\r\n"));
  await room.logs("dave has come in");
  let gone = "";
  for (let i = 0; i < 100 && gone === ""; i++) {
    await alice.send(...Array(2_000).fill(`PRIVMSG dave :${TEXT}`));
    gone = (await alice.everything()).find((line) => line.includes(" 401 alice dave ")) ?? "";
  }
  assertEquals(gone, ":Teahouse.local 401 alice dave :No such nick");
  await room.logs("dave has left (SendQ exceeded)");
  await room.servesNewcomers();
});

Deno.test(
  "a WebSocket that is not read is closed for it, and memory stays flat; all 40,000 messages reach the others",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    await using room = await openRoom(["--flood-limit", "0", "--keep", "0"], { preload: "test/collect.ts" });
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { over: "text.ircv3.net", join: "#tea" });
    const text = "茶".repeat(150);
    const warming = 5_000, messages = 40_000;
    let said = 0;
    let most = 0;
    const say = async (count: number) => {
      for (const end = said + count; said < end; said += 500) {
        await alice.send(...Array.from({ length: 500 }, (_, i) => `PRIVMSG #tea :${said + i} ${text}`));
        most = Math.max(most, room.memory);
      }
    };
    const others: string[] = [];
    const seen = (async () => {
      for (let count = 0; count < warming + messages;) {
        const line = await bob.next();
        if (line === `:alice!alice@127.0.0.1 PRIVMSG #tea :${count} ${text}`) count++;
        else others.push(`${line}`);
      }
    })();
    await say(warming);
    using _dave = await comesByHand(room, "dave");
    const before = most = room.memory;
    await say(messages);
    await seen;
    assertEquals(others, [":dave!dave@127.0.0.1 JOIN #tea", ":dave!dave@127.0.0.1 QUIT :SendQ exceeded"]);
    // 20 MB were not read.
    assertLess(most - before, 14 << 20, `${before} bytes before, ${most} at most`);
    await room.servesNewcomers();
  },
);
