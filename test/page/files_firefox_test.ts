/// <reference lib="dom" />
/**
 * Files on the page in Firefox: a picture and another file that are dropped.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { openRoom } from "../room.ts";
import { firefoxTest as test } from "./firefox.ts";

test("a picture that is dropped is sent small, and another file is a card", async (firefox) => {
  await using room = await openRoom();
  const alice = await firefox.guest(room, "alice");
  await alice.page.waitForSelector(".attach");
  await alice.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 3000, height: 300 });
    canvas.getContext("2d")!.fillRect(0, 0, 1500, 300);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg"));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([blob!], "kettle.jpg", { type: "image/jpeg" }));
    for (const type of ["dragenter", "dragover", "drop"]) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
      document.querySelector(".scroll")!.dispatchEvent(event);
    }
  });
  await alice.page.waitForSelector(".tray .chosen canvas");
  await alice.says("our kettle");
  await alice.page.waitForSelector(".picture-file.loaded img");
  const sizes = await alice.page.$eval(".picture-file img", (img) => {
    const { naturalWidth, naturalHeight, clientWidth, clientHeight } = img as HTMLImageElement;
    return [naturalWidth, naturalHeight, clientWidth, clientHeight];
  });
  // No lower than a finger is wide.
  assertEquals(sizes, [2560, 256, 420, 44]);

  await alice.page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["tea at four"], "notes.txt", { type: "text/plain" }));
    const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer });
    document.querySelector(".scroll")!.dispatchEvent(event);
  });
  await alice.page.waitForSelector(".tray .chosen");
  await alice.page.focus("#line");
  await alice.page.keyboard.press("Enter");
  await alice.page.waitForSelector(".file-card");
  await alice.sees("notes.txt");
});
