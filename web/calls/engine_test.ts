/// <reference lib="dom" />
/** The way to an engine over connections that are made up: what is said to the server, and what is told of the others. */

import { assert, assertEquals } from "@std/assert";
import { EngineReader, type EngineSignal, type EngineStream, packEngineSignal } from "../../shared/engine_signal.ts";
import { Engine } from "./engine.ts";
import { kindOf, SLOTS } from "./slots.ts";

/** A track of somebody else, which is muted until something comes. */
class FakeTrack extends EventTarget {
  muted = true;
  readonly kind: string;

  constructor(kind: string) {
    super();
    this.kind = kind;
  }

  comes(): void {
    this.muted = false;
    this.dispatchEvent(new Event("unmute"));
  }
}

/** A connection that is made up. What an offer of the server has stands in its description, as `mid kind`. */
class FakeConnection {
  signalingState = "stable";
  connectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  readonly places: { mid: string | null; receiver: { track: FakeTrack } }[] = [];

  addTransceiver(kind: string) {
    const place = {
      mid: `${this.places.length}`,
      receiver: { track: new FakeTrack(kind) },
      sender: { replaceTrack: () => Promise.resolve(), getParameters: () => ({ encodings: [] }) },
    };
    this.places.push(place);
    return place;
  }

  getTransceivers() {
    return this.places;
  }

  setLocalDescription(): Promise<void> {
    const isAnswer = this.signalingState === "have-remote-offer";
    this.localDescription = { type: isAnswer ? "answer" : "offer", sdp: "v=0\r\n" };
    this.signalingState = isAnswer ? "stable" : "have-local-offer";
    if (isAnswer) this.becomes("connected");
    return Promise.resolve();
  }

  setRemoteDescription(told: { type: string; sdp: string }): Promise<void> {
    this.remoteDescription = told;
    this.signalingState = told.type === "offer" ? "have-remote-offer" : "stable";
    if (told.type === "answer") this.becomes("connected");
    for (const [, mid, kind] of told.sdp.matchAll(/^a=(\d+) (\w+)/gm)) {
      if (this.places.every((place) => place.mid !== mid)) this.addTransceiver(kind);
    }
    return Promise.resolve();
  }

  becomes(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.connectionState = this.signalingState = "closed";
  }
}

/** A page whose server is the test. */
class Page {
  readonly connections: FakeConnection[] = [];
  readonly told: string[] = [];
  readonly engine: Engine;
  readonly #reader = new EngineReader();
  readonly #said: string[] = [];
  #onSaid: () => void = () => {};

  constructor() {
    this.engine = new Engine({
      name: () => "#tea",
      send: (value) => {
        this.#said.push(value);
        this.#onSaid();
        return true;
      },
      iceServers: () => [],
      tracks: { microphone: null, camera: null, screen: null, screenSound: null },
      rung: () => undefined,
      onTrack: (nick, slot) => this.told.push(`${nick} ${slot}`),
      onGone: (nick, slot) => this.told.push(`${nick} ${slot} gone`),
      onChange: () => {},
      connect: () => {
        this.connections.push(new FakeConnection());
        return this.connections.at(-1) as unknown as RTCPeerConnection;
      },
    });
  }

  /** What it says next. */
  async says(): Promise<EngineSignal & { w: string; d: { type: string } }> {
    while (this.#said.length === 0) await new Promise<void>((resolve) => this.#onSaid = resolve);
    const signal = await this.#reader.take(this.#said.shift()!);
    if (signal === undefined || !("d" in signal)) throw new Error("It says no description");
    return signal;
  }

  async hears(signal: EngineSignal): Promise<void> {
    for (const value of await packEngineSignal(signal)) await this.engine.take(value);
  }

  /** The server offers these, each in a section of its place. */
  async isOffered(s: number, m: EngineStream[]): Promise<void> {
    const sections = m.map(([mid, , slot]) => `a=${mid} ${kindOf(SLOTS[slot])}\r\n`);
    await this.hears({ c: "#tea", s, w: "down", d: { type: "offer", sdp: `v=0\r\n${sections.join("")}` }, m });
    assertEquals((await this.says()).d.type, "answer");
  }

  /** Something comes in a section. */
  comes(mid: number): void {
    this.connections[1].places[mid].receiver.track.comes();
  }
}

Deno.test("a page offers what it sends, answers what the server offers, and tells of each when something comes", async () => {
  const page = new Page();
  const { s, w, d } = await page.says();
  assertEquals([w, d.type, page.connections[0].places.length], ["up", "offer", SLOTS.length]);
  assertEquals(page.engine.state, "new");
  await page.hears({ c: "#tea", s, w: "up", d: { type: "answer", sdp: "v=0\r\n" } });
  assertEquals(page.engine.state, "connected");
  await page.isOffered(s, [["0", "bob", 0], ["1", "carol", 0]]);
  assertEquals([page.told, page.engine.has("bob", "microphone")], [[], false]);
  page.comes(1);
  page.comes(1);
  page.engine.rename("bob", "robert");
  page.comes(0);
  assertEquals(page.told.splice(0), ["carol microphone", "robert microphone"]);
  assertEquals([...page.engine.peers.keys()].sort(), ["carol", "robert"]);
  assert(page.engine.has("Robert", "microphone") && page.engine.stateOf("robert") === "connected");
  // Who goes is gone, and their section is used anew.
  await page.isOffered(s, [["0", "robert", 0], ["1", "dave", 0]]);
  assertEquals(page.told.splice(0), ["carol microphone gone", "dave microphone"]);
  page.engine.close();
});

Deno.test("what is of another session, or of another call, changes nothing", async () => {
  const page = new Page();
  const { s } = await page.says();
  const d = { type: "answer", sdp: "v=0\r\n" } as const;
  await page.hears({ c: "#tea", s: s + 1, w: "up", d });
  await page.hears({ c: "#coffee", s, w: "up", d });
  await page.hears({ c: "#coffee", s, bye: 1 });
  await page.engine.take("nothing");
  assertEquals([page.engine.state, page.connections.length], ["new", 2]);
  page.engine.close();
  assertEquals(page.connections.map(({ connectionState }) => connectionState), ["closed", "closed"]);
});

Deno.test("a session that is over is followed by another one", async () => {
  const page = new Page();
  const { s } = await page.says();
  await page.hears({ c: "#tea", s, w: "up", d: { type: "answer", sdp: "v=0\r\n" } });
  page.connections[0].becomes("disconnected");
  page.engine.meet();
  const again = await page.says();
  assert(again.s !== s);
  assertEquals(page.connections.map(({ connectionState }) => connectionState), ["closed", "closed", "new", "new"]);
  page.engine.close();
});
