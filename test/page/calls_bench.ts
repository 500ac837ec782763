/// <reference lib="dom" />
/**
 * What a call costs one person's browser: `deno task bench:calls`. One Chromium has one person, another one all others, each with
 * devices that it makes up; what the first one computes is what the system says of its processes.
 *
 *     deno task bench:calls             with 1, 3 and 5 others, by sound and then with all cameras
 *     deno task bench:calls 1           with as many others
 *     deno task bench:calls joins       how long it takes until 2, 4 and 6 people hear each other, who all join at once
 *
 * Both browsers, and the room, share this machine: where that is too slow for all, fewer pictures come than are sent.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { openRoom } from "../room.ts";
import { openBrowser } from "./browser.ts";
import { allHear, Caller, DEVICES } from "./callers.ts";

/** For how long is measured, in milliseconds, and for how long waited before: the rates find their level. */
const PERIOD = 15_000;
const BEFORE = 10_000;

const NICKS = ["bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

/** What a page has sent and been sent: bytes, and pictures that were shown. A script. */
const TRAFFIC = `(async () => {
  const sum = { sent: 0, received: 0, frames: 0 };
  for (const connection of connections) {
    if (connection.connectionState !== "connected") continue;
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === "transport") {
        sum.sent += entry.bytesSent;
        sum.received += entry.bytesReceived;
      }
      if (entry.type === "inbound-rtp") sum.frames += entry.framesDecoded ?? 0;
    }
  }
  return sum;
})()`;

type Traffic = Record<"sent" | "received" | "frames", number>;

/** What somebody's browser has computed so far, all its processes together, in seconds. */
async function computed({ guest }: Caller): Promise<number> {
  const system = await guest.context.browser()!.newBrowserCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  await system.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Measures a call as it goes on, and prints what it costs somebody. */
async function measure(caller: Caller, what: string, others: number): Promise<void> {
  const traffic = () => caller.guest.page.evaluate(TRAFFIC) as Promise<Traffic>;
  await delay(BEFORE);
  const [cpu, before, begun] = [await computed(caller), await traffic(), performance.now()];
  await delay(PERIOD);
  const [cpuAfter, after] = [await computed(caller), await traffic()];
  const seconds = (performance.now() - begun) / 1000;
  const rate = (key: keyof Traffic) => (after[key] - before[key]) / seconds;
  const kbit = (key: keyof Traffic) => `${(rate(key) * 8 / 1000).toFixed(0)} kbit/s`;
  const pictures = rate("frames") > 0 ? `, ${(rate("frames") / others).toFixed(1)} pictures a second of each` : "";
  console.log(
    `${what} with ${others}: ${(100 * (cpuAfter - cpu) / seconds).toFixed(0)} % of a processor, ` +
      `${kbit("sent")} sent, ${kbit("received")} received${pictures}`,
  );
}

/** Measures how long it takes until all hear each other, of whom all but one join at the same time; the medians of three calls. */
async function measureJoins(): Promise<void> {
  for (const count of [2, 4, 6]) {
    const seconds: number[] = [];
    for (let round = 0; round < 3; round++) {
      await using room = await openRoom(["--flood-limit", "0", "--max-per-ip", "0"]);
      await using browser = await openBrowser({ args: DEVICES });
      const alice = await Caller.opens(browser, room, "alice");
      const all = [
        alice,
        ...await Promise.all(NICKS.slice(0, count - 1).map((nick) => Caller.opens(browser, room, nick))),
      ];
      await alice.calls();
      const begun = performance.now();
      await Promise.all(all.slice(1).map((caller) => caller.joins()));
      await Promise.all(all.map((caller) => caller.speaks()));
      await Promise.all(all.map((caller) => caller.hears(count - 1)));
      seconds.push((performance.now() - begun) / 1000);
      browser.holds();
    }
    const [, median] = seconds.sort((a, b) => a - b);
    console.log(`${count} people hear each other ${median.toFixed(1)} s after they joined`);
  }
}

if (Deno.args[0] === "joins") {
  await measureJoins();
  Deno.exit(0);
}

const given = Deno.args.map(Number);
const most = NICKS.length;
if (!given.every((count) => Number.isInteger(count) && count >= 1 && count <= most)) {
  console.error(`calls_bench.ts: an argument says how many others there are, from 1 to ${most}, not "${Deno.args}"`);
  Deno.exit(2);
}

for (const count of given.length > 0 ? given : [1, 3, 5]) {
  await using room = await openRoom(["--flood-limit", "0", "--max-per-ip", "0"]);
  await using own = await openBrowser({ args: DEVICES });
  await using theirs = await openBrowser({ args: DEVICES });
  const alice = await Caller.opens(own, room, "alice");
  const others: Caller[] = [];
  for (const nick of NICKS.slice(0, count)) others.push(await Caller.opens(theirs, room, nick));
  await alice.calls();
  for (const other of others) await other.joins();
  // Whoever joins a larger call is muted at first.
  for (const other of others) await other.speaks();
  await allHear(alice, ...others);
  await measure(alice, "sound", count);
  for (const caller of [alice, ...others]) {
    await caller.bar.getByRole("button", { name: "Camera", exact: true }).click();
  }
  await measure(alice, "sound and cameras", count);
  own.holds();
}
