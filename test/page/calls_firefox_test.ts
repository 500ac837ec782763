/// <reference lib="dom" />
/** Calls between two makes of browsers, by themselves and by an engine. */

import { isInstalled, openRoom, PATIENCE, type Room, skipped, untilEqual } from "../room.ts";
import { MISSING, openBrowser } from "./browser.ts";
import { Caller, DEVICES, HEARD, KEPT } from "./callers.ts";
import { startFirefox } from "./windows.ts";

const missing = await isInstalled("firefox-esr") ? MISSING : [...MISSING, "firefox-esr"];
const withoutEngine = await isInstalled("janus") ? missing : [...missing, "janus"];

/** Firefox makes up a microphone, asks nobody, and plays what comes; it reaches pages of this machine. */
const PREFERENCES = {
  "media.autoplay.default": 0,
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
};

/** How much has been heard of each voice that comes, by what the browser calls it. A script. */
const VOICES = `(async () => {
  const voices = {};
  for (const connection of connections.filter(({ connectionState }) => connectionState === "connected")) {
    for (const entry of (await statsOf(connection)).values()) {
      const isHeard = entry.type === "inbound-rtp" && entry.kind === "audio" && entry.totalAudioEnergy > 1e-4;
      if (isHeard) voices[connections.indexOf(connection) + " " + entry.ssrc] = entry.totalAudioEnergy;
    }
  }
  return voices;
})()`;

/** Whether there is a picture of alice. A script. */
const SEES_ALICE = `(document.querySelector("video[aria-label='Camera of alice']")?.videoWidth ?? 0) > 0`;

/** Opens the page in Firefox for somebody, who comes in. */
async function opens(firefox: Awaited<ReturnType<typeof startFirefox>>, room: Room, nick: string) {
  const page = await firefox.newPage();
  page.setDefaultTimeout(2 * PATIENCE);
  await page.evaluateOnNewDocument(KEPT);
  await page.goto(await room.page());
  await page.waitForSelector(".login input");
  await page.keyboard.type(nick);
  await page.keyboard.press("Enter");
  await page.waitForSelector("main h1.channel");
  return page;
}

Deno.test({
  name: `calls: Firefox and Chromium hear each other, whoever has begun${skipped(missing)}`,
  ignore: missing.length > 0,
  async fn() {
    await using room = await openRoom(["--flood-limit", "0"]);
    await using chromium = await openBrowser({ args: DEVICES });
    const firefox = await startFirefox(PREFERENCES);
    try {
      const alice = await Caller.opens(chromium, room, "alice");
      const page = await opens(firefox, room, "bob");
      /** Waits until bob hears alice, from now on. */
      const hears = async () => {
        const before = await page.evaluate(HEARD) as number[];
        await untilEqual("voices at bob", true, async () => {
          const [energy = 0] = await page.evaluate(HEARD) as number[];
          return energy > (before[0] ?? 0) + 1e-4;
        });
      };
      await alice.calls();
      await page.waitForSelector(".call-line .yes");
      await page.click(".call-line .yes");
      await alice.isWith("alice", "bob");
      await alice.hears(1);
      await hears();
      // Chromium comes to Firefox, as well.
      await alice.leaves();
      await alice.joins();
      await alice.hears(1);
      await hears();
      // A camera is turned on without a negotiation.
      await page.click(".call-button.video");
      await alice.guest.page.getByLabel("Camera of bob", { exact: true }).waitFor();
      await alice.guest.until(
        "Camera of bob",
        true,
        () => alice.guest.page.evaluate(() => (document.querySelector("video")?.videoWidth ?? 0) > 0),
      );
      chromium.holds();
    } finally {
      await firefox.close();
    }
  },
});

Deno.test({
  name: `calls: Firefox and Chromium hear and see each other by an engine${skipped(withoutEngine)}`,
  ignore: withoutEngine.length > 0,
  async fn() {
    await using room = await openRoom(["--call-engine", "janus", "--call-engine-from", "3"]);
    await using chromium = await openBrowser({ args: DEVICES });
    const firefox = await startFirefox(PREFERENCES);
    try {
      const alice = await Caller.opens(chromium, room, "alice");
      const carol = await Caller.opens(chromium, room, "carol");
      const page = await opens(firefox, room, "bob");
      /** Waits until bob hears so many by the engine, from now on: two connections, and one of them has all others. */
      const hears = async (count: number) => {
        const before = new Map<string, number>();
        await untilEqual("connections and voices at bob", [2, count], async () => {
          const heard = Object.entries(await page.evaluate(VOICES) as Record<string, number>);
          for (const [voice, energy] of heard) if (!before.has(voice)) before.set(voice, energy);
          const open = await page.evaluate(
            "connections.filter(({ connectionState }) => connectionState !== 'closed').length",
          ) as number;
          return [open, heard.filter(([voice, energy]) => energy > before.get(voice)! + 1e-4).length];
        });
      };
      await alice.calls();
      await page.waitForSelector(".call-line .yes");
      await page.click(".call-line .yes");
      await alice.isWith("alice", "bob");
      await alice.hears(1);
      // From the third on the engine carries it.
      await carol.joins();
      await carol.speaks();
      await hears(2);
      for (const { guest } of [alice, carol]) {
        const voices = async () => Object.keys(await guest.page.evaluate(VOICES) as object).length;
        await guest.until("voices", 2, voices);
      }
      await page.click(".call-button.video");
      await Promise.all([alice, carol].map((caller) => caller.sees("bob")));
      await alice.bar.getByRole("button", { name: "Camera", exact: true }).click();
      await untilEqual("a picture of alice at bob", true, async () => await page.evaluate(SEES_ALICE) as boolean);
      // A page that is loaded anew takes its place again.
      await page.reload();
      await page.waitForSelector(".call-button.video");
      await hears(2);
      await carol.leaves();
      await hears(1);
      chromium.holds();
    } finally {
      await firefox.close();
    }
  },
});
