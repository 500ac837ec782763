/// <reference lib="dom" />
/**
 * What the page can show, one after the other in one stay: each state in light, dark and high contrast, on a phone and on a
 * wide screen, in both languages. axe judges each whether people can use it, and with SCREENSHOTS naming a folder a picture of
 * each is put there. What is shown without https, of a kept page, and in the settings is judged where it is tested.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openFolder, openRoom, type Person, type Room } from "../room.ts";
import { openRelay, type Relay } from "./relay.ts";

/** A look: a window, and what the browser asks for. */
interface Look {
  name: string;
  viewport: { width: number; height: number };
  colorScheme: "light" | "dark";
  contrast: "no-preference" | "more";
}

const DESK = { width: 1100, height: 700 };
const PHONE = { width: 360, height: 740 };

const LIGHT: Look = { name: "light", viewport: DESK, colorScheme: "light", contrast: "no-preference" };
const LOOKS: Look[] = [
  LIGHT,
  { ...LIGHT, name: "dark", colorScheme: "dark" },
  { ...LIGHT, name: "contrast", contrast: "more" },
  { ...LIGHT, name: "contrast-dark", colorScheme: "dark", contrast: "more" },
  { ...LIGHT, name: "phone", viewport: PHONE },
  { ...LIGHT, name: "phone-dark", viewport: PHONE, colorScheme: "dark" },
  { ...LIGHT, name: "wide", viewport: { width: 1920, height: 1080 } },
];

async function looks(guest: Guest, { viewport, colorScheme, contrast }: Look): Promise<void> {
  await guest.page.setViewportSize(viewport);
  await guest.page.emulateMedia({ colorScheme, contrast });
}

/** The people and the ways that states need. */
interface Stage {
  guest: Guest;
  room: Room;
  alice: Person;
  way: Relay;
}

/** A state: how it comes about and how it ends, by elements alone, since the words are of two languages. */
interface State {
  name: string;
  begin(stage: Stage): Promise<unknown>;
  end(stage: Stage): Promise<unknown>;
}

/** Waits until such an element is seen. */
const seen = ({ page }: Guest, selector: string) => page.locator(selector).first().waitFor();
const gone = ({ page }: Guest, selector: string) => page.locator(selector).first().waitFor({ state: "detached" });
const press = ({ page }: Guest, selector: string) => page.locator(selector).first().click();

/** A state that a key ends. @param shown What is seen in it, and no more when it is over. */
function closable(name: string, shown: string, begin: (stage: Stage) => Promise<unknown>): State {
  return {
    name,
    async begin(stage) {
      await begin(stage);
      await seen(stage.guest, shown);
    },
    async end({ guest }) {
      await guest.page.keyboard.press("Escape");
      await gone(guest, shown);
    },
  };
}

/** Opens the menu of a line, of which these words are a part, and maybe chooses one of its entries. */
async function menuOf(guest: Guest, text: string, entry?: number): Promise<void> {
  const line = guest.line(text).first();
  await line.hover();
  await line.locator(".actions button").last().click();
  await guest.menu.waitFor();
  if (entry !== undefined) await guest.menu.getByRole("menuitem").nth(entry).click();
}

/** Opens the menu of alice in the list of people. */
async function menuOfAlice({ page, people, menu }: Guest, entry?: number): Promise<void> {
  const alice = people.getByRole("listitem").filter({ hasText: "alice" });
  await alice.hover();
  await alice.locator(".more").click();
  await page.locator(".menu").waitFor();
  if (entry !== undefined) await menu.getByRole("menuitem").nth(entry).click();
}

const nothing = () => Promise.resolve();

/** Who has begun the call of a room. */
const callers = new WeakMap<Room, Person>();

