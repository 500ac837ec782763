/**
 * The page in Chromium, as people use it: named people at pages, at the terminal client and at an IRC client in one room.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";
import { hasScript, Terminal } from "../terminal.ts";

/** What an IRC client by hand asks for here, so that it is shown all that a page sends. */
const CAPS = "message-tags echo-message";

test("two pages, a terminal and an IRC client in one room", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await using carol = new Terminal("--nick", "carol", "--server", room.address);
  await carol.shows("carol --> #lobby> ");
  const dave = await room.person("dave", { join: "#lobby" });
  for (const page of [alice, bob]) await page.hasOnline("alice", "bob", "carol", "dave");

  await alice.says("hello, all of you");
  await dave.sees(":alice!teahouse@127.0.0.1 PRIVMSG #lobby :hello, all of you");
  await carol.shows("<alice> hello, all of you");
  await carol.types("水开了 :tea:\r");
  await dave.sees(/^:carol!.* PRIVMSG #lobby :水开了 🍵$/);
  await dave.send("PRIVMSG #lobby :from an IRC client");
  for (const page of [alice, bob]) await page.sees("from an IRC client");
  assertEquals((await bob.lines()).slice(-3), ["hello, all of you", "水开了 🍵", "from an IRC client"]);
  await bob.says("seen");
  await alice.sees("seen");
  await carol.shows("<bob> seen");

  // To one, and back.
  await alice.people.getByRole("button", { name: "dave" }).click();
  await alice.isIn("dave");
  await alice.isTitled("alice --> dave");
  await alice.says("between us");
  await dave.sees(":alice!teahouse@127.0.0.1 PRIVMSG dave :between us");
  await dave.send("PRIVMSG alice :of course");
  await alice.reads("between us", "of course");
  await carol.types("/to bob\r");
  await carol.types("psst, bob\r");
  await bob.talks.getByRole("button", { name: "carol 1 unread" }).waitFor();
  await bob.opens("carol");
  await bob.reads("psst, bob");
  await bob.says("yes?");
  await carol.shows("bob -> you: yes?");
  await alice.opens("#lobby");
  assertEquals((await alice.lines()).filter((line) => /us$|psst|yes/.test(line)), []);

  await dave.send("QUIT :time for bed");
  await alice.hasOnline("alice", "bob", "carol");
  await alice.sees("dave (time for bed) left");
  await alice.button("Leave").click();
  await alice.button("Join").waitFor();
  await bob.opens("#lobby");
  await bob.hasOnline("bob", "carol");
}, hasScript ? [] : ["script"]);

