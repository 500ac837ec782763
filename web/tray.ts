/// <reference lib="dom" />
/**
 * The files that a person sends: those that are chosen and wait for Enter, and those that are on their way, one after the other
 * whatever talk they are for. An entry goes when its message is said; one that is refused stays, with the reason.
 *
 * @module
 */

import type { FileHost } from "../client/file_host.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import type { Voice } from "../shared/voice_message.ts";
import { fileWords } from "./file_words.ts";
import { type Picture, prepare, readPicture } from "./picture_file.ts";
import { Rate } from "./rate.ts";
import { UnreadableFile, Upload, UploadRefusal } from "./upload.ts";

/** Files that may be in the tray of one talk. */
const MOST = 50;

/** Milliseconds between two times at which the page draws how far a file has come. */
const DRAWN = 100;

/** Where an entry is on its way. */
export type Stage = "chosen" | "waiting" | "preparing" | "sending" | "failed";

/** A file in the tray. */
export interface Entry {
  readonly talk: Talk;
  readonly file: File;
  /** What it looks like; undefined for what is neither picture nor film here, and until it is read. */
  picture?: Picture;
  /** Whether it is sent as it is. */
  isOriginal: boolean;
  stage: Stage;
  /** Bytes that have come, and those of what is sent. */
  sent: number;
  size: number;
  readonly rate: Rate;
  /** Why it does not go on just now, "" where the connection is lost; or why it was refused. */
  fault?: string;
  /** What is said about it, and the line that it answers. */
  caption: string;
  replyTo?: TalkLine | undefined;
  /** What is told of a voice message. */
  voice?: Voice;
  abort?: AbortController;
  /** Where it is, once it is sent. */
  address?: string;
}

/** What the tray needs of the page. */
export interface TrayHost {
  files: FileHost;
  /** Where the room's files are, at the page's own origin. */
  place: string;
  /** Called when something is to be drawn anew. */
  changed: () => void;
  /** Told what is wrong with what the person has done. */
  refuse: (text: string) => void;
  /** Puts a caption back where it was written. */
  giveBack: (text: string, talk: Talk) => void;
}

/** A file that was chosen for a talk. */
function entryOf(talk: Talk, file: File): Entry {
  const { size } = file;
  return { talk, file, isOriginal: false, stage: "chosen", sent: 0, size, rate: new Rate(), caption: "" };
}

/** The files of one stay. */
export class Tray {
  readonly #host: TrayHost;
  #entries: Entry[] = [];
  #isBusy = false;
  #drawnAt = 0;
  /** What was chosen last and is looked at; it never rejects. */
  #reading: Promise<void> = Promise.resolve();