/** All states within the room, in the order in which a stay passes through them. */
const STATES: State[] = [
  {
    name: "welcome",
    begin: ({ guest }) => seen(guest, ".card .tip"),
    end: ({ guest }) => press(guest, ".card .buttons button"),
  },
  {
    name: "talk",
    async begin({ guest, alice, room }) {
      const bob = await room.person("bob", { caps: "message-tags echo-message", join: "#lobby" });
      await guest.says("The kettle is on. Who brings the cups?");
      await guest.sees("The kettle is on");
      await guest.says("/topic Tea at four, in the garden, under the old tree · https://tea.example/menu");
      await bob.send("PRIVMSG #lobby :I do, the small ones: https://tea.example/cups");
      const msgid = /msgid=([^; ]+)/.exec(await bob.sees(/ PRIVMSG #lobby :I do/))![1];
      await alice.send(
        `@+draft/react=🎉;+draft/reply=${msgid} TAGMSG #lobby`,
        `@+draft/reply=${msgid} PRIVMSG #lobby :好的，四点见！`,
        "BATCH +1 draft/multiline #lobby",
        "@batch=1 PRIVMSG #lobby :So *this* is how it is made, `quickly`:",
        "@batch=1 PRIVMSG #lobby :```ts",
        '@batch=1 PRIVMSG #lobby :const tea = await brew("oolong", { minutes: 3, degrees: 95 }); // not longer, or it is bitter',
        "@batch=1 PRIVMSG #lobby :```",
        "@batch=1 PRIVMSG #lobby :> hot water",
        "BATCH -1",
        `PRIVMSG #lobby :${guest.nick}, is that right?`,
        "PRIVMSG #garden :the chairs are out",
        `PRIVMSG ${guest.nick} :a word between us`,
      );
      await guest.sees("is that right?");
      await seen(guest, "tea-talks .unread");
    },
    end: nothing,
  },
  closable("edit", ".replying", ({ guest }) => guest.field.press("ArrowUp")),
  closable("reply", ".replying", async ({ guest }) => {
    await guest.line("small ones").first().hover();
    await guest.line("small ones").first().locator(".actions button:has(.icon)").first().click();
  }),
  {
    name: "call-runs",
    async begin({ guest, room }) {
      const carla = await room.person("carla", { caps: "message-tags batch teahouse.chat/call", join: "#lobby" });
      callers.set(room, carla);
      await carla.send("CALL JOIN #lobby :audio,hand");
      await seen(guest, ".call-line .yes");
    },
    end: nothing,
  },
  {
    name: "call-rings",
    async begin({ guest, room }) {
      const dora = await room.person("dora", { caps: "message-tags batch teahouse.chat/call", join: "#lobby" });
      await dora.send(`CALL JOIN ${guest.nick} :audio`);
      await seen(guest, ".ringing");
    },
    async end({ guest }) {
      await press(guest, ".ringing button:not(.yes)");
      await gone(guest, ".ringing");
    },
  },
  {
    // There is no microphone here, so that the talk says what to do.
    name: "call",
    async begin({ guest }) {
      await press(guest, ".call-line .yes");
      await seen(guest, ".call-bar .elapsed");
    },
    end: nothing,
  },
  closable("call-devices", ".call-devices", ({ guest }) => press(guest, ".call-button:nth-last-child(2)")),
  {
    name: "call-over",
    async begin({ guest }) {
      await press(guest, ".call-button.danger");
      await gone(guest, ".call-bar");
    },
    async end({ guest, room }) {
      await callers.get(room)!.send("CALL PART #lobby");
      await gone(guest, ".call-line");
    },
  },
  closable("menu-message", ".menu", ({ guest }) => menuOf(guest, "The kettle is on")),
  closable("menu-person", ".menu", ({ guest }) => menuOfAlice(guest)),
  closable("menu-talk", ".menu", ({ guest }) => press(guest, "main h1 button")),
  closable("profile", "dialog", ({ guest }) => menuOfAlice(guest, 3)),
  closable("moderate", "dialog", async ({ guest }) => {
    await menuOfAlice(guest);
    await guest.menu.locator(".danger").first().click();
  }),
  {
    name: "bans",
    async begin({ guest }) {
      await menuOfAlice(guest);
      await guest.menu.locator(".danger").first().click();
      await press(guest, "dialog [value=mute]");
      await gone(guest, "dialog");
      await press(guest, ".bans");
      await seen(guest, "dialog li");
    },
    async end({ guest, alice }) {
      await press(guest, "dialog li button");
      await guest.page.keyboard.press("Escape");
      await gone(guest, "dialog");
      await alice.everything();
    },
  },
  closable("palette", ".palette", ({ guest }) => guest.field.press("Control+k")),
  closable("keys", "dialog", ({ guest }) => guest.field.press("Control+/")),
  closable("all-channels", "dialog .channels li", ({ guest }) => press(guest, ".browse")),
  closable("search", ".hit", async ({ guest }) => {
    await guest.page.keyboard.press("Control+Shift+F");
    await guest.page.locator("tea-search input[type=search]").fill("the");
    await guest.page.keyboard.press("Enter");
  }),
  closable("search-nothing", "tea-search", async ({ guest }) => {
    await guest.page.keyboard.press("Control+Shift+F");
    await guest.page.locator("tea-search input[type=search]").fill("xyzzy");
    await guest.page.keyboard.press("Enter");
  }),
  closable("mentions", ".hit", ({ guest }) => press(guest, ".find + button")),
  closable("picker", ".groups button", ({ guest }) => press(guest, ".write .emoji")),
  {
    name: "suggestions",
    async begin({ guest }) {
      await guest.field.pressSequentially("a cup of :te");
      await seen(guest, ".suggestions");
    },
    end: ({ guest }) => guest.field.fill(""),
  },
  {
    name: "usage",
    async begin({ guest }) {
      await guest.field.fill("/ban bob ");
      await seen(guest, ".usage");
    },
    end: ({ guest }) => guest.field.fill(""),
  },
  closable("paste", "dialog", ({ guest }) => guest.pastes(Array.from({ length: 40 }, (_, i) => `cup ${i}`).join("\n"))),
  {
    name: "files-chosen",
    async begin({ guest }) {
      const sign = await Deno.readFile(new URL("../../web/icons/any-192.png", import.meta.url));
      await guest.page.locator("tea-attach [type=file]").setInputFiles([
        { name: "our sign.png", mimeType: "image/png", buffer: Buffer.from(sign) },
        { name: "list of cups.txt", mimeType: "text/plain", buffer: Buffer.from("4 cups") },
      ]);
      await seen(guest, ".tray canvas");
    },
    end: nothing,
  },
  {
    name: "files",
    async begin({ guest }) {
      await guest.says("our sign, and what we need");
      await seen(guest, ".picture-file.loaded");
      await seen(guest, ".file-card");
      await gone(guest, ".tray");
    },
    end: nothing,
  },
  closable("files-lightbox", ".lightbox", ({ guest }) => press(guest, ".picture-file")),
  closable("files-panel", ".file-hit", ({ guest }) => press(guest, "header .files")),
  // What it is and how long says its sender: nothing is loaded before it is played. And nobody has allowed a microphone.
  closable("voice", ".recording .why", async ({ guest, alice }) => {
    const tag = `name=voice.webm&size=48213&type=audio%2Fwebm&voice=12.4&wave=${"AHVnz5_3yof".repeat(5)}`;
    await alice.send(
      `@+teahouse.chat/file=${tag} PRIVMSG #lobby :http://tea.example/files/${"v".repeat(22)}/voice.webm`,
    );
    await seen(guest, ".voice");
    await press(guest, ".microphone");
  }),
  {
    name: "unread-line",
    async begin({ guest, alice }) {
      await guest.talks.locator(".private .talk").filter({ hasText: "alice" }).click();
      await guest.sees("a word between us");
      await alice.send("PRIVMSG #lobby :and the cake?", "PRIVMSG #lobby :it is in the oven");
      await seen(guest, "tea-talks .channel.unread");
      await guest.opens("#lobby");
      await seen(guest, "li.new");
    },
    end: nothing,
  },
  {
    name: "private",
    async begin({ guest }) {
      await guest.opens("alice");
      await guest.says("and nobody else reads it");
      await guest.sees("nobody else");
    },
    end: ({ guest }) => guest.opens("#lobby"),
  },
  {
    name: "crowd",
    async begin({ guest, room }) {
      for (let i = 1; i <= 12; i++) await room.person(`guest${i}`, { join: "#lobby" });
      await press(guest, ".happened summary");
    },
    end: nothing,
  },
  {
    name: "reconnecting",
    async begin({ guest, way }) {
      way.cut();
      await seen(guest, ".status.lost");
      await guest.says("meanwhile I write this");
      await seen(guest, ".pending");
    },
    async end({ guest, way }) {
      way.mend();
      await gone(guest, ".pending");
    },
  },
];

/** What reaches beyond its box, where it would be cut off. */
function cut({ page }: Guest): Promise<string[]> {
  return page.evaluate(() => {
    const selector =
      "html, header, tea-compose, .scroll, dialog, .menu, .picker, tea-search, tea-file-list, .tray, .status";
    const found = [...document.querySelectorAll(selector)]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((box) =>
        `what is in <${box.localName} class="${box.className}"> is ${box.scrollWidth} px wide, and cut off`
      );
    // Less than a pixel is enough for an ellipsis in place of half a short name.
    const name = document.querySelector("header h1 bdi");
    const range = document.createRange();
    if (name !== null) range.selectNodeContents(name);
    const missing = name === null ? 0 : range.getBoundingClientRect().width - name.getBoundingClientRect().width;
    return missing > 0.05 ? [...found, `the name in the header lacks ${missing} px`] : found;
  });
}

/** Judges a state in several looks, and goes back to the first. @returns What axe finds, and what is cut off. */
async function judge(guest: Guest, name: string, all: Look[]): Promise<string[]> {
  const found: string[] = [];
  for (const look of all) {
    await looks(guest, look);
    await guest.picture(`${name}-${look.name}`);
    const barriers = await guest.barriers(look.contrast === "more");
    found.push(...barriers.map((barrier) => `${name} ${look.name}: ${barrier}`));
    found.push(...(await cut(guest)).map((part) => `${name} ${look.name}: ${part}`));
  }
  await looks(guest, LIGHT);
  return found;
}

/** Colours are the same in each language: in Chinese what differs is looked at, how wide words are. */
const LANGUAGES = [
  { language: "English", code: "en", locale: "en-GB", all: LOOKS },
  { language: "Chinese", code: "zh", locale: "zh-CN", all: LOOKS.filter(({ name }) => /^(?:light|phone)$/.test(name)) },
];

for (const { language, code, locale, all } of LANGUAGES) {
  test(`everybody can use each state of the page, in each theme and size of window, in ${language}`, async (browser) => {
    await using folder = await openFolder();
    await Deno.writeTextFile(`${folder.path}/motd`, "Tea is at four.\nThe menu: https://tea.example/menu\n");
    await using room = await openRoom([
      ...["--flood-limit", "0", "--max-per-ip", "0", "--motd", `${folder.path}/motd`],
    ]);
    await using way = await openRelay(await room.page());
    const guest = await browser.stranger(room, {
      nick: "mei",
      at: way.page,
      locale,
    });
    guest.inChinese(language === "Chinese");
    const found: string[] = [];
    await guest.page.locator("[name=nick]").fill("2 bob");
    await guest.page.locator("[name=channel]").fill("a,b");
    await press(guest, ".login [type=submit]");
    await seen(guest, "[aria-invalid=true]");
    found.push(...await judge(guest, `${code}-login-fault`, all));
    await guest.page.locator("[name=channel]").fill("lobby");
    await guest.joins();
    const caps = "message-tags echo-message batch draft/multiline";
    const alice = await room.person("alice", { caps, join: "#lobby,#garden" });
    const stage = { guest, room, alice, way };
    for (const { name, begin, end } of STATES) {
      await begin(stage);
      found.push(...await judge(guest, `${code}-${name}`, all));
      await end(stage);
    }
    assertEquals(found, []);
  });
}
