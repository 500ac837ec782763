/**
 * A WebSocket as a transport of lines: each line is a message, as text or as binary (IRCv3 websocket).
 *
 * The `ws` package does the handshake, reads frames, and answers pings and closes. What the outbox yields is framed by
 * frames.ts: a batch of lines then costs one write, and is framed once for all readers who are at the same place.
 *
 * @module
 */

// @ts-types="@types/ws"
import type { WebSocket } from "ws";
import { LIMITS, type LineError, LineReader } from "../../protocol.ts";
import { BYTES_PER_TOKEN } from "../wire/budget.ts";
import { BINARY_FRAME, frameOnce, PING_FRAME, sizeInFrame, TEXT_FRAME } from "./frames.ts";
import type { TcpSocket } from "./tcpsocket.ts";
import { displayHost } from "../wire/address.ts";
import type { Reached, Transport } from "../wire/transport.ts";

/** The subprotocols that are spoken: text messages, and binary ones. A client that asks for neither is sent text. */
export const SUBPROTOCOLS: readonly string[] = ["text.ircv3.net", "binary.ircv3.net"];

/**
 * The largest message that is read, in bytes: enough for any line with its tags, and for a line that is somewhat too long,
 * which is answered with 417. A larger message closes the WebSocket with 1009 before its content has come.
 */
export const LARGEST_MESSAGE = 2 * (LIMITS.clientTagBytes + LIMITS.lineBytes);

/** Codes of a close frame (RFC 6455, section 7.4.1). */
const NORMAL = 1000, GOING_AWAY = 1001;

const LF = 10, CR = 13;
const LINE_END = new Uint8Array([LF]);

/** What a frame costs that brings no line (a ping, a pong, an empty message), as a part of a line. */
const TOKENS_PER_FRAME = 1 / 8;

/** While so many messages or bytes wait to be handled nothing more is read, not even the peer's end. */
const MOST_WAITING = { messages: 512, bytes: 65_536 };

/** An open WebSocket. */
export class WebSocketTransport implements Transport {
  readonly host: string;
  readonly isSecure: boolean;
  readonly reached: Reached | undefined;
  readonly #websocket: WebSocket;
  readonly #socket: TcpSocket;
  readonly #isGoingAway: () => boolean;
  readonly #firstByte: number;
  readonly #lines = new LineReader();
  /** Messages that `read` has not told of yet. */
  #waiting: Uint8Array[] = [];
  #bytesWaiting = 0;
  /** Messages that `read` has told of, for `lines`. */
  #told: Uint8Array[] = [];
  #isPaused = false;
  /** Why nothing more is to be handled, though the connection is not over: the peer has closed, or sent something that is no frame. */
  #endReason: string | undefined;
  #isEndTold = false;
  /** The session is over, and all that comes is dropped. */
  #isDiscarding = false;
  #isOver = false;
  #onMore: ((count: number | null) => void) | undefined;
  onGone: ((error?: unknown) => void) | undefined;

