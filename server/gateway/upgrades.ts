/**
 * WebSockets: which requests become one, how they come into the room, and the pings that keep them alive.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
// @ts-types="@types/ws"
import { WebSocketServer } from "ws";
import type { Device } from "../auth/device.ts";
import type { Devices } from "../auth/devices.ts";
import type { Connections } from "../serve.ts";
import { faultText } from "../turns/faults.ts";
import { inSlices } from "../turns/slices.ts";
import { displayHost } from "../wire/address.ts";
import { type CookieOptions, pageName, secretsIn, settingSecret } from "./cookies.ts";
import { hasContent, hostFault, pathOf } from "./request.ts";
import { responseOnto, sendText, type TextResponse } from "./response.ts";
import type { TcpSocket } from "./tcpsocket.ts";
import { type Visit, visitOf, type Visitors } from "./visitors.ts";
import { LARGEST_MESSAGE, SUBPROTOCOLS, WebSocketTransport } from "./websocket.ts";

/** The paths of the WebSocket. `/` is one for clients that are given only a host. */
const PATHS = ["/irc", "/"];

/**
 * How many parts a message, a frame and the pongs that its sender does not read may have. Each part takes some KiB, however
 * few bytes it holds; no client comes near these numbers.
 */
const PARTS = { maxFragments: 64, maxBufferedChunks: 128, maxPendingAutoPongs: 60 };

/** Pings go out in so many shares, so that neither they nor their answers come all at once. */
const PING_SHARES = 25;

/**
 * Whether a page says that its person stays signed in (`?stays=1`), or only as long as the browser is open (`?stays=0`); then
 * a cookie that is there already is set anew. Undefined for a page that says neither.
 */
function staysIn(url = ""): boolean | undefined {
  const [, stays] = /[?&]stays=([01])(?:&|$)/.exec(url.slice(0, 200)) ?? [];
  return stays === undefined ? undefined : stays === "1";
}

/** In which header a page says the token for its new secret. */
const TOKEN = "teahouse-renewal";

/** What `Upgrades` takes from the gateway. */
export interface UpgradeOptions {
  /** Where the page lies; see `WebOptions`. */
  base: string;
  /** How often each WebSocket is sent a ping, in milliseconds. */
  pingEvery: number;
  /** After so many milliseconds without a byte a refused handshake is cut off. */
  stalled: number;
  /** Called with what goes wrong. */
  onError?: ((text: string) => void) | undefined;
}

/** The WebSockets of the page, open until `close`. */
export class Upgrades {
  readonly #connections: Connections;
  readonly #visitors: Visitors;
  readonly #options: UpgradeOptions;
  readonly #server: WebSocketServer;
  readonly #timer: ReturnType<typeof setInterval>;
  /** The WebSockets in the room, and those that are sent a ping next. */
  readonly #transports = new Set<WebSocketTransport>();
  #next: Iterator<WebSocketTransport> = this.#transports.values();
  /** How many pings are due, less than one where there are few WebSockets. */
  #pingsDue = 0;
  /** Why requests for a WebSocket are not granted. */
  readonly #refusals = new WeakMap<IncomingMessage, TextResponse>();
  /** The cookies that go out with the responses. */
  readonly #cookies = new WeakMap<IncomingMessage, string[]>();
  #isClosing = false;

