/// <reference lib="dom" />
/** A voice message in Firefox, which records another container than Chromium: it is sent, and stands in its place. */

import { assertMatch } from "@std/assert";
import { isInstalled, openRoom, skipped, untilEqual } from "../room.ts";
import { startFirefox } from "./windows.ts";

const missing = await isInstalled("firefox-esr") ? [] : ["firefox-esr"];

/** Firefox makes up a microphone, and asks nobody. */
const PREFERENCES = {
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
};

Deno.test({
  name: `page: Firefox records a voice message, as Ogg${skipped(missing)}`,
  ignore: missing.length > 0,
  async fn() {
    await using room = await openRoom();
    const dave = await room.person("dave", { caps: "message-tags", join: "#lobby" });
    const firefox = await startFirefox(PREFERENCES);
    try {
      const page = await firefox.newPage();
      await page.goto(await room.page());
      await page.waitForSelector(".login input");
      await page.keyboard.type("bob");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".microphone");
      await page.click(".microphone");
      await untilEqual(
        "recorded",
        true,
        () => page.evaluate(() => /^0:0[1-9]$/.test(document.querySelector(".recording .time")?.textContent ?? "")),
      );
      await page.click(".recording .yes");
      const said = await dave.sees(/ PRIVMSG #lobby :http/);
      // A machine without a loudspeaker may hear nothing of how loud it is.
      assertMatch(said, /&type=audio%2Fogg&voice=\d+(?:\.\d)?(?:&wave=[\w-]+)?[; ]/);
      await page.waitForSelector(".rows .voice .play");
    } finally {
      await firefox.close();
    }
  },
});
