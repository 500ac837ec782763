/**
 * How much later people read each other while others call: `deno task bench:signals`. Twenty people talk in a channel, 20 messages
 * a second; six more, in the same channel, are in its call, come and go, and send what pages send: in a first round of 10 s
 * nothing, in the next one the signals of a call, and so on in turn.
 *
 *     deno task bench:signals                 four rounds of each
 *     deno task bench:signals --rounds 1
 *
 * The server is a process of its own, with the page's WebSockets for those who call; people are this process. Linux only: it
 * reads /proc.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { openRoom, type Person } from "../test/room.ts";

const TALKERS = 20, CALLERS = 6;

/** Milliseconds: between two messages, how long a round is, how often each caller leaves and comes back, and mutes. */
const EVERY = 50, ROUND = 10_000, COMES = 5_000, MUTES = 1_000;

/** What two pages tell each other: a description as long as Chromium's is when it is packed, and candidates. */
const DESCRIPTION = "A".repeat(2_400), CANDIDATES = "A".repeat(350), CANDIDATE_LINES = 2;

const MARK = "at ";

/** Reads to the end what a talker is told, and notes how late each message came, in milliseconds. */
async function listen(person: Person, late: number[]): Promise<void> {
  for (let line = await person.next(); line !== undefined; line = await person.next()) {
    const at = line.lastIndexOf(MARK);
    if (at >= 0 && line.includes(" PRIVMSG #tea ")) late.push(performance.now() - Number(line.slice(at + MARK.length)));
    person.seen.length = 0;
  }
}

/** One of those who call, as a page does it: whoever comes offers to all, and each offer is answered. */
class Caller {
  readonly #person: Person;
  readonly #nick: string;
  /** Whether it is in the call. */
  isIn = false;
  /** How many signals it has sent. */
  signals = 0;

  constructor(person: Person, nick: string) {
    this.#person = person;
    this.#nick = nick;
  }

  async listen(): Promise<void> {
    for (let line = await this.#person.next(); line !== undefined; line = await this.#person.next()) {
      this.#person.seen.length = 0;
      const [, member] = / CALL MEMBER #tea (\S+) /.exec(line) ?? [];
      const [, from] = /^@\S*rtc=O\S* :(\S+?)!/.exec(line) ?? [];
      if (member !== undefined && member !== this.#nick && this.isIn) await this.#signal(member, "O");
      if (from !== undefined && this.isIn) await this.#signal(from, "R");
    }
  }

  async #signal(nick: string, kind: "O" | "R"): Promise<void> {
    const lines = [DESCRIPTION, ...Array.from({ length: CANDIDATE_LINES }, () => CANDIDATES)];
    this.signals += lines.length;
    await this.#person.send(
      ...lines.map((text, i) => `@+teahouse.chat/rtc=${i === 0 ? kind : "I"}${text} TAGMSG ${nick}`),
    );
  }

  /** Calls for a round. @param i Which of the callers it is: they come one after the other. */
  async call(i: number): Promise<void> {
    await delay(i * 200);
    for (const end = performance.now() + ROUND - i * 200 - MUTES; performance.now() < end;) {
      this.isIn = true;
      await this.#person.send("CALL JOIN #tea :audio");
      for (let waited = 0; waited < COMES - MUTES && performance.now() < end; waited += MUTES) {
        await delay(MUTES);
        await this.#person.send(`CALL STATE #tea :audio${waited % (2 * MUTES) === 0 ? ",muted" : ""}`);
      }
      this.isIn = false;
      await this.#person.send("CALL PART #tea");
      await delay(MUTES);
    }
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

/** The processor time that the server has used, in seconds. The kernel counts ticks of 10 ms. */
function computed(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const flags = parseArgs(Deno.args, { string: ["rounds"], default: { rounds: "4" } });
const rounds = Number(flags.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`signals.ts: --rounds must be a number from 1, not "${flags.rounds}"`);
  Deno.exit(2);
}

await using room = await openRoom(["--flood-limit", "0", "--max-per-ip", "0"]);
const late: number[] = [];
const talkers: Person[] = [];
for (let i = 0; i < TALKERS; i++) talkers.push(await room.person(`talker${i}`, { join: "#tea" }));
const callers: Caller[] = [];
const reading = talkers.map((person) => listen(person, late));
for (let i = 0; i < CALLERS; i++) {
  const caps = "teahouse.chat/call message-tags batch";
  const caller = new Caller(
    await room.person(`caller${i}`, { caps, join: "#tea", over: "text.ircv3.net" }),
    `caller${i}`,
  );
  callers.push(caller);
  reading.push(caller.listen());
}

/** Has the talkers talk for a round. @returns How late messages came, sorted. */
async function talk(): Promise<number[]> {
  late.length = 0;
  for (let i = 0; i < ROUND / EVERY; i++) {
    await talkers[i % TALKERS].send(`PRIVMSG #tea :${MARK}${performance.now()}`);
    await delay(EVERY);
  }
  return [...late].sort((a, b) => a - b);
}

const figures: Record<"p50" | "p99" | "cpu", number>[][] = [[], []];
// The first one is of a server whose code is not compiled yet.
await talk();
for (let round = 0; round < rounds; round++) {
  for (const isCalling of [false, true]) {
    const calling = isCalling ? callers.map((caller, i) => caller.call(i)) : [];
    const [cpu, begun] = [computed(room.pid), performance.now()];
    const sorted = await talk();
    await Promise.all(calling);
    const seconds = (performance.now() - begun) / 1000;
    const share = 100 * (computed(room.pid) - cpu) / seconds;
    figures[Number(isCalling)].push({ p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), cpu: share });
  }
}
const signals = callers.reduce((sum, caller) => sum + caller.signals, 0) / (rounds * ROUND / 1000);
for (const [i, what] of ["nobody calls", `${CALLERS} call, ${signals.toFixed(0)} signals a second`].entries()) {
  const median = (key: "p50" | "p99" | "cpu") =>
    percentile(figures[i].map((figure) => figure[key]).sort((a, b) => a - b), 0.5).toFixed(1);
  console.log(
    `${what}: p50 ${median("p50")} ms, p99 ${median("p99")} ms, the server ${median("cpu")} % of a processor`,
  );
}
// Those who read end with their connections, by an error; they would keep this process, and the room would outlive it.
for (const one of reading) one.catch(() => {});
await room[Symbol.asyncDispose]();
Deno.exit(0);
