import { assertEquals } from "@std/assert";
import chinese from "emoji-picker-element-data/zh/emojibase/data.json" with { type: "json" };
import english from "emoji-picker-element-data/en/emojibase/data.json" with { type: "json" };
import { namesOf } from "../emoji/mod.ts";
import { pictureTags, search, searchPictures } from "./emoji_search.ts";

interface Datum {
  emoji: string;
  annotation: string;
  tags?: string[];
  shortcodes?: string[];
}

const all = (data: Datum[]) => [
  ...data.map(({ emoji, annotation, tags = [], shortcodes = [] }) => ({
    emoji,
    names: [annotation, ...shortcodes, ...namesOf(emoji)],
    tags,
  })),
  ...["panda_tea", "teacup"].map((name) => ({ emoji: `:${name}:`, names: [name], tags: [] })),
];

Deno.test("search() finds nothing for what nothing is called, nor for nothing", () => {
  for (const query of ["qqq", "", " _ ", "tea qqq"]) assertEquals(search(query, all(english)), []);
});

Deno.test("search() finds first what is called so, then whole words, then words that begin so", () => {
  const found = (query: string, data: Datum[] = english) => search(query, all(data)).map(({ emoji }) => emoji);
  assertEquals(found("tea")[0], "🍵");
  assertEquals(found("TEA ").indexOf("🤣") > found("tea").indexOf("🫖"), true);
  assertEquals(found("panda").slice(0, 2), ["🐼", ":panda_tea:"]);
  assertEquals(found("panda tea"), [":panda_tea:"]);
  assertEquals(found("teacup")[0], ":teacup:");
  assertEquals(found("+1")[0], "👍️");
  for (const tea of ["🍵", "🫖", "🧋"]) assertEquals(found("茶", chinese).includes(tea), true, tea);
  assertEquals(found("熊", chinese).includes("🐼"), true);
  assertEquals(found("tea", chinese)[0], "🍵");
});

Deno.test("searchPictures() finds any part of a name, and by one Chinese sign what a part of it is called", () => {
  const names = ["clay_teapot", "panda_tea", "mooncake", "tea"];
  const tags = pictureTags(names, all(chinese));
  const pictures = names.map((name) => ({ names: [name], tags: tags.get(name)! }));
  const found = (query: string) => searchPictures(query, pictures).map(({ names: [name] }) => name);
  assertEquals(found("tea"), ["tea", "clay_teapot", "panda_tea"]);
  assertEquals(found("oonc"), ["mooncake"]);
  assertEquals(found("PANDA tea"), ["panda_tea"]);
  assertEquals(found("熊"), ["panda_tea"]);
  assertEquals(found("茶"), ["clay_teapot", "panda_tea", "tea"]);
  for (const query of ["", " _ ", "tea qqq", "雪"]) assertEquals(found(query), [], query);
});
