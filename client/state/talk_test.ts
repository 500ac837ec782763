import { assert, assertEquals } from "@std/assert";
import { BOUNDS } from "../bounds.ts";
import type { TalkLine } from "./line.ts";
import { Talk } from "./talk.ts";
import { normalized } from "../testing.ts";

/** A line that alice said, by its msgid, at that second. */
function line(msgid: string, second: number, rest: Partial<TalkLine> = {}): TalkLine {
  return {
    kind: "message",
    time: second * 1000,
    msgid,
    from: "alice",
    text: msgid,
    own: false,
    private: false,
    mention: false,
    history: true,
    reactions: new Map(),
    ...rest,
  };
}

const texts = ({ lines }: Talk) => lines.map(({ text }) => text).join(" ");

Deno.test("Talk.append() takes each line once, and any number without a msgid", () => {
  const talk = new Talk("#tea", "channel");
  const { msgid: _, ...bare } = line("x", 1);
  assertEquals([line("a", 1), line("a", 2), bare, bare].map((line) => talk.append(line)), [true, false, true, true]);
  assertEquals(texts(talk), "a x x");
});

Deno.test("Talk.insert() puts lines where those belong that are there already, else by their time", () => {
  const talk = new Talk("#tea", "channel");
  for (const one of [line("c", 3), line("f", 6)]) talk.append(one);
  assertEquals(talk.insert([line("a", 1), line("b", 2), line("c", 3), line("d", 4)]).map(({ text }) => text), [
    "a",
    "b",
    "d",
  ]);
  talk.insert([line("e", 5), line("f", 6), line("g", 6)]);
  assertEquals(texts(talk), "a b c d e f g");
});

Deno.test("Talk.insert() keeps the server's order of lines of one millisecond", () => {
  const talk = new Talk("#tea", "channel");
  for (const name of ["c", "d"]) talk.append(line(name, 1));
  // Before what is there, and after a line that is known.
  talk.insert([line("a", 1), line("b", 1)]);
  talk.append(line("g", 1));
  talk.insert([line("e", 1), line("f", 1)], { after: "d" });
  assertEquals(texts(talk), "a b c d e f g");
});

Deno.test("Talk.inserting() finds its place again where lines are dropped between its steps", () => {
  const talk = new Talk("#tea", "channel", 4);
  for (const name of ["0", "1", "2", "3"]) talk.append(line(name, 1));
  talk.insert([line("a", 2), line("b", 2)]);
  const steps = talk.inserting([line("c", 2), line("d", 2), line("e", 2)], { after: "b" });
  steps.next();
  talk.append(line("z", 9));
  talk.markRead();
  assertEquals(texts(talk), "a b c z");
  while (!steps.next().done);
  assertEquals(texts(talk), "a b c d e z");
});

Deno.test("Talk drops the oldest past its bound, which may be loaded again; not those that were asked for", () => {
  const talk = new Talk("#tea", "channel", 10);
  talk.complete = true;
  for (let i = 0; i < 11; i++) talk.append(line(`${i}`, i));
  assertEquals([texts(talk), talk.complete, talk.find("1")], ["2 3 4 5 6 7 8 9 10", false, undefined]);
  talk.insert([line("0", 0), line("1", 1)]);
  talk.append(line("11", 11));
  assertEquals(talk.lines.length, 12);
  talk.markRead();
  assertEquals([talk.lines.length, talk.lines[0].text], [10, "2"]);
  // What was missed is not asked for.
  talk.insert(Array.from({ length: 30 }, (_, i) => line(`m${i}`, 20 + i)), { after: "11", isMissed: true });
  assertEquals([talk.lines.length, talk.lines.at(-1)?.text], [9, "m29"]);
});

