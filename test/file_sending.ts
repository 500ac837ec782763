/**
 * What the tests of files share: a room with its page and a folder of files in this process, and the requests by which people
 * send and read files, by hand.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { request } from "node:http";
import { Buffer } from "node:buffer";
import { Files, type FilesOptions } from "../server/files/files.ts";
import { FileFolder } from "../server/files/folder.ts";
import { Web, type WebOptions } from "../server/gateway/web.ts";
import { History } from "../server/store/history.ts";
import { Store } from "../server/store/store.ts";
import { type Person, quickAccounts, Room } from "../server/testing.ts";

const PATIENCE = 20_000;

const MIB = 1_048_576;

/** An answer, as it came. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** The body as a text, without its line end. */
  text: string;
}

/** A request of a test. */
export interface Asked {
  method?: string;
  headers?: Record<string, string | number>;
  body?: Uint8Array | string;
}

/** Asks the page's server. */
export function ask(port: number, path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    const asked = request({ port, host: "127.0.0.1", path, method, headers, agent: false }, (response) => {
      const parts: Uint8Array[] = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(parts);
        const text = whole.toString().replace(/\n$/, "");
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          body: whole,
          text,
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
  return deadline(answer, PATIENCE);
}

/** A room whose people send each other files. */
export class FileRoom implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "teahouse-" });
  readonly log: string[] = [];
  readonly store = new Store(":memory:", { onError: (text) => this.log.push(text) });
  readonly history = new History(this.store, { onError: (text) => this.log.push(text) });
  readonly accounts = quickAccounts(this.store);
  readonly files: Files;
  readonly room: Room;
  readonly web: Web;
  /** What the files take for the time, in milliseconds since 1970. */
  now = Date.parse("2026-01-01T12:00:00Z");

  constructor(options: Partial<FilesOptions> = {}, web: WebOptions = {}) {
    const onError = (text: string) => void this.log.push(text);
    this.files = new Files(this.store, new FileFolder(`${this.folder}/files`), {
      ...{ each: MIB, ofSender: 4 * MIB, ofAll: 16 * MIB, keep: Infinity, now: () => this.now, onError },
      ...options,
    });
    const { files, store, history, accounts } = this;
    this.room = new Room({}, { floodLimit: 0 }, { files, store, history, accounts });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.web = new Web(listener, this.room.connections, { onError, ...web });
    this.room.chat.doors = () => ({
      ...{ here: "127.0.0.1", elsewhere: [], trusted: [], base: "/" },
      ...{ chat: this.room.port, secureChat: undefined, page: this.web.port, securePage: undefined },
    });
  }

  /** What lies in the folder of files, by name. */
  get lying(): string[] {
    return [...Deno.readDirSync(`${this.folder}/files`)].map(({ name }) => name).sort();
  }

  /** Somebody who has come in and may ask for tokens. */
  async person(nick: string, join = "#tea"): Promise<Person> {
    const caps = "draft/authtoken batch echo-message message-tags draft/message-redaction draft/chathistory";
    return await this.room.person(nick, { caps, join });
  }

  /** A token by which somebody sends a file. */
  async token(person: Person): Promise<string> {
    await person.send("TOKEN GENERATE FILEHOST #tea");
    return (await person.sees(/ TOKEN GENERATE FILEHOST /)).split(" :").at(-1)!.split(" ").at(-1)!;
  }

  /** Asks the page's server. */
  ask(path: string, asked?: Asked): Promise<Answer> {
    return ask(this.web.port, path, asked);
  }

  /** Sends a file by one request. @param by A token, or the whole value of Authorization. */
  post(by: string, body: Uint8Array | string, headers: Record<string, string | number> = {}): Promise<Answer> {
    const length = Buffer.byteLength(body as string);
    return this.ask("/files", {
      method: "POST",
      headers: { "Authorization": credentials(by), "Content-Length": length, ...headers },
      body,
    });
  }

  /** Sends a file that is taken, and gives its path. */
  async sent(by: string, body: Uint8Array | string, name?: string): Promise<string> {
    const { status, headers, text } = await this.post(
      by,
      body,
      name === undefined ? {} : { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}` },
    );
    if (status !== 201) throw new Error(`${status} ${text}`);
    return new URL(headers.location).pathname;
  }

  /** Begins a file that comes in parts. */
  async create(by: string, length: number, headers: Record<string, string> = {}): Promise<Answer> {
    return await this.ask("/files", {
      method: "POST",
      headers: { ...TUS, "Authorization": credentials(by), "Upload-Length": length, ...headers },
    });
  }

  /** Sends a part of a file. */
  patch(path: string, by: string, offset: number, body: Uint8Array | string): Promise<Answer> {
    return this.ask(path, {
      method: "PATCH",
      headers: {
        ...TUS,
        "Authorization": credentials(by),
        "Upload-Offset": offset,
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": Buffer.byteLength(body as string),
      },
      body,
    });
  }

  /** Asks how much of a file has come. */
  head(path: string, by: string): Promise<Answer> {
    return this.ask(path, { method: "HEAD", headers: { ...TUS, "Authorization": credentials(by) } });
  }

  /** A request that is written by hand, as far as it is given; and all that is answered until the connection ends. */
  async byHand(...parts: (string | Uint8Array)[]): Promise<HandWritten> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.web.port });
    const written = new HandWritten(conn);
    for (const part of parts) await written.write(part);
    return written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.web.close();
    await this.room[Symbol.asyncDispose]();
    await closed;
    await this.files.close();
    this.history.close();
    await this.store.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What each request of tus says. */
const TUS = { "Tus-Resumable": "1.0.0" };

/** A value of Authorization. @param by A token, or such a value. */
function credentials(by: string): string {
  return by.includes(" ") ? by : `Bearer ${by}`;
}

/** The value of Authorization for an account. */
export function basic(account: string, password: string): string {
  return `Basic ${Buffer.from(`${account}:${password}`).toString("base64")}`;
}

/** A request that is written by hand. */
export class HandWritten {
  readonly #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  async write(part: string | Uint8Array): Promise<void> {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** Ends the connection. */
  close(): void {
    this.#conn.close();
  }

  /** What comes first. */
  async some(): Promise<string> {
    const buffer = new Uint8Array(1_024);
    const count = await deadline(this.#conn.read(buffer), PATIENCE);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  }

  /** All that is answered until the other side ends the connection, which is closed then. */
  async rest(): Promise<string> {
    const buffer = new Uint8Array(65_536);
    let text = "";
    try {
      for (;;) {
        const count = await deadline(this.#conn.read(buffer), PATIENCE);
        if (count === null) return text;
        text += new TextDecoder().decode(buffer.subarray(0, count));
      }
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionReset) return text;
      throw error;
    } finally {
      this.#conn.close();
    }
  }
}

/** Waits until something is so, for what nobody announces. */
export async function untilSo(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; !isSo(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
  }
}
