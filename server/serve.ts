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
import { type Budget, BYTES_PER_TOKEN } from "./wire/budget.ts";
import { Budgets } from "./wire/budgets.ts";
import { turnAwayIfBanned } from "./room/bans.ts";
import type { Chat } from "./room/chat.ts";
import { handleLine } from "./commands/mod.ts";
import { nextTurn } from "./turns/loop.ts";
import { takeNick } from "./room/owners.ts";
import { Session } from "./room/session.ts";
import type { Pace } from "./turns/slices.ts";
import { TcpTransport, type Transport } from "./wire/transport.ts";

/** Time-outs, in milliseconds. */
export const TIMEOUTS = {
  /** For the lines that register a connection. */
  registration: 30_000,
  /** Of silence, after which a connection is sent a PING ... */
  idle: 90_000,
  /** ... which it has this long to answer. */
  pong: 60_000,
  /** How often those are sent one whom the flood limit delays: the second one that reaches nobody says that they have gone. */
  delayed: 3_000,
  /** How often connections are looked at. */
  check: 3_000,
  /** For what somebody has said who has gone meanwhile, and whose lines wait for the flood limit. */
  gone: 1_000,
  /** For a connection that is over to take what is queued for it and to close its side. */
  flush: 3_000,
} as const;

/** So much time counts between two looks at a connection, in milliseconds. */
const LONGEST_LOOK = 30_000;

/** When a session that has sent so many lines in one read waits for its readers, and how long in milliseconds. */
const EASING = { lines: 32, step: 5, inVain: 100, most: 1_000 };

/**
 * What a short read that completes no line counts for: the milliseconds that the runtime takes, and a part of a line's token.
 * Then the rest of the line has a pause to come, in milliseconds. Without these, 240 connections that send a byte at a time
 * keep the runtime busy with reads.
 */
const FRAGMENT = { time: 0.1, tokens: 1 / 8, pause: 10 } as const;

/** How a room is served. */
export interface ServeOptions {
  /** Lines a second and connection, after a burst of 5 s worth; 0 for no limit. Default 4. */
  floodLimit?: number;
  /** Connections from one address; 0 for no limit. Default 256. */
  maxPerIp?: number;
  /** The addresses of gateways, which tell by WEBIRC for whom they connect. */
  gateways?: { has(address: string): boolean };
  /** Told of what goes wrong, once each. */
  onError?: (text: string) => void;
  /** Told of each connection that comes and goes. */
  onDebug?: (text: string) => void;
}

/** A connection that is being served. */
interface Served {
  session: Session;
  transport: Transport;
  budget: Budget;
  done: Promise<void>;
  /** When it was last looked after; whether it has taken something since of what waits for it; and for how long nothing. */
  lookedAt: number;
  hasTaken: boolean;
  untaken: number;
  /** When a PING was sent that has not been answered. */
  pingedAt?: number | undefined;
  /** Nothing that it has said is handled any more. */
  hasFailed?: boolean;
  /** How many changes the database had been told of when its line began that is being handled, and after the last one. */
  changesBefore?: number | undefined;
  changes: number;
}

/** Requests for the page that a connection may make in a second, after a burst of 5 s worth. */
const REQUESTS_PER_SECOND = 50;

/** Of so many that are refused it is waited that they read why. */
const MOST_REFUSED = 64;

/** The connections of one room, from whatever listeners they come. */
export class Connections {
  /** What connections may spend, those for the page among them. */
  readonly budgets: Budgets;
  readonly #chat: Chat;
  readonly #options: ServeOptions;
  readonly #served = new Set<Served>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** In its name those who are silent are looked after. */
  readonly #own: Budget;
  /** How many there are that have been refused and are not over yet. */
  #refused = 0;
  #isChecking = false;

  constructor(chat: Chat, options: ServeOptions = {}) {
    this.#chat = chat;
    this.#options = options;
    const { floodLimit = 4, maxPerIp } = options;
    // Whoever wants no limit wants none for the page.
    const rates = { lines: floodLimit, requests: floodLimit === 0 ? 0 : REQUESTS_PER_SECOND };
    this.budgets = new Budgets(rates, undefined, maxPerIp);
    this.#own = chat.pace = this.budgets.open("", "lines", false);
    this.#timer = setInterval(() => void this.check(), TIMEOUTS.check);
  }

  /** How long work of the room itself is done. */
  get pace(): Pace {
    return this.#own;
  }

  /** How many there are, registered or not. */
  get size(): number {
    return this.#served.size;
  }

  /** Takes on a connection that a listener has accepted, or closes it where its address opens them too fast. */
  take(conn: Deno.TcpConn): void {
    const { hostname } = conn.remoteAddr;
    if (this.#isGateway(hostname) || this.budgets.admits(hostname, "lines")) this.add(new TcpTransport(conn));
    else conn.close();
  }

  #isGateway(address: string): boolean {
    return this.#options.gateways?.has(address) === true;
  }

