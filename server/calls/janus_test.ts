import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { EngineDescription } from "../../shared/engine_signal.ts";
import { EngineError, type Seat, type Sends } from "./engine.ts";
import { Janus } from "./janus.ts";
import { janusFiles, JanusProgram } from "./janus_program.ts";

const ON: Sends = { microphone: "on", camera: false, screen: false };
const OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  ...["m0", "m1", "m2", "m3"].flatMap((mid) => ["m=audio 9 UDP/TLS/RTP/SAVPF 111", `a=mid:${mid}`]),
  "a=candidate:1 1 udp 1 10.0.0.1 9 typ host",
  "a=end-of-candidates",
  "",
].join("\r\n");
const ANSWER = "v=0\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n";

/** A message to a Janus. */
interface Asked {
  janus: string;
  transaction: string;
  apisecret?: string;
  handle_id: number;
  body?: Record<string, unknown>;
  jsep?: EngineDescription;
}

/** A stream that a Janus sends to somebody. */
interface Sent {
  mid: string;
  feed_id: number;
  feed_mid: string;
}

/** A Janus that is made up: it answers as the videoroom plugin does, and keeps what it was asked. */
class FakeJanus implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** What it refuses. */
  refused: string | undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #socket: WebSocket | undefined;
  #ids = 100;
  readonly #sent = new Map<number, Sent[]>();
  #onAsked: () => void = () => {};

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "janus-protocol" });
      this.#socket = socket;
      socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
      return response;
    });
  }

  get address() {
    return { url: `ws://127.0.0.1:${this.#server.addr.port}`, secret: "oolong" };
  }

  /** Waits for the next question that says this, from the first on that was not waited for. */
  async ask(request: string): Promise<Asked> {
    for (;;) {
      const at = this.asked.findIndex(({ janus, body }) => (body?.request ?? janus) === request);
      if (at >= 0) return this.asked.splice(at, 1)[0];
      await new Promise<void>((resolve) => this.#onAsked = resolve);
    }
  }

  /** Tells of a handle: its media flow, or have ended. */
  tell(janus: "webrtcup" | "hangup", { handle_id }: Asked): void {
    this.#say({ janus, sender: handle_id });
  }

  drop(): void {
    this.#socket?.close();
  }

  /** Says something that no Janus says. */
  babble(text: string): void {
    this.#socket?.send(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await this.#server.shutdown();
  }

  #say(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #take(asked: Asked): void {
    const { janus, transaction, handle_id: sender, body = {} } = asked;
    this.asked.push(asked);
    const request = `${body.request ?? janus}`;
    const event = (data: unknown, jsep?: EngineDescription) => {
      this.#say({ janus: "ack", transaction });
      this.#say({ janus: "event", transaction, sender, plugindata: { data }, jsep });
    };
    if (request === this.refused) event({ error_code: 1, error: "no" });
    else if (janus !== "message") this.#say({ janus: "success", transaction, data: { id: ++this.#ids } });
    else if (request === "joinandconfigure") event({ videoroom: "joined" }, { type: "answer", sdp: ANSWER });
    else if (request === "join" || request === "update") {
      const { streams = [], subscribe = streams, unsubscribe = [] } = body as {
        streams?: { feed: number; mid: string }[];
        subscribe?: { feed: number; mid: string }[];
        unsubscribe?: { sub_mid: string }[];
      };
      const gone = unsubscribe.map(({ sub_mid }) => sub_mid);
      const sent = (this.#sent.get(sender) ?? []).filter(({ mid }) => !gone.includes(mid));
      for (const { feed, mid } of subscribe) sent.push({ mid: `${++this.#ids}`, feed_id: feed, feed_mid: mid });
      this.#sent.set(sender, sent);
      event({ videoroom: "attached", streams: sent }, { type: "offer", sdp: OFFER });
    } else event({ videoroom: request === "create" ? "created" : "event" });
    this.#onAsked();
  }
}

/** A client: what it is told. */
class Client {
  readonly told: string[] = [];
  #onTold: () => void = () => {};