Deno.test("Talk counts missed lines as unread, and others by the read marker", () => {
  const talk = new Talk("bob", "private");
  const said = (msgid: string, second: number) => line(msgid, second, { private: true });
  talk.insert([said("a", 1), said("b", 2)]);
  assertEquals(talk.unread, 0);
  talk.insert([said("c", 3)], { after: "b", isMissed: true });
  assertEquals([talk.unread, talk.mentions], [1, 1]);
  talk.readUpTo(1_000);
  assertEquals(talk.unread, 2);
  talk.readUpTo(500);
  talk.insert([said("d", 4)]);
  assertEquals(talk.unread, 3);
  talk.readUpTo(4_000);
  assertEquals([talk.unread, talk.mentions], [0, 0]);
  // A server is asked for what was missed from a moment before the mark on: what was read comes again.
  const again = new Talk("bob", "private");
  again.readUpTo(4_000);
  again.insert([said("d", 4), said("e", 5)], { isMissed: true });
  assertEquals([again.unread, again.mentions], [1, 1]);
});

Deno.test("Talk has reactions that look the same as one, and others apart", () => {
  const talk = new Talk("#tea", "channel");
  talk.insert([line("a", 1)]);
  const all: [nick: string, reaction: string][] = [
    ["bob", "❤"],
    ["carol", "❤️"],
    ["dave", "❤︎"],
    ["bob", "☺"],
    ["carol", "☺️"],
    ["bob", "👍"],
    ["carol", "👍🏽"],
    ["bob", "❤‍🔥"],
    ["carol", "❤️‍🔥"],
    ["bob", "1⃣"],
    ["carol", "1️⃣"],
    ["bob", "+1"],
  ];
  for (const [nick, reaction] of all) talk.react("a", reaction, nick, true);
  const shown = [...talk.find("a")!.reactions].map(([reaction, nicks]) => `${reaction} ${[...nicks].join()}`);
  assertEquals(shown, [
    "❤️ bob,carol,dave",
    "☺️ bob,carol",
    "👍 bob",
    "👍🏽 carol",
    "❤️‍🔥 bob,carol",
    "1️⃣ bob,carol",
    "+1 bob",
  ]);
  talk.react("a", "❤", "carol", false);
  assertEquals([...talk.find("a")!.reactions.get("❤️")!], ["bob", "dave"]);
});

Deno.test("Talk counts what was said before a line that is read as read, though a clock was ahead then", () => {
  const said = (msgid: string, second: number) => line(msgid, second, { private: true });
  const lines = [said("a", 1), said("ahead", 9_000), said("b", 2), said("c", 3), said("d", 4)];
  const late = new Talk("bob", "private");
  late.insert(lines);
  late.readUpTo(3_000);
  assertEquals(late.unread, 1);
  // The marker is told first on joining.
  const early = new Talk("bob", "private");
  early.readUpTo(3_000);
  early.insert(lines);
  assertEquals(early.unread, 1);
});

Deno.test("Talk.react() keeps reactions for a line that is loaded later, and within bounds", () => {
  const talk = new Talk("#tea", "channel");
  for (const nick of ["bob", "carol"]) talk.react("a", "👍", nick, true);
  talk.react("a", "👍", "bob", false);
  talk.insert([line("a", 1)]);
  const { reactions } = talk.find("a")!;
  assertEquals([...reactions.get("👍")!], ["carol"]);
  for (let i = 0; i < 100; i++) talk.react("a", `r${i}`, "bob", true);
  assertEquals(reactions.size, BOUNDS.reactions);
  assertEquals([talk.react("a", "", "bob", true), talk.react("a", "x".repeat(41), "bob", true)], [
    undefined,
    undefined,
  ]);
  for (let i = 0; i < 2 * BOUNDS.pending; i++) talk.react(`${i}`, "x", "bob", true);
  talk.insert([line("0", 2), line("999", 3)]);
  assertEquals(["0", "999"].map((msgid) => talk.find(msgid)!.reactions.size), [0, 1]);
});