  /**
   * Takes on a connection, or refuses it where its address has too many.
   *
   * @param opened What it may spend, where that is known already.
   */
  add(transport: Transport, opened?: Budget): void {
    const { host } = transport;
    const budget = opened ?? this.budgets.open(host, "lines");
    const isRefused = this.#isTooMany(budget);
    // Who is refused does not count, or it would keep others out until it has taken the refusal.
    if (isRefused) budget.close();
    // Each may take its time to read why; but they must not take all descriptors.
    if (isRefused && this.#refused >= MOST_REFUSED) return transport.close();
    const session = new Session(this.#chat, host, undefined, (bytes) => served.budget.mayHold(bytes));
    session.mayStandFor = opened === undefined && this.#isGateway(host);
    const served: Served = {
      session,
      transport,
      budget,
      done: Promise.resolve(),
      lookedAt: this.#chat.now(),
      hasTaken: false,
      untaken: 0,
      changes: 0,
    };
    this.#charge(served, budget);
    this.#served.add(served);
    this.#options.onDebug?.(`connection from ${host}`);
    served.done = this.#run(served).finally(() => {
      this.#served.delete(served);
      served.budget.close();
      this.#options.onDebug?.(`connection from ${host} closed`);
    });
    if (!isRefused) return void turnAwayIfBanned(session);
    this.#refused++;
    served.done.finally(() => this.#refused--);
    session.close("Too many connections from your address");
  }

  #isTooMany({ others }: Budget): boolean {
    const { maxPerIp = 256 } = this.#options;
    return maxPerIp > 0 && others >= maxPerIp;
  }

