/// <reference lib="dom" />
/**
 * The page's settings, in Chromium: how they are reached, that each applies at once and is kept, and that everybody can use them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom } from "../room.ts";

const PHONE = { viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** The sections, in English and in Chinese. */
const SECTIONS = {
  en: ["Appearance", "Messages", "Notifications", "Sound", "Keys", "Account and devices", "About"],
  zh: ["外观", "消息", "通知", "声音", "快捷键", "账号与设备", "关于"],
};

/** A choice of the settings that are open. */
function choice(guest: Guest, group: string, name: string) {
  return guest.settings.getByRole("group", { name: group }).getByRole("radio", { name, exact: true });
}

/** A property of the first element that fits, as it is drawn. */
function styleOf(guest: Guest, selector: string, property: string): Promise<string> {
  return guest.page.locator(selector).first().evaluate(
    (element, property) => getComputedStyle(element).getPropertyValue(property),
    property,
  );
}

test("the settings are reached by a button, by the palette and by Ctrl+comma, and all their sections by the arrow keys", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei");
  const { keyboard } = mei.page;
  const section = () => mei.settings.getByRole("tab", { selected: true }).innerText();
  const focused = () => mei.page.evaluate(() => document.activeElement?.textContent.trim());
  // Keyboard alone, from where one writes.
  await mei.field.press("Control+,");
  await mei.settings.waitFor();
  assertEquals(await section(), "Appearance");
  for (const name of [...SECTIONS.en.slice(1), "Appearance"]) {
    await keyboard.press("ArrowDown");
    assertEquals(await focused(), name);
    await mei.settings.getByRole("tabpanel", { name }).getByRole("heading", { name }).waitFor();
  }
  await keyboard.press("ArrowUp");
  await keyboard.press("Home");
  await keyboard.press("End");
  assertEquals(await section(), "About");
  // The next stop is what the section holds.
  await keyboard.press("Home");
  await keyboard.press("Tab");
  assertEquals(await mei.page.evaluate(() => document.activeElement?.role ?? ""), "tabpanel");
  await keyboard.press("Tab");
  await keyboard.press("ArrowRight");
  assertEquals(await choice(mei, "Colours", "Light").isChecked(), true);
  await mei.closesSettings();
  assertEquals(await mei.page.evaluate(() => document.activeElement?.id), "line");

  await keyboard.press("Control+k");
  await mei.page.getByRole("combobox").fill("sound");
  await keyboard.press("Enter");
  await mei.settings.waitFor();
  assertEquals(await section(), "Sound");
  await mei.settings.getByRole("button", { name: "Close" }).click();
  await mei.settings.waitFor({ state: "detached" });

  // Below the list of talks stand four buttons, and what one does oneself is among them.
  const strip = mei.talks.locator(".choices").getByRole("button");
  assertEquals((await strip.allInnerTexts()).map((text) => text.trim()), [
    "Settings",
    "Profile",
    "Invite others",
    "Leave",
  ]);
  await mei.opensSettings("Keys");
  assertEquals(await mei.settings.getByText("open the settings").isVisible(), true);
});

