/// <reference lib="dom" />
/**
 * The page in Chromium, and what is looked up in the past: links to messages, jumps to them, and the way back.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom, type Person } from "../room.ts";

/** Says lines with numbers in a channel, and waits until the server has handled them. */
async function saysMany(person: Person, channel: string, from: number, to: number): Promise<void> {
  const lines = Array.from({ length: to - from + 1 }, (_, i) => `PRIVMSG ${channel} :line ${from + i}`);
  while (lines.length > 0) {
    await person.send(...lines.splice(0, 500));
    await person.everything();
  }
}

/** The msgid of a message that somebody says. */
async function msgidOf(person: Person, target: string, text: string): Promise<string> {
  await person.send(`PRIVMSG ${target} :${text}`);
  const echo = await person.sees(new RegExp(` PRIVMSG ${target} :${text}$`));
  return /msgid=([^; ]+)/.exec(echo)![1];
}

/** Waits until a line is marked as the one that was jumped to, and is in view. */
async function isAt(guest: Guest, text: string): Promise<void> {
  await guest.until("place", { text, isInView: true, count: 1 }, () =>
    guest.log.evaluate((log) => {
      const box = log.getBoundingClientRect();
      const found = [...log.querySelectorAll("li.sought")];
      const row = found[0]?.getBoundingClientRect();
      return {
        text: found[0]?.querySelector("p")?.textContent ?? "",
        isInView: row !== undefined && row.top >= box.top && row.bottom <= box.bottom,
        count: found.length,
      };
    }));
}

test("a link to a message opens the page at it, among 400 lines, and one scrolls on to now", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#tea", caps: "echo-message message-tags server-time" });
  await saysMany(alice, "#tea", 1, 100);
  const msgid = await msgidOf(alice, "#tea", "the kettle is on");
  await saysMany(alice, "#tea", 101, 400);
  const at = `${await room.page()}#tea/${msgid}`;

  const bob = await browser.guest(room, "bob", { at });
  await bob.isIn("#tea");
  await isAt(bob, "the kettle is on");
  assertEquals(new URL(bob.page.url()).hash, "#tea");
  assertEquals(await bob.line("line 400").count(), 0);
  await bob.until(
    "focus",
    "the kettle is on",
    () => bob.page.evaluate(() => document.activeElement?.querySelector("p")?.textContent ?? ""),
  );
  // What is said now does not come into the midst of it, and is counted.
  await alice.send("PRIVMSG #tea :fresh");
  await bob.button("To the newest: 1 new").waitFor();
  assertEquals(await bob.line("fresh").count(), 0);

  // Down to now, page by page, without a gap.
  await bob.until("way down", true, async () => {
    await bob.log.evaluate((log) => void (log.scrollTop += 100_000));
    return await bob.line("fresh").count() > 0;
  });
  await bob.log.evaluate((log) => void (log.scrollTop = 0));
  await bob.until("way up", true, async () => {
    await bob.log.evaluate((log) => void (log.scrollTop = 0));
    return await bob.log.getByText("This is where it begins.").count() > 0;
  });
  await bob.until("way down again", true, async () => {
    await bob.log.evaluate((log) => void (log.scrollTop += 100_000));
    return await bob.line("fresh").count() > 0 && await bob.button(/^To the|below$/).count() === 0;
  });
  await bob.isTitled("bob --> #tea");
});

test("to the newest: a button leads back from the past, and writing does so too", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#tea", caps: "echo-message message-tags server-time" });
  const msgid = await msgidOf(alice, "#tea", "the kettle is on");
  await saysMany(alice, "#tea", 1, 200);
  const at = `${await room.page()}#tea/${msgid}`;
  const bob = await browser.guest(room, "bob", { at });
  await isAt(bob, "the kettle is on");
  await bob.button("To the newest").click();
  await bob.sees("line 200");
  assertEquals(await bob.line("the kettle is on").count(), 0);

  // The same link within the talk is no other page.
  await alice.send(`PRIVMSG #tea :look at ${at}`);
  await bob.line("look at").getByRole("link").click();
  await isAt(bob, "the kettle is on");
  await bob.says("I have seen it");
  await bob.sees("I have seen it");
  await bob.sees("line 200");
  assertEquals(await bob.line("the kettle is on").count(), 0);
});

test("a message of the past that is removed while it is read goes at once, and its reactions are seen", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const caps = "echo-message message-tags server-time draft/message-redaction";
  const alice = await room.person("alice", { join: "#tea", caps });
  const msgid = await msgidOf(alice, "#tea", "the kettle is on");
  await saysMany(alice, "#tea", 1, 200);
  const bob = await browser.guest(room, "bob", { at: `${await room.page()}#tea/${msgid}` });
  await isAt(bob, "the kettle is on");
  await alice.send(`@+draft/react=🍵;+draft/reply=${msgid} TAGMSG #tea`);
  await bob.line("the kettle is on").getByRole("button", { name: /🍵/ }).waitFor();
  await alice.send(`REDACT #tea ${msgid}`);
  await bob.sees("Message removed by alice");
  // And who follows the link afterwards is told, at its place.
  const carol = await browser.guest(room, "carol", { at: `${await room.page()}#tea/${msgid}` });
  await carol.sees("Message removed by alice");
  await carol.sees("line 1");
});

