/**
 * Requests of HTTP, by which files are sent and got. Over TLS the room's own authority vouches for the room's own addresses, as
 * it does for the chat; all others are vouched for by public authorities.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type ClientRequest, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { pem } from "../../shared/pem.ts";

/**
 * How long nothing may move before a connection counts as lost, in milliseconds; and once all of a file is sent, since it is
 * looked at then before there is an answer.
 */
const PATIENCE = { usual: 30_000, sent: 180_000 } as const;

/** Bytes of an answer that is read as a text. */
const LONGEST_TEXT = 65_536;

/** Bytes that are read from the disk at a time. */
const PIECE = 65_536;

/** The connection was lost, or nothing came: asking again may help. */
export class LostConnection extends Error {
  override name = "LostConnection";
}

/** The server's certificate does not hold, so nothing was sent. */
export class UntrustedHost extends Error {
  override name = "UntrustedHost";
}

/** An answer, whose body is read as it comes. */
export interface WebAnswer {
  status: number;
  headers: Record<string, string>;
  /** Rejects with a `LostConnection` where it ends too early. */
  body: AsyncIterable<Uint8Array>;
}

/** A part of a file that is sent with a request. */
export interface FilePart {
  file: Deno.FsFile;
  first: number;
  /** Behind the last byte. */
  end: number;
  /** Told how many bytes are on their way. */
  onMoved: (bytes: number) => void;
}

/** The file that was to be sent has become shorter, or can't be read. */
export class UnreadableFile extends Error {
  override name = "UnreadableFile";
}

/** Asks servers. */
export class Web {
  readonly #authorityFor: (url: URL) => Uint8Array | undefined;
  readonly #patience: number;

  /** @param authorityFor Gives the certificate (DER) that alone vouches for an address; undefined: public ones do. */
  constructor(authorityFor: (url: URL) => Uint8Array | undefined, patience: number = PATIENCE.usual) {
    this.#authorityFor = authorityFor;
    this.#patience = patience;
  }

  /**
   * Asks once. What the answer says is not followed.
   *
   * @param signal Ends it, with its reason.
   * @throws {LostConnection} Where there is no answer.
   * @throws {UntrustedHost}
   * @throws {UnreadableFile}
   */
  async ask(
    url: string,
    { method = "GET", headers = {}, part }: { method?: string; headers?: Record<string, string>; part?: FilePart },
    signal: AbortSignal,
  ): Promise<WebAnswer> {
    signal.throwIfAborted();
    const at = new URL(url);
    const authority = at.protocol === "https:" ? this.#authorityFor(at) : undefined;
    const request = (at.protocol === "https:" ? requestSecure : requestPlain)(at, {
      method,
      // No connection is kept: each is ended by what ends its request.
      agent: false,
      headers: part === undefined ? headers : { ...headers, "Content-Length": `${part.end - part.first}` },
      ...(authority === undefined ? {} : { ca: pem(authority) }),
    });
    const end = () => request.destroy(signal.reason);
    signal.addEventListener("abort", end);
    const timer = new Watch(this.#patience, () => request.destroy(new LostConnection("ETIMEDOUT")));
    try {
      const answered = answerTo(request);
      // Where it is refused, it is answered before all is sent.
      const sent = part === undefined ? void request.end() : send(request, part, timer);
      const response = await Promise.race([answered, failureOf(sent, answered)]);
      timer.note();
      return {
        status: response.statusCode!,
        headers: response.headers as Record<string, string>,
        body: bodyOf(request, response, timer, signal, () => signal.removeEventListener("abort", end)),
      };
    } catch (error) {
      timer.end();
      signal.removeEventListener("abort", end);
      request.destroy();
      signal.throwIfAborted();
      throw error;
    }
  }
}

/** Ends what does not move. */
class Watch {
  #patience: number;
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  constructor(patience: number, onSilent: () => void) {
    this.#patience = patience;
    this.#onSilent = onSilent;
    this.#timer = setTimeout(onSilent, patience);
  }

  /** Notes that something has moved. */
  note(): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(this.#onSilent, this.#patience);
  }

  /** Waits longer from now on. */
  waitLonger(patience: number): void {
    this.#patience = Math.max(this.#patience, patience);
    this.note();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("response", resolve);
  request.on("error", (error) => reject(lost(error)));
  request.once("close", () => reject(new LostConnection("ECONNRESET")));
  return promise;
}

/** What a certificate is refused with. */
const UNTRUSTED = /CERT|SIGNATURE|^(?:ERR_TLS|ERR_SSL|EPROTO)/;

/** An error of a connection, by its code. */
function lost(error: Error): Error {
  if (error instanceof LostConnection) return error;
  const { code = error.message } = error as Error & { code?: string };
  if (UNTRUSTED.test(code)) return new UntrustedHost(code, { cause: error });
  return new LostConnection(code, { cause: error });
}

/** Rejects where a file can't be read, and is else as good as the answer. */
async function failureOf(
  sent: Promise<void> | undefined,
  answered: Promise<IncomingMessage>,
): Promise<IncomingMessage> {
  await sent;
  return await answered;
}

/** Sends a part of a file, as fast as the connection takes it. */
async function send(request: ClientRequest, { file, first, end, onMoved }: FilePart, timer: Watch): Promise<void> {
  let isOver = false;
  let wake = () => {};
  const over = () => {
    isOver = true;
    wake();
  };
  request.once("close", over).once("error", over).once("response", over).on("drain", () => wake());
  await file.seek(first, Deno.SeekMode.Start);
  for (let left = end - first; left > 0 && !isOver;) {
    const piece = new Uint8Array(Math.min(PIECE, left));
    const count = await readFrom(file, piece);
    left -= count;
    const moved = end - first - left;
    const isTaken = request.write(Buffer.from(piece.buffer, 0, count), () => {
      timer.note();
      if (!isOver) onMoved(first + moved);
    });
    if (!isTaken && !isOver) await new Promise<void>((resolve) => wake = resolve);
  }
  if (isOver) return;
  request.end();
  timer.waitLonger(PATIENCE.sent);
}

async function readFrom(file: Deno.FsFile, piece: Uint8Array): Promise<number> {
  let count: number | null;
  try {
    count = await file.read(piece);
  } catch (error) {
    throw new UnreadableFile((error as Error).message, { cause: error });
  }
  if (count === null) throw new UnreadableFile("");
  return count;
}

async function* bodyOf(
  request: ClientRequest,
  response: IncomingMessage,
  timer: Watch,
  signal: AbortSignal,
  onEnd: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of response) {
      timer.note();
      yield piece;
      timer.note();
    }
    if (!response.complete) throw new LostConnection("ECONNRESET");
  } catch (error) {
    signal.throwIfAborted();
    throw lost(error as Error);
  } finally {
    timer.end();
    onEnd();
    request.destroy();
  }
}

/** The body of an answer as a text, as far as it is short. A lost connection ends it. */
export async function textOf({ body }: WebAnswer): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of body) {
      parts.push(part.subarray(0, LONGEST_TEXT - size));
      size += part.length;
      if (size >= LONGEST_TEXT) break;
    }
  } catch (error) {
    if (!(error instanceof LostConnection)) throw error;
  }
  return new TextDecoder().decode(Buffer.concat(parts)).trim();
}
