/**
 * What a hostile-load test measures: how long people who do nothing wrong wait for each other, how long a newcomer waits
 * to be let in, and what the server costs the machine.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { type Person, type Room, until } from "../room.ts";
import { Peer } from "../peer.ts";

/** Those who talk, in pairs, and where. More than one pair, so that the 99th of 100 times is one of many. */
const PAIRS = [["alice", "bob", "#tea"], ["carol", "dave", "#milk"], ["erin", "frank", "#sugar"]];

/** Of each pair somebody says something so often, in milliseconds: as much as a person may without being slowed down. */
const PERIOD = 150;

/** A newcomer comes so often; one who is cut off has waited for so long. Milliseconds. */
const NEWCOMERS = { period: 300, cutOff: 2_000 };

/** What people had to wait for, in milliseconds. */
export interface Waits {
  /** From saying something until the other one sees it: half, and all but one in a hundred, and the longest. */
  p50: number;
  p99: number;
  longest: number;
  /** Until a newcomer, who comes from another address, was let in: the longest over TCP, and of an answer of the page. */
  entry: number;
  page: number;
}

/** The value below which that share of them is. */
function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** People who talk all the time, in pairs. */
export class Pairs {
  readonly #room: Room;
  readonly #webPort: number;
  readonly #talks: Promise<unknown>;
  #times: number[] = [];
  #entries: number[] = [];
  #pages: number[] = [];
  /** What is waited for just now: since when, and where the time will be noted. */
  readonly #waiting = new Set<{ since: number; note(took: number): void }>();
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;
  #newcomers = 0;
  /** What went wrong for one of them, in sentences. */
  readonly complaints: string[] = [];

  private constructor(room: Room, webPort: number, pairs: [Person, Person, string][]) {
    this.#room = room;
    this.#webPort = webPort;
    const talks = [...pairs.map((pair) => this.#talk(...pair)), this.#welcome()];
    this.#talks = Promise.all(talks.map((talk) => talk.catch((error) => this.#complain(error))));
  }

  static async open(room: Room, webPort: number): Promise<Pairs> {
    const pairs: [Person, Person, string][] = [];
    for (const [one, other, channel] of PAIRS) {
      pairs.push([await room.person(one, { join: channel }), await room.person(other, { join: channel }), channel]);
    }
    return new Pairs(room, webPort, pairs);
  }

  #complain(error: unknown): void {
    // The end of the server is told elsewhere, and once.
    if (this.#room.end === undefined) this.complaints.push(`${error}`.split("\n")[0]);
  }

  async #talk(one: Person, other: Person, channel: string): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      const [speaker, listener] = n % 2 === 0 ? [one, other] : [other, one];
      const took = await this.#clock((took) => {
        // Who waits says nothing: what would have been said meanwhile would have waited for the rest of the time.
        for (let wait = took; wait > 0; wait -= PERIOD) this.#times.push(wait);
      }, async () => {
        await speaker.send(`PRIVMSG ${channel} :${n}`);
        await listener.sees(`:${speaker.nick}!${speaker.nick}@127.0.0.1 PRIVMSG ${channel} :${n}`);
      });
      await delay(Math.max(0, PERIOD - took));
    }
  }

  /** Lets newcomers come in from addresses of their own, one after the other, and ask for the page. */
  async #welcome(): Promise<void> {
    while (!this.#isOver) {
      const from = `127.0.1.${1 + this.#newcomers++ % 250}`;
      const nick = `new${this.#newcomers}`;
      await this.#clock((took) => this.#entries.push(took), async () => {
        await this.#comes(this.#room.port, from, `NICK ${nick}\r\nUSER x 0 * :x\r\n`, / (00\d|464) /);
      });
      await this.#clock((took) => this.#pages.push(took), async () => {
        await this.#comes(this.#webPort, from, "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", /^HTTP\/1\.1 200/m);
      });
      await delay(NEWCOMERS.period);
    }
  }

  /** Notes how long something takes; what is not over when the figures are taken counts for each side with its part. */
  async #clock(note: (took: number) => void, act: () => Promise<void>): Promise<number> {
    const begun = performance.now();
    const wait = { since: begun, note };
    this.#waiting.add(wait);
    try {
      await act();
    } finally {
      this.#waiting.delete(wait);
      note(performance.now() - wait.since);
    }
    return performance.now() - begun;
  }

  /** Connects, says something, and waits for the answer, but not for ever. */
  async #comes(port: number, from: string, text: string, answer: RegExp): Promise<void> {
    const coming = (async () => {
      using peer = await Peer.connect(port, from);
      await peer.send(text);
      if (!await peer.sees(answer)) await delay(NEWCOMERS.cutOff);
    })();
    // Who can't connect at all, or is cut off, has waited in vain.
    await Promise.race([coming.catch(() => delay(NEWCOMERS.cutOff)), this.#over.promise]);
  }

  /** What people have waited since this was last asked. */
  take(): Waits {
    const now = performance.now();
    for (const wait of this.#waiting) {
      wait.note(now - wait.since);
      wait.since = now;
    }
    const times = this.#times.sort((a, b) => a - b);
    const waits = {
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      longest: times.at(-1) ?? NaN,
      entry: Math.max(0, ...this.#entries),
      page: Math.max(0, ...this.#pages),
    };
    [this.#times, this.#entries, this.#pages] = [[], [], []];
    return waits;
  }

  /** Ends their talk, when each has been answered. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#over.resolve();
    await this.#talks;
  }
}

/** What a server holds, of the machine's things. */
export interface Holdings {
  /** Bytes, without garbage. */
  memory: number;
  descriptors: number;
}

/** What a server holds now. It must have been opened with `preload: COLLECTS`. */
export async function holdings(room: Room): Promise<Holdings> {
  await room.collect();
  return { memory: room.memory, descriptors: room.descriptors };
}

/**
 * Waits until a server holds nearly no more than it did, and computes nearly nothing; gives how long that took, in
 * milliseconds. Throws where it takes too long.
 */
export async function givesBack(
  room: Room,
  before: Holdings,
  slack: { memory: number; descriptors: number; load: number },
): Promise<number> {
  const begun = performance.now();
  let now = { ...before, load: 0 };
  await until("everything to be given back", async () => {
    const [since, computed] = [performance.now(), room.computed];
    await delay(500);
    const load = (room.computed - computed) / (performance.now() - since);
    // Whoever asks may still be refused, while those who are gone count as being there.
    const held = await holdings(room).catch(() => undefined);
    if (held === undefined) return undefined;
    now = { ...held, load };
    const isGivenBack = now.memory <= before.memory + slack.memory &&
      now.descriptors <= before.descriptors + slack.descriptors && load <= slack.load;
    return isGivenBack || undefined;
  }, () => `Before: ${JSON.stringify(before)}; now: ${JSON.stringify(now)}`);
  return performance.now() - begun;
}
