/// <reference lib="dom" />
/**
 * What calls on an engine cost the machine of the room: `deno task bench:engine`. A Janus is started as the room starts it, and
 * one Chromium has everybody, each with two connections of their own, as their page would have. What Janus computes is what the
 * system says of its process.
 *
 *     deno task bench:engine            6 and 12 who speak, one of them with a picture; then 10 who speak, and more who listen
 *     deno task bench:engine 10 20      10 who speak and 20 who listen
 *
 * Nobody is played, so Chromium decodes nothing of what comes: else it would need the machine for itself.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { type Seat, type Sends } from "../../server/calls/engine.ts";
import { Janus } from "../../server/calls/janus.ts";
import { engineOf } from "../janus.ts";
import { openRoom } from "../room.ts";
import { openBrowser } from "./browser.ts";
import { DEVICES } from "./callers.ts";

/** For how long is measured, in milliseconds, and for how long waited before. */
const PERIOD = 15_000;
const BEFORE = 5_000;

/** What the page has for each: a script. */
const PEOPLE = `
  globalThis.people = [];
  globalThis.comes = async (id, isHeard, isSeen) => {
    const { audio, video } = globalThis.devices ??= {
      audio: (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0],
      video: (await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: 10 } }))
        .getVideoTracks()[0],
    };
    const [up, down] = [0, 0].map(() => new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
    people[id] = { up, down, last: Promise.resolve() };
    const tracks = [isHeard ? audio.clone() : "audio", "video", isSeen ? video.clone() : "video", "audio"];
    for (const track of tracks) up.addTransceiver(track, { direction: "sendonly" });
    await up.setLocalDescription();
    await begins(id, up.localDescription.sdp);
  };
  globalThis.told = (id, d) => {
    const { up, down } = people[id];
    return people[id].last = people[id].last.then(async () => {
      if (d.type === "answer") return await up.setRemoteDescription(d);
      await down.setRemoteDescription(d);
      await down.setLocalDescription();
      await answers(id, down.localDescription.sdp);
    });
  };
  globalThis.count = async () => {
    const sum = { received: 0, lost: 0, ways: 0, streams: 0 };
    for (const { down } of people) {
      if (down.connectionState !== "connected") continue;
      sum.ways++;
      for (const entry of (await down.getStats()).values()) {
        if (entry.type !== "inbound-rtp") continue;
        sum.streams++;
        sum.received += entry.packetsReceived;
        sum.lost += entry.packetsLost;
      }
    }
    return sum;
  };
`;

type Count = Record<"received" | "lost" | "ways" | "streams", number>;

/** What a process has computed so far, in seconds; the kernel counts in steps of 10 ms. */
function computed(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Memory of a process, in MiB. */
function memory(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]) * 4096 / 1_048_576;
}

/** Measures a call. @param speakers How many send sound, of whom the first one sends a picture as well. */
async function measure(speakers: number, listeners: number): Promise<void> {
  await using room = await openRoom(["--flood-limit", "0"]);
  await using browser = await openBrowser({ args: DEVICES });
  const { page } = await browser.guest(room, "alice");
  const engine = new Janus({ program: {} }, console.error);
  try {
    const conference = await engine.open(() => console.error("Janus has stopped"));
    const seats: Seat[] = [];
    let longest = 0;
    await page.exposeFunction("begins", (id: number, sdp: string) => {
      seats[id].begin(sdp, {
        onDescription: (_, d) => {
          longest = Math.max(longest, d.sdp.length);
          void page.evaluate(([id, d]) => (globalThis as unknown as Told).told(id, d), [id, d] as const).catch(
            () => {},
          );
        },
        onEnd: () => console.error(`the session of ${id} is over`),
      });
    });
    await page.exposeFunction("answers", (id: number, sdp: string) => seats[id].answer(sdp));
    await page.evaluate(PEOPLE);
    for (let id = 0; id < speakers + listeners; id++) {
      const sends: Sends = { microphone: id < speakers ? "on" : "none", camera: false, screen: id === 0 };
      seats.push(conference.enter(sends));
      await page.evaluate(`comes(${id}, ${id < speakers}, ${id === 0})`);
    }
    const pid = engineOf(Deno.pid)!;
    const count = () => page.evaluate("count()") as Promise<Count>;
    await delay(BEFORE);
    const [cpu, before, begun] = [computed(pid), await count(), performance.now()];
    await delay(PERIOD);
    const [cpuAfter, after] = [computed(pid), await count()];
    const seconds = (performance.now() - begun) / 1000;
    const [received, lost] = [after.received - before.received, after.lost - before.lost];
    console.log(
      `${speakers} speak, one of them with a picture, ${listeners} listen: ` +
        `${(100 * (cpuAfter - cpu) / seconds).toFixed(1)} % of a processor, ${memory(pid).toFixed(0)} MiB, ` +
        `${(received / seconds).toFixed(0)} packets/s sent on in ${after.streams} streams to ${after.ways}, ` +
        `${(100 * lost / (received + lost || 1)).toFixed(2)} % lost; longest description ${longest} characters`,
    );
  } finally {
    await engine.close();
  }
}

/** What the page has. */
interface Told {
  told: (id: number, d: { type: string; sdp: string }) => Promise<void>;
}

const [speakers, listeners = 0] = Deno.args.map(Number);
const calls = speakers === undefined ? [[6, 0], [12, 0], [10, 10], [10, 30]] : [[speakers, listeners]];
if (!calls.flat().every((number) => Number.isInteger(number) && number >= 0 && number <= 60)) {
  console.error(`engine_bench.ts: the arguments say how many speak and how many listen, not "${Deno.args.join(" ")}"`);
  Deno.exit(2);
}
for (const [speakers, listeners] of calls) await measure(speakers, listeners);
