/// <reference lib="dom" />
/**
 * Files on the page in Chromium: they are dropped, pasted and chosen, sent one after the other, and stand in the talk as what
 * they are. All is done with a real room.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import ExifReader from "npm:exifreader@4.46.0";
import { openRoom } from "../room.ts";
import { pageTest as test } from "./browser.ts";
import { openRelay } from "./relay.ts";
import {
  asFromTelephone,
  chooses,
  drops,
  entry,
  film,
  hasSent,
  isRefused,
  largeFile,
  movingPicture,
  pastesFiles,
  picture,
  sendsFile,
  sound,
  textFile,
  tray,
} from "./file_pages.ts";

const CAPS = "draft/authtoken message-tags echo-message draft/message-redaction";
const MIB = 2 ** 20;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** The address of the file in a line of IRC. */
function addressIn(line: string): string {
  return / :(http:\S+)/.exec(line)![1];
}

/** The bytes at an address. */
async function fetched(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  assertEquals(response.status, 200);
  return await response.bytes();
}

test("a picture that is dropped comes upright, small, without where it was taken, and has its room at once", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  // bob's browser gets no picture before he has looked at the room that there is for it.
  const held = Promise.withResolvers<void>();
  await bob.context.route(/\/files\/[^?]+$/, async (route) => {
    await held.promise;
    await route.continue();
  });
  const photo = asFromTelephone(await picture(alice, "kettle.jpg", "image/jpeg", 3000, 2000));
  const before = ExifReader.load(photo.bytes.buffer as ArrayBuffer);
  assertEquals([before.Orientation?.value, Math.round(Number(before.GPSLatitude?.description))], [6, 49]);

  await drops(alice, photo);
  await entry(alice, "kettle.jpg").waitFor();
  assertEquals(await alice.barriers(), []);
  await alice.picture("files-tray");
  await alice.says("our kettle");
  await hasSent(alice);
  const said = await dave.sees(/ PRIVMSG #lobby :http\S+ our kettle$/);
  assertMatch(
    said,
    /\+teahouse\.chat\/file=name=kettle\.jpg&size=\d+&type=image%2Fjpeg&width=1707&height=2560&blur=/,
  );
  const address = addressIn(said);
  assertMatch(address, /^http:\/\/127\.0\.0\.1:\d+\/files\/[\w-]{22}\/kettle\.jpg$/);

  const shown = bob.line("our kettle").getByRole("img", { name: "Show kettle.jpg" });
  await shown.waitFor();
  const sizeOf = () => shown.evaluate(({ clientWidth, clientHeight }) => `${clientWidth}x${clientHeight}`);
  assertEquals([await sizeOf(), await bob.line("our kettle").locator("canvas").count()], ["213x319", 1]);
  assertEquals(await bob.lines(), ["our kettle"]);
  held.resolve();
  await bob.until(
    "picture",
    "1707x2560",
    () =>
      shown.evaluate((img) => `${(img as HTMLImageElement).naturalWidth}x${(img as HTMLImageElement).naturalHeight}`),
  );
  assertEquals(await sizeOf(), "213x319");
  await bob.picture("files-picture");
  assertEquals(await bob.barriers(), []);

  // What the room gives away has neither place nor orientation.
  const after = ExifReader.load((await fetched(address)).buffer as ArrayBuffer);
  assertEquals([after.GPSLatitude, after.Orientation, after["Image Width"]?.value], [undefined, undefined, 1707]);
});

test("a picture that is ticked as original keeps its size, and tells no place either", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await chooses(alice, asFromTelephone(await picture(alice, "kettle.jpg", "image/jpeg", 3000, 2000)));
  await entry(alice, "kettle.jpg").getByLabel("Original").check();
  await alice.field.press("Enter");
  await hasSent(alice);
  const said = await dave.sees(/ PRIVMSG #lobby :http/);
  assertMatch(said, /&width=2000&height=3000&/);
  const tags = ExifReader.load((await fetched(addressIn(said))).buffer as ArrayBuffer);
  assertEquals([tags["Image Width"]?.value, tags.Orientation?.value, tags.GPSLatitude], [3000, 6, undefined]);
});

