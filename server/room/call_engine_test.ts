import { assertEquals, assertMatch } from "@std/assert";
import { EngineReader, type EngineSignal, packEngineSignal } from "../../shared/engine_signal.ts";
import { packJson } from "../../shared/packed_json.ts";
import { type Conference, type Engine, EngineError, type Seat, type SeatSession, type Sends } from "../calls/engine.ts";
import { type Person, Room, sessionOf } from "../testing.ts";

const CAPS = "teahouse.chat/call message-tags batch";
const OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

/** A place at an engine that is made up: it says what it is told. */
class FakeSeat implements Seat {
  readonly told: string[] = [];
  session: SeatSession | undefined;
  #onTold: () => void = () => {};

  constructor(sends: Sends) {
    this.say(sends);
  }

  /** What it was told, once that are so many things: signals are read in their turn. */
  async all(count: number): Promise<string[]> {
    while (this.told.length < count) await new Promise<void>((resolve) => this.#onTold = resolve);
    return this.told;
  }

  begin(offer: string, session: SeatSession): void {
    this.session = session;
    this.#tell(`begin ${offer.length}`);
  }

  answer(sdp: string): void {
    this.#tell(`answer ${sdp.length}`);
  }

  #tell(text: string): void {
    this.told.push(text);
    this.#onTold();
  }

  say({ microphone, camera, screen }: Sends): void {
    this.#tell(`say ${microphone}${camera ? " camera" : ""}${screen ? " screen" : ""}`);
  }

  leave(): void {
    this.#tell("leave");
  }
}

/** An engine that is made up. */
class FakeEngine implements Engine {
  readonly seats: FakeSeat[] = [];
  refuses = false;
  closed = 0;
  stop: () => void = () => {};

