/**
 * The first minute of somebody new at the page, in Chromium: the mark and the name of the room, the login and its faults, the
 * card that says what can be done, and what becomes of a line that was not sent.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("the product's mark is at the login, in the room and in the browser, and all its pictures are there", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.stranger(room, { nick: "mei" });
  /** The pictures at an element that are the mark, once they are loaded. */
  const marks = (selector: string) =>
    mei.page.locator(`${selector} img[src="./icons/mark.svg"]`).evaluateAll(async (images) => {
      const all = images as HTMLImageElement[];
      await Promise.all(all.map((image) => image.decode()));
      return all.length;
    });
  assertEquals(await marks("#login"), 1);
  const pictures = await mei.page.evaluate(async () => {
    const { icons } = await (await fetch("./manifest.webmanifest")).json() as {
      icons: { src: string; sizes: string }[];
    };
    const links = [...document.querySelectorAll<HTMLLinkElement>("link[rel*=icon]")];
    const all = [...icons, ...links.map((link) => ({ src: link.href, sizes: "any" }))];
    return await Promise.all(all.map(async ({ src, sizes }) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      const isOfSize = sizes === "any" || `${image.naturalWidth}x${image.naturalHeight}` === sizes;
      return `${new URL(src, location.href).pathname} ${isOfSize ? "as said" : "of another size"}`;
    }));
  });
  assertEquals(pictures, [
    "/icons/mark.svg as said",
    "/icons/any-192.png as said",
    "/icons/any-512.png as said",
    "/icons/maskable-512.png as said",
    "/icons/mark.svg as said",
    "/icons/any-192.png as said",
  ]);
  await mei.joins();
  assertEquals(await marks(".brand"), 1);
});
