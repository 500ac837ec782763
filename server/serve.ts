/**
 * Serves a room on a listener: accepts connections, runs each one's two loops, and ends them all in one way.
 * What the lines do is the command table's business.
 *
 * Who reads, who writes: one loop reads a connection and handles its lines one after the other; another writes what
 * its outbox yields. Both run in one thread, and only reading, writing and waiting let another connection's turn come.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { addressRange } from "./address.ts";
import { turnAwayIfBanned } from "./bans.ts";
import type { Chat } from "./chat.ts";
import { handleLine } from "./commands/mod.ts";
import { FloodLimit } from "./flood.ts";
import { takeNick } from "./owners.ts";
import { Session } from "./session.ts";
import { TcpTransport, type Transport } from "./transport.ts";

/** Time-outs, in milliseconds. */
export const TIMEOUTS = {
  /** For the lines that register a connection. */
  registration: 30_000,
  /** Of silence, after which a connection is sent a PING ... */
  idle: 90_000,
  /** ... which it has this long to answer. */
  pong: 60_000,
  /** How often those are sent one whom the flood limit delays. */
  delayed: 15_000,
  /** How often connections are looked at. */
  check: 5_000,
  /** For a connection that is over to take what is queued for it and to close its side. */
  flush: 3_000,
} as const;

/** When a session that has sent so many lines in one read waits for its readers, and how long in milliseconds. */
const EASING = { lines: 32, step: 5, inVain: 100, most: 1_000 };

/** How a room is served. */
export interface ServeOptions {
  /** Lines a second and connection, after a burst of 5 s worth; 0 for no limit. Default 4. */
  floodLimit?: number;
  /** Connections from one address; 0 for no limit. Default 256. */
  maxPerIp?: number;
  /** Told of what goes wrong, once each. */
  onError?: (text: string) => void;
  /** Told of each connection that comes and goes. */
  onDebug?: (text: string) => void;
}

/** A connection that is being served. */
interface Served {
  session: Session;
  transport: Transport;
  done: Promise<void>;
  /** When a PING was sent that has not been answered. */
  pingedAt?: number | undefined;
  /** Ends the waiting that the flood limit has imposed. */
  hurry?: AbortController;
}