test("what is chosen applies at once, in the talk behind the settings, and is kept", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", { locale: "en-GB", timezoneId: "UTC" });
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :tea is ready", "PRIVMSG #lobby :come all");
  await mei.sees("come all");
  const size = () => styleOf(mei, ".said .text", "font-size").then(parseFloat);
  const distance = () => styleOf(mei, ".said.head", "margin-top").then(parseFloat);
  const clock = () => mei.line("tea is ready").locator("time").innerText();
  const small = await size(), wide = await distance();
  const time = /^\d\d:\d\d$/, twelve = /^\d\d:\d\d [ap]m$/;
  assert(time.test(await clock()), await clock());

  await mei.opensSettings("Appearance");
  await choice(mei, "Size of text", "Very large").click();
  assertEquals(Math.round(await size() / small * 100), 145);
  assertEquals(await styleOf(mei, ".talk bdi", "font-size"), `${16 * 1.45}px`);
  await choice(mei, "Spacing", "Compact").click();
  assert(await distance() < wide * 0.7, `${await distance()} px, and before ${wide}`);
  await choice(mei, "Time of day", "12 hours").click();
  await mei.until("time", true, async () => twelve.test(await clock()));
  await choice(mei, "Colours", "Dark").click();
  await choice(mei, "Language", "中文").click();
  mei.inChinese();
  await mei.settings.getByRole("tab", { name: "外观", selected: true }).waitFor();
  await mei.page.getByRole("navigation", { name: "对话" }).waitFor();
  await choice(mei, "语言", "English").click();
  mei.inChinese(false);
  await mei.settings.getByRole("tab", { name: "Appearance", selected: true }).waitFor();
  // A long time lies over nothing that is said, whatever the size of the text.
  const gap = await mei.line("come all").evaluate((row) => {
    const time = document.createRange();
    time.selectNodeContents(row.querySelector("time")!);
    return row.querySelector(".text")!.getBoundingClientRect().left - time.getBoundingClientRect().right;
  });
  assert(gap >= 0, `${gap} px between a time and what is said`);

  await mei.page.reload();
  await mei.sees("tea is ready");
  assertEquals(Math.round(await size() / small * 100), 145);
  assert(await distance() < wide * 0.7);
  assert(twelve.test(await clock()), await clock());
  assertEquals(await styleOf(mei, "body", "background-color"), "rgb(22, 26, 24)");
  await mei.opensSettings("Appearance");
  for (
    const [group, name] of [
      ["Size of text", "Very large"],
      ["Spacing", "Compact"],
      ["Time of day", "12 hours"],
      ["Colours", "Dark"],
      ["Language", "English"],
    ]
  ) assertEquals(await choice(mei, group, name).isChecked(), true, name);
  await choice(mei, "Time of day", "24 hours").click();
  await mei.until("time", true, async () => time.test(await clock()));
});

test("the time of day is written as is usual in the browser's language, until a person chooses", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob", { locale: "en-US" });
  await bob.says("tea?");
  const clock = () => bob.line("tea?").locator("time").innerText();
  await bob.until("time", true, async () => /^\d\d:\d\d\s[AP]M$/.test(await clock()));
  await bob.sets("Appearance", "radio", "24 hours");
  await bob.until("time", true, async () => /^\d\d:\d\d$/.test(await clock()));
});

test("everybody can use the settings: in each theme, in both languages, in a narrow window and with large text", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei");
  const overflow = () =>
    mei.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("dialog, .settings, .settings-panel")]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map((box) => box.className || box.tagName)
    );
  /** Has axe judge each section. */
  const judge = async (language: "en" | "zh", what: string, isContrastHigh = false) => {
    for (const [i, name] of SECTIONS[language].entries()) {
      await mei.settings.getByRole("tab", { name, exact: true }).click();
      await mei.settings.getByRole("heading", { name, exact: true }).waitFor();
      assertEquals(await mei.barriers(isContrastHigh), [], `${name} ${what}`);
      assertEquals(await overflow(), [], `${name} ${what}`);
      await mei.picture(`settings-${what}-${i}`);
    }
  };
  await mei.opensSettings("Appearance");
  const themes = [["Light", "浅色"], ["Dark", "深色"], ["High contrast", "高对比度"]];
  for (const language of ["en", "zh"] as const) {
    await mei.settings.getByRole("radio", { name: language === "en" ? "English" : "中文" }).click();
    mei.inChinese(language === "zh");
    for (const names of themes) {
      const theme = names[language === "en" ? 0 : 1];
      await mei.settings.getByRole("radio", { name: theme, exact: true }).click();
      await judge(language, `${language}-${names[0]}`, names[0] === "High contrast");
      await mei.settings.getByRole("tab", { name: SECTIONS[language][0], exact: true }).click();
    }
  }
  // 320 and 360 px wide; and a window of 1280 x 720 px that is enlarged to 200 %.
  await mei.settings.getByRole("radio", { name: "特大" }).click();
  for (const [width, height] of [[320, 512], [360, 640], [640, 360]]) {
    await mei.page.setViewportSize({ width, height });
    await judge("zh", `${width}`, true);
    const close = (await mei.settings.getByRole("button", { name: "关闭" }).boundingBox())!;
    assert(close.y + close.height <= height, `the button that closes ends at ${close.y + close.height}`);
  }
});