Deno.test("Talk keeps ten thousand lines in order that come in parts, the last first", () => {
  const talk = new Talk("#tea", "channel");
  for (let page = 20; page > 0; page--) {
    talk.insert(Array.from({ length: 500 }, (_, i) => line(`${page}-${i}`, page * 500 + i)));
  }
  assert(talk.lines.every(({ time }, i) => i === 0 || time > talk.lines[i - 1].time));
});

Deno.test("Talk counts reactions to lines that are not there, and takes no msgid that is longer than one can be", () => {
  const talk = new Talk("#tea", "channel");
  talk.react("m".repeat(BOUNDS.msgid + 1), "👍", "bob", true);
  assertEquals(talk.size, 0);
  for (let i = 0; i < 2 * BOUNDS.pending; i++) talk.react(`${i}`.padEnd(BOUNDS.msgid, "m"), "👍", "bob", true);
  assert(talk.size > BOUNDS.pending * BOUNDS.msgid, `${talk.size}`);
  const { size } = talk;
  talk.react("999".padEnd(BOUNDS.msgid, "m"), "👍", "bob", false);
  assert(talk.size < size);
  talk.halve();
  assertEquals(talk.size, 0);
});

Deno.test("Talk counts reactions and reasons of removals, and gives all back with their lines", () => {
  const talk = new Talk("#tea", "channel");
  for (const name of ["a", "b"]) talk.react(name, "👍", "carol", true);
  talk.insert([line("a", 1), line("b", 2)]);
  let { size } = talk;
  talk.react("a", "x".repeat(BOUNDS.reactionLength), "bob", true);
  assert(talk.size >= size + BOUNDS.reactionLength);
  ({ size } = talk);
  talk.redact("b", { by: "alice", reason: "x".repeat(8_000) });
  assert(talk.size > size + 7_000, `${size}, ${talk.size}`);
  talk.clear();
  assertEquals(talk.size, 0);
});

Deno.test("Talk folds the nick of who reacts once, however many have reacted; to a line that is not there too", () => {
  const talk = new Talk("#tea", "channel");
  talk.append(line("a", 1));
  for (let i = 0; i < BOUNDS.reactors - 1; i++) talk.react("a", "👍", `茶${i}`, true);
  for (let i = 0; i < BOUNDS.pending - 1; i++) talk.react("b", "👍", `茶${i}`, true);
  const once = normalized(() => talk.react("none", "👍", "茶", false));
  assert(once > 0);
  for (const msgid of ["a", "b"]) {
    for (const isAdded of [false, true, true, false]) {
      assertEquals(normalized(() => talk.react(msgid, "👍", "茶壶", isAdded)), once, msgid);
    }
  }
});

Deno.test("Talk knows who has reacted by the folded nick, and counts that", () => {
  const talk = new Talk("#tea", "channel");
  talk.append(line("a", 1));
  const { size } = talk;
  assertEquals(talk.react("a", "👍", "\ufdfa", true), talk.find("a"));
  const long = talk.size - size;
  assertEquals(talk.react("a", "👍", "\ufdfa".normalize("NFKC"), true), undefined);
  assertEquals([...talk.find("a")!.reactions.get("👍")!], ["\ufdfa"]);
  assertEquals(talk.react("a", "👍", "\ufdfa".normalize("NFKC"), false), talk.find("a"));
  assertEquals([talk.size, talk.find("a")!.reactions.size], [size, 0]);
  talk.react("a", "👍", "x", true);
  assertEquals(long - (talk.size - size), "\ufdfa".normalize("NFKC").length - 1);
});

Deno.test("Talk counts how often the reactions to a line have changed, those too that came before it", () => {
  const talk = new Talk("#tea", "channel");
  talk.react("a", "👍", "carol", true);
  talk.append(line("a", 1));
  const changes = () => talk.find("a")!.changes;
  assertEquals(changes(), 1);
  talk.react("a", "👍", "carol", false);
  talk.react("a", "👎", "carol", true);
  talk.react("a", "👎", "Carol", true);
  assertEquals(changes(), 3);
});
