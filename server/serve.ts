/**
 * The connections of a room: takes those that listeners accept, bounds how many there are of each address, and ends them all
 * in one way. connection.ts has the two loops of each.
 *
 * @module
 */

import type { Device } from "./auth/device.ts";
import type { Devices } from "./auth/devices.ts";
import type { Guesses } from "./auth/guesses.ts";
import { comeByCookie } from "./commands/devices.ts";
import { Connection } from "./connection.ts";
import { turnAwayIfBanned } from "./room/bans.ts";
import type { Chat } from "./room/chat.ts";
import { contain, faultText } from "./turns/faults.ts";
import { Handshakes } from "./tls/handshakes.ts";
import { inTurns, type Pace } from "./turns/slices.ts";
import { MOST_CONNECTIONS, type Rates } from "./wire/address_budget.ts";
import type { Budget } from "./wire/budget.ts";
import { Budgets } from "./wire/budgets.ts";
import { closeConn } from "./wire/closing.ts";
import type { AddressSet } from "./wire/networks.ts";
import { TcpTransport } from "./wire/tcp_transport.ts";
import type { Transport } from "./wire/transport.ts";

/** How often time-outs are checked, in milliseconds. */
const CHECK_EVERY = 3_000;

/** How many requests for the page a connection may make in a second, after a burst of 5 s worth. */
const REQUESTS_PER_SECOND = 50;

/** So many refused connections are kept open until their peers have read why. */
const MOST_REFUSED = 64;

/** Why all sessions end when the room closes. Clients know it by these words (client/connection/ending.ts). */
const CLOSING = "The room is closing";

/** What connections may do. */
export interface ServeLimits {
  /** Lines a second and connection, after a burst of 5 s worth; 0 for no limit. Default 4. */
  floodLimit?: number;
  /** Connections from one address; 0 for no limit. Default `MOST_CONNECTIONS`. */
  maxPerIp?: number;
}

/** How a room is served. */
export interface ServeOptions extends ServeLimits {
  /** The addresses of gateways, which tell by WEBIRC from which address their users come. */
  gateways?: AddressSet;
  /** Called with what goes wrong, once each. */
  onError?: (text: string) => void;
  /** Called with each connection that comes and goes. */
  onDebug?: (text: string) => void;
}

/** What is known of a connection that is taken on. */
export interface AddOptions {
  /** What pays for it, if that is open already. */
  opened?: Budget;
  /** The device by which it comes, if it is a page's. */
  device?: Device | undefined;
  /** Whether it is a gateway's, which may tell by WEBIRC for whom it comes. */
  mayStandFor?: boolean;
}

/** The connections of one room, from whatever listeners they come. */
export class Connections {
  /** What connections may spend, those for the page among them. */
  readonly budgets: Budgets;
  readonly #chat: Chat;
  readonly #options: ServeOptions;
  /** Those that are served, and what resolves when they are over. */
  readonly #served = new Map<Connection, Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** What pays for the room's own work. */
  readonly #own: Budget;
  /** How many connections an address may have; 0 for no limit. */
  maxPerIp: number;
  /** How many refused connections are not over yet. */
  #refused = 0;
  /** The TLS handshakes of connections that come. */
  readonly handshakes = new Handshakes();
  #isChecking = false;

  constructor(chat: Chat, options: ServeOptions = {}) {
    this.#chat = chat;
    this.#options = options;
    this.maxPerIp = options.maxPerIp ?? MOST_CONNECTIONS;
    this.budgets = new Budgets(ratesOf(options), undefined, this.maxPerIp);
    chat.gateways = options.gateways;
    this.#own = chat.pace = this.budgets.open("", "lines", false);
    this.#timer = setInterval(() => void this.check(), CHECK_EVERY);
  }

  /**
   * Takes on other limits, for the connections that come from now on; nobody who is there is put out.
   *
   * @param limits A `floodLimit` of 0 may not be changed, and no other may become 0; see `Budgets.limit`.
   */
  limit(limits: ServeLimits): void {
    this.maxPerIp = limits.maxPerIp ?? MOST_CONNECTIONS;
    this.budgets.limit(ratesOf(limits), this.maxPerIp);
  }

  /** The pace of the room's own work. */
  get pace(): Pace {
    return this.#own;
  }

  /** How many connections there are, registered or not. */
  get size(): number {
    return this.#served.size;
  }

  /** Takes on a connection that a listener has accepted, or closes it if its address opens them too fast. */
  take(conn: Deno.TcpConn): void {
    const { hostname } = conn.remoteAddr;
    const isGateway = this.#isGateway(hostname);
    if (!isGateway && !this.budgets.admits(hostname, "lines")) return conn.close();
    this.add(new TcpTransport(conn), { mayStandFor: isGateway });
  }

