/**
 * The gateway for browsers: an HTTP server that gives out the page, and takes WebSockets into the room's connections. It
 * must not know what the page is made of, nor what the lines mean.
 *
 * It is `node:http` and the `ws` package, not `Deno.serve` and `Deno.upgradeWebSocket`: those take in a message of up to
 * 64 MiB before anyone can refuse it, read on however slowly its lines are handled, and wait for ever for the rest of a
 * request. `node:http` is given its connections (tcpsocket.ts), and knows no other way in.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
// @ts-types="@types/ws"
import { WebSocketServer } from "ws";
import { type Asset, Assets, type Coding } from "./assets.ts";
import type { Budget } from "../wire/budget.ts";
import { ExhaustionReports, isExhaustion } from "../wire/exhaustion.ts";
import { bestCoding, hasContent, isKnown, pathOf } from "./request.ts";
import type { Connections } from "../serve.ts";
import { faultText } from "../turns/faults.ts";
import { inSlices } from "../turns/slices.ts";
import { accept } from "../wire/accept.ts";
import { TcpSocket } from "./tcpsocket.ts";
import { type Visit, Visitors } from "./visitors.ts";
import { LARGEST_MESSAGE, SUBPROTOCOLS, WebSocketTransport } from "./websocket.ts";

/** Where the page's WebSocket is. `/` is one, too, for clients that are given only a host. */
const SOCKETS = ["/irc", "/"];

/** Milliseconds. */
const TIMEOUTS = {
  /** For a request to come. */
  request: 15_000,
  /** For the next one on the same connection. */
  keepAlive: 10_000,
  /** For something to move on a connection, as when an answer is not read. */
  stalled: 30_000,
  /** For an answer to be read, however it moves. */
  answer: 120_000,
  /** How often is looked whether a request has taken longer. */
  check: 5_000,
  /** How often each WebSocket is sent a ping, so that nothing on its way takes it for dead. */
  ping: 25_000,
};

/** For so long the page is not put together anew, in milliseconds. */
const PAGE_HOLDS = 1_000;

/**
 * Requests that a connection may have open at once. Browsers wait for an answer before they ask again, and what is asked
 * for meanwhile would all be answered into memory.
 */
const MOST_OPEN_REQUESTS = 16;

/** How long the runtime takes to write an answer and to go on with its connection, in milliseconds: about as long as all else. */
const ANSWERING = 0.3;

/**
 * How many parts a message, a frame and the pongs that its sender does not read may take. Each part keeps some KiB, so
 * what is small by its bytes need not be small; no client comes near these.
 */
const PARTS = { maxFragments: 64, maxBufferedChunks: 128, maxPendingAutoPongs: 60 };

/** What every answer says. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** How the gateway serves. */
export interface WebOptions {
  /** Addresses and subnets of proxies, whose word is taken for who asks. */
  trustProxy?: string[];
  /** Host names that are the room's; see `Visitors.refuses`. */
  allowHost?: string[];
  /** WebSockets from one address, which the room counts; half as many again may ask for the page. 0 for no limit. Default 256. */
  maxPerIp?: number;
  /** Where the page lies besides `/`, for a proxy that passes its own path on: a path with a slash at both ends. Default `/`. */
  base?: string;
  /** What the room is called. */
  name?: string;
  /** What is given out; the project's own when left out. */
  assets?: Assets;
  /** Other times to wait than `TIMEOUTS`. */
  timeouts?: Partial<typeof TIMEOUTS>;
  /** Told of what goes wrong. */
  onError?: (text: string) => void;
}

/** A connection of the server's, which knows it as a socket of Node's. */
function socketOf({ socket }: IncomingMessage): TcpSocket {
  return socket as Duplex as TcpSocket;
}

/** Pings go out in so many shares, so that neither they nor their answers come all at once. */
const PING_SHARES = 25;

/** What of a path is told in the log, which remote text must not fill. */
const LOGGED = 200;

/** An answer. What those throw who listen to it, as the HTTP server does, ends its connection and nothing else. */
class Answer<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  // deno-lint-ignore no-explicit-any
  override emit(event: string | symbol, ...values: any[]): boolean {
    try {
      return super.emit(event, ...values);
    } catch (error) {
      socketOf(this.req).fail(error);
      return true;
    }
  }
}

/** A connection that asks for the page. */
interface Asking {
  /** How many requests are not answered yet. */
  open: number;
  /** When a request came or an answer was taken, by the clock that is never set back. */
  movedAt: number;
}

/** An answer that is a line of text. */
type Answered = [status: number, text: string];

