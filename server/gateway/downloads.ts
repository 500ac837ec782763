/**
 * Sends files to whoever has their addresses: whole or in part, piece by piece as they are taken.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { disposition } from "../../shared/disposition.ts";
import { isShown } from "../../shared/file_message.ts";
import { Counts } from "../files/ledger.ts";
import { UNKNOWN } from "../files/media_type.ts";
import { FileRefusal, missing } from "../files/refusal.ts";
import type { FileRecord } from "../store/kept_files.ts";
import { addressRange } from "../wire/address.ts";
import type { Budget } from "../wire/budget.ts";
import { isKnown } from "./request.ts";
import { HEADERS, socketOf } from "./response.ts";
import { PacedTransfer } from "./transfers.ts";

/** So many bytes are held in memory of each file that is being sent, and of each that begins while many are. */
const PIECE_BYTES = { usual: 65_536, ofMany: 16_384 } as const;

/** How many milliseconds the runtime takes to read and write a piece. */
const SENDING = 0.2;

/**
 * How many files are sent at the same time: to one address; and to all, beyond which an address gets a few all the same. From
 * `many` on pieces are smaller.
 */
export const MOST_SENT = { address: 128, all: 512, always: 8, many: 128 } as const;

/** What a file may do that is opened by itself: be seen or heard. Nothing in it runs, and it has no origin. */
const POLICY = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/** How long a browser may keep a file, in seconds. Its content never changes, but it may be removed. */
const CACHED = 86_400;

/** The part of a file that is asked for (RFC 9110, section 14.1.2), the last byte included. */
interface Range {
  first: number;
  last: number;
}

/**
 * The range that is asked for; undefined where all is sent: without a range, with several, and with one that can't be read.
 * "beyond" is one that holds no byte of the file.
 */
export function rangeOf(header: string | undefined, size: number): Range | "beyond" | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header ?? "") ?? [];
  if (first === undefined || first === "" && last === "") return undefined;
  if (first === "") {
    return Number(last) === 0 || size === 0 ? "beyond" : { first: Math.max(0, size - Number(last)), last: size - 1 };
  }
  if (last !== "" && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return "beyond";
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

/** How many files are being sent, to each range of addresses and to all. */
export class DownloadCounts {
  readonly #ofRanges = new Counts();
  #all = 0;

  /** How many go to all. */
  get all(): number {
    return this.#all;
  }

  /** Counts one more, until what it gives is disposed of. @throws {FileRefusal} Where there are too many. */
  begin(range: string): Disposable {
    const open = this.#ofRanges.of(range);
    if (open >= MOST_SENT.address || this.#all >= MOST_SENT.all && open >= MOST_SENT.always) {
      throw new FileRefusal(429, `${open} files are being sent to your address already; try again in a moment`);
    }
    const count = (by: number) => {
      this.#all += by;
      this.#ofRanges.add(range, by);
    };
    count(1);
    return { [Symbol.dispose]: () => count(-1) };
  }
}

/** The files that are being sent to people. */
export class Downloads {
  readonly #period: number;
  readonly #counts = new DownloadCounts();

  /** @param period See `PacedTransfer`. */
  constructor(period: number) {
    this.#period = period;
  }

  /**
   * Sends a file, or the part of it that is asked for.
   *
   * @param path Where its bytes lie.
   * @param budget Who pays.
   * @throws {FileRefusal} Before anything is sent, where it can't be.
   */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    { record, path, address }: { record: FileRecord; path: string; address: string },
    budget: Budget,
  ): Promise<void> {
    const { id, name, type, size } = record;
    const etag = `"${id}"`;
    const shown = isShown(type);
    const head = {
      ...HEADERS,
      "Cache-Control": `private, max-age=${CACHED}, immutable`,
      "Content-Security-Policy": POLICY,
      "Content-Type": shown ? type : UNKNOWN,
      "Content-Disposition": disposition(name, shown),
      "Accept-Ranges": "bytes",
      "ETag": etag,
    };
    const { headers, method } = request;
    if (headers["if-match"] !== undefined && !isKnown(headers["if-match"], etag)) {
      return void response.writeHead(412, HEADERS).end();
    }
    if (isKnown(headers["if-none-match"], etag)) return void response.writeHead(304, head).end();
    const isSame = headers["if-range"] === undefined || headers["if-range"] === etag;
    // A range is of what GET sends (RFC 9110, section 14.2).
    const range = isSame && method === "GET" ? rangeOf(headers.range, size) : undefined;
    if (range === "beyond") {
      return void response.writeHead(416, { ...HEADERS, "Content-Range": `bytes */${size}` }).end();
    }
    const { first, last } = range ?? { first: 0, last: size - 1 };
    const begin = () =>
      response.writeHead(range === undefined ? 200 : 206, {
        ...head,
        "Content-Length": last - first + 1,
        ...(range !== undefined && { "Content-Range": `bytes ${first}-${last}/${size}` }),
      });
    if (method === "HEAD") return void begin().end();
    using _ = this.#counts.begin(addressRange(address));
    using file = await open(path);
    await file.seek(first, Deno.SeekMode.Start);
    begin();
    await this.#pump(request, response, file, last - first + 1, budget);
  }

  async #pump(
    request: IncomingMessage,
    response: ServerResponse,
    file: Deno.FsFile,
    count: number,
    budget: Budget,
  ): Promise<void> {
    const pieceBytes = this.#counts.all > MOST_SENT.many ? PIECE_BYTES.ofMany : PIECE_BYTES.usual;
    const socket = socketOf(request);
    const transfer = socket.transfer = new PacedTransfer(this.#period);
    try {
      for (let left = count; left > 0 && !socket.destroyed;) {
        const turn = budget.turn();
        if (turn !== undefined) await turn;
        const piece = new Uint8Array(Math.min(pieceBytes, left));
        const read = await file.read(piece);
        // It was removed meanwhile: its end must not look like the end of the file.
        if (read === null) return void socket.destroy();
        budget.spend(SENDING);
        if (!response.write(piece.subarray(0, read))) await drained(response);
        transfer.moved(read);
        left -= read;
      }
      response.end();
    } finally {
      socket.transfer = undefined;
    }
  }
}

/** Opens a file. @throws {FileRefusal} Where it has just been removed. */
async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw missing();
    throw error;
  }
}

/** Waits until a response takes more, or is over. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
    if (response.destroyed) done();
  });
}
