import { assert, assertEquals } from "@std/assert";
import { Talk } from "../client/state/talk.ts";
import { type DraftStorage, KeptDrafts, MOST } from "./kept_drafts.ts";

/** A browser's storage, for its tabs. */
class Store implements DraftStorage {
  text: string | null = null;
  getItem = () => this.text;
  setItem = (_: string, text: string) => void (this.text = text);
  removeItem = () => void (this.text = null);
}

/** A tab of somebody, with these talks. */
function tab(store: Store, ...names: string[]) {
  const talks = names.map((name) => new Talk(name, name.startsWith("#") ? "channel" : "private"));
  const kept = new KeptDrafts(() => store, "drafts");
  return { talks, sync: (person = "alice", now = 1_000) => kept.sync(talks, person, now) };
}

Deno.test("what is written is there in a tab that is opened another day, in the talk in which it was written", () => {
  const store = new Store();
  const one = tab(store, "#tea", "Bob");
  one.talks[0].draft = "half a";
  one.sync();
  one.talks[0].draft = "half a line";
  one.talks[1].draft = "between us";
  assertEquals(one.sync(), false);
  const next = tab(store, "#TEA", "bob", "#milk");
  assertEquals(next.sync("alice", 86_400_000), true);
  assertEquals(next.talks.map(({ draft }) => draft), ["half a line", "between us", ""]);
  // A month later it is gone, and it was never anybody else's.
  const late = tab(store, "#tea");
  assertEquals(late.sync("alice", MOST.age + 1_001), false);
  assertEquals(late.talks[0].draft, "");
  const other = tab(store, "#tea");
  other.sync("mallory");
  assertEquals(other.talks[0].draft, "");
});

Deno.test("a tab takes what another one has written or sent since, and two that both wrote keep both texts", () => {
  const store = new Store();
  const one = tab(store, "#tea"), other = tab(store, "#tea");
  one.talks[0].draft = "a longer text";
  one.sync();
  other.sync();
  assertEquals(other.talks[0].draft, "a longer text");
  other.talks[0].draft = "a longer text, and more";
  other.sync();
  assertEquals(one.sync(), true);
  assertEquals(one.talks[0].draft, "a longer text, and more");
  // Sent there.
  other.talks[0].draft = "";
  other.sync();
  one.sync();
  assertEquals(one.talks[0].draft, "");
  // Neither has heard of the other.
  one.talks[0].draft = "from one";
  other.talks[0].draft = "from the other";
  one.sync();
  assertEquals(other.sync(), true);
  assertEquals(other.talks[0].draft, "from one\nfrom the other");
  one.sync();
  assertEquals(one.talks[0].draft, "from one\nfrom the other");
});

Deno.test("a draft goes with its talk when that is renamed, closed and opened, and with its person when they log in", () => {
  const store = new Store();
  const one = tab(store, "bob");
  one.talks[0].draft = "well?";
  one.sync();
  one.talks[0].name = "robert";
  one.sync();
  assertEquals(one.talks[0].draft, "well?");
  one.talks[0] = new Talk("robert", "private");
  one.sync();
  assertEquals(one.talks[0].draft, "well?");
  one.sync("alice's account");
  const next = tab(store, "robert", "bob");
  next.sync("alice's account");
  assertEquals(next.talks.map(({ draft }) => draft), ["well?", ""]);
});

Deno.test("a command is not kept, since some hold a password, and what another tab has written does not overwrite it", () => {
  const store = new Store();
  const one = tab(store, "#tea"), other = tab(store, "#tea");
  for (const sign of ["/", " ／", "、", "・"]) {
    one.talks[0].draft = `${sign}oper alice her secret`;
    one.sync();
    assertEquals(store.text, null, sign);
  }
  one.talks[0].draft = "/oper alice her secret";
  other.talks[0].draft = "hello";
  other.sync();
  one.sync();
  assertEquals(one.talks[0].draft, "/oper alice her secret");
  one.talks[0].draft = "";
  one.sync();
  assertEquals(one.talks[0].draft, "hello");
  one.talks[0].draft = "//usr is a path";
  one.sync();
  assert(store.text!.includes("//usr is a path"));
});

Deno.test("at most 128 KiB are kept, of what was written last, and what is no draft is passed over", () => {
  const store = new Store();
  const names = Array.from({ length: 30 }, (_, i) => `#tea${i}`);
  const one = tab(store, ...names);
  for (const talk of one.talks) {
    talk.draft = "茶".repeat(5_000);
    one.sync();
  }
  assert(2 * store.text!.length <= MOST.bytes, `${2 * store.text!.length} bytes`);
  const next = tab(store, ...names);
  next.sync();
  assertEquals(next.talks.filter(({ draft }) => draft !== "").map(({ name }) => name), names.slice(-13));
  for (
    const text of ["", "null", "[]", '{"person":"alice"}', '{"person":"alice","drafts":[1,["#tea0"],["#tea0",2,3]]}']
  ) {
    store.text = text;
    const fresh = tab(store, "#tea0");
    fresh.sync();
    assertEquals(fresh.talks[0].draft, "", text);
    fresh.talks[0].draft = "again";
    fresh.sync();
    assert(store.text.includes("again"), text);
  }
});

Deno.test("where all is forgotten, as another tab has left, a tab that is still in keeps its own text and empties no field", () => {
  const store = new Store();
  const one = tab(store, "#tea");
  one.talks[0].draft = "still here";
  one.sync();
  store.removeItem();
  assertEquals(one.sync(), false);
  assertEquals(one.talks[0].draft, "still here");
  const broken = new KeptDrafts(() => {
    throw new Error("forbidden");
  }, "drafts");
  assertEquals(broken.sync(one.talks, "alice", 1_000), false);
  assertEquals(one.talks[0].draft, "still here");
});
