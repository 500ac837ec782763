/// <reference lib="dom" />
/**
 * The page in Chromium, where people write: what they undo, what comes back to them, and what is never lost.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

/** Waits until this stands in the field. */
function holds(guest: Guest, text: string): Promise<void> {
  return guest.until("field", text, () => guest.field.inputValue());
}

test("what is completed, chosen, recalled or pasted can be undone, and what was undone comes back", async (browser) => {
  await using room = await openRoom();
  await room.person("jasmine", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.page.getByRole("complementary").getByText("jasmine").waitFor();
  const { keyboard } = alice.page;
  await alice.says("the first line");
  await keyboard.type("thanks ja");
  await keyboard.press("Tab");
  await holds(alice, "thanks jasmine ");
  await keyboard.press("Control+z");
  await holds(alice, "thanks ja");
  await keyboard.press("Control+Shift+z");
  await holds(alice, "thanks jasmine ");

  // What was there before up-arrow brought a line back is there again.
  await keyboard.press("ArrowUp");
  await holds(alice, "the first line");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine ");

  // A suggestion, by Enter, and by the mouse; a code of two units beside another that shares one of them.
  await keyboard.press("End");
  await keyboard.type("😄 :smil");
  await keyboard.press("Enter");
  await holds(alice, "thanks jasmine 😄 :smile:");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");
  await alice.page.getByRole("option").first().dispatchEvent("mousedown");
  await holds(alice, "thanks jasmine 😄 :smile:");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");

  await alice.button("Emoji").click();
  await alice.page.getByRole("searchbox").fill("teacup");
  await alice.page.getByRole("dialog").getByRole("button", { name: "teacup without handle" }).click();
  await holds(alice, "thanks jasmine 😄 :smil🍵 ");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");

  await alice.pastes(" one\ntwo");
  await holds(alice, "thanks jasmine 😄 :smil one\ntwo");
  await keyboard.press("Control+z");
  await holds(alice, "thanks jasmine 😄 :smil");
});

test("who is muted types in peace; each line that is refused is told of once, and stands in the field again", async (browser) => {
  await using room = await openRoom();
  const op = await room.person("op", { join: "#lobby" });
  await op.send("MODE #lobby +m");
  const alice = await browser.guest(room, "alice");
  await alice.field.pressSequentially("may I?");
  await alice.field.press("Enter");
  await holds(alice, "may I?");
  const refusals = alice.log.getByRole("listitem").filter({ hasText: /voice|moderated|cannot|can't/i });
  assertEquals(await refusals.count(), 1, await alice.log.innerText());
  // What is written meanwhile stays, and several lines come back in their order.
  await alice.field.fill("");
  await alice.pastes("one\n\n  two :smile:");
  await alice.field.press("Enter");
  await holds(alice, "one\n\n  two :smile:");
  // Who is not there is told of, and what was for them is not lost; where it was written in another talk, it is there.
  await alice.field.fill("");
  await alice.says("/msg nobody secret");
  await holds(alice, "/msg nobody secret");
  await op.send("MODE #lobby -m");
  await alice.field.fill("");
  await alice.says("thanks");
  await alice.sees("thanks");
  await holds(alice, "");
});

test("what is pasted before the channel is joined is said there, also where it is confirmed later", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#lobby" });
  for (const isConfirmedFirst of [true, false]) {
    const alice = await browser.stranger(room);
    const { promise: letIn, resolve: open } = Promise.withResolvers<void>();
    await alice.page.routeWebSocket(/\/irc\?/, (page) => {
      const server = page.connectToServer();
      page.onMessage(async (line) => {
        if (/^(?:@\S+ )?JOIN /.test(`${line}`)) await letIn;
        server.send(line);
      });
    });
    await alice.joins(`alice-${isConfirmedFirst}`);
    await alice.pastes(Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n"));
    const send = alice.page.getByRole("dialog").getByRole("button", { name: "Send 2 messages" });
    if (isConfirmedFirst) await send.click();
    else await send.waitFor();
    open();
    await alice.people.getByText("dave").waitFor();
    if (!isConfirmedFirst) await send.click();
    for (let i = 0; i < 40; i++) await dave.sees(new RegExp(` PRIVMSG #lobby :line ${i}$`));
    await holds(alice, "");
  }
});

test("what is pasted while the connection is lost goes where it was pasted", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#lobby" });
  const alice = await browser.stranger(room);
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  let connections = 0;
  await alice.page.routeWebSocket(/\/irc\?/, (page) => {
    const server = page.connectToServer();
    if (++connections === 1) void isOver.then(() => Promise.all([server.close(), page.close()]));
  });
  await alice.joins("alice");
  await alice.says("/to dave");
  await alice.isIn("dave");
  end();
  await alice.page.getByText("Connection lost").waitFor();
  await alice.pastes("for dave\nalone");
  await alice.field.press("Enter");
  await alice.opens("#lobby");
  await dave.sees(/ PRIVMSG dave :for dave$/);
  await dave.sees(/ PRIVMSG dave :alone$/);
});

test("a draft outlives that the page is loaded anew before it was back", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.stranger(room);
  let isAway = false;
  await alice.page.routeWebSocket(/\/irc\?/, (page) => void (isAway || page.connectToServer()));
  await alice.joins("alice");
  await alice.field.pressSequentially("half a line");
  isAway = true;
  await alice.page.reload();
  isAway = false;
  await alice.page.reload();
  await holds(alice, "half a line");
  // Who leaves is not brought back.
  await alice.button("Leave").click();
  await alice.page.getByLabel("Your name").waitFor();
  await alice.page.reload();
  await alice.page.getByLabel("Your name").waitFor();
});

test("undoing in one talk brings back nothing of another", async (browser) => {
  await using room = await openRoom();
  await room.person("dave", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.says("/to dave");
  await alice.isIn("dave");
  await alice.says("between us");
  await alice.opens("#lobby");
  await alice.page.keyboard.press("Control+z");
  await alice.page.keyboard.type("hello");
  await holds(alice, "hello");
  assertEquals(await alice.field.evaluate((field) => document.activeElement === field), true);
});

test("the search for emoji has first what is called so, the room's pictures, and Chinese words", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const { keyboard } = alice.page;
  const chosen = async (query: string, label: string) => {
    await alice.page.getByRole("searchbox").fill(query);
    await alice.page.getByRole("dialog").getByRole("button", { name: label, exact: true }).waitFor();
    await keyboard.press("Enter");
  };
  await alice.button("Emoji").click();
  await chosen("teacup without", "teacup without handle");
  await holds(alice, "🍵 ");
  await alice.button("Emoji").click();
  // Enter says what it takes: a picture of the room first, by any part of its name.
  await alice.page.getByRole("searchbox").fill("anda");
  await alice.page.getByRole("dialog").getByText("Enter takes: panda_tea", { exact: true }).waitFor();
  await keyboard.press("Enter");
  await holds(alice, "🍵 :panda_tea: ");
  await alice.speaks("中文");
  await alice.button("表情").click();
  await alice.page.getByRole("searchbox").fill("熊");
  await alice.page.getByRole("dialog").getByText("按回车选择：panda_tea", { exact: true }).waitFor();
  await keyboard.press("Enter");
  await holds(alice, "🍵 :panda_tea: :panda_tea: ");
});

test("what is written to somebody who has left, or in a channel that one is thrown out of, stays where it was", async (browser) => {
  await using room = await openRoom();
  const op = await room.person("op", { join: "#tea" });
  const dave = await room.person("dave", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.says("/to dave");
  await alice.isIn("dave");
  await alice.says("hello");
  await dave.sees(/ PRIVMSG alice|PRIVMSG dave :hello$/);
  await dave.send("QUIT");
  await dave.rest();
  await alice.says("are you there?");
  await holds(alice, "are you there?");
  assertEquals(await alice.line(/dave is not online|not here/).count(), 1, await alice.log.innerText());
  // Who is thrown out while writing says the rest of it to nobody else.
  await alice.says("/join #tea");
  await alice.isIn("#tea");
  await alice.field.pressSequentially("for the tea");
  await op.send("KICK #tea alice :enough");
  await alice.isIn("#lobby");
  await alice.page.keyboard.type(" drinkers alone");
  await alice.page.keyboard.press("Enter");
  await holds(alice, "");
  assertEquals(await alice.line("drinkers").count(), 0);
  await alice.says("/join #tea");
  await alice.isIn("#tea");
  await holds(alice, "for the tea");
});

test("what of a paste is not sent when the page is loaded anew stands in the field, and goes nowhere else", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.says("/to dave");
  await alice.isIn("dave");
  const lines = Array.from({ length: 128 }, (_, i) => `line ${i}.`);
  await alice.pastes(lines.join("\n"));
  await alice.page.getByRole("dialog").getByRole("button", { name: "Send 4 messages" }).click();
  await dave.sees(/ PRIVMSG dave :line 3\.$/);
  await alice.page.reload();
  assertEquals(alice.isAskedToStay, true);
  alice.isAskedToStay = false;
  await alice.isIn("dave");
  await alice.field.and(alice.page.getByLabel("Write to dave")).waitFor();
  const left = (await alice.field.inputValue()).split("\n");
  assertEquals(left, lines.slice(-left.length));
  assertEquals(left.length > 1, true);
  await dave.send("PRIVMSG #lobby :nothing more?");
  await alice.opens("#lobby");
  await alice.sees("nothing more?");
  assertEquals(await alice.line(/line \d/).count(), 0);
  // A draft is kept in any case.
  await alice.page.reload();
  assertEquals(alice.isAskedToStay, false);
});

test("who loads the page anew before the channel is joined comes into that channel, with what was for it", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#tea" });
  const alice = await browser.stranger(room, { channel: "tea" });
  let isSlow = true;
  await alice.page.routeWebSocket(/\/irc\?/, (page) => {
    const server = page.connectToServer();
    page.onMessage((line) => void (isSlow && /^(?:@\S+ )?JOIN /.test(`${line}`) || server.send(line)));
  });
  await alice.joins("alice");
  await alice.says("am I in?");
  await alice.field.pressSequentially("half a line");
  isSlow = false;
  await alice.page.reload();
  await alice.isIn("#tea");
  await holds(alice, "am I in?\nhalf a line");
  await alice.field.press("Enter");
  await dave.sees(/ PRIVMSG #tea :am I in\?$/);
});

test("under a finger Enter begins another line, and the button sends; the card says so", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: "draft/multiline batch message-tags echo-message", join: "#lobby" });
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const mei = await browser.guest(room, "mei", phone);
  const card = mei.page.getByRole("region", { name: "Welcome" });
  await card.getByText("Write below, then press the arrow. Enter begins a new line.").waitFor();
  assertEquals(await mei.field.getAttribute("enterkeyhint"), "enter");
  await mei.field.tap();
  const { keyboard } = mei.page;
  await keyboard.type("two cups");
  await keyboard.press("Enter");
  await keyboard.type("one pot");
  assertEquals(await mei.field.inputValue(), "two cups\none pot");
  await mei.button("Send").tap();
  await dave.sees(/ PRIVMSG #lobby :one pot$/);
  await mei.sees(/two cups\s*one pot/);
  assertEquals(await mei.line(/one pot/).count(), 1);
  // With a keyboard at the tablet.
  await mei.field.fill("and cake");
  await mei.field.press("Control+Enter");
  await dave.sees(/ PRIVMSG #lobby :and cake$/);

  const alice = await browser.guest(room, "alice");
  assertEquals(await alice.field.getAttribute("enterkeyhint"), "send");
  await alice.page.getByText(
    "Write below and press Enter; Shift+Enter begins a new line. Code goes between two lines of ```.",
  ).waitFor();
  await alice.field.fill("for me too");
  await alice.field.press("Enter");
  await mei.sees("for me too");
});
