/// <reference lib="dom" />
/**
 * What a first visit asks for, as Chromium counts it: requests, and bytes on the wire with their headers. It measures no time:
 * `deno task bench:page` does.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { openRoom, type ServerProgram, SOURCES } from "../room.ts";
import { pageTest } from "./browser.ts";

/** How much a first visit may cost, until one is in the room. */
const MOST_BYTES = 300 * 1024;
const MOST_REQUESTS = 60;

/** What is loaded when it is needed first. */
const LATER = ["web.menus.js", "web.picker.js", "web.highlight.js", "shared.qr.js"];

const PROGRAMS: [name: string, program: { program: ServerProgram } | Record<never, never>][] = [
  ["from sources", { program: SOURCES }],
  ["of the server that is tested", {}],
];
for (const [name, options] of PROGRAMS) {
  pageTest(`a first visit ${name} is at most 300 KiB and 60 requests, and brings nothing early`, async (browser) => {
    await using room = await openRoom([], options);
    const alice = await browser.stranger(room, { nick: "alice" });
    // An empty page loads nothing, and this browser's store does not know the room.
    await alice.page.goto("about:blank");
    const cdp = await alice.context.newCDPSession(alice.page);
    await cdp.send("Network.clearBrowserCache");
    const asked: string[] = [];
    let bytes = 0;
    cdp.on("Network.requestWillBeSent", ({ request }) => asked.push(new URL(request.url).pathname));
    cdp.on("Network.loadingFinished", ({ encodedDataLength }) => bytes += encodedDataLength);
    await cdp.send("Network.enable");
    await alice.page.goto(await room.page(), { waitUntil: "networkidle" });
    await alice.joins();
    await alice.page.waitForLoadState("networkidle");
    assert(asked.length <= MOST_REQUESTS, `${asked.length} requests: ${asked.join(" ")}`);
    assert(bytes <= MOST_BYTES, `${bytes} bytes in ${asked.length} requests`);
    // It was a first visit, and all of it was counted.
    assert(asked.includes("/joined/web.main.js") && bytes > 100 * 1024, `${bytes} bytes: ${asked.join(" ")}`);
    const later = () => LATER.filter((file) => asked.includes(`/joined/${file}`));
    assertEquals(later(), []);
    await alice.button("Emoji").click();
    await alice.until("later files", ["web.picker.js"], () => Promise.resolve(later()));
  });
}