/** The gateway: open until `close`. */
export class Web {
  /** The port that it listens on. */
  readonly port: number;
  readonly #connections: Connections;
  readonly #options: WebOptions;
  readonly #timeouts: typeof TIMEOUTS;
  readonly #visitors: Visitors;
  readonly #assets: Assets;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  /** The WebSockets in the room, and those whose turn to be sent a ping is next. */
  readonly #pages = new Set<WebSocketTransport>();
  #nextPages: Iterator<WebSocketTransport> = this.#pages.values();
  /** Why a request is answered which would have its connection become a WebSocket. */
  readonly #refusals = new WeakMap<IncomingMessage, Answered>();
  /** What is under way. None of them rejects. */
  readonly #answers = new Set<Promise<void>>();
  /** Connections that are no WebSockets. */
  readonly #asking = new Map<TcpSocket, Asking>();
  readonly #stop = new AbortController();
  readonly #accepted: Promise<void>;
  readonly #timers: ReturnType<typeof setInterval>[];
  #isClosing = false;
  readonly #exhaustionReports = new ExhaustionReports();
  /** How many pings are due, which is less than one in a turn where there are few WebSockets. */
  #pingsDue = 0;

  /**
   * @param listener Where it is asked: bound by the caller, closed by `close`.
   * @param connections The room's, which take on the WebSockets. Closing them is left to the caller.
   * @throws {TypeError} Where `trustProxy` holds what is no address.
   */
  constructor(listener: Deno.TcpListener, connections: Connections, options: WebOptions = {}) {
    this.port = listener.addr.port;
    this.#connections = connections;
    this.#options = options;
    this.#visitors = new Visitors(options.trustProxy, options.allowHost);
    this.#assets = options.assets ??
      new Assets({ pageHolds: PAGE_HOLDS, ...(options.name !== undefined && { name: options.name }) });
    const timeouts = this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    const onError = (text: string) => options.onError?.(`the page's server: ${text}`);
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      const answered = this.#answer(request, response).catch((error) => socketOf(request).fail(error));
      this.#answers.add(answered);
      answered.finally(() => this.#answers.delete(answered));
    };
    this.#server = createServer({
      ServerResponse: Answer,
      requestTimeout: timeouts.request,
      headersTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: timeouts.check,
      // All answers are ours, those to the requests that are none among them.
      requireHostHeader: false,
      // What has no content needs no stream, the end of which is an error of its own where its connection ends first.
      optimizeEmptyRequests: true,
      shouldUpgradeCallback: (request) => this.#isUpgraded(request),
    }, answer);
    // Nothing that comes behind a request is waited for.
    this.#server.on("checkContinue", answer);
    this.#server.on("checkExpectation", answer);
    this.#server.timeout = timeouts.stalled;
    // Who says that it will ask nothing more is still answered (RFC 9112 9.6).
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket as TcpSocket, head));
    // It does not listen itself, and is told so: else it looks after no time-outs, and ends each connection with its answer.
    Object.defineProperty(this.#server, "listening", { get: () => !this.#isClosing });
    this.#server.emit("listening");
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      ...PARTS,
      // The client's order is its preference.
      handleProtocols: (offered) => [...offered].find((protocol) => SUBPROTOCOLS.includes(protocol)) ?? false,
    });
    this.#sockets.on("wsClientError", ({ message }, socket, request) => {
      this.#say(this.#onto(socket as TcpSocket, request), 400, message);
    });
    this.#timers = [
      setInterval(() => void this.ping(1 / PING_SHARES), timeouts.ping / PING_SHARES),
      setInterval(() => this.#check(), timeouts.check),
    ];
    this.#accepted = accept(listener, (conn) => this.#take(conn, onError), {
      signal: this.#stop.signal,
      onError,
    });
  }

  /**
   * Takes a connection, or ends it where its address has too many that are not people in the room, or opens them too fast. A
   * proxy does so for many: those it asks for pay for their requests.
   */
  #take(conn: Deno.TcpConn, onError: (text: string) => void): void {
    const address = conn.remoteAddr.hostname;
    const isProxy = this.#visitors.isProxy(address);
    const { budgets } = this.#connections;
    if (!isProxy && !budgets.admits(address, "requests")) return conn.close();
    const { maxPerIp = 256 } = this.#options;
    const most = maxPerIp === 0 ? Infinity : maxPerIp + Math.max(16, maxPerIp / 2);
    if (!isProxy && budgets.pageConnections(address) >= most) return conn.close();
    const budget = budgets.open(address, "requests", !isProxy);
    const endCount = budgets.countPageConnection(address);
    // Coming costs as much as asking.
    budget.charge(1);
    const socket = new TcpSocket(conn, budget, (error) => onError(faultText(error)));
    this.#asking.set(socket, { open: 0, movedAt: performance.now() });
    socket.once("close", () => {
      budget.close();
      endCount();
      this.#asking.delete(socket);
    });
    // Nobody else listens once it is a WebSocket, or its answer is ours; what becomes of it is known by its "close".
    socket.on("error", () => {});
    try {
      this.#server.emit("connection", socket);
    } catch (error) {
      socket.fail(error);
    }
  }

  /** Answers a request. Rejects where not even an error can be answered. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = socketOf(request);
    const asking = this.#asking.get(socket);
    // It has ended, and what it sent before is read to its end.
    if (asking === undefined || socket.destroyed) return;
    if (++asking.open > MOST_OPEN_REQUESTS) return void socket.destroy();
    asking.movedAt = performance.now();
    response.once("close", () => {
      asking.open--;
      asking.movedAt = performance.now();
    });
    socket.budget.charge(1);
    const asker = this.#asker(request);
    const budget = asker ?? socket.budget;
    try {
      // In any case: before the answer the parser must have found out what is wrong with what follows.
      await (asker?.ready() ?? budget.turn());
      if (socket.destroyed) return;
      if (budget.run(0, () => this.#saysAtOnce(request, response))) return void budget.spend(ANSWERING);
      const asset = await this.#assets.get(pathOf(request.url, this.#options.base));
      const coding = bestCoding(`${request.headers["accept-encoding"] ?? ""}`);
      const encoded = coding && await asset?.encoded(coding);
      const turn = budget.turn();
      if (turn !== undefined) await turn;
      budget.run(0, () => {
        if (asset === undefined) return this.#say(response, 404, "there is nothing here");
        this.#give(request, response, asset, encoded && { coding, body: encoded });
      });
      budget.spend(ANSWERING);
    } catch (error) {
      this.#reportFailure(request, error);
      if (response.headersSent) socket.destroy();
      else this.#say(response, 500, "something went wrong here");
    } finally {
      asker?.close();
    }
  }

  /** Reports what has failed; that nothing can be opened, which each request finds out anew, in few words and now and then. */
  #reportFailure({ url }: IncomingMessage, error: unknown): void {
    const isExhausted = isExhaustion(error);
    if (isExhausted && !this.#exhaustionReports.isDue()) return;
    const text = isExhausted ? (error as Error).message : faultText(error);
    this.#options.onError?.(`${pathOf(url).slice(0, LOGGED)}: ${text}`);
  }

  /** What pays for a request that a proxy passes on for somebody, beside the proxy's connection. */
  #asker(request: IncomingMessage): Budget | undefined {
    const visit = this.#visit(request);
    if (!this.#visitors.isProxy(visit.address)) return undefined;
    const budget = this.#connections.budgets.open(this.#visitors.address(visit), "requests");
    budget.charge(1);
    return budget;
  }

  #visit(request: IncomingMessage): Visit {
    return { address: socketOf(request).remoteAddress, headers: request.headers };
  }

  /** Answers what needs no file, and says whether that was so. */
  #saysAtOnce(request: IncomingMessage, response: ServerResponse): boolean {
    const answer = this.#answerAtOnce(request, response);
    if (answer !== undefined) this.#say(response, ...answer);
    return answer !== undefined;
  }

  #answerAtOnce(request: IncomingMessage, response: ServerResponse): Answered | undefined {
    const { method, headers } = request;
    const isNameless = headers.host === undefined && request.httpVersion !== "1.0";
    // What would follow is not read.
    if (isNameless || hasContent(headers) || headers.upgrade !== undefined) response.setHeader("Connection", "close");
    if (isNameless) return [400, "the Host header is missing"];
    const refusal = this.#visitors.refuses(this.#visit(request));
    if (refusal !== undefined) return [421, refusal];
    const unmade = this.#refusals.get(request);
    if (unmade !== undefined) return unmade;
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return [405, "only GET and HEAD are answered"];
    }
    const { base = "/" } = this.#options;
    const path = pathOf(request.url, base);
    // What the page loads is found beside it, so it is to be asked for as a folder.
    if (`${path}/` === base) {
      response.setHeader("Location", base);
      return [308, `the page is at ${base}`];
    }
    return path === "/health" ? [200, "ok"] : undefined;
  }

  /** Answers with an asset, encoded where that is worth it. */
  #give(
    request: IncomingMessage,
    response: ServerResponse,
    { etag, cacheControl, policy, type, body }: Asset,
    encoded?: { coding: Coding; body: Uint8Array },
  ): void {
    const head = {
      ...HEADERS,
      "Cache-Control": cacheControl,
      "Content-Security-Policy": policy,
      "ETag": etag,
      "Vary": "Accept-Encoding",
    };
    if (isKnown(request.headers["if-none-match"], etag)) {
      response.writeHead(304, head).end();
      return;
    }
    const content = encoded?.body ?? body;
    response.writeHead(200, {
      ...head,
      "Content-Type": type,
      "Content-Length": content.length,
      ...(encoded && { "Content-Encoding": encoded.coding }),
    });
    response.end(request.method === "HEAD" ? undefined : content);
  }

  /** Answers with a line of text. */
  #say(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, {
      ...HEADERS,
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'",
      "Content-Type": "text/plain; charset=utf-8",
    });
    response.end(`${text}\n`);
  }

  /** An answer to a request whose connection the HTTP server has let go of, and which ends with it. */
  #onto(socket: TcpSocket, request: IncomingMessage): ServerResponse {
    const response = new Answer(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Duplex as Socket);
    response.on("finish", () => socket.destroySoon());
    // Nobody else looks after it any more. A WebSocket has none of this; the room looks after it.
    socket.setTimeout(this.#timeouts.stalled, () => socket.destroy());
    return response;
  }

  /**
   * Whether a connection is to become what a request says. If not, the request is answered in its turn: one for another
   * protocol as if it had not offered that (RFC 9110, section 7.8), one for a WebSocket with why it gets none.
   */
  #isUpgraded(request: IncomingMessage): boolean {
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return false;
    const refusal = this.#refusal(request);
    if (refusal !== undefined) this.#refusals.set(request, refusal);
    return refusal === undefined;
  }

  #refusal(request: IncomingMessage): Answered | undefined {
    const visit = this.#visit(request);
    const refusal = this.#visitors.refuses(visit);
    if (refusal !== undefined) return [421, refusal];
    const { base = "/" } = this.#options;
    if (!SOCKETS.includes(pathOf(request.url, base))) return [404, `the WebSocket is at ${base}${SOCKETS[0].slice(1)}`];
    if (!this.#visitors.isSameOrigin(visit)) return [403, "only the room's own page may connect"];
    if (this.#isClosing) return [503, "the room is closing"];
    if (hasContent(request.headers)) return [400, "what asks for a WebSocket has no content"];
    // The answers that are still to come have the connection for themselves.
    if (this.#asking.get(socketOf(request))?.open !== 0) {
      return [400, "a WebSocket is not asked for behind other requests"];
    }
    // Whoever is in the room by it is one more there, through whatever proxy they come.
    if (!this.#connections.budgets.admits(this.#visitors.address(visit), "lines")) {
      return [429, "there are too many new connections from your address; try again in a moment"];
    }
    return undefined;
  }

  /** Takes a WebSocket into the room. */
  #upgrade(request: IncomingMessage, socket: TcpSocket, head: Buffer): void {
    this.#asking.delete(socket);
    socket.writeWhole();
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      const address = this.#visitors.address(this.#visit(request));
      // Its frames and its lines are one account.
      socket.budget.close();
      socket.budget = this.#connections.budgets.open(address, "lines");
      const transport = new WebSocketTransport(websocket, socket, address, () => this.#isClosing);
      this.#pages.add(transport);
      websocket.once("close", () => this.#pages.delete(transport));
      try {
        this.#connections.add(transport, socket.budget);
      } catch (error) {
        socket.budget.close();
        socket.fail(error);
      }
    });
  }

  /** Ends the connections that move, but get nowhere: a byte now and then would keep one open for ever. */
  #check(): void {
    const { request, keepAlive, answer } = this.#timeouts;
    // Who only is too slow is told so before.
    const idle = 2 * (request + keepAlive);
    const now = performance.now();
    for (const [socket, { open, movedAt }] of this.#asking) {
      if (now - movedAt > (open > 0 ? answer : idle)) socket.destroy();
    }
  }

  /**
   * Sends WebSockets a ping, in slices of time. Never rejects.
   *
   * @param share Of all of them: those who come after the ones of the last time.
   */
  ping(share = 1): Promise<void> {
    this.#pingsDue += this.#pages.size * share;
    // A share of a second is no sum of powers of two.
    const count = Math.floor(this.#pingsDue + 1e-6);
    this.#pingsDue -= count;
    return inSlices(this.#connections.pace, this.#ping(count), (error) => {
      this.#options.onError?.(`a ping: ${faultText(error)}`);
    });
  }

  *#ping(count: number): Generator<void> {
    for (; count > 0; count--) {
      let next = this.#nextPages.next();
      if (next.done) next = (this.#nextPages = this.#pages.values()).next();
      if (next.done) return;
      next.value.ping();
      yield;
    }
  }

  /** Stops taking connections, and waits until the last is over: those in the room end when the room's connections do. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#timers.forEach(clearInterval);
    this.#stop.abort();
    this.#server.close();
    for (const socket of this.#asking.keys()) socket.destroy();
    await this.#accepted;
    await Promise.all(this.#answers);
  }
}
