/**
 * Files over HTTP: they are sent by one POST (IRCv3 filehost), or so that their sender may go on after a lost connection (tus
 * 1.0: POST, PATCH, HEAD, DELETE), and read by GET. docs/files.md has the requests.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { nameInDisposition } from "../../shared/disposition.ts";
import type { Files } from "../files/files.ts";
import { nameInUrl } from "../files/name.ts";
import { FileRefusal, missing } from "../files/refusal.ts";
import type { Upload } from "../files/upload.ts";
import { pageToSay } from "../room/doors.ts";
import type { Connections } from "../serve.ts";
import { StoreError } from "../store/errors.ts";
import { type FileRecord, FOREVER } from "../store/kept_files.ts";
import type { Budget } from "../wire/budget.ts";
import { Downloads } from "./downloads.ts";
import { hasContent } from "./request.ts";
import { HEADERS, sendText, socketOf } from "./response.ts";
import { Senders } from "./senders.ts";
import { contentOf, isChopped, PacedTransfer, Pieces } from "./transfers.ts";
import { visitOf, type Visitors } from "./visitors.ts";

/** The paths of files: where they are sent to, and each by its id; what follows that is for people. */
const PATH = /^\/files(?:\/(?:([\w-]{22})(?:\/[^/]*)?)?)?$/;

/** tus (tus.io/protocols/resumable-upload, 1.0): the version, and what of it there is. */
const TUS = { "Tus-Resumable": "1.0.0" } as const;
const TUS_EXTENSIONS = "creation,termination";

const METHODS = "OPTIONS, POST, GET, HEAD, PATCH, DELETE";

/** How many milliseconds the runtime takes to write what one read has brought. */
const WRITING = 0.1;

/** What `FileRequests` takes from the gateway. */
export interface FileOptions {
  /** Where the page lies; see `WebOptions`. */
  base: string;
  /** How long the speed of a transfer is measured, in milliseconds. */
  period: number;
}

/** Answers requests that are about files. */
export class FileRequests {
  readonly #files: Files;
  readonly #connections: Connections;
  readonly #visitors: Visitors;
  readonly #senders: Senders;
  readonly #downloads: Downloads;
  readonly #options: FileOptions;
  readonly #pieces = new Pieces();

  constructor(files: Files, connections: Connections, visitors: Visitors, options: FileOptions) {
    this.#files = files;
    this.#connections = connections;
    this.#visitors = visitors;
    this.#senders = new Senders(connections, visitors);
    this.#downloads = new Downloads(options.period);
    this.#options = options;
  }

  /** Whether a path is one of files. */
  isFor(path: string): boolean {
    return PATH.test(path);
  }

