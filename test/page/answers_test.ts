/// <reference lib="dom" />
/**
 * The page in Chromium: long answers are shown whole, or it is said how much is left out.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("a list of 181 channels is shown whole, below what was told before; of more than is kept it is said", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob");
  const makers = await Promise.all(["alice", "carol"].map((nick) => room.person(nick)));
  for (const [i, maker] of makers.entries()) {
    await maker.send(...Array.from({ length: 90 }, (_, at) => `JOIN #tea${i * 90 + at}`));
    await maker.everything();
  }
  await bob.says("/react");
  const note = (text: string | RegExp) => bob.log.locator(".note").filter({ hasText: text });
  await note("/react").waitFor();
  await bob.says("/list");
  const listed = () => note(/^\s*\d\d:\d\d\s+#\S+ \(\d+ online\)/).count();
  await bob.log.hover();
  await bob.until("channels", 181, async () => {
    // Whatever is further up than is drawn at once comes into view.
    await bob.log.evaluate((log) => log.scrollTop = 0);
    return await listed();
  });
  assertEquals(await note("/react").count(), 1);
  assertEquals(await note("not kept").count(), 0);
  for (let i = 0; i < 11; i++) await bob.says("/list");
  await bob.until("what is left out", 1, async () => {
    await bob.log.evaluate((log) => log.scrollTop = 0);
    return await note(/\d+ older answers? (?:is|are) not kept/).count();
  });
});

test("what the server says after a reload stands below what was said before, and below its date", async (browser) => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :said before");
  const bob = await browser.guest(room, "bob");
  await bob.sees("said before");
  await bob.page.reload();
  await bob.field.waitFor();
  await bob.until("order of the rows", ["date", "alice", "server"], async () => {
    const rows = await bob.log.getByRole("listitem").allInnerTexts();
    return rows.flatMap((row) => {
      if (/^\w+, \d+ \w+ \d{4}$/.test(row.trim())) return ["date"];
      return row.includes("said before") ? ["alice"] : row.includes("keeps what is said") ? ["server"] : [];
    });
  });
});

test("what a bot answers in private stands in the channel in which it was asked, and says that it is between two", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  const bot = await room.person("bot", { caps: "message-tags", join: "#lobby" });
  await bot.send("@+channel-context=#lobby PRIVMSG bob :for you alone", "PRIVMSG #lobby :for all");
  await bob.sees("for all");
  const rows = bob.log.locator(".said");
  await bob.until("the lines", ["between you two alone", ""], async () => {
    const texts = await rows.filter({ hasText: /for (?:you alone|all)/ }).all();
    return await Promise.all(texts.map(async (row) => (await row.locator(".alone").allInnerTexts()).join()));
  });
  assertEquals(await bob.talks.getByRole("button", { name: /^bot/ }).count(), 0);
});
