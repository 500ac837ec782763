/// <reference lib="dom" />
/**
 * What the page costs in Chromium: `deno task bench:page`. Bytes and time of the first visit and of later ones, memory and
 * frames with a long talk, as Chromium itself counts them.
 *
 *     deno task bench:page              10,000 lines in the talk
 *     deno task bench:page 1000         as many as that
 *     deno task bench:page slow         only the first visit, on a slow line: 1.5 Mbit/s, and 150 ms to each answer
 *     deno task bench:page crowd        only typing, with 1,000 people in the list
 *     deno task bench:page hour         only memory, over the lines of an hour at 10 a second, in some minutes
 *     deno task bench:page hour 2       over those of two hours
 *
 * With TEAHOUSE_SERVER_FILE=/path/to/teahouse.js it is the page of that program, else that of the sources.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { CDPSession } from "npm:playwright-core@1.65.1";
import { type Browser, openBrowser } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom, type Room } from "../room.ts";

const VISITS = 9;

/** A slow line, as Chromium simulates it: milliseconds to each answer, and bytes a second. */
const SLOW = { offline: false, latency: 150, downloadThroughput: 1_500_000 / 8, uploadThroughput: 1_500_000 / 8 };
const SLOW_VISITS = 5;

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const ms = (time: number) => `${time.toFixed(0)} ms`;

/** Has the page note when the login can be used, when it is sent, and when the room is there. */
function noteTimes(): void {
  const marks = { usable: "[name=nick]", joined: "textarea" };
  new MutationObserver(() => {
    for (const [name, selector] of Object.entries(marks)) {
      const isNoted = performance.getEntriesByName(name).length > 0;
      if (!isNoted && document.querySelector(selector) !== null) performance.mark(name);
    }
  }).observe(document, { childList: true, subtree: true });
  addEventListener("submit", () => performance.mark("sent"), { capture: true, once: true });
}

/** Counts what comes over the wire, headers too. */
async function countTraffic(cdp: CDPSession) {
  const counted = { bytes: 0, requests: 0 };
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => {
    counted.bytes += encodedDataLength;
    counted.requests++;
  });
  await cdp.send("Network.enable");
  return counted;
}

function timesOf({ page }: Guest): Promise<Record<"paint" | "usable" | "sent" | "joined", number>> {
  return page.evaluate(() => {
    const at = (name: string) => performance.getEntriesByName(name)[0].startTime;
    return {
      paint: at("first-contentful-paint"),
      usable: at("usable"),
      sent: at("sent"),
      joined: at("joined"),
    };
  });
}

/** Visits the page several times, each time as somebody who never was there, and once more as one who was. */
async function visits(browser: Browser, room: Room): Promise<void> {
  const all: Record<string, number[]> = {};
  const note = (name: string, value: number) => (all[name] ??= []).push(value);
  for (let i = 0; i < VISITS; i++) {
    const guest = await browser.stranger(room, { nick: `guest-${i}` });
    // Known already: an empty page does not load anything.
    await guest.page.goto("about:blank");
    const cdp = await guest.context.newCDPSession(guest.page);
    await cdp.send("Network.clearBrowserCache");
    const traffic = await countTraffic(cdp);
    await guest.page.addInitScript(noteTimes);
    for (const visit of ["first", "later"]) {
      traffic.bytes = traffic.requests = 0;
      await guest.page.goto(await room.page(), { waitUntil: "networkidle" });
      note(`${visit} bytes`, traffic.bytes);
      note(`${visit} requests`, traffic.requests);
      await guest.joins();
      const { paint, usable, sent, joined } = await timesOf(guest);
      note(`${visit} paint`, paint);
      note(`${visit} usable`, usable);
      note(`${visit} joined`, joined - sent);
      await guest.button("Leave").click();
      await guest.page.getByLabel("Your name").waitFor();
    }
    await guest.context.close();
  }
  const of = (name: string) => median(all[name]);
  for (const visit of ["first", "later"]) {
    console.log(
      `${visit} visit: ${kib(of(`${visit} bytes`))} in ${of(`${visit} requests`)} requests; ` +
        `painted after ${ms(of(`${visit} paint`))}, login usable after ${ms(of(`${visit} usable`))}, ` +
        `in the room ${ms(of(`${visit} joined`))} after Join`,
    );
  }
}

