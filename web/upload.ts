/// <reference lib="dom" />
/**
 * Sends one file to the room, so that it goes on where it stopped after a lost connection (tus 1.0, see docs/files.md): POST
 * begins it, PATCH brings a part, HEAD tells how much has come, DELETE ends it. It knows nothing of talks.
 *
 * @module
 */

/** Bytes of one request. */
const PART = 8 * 2 ** 20;

/**
 * Milliseconds after which a request is given up: without a byte, and without an answer where all has gone, since the room may
 * have a program look at the file; and before the next attempt, at first and at most.
 */
const PATIENCE = { byte: 30_000, answer: 180_000 } as const, PAUSE = { first: 500, most: 15_000 } as const;

/** How often a file is begun anew whose beginning the room has forgotten, or whose token it does not know. */
const MOST_BEGINNINGS = 3;

/** Characters of a refusal that are shown. */
const LONGEST_REFUSAL = 300;

/** What these say is so just now, and may be otherwise in a moment (RFC 9110, section 15). */
const PASSING: ReadonlySet<number> = new Set([408, 409, 423, 425, 429, 500, 502, 503, 504]);

/** The room does not take the file; the message is its sentence. */
export class UploadRefusal extends Error {
  override name = "UploadRefusal";
}

/** The browser can't read the file any more: it has changed, or is gone. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}

/** What may be otherwise with the next attempt. */
class Interruption extends Error {}

/** How a file is sent. */
export interface UploadOptions {
  /** Where files are sent to. */
  place: string;
  /** The name under which it is sent. */
  name: string;
  /** Asks for a token; nothing where there is no answer at the moment. */
  token: () => Promise<{ token: string } | { refused: string } | undefined>;
  /** Told how many bytes have come. */
  onProgress: (sent: number) => void;
  /** Told why it can't go on just now, "" where only the connection is lost; undefined once it goes on. */
  onInterruption: (why: string | undefined) => void;
  /** Ends it. */
  signal: AbortSignal;
}

/** An answer of the room. */
interface Answer {
  status: number;
  text: string;
  header: (name: string) => string | null;
}

/** One file that is sent. */
export class Upload {
  readonly #blob: Blob;
  readonly #options: UploadOptions;
  #token = "";
  /** Where this file is sent to; undefined as long as it has not begun. */
  #location: string | undefined;
  #offset = 0;
  #beginnings = 0;

  constructor(blob: Blob, options: UploadOptions) {
    this.#blob = blob;
    this.#options = options;
  }

  /**
   * Sends it.
   *
   * @returns The address by which others get it.
   * @throws {UploadRefusal} Where the room does not take it; an `UnreadableFile` where it can't be read. The signal's reason
   * where it is ended.
   */
  async run(): Promise<string> {
    const { signal, onInterruption } = this.#options;
    signal.addEventListener("abort", this.#ended, { once: true });
    try {
      for (let pause: number = PAUSE.first;; pause = Math.min(2 * pause, PAUSE.most)) {
        const before = this.#offset;
        try {
          return await this.#attempt();
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof Interruption)) throw error;
          // A browser tells no other fault of a request.
          if (error.message === "") await this.#requireReadable();
          onInterruption(error.message);
        }
        if (this.#offset > before) pause = PAUSE.first;
        await paused(pause, signal);
      }
    } finally {
      signal.removeEventListener("abort", this.#ended);
    }
  }

  async #attempt(): Promise<string> {
    let address: string | undefined;
    if (this.#location === undefined) await this.#begin();
    else address = await this.#askOffset();
    this.#options.onInterruption(undefined);
    while (address === undefined) {
      address = this.#offset < this.#blob.size ? await this.#sendPart() : await this.#askOffset();
    }
    return address;
  }

  async #requireReadable(): Promise<void> {
    try {
      await this.#blob.slice(this.#offset, this.#offset + 1).arrayBuffer();
    } catch {
      throw new UnreadableFile();
    }
  }