  begins(seat: Seat, offer = OFFER): void {
    const tell = (text: string) => {
      this.told.push(text);
      this.#onTold();
    };
    seat.begin(offer, {
      onDescription: (way, { type }, streams) =>
        tell(`${way} ${type} ${streams.map(([, from, slot]) => `${names.get(from)}:${slot}`).join(" ")}`.trim()),
      onEnd: () => tell("over"),
    });
  }

  /** The next that it is told. */
  async next(): Promise<string> {
    while (this.told.length === 0) await new Promise<void>((resolve) => this.#onTold = resolve);
    return this.told.shift()!;
  }
}

/** What seats are called here. */
const names = new WeakMap<Seat, string>();

/** An engine with a Janus that is made up, a conference there, and who has come into it, each with ways that are up. */
async function open(janus: FakeJanus, ...nicks: string[]) {
  const clock = { now: 0 };
  const reports: string[] = [];
  const ended: string[] = [];
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const engine = new Janus({ address: janus.address }, (text) => reports.push(text), () => clock.now);
  await engine.start();
  const conference = await engine.open(() => {
    ended.push("ended");
    resolve();
  });
  const people = new Map<string, { seat: Seat; client: Client; up: Asked }>();
  for (const nick of nicks) {
    const seat = conference.enter(ON);
    names.set(seat, nick);
    const client = new Client();
    client.begins(seat);
    assertEquals(await client.next(), "up answer");
    const up = await janus.ask("joinandconfigure");
    janus.tell("webrtcup", up);
    people.set(nick, { seat, client, up });
  }
  return { clock, engine, conference, reports, ended, stopped, of: (nick: string) => people.get(nick)! };
}

Deno.test("each in a conference sends by one handle and gets all others by another", async () => {
  await using janus = new FakeJanus();
  const { engine, of } = await open(janus, "alice", "bob");
  assertEquals((await janus.ask("create")).apisecret, "oolong");
  const { jsep, body } = of("alice").up;
  assertEquals([jsep?.type, body?.ptype, body?.id], ["offer", "publisher", 1]);
  // Nobody has it send to addresses of their choice.
  assertEquals(jsep?.sdp.includes("candidate"), false);
  assertEquals(await of("alice").client.next(), "down offer bob:0");
  assertEquals(await of("bob").client.next(), "down offer alice:0");
  of("alice").seat.answer(ANSWER);
  const start = await janus.ask("start");
  assertEquals(start.jsep, { type: "answer", sdp: "v=0\r\n", trickle: false } as EngineDescription);
  // An answer to nothing is left out.
  of("alice").seat.answer(ANSWER);
  of("bob").seat.say({ ...ON, camera: true });
  assertEquals(await of("alice").client.next(), "down offer bob:0 bob:1");
  assertEquals(janus.asked.some(({ body }) => body?.request === "start"), false);
  await engine.close();
});

Deno.test("no candidate of a client reaches Janus, however its line is written", async () => {
  await using janus = new FakeJanus();
  const { engine, of } = await open(janus, "alice", "bob");
  assertEquals(await of("alice").client.next(), "down offer bob:0");
  const ways = ["a=candidate:", "a=Candidate:", "a=CANDIDATE:"].map((name) => `${name}1 1 udp 1 10.0.0.1 9 typ host`);
  of("alice").seat.answer(["v=0", ...ways, "a=End-Of-Candidates", "s=tea"].join("\n") + `\r${ways[0]}\r\n`);
  assertEquals((await janus.ask("start")).jsep?.sdp, "v=0\r\ns=tea\r\n");
  await engine.close();
});

Deno.test("one negotiation follows the other, and has all that has happened meanwhile", async () => {
  await using janus = new FakeJanus();
  const { engine, of } = await open(janus, "alice", "bob");
  assertEquals(await of("alice").client.next(), "down offer bob:0");
  of("bob").seat.say({ ...ON, camera: true, screen: true });
  of("bob").seat.say({ ...ON, screen: true });
  of("alice").seat.answer(ANSWER);
  assertEquals(await of("alice").client.next(), "down offer bob:0 bob:2 bob:3");
  of("alice").seat.answer(ANSWER);
  of("bob").seat.leave();
  assertEquals(await of("alice").client.next(), "down offer");
  assertEquals(of("alice").client.told, []);
  await engine.close();
});

Deno.test("Janus drops what somebody does not say that they send, whatever their client does", async () => {
  await using janus = new FakeJanus();
  const { engine, of } = await open(janus, "alice");
  const told = async (count: number) => {
    const all: string[] = [];
    for (let i = 0; i < count; i++) {
      const { body } = await janus.ask("moderate");
      all.push(`${body?.id} ${body?.mid} ${body?.mute}`);
    }
    return all;
  };
  assertEquals(await told(3), ["1 m1 true", "1 m2 true", "1 m3 true"]);
  of("alice").seat.say({ microphone: "muted", camera: true, screen: false });
  assertEquals(await told(2), ["1 m0 true", "1 m1 false"]);
  of("alice").seat.say(ON);
  assertEquals(await told(2), ["1 m0 false", "1 m1 true"]);
  await engine.close();
});

Deno.test("what somebody says while they come in is what Janus lets through in the end", async () => {
  await using janus = new FakeJanus();
  const { engine, conference } = await open(janus);
  const seat = conference.enter({ ...ON, microphone: "muted" });
  const bob = new Client();
  bob.begins(seat);
  await janus.ask("joinandconfigure");
  // Not there yet: Janus would refuse it, and the session would be over.
  seat.say({ ...ON, microphone: "muted", camera: true });
  assertEquals((await janus.ask("moderate")).body?.mid, "m0");
  // Janus has not answered that m0 is dropped.
  seat.say({ ...ON, camera: true });
  assertEquals(await bob.next(), "up answer");
  const asked = janus.asked.filter(({ body }) => body?.request === "moderate");
  assertEquals(asked.map(({ body }) => `${body?.mid} ${body?.mute}`), ["m2 true", "m3 true", "m0 false"]);
  await engine.close();
});

Deno.test("in a large conference those who are muted are prepared to be heard no more", async () => {
  await using janus = new FakeJanus();
  const nicks = Array.from({ length: 13 }, (_, i) => `p${i}`);
  const { engine, conference, of } = await open(janus, ...nicks);
  for (const nick of nicks.slice(1)) of(nick).seat.say({ ...ON, microphone: "none" });
  const muted = conference.enter({ ...ON, microphone: "muted" });
  names.set(muted, "zoe");
  const zoe = new Client();
  zoe.begins(muted);
  assertEquals(await zoe.next(), "up answer");
  assertEquals(await zoe.next(), "down offer p0:0");
  const up = await janus.ask("joinandconfigure");
  janus.tell("webrtcup", up);
  muted.say(ON);
  const { client, seat } = of("p0");
  for (let told = ""; told !== "down offer zoe:0";) {
    seat.answer(ANSWER);
    told = await client.next();
  }
  await engine.close();
});

Deno.test("an offer that can't be used ends that session alone, and so does a connection that is lost", async () => {
  await using janus = new FakeJanus();
  const { engine, of, conference } = await open(janus, "alice", "bob");
  const odd = ["v=0\r\n", OFFER.replaceAll("m3", "m2"), OFFER + "a=x\r\n".repeat(10_000), `${OFFER}m=audio\r\n`];
  // What has another name here than there: what others ask for would not be there, and they would be refused.
  const two = OFFER.replace("a=mid:m0", "a=mid:x\r\na=mid:m0");
  odd.push(
    two,
    ...["", "a=mid:", "a=MID:m3", "a=mid:m3 ", "a=mid:m\u2028a=mid:m3"].map((mid) => two.replace("a=mid:m3", mid)),
  );
  odd.push(OFFER.replace("v=0\r\n", "v=0\r\na=mid:m3\r\n").replace("\r\na=mid:m3\r\na=c", "\r\na=c"));
  for (const offer of odd) {
    const client = new Client();
    client.begins(conference.enter(ON), offer);
    assertEquals(await client.next(), "over");
  }
  janus.refused = "joinandconfigure";
  const eve = new Client();
  eve.begins(conference.enter(ON));
  assertEquals(await eve.next(), "over");
  assertEquals(await of("alice").client.next(), "down offer bob:0");
  of("alice").seat.answer(ANSWER);
  janus.tell("hangup", of("bob").up);
  assertEquals(await of("alice").client.next(), "down offer");
  assertEquals(await of("bob").client.next(), "down offer alice:0");
  assertEquals(await of("bob").client.next(), "over");
  await engine.close();
});

Deno.test("a Janus that stops ends its conferences once, and is not tried again at once", async () => {
  await using janus = new FakeJanus();
  const { clock, engine, reports, ended, stopped } = await open(janus, "alice", "bob");
  janus.drop();
  await stopped;
  assertEquals([reports, ended], [["Janus has stopped; calls that it carried: 1"], ["ended"]]);
  await assertRejects(() => engine.open(() => {}), EngineError, "Janus has stopped, and is not tried again for 1 s");
  clock.now += 1_000;
  const again = Promise.withResolvers<void>();
  await engine.open(again.resolve);
  janus.drop();
  await again.promise;
  // Later each time.
  await assertRejects(() => engine.open(() => {}), EngineError, "not tried again for 2 s");
  await engine.close();
  await assertRejects(() => engine.open(() => {}), EngineError, "the room closes");
});

Deno.test("what is no message of a Janus ends the connection with it at once", async () => {
  for (const text of ["null", "7", "{", '"janus"']) {
    await using janus = new FakeJanus();
    const { engine, reports, ended, stopped } = await open(janus, "alice", "bob");
    janus.babble(text);
    await stopped;
    assertEquals([reports, ended], [["Janus has stopped; calls that it carried: 1"], ["ended"]], text);
    await engine.close();
  }
});

Deno.test("a fault in the end of one call keeps no other call from being told that Janus has stopped", async () => {
  await using janus = new FakeJanus();
  const { engine, reports, ended } = await open(janus);
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  await engine.open(() => {
    resolve();
    throw new Error("no tea");
  });
  await engine.open(() => ended.push("ended, too"));
  janus.drop();
  await failed;
  assertEquals(ended, ["ended", "ended, too"]);
  const heads = reports.map((text) => text.split("\n")[0]);
  assertEquals(heads, ["Janus has stopped; calls that it carried: 3", "Error: no tea"]);
  await engine.close();
});

Deno.test("a Janus that is not there, or wants another secret, is said", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  const url = `ws://127.0.0.1:${closed.addr.port}`;
  const nowhere = new Janus({ address: { url, secret: undefined } }, () => {});
  await assertRejects(() => nowhere.start(), EngineError, "cannot reach Janus");
  const missing = new Janus({ program: { program: "no-such-janus" } }, () => {});
  await assertRejects(() => missing.start(), EngineError, "no-such-janus is not installed (Debian: apt install janus)");
  await nowhere.close();
  await missing.close();
});

