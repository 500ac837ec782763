/// <reference lib="dom" />
/**
 * The page in Chromium, as it behaves to those who use no mouse, who write with an input method, who look elsewhere, who
 * load it anew, and who find its server away.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("the keyboard alone is enough: login, talk, answer, emoji", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: "message-tags", join: "#lobby" });
  const alice = await browser.stranger(room, { nick: "alice" });
  const { keyboard } = alice.page;
  const focused = () => alice.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  // The name is selected: what is typed takes its place.
  await keyboard.type("alice");
  await keyboard.press("Enter");
  await alice.field.waitFor();
  await alice.until("focus", "Write to #lobby", focused);
  await dave.send("PRIVMSG #lobby :tea?");
  await alice.sees("tea?");
  // The talk comes just before where one writes; arrows go through its lines, and what each offers.
  await keyboard.press("Shift+Tab");
  assertEquals(await focused(), "Messages");
  await keyboard.press("ArrowUp");
  for (let presses = 0; await focused() !== "Reply" && presses < 5; presses++) await keyboard.press("ArrowRight");
  assertEquals(await focused(), "Reply");
  await keyboard.press("Enter");
  await alice.page.getByText("Replying to dave: tea?").waitFor();
  await alice.until("focus", "Write to #lobby", focused);
  await keyboard.type("please");
  await keyboard.press("Enter");
  await dave.sees(/^@[^ ]*\+draft\/reply=.* PRIVMSG #lobby :please$/);

  // Tab goes on to the buttons where there is nothing to complete.
  await keyboard.press("Tab");
  assertEquals(await focused(), "Send files");
  await keyboard.press("Tab");
  assertEquals(await focused(), "Emoji");
  await keyboard.press("Enter");
  await alice.until("focus", "Search emoji", focused);
  await keyboard.type("teacup without");
  await alice.page.getByText("Enter takes: teacup without handle").waitFor();
  await keyboard.press("Enter");
  await alice.until("field", "🍵 ", () => alice.field.inputValue());
  await alice.until("focus", "Write to #lobby", focused);
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await alice.until("focus", "Search emoji", focused);
  await keyboard.press("Escape");
  await alice.page.getByRole("dialog").waitFor({ state: "detached" });
  await alice.until("focus", "Write to #lobby", focused);
});

test("Enter that ends a word of an input method sends nothing", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { join: "#lobby" });
  const keys = await alice.context.newCDPSession(alice.page);
  await alice.field.focus();
  await keys.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
  await keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", windowsVirtualKeyCode: 229 });
  await keys.send("Input.insertText", { text: "你好" });
  await keys.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", windowsVirtualKeyCode: 13 });
  // Safari says so in another way.
  await alice.field.dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
  await alice.until("field", "你好", () => alice.field.inputValue());
  await alice.field.press("Enter");
  assertEquals(await dave.sees(/ PRIVMSG /), ":alice!teahouse@127.0.0.1 PRIVMSG #lobby :你好");
});

test("who looks elsewhere is notified of what is for them, and only once they have asked for it", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.stranger(room, { nick: "bob" });
  // The browser's own notifications cannot be read; what the page tells them can.
  await bob.page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    globalThis.Notification = class {
      static permission: NotificationPermission = "default";
      static requestPermission() {
        told.push("asked");
        return Promise.resolve(this.permission = "granted");
      }
      constructor(title: string, { body }: NotificationOptions) {
        told.push(`${title}: ${body}`);
      }
    } as unknown as typeof Notification;
    document.hasFocus = () => false;
  });
  const told = () => bob.page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  await bob.page.reload();
  await bob.joins();
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :bob, are you there?");
  await bob.isTitled("(1) bob --> #lobby");
  assertEquals(await told(), []);
  const dialog = await bob.opensSettings("Notifications");
  await dialog.getByRole("switch", { name: "Notify me when I am not looking at this page" }).click();
  await dialog.getByRole("button", { name: "Show a test notification" }).click();
  await bob.closesSettings();
  await alice.send("PRIVMSG #lobby :is anybody?", "PRIVMSG #lobby :BOB?", "PRIVMSG bob :well, \x02tea\x02?");
  await bob.until("notifications", [
    "asked",
    "Show a test notification: So a notification looks.",
    "alice (#lobby): BOB?",
    "alice: well, tea?",
  ], told);
  await bob.isTitled("(4) bob --> #lobby");
});

test("who is not looking hears one tone at a time, however many write", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.stranger(room, { nick: "bob" });
  // What a browser plays cannot be heard here; which tones it is told to play can be seen.
  await bob.page.addInitScript(() => {
    const tones: { onended: () => void }[] = [];
    const level = { exponentialRampToValueAtTime: () => level, setValueAtTime: () => level };
    class Sound {
      gain = level;
      connect() {}
      start() {}
      stop() {}
    }
    class Tone extends Sound {
      onended = () => {};
      constructor() {
        super();
        tones.push(this);
      }
    }
    Object.assign(globalThis, { tones, AudioContext: Sound, GainNode: Sound, OscillatorNode: Tone });
    document.hasFocus = () => false;
  });
  const tones = () => bob.page.evaluate(() => (globalThis as unknown as { tones: unknown[] }).tones.length);
  await bob.page.reload();
  await bob.joins();
  await bob.sets("Sound", "switch", "Play a sound when I am not looking at this page");
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send(...Array.from({ length: 20 }, (_, i) => `PRIVMSG #lobby :bob, ${i}`));
  await bob.sees("bob, 19");
  assertEquals(await tones(), 1);
  await bob.page.evaluate(() => (globalThis as unknown as { tones: { onended: () => void }[] }).tones[0].onended());
  await alice.send("PRIVMSG #lobby :bob, once more");
  await bob.sees("bob, once more");
  assertEquals(await tones(), 2);
});

test("the address that a page writes leads back to its channel, also where its name begins with two signs", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  for (const name of ["##double", "#c#", "#100%", "#茶馆"]) {
    await bob.says(`/join ${name}`);
    await bob.isIn(name);
    // A person who is sent that address comes in there.
    const alice = await browser.stranger(room, { nick: "alice", channel: new URL(bob.page.url()).hash });
    await alice.joins();
    await alice.isIn(name);
    await alice.page.close();
    await room.logs("alice has left");
  }
  // As somebody writes it by hand.
  const carol = await browser.stranger(room, { nick: "carol", channel: "##double" });
  await carol.joins();
  await carol.isIn("##double");
});

test("a page that is loaded anew is where it was, with what was half written", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  await bob.says("/join #tea");
  await bob.isIn("#tea");
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send("PRIVMSG #tea :before");
  await bob.sees("before");
  await bob.field.fill("half a line");
  await bob.page.reload();
  await bob.isIn("#tea");
  await bob.sees("before");
  await bob.until("field", "half a line", () => bob.field.inputValue());
  await bob.talks.getByRole("button", { name: "#lobby", exact: true }).waitFor();
  await bob.hasOnline("bob", "alice");
  // Who leaves has left, however soon the page is loaded anew: here before the server has heard of it.
  await bob.page.evaluate(() => {
    Object.assign((globalThis as unknown as { WebSocket: { prototype: object } }).WebSocket.prototype, {
      send() {},
      close() {},
    });
  });
  await bob.button("Leave").click();
  await bob.page.reload();
  await bob.page.getByLabel("Your name").waitFor();
});

test("a server that is away is said so at the login, and what was filled in stays", async (browser) => {
  const rooms = new AsyncDisposableStack();
  const room = rooms.use(await openRoom());
  const alice = await browser.stranger(room, { nick: "alice" });
  await rooms.disposeAsync();
  await alice.page.getByLabel("Your name").fill("alice");
  await alice.button("Join").click();
  const refusal = alice.page.getByRole("alert").filter({
    hasText: `Cannot connect to ${new URL(await room.page()).host}`,
  });
  await refusal.waitFor();
  assertEquals(await alice.page.getByLabel("Your name").inputValue(), "alice");
  await alice.button("Join").waitFor();
});
