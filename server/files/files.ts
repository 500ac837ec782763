/**
 * The files that people have sent: takes them in, says where they lie, and removes them. The bytes lie in a folder (folder.ts),
 * what is known of them in the database (store/kept_files.ts).
 *
 * A file that was confirmed is there after a crash at any moment: its bytes are on the disk before it gets its name, and it has
 * its name before its row says that it is complete. Whatever a crash leaves that has no such row is swept at the next start.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { fileIdsIn } from "../../shared/file_message.ts";
import { sizeText } from "../../shared/size_text.ts";
import { type FileRecord, FOREVER, KeptFiles } from "../store/kept_files.ts";
import type { Store } from "../store/store.ts";
import { faultText, reasonOf } from "../turns/faults.ts";
import { nextTurn } from "../turns/loop.ts";
import type { Pace } from "../turns/slices.ts";
import { Checking, type Found } from "./checking.ts";
import { type FileFolder, withoutIds } from "./folder.ts";
import { type Counted, type FileLimits, LEAST_COUNTED, Ledger, type Sender } from "./ledger.ts";
import { cleanName } from "./name.ts";
import { FileRefusal, missing } from "./refusal.ts";
import { sweepOrphans } from "./orphans.ts";
import { Sending } from "./sending.ts";
import { UploadTokens } from "./tokens.ts";
import { Upload, type UploadHost } from "./upload.ts";

/** How long a file waits for its sender, in milliseconds: for its first byte, and for the others. */
const PATIENCE = { first: 600_000, rest: 86_400_000 } as const;

/** How often files are looked for that are to go, in milliseconds, and how many go at a time. */
const SWEEP = { every: 60_000, slice: 100 } as const;

/** How files are kept. */
export interface FilesOptions extends FileLimits {
  /** For how long, in milliseconds; `Infinity` for ever. */
  keep: number;
  /** Whether only accounts may send files. */
  isForAccounts?: boolean;
  /** The words of a command that looks at each file. */
  check?: readonly string[] | undefined;
  /** The time in milliseconds since 1970, by a clock that does not jump ahead. */
  now?: () => number;
  /** Milliseconds of a clock that is never set. */
  uptime?: () => number;
  /** Called with what goes wrong. */
  onError?: (text: string) => void;
}

/** A file that somebody wants to send. */
export interface Wish {
  /** As its sender wrote it. */
  name: string;
  /** How many bytes it has; undefined where its sender does not say. */
  length: number | undefined;
  /** The hash of the token by which it is sent. */
  token: string | null;
}

/** The files of a room. */
export class Files implements UploadHost {
  readonly tokens: UploadTokens;
  readonly options: FilesOptions;
  readonly #kept: KeptFiles;
  readonly #folder: FileFolder;
  readonly #checking: Checking;
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #onError: (text: string) => void;
  readonly #sending = new Sending();
  readonly #timer: ReturnType<typeof setInterval>;
  /** The sweep under way; it never rejects. */
  #sweeping: Promise<void>;
  #isClosed = false;