test("several files are pasted and chosen; one is taken away again, the others come in their order", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await pastesFiles(alice, await picture(alice, "image.png", "image/png", 40, 30));
  await entry(alice, "image.png").waitFor();
  await chooses(alice, textFile("notes.txt", "tea at four"), textFile("wrong.txt", "x"), textFile("list.txt", "cups"));
  await alice.button("Do not send wrong.txt").click();
  await tray(alice).getByText("3 files: Enter sends them").waitFor();
  // A command is no caption, and sends no files.
  await alice.says("/topic tea");
  await dave.sees(/ TOPIC #lobby :tea$/);
  assertEquals(await tray(alice).getByRole("listitem").count(), 3);
  await alice.says("for you");
  await hasSent(alice);
  const names: string[] = [];
  for (let i = 0; i < 3; i++) names.push((await dave.sees(/ PRIVMSG #lobby :/)).replace(/^.* PRIVMSG #lobby :/, ""));
  assertEquals(names.map((text) => text.replace(/^http:\S+\//, "")), ["image.png for you", "notes.txt", "list.txt"]);
  assertEquals(new TextDecoder().decode(await fetched(names[1])), "tea at four");
  await alice.until("field", "", () => alice.field.inputValue());
  // A text that comes with a picture of itself is pasted as text.
  await alice.field.evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "cups\t4");
    clipboardData.items.add(new File(["x"], "image.png", { type: "image/png" }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  assertEquals(await tray(alice).count(), 0);
});

test("what moves, and what a browser can't read, is sent as it is", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const heic = {
    name: "cup.heic",
    type: "image/heic",
    bytes: new TextEncoder().encode("\0\0\0\x18ftypheic\0\0\0\0heicmif1"),
  };
  const files = [movingPicture("steam.gif"), heic];
  await drops(alice, ...files);
  await entry(alice, "cup.heic").waitFor();
  await alice.field.press("Enter");
  for (const { name, bytes } of files) {
    const said = await dave.sees(/ PRIVMSG #lobby :http/);
    assertMatch(said, new RegExp(`name=${name}&`));
    assertEquals(await fetched(addressIn(said)), bytes);
  }
  await hasSent(alice);
  await alice.log.getByRole("img", { name: "Show steam.gif" }).waitFor();
  await alice.log.getByRole("link", { name: /cup\.heic/ }).waitFor();
});

test("what the room refuses stays in the tray with its reason, and its caption comes back", async (browser) => {
  await using room = await openRoom(["--file-limit", "64K", "--file-quota", "100K"]);
  const alice = await browser.guest(room, "alice");
  await chooses(alice, largeFile("large.bin", 70_000), largeFile("one.bin", 50_000), largeFile("two.bin", 60_000));
  await alice.says("three of them");
  // The others go on.
  await alice.sees("one.bin");
  await entry(alice, "large.bin").getByRole("alert").getByText("64 KiB").waitFor();
  const full = entry(alice, "two.bin").getByRole("alert");
  await full.getByText(/100 KiB/).waitFor();
  assertEquals((await full.innerText()).split("\n").length, 1);
  assertEquals(await alice.barriers(), []);
  await alice.picture("files-refused");
  await alice.button("Try to send two.bin again").click();
  await full.getByText(/100 KiB/).waitFor();
  await alice.button("Do not send large.bin").click();
  await alice.until("field", "three of them", () => alice.field.inputValue());
  await alice.button("Do not send two.bin").click();
  await hasSent(alice);
  isRefused(alice, 413, 507);

  const mei = await browser.stranger(room, { nick: "mei", locale: "zh-CN" });
  await mei.inChinese().joins();
  await mei.page.locator("tea-attach input[type=file]").setInputFiles({
    name: "large.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.from(largeFile("large.bin", 70_000).bytes),
  });
  await mei.page.getByText("1 个文件：按回车发送").waitFor();
  await mei.field.press("Enter");
  await mei.page.getByText("这里每个文件最多 64 KiB，此文件有 68 KiB。").waitFor();
  isRefused(mei, 413);
});

test("a fault of the page's own costs the file that it met, and those behind it are sent", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await alice.page.evaluate(() => {
    const { slice } = Blob.prototype;
    Blob.prototype.slice = function (...range) {
      if (this instanceof File && this.name === "odd.bin") throw new TypeError("no such part");
      return slice.apply(this, range);
    };
  });
  const behind = largeFile("behind.bin", 5_000);
  await chooses(alice, largeFile("odd.bin", 5_000), behind);
  await alice.says("two of them");
  const said = await dave.sees(/ PRIVMSG #lobby :http/);
  assertMatch(said, /name=behind\.bin&/);
  assertEquals(await fetched(addressIn(said)), behind.bytes);
  await entry(alice, "odd.bin").getByRole("alert").getByText("It was not sent, by a fault of this page.").waitFor();
  assertEquals(await tray(alice).getByRole("listitem").count(), 1);
  // It is told as any other fault of a page, which would fail this test.
  const faults = alice.faults.splice(0);
  assertEquals(faults.map((fault) => fault.split("\n")[0]), ["threw TypeError: no such part"]);
});

test("a guest of a room that takes files from accounts alone is told so, in either language", async (browser) => {
  await using room = await openRoom(["--upload", "accounts"]);
  const alice = await browser.guest(room, "alice");
  await chooses(alice, textFile("list.txt", "cups"));
  await alice.says("what we need");
  await entry(alice, "list.txt").getByRole("alert").getByText("Only people with an account may send files here.")
    .waitFor();
  await alice.button("Do not send list.txt").click();
  await alice.until("field", "what we need", () => alice.field.inputValue());

  const mei = await browser.stranger(room, { nick: "mei", locale: "zh-CN" });
  await mei.inChinese().joins();
  await mei.page.locator("tea-attach input[type=file]").setInputFiles({
    name: "list.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("cups"),
  });
  await mei.page.getByText("1 个文件：按回车发送").waitFor();
  await mei.field.press("Enter");
  await mei.page.getByRole("alert").getByText("只有登录账号的人可以在这里发送文件。").waitFor();
});

test("a file goes on where it stopped when the connection is lost, and one that is stopped is gone", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  await using way = await openRelay(await room.page());
  const alice = await browser.guest(room, "alice", { at: way.page });
  const offsets: number[] = [];
  const ended: number[] = [];
  alice.page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
  });
  alice.page.on("response", (response) => {
    if (response.request().method() === "DELETE") ended.push(response.status());
  });
  const sent = largeFile("brew.bin", 24 * MIB);
  await chooses(alice, sent);
  // At first it does not even begin.
  const parts = /\/files\/[\w-]{22}$/;
  await alice.page.route(parts, (route) => route.request().method() === "PATCH" ? route.abort() : route.continue());
  await alice.says("hot");
  const told = entry(alice, "brew.bin");
  await told.getByText("Connection lost; going on by itself").waitFor();
  assertEquals(await alice.barriers(), []);
  // Then the first part comes whole, and a part of the second.
  way.hold(12 * MIB);
  await alice.page.unroute(parts);
  await told.getByText(/^1\d MiB of 24 MiB/).waitFor();
  await alice.picture("files-sending");
  way.cut();
  await alice.page.getByText(/^Connection lost \(/).waitFor();
  way.mend();
  const said = await dave.sees(/ PRIVMSG #lobby :http\S+ hot$/);
  await hasSent(alice);
  assertEquals(await fetched(addressIn(said)), sent.bytes);
  // Once begun it went on within the second part, of which the room had got some.
  const [first, second, third] = offsets.slice(offsets.lastIndexOf(0));
  assertEquals([first, second], [0, 8 * MIB]);
  assert(third > 8 * MIB && third < 13 * MIB, `it went on at ${third}`);

  way.hold(4 * MIB);
  await chooses(alice, largeFile("spilt.bin", 24 * MIB));
  await alice.says("never said");
  const spilt = entry(alice, "spilt.bin").getByRole("progressbar");
  await alice.until(
    "progress",
    true,
    async () =>
      Number(await spilt.getAttribute("value") ?? await spilt.evaluate((bar) => (bar as HTMLProgressElement).value)) >
        0,
  );
  await alice.button("Stop sending spilt.bin").click();
  await tray(alice).waitFor({ state: "detached" });
  await alice.until("field", "never said", () => alice.field.inputValue());
  way.mend();
  await alice.until("end of the file", [204], () => Promise.resolve(ended));
  // While the room does not know yet that the connection is lost, it says that the file is being sent.
  isRefused(alice, "net::", 409, 423);
});

test("a film stands in the talk and is sought by ranges; a sound has its controls, all else a card", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  const ranges: (string | undefined)[] = [];
  bob.page.on("response", (response) => {
    if (response.request().resourceType() === "media") {
      ranges.push(`${response.status()} ${response.headers()["content-range"]}`);
    }
  });
  await chooses(
    alice,
    await film(alice, "steam.webm"),
    sound("whistle.wav"),
    textFile("cups, 4.csv", "cups,4\n", "text/csv"),
  );
  // Whoever presses Enter at once means these.
  await alice.field.press("Enter");
  await alice.log.getByText("cups, 4.csv").waitFor();
  await hasSent(alice);
  const video = bob.log.getByLabel("steam.webm", { exact: true });
  await video.waitFor();
  // A few bytes may hold a film of very many pixels: nothing of it is loaded before it is played.
  const whistle = bob.log.getByLabel("whistle.wav", { exact: true });
  await bob.until("sound", 0.5, () => whistle.evaluate((sound) => (sound as HTMLAudioElement).duration));
  const stateOf = (film: Element) => [(film as HTMLVideoElement).readyState, (film as HTMLVideoElement).networkState];
  assertEquals(await video.evaluate(stateOf), [0, 1]);
  const seconds = await video.evaluate(async (video) => {
    const film = video as HTMLVideoElement;
    await film.play();
    film.pause();
    const sought = new Promise((resolve) => film.addEventListener("seeked", resolve));
    film.currentTime = 1;
    await sought;
    return film.currentTime;
  });
  assert(Math.abs(seconds - 1) < 0.2, `${seconds}`);
  assert(ranges.some((range) => /^206 bytes /.test(range ?? "")), `${ranges}`);
  // Its room has its shape.
  assertEquals(await video.evaluate((film) => [film.getAttribute("width"), film.getAttribute("height")]), [
    "160",
    "90",
  ]);

  const card = bob.log.getByRole("link", { name: /cups, 4\.csv/ });
  await card.getByText("7 B · text").waitFor();
  assertEquals(await bob.barriers(), []);
  await bob.picture("files-film-and-card");
  const [download] = await Promise.all([bob.page.waitForEvent("download"), card.click()]);
  assertEquals(download.suggestedFilename(), "cups, 4.csv");
  assertEquals(await Deno.readTextFile(await download.path()), "cups,4\n");
});

test("what a sender says of a file is believed as far as it does no harm; without it the room is asked", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const tool = await sendsFile(room, dave, textFile("tool.sh", "rm -r cups"));
  // A name that the room does not know.
  await dave.send(`@+teahouse.chat/file=name=invoice.pdf&size=3&type=application/pdf PRIVMSG #lobby :${tool}`);
  await alice.log.getByRole("link", { name: /tool\.sh/ }).waitFor();
  assertEquals(await alice.log.getByText("invoice.pdf").count(), 0);
  // What is no picture is a card, whatever is said of it.
  await dave.send(
    `@+teahouse.chat/file=name=x.png&size=3&type=image/png&width=9&height=9 PRIVMSG #lobby :${tool} see it`,
  );
  await alice.line("see it").getByRole("link", { name: /tool\.sh/ }).waitFor();
  // In an answer its name stands for it.
  const msgid = /msgid=([^; ]+)/.exec(await dave.sees(/ PRIVMSG #lobby :http\S+ see it$/))![1];
  await dave.send(`@+draft/reply=${msgid} PRIVMSG #lobby :did you?`);
  await alice.line("did you?").getByText("x.png: see it").waitFor();
  // A client that knows nothing of tags.
  const cup = await sendsFile(room, dave, await picture(alice, "cup.png", "image/png", 60, 40));
  await dave.send(`PRIVMSG #lobby :${cup} the cup`);
  await alice.line("the cup").getByRole("img", { name: "Show cup.png" }).waitFor();
  await alice.until("text", "the cup", () => alice.line("the cup").getByRole("paragraph").innerText());
  // An address elsewhere stays an address, and nothing is loaded from there.
  const elsewhere = `https://elsewhere.example/files/${"A".repeat(22)}/cat.png`;
  await dave.send(`PRIVMSG #lobby :${elsewhere}`);
  await alice.log.getByRole("link", { name: elsewhere }).waitFor();
  // One that says it was here is told to be gone.
  await dave.send(`@+teahouse.chat/file=name=cat.png&size=3&type=image/png PRIVMSG #lobby :${elsewhere} my cat`);
  await alice.line("my cat").getByText("This file is gone.").waitFor();
  isRefused(alice, 404);
});

test("a short text that was sent as a file is read in the page, as it stands there", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const script = "<b>cups</b>\n\tif tea: pour()\u202e\n茶";
  await dave.send(`PRIVMSG #lobby :${await sendsFile(room, dave, textFile("tool.py", script))} read it`);
  await dave.send(`PRIVMSG #lobby :${await sendsFile(room, dave, textFile("long.txt", "tea ".repeat(17_000)))} all`);
  await alice.line("all").getByRole("link", { name: /long\.txt/ }).waitFor();
  const show = alice.button("Show tool.py");
  await show.waitFor();
  await alice.picture("files-text-card");
  assertEquals(await alice.log.getByRole("button", { name: /^Show / }).count(), 1);
  await show.click();
  const dialog = alice.page.getByRole("dialog", { name: "tool.py" });
  assertEquals(await dialog.locator("pre").textContent(), "<b>cups</b>\n\tif tea: pour()\n茶");
  assertEquals(await alice.barriers(), []);
  await alice.picture("files-text");
  await alice.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await alice.until(
    "focus",
    "Show tool.py",
    () => show.evaluate((button) => button.ownerDocument.activeElement?.ariaLabel),
  );
  // Meanwhile it may be removed, or the room be away.
  await alice.page.route(/\/files\/[^?]+$/, (route) => route.abort());
  await show.click();
  await dialog.getByText("The text did not come.").waitFor();
  isRefused(alice, "net::");
});

test("what is said of a file is edited without its address", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: `${CAPS} draft/message-edit`, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  await pastesFiles(alice, textFile("list.txt", "cups"));
  await alice.says("four cups");
  await hasSent(alice);
  const address = addressIn(await dave.sees(/ PRIVMSG #lobby :http/));
  const edits = async (was: string, text: string) => {
    await alice.field.press("ArrowUp");
    await alice.until("field", was, () => alice.field.inputValue());
    await alice.page.getByText("Editing your message").filter({ hasText: "list.txt" }).waitFor();
    await alice.field.fill(text);
    await alice.field.press("Enter");
    await dave.sees(new RegExp(`${RegExp.escape(` :${address}${text === "" ? "" : ` ${text}`}`)}$`));
  };
  await edits("four cups", "five cups");
  await alice.sees("five cups");
  await edits("five cups", "");
  await alice.log.getByText("five cups").waitFor({ state: "detached" });
  await edits("", "six cups");
  await alice.sees("six cups");
  await alice.log.getByRole("link", { name: /list\.txt/ }).waitFor();
  await (await alice.menuAt("six cups")).getByRole("menuitem", { name: "Remove", exact: true }).click();
  await alice.page.getByRole("dialog").getByText("list.txt: six cups").waitFor();
});

test("a message that is removed takes its file with it", async (browser) => {
  await using room = await openRoom();
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  await pastesFiles(alice, await picture(alice, "secret.png", "image/png", 60, 40));
  await alice.says("a slip");
  const address = addressIn(await dave.sees(/ PRIVMSG #lobby :http\S+ a slip$/));
  await bob.line("a slip").getByRole("img").waitFor();
  await (await alice.menuAt("a slip")).getByRole("menuitem", { name: "Remove", exact: true }).click();
  await alice.button("Remove").click();
  await bob.sees("Message removed by alice");
  assertEquals(await bob.log.getByRole("img", { name: /secret/ }).count(), 0);
  const { status, body } = await fetch(address);
  await body?.cancel();
  assertEquals(status, 404);
});

test("the pictures of a talk one by one, with keys; on a phone and in Chinese as well", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  for (const name of ["one.png", "two.png", "three.png"]) {
    await pastesFiles(alice, await picture(alice, name, "image/png", 900, 600));
    await entry(alice, name).waitFor();
  }
  await alice.field.press("Enter");
  await hasSent(alice);
  const { keyboard } = alice.page;
  const open = alice.log.getByRole("button", { name: "Show two.png" });
  await open.click();
  const box = alice.page.getByRole("dialog");
  const isShown = (title: string) =>
    alice.until("picture", title, async () => await box.getAttribute("aria-label") ?? "");
  await isShown("two.png (2 of 3)");
  assertEquals(await alice.barriers(), []);
  await alice.picture("files-lightbox");
  await keyboard.press("ArrowRight");
  await isShown("three.png (3 of 3)");
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowLeft");
  await keyboard.press("ArrowLeft");
  await isShown("one.png (1 of 3)");
  const width = () => box.getByRole("img").evaluate(({ clientWidth }) => clientWidth);
  await keyboard.press("+");
  await alice.until("width", 900, width);
  await keyboard.press("+");
  await alice.until("width", 1800, width);
  await keyboard.press("0");
  await alice.until("width", true, async () => await width() <= 900);
  const [download] = await Promise.all([
    alice.page.waitForEvent("download"),
    box.getByRole("link", { name: "Save one.png" }).click(),
  ]);
  assertEquals(download.suggestedFilename(), "one.png");
  await keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  // By the keyboard alone: from the field to the last line, into it, and to its picture.
  await alice.field.focus();
  await keyboard.press("Shift+Tab");
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await isShown("three.png (3 of 3)");
  await keyboard.press("Escape");

  const bob = await browser.stranger(room, { nick: "bob", ...PHONE, locale: "zh-CN" });
  await bob.inChinese().joins();
  await bob.log.getByRole("button", { name: "查看 three.png" }).click();
  await bob.page.getByRole("dialog", { name: "three.png（3/3）" }).waitFor();
  assertEquals(await bob.barriers(), []);
  await bob.picture("files-lightbox-phone");
  await bob.page.getByRole("button", { name: "关闭" }).click();
  await bob.page.locator("tea-attach input").setInputFiles({
    name: "a very long name of a file that has no room on any telephone at all.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("tea"),
  });
  await bob.page.getByText("1 个文件：点箭头发送").waitFor();
  assertEquals(await bob.barriers(), []);
  await bob.picture("files-phone");
  const overflow = await bob.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assertEquals(overflow, 0);
});

test("the panel lists a talk's files, by name and kind, and leads to their messages", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const dave = await room.person("dave", { caps: CAPS, join: "#lobby" });
  const alice = await browser.guest(room, "alice");
  const old = await sendsFile(room, dave, textFile("old list.txt", "cups"));
  await dave.send(`PRIVMSG #lobby :${old} the old one`);
  await dave.sees(/ PRIVMSG #lobby :http\S+ the old one/);
  for (let i = 1; i <= 120; i++) await dave.send(`PRIVMSG #lobby :line ${i}`);
  await alice.sees("line 120");
  await pastesFiles(alice, await picture(alice, "cup.png", "image/png", 60, 40));
  await alice.says("the cup");
  await alice.sees("the cup");
  await hasSent(alice);
  // bob has come later, and has not loaded the old lines.
  const bob = await browser.guest(room, "bob");
  await bob.button("Files of this talk").click();
  const panel = bob.page.getByRole("region", { name: "Files", exact: true });
  const names = () =>
    panel.getByRole("listitem").locator("bdi").evaluateAll((all) => all.map((one) => one.textContent));
  await bob.until("files", ["cup.png", "alice", "old list.txt", "dave"], names);
  await panel.getByText("2 files").waitFor();
  assertEquals(await bob.barriers(), []);
  await bob.picture("files-panel");
  await panel.getByRole("combobox").selectOption("Pictures");
  await bob.until("pictures", ["cup.png", "alice"], names);
  await panel.getByRole("combobox").selectOption("All files");
  await panel.getByRole("searchbox").fill("LIST");
  await bob.until("named", ["old list.txt", "dave"], names);
  await panel.getByRole("button", { name: /old list\.txt/ }).click();
  await bob.until("place", true, () =>
    bob.line("the old one").evaluate((line) => {
      const { top } = line.getBoundingClientRect();
      return top > 0 && top < innerHeight;
    }));
  // What is removed leaves the list.
  await panel.getByRole("searchbox").fill("");
  await (await alice.menuAt("the cup")).getByRole("menuitem", { name: "Remove", exact: true }).click();
  await alice.button("Remove").click();
  await bob.until("files", ["old list.txt", "dave"], names);
  await panel.getByRole("searchbox").press("Escape");
  await panel.waitFor({ state: "detached" });
});

test("on a phone the menu of a talk leads to its files, and the head has room for its name", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice", PHONE);
  await drops(alice, textFile("list.txt", "cups"));
  await tray(alice).getByText("1 file: the arrow sends it").waitFor();
  await alice.page.locator("button.send").tap();
  await hasSent(alice);
  assertEquals(await alice.button("Files of this talk").isVisible(), false);
  const name = alice.page.getByRole("main").getByRole("heading", { level: 1 }).locator("bdi");
  assertEquals(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth), true);
  await name.tap();
  await alice.page.getByRole("menuitem", { name: "Files of this talk" }).tap();
  await alice.page.getByRole("region", { name: "Files", exact: true }).getByText("list.txt").waitFor();
});

test("the commands lead to what the page has: a choice of files, and the list of them", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const chooser = alice.page.waitForEvent("filechooser");
  await alice.says("/send");
  await (await chooser).setFiles({ name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("cups") });
  await entry(alice, "list.txt").waitFor();
  await alice.field.press("Enter");
  await hasSent(alice);
  await alice.says("/files");
  await alice.page.getByRole("region", { name: "Files", exact: true }).getByText("list.txt").waitFor();
});

test("a room without files offers none", async (browser) => {
  await using room = await openRoom(["--no-files"]);
  const alice = await browser.guest(room, "alice");
  await alice.button("Emoji").waitFor();
  assertEquals([await alice.button("Send files").count(), await alice.button("Files of this talk").count()], [0, 0]);
  await pastesFiles(alice, textFile("notes.txt", "tea"));
  await alice.says("hi");
  await alice.sees("hi");
  assertEquals(await tray(alice).count(), 0);
  for (const command of ["/send", "/files"]) await alice.says(command);
  await alice.until("refusals", 2, () => alice.log.getByText("This room takes no files.").count());
  // The browser would open a file that is dropped, and the page with its talk would be gone.
  const isKept = (types: string[]) =>
    alice.log.evaluate((log, types) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["tea"], "notes.txt"));
      return types.map((type) =>
        !log.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
      );
    }, types);
  assertEquals(await isKept(["dragover", "drop"]), [true, true]);
  assertEquals(await tray(alice).count(), 0);
});