Deno.test("a program that ends instead of starting is told with its last words, and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/janus`;
  await Deno.writeTextFile(
    program,
    `#!/bin/sh\necho "$1" > ${folder}/args\necho Fine.\necho Port in use >&1\nexit 1\n`,
  );
  await Deno.chmod(program, 0o700);
  await assertRejects(() => JanusProgram.start({ program }), EngineError, `${program} has ended: Port in use`);
  const [, configuration] = (await Deno.readTextFile(`${folder}/args`)).trim().split("=");
  await assertRejects(() => Deno.stat(configuration), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a Janus of the room's own listens on a socket in its folder, and has nothing that is not used", () => {
  const files = janusFiles("/run/x", "oolong", ["203.0.113.7"]);
  assertStringIncludes(files["janus.transport.websockets.jcfg"], `ws_unix = "/run/x/socket"`);
  assertEquals(/ws_port|ws_ip/.test(files["janus.transport.websockets.jcfg"]), false);
  const main = files["janus.jcfg"];
  for (const part of ["libjanus_http.so", "libjanus_streaming.so", "libjanus_pfunix.so", `api_secret = "oolong"`]) {
    assertStringIncludes(main, part);
  }
  assertStringIncludes(main, `nat_1_1_mapping = "203.0.113.7", keep_private_host = true`);
  assertEquals(janusFiles("/run/x", "oolong", [])["janus.jcfg"].includes("nat_1_1"), false);
});