/** The connections of one room, from whatever listeners they come. */
export class Connections {
  readonly #chat: Chat;
  readonly #options: ServeOptions;
  readonly #served = new Set<Served>();
  readonly #perAddress = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(chat: Chat, options: ServeOptions = {}) {
    this.#chat = chat;
    this.#options = options;
    this.#timer = setInterval(() => this.check(), TIMEOUTS.check);
  }

  /** How many there are, registered or not. */
  get size(): number {
    return this.#served.size;
  }

  /** Takes on a connection, or refuses it where its address has too many. */
  add(transport: Transport): void {
    const { host } = transport;
    const { maxPerIp = 256 } = this.#options;
    const session = new Session(this.#chat, host);
    const served: Served = { session, transport, done: Promise.resolve() };
    const range = addressRange(host);
    const others = this.#perAddress.get(range) ?? 0;
    // Who is refused does not count, or it would keep others out until it has taken the refusal.
    const isRefused = maxPerIp > 0 && others >= maxPerIp;
    if (!isRefused) this.#perAddress.set(range, others + 1);
    this.#served.add(served);
    this.#options.onDebug?.(`connection from ${host}`);
    served.done = this.#run(served).finally(() => {
      this.#served.delete(served);
      if (!isRefused) this.#leaveAddress(range);
      this.#options.onDebug?.(`connection from ${host} closed`);
    });
    if (isRefused) session.close("Too many connections from your address");
    else turnAwayIfBanned(session);
  }

  #leaveAddress(range: string): void {
    const left = this.#perAddress.get(range)! - 1;
    if (left > 0) this.#perAddress.set(range, left);
    else this.#perAddress.delete(range);
  }

  /** Runs a connection's two loops until both are done. Never rejects. */
  async #run(served: Served): Promise<void> {
    const { session, transport } = served;
    let deadline: ReturnType<typeof setTimeout> | undefined;
    session.onClose = () => {
      served.hurry?.abort();
      // Whoever does not take the last lines, or does not close its side, is cut off.
      deadline = setTimeout(() => transport.close(), TIMEOUTS.flush);
    };
    const writing = this.#write(served);
    const flood = new FloodLimit(this.#options.floodLimit ?? 4, this.#chat.now);
    try {
      for (let count = await transport.read(); count !== null; count = await transport.read()) {
        session.heardAt = this.#chat.now();
        // Once it is over, what arrives is read and dropped: closing on unread bytes would reset the connection
        // and take the last lines to the peer with it.
        if (!session.closed) await this.#handle(served, count, flood);
      }
      session.close("Connection closed");
    } catch (error) {
      this.#fail(served, error);
    }
    await writing;
    clearTimeout(deadline);
    transport.close();
  }

  /** Handles lines one after the other, at the pace that the flood limit and the readers allow. */
  async #handle(served: Served, count: number, flood: FloodLimit): Promise<void> {
    const { session, transport } = served;
    const lines = transport.lines(count);
    if (typeof lines === "string") return session.close(lines);
    let handled = 0;
    for (const line of lines) {
      const wait = flood.take();
      if (wait > 0) await this.#wait(served, wait);
      if (session.closed) return;
      const answer = handleLine(session, line);
      if (answer !== undefined) await answer;
      handled++;
    }
    if (handled >= EASING.lines) await this.#ease(session);
    session.forgetAudience();
  }

  /**
   * Lets those catch up whom a session at full speed talks to, as TCP would if it talked to each of them itself. It
   * waits only while they do catch up: who does not read at all holds up nobody, and ends by its SendQ.
   */
  async #ease(session: Session): Promise<void> {
    let least = Infinity;
    for (let waited = 0, inVain = 0; waited < EASING.most && inVain < EASING.inVain; waited += EASING.step) {
      const excess = session.audienceExcess;
      if (excess === 0 || session.closed) return;
      inVain = excess < least ? 0 : inVain + EASING.step;
      least = Math.min(least, excess);
      await delay(EASING.step);
    }
  }

  async #wait(served: Served, milliseconds: number): Promise<void> {
    served.hurry = new AbortController();
    try {
      await delay(milliseconds, { signal: served.hurry.signal });
    } catch {
      // The session is over.
    }
    delete served.hurry;
  }

  /** Writes what the outbox yields, to its end. Never rejects. */
  async #write(served: Served): Promise<void> {
    const { session, transport } = served;
    try {
      for await (const batch of session.outbox) {
        let sent = await transport.write(batch);
        while (sent < batch.length) sent += await transport.write(batch.subarray(sent));
      }
      await transport.closeWrite();
    } catch (error) {
      this.#fail(served, error);
    }
  }

  /** Ends a connection on an error of its own. */
  #fail({ session, transport }: Served, error: unknown): void {
    const isOurs = !isDisconnect(error);
    if (isOurs) {
      const text = error instanceof Error ? error.stack : error;
      this.#options.onError?.(`${transport.host} (${session.nick}): ${text}`);
    }
    session.close(isOurs ? "Internal error" : "Connection reset", true);
    transport.close();
  }

  /**
   * Lifts bans whose time is over, and looks after those who are silent: who does not register in time, or does not
   * answer a PING, is closed; who has said nothing for a while is sent one.
   */
  check(): void {
    this.#chat.expireBans();
    const now = this.#chat.now();
    for (const served of this.#served) {
      const { session } = served;
      if (session.closed) continue;
      const silent = now - session.heardAt;
      if (session.reservedUntil !== undefined && now >= session.reservedUntil) takeNick(session);
      if (session.registration !== undefined) {
        // Who waits since others have guessed wrongly is not late by their own doing.
        const isLate = now - session.connectedAt >= TIMEOUTS.registration && !this.#chat.guesses.isWaiting(session);
        if (isLate) session.close("Registration timed out");
      } else if (served.hurry !== undefined) {
        // It is being delayed and not read, so its answer can't be heard; but writing tells whether it is still there.
        if (now - (served.pingedAt ?? 0) >= TIMEOUTS.delayed) this.#ping(served, now);
      } else if (silent < TIMEOUTS.idle) served.pingedAt = undefined;
      else if (served.pingedAt === undefined) this.#ping(served, now);
      else if (now - served.pingedAt >= TIMEOUTS.pong) session.close(`Ping timeout: ${Math.round(silent / 1000)} s`);
    }
  }

  #ping(served: Served, now: number): void {
    served.pingedAt = now;
    served.session.deliver({ ...this.#chat.serverEvent("PING", [this.#chat.name]), source: undefined });
  }

  /** Tells everyone that the room closes, and waits until each has been sent what was queued for it: 3 s at most. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { session } of this.#served) session.close("The room is closing");
    await Promise.all([...this.#served].map(({ done }) => done));
  }
}

/** The longest pause after an accept that failed, in milliseconds. */
const LONGEST_PAUSE = 1_000;

/** How long is accepted, and who is told when that fails after it has not. */
export interface AcceptOptions {
  signal: AbortSignal;
  onError?: ((text: string) => void) | undefined;
}

/**
 * Accepts connections on a listener that the caller has bound, until the signal says to stop. It outlives every error:
 * an accept that fails, as for want of file descriptors, is tried again after a pause.
 *
 * @param take Is given each connection, and must not throw.
 */
export async function accept(
  listener: Deno.TcpListener,
  take: (conn: Deno.TcpConn) => void,
  { signal, onError }: AcceptOptions,
): Promise<void> {
  const stop = () => listener.close();
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  let pause = 0;
  while (!signal.aborted) {
    try {
      take(await listener.accept());
      pause = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (pause === 0) {
        onError?.(`cannot accept connections for now: ${error instanceof Error ? error.message : error}`);
      }
      pause = Math.min(pause * 2 || 10, LONGEST_PAUSE);
      await delay(pause, { signal }).catch(() => {});
    }
  }
}

/** Takes those whom a listener accepts into a room. Closing `connections`, which others share, is left to the caller. */
export async function serve(
  listener: Deno.TcpListener,
  connections: Connections,
  options: AcceptOptions,
): Promise<void> {
  await accept(listener, (conn) => connections.add(new TcpTransport(conn)), options);
}

/** Codes of errors that have no class of their own. */
const UNREACHABLE = ["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN"];

/** Whether an error only says that the peer has gone. */
function isDisconnect(error: unknown): boolean {
  if (error instanceof Error && "code" in error && UNREACHABLE.includes(`${error.code}`)) return true;
  return [
    Deno.errors.ConnectionReset,
    Deno.errors.ConnectionAborted,
    Deno.errors.BrokenPipe,
    Deno.errors.NotConnected,
    Deno.errors.TimedOut,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
    Deno.errors.UnexpectedEof,
  ].some((type) => error instanceof type);
}