/** Visits the page over a slow line, each time as somebody who never was there. */
async function slowVisits(browser: Browser, room: Room): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < SLOW_VISITS; i++) {
    const guest = await browser.stranger(room, { nick: `slow-${i}` });
    await guest.page.goto("about:blank");
    const cdp = await guest.context.newCDPSession(guest.page);
    await cdp.send("Network.clearBrowserCache");
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", SLOW);
    await guest.page.addInitScript(noteTimes);
    await guest.page.goto(await room.page());
    await guest.page.getByLabel("Your name").waitFor();
    times.push(await guest.page.evaluate(() => performance.getEntriesByName("usable")[0].startTime));
    await guest.context.close();
  }
  console.log(
    `first visit at 1.5 Mbit/s and 150 ms: login usable after ${ms(median(times))}, at most ${ms(Math.max(...times))}`,
  );
}

/** People in the list while somebody types, and what is typed. */
const CROWD = { people: 1_000, text: "the kettle is on the stove, and the water will boil soon ".repeat(4) };

/** Types among many people, and gives what each key cost: what handles it, and the frame that shows it. */
async function typing(browser: Browser, room: Room): Promise<void> {
  const guest = await browser.guest(room, "bob");
  for (let i = 0; i < CROWD.people; i += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, j) => room.person(`guest${i + j}`, { join: "#lobby" })));
  }
  await guest.until("people", `Online (${CROWD.people + 1})`, () => guest.people.getByRole("heading").innerText());
  await guest.page.evaluate(() => {
    const costs: number[] = [];
    Object.assign(globalThis, { costs });
    addEventListener("keydown", () => {
      const begun = performance.now();
      // What the key changed is known when its other events were handled, which come in the same task.
      let handled = begun;
      addEventListener("input", () => queueMicrotask(() => handled = performance.now()), { once: true });
      requestAnimationFrame(() => {
        const frame = performance.now();
        const { port1, port2 } = new MessageChannel();
        // Comes when the frame was laid out and painted.
        port1.onmessage = () => costs.push(handled - begun + performance.now() - frame);
        port2.postMessage(undefined);
      });
    }, { capture: true });
  });
  await guest.field.pressSequentially(CROWD.text, { delay: 40 });
  const costs = (await guest.page.evaluate(() => (globalThis as unknown as { costs: number[] }).costs))
    .toSorted((a, b) => a - b);
  const at = (part: number) => `${costs[Math.floor((costs.length - 1) * part)].toFixed(1)} ms`;
  console.log(
    `${costs.length} keys with ${CROWD.people} people in the list: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`,
  );
}

/**
 * The lines of an hour, and how many come in each tenth of a second. Memory is first looked at after the warm ones, and once more
 * when the talk is full: it keeps the last 10,000.
 */
const HOUR = { lines: 36_000, warm: 3_000, full: 12_000, atOnce: 25 };

/** Has many lines come, at a pace at which the page draws them, and gives the memory before, meanwhile and after each hour. */
async function hour(browser: Browser, room: Room): Promise<void> {
  const guest = await browser.guest(room, "bob");
  const alice = await room.person("alice", { join: "#lobby" });
  let said = 0;
  const says = async (to: number) => {
    for (; said < to; said += HOUR.atOnce) {
      const lines = Array.from({ length: HOUR.atOnce }, (_, j) => `PRIVMSG #lobby :line ${said + j + 1} about tea`);
      await Promise.all([alice.send(...lines), delay(100)]);
      await alice.everything();
    }
    await guest.sees(`line ${to} about`);
  };
  await says(HOUR.warm);
  console.log(`after ${HOUR.warm} lines: ${await memoryOf(guest)}`);
  await says(HOUR.full);
  console.log(`after ${HOUR.full}, when the talk is full: ${await memoryOf(guest)}`);
  for (let i = 1; i <= hours; i++) {
    await says(HOUR.warm + i * HOUR.lines);
    console.log(`after ${HOUR.warm} and ${i} x ${HOUR.lines}: ${await memoryOf(guest)}`);
  }
}