  constructor(host: TrayHost) {
    this.#host = host;
    addEventListener("beforeunload", this.#closing);
  }

  /** Has the browser ask a person who closes the page while files are on their way. */
  readonly #closing = (event: BeforeUnloadEvent) => {
    if (this.#entries.some(({ stage }) => stage !== "chosen" && stage !== "failed")) event.preventDefault();
  };

  /** Ends all that is on its way: its person has left the room. */
  end(): void {
    removeEventListener("beforeunload", this.#closing);
    for (const { abort } of this.#entries.splice(0)) abort?.abort();
  }

  /** The entries of a talk, in their order. */
  of(talk: Talk | undefined): Entry[] {
    return this.#entries.filter((entry) => entry.talk === talk);
  }

  /** Whether files are chosen in a talk that wait for Enter. */
  hasChosen(talk: Talk): boolean {
    return this.of(talk).some(({ stage }) => stage === "chosen");
  }

  /** Adds files. */
  add(talk: Talk, files: readonly File[]): void {
    const room = MOST - this.of(talk).length;
    if (files.length > room) this.#host.refuse(fileWords().tooMany(MOST));
    for (const file of files.slice(0, room)) {
      const entry = entryOf(talk, file);
      this.#entries.push(entry);
      // One after the other: a picture takes much memory while it is read.
      this.#reading = this.#reading.then(() => this.#look(entry));
    }
    this.#host.changed();
  }

  /** Finds out what an entry looks like. */
  async #look(entry: Entry): Promise<void> {
    if (!this.#entries.includes(entry)) return;
    const picture = await readPicture(entry.file);
    if (picture === undefined) return;
    entry.picture = picture;
    this.#host.changed();
  }

  /** Removes an entry, and ends it where it is on its way. What was written about it comes back. */
  remove(entry: Entry): void {
    entry.abort?.abort();
    this.#drop(entry);
    if (entry.caption !== "") this.#host.giveBack(entry.caption, entry.talk);
  }

  #drop(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#host.changed();
  }

  /** Sends the files that are chosen in a talk. @param caption What is said about the first of them. */
  send(talk: Talk, caption: string, replyTo?: TalkLine): void {
    const chosen = this.of(talk).filter(({ stage }) => stage === "chosen");
    chosen.forEach((entry, i) => {
      entry.stage = "waiting";
      if (i === 0) Object.assign(entry, { caption, replyTo });
    });
    void this.#pump();
  }

  /** Sends a voice message at once, whatever else is chosen. */
  sendVoice(talk: Talk, file: File, voice: Voice, replyTo?: TalkLine): void {
    this.#entries.push({ ...entryOf(talk, file), voice, replyTo, stage: "waiting" });
    void this.#pump();
  }

  /** Tries to send an entry again that was refused. */
  retry(entry: Entry): void {
    entry.stage = "waiting";
    delete entry.fault;
    void this.#pump();
  }

  /** Sends what waits, one after the other. */
  async #pump(): Promise<void> {
    this.#host.changed();
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next; (next = this.#entries.find(({ stage }) => stage === "waiting")) !== undefined;) {
        await this.#sendOne(next);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  async #sendOne(entry: Entry): Promise<void> {
    const { signal } = entry.abort = new AbortController();
    try {
      await this.#sendAndSay(entry, signal);
    } catch (error) {
      if (signal.aborted) return;
      entry.stage = "failed";
      if (error instanceof UnreadableFile) entry.fault = fileWords().unreadable;
      else if (error instanceof UploadRefusal) entry.fault = error.message;
      else {
        // A fault of the page's own costs this file alone: those behind it go on.
        entry.fault = fileWords().failed;
        reportError(error);
      }
    }
    this.#host.changed();
  }

  async #sendAndSay(entry: Entry, signal: AbortSignal): Promise<void> {
    const { files, place } = this.#host;
    entry.stage = "preparing";
    this.#host.changed();
    const { blob, name, ...details } = await prepare(entry.file, entry.isOriginal);
    signal.throwIfAborted();
    entry.stage = "sending";
    entry.size = blob.size;
    const upload = new Upload(blob, {
      place,
      name,
      signal,
      token: () => files.token(),
      onProgress: (sent) => this.#progressed(entry, sent),
      onInterruption: (why) => {
        if (why === undefined) delete entry.fault;
        else entry.fault = why;
        this.#host.changed();
      },
    });
    entry.address ??= await upload.run();
    signal.throwIfAborted();
    // From now on it is the room's: to remove it is to remove its message.
    delete entry.abort;
    const { address, caption, replyTo, talk, voice } = entry;
    const told = { name, size: blob.size, ...details, ...(voice !== undefined && { voice }) };
    const isSaid = await files.say(talk, { address, caption, replyTo, details: told });
    if (!isSaid) throw new UploadRefusal(fileWords().notSaid);
    this.#drop(entry);
  }

  #progressed(entry: Entry, sent: number): void {
    const now = performance.now();
    entry.sent = sent;
    entry.rate.note(now, sent);
    if (now - this.#drawnAt < DRAWN && sent < entry.size) return;
    this.#drawnAt = now;
    this.#host.changed();
  }
}
