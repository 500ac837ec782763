/// <reference lib="dom" />
/**
 * Calls that an engine carries: a real Janus, which the room starts, and pages whose microphones beep. Janus is found by the
 * address of its network, so it needs one; the pages and the room are on this machine.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { assert, assertEquals } from "@std/assert";
import { isInstalled, openRoom, until } from "../room.ts";
import { engineOf } from "../janus.ts";
import { Caller, callTest, DEVICES, KEPT } from "./callers.ts";

const MISSING = await isInstalled("janus") ? [] : ["janus"];

/** What comes of the others now, of each in one section: packets, and how loud they were. A script. */
const STREAMS = `(async () => {
  const all = [];
  for (const connection of connections) {
    if (connection.connectionState !== "connected") continue;
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === "inbound-rtp" && entry.kind === "audio") {
        all.push({ mid: entry.mid, packets: entry.packetsReceived, energy: entry.totalAudioEnergy ?? 0 });
      }
    }
  }
  return all;
})()`;

/** Notes each moment in which no other is played, from the first one that is. A script. */
const WATCH = `(() => {
  const isPlayed = ({ srcObject, paused, muted }) =>
    !paused && !muted && srcObject?.getAudioTracks().some(({ readyState, muted }) => readyState === "live" && !muted);
  globalThis.silences = 0;
  setInterval(() => {
    if (![...document.querySelectorAll("audio")].some(isPlayed)) globalThis.silences++;
  }, 10);
})()`;

/** A page that sends on, whatever it is asked: its microphone can't be turned off. A script that runs before the page's own. */
const OBSTINATE = `
  Object.defineProperty(MediaStreamTrack.prototype, "enabled", { get: () => true, set: () => {} });
`;

interface Stream {
  mid: string;
  packets: number;
  energy: number;
}

const streamsAt = async ({ guest }: Caller) => await guest.page.evaluate(STREAMS) as Stream[];

/** Waits until so many are heard at a page, by one way that gets and one that sends. */
async function hearsByEngine(caller: Caller, count: number): Promise<void> {
  const before = new Map<string, number>();
  await caller.guest.until("voices", count, async () => {
    const streams = await streamsAt(caller);
    for (const { mid, energy } of streams) if (!before.has(mid)) before.set(mid, energy);
    return streams.filter(({ mid, energy }) => energy > before.get(mid)! + 1e-4).length;
  });
  await caller.guest.until("connections", 2, () => caller.connections());
}

/** Waits until something comes of so many, whether they are heard or silent. */
async function getsOf(caller: Caller, count: number): Promise<void> {
  await caller.guest.until("streams", count, async () => {
    const before = await streamsAt(caller);
    await delay(500);
    const after = await streamsAt(caller);
    return after.filter(({ mid, packets }) => packets > (before.find((one) => one.mid === mid)?.packets ?? 0)).length;
  });
}

callTest(
  "a call that grows goes on by an engine, unheard; a mute holds; and when the engine stops the talk goes on",
  async (browser) => {
    await using room = await openRoom(["--flood-limit", "0", "--call-engine", "janus", "--call-engine-from", "3"]);
    const alice = await Caller.opens(browser, room, "alice");
    const bob = await Caller.opens(browser, room, "bob", { script: `${KEPT}${OBSTINATE}` });
    const carol = await Caller.opens(browser, room, "carol");
    await alice.calls();
    await bob.joins();
    await alice.hears(1);
    await alice.guest.page.evaluate(WATCH);
    await carol.joins();
    await Promise.all([alice, bob, carol].map((caller) => hearsByEngine(caller, 2)));
    assertEquals(await alice.guest.page.evaluate("silences"), 0);

    // A camera is one more section of the same way.
    await carol.bar.getByRole("button", { name: "Camera", exact: true }).click();
    await alice.guest.page.locator(".call-tiles video.seen").waitFor();

    // Bob's page does not obey, and yet nobody gets anything of him until he says that he speaks.
    await alice.bar.getByRole("listitem").filter({ hasText: "bob" }).getByRole("button").click();
    await alice.guest.menu.getByRole("menuitem", { name: "Mute bob" }).click();
    await bob.guest.sees("alice has muted you.");
    await Promise.all([alice, carol].map((caller) => getsOf(caller, 1)));
    await bob.bar.getByRole("button", { name: "Mute" }).click();
    await Promise.all([alice, carol].map((caller) => hearsByEngine(caller, 2)));

    // A page that comes anew, and one that leaves.
    await carol.guest.page.reload();
    await carol.bar.getByRole("timer").waitFor();
    await Promise.all([alice, bob, carol].map((caller) => hearsByEngine(caller, 2)));
    await carol.leaves();
    await Promise.all([alice, bob].map((caller) => getsOf(caller, 1)));

    const janus = await until("Janus", () => engineOf(room.pid));
    Deno.kill(janus, "SIGKILL");
    for (const caller of [alice, bob]) {
      await caller.guest.sees(
        "The call has ended: the program that carries calls here has stopped. Start another one.",
      );
      await caller.bar.waitFor({ state: "detached" });
    }
    await room.logs(/Janus has stopped; calls that it carried: 1/);
    await alice.guest.says("still here");
    await bob.guest.sees("still here");
    await alice.calls();
    await bob.joins();
    await Promise.all([alice, bob].map((caller) => caller.hears(1)));
    assert(await engineOf(room.pid) === undefined);
  },
  DEVICES,
  MISSING,
);
