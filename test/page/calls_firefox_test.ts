/// <reference lib="dom" />
/** Calls between two makes of browsers. */

import { isInstalled, openRoom, skipped, untilEqual } from "../room.ts";
import { openBrowser } from "./browser.ts";
import { Caller, DEVICES, HEARD, KEPT } from "./callers.ts";
import { startFirefox } from "./windows.ts";

const missing: string[] = [];
for (const program of ["chromium", "firefox-esr"]) if (!await isInstalled(program)) missing.push(program);

/** Firefox makes up a microphone, asks nobody, and plays what comes; it reaches pages of this machine. */
const PREFERENCES = {
  "media.autoplay.default": 0,
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
};

Deno.test({
  name: `calls: Firefox and Chromium hear each other, whoever has begun${skipped(missing)}`,
  ignore: missing.length > 0,
  async fn() {
    await using room = await openRoom(["--flood-limit", "0"]);
    await using chromium = await openBrowser({ args: DEVICES });
    const firefox = await startFirefox(PREFERENCES);
    try {
      const alice = await Caller.opens(chromium, room, "alice");
      const page = await firefox.newPage();
      await page.evaluateOnNewDocument(KEPT);
      await page.goto(await room.page());
      await page.waitForSelector(".login input");
      await page.keyboard.type("bob");
      await page.keyboard.press("Enter");
      await page.waitForSelector("main h1.channel");
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
