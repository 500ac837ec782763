// Every function of the clients that looks at remote text with a pattern takes time in proportion to the text.
import { assert } from "@std/assert";
import { expand } from "../../emoji/mod.ts";
import { casefold, isChannelName, isNick, parse, parseSource } from "../../protocol.ts";
import { printable, printableBeginning, printablePainted } from "../../terminal/printable.ts";
import { KeyReader } from "../../terminal/keys.ts";
import { isLarge, runsOf } from "../../web/runs.ts";
import { sanitize } from "../../client/sanitize.ts";
import { readCommand } from "../../client/written.ts";
import { complete } from "../../client/commands/complete.ts";
import { readCtcp } from "../../client/ctcp.ts";
import { Isupport } from "../../client/state/isupport.ts";
import { readSaid, readTime } from "../../client/state/said.ts";
import { asksForLogin } from "../../client/connection/login.ts";
import { arePair, extendedMasksOf, maskText, readBan } from "../../client/state/masks.ts";
import { mentionOf } from "../../client/state/mention.ts";
import { meaning } from "../../client/state/numerics.ts";
import { readPeriod } from "../../client/state/period.ts";
import { ENGLISH } from "../../client/sentences.ts";
import { splitText } from "../../client/connection/split.ts";
import { State } from "../../client/state/state.ts";
import { Colouring, FILES } from "../../web/highlight.ts";

const SIZE = 64 * 1024;

/** Texts that make a pattern which can match in many ways try all of them. */
const TEXTS = [
  ..."a 0:;,!@#*?()+-_`~./\\[]\x01\x03\x04\x07\x1b\x9b\x9d\x90\ud800\u0301茶",
  "\x1b[",
  "\x1b]",
  "\x1b]0;",
  "\x1b[;?",
  "\x1b];a",
  "\x9d\x9d",
  "\x0304,",
  "\x04ffffff,",
  "(+n: ",
  "(+",
  "nick ",
  "nickname is ",
  "authentication failed ",
  "a!b@",
  "~t:1:",
  "~a:",
  "a.a:",
  "1m",
  "1h ",
  "http://",
  "http://a.",
  "a.b.",
  "a@b.",
  "www.",
  "://",
  "`a",
  "``a",
  ":a",
  ":a:",
  "👩‍",
  "👍🏽",
  "🇨",
  "#️⃣",
  "bob",
  "b\\x20",
  "(ov)",
  "=a;",
].map((text) => text.repeat(Math.ceil(SIZE / text.length)).slice(0, SIZE)).flatMap((
  text,
) => [text, "\x1b]`~t:1:" + text + "!"]);

const state = new State("bob");
const isupport = new Isupport();
const message = (command: string, ...params: string[]) => ({ tags: {}, source: "tea", command, params });

const FUNCTIONS: Record<string, (text: string) => unknown> = {
  printable,
  printablePainted,
  printableBeginning: (text) => printableBeginning(text, 40),
  sanitize,
  runsOf: (text) => runsOf(text, new Map([["a", "/emoji/a.svg"]])),
  isLarge: (text) => isLarge([{ text, style: "" }]),
  expand: (text) => expand(text),
  casefold,
  isNick,
  isChannelName,
  parse: (text) => {
    for (const line of [text, `@${text} X`, `:${text} X`, `X ${text}`, `@a=${text} X`]) {
      try {
        parse(line);
      } catch {
        // Most are no lines.
      }
    }
  },
  parseSource,
  readCommand,
  complete: (text) => [complete(text, state), complete(`/me ${text}`, state)],
  readCtcp: (text) => readCtcp(`\x01${text}`),
  isupport: (text) => {
    const server = new Isupport();
    server.add(["bob", `PREFIX=(${text})${text}`, `CHANMODES=${text}`, `X=${text}`, text, "supported"]);
    server.add(["bob", `PREFIX=(${text.slice(0, 200)})x`, `CHANMODES=${text.slice(0, 400)}`, "supported"]);
    return [server.member(text), server.modeChanges(text, []), server.ranks, server.isChannel(text)];
  },
  readSaid: (text) => readSaid(message("PRIVMSG", text, text), "alice", "message", state),
  readTime,
  asksForLogin: (text) => asksForLogin(message("NOTICE", "bob", text)),
  extendedMasksOf: (text) => {
    isupport.add(["bob", `EXTBAN=${text}`, "supported"]);
    return extendedMasksOf(isupport);
  },
  readBan: (text) => {
    const entry = readBan(text);
    return [maskText(text, ENGLISH.moderation), maskText(entry.mask, ENGLISH.moderation), arePair(entry, entry)];
  },
  mentionOf: (text) => [mentionOf("bob")(text), mentionOf("张三")(text), mentionOf(text.slice(0, 200))(text)],
  readPeriod,
  meaning: (text) => {
    for (const numeric of ["401", "404", "317", "319", "338", "367", "223", "322", "999", "472"]) {
      meaning(numeric, ["bob", text, text, text, text, text], ENGLISH);
    }
  },
  splitText: (text) => splitText(text, 400),
  keys: (text) => [...new KeyReader().push(text)],
};

/** Milliseconds: in proportion it is some, in the square it is many seconds. */
const MOST = 1_500;

for (const [name, run] of Object.entries(FUNCTIONS)) {
  Deno.test(`${name} takes no long time for 64 KiB of hostile text`, () => {
    for (const text of TEXTS) {
      const begun = performance.now();
      run(text);
      const took = performance.now() - begun;
      assert(took < MOST, `${Math.round(took)} ms for ${JSON.stringify(text.slice(0, 30))}`);
    }
  });
}

Deno.test("no language takes long for hostile code", async () => {
  const start = () => new Worker(import.meta.resolve("../../web/highlighter.ts"), { type: "module" });
  using colouring = new Colouring(start, { languages: Infinity, longest: 10_000 });
  const parts = [
    ..."a([{<\"'`\\ \n#-=1:@*\t$",
    ...'/* // a. a( <a ${ /a a: @a ** a< 0x => %{ r# <<A\n a=" - a\n'.split(" "),
    "function ",
    "class a ",
    "a ",
  ];
  for (const language of new Set(FILES.values())) {
    for (const part of parts) {
      const code = part.repeat(4_096 / part.length);
      let took = Infinity;
      let tokens: Awaited<ReturnType<typeof colouring.tokensOf>> = [];
      // The machine may have something else to do meanwhile: what takes long by itself does so each time.
      for (let tries = 0; tries < 3 && took >= 1_000; tries++) {
        const began = performance.now();
        tokens = await colouring.tokensOf(code, language);
        took = performance.now() - began;
      }
      assert(took < 1_000, `${JSON.stringify(part)} in ${language} took ${took} ms`);
      assert((tokens.at(-1)?.end ?? 0) <= code.length);
    }
  }
});
