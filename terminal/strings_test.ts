import { assert, assertEquals, assertMatch } from "@std/assert";
import { FLAG_TEXTS, help } from "./flags.ts";
import { LANGUAGES, sentences, speak, words } from "./language.ts";
import { reasonOf } from "./os_error.ts";
import { widthOfText } from "./wrap.ts";

/** What entries are called with that take something else than words and numbers. */
const GIVEN: Record<string, unknown[]> = { "history.day": [new Date(2026, 10, 25)] };

/** All words of a table by their place, with something put into those that take something. */
function* texts(table: object, path = ""): Generator<[place: string, text: string]> {
  for (const [key, entry] of Object.entries(table)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (typeof entry === "object") yield* texts(entry, place);
    else yield [place, typeof entry === "string" ? entry : entry(...GIVEN[place] ?? ["x", "x", "x", "x"])];
  }
}

/** They pass on what they do not know. */
const PASSING = new Set(["operand", "reason", "happenings.serverSays"]);

/** They are marks alone. */
const MARKS = new Set([
  "calls.member",
  "happenings.betweenNames",
  "questions.because",
  "transfers.between",
  "transfers.card",
  "transfers.refused",
]);

Deno.test("the terminal has each of its words in both languages, in Chinese those with Chinese characters", () => {
  const english = [...texts(LANGUAGES.en.words)], chinese = new Map(texts(LANGUAGES.zh.words));
  assertEquals(new Set(chinese.keys()), new Set(english.map(([place]) => place)));
  for (const [place, text] of english) {
    if (PASSING.has(place)) continue;
    const said = chinese.get(place)!;
    assert(said !== text, `${place}: ${text}`);
    if (!MARKS.has(place)) assertMatch(said, /\p{Script=Han}/u, place);
    // English words in a row; those of a command, such as /join x, are no others.
    const own = said.replaceAll(/'[^']*'|(?:\/|--)[a-z]+[^，；。：（）、]*/g, "");
    assert(!/[A-Za-z]{2,} [A-Za-z]{2,}/.test(own), `${place}: ${said}`);
  }
});

Deno.test("what the client says is in both tables as well, each entry as a text or as a function in both", () => {
  const kinds = (table: object, path = ""): string[] =>
    Object.entries(table).flatMap(([key, entry]) =>
      typeof entry === "object" ? kinds(entry, `${path}${key}.`) : [`${path}${key}: ${typeof entry}`]
    ).sort();
  // A sentence that needs none of what it is given is a function all the same, since the other language may need it.
  assertEquals(kinds(LANGUAGES.zh.sentences), kinds(LANGUAGES.en.sentences));
  assertEquals(kinds(LANGUAGES.zh.words), kinds(LANGUAGES.en.words));
});

Deno.test("--help in Chinese has each flag and what follows it in Chinese, in columns that stand below each other", () => {
  speak("zh");
  try {
    assertEquals(sentences(), LANGUAGES.zh.sentences);
    const lines = help().split("\n");
    const rows = lines.filter((line) => line.startsWith("  --"));
    assertEquals(rows.length, FLAG_TEXTS.length);
    for (const [i, { usage }] of FLAG_TEXTS.entries()) {
      const [flag, operand] = usage.split(" ");
      const [, shown, shownOperand, meaning] = /^ {2}(--\S+)(?: (\S+))? {2,}(.*)$/.exec(rows[i])!;
      assertEquals(shown, flag);
      assertMatch(meaning, /\p{Script=Han}/u);
      if (operand !== undefined && flag !== "--lang") assertMatch(shownOperand, /\p{Script=Han}/u, flag);
    }
    // A Chinese character takes two columns.
    assertEquals(new Set(rows.map((row) => widthOfText(/^ {2}--\S+(?: \S+)? {2,}/.exec(row)![0]))).size, 1);
  } finally {
    speak("en");
  }
});

Deno.test("a reason of the system is said in Chinese by its kind, and what is not known in the system's words", async () => {
  const refused = new Deno.errors.ConnectionRefused("Connection refused (os error 111)");
  const unknown = new Error("failed to lookup address information: Name or service not known");
  const odd = new Error("The kettle is empty (os error 999)");
  const code = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
  const missing = await Deno.open("/nowhere/at all").then(() => undefined, (error) => error);
  assertEquals([refused, odd].map(reasonOf), ["Connection refused", "The kettle is empty"]);
  speak("zh");
  try {
    assertEquals([refused, unknown, odd, code, missing].map(reasonOf), [
      "连接被拒绝",
      "找不到这个主机",
      "The kettle is empty",
      "连接被拒绝",
      "没有这个文件或文件夹",
    ]);
    assertEquals(words().reason("toString", "No tea"), "No tea");
  } finally {
    speak("en");
  }
});
