/// <reference lib="dom" />
/**
 * What the tests of files on the page share: files that are made in a browser or by hand, and how they come into the page.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import type { Locator } from "npm:playwright-core@1.65.1";
import { waveFile } from "../../shared/testing.ts";
import { pngChunk } from "../../terminal/pictures/testing.ts";
import type { Person, Room } from "../room.ts";
import type { Guest } from "./guest.ts";

/** A file of a test. */
export interface TestFile {
  name: string;
  type: string;
  bytes: Uint8Array;
}

/** A text as a file. */
export function textFile(name: string, text: string, type = "text/plain"): TestFile {
  return { name, type, bytes: new TextEncoder().encode(text) };
}

/** Bytes that can't be guessed, so that nothing on the way makes them fewer. */
export function largeFile(name: string, size: number): TestFile {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  return { name, type: "application/octet-stream", bytes };
}

/** A picture, drawn by a browser: a dark left half and a light right half. */
export async function picture(
  { page }: Guest,
  name: string,
  type: string,
  width: number,
  height: number,
): Promise<TestFile> {
  const base64 = await page.evaluate(async ([type, width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d")!;
    context.fillStyle = "#003366";
    context.fillRect(0, 0, width / 2, height);
    context.fillStyle = "#ffeecc";
    context.fillRect(width / 2, 0, width / 2, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type));
    return new Uint8Array(await blob!.arrayBuffer()).toBase64();
  }, [type, width, height] as const);
  return { name, type, bytes: Uint8Array.fromBase64(base64) };
}

/** A black PNG of few bytes that has so many pixels along each side: one bit is one of them. */
export function vastPicture(name: string, side: number): TestFile {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(side / 8)) * side));
  const chunks = [pngChunk("IHDR", head), pngChunk("IDAT", rows), pngChunk("IEND", Buffer.alloc(0))];
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return { name, type: "image/png", bytes: Buffer.concat([signature, ...chunks]) };
}

/** A film of about two seconds, made by a browser. */
export async function film({ page }: Guest, name: string): Promise<TestFile> {
  const base64 = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
    const context = canvas.getContext("2d")!;
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => recorder.onstop = resolve);
    recorder.start(100);
    for (const end = performance.now() + 2_000; performance.now() < end;) {
      context.fillStyle = `hsl(${performance.now() / 10 % 360} 90% 50%)`;
      context.fillRect(0, 0, 160, 90);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    recorder.stop();
    await ended;
    return new Uint8Array(await new Blob(parts).arrayBuffer()).toBase64();
  });
  return { name, type: "video/webm", bytes: Uint8Array.fromBase64(base64) };
}

/** Half a second of silence (RIFF WAVE, 8 kHz, 8 bits). */
export function sound(name: string): TestFile {
  return { name, type: "audio/wav", bytes: waveFile({ samples: 4_000, bits: 8, sampleOf: () => 128 }) };
}

/** A GIF of one pixel that changes its colour (GIF89a). */
export function movingPicture(name: string): TestFile {
  const frame = "21f904000a000000" + "2c00000000010001000002024401003b".slice(0, -2);
  const gif = `47494638396101000100800000000000ffffff21ff0b4e45545343415045322e300301000000${frame}${frame}3b`;
  return { name, type: "image/gif", bytes: Uint8Array.fromHex(gif) };
}

/**
 * A JPEG with what a telephone writes into it: that it was held upright (Orientation 6), and where it was (Exif 2.32, section 4.6).
 */
