/**
 * The gateway for browsers: an HTTP server over connections that it accepts itself. answers.ts answers its requests, and
 * upgrades.ts brings its WebSockets into the room.
 *
 * It is `node:http` and the `ws` package, not `Deno.serve` and `Deno.upgradeWebSocket`: those take in a message of up to
 * 64 MiB before anyone can refuse it, read on however slowly its lines are handled, and wait for ever for the rest of a
 * request. `node:http` is given its connections (tcpsocket.ts), and knows no other way in.
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Connections } from "../serve.ts";
import type { TlsListener } from "../tls/listener.ts";
import type { TlsFacts } from "../tls/tls.ts";
import { faultText } from "../turns/faults.ts";
import { accept } from "../wire/accept.ts";
import type { Budget } from "../wire/budget.ts";
import { closeConn } from "../wire/closing.ts";
import type { Conn } from "../wire/tcp.ts";
import { Answers } from "./answers.ts";
import { Assets } from "./assets.ts";
import { FileRequests } from "./files.ts";
import { ContainedResponse, socketOf } from "./response.ts";
import { TcpSocket } from "./tcpsocket.ts";
import { Upgrades } from "./upgrades.ts";
import { Visitors } from "./visitors.ts";

/** Milliseconds. */
const TIMEOUTS = {
  /** For the head of a request to come. What follows it is read of files alone, which have bounds of their own. */
  request: 15_000,
  /** For the next request on the same connection. */
  keepAlive: 10_000,
  /** For a byte to move on a connection, as when a response is not read. */
  stalled: 30_000,
  /** For a response to be read, however its bytes move. */
  answer: 120_000,
  /** Over how long the speed of a file that comes or goes is measured; see `PacedTransfer`. */
  transfer: 60_000,
  /** Between two checks whether a request has taken longer. */
  check: 5_000,
  /** Between two pings to a WebSocket, so that nothing on its way takes it for dead. */
  ping: 25_000,
};

/** For so many milliseconds the page is not put together anew. */
const PAGE_HOLDS = 1_000;

/**
 * How many requests of a connection may be open at once. Browsers wait for a response before they ask again, and all
 * responses would be made in memory.
 */
const MOST_OPEN_REQUESTS = 16;

/** How the gateway serves. */
export interface WebOptions {
  /** Addresses and subnets of trusted proxies, which tell from which address a request comes. */
  trustProxy?: string[];
  /** Host names that are the room's; see `Visitors.refuses`. */
  allowHost?: string[];
  /** Where the page lies besides `/`, for a proxy that passes its own path on: a path with a slash at both ends. Default `/`. */
  base?: string;
  /** What the room is called. */
  name?: string;
  /** What is known of TLS; there is none when left out. */
  tls?: TlsFacts | undefined;
  /** What is given out; the project's own when left out. */
  assets?: Assets;
  /** Other times to wait than `TIMEOUTS`. */
  timeouts?: Partial<typeof TIMEOUTS>;
  /** Called with what goes wrong. */
  onError?: (text: string) => void;
}

/** What pays for a connection, and what ends that, to be called once. */
interface Payment {
  budget: Budget;
  end: () => void;
}

/** A connection that asks for the page. */
interface Asking {
  /** How many requests are not answered yet. */
  open: number;
  /** When a request came or a response was taken, in milliseconds of a clock that is never set back. */
  movedAt: number;
}

/** The gateway: open until `close`. */
export class Web {
  /** The port that it listens on. */
  readonly port: number;
  readonly #connections: Connections;
  readonly #options: WebOptions;
  readonly #timeouts: typeof TIMEOUTS;
  readonly #visitors: Visitors;
  readonly #upgrades: Upgrades;
  readonly #answers: Answers;
  readonly #server: Server;
  /** The answers under way. None of them rejects. */
  readonly #answering = new Set<Promise<void>>();
  /** The connections that are no WebSockets. */
  readonly #asking = new Map<TcpSocket, Asking>();
  readonly #stop = new AbortController();
  /** The accept loops. None of them rejects. */
  readonly #accepted: Promise<void>[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #isClosing = false;

