import { assert, assertEquals } from "@std/assert";
import { completeMask, matches } from "./mask.ts";

Deno.test("matches() takes * for any text and ? for one character, letter case aside", () => {
  const table: [mask: string, text: string, isMatch: boolean][] = [
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
    ["?", "茶", true],
    ["?", "😄", true],
    ["??", "😄", false],
    ["bob!*@*", "BOB!b@host", true],
    ["bob!*@*", "bobby!b@host", false],
    ["*!*@10.0.?.7", "x!y@10.0.3.7", true],
    ["*!*@10.0.?.7", "x!y@10.0.13.7", false],
    ["a*b*c", "aXbXbXc", true],
    ["a*b*c", "aXcXb", false],
    ["**a**", "bab", true],
    ["*a", "aab", false],
    ["张*!*@*", "张三!z@h", true],
    ["[a]!*@*", "a!b@c", false],
    ["[a]!*@*", "[A]!b@c", true],
    ["*@10.0.0.7", "bob!~b@10.0.0.7", true],
    ["*@10.0.0.7", "bob!~b@10.0.0.70", false],
    // Neither ! nor @ is special in a text.
    ["bo*@*", "bob!b@host", true],
    ["bob!*@*", "bob!b!c@d@host", true],
    ["bob!?user@*", "bob!~user@host", true],
    ["bob!?user@*", "bob!user@host", false],
    ["bob!b?*@*", "bob!b@host", false],
    ["bob!b?*@*", "bob!bo@host", true],
  ];
  for (const [mask, text, isMatch] of table) assertEquals(matches(mask, text), isMatch, `${mask} ${text}`);
});

Deno.test("matches() ends in no long time whatever the mask", () => {
  assert(!matches("*a".repeat(50) + "b", "a".repeat(400)));
});

Deno.test("completeMask() lets what is left out match anything", () => {
  const table: [mask: string, complete: string][] = [
    ["bob", "bob!*@*"],
    ["bob!b", "bob!b@*"],
    ["bob!b@h", "bob!b@h"],
    ["b@h", "*!b@h"],
    ["@h", "*!*@h"],
    ["!b@", "*!b@*"],
    ["*", "*!*@*"],
    ["", "*!*@*"],
  ];
  for (const [mask, complete] of table) assertEquals(completeMask(mask), complete, mask);
});
