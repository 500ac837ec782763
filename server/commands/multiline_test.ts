/** Messages of several lines, for those who can show them as one, for others, and from the history. */

import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { nextTurn } from "../turns/loop.ts";
import { Room, sessionOf, withHistory } from "../testing.ts";

const HOST = "127.0.0.1";
const CAPS = "batch message-tags draft/multiline labeled-response";

/** Resolves when something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

Deno.test("What is said to several waits for each until that may be kept, in its order, and is then told whole", () =>
  withHistory(async (room) => {
    const people = [];
    for (const nick of ["bob", "carol", "dave"]) people.push(await room.person(nick));
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const session = sessionOf(room.chat, "alice");
    const [asked, kept, waits]: [number[], number[], (() => void)[]] = [[], [], []];
    let isOwing = false;
    session.affords = (bytes) => {
      asked.push(bytes);
      return isOwing ? new Promise((resolve) => waits.push(resolve)) : undefined;
    };
    session.onKept = (bytes) => void kept.push(bytes);
    const sum = (list: number[]) => list.splice(0).reduce((sum, n) => sum + n, 0);
    const batch = ["BATCH +1 draft/multiline bob,carol,dave", "@batch=1 PRIVMSG bob,carol,dave :one"];
    batch.push(`@batch=1 PRIVMSG bob,carol,dave :${"two ".repeat(90)}`, "BATCH -1");
    for (const lines of [["PRIVMSG bob,carol :hi"], batch, ["@+draft/react=x TAGMSG #tea"], ["TOPIC #tea :brewed"]]) {
      await alice.send(...lines);
      await alice.everything();
      assertGreaterOrEqual(sum(asked), sum(kept), lines[0]);
    }
    for (const person of people) await person.everything();
    isOwing = true;
    await alice.send("PRIVMSG bob,carol,dave :later", "PING behind");
    for (const person of people) {
      await until(() => waits.length > 0);
      waits.shift()!();
      await person.sees(/ PRIVMSG \w+ :later$/);
    }
    await alice.sees(/ PONG .*behind/);
    assertEquals(waits.length, 0);
  }));

Deno.test("A message of several lines is one for those who can show it, and lines for others, when said and later", () =>
  withHistory(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    const carol = await room.person("carol", { join: "#tea" });
    await alice.send(
      "BATCH +1 draft/multiline #tea",
      "@batch=1 PRIVMSG #tea :one",
      "@batch=1 PRIVMSG #tea :",
      "@batch=1 PRIVMSG #tea :two, ",
      "@batch=1;draft/multiline-concat PRIVMSG #tea :and more",
      "BATCH -1",
    );
    await alice.everything();
    const open = await bob.sees(/ BATCH \+\S+ draft\/multiline #tea$/);
    const batch = / BATCH \+(\S+)/.exec(open)![1];
    assertMatch(open, /^@msgid=\w+ :alice!alice@127\.0\.0\.1 BATCH /);
    const from = `:alice!alice@${HOST} PRIVMSG #tea`;
    assertEquals(await bob.everything(), [
      `@batch=${batch} ${from} :one`,
      `@batch=${batch} ${from} :`,
      `@batch=${batch} ${from} :two, `,
      `@batch=${batch};draft/multiline-concat ${from} :and more`,
      `:alice!alice@${HOST} BATCH -${batch}`,
    ]);
    const fallback = [`${from} :one`, `${from} :two, `, `${from} :and more`];
    assertEquals(
      (await carol.everything()).filter((line) => line.includes("PRIVMSG")),
      fallback,
    );

    const dave = await room.person("dave", { caps: "batch server-time" });
    await dave.send("JOIN #tea");
    const later = (await dave.everything()).filter((line) => line.includes("PRIVMSG"));
    assertEquals(later.map((line) => line.replace(/^@\S+ /, "")), [
      `${from} :one`,
      `${from} :two, and more`,
    ]);
    const erin = await room.person("erin", { caps: `${CAPS} server-time` });
    await erin.send("JOIN #tea");
    const whole = await erin.sees(/ BATCH \+\S+ draft\/multiline #tea$/);
    assertMatch(whole, /^@batch=\w+;time=\S+;msgid=\w+ /);
  }));

Deno.test("Tags that a sender adds to a message of several lines are told once, live and later", () =>
  withHistory(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: "message-tags server-time", join: "#tea" });
    await alice.send(
      `@+x=${"a".repeat(4000)} BATCH +1 draft/multiline #tea`,
      ...Array.from({ length: 32 }, (_, i) => `@batch=1 PRIVMSG #tea :line ${i}`),
      "BATCH -1",
    );
    const carol = await room.person("carol", { caps: "message-tags server-time" });
    await carol.send("JOIN #tea");
    for (const reader of [bob, carol]) {
      const [first, ...rest] = (await reader.everything()).filter((line) => line.includes("PRIVMSG"));
      assertMatch(first, /^@time=\S+;msgid=\w+;\+x=a{4000} :alice!\S+ PRIVMSG #tea :line 0$/);
      assertEquals(rest.length, 31);
      for (const line of rest) assertMatch(line, /^@time=[^; ]+ :alice!\S+ PRIVMSG #tea :line \d+$/);
    }
  }));

Deno.test("A message of too many lines or bytes is refused once, and nobody is told of it", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  for (
    const [count, text, code] of [[33, "x", "MULTILINE_MAX_LINES"], [
      11,
      "y".repeat(400),
      "MULTILINE_MAX_BYTES",
    ]]
  ) {
    const lines = Array.from(
      { length: Number(count) },
      () => `@batch=a PRIVMSG #tea ${text}`,
    );
    await alice.send(
      "@label=L BATCH +a draft/multiline #tea",
      ...lines,
      "BATCH -a",
    );
    const told = await alice.everything();
    assertEquals(told.length, 1);
    assertMatch(
      told[0],
      new RegExp(`^@label=L :Tea\\.local FAIL BATCH ${code} `),
    );
  }
  assertEquals(await bob.everything(), []);
});
