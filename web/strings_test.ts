import { assert, assertEquals, assertMatch } from "@std/assert";
import { languageOf, SENTENCES, STRINGS } from "./language.ts";

/** What entries are called with that take something else than words and numbers. */
const GIVEN: Record<string, unknown[]> = {
  "calls.severalCall": [["x"]],
  "date": [new Date(0)],
  "moderation.listed": [{ channel: "#x", who: "x", isMute: true }],
  "operators.bannedBy": [{ by: "x", who: "x", reason: "x" }],
  "refusals.nameFault": [{ kind: "sign", sign: "," }],
  "refusals.standard": [{ command: "REDACT", code: "INVALID_TARGET", text: "x" }],
  "talking.ignoring": [["x"]],
  "talking.noChannel": [["#x"]],
};

/** All texts of a table by their place, sentences with something put into them. */
function* texts(table: object, path = ""): Generator<[place: string, text: string]> {
  for (const [key, entry] of Object.entries(table)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (typeof entry === "object") yield* texts(entry, place);
    else yield [place, typeof entry === "string" ? entry : entry(...GIVEN[place] ?? ["x", "x", "x"])];
  }
}

Deno.test("whatever the page or the client says in Chinese is in Chinese", () => {
  // It names the other language; the others are digits, a colon, and an emoji.
  const without = new Set(["language", "date", "calling.title", "calls.reacted"]);
  for (const [place, text] of [...texts(STRINGS.zh), ...texts(SENTENCES.zh)]) {
    if (without.has(place)) continue;
    assertMatch(text, /\p{Script=Han}/u, place);
    // English words in a row; those of a command, such as /ban bob, are no others.
    const words = text.replaceAll(/\/[a-z]+[^，；。：（）、]*/g, "");
    assert(!/[A-Za-z]{2,} [A-Za-z]{2,}/.test(words), `${place}: ${text}`);
  }
});

Deno.test("both languages say the same things, each in a way of its own", () => {
  for (const [en, zh] of [[STRINGS.en, STRINGS.zh], [SENTENCES.en, SENTENCES.zh]]) {
    const english = [...texts(en)], chinese = new Map(texts(zh));
    assertEquals(new Set(english.map(([place]) => place)), new Set(chinese.keys()));
    for (const [place, text] of english) assert(chinese.get(place) !== text, `${place}: ${text}`);
  }
});

Deno.test("the dialog in which somebody is muted names the person and the channel, in both languages", () => {
  for (const { moderate } of [STRINGS.en, STRINGS.zh]) {
    for (const name of ["carol", "#tea"]) assert(moderate("carol", "#tea").includes(name));
  }
});

Deno.test("standard replies are said in Chinese by their code, and what is not known in the server's words", () => {
  const { standard } = SENTENCES.zh.refusals;
  const said = (command: string, code: string) => standard({ command, code, text: "No tea" });
  assertEquals(
    [
      said("REGISTER", "WEAK_PASSWORD"),
      said("REDACT", "INVALID_TARGET"),
      said("TEA", "INVALID_TARGET"),
      said("TEA", "toString"),
    ],
    ["密码太短，或与昵称相同。", "您不能删除这里的消息。", "No tea", "No tea"],
  );
});

Deno.test("languageOf() takes the first language that the page has", () => {
  assertEquals([["zh-TW", "en"], ["fr", "en-GB", "zh"], ["fr"], []].map(languageOf), ["zh", "en", "en", "en"]);
});
