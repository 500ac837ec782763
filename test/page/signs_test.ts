/**
 * The page in Chromium, in what it says beside the talk: the room's name, what waits elsewhere, and who is away.
 *
 * @module
 */

import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

test("on a phone the button of the talks says what is unread for this person, until it is read", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob", PHONE);
  const dave = await room.person("dave", { join: "#lobby,#tea" });
  await bob.says("/join #tea");
  await bob.isIn("#tea");
  const menu = (name: string) => bob.page.getByRole("main").getByRole("button", { name, exact: true });
  await menu("Talks").waitFor();
  await dave.send("PRIVMSG #lobby :nothing for anybody", "PRIVMSG bob :psst", "PRIVMSG #lobby :bob, are you there?");
  await menu("Talks 2 unread for you").waitFor();
  await bob.isTitled("(3) bob --> #tea");
  await bob.picture("phone-badge");
  await menu("Talks 2 unread for you").tap();
  await bob.opens("dave");
  await menu("Talks 1 unread for you").waitFor();
});

test("the room's name stands where one comes in, above the talks and in the title, whatever it holds", async (browser) => {
  const name = 'Class 4B <b>&amp; "茶馆"';
  await using room = await openRoom(["--name", name]);
  const bob = await browser.stranger(room);
  await bob.isTitled(name);
  await bob.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  await bob.joins("bob");
  await bob.talks.getByText(name, { exact: true }).waitFor();
  await bob.isTitled(`bob --> #lobby - ${name}`);
  await bob.button("Leave").click();
  await bob.isTitled(name);
});

test("who is away sees so, after a lost connection and on a page that is loaded anew as well", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: "away-notify", join: "#lobby" });
  const bob = await browser.stranger(room);
  const ends: (() => Promise<unknown>)[] = [];
  await bob.page.routeWebSocket(/\/irc\?/, (page) => {
    const server = page.connectToServer();
    ends.push(() => Promise.all([server.close(), page.close()]));
  });
  await bob.joins("bob");
  await bob.says("/away making tea");
  const isAway = async () => {
    await bob.page.getByText("You are away: making tea").waitFor();
    await bob.people.getByRole("listitem").filter({ hasText: "bob" }).getByText("away").waitFor();
    await bob.isTitled("bob (away) --> #lobby");
  };
  await isAway();
  await dave.sees(":bob!teahouse@127.0.0.1 AWAY :making tea");
  await ends.at(-1)!();
  await dave.sees(/ QUIT /);
  await dave.sees(":bob!teahouse@127.0.0.1 AWAY :making tea");
  await isAway();
  await bob.picture("away");
  await bob.page.reload();
  await dave.sees(/ QUIT /);
  await dave.sees(":bob!teahouse@127.0.0.1 AWAY :making tea");
  await isAway();
  await bob.button("I am back").click();
  await dave.sees(":bob!teahouse@127.0.0.1 AWAY");
  await bob.isTitled("bob --> #lobby");
});
