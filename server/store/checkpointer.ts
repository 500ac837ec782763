/**
 * Looks after the thread that copies the write-ahead log into the database (checkpoint.ts): starts it, starts another one when
 * it ends or does not answer, and copies in this thread where no other can be started.
 *
 * @module
 */

import type { Answer, Mode, Request } from "./checkpoint.ts";
import { CHECKPOINT } from "../own_files.ts";
import { reasonOf } from "../turns/faults.ts";

/** Times, in milliseconds. */
const TIMES = {
  /** A thread that has not begun to work on a request by then has ended without a word. */
  begin: 10_000,
  /** A thread that has not answered by then is given up: the disk does not answer. */
  answer: 60_000,
  /** From a copy that was incomplete, because of another reader or writer, to the next try. */
  busy: 1_000,
  /** From one emptying of the log to the next: while it is emptied nobody can write. */
  empty: 5_000,
  /** For the thread to close the file, at the end: on a busy machine it may need as long to begin. */
  last: 3_000,
  /** From the end of a thread to the start of another one; twice as long each time, up to the longest. */
  restart: 1_000,
  longest: 300_000,
} as const;

/** How many file descriptors a thread may need: without so many to spare the runtime would not survive its start. */
const DESCRIPTORS = 16;

/** What a checkpointer is given. */
export interface CheckpointerOptions {
  file: string;
  /** Called with a sentence for each thing that goes wrong, once. */
  onError: (text: string) => void;
  /** Called when the log may have been emptied. */
  onEmptied?: () => void;
  /** Called each time that a file is found to be damaged. */
  onDamaged?: () => void;
  /** Copies in this thread. Throws where that fails. */
  copyHere: (mode: Mode) => void;
  /** The thread's program; `checkpoint.ts` when left out. */
  source?: URL;
  /** How long the thread may take for an answer, in milliseconds; a minute when left out. */
  patience?: number;
}

/** The thread of one database. */
export class Checkpointer {
  readonly #options: Required<CheckpointerOptions>;
  readonly #told = new Set<string>();
  #worker: Worker | undefined;
  /** How the log is to be copied next. */
  #wanted: Mode | undefined;
  /** The requests that the thread has not answered, the oldest first. There is more than one only at the end. */
  #asked: Request[] = [];
  #deadline: ReturnType<typeof setTimeout> | undefined;
  /** Timers: until another thread is started, and until a copy is tried again. */
  #pause: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** When the log may be emptied again. */
  #emptyAt = -Infinity;
  /** Whether the last thread never answered, maybe since the disk does not answer: then nothing is copied in this thread. */
  #isSilent = false;
  #isClosed = false;
  /** Called when all requests are answered. */
  #whenDone: () => void = () => {};

  /** Starts the thread at once: later there may be no descriptor left for it. */
  constructor(options: CheckpointerOptions) {
    this.#options = { source: CHECKPOINT, patience: TIMES.answer, onEmptied() {}, onDamaged() {}, ...options };
    this.#start();
  }

  /** Whether the thread has been asked to empty the log, and has not answered: the log may become shorter at any time. */
  get isEmptying(): boolean {
    return this.#asked.some(({ mode }) => mode === "TRUNCATE");
  }

