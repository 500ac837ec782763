/**
 * How much room the files of each sender take, and those of each address, and all of them; and how many are being sent. So a
 * sender may come back under as many names as they like: their address pays.
 *
 * @module
 */

import { sizeText, sizeTexts } from "../../shared/size_text.ts";
import type { FileRecord } from "../store/kept_files.ts";
import { FileRefusal } from "./refusal.ts";

/** What files may take. All sizes are in bytes. */
export interface FileLimits {
  /** One file. */
  each: number;
  /** All files of one sender. */
  ofSender: number;
  /** All files. */
  ofAll: number;
}

/** Each file counts as so many bytes at the least: a row and a place in the folder cost something, too. */
export const LEAST_COUNTED = 65_536;

/**
 * How many files are sent at the same time: by one sender; from one address; and by all, beyond which from each address a few may
 * be all the same, up to another bound.
 */
export const MOST_SENT = { bySender: 4, byAddress: 16, byAll: 32, always: 2, inTheEnd: 128 } as const;

/** Whose files are counted. */
export interface Counted {
  /** See identities.ts. */
  identity: string;
  /** See `addressRange`. */
  range: string;
}

/** A file, of which it is known whose it is. */
type CountedFile = Pick<FileRecord, "owner" | "range">;

/** What a file of so many bytes counts as. */
const countOf = (bytes: number) => Math.max(bytes, LEAST_COUNTED);

/** Whoever sends a file. */
export interface Sender extends Counted {
  /** Under which name it is sent. */
  nick: string;
  /** Whether the identity is an account's. */
  isAccount: boolean;
}

/** Numbers by names, which are forgotten when they are 0. */
export class Counts {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, count: number): void {
    const sum = this.of(name) + count;
    if (sum > 0) this.#counts.set(name, sum);
    else this.#counts.delete(name);
  }
}

/** What the files of all take. */
export class Ledger {
  readonly limits: FileLimits;
  readonly #bySender = new Counts();
  readonly #byAddress = new Counts();
  #all = 0;
  readonly #sentBySender = new Counts();
  readonly #sentByAddress = new Counts();
  #sent = 0;

  constructor(limits: FileLimits) {
    this.limits = limits;
  }

  /** How many bytes all files count as. */
  get all(): number {
    return this.#all;
  }

  /** Counts so many bytes more, or fewer. */
  add({ identity, range }: Counted, bytes: number): void {
    this.#bySender.add(identity, bytes);
    this.#byAddress.add(range, bytes);
    this.#all += bytes;
  }

  /** A file counts as so many bytes in place of what it counted as. */
  recount({ owner: identity, range }: CountedFile, from: number, to: number): void {
    this.add({ identity, range }, countOf(to) - countOf(from));
  }

  /** The same for one that becomes larger, where there is room for that. @throws {FileRefusal} */
  grow({ owner: identity, range }: CountedFile, from: number, to: number): void {
    const more = countOf(to) - countOf(from);
    if (more > 0) this.take({ identity, range }, more);
  }

  /** Refuses a file of so many bytes for whose rest, beside what of it counts already, there is no room now. @throws {FileRefusal} */
  requireRest({ owner: identity, range, size }: FileRecord, length: number): void {
    this.require({ identity, range }, countOf(length) - countOf(size));
  }

  /** A file does not count any more. */
  drop({ owner: identity, range }: CountedFile, bytes: number): void {
    this.add({ identity, range }, -countOf(bytes));
  }

  /** Refuses a file that is too large by itself. */
  requireSize(bytes: number): void {
    const { each } = this.limits;
    if (bytes <= each) return;
    const [most, size] = sizeTexts(each, bytes);
    throw new FileRefusal(413, `a file may have ${most} here, and this one has ${size}`);
  }

  /**
   * Counts bytes that are to be kept.
   *
   * @throws {FileRefusal} Where there is no room for them; then nothing is counted.
   */
  take(sender: Counted, bytes: number): void {
    this.require(sender, bytes);
    this.add(sender, bytes);
  }

  /** Refuses bytes for which there is no room now. What nobody has sent yet takes no room from others. @throws {FileRefusal} */
  require(sender: Counted, bytes: number): void {
    const { ofSender, ofAll } = this.limits;
    const own = this.#bySender.of(sender.identity);
    if (own + bytes > ofSender) {
      const left = sizeText(Math.max(0, ofSender - own));
      throw new FileRefusal(413, `your files may have ${sizeText(ofSender)} here, of which ${left} are left`);
    }
    // Half of the room is left to those who come from elsewhere, and no address is held to less than a person is.
    const ofAddress = Math.max(ofSender, Math.floor(ofAll / 2));
    const near = this.#byAddress.of(sender.range);
    if (near + bytes > ofAddress && ofAddress < ofAll) {
      const left = sizeText(Math.max(0, ofAddress - near));
      throw new FileRefusal(
        413,
        `the files from your address may have ${sizeText(ofAddress)} here, of which ${left} are left`,
      );
    }
    if (this.#all + bytes > ofAll) {
      const left = sizeText(Math.max(0, ofAll - this.#all));
      throw new FileRefusal(507, `all files may have ${sizeText(ofAll)} here, of which ${left} are left`);
    }
  }

  /** Counts one more file that is being sent. @returns What ends that, to be called once. @throws {FileRefusal} */
  send({ identity, range }: Counted): () => void {
    const { bySender, byAddress, byAll, always, inTheEnd } = MOST_SENT;
    if (this.#sentBySender.of(identity) >= bySender) {
      throw new FileRefusal(429, `${bySender} files of yours are being sent already; send the next one after them`);
    }
    if (this.#sentByAddress.of(range) >= byAddress) {
      throw new FileRefusal(429, `${byAddress} files are being sent from your address already; try again soon`);
    }
    const most = this.#sentByAddress.of(range) < always ? inTheEnd : byAll;
    if (this.#sent >= most) throw new FileRefusal(429, `${most} files are being sent already; try again soon`);
    this.#sentBySender.add(identity, 1);
    this.#sentByAddress.add(range, 1);
    this.#sent++;
    return () => {
      this.#sentBySender.add(identity, -1);
      this.#sentByAddress.add(range, -1);
      this.#sent--;
    };
  }
}
