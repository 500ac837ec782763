/// <reference lib="dom" />
/** What a call shows beside who is in it: reactions, a picture in a window of its own, who only listens; and what it asks of the machine. */

import { assertEquals, assertLess } from "@std/assert";
import { openRoom } from "../room.ts";
import { allHear, Caller, callTest } from "./callers.ts";

/** A room without a flood limit: the tests are faster than people. */
const openCalls = () => openRoom(["--flood-limit", "0"]);

/** Counts the locks by which a page keeps the screen on. A script that runs before the page's own. */
const LOCKS = `
  globalThis.locks = 0;
  const lock = () => {
    globalThis.locks++;
    return { released: false, release() { this.released = true; globalThis.locks--; return Promise.resolve(); } };
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request: () => Promise.resolve(lock()) } });
`;

/** Notes each reaction that is shown, with how it moves, since none stays. A script. */
const WATCHES = `
  globalThis.reactions = [];
  const known = new WeakSet();
  new MutationObserver(() => {
    for (const one of document.querySelectorAll("tea-call-bar .call-reactions > *")) {
      if (known.has(one)) continue;
      known.add(one);
      reactions.push(one.textContent + " " + getComputedStyle(one).animationName);
    }
  }).observe(document.body, { childList: true, subtree: true });
`;

declare const locks: number;
declare const reactions: string[];

callTest("a reaction is seen over its person and told once, and is gone after some seconds", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob", {
    reducedMotion: "reduce",
    colorScheme: "dark",
    viewport: { width: 390, height: 800 },
  });
  await alice.calls();
  await bob.joins();
  await allHear(alice, bob);
  await bob.bar.getByRole("button", { name: "Camera", exact: true }).click();
  await alice.sees("bob");
  await Promise.all([alice, bob].map(({ guest: { page } }) => page.evaluate(WATCHES)));
  await bob.bar.getByRole("button", { name: "React" }).click();
  await bob.guest.menu.getByRole("menuitem", { name: "🎉" }).click();
  for (const [{ guest }, motion] of [[alice, "rises"], [bob, "none"]] as const) {
    // Over the name, and over the picture.
    const expected = [`🎉 ${motion}`, `🎉 ${motion}`];
    await guest.until("reactions", expected, () => guest.page.evaluate(() => reactions));
    await guest.picture(`call-reaction-${guest.nick}`);
  }
  assertEquals(await alice.bar.getByRole("status").innerText(), "bob: 🎉");
  for (const { guest } of [alice, bob]) assertEquals(await guest.barriers(), []);
  const seen = ({ guest: { page } }: Caller) => page.locator("tea-call-bar .call-reactions > *").allInnerTexts();
  await alice.guest.until("reactions", [], () => seen(alice));
  // It is of the moment: nothing of it is kept in the talk.
  assertEquals((await alice.guest.lines()).filter((line) => line.includes("🎉")), []);
});

callTest("a picture has a window of its own, which is closed with the camera, and with the call", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob");
  await alice.calls();
  await bob.joins();
  const camera = bob.bar.getByRole("button", { name: "Camera", exact: true });
  const floats = (label: string | null) =>
    alice.guest.until(
      "picture",
      label,
      () => alice.guest.page.evaluate(() => document.pictureInPictureElement?.getAttribute("aria-label") ?? null),
    );
  const button = alice.button("Camera of bob in a window of its own");
  await camera.click();
  await alice.sees("bob");
  await button.click();
  await floats("Camera of bob");
  await button.click();
  await floats(null);
  await button.click();
  await floats("Camera of bob");
  await camera.click();
  await floats(null);
  await camera.click();
  await alice.sees("bob");
  await button.click();
  await floats("Camera of bob");
  await alice.leaves();
  await floats(null);
});

callTest("where only some may talk the others listen, and the page says so: to them and to all", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob");
  await alice.guest.says("/mode +m");
  await alice.calls();
  await bob.joins();
  await bob.guest.page.getByText("You may only listen here: you may not talk in this channel.").first().waitFor();
  await bob.bar.getByText("only listening", { exact: true }).first().waitFor();
  await alice.bar.getByRole("listitem").filter({ hasText: "bob" }).getByText("only listening").waitFor();
  await bob.hears(1);
  // The button says why, and opens no microphone.
  const mute = bob.bar.getByRole("button", { name: "Mute", exact: true });
  assertEquals(await mute.getAttribute("title"), "You may only listen here: you may not talk in this channel.");
  for (const name of ["Mute", "Camera"]) {
    await bob.bar.getByRole("button", { name, exact: true }).click();
    // The room is asked, and says no.
    await bob.guest.until("muted", "true", () => mute.getAttribute("aria-pressed"));
  }
  assertEquals(await bob.guest.page.locator("figure").count(), 0);
  for (const { guest } of [alice, bob]) assertEquals(await guest.barriers(), []);
  await bob.guest.picture("call-listener");
  await alice.guest.says("/voice bob");
  await bob.guest.sees(/voice|talk/i);
  await mute.click();
  await allHear(alice, bob);
  await alice.guest.says("/devoice bob");
  await alice.bar.getByRole("listitem").filter({ hasText: "bob" }).getByText("only listening").waitFor();
  // Nobody begins a call to whom nobody would listen.
  await alice.leaves();
  await bob.leaves();
  await bob.button("Start a call").click();
  await bob.guest.page.getByText("so you can't begin a call here").first().waitFor();
  await bob.bar.waitFor({ state: "detached" });
});

