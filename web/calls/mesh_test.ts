/// <reference lib="dom" />
/** Meshes over connections that are made up: who offers, and what becomes of what others say. */

import { assert, assertEquals } from "@std/assert";
import { MOST_PACKED } from "../../shared/packed_json.ts";
import { Mesh } from "./mesh.ts";
import { pack, type Signal, unpack } from "./signal.ts";
import { kindOf, SLOTS } from "./slots.ts";

/** A place of a connection that is made up. */
interface Place {
  mid: string | null;
  direction: string;
  sender: { track: unknown; replaceTrack(track: unknown): Promise<void>; getParameters(): { encodings: unknown[] } };
  receiver: { track: { kind: string } };
  stop(): void;
}

/** A connection that is made up: it negotiates as W3C WebRTC has it, and is connected once it has. */
class FakeConnection extends EventTarget {
  static count = 0;
  /** What stands in its descriptions besides. */
  static padding = "";
  readonly session = `${++FakeConnection.count}`;
  signalingState = "stable";
  iceGatheringState = "complete";
  connectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: unknown; transceiver: Place }) => void) | null = null;
  places: Place[] = [];

  addTransceiver(kind: string, { direction }: { direction: string }): Place {
    const place: Place = {
      mid: null,
      direction,
      sender: {
        track: null,
        replaceTrack: (track) => Promise.resolve(void (place.sender.track = track)),
        getParameters: () => ({ encodings: [] }),
      },
      receiver: { track: { kind } },
      stop: () => void (this.places = this.places.filter((other) => other !== place)),
    };
    this.places.push(place);
    return place;
  }

  getTransceivers(): Place[] {
    return [...this.places];
  }

  setLocalDescription(): Promise<void> {
    const isOffer = this.signalingState === "stable";
    if (isOffer) this.places.forEach((place, i) => place.mid = `${i}`);
    this.localDescription = { type: isOffer ? "offer" : "answer", sdp: this.#sdp() };
    this.signalingState = isOffer ? "have-local-offer" : "stable";
    if (!isOffer) this.#connect();
    return Promise.resolve();
  }

  setRemoteDescription(told: { type: string; sdp: string }): Promise<void> {
    if (told.type === "answer" && this.signalingState !== "have-local-offer") throw new Error("No offer");
    this.remoteDescription = told;
    if (told.type === "answer") {
      this.signalingState = "stable";
      this.#connect();
    } else {
      // An offer of its own is taken back.
      for (const place of this.places) place.mid = null;
      for (const [i, slot] of SLOTS.entries()) {
        this.addTransceiver(kindOf(slot), { direction: "recvonly" }).mid = `${i}`;
      }
      this.signalingState = "have-remote-offer";
    }
    for (const transceiver of this.places.filter(({ mid }) => mid !== null)) {
      this.ontrack?.({ track: transceiver.receiver.track, transceiver });
    }
    return Promise.resolve();
  }

  addIceCandidate(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.connectionState = this.signalingState = "closed";
  }

  #connect(): void {
    this.connectionState = "connected";
    this.onconnectionstatechange?.();
  }

  #sdp(): string {
    return `v=0\r\no=- ${this.session} 2 IN IP4 127.0.0.1\r\n${FakeConnection.padding}`;
  }
}

/** People whose pages signal to each other, in a call of #tea. */
class Table {
  readonly meshes = new Map<string, Mesh>();
  readonly connections = new Map<string, FakeConnection[]>();
  readonly tracks: string[] = [];
  /** What was said, in order: `bob alice offer`. */
  readonly said: string[] = [];
  readonly #waiting: { from: string; to: string; value: string }[] = [];
  /** Signals that are on their way stay there while this is so. */
  isHeld = false;

  sits(nick: string, name = "#tea"): Mesh {
    const own: FakeConnection[] = [];
    this.connections.set(nick, own);
    const mesh = new Mesh({
      nick: () => nick,
      name: () => name,
      isMember: (other) => this.meshes.has(other),
      send: (to, value) => void this.#waiting.push({ from: nick, to, value }),
      iceServers: () => [],
      onTrack: (other, slot) => void this.tracks.push(`${nick} ${other} ${slot}`),
      onChange: () => {},
      connect: () => {
        own.push(new FakeConnection());
        return own.at(-1) as unknown as RTCPeerConnection;
      },
    });
    this.meshes.set(nick, mesh);
    return mesh;
  }

