/// <reference lib="dom" />
/**
 * The page in Chromium, as an operator of a channel mutes and bans people by mouse, and as those people find it.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRelay } from "./relay.ts";
import { openRoom } from "../room.ts";

test("an operator mutes by mouse: it holds against /nick and a reload, what is written stays, nobody is told of typing", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");
  const dave = await room.person("dave", { join: "#lobby", caps: "message-tags" });
  await alice.hasOnline("alice", "bob", "dave");
  // Who is no operator is offered nothing.
  await bob.menuOf("alice");
  assertEquals(await bob.entries(), ["Talk alone", "Call", "Mention", "Profile", "Hide what they say"]);
  await bob.page.keyboard.press("Escape");
  assertEquals(await bob.button("Banned and muted").count(), 0);

  const dialog = await alice.chooses("bob", { why: "too loud" });
  assertEquals(await alice.barriers(), []);
  await alice.picture("moderate");
  await dialog.getByRole("button", { name: "Mute", exact: true }).click();
  await alice.page.getByText(
    /^bob cannot talk in #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d \(too loud\)\. This holds for their device\./,
  )
    .waitFor();
  await bob.page.getByText(/^alice muted you in #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d: too loud$/).waitFor();
  // Each of them is told of it once: what others read of the mode is left out.
  for (const guest of [alice, bob]) assertEquals(await guest.log.getByText("alice muted bob").count(), 0);
  const why = /^You cannot talk in #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d: alice muted you: too loud$/;
  await bob.silence.waitFor();
  assertMatch(await bob.silence.innerText(), why);
  await dave.everything();
  // The field says so as well, and the button is off but for commands; a private talk is as ever.
  const send = bob.button("Send");
  const hint = () => bob.field.getAttribute("placeholder");
  assertMatch(await hint() ?? "", /^You are muted here until (?:\d+ \w+ \d{4}, )?\d\d:\d\d$/);
  assertEquals(await send.isDisabled(), true);
  await bob.field.fill("let me");
  await bob.until("button", true, () => send.isDisabled());
  await bob.field.fill("/nick");
  await bob.until("button", false, () => send.isDisabled());
  await bob.field.fill("let me");
  await bob.people.getByRole("button", { name: "alice", exact: true }).click();
  await bob.isIn("alice");
  await bob.until("hint", "Only alice reads this", hint);
  assertEquals(await send.isDisabled(), false);
  await bob.opens("#lobby");
  await bob.until("field", "let me", () => bob.field.inputValue());
  await bob.field.fill("");
  assertEquals(await bob.barriers(), []);
  await dave.everything();

  // What is written stays, and nobody is told of it.
  await bob.says("can you read this?");
  await bob.until("field", "can you read this?", () => bob.field.inputValue());
  // It stands above the field, and is told no second time.
  await bob.says("can you?");
  await bob.until("field", "can you?", () => bob.field.inputValue());
  assertEquals(await bob.page.getByText(why).count(), 1);
  await bob.says("/nick robert");
  await bob.page.getByText("You cannot take another nick while you are banned or muted in #lobby.").waitFor();
  assertEquals(await dave.everything(), []);

  // Loaded anew, and in another tab, bob is who he was, and reads why.
  await bob.page.reload();
  await bob.silence.waitFor();
  assertMatch(await bob.silence.innerText(), why);
  await bob.picture("muted");
  await bob.says("and now?");
  await bob.until("field", "and now?", () => bob.field.inputValue());
  assertEquals((await dave.everything()).filter((line) => / PRIVMSG | TAGMSG /.test(line)), []);

  // The operator and bob see in the list of people that he is muted, and nobody else does.
  const marked = (guest: Guest) => guest.people.getByRole("listitem").filter({ hasText: "bob" }).getByText("muted");
  await marked(alice).waitFor();
  await marked(bob).waitFor();
  const carol = await browser.guest(room, "carol");
  await carol.people.getByText("bob").waitFor();
  assertEquals(await marked(carol).count(), 0);
  // Lifted by the menu in which he was muted, and muted anew.
  await alice.menuOf("bob");
  await alice.picture("muted-person");
  await alice.page.getByRole("menuitem", { name: "Unmute" }).click();
  await bob.page.getByText("alice lets you talk in #lobby again.").waitFor();
  await marked(alice).waitFor({ state: "detached" });
  await marked(bob).waitFor({ state: "detached" });
  await dave.everything();
  const anew = await alice.chooses("bob", { why: "too loud" });
  await anew.getByRole("button", { name: "Mute", exact: true }).click();
  await marked(alice).waitFor();
  await bob.silence.waitFor();

  // Lifted in the list.
  await alice.button("Banned and muted").click();
  const list = alice.page.getByRole("dialog", { name: "Who is banned or muted in #lobby" });
  assertMatch(
    await list.getByRole("listitem").innerText(),
    /bob cannot talk in #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d \(by alice\): too loud/,
  );
  assertEquals(await alice.barriers(), []);
  await alice.picture("bans");
  await list.getByRole("button", { name: "Unmute" }).click();
  await marked(alice).waitFor({ state: "detached" });
  await bob.silence.waitFor({ state: "detached" });
  await bob.until("hint", "Write to #lobby", hint);
  assertEquals(await send.isDisabled(), false);
  await bob.field.press("Enter");
  await dave.sees(/ PRIVMSG #lobby :and now\?$/);
  await alice.sees("and now?");
});

test("what an operator may do is offered in the channel on the screen alone, and its dialog says where and what", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");
  const ruling = ["Make operator", "Mute, ban or remove…"];
  const offered = async () => {
    await alice.menuOf("bob");
    const entries = await alice.entries();
    await alice.page.keyboard.press("Escape");
    await alice.menu.waitFor({ state: "detached" });
    return entries.filter((entry) => ruling.includes(entry));
  };
  assertEquals(await offered(), ruling);
  // In a private talk the list has the people of the channel that was shown before.
  await alice.people.getByRole("button", { name: "bob", exact: true }).click();
  await alice.isIn("bob");
  await alice.hasOnline("alice", "bob");
  assertEquals(await offered(), []);
  assertEquals(await alice.button("Banned and muted").count(), 0);
  await alice.opens("#lobby");
  await alice.button("Banned and muted").waitFor();
  assertEquals(await offered(), ruling);

  // In another channel it acts there.
  for (const guest of [alice, bob]) {
    await guest.says("/join #garden");
    await guest.isIn("#garden");
  }
  await alice.hasOnline("alice", "bob");
  const dialog = await alice.chooses("bob");
  await dialog.getByRole("heading", { name: "Mute, ban or remove bob in #garden", exact: true }).waitFor();
  const meanings = await dialog.getByRole("listitem").evaluateAll((items) =>
    items.map((item) => [item.querySelector("button")!.innerText, item.querySelector("span")!.innerText])
  );
  assertEquals(meanings, [
    ["Mute", "For that time they can read, but not talk."],
    ["Ban", "They are out, and for that time they cannot come back."],
    ["Remove", "They are out now, and may come back at once: the time does not count."],
  ]);
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await alice.hasOnline("alice");
  await bob.log.getByText("alice removed you from #garden").waitFor();
  await alice.opens("#lobby");
  await alice.hasOnline("alice", "bob");
});

test("who is banned is out, reads why and until when, and does not come back in another tab", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");
  const dialog = await alice.chooses("bob", { period: "1h", why: "spam" });
  await dialog.getByRole("button", { name: "Ban", exact: true }).click();
  await bob.page.getByText(/^alice banned you from #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d: spam$/).waitFor();
  assertEquals(await bob.log.getByText(/removed you|UTC/).count(), 0);
  assertEquals(await bob.log.getByRole("button", { name: "Join", exact: true }).count(), 0);
  await alice.log.getByText(/^bob is banned from #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d \(spam\)\. This holds for/)
    .waitFor();
  assertEquals(await alice.log.getByText(/banned bob|removed bob|UTC/).count(), 0);
  await alice.hasOnline("alice");
  await bob.says("/join #lobby");
  const refused = bob.log.getByText(
    /^You cannot come into #lobby until (?:\d+ \w+ \d{4}, )?\d\d:\d\d: alice has banned you: spam$/,
  );
  await refused.waitFor();
  await bob.says("/nick robert");
  await bob.says("/join #lobby");
  await refused.nth(1).waitFor();
  assertEquals(await bob.log.getByText("alice banned you").count(), 1);
  await alice.says("/invite robert");
  await alice.page.getByText(
    'robert is banned from #lobby, and an invitation does not change that. "Let in again" in "Banned and muted", above ' +
      "the people, ends that.",
  )
    .waitFor();
  await alice.says("/unban robert");
  await alice.page.getByText("robert can come into #lobby again.").waitFor();
  const free = bob.log.getByRole("listitem").filter({ hasText: "alice lets you come into #lobby again." });
  await bob.picture("may-come-again");
  await free.getByRole("button", { name: "Join", exact: true }).click();
  await alice.hasOnline("alice", "robert");
});

test("bans and mutes are lifted one after the other in the dialog, which stays and shows what is left", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");
  const act = async (name: string) => {
    const dialog = await alice.chooses("bob", { why: "too loud" });
    await dialog.getByRole("button", { name, exact: true }).click();
  };
  await act("Mute");
  await bob.silence.waitFor();
  await act("Ban");
  await alice.hasOnline("alice");

  await alice.button("Banned and muted").click();
  const list = alice.page.getByRole("dialog", { name: "Who is banned or muted in #lobby" });
  const entries = () => list.getByRole("listitem").getByRole("button").allInnerTexts();
  await alice.until("list", ["Unmute", "Let in again"], entries);
  await list.getByRole("button", { name: "Unmute" }).click();
  await alice.until("list", ["Let in again"], entries);
  // What is left is said in words, and not by its mask.
  await alice.page.getByText('bob is still banned. "Let in again" in "Banned and muted", above the people, ends that.')
    .waitFor();
  assertEquals(await list.getByRole("button", { name: "Let in again" }).evaluate((it) => it.matches(":focus")), true);
  assertEquals(await alice.barriers(), []);
  await list.getByRole("button", { name: "Let in again" }).click();
  await list.getByText("Nobody is banned or muted in #lobby.").waitFor();
  // What was lifted is told in one line, and what is left stands in the dialog alone.
  await alice.log.getByText("bob can come into #lobby again.").waitFor();
  assertEquals(await alice.log.getByText(/lifted the/).count(), 0);
  assertEquals(await alice.log.getByText(/\(by alice\)/).count(), 0);
  assertEquals(await entries(), []);
  await list.getByRole("button", { name: "Close" }).click();
  await list.waitFor({ state: "detached" });
  await bob.says("/join #lobby");
  await alice.hasOnline("alice", "bob");
});

test("an operator bans a person alone, or all at their address, which holds for a private window too", async (browser) => {
  await using room = await openRoom();
  await using elsewhere = await openRelay(await room.page(), "127.0.0.7");
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  await browser.guest(room, "bob", { at: elsewhere.page });
  await alice.hasOnline("alice", "bob");
  await room.person("carol", { join: "#lobby" });
  await alice.hasOnline("alice", "bob", "carol");
  const whom = (name: RegExp) => alice.page.getByRole("radio", { name });
  // What would be for the operator as well is not offered.
  await alice.chooses("carol");
  assertEquals(await whom(/^This person, and everyone at 127\.0\.0\.1 Not here: you are/).isDisabled(), true);
  await alice.page.keyboard.press("Escape");

  const dialog = await alice.chooses("bob", { period: "1h", why: "spam" });
  assertEquals(await whom(/^This person Their account or device/).isChecked(), true);
  assertEquals(await alice.barriers(), []);
  await alice.picture("moderate-whom");
  await dialog.getByRole("button", { name: "Ban", exact: true }).click();
  await alice.hasOnline("alice", "carol");
  // A private window is another browser.
  const again = await browser.guest(room, "bobby", { at: elsewhere.page });
  await alice.hasOnline("alice", "bobby", "carol");
  await alice.page.setViewportSize({ width: 390, height: 844 });
  await alice.page.getByRole("button", { name: /^Online/ }).first().click();
  const wider = await alice.chooses("bobby", { period: "1h", why: "spam" });
  await whom(/^This person, and everyone at 127\.0\.0\.7 Private windows too/).check();
  await alice.picture("moderate-whom-phone");
  await wider.getByRole("button", { name: "Ban", exact: true }).click();
  await again.page.getByText(/^alice banned you from #lobby until .*: spam$/).waitFor();
  await alice.page.getByText(/everybody at 127\.0\.0\.7 is banned from #lobby/i).waitFor();
  const third = await browser.stranger(room, { nick: "robert", at: elsewhere.page });
  await third.joins();
  await third.page.getByText(/^You cannot come into #lobby until .*: alice has banned you: spam$/).first().waitFor();
});

test("an operator of the room bans from the whole room and lets in again; one of a channel is not offered that", async (browser) => {
  await using room = await openRoom();
  await using elsewhere = await openRelay(await room.page(), "127.0.0.7");
  const [link] = /http:\S+$/.exec(await room.logs(/#owner=/))!;
  const alice = await browser.stranger(room, { nick: "alice" });
  await alice.page.goto("about:blank");
  await alice.page.goto(link);
  await alice.joins();
  await alice.hasOnline("alice");
  const carol = await room.person("carol", { join: "#lobby" });
  const bob = await browser.guest(room, "bob", { at: elsewhere.page });
  await alice.hasOnline("alice", "bob", "carol");
  const fromRoom = (name = "") => alice.page.getByRole("radio", { name: `From the whole room ${name}`.trim() });
  // Whoever has the operator's own address, and no account, can't be kept out without them.
  await alice.chooses("carol");
  assertEquals(await fromRoom("Not here: you are at that address yourself.").isDisabled(), true);
  await alice.page.keyboard.press("Escape");

  const dialog = await alice.chooses("bob", { period: "7d", why: "spam" });
  assertEquals(await alice.page.getByRole("radio", { name: "From this channel" }).isChecked(), true);
  await fromRoom("By their address and their account").check();
  assertEquals(await alice.barriers(), []);
  await alice.picture("moderate-where");
  await dialog.getByRole("button", { name: "Ban", exact: true }).click();
  await carol.sees(/ QUIT /);
  // He is out, and reads until when by his own clock; so do those who saw him go.
  const until = /\d+ \w+ \d{4}, \d\d:\d\d/.source;
  const card = bob.page.getByRole("main").getByRole("alert");
  await card.getByText(new RegExp(`^You are banned from this room until ${until}: spam$`)).waitFor();
  await bob.picture("banned-out");
  await alice.sees(new RegExp(`bob \\(banned from this room until ${until}: spam\\)`));
  await alice.sees(
    'bob is banned from this room for 1 week. "Let in again" in "Banned and muted", above the people, ends that.',
  );
  assertEquals(await alice.log.getByText(/GMT|has banned/).count(), 0);

  await alice.button("Banned and muted").click();
  const list = alice.page.getByRole("dialog", { name: "Who is banned or muted in #lobby" });
  await list.getByText("Nobody is banned or muted in #lobby.").waitFor();
  const entry = list.getByRole("listitem");
  assertMatch(
    await entry.innerText(),
    /^everybody at 127\.0\.0\.7 is banned from this room until \d+ \w+ \d{4}, \d\d:\d\d \(by alice\): spam/,
  );
  await alice.picture("banned-from-room");
  await entry.getByRole("button", { name: "Let in again" }).click();
  await entry.waitFor({ state: "detached" });
  await list.getByRole("button", { name: "Close" }).click();
  const again = await browser.guest(room, "bobby", { at: elsewhere.page });
  await again.says("/join #tea");
  await again.hasOnline("bobby");
  await carol.send("JOIN #tea");
  await again.hasOnline("bobby", "carol");
  await again.chooses("carol");
  assertEquals(await again.page.getByRole("radio", { name: /^From/ }).count(), 0);
});

test("where a person may not talk, or is in no channel, buttons that can't work are off and say why", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.hasOnline("alice");
  const bob = await browser.guest(room, "bob");
  await alice.hasOnline("alice", "bob");
  const dave = await room.person("dave", { join: "#lobby", caps: "message-tags echo-message" });
  await dave.send("PRIVMSG #lobby :tea?");
  const msgid = /msgid=([^; ]+)/.exec(await dave.sees(/ PRIVMSG #lobby :tea\?$/))![1];
  await dave.send(`@+draft/react=🍵;+draft/reply=${msgid} TAGMSG #lobby`);
  const line = bob.line("tea?").first();
  const reaction = line.locator(".reactions button");
  await reaction.waitFor();
  await line.hover();
  const buttons = {
    attach: bob.button("Send files"),
    voice: bob.button("Record a voice message"),
    call: bob.button("Start a call"),
    reply: line.getByRole("button", { name: "Reply", exact: true }),
    react: line.getByRole("button", { name: "React", exact: true }),
    reaction,
  };
  const off = async () => {
    const found: string[] = [];
    for (const [name, button] of Object.entries(buttons)) if (await button.isDisabled()) found.push(name);
    return found;
  };
  assertEquals(await off(), []);
  await dave.everything();
  await alice.says("/mute bob 10m");
  await bob.silence.waitFor();
  await line.hover();
  await bob.until("buttons that are off", Object.keys(buttons), off);
  for (const button of Object.values(buttons)) {
    assertMatch(await button.getAttribute("title") ?? "", /You are muted here until (?:\S+ )?\d\d:\d\d$/);
  }
  assertMatch(await bob.button("Send").getAttribute("title") ?? "", /^You are muted here/);
  await bob.menuAt("tea?");
  assertEquals(await bob.entries(), ["Copy text", "Copy link", "Report to the operators…"]);
  await bob.page.keyboard.press("Escape");
  assertEquals(await bob.barriers(), []);
  await bob.picture("muted-buttons");
  await bob.page.setViewportSize({ width: 390, height: 844 });
  await bob.picture("muted-buttons-phone");
  await bob.page.setViewportSize({ width: 1100, height: 700 });
  await alice.says("/unmute bob");
  await bob.silence.waitFor({ state: "detached" });
  await line.hover();
  await bob.until("buttons that are off", [], off);

  // Who is banned from the only channel is in none: the field is there for commands.
  await alice.says("/ban bob 1h");
  await bob.page.getByText(/^alice banned you from #lobby/).first().waitFor();
  const isOff = async () => [await bob.button("Emoji").isDisabled(), await bob.button("Send").isDisabled()];
  await bob.until("buttons that are off", [true, true], isOff);
  assertEquals(await bob.button("Emoji").getAttribute("title"), "You are in no channel");
  assertEquals(await bob.field.getAttribute("placeholder"), "You are in no channel");
  // No talk is shown, which would begin somewhere.
  assertEquals(await bob.page.getByText("This is where it begins.").count(), 0);
  for (const name of ["attach", "voice", "call"] as const) assertEquals(await buttons[name].count(), 0);
  assertEquals(await bob.barriers(), []);
  await bob.picture("banned-buttons");
  await bob.page.reload();
  await bob.until("buttons that are off", [true, true], isOff);
  await bob.says("/join #milk");
  await bob.isIn("#milk");
  await bob.until("buttons that are off", [false, false], isOff);
});
