/**
 * A file that is being sent: its bytes are written as they come, and bounded while they do.
 *
 * @module
 */

import { sizeText } from "../../shared/size_text.ts";
import type { FileRecord } from "../store/kept_files.ts";
import type { Pace } from "../turns/slices.ts";
import { isDiskFull } from "./checking.ts";
import { FileRefusal } from "./refusal.ts";

/** After so many bytes it is looked again whether the disk has room. */
const LOOK_EVERY = 8 * 1_048_576;

/** What an upload takes from the files. */
export interface UploadHost {
  /** Counts that so many bytes more are to be kept. @throws {FileRefusal} */
  grow(upload: Upload, bytes: number): void;
  /** So many bytes that were expected have been written. */
  written(upload: Upload, bytes: number): void;
  /** How many bytes the disk has room for beside what must stay free. */
  room(): Promise<number>;
  /** Makes it a file that people can read. @throws {FileRefusal} */
  complete(upload: Upload, pace: Pace): Promise<FileRecord>;
  /** It is not sent any more for now; or never again, and nothing of it is to be left. */
  end(upload: Upload, isOver: boolean): Promise<void>;
}

/** A file that is being sent. */
export class Upload {
  readonly record: FileRecord;
  /** How many bytes its sender has said that it has; undefined where they said nothing. */
  readonly length: number | undefined;
  /** How many bytes have come. */
  offset: number;
  /** How many bytes it counts as: those that have come, and those that are being written. */
  counted: number;
  /** Ends the request that is sending it; set by whoever reads that. */
  interrupt: () => void = () => {};
  readonly #host: UploadHost;
  readonly #file: Deno.FsFile;
  #sinceLook = 0;
  #isClosed = false;
  #finished: Promise<void> | undefined;

  constructor(host: UploadHost, file: Deno.FsFile, record: FileRecord, length: number | undefined, offset: number) {
    this.#host = host;
    this.#file = file;
    this.record = record;
    this.length = length;
    this.offset = this.counted = offset;
  }

  /** Whether all bytes have come that were said. */
  get isComplete(): boolean {
    return this.offset === this.length;
  }

  /** Writes what has come. Rejects with a `FileRefusal` where it is more than was said, or than there is room for. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.length !== undefined && this.offset + bytes.length > this.length) {
      throw new FileRefusal(413, `more has come than the ${sizeText(this.length)} that were said`);
    }
    this.#host.grow(this, bytes.length);
    this.#sinceLook += bytes.length;
    if (this.#sinceLook >= LOOK_EVERY) {
      this.#sinceLook = 0;
      if (await this.#host.room() < 0) throw this.#diskFull();
    }
    try {
      for (let at = 0; at < bytes.length;) {
        const count = await this.#file.write(bytes.subarray(at));
        at += count;
        this.offset += count;
        this.#host.written(this, count);
      }
    } catch (error) {
      throw isDiskFull(error) ? this.#diskFull() : error;
    }
  }

  /** Resolves when it is a file that people can read, or can't be one; undefined as long as its bytes still come. */
  get finished(): Promise<void> | undefined {
    return this.#finished;
  }

  /** All bytes have come: makes it a file that people can read. Rejects with a `FileRefusal` where it can't be one. */
  finish(pace: Pace): Promise<FileRecord> {
    const finishing = this.#finish(pace);
    this.#finished = finishing.then(() => {}, () => {});
    return finishing;
  }

  async #finish(pace: Pace): Promise<FileRecord> {
    try {
      await this.#file.sync();
      this.#close();
      return await this.#host.complete(this, pace);
    } catch (error) {
      throw isDiskFull(error) ? this.#diskFull() : error;
    }
  }

  /** It is not sent any more for now. Its sender may go on later. */
  async suspend(): Promise<void> {
    this.#close();
    await this.#host.end(this, false);
  }

  /** It is never sent to its end: nothing of it is left. */
  async abandon(): Promise<void> {
    this.#close();
    await this.#host.end(this, true);
  }

  #diskFull(): FileRefusal {
    return new FileRefusal(
      507,
      `the disk here is full: ${sizeText(this.offset)} of this file have come, and no more fit`,
    );
  }

  #close(): void {
    if (!this.#isClosed) this.#file.close();
    this.#isClosed = true;
  }
}
