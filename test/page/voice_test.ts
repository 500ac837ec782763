/// <reference lib="dom" />
/**
 * Voice messages on the page in Chromium, whose microphone beeps: they are recorded, sent as files, and heard in their place.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "npm:playwright-core@1.65.1";
import { waveFile } from "../../shared/testing.ts";
import { openRoom, type Room } from "../room.ts";
import type { Browser, GuestOptions } from "./browser.ts";
import { callTest as test } from "./callers.ts";
import { sendsFile, type TestFile } from "./file_pages.ts";
import type { Guest } from "./guest.ts";

const CAPS = "draft/authtoken message-tags echo-message";

/** Ten seconds of a tone (RIFF WAVE, 8 kHz, 8 bits). */
function tone(name: string): TestFile {
  const sampleOf = (i: number) => 128 + Math.round(60 * Math.sin(i / 4));
  return { name, type: "audio/wav", bytes: waveFile({ samples: 80_000, bits: 8, sampleOf }) };
}

/** Keeps the microphones that a page has opened. A script that runs before the page's own. */
const KEPT = `
  const opened = globalThis.opened = [];
  const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (...options) => {
    const stream = await own(...options);
    opened.push(...stream.getTracks());
    return stream;
  };
`;

/** What a script of this page finds. */
declare const opened: MediaStreamTrack[];

/** How many microphones of a page are open, of how many that were. */
function microphones({ page }: Guest): Promise<string> {
  return page.evaluate(() => `${opened.filter(({ readyState }) => readyState === "live").length}/${opened.length}`);
}

/** Somebody at a page that may record. */
function speaker(browser: Browser, room: Room, nick: string, options: GuestOptions = {}): Promise<Guest> {
  return browser.guest(room, nick, { script: KEPT, ...options });
}

/** The bar of a voice message that is recorded. */
function bar({ page }: Guest): Locator {
  return page.getByRole("region", { name: "Recording a voice message" });
}

/** Waits until so many seconds are recorded. */
async function records(guest: Guest, seconds: number): Promise<void> {
  const timer = bar(guest).getByRole("timer");
  await bar(guest).getByText("Recording for #lobby: ").waitFor();
  await guest.until("recorded", true, async () => Number((await timer.textContent())!.split(":").at(-1)) >= seconds);
}

/** Presses the button of the microphone, and does not let go. */
async function holds(guest: Guest): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await guest.button("Record a voice message").boundingBox())!;
  const at = { x: x + width / 2, y: y + height / 2 };
  await guest.page.mouse.move(at.x, at.y);
  await guest.page.mouse.down();
  return at;
}

/** The voice messages of the talk, oldest first. */
function messages({ log }: Guest): Locator {
  return log.getByRole("group", { name: /^Voice message/ });
}

/** Where a voice message is, in seconds, as a screen reader is told. */
async function placeOf(message: Locator): Promise<number> {
  return Number(await message.getByRole("slider", { name: "Position" }).getAttribute("aria-valuenow"));
}