callTest(
  "one's own picture is large while one is alone, and small where others are, with a picture or without",
  async (browser) => {
    await using room = await openCalls();
    const alice = await Caller.opens(browser, room, "alice", { colorScheme: "dark" });
    const [bob, carol] = await Promise.all(["bob", "carol"].map((nick) => Caller.opens(browser, room, nick)));
    const { guest: { page } } = alice;
    const camera = ({ bar }: Caller) => bar.getByRole("button", { name: "Camera", exact: true });
    const own = page.locator("figure.own");
    /** The tiles that are no pictures of alice's, and whether each is larger than those together. */
    const others = () =>
      page.locator("figure:not(.own)").evaluateAll((all) =>
        all.map((tile) => {
          const area = (tile: Element) => tile.clientWidth * tile.clientHeight;
          const isLarger = [...document.querySelectorAll("figure.own")].every((own) => area(own) < area(tile));
          return `${tile.querySelector("figcaption")!.textContent} ${isLarger ? "large" : "small"}`;
        })
      );
    await alice.calls();
    await camera(alice).click();
    await alice.sees("alice");
    const alone = (await own.boundingBox())!;
    const talk = (await alice.guest.log.boundingBox())!;
    assertEquals(alone.width > talk.width * 0.9, true, JSON.stringify({ alone, talk }));
    await bob.joins();
    await carol.joins();
    // Neither has a camera on.
    await alice.guest.until("tiles", ["bob large", "carol large"], others);
    for (const size of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      assertEquals(await others(), ["bob large", "carol large"]);
      assertLess((await own.boundingBox())!.width, size.width / 4);
      assertEquals(await alice.guest.barriers(), []);
      await alice.guest.picture(`call-own-${size.width}`);
    }
    // Whoever has a picture has the place.
    await camera(bob).click();
    await alice.sees("alice", "bob");
    assertEquals(await others(), ["bob large"]);
    await alice.guest.picture("call-own-and-other");
    await camera(alice).click();
    await alice.sees("bob");
    assertEquals(await own.count(), 0);
  },
);

callTest(
  "on a phone small pictures are free, and however many are in a call the talk has its place",
  async (browser) => {
    await using room = await openCalls();
    const alice = await Caller.opens(browser, room, "alice");
    const [bob, carol] = await Promise.all(["bob", "carol"].map((nick) => Caller.opens(browser, room, nick)));
    await alice.calls();
    for (const caller of [bob, carol]) await caller.joins();
    for (const { bar } of [alice, bob, carol]) await bar.getByRole("button", { name: "Camera", exact: true }).click();
    await alice.sees("alice", "bob", "carol");
    const windows = alice.guest.page.locator("figure").getByRole("button");
    assertEquals(await windows.count(), 3);
    const phone = { width: 390, height: 844 };
    await alice.guest.page.setViewportSize(phone);
    // A button over each would hide who is there.
    await alice.guest.until("buttons", 0, () => windows.count());
    await alice.button("Large pictures").click();
    await alice.guest.until("buttons", 3, () => windows.count());
    await alice.guest.page.setViewportSize({ width: 1100, height: 700 });
    const caps = "teahouse.chat/call message-tags batch";
    for (const nick of ["dave", "erin", "frank", "grace", "heidi"]) {
      const person = await room.person(nick, { caps, join: "#lobby" });
      await person.send("CALL JOIN #lobby :audio,muted");
    }
    await alice.guest.until("people", 8, async () => (await alice.people()).length);
    const height = async () => Math.round((await alice.bar.boundingBox())!.height);
    // The buttons, and two rows of people.
    assertLess(await height(), 150);
    const { x, width } = (await alice.button("Leave the call").boundingBox())!;
    const bar = (await alice.bar.boundingBox())!;
    assertLess(bar.x + bar.width - x - width, 40);
    // So many come where an engine carries it.
    await alice.bar.getByRole("list").evaluate((list) => {
      for (let i = 0; i < 52; i++) list.append(list.lastElementChild!.cloneNode(true));
    });
    assertLess(await height(), 200);
    await alice.guest.page.setViewportSize(phone);
    assertLess(await height(), 200);
  },
);

callTest("the screen stays on during a call, and the chosen loudspeaker plays it", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = new Caller(await browser.guest(room, "bob", { script: LOCKS }));
  const locked = (count: number) => bob.guest.until("locks", count, () => bob.guest.page.evaluate(() => locks));
  await alice.calls();
  await locked(0);
  await bob.joins();
  await locked(1);
  await bob.button("Sound and camera").click();
  const speaker = bob.guest.page.getByRole("dialog", { name: "Sound and camera" }).getByLabel("Loudspeaker");
  const ids = await speaker.getByRole("option").evaluateAll((all) =>
    all.map((one) => (one as HTMLOptionElement).value)
  );
  await speaker.selectOption(ids[1]);
  await bob.guest.until(
    "loudspeaker",
    ids[1],
    () => bob.guest.page.evaluate(() => document.querySelector("audio")?.sinkId ?? ""),
  );
  await bob.guest.page.keyboard.press("Escape");
  await bob.leaves();
  await locked(0);
});
