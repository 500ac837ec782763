/**
 * The boxes that films and some pictures are made of (ISO/IEC 14496-12, section 4.2), in a file: they are read and wiped out where
 * they lie, so that nothing moves and all that refers to a place goes on being right.
 *
 * All of it goes in small steps, each a short read or write of what has just been written, which the system has in memory.
 *
 * @module
 */

import { be32, latin1 } from "./compactor.ts";

/** So many boxes are looked at in a file, and so many bytes of one are held in memory. */
const MOST = { boxes: 200_000, held: 1_048_576 } as const;

/** So many bytes are read ahead, or written, in one step. */
const STEP_BYTES = 65_536;

/** The type of a box whose content nobody looks at (section 8.1.2). */
const FREE = new TextEncoder().encode("free");

/** A file whose parts can't be told from each other. */
export class DamagedError extends Error {
  override name = "DamagedError";
}

/** A box: where it begins, where its content begins and ends. */
export interface Box {
  type: string;
  at: number;
  from: number;
  end: number;
}

/** A file of boxes. */
export class BoxFile {
  readonly size: number;
  readonly #file: Deno.FsFile;
  #window = new Uint8Array(0);
  #windowAt = 0;
  #boxes = 0;
  /** How many bytes may still be wiped out: no byte need be more than once. */
  #wipeable: number;
  /** Whether anything was wiped out. */
  isChanged = false;

  /** @param file Open to be read and written. @param size How many bytes it has. */
  constructor(file: Deno.FsFile, size: number) {
    this.#file = file;
    this.size = size;
    this.#wipeable = size;
  }

  /** Some bytes, `MOST.held` at the most. @throws {DamagedError} Where there are not so many. */
  read(at: number, length: number): Uint8Array {
    if (length > MOST.held || at < 0 || at + length > this.size) throw new DamagedError();
    const inWindow = at - this.#windowAt;
    if (inWindow >= 0 && inWindow + length <= this.#window.length) {
      return this.#window.subarray(inWindow, inWindow + length);
    }
    const bytes = new Uint8Array(Math.min(this.size - at, Math.max(length, 4_096)));
    this.#file.seekSync(at, Deno.SeekMode.Start);
    for (let filled = 0; filled < bytes.length;) {
      const count = this.#file.readSync(bytes.subarray(filled));
      if (count === null) throw new DamagedError();
      filled += count;
    }
    [this.#window, this.#windowAt] = [bytes, at];
    return bytes.subarray(0, length);
  }

  /**
   * The boxes between two places.
   *
   * @throws {DamagedError} Where one goes beyond the end, or there are too many. On the outermost level the rest is left out then,
   * as players do.
   */
  *boxes(from: number, end: number): Generator<Box> {
    const isOutermost = from === 0;
    for (let at = from; at + 8 <= end;) {
      if (++this.#boxes > MOST.boxes) throw new DamagedError();
      const head = this.read(at, Math.min(16, end - at));
      const type = latin1(head, 4, 8);
      let [size, header] = [be32(head, 0), 8];
      if (size === 1 && head.length === 16) [size, header] = [be32(head, 8) * 4_294_967_296 + be32(head, 12), 16];
      if (size === 0 && isOutermost) size = end - at;
      // A list of what its maker wants to say may end with four bytes of 0 (QuickTime File Format, "User data atoms").
      if (size === 0) return;
      if (size < header) {
        if (isOutermost) return;
        throw new DamagedError();
      }
      if (at + size > end && !isOutermost) throw new DamagedError();
      yield { type, at, from: at + header, end: Math.min(end, at + size) };
      at += size;
    }
  }

  /** The first box of a type between two places, if there is one. */
  *find(from: number, end: number, type: string): Generator<void, Box | undefined> {
    for (const box of this.boxes(from, end)) {
      if (box.type === type) return box;
      yield;
    }
    return undefined;
  }

  /** Makes a box one that says nothing. */
  *free(box: Box): Generator<void> {
    yield* this.wipe(box.from, box.end);
    this.write(box.at + 4, FREE);
  }

  /** Writes some bytes in place of others. */
  write(at: number, bytes: Uint8Array): void {
    this.#file.seekSync(at, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    this.isChanged = true;
    this.#window = new Uint8Array(0);
  }

  /** Writes zeros in place of what is there. @throws {DamagedError} Where that is no part of the file, or wiped out again and again. */
  *wipe(from: number, end: number): Generator<void> {
    this.#wipeable -= end - from;
    if (from < 0 || end < from || end > this.size || this.#wipeable < 0) throw new DamagedError();
    for (let at = from; at < end; at += STEP_BYTES) {
      this.write(at, new Uint8Array(Math.min(STEP_BYTES, end - at)));
      yield;
    }
  }
}
