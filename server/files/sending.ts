/**
 * The files that are being sent now, and how many bytes are still to come of all of them: the disk must have room for those as well.
 *
 * @module
 */

import { sizeTexts } from "../../shared/size_text.ts";
import { FileRefusal } from "./refusal.ts";
import type { Upload } from "./upload.ts";

/** How long somebody is kept waiting who asks for a file that is being looked at, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** A file that is being sent. */
export interface Sent {
  upload: Upload | undefined;
  /** Ends that it counts as one. */
  end: () => void;
  /** Whether it was removed meanwhile, and counts no more. */
  isRemoved: boolean;
}

/** The files that are being sent now. */
export class Sending {
  readonly #sent = new Map<string, Sent>();
  /** How many bytes are to come of each file that is being sent, and of all. */
  readonly #expected = new Map<string, number>();
  #allExpected = 0;

  has(id: string): boolean {
    return this.#sent.has(id);
  }

  get(id: string): Sent | undefined {
    return this.#sent.get(id);
  }

  /** A file is being sent from now on. @param end Ends that it counts as one. */
  begin(id: string, end: () => void): Sent {
    const sent: Sent = { upload: undefined, end, isRemoved: false };
    this.#sent.set(id, sent);
    return sent;
  }

  /** It is not being sent any more. Gives what it was; undefined where it was not being sent. */
  end(id: string): Sent | undefined {
    const sent = this.#sent.get(id);
    if (this.#sent.delete(id)) sent!.end();
    return sent;
  }

  /** It is removed: its sender is ended, unless all has come of it, which is not made a file then. */
  remove(id: string): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) return;
    sent.isRemoved = true;
    if (sent.upload?.finished === undefined) sent.upload?.interrupt();
  }

  /** So many bytes are to come of a file; 0 where none is expected any more. */
  expect(id: string, bytes: number): void {
    this.#allExpected += bytes - (this.#expected.get(id) ?? 0);
    if (bytes > 0) this.#expected.set(id, bytes);
    else this.#expected.delete(id);
  }

  /**
   * Has so many bytes of a file be expected.
   *
   * @param folder Which has room for so many bytes beside what must stay free.
   * @throws {FileRefusal} Where the disk has no room for all of them beside what is to come of others.
   */
  async requireRoom(id: string, bytes: number, folder: { room(): Promise<number> }): Promise<void> {
    // Before it is looked whether there is room: others may begin meanwhile.
    this.expect(id, bytes);
    const room = await folder.room() - this.#allExpected + bytes;
    if (room >= bytes) return;
    const [left, size] = sizeTexts(Math.max(0, Math.floor(room)), bytes);
    throw new FileRefusal(507, `the disk here has room for ${left} more, and this file has ${size}`);
  }

  /** So many of them have come. */
  written(id: string, bytes: number): void {
    const expected = this.#expected.get(id);
    if (expected !== undefined) this.expect(id, expected - bytes);
  }

  /** Waits, for a moment, until a file of which all has come can be read, or can't. At once where it is none. */
  async settled(id: string): Promise<void> {
    const finished = this.#sent.get(id)?.upload?.finished;
    if (finished === undefined) return;
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, LONGEST_WAIT);
    await Promise.race([finished, over.promise]);
    clearTimeout(timer);
  }

  /** Ends all of them. */
  interrupt(): void {
    for (const { upload } of this.#sent.values()) upload?.interrupt();
  }
}
