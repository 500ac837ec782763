/**
 * The program's log, for whoever runs it: lines on standard output. A terminal that is held, a pager or a collector may take
 * nothing for as long as it likes, so lines wait here, within bounds, and hold up nobody.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { PerAddress } from "./wire/per_address.ts";
import { TokenBucket } from "../shared/token_bucket.ts";

/** How many characters of lines may wait; lines beyond that are left out. */
const MOST_WAITING = 262_144;

/**
 * How many lines are said about the people of one address: a burst for as many as may be there, and then so few that
 * somebody who takes one nick after the other does not fill a disk within days.
 */
const LINES_OF_ADDRESS = { burst: 256, perSecond: 2 } as const;

/** How many milliseconds the program's end waits for what is not written yet: an orderly end, and a sudden one. */
const PATIENCE = { orderly: 1_000, sudden: 100 } as const;

/** What a `Journal` takes from outside. */
export interface JournalOptions {
  /** Writes some of the bytes, and resolves to how many; to standard output when left out. */
  write?: (bytes: Uint8Array) => Promise<number>;
  /** A time in milliseconds that is never set back; `performance.now` when left out. */
  now?: () => number;
}

/** The lines about the people of one address. */
interface AddressLines {
  readonly bucket: TokenBucket;
  /** How many are left out and not reported yet. */
  leftOut: number;
}

/** A text as it is printed, with the time of day before it. */
function lineOf(text: string): string {
  // What people write (the reason of a QUIT) must not reach the terminal as control characters.
  return `${new Date().toTimeString().slice(0, 8)} ${text.replace(/[^\P{C}\n]/gu, "?")}\n`;
}

/** The program's log, for people. */
export class Journal {
  readonly #write: (bytes: Uint8Array) => Promise<number>;
  readonly #now: () => number;
  readonly #ofAddresses: PerAddress<AddressLines>;
  #waiting = "";
  /** How many lines `#waiting` is. */
  #count = 0;
  /** How many characters are being written. */
  #underWay = 0;
  /** How many lines are left out and not reported yet. */
  #leftOut = 0;
  #isWriting = false;
  #written = Promise.resolve();

  constructor({ write = (bytes) => Deno.stdout.write(bytes), now = () => performance.now() }: JournalOptions = {}) {
    this.#write = write;
    this.#now = now;
    this.#ofAddresses = new PerAddress(() => ({ bucket: new TokenBucket(LINES_OF_ADDRESS, now()), leftOut: 0 }));
  }

  /**
   * Says something, with the time before it. Where too much waits it is left out, as is all that follows until everything
   * has been written.
   *
   * @param address The address of the person whom the text is about, if it is about one: an address has a limit of its own.
   */
  say(text: string, address?: string): void {
    if (address !== undefined && !this.#maySayOf(address)) return;
    this.#add(lineOf(text));
  }

  /** Shows lines as they are, without the time: nothing of other people's may be in them. */
  show(lines: readonly string[]): void {
    this.#add(lines.map((line) => line + "\n").join(""));
  }

  #add(line: string): void {
    if (this.#leftOut > 0 || this.#underWay + this.#waiting.length + line.length > MOST_WAITING) this.#leftOut++;
    else {
      this.#waiting += line;
      this.#count++;
    }
    if (!this.#isWriting) this.#written = this.#writeAll();
  }

  #maySayOf(address: string): boolean {
    const lines = this.#ofAddresses.of(address);
    const maySay = lines.bucket.tryTake(1, this.#now());
    if (!maySay) lines.leftOut++;
    return maySay;
  }

  /** Says how many lines about each address are left out. To be called every few seconds. */
  sweep(): void {
    this.#ofAddresses.sweep((lines, range) => {
      const { leftOut } = lines;
      lines.leftOut = 0;
      if (leftOut > 0) this.say(`${leftOut} lines about people at ${range} are left out`);
      return leftOut === 0 && lines.bucket.isFull(this.#now());
    });
  }

  /** Writes what waits; what is said in one turn of the event loop is written at once. Never rejects. */
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
        // Nobody reads any more, or the disk is full. That may be over when the next line is said.
        this.#leftOut += lines;
        break;
      } finally {
        this.#underWay = 0;
      }
    }
    this.#isWriting = false;
  }

  /** Waits until all is written, for a second at the most: a reader that takes nothing must not keep the program from ending. */
  async close(): Promise<void> {
    this.sweep();
    await deadline(this.#written, PATIENCE.orderly).catch(() => {});
  }

  /** Writes what waits when the program ends at once. Another thread does that work, and is given a moment for it. */
  closeNow(): void {
    if (!this.#isWriting) return;
    if (this.#underWay === 0) this.#write(new TextEncoder().encode(this.#waiting)).catch(() => {});
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE.sudden);
  }
}
