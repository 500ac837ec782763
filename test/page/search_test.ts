/// <reference lib="dom" />
/**
 * The page in Chromium, and what is looked up in the past: links to messages, jumps to them, and the way back.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Guest, pageTest as test } from "./browser.ts";
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
  // And who follows the link afterwards is told.
  const carol = await browser.guest(room, "carol", { at: `${await room.page()}#tea/${msgid}` });
  await carol.sees("That message is gone, or you may not read it.");
  await carol.sees("line 200");
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
  await bob.page.evaluate(() => void (location.hash = "#lobby/nonsense"));
  await bob.sees("That message is gone, or you may not read it.");
  assert(await bob.field.isEnabled());
});