  /** Copies the log soon, or empties it within some seconds. Several requests may be answered by one copy. */
  copy(mode: Mode): void {
    const wait = mode === "TRUNCATE" ? this.#emptyAt - performance.now() : 0;
    if (wait > 0) return this.#later(mode, wait);
    if (this.#wanted !== "TRUNCATE") this.#wanted = mode;
    this.#next();
  }

  /** Starts another thread, since the file is another. */
  restart(): void {
    this.#end();
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#start();
  }

  /** Has the thread close the file, so that it can be closed for good here, and ends. Waits 3 s for that at the most. */
  async end(): Promise<void> {
    this.#isClosed = true;
    if (this.#worker !== undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, TIMES.last);
      this.#whenDone = resolve;
      const { file } = this.#options;
      if (this.#wanted !== undefined) this.#ask({ file, mode: this.#wanted });
      this.#ask({ file, isLast: true });
      await promise;
      clearTimeout(deadline);
    }
    this.close();
  }

  /** Ends at once. */
  close(): void {
    this.#isClosed = true;
    this.#end();
    clearTimeout(this.#pause);
    clearTimeout(this.#retry);
  }

  #start(): void {
    if (this.#isClosed) return;
    const { source, file } = this.#options;
    try {
      spareDescriptors(source);
      const worker = this.#worker = new Worker(source.href, { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (this.#worker !== worker) return;
        if (data.hasBegun) this.#await(this.#options.patience);
        else this.#answered(data);
      };
      worker.onerror = (event) => {
        // Otherwise an error in the thread would end the program.
        event.preventDefault();
        if (this.#worker === worker) this.#failed(event.message);
      };
      worker.onmessageerror = () => {
        if (this.#worker === worker) this.#failed("its answer can't be read");
      };
      this.#ask({ file });
    } catch (error) {
      this.#failed(reasonOf(error));
    }
  }

  #ask(request: Request): void {
    this.#worker!.postMessage(request);
    this.#asked.push(request);
    this.#await(Math.min(TIMES.begin, this.#options.patience));
  }

  /** Gives the thread so many milliseconds for its next message. */
  #await(patience: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#failed("it does not answer", true), patience);
  }

  #answered({ error, isBusy, isDamaged }: Answer): void {
    clearTimeout(this.#deadline);
    const done = this.#asked.shift()?.mode;
    if (this.#asked.length === 0) this.#whenDone();
    this.#isSilent = false;
    if (done !== undefined) this.#failures = 0;
    if (done === "TRUNCATE") this.#options.onEmptied();
    if (error !== undefined) this.#tell(`cannot copy the log of ${this.#options.file}: ${error}`);
    // Deleted messages are in the log until it has been emptied.
    if (done === "TRUNCATE" && (isBusy || error !== undefined)) this.#later(done, TIMES.busy);
    this.#next();
    if (isDamaged) this.#options.onDamaged();
  }

  #later(mode: Mode, wait: number): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.copy(mode);
    }, wait);
  }

  #next(): void {
    const mode = this.#wanted;
    if (this.#isClosed || mode === undefined || this.#asked.length > 0) return;
    if (this.#worker === undefined && this.#isSilent) return;
    this.#wanted = undefined;
    if (mode === "TRUNCATE") this.#emptyAt = performance.now() + TIMES.empty;
    if (this.#worker === undefined) return this.#copyHere(mode);
    this.#ask({ file: this.#options.file, mode });
  }

  #copyHere(mode: Mode): void {
    try {
      this.#options.copyHere(mode);
      if (mode === "TRUNCATE") this.#options.onEmptied();
    } catch (error) {
      this.#tell(`cannot copy the log of ${this.#options.file}: ${reasonOf(error)}`);
    }
  }

  /** The thread has failed. @param isSilent Whether that may be since the disk does not answer, for which nobody is to wait. */
  #failed(why: string, isSilent = false): void {
    const doing = this.#asked[0]?.mode;
    this.#end();
    if (this.#isClosed) return;
    this.#tell(`the thread that copies the log of ${this.#options.file} has to begin anew: ${why}`);
    if (doing !== undefined && this.#wanted !== "TRUNCATE") this.#wanted = doing;
    this.#isSilent = isSilent;
    this.#next();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#start();
      if (this.#worker !== undefined) this.#next();
    }, Math.min(TIMES.restart * 2 ** this.#failures++, TIMES.longest));
  }

  #end(): void {
    clearTimeout(this.#deadline);
    this.#whenDone();
    this.#worker?.terminate();
    this.#worker = undefined;
    if (this.isEmptying) this.#options.onEmptied();
    this.#asked = [];
  }

  #tell(text: string): void {
    if (!this.#told.has(text)) this.#options.onError(text);
    this.#told.add(text);
  }
}

/** Throws where there are not enough descriptors for a thread, or no program for it. */
function spareDescriptors(source: URL): void {
  if (source.protocol !== "file:") return;
  const open: Deno.FsFile[] = [];
  try {
    while (open.length < DESCRIPTORS) open.push(Deno.openSync(source));
  } finally {
    for (const file of open) file.close();
  }
}
