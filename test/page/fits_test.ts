/// <reference lib="dom" />
/** The page in Chromium: whether what is shown has room where it stands, and covers nothing else. */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "npm:playwright-core@1.65.1";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

/** The words within a place that run out of what they stand in, and the fields whose hint has no room. */
const cutIn = (place: Locator) =>
  place.evaluate((place) => {
    const width = (words: Node) => {
      const range = document.createRange();
      range.selectNodeContents(words);
      return range.getBoundingClientRect();
    };
    const { right } = place.getBoundingClientRect();
    const cut = [...place.querySelectorAll("button")].filter((button) => {
      const box = button.getBoundingClientRect();
      return box.right > right || width(button).right > box.right;
    }).map(({ innerText }) => innerText.trim());
    const field = place.querySelector<HTMLInputElement>("input[placeholder]");
    if (field === null) return cut;
    const { font, paddingLeft, paddingRight } = getComputedStyle(field);
    const context = document.createElement("canvas").getContext("2d")!;
    context.font = font;
    const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return context.measureText(field.placeholder).width > room ? [...cut, field.placeholder] : cut;
  });

test("with very large text the list of talks and the tabs of the settings have room for their words", async (browser) => {
  await using room = await openRoom();
  for (const [width, isPhone] of [[1280, false], [390, true]] as const) {
    for (const [locale, size, tab] of [["en-GB", "Very large", "Appearance"], ["zh-CN", "特大", "外观"]]) {
      const viewport = { width, height: 844 };
      const look = { viewport, locale, hasTouch: isPhone, isMobile: isPhone };
      const mei = (await browser.stranger(room, { nick: `mei${width}`, ...look })).inChinese(locale === "zh-CN");
      await mei.joins();
      const showTalks = () => mei.page.locator("header [aria-controls=talks]").click();
      if (isPhone) await showTalks();
      await mei.opensSettings(tab);
      await mei.settings.getByRole("radio", { name: size, exact: true }).click();
      await mei.picture(`very-large-settings-${width}-${locale}`);
      assertEquals(await cutIn(mei.settings.getByRole("tablist")), [], `tabs, ${width} px, ${locale}`);
      await mei.closesSettings();
      if (isPhone) await showTalks();
      await mei.picture(`very-large-${width}-${locale}`);
      assertEquals(await cutIn(mei.talks), [], `talks, ${width} px, ${locale}`);
      await mei.page.context().close();
    }
  }
});

test("who has a display name and a status has their whole nick in the list of people, with these below it", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby", caps: "draft/metadata-3 batch" });
  await bob.send(
    "METADATA * SET display-name :Bob of the Great Wall",
    "METADATA * SET status :at tea until four o'clock",
  );
  for (const [nick, isPhone] of [["dave", false], ["wilhelmina", true]] as const) {
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
    const guest = await browser.guest(room, nick, { viewport, hasTouch: isPhone, isMobile: isPhone });
    const show = (list: string) => guest.page.locator(`header [aria-controls=${list}]`).click();
    if (isPhone) await show("talks");
    await guest.button(/Profile$/).click();
    const dialog = guest.page.getByRole("dialog", { name: "Profile" });
    await dialog.getByLabel("Display name").fill(`${nick} the Great`);
    await dialog.getByLabel("Status").fill("at tea");
    await dialog.getByLabel("Status").press("Enter");
    await dialog.getByText("Saved.").waitFor();
    await guest.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    if (isPhone) await show("people");
    for (const [who, name] of [["bob", "Bob of the Great Wall"], [nick, `${nick} the Great`]]) {
      const entry = guest.people.getByRole("listitem").filter({ hasText: name });
      await entry.locator(".status").waitFor();
      const { rows, ends, tops } = await entry.evaluate((entry) => {
        const range = document.createRange();
        range.selectNodeContents(entry.querySelector("bdi")!);
        const boxes = ["bdi", ".shown-as", ".status"].map((part) => entry.querySelector(part)!.getBoundingClientRect());
        return {
          rows: range.getClientRects().length,
          ends: boxes.map(({ right }) => right <= entry.getBoundingClientRect().right),
          tops: boxes.map(({ top }) => top),
        };
      });
      assertEquals(rows, 1, `rows of the nick ${who}`);
      assertEquals(ends, [true, true, true], who);
      assertEquals(tops, tops.toSorted((a, b) => a - b), who);
    }
    assertEquals(await guest.barriers(), []);
    await guest.picture(`display-names-${nick}`);
  }
});

test("the search's field, button and filters are as wide as what was found, within the panel", async (browser) => {
  await using room = await openRoom();
  const bob = await room.person("bob", { join: "#lobby" });
  const alice = await browser.guest(room, "alice", { viewport: { width: 1280, height: 800 } });
  await bob.send("PRIVMSG #lobby :sencha, please");
  await alice.sees("sencha");
  await alice.button("Search").click();
  const panel = alice.page.locator("tea-search");
  await panel.getByRole("searchbox").first().fill("sencha");
  await panel.getByRole("button", { name: "Search", exact: true }).click();
  await panel.locator(".hit").waitFor();
  await panel.getByText("Who, where, when").click();
  await alice.picture("search-filters");
  const ends = await Promise.all(
    [".hit", ".find-field button", ".find-filters select", ".find-filters label:last-of-type input"].map((part) =>
      panel.locator(part).last().evaluate((element) => Math.round(element.getBoundingClientRect().right))
    ),
  );
  assertEquals(new Set(ends).size, 1, ends.join());
});

test("with high contrast a button that can't be pressed looks so", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  await alice.context.clearPermissions();
  await alice.sets("Appearance", "radio", "High contrast");
  await alice.opensSettings("Notifications");
  const look = (name: string) =>
    alice.settings.getByRole("button", { name }).evaluate((button: HTMLButtonElement) => {
      const { borderStyle, opacity } = getComputedStyle(button);
      return { isDisabled: button.disabled, borderStyle, opacity };
    });
  await alice.picture("contrast-disabled");
  assertEquals(await look("Show a test notification"), { isDisabled: true, borderStyle: "dashed", opacity: "0.55" });
  assertEquals(await look("Close"), { isDisabled: false, borderStyle: "solid", opacity: "1" });
});

test("the button that leads to the end of a talk covers neither what is said nor what can be done with it", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await room.person("bob", { join: "#lobby" });
  await bob.send(...Array.from({ length: 60 }, (_, i) => `PRIVMSG #lobby :cup ${i + 1}`));
  for (const isPhone of [false, true]) {
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
    const guest = await browser.guest(room, isPhone ? "mei" : "alice", {
      viewport,
      hasTouch: isPhone,
      isMobile: isPhone,
    });
    await guest.sees("cup 60");
    await guest.line("cup 40").scrollIntoViewIfNeeded();
    const toEnd = guest.button("To the end");
    await toEnd.waitFor();
    await guest.picture(`to-the-end-${isPhone ? "phone" : "wide"}`);
    const [button, talk, field] = await Promise.all(
      [toEnd, guest.log, guest.page.locator(".write")].map(async (part) => (await part.boundingBox())!),
    );
    assert(button.y >= talk.y + talk.height, `${button.y} px, and the talk ends at ${talk.y + talk.height} px`);
    assert(
      button.y + button.height <= field.y,
      `${button.y + button.height} px, and the field begins at ${field.y} px`,
    );
    await toEnd.click();
    await toEnd.waitFor({ state: "detached" });
    const left = () => guest.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));
    await guest.until("distance to the end", 0, left);
  }
});
