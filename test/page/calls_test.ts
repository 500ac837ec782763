/// <reference lib="dom" />
/** Calls at pages: who hears whom, whatever happens to them. */

import { assert, assertEquals } from "@std/assert";
import { openRoom } from "../room.ts";
import type { Browser } from "./browser.ts";
import { allHear, Caller, callTest } from "./callers.ts";
import { openRelay } from "./relay.ts";

/** A room without a flood limit: the tests are faster than people. */
const openCalls = () => openRoom(["--flood-limit", "0"]);

/** People in a call of #lobby: the first has begun it. */
async function inCall(browser: Browser, room: Awaited<ReturnType<typeof openRoom>>, ...nicks: string[]) {
  const callers: Caller[] = [];
  for (const nick of nicks) callers.push(await Caller.opens(browser, room, nick));
  await callers[0].calls();
  for (const caller of callers.slice(1)) await caller.joins();
  await allHear(...callers);
  return callers;
}

callTest(
  "two people hear each other within 5 s; whoever leaves is gone, and the call ends with the last one",
  async (browser) => {
    await using room = await openCalls();
    const alice = await Caller.opens(browser, room, "alice");
    const bob = await Caller.opens(browser, room, "bob");
    assertEquals(await bob.banner.count(), 0);
    await alice.calls();
    await alice.isWith("alice");
    await bob.banner.getByText("Call: alice", { exact: true }).waitFor();
    await bob.guest.talks.getByRole("button", { name: /lobby.*a call is running/ }).waitFor();
    const begun = performance.now();
    await bob.joins();
    await allHear(alice, bob);
    assert(performance.now() - begun < 5_000, `${performance.now() - begun} ms`);
    await alice.isWith("alice", "bob");
    await bob.isWith("bob", "alice");
    await bob.leaves();
    await alice.isWith("alice");
    await alice.guest.until("connections", 0, () => alice.connections());
    await bob.banner.waitFor();
    await alice.leaves();
    await bob.banner.waitFor({ state: "detached" });
  },
);

callTest(
  "/call joins the call of the talk, and takes a call that rings; /decline does not answer one",
  async (browser) => {
    await using room = await openCalls();
    const alice = await Caller.opens(browser, room, "alice");
    const bob = await Caller.opens(browser, room, "bob");
    await alice.guest.says("/call");
    await alice.isWith("alice");
    await bob.guest.says("/call #lobby");
    await allHear(alice, bob);
    await bob.leaves();
    await alice.leaves();
    await alice.guest.says("/call bob");
    await bob.button("Accept").waitFor();
    await bob.guest.says("/decline");
    await bob.button("Accept").waitFor({ state: "detached" });
    await alice.bar.waitFor({ state: "detached" });
    await alice.guest.says("/call bob");
    await bob.button("Accept").waitFor();
    await bob.guest.says("/call alice");
    await allHear(alice, bob);
  },
);

callTest("four people hear each other, in a room with its usual flood limit", async (browser) => {
  await using room = await openRoom();
  const all = await inCall(browser, room, "alice", "bob", "carol", "dave");
  await all[3].leaves();
  await allHear(...all.slice(0, 3));
});

callTest("muting is told to all, and a muted person speaks while they hold the space bar", async (browser) => {
  await using room = await openCalls();
  const [alice, bob] = await inCall(browser, room, "alice", "bob");
  const bobAtAlice = alice.bar.getByRole("listitem").filter({ hasText: "bob" });
  const mute = bob.bar.getByRole("button", { name: "Mute" });
  assertEquals(await mute.getAttribute("aria-pressed"), "false");
  // Whoever is muted is not played either, whatever their page sends.
  const played = (isMuted: boolean) =>
    alice.guest.until(
      "sound of bob",
      isMuted,
      () => alice.guest.page.evaluate(() => document.querySelector("audio")?.muted),
    );
  await played(false);
  await mute.click();
  assertEquals(await mute.getAttribute("aria-pressed"), "true");
  await bobAtAlice.getByText("muted").waitFor();
  await played(true);
  // By keys, where nothing takes them.
  await bob.guest.log.focus();
  await bob.guest.page.keyboard.press("m");
  await bobAtAlice.getByText("muted").waitFor({ state: "detached" });
  await bob.guest.page.keyboard.press("m");
  await bobAtAlice.getByText("muted").waitFor();
  await bob.guest.page.keyboard.down(" ");
  await bobAtAlice.getByText("muted").waitFor({ state: "detached" });
  await bob.guest.page.keyboard.up(" ");
  await bobAtAlice.getByText("muted").waitFor();
  // A word is written with these keys.
  await bob.guest.field.fill("");
  await bob.guest.field.pressSequentially("m m");
  assertEquals(await bob.guest.field.inputValue(), "m m");
  assertEquals(await mute.getAttribute("aria-pressed"), "true");
});