test("a voice message is heard in its place, and one at a time", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const say = async (name: string, voice: string) => {
    const address = await sendsFile(room, dave, tone(name));
    const tag = `name=${name}&size=80044&type=audio%2Fwav&${voice}`;
    await dave.send(`@+teahouse.chat/file=${tag} PRIVMSG #lobby :${address}`);
  };
  await say("one.wav", `voice=10&wave=${"Aa9_".repeat(15)}`);
  await say("two.wav", "voice=");
  // What is said of this one can't be: it is heard all the same.
  await say("three.wav", "voice=86400&wave=%3Csvg%3E");
  await alice.until("voice messages", 3, () => messages(alice).count());
  const one = messages(alice).nth(0), two = messages(alice).nth(1), three = messages(alice).nth(2);
  assertEquals(
    [
      await one.getAttribute("aria-label"),
      await two.getAttribute("aria-label"),
      await three.getAttribute("aria-label"),
    ],
    ["Voice message, 0:10", "Voice message", "Voice message, 24:00:00"],
  );
  assertEquals(await one.locator("rect").count(), 60);
  // Nothing is loaded, and nothing heard, before the person wants it.
  const wanted: string[] = [];
  alice.page.on("request", (request) => wanted.push(new URL(request.url()).pathname));
  assertEquals(await alice.barriers(), []);
  assertEquals(wanted, []);

  await one.getByRole("button", { name: "Play" }).click();
  await alice.until("place", true, async () => await placeOf(one) >= 1);
  assertEquals(new Set(wanted.filter((path) => path.includes("/files/"))).size, 1, wanted.join(" "));
  await alice.picture("voice-message");
  // The second one is told how long it is by the browser.
  await two.getByRole("button", { name: "Play" }).click();
  await one.getByRole("button", { name: "Play" }).waitFor();
  await alice.until("length", "Voice message, 0:10", () => two.getAttribute("aria-label"));
  await two.getByRole("button", { name: "Speed: 1×" }).click();
  await two.getByRole("button", { name: "Speed: 1.5×" }).click();
  await one.getByRole("button", { name: "Speed: 2×" }).click();
  await two.getByRole("button", { name: "Speed: 1×" }).waitFor();

  // The arrow keys of the talk lead to the position, which has them for itself as long as it can move.
  const slider = two.getByRole("slider");
  await two.getByRole("button", { name: "Pause" }).press("ArrowRight");
  await alice.page.keyboard.press("ArrowRight");
  await alice.page.keyboard.press("End");
  await alice.until(
    "end",
    "0:10",
    () => two.getByRole("slider").getAttribute("aria-valuetext").then((text) => text?.slice(-4)),
  );
  await two.getByRole("button", { name: "Play" }).waitFor();
  await slider.click({ position: { x: 60, y: 10 } });
  const place = await placeOf(two);
  assert(place >= 2 && place <= 8, `${place}`);
  await slider.press("ArrowRight");
  assertEquals(await placeOf(two), Math.min(10, place + 5));
  await slider.press("Home");
  assertEquals(await placeOf(two), 0);
  await slider.press("ArrowLeft");
  assertEquals(await alice.page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Speed: 1×");

  // It is over with the talk in which it is heard.
  await one.getByRole("button", { name: "Play" }).click();
  await alice.says("/join #tea");
  await alice.page.locator("main h1", { hasText: "#tea" }).waitFor();
  await alice.says("/join #lobby");
  await one.getByRole("button", { name: "Play" }).waitFor();
});

test("a voice message is said while the button is held, and is sent when it is let go", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await speaker(browser, room, "alice");
  const bob = await browser.guest(room, "bob");
  await bob.says("tea at four?");
  await alice.line("tea at four?").hover();
  await alice.line("tea at four?").getByRole("button", { name: "Reply" }).click();
  await alice.field.fill("half a sentence");
  await holds(alice);
  await bar(alice).getByText("Recording for #lobby: let go to send").waitFor();
  await records(alice, 1);
  assertEquals([await microphones(alice), await alice.barriers()], ["1/1", []]);
  await alice.page.mouse.up();
  const said = await dave.sees(/ PRIVMSG #lobby :http/);
  const day = new Date().getFullYear();
  assertMatch(
    said,
    new RegExp(
      `\\+teahouse\\.chat/file=name=voice-${day}-\\d\\d-\\d\\d-\\d{4}\\.webm&size=\\d+&type=audio%2Fwebm&voice=\\d+(?:\\.\\d)?&wave=[\\w-]{5,60}[; ]`,
    ),
  );
  assertMatch(said, /\+reply=/);
  await bar(alice).waitFor({ state: "detached" });
  assertEquals([await microphones(alice), await alice.field.inputValue()], ["0/1", "half a sentence"]);
  const heard = messages(bob).first();
  await heard.getByRole("button", { name: "Play" }).click();
  await bob.until("place", true, async () => await placeOf(heard) >= 1);
  // The room takes it for a film, which the list of files does not.
  await bob.button("Files of this talk").click();
  const listed = bob.page.locator(".file-hit .hit svg");
  const microphone = await bob.button("Record a voice message").locator("svg").innerHTML();
  await bob.until("icon", true, async () => await listed.innerHTML() === microphone);

  // Away to the left it is cancelled, and by Escape.
  const at = await holds(alice);
  await records(alice, 0);
  await alice.page.mouse.move(at.x - 100, at.y);
  await bar(alice).waitFor({ state: "detached" });
  await alice.page.mouse.up();
  await holds(alice);
  await records(alice, 0);
  await alice.page.keyboard.press("Escape");
  await bar(alice).waitFor({ state: "detached" });
  await alice.page.mouse.up();
  await alice.says("never mind");
  await bob.line("never mind").waitFor();
  assertEquals([await messages(bob).count(), await microphones(alice)], [1, "0/3"]);
  // Whoever removes it is asked by what it is, and not by its address.
  await messages(alice).first().hover();
  await alice.log.getByRole("button", { name: "More", exact: true }).click();
  await alice.menu.getByRole("menuitem", { name: "Remove", exact: true }).click();
  const dialog = alice.page.getByRole("dialog", { name: "Remove this message for everyone?" });
  assertMatch(await dialog.innerText(), /Voice message, 0:0\d/);
  await alice.page.keyboard.press("Escape");
});