  /** What a connection does is at the expense of this budget from now on. */
  #charge(served: Served, budget: Budget): void {
    const { session } = served;
    served.budget = budget;
    budget.reader = session.outbox;
    session.pace = budget;
    if (!budget.isLimited) return;
    session.affords = (bytes) => budget.affords(bytes);
    session.onKept = (bytes) => budget.keep(bytes);
  }

  /** A gateway has said for whom it connects: that one's address is what counts. */
  #standFor(served: Served, address: string): void {
    const { session, budget } = served;
    session.comeFrom(address);
    this.#charge(served, this.budgets.open(address, "lines"));
    budget.close();
    if (this.#isTooMany(served.budget)) session.close("Too many connections from your address");
    else turnAwayIfBanned(session);
  }

  /** Runs a connection's two loops until both are done. Never rejects. */
  async #run(served: Served): Promise<void> {
    const { session, transport } = served;
    let deadline: ReturnType<typeof setTimeout> | undefined;
    let goneTimer: ReturnType<typeof setTimeout> | undefined;
    transport.onGone = (error) => {
      if (error !== undefined) return void this.#fail(served, error);
      // What it said last is not lost; but its nick is soon free, as for a page that is loaded anew.
      if (!session.closed) goneTimer = setTimeout(() => void this.#end(served, "Connection closed"), TIMEOUTS.gone);
    };
    transport.onEnd = () => {
      // Nobody waits half a minute for a password to be looked at, and says that by closing one side.
      if (this.#chat.guesses.isWaiting(session)) transport.onGone!();
    };
    session.onClose = () => {
      clearTimeout(goneTimer);
      // What still comes is read and dropped: closing on unread bytes would reset the connection and take the last lines
      // to the peer with it. Whoever does not take those, or does not close its side, is cut off.
      transport.discard();
      served.budget.close();
      deadline = setTimeout(() => transport.close(), TIMEOUTS.flush);
    };
    const writing = this.#write(served);
    try {
      for (let count = await transport.read(); count !== null; count = await transport.read()) {
        session.heardAt = this.#chat.now();
        if (!session.closed) await this.#handle(served, count);
      }
      await this.#end(served, "Connection closed");
    } catch (error) {
      await this.#fail(served, error);
    }
    await writing;
    clearTimeout(deadline);
    clearTimeout(goneTimer);
    transport.close();
  }

  /** Ends the session of one who has gone. Many may go at once, and each end is told to many. Never rejects. */
  async #end({ session, budget }: Served, reason: string, abandon = false): Promise<void> {
    const wait = budget.lastTurn();
    if (wait !== undefined) await wait;
    budget.run(0, () => this.#contain(() => session.close(reason, abandon)));
  }

  /** Handles lines one after the other, at the pace that the flood limit, the others and the readers allow. */
  async #handle(served: Served, count: number): Promise<void> {
    const { session, transport } = served;
    const lines = transport.lines(count);
    if (typeof lines === "string") return session.close(lines);
    let handled = 0;
    for (const line of lines) {
      if (session.settling !== undefined) await session.settling;
      const { budget } = served;
      const wait = budget.ready();
      if (wait !== undefined) {
        transport.readAhead();
        await wait;
      }
      if (session.closed || served.hasFailed) return;
      served.changesBefore = this.#chat.store?.changes;
      const answer = budget.run(1, () => handleLine(session, line, budget));
      if (answer !== undefined) {
        transport.readAhead();
        await answer;
      }
      served.changes = this.#changesOf(served);
      served.changesBefore = undefined;
      handled++;
      if (session.standsFor !== undefined && session.mayStandFor) this.#standFor(served, session.standsFor);
      session.mayStandFor = false;
    }
    const { budget } = served;
    // Where bytes make no lines, the bytes count.
    if (count > handled * BYTES_PER_TOKEN) budget.charge(count / BYTES_PER_TOKEN - handled);
    if (handled === 0 && count < BYTES_PER_TOKEN) await this.#wait(served);
    if (handled >= EASING.lines) await this.#ease(session);
    session.forgetAudience();
    // Nothing more is read while something is owed.
    const wait = budget.paid();
    if (wait !== undefined) {
      transport.readAhead();
      await wait;
    }
  }

  /** Waits for more of a line that has begun. */
  async #wait({ transport, budget }: Served): Promise<void> {
    budget.spend(FRAGMENT.time);
    budget.charge(FRAGMENT.tokens);
    transport.readAhead();
    await delay(FRAGMENT.pause);
    const wait = budget.turn();
    if (wait === undefined) return;
    await wait;
    budget.pass();
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

  /** How many changes must be written before a session is told more: those that its own lines have made. */
  #changesOf({ changesBefore, changes }: Served): number {
    const { store } = this.#chat;
    return changesBefore !== undefined && store!.changes > changesBefore ? store!.changes : changes;
  }

  /**
   * Writes what the outbox yields, to its end. What a session has changed is in the database before it is told anything
   * more: so whatever was acknowledged is there after the process was killed. Never rejects.
   */
  async #write(served: Served): Promise<void> {
    const { session, transport } = served;
    const { store } = this.#chat;
    try {
      for await (const batch of session.outbox) {
        const written = store?.settled(this.#changesOf(served));
        if (written !== undefined) await written;
        for (let sent = 0; sent < batch.length; served.hasTaken = true) {
          sent += await transport.write(sent === 0 ? batch : batch.subarray(sent));
        }
      }
      await transport.closeWrite();
    } catch (error) {
      await this.#fail(served, error);
    }
  }

  /** Ends a connection on an error of its own; its session in a turn, where it has gone. */
  async #fail(served: Served, error: unknown): Promise<void> {
    const { session, transport } = served;
    served.hasFailed = true;
    transport.close();
    if (isDisconnect(error)) return await this.#end(served, "Connection reset", true);
    const text = error instanceof Error ? error.stack : error;
    this.#options.onError?.(`${transport.host} (${session.nick}): ${text}`);
    session.close("Internal error", true);
  }

  /**
   * Lifts bans whose time is over, and looks after those who are silent: who does not register in time, or does not
   * answer a PING, is closed; who has said nothing for a while is sent one. Never rejects.
   */
  async check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#contain(() => this.#chat.expireBans());
    this.#contain(() => this.budgets.sweep());
    for (const served of [...this.#served]) {
      const wait = this.#own.turn();
      if (wait !== undefined) await wait;
      this.#own.run(0, () => this.#contain(() => this.#look(served)));
    }
    this.#isChecking = false;
  }

  /** What is wrong with one of those who are looked after is reported, and keeps nobody else from it. */
  #contain(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#options.onError?.(`${error instanceof Error ? error.stack : error}`);
    }
  }

  #look(served: Served): void {
    const { session, budget } = served;
    if (session.closed) return;
    const now = this.#chat.now();
    const silent = now - session.heardAt;
    const isWritten = session.outbox.recentBacklog > 0;
    // A clock that is set is no time that has passed.
    const passed = Math.min(now - served.lookedAt, LONGEST_LOOK);
    const untaken = served.untaken = isWritten && !served.hasTaken ? served.untaken + passed : 0;
    served.lookedAt = now;
    served.hasTaken = false;
    // Who takes what waits is there, though its lines wait until it has taken all of an answer.
    const isTaking = isWritten && untaken < TIMEOUTS.idle;
    if (session.reservedUntil !== undefined && now >= session.reservedUntil) takeNick(session);
    const isEntering = session.registration !== undefined;
    const isLate = isEntering && now - session.connectedAt >= TIMEOUTS.registration;
    const isGuessing = this.#chat.guesses.isWaiting(session);
    // Who waits since others have guessed wrongly is not late by their own doing.
    if (isLate && !isGuessing) session.close("Registration timed out");
    // Whatever it says: what its own questions hold of the room would be held for as long.
    else if (untaken >= TIMEOUTS.idle + TIMEOUTS.pong) {
      session.lostAt = session.heardAt;
      session.close(`Nothing read for ${Math.round(untaken / 1000)} s`);
    } else if (budget.isWaiting || isGuessing) {
      // It is being delayed and not read, so its answer can't be heard; but writing tells whether it is still there.
      if (!isWritten && now - (served.pingedAt ?? 0) >= TIMEOUTS.delayed) this.#ping(served, now);
    } else if (isEntering) return;
    else if (silent < TIMEOUTS.idle || isTaking) served.pingedAt = undefined;
    else if (served.pingedAt === undefined) this.#ping(served, now);
    else if (now - served.pingedAt >= TIMEOUTS.pong) {
      session.lostAt = session.heardAt;
      session.close(`Ping timeout: ${Math.round(silent / 1000)} s`);
    }
  }

  #ping(served: Served, now: number): void {
    served.pingedAt = now;
    served.session.deliver({ ...this.#chat.serverEvent("PING", [this.#chat.name]), source: undefined });
  }

  /** Tells everyone that the room closes, and waits until each has been sent what was queued for it: 3 s at most. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#own.close();
    for (const { session } of this.#served) session.close("The room is closing");
    await Promise.all([...this.#served].map(({ done }) => done));
  }
}

/** Codes of errors of an accept that only time mends: there are no descriptors left, or there is no memory. */
const EXHAUSTED = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

/** How often it is said that descriptors or memory are exhausted, in milliseconds. */
export const EXHAUSTED_PAUSE = 60_000;

/** Whether an error says that there are no descriptors left, or no memory. */
export function isExhaustion(error: unknown): boolean {
  return error instanceof Error && "code" in error && EXHAUSTED.includes(`${error.code}`);
}

/**
 * So many are accepted before the event loop looks at the other sockets: where one waits after the other, the runtime would
 * accept thousands first. It takes 2 or 3 ms.
 */
const ACCEPTED_IN_TURN = 50;

/** Codes of errors of an accept that say that the peer has gone before. */
const GONE = ["ENOTCONN", "ECONNABORTED", "ECONNRESET"];

function hasGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && GONE.includes(`${error.code}`);
}