  /** Does so with one of TLS: it counts for its address at once, and comes into the room after its handshake. Never rejects. */
  async takeSecure(conn: Deno.TlsConn): Promise<void> {
    const { hostname } = conn.remoteAddr;
    const mayStandFor = this.#isGateway(hostname);
    if (!mayStandFor && !this.budgets.admits(hostname, "lines")) return this.handshakes.refuse(conn);
    const budget = this.budgets.open(hostname, "lines");
    // It can be told why only after its handshake.
    const isRefused = this.#isTooMany(budget);
    if (isRefused) budget.close();
    if (isRefused && this.#refused >= MOST_REFUSED) return this.handshakes.refuse(conn);
    if (isRefused) this.#refused++;
    const secure = await this.handshakes.complete(conn, budget);
    if (isRefused) this.#refused--;
    if (secure === undefined) return budget.close();
    try {
      this.add(new TcpTransport(secure), { ...(!isRefused && { opened: budget }), mayStandFor });
    } catch (error) {
      budget.close();
      closeConn(secure);
      this.#options.onError?.(faultText(error));
    }
  }

  #isGateway(address: string): boolean {
    return this.#options.gateways?.has(address) === true;
  }

  /** Takes on a connection, or refuses it if its address has too many. */
  add(transport: Transport, { opened, device, mayStandFor = false }: AddOptions = {}): void {
    const { host } = transport;
    const { onError, onDebug } = this.#options;
    const budget = opened ?? this.budgets.open(host, "lines");
    const isRefused = this.#isTooMany(budget);
    // A refused connection does not count, or it would keep others out until its peer has taken the refusal.
    if (isRefused) budget.close();
    // Each peer may take its time to read why; but together they must not take all descriptors.
    if (isRefused && this.#refused >= MOST_REFUSED) return transport.close();
    const onStandsFor = (connection: Connection, address: string) => this.#standFor(connection, address);
    const connection = new Connection(this.#chat, transport, budget, { onStandsFor, onError });
    connection.session.mayStandFor = mayStandFor;
    onDebug?.(`connection from ${host}`);
    const done = connection.run().finally(() => {
      this.#served.delete(connection);
      if (isRefused) this.#refused--;
      onDebug?.(`connection from ${host} closed`);
    });
    this.#served.set(connection, done);
    if (isRefused) this.#refused++;
    this.#letIn(connection, isRefused);
    if (device !== undefined && !connection.session.isOver) comeByCookie(this.#chat, connection.session, device);
  }

  /** The devices by which people come back; undefined in a room without accounts. */
  get devices(): Devices | undefined {
    return this.#chat.devices;
  }

  /** What of the room concerns whoever sends a file: its files, its accounts, and who is banned. */
  get sending(): Pick<Chat, "files" | "accounts" | "bans" | "doors"> {
    return this.#chat;
  }

  /** How fast secrets can be guessed here. */
  get guesses(): Guesses {
    return this.#chat.guesses;
  }

  /** Ends the session of a connection that its address or a ban keeps out. */
  #letIn({ session }: Connection, isTooMany: boolean): void {
    if (isTooMany) session.close("Too many connections from your address");
    else turnAwayIfBanned(this.#chat.origin, this.#chat.bans, session.person);
  }

  #isTooMany({ others }: Budget): boolean {
    return this.maxPerIp > 0 && others >= this.maxPerIp;
  }

  /** A gateway has said from which address its user comes: from now on that address counts. */
  #standFor(connection: Connection, address: string): void {
    const before = connection.budget;
    connection.session.comeFrom(address);
    connection.budget = this.budgets.open(address, "lines");
    before.close();
    this.#letIn(connection, this.#isTooMany(connection.budget));
  }

  /** Lifts bans whose time is over, forgets idle addresses, and checks the time-outs of all connections. Never rejects. */
  async check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    const { onError } = this.#options;
    contain(() => this.#chat.expire(), onError);
    contain(() => this.budgets.sweep(), onError);
    await inTurns(this.#own, this.#timeoutChecks());
    this.#isChecking = false;
  }

  *#timeoutChecks(): Generator<void, void> {
    for (const connection of [...this.#served.keys()]) {
      contain(() => connection.checkTimeouts(), this.#options.onError);
      yield;
    }
  }

  /**
   * Tells everyone that the room closes, and waits until each has been sent what was queued for it: 3 s at most. Nobody is told that
   * the others leave: they lose the room, as everybody does, and may be back when it opens again.
   */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.handshakes.close();
    this.#own.close();
    for (const { session } of this.#served.keys()) session.endTelling(CLOSING);
    for (const { session } of this.#served.keys()) session.close(CLOSING);
    await Promise.all(this.#served.values());
  }
}

/** A room without a limit for lines has none for the page either. */
function ratesOf({ floodLimit = 4 }: ServeLimits): Rates {
  return { lines: floodLimit, requests: floodLimit === 0 ? 0 : REQUESTS_PER_SECOND };
}
