/// <reference lib="dom" />
/**
 * The emoji picker: pictures as reactions, reactions that look the same, and the skin tone.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { openRoom } from "../room.ts";
import { pageTest } from "./browser.ts";

pageTest("a picture is a reaction, and reactions that look the same are one", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const bob = await browser.guest(room, "bob");
  const carol = await room.person("carol", { caps: "message-tags", join: "#lobby" });
  await alice.says("cake");
  const msgid = /msgid=([^; ]+)/.exec(await carol.sees(/ PRIVMSG #lobby :cake$/))![1];
  await bob.sees("cake");
  await alice.sees("cake");
  await bob.line("cake").hover();
  await bob.line("cake").getByRole("button", { name: "React", exact: true }).click();
  await bob.page.getByRole("searchbox").fill("panda_tea");
  await bob.page.keyboard.press("Enter");
  const picture = alice.line("cake").locator(".reactions").getByRole("img", { name: ":panda_tea:" });
  await picture.waitFor();
  await alice.until("picture", true, () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0));
  await alice.line("cake").locator(".reactions button").click();
  const reactions = () =>
    bob.line("cake").locator(".reactions button").evaluateAll((buttons) =>
      buttons.map((button) => (button as HTMLElement).innerText.replace(/\s+/g, " ").trim())
    );
  await bob.until("reactions", ["2 bob, alice"], reactions);
  // Two clients write a heart with and without the sign that it is coloured.
  const dave = await room.person("dave", { caps: "message-tags", join: "#lobby" });
  for (const [person, heart] of [[carol, "\u2764"], [dave, "\u2764\ufe0f"]] as const) {
    await person.send(`@+draft/reply=${msgid};+draft/react=${heart} TAGMSG #lobby`);
    await person.everything();
  }
  await bob.until("reactions", ["2 bob, alice", "\u2764\ufe0f 2 carol, dave"], reactions);
});

pageTest("a skin tone is for all emoji that have one, and is remembered", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const choose = async (query: string) => {
    await alice.button("Emoji").click();
    await alice.page.getByRole("searchbox").fill(query);
    await alice.page.getByRole("dialog").getByText(/^Enter takes: /).waitFor();
    await alice.page.keyboard.press("Enter");
  };
  await alice.button("Emoji").click();
  await alice.page.getByLabel("Skin tone").selectOption("3");
  await alice.page.keyboard.press("Escape");
  await choose("waving hand");
  await choose("cookie");
  const draft = () => alice.page.locator("#line").inputValue();
  await alice.until("draft", "👋🏽 🍪 ", draft);
  await alice.page.reload();
  await alice.page.locator("#line").waitFor();
  await alice.button("Emoji").click();
  assertEquals(await alice.page.getByLabel("Skin tone").inputValue(), "3");
});

pageTest(
  "nothing moves in the picker when the emoji come, nor when those come that were used lately",
  async (browser) => {
    await using room = await openRoom();
    const bob = await browser.guest(room, "bob");
    const picker = bob.page.getByRole("dialog", { name: "Emoji" });
    const field = picker.getByRole("searchbox");
    const grinning = picker.getByRole("button", { name: "grinning face", exact: true });
    const coming = Promise.withResolvers<void>();
    await bob.page.route("**/data.json", async (route) => {
      await coming.promise;
      await route.continue();
    });
    await bob.button("Emoji").click();
    const before = await field.boundingBox();
    // The room's pictures are known, and would move when the others come.
    assertEquals(await picker.locator(".emojis button").count(), 0);
    coming.resolve();
    await grinning.first().waitFor();
    assertEquals(await field.boundingBox(), before);

    await grinning.first().click();
    await bob.until("field", "\u{1f600} ", () => bob.field.inputValue());
    // That it was used is written down after it was chosen.
    await bob.until("emoji of lately", 1, async () => {
      await bob.button("Emoji").click();
      await grinning.first().waitFor();
      const count = await picker.getByRole("heading", { name: "Recent" }).count();
      await bob.page.keyboard.press("Escape");
      return count;
    });
    // What stands above the first emoji at the moment when it comes.
    const above = bob.page.evaluate(() =>
      new Promise<string[]>((tell) => {
        new MutationObserver((_, observer) => {
          const emojis = [...document.querySelectorAll(".emojis button")];
          if (!emojis.some((emoji) => emoji.getAttribute("aria-label") === "grinning face")) return;
          observer.disconnect();
          tell([...document.querySelectorAll(".emojis h2")].map((heading) => heading.textContent!));
        }).observe(document.body, { childList: true, subtree: true });
      })
    );
    await bob.button("Emoji").click();
    assertEquals((await above).slice(0, 1), ["Recent"]);
    await bob.page.keyboard.press("Escape");
    // For a reaction, what people react with most comes before all.
    await bob.says("tea is ready");
    await bob.sees("tea is ready");
    await bob.line("tea is ready").hover();
    await bob.line("tea is ready").getByRole("button", { name: "React", exact: true }).click();
    const reacting = bob.page.getByRole("dialog", { name: "React to bob" });
    await reacting.getByRole("heading", { name: "Usual" }).waitFor();
    await reacting.getByRole("button", { name: "thumbs up", exact: true }).first().click();
    await bob.line("tea is ready").getByRole("button", { name: /^\u{1f44d}/u }).waitFor();
  },
);