  constructor(store: Store, folder: FileFolder, options: FilesOptions) {
    this.options = options;
    this.#now = options.now ?? Date.now;
    const { onError } = options;
    this.#onError = (text) => onError?.(withoutIds(text));
    this.tokens = new UploadTokens(options.uptime ?? (() => performance.now()));
    this.#kept = new KeptFiles(store);
    this.#folder = folder;
    this.#checking = new Checking(folder, options.check, this.#onError);
    this.#ledger = new Ledger(options);
    for (const { owner, range, bytes } of this.#kept.shares(LEAST_COUNTED)) {
      this.#ledger.add({ identity: owner, range }, bytes);
    }
    this.#sweeping = this.#attempt("sweep the files", async () => {
      const lost = await sweepOrphans(this.#kept, folder, {
        isSent: (id) => this.#sending.has(id),
        isOver: () => this.#isClosed,
        remove: (id) => this.remove([id]),
      });
      if (lost > 0) this.#onError(`${lost} files are not in their folder any more, and are forgotten`);
    });
    this.#timer = setInterval(() => void this.sweep(), SWEEP.every);
  }

  /** How many bytes all files count as, those that are being sent among them. */
  get counted(): number {
    return this.#ledger.all;
  }

  /** Refuses somebody who may send none. @throws {FileRefusal} */
  requireSender({ isAccount }: Sender): void {
    if (this.options.isForAccounts && !isAccount) {
      throw new FileRefusal(403, "only people with an account may send files here");
    }
  }

  /**
   * Begins a file, whose bytes are to follow at once.
   *
   * @param isResumable Whether it stays when they stop, so that its sender may go on later.
   * @throws {FileRefusal} Where it can't be taken.
   */
  async begin(sender: Sender, { name, length, token }: Wish, isResumable = false): Promise<Upload> {
    this.requireSender(sender);
    this.#ledger.requireSize(length ?? 0);
    const id = randomBytes(16).toString("base64url");
    const { identity: owner, range, nick } = sender;
    const end = this.#ledger.send(sender);
    try {
      this.#ledger.require(sender, Math.max(length ?? 0, LEAST_COUNTED));
      this.#ledger.take(sender, LEAST_COUNTED);
    } catch (error) {
      end();
      throw error;
    }
    const at = this.#now();
    const record: FileRecord = {
      ...{ id, name: cleanName(name), type: "", length: length ?? 0, size: 0, width: 0, height: 0, owner, nick, range },
      ...{ message: null, token, at, until: at + PATIENCE.first, isWhole: false },
    };
    const sent = this.#sending.begin(id, end);
    try {
      await this.#sending.requireRoom(id, length ?? 0, this.#folder);
      const upload = new Upload(this, await this.#folder.create(id), record, length, 0);
      sent.upload = upload;
      if (isResumable) this.#kept.put(record);
      return upload;
    } catch (error) {
      const { upload } = sent;
      if (upload !== undefined) await upload.abandon();
      else this.#forget(record, true);
      throw error;
    }
  }

  /** A file that has begun and is not complete; undefined where there is none of that id. */
  unfinished(id: string): FileRecord | undefined {
    const record = this.#kept.find(id);
    return record?.isWhole === false ? record : undefined;
  }

  /** How many bytes of a file have come. */
  async offset(id: string): Promise<number> {
    return this.#sending.get(id)?.upload?.offset ?? await this.#folder.partSize(id) ?? 0;
  }

  /** See `Sending.settled`. */
  settled(id: string): Promise<void> {
    return this.#sending.settled(id);
  }

  /**
   * Goes on with a file that has begun.
   *
   * @throws {FileRefusal} 423 where it is being sent already; that is then ended, and its sender may try again. One of which all
   * has come is not ended.
   */
  async resume(record: FileRecord, sender: Counted): Promise<Upload> {
    const { id, length } = record;
    const other = this.#sending.get(id);
    if (other?.upload?.finished !== undefined) {
      throw new FileRefusal(423, "all of this file has come, and it is being looked at; ask again in a moment");
    }
    if (other !== undefined) {
      other.upload?.interrupt();
      throw new FileRefusal(423, "this file is being sent already; try again at once");
    }
    const sent = this.#sending.begin(id, this.#ledger.send(sender));
    let file: Deno.FsFile | undefined;
    try {
      const size = await this.#folder.partSize(id);
      if (size === undefined) throw missing();
      if (size !== record.size) this.#recount(record, size);
      this.#ledger.requireRest(record, length);
      await this.#sending.requireRoom(id, length - size, this.#folder);
      file = await this.#folder.append(id);
      // It may have been removed, or completed, meanwhile.
      if (sent.isRemoved || this.#kept.find(id)?.isWhole !== false) throw missing();
      return sent.upload = new Upload(this, file, record, length, size);
    } catch (error) {
      file?.close();
      this.#forget(record, false);
      throw error instanceof Deno.errors.NotFound ? missing() : error;
    }
  }

  /** Counts a file as what a crash has left of it on the disk, which was not noted. */
  #recount(record: FileRecord, size: number): void {
    if (this.#kept.find(record.id)?.isWhole !== false) throw missing();
    this.#kept.put({ ...record, size });
    this.#ledger.recount(record, record.size, size);
    record.size = size;
  }

  /** A complete file that is not to go yet. */
  find(id: string): FileRecord | undefined {
    const record = this.#kept.find(id);
    return record?.isWhole && record.until > this.#now() ? record : undefined;
  }

  /** Where the bytes of a complete file lie. */
  path(id: string): string {
    return this.#folder.path(id);
  }

  /** Notes by which message its sender says where files are: with that message they go. */
  said(text: string, identity: string, message: number): void {
    const ids = fileIdsIn(text).filter((id) => {
      const record = this.#kept.find(id);
      return record?.owner === identity && record.message === null;
    });
    if (ids.length > 0) this.#contain("note where a file was said", () => this.#kept.said(ids, message));
  }

  /** The files that go with a message: those of its sender that were first said in it, though it may have been edited since. */
  ofMessage({ id, text, sender }: { id: number; text: string; sender: string }): string[] {
    const unnoted = fileIdsIn(text).filter((file) => {
      const record = this.#kept.find(file);
      return record?.owner === sender && record.message === null;
    });
    return [...this.#kept.ofMessage(id), ...unnoted];
  }

  /** Removes files: nobody finds them any more at once, and their bytes are off the disk when this resolves. Never rejects. */
  async remove(ids: readonly string[]): Promise<void> {
    const known = ids.map((id) => this.#kept.find(id)).filter((record) => record !== undefined);
    if (known.length === 0) return;
    if (!this.#contain("forget files", () => this.#kept.drop(known.map(({ id }) => id)))) return;
    for (const record of known) {
      this.#release(record, this.#sending.get(record.id)?.upload);
      this.#sending.remove(record.id);
    }
    await this.#attempt("remove files", async () => {
      for (const { id } of known) await this.#folder.remove(id);
    });
  }

  /** Removes the files whose time is over. Never rejects. */
  sweep(): Promise<void> {
    return this.#sweeping = this.#sweeping.then(() =>
      this.#attempt("sweep the files", async () => {
        while (!this.#isClosed && this.#kept.moveSome()) await nextTurn();
        for (;;) {
          const old = this.#kept.old(this.#now(), SWEEP.slice).filter((id) => !this.#sending.has(id));
          if (this.#isClosed || old.length === 0) return;
          await this.remove(old);
          if (this.#kept.old(this.#now(), 1)[0] === old[0]) return;
        }
      })
    );
  }

  /** See `UploadHost`. */
  grow(upload: Upload, bytes: number): void {
    const { record, length, offset, counted } = upload;
    const { each } = this.options;
    if (offset + bytes > each) {
      throw new FileRefusal(413, `a file may have ${sizeText(each)} here, and this one has more`);
    }
    if (this.#sending.get(record.id)?.isRemoved) throw missing();
    this.#ledger.grow(record, counted, offset + bytes);
    upload.counted = offset + bytes;
    if (length === undefined) record.length += bytes;
  }

  /** See `UploadHost`. */
  written({ record: { id } }: Upload, bytes: number): void {
    this.#sending.written(id, bytes);
  }

  /** See `UploadHost`. */
  room(): Promise<number> {
    return this.#folder.room();
  }

  /** See `UploadHost`. */
  async complete({ record, offset, counted }: Upload, pace: Pace): Promise<FileRecord> {
    const { id, range } = record;
    let found: Found;
    try {
      found = await this.#checking.find(id, offset, range, pace);
      if (this.#isClosed) throw new FileRefusal(503, "the room is closing");
      if (!this.#sending.get(id)?.isRemoved) await this.#folder.complete(id);
      if (this.#sending.get(id)?.isRemoved) throw missing();
    } catch (error) {
      // What was removed has no bytes to be looked at, and gets none back.
      if (!this.#sending.get(id)?.isRemoved) throw error;
      await this.#attempt("remove a file", () => this.#folder.remove(id));
      throw missing();
    }
    const at = this.#now();
    const { keep } = this.options;
    const whole: FileRecord = {
      ...record,
      ...found,
      // It may have been said before it was complete.
      message: this.#kept.find(id)?.message ?? record.message,
      length: offset,
      at,
      until: keep === Infinity ? FOREVER : at + keep,
      isWhole: true,
    };
    try {
      this.#kept.put(whole);
    } catch (error) {
      // All of it has come, so its sender need only ask again.
      await this.#attempt("keep a file for later", () => this.#folder.reopen(id));
      throw error;
    }
    this.#ledger.recount(record, counted, whole.size);
    this.#forget(record, false);
    return whole;
  }

  /** See `UploadHost`. */
  async end(upload: Upload, isOver: boolean): Promise<void> {
    const { record, record: { id }, offset } = upload;
    const kept = this.#kept.find(id);
    const isKept = kept !== undefined;
    if (!isOver && kept?.isWhole === false && offset > 0) {
      const isNoted = this.#contain("note how far a file has come", () => {
        this.#kept.put({ ...kept, size: offset, until: this.#now() + PATIENCE.rest });
      });
      // It counts as its row says.
      const size = isNoted ? offset : kept.size;
      this.#ledger.recount(record, upload.counted, size);
      upload.counted = size;
    }
    if (isOver) {
      if (isKept) this.#contain("forget a file", () => this.#kept.drop([id]));
      await this.#attempt("remove a file", () => this.#folder.remove(id));
    }
    this.#forget(record, isOver);
  }

  /** A file is not being sent any more. @param isOver Whether it does not count any more either. */
  #forget(record: FileRecord, isOver: boolean): void {
    const sent = this.#sending.end(record.id);
    // What nobody sends takes no room of the disk from others: whoever goes on with it has to find some.
    this.#sending.expect(record.id, 0);
    if (isOver && sent?.isRemoved === false) this.#release(record, sent.upload);
  }

  /** A file does not count any more. @param upload Where it is being sent. */
  #release(record: FileRecord, upload?: Upload): void {
    this.#sending.expect(record.id, 0);
    this.#ledger.drop(record, upload?.counted ?? record.size);
  }

  /** Does something that the room can do without; where it fails that is reported. @returns Whether it is done. */
  #contain(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#onError(`cannot ${what}: ${reasonOf(error)}`);
      return false;
    }
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onError(`cannot ${what}: ${faultText(error)}`);
    }
  }

  /** Ends all that is being sent, and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sending.interrupt();
    this.#checking.close();
    await this.#sweeping;
    this.closeNow();
  }

  /** The same for a program that has no time left to wait. */
  closeNow(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#folder.closeNow();
  }
}
