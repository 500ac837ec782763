/**
 * WebSockets for tests: one with the interface of a TCP connection, so that a test's people can talk over either, and one
 * that is written by hand, for frames that no browser sends.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { deadline } from "@std/async/deadline";
import type { Wire } from "../server/testing.ts";
import type { Room } from "./room.ts";

/** Milliseconds, as elsewhere waited in vain only by a test that fails. */
const PATIENCE = 20_000;

/** A WebSocket with the code of its end. */
export interface WebSocketWire extends Wire {
  readonly closed: Promise<number>;
}

/**
 * Opens a WebSocket whose bytes are lines: each that is written goes out as a message of its own, and each message that
 * comes is a line. A message with a line end in it, or of the other kind, ends the stream with an error.
 *
 * @param page Where the page is, with a slash at its end.
 * @param subprotocol What is asked for, and must be agreed on.
 * @param headers What else the request says, as the origin that a browser would name.
 */
export async function openWebSocket(
  page: string,
  subprotocol: string,
  headers: Record<string, string> = {},
): Promise<WebSocketWire> {
  // Deno's own options, which the DOM's types do not have; modules of the page are checked with those.
  const options = { protocols: [subprotocol], headers } as unknown as string[];
  const socket = new WebSocket(new URL("irc", page.replace(/^http/, "ws")), options);
  socket.binaryType = "arraybuffer";
  const encoder = new TextEncoder();
  const isBinary = subprotocol.startsWith("binary");
  const closed = Promise.withResolvers<number>();
  const opened = Promise.withResolvers<void>();
  const readable = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      socket.onopen = () => opened.resolve();
      socket.onmessage = ({ data }) => {
        const isRight = isBinary === data instanceof ArrayBuffer;
        const line = typeof data === "string" ? data : new TextDecoder("utf-8", { fatal: true }).decode(data);
        if (!isRight || /[\r\n]/.test(line)) {
          socket.onmessage = null;
          return controller.error(new AssertionError(`Not a message with one line: ${JSON.stringify(data)}`));
        }
        controller.enqueue(encoder.encode(line + "\r\n"));
      };
      socket.onclose = ({ code }) => {
        opened.reject(new Error(`the WebSocket did not open: ${code}`));
        closed.resolve(code);
        try {
          controller.close();
        } catch {
          // Nobody reads any more.
        }
      };
    },
    cancel() {
      socket.onmessage = null;
    },
  });
  await deadline(opened.promise, PATIENCE);
  if (socket.protocol !== subprotocol) throw new AssertionError(`${subprotocol} was answered by "${socket.protocol}"`);
  return {
    readable,
    closed: closed.promise,
    write(bytes) {
      const lines = new TextDecoder().decode(bytes).split("\r\n").slice(0, -1);
      for (const line of lines) socket.send(isBinary ? encoder.encode(line) : line);
      return Promise.resolve(bytes.length);
    },
    setNoDelay() {},
    closeWrite: () => Promise.resolve(socket.close()),
    close: () => socket.close(),
  };
}

/** What a frame is (RFC 6455, section 5.2). */
export const CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

/** A frame as a client must send it: masked, here with zeros. @param isLast Whether no more of its message follows. */
export function frame(kind: number, content: string | Uint8Array = "", isLast = true): Uint8Array<ArrayBuffer> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const length = bytes.length < 126 ? [bytes.length | 0x80] : [126 | 0x80, bytes.length >> 8, bytes.length & 0xff];
  return new Uint8Array([(isLast ? 0x80 : 0) | kind, ...length, 0, 0, 0, 0, ...bytes]);
}

/** A connection to the page's server that is written by hand. */
export class ByHand implements Disposable {
  readonly conn: Deno.TcpConn;
  #bytes = new Uint8Array(0);
  readonly #seen: string[] = [];

  constructor(conn: Deno.TcpConn) {
    this.conn = conn;
  }

  static async connect(page: string): Promise<ByHand> {
    const { hostname, port } = new URL(page);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    // A small frame behind another would else wait for that one's acknowledgement.
    conn.setNoDelay(true);
    return new ByHand(conn);
  }

  /** Asks for a WebSocket, with more headers where they are given, and gives the answer's first line. */
  static async asks(page: string, headers: Record<string, string> = {}): Promise<ByHand & { status: string }> {
    const peer = await ByHand.connect(page);
    await peer.request("/irc", {
      "Host": new URL(page).host,
      "Connection": "Upgrade",
      "Upgrade": "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    });
    return Object.assign(peer, { status: (await peer.head()).split("\r\n")[0] });
  }

  async request(path: string, headers: Record<string, string>): Promise<void> {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    await this.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${fields.join("")}\r\n`));
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.conn.write(bytes.subarray(sent));
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(65_536);
    const count = await deadline(this.conn.read(buffer), PATIENCE).catch((error: Error) => {
      if (error.name !== "TimeoutError") throw error;
      throw new AssertionError(`Waited in vain. Seen:\n${this.#seen.join("\n")}`);
    });
    if (count === null) return false;
    this.#bytes = new Uint8Array([...this.#bytes, ...buffer.subarray(0, count)]);
    return true;
  }

  /** The first line and the headers of an answer. */
  async head(): Promise<string> {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.#bytes);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#bytes = this.#bytes.subarray(end + 4);
        return text.slice(0, end);
      }
      if (!await this.#read()) return text;
    }
  }

  /** The next frame, undefined where the connection has ended. */
  async frame(): Promise<{ kind: number; content: Uint8Array; text: string } | undefined> {
    for (;;) {
      const short = this.#bytes[1];
      const from = short === 126 ? 4 : 2;
      const size = short === 126 ? (this.#bytes[2] << 8) + this.#bytes[3] : short;
      if (this.#bytes.length >= from + size) {
        const content = this.#bytes.subarray(from, from + size);
        const kind = this.#bytes[0] & 0x0f;
        this.#bytes = this.#bytes.subarray(from + size);
        const text = new TextDecoder().decode(content);
        this.#seen.push(text);
        return { kind, content, text };
      }
      if (!await this.#read()) return undefined;
    }
  }

  /** Reads on to the first message that matches, and gives it. */
  async sees(expected: string | RegExp): Promise<string> {
    for (let next = await this.frame(); next !== undefined; next = await this.frame()) {
      if (typeof expected === "string" ? next.text === expected : expected.test(next.text)) return next.text;
    }
    throw new AssertionError(`Never came: ${expected}. Seen:\n${this.#seen.join("\n")}`);
  }

  /** Reads to the end of the connection, however that comes; gives the code of the close frame, where there was one. */
  async ends(): Promise<number | undefined> {
    let code: number | undefined;
    try {
      for (let next = await this.frame(); next !== undefined; next = await this.frame()) {
        if (next.kind === CLOSE) code = (next.content[0] << 8) + next.content[1];
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return code;
  }

  [Symbol.dispose](): void {
    this.conn.close();
  }
}

/** Someone who has come in and into #tea by a WebSocket that is written by hand. */
export async function comesByHand(room: Room, nick: string, headers: Record<string, string> = {}): Promise<ByHand> {
  const peer = await ByHand.asks(await room.page(), headers);
  for (const line of [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "JOIN #tea"]) await peer.write(frame(TEXT, line));
  await peer.sees(/ 366 /);
  return peer;
}