export function asFromTelephone({ name, type, bytes }: TestFile): TestFile {
  const tiff = new DataView(new ArrayBuffer(120));
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.setUint16(at, tag, true);
    tiff.setUint16(at + 2, type, true);
    tiff.setUint32(at + 4, count, true);
    tiff.setUint32(at + 8, value, true);
  };
  tiff.setUint16(0, 0x4949);
  tiff.setUint16(2, 42, true);
  tiff.setUint32(4, 8, true);
  tiff.setUint16(8, 2, true);
  entry(10, 0x0112, 3, 1, 6);
  entry(22, 0x8825, 4, 1, 38);
  tiff.setUint16(38, 2, true);
  entry(40, 0x0001, 2, 2, "N".charCodeAt(0));
  entry(52, 0x0002, 5, 3, 80);
  [48, 1, 51, 1, 30, 1].forEach((number, i) => tiff.setUint32(80 + 4 * i, number, true));
  const exif = [...new TextEncoder().encode("Exif\0\0"), ...new Uint8Array(tiff.buffer)];
  const length = exif.length + 2;
  const segment = [0xff, 0xe1, length >> 8, length & 0xff, ...exif];
  return { name, type, bytes: Uint8Array.from([...bytes.subarray(0, 2), ...segment, ...bytes.subarray(2)]) };
}

/** Brings files to an element as an event of the browser's does. */
async function bring(target: Locator, files: readonly TestFile[], types: string[]): Promise<void> {
  const told = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toBase64() }));
  await target.evaluate((target, [files, types]) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of files) {
      data.items.add(new File([Uint8Array.fromBase64(base64)], name, { type }));
    }
    for (const type of types) {
      const init = { bubbles: true, cancelable: true };
      target.dispatchEvent(
        type === "paste"
          ? new ClipboardEvent(type, { ...init, clipboardData: data })
          : new DragEvent(type, { ...init, dataTransfer: data }),
      );
    }
  }, [told, types] as const);
}

/** Drags files over the talk, and drops them there. */
export async function drops(guest: Guest, ...files: TestFile[]): Promise<void> {
  await bring(guest.log, files, ["dragenter", "dragover"]);
  await guest.page.getByText("Drop files here to send them to ").waitFor();
  await bring(guest.log, files, ["drop"]);
  await guest.page.getByText("Drop files here to send them to ").waitFor({ state: "detached" });
}

/** Pastes files where one writes. */
export function pastesFiles(guest: Guest, ...files: TestFile[]): Promise<void> {
  return bring(guest.field, files, ["paste"]);
}

/** Chooses files by the button. */
export async function chooses({ page }: Guest, ...files: TestFile[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Send files", exact: true }).click(),
  ]);
  // As a browser would give them.
  await chooser.setFiles(files.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: Buffer.from(bytes) })));
}

/** The tray above the field. */
export function tray({ page }: Guest): Locator {
  return page.getByRole("region", { name: "Files to send" });
}

/** The entry of a file in the tray. */
export function entry(guest: Guest, name: string): Locator {
  return tray(guest).getByRole("listitem").filter({ hasText: name });
}

/** Waits until the tray is empty: all is sent and said. */
export async function hasSent(guest: Guest): Promise<void> {
  await tray(guest).waitFor({ state: "detached" });
}

/** Sends a file as an IRC client does, which says where it is by hand. @returns Its address. */
export async function sendsFile(room: Room, person: Person, { name, bytes }: TestFile): Promise<string> {
  await person.send("TOKEN GENERATE FILEHOST");
  const token = (await person.sees(/ TOKEN GENERATE FILEHOST /)).split(" ").at(-1)!.replace(/^:/, "");
  const response = await fetch(new URL("files", await room.page()), {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${token}`,
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    },
    body: new Uint8Array(bytes),
  });
  const text = await response.text();
  assertEquals(response.status, 201, text);
  return text.trim();
}

/** Takes it as no fault that a page was refused something, or lost its connection: the browser complains of each such answer. */
export function isRefused(guest: Guest, ...statuses: (number | string)[]): void {
  const expected = new RegExp(
    `complained "Failed to load resource: (?:the server responded with a status of )?(?:${statuses.join("|")})`,
  );
  const others = guest.faults.filter((fault) => !expected.test(fault));
  guest.faults.splice(0, Infinity, ...others);
}