test("a link to a channel that may not be joined says why, and to no message at all too", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#secret", caps: "echo-message message-tags server-time" });
  await alice.send("MODE #secret +i");
  const msgid = await msgidOf(alice, "#secret", "the recipe");
  const bob = await browser.guest(room, "bob");
  await bob.page.evaluate((hash) => void (location.hash = hash), `#secret/${msgid}`);
  await bob.sees(/#secret/);
  assertEquals(await bob.line("the recipe").count(), 0);
  await bob.isIn("#lobby");
  await bob.page.evaluate(() => {
    location.hash = "#lobby/nonsense";
    // As the page does in a frame that comes before the browser tells it of the other address.
    history.replaceState(null, "", "#lobby");
  });
  await bob.sees("That message is gone, or you may not read it.");
  assert(await bob.field.isEnabled());
});

/** What was found, as the panel lists it: who, in which talk, and the words that are marked. */
function hitsOf({ page }: Guest): Promise<{ from: string; talk: string; text: string; marked: string[] }[]> {
  return page.locator(".hit").evaluateAll((hits) =>
    hits.map((hit) => ({
      from: hit.querySelector("b")!.innerText,
      talk: hit.querySelector<HTMLElement>(".hit-place")!.innerText,
      text: hit.querySelector(".hit-text")!.textContent.trim(),
      marked: [...hit.querySelectorAll("mark")].map(({ innerText }) => innerText),
    }))
  );
}

test("a search finds words, shows who said them where, and leads to the place by keys alone", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :Green **tea** is ready");
  await saysMany(alice, "#lobby", 1, 200);
  await alice.send("JOIN #kitchen", "PRIVMSG #kitchen :green tea for nobody else");
  await alice.everything();
  const bob = await browser.guest(room, "bob");
  await bob.sees("line 200");
  await alice.send("PRIVMSG bob :green, but only for you");
  await bob.talks.getByRole("button", { name: /^alice/ }).waitFor();

  await bob.page.keyboard.press("Control+Shift+F");
  const panel = bob.page.getByRole("search");
  const field = panel.getByRole("searchbox");
  await bob.until("focus in the field", true, () => field.evaluate((field) => field === document.activeElement));
  await bob.page.keyboard.type("GREEN");
  await bob.page.keyboard.press("Enter");
  // What was said in a channel in which bob is not is not found.
  await panel.getByText("2 found.").waitFor();
  assertEquals(await hitsOf(bob), [
    { from: "alice", talk: "alice", text: "green, but only for you", marked: ["green"] },
    { from: "alice", talk: "#lobby", text: "Green tea is ready", marked: ["Green"] },
  ]);
  assertEquals(await bob.barriers(), []);
  await bob.picture("search");
  await bob.page.keyboard.press("ArrowDown");
  await bob.page.keyboard.press("ArrowDown");
  await bob.page.keyboard.press("Enter");
  await isAt(bob, "Green tea is ready");
  await bob.page.keyboard.press("ArrowUp");
  await bob.page.keyboard.press("Enter");
  await bob.isIn("alice");
  await isAt(bob, "green, but only for you");
  // Escape closes it, and the person writes where they wrote.
  await bob.page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await bob.until("focus to write", true, () => bob.field.evaluate((field) => field === document.activeElement));
});

test("a search takes filters, by words and by controls, has more on request, and says where it finds nothing", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await saysMany(alice, "#lobby", 1, 70);
  const carol = await room.person("carol", { join: "#lobby" });
  await carol.send("PRIVMSG #lobby :line of mine");
  await carol.everything();
  const bob = await browser.guest(room, "bob");
  await bob.sees("line of mine");
  await bob.button(/^Search/).click();
  const panel = bob.page.getByRole("search");
  const looks = async (text: string) => {
    await panel.getByRole("searchbox").fill(text);
    await panel.getByRole("searchbox").press("Enter");
  };
  await looks("line from:alice in:lobby");
  await panel.getByText("50 found so far.").waitFor();
  assertEquals((await hitsOf(bob))[0].text, "line 70");
  assertEquals(await panel.getByLabel("From", { exact: true }).inputValue(), "alice");
  assertEquals(await panel.getByLabel("In", { exact: true }).inputValue(), "#lobby");
  await panel.getByRole("button", { name: "Show more" }).click();
  await panel.getByText("70 found.").waitFor();
  const texts = (await hitsOf(bob)).map(({ text }) => text);
  assertEquals(texts, Array.from({ length: 70 }, (_, i) => `line ${70 - i}`));

  await panel.getByLabel("From", { exact: true }).fill("carol");
  await looks("line");
  await panel.getByText("1 found.").waitFor();
  assertEquals((await hitsOf(bob)).map(({ text }) => text), ["line of mine"]);
  await panel.getByLabel("Before", { exact: true }).fill("2020-01-01");
  await looks("line");
  await panel.getByText("Nothing found.").waitFor();
  await looks("line before:tomorrow");
  await panel.getByText('"tomorrow" is no day').waitFor();
  await panel.getByLabel("Before", { exact: true }).fill("");
  await panel.getByLabel("On or after").fill("2020-01-01");
  await panel.getByLabel("From", { exact: true }).fill("");
  await looks("line");
  await panel.getByText("50 found so far.").waitFor();
  assertEquals((await hitsOf(bob))[0].text, "line 1");
  await panel.getByRole("button", { name: "Close" }).click();
  await panel.waitFor({ state: "detached" });
});

