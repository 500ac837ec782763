/**
 * The gateway for browsers: an HTTP server that gives out the page, and takes WebSockets into the room's connections. It
 * must not know what the page is made of, nor what the lines mean.
 *
 * It is `node:http` and the `ws` package, not `Deno.serve` and `Deno.upgradeWebSocket`: those take in a message of up to
 * 64 MiB before anyone can refuse it, read on however slowly its lines are handled, and wait for ever for the rest of a
 * request.
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
import type { Connections } from "./serve.ts";
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
  /** How often is looked whether one has taken longer. */
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

/** The gateway: open from `Web.open` until `close`. */
export class Web {
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
  readonly #timer: ReturnType<typeof setInterval>;
  #isClosing = false;

  private constructor(connections: Connections, options: WebOptions) {
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
    this.#server.on("connection", (socket: Socket) => this.#count(socket));
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      ...PARTS,
      // The client's order is its preference.
      handleProtocols: (offered) => [...offered].find((protocol) => SUBPROTOCOLS.includes(protocol)) ?? false,
    });
    this.#sockets.on("wsClientError", ({ message }, socket, request) => {
      this.#say(this.#onto(socket as Socket, request), 400, message);
    });
    this.#timer = setInterval(() => this.ping(), timeouts.ping);
  }

  /**
   * Opens a gateway.
   *
   * @param where An address to listen on, and a port, 0 for any.
   * @param connections The room's, which take on the WebSockets. Closing them is left to the caller.
   * @throws {TypeError} Where `trustProxy` holds what is no address.
   * @throws {Error} Where it cannot listen; `code` is that of the system (`EADDRINUSE`).
   */
  static async open(
    where: { hostname: string; port: number },
    connections: Connections,
    options: WebOptions = {},
  ): Promise<Web> {
    const web = new Web(connections, options);
    const server = web.#server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        // Everyone may come back at once after a restart, so many may stand in the queue.
        server.listen({ host: where.hostname, port: where.port, backlog: 4096 }, resolve);
      });
    } catch (error) {
      clearInterval(web.#timer);
      throw error;
    }
    server.removeAllListeners("error");
    server.on("error", (error) => options.onError?.(`the page's server: ${error.message}`));
    return web;
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Counts a connection, and ends it where its address has too many that are not people in the room. */
  #count(socket: Socket): void {
    const { maxPerIp = 256 } = this.#options;
    const address = socket.remoteAddress ?? "";
    if (maxPerIp === 0 || this.#visitors.isProxy(address)) return;
    const range = addressRange(displayHost(address));
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
  #onto(socket: Socket, request: IncomingMessage): ServerResponse {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on("finish", () => socket.destroySoon());
    // Nobody else looks after it any more. A WebSocket has none of this; the room looks after it.
    socket.setTimeout(this.#timeouts.request, () => socket.destroy());
    return response;
  }

  /** Takes a WebSocket into the room, or says why not. */
  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { headers } = request;
    // Nobody else listens any more; what becomes of the socket is known by its "close".
    socket.on("error", () => {});
    const response = this.#onto(socket, request);
    // Whoever offers another protocol may be answered as if it had not (RFC 9110, section 7.8).
    if (headers.upgrade?.toLowerCase() !== "websocket") return void this.#answer(request, response);
    const visit = { address: socket.remoteAddress ?? "", headers };
    const refusal = this.#visitors.refuses(visit);
    if (refusal !== undefined) return this.#say(response, 421, refusal);
    if (!SOCKETS.includes(pathOf(request))) return this.#say(response, 404, `the WebSocket is at ${SOCKETS[0]}`);
    if (!this.#visitors.isSameOrigin(visit)) return this.#say(response, 403, "only the room's own page may connect");
    if (this.#isClosing) return this.#say(response, 503, "the room is closing");
    response.detachSocket(socket);
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
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
