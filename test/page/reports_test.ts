/// <reference lib="dom" />
/**
 * The page in Chromium, and what operators see of a message that is reported: a row in their own language, by which they come to
 * the message and to whoever wrote it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

const CAPS = "message-tags echo-message";

/** The tags of a report, as a page sends them. @param msgid Of the message, where it has one. */
function tagsOf(nick: string, text: string, why: string, msgid?: string): string {
  const answer = msgid === undefined ? "" : `;+draft/reply=${msgid};+reply=${msgid}`;
  return `@+teahouse.chat/report=${new URLSearchParams({ nick, text, why })}${answer}`;
}

async function reports(guest: Guest, text: string, why: string): Promise<void> {
  await (await guest.menuAt(text)).getByRole("menuitem", { name: "Report to the operators…" }).click();
  const dialog = guest.page.getByRole("dialog", { name: /^Report to the operators of / });
  await dialog.getByLabel("What is wrong with it?").fill(why);
  await dialog.getByRole("button", { name: "Report" }).click();
  await dialog.waitFor({ state: "detached" });
}

test("operators read a report in their languages, live and after a reload, and moderate whoever it is about", async (browser) => {
  await using room = await openRoom();
  const olga = await browser.guest(room, "olga");
  const mei = (await browser.stranger(room, { nick: "mei", locale: "zh-CN" })).inChinese();
  await mei.joins();
  await olga.says("/op mei");
  await olga.sees("olga made mei an operator");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await dave.send("PRIVMSG #lobby :buy cheap leaves");
  for (const guest of [olga, mei, bob]) await guest.sees("buy cheap leaves");
  for (const guest of [olga, mei]) {
    await guest.says("/join #garden");
    await guest.isIn("#garden");
  }
  await reports(bob, "buy cheap leaves", "spam");
  await bob.sees("bob reports what dave wrote");

  // It is told in passing wherever an operator is, and leads to the report.
  const told = olga.page.getByRole("status").filter({ hasText: "bob reports a message in #lobby" });
  await told.waitFor();
  assertEquals(await olga.barriers(), []);
  await olga.picture("report-toast");
  await mei.page.getByText("bob 举报了 #lobby 里的一条消息").waitFor();
  await mei.picture("report-toast-chinese");
  assertEquals(await bob.page.getByRole("status").filter({ hasText: "reports a message" }).count(), 0);
  await told.getByRole("button", { name: "Show", exact: true }).click();
  await olga.isIn("#lobby");
  await told.waitFor({ state: "detached" });
  await mei.opens("#lobby");

  const row = olga.line("bob reports what dave wrote");
  const inChinese = mei.line("bob 举报了 dave 写的消息");
  const areRead = async () => {
    await row.getByText("for operators alone", { exact: true }).waitFor();
    await row.getByText("As reported: “buy cheap leaves”", { exact: true }).waitFor();
    await row.getByText("Reason: spam", { exact: true }).waitFor();
    await inChinese.getByText("举报时的内容：“buy cheap leaves”", { exact: true }).waitFor();
    await inChinese.getByText("理由：spam", { exact: true }).waitFor();
    for (const guest of [olga, mei]) assertEquals(await guest.line("Report to the operators").count(), 0);
  };
  await areRead();
  for (const guest of [olga, mei]) {
    await guest.page.reload();
    await guest.isIn("#lobby");
  }
  await areRead();
  for (const colorScheme of ["dark", "light"] as const) {
    for (const guest of [olga, mei, bob]) {
      await guest.page.emulateMedia({ colorScheme });
      assertEquals(await guest.barriers(), []);
      await guest.page.setViewportSize({ width: 1280, height: 720 });
      await guest.picture(`report-${guest.nick}-${colorScheme}`);
      await guest.page.setViewportSize({ width: 390, height: 844 });
      assertEquals(await guest.barriers(), []);
      await guest.picture(`report-${guest.nick}-${colorScheme}-phone`);
      await guest.page.setViewportSize({ width: 1100, height: 700 });
    }
  }

  // By the keys as by the pointer.
  await row.focus();
  const focused = () => olga.page.evaluate(() => document.activeElement?.textContent?.trim());
  for (
    const label of ["dave buy cheap leaves", "Show the message", "Remove the message…", "Mute, ban or remove dave…"]
  ) {
    await olga.page.keyboard.press("ArrowRight");
    assertEquals(await focused(), label);
  }
  await olga.page.keyboard.press("Enter");
  const dialog = olga.page.getByRole("dialog", { name: "Mute, ban or remove dave in #lobby", exact: true });
  await dialog.getByLabel("Why").fill("no trade here");
  await dialog.getByRole("button", { name: "Mute", exact: true }).click();
  await dave.sees(/muted/);

  // What was done stands in the place of the button, for all operators, until it is lifted.
  const moderating = inChinese.getByRole("button", { name: "禁言、封禁或移出 dave…", exact: true });
  await row.getByText("olga muted dave for 10 minutes", { exact: true }).waitFor();
  await inChinese.getByText("olga 禁言了 dave，为期 10 分钟", { exact: true }).waitFor();
  // Whoever comes later is told what holds.
  await mei.page.reload();
  await mei.isIn("#lobby");
  await inChinese.getByText(/dave 在 #lobby 被禁言，至 \d\d:\d\d（由 olga 设置）：no trade here/).waitFor();
  assertEquals(await row.getByRole("button", { name: "Mute, ban or remove dave…" }).count(), 0);
  assertEquals(await moderating.count(), 0);
  assertEquals(await row.locator(".danger").count(), 0);
  for (const guest of [olga, mei]) {
    assertEquals(await guest.barriers(), []);
    await guest.picture(`report-done-${guest.nick}`);
  }
  await row.getByRole("button", { name: "Remove the message…" }).click();
  await olga.page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await row.getByText("Removed", { exact: true }).waitFor();
  await inChinese.getByText("已删除", { exact: true }).waitFor();
  await olga.picture("report-removed");
  await olga.says("/unmute dave");
  await moderating.click();
  await mei.page.getByRole("dialog", { name: "在 #lobby 中禁言、封禁或移出 dave", exact: true }).waitFor();
});

test("a report leads to its message, which may be older than what is loaded, and says what it said when it is removed", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const olga = await browser.guest(room, "olga");
  const dave = await room.person("dave", { caps: `${CAPS} draft/message-redaction`, join: "#lobby" });
  await dave.send("PRIVMSG #lobby :buy cheap leaves");
  const msgid = /msgid=([^; ]+)/.exec(await dave.sees(/ PRIVMSG #lobby :buy cheap leaves/))![1];
  for (let i = 1; i <= 120; i++) await dave.send(`PRIVMSG #lobby :tea ${i}`);
  const bob = await room.person("bob", { caps: CAPS, join: "#lobby" });
  await bob.send(`${tagsOf("dave", "buy cheap leaves", "", msgid)} NOTICE @#lobby :Report to the operators`);
  await olga.sees("bob reports what dave wrote");
  await olga.page.reload();
  await olga.isIn("#lobby");
  const row = olga.line("bob reports what dave wrote");
  await row.getByText("an older message").waitFor();
  assertEquals(await row.getByText("Reason").count(), 0);
  await row.getByRole("button", { name: "Show the message", exact: true }).click();
  await olga.line("buy cheap leaves").and(olga.page.locator(".sought")).waitFor();

  await dave.send("PRIVMSG #lobby :and cheap cups");
  const other = /msgid=([^; ]+)/.exec(await dave.sees(/ PRIVMSG #lobby :and cheap cups/))![1];
  await bob.send(`${tagsOf("dave", "and cheap cups", "", other)} NOTICE @#lobby :Report to the operators`);
  await olga.page.reload();
  const last = olga.line("As reported: “and cheap cups”");
  await last.getByRole("button", { name: "dave and cheap cups", exact: true }).waitFor();
  await last.getByRole("button", { name: "Remove the message…" }).click();
  await olga.page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await last.getByText("Message removed by olga").waitFor();
  await last.getByRole("button", { name: "Remove the message…" }).waitFor({ state: "detached" });
  await last.getByText("bob reports what dave wrote").waitFor();
});

test("a report is nobody's word but its sender's: what it says is text, and names one person at most", async (browser) => {
  await using room = await openRoom();
  const olga = await browser.guest(room, "olga");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const erin = await room.person("erin", { caps: CAPS, join: "#lobby" });
  const mallory = await room.person("mallory", { caps: CAPS, join: "#lobby" });
  await dave.send("PRIVMSG #lobby :tea at four?");
  const msgid = /msgid=([^; ]+)/.exec(await dave.sees(/ PRIVMSG #lobby :tea at four/))![1];
  await olga.sees("tea at four?");

  // To all the channel, or as a message: a line as any other.
  await mallory.send(`${tagsOf("dave", "leaves", "x", msgid)} NOTICE #lobby :no report`);
  await mallory.send(`${tagsOf("dave", "leaves", "x", msgid)} PRIVMSG @#lobby :no report either`);
  for (const text of ["no report", "no report either"]) {
    await olga.line(text).getByText(text, { exact: true }).waitFor();
  }
  assertEquals(await olga.line("reports").count(), 0);
  assertEquals(await olga.page.locator(".report").count(), 0);

  // What would stand for all of the channel in a command is no nick.
  await mallory.send(`${tagsOf("*!*@*", "leaves", "x")} NOTICE @#lobby :of everybody`);
  await olga.sees("of everybody");
  assertEquals(await olga.page.locator(".report").count(), 0);

  // The author is whoever the loaded message is from.
  const html = "<img src=x onerror=alert(1)>";
  await mallory.send(`${tagsOf("erin", html, html, msgid)} NOTICE @#lobby :of erin`);
  const row = olga.line("mallory reports what dave wrote");
  await row.getByText(`As reported: “${html}”`, { exact: true }).waitFor();
  await row.getByText(`Reason: ${html}`, { exact: true }).waitFor();
  assertEquals(await row.locator("img").count(), 0);
  await olga.menuAt("mallory reports what dave wrote");
  assertEquals(await olga.entries(), ["Copy text", "Copy link", "Mute, ban or remove dave…", "Remove"]);
  await olga.menu.getByRole("menuitem", { name: "Mute, ban or remove dave…" }).click();
  await olga.page.getByRole("dialog", { name: "Mute, ban or remove dave in #lobby", exact: true }).waitFor();
  await olga.page.keyboard.press("Escape");

  // Nobody moderates themself, and a message that has no id is shown by nothing.
  await mallory.send(`${tagsOf("olga", "leaves", "")} NOTICE @#lobby :of olga`);
  await olga.sees("mallory reports what olga wrote");
  assertEquals(await olga.line("mallory reports what olga wrote").getByRole("button").count(), 0);

  // Of a message, an operator has the entry as long as its author is here.
  await erin.send("PRIVMSG #lobby :at five");
  await olga.sees("at five");
  const moderates = async () => {
    await olga.menuAt("at five");
    const entries = await olga.entries();
    await olga.page.keyboard.press("Escape");
    await olga.menu.waitFor({ state: "detached" });
    return entries.includes("Mute, ban or remove…");
  };
  assertEquals(await moderates(), true);
  await erin.send("PART #lobby");
  await olga.until("entry goes", false, moderates);
});
