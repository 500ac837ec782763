/** How a channel's feeds are shared by those whose capabilities differ. */

import { assertEquals, assertLess } from "@std/assert";
import { CAPABILITIES } from "./capabilities.ts";
import { DECIDING_BITS, feedClass } from "./encode.ts";
import { Chat } from "./chat.ts";
import { handleLine } from "../commands/mod.ts";

Deno.test("Whatever capabilities there are, a message looks like one of twelve", () => {
  const classes = new Set<number>();
  for (let caps = 0; caps < 1 << 20; caps++) {
    // All sets of those that make any difference there, and of some that make none.
    const names = ["account-tag", "message-tags", "server-time", "draft/multiline", "batch"] as const;
    const rest = DECIDING_BITS.reduce((all, bit, i) => caps & (1 << (i + 5)) ? all | bit : all, caps >> 11);
    classes.add(
      feedClass(names.reduce((all, name, i) => caps & (1 << i) ? all | CAPABILITIES[name] : all, rest & ~0x400501)),
    );
  }
  assertLess(classes.size, 13);
});

Deno.test("250 sets of capabilities in one channel with tags of 4 KB take no more memory than one", async () => {
  const chat = new Chat({ network: "Tea", motd: [], version: "0" });
  const caps = [
    "account-tag",
    "message-tags",
    "server-time",
    "extended-join",
    "away-notify",
    "account-notify",
    "chghost",
    "setname",
  ];
  const people = Array.from({ length: 256 }, (_, i) => {
    const session = chat.connect("host");
    const wished = caps.filter((_, bit) => i & (1 << bit)).join(" ");
    for (const line of [`CAP REQ :${wished}`, `NICK p${i}`, `USER u 0 * :real`, "CAP END", "JOIN #tea"]) {
      handleLine(chat, session, line);
    }
    return session;
  });
  // What came on the way is read by all of them; then some read nothing.
  for (const { outbox } of people) while (outbox.backlog > 0) await outbox.next();
  const talker = people.at(-1)!;
  const before = Deno.memoryUsage().external;
  const tags = "x".repeat(4000);
  for (let i = 0; i < 100; i++) {
    handleLine(chat, talker, `@+t=${tags} PRIVMSG #tea :${i}`);
    while (talker.outbox.backlog > 0) await talker.outbox.next();
  }
  // 100 messages of 4 KB in each of four feeds of those with tags; in a feed of each set it was 60 MB.
  assertLess(Deno.memoryUsage().external - before, 10e6);
  const text = new TextDecoder();
  for (const { outbox, caps } of people) {
    let seen = "";
    while (outbox.backlog > 0) seen += text.decode((await outbox.next()).value);
    if (outbox === talker.outbox) continue;
    assertEquals(
      seen.match(/ PRIVMSG #tea :\d+/g)!.map((line) => line.slice(15)),
      Array.from({ length: 100 }, (_, i) => `${i}`),
    );
    assertEquals(seen.includes(tags), (caps & CAPABILITIES["message-tags"]) !== 0);
  }
  for (const session of people) session.close("over");
  assertEquals(chat.channels.size, 0);
});