/** What the page's JavaScript holds, and what its process has for itself, after garbage was collected. */
async function memoryOf({ page, context }: Guest): Promise<string> {
  const cdp = await context.newCDPSession(page);
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const { nodes } = await cdp.send("Memory.getDOMCounters");
  await cdp.detach();
  const system = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  await system.detach();
  let own = 0;
  for (const { type, id } of processInfo) if (type === "renderer") own = Math.max(own, await privateBytes(id));
  return `JS heap ${mib(usedSize)}, ${nodes} DOM nodes, the page's process ${mib(own)}`;
}

async function privateBytes(pid: number): Promise<number> {
  const rollup = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
  return rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm).reduce((sum, [, kb]) => sum + Number(kb) * 1024, 0);
}

/** Turns the wheel up for some seconds, and gives how long frames took meanwhile. */
async function frames({ page, log }: Guest): Promise<string> {
  await log.hover();
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { times });
    const next = (time: number) => {
      times.push(time);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  for (let i = 0; i < 150; i++) await page.mouse.wheel(0, -400);
  const times = await page.evaluate(() => (globalThis as unknown as { times: number[] }).times);
  const took = times.slice(1).map((time, i) => time - times[i]).toSorted((a, b) => a - b);
  const at = (part: number) => ms(took[Math.floor((took.length - 1) * part)]);
  return `${took.length} frames while scrolling: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
}

async function longTalk(browser: Browser, room: Room, count: number): Promise<void> {
  const guest = await browser.guest(room, "bob");
  console.log(`empty talk: ${await memoryOf(guest)}`);
  const alice = await room.person("alice", { join: "#lobby" });
  const begun = performance.now();
  for (let i = 0; i < count; i += 500) {
    const lines = Array.from(
      { length: Math.min(500, count - i) },
      (_, j) => `line ${i + j + 1} of a long talk about tea`,
    );
    await alice.send(...lines.map((line) => `PRIVMSG #lobby :${line}`));
    await alice.everything();
  }
  await guest.sees(`line ${count} of`);
  const took = performance.now() - begun;
  console.log(`${count} lines, all shown within ${ms(took)}: ${await memoryOf(guest)}`);
  console.log(await frames(guest));
  console.log(`after that: ${await memoryOf(guest)}`);
}

const PARTS = new Map(Object.entries({ slow: slowVisits, crowd: typing, hour }));

const part = PARTS.get(Deno.args[0]);
const count = part === undefined ? Number(Deno.args[0] ?? 10_000) : 1;
const hours = part === hour ? Number(Deno.args[1] ?? 1) : 1;
if (!Number.isInteger(count) || count < 1) {
  const names = [...PARTS.keys()].join(", ");
  console.error(`bench.ts: the argument must be one of ${names}, or how many lines, from 1, not "${Deno.args[0]}"`);
  Deno.exit(2);
}
if (!Number.isInteger(hours) || hours < 1) {
  console.error(`bench.ts: "hour" may be followed by how many hours, from 1, not "${Deno.args[1]}"`);
  Deno.exit(2);
}
await using room = await openRoom(["--flood-limit", "0", "--max-per-ip", "0"]);
await using browser = await openBrowser();
if (part !== undefined) await part(browser, room);
else {
  await visits(browser, room);
  await longTalk(browser, room, count);
}
browser.holds();