test("where fingers point, each setting is 44 px high and wide, whatever the size of text and the distances", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", PHONE);
  await mei.page.getByRole("main").getByRole("button", { name: /^Talks/ }).tap();
  await mei.talks.getByRole("button", { name: "Settings", exact: true }).tap();
  await mei.settings.getByRole("radio", { name: "Small", exact: true }).tap();
  await mei.settings.getByRole("radio", { name: "Compact", exact: true }).tap();
  // There are no keys to be told of.
  for (const name of SECTIONS.en.filter((name) => name !== "Keys")) {
    await mei.settings.getByRole("tab", { name, exact: true }).tap();
    await mei.settings.getByRole("heading", { name, exact: true }).waitFor();
    // What is pressed of a radio button or a switch is its label.
    const targets = mei.settings.locator("button, label:has([type=radio], [type=checkbox]), [type=range], [type=text]");
    const small = await targets.evaluateAll((all) =>
      all.map((element) => {
        const { width, height } = element.getBoundingClientRect();
        return { name: element.textContent.trim(), size: [width, height].map(Math.round) };
      }).filter(({ size: [width, height] }) => width < 44 || height < 44)
    );
    assertEquals(small, [], name);
  }
});

test("a sound is one of several that differ, of the chosen volume, and is heard when it is chosen", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.stranger(room, { nick: "bob" });
  // What a browser plays cannot be heard here; which tones it is told to play can be seen.
  await bob.page.addInitScript(() => {
    const played: string[] = [];
    class Node {
      gain = {
        setValueAtTime: (value: number) => {
          if (value > 0) played.push(`gain ${value.toFixed(4)}`);
          return this.gain;
        },
        exponentialRampToValueAtTime: () => this.gain,
      };
      constructor(_audio?: unknown, options?: OscillatorOptions) {
        if (options?.frequency !== undefined) played.push(`${options.type} ${options.frequency}`);
      }
      connect() {}
      start() {}
      stop() {}
    }
    Object.assign(globalThis, { played, AudioContext: Node, GainNode: Node, OscillatorNode: Node });
  });
  const played = () => bob.page.evaluate(() => (globalThis as unknown as { played: string[] }).played.splice(0));
  await bob.page.reload();
  await bob.joins();
  const dialog = await bob.opensSettings("Sound");
  // As long as there is no sound, there is none to choose.
  assertEquals(await choice(bob, "Sound", "Bell").isDisabled(), true);
  assertEquals(await dialog.getByRole("button", { name: "Play it" }).isDisabled(), true);
  await bob.picture("sound-off");
  await dialog.getByRole("switch").check();
  const heard = new Set<string>();
  for (const name of ["Bell", "Wood", "Rising", "Soft"]) {
    await choice(bob, "Sound", name).click();
    heard.add((await played()).join(", "));
  }
  assertEquals(heard.size, 4, [...heard].join("; "));
  assertEquals(heard.has("gain 0.0800, sine 660"), true, [...heard].join("; "));
  const volume = dialog.getByRole("slider", { name: "Volume" });
  await volume.focus();
  await bob.page.keyboard.press("End");
  await dialog.getByText("100 %").waitFor();
  await played();
  await dialog.getByRole("button", { name: "Play it" }).click();
  assertEquals(await played(), ["gain 0.1600", "sine 660"]);
  await choice(bob, "Sound", "Bell").click();
  await bob.page.reload();
  await bob.field.waitFor();
  await bob.opensSettings("Sound");
  assertEquals(await choice(bob, "Sound", "Bell").isChecked(), true);
  assertEquals(await volume.inputValue(), "100");
});

test("where the browser refuses notifications the settings say why and what to do, and see at once when it allows them", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.stranger(room, { nick: "bob" });
  await bob.page.addInitScript(() => {
    globalThis.Notification = class {
      static permission: NotificationPermission = "denied";
    } as unknown as typeof Notification;
  });
  await bob.page.reload();
  await bob.joins();
  const dialog = await bob.opensSettings("Notifications");
  const field = dialog.getByRole("switch", { name: /^Notify me/ });
  await dialog.getByText("The browser refuses notifications of this page. Press the sign before").waitFor();
  assertEquals([await field.isEnabled(), await field.isChecked()], [false, false]);
  await bob.page.evaluate(() => {
    Object.assign(Notification, { permission: "granted" });
    dispatchEvent(new Event("focus"));
  });
  await dialog.getByText("The browser refuses").waitFor({ state: "detached" });
  assertEquals([await field.isEnabled(), await field.isChecked()], [true, true]);
  await field.click();
  assertEquals(await dialog.getByRole("button", { name: "Show a test notification" }).isEnabled(), false);
});

