import { assert, assertEquals, assertMatch } from "@std/assert";
import { refusalText } from "./file_refusals.ts";

Deno.test("a refusal is a sentence in the person's language, with its figures", () => {
  const said = "your files may have 100 KiB here, of which 36 KiB are left";
  assertEquals(refusalText(said, "en"), "Your files may have 100 KiB here, of which 36 KiB are left.");
  assertEquals(refusalText(said, "zh"), "您的文件在这里最多占 100 KiB，还剩 36 KiB。");
  assertEquals(
    refusalText("4 files of yours are being sent already; send the next one after them", "zh"),
    "您已有 4 个文件正在发送，请稍候。",
  );
  // A figure that looks like a pattern stays what it is.
  assertEquals(
    refusalText("all files may have $2 here, of which 1 B are left", "zh"),
    "这里所有文件最多占 $2，还剩 1 B。",
  );
});

Deno.test("what the room says in other words is told in those", () => {
  assertEquals(refusalText("no cups today", "zh"), "No cups today.");
  assertEquals(refusalText("Only with an account.", "en"), "Only with an account.");
});

/** What only a faulty client is told; and what the page answers by going on, without a word (`PASSING` in upload.ts). */
const UNSEEN = new Set([400, 405, 409, 411, 412, 415, 423]);
/** What only a client is told that sends a password. The page sends tokens. */
const TO_PASSWORDS = new Set([
  "a password is taken over https alone: others on the way could read it",
  "this room has no accounts",
  "there is no such account and password",
]);

/** The refusals in the server's sources, with a figure in each gap. */
async function refusalsOfServer(): Promise<string[]> {
  const said: string[] = [];
  for (const folder of ["files", "gateway"]) {
    const url = new URL(`../server/${folder}/`, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
      const source = await Deno.readTextFile(new URL(name, url));
      for (
        const [, rest] of source.matchAll(
          /(?:new FileRefusal\(|this\.#refuse\(request, response,)\s*(?=(\d[^]{0,400}))/g,
        )
      ) {
        const [, status, text] = /^(\d+),\s*(?:("[^"]*"|`[^`]*`))?/.exec(rest)!;
        if (UNSEEN.has(Number(status))) continue;
        assert(text !== undefined, `a refusal that this test can't read, in ${name}: ${rest.slice(0, 80)}`);
        said.push(text.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, "3"));
      }
    }
  }
  const tokens = await Deno.readTextFile(new URL("../server/commands/tokens.ts", import.meta.url));
  const failed = [...tokens.matchAll(/fail\("TOKEN", "(?!INVALID_PARAMS)[^)]*"([^"]+)"\)/g)].map(([, text]) => text);
  assertEquals(failed.length, 2);
  return [...said, ...failed];
}

Deno.test("every refusal of a file that a person can see has its sentence in Chinese", async () => {
  const said = await refusalsOfServer();
  // Else the sources are written in a way that is not read here.
  assert(said.length >= 25, `${said.length}`);
  const english = said.filter((text) => !TO_PASSWORDS.has(text) && !/\p{sc=Han}/u.test(refusalText(text, "zh")));
  assertEquals(english, []);
  for (const text of said) assertMatch(refusalText(text, "en"), /^[A-Z0-9].*\.$/);
});