test("the login knows the name of last time, the channel of the address, and asks for a password that is needed", async (browser) => {
  await using room = await openRoom(["--password", "pu-erh"]);
  const alice = await browser.stranger(room, { nick: "alice", channel: "#tea" });
  const { page } = alice;
  await page.getByText(`Address: ${new URL(await room.page()).host}`, { exact: true }).waitFor();
  assertEquals(await page.getByLabel("Channel").inputValue(), "tea");
  assertEquals(await page.getByLabel("Password", { exact: true }).count(), 0);
  await page.getByLabel("Your name").fill("alice");
  await alice.button("Join").click();
  await page.getByLabel("Password", { exact: true }).waitFor();
  assertStringIncludes(await page.getByRole("alert").innerText(), "This room has a password.");
  await page.getByLabel("Password", { exact: true }).fill("oolong");
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await page.getByText("That is not the room's password.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("pu-erh");
  await page.getByLabel("Password", { exact: true }).press("Enter");
  await alice.isIn("#tea");
  // Another time.
  await alice.button("Leave").click();
  await alice.button("Join").waitFor();
  await page.goto(await room.page());
  assertEquals(await page.getByLabel("Your name").inputValue(), "alice");
  // What cannot be a name is said before anything is sent.
  await page.getByLabel("Your name").fill("2 bob");
  await alice.button("Join").click();
  assertMatch(
    await page.getByRole("alert").innerText(),
    /^A name has 1 to 30 letters.*\(it cannot begin with 2; _bob would do\)$/,
  );
});

test("the login makes a nick of a name with spaces, says so before, and shows the person under the name", async (browser) => {
  await using room = await openRoom();
  const watcher = await room.person("watcher");
  const chen = await browser.stranger(room, { nick: "Ms Chen" });
  const { page } = chen;
  const name = page.getByLabel("Your name");
  await name.fill("Ms Chen");
  await page.getByText("Your nick is Ms_Chen, shown as Ms Chen.").waitFor();
  await chen.button("中文").click();
  await page.getByText("昵称为 Ms_Chen，显示为 Ms Chen。").waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await chen.button("Join").click();
  await chen.isIn("#lobby");
  await chen.isTitled("Ms_Chen --> #lobby");
  await chen.sees(/You are Ms_Chen, and shown as Ms Chen\./);
  // As every other client sees it; after the page is loaded anew, too.
  for (const again of [true, false]) {
    await watcher.send("METADATA Ms_Chen GET display-name");
    await watcher.sees(/ 761 watcher Ms_Chen display-name \* :Ms Chen$/);
    if (!again) break;
    await page.reload();
    await chen.isIn("#lobby");
    await chen.sees(/You are Ms_Chen, and shown as Ms Chen\./);
  }
  // Another time the field has the name as it was written.
  await chen.button("Leave").click();
  await chen.button("Join").waitFor();
  assertEquals(await name.inputValue(), "Ms Chen");
  // What imitates somebody becomes another nick, with the reason.
  await name.fill("wаtcher");
  await page.getByText("Your nick is").waitFor({ state: "hidden" });
  await chen.button("Join").click();
  await chen.sees(/The nick wаtcher looks like watcher, who is here: you are wаtcher_2/);
});

test("a nick that is taken becomes another, and the person is told", async (browser) => {
  await using room = await openRoom();
  await room.person("bob", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await bob.hasOnline("bob", "bob_2");
  await bob.isTitled("bob_2 --> #lobby");
  await bob.sees(/bob is (?:taken|in use)/i);
});

test("emoji: codes complete, are chosen and searched; pictures are shown", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { join: "#lobby" });
  await alice.field.pressSequentially("good :smil");
  const suggestions = alice.page.getByRole("listbox", { name: "Suggestions" });
  await suggestions.getByRole("option", { name: ":smile: 😄", exact: true }).waitFor();
  assertEquals(await suggestions.getByRole("option", { selected: true }).innerText(), ":smile: 😄");
  await alice.field.press("Tab");
  await alice.until("field", "good :smile:", () => alice.field.inputValue());
  await alice.field.press("Enter");
  await dave.sees(":alice!teahouse@127.0.0.1 PRIVMSG #lobby :good 😄");
  // Not in a path, a time or code.
  await alice.says("at 10:30:45, `:smile:`");
  await dave.sees(":alice!teahouse@127.0.0.1 PRIVMSG #lobby :at 10:30:45, `:smile:`");
  assertEquals(await alice.line("at 10:30:45").getByRole("code").innerText(), ":smile:");

  await alice.field.fill("look: ");
  await alice.button("Emoji").click();
  const picker = alice.page.getByRole("dialog", { name: "Emoji" });
  await picker.getByRole("searchbox").fill("dragon");
  await picker.getByRole("button", { name: "dragon", exact: true }).click();
  await alice.until("field", "look: 🐉 ", () => alice.field.inputValue());
  await alice.field.press("Enter");
  await dave.sees(":alice!teahouse@127.0.0.1 PRIVMSG #lobby :look: 🐉 ");
  await alice.button("Emoji").click();
  await picker.getByRole("button", { name: "panda_tea", exact: true }).click();
  await alice.field.press("Enter");
  // Others are sent its code.
  await dave.sees(/^:alice!teahouse@127\.0\.0\.1 PRIVMSG #lobby ::panda_tea: ?$/);
  const picture = alice.log.getByRole("img", { name: ":panda_tea:" }).first();
  await alice.until(
    "picture's width",
    true,
    () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
  );
  // Alone it is large, among words as high as they are.
  await dave.send("PRIVMSG #lobby :tea with :panda_tea: here");
  const small = alice.line("tea with").getByRole("img");
  const [alone, among] = await Promise.all([picture, small].map(async (one) => (await one.boundingBox())!.height));
  assertEquals(alone > among, true, `${alone} pixels alone, ${among} among words`);
});

test("a reply, a reaction that is taken back, a message that is removed, and who is typing", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await dave.send("PRIVMSG #lobby :who wants tea?");
  const msgid = /msgid=([^; ]+)/.exec(await dave.sees(/who wants tea/))![1];

  await alice.line("who wants tea?").hover();
  await alice.line("who wants tea?").getByRole("button", { name: "Reply" }).click();
  await alice.page.getByText("Replying to dave: who wants tea?").waitFor();
  await alice.says("I do");
  assertStringIncludes(await dave.sees(/ PRIVMSG #lobby :I do$/), `+draft/reply=${msgid}`);
  await bob.line("I do").getByRole("button", { name: "dave who wants tea?" }).waitFor();

  await bob.line("I do").hover();
  await bob.line("I do").getByRole("button", { name: "React" }).click();
  const picker = bob.page.getByRole("dialog", { name: "React to alice" });
  await picker.getByRole("searchbox").fill("thumbs up");
  await picker.getByRole("button", { name: "thumbs up", exact: true }).click();
  assertStringIncludes(await dave.sees(/ TAGMSG #lobby$/), "+draft/react=👍");
  const reaction = alice.line("I do").locator(".reactions").getByRole("button", { name: "👍" });
  await alice.until("reaction", "👍 1 bob", async () => (await reaction.innerText()).replace(/\s+/g, " "));
  await reaction.click();
  await bob.until("reaction", "👍 2 bob, alice", async () => {
    const shown = await bob.line("I do").locator(".reactions").getByRole("button", { name: "👍" }).innerText();
    return shown.replace(/\s+/g, " ");
  });
  await reaction.click();
  await bob.line("I do").locator(".reactions").getByRole("button", { name: "👍" }).click();
  await reaction.waitFor({ state: "detached" });

  await bob.field.pressSequentially("I th");
  await alice.page.getByText("bob typing…").waitFor();
  assertStringIncludes(await dave.sees(/^@[^ ]*typing=active[^ ]* :bob/), " TAGMSG #lobby");
  await bob.says("I think so");
  await alice.page.getByText("bob typing…").waitFor({ state: "detached" });

  await (await bob.menuAt("I think so")).getByRole("menuitem", { name: "Remove", exact: true }).click();
  await bob.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await alice.sees("Message removed by bob");
  assertEquals(await alice.line("I think so").count(), 0);
});

test("several talks: what is unread, who is named, and what is half written in each", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob", { channel: "tea" });
  await bob.isIn("#tea");
  await bob.page.getByLabel("Join a channel").fill("coffee");
  await bob.page.getByLabel("Join a channel").press("Enter");
  await bob.isIn("#coffee");
  await bob.isTitled("bob --> #coffee");
  const alice = await room.person("alice", { join: "#tea,#coffee" });
  await alice.send("PRIVMSG #tea :anybody here?", "PRIVMSG #tea :bob?", "PRIVMSG bob :or here?");
  await bob.talks.getByRole("button", { name: "#tea 2 unread, 1 mention", exact: true }).waitFor();
  await bob.talks.getByRole("button", { name: "alice 1 unread", exact: true }).waitFor();
  await bob.isTitled("(3) bob --> #coffee");
  await bob.field.fill("half a line for coffee");
  await bob.opens("#tea");
  await bob.until("field", "", () => bob.field.inputValue());
  await bob.isTitled("(1) bob --> #tea");
  // Where one stopped reading.
  assertEquals(await bob.log.getByRole("listitem").filter({ hasText: /^New$/ }).count(), 1);
  await bob.field.fill("and one for tea");
  await bob.opens("alice");
  await bob.isTitled("bob --> alice");
  await bob.opens("#coffee");
  await bob.until("field", "half a line for coffee", () => bob.field.inputValue());
  await bob.opens("#tea");
  await bob.until("field", "and one for tea", () => bob.field.inputValue());
  // Lists can be hidden, and come back.
  for (const [name, list] of [[/^Talks$/, bob.talks], [/^Online 2$/, bob.people]] as const) {
    const toggle = bob.page.getByRole("main").getByRole("button", { name });
    assertEquals(await toggle.getAttribute("aria-expanded"), "true");
    await toggle.click();
    await list.waitFor({ state: "hidden" });
    assertEquals(await toggle.getAttribute("aria-expanded"), "false");
    await toggle.click();
    await list.waitFor();
  }
});

test("writing: nicks complete, lines come back, lines are one message, commands run", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  const dave = await room.person("dave", { join: "#lobby" });
  const saysNext = async (text: string) =>
    assertEquals(await dave.sees(/ (?:PRIVMSG|TOPIC) /), `:bob!teahouse@127.0.0.1 PRIVMSG #lobby :${text}`);
  await bob.hasOnline("bob", "dave");
  await bob.field.pressSequentially("da");
  await bob.field.press("Tab");
  await bob.until("field", "dave: ", () => bob.field.inputValue());
  await bob.field.pressSequentially("tea?");
  await bob.field.press("Enter");
  await saysNext("dave: tea?");
  await bob.says("@dave or coffee");
  await saysNext("@dave or coffee");
  await bob.field.fill("not sent yet");
  await bob.field.press("ArrowUp");
  await bob.field.press("ArrowUp");
  assertEquals(await bob.field.inputValue(), "dave: tea?");
  await bob.field.press("ArrowDown");
  await bob.field.press("ArrowDown");
  assertEquals(await bob.field.inputValue(), "not sent yet");

  // A new line is one more line of the message; a client that knows no such messages is told each.
  const eve = await room.person("eve", { caps: "batch message-tags draft/multiline", join: "#lobby" });
  const saysWhole = async (...lines: string[]) => {
    await eve.sees(/ BATCH \+\S+ draft\/multiline #lobby$/);
    for (const line of lines) {
      assertEquals((await eve.sees(/ PRIVMSG /)).replace(/^.*? PRIVMSG #lobby :/, ""), line);
      await saysNext(line);
    }
    await eve.sees(/BATCH -/);
  };
  await bob.field.fill("first");
  await bob.field.press("Shift+Enter");
  await bob.field.pressSequentially("second");
  await bob.field.press("Enter");
  await saysWhole("first", "second");

  // What is pasted is no command, and has a question only where it is more than one message.
  await bob.pastes("/one\n/quit\n  three\n");
  await bob.until("field", "/one\n/quit\n  three\n", () => bob.field.inputValue());
  await bob.field.press("Enter");
  await saysWhole("/one", "/quit", "  three");
  const long = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  await bob.pastes(long.join("\n"));
  const dialog = bob.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  await bob.pastes(long.join("\n"));
  await dialog.getByText("This is too long for one message. Send 2 messages to #lobby?").waitFor();
  await dialog.getByRole("button", { name: "Put it where I write" }).click();
  await bob.until("field", long.join("\n"), () => bob.field.inputValue());
  await bob.field.fill("");
  await bob.pastes(long.join("\n"));
  await dialog.getByRole("button", { name: "Send 2 messages" }).click();
  await bob.sees("This is too long for one message, so it goes as 2.");
  await saysWhole(...long.slice(0, 32));
  await saysWhole(...long.slice(32));

  await bob.says("/topic all about tea: http://tea.example/");
  await dave.sees(":bob!teahouse@127.0.0.1 TOPIC #lobby :all about tea: http://tea.example/");
  await bob.page.getByRole("main").getByRole("link", { name: "http://tea.example/" }).first().waitFor();
  await bob.says("/wohis dave");
  await bob.sees("There is no command /wohis. Did you mean /whois?");
  await bob.says("/whois dave");
  await bob.sees(/dave .*127\.0\.0\.1/);
  await bob.says("/me pours");
  await dave.sees(":bob!teahouse@127.0.0.1 PRIVMSG #lobby :\x01ACTION pours\x01");
  await bob.sees("bob pours");
});