  /**
   * @param websocket Open, with nobody else who reads its messages.
   * @param socket What `websocket` reads from and writes to.
   * @param peer Its address, whether nobody on the way can read what it is sent, and by which address it has come.
   * @param isGoingAway Whether the server is ending; the peer is then given that as the reason.
   */
  constructor(
    websocket: WebSocket,
    socket: TcpSocket,
    { address, isSecure, reached }: { address: string; isSecure: boolean; reached?: Reached | undefined },
    isGoingAway: () => boolean,
  ) {
    this.host = displayHost(address);
    this.isSecure = isSecure;
    this.reached = reached;
    this.#websocket = websocket;
    this.#socket = socket;
    this.#isGoingAway = isGoingAway;
    socket.readsAhead = true;
    this.#firstByte = websocket.protocol === "binary.ircv3.net" ? BINARY_FRAME : TEXT_FRAME;
    websocket.on("message", (data: Uint8Array) => this.#take(data));
    websocket.on("ping", () => this.#chargeEmptyFrame());
    websocket.on("pong", () => this.#chargeEmptyFrame());
    websocket.on("error", (error) => this.#endReading(error.message));
    // `ws` tells of a close frame only when the connection is over, for which a peer may take its time.
    socket.on("data", () => {
      if (websocket.readyState === websocket.CLOSING) this.#endReading("Connection closed");
    });
    websocket.on("close", () => {
      this.#isOver = true;
      this.#endReading("Connection closed");
    });
  }

  #chargeEmptyFrame(): void {
    this.#socket.budget.charge(TOKENS_PER_FRAME);
  }

  #take(message: Uint8Array): void {
    if (this.#isDiscarding) return;
    // Empty lines wake nobody.
    if (message.every((byte) => byte === LF || byte === CR)) return this.#chargeEmptyFrame();
    // Its bytes have been charged. They are given back: as over TCP, lines are charged when they are handled.
    const size = sizeInFrame(message);
    this.#socket.budget.charge(-size / BYTES_PER_TOKEN);
    this.#waiting.push(message);
    this.#bytesWaiting += size;
    const { messages, bytes } = MOST_WAITING;
    if (!this.#isPaused && (this.#waiting.length >= messages || this.#bytesWaiting >= bytes)) {
      // The system then holds the peer back, as with TCP.
      this.#isPaused = true;
      this.#websocket.pause();
    }
    this.#wakeReader();
  }

  #endReading(reason: string): void {
    const isNew = this.#endReason === undefined;
    this.#endReason ??= reason;
    this.#wakeReader();
    if (isNew) this.onGone?.();
  }

  #wakeReader(): void {
    const count = this.#onMore === undefined ? undefined : this.#count();
    if (count === undefined) return;
    this.#onMore!(count);
    this.#onMore = undefined;
  }

  /** Sends a ping, which a browser answers by itself (RFC 6455, section 5.5.2). A peer that has not taken everything is sent none. */
  ping(): void {
    if (this.#websocket.readyState !== this.#websocket.OPEN || this.#socket.isSending) return;
    // If it fails the connection has ended, as the loop that reads is told.
    this.#socket.send(PING_FRAME).catch(() => {});
  }

  /** Resolves to how many bytes have come in frames with messages, each counted once; that may be 0 at the end. */
  read(): Promise<number | null> {
    const count = this.#count();
    if (count !== undefined) return Promise.resolve(count);
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#websocket.resume();
    }
    // Resolved as soon as a message comes, without a step between: see `TcpTransport.read`.
    return new Promise((resolve) => this.#onMore = resolve);
  }

  /** What `read` resolves to; undefined while it has to wait. */
  #count(): number | null | undefined {
    if (this.#waiting.length > 0) {
      const bytes = this.#bytesWaiting;
      this.#told = this.#waiting;
      this.#waiting = [];
      this.#bytesWaiting = 0;
      return bytes;
    }
    if (this.#isOver) return null;
    if (this.#isDiscarding) return undefined;
    if (this.#endReason === undefined || this.#isEndTold) return undefined;
    // Once: a read that always resolves at once would let nothing else run, not even the end of the connection.
    this.#isEndTold = true;
    return 0;
  }

  lines(): Iterable<string | LineError> | string {
    const messages = this.#told;
    this.#told = [];
    if (messages.length === 0 && this.#endReason !== undefined) return this.#endReason;
    return this.#linesOf(messages);
  }

  discard(): void {
    this.#isDiscarding = true;
    this.#waiting = [];
    this.#told = [];
    this.#bytesWaiting = 0;
    this.#isPaused = false;
    this.#websocket.resume();
    this.#socket.discard();
  }

  /** A message ends its line. A message with line ends in it is several lines, as the same bytes would be over TCP. */
  *#linesOf(messages: Uint8Array[]): Generator<string | LineError, void, undefined> {
    for (const message of messages) {
      yield* this.#lines.push(message);
      yield* this.#lines.push(LINE_END);
    }
  }

  /** Sends a batch, which must be whole lines. Resolves when the system has taken all of it. */
  async write(batch: Uint8Array): Promise<number> {
    // Nothing may be sent after a close frame (RFC 6455, section 5.5.1).
    if (this.#websocket.readyState !== this.#websocket.OPEN) return batch.length;
    await this.#socket.send(frameOnce(batch, this.#firstByte));
    return batch.length;
  }

  /** Messages are read ahead in any case. */
  readAhead(): void {}

  closeWrite(): Promise<void> {
    this.#websocket.close(this.#isGoingAway() ? GOING_AWAY : NORMAL);
    return Promise.resolve();
  }

  close(): void {
    this.#websocket.terminate();
  }
}
