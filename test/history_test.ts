/**
 * The history at length: much of it, and many who read it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { casefold } from "../protocol.ts";
import { type MessageRecord, privateKey } from "../server/store/records.ts";
import { done, Kept } from "../server/store/testing.ts";
import { random } from "../server/testing.ts";

Deno.test("Searches and ranges give what looking through everything gives, while all of it is being written and removed", async () => {
  await using kept = new Kept();
  const next = random(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  const parts = ["tea", "eat", "ate", "x", "zq", "茶", "红", "100%", " ", " ", "lantern", "🎉", "ΣΑΣ", "é"];
  const phrase = (length: number) => Array.from({ length }, () => pick(parts)).join("").trim();
  const channels = Array.from({ length: 30 }, (_, i) => `#c${i}`);
  const all: MessageRecord[] = [];
  const say = () => {
    const target = next() < 0.5 ? "#c0" : pick(channels);
    const isPrivate = next() < 0.05;
    const peer = `guest:${Math.floor(next() * 5)}`;
    kept.say(phrase(1 + Math.floor(next() * 8)), {
      target,
      nick: pick(["alice", "bob"]),
      command: pick(["PRIVMSG", "NOTICE", "TOPIC", "PRIVMSG"]),
      ...(isPrivate ? { conversation: privateKey("account:me", peer), sender: peer, recipient: "account:me" } : {}),
    });
    all.push(kept.last!);
  };
  /** Takes all steps, and now and then something happens between two of them that the answer may not depend on. */
  const meanwhile = <T>(steps: Generator<unknown, T>): T => {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (next() < 0.02) kept.store.flush();
    }
  };
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 130; i++) say();
    if (next() < 0.7) kept.store.flush();
    if (next() < 0.3) kept.history.remove(all.splice(Math.floor(next() * all.length), 1)[0].id);
    for (let i = 0; i < 6; i++) {
      const keys = [...new Set(Array.from({ length: pick([0, 1, 1, 2, 20, 30]) }, () => pick(channels)))];
      const owner = next() < 0.3 ? "account:me" : undefined;
      const [a, b] = [pick(all).id, pick(all).id].sort((a, b) => a - b);
      const range = {
        limit: pick([1, 5, 100, 10_000]),
        latest: next() < 0.5,
        ...(next() < 0.5 ? { after: a } : {}),
        ...(next() < 0.5 ? { before: b } : {}),
      };
      const isWithin = ({ id }: MessageRecord) => id > (range.after ?? 0) && id < (range.before ?? Infinity);
      const cut = (entries: MessageRecord[]) =>
        (range.latest ? entries.slice(-range.limit) : entries.slice(0, range.limit)).map(({ id }) => id);
      const isMessage = ({ command }: MessageRecord) => command !== "TOPIC";

      const events = next() < 0.5;
      const inRange = all.filter((entry) =>
        keys.includes(entry.conversation) && isWithin(entry) && (events || isMessage(entry))
      );
      assertEquals(meanwhile(kept.history.range(keys, { ...range, events })), cut(inRange));

      const text = pick([phrase(1), phrase(2), `${phrase(2)} ${phrase(1)}`, ""]);
      const from = next() < 0.3 ? "BOB" : undefined;
      const words = casefold(text).split(" ").filter((word) => word !== "");
      const found = all.filter((entry) =>
        isMessage(entry) && isWithin(entry) &&
        (keys.includes(entry.conversation) || (owner !== undefined && entry.conversation.includes(owner))) &&
        words.every((word) => casefold(entry.text).includes(word)) &&
        (from === undefined || entry.source.startsWith("bob!"))
      );
      const search = {
        ...range,
        text,
        ...(from === undefined ? {} : { from }),
        ...(owner === undefined ? {} : { identity: owner }),
      };
      const told = meanwhile(kept.history.search(keys, search));
      assertEquals(told, { ids: cut(found), isComplete: true }, JSON.stringify({ keys, ...search }));
    }
  }
});

Deno.test("Many who read at once are each given what they would be given alone", async () => {
  await using kept = new Kept();
  for (let i = 0; i < 4_000; i++) {
    kept.say(`word${i % 10} filler ${i % 3 ? "tea" : "milk"}`, { target: `#c${i % 3}` });
    if (i % 300 === 0) kept.store.flush();
  }
  const { history } = kept;
  const asks = Array.from(
    { length: 12 },
    (_, i) => () =>
      i % 2
        ? history.range([`#c${i % 3}`], { limit: 500, latest: i % 4 === 1 })
        : history.search(["#c0", `#c${i % 3}`], { text: `word${i % 10} tea`, limit: 100, latest: i % 4 === 0 }),
  );
  const alone: unknown[] = asks.map((ask) => done<unknown>(ask()));
  const under = asks.map((ask, i) => ({ i, steps: ask() as Generator<unknown, unknown> }));
  const together: unknown[] = [];
  while (under.length > 0) {
    for (const run of [...under]) {
      const { done, value } = run.steps.next();
      if (!done) continue;
      together[run.i] = value;
      under.splice(under.indexOf(run), 1);
    }
  }
  assertEquals(together, alone);
});

Deno.test("A search that would take too long says that it has given up, and gives what it has found", async () => {
  await using kept = new Kept();
  const first = kept.say("rare");
  // Each holds all parts of a word that none holds.
  for (let i = 0; i < 10_000; i++) {
    kept.say(`abcd bcde cdef ${i}`);
    if (i % 500 === 0) kept.store.flush();
  }
  const ask = (text: string, from?: string) =>
    done(kept.history.search(["#tea"], { text, limit: 50, ...(from === undefined ? {} : { from }) }));
  assertEquals(ask("abcdef"), { ids: [], isComplete: true });
  assertEquals(ask("rare"), { ids: [first], isComplete: true });
  assertEquals(ask("", "nobody"), { ids: [], isComplete: true });
  // Enough to find the rare word in the index, and to look through the up to 499 messages that are not in it; how many these
  // are depends on how much the index had time for. Not enough for 10,000.
  kept.history.effort = 2_000;
  for (let i = 0; i < 20_000 && !ask("rare").isComplete; i++) kept.store.flush();
  assertEquals(ask("abcdef"), { ids: [], isComplete: false });
  assertEquals(ask("rare"), { ids: [first], isComplete: true });
  assertEquals(ask("", "nobody"), { ids: [], isComplete: false });
});