  /**
   * @param listener Where it is asked: bound by the caller, closed by `close`.
   * @param connections The room's, which take on the WebSockets. The caller closes them.
   * @throws {TypeError} If `trustProxy` holds something that is no address.
   */
  constructor(listener: Deno.TcpListener, connections: Connections, options: WebOptions = {}) {
    this.port = listener.addr.port;
    this.#connections = connections;
    this.#options = options;
    this.#visitors = new Visitors(options.trustProxy, options.allowHost);
    const timeouts = this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    const { base = "/", name, tls, onError } = options;
    this.#upgrades = new Upgrades(connections, this.#visitors, {
      base,
      pingEvery: timeouts.ping,
      stalled: timeouts.stalled,
      onError,
    });
    const { sending: { files } } = connections;
    const requests = files &&
      new FileRequests(files, connections, this.#visitors, { base, period: timeouts.transfer });
    const assets = options.assets ?? new Assets({ pageHolds: PAGE_HOLDS, ...(name !== undefined && { name }) });
    const refusalOf = (request: IncomingMessage) => this.#upgrades.refusalOf(request);
    const renew = (request: IncomingMessage) => this.#upgrades.renew(request);
    this.#answers = new Answers(connections, this.#visitors, assets, {
      base,
      refusalOf,
      renew,
      files: requests,
      tls,
      onError,
    });
    this.#server = this.#createServer();
    this.#timer = setInterval(() => this.#check(), timeouts.check);
    this.#accept(listener, (conn) => {
      const payment = this.#admit(conn.remoteAddr.hostname);
      if (payment === undefined) conn.close();
      else this.#serve(conn, payment);
    });
  }

  /** Serves on a TLS listener as well. It is bound by the caller, and closed by `close`. */
  acceptSecure(listener: TlsListener): void {
    this.#accept(listener, (conn) => void this.#takeSecure(conn));
  }

  #accept<C extends { close(): void }>(
    listener: { accept(): Promise<C>; close(): void },
    take: (conn: C) => void,
  ): void {
    this.#accepted.push(accept(listener, take, { signal: this.#stop.signal, onError: this.#onError }));
  }

  /** Reports what goes wrong. */
  readonly #onError = (text: string): void => this.#options.onError?.(`the page's server: ${text}`);

  /** Makes the HTTP server, which listens nowhere itself. */
  #createServer(): Server {
    const timeouts = this.#timeouts;
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    const server = createServer({
      ServerResponse: ContainedResponse,
      requestTimeout: 0,
      headersTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: timeouts.check,
      // All responses are ours, also those to what is no request.
      requireHostHeader: false,
      // A request without content needs no stream: that would end with an error of its own if its connection ends first.
      optimizeEmptyRequests: true,
      shouldUpgradeCallback: (request) =>
        this.#upgrades.isGranted(request, this.#asking.get(socketOf(request))?.open === 0),
    }, answer);
    // Nothing that comes behind a request's head is waited for.
    server.on("checkContinue", answer);
    server.on("checkExpectation", answer);
    server.timeout = timeouts.stalled;
    // A peer that closes its side is still answered (RFC 9112, section 9.6).
    Object.assign(server, { httpAllowHalfOpen: true });
    server.on("upgrade", (request, duplex, head) => {
      const socket = duplex as TcpSocket;
      this.#asking.delete(socket);
      this.#upgrades.upgrade(request, socket, head);
    });
    // It is told that it listens: otherwise it checks no time-outs, and ends each connection with its first response.
    Object.defineProperty(server, "listening", { get: () => !this.#isClosing });
    server.emit("listening");
    return server;
  }

  /**
   * Lets a connection in, if its address has not too many and does not open them too fast. A proxy opens connections for many
   * visitors, who pay for their requests themselves.
   *
   * @returns What pays for it; nothing if it is not let in.
   */
  #admit(address: string): Payment | undefined {
    const isProxy = this.#visitors.isProxy(address);
    const { budgets } = this.#connections;
    if (!isProxy && !budgets.admits(address, "requests")) return undefined;
    // The room counts WebSockets; half as many connections more may ask for the page.
    const { maxPerIp } = this.#connections;
    const most = maxPerIp === 0 ? Infinity : maxPerIp + Math.max(16, maxPerIp / 2);
    if (!isProxy && budgets.pageConnections(address) >= most) return undefined;
    const budget = budgets.open(address, "requests", !isProxy);
    const endCount = budgets.countPageConnection(address);
    // Coming costs as much as asking.
    budget.charge(1);
    const end = () => {
      budget.close();
      endCount();
    };
    return { budget, end };
  }

  /** Takes a connection whose handshake is still to come. Never rejects. */
  async #takeSecure(conn: Deno.TlsConn): Promise<void> {
    const { handshakes } = this.#connections;
    const payment = this.#admit(conn.remoteAddr.hostname);
    if (payment === undefined) return handshakes.refuse(conn);
    const secure = await handshakes.complete(conn, payment.budget);
    if (secure === undefined) return payment.end();
    if (!this.#isClosing) return this.#serve(secure, payment);
    payment.end();
    closeConn(secure);
  }

  /** Has the HTTP server read a connection. */
  #serve(conn: Conn, { budget, end }: Payment): void {
    const socket = new TcpSocket(conn, budget, (error) => this.#onError(faultText(error)));
    this.#asking.set(socket, { open: 0, movedAt: performance.now() });
    socket.once("close", () => {
      end();
      this.#asking.delete(socket);
    });
    // Nobody else listens once it is a WebSocket, or its response is ours; its "close" says what becomes of it.
    socket.on("error", () => {});
    try {
      this.#server.emit("connection", socket);
    } catch (error) {
      socket.fail(error);
    }
  }

  /** Has a request answered, if its connection has not too many open. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    const socket = socketOf(request);
    const asking = this.#asking.get(socket);
    // The connection has ended, and what it sent before that is read to its end.
    if (asking === undefined || socket.destroyed) return;
    if (++asking.open > MOST_OPEN_REQUESTS) return void socket.destroy();
    asking.movedAt = performance.now();
    response.once("close", () => {
      asking.open--;
      asking.movedAt = performance.now();
    });
    const answered = this.#answers.answer(request, response).catch((error) => socket.fail(error));
    this.#answering.add(answered);
    answered.finally(() => this.#answering.delete(answered));
  }

  /** Ends the connections that move but get nowhere: one byte now and then would keep a connection open for ever. */
  #check(): void {
    const { request, keepAlive, answer } = this.#timeouts;
    // A peer that is only too slow is told so before.
    const idle = 2 * (request + keepAlive);
    const now = performance.now();
    for (const [socket, { open, movedAt }] of this.#asking) {
      const { transfer } = socket;
      if (transfer !== undefined) {
        if (transfer.isTooSlow(now)) socket.destroy();
        continue;
      }
      if (now - movedAt > (open > 0 ? answer : idle)) socket.destroy();
    }
  }

  /** Sends a ping to a share of the WebSockets; see `Upgrades.ping`. */
  ping(share = 1): Promise<void> {
    return this.#upgrades.ping(share);
  }

  /** Stops taking connections, and waits until the last request is answered. WebSockets end when the room's connections do. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    this.#upgrades.close();
    this.#stop.abort();
    this.#server.close();
    for (const socket of this.#asking.keys()) socket.destroy();
    await Promise.all(this.#accepted);
    await Promise.all(this.#answering);
  }
}
