import { assertEquals } from "@std/assert";
import { dayOf, NO_FILTERS, piecesOf, queryOf, readFilters } from "./search_query.ts";

Deno.test("readFilters() takes filters out of the words, wherever they stand and however they are written", () => {
  const read = (typed: string, others = NO_FILTERS) => readFilters(typed, others);
  assertEquals(read("green tea"), { ...NO_FILTERS, text: "green tea" });
  assertEquals(read("from:@alice green IN:#tea tea before:2026-11-27 after:2026-1-2"), {
    text: "green tea",
    from: "alice",
    in: "#tea",
    before: "2026-11-27",
    after: "2026-1-2",
  });
  assertEquals(read('from：小明 in:"#tea" 茶'), { ...NO_FILTERS, text: "茶", from: "小明", in: "#tea" });
  // What is typed goes before what was chosen, and a colon within a word is no filter.
  assertEquals(read("from:bob http://in:8 x:y", { ...NO_FILTERS, from: "alice", in: "#tea" }), {
    ...NO_FILTERS,
    text: "http://in:8 x:y",
    from: "bob",
    in: "#tea",
  });
  assertEquals(read("before:yesterday tea"), { ...NO_FILTERS, text: "tea", noDay: "yesterday" });
});

Deno.test("queryOf() makes the server's question: a day counts from its beginning where the person is", () => {
  const query = queryOf({ text: "tea", from: "alice", in: "#tea", after: "2026-11-01", before: "2026-11-02" });
  const [first, second] = [new Date(2026, 10, 1).getTime(), new Date(2026, 10, 2).getTime()];
  assertEquals(query, { text: "tea", from: "alice", talk: "#tea", after: first, before: second - 1 });
  assertEquals(queryOf(NO_FILTERS), undefined);
  assertEquals(queryOf({ ...NO_FILTERS, from: "bob" }), { from: "bob" });
});

Deno.test("dayOf() takes only days that there are", () => {
  assertEquals(["", "2026-02-30", "26-01-01", "2026-13-01", "today"].map(dayOf), Array(5).fill(undefined));
  assertEquals(dayOf("2024-02-29"), new Date(2024, 1, 29).getTime());
});

Deno.test("piecesOf() marks what was looked for, whatever its case and signs, and shows what is around it", () => {
  const pieces = (text: string, looked: string) =>
    piecesOf(text, looked).map(({ text, isHit }) => isHit ? `[${text}]` : text).join("");
  assertEquals(pieces("Green Tea, green!", "green tea"), "[Green] [Tea], [green]!");
  assertEquals(pieces("a.b (c) a-b 龙井茶", ". ( 茶 -"), "a[.]b [(]c) a[-]b 龙井[茶]");
  assertEquals(pieces("nothing", ""), "nothing");
  const long = pieces(`${"x ".repeat(300)}needle${" y".repeat(300)}`, "needle");
  assertEquals([long.startsWith("…x "), long.includes("[needle]"), long.endsWith("…")], [true, true, true]);
  assertEquals([...long].length, 240 + 2 + 2);
});