  /** Brings what was said, until nothing more is. */
  async settles(): Promise<void> {
    for (let idle = 0; idle < 5;) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      const next = this.isHeld ? undefined : this.#waiting.shift();
      if (next === undefined) {
        idle++;
        continue;
      }
      idle = 0;
      const signal = await unpack(next.value);
      const kind = signal === undefined
        ? "nothing"
        : "d" in signal
        ? signal.d.type
        : "i" in signal
        ? "candidates"
        : "bye" in signal
        ? "bye"
        : "carried";
      this.said.push(`${next.from} ${next.to} ${kind}`);
      await this.meshes.get(next.to)?.take(next.from, next.value);
    }
  }

  /** How many open connections somebody has that are connected, and how many in all. */
  state(nick: string): [connected: number, open: number] {
    const open = this.connections.get(nick)!.filter(({ connectionState }) => connectionState !== "closed");
    return [open.filter(({ connectionState }) => connectionState === "connected").length, open.length];
  }
}

Deno.test("the newcomer offers to each, and everybody gets the four tracks of each other one", async () => {
  const table = new Table();
  table.sits("alice");
  table.sits("bob").meet(["alice", "bob"]);
  await table.settles();
  assertEquals(table.said, ["bob alice offer", "alice bob answer"]);
  table.sits("carol").meet(["alice", "bob", "carol"]);
  await table.settles();
  for (const nick of ["alice", "bob", "carol"]) assertEquals(table.state(nick), [2, 2], nick);
  assertEquals(table.tracks.filter((text) => text.startsWith("alice bob")), SLOTS.map((slot) => `alice bob ${slot}`));
  assertEquals(table.tracks.length, 3 * 2 * SLOTS.length);
});

Deno.test("where two offers meet, one of them holds, and there is one way", async () => {
  const table = new Table();
  const alice = table.sits("alice"), bob = table.sits("bob");
  table.isHeld = true;
  alice.meet(["alice", "bob"]);
  bob.meet(["alice", "bob"]);
  await table.settles();
  table.isHeld = false;
  await table.settles();
  assertEquals(table.said.sort(), ["alice bob answer", "alice bob offer", "bob alice offer"]);
  assertEquals([table.state("alice"), table.state("bob")], [[1, 1], [1, 1]]);
  assertEquals(table.connections.get("alice")![0].places.length, SLOTS.length);
});

Deno.test("a page that was loaded anew takes the place of what it was", async () => {
  const table = new Table();
  table.sits("alice");
  table.sits("bob").meet(["alice", "bob"]);
  await table.settles();
  table.sits("bob").meet(["alice", "bob"]);
  await table.settles();
  assertEquals([table.state("alice"), table.connections.get("alice")!.length], [[1, 1], 2]);
  assertEquals(table.state("bob"), [1, 1]);
});

Deno.test("whoever comes back over another connection keeps the ways that lead somewhere", async () => {
  const table = new Table();
  const alice = table.sits("alice"), bob = table.sits("bob");
  bob.meet(["alice", "bob"]);
  await table.settles();
  alice.expect("bob");
  bob.meet(["alice", "bob"]);
  await table.settles();
  assertEquals(table.said.length, 2);
  // Where it leads nowhere, both begin anew.
  for (const nick of ["alice", "bob"]) table.connections.get(nick)![0].connectionState = "disconnected";
  alice.expect("bob");
  bob.meet(["alice", "bob"]);
  await table.settles();
  assertEquals([table.state("alice"), table.state("bob")], [[1, 1], [1, 1]]);
});

Deno.test("somebody who leaves, or is there no more, has no way; another nick changes nothing", async () => {
  const table = new Table();
  const alice = table.sits("alice");
  table.sits("bob").meet(["alice", "bob"]);
  table.sits("carol").meet(["alice", "carol"]);
  await table.settles();
  alice.rename("bob", "robert");
  assertEquals([alice.stateOf("bob"), alice.stateOf("Robert")], [undefined, "connected"]);
  alice.leave("robert");
  assertEquals(table.state("alice"), [1, 1]);
  alice.meet(["alice"]);
  assertEquals(table.state("alice"), [0, 0]);
  table.meshes.get("carol")!.close();
  assertEquals(table.state("carol"), [0, 0]);
});

