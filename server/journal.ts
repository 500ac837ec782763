/**
 * What the program says to whoever runs it, as lines on standard output. A terminal that is held, a pager or a collector that
 * stands still may take nothing for as long as it likes: lines wait for it here, and the room does not. It must not know what
 * the lines say.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { addressRange } from "./wire/address.ts";
import { TokenBucket } from "./wire/budget.ts";

/** So many characters of lines wait at the most; lines beyond them are left out. */
const MOST_WAITING = 262_144;

/**
 * So many lines about the people of one address are said in one go, which is about as many as may be there, and so many in a
 * second after that: somebody who takes one nick after the other would else fill a disk in some days.
 */
const OF_ADDRESS = { burst: 256, perSecond: 2 } as const;

/** How long the end of the program waits for what is not written yet, in milliseconds: an orderly one, and one that is now. */
const PATIENCE = { orderly: 1_000, now: 100 } as const;

/** What a `Journal` takes from outside. */
export interface JournalOptions {
  /** Writes some of the bytes, and resolves to how many; to standard output when left out. */
  write?: (bytes: Uint8Array) => Promise<number>;
  /** A time in milliseconds that is never set back. */
  now?: () => number;
}

/** The lines about the people of one address. */
interface OfAddress {
  readonly may: TokenBucket;
  /** How many are left out, and have not been told of. */
  leftOut: number;
}

/** A text as it is printed, with the time before it. */
function lineOf(text: string): string {
  // What people write (the reason of a QUIT) must not reach the terminal as control characters.
  return `${new Date().toTimeString().slice(0, 8)} ${text.replace(/[^\P{C}\n]/gu, "?")}\n`;
}

/** The program's log, for people. */
export class Journal {
  readonly #write: (bytes: Uint8Array) => Promise<number>;
  readonly #now: () => number;
  readonly #ofAddresses = new Map<string, OfAddress>();
  #waiting = "";
  /** How many lines that is. */
  #count = 0;
  /** How many characters are being written. */
  #underWay = 0;
  /** How many lines are left out, and have not been told of. */
  #leftOut = 0;
  #isWriting = false;
  #written = Promise.resolve();

  constructor({ write = (bytes) => Deno.stdout.write(bytes), now = () => performance.now() }: JournalOptions = {}) {
    this.#write = write;
    this.#now = now;
  }

  /**
   * Says something, with the time before it. It is left out where too much waits, until all of that has been written.
   *
   * @param address Where those come from whom it is about: it is left out where too much is said of that already.
   */
  say(text: string, address?: string): void {
    if (address !== undefined && !this.#maySayOf(address)) return;
    const line = lineOf(text);
    if (this.#leftOut > 0 || this.#underWay + this.#waiting.length + line.length > MOST_WAITING) this.#leftOut++;
    else {
      this.#waiting += line;
      this.#count++;
    }
    if (!this.#isWriting) this.#written = this.#writeAll();
  }

  #maySayOf(address: string): boolean {
    const range = addressRange(address);
    let lines = this.#ofAddresses.get(range);
    if (lines === undefined) {
      const { burst, perSecond } = OF_ADDRESS;
      lines = { may: new TokenBucket(burst, perSecond, burst, this.#now()), leftOut: 0 };
      this.#ofAddresses.set(range, lines);
    }
    const may = lines.may.tryTake(1, this.#now());
    if (!may) lines.leftOut++;
    return may;
  }

  /** Says how many lines about each address are left out. To be called every few seconds. */
  sweep(): void {
    for (const [range, lines] of this.#ofAddresses) {
      if (lines.leftOut > 0) this.say(`${lines.leftOut} lines about people at ${range} are left out`);
      else if (lines.may.isFull(this.#now())) this.#ofAddresses.delete(range);
      lines.leftOut = 0;
    }
  }

  /** Writes what waits, all that is said in one turn at once. Never rejects. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    await undefined;
    while (this.#count > 0 || this.#leftOut > 0) {
      const lines = this.#count || this.#leftOut;
      const text = this.#count > 0 ? this.#waiting : lineOf(`${this.#leftOut} lines are left out`);
      if (this.#count === 0) this.#leftOut = 0;
      this.#waiting = "";
      this.#count = 0;
      this.#underWay = text.length;
      try {
        const bytes = new TextEncoder().encode(text);
        for (let sent = 0; sent < bytes.length;) sent += await this.#write(bytes.subarray(sent));
      } catch {
        // Nobody reads any more, or the disk is full: perhaps not when the next line is said.
        this.#leftOut += lines;
        break;
      } finally {
        this.#underWay = 0;
      }
    }
    this.#isWriting = false;
  }

  /** Waits until all is written, for a second at the most: whoever does not read does not keep the program from its end. */
  async close(): Promise<void> {
    this.sweep();
    await deadline(this.#written, PATIENCE.orderly).catch(() => {});
  }

  /** Writes what waits where the program ends now. That is another thread's work, which is given a moment. */
  closeNow(): void {
    if (!this.#isWriting) return;
    if (this.#underWay === 0) this.#write(new TextEncoder().encode(this.#waiting)).catch(() => {});
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE.now);
  }
}