callTest("a page that is loaded anew comes back to its call, and nobody hears it twice", async (browser) => {
  await using room = await openCalls();
  const [alice, bob] = await inCall(browser, room, "alice", "bob");
  await bob.guest.page.reload();
  await bob.bar.getByRole("timer").waitFor();
  await allHear(alice, bob);
});

callTest("a call goes on when somebody has another nick", async (browser) => {
  await using room = await openCalls();
  const [alice, bob, carol] = await inCall(browser, room, "alice", "bob", "carol");
  await bob.guest.says("/nick robert");
  await alice.guest.until("people", ["alice", "carol", "robert"], async () => (await alice.people()).sort());
  await bob.guest.until("people", ["alice", "carol", "robert"], async () => (await bob.people()).sort());
  await Promise.all([alice.hears(2), bob.hears(2), carol.hears(2)]);
  // Whoever comes now reaches all of them.
  const dave = await Caller.opens(browser, room, "dave");
  await dave.joins();
  await Promise.all([dave, alice, bob, carol].map((caller) => caller.hears(3)));
});

callTest("what is heard goes on while the connection to the server is lost, and the place is kept", async (browser) => {
  await using room = await openCalls();
  await using relay = await openRelay(await room.page());
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob", { at: relay.page });
  await alice.calls();
  await bob.joins();
  await allHear(alice, bob);
  relay.cut();
  await bob.guest.page.getByText("Connection lost").first().waitFor();
  await Promise.all([alice.hears(1), bob.hears(1)]);
  await alice.isWith("alice", "bob");
  relay.mend();
  await bob.guest.page.getByText("Connection lost").first().waitFor({ state: "detached" });
  await allHear(alice, bob);
  // The connection is one that signals go by: who comes now is heard.
  const carol = await Caller.opens(browser, room, "carol");
  await carol.joins();
  await allHear(alice, bob, carol);
});

callTest("an operator mutes somebody, and removes them: within a second they hear nothing", async (browser) => {
  await using room = await openCalls();
  const [alice, bob] = await inCall(browser, room, "alice", "bob");
  const menu = async (name: string) => {
    await alice.bar.getByRole("listitem").filter({ hasText: "bob" }).getByRole("button").click();
    await alice.guest.menu.getByRole("menuitem", { name }).click();
  };
  await menu("Mute bob");
  await bob.guest.sees("alice has muted you.");
  assertEquals(await bob.bar.getByRole("button", { name: "Mute" }).getAttribute("aria-pressed"), "true");
  // Whoever is no operator has no such menu.
  assertEquals(await bob.bar.getByRole("listitem").getByRole("button").count(), 0);
  await menu("Remove bob from the call");
  const removed = performance.now();
  await bob.guest.until("connections", 0, () => bob.connections());
  await alice.guest.until("connections", 0, () => alice.connections());
  assert(performance.now() - removed < 1_000, `${performance.now() - removed} ms`);
  await bob.guest.sees("alice has removed you from the call.");
  assertEquals(await bob.bar.count(), 0);
  // They come back to the next call.
  await bob.banner.getByRole("button", { name: "Join" }).click();
  await bob.guest.sees("An operator has put you out of this call; you can join the next one");
  await bob.bar.waitFor({ state: "detached" });
});

callTest("a person is called: declined, hung up, and taken", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob");
  await alice.guest.says("/to bob");
  await alice.guest.isIn("bob");
  const ringing = bob.guest.page.getByRole("region", { name: "alice calls you" });
  await alice.button("Call bob").click();
  await alice.bar.getByText("Calling bob").waitFor();
  await ringing.getByRole("button", { name: "Decline" }).click();
  await ringing.waitFor({ state: "detached" });
  await alice.guest.sees("Call declined");
  await bob.guest.opens("alice");
  await bob.guest.sees("Call declined");
  await bob.guest.opens("#lobby");
  assertEquals(await alice.bar.count(), 0);
  await alice.button("Call bob").click();
  await ringing.waitFor();
  await alice.leaves();
  await ringing.waitFor({ state: "detached" });
  await alice.button("Call bob").click();
  const timer = alice.bar.getByRole("timer");
  // The time of the call is counted from when it was taken.
  await timer.getByText("0:03", { exact: true }).waitFor();
  await ringing.getByRole("button", { name: "Accept" }).click();
  await timer.getByText("0:00", { exact: true }).waitFor();
  await allHear(alice, bob);
  await bob.guest.isIn("alice");
  await bob.leaves();
  await alice.bar.waitFor({ state: "detached" });
  for (const { guest } of [alice, bob]) {
    await guest.sees(/Call, \d+ s/);
    // It stands there as a line, and so not beneath it as well.
    assertEquals(await guest.line("The call has ended").count(), 0);
  }
});

