import { assertEquals } from "@std/assert";
import { mentionOf } from "./mention.ts";

Deno.test("mentionOf() finds a nick as a word, in any case, and in scripts without spaces anywhere", () => {
  const named: [nick: string, texts: string[]][] = [
    ["bob", ["bob", "Bob!", "hi @BOB:", "bob's", "你好bob吗", "-bob-"]],
    ["张三", ["张三", "你好张三吗", "hi 张三!"]],
    ["a|b[c]^{}", ["a|b[c]^{}: hi", "A|B[C]^{}"]],
    ["x-y`", ["x-y` ?"]],
    ["é", ["É"]],
    ["zoë", ["Zoe\u0308 kommt", "ZOË", "(zoë)"]],
    ["adam", ["ａｄａｍ", "d'Adam", "l’adam", "adam, hi", "[adam]", "adam.", "@adam", "-adam-", "adam’s", "说adam呢"]],
    ["김철수", ["김철수가 왔다", "안녕 김철수", "김철수"]],
    ["bob", ["bob이 왔다", "see https://a.b/x bob"]],
    ["m", ["m: hi", "hi m", "m's tea", "(m)"]],
  ];
  const others: [nick: string, texts: string[]][] = [
    ["bob", ["bobby", "kabob", "bob_2", "bob2", "Бbob", ""]],
    ["张三", ["张", "三张"]],
    ["a|b", ["a", "b", "a b"]],
    ["una", [
      "una-2 hi",
      "una|work: yo",
      "una[m]",
      "#una",
      "http://x/una",
      "www.una.org",
      "work|una",
      "una_",
      "una^ hi",
    ]],
    ["adam", ["adam@example.org", "mail@adam", "adam\u0301", "adams", "#adam"]],
    ["m", ["i'm here", "I’m", "5 a.m.", "a.m. tea", "m-dash", "http://m.example/", "m.example", "#m", "m'kay"]],
    ["i", ["i'm", "I’ll", "i.e. tea"]],
    ["김철수", ["박김철수"]],
  ];
  for (const [nick, texts] of named) for (const text of texts) assertEquals(mentionOf(nick)(text), true, text);
  for (const [nick, texts] of others) for (const text of texts) assertEquals(mentionOf(nick)(text), false, text);
});
