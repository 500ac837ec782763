import { assert, assertEquals } from "@std/assert";
import type { CallRecord, TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import { type CallStorage, KeptCalls, MOST } from "./kept_calls.ts";

/** A browser's storage, for its tabs. */
class Store implements CallStorage {
  text: string | null = null;
  getItem = () => this.text;
  setItem = (_: string, text: string) => void (this.text = text);
  removeItem = () => void (this.text = null);
}

const DAY = 86_400_000;

function called(time: number, call: CallRecord, from = "bob"): TalkLine {
  const isLive = { private: false, mention: false, history: false };
  return { kind: "call", time, from, text: "", own: false, ...isLive, call, reactions: new Map() };
}

function said(time: number, msgid: string): TalkLine {
  const line = { from: "bob", text: msgid, own: false, private: true, mention: false, history: false };
  return { kind: "message", time, msgid, ...line, reactions: new Map() };
}

/** A tab of somebody, with these talks. */
function tab(store: Store, ...names: string[]) {
  const talks = new Map<string, Talk>();
  const open = (name: string) => {
    const talk = talks.get(name) ?? new Talk(name, name.startsWith("#") ? "channel" : "private");
    talks.set(name, talk);
    return talk;
  };
  for (const name of names) open(name);
  const kept = new KeptCalls(() => store, "calls");
  const coming = new Set<Talk>();
  const isBringing = (talk: Talk) => coming.has(talk);
  const sync = (person = "alice", now = 2_000) => kept.sync({ talks: talks.values(), open, isBringing }, person, now);
  const lines = (name: string) => talks.get(name)?.lines.map(({ call, text }) => call?.what ?? text);
  return { talks, open, coming, sync, lines };
}

Deno.test("what a talk tells of calls is there on another day, in its place among what was said", () => {
  const store = new Store();
  const one = tab(store, "#tea", "bob");
  one.open("#tea").append(called(1_000, { what: "began" }));
  one.open("#tea").append(called(1_500, { what: "ended", lasted: 500 }));
  one.open("bob").append(called(1_200, { what: "missed" }));
  assertEquals(one.sync(), false);

  const next = tab(store, "#tea", "bob");
  const bob = next.open("bob");
  bob.complete = true;
  bob.insert([said(1_100, "before"), said(1_300, "after")]);
  assertEquals(next.sync("alice", DAY), true);
  assertEquals(next.lines("#tea"), ["began", "ended"]);
  assertEquals(next.open("#tea").lines[1].call, { what: "ended", lasted: 500 });
  assertEquals(next.lines("bob"), ["before", "missed", "after"]);
  assertEquals(next.sync("alice", DAY), false);
  // A month later it is gone, and it was never anybody else's.
  const late = tab(store, "bob");
  assertEquals(late.sync("alice", MOST.age + 2_000), false);
  const other = tab(store, "bob");
  assertEquals([other.sync("mallory"), other.lines("bob")], [false, []]);
});

Deno.test("a call that was missed opens its talk, unread until it was read, unless the person has closed it", () => {
  const store = new Store();
  const one = tab(store, "bob");
  one.open("bob").append(called(1_000, { what: "missed" }));
  one.sync();
  const next = tab(store);
  assertEquals(next.sync(), true);
  assertEquals([next.lines("bob"), next.open("bob").mentions], [["missed"], 1]);
  next.open("bob").markRead();
  next.sync();
  const read = tab(store);
  read.sync();
  assertEquals([read.lines("bob"), read.open("bob").unread], [["missed"], 0]);
  // Another tab, where it stays open, does not open it for the next one.
  next.sync();
  read.talks.delete("bob");
  read.sync();
  next.sync();
  const closed = tab(store);
  closed.sync();
  assertEquals(closed.lines("bob"), undefined);
  // It is there when the talk is opened again.
  closed.open("bob");
  assertEquals(closed.sync(), true);
  assertEquals(closed.lines("bob"), ["missed"]);
});

Deno.test("a call is told once in two tabs that know of it, waits for the history, and goes no further back than that", () => {
  const store = new Store();
  const one = tab(store, "bob"), other = tab(store, "bob");
  one.open("bob").append(called(10_000, { what: "call", lasted: 3_000 }));
  other.open("bob").append(called(10_040, { what: "call", lasted: 3_040 }));
  one.sync();
  other.sync();
  one.sync();
  assertEquals([one.lines("bob"), other.lines("bob")], [["call"], ["call"]]);
  const next = tab(store, "bob");
  const bob = next.open("bob");
  next.coming.add(bob);
  assertEquals(next.sync(), false);
  next.coming.clear();
  bob.insert([said(20_000, "late"), said(21_000, "later")]);
  assertEquals(next.sync(), false);
  assertEquals(next.lines("bob"), ["late", "later"]);
  bob.insert([said(9_000, "early")]);
  assertEquals(next.sync(), true);
  assertEquals(next.lines("bob"), ["early", "call", "late", "later"]);
});

Deno.test("a talk that is renamed takes its calls with it", () => {
  const store = new Store();
  const one = tab(store, "bob");
  const talk = one.open("bob");
  talk.append(called(1_000, { what: "declined" }));
  one.sync();
  talk.name = "robert";
  talk.version++;
  one.sync();
  const next = tab(store, "bob", "robert");
  next.sync();
  assertEquals([next.lines("bob"), next.lines("robert")], [[], ["declined"]]);
});

Deno.test("at most 64 KiB of calls are kept, the last ones, and what is no call is passed over", () => {
  const store = new Store();
  const one = tab(store, "bob");
  for (let i = 0; i < 2_000; i++) one.open("bob").append(called(i * 10_000, { what: "unanswered" }));
  one.sync("alice", 20_000_000);
  assert(2 * store.text!.length <= MOST.bytes && store.text!.length > MOST.bytes / 4);
  assert(store.text!.includes('"time":19990000') && !store.text!.includes('"time":10000,'));
  const odd = [null, 1, {}, { talk: "bob", name: "bob", time: "1", from: "bob", own: false, call: { what: "call" } }, {
    talk: "bob",
    name: "bob",
    time: 1,
    from: "bob",
    own: false,
    call: { what: "constructor" },
  }, { talk: "a b", name: "a b", time: 1, from: "bob", own: false, call: { what: "call" } }];
  for (const calls of [odd, "calls", undefined]) {
    store.text = JSON.stringify({ person: "alice", calls });
    const next = tab(store, "bob");
    assertEquals([next.sync(), next.lines("bob")], [false, []]);
  }
  store.text = "{";
  assertEquals(tab(store, "bob").sync(), false);
});