  open(onEnd: () => void): Promise<Conference> {
    if (this.refuses) return Promise.reject(new EngineError("there is none"));
    this.stop = onEnd;
    return Promise.resolve({
      enter: (sends) => {
        const seat = new FakeSeat(sends);
        this.seats.push(seat);
        return seat;
      },
      close: () => this.closed++,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What somebody is told of calls up to now. */
async function told(person: Person): Promise<string[]> {
  const lines = await person.everything();
  return lines.filter((line) => / (?:CALL|FAIL) /.test(line)).map((line) =>
    line.replace(/^@batch=\S+ /, "").replace(/(:\w+)!\S+/, "$1")
  );
}

/** A room with an engine, and so many people in the call of #tea, p0 its operator. */
async function inCall(engine: FakeEngine, count: number, from = 3): Promise<{ room: Room; people: Person[] }> {
  const room = new Room({}, {}, { calls: { engine: { engine, from } } });
  const people: Person[] = [];
  for (let i = 0; i < count; i++) people.push(await room.person(`p${i}`, { caps: CAPS, join: "#tea" }));
  for (const person of people) {
    await person.send("CALL JOIN #tea :audio");
    await person.everything();
  }
  return { room, people };
}

/** Says a signal to the server. */
async function signals(person: Person, signal: EngineSignal | string): Promise<void> {
  const values = typeof signal === "string" ? [signal] : await packEngineSignal(signal);
  await person.send(...values.map((value) => `@+teahouse.chat/rtc=${value} TAGMSG Tea.local`));
}

/** The next signal of the server. */
async function signalTo(person: Person): Promise<EngineSignal | undefined> {
  const line = await person.sees(/rtc=\S+ :Tea.local TAGMSG /);
  return await new EngineReader().take(/rtc=([^\s;]+)/.exec(line)![1]);
}

/** Begins a session at the engine, as a client does. */
const begin = (person: Person, s: number) =>
  signals(person, { c: "#TEA", s, w: "up", d: { type: "offer", sdp: OFFER } });

Deno.test("a call goes by the engine from so many people on, and then to its end", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1, p2] } = await inCall(engine, 2);
  await using _ = room;
  assertEquals((await told(p0)).filter((line) => line.includes("MODE")), []);
  const p3 = await room.person("p3", { caps: CAPS, join: "#tea" });
  await p3.send("CALL JOIN #tea :audio");
  for (const person of [p0, p1, p3]) await person.sees(/:Tea.local CALL MODE #tea engine Tea.local$/);
  await p3.send("CALL PART #tea");
  await told(p0);
  await p0.send("CALL LIST #tea");
  assertEquals((await told(p0)).at(-1), ":Tea.local CALL MODE #tea engine Tea.local");
  await p0.send("CALL PART #tea");
  await p1.send("CALL PART #tea");
  await told(p1);
  assertEquals(engine.closed, 1);
  await p0.send("CALL JOIN #tea :audio");
  assertEquals((await told(p0)).at(-1), ":Tea.local CALL MODE #tea mesh");
  assertEquals(p2, undefined);
});

Deno.test("with an engine more people are in a call than each can send to, and without it not", async () => {
  const engine = new FakeEngine();
  const { room, people } = await inCall(engine, 9, 7);
  await using _ = room;
  await people[8].send("CALL LIST #tea");
  assertEquals((await told(people[8])).filter((line) => line.includes("MEMBER")).length, 9);
  engine.refuses = true;
  const other = await inCall(engine, 9, 7);
  await using _other = other.room;
  await other.people[8].send("CALL JOIN #tea :audio");
  assertEquals(await told(other.people[8]), [
    ":Tea.local FAIL CALL FULL JOIN #tea :8 people are in the call, and more can't be",
  ]);
  assertMatch(other.room.log.join("\n"), /no engine for a call: there is none/);
  // Whoever asks when it is back has the call go by it, and comes in with the next try.
  engine.refuses = false;
  await other.people[8].send("CALL JOIN #tea :audio");
  await other.people[7].sees(/:Tea.local CALL MODE #tea engine Tea.local$/);
  await other.people[8].everything();
  await other.people[8].send("CALL JOIN #tea :audio");
  await other.people[7].sees(/:p8!\S+ CALL JOIN #tea /);
});

Deno.test("a signal is read in a turn that its sender pays for, and not at all once they have left", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1] } = await inCall(engine, 3);
  await using _ = room;
  const session = sessionOf(room.chat, "p0");
  const { pace } = session;
  // What waits for a turn, and how much was done.
  const waiting: ((value: void) => void)[] = [];
  let done = 0;
  session.pace = {
    turn: () => new Promise((resolve) => waiting.push(resolve)),
    slice: (step, isBlocked) => pace.slice(() => (done++, step()), isBlocked),
  };
  const waits = async (count: number) => {
    for (let i = 0; i < 100 && waiting.length < count; i++) await p0.everything();
    assertEquals(waiting.length, count);
  };
  for (const s of [1, 2, 3]) await begin(p0, s);
  await waits(1);
  const [seat] = engine.seats;
  assertEquals([done, seat.told], [0, ["say on"]]);
  waiting[0]();
  await waits(2);
  assertEquals([done, seat.told], [1, ["say on", `begin ${OFFER.length}`]]);
  await p0.send("CALL PART #tea");
  await p1.sees(/:p0!\S+ CALL PART #tea/);
  waiting[1]();
  await p0.everything();
  assertEquals([waiting.length, seat.told], [2, ["say on", `begin ${OFFER.length}`, "leave"]]);
});

Deno.test("who leaves a call and comes again begins no more sessions than who stays", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0] } = await inCall(engine, 4);
  await using _ = room;
  for (const s of [0, 1, 2]) await begin(p0, s);
  await p0.everything();
  await engine.seats[0].all(4);
  await p0.send("CALL PART #tea", "CALL JOIN #tea :audio");
  await p0.everything();
  for (const s of [3, 4, 5, 6]) await begin(p0, s);
  assertEquals(await signalTo(p0), { c: "#tea", s: 6, bye: 1 });
  assertEquals(engine.seats[1].told, ["say on", ...Array(3).fill(`begin ${OFFER.length}`)]);
});

Deno.test("signals to the server are for the engine, and what it says has the nicks of those who come", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1] } = await inCall(engine, 3);
  await using _ = room;
  await begin(p0, 5);
  await p0.everything();
  await begin(p1, 6);
  await p1.everything();
  const [first, second] = engine.seats;
  assertEquals(await first.all(2), ["say on", `begin ${OFFER.length}`]);
  await second.all(2);
  await p1.send("NICK Robert");
  await p1.everything();
  const d = { type: "offer", sdp: OFFER } as const;
  first.session!.onDescription("down", d, [["0", second, 0], ["1", second, 2]]);
  assertEquals(await signalTo(p0), { c: "#tea", s: 5, w: "down", d, m: [["0", "Robert", 0], ["1", "Robert", 2]] });
  // An answer of a session that is over is none.
  await signals(p0, { c: "#tea", s: 4, w: "down", d: { type: "answer", sdp: OFFER } });
  await signals(p0, { c: "#tea", s: 5, w: "down", d: { type: "answer", sdp: OFFER } });
  assertEquals((await first.all(3)).slice(2), [`answer ${OFFER.length}`]);
  first.session!.onEnd();
  assertEquals(await signalTo(p0), { c: "#tea", s: 5, bye: 1 });
});