callTest(
  "a call that was missed is unread at all pages of who was called, and read at all of them",
  async (browser) => {
    await using room = await openCalls();
    const bob = await Caller.opens(browser, room, "bob");
    const carol = await Caller.opens(browser, room, "carol");
    // She looks at another tab of hers.
    const other = await browser.tab(carol.guest);
    await other.isIn("#lobby");
    await (await bob.guest.menuOf("carol")).getByRole("menuitem", { name: "Call", exact: true }).click();
    await bob.guest.isIn("carol");
    for (const { page } of [carol.guest, other]) await page.getByRole("region", { name: "bob calls you" }).waitFor();
    await bob.leaves();
    await bob.guest.sees("carol did not answer");
    for (const guest of [carol.guest, other]) {
      await guest.talks.getByRole("button", { name: "bob 1 unread" }).waitFor();
      await guest.isTitled("(1) carol --> #lobby");
    }
    await other.opens("bob");
    await other.sees("Missed call from bob");
    for (const guest of [carol.guest, other]) {
      await guest.talks.getByRole("button", { name: "bob", exact: true })
        .waitFor();
    }
    assertEquals(await other.barriers(), []);
    await other.picture("call-missed");
    // It is there when the pages are loaded anew, and read.
    await bob.guest.page.reload();
    await bob.guest.isIn("carol");
    await bob.guest.sees("carol did not answer");
    await other.page.reload();
    await other.isIn("bob");
    await other.sees("Missed call from bob");
    assertEquals(await other.line("Missed call from bob").count(), 1);
    const later = await browser.tab(other);
    await later.talks.getByRole("button", { name: "bob", exact: true }).click();
    await later.sees("Missed call from bob");
    assertEquals(await later.talks.getByRole("button", { name: /unread/ }).count(), 0);
    // Whoever closes the talk does not find it again.
    await later.talks.getByRole("button", { name: "Close bob" }).click();
    await later.page.reload();
    await later.field.waitFor();
    await later.isIn("#lobby");
    assertEquals(await later.talks.getByRole("button", { name: "bob", exact: true }).count(), 0);
    // Nobody calls themselves.
    await bob.guest.opens("#lobby");
    await bob.guest.menuOf("bob");
    assertEquals((await bob.guest.entries()).filter((entry) => entry === "Call"), []);
  },
);

callTest("a channel tells of its calls: who began one, and how long it was", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob");
  await alice.calls();
  await bob.joins();
  await alice.leaves();
  await bob.leaves();
  for (const { guest } of [alice, bob]) {
    await guest.sees("alice began a call");
    await guest.sees(/The call has ended \(\d+ s\)/);
  }
});

callTest("cameras and a screen are seen, and are gone when they are turned off", async (browser) => {
  await using room = await openCalls();
  const [alice, bob] = await inCall(browser, room, "alice", "bob");
  const picture = (name: string) => bob.guest.page.getByLabel(name, { exact: true });
  const camera = alice.bar.getByRole("button", { name: "Camera", exact: true });
  const isMoving = (name: string) =>
    bob.guest.until(name, true, () => picture(name).evaluate((video) => (video as HTMLVideoElement).videoWidth > 0));
  await camera.click();
  await isMoving("Camera of alice");
  await bob.guest.until(
    "picture",
    "1",
    () => picture("Camera of alice").evaluate((one) => getComputedStyle(one).opacity),
  );
  for (const { guest } of [alice, bob]) assertEquals(await guest.barriers(), []);
  await alice.button("Sound and camera").click();
  const dialog = alice.guest.page.getByRole("dialog", { name: "Sound and camera" });
  await dialog.getByLabel("Microphone").waitFor();
  assertEquals(await alice.guest.barriers(), []);
  // The made-up microphone beeps.
  const level = () => dialog.locator("meter").evaluate((meter) => (meter as HTMLMeterElement).value > 0);
  await alice.guest.until("level", true, level);
  const microphones = dialog.getByLabel("Microphone").getByRole("option");
  const [, other] = await microphones.evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
  await dialog.getByLabel("Microphone").selectOption(other);
  await alice.guest.page.keyboard.press("Escape");
  await bob.hears(1);
  await alice.bar.getByRole("button", { name: "Share the screen" }).click();
  await isMoving("Screen of alice");
  await alice.bar.getByRole("button", { name: "Share the screen" }).click();
  await picture("Screen of alice").waitFor({ state: "detached" });
  await camera.click();
  await picture("Camera of alice").waitFor({ state: "detached" });
  await allHear(alice, bob);
});

