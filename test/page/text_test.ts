/// <reference lib="dom" />
/**
 * The page in Chromium: messages of several lines, with marks, code and names that lead somewhere.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

const WHOLE = "batch message-tags echo-message draft/multiline";

const MESSAGE = [
  "**Brew** it *slowly*, ~~fast~~, `now`; snake_case, 2*3*4:",
  "> hot water",
  "- green",
  "  - 绿茶",
  "```ts",
  "// 茶",
  'const tea = "<b>";',
  "\tbrew(tea, 3);",
  "```",
  "See #tea and @alice.",
];

/** Tells the lines of a message as a client that knows messages of several lines. */
function batch(target: string, ...lines: string[]): string[] {
  const told = lines.map((line) => `@batch=r PRIVMSG ${target} :${line}`);
  return [`BATCH +r draft/multiline ${target}`, ...told, "BATCH -r"];
}

test("a message of several lines is one row with its blocks, in light, dark and Chinese, and axe finds nothing", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { caps: WHOLE, join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.field.fill(MESSAGE.join("\n"));
  await bob.field.press("Enter");
  // What is sent is what was typed.
  await alice.sees(/ BATCH \+\S+ draft\/multiline #lobby$/);
  for (const line of MESSAGE) {
    assertEquals((await alice.sees(/ PRIVMSG #lobby /)).replace(/^.*? PRIVMSG #lobby :/, ""), line);
  }
  await bob.sees("hot water");
  const row = bob.line("hot water");
  const texts = (selector: string) => row.locator(selector).allInnerTexts();
  assertEquals(await row.count(), 1);
  assertEquals(await texts(".bold"), ["Brew"]);
  assertEquals([await texts(".italic"), await texts(".strike"), await texts("p > code")], [["slowly"], ["fast"], [
    "now",
  ]]);
  assertEquals(await texts("blockquote"), ["hot water"]);
  assertEquals(await row.locator(".items li").allTextContents(), ["• green", "• 绿茶"]);
  assertEquals(await row.locator("pre").allTextContents(), ['// 茶\nconst tea = "<b>";\n\tbrew(tea, 3);']);
  assertMatch((await texts(".body > p"))[0], /snake_case, 2\*3\*4:$/);
  // The colours of code change nothing in the page: each word has one by its kind.
  const kinds = () =>
    bob.page.evaluate(() =>
      [...CSS.highlights].filter(([, { size }]) => size > 0).map(([name, ranges]) =>
        `${name}: ${
          [...ranges].map((range) => range.startContainer.textContent!.slice(range.startOffset, range.endOffset)).join(
            ", ",
          )
        }`
      ).sort()
    );
  await bob.until(
    "colours",
    ["code-comment: // 茶", "code-keyword: const", "code-number: 3", 'code-string: "<b>"', "code-title: brew"],
    kinds,
  );
  for (const colorScheme of ["light", "dark"] as const) {
    await bob.page.emulateMedia({ colorScheme });
    await bob.picture(`code-${colorScheme}`);
    assertEquals(await bob.barriers(), [], colorScheme);
  }
  await bob.speaks("中文");
  await bob.line("hot water").hover();
  await bob.line("hot water").getByRole("button", { name: "复制代码" }).waitFor();
  assertEquals(await bob.barriers(), [], "Chinese");
});

test("code is copied by its button, a message as it was typed, and of a part of it what is shown", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { caps: WHOLE, join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await alice.send(...batch("#lobby", ...MESSAGE));
  await bob.sees("hot water");
  const row = bob.line("hot water");
  const clipboard = () => bob.page.evaluate(() => navigator.clipboard.readText());
  await row.hover();
  await row.getByRole("button", { name: "Copy code" }).click();
  await bob.until("clipboard", '// 茶\nconst tea = "<b>";\n\tbrew(tea, 3);', clipboard);
  const copies = async (from: string, to: string) => {
    await row.evaluate((row, [from, to]) => {
      const range = document.createRange();
      range.setStartBefore(row.querySelector(from)!);
      range.setEndAfter([...row.querySelectorAll(to)].at(-1)!);
      getSelection()!.removeAllRanges();
      getSelection()!.addRange(range);
    }, [from, to] as const);
    await bob.page.keyboard.press("Control+c");
    return await clipboard();
  };
  assertEquals((await copies(".body", ".body")).replace(/^\d\d:\d\d /, ""), `<alice> ${MESSAGE.join("\n")}`);
  assertEquals(await copies("blockquote", ".items li"), "hot water\n• green\n• 绿茶");
});

test("tabs stay in what is sent and shown, also where no block of code is", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { caps: WHOLE, join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.says("if tea:\n\tpour(\tcup)");
  await alice.sees(/ PRIVMSG #lobby :if tea:$/);
  await alice.sees(/ PRIVMSG #lobby :\tpour\(\tcup\)$/);
  const text = bob.line("if tea:").getByRole("paragraph");
  assertEquals(await text.textContent(), "if tea:\n\tpour(\tcup)");
  await bob.picture("tabs");
});

test("names in a text lead to the channel and the person; what only looks like a name leads nowhere", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await room.person("小明", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.hasOnline("alice", "bob", "小明");
  await alice.send("PRIVMSG #lobby :@小明你好，@nobody #1 c# me@alice `#x` **#tea**: @alice");
  await bob.sees("me@alice");
  const row = bob.line("me@alice");
  assertEquals(await row.locator(".name-link").allInnerTexts(), ["@小明", "#tea", "@alice"]);
  assertEquals(await row.locator("p").innerText(), "@小明你好，@nobody #1 c# me@alice #x #tea: @alice");
  await row.locator(".name-link").getByText("@小明").click();
  await bob.isIn("小明");
  await bob.opens("#lobby");
  await row.getByRole("link", { name: "#tea" }).click();
  await bob.isIn("#tea");
});

test("a message of several lines is one in the history as well, and what answers it, and with no connection it waits", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { caps: WHOLE.replace("echo-message", ""), join: "#lobby" });
  const bob = await browser.stranger(room);
  let isAway = false;
  const sockets: { close: () => Promise<void> }[] = [];
  await bob.page.routeWebSocket(/\/irc\?/, (page) => {
    if (isAway) return void page.close();
    const server = page.connectToServer();
    sockets.push({ close: async () => void await Promise.all([server.close(), page.close()]) });
  });
  await bob.joins("bob");
  await alice.send(...batch("#lobby", "one", "", "**two**"));
  await bob.sees("one");
  isAway = true;
  await sockets[0].close();
  await bob.page.getByText("Connection lost").waitFor();
  await bob.field.fill("kept\n  as it was");
  await bob.field.press("Enter");
  await alice.send(...batch("#lobby", "missed", "lines"));
  isAway = false;
  await bob.button("Try now").click();
  await alice.sees(/ BATCH \+\S+ draft\/multiline #lobby$/);
  for (const line of ["kept", "  as it was"]) {
    assertEquals((await alice.sees(/ PRIVMSG #lobby /)).replace(/^.*? PRIVMSG #lobby :/, ""), line);
  }
  const shown = () => bob.log.locator(".said .text").allInnerTexts();
  const expected = ["one\n\ntwo", "missed\nlines", "kept\n  as it was"];
  await bob.until("lines", expected, shown);
  await bob.page.reload();
  await bob.until("lines", expected, shown);
});

test("a line that comes is read once: its colours change nothing, and it has no buttons; a quote of it is plain", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { caps: WHOLE, join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.page.evaluate(() => {
    const changes: string[] = (globalThis as unknown as { changes: string[] }).changes = [];
    const read = (node: Node) => node instanceof Element && node.matches("li.said") && changes.push(node.textContent);
    new MutationObserver((records) => {
      for (const { addedNodes, target } of records) {
        for (const node of addedNodes) {
          const isRow = read(node);
          if (!isRow && target instanceof Element && target.closest("li.said")) {
            changes.push(`within: ${node.textContent}`);
          }
        }
      }
    }).observe(document.querySelector(".rows")!, { childList: true, subtree: true, characterData: true });
  });
  await alice.send(...batch("#lobby", "**Look:** #tea @alice", "```js", "let a;", "```"));
  await bob.until("colours", true, () => bob.page.evaluate(() => (CSS.highlights.get("code-keyword")?.size ?? 0) > 0));
  const changes = await bob.page.evaluate(() => (globalThis as unknown as { changes: string[] }).changes);
  assertEquals(changes.map((text) => text.replaceAll(/\s+/g, " ").replace(/\d\d:\d\d/, "12:00").trim()), [
    "A alice 12:00 Look: #tea @alicelet a;",
  ]);
  assertEquals(await bob.line("Look:").locator(".text").getByRole("button").count(), 0);
  await bob.line("Look:").hover();
  await bob.line("Look:").getByRole("button", { name: "Reply" }).click();
  await bob.page.getByText("Look: #tea @alice let a;").waitFor();
  await bob.says("I see");
  await bob.sees("I see");
  assertEquals(await bob.line("I see").locator("blockquote").innerText(), "alice Look: #tea @alice let a;");
});

test("what knows languages is loaded with the first code that names one, and not before", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { caps: WHOLE, join: "#lobby" });
  const bob = await browser.stranger(room);
  const asked: string[] = [];
  bob.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/highlight/.test(pathname)) asked.push(pathname.replace(/^.*\//, ""));
  });
  await bob.joins("bob");
  await alice.send(...batch("#lobby", "first", "```", "no language", "```"));
  await bob.sees("no language");
  assertEquals(asked, []);
  await alice.send(...batch("#lobby", "second", "```py", "def tea(): pass", "```"));
  const files = ["core.min.js", "highlighter.ts", "python.min.js", "web.highlight.js"];
  await bob.until("files", files, () => Promise.resolve(asked.toSorted()));
  assert(await bob.line("second").count() === 1);
});
