/**
 * Clients as pages have them, in one call, which do at the same time what people do at random: in the end each of them knows the
 * call that the server has. What the server alone tells at random is tested beside it (server/room/voice_calls_test.ts).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Client } from "../client/client.ts";
import type { Transport } from "../client/connection/transport.ts";
import { CALL_WORDS, type CallWord, writeWords } from "../client/state/call_words.ts";
import { FakeClock } from "../client/testing.ts";
import { CALL_TIMES } from "../server/room/voice_calls.ts";
import { random, Room } from "../server/testing.ts";
import { connectTcp } from "../terminal/tcp.ts";
import { until, untilEqual } from "./room.ts";

const CHANNEL = "#lobby";

/** How much later each round is, for the room and the clients: so much may be said then without waiting. */
const ROUND = 2_000;

/** Somebody at a page: their client, and the call that the page is in. */
class Caller {
  readonly clock = new FakeClock();
  readonly client: Client;
  readonly #room: Room;
  readonly #device: string;
  readonly #running: Promise<void>;
  #transport: Transport | undefined;
  /** How often the page has joined or left. */
  #joins = 0;
  /** How many joins are not answered. */
  #joining = 0;
  /** Whether the page is in the call, as it would show that. */
  isIn = false;
  words: CallWord[] = [];

  constructor(room: Room, nick: string) {
    this.#room = room;
    this.#device = `device:${nick}`;
    this.client = new Client({
      dial: async (signal) => this.#transport = await connectTcp("127.0.0.1", room.port, signal),
      address: "the room",
      nick,
      channel: CHANNEL,
      hasCalls: true,
      clock: this.clock,
      random: () => 0,
      onEvent: (event) => {
        // While the page joins, it is told that its former place has ended.
        const isOut = event.type === "call"
          ? (event.change === "part" && this.#joining === 0) || event.change === "kick"
          : event.type === "part";
        if (isOut && "own" in event && event.own) this.isIn = false;
        if (event.type === "call" && event.change === "members") {
          void this.client.actions.calls.leaveUnsaid(event.target);
        }
        // The page takes its place again by its new connection.
        if (event.type === "join" && event.own) {
          room.chat.find(this.client.state.nick)!.guestIdentity = this.#device;
          if (this.isIn) void this.joins(this.words);
        }
      },
      onLeave: () => {},
    });
    this.#running = this.client.run();
  }

  get nick(): string {
    return this.client.state.nick;
  }

  /** Waits until the client has come in, or has come back. */
  async comes(): Promise<void> {
    await until(`${this.nick} in ${CHANNEL}`, async () => {
      if (this.client.state.joined(CHANNEL) !== undefined && this.client.isConnected) return true;
      await this.clock.advance(ROUND);
    });
  }

  async joins(words: CallWord[]): Promise<void> {
    this.words = words;
    this.isIn = true;
    const join = ++this.#joins;
    // A join from before the channel was joined again is refused, and then the later one counts.
    this.#joining++;
    const isRefused = await this.client.actions.calls.join(CHANNEL, words) === "refused";
    this.#joining--;
    if (isRefused && join === this.#joins) this.isIn = false;
  }

  async leaves(): Promise<void> {
    this.#joins++;
    this.isIn = false;
    await this.client.actions.calls.leave(CHANNEL);
  }

  async says(words: CallWord[]): Promise<void> {
    this.words = words;
    await this.client.actions.calls.setWords(CHANNEL, words);
  }

  /** The connection breaks, and the client comes back by itself, sooner or later. */
  cut(): void {
    this.#transport?.close();
  }

  /** Who is in the call, as this client has it. Its own person is in it where the page shows that. */
  get view(): string[] {
    const members = this.client.state.calls.of(CHANNEL)?.members.values() ?? [];
    return [...members].filter(({ nick }) => this.isIn || nick !== this.nick)
      .map(({ nick, words }) => `${nick} ${writeWords(words)}`).sort();
  }

  async quits(): Promise<void> {
    const quitting = this.client.quit();
    await until(`${this.nick} to be gone`, async () => {
      await this.clock.advance(ROUND);
      return this.client.isConnected ? undefined : true;
    });
    await quitting;
    await this.#running;
  }
}

/** Who is in the call, as the server has it. */
function held({ chat }: Room): string[] {
  const call = [...chat.calls!.all()].at(0);
  return [...call?.participants.values() ?? []].map(({ person, words }) => `${person.nick} ${[...words]}`).sort();
}

/** Has people do things at random. @param rounds In each of them, several do something at the same time. */
async function play(seed: number, rounds: number): Promise<void> {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  const anyWords = () => CALL_WORDS.filter(() => next() < 0.4);
  await using room = new Room({}, {}, { calls: {} });
  const callers: Caller[] = [];
  for (const nick of ["alice", "bob", "carol", "dave", "erin"]) {
    const caller = new Caller(room, nick);
    callers.push(caller);
    await caller.comes();
  }
  const [alice] = callers;
  let nicks = 0;
  const acts: ((caller: Caller) => unknown)[] = [
    (caller) => caller.joins(anyWords()),
    (caller) => caller.joins(anyWords()),
    (caller) => caller.isIn ? caller.leaves() : caller.joins(anyWords()),
    (caller) => caller.isIn ? caller.leaves() : undefined,
    (caller) => caller.isIn ? caller.says(anyWords()) : undefined,
    (caller) => caller.client.input(`/nick n${nicks++}`),
    (caller) => caller.cut(),
    // alice may not: whoever comes back after her would be the operator.
    (caller) =>
      caller === alice ? undefined : caller.client.input("/part").then(() => caller.client.input(`/join ${CHANNEL}`)),
    (caller) => caller === alice ? undefined : alice.client.actions.calls.kick(CHANNEL, caller.nick),
    () => room.now += CALL_TIMES.lost,
  ];
  for (let round = 0; round < rounds; round++) {
    const busy = callers.filter(() => next() < 0.6);
    for (const caller of busy) void pick(acts)(caller);
    room.now += ROUND;
    await Promise.all(callers.map((caller) => caller.comes()));
    await Promise.all(callers.map((caller) => caller.clock.advance(ROUND)));
    await room.connections.check();
    if (round % 5 < 4) continue;
    for (const caller of callers) {
      await untilEqual(
        `seed ${seed}, round ${round}: what ${caller.nick} does not know, and what is no longer so`,
        [],
        async () => {
          for (const each of callers) await each.clock.advance(ROUND);
          const [view, real] = [new Set(caller.view), new Set(held(room))];
          return [[...real.difference(view)], [...view.difference(real)]].filter((one) => one.length > 0);
        },
      );
    }
  }
  for (const caller of callers) await caller.quits();
  room.now += CALL_TIMES.lost;
  await room.connections.check();
  assertEquals(held(room), [], `seed ${seed}`);
}

Deno.test("after a hundred joins and leaves at random, each client knows the call that the server has", async () => {
  for (let seed = 1; seed <= 2; seed++) await play(seed, 100);
});