/** Milliseconds. */
const PAUSES = {
  /** For something to be given back, when descriptors or memory are exhausted. */
  exhausted: 100,
  /** After each of so many failures in a row that are no peer's who has gone: a listener that is broken must not take all the time. */
  failures: 100,
  afterFailures: 10,
};

/** When to stop accepting, and where to report what goes wrong. */
export interface AcceptOptions {
  signal: AbortSignal;
  onError?: ((text: string) => void) | undefined;
}

/**
 * Accepts connections on a listener that the caller has bound, until the signal says to stop. It outlives every error:
 * an accept that fails for want of file descriptors is tried again after a pause, and any other failure is that of one peer
 * who has gone again.
 *
 * @param take Is given each connection. What it throws closes that one.
 */
export async function accept(
  listener: Pick<Deno.TcpListener, "accept" | "close">,
  take: (conn: Deno.TcpConn) => void,
  { signal, onError }: AcceptOptions,
): Promise<void> {
  const stop = () => listener.close();
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  let failures = 0;
  let reportedAt = -Infinity;
  for (let count = 1; !signal.aborted; count++) {
    let conn: Deno.TcpConn;
    try {
      if (count % ACCEPTED_IN_TURN === 0) await nextTurn();
      conn = await listener.accept();
    } catch (error) {
      if (signal.aborted) return;
      // Who connects and resets fills the queue in which the others stand, so that has to be emptied as fast as can be.
      if (hasGone(error)) continue;
      failures++;
      if (isExhaustion(error)) {
        if (performance.now() - reportedAt >= EXHAUSTED_PAUSE) {
          reportedAt = performance.now();
          onError?.(`cannot accept connections for now: ${(error as Error).message}`);
        }
        await delay(PAUSES.exhausted, { signal }).catch(() => {});
      } else if (failures % PAUSES.failures === 0) {
        await delay(PAUSES.afterFailures, { signal }).catch(() => {});
      }
      continue;
    }
    failures = 0;
    try {
      take(conn);
    } catch (error) {
      onError?.(`${error instanceof Error ? error.stack : error}`);
      close(conn);
    }
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}

/** Takes those whom a listener accepts into a room. Closing `connections`, which others share, is left to the caller. */
export async function serve(
  listener: Deno.TcpListener,
  connections: Connections,
  options: AcceptOptions,
): Promise<void> {
  await accept(listener, (conn) => connections.take(conn), options);
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
