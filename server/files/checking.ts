/**
 * What is done with a file when all its bytes are here and nobody can read it yet: its type is found out, pictures are cleaned,
 * and a program of whoever runs the room may look at it.
 *
 * @module
 */

import { sizeTexts } from "../../shared/size_text.ts";
import { programOf } from "../programs.ts";
import { FairRow } from "../turns/fair_row.ts";
import { hasCode } from "../turns/faults.ts";
import { inTurns, type Pace } from "../turns/slices.ts";
import { BoxFile, DamagedError } from "./boxes.ts";
import { cleanBoxes } from "./films.ts";
import type { FileFolder } from "./folder.ts";
import { SAMPLE_BYTES, typeOf, UNKNOWN } from "./media_type.ts";
import { cleaning, isShowable, LARGEST_PICTURE } from "./pictures.ts";
import { FileRefusal } from "./refusal.ts";

/** How long a program may look at a file, in milliseconds. */
const LONGEST_CHECK = 120_000;

/** What people mostly send is smaller, in bytes. */
const SMALL_PICTURE = 8 * 1_048_576;

/** The types of what is made of boxes. */
const MADE_OF_BOXES = new Set(["video/mp4", "video/quicktime", "audio/mp4", "image/avif", "image/heic"]);

/** What was found out of a file. */
export interface Found {
  type: string;
  /** How many bytes it has now. */
  size: number;
  width: number;
  height: number;
}

/** Finds out what files are, one after the other where that takes memory or a program. */
export class Checking {
  readonly #folder: FileFolder;
  /** The words of a command that looks at a file, whose path follows them; nothing where there is none. */
  readonly #command: readonly string[] | undefined;
  readonly #onError: (text: string) => void;
  /** Few pictures are cleaned at once, and small ones need not wait for those that take long. */
  readonly #pictures = { small: new FairRow(4), large: new FairRow(2) };
  readonly #checks = new FairRow(1);
  /** Ends the program that looks at a file when the room closes. */
  readonly #closing = new AbortController();

  constructor(folder: FileFolder, command: readonly string[] | undefined, onError: (text: string) => void) {
    this.#folder = folder;
    this.#command = command;
    this.#onError = onError;
  }

  /**
   * Finds out what a file is that has just come, and takes out of it what its sender would not want to tell. Its bytes are on the
   * disk then.
   *
   * @param range The address from which it comes, as `addressRange` gives it: addresses take turns.
   * @param pace Who pays.
   * @throws {FileRefusal} Where it can't be taken.
   */
  async find(id: string, size: number, range: string, pace: Pace): Promise<Found> {
    const sample = await this.#read(id, Math.min(size, SAMPLE_BYTES));
    const type = typeOf(sample, sample.length === size);
    const clean = cleaning(type);
    let found: Found = { type, size, width: 0, height: 0 };
    if (MADE_OF_BOXES.has(type)) await this.#cleanInPlace(id, found, pace);
    if (clean !== undefined) {
      const row = size > SMALL_PICTURE ? "large" : "small";
      found = await this.#pictures[row].run(range, () => this.#clean(id, found, clean, pace));
    }
    const command = this.#command;
    if (command !== undefined) await this.#checks.run(range, () => this.#check(id, command));
    return found;
  }

  async #read(id: string, size: number): Promise<Uint8Array> {
    using file = await Deno.open(this.#folder.part(id));
    const bytes = new Uint8Array(size);
    let length = 0;
    while (length < size) {
      const count = await file.read(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    return bytes.subarray(0, length);
  }

  /** Cleans a picture. What can't be cleaned is refused: it may tell where its sender lives. */
  async #clean(id: string, found: Found, clean: NonNullable<ReturnType<typeof cleaning>>, pace: Pace): Promise<Found> {
    const { type, size } = found;
    if (size > LARGEST_PICTURE) {
      const [most, has] = sizeTexts(LARGEST_PICTURE, size);
      throw new FileRefusal(413, `a picture may have ${most} here, and this one has ${has}; send it in an archive`);
    }
    const bytes = await this.#read(id, size);
    const cleaned = await inTurns(pace, clean(bytes));
    if (cleaned === undefined) {
      throw damaged(type);
    }
    const { length, width, height } = cleaned;
    await this.#folder.rewrite(id, bytes.subarray(0, length));
    return { type: isShowable(cleaned) ? type : UNKNOWN, size: length, width, height };
  }

  /** Cleans what may be too large to be held in memory. */
  async #cleanInPlace(id: string, { type, size }: Found, pace: Pace): Promise<void> {
    using file = await Deno.open(this.#folder.part(id), { read: true, write: true });
    const boxes = new BoxFile(file, size);
    try {
      await inTurns(pace, cleanBoxes(boxes, type));
    } catch (error) {
      throw error instanceof DamagedError ? damaged(type) : error;
    }
    if (boxes.isChanged) await file.sync();
  }

  /** Has the room's program look at a file. */
  async #check(id: string, [program, ...args]: readonly string[]): Promise<void> {
    const { signal } = this.#closing;
    const over = AbortSignal.any([AbortSignal.timeout(LONGEST_CHECK), signal]);
    let isFine = false;
    try {
      if (!signal.aborted) isFine = await succeeds(program, [...args, this.#folder.part(id)], over);
    } catch (error) {
      this.#onError(`--file-check ${program} can't be run: ${error instanceof Error ? error.message : error}`);
      throw new FileRefusal(503, "no file is taken, since what looks at files here does not work");
    }
    if (signal.aborted) throw new FileRefusal(503, "the room is closing");
    if (!isFine) throw new FileRefusal(422, "what looks at files here has refused this one");
  }

  /** Waits for no program any more: what has not been looked at is refused. */
  close(): void {
    this.#closing.abort();
  }
}

/**
 * Runs a program, and says whether it has succeeded.
 *
 * @param over Ends it by force: one that ignored a milder signal would hold up all that wait for it.
 * @throws {Error} Where it can't be run.
 */
async function succeeds(program: string, args: string[], over: AbortSignal): Promise<boolean> {
  const child = programOf(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  const end = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has just ended.
    }
  };
  over.addEventListener("abort", end);
  try {
    return (await child.status).success;
  } finally {
    over.removeEventListener("abort", end);
  }
}

function damaged(type: string): FileRefusal {
  return new FileRefusal(
    422,
    `this ${type} is damaged, so that where it was taken can't be taken out of it; send it in an archive`,
  );
}

/** Whether a fault says that the disk is full. */
export function isDiskFull(fault: unknown): boolean {
  return hasCode(fault, ["ENOSPC", "EDQUOT", "EFBIG"]);
}