test("with both hands free one stops, listens, and sends; a key begins, Enter sends, Escape cancels", async (browser) => {
  await using room = await openRoom();
  const alice = await speaker(browser, room, "alice", { viewport: { width: 390, height: 844 } });
  await alice.button("Record a voice message").click();
  await bar(alice).getByText("Recording for #lobby: Enter sends it, Escape cancels it.").waitFor();
  await records(alice, 1);
  await alice.picture("voice-free");
  assertEquals(await alice.barriers(), []);
  await bar(alice).getByRole("button", { name: "Stop, and listen to it" }).click();
  await alice.until("microphones", "0/1", () => microphones(alice));
  const draft = bar(alice).getByRole("group", { name: /^Voice message, 0:\d\d$/ });
  await draft.getByRole("button", { name: "Play" }).click();
  await alice.until("place", true, async () => await placeOf(draft) >= 1);
  await alice.picture("voice-ready");
  assertEquals(await alice.barriers(), []);
  await bar(alice).getByRole("button", { name: "Send the voice message" }).click();
  await alice.until("voice messages", 1, () => messages(alice).count());

  await alice.field.focus();
  await alice.page.setViewportSize({ width: 1280, height: 800 });
  const send = alice.page.getByRole("button", { name: "Send", exact: true });
  await send.waitFor();
  await alice.page.keyboard.press("Control+Shift+V");
  await records(alice, 1);
  assertEquals(await send.count(), 0);
  await alice.page.keyboard.press("Enter");
  await alice.until("voice messages", 2, () => messages(alice).count());
  assertEquals(await alice.page.evaluate(() => document.activeElement?.id), "line");
  await alice.page.keyboard.press("Control+Shift+V");
  await records(alice, 0);
  await alice.page.keyboard.press("Escape");
  await alice.page.getByText("The voice message is cancelled.").waitFor();
  // Whatever is read meanwhile, it goes where it was begun.
  await alice.page.keyboard.press("Control+Shift+V");
  await records(alice, 1);
  await alice.says("/join #tea");
  await alice.page.locator("main h1", { hasText: "#tea" }).waitFor();
  await bar(alice).getByText("Recording for #lobby: ").waitFor();
  await alice.page.keyboard.press("Control+Shift+V");
  await bar(alice).waitFor({ state: "detached" });
  await alice.says("/join #lobby");
  await alice.until("voice messages", 3, () => messages(alice).count());
  assertEquals(await microphones(alice), "0/4");
});

test("who can't record is told why: no permission, muted, a room without files", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.button("Record a voice message").click();
  await bar(alice).getByText("The browser does not let this page use the microphone.").waitFor();
  assertEquals(await alice.barriers(), []);
  await bar(alice).getByRole("button", { name: "Close" }).click();
  await bar(alice).waitFor({ state: "detached" });
  await dave.send("MODE #lobby +b ~m:alice");
  await alice.page.getByPlaceholder("You are muted here").waitFor();
  await alice.page.keyboard.press("Control+Shift+V");
  await alice.log.getByText("You cannot talk in #lobby: dave muted you").waitFor();
  assertEquals(await bar(alice).count(), 0);

  await using bare = await openRoom(["--no-files"]);
  const bob = await browser.guest(bare, "bob");
  await bob.page.keyboard.press("Control+Shift+V");
  await bob.log.getByText("This room takes no files").waitFor();
  assertEquals(await bob.button("Record a voice message").count(), 0);
}, ["--use-fake-device-for-media-stream"]);
