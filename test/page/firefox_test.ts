/// <reference lib="dom" />
/**
 * The page in Firefox: where a reader stays in a talk, what is copied of it, what is written and undone, and the focus.
 *
 * @module
 */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { firefoxTest as test, type Guest } from "./firefox.ts";
import { openRoom, type Room } from "../room.ts";

/** Says many lines, some of them long and some with a picture. */
async function talk(room: Room): Promise<void> {
  const alice = await room.person("alice", { join: "#lobby" });
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i + 1} ${"tea and cake ".repeat(i % 7 * 3)}:panda_tea:`);
  await alice.send(...lines.map((line) => `PRIVMSG #lobby :${line}`));
  await alice.everything();
}

const clicksTalks = ({ page }: Guest) => page.$eval("header button", (button) => (button as HTMLElement).click());
const fontIs = (size: string) => ({ page }: Guest) =>
  page.evaluate((size) => document.documentElement.style.fontSize = size, size);
const windowIs = (width: number, height: number) => ({ page }: Guest) => page.setViewport({ width, height });

/** What changes sizes, each with what takes it back. */
const CHANGES: [what: string, change: (guest: Guest) => Promise<unknown>][] = [
  ["a larger window", windowIs(1920, 1080)],
  ["a narrow one", windowIs(500, 800)],
  ["a low one", windowIs(800, 400)],
  ["the window as it was", windowIs(1000, 700)],
  ["a hidden list", clicksTalks],
  ["that list again", clicksTalks],
  ["larger letters", fontIs("150%")],
  ["the letters as they were", fontIs("")],
];

/** Waits until two frames have been drawn: what the change of a size sets off is over then. */
const settles = ({ page }: Guest) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** How far it is to the end, in pixels, and whether there is a way to it. */
const toEnd = ({ page }: Guest) =>
  page.$eval(".scroll", (log) => ({
    distance: Math.round(log.scrollHeight - log.scrollTop - log.clientHeight),
    hasButton: document.querySelector(".below") !== null,
  }));

test("who is at the end of a talk stays there, whatever changes the size of its box", async (firefox) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const bob = await firefox.guest(room, "bob");
  await bob.sees("line 100");
  const stays = (what: string) => bob.until(`place after ${what}`, { distance: 0, hasButton: false }, () => toEnd(bob));
  await stays("coming in");
  for (const [what, change] of CHANGES) {
    await change(bob);
    await settles(bob);
    await stays(what);
  }
  // A long draft, and none.
  for (let i = 0; i < 8; i++) {
    await bob.page.keyboard.type("x");
    await bob.page.keyboard.down("Shift");
    await bob.page.keyboard.press("Enter");
    await bob.page.keyboard.up("Shift");
  }
  await bob.until("draft", "x\n".repeat(8), () => bob.draft);
  await settles(bob);
  await stays("a long draft");
  await bob.press("Control", "a");
  await bob.page.keyboard.press("Backspace");
  await settles(bob);
  await stays("no draft");
});

test("who reads further up keeps the line that they read", async (firefox) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const bob = await firefox.guest(room, "bob");
  await bob.sees("line 100");
  await bob.page.$eval(".scroll", (log) => log.scrollTop -= 2_000);
  await bob.page.waitForSelector(".below");
  const line = await bob.page.$eval(".scroll", (log) => {
    const { top } = log.getBoundingClientRect();
    const row = [...log.querySelectorAll("li.said")].find((row) => row.getBoundingClientRect().top >= top)!;
    return /line \d+ /.exec(row.textContent!)![0];
  });
  const topOf = () =>
    bob.page.$eval(".scroll", (log, line) => {
      const row = [...log.querySelectorAll("li.said")].find((row) => row.textContent!.includes(line))!;
      return row.getBoundingClientRect().top - log.getBoundingClientRect().top;
    }, line);
  const top = await topOf();
  for (const [what, change] of CHANGES) {
    await change(bob);
    await settles(bob);
    assertAlmostEquals(await topOf(), top, 2, what);
  }
});

test("lines are copied as time, nick and text", async (firefox) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await firefox.guest(room, "bob");
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :first line", "PRIVMSG #lobby :second :panda_tea: line");
  await alice.send("PRIVMSG #lobby :\x01ACTION pours\x01");
  await bob.sees("alice pours");
  // As a click does, with which one begins to select.
  await bob.page.focus(".scroll");
  const copies = async (from: string, to: string, cut = 0) => {
    await bob.page.$eval(
      ".rows",
      (rows, from, to, cut) => {
        const texts = [...rows.querySelectorAll("p")];
        const start = texts.find((one) => one.textContent!.includes(from))!;
        const range = document.createRange();
        range.setStart(document.createTreeWalker(start, NodeFilter.SHOW_TEXT).nextNode()!, cut);
        range.setEndAfter(texts.find((one) => one.textContent!.includes(to))!);
        getSelection()!.removeAllRanges();
        getSelection()!.addRange(range);
      },
      from,
      to,
      cut,
    );
    await bob.press("Control", "c");
    // This Firefox is American.
    return (await bob.clipboard).split("\n").map((line) => line.replace(/^\d\d:\d\d(?:\s[AP]M)?/, "12:00"));
  };
  assertEquals(await copies("first", "pours"), [
    "12:00 <alice> first line",
    "12:00 <alice> second :panda_tea: line",
    "12:00 * alice pours",
  ]);
  assertEquals(await copies("first", "first", 6), ["line"]);
});