test("the account and its devices stand in the settings, and whether one stays signed in is changed there", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dialog = await alice.opensSettings("Account and devices");
  await dialog.getByText("You are alice, a guest on this device.").waitFor();
  await dialog.getByLabel("Status").fill("pours tea");
  await dialog.getByLabel("Status").press("Enter");
  await dialog.getByText("Saved.").waitFor();
  await dialog.getByText("keeps what you said here").waitFor();
  await dialog.getByRole("button", { name: "Make an account" }).click();
  await alice.settings.waitFor({ state: "detached" });
  const secret = "a long secret of alice";
  const asking = alice.page.getByRole("dialog", { name: "A password for the account alice:", exact: true });
  const kinds = () => asking.locator(".secret").evaluateAll((all) => all.map((it) => (it as HTMLInputElement).type));
  assertEquals(await kinds(), ["password", "password"]);
  await asking.getByLabel("Show what is written").check();
  assertEquals(await kinds(), ["text", "text"]);
  assertEquals(await alice.barriers(), []);
  await alice.picture("asked-secret");
  // One that is short is a fault of the first field.
  await alice.answers("A password for the account alice:", "tea", "The same once more:", "tea");
  await asking.getByRole("alert").filter({ hasText: "A password has at least 8 characters." }).waitFor();
  const first = asking.getByLabel("A password for the account alice:", { exact: true });
  assertEquals(await first.evaluate((field) => [field.ariaInvalid, document.activeElement === field]), ["true", true]);
  // Two that differ are a fault of the second field, which the dialog tells without losing what was written.
  const again = asking.getByLabel("The same once more:", { exact: true });
  const fault = asking.getByRole("alert").filter({ hasText: "The two are not the same." });
  await alice.answers("A password for the account alice:", secret, "The same once more:", "another secret");
  await fault.waitFor();
  const state = () =>
    again.evaluate((field) => {
      const told = document.getElementById(field.getAttribute("aria-describedby")!)?.textContent;
      return [field.ariaInvalid, told, document.activeElement === field];
    });
  assertEquals(await state(), ["true", "The two are not the same.", true]);
  assertEquals(await first.inputValue(), secret);
  assertEquals(await alice.barriers(), []);
  await alice.picture("secrets-differ");
  // What is selected is written over.
  await alice.page.keyboard.type("x");
  await fault.waitFor({ state: "detached" });
  assertEquals([await again.inputValue(), ...await state()], ["x", "false", "", true]);
  await asking.getByRole("button", { name: "OK" }).click();
  await fault.waitFor();
  await alice.answers("A password for the account alice:", secret, "The same once more:", secret);
  await alice.page.getByText(/The account .+ is yours/).waitFor();
  await alice.opensSettings("Account and devices");
  await dialog.getByText("You are alice, logged in to the account alice.").waitFor();
  await dialog.getByRole("listitem").filter({ hasText: "this device" }).waitFor();
  await dialog.getByRole("button", { name: "Log out" }).waitFor();

  const lasts = async () => (await alice.context.cookies()).map(({ expires }) => expires > 0);
  assertEquals(await lasts(), [true]);
  const stays = dialog.getByRole("switch", { name: /^Stay signed in/ });
  await stays.click();
  await alice.until("cookie", [false], lasts);
  await stays.click();
  await alice.until("cookie", [true], lasts);
  await stays.click();
  await alice.until("cookie", [false], lasts);
  // Whoever opens the page next is asked who they are.
  const next = await browser.tab(alice);
  await next.page.getByLabel("Your name").waitFor();
});

test("the settings tell the version of the server, which is asked once and told nowhere else", async (browser) => {
  await using room = await openRoom();
  const bob = await browser.guest(room, "bob");
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const dialog = await bob.opensSettings("About");
  await dialog.getByText(`teahouse-${version}`, { exact: true }).waitFor();
  assertEquals(
    await dialog.getByRole("link", { name: "How to get https" }).getAttribute("href"),
    "./trust?lang=en",
  );
  await bob.closesSettings();
  await bob.says("hello");
  await bob.sees("hello");
  assertEquals(await bob.log.getByText(`teahouse-${version}`).count(), 0);
});
