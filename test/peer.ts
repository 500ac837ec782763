/**
 * A connection of an attacker: from any address of this machine, over TCP or as a WebSocket that is written by hand. It
 * sends without waiting for answers, and can be ended in any way.
 *
 * It uses `node:net`, since `Deno.connect` can neither choose the local address nor reset a connection.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { frame, TEXT } from "./websocket.ts";

const encoder = new TextEncoder();

/** How much of what came is kept to be looked at, in characters. */
const TAIL = 8_192;

/** A request for a WebSocket, whole. */
export const UPGRADE = "GET /irc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/** One connection. What becomes of it is no error: whoever attacks is cut off now and then. */
export class Peer implements Disposable {
  readonly #socket: Socket;
  #isWeb = false;
  #tail = "";
  /** Settles who waits: for a text, for room to write, for the end. */
  #onChange = Promise.withResolvers<void>();
  /** It is over, from whichever side. */
  isOver = false;
  /** Told the bytes that come. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (data) => {
      // It would be a text only where an encoding had been set.
      const bytes = data as Buffer;
      this.onBytes?.(bytes);
      this.#tail = (this.#tail + bytes.toString("latin1")).slice(-TAIL);
      this.#changed();
    });
    socket.on("drain", () => this.#changed());
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isOver = true;
      this.#changed();
    });
  }

  /** Connects. @param from The address to come from. @throws Where nobody accepts. */
  static async connect(port: number, from: string): Promise<Peer> {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new Peer(socket);
  }

  /** The same to the page's port, as a WebSocket. Lines that are said are then messages. */
  static async webSocket(port: number, from: string): Promise<Peer> {
    const peer = await Peer.connect(port, from);
    await peer.send(UPGRADE);
    if (!await peer.sees(/\r\n\r\n/)) throw new Error("Cannot open WebSocket: the connection was closed");
    peer.#isWeb = true;
    return peer;
  }

  #changed(): void {
    this.#onChange.resolve();
    this.#onChange = Promise.withResolvers();
  }

  /** Sends bytes, or a text, as they are, and resolves when there is room for more; at once where it is over. */
  async send(data: string | Uint8Array): Promise<void> {
    if (this.isOver) return;
    this.#socket.write(data);
    while (this.#socket.writableNeedDrain && !this.isOver) await this.#onChange.promise;
    // What came is read and an end is noticed between two turns only: whoever sends without end would not let them come.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Says lines, all in one write. */
  async say(...lines: string[]): Promise<void> {
    if (!this.#isWeb) return await this.send(lines.map((line) => `${line}\r\n`).join(""));
    await this.send(concat(lines.map((line) => frame(TEXT, line))));
  }

  /** Waits until what came last matches; false where the connection ends before. */
  async sees(pattern: RegExp): Promise<boolean> {
    while (!pattern.test(this.#tail)) {
      if (this.isOver) return false;
      await this.#onChange.promise;
    }
    this.#tail = "";
    return true;
  }

  /** Waits for the other side to end it. */
  async ends(): Promise<void> {
    while (!this.isOver) await this.#onChange.promise;
  }

  /** Reads nothing from now on. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Says that nothing more will come, and goes on reading. */
  closeWrite(): void {
    this.#socket.end();
  }

  /** Ends it with a reset (SO_LINGER of 0 s), what is under way is dropped. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** Bytes behind each other. */
export function concat(parts: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const bytes = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of bytes) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