test("what is written can be undone, and is sent as it was written", async (firefox) => {
  await using room = await openRoom();
  const bob = await firefox.guest(room, "bob");
  const dave = await room.person("dave", { join: "#lobby" });
  await bob.page.keyboard.type("green tea");
  await bob.press("Control", "a");
  await bob.page.keyboard.press("Backspace");
  await bob.until("draft", "", () => bob.draft);
  await bob.press("Control", "z");
  await bob.until("draft", "green tea", () => bob.draft);
  await bob.page.keyboard.press("End");
  await bob.page.keyboard.type(", 请");
  await bob.page.keyboard.press("Enter");
  await dave.sees(":bob!teahouse@127.0.0.1 PRIVMSG #lobby :green tea, 请");
  await bob.until("draft", "", () => bob.draft);
  // What the page writes is undone as what is typed is.
  await bob.page.keyboard.type("thanks da");
  await bob.page.keyboard.press("Tab");
  await bob.until("draft", "thanks dave ", () => bob.draft);
  await bob.press("Control", "z");
  await bob.until("draft", "thanks da", () => bob.draft);
  await bob.page.keyboard.type(" and all");
  await bob.until("draft", "thanks da and all", () => bob.draft);
});

test("the focus goes from where one writes to the talk, its lines, what they offer, and back", async (firefox) => {
  await using room = await openRoom();
  const bob = await firefox.guest(room, "bob");
  const dave = await room.person("dave", { caps: "message-tags", join: "#lobby" });
  await dave.send("PRIVMSG #lobby :tea?");
  await bob.sees("tea?");
  await bob.until("focus", "Write to #lobby", () => bob.focused);
  await bob.press("Shift", "Tab");
  await bob.until("focus", "Messages", () => bob.focused);
  await bob.page.keyboard.press("ArrowUp");
  for (let presses = 0; await bob.focused !== "Reply" && presses < 5; presses++) {
    await bob.page.keyboard.press("ArrowRight");
  }
  assertEquals(await bob.focused, "Reply");
  await bob.page.keyboard.press("Enter");
  await bob.until("focus", "Write to #lobby", () => bob.focused);
  await bob.says("please");
  await dave.sees(/^@[^ ]*\+draft\/reply=.* PRIVMSG #lobby :please$/);
});

test("marks that are heaped on a letter cover no other line, and the talk that is shown is in view", async (firefox) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await firefox.guest(room, "bob", { width: 1000, height: 400 });
  const alice = await room.person("alice", { join: "#lobby" });
  const heap = `z${"\u0301".repeat(25)}`;
  await alice.send("PRIVMSG #lobby :above", `PRIVMSG #lobby :${heap}`, "PRIVMSG #lobby :below");
  await bob.sees("below");
  const above = async () => {
    const line = await bob.page.waitForSelector("xpath/.//p[text()='above']");
    return await line!.screenshot({ encoding: "base64" });
  };
  const shown = await above();
  await bob.page.$$eval(
    ".rows p",
    (lines, heap) => {
      for (const line of lines) if (line.textContent === heap) line.style.visibility = "hidden";
    },
    heap,
  );
  assertEquals(await above() === shown, true);

  const open = () =>
    bob.page.$eval("nav", (nav) => {
      const [open, box] = [nav.querySelector("li.open")!, nav].map((one) => one.getBoundingClientRect());
      const isInView = open.top >= box.top - 1 && open.bottom <= box.bottom + 1;
      return [nav.querySelector("li.open bdi")!.textContent, isInView];
    });
  for (let i = 0; i < 12; i++) {
    await bob.says(`/join #tea${i}`);
    // Each talk has a field of its own.
    await bob.until("talk", [`#tea${i}`, true], open);
  }
  await bob.says("/to #lobby");
  await bob.until("talk", ["#lobby", true], open);
});

test("several lines are one message, with its marks, and the words of code have colours", async (firefox) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await firefox.guest(room, "bob");
  const alice = await room.person("alice", { caps: "batch message-tags draft/multiline", join: "#lobby" });
  const lines = ["**see** `it`", "```ts", "const tea = 3;", "```"];
  for (const [i, line] of lines.entries()) {
    await bob.page.keyboard.type(line);
    if (i === lines.length - 1) break;
    await bob.page.keyboard.down("Shift");
    await bob.page.keyboard.press("Enter");
    await bob.page.keyboard.up("Shift");
  }
  await bob.page.keyboard.press("Enter");
  await alice.sees(/ BATCH \+\S+ draft\/multiline #lobby$/);
  for (const line of lines) {
    assertEquals((await alice.sees(/ PRIVMSG #lobby /)).replace(/^.*? PRIVMSG #lobby :/, ""), line);
  }
  await bob.sees("const tea");
  const row = () =>
    bob.page.$$eval(
      ".said",
      (rows) => rows.map((row) => [".bold", "p > code", "pre"].map((part) => row.querySelector(part)?.textContent)),
    );
  assertEquals(await row(), [["see", "it", "const tea = 3;"]]);
  const colours = () =>
    bob.page.evaluate(() => [...CSS.highlights].map(([name, { size }]) => `${name} ${size}`).sort());
  await bob.until("colours", ["code-keyword 1", "code-number 1"], colours);
  await bob.until("focus", "Write to #lobby", () => bob.focused);
});