  /** Answers a request whose path is one of files. @param budget Who pays. Rejects where something is wrong here. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string, budget: Budget): Promise<void> {
    try {
      await this.#answer(request, response, PATH.exec(path)?.[1], budget);
    } catch (error) {
      const socket = socketOf(request);
      // Its sender has gone, or was ended.
      if (socket.destroyed) return;
      if (response.headersSent) return void socket.destroy();
      if (error instanceof FileRefusal) return this.#refuse(request, response, error.status, error.message);
      if (!(error instanceof StoreError)) throw error;
      this.#refuse(request, response, 503, "no file can be kept at the moment: the disk is full or locked");
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    id: string | undefined,
    budget: Budget,
  ): Promise<void> {
    const { method = "", headers } = request;
    const isTus = headers["tus-resumable"] !== undefined;
    if (method === "OPTIONS") return this.#tell(response);
    const isReading = (method === "GET" || method === "HEAD") && !isTus;
    if (isReading && id !== undefined) return await this.#read(request, response, id, budget);
    if (!isReading && !this.#visitors.isSameOrigin(visitOf(request))) {
      throw new FileRefusal(403, "only the room's own page may send files from a browser");
    }
    if ((isTus || method === "PATCH") && headers["tus-resumable"] !== TUS["Tus-Resumable"]) {
      response.setHeader("Tus-Version", TUS["Tus-Resumable"]);
      throw new FileRefusal(412, `only version ${TUS["Tus-Resumable"]} of tus is spoken here`);
    }
    if (isTus) response.setHeader("Tus-Resumable", TUS["Tus-Resumable"]);
    if (id === undefined && method === "POST") {
      return isTus ? await this.#create(request, response, budget) : await this.#post(request, response, budget);
    }
    if (id !== undefined && method === "PATCH") return await this.#patch(request, response, id, budget);
    if (id !== undefined && method === "HEAD") return await this.#tellOffset(request, response, id, budget);
    if (id !== undefined && method === "DELETE") return await this.#delete(request, response, id);
    response.setHeader("Allow", METHODS);
    throw new FileRefusal(405, id === undefined ? "a file is sent here by POST" : `this is answered: ${METHODS}`);
  }

  /** Tells what can be asked here. */
  #tell(response: ServerResponse): void {
    response.writeHead(204, {
      ...HEADERS,
      "Allow": METHODS,
      "Accept-Post": "*/*",
      "Tus-Version": TUS["Tus-Resumable"],
      "Tus-Extension": TUS_EXTENSIONS,
      "Tus-Max-Size": this.#files.options.each,
      ...TUS,
    }).end();
  }

  /** Refuses in one line. What still comes is not read to its end. */
  #refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
    // No browser is to ask its person for a password, so Basic is not offered.
    if (status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="files"');
    if (!request.complete || hasContent(request.headers)) {
      response.setHeader("Connection", "close");
      socketOf(request).linger();
    }
    sendText(response, status, text);
  }

  /** The address of a complete file: one that can be said to others. */
  #url(request: IncomingMessage, { id, name }: FileRecord): string {
    const origin = this.#visitors.origin(visitOf(request));
    const page = origin === undefined ? this.#options.base : pageToSay(this.#connections.sending.doors(), origin);
    return `${page}files/${id}/${nameInUrl(name)}`;
  }

  /** The address of a file that is being sent, by the way by which its sender has come. */
  #location(request: IncomingMessage, id: string): string {
    return `${this.#visitors.origin(visitOf(request)) ?? ""}${this.#options.base}files/${id}`;
  }

  /** Takes a file that comes with one request. */
  async #post(request: IncomingMessage, response: ServerResponse, budget: Budget): Promise<void> {
    const { headers } = request;
    const length = headers["transfer-encoding"] === undefined ? numberIn(headers["content-length"]) : undefined;
    if (length === undefined && headers["transfer-encoding"] === undefined) {
      throw new FileRefusal(411, "say how long the file is (Content-Length)");
    }
    const { sender, token } = await this.#senders.begin(request);
    const name = nameInDisposition(`${headers["content-disposition"] ?? ""}`) ?? "";
    const upload = await this.#files.begin(sender, { name, length, token });
    let record: FileRecord;
    try {
      await this.#take(request, response, upload, budget);
      record = await this.#finish(request, upload, budget);
    } catch (error) {
      await upload.abandon();
      throw error;
    }
    const url = this.#url(request, record);
    response.setHeader("Location", url);
    sendText(response, 201, url);
  }

  /** Begins a file that comes with later requests. */
  async #create(request: IncomingMessage, response: ServerResponse, budget: Budget): Promise<void> {
    const { headers } = request;
    const length = numberIn(`${headers["upload-length"] ?? ""}`);
    if (length === undefined) throw new FileRefusal(400, "say how long the file is (Upload-Length)");
    if (hasContent(headers)) throw new FileRefusal(400, "the file's content comes with later requests (PATCH)");
    const { sender, token } = await this.#senders.begin(request);
    const wish = { name: fileNameIn(`${headers["upload-metadata"] ?? ""}`), length, token };
    const upload = await this.#files.begin(sender, wish, true);
    // No part follows where there is nothing to send.
    const whole = upload.isComplete ? await this.#finishResumable(request, upload, budget) : undefined;
    if (whole === undefined) await upload.suspend();
    response.writeHead(201, {
      ...HEADERS,
      "Location": this.#location(request, upload.record.id),
      ...(whole !== undefined && { "Content-Location": this.#url(request, whole) }),
    }).end();
  }

  /** Takes the next part of a file. */
  async #patch(request: IncomingMessage, response: ServerResponse, id: string, budget: Budget): Promise<void> {
    const record = this.#unfinished(id);
    await this.#senders.require(request, record);
    const { headers } = request;
    if (headers["content-type"] !== "application/offset+octet-stream") {
      throw new FileRefusal(415, "the part of a file has the type application/offset+octet-stream");
    }
    const offset = await this.#files.offset(id);
    if (numberIn(`${headers["upload-offset"] ?? ""}`) !== offset) {
      response.setHeader("Upload-Offset", offset);
      throw new FileRefusal(409, `go on at byte ${offset}, where it stopped`);
    }
    const length = numberIn(headers["content-length"]);
    if (length !== undefined && offset + length > record.length) {
      throw new FileRefusal(413, `that is more than the ${record.length} bytes that were said`);
    }
    const upload = await this.#files.resume(record, { identity: record.owner, range: record.range });
    let whole: FileRecord | undefined;
    try {
      // Another part may have come to its end just now.
      if (upload.offset !== offset) {
        response.setHeader("Upload-Offset", upload.offset);
        throw new FileRefusal(409, `go on at byte ${upload.offset}, where it stopped`);
      }
      await this.#take(request, response, upload, budget);
      if (upload.isComplete) whole = await this.#finishResumable(request, upload, budget);
      else await upload.suspend();
    } catch (error) {
      await upload.suspend();
      throw error;
    }
    response.writeHead(204, {
      ...HEADERS,
      "Upload-Offset": upload.offset,
      ...(whole !== undefined && { "Content-Location": this.#url(request, whole) }),
    }).end();
  }

  /** Tells how much of a file has come. One of which all has come, but whose end nobody was told of, is completed now. */
  async #tellOffset(request: IncomingMessage, response: ServerResponse, id: string, budget: Budget): Promise<void> {
    let record = this.#files.find(id) ?? this.#unfinished(id);
    await this.#senders.require(request, record);
    await socketOf(request).quietly(() => this.#files.settled(id));
    record = this.#files.find(id) ?? this.#unfinished(id);
    let offset = record.isWhole ? record.length : await this.#files.offset(id);
    if (!record.isWhole && offset === record.length) {
      const upload = await this.#files.resume(record, { identity: record.owner, range: record.range });
      record = await this.#finishResumable(request, upload, budget);
      offset = record.length;
    }
    response.writeHead(200, {
      ...HEADERS,
      "Cache-Control": "no-store",
      "Upload-Offset": offset,
      "Upload-Length": record.length,
      ...(record.isWhole && { "Content-Location": this.#url(request, record) }),
    }).end();
  }

  /** Removes a file of its sender's, complete or not. */
  async #delete(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const record = this.#files.find(id) ?? this.#unfinished(id);
    await this.#senders.require(request, record);
    await this.#files.remove([id]);
    response.writeHead(204, HEADERS).end();
  }

  #unfinished(id: string): FileRecord {
    const record = this.#files.unfinished(id);
    if (record === undefined) throw missing();
    return record;
  }

  /** Writes what a request brings, as it comes. Rejects where it ends too early, or is refused. */
  async #take(request: IncomingMessage, response: ServerResponse, upload: Upload, budget: Budget): Promise<void> {
    const socket = socketOf(request);
    if (`${request.headers.expect ?? ""}`.toLowerCase() === "100-continue") response.writeContinue();
    const transfer = new PacedTransfer(this.#options.period);
    upload.interrupt = () => void socket.destroy();
    // The parser of HTTP waits for the rest of what was said, though nothing more can come.
    const ended = () => request.complete || socket.destroy();
    if (socket.readableEnded) ended();
    else socket.once("end", ended);
    socket.transfer = transfer;
    const length = numberIn(request.headers["content-length"]);
    // What was read while it was found out whether the file may come waits in one of the two.
    socket.beginFile(length && Math.max(0, length - request.readableLength - socket.readableLength));
    const end = this.#pieces.begin();
    try {
      let came = 0;
      for await (const bytes of contentOf(request)) {
        came += bytes.length;
        if (isChopped(came + request.readableLength, socket.fileGiven)) {
          throw new FileRefusal(400, "the chunks are too small: send at least some hundred bytes in each");
        }
        transfer.moved(bytes.length);
        await upload.write(bytes);
        budget.spend(WRITING);
        await this.#pieces.next(bytes.length);
      }
      if (!request.complete) throw new FileRefusal(400, "that was not all");
    } finally {
      end();
      socket.off("end", ended);
      socket.endFile();
      socket.transfer = undefined;
    }
  }

  /** Completes a file of which all has come. That may take a while, in which no byte moves. */
  async #finish(request: IncomingMessage, upload: Upload, budget: Budget): Promise<FileRecord> {
    // They may have been banned since it began.
    this.#senders.refuseBanned(request, upload.record.owner);
    const socket = socketOf(request);
    const transfer = socket.transfer = new PacedTransfer(this.#options.period);
    transfer.isWorkedOn();
    try {
      return await socket.quietly(() => upload.finish(budget));
    } finally {
      socket.transfer = undefined;
    }
  }

  /** The same for one whose sender may go on; one that is refused for what it is goes. */
  async #finishResumable(request: IncomingMessage, upload: Upload, budget: Budget): Promise<FileRecord> {
    try {
      return await this.#finish(request, upload, budget);
    } catch (error) {
      await (error instanceof FileRefusal && error.status < 500 ? upload.abandon() : upload.suspend());
      throw error;
    }
  }

  /** Sends a file, or what is known of it. */
  async #read(request: IncomingMessage, response: ServerResponse, id: string, budget: Budget): Promise<void> {
    const record = this.#files.find(id);
    if (record === undefined) throw missing();
    if (/\?info(?:&|$)/.test(request.url ?? "")) return tellInfo(request, response, record);
    const address = this.#visitors.address(visitOf(request));
    await this.#downloads.send(request, response, { record, path: this.#files.path(id), address }, budget);
  }
}

/** Tells what is known of a file, as JSON. */
function tellInfo({ method }: IncomingMessage, response: ServerResponse, record: FileRecord): void {
  const { name, type, size, width, height, nick, at, until } = record;
  const picture = width > 0 && height > 0 ? { width, height } : {};
  const body = JSON.stringify({ name, type, size, ...picture, nick, at, ...(until === FOREVER ? {} : { until }) });
  response.writeHead(200, {
    ...HEADERS,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(method === "HEAD" ? undefined : body);
}

/** A whole number in a header; undefined where it is none. */
function numberIn(text = ""): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The file's name in Upload-Metadata, whose values are in base 64. */
function fileNameIn(metadata: string): string {
  const [, value = ""] = /(?:^|,)\s*filename\s+([A-Za-z\d+/=]{1,4096})\s*(?:,|$)/.exec(metadata) ?? [];
  return Buffer.from(value, "base64").toString();
}
