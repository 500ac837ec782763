/**
 * The first minute of somebody new at the page, in Chromium: the mark and the name of the room, the login and its faults, the
 * card that says what can be done, and what becomes of a line that was not sent.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

/** The texts of the faults that the login shows, with the label of the field below which each stands. */
function faults({ page }: Guest): Promise<[label: string, text: string][]> {
  return page.locator(".login .refusal:not(:empty)").evaluateAll((all) =>
    all.map((fault): [string, string] => {
      const field = document.querySelector<HTMLInputElement>(`[aria-describedby~="${fault.id}"]`);
      const isBelow = fault.previousElementSibling?.contains(field) === true;
      const label = field?.labels?.[0].textContent?.trim() ?? "";
      return [isBelow && field?.ariaInvalid === "true" ? label : "", fault.textContent ?? ""];
    })
  );
}

test("the product's mark is at the login, in the room and in the browser, and all its pictures are there", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.stranger(room, { nick: "mei" });
  /** The pictures at an element that are the mark, once they are loaded. */
  const marks = (selector: string) =>
    mei.page.locator(`${selector} img[src="./icons/mark.svg"]`).evaluateAll(async (images) => {
      const all = images as HTMLImageElement[];
      await Promise.all(all.map((image) => image.decode()));
      return all.length;
    });
  assertEquals(await marks("#login"), 1);
  const pictures = await mei.page.evaluate(async () => {
    const { icons } = await (await fetch("./manifest.webmanifest")).json() as {
      icons: { src: string; sizes: string }[];
    };
    const links = [...document.querySelectorAll<HTMLLinkElement>("link[rel*=icon]")];
    const all = [...icons, ...links.map((link) => ({ src: link.href, sizes: "any" }))];
    return await Promise.all(all.map(async ({ src, sizes }) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      const isOfSize = sizes === "any" || `${image.naturalWidth}x${image.naturalHeight}` === sizes;
      return `${new URL(src, location.href).pathname} ${isOfSize ? "as said" : "of another size"}`;
    }));
  });
  assertEquals(pictures, [
    "/icons/mark.svg as said",
    "/icons/any-192.png as said",
    "/icons/any-512.png as said",
    "/icons/maskable-512.png as said",
    "/icons/mark.svg as said",
    "/icons/any-192.png as said",
  ]);
  await mei.joins();
  assertEquals(await marks(".brand"), 1);
});

test("what is wrong at the login stands in the card, below its field, until something else is written there", async (browser) => {
  await using room = await openRoom(["--password", "pu-erh"]);
  const mei = await browser.stranger(room, { nick: "mei" });
  const { page } = mei;
  const labels = async () => (await faults(mei)).map(([label]) => label);
  const name = page.getByLabel("Your name"), channel = page.getByLabel("Channel");
  await name.fill("2 bob");
  await channel.fill("a,b");
  await mei.button("Join").click();
  await mei.until("fields with faults", ["Your name", "Channel"], labels);
  assertMatch((await faults(mei))[0][1], /^A name has 1 to 30 letters/);
  assertEquals(await name.evaluate((field) => field === document.activeElement), true, "the first one has the focus");
  // No nick is promised that the name can't have.
  assertEquals(await page.getByText("Your nick is").count(), 0);
  assertEquals(await mei.barriers(), []);
  await mei.picture("login-faults");
  await name.fill("mei");
  await mei.until("fields with faults", ["Channel"], labels);
  await channel.fill("lobby");
  await mei.until("fields with faults", [], labels);
  // What the server refuses stands at its field as well.
  await mei.button("Join").click();
  const password = page.getByLabel("Password", { exact: true });
  await password.waitFor();
  await mei.until("faults", [["Password", "This room has a password."]], () => faults(mei));
  await password.fill("oolong");
  await password.press("Enter");
  await mei.until("faults", [["Password", "That is not the room's password."]], () => faults(mei));
  await password.fill("pu-erh");
  await page.getByLabel("Your account's password").fill("not hers");
  await mei.button("Join").click();
  await mei.until("fields with faults", ["Your account's password, if you have an account"], labels);
  assertEquals(await mei.barriers(), []);
});

test("the room's name is at the login, in the title, and once in the room: above the talks, else in the header", async (browser) => {
  await using room = await openRoom(["--name", "Chen's Tea Room"]);
  const mei = await browser.stranger(room, { nick: "mei" });
  assertEquals(await mei.page.getByRole("heading", { level: 1 }).innerText(), "Chen's Tea Room");
  assertEquals(await mei.page.title(), "Chen's Tea Room");
  await mei.joins();
  await mei.log.getByRole("region", { name: "Welcome" }).getByText("Chen's Tea Room").waitFor();
  await mei.button("Got it").click();
  const names = () => mei.page.getByText("Chen's Tea Room", { exact: true }).filter({ visible: true });
  await mei.until("names", 1, () => names().count());
  assertEquals(await mei.talks.getByText("Chen's Tea Room").isVisible(), true);
  assertMatch(await mei.page.title(), / - Chen's Tea Room$/);
  await mei.page.locator("header").getByRole("button", { name: "Talks" }).click();
  await mei.page.locator("header").getByText("Chen's Tea Room").waitFor();
  assertEquals(await names().count(), 1);
});

test("whoever has said something needs no hints, now or later", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei");
  const hints = mei.log.locator(".card .tip");
  await mei.until("hints", 3, () => hints.count());
  await mei.says("/topic");
  assertEquals(await hints.count(), 3);
  await mei.says("hello");
  await mei.sees("hello");
  await mei.until("hints", 0, () => hints.count());
  await mei.page.reload();
  await mei.sees("hello");
  assertEquals(await hints.count(), 0);
});