callTest("while a camera has no picture yet, the person's letter stands in its place", async (browser) => {
  await using room = await openCalls();
  const [alice] = await inCall(browser, room, "alice", "bob");
  const { guest, guest: { page } } = alice;
  await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d")!;
    // It has a frame where one is asked for.
    const stream = canvas.captureStream(0);
    const [track] = stream.getVideoTracks() as CanvasCaptureMediaStreamTrack[];
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(stream);
    (globalThis as unknown as { draw: () => void }).draw = () => {
      context.fillRect(0, 0, 300, 150);
      track.requestFrame();
    };
  });
  await alice.bar.getByRole("button", { name: "Camera", exact: true }).click();
  const video = page.getByLabel("Camera of alice", { exact: true });
  const opacity = () => video.evaluate((one) => getComputedStyle(one).opacity);
  await video.waitFor();
  assertEquals(await opacity(), "0");
  assertEquals(await page.locator("figure").filter({ has: video }).locator(".avatar").innerText(), "A");
  await guest.picture("call-dark");
  await guest.until("picture", "1", async () => {
    await page.evaluate(() => (globalThis as unknown as { draw: () => void }).draw());
    return await opacity();
  });
});

callTest("signals of somebody hostile in the call harm nobody", async (browser) => {
  await using room = await openCalls();
  const [alice, bob] = await inCall(browser, room, "alice", "bob");
  const mallory = await Caller.opens(browser, room, "mallory");
  await mallory.joins();
  await allHear(alice, bob, mallory);
  await using trudy = await room.person("trudy", { caps: "message-tags batch teahouse.chat/call" });
  await trudy.send("JOIN #lobby", "CALL JOIN #lobby :audio");
  await alice.guest.until("people", 4, async () => (await alice.people()).length);
  const pack = async (json: unknown) => {
    const stream = new Blob([JSON.stringify(json)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer()).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  };
  const sdp = "v=0\r\no=- 7 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  const signals = [
    "AAAA",
    "not-deflate",
    await pack("text"),
    await pack({ c: "#lobby", d: { type: "offer", sdp: `v=0\r\n${"a".repeat(1_000_000)}` } }),
    await pack({ c: "#lobby", d: { type: "offer", sdp: `${sdp}a=\u0007\r\n` } }),
    await pack({ c: "#lobby", d: { type: "answer", sdp } }),
    await pack({ c: "#other", d: { type: "offer", sdp } }),
    await pack({ c: "#lobby", i: [{ candidate: "candidate:nonsense", sdpMid: "0", sdpMLineIndex: 0 }] }),
    await pack({ c: "#lobby", d: { type: "offer", sdp } }),
  ];
  for (let i = 0; i < 100; i++) {
    const offer = await pack({ c: "#lobby", d: { type: "offer", sdp: sdp.replace("- 7", `- ${i}`) } });
    signals.push(offer);
  }
  for (const signal of signals) await trudy.send(`@+teahouse.chat/rtc=${signal} TAGMSG alice`);
  await trudy.everything();
  // A signal of somebody who is not in the call goes to nobody.
  await trudy.send("CALL PART #lobby", `@+teahouse.chat/rtc=${signals[0]} TAGMSG bob`);
  await trudy.everything();
  await alice.isWith("alice", "bob", "mallory");
  await allHear(alice, bob, mallory);
});

callTest("without a microphone one listens, and is told what to do", async (browser) => {
  await using room = await openCalls();
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob");
  await bob.guest.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await alice.calls();
  await bob.joins();
  await bob.guest.sees("The browser does not let this page use the microphone, so you only listen.");
  await bob.hears(1);
  await alice.bar.getByRole("listitem").filter({ hasText: "bob" }).getByText("muted").waitFor();
});