test("mentions: all lines that name a person are listed, also those from before they came, and lead to their place", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :bob: are you there?", "PRIVMSG #lobby :bobbing for apples");
  await saysMany(alice, "#lobby", 1, 100);
  const bob = await browser.guest(room, "bob");
  await bob.sees("line 100");
  await bob.button("Mentions of you").click();
  await bob.page.getByRole("region", { name: "Mentions of you" }).getByText("1 found.").waitFor();
  assertEquals((await hitsOf(bob)).map(({ text, marked }) => [text, marked]), [["bob: are you there?", ["bob"]]]);
  await bob.button(/are you there/).click();
  await isAt(bob, "bob: are you there?");
});

test("an answer to one's own message is a mention: in the badge, the list of mentions and a talk heard by mentions", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  const alice = await room.person("alice", { join: "#lobby", caps: "message-tags" });
  await bob.says("who wants tea?");
  const msgid = /msgid=([^; ]+)/.exec(await alice.sees(/ PRIVMSG #lobby :who wants tea\?$/))![1];
  await bob.says("/join #milk");
  await bob.isIn("#milk");
  await alice.send("PRIVMSG #lobby :nobody is named");
  await bob.talks.getByRole("button", { name: "#lobby 1 unread", exact: true }).waitFor();
  await alice.send(`@+draft/reply=${msgid} PRIVMSG #lobby :I do`);
  await bob.talks.getByRole("button", { name: /^#lobby 2 unread.*1 mention/ }).waitFor();
  await bob.isTitled("(2) bob --> #milk");
  await bob.button("Mentions of you").click();
  await bob.page.getByRole("region", { name: "Mentions of you" }).getByText("1 found.").waitFor();
  assertEquals((await hitsOf(bob)).map(({ text }) => text), ["I do"]);
  await bob.picture("mention-by-answer");
  await bob.button(/I do/).click();
  await isAt(bob, "I do");
});

test("on a phone the panel covers the talk, in Chinese too, and a hit makes room for its place", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :龙井茶好了");
  await saysMany(alice, "#lobby", 1, 100);
  const bob = await browser.stranger(room, {
    nick: "bob",
    locale: "zh-CN",
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    hasTouch: true,
  });
  await bob.inChinese().joins();
  await bob.sees("line 100");
  await bob.picture("search-phone-closed");
  await bob.button("搜索").click();
  const panel = bob.page.getByRole("search", { name: "搜索" });
  await panel.getByRole("searchbox").fill("龙井");
  await panel.getByRole("searchbox").press("Enter");
  await panel.getByText("共找到 1 条。").waitFor();
  const box = await panel.boundingBox();
  assertEquals([box!.x, box!.width, box!.height], [0, 390, 844]);
  assertEquals(await bob.barriers(), []);
  await bob.picture("search-phone");
  await bob.page.locator(".hit").tap();
  await panel.waitFor({ state: "detached" });
  await isAt(bob, "龙井茶好了");
});

test("what is typed while the search is being loaded is looked for, and is said to nobody", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :salaries are paid on Monday");
  const bob = await browser.guest(room, "bob");
  await bob.sees("salaries are paid");
  const loads = Promise.withResolvers<void>();
  await bob.page.route("**/web.search.js", async (route) => {
    await loads.promise;
    await route.continue();
  });

  await bob.field.fill("half a ");
  await bob.page.keyboard.press("Control+f");
  await bob.page.keyboard.type("salariesx");
  await bob.page.keyboard.press("Backspace");
  await bob.page.keyboard.press("Enter");
  assertEquals(await bob.field.inputValue(), "half a ");
  loads.resolve();
  const panel = bob.page.getByRole("search");
  await panel.getByText("1 found.").waitFor();
  assertEquals(await panel.getByRole("searchbox").inputValue(), "salaries");
  assertEquals(await bob.field.inputValue(), "half a ");
  await bob.page.keyboard.type(" monday");
  assertEquals(await panel.getByRole("searchbox").inputValue(), "salaries monday");
  // Closed, it gives the focus back, and the keys are the talk's again.
  await bob.page.keyboard.press("Escape");
  await bob.page.keyboard.type("word");
  assertEquals(await bob.field.inputValue(), "half a word");
  assertEquals(await bob.lines(), ["salaries are paid on Monday"]);

  // The next time there is nothing to load, and no letter goes astray either.
  await bob.button("Search").click();
  await bob.page.keyboard.type("paid");
  await bob.until("field", "paid", () => panel.getByRole("searchbox").inputValue());
  assertEquals(await bob.field.inputValue(), "half a word");
});
