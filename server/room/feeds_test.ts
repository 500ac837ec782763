/** How a channel's feeds are shared by those whose capabilities differ. */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { CAPABILITIES } from "./capabilities.ts";
import { DECIDING_BITS, feedClass } from "./encode.ts";
import { Store } from "../store/store.ts";
import { Visits } from "../store/visits.ts";
import { Chat } from "./chat.ts";
import { Person } from "./person.ts";
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

Deno.test("A person without a session here is a member as any other, and is told nothing", async () => {
  const store = new Store(":memory:");
  const visits = new Visits(store, 0);
  const chat = new Chat({ network: "Tea", motd: [], version: "0" }, { store, visits });
  const alice = chat.connect("10.0.0.1");
  for (const line of ["NICK alice", "USER alice 0 * :alice", "JOIN #tea"]) handleLine(chat, alice, line);
  const channel = chat.channels.find("#tea")!;
  const bob = new Person("10.0.0.2", chat.now());
  bob.setSource({ nick: "bob" });
  visits.begin(bob.visitIdentity, "#tea", 7);
  chat.persons.set("bob", bob);
  channel.add(bob);
  while (alice.outbox.backlog > 0) await alice.outbox.next();
  for (const line of ["NAMES #tea", "PRIVMSG #tea :hello", "MODE #tea +v bob"]) handleLine(chat, alice, line);
  const text = new TextDecoder();
  let seen = "";
  while (alice.outbox.backlog > 0) seen += text.decode((await alice.outbox.next()).value);
  assertMatch(seen, / 353 alice = #tea :@alice bob\r\n/);
  assertMatch(seen, / MODE #tea \+v bob\r\n/);
  chat.removeMember(bob, channel);
  assertEquals([...channel.members.keys()], [alice.person]);
  // They have seen all that was said while they were in.
  assertEquals(visits.lastSeen(bob.visitIdentity, "#tea"), chat.lastMessage);
  alice.close("over");
  await store.close();
});