Deno.test("a signal of another call, of somebody who is in none, or that is none, makes no way", async () => {
  const table = new Table();
  const alice = table.sits("alice");
  const offer = (c: string): Promise<string> =>
    pack({ c, d: { type: "offer", sdp: "v=0\r\no=- 7 2 IN IP4 127.0.0.1\r\n" } });
  await alice.take("bob", await offer("#tea"));
  table.sits("bob", "#other").meet(["alice", "bob"]);
  await table.settles();
  for (const value of ["AAAA", "!", await pack({ c: "#tea" } as Signal)]) await alice.take("bob", value);
  assertEquals(table.connections.get("alice"), []);
  await alice.take("bob", await offer("#TEA"));
  assertEquals(table.connections.get("alice")!.length, 1);
});

Deno.test("a flood of offers begins few sessions, and harms no other way", async () => {
  const table = new Table();
  const alice = table.sits("alice");
  table.sits("mallory");
  table.sits("bob").meet(["alice", "bob"]);
  await table.settles();
  for (let i = 0; i < 200; i++) {
    const sdp = `v=0\r\no=- ${1_000 + i} 2 IN IP4 127.0.0.1\r\n`;
    await alice.take("mallory", await pack({ c: "#tea", d: { type: "offer", sdp } }));
  }
  await table.settles();
  assert(table.connections.get("alice")!.length <= 10, `${table.connections.get("alice")!.length}`);
  assertEquals(alice.stateOf("bob"), "connected");
});

Deno.test("what is too long for a tag is sent without its candidates, which follow it", async () => {
  const table = new Table();
  const alice = table.sits("alice");
  const noise = () => `${crypto.randomUUID()}${crypto.randomUUID()}`;
  const candidates = Array.from({ length: 90 }, () => `a=candidate:${noise()} typ host`);
  FakeConnection.padding = ["m=audio 9 X 0", "a=mid:0", ...candidates, ""].join("\r\n");
  assert(
    (await pack({ c: "#tea", d: { type: "offer", sdp: `v=0\r\n${FakeConnection.padding}` } })).length > MOST_PACKED,
  );
  table.sits("bob").meet(["alice", "bob"]);
  table.isHeld = true;
  await table.settles();
  FakeConnection.padding = "";
  table.isHeld = false;
  await table.settles();
  assertEquals(table.said.slice(0, 4), [
    "bob alice offer",
    "bob alice candidates",
    "bob alice candidates",
    "bob alice candidates",
  ]);
  assertEquals(alice.stateOf("bob"), "connected");
});

Deno.test("a track that is sent to all is sent to those who come later, too", async () => {
  const table = new Table();
  const alice = table.sits("alice");
  table.sits("bob").meet(["alice", "bob"]);
  await table.settles();
  const camera = { kind: "video", getSettings: () => ({ height: 720 }) } as unknown as MediaStreamTrack;
  alice.send("camera", camera);
  table.sits("carol").meet(["alice", "bob", "carol"]);
  await table.settles();
  const sent = table.connections.get("alice")!.map(({ places }) =>
    places.map(({ sender: { track } }) => track === camera)
  );
  assertEquals(sent, [[false, true, false, false], [false, true, false, false]]);
});

Deno.test("a way ends when both hear each other by an engine, and not before", async () => {
  const table = new Table();
  const alice = table.sits("alice");
  const bob = table.sits("bob");
  bob.meet(["alice", "bob"]);
  await table.settles();
  alice.release("bob");
  alice.release("bob");
  await table.settles();
  assertEquals([table.state("alice"), table.state("bob")], [[1, 1], [1, 1]]);
  bob.release("alice");
  await table.settles();
  assertEquals([table.state("alice"), table.state("bob")], [[0, 0], [0, 0]]);
  assertEquals(table.said.slice(2), ["alice bob carried", "bob alice carried"]);
});
