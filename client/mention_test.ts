import { assertEquals } from "@std/assert";
import { mentionOf } from "./mention.ts";

Deno.test("mentionOf() finds a nick as a word, in any case, and in scripts without spaces anywhere", () => {
  const named: [nick: string, texts: string[]][] = [
    ["bob", ["bob", "Bob!", "hi @BOB:", "bob's", "你好bob吗", "-bob-"]],
    ["张三", ["张三", "你好张三吗", "hi 张三!"]],
    ["a|b[c]^{}", ["a|b[c]^{}: hi", "A|B[C]^{}"]],
    ["x-y`", ["x-y` ?"]],
    ["é", ["É"]],
  ];
  const others: [nick: string, texts: string[]][] = [
    ["bob", ["bobby", "kabob", "bob_2", "bob2", "Бbob", ""]],
    ["张三", ["张", "三张"]],
    ["a|b", ["a", "b", "a b"]],
  ];
  for (const [nick, texts] of named) for (const text of texts) assertEquals(mentionOf(nick)(text), true, text);
  for (const [nick, texts] of others) for (const text of texts) assertEquals(mentionOf(nick)(text), false, text);
});