Deno.test("what is no signal, or of another call, changes nothing; who begins again and again is told to wait", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1] } = await inCall(engine, 3);
  await using _ = room;
  const odd = ["AAAA", await packJson({ c: "#tea" }), await packJson({ c: "#tea", s: 1, w: "up", d: 5 })];
  for (const signal of odd) await signals(p0, signal);
  await signals(p0, { c: "#coffee", s: 1, w: "up", d: { type: "offer", sdp: OFFER } });
  await signals(p0, { c: "#tea", s: 1, w: "down", d: { type: "answer", sdp: OFFER } });
  const offers = Array.from(
    { length: 8 },
    (_, s) => packEngineSignal({ c: "#tea", s, w: "up", d: { type: "offer", sdp: OFFER } }),
  );
  for (const [value] of await Promise.all(offers)) await p0.send(`@+teahouse.chat/rtc=${value} TAGMSG tea.LOCAL`);
  for (const s of [6, 7]) assertEquals(await signalTo(p0), { c: "#tea", s, bye: 1 });
  assertEquals(engine.seats.map((seat) => seat.told), [["say on", ...Array(6).fill(`begin ${OFFER.length}`)]]);
  // Nobody who is not in the call has a place there.
  const eve = await room.person("eve", { caps: CAPS, join: "#tea" });
  await begin(eve, 1);
  await eve.sees(/FAIL CALL NOT_IN_CALL SIGNAL Tea.local/);
  await p1.send("CALL PART #tea");
  await begin(p1, 1);
  await p1.sees(/FAIL CALL NOT_IN_CALL SIGNAL Tea.local/);
  assertEquals(engine.seats.length, 1);
});

Deno.test("the engine sends on of somebody what they say that they send, and nothing of who may not talk", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1] } = await inCall(engine, 3);
  await using _ = room;
  await begin(p1, 1);
  await p1.everything();
  await engine.seats[0].all(2);
  await p1.send("CALL STATE #tea :audio,video,screen");
  await p1.everything();
  await p0.send("CALL MUTE #tea p1");
  await p0.everything();
  await p1.send("CALL STATE #tea :audio");
  await p1.everything();
  await p0.send("MODE #tea +m");
  await p0.everything();
  await p1.sees(/:Tea.local CALL MUTE #tea p1/);
  await p1.send("CALL STATE #tea :audio");
  await p1.sees(/FAIL CALL MUTED STATE #tea /);
  assertEquals(engine.seats[0].told.filter((line) => line.startsWith("say")), [
    "say on",
    "say on camera screen",
    "say muted camera screen",
    "say on",
    "say muted",
  ]);
});

Deno.test("of a place that another connection of its person takes, the engine sends on what that one says", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1] } = await inCall(engine, 3);
  await using _ = room;
  await begin(p1, 1);
  await p1.everything();
  await engine.seats[0].all(2);
  const other = await room.another("p1", { caps: CAPS });
  await other.send("CALL JOIN #tea :audio,muted");
  assertMatch((await told(other)).join("\n"), /MEMBER #tea p1 audio,muted/);
  // Who only listens already need not be muted.
  await p0.send("MODE #tea +m");
  await p0.everything();
  assertEquals(engine.seats[0].told, ["say on", `begin ${OFFER.length}`, "say muted"]);
});

Deno.test("whoever is out of the call is out of the engine in the same step", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1, p2, p3, p4] } = await inCall(engine, 5);
  await using _ = room;
  for (const [i, person] of [p1, p2, p3, p4].entries()) {
    await begin(person, i);
    await person.everything();
  }
  await p0.send("CALL KICK #tea p1", "KICK #tea p2", "MODE #tea +b p3");
  await p0.everything();
  await p4.send("QUIT");
  await p0.sees(/^\S+ ?:?p4!\S+ (?:QUIT|CALL)|:p4!\S+ (?:QUIT|CALL PART)/);
  await p0.everything();
  assertEquals(engine.seats.map(({ told }) => told.at(-1)), ["leave", "leave", "leave", "leave"]);
});

Deno.test("a call whose engine stops ends with a sentence, and the talk goes on", async () => {
  const engine = new FakeEngine();
  const { room, people: [p0, p1, p2] } = await inCall(engine, 3);
  await using _ = room;
  await begin(p0, 1);
  await p0.everything();
  engine.stop();
  for (const person of [p0, p1, p2]) {
    const lines = await told(person);
    const { nick } = person;
    assertEquals(lines.filter((line) => line.startsWith(`:${nick} CALL PART`)), [
      `:${nick} CALL PART #tea :The call's server has stopped`,
    ]);
  }
  await p0.send("PRIVMSG #tea :still here", "CALL JOIN #tea :audio");
  await p1.sees(/PRIVMSG #tea :still here/);
  assertEquals((await told(p0)).at(-1), ":Tea.local CALL MODE #tea mesh");
});