  constructor(connections: Connections, visitors: Visitors, options: UpgradeOptions) {
    this.#connections = connections;
    this.#visitors = visitors;
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      ...PARTS,
      // The client's order is its preference.
      handleProtocols: (offered) => [...offered].find((protocol) => SUBPROTOCOLS.includes(protocol)) ?? false,
    });
    this.#server.on("headers", (headers, request) => void headers.push(...this.#cookies.get(request) ?? []));
    this.#server.on("wsClientError", ({ message }, socket, request) => {
      sendText(responseOnto(socket as TcpSocket, request, options.stalled), 400, message);
    });
    this.#timer = setInterval(() => void this.ping(1 / PING_SHARES), options.pingEvery / PING_SHARES);
  }

  /**
   * Whether a request's connection is to become a WebSocket. If not, the request is answered in its turn: one for another
   * protocol as if it had not offered that (RFC 9110, section 7.8), one for a WebSocket with `refusalOf`.
   *
   * @param isFirst Whether the connection has no other request that is not answered yet.
   */
  isGranted(request: IncomingMessage, isFirst: boolean): boolean {
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return false;
    const refusal = this.#refuse(request, isFirst);
    if (refusal !== undefined) this.#refusals.set(request, refusal);
    return refusal === undefined;
  }

  /** How a request is answered that asked for a WebSocket and was refused; nothing for other requests. */
  refusalOf(request: IncomingMessage): TextResponse | undefined {
    return this.#refusals.get(request);
  }

  #refuse(request: IncomingMessage, isFirst: boolean): TextResponse | undefined {
    const fault = hostFault(request);
    if (fault !== undefined) return [400, fault];
    const visit = visitOf(request);
    const refusal = this.#visitors.refuses(visit);
    if (refusal !== undefined) return [421, refusal];
    const { base } = this.#options;
    if (!PATHS.includes(pathOf(request.url, base))) return [404, `the WebSocket is at ${base}${PATHS[0].slice(1)}`];
    if (!this.#visitors.isSameOrigin(visit)) return [403, "only the room's own page may connect"];
    if (this.#isClosing) return [503, "the room is closing"];
    if (hasContent(request.headers)) return [400, "what asks for a WebSocket has no content"];
    // The responses that are still to come need the connection for themselves.
    if (!isFirst) return [400, "a WebSocket is not asked for behind other requests"];
    // Each WebSocket is one more connection in the room, through whatever proxy it comes.
    if (!this.#connections.budgets.admits(this.#visitors.address(visit), "lines")) {
      return [429, "there are too many new connections from your address; try again in a moment"];
    }
    if (this.#isBeingReplaced(request, visit)) return [409, "this browser is being given another cookie; try again"];
    if (this.#guessesTooFast(request, visit)) {
      return [429, "there are too many unknown cookies from your address; try again in a moment"];
    }
    return undefined;
  }

  /** Takes a WebSocket into the room, by its device if it is a page's. Never throws. */
  upgrade(request: IncomingMessage, socket: TcpSocket, head: Buffer): void {
    socket.writeWhole();
    try {
      const device = this.#deviceOf(request);
      socket.budget.run(0, () => this.#open(request, socket, head, device));
    } catch (error) {
      socket.fail(error);
    }
  }

  /** How a page's secret is kept. */
  #cookieOptions(devices: Devices, visit: Visit): CookieOptions {
    return { room: devices.room, base: this.#options.base, isSecure: this.#visitors.isPageSecure(visit) };
  }

  /**
   * Whether a request names a made-up secret, and its address has named too many. Each that it names is counted. It is told so
   * at once: many who waited for a turn would keep as many connections.
   */
  #guessesTooFast(request: IncomingMessage, visit: Visit): boolean {
    const { devices, guesses } = this.#connections;
    if (devices === undefined) return false;
    const secrets = secretsIn(request.headers.cookie, this.#cookieOptions(devices, visit));
    const address = this.#visitors.address(visit);
    return secrets.filter((one) => devices.isGuess(one)).some(() => !guesses.tryNow(address));
  }

  /** Whether a page comes by a cookie in whose place it is about to get another one, which a new one would displace. */
  #isBeingReplaced(request: IncomingMessage, visit: Visit): boolean {
    const { devices } = this.#connections;
    const secrets = devices === undefined ? [] : secretsIn(request.headers.cookie, this.#cookieOptions(devices, visit));
    return secrets.some((one) => devices!.isBeingReplaced(one));
  }

  /**
   * Gives a page the new secret of its device, for a token that it was told over its WebSocket (auth/renewals.ts).
   *
   * @returns The answer, and the values of `Set-Cookie`.
   */
  renew(request: IncomingMessage): { answer: TextResponse; cookies: string[] } {
    const { devices, guesses } = this.#connections;
    const visit = visitOf(request);
    const { headers } = request;
    const refusal = (...answer: TextResponse) => ({ answer, cookies: [] });
    // A browser says the page's origin with each POST, and lets no page from elsewhere send the header of the token.
    if (headers.origin === undefined || !this.#visitors.isSameOrigin(visit)) {
      return refusal(403, "only the room's own page may ask");
    }
    const secret = devices?.renewals.take(`${headers[TOKEN] ?? ""}`.slice(0, 100));
    if (devices === undefined || secret === undefined) {
      return guesses.tryNow(this.#visitors.address(visit))
        ? refusal(404, "nothing is offered for that")
        : refusal(429, "there are too many unknown tokens from your address; try again in a moment");
    }
    const options = this.#cookieOptions(devices, visit);
    const cookies = settingSecret(headers.cookie, secret, options, staysIn(request.url) ?? true);
    return { answer: [200, "ok"], cookies: cookies.map((header) => header.slice("Set-Cookie: ".length)) };
  }

  /**
   * The device by whose secret a page asks. A page that has none, or one that is unknown or has ended, is given one with the
   * response: a browser that comes by a link from elsewhere sends its cookie with no earlier request.
   */
  #deviceOf(request: IncomingMessage): Device | undefined {
    const { devices } = this.#connections;
    if (devices === undefined) return undefined;
    const visit = visitOf(request);
    const { headers } = request;
    const options = this.#cookieOptions(devices, visit);
    const found = secretsIn(headers.cookie, options).flatMap((secret) => {
      const device = devices.find(secret);
      return device === undefined ? [] : [{ secret, device }];
    });
    const stays = staysIn(request.url);
    // Of several one is somebody else's, and nothing says which.
    if (found.length > 1) return undefined;
    // A program that is no browser keeps no cookies. It may ask for a device by a command.
    if (headers.origin === undefined) return found[0]?.device;
    if (found.length === 1) {
      const [{ secret, device }] = found;
      if (stays !== undefined) this.#cookies.set(request, settingSecret(headers.cookie, secret, options, stays));
      return device;
    }
    const address = displayHost(this.#visitors.address(visit));
    const { device, secret } = devices.make(pageName(headers["user-agent"]), address);
    this.#cookies.set(request, settingSecret(headers.cookie, secret, options, stays));
    return device;
  }

  #open(request: IncomingMessage, socket: TcpSocket, head: Buffer, device: Device | undefined): void {
    this.#server.handleUpgrade(request, socket, head, (websocket) => {
      const visit = visitOf(request);
      const address = this.#visitors.address(visit);
      // One budget pays for its frames and its lines.
      socket.budget.close();
      socket.budget = this.#connections.budgets.open(address, "lines");
      const origin = this.#visitors.origin(visit);
      const reached = origin === undefined ? undefined : { origin };
      const peer = { address, isSecure: this.#visitors.isSecure(visit), reached };
      const transport = new WebSocketTransport(websocket, socket, peer, () => this.#isClosing);
      this.#transports.add(transport);
      websocket.once("close", () => this.#transports.delete(transport));
      try {
        this.#connections.add(transport, { opened: socket.budget, device });
      } catch (error) {
        socket.budget.close();
        socket.fail(error);
      }
    });
  }

  /**
   * Sends a ping to a share of the WebSockets, after those of the last time, in slices of time. Never rejects.
   *
   * @param share Of all WebSockets, from 0 to 1.
   */
  ping(share = 1): Promise<void> {
    this.#pingsDue += this.#transports.size * share;
    // A share is no sum of powers of two, so the sum of 25 shares may be a little less than all.
    const count = Math.floor(this.#pingsDue + 1e-6);
    this.#pingsDue -= count;
    return inSlices(this.#connections.pace, this.#ping(count), (error) => {
      this.#options.onError?.(`a ping: ${faultText(error)}`);
    });
  }

  *#ping(count: number): Generator<void> {
    for (; count > 0; count--) {
      let next = this.#next.next();
      if (next.done) next = (this.#next = this.#transports.values()).next();
      if (next.done) return;
      next.value.ping();
      yield;
    }
  }

  /** Grants no more WebSockets. Those in the room end when the room's connections do. */
  close(): void {
    this.#isClosing = true;
    clearInterval(this.#timer);
  }
}
