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

import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
// @ts-types="@types/ws"
import { WebSocketServer } from "ws";
import { type Asset, Assets, type Coding, CODINGS } from "./assets.ts";
import { addressRange } from "./address.ts";
import { accept, type Connections } from "./serve.ts";
import { TcpSocket } from "./tcpsocket.ts";
import { displayHost } from "./transport.ts";
import { Visitors } from "./visitors.ts";
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
  /** How often is looked whether a request has taken longer. */
  check: 5_000,
  /** How often each WebSocket is sent a ping, so that nothing on its way takes it for dead. */
  ping: 25_000,
};

/**
 * Requests that a connection may have open at once. Browsers wait for an answer before they ask again, and what is asked
 * for meanwhile would all be answered into memory.
 */
const MOST_OPEN_REQUESTS = 16;

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
  /** What is given out; the project's own when left out. */
  assets?: Assets;
  /** Other times to wait than `TIMEOUTS`. */
  timeouts?: Partial<typeof TIMEOUTS>;
  /** Told of what goes wrong. */
  onError?: (text: string) => void;
}

/** The best coding that a request accepts, in the words of Accept-Encoding (RFC 9110, section 12.5.3). */
function bestCoding(accepted: string): Coding | undefined {
  const weights = new Map(
    accepted.toLowerCase().split(",").map((part) => {
      const [name, weight] = part.trim().split(/\s*;\s*q=/);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return CODINGS.find((coding) => weights.get(coding)! > 0);
}

/** Whether the asker has it already (RFC 9110, section 13.1.2). */
function isKnown({ headers }: IncomingMessage, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  const tags = headers["if-none-match"]?.split(",").map(opaque) ?? [];
  return tags.includes("*") || tags.includes(opaque(etag));
}

/** Whether something comes behind the request (RFC 9112, section 6.3). */
function hasContent({ headers }: IncomingMessage): boolean {
  return (headers["content-length"] ?? "0") !== "0" || headers["transfer-encoding"] !== undefined;
}

/** The path of a request, also of one that names the host as for a proxy (RFC 9112, section 3.2.2). */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}

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
  readonly #perAddress = new Map<string, number>();
  /** Requests that are not answered yet. */
  readonly #open = new WeakMap<Socket, number>();
  /** Connections that are no WebSockets. */
  readonly #asking = new Set<TcpSocket>();
  readonly #stop = new AbortController();
  readonly #accepted: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  #isClosing = false;

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
    this.#assets = options.assets ?? new Assets();
    const timeouts = this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.#server = createServer({
      requestTimeout: timeouts.request,
      headersTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: timeouts.check,
    }, (request, response) => this.#answer(request, response));
    this.#server.timeout = timeouts.stalled;
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
    this.#timer = setInterval(() => this.ping(), timeouts.ping);
    const onError = (text: string) => options.onError?.(`the page's server: ${text}`);
    this.#accepted = accept(listener, (conn) => this.#take(new TcpSocket(conn)), {
      signal: this.#stop.signal,
      onError,
    });
  }

  /** Takes a connection, or ends it where its address has too many that are not people in the room. */
  #take(socket: TcpSocket): void {
    this.#asking.add(socket);
    socket.once("close", () => this.#asking.delete(socket));
    // Nobody else listens once it is a WebSocket, or its answer is ours; what becomes of it is known by its "close".
    socket.on("error", () => {});
    this.#server.emit("connection", socket);
    const { maxPerIp = 256 } = this.#options;
    if (maxPerIp === 0 || this.#visitors.isProxy(socket.remoteAddress)) return;
    const range = addressRange(displayHost(socket.remoteAddress));
    const count = (this.#perAddress.get(range) ?? 0) + 1;
    this.#perAddress.set(range, count);
    socket.once("close", () => {
      const left = this.#perAddress.get(range)! - 1;
      if (left > 0) this.#perAddress.set(range, left);
      else this.#perAddress.delete(range);
    });
    if (count > maxPerIp + Math.max(16, maxPerIp / 2)) socket.destroy();
  }

  /** Answers a request. Never rejects. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const open = (this.#open.get(socket) ?? 0) + 1;
    this.#open.set(socket, open);
    if (open > MOST_OPEN_REQUESTS) return void socket.destroy();
    response.once("close", () => this.#open.set(socket, this.#open.get(socket)! - 1));
    try {
      await this.#respond(request, response);
    } catch (error) {
      this.#options.onError?.(`${pathOf(request)}: ${error instanceof Error ? error.stack : error}`);
      if (response.headersSent) response.destroy();
      else this.#say(response, 500, "something went wrong here");
    }
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request;
    const refusal = this.#visitors.refuses({ address: request.socket.remoteAddress ?? "", headers });
    if (refusal !== undefined) return this.#say(response, 421, refusal);
    // What it would send is not read.
    if (hasContent(request)) response.setHeader("Connection", "close");
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return this.#say(response, 405, "only GET and HEAD are answered");
    }
    const path = pathOf(request);
    if (path === "/health") return this.#say(response, 200, "ok");
    const asset = await this.#assets.get(path);
    if (asset === undefined) return this.#say(response, 404, "there is nothing here");
    await this.#give(request, response, asset);
  }

  async #give(request: IncomingMessage, response: ServerResponse, asset: Asset): Promise<void> {
    const { etag, cacheControl, policy, type } = asset;
    const head = {
      ...HEADERS,
      "Cache-Control": cacheControl,
      "Content-Security-Policy": policy,
      "ETag": etag,
      "Vary": "Accept-Encoding",
    };
    if (isKnown(request, etag)) {
      response.writeHead(304, head).end();
      return;
    }
    const coding = bestCoding(`${request.headers["accept-encoding"] ?? ""}`);
    const encoded = coding && await asset.encoded(coding);
    const body = encoded ?? asset.body;
    response.writeHead(200, {
      ...head,
      "Content-Type": type,
      "Content-Length": body.length,
      ...(encoded && { "Content-Encoding": coding }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
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
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as unknown as Socket);
    response.on("finish", () => socket.destroySoon());
    // Nobody else looks after it any more. A WebSocket has none of this; the room looks after it.
    socket.setTimeout(this.#timeouts.stalled, () => socket.destroy());
    return response;
  }

  /** Takes a WebSocket into the room, or says why not. */
  #upgrade(request: IncomingMessage, socket: TcpSocket, head: Buffer): void {
    const { headers } = request;
    const response = this.#onto(socket, request);
    // Whoever offers another protocol may be answered as if it had not (RFC 9110, section 7.8).
    if (headers.upgrade?.toLowerCase() !== "websocket") return void this.#answer(request, response);
    const visit = { address: socket.remoteAddress ?? "", headers };
    const refusal = this.#visitors.refuses(visit);
    if (refusal !== undefined) return this.#say(response, 421, refusal);
    if (!SOCKETS.includes(pathOf(request))) return this.#say(response, 404, `the WebSocket is at ${SOCKETS[0]}`);
    if (!this.#visitors.isSameOrigin(visit)) return this.#say(response, 403, "only the room's own page may connect");
    if (this.#isClosing) return this.#say(response, 503, "the room is closing");
    response.detachSocket(socket as unknown as Socket);
    this.#asking.delete(socket);
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      const address = this.#visitors.address(visit);
      this.#connections.add(new WebSocketTransport(websocket, socket, address, () => this.#isClosing));
    });
  }

  /** Sends each WebSocket a ping, to which a browser answers by itself (RFC 6455, section 5.5.2). */
  ping(): void {
    for (const websocket of this.#sockets.clients) if (websocket.readyState === websocket.OPEN) websocket.ping();
  }

  /** Stops taking connections, and waits until the last is over: those in the room end when the room's connections do. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    this.#stop.abort();
    this.#server.close();
    for (const socket of this.#asking) socket.destroy();
    await this.#accepted;
  }
}