  async #begin(): Promise<void> {
    const { place, name, token } = this.#options;
    const told = await token();
    if (told === undefined) throw new Interruption("");
    if ("refused" in told) throw new UploadRefusal(told.refused);
    this.#token = told.token;
    const bytes = new TextEncoder().encode(name);
    const answer = await this.#ask("POST", place, {
      "Upload-Length": `${this.#blob.size}`,
      "Upload-Metadata": `filename ${btoa(String.fromCharCode(...bytes))}`,
    });
    const location = answer.header("Location");
    const id = location === null ? undefined : /\/files\/([\w-]{22})/.exec(location)?.[1];
    if (answer.status === 401 && ++this.#beginnings < MOST_BEGINNINGS) throw new Interruption(firstLine(answer.text));
    if (answer.status !== 201 || id === undefined) throw refusalOf(answer);
    this.#location = `${place}/${id}`;
    this.#offset = 0;
    this.#options.onProgress(0);
  }

  /** Asks how much has come. @returns The file's address, if all has. */
  async #askOffset(): Promise<string | undefined> {
    const answer = await this.#ask("HEAD", this.#location!);
    const offset = Number(answer.header("Upload-Offset") ?? NaN);
    if (answer.status !== 200 || !(offset >= 0)) throw this.#faultOf(answer);
    this.#offset = offset;
    this.#options.onProgress(offset);
    const address = answer.header("Content-Location");
    if (address === null && offset >= this.#blob.size) throw new Interruption("");
    return address ?? undefined;
  }

  /** Sends the next part. @returns The file's address, if that was all. */
  async #sendPart(): Promise<string | undefined> {
    const from = this.#offset;
    const part = this.#blob.slice(from, from + PART);
    const headers = { "Upload-Offset": `${from}`, "Content-Type": "application/offset+octet-stream" };
    const answer = await this.#ask("PATCH", this.#location!, headers, part, (sent) => {
      this.#options.onProgress(from + sent);
    });
    if (answer.status !== 204) throw this.#faultOf(answer);
    const offset = Number(answer.header("Upload-Offset") ?? NaN);
    // Else it would go on for ever.
    if (!(offset > from)) throw new Interruption("");
    this.#offset = offset;
    this.#options.onProgress(offset);
    return answer.header("Content-Location") ?? undefined;
  }

  /** What an answer means that is no success. A file that the room has forgotten is begun anew. */
  #faultOf(answer: Answer): Error {
    const isForgotten = [401, 403, 404, 410].includes(answer.status);
    if (!isForgotten || ++this.#beginnings >= MOST_BEGINNINGS) return refusalOf(answer);
    this.#location = undefined;
    return new Interruption("");
  }

  #ask(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body?: Blob,
    onProgress?: (sent: number) => void,
  ): Promise<Answer> {
    const { signal } = this.#options;
    return send(method, url, { ...headers, ...this.#proof }, { body, onProgress, signal });
  }

  get #proof(): Record<string, string> {
    return { "Tus-Resumable": "1.0.0", "Authorization": `Bearer ${this.#token}` };
  }

  /** Has the room forget what has come of it. */
  readonly #ended = () => {
    if (this.#location === undefined) return;
    fetch(this.#location, { method: "DELETE", headers: this.#proof, keepalive: true, credentials: "omit" })
      .catch(() => {});
  };
}

/** The room's sentence about why it does not take something, or that it may do so in a moment. */
function refusalOf({ status, text }: Answer): Error {
  const line = firstLine(text);
  if (PASSING.has(status)) return new Interruption(status === 409 || status === 423 ? "" : line);
  return new UploadRefusal(line || `${status}`);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0].slice(0, LONGEST_REFUSAL).trim();
}

/** Sends one request. Rejects with an `Interruption` where the connection is lost, or nothing moves for long. */
function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  { body, onProgress, signal }: {
    body: Blob | undefined;
    onProgress: ((sent: number) => void) | undefined;
    signal: AbortSignal;
  },
): Promise<Answer> {
  // `fetch` tells nothing of how much has been sent.
  const request = new XMLHttpRequest();
  let timer: ReturnType<typeof setTimeout>;
  const abort = () => request.abort();
  return new Promise<Answer>((resolve, reject) => {
    const moved = (patience: number = PATIENCE.byte) => {
      clearTimeout(timer);
      timer = setTimeout(abort, patience);
    };
    request.onload = () => {
      resolve({
        status: request.status,
        text: request.responseText,
        header: (name) => request.getResponseHeader(name),
      });
    };
    request.onerror = request.onabort = () => reject(signal.aborted ? signal.reason : new Interruption(""));
    request.upload.onprogress = ({ loaded }) => {
      moved();
      onProgress?.(loaded);
    };
    request.upload.onload = () => moved(PATIENCE.answer);
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal.addEventListener("abort", abort);
    moved();
    request.send(body);
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  });
}

/** Waits, no longer than until the browser has a network again. */
function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(done, milliseconds);
  addEventListener("online", done);
  signal.addEventListener("abort", done);
  return promise.then(() => {
    clearTimeout(timer);
    removeEventListener("online", done);
    signal.removeEventListener("abort", done);
    signal.throwIfAborted();
  });
}