test("a card meets who is new: the message of the day, hints and the way to invite; once closed only the message stays", async (browser) => {
  const motd = await Deno.makeTempFile({ prefix: "teahouse-motd-" });
  try {
    await Deno.writeTextFile(motd, "Tea is at four.\nThe menu: https://tea.example/menu\n");
    await using room = await openRoom(["--motd", motd, "--host", "0.0.0.0"]);
    const mei = await browser.guest(room, "mei");
    const card = mei.log.getByRole("region", { name: "Welcome" });
    await card.getByText("Tea is at four.").waitFor();
    assertEquals(await card.getByRole("link", { name: "https://tea.example/menu" }).count(), 1);
    assertEquals(await card.locator(".tip").count(), 3);
    assertEquals(await mei.log.getByText("Tea is at four.").count(), 1, "it is told nowhere else");
    for (const colorScheme of ["light", "dark"] as const) {
      await mei.page.emulateMedia({ colorScheme });
      assertEquals(await mei.barriers(), [], colorScheme);
      await mei.picture(colorScheme === "light" ? "welcome" : "welcome-dark");
    }
    await mei.speaks("中文");
    assertStringIncludes(await mei.page.getByRole("region", { name: "欢迎" }).innerText(), "知道了");
    await mei.picture("welcome-chinese");
    await mei.speaks("English");
    await card.getByRole("button", { name: "Invite people" }).click();
    const dialog = mei.page.getByRole("dialog", { name: "Invite others" });
    const address = await dialog.getByRole("textbox").inputValue();
    assertMatch(address, /^http:\/\/[\d.]+:\d+\/#lobby$/);
    assertEquals(/127\.0\.0\.1/.test(address), false);
    await dialog.getByRole("button", { name: "Close" }).click();
    // It is reached by the keys that go through what was said.
    await mei.log.focus();
    await mei.page.keyboard.press("ArrowUp");
    for (let presses = 0; presses < 2; presses++) await mei.page.keyboard.press("ArrowRight");
    await mei.until("focus", "Got it", () => mei.page.locator(":focus").innerText());
    await mei.page.keyboard.press("Enter");
    await mei.until("hints", 0, () => card.locator(".tip").count());
    await mei.page.reload();
    await card.getByText("Tea is at four.").waitFor();
    assertEquals(await card.locator(".tip").count(), 0);
  } finally {
    await Deno.remove(motd);
  }
});

test("a line that is not sent yet is a grey bubble where it will stand, and turns normal when the server has it", async (browser) => {
  await using stack = new AsyncDisposableStack();
  const first = stack.use(await openRoom());
  const { port } = new URL(await first.page());
  const mei = await browser.guest(first, "mei");
  await mei.says("before");
  await mei.sees("before");
  const colour = (text: string) =>
    mei.line(text).or(mei.waiting(text)).locator(".text > p").evaluate((text) =>
      getComputedStyle(text).backgroundColor
    );
  const normal = await colour("before");
  await stack.disposeAsync();
  await mei.page.getByRole("status").filter({ hasText: "Connection lost" }).waitFor();
  await mei.says("meanwhile");
  await mei.says("/me waits");
  const pending = mei.log.locator(".pending");
  await mei.until("grey bubbles", ["meanwhile", "mei waits"], () => pending.locator("p").allInnerTexts());
  await mei.until("colour", "rgb(230, 235, 228)", () => colour("meanwhile"));
  assertEquals(await mei.waiting("meanwhile").getAttribute("aria-live"), "off");
  assertEquals(await mei.waiting("meanwhile").getByText("Not sent yet").count(), 1);
  assertEquals(await mei.page.getByText(/\d lines? (?:is|are) not sent/).count(), 0);
  await mei.waiting("meanwhile").hover();
  assertEquals(await mei.waiting("meanwhile").getByRole("button").count(), 0, "nothing can be done with it");
  assertEquals(await mei.barriers(), []);
  await mei.picture("pending");
  await using second = await openRoom(["--web-port", port], { port: first.port });
  await mei.until("grey bubbles", 0, () => pending.count());
  await mei.until("lines", ["before", "meanwhile", "mei waits"], () => mei.log.locator(".said p").allInnerTexts());
  assertEquals(await colour("meanwhile"), normal);
  assertEquals(second.port, first.port);
});
