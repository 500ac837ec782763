/**
 * What each request is answered: an asset of the page, a line of text, or why not; and who pays for that.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { withoutIds } from "../files/folder.ts";
import type { Connections } from "../serve.ts";
import { faultText } from "../turns/faults.ts";
import type { Budget } from "../wire/budget.ts";
import { ExhaustionReports, isExhaustion } from "../wire/exhaustion.ts";
import type { Asset } from "./asset.ts";
import type { Assets } from "./assets.ts";
import type { FileRequests } from "./files.ts";
import { bestCoding, hasContent, hostFault, pathOf } from "./request.ts";
import { sendAsset, sendText, socketOf, type TextResponse } from "./response.ts";
import { TRUST, trustAsset, trustLanguage } from "./trust.ts";
import { visitOf, type Visitors } from "./visitors.ts";
import { isFor } from "../tls/pair.ts";
import type { TlsFacts } from "../tls/tls.ts";

/**
 * How many milliseconds the runtime takes to write a response and to go on with its connection: about as long as everything
 * else takes.
 */
const RESPONDING = 0.3;

/** So many characters of a path are shown in the log, which remote text must not fill. */
const MOST_LOGGED = 200;

/** What `Answers` takes from the gateway. */
export interface AnswerOptions {
  /** Where the page lies; see `WebOptions`. */
  base: string;
  /** How a request is answered that asked for a WebSocket and was refused. */
  refusalOf: (request: IncomingMessage) => TextResponse | undefined;
  /** How a page is answered that asks for the new secret of its device; see `Upgrades.renew`. */
  renew: (request: IncomingMessage) => { answer: TextResponse; cookies: string[] };
  /** What answers requests that are about files; undefined where there are none. */
  files?: FileRequests | undefined;
  /** What is known of TLS, if there is any. */
  tls?: TlsFacts | undefined;
  /** Called with what goes wrong. */
  onError?: ((text: string) => void) | undefined;
}

/** Where a page asks for the new secret of its device, by POST. */
const RENEWAL = "/cookie";

/** Answers requests. */
export class Answers {
  readonly #connections: Connections;
  readonly #visitors: Visitors;
  readonly #assets: Assets;
  readonly #options: AnswerOptions;
  readonly #exhaustionReports = new ExhaustionReports();

  constructor(connections: Connections, visitors: Visitors, assets: Assets, options: AnswerOptions) {
    this.#connections = connections;
    this.#visitors = visitors;
    this.#assets = assets;
    this.#options = options;
  }

  /** Answers a request. Rejects if not even an error can be answered. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = socketOf(request);
    socket.budget.charge(1);
    const asker = this.#openAsker(request);
    const budget = asker ?? socket.budget;
    try {
      // In any case: the parser must have found out what is wrong with what follows before there is an answer.
      await (asker?.ready() ?? budget.turn());
      if (socket.destroyed) return;
      const path = pathOf(request.url, this.#options.base);
      const { files } = this.#options;
      if (files?.isFor(path) && this.#isAllowed(request)) return await files.answer(request, response, path, budget);
      if (budget.run(0, () => this.#sendText(request, response))) return void budget.spend(RESPONDING);
      const asset = this.#trustAsset(request, path) ?? await this.#assets.get(path);
      const coding = bestCoding(`${request.headers["accept-encoding"] ?? ""}`);
      const encoded = coding && await asset?.encoded(coding);
      const turn = budget.turn();
      if (turn !== undefined) await turn;
      budget.run(0, () => {
        if (asset === undefined) return sendText(response, 404, "there is nothing here");
        sendAsset(request, response, asset, encoded && { coding, body: encoded });
      });
      budget.spend(RESPONDING);
    } catch (error) {
      this.#report(request, error);
      if (response.headersSent) socket.destroy();
      else sendText(response, 500, "something went wrong here");
    } finally {
      asker?.close();
    }
  }

  /** Reports a failure. Exhausted descriptors, which each request finds out anew, are reported briefly and now and then. */
  #report({ url }: IncomingMessage, error: unknown): void {
    const isExhausted = isExhaustion(error);
    if (isExhausted && !this.#exhaustionReports.isDue()) return;
    const text = isExhausted ? (error as Error).message : faultText(error);
    this.#options.onError?.(withoutIds(`${pathOf(url).slice(0, MOST_LOGGED)}: ${text}`));
  }

  /** Opens the budget of the visitor for whom a proxy passes a request on, which pays besides the proxy's connection. */
  #openAsker(request: IncomingMessage): Budget | undefined {
    const visit = visitOf(request);
    if (!this.#visitors.isProxy(visit.address)) return undefined;
    const budget = this.#connections.budgets.open(this.#visitors.address(visit), "requests");
    budget.charge(1);
    return budget;
  }

  /** What the page about trust shows, or gives to be installed; undefined for other paths. */
  #trustAsset(request: IncomingMessage, path: string): Asset | undefined {
    if (path !== TRUST.page && path !== TRUST.authority) return undefined;
    const { tls, base } = this.#options;
    const visit = visitOf(request);
    return trustAsset(path, tls, {
      language: trustLanguage(request.url ?? "", `${request.headers["accept-language"] ?? ""}`),
      host: this.#visitors.plainHost(visit),
      isSecure: this.#visitors.isSecure(visit),
      base,
    });
  }

  /** Whether a request is answered as its path says, and neither refused for what its head says nor sent elsewhere. */
  #isAllowed(request: IncomingMessage): boolean {
    const isReading = request.method === "GET" || request.method === "HEAD";
    return request.headers.upgrade === undefined && hostFault(request) === undefined &&
      this.#visitors.refuses(visitOf(request)) === undefined &&
      !(isReading && this.#secureLocation(request) !== undefined);
  }

  /** Answers with text if no file is needed, and says whether it did. */
  #sendText(request: IncomingMessage, response: ServerResponse): boolean {
    const text = this.#textFor(request, response);
    if (text !== undefined) sendText(response, ...text);
    return text !== undefined;
  }

  #textFor(request: IncomingMessage, response: ServerResponse): TextResponse | undefined {
    const { method, headers } = request;
    const fault = hostFault(request);
    // What would follow is not read.
    if (fault !== undefined || hasContent(headers) || headers.upgrade !== undefined) {
      response.setHeader("Connection", "close");
    }
    if (fault !== undefined) return [400, fault];
    const { base, refusalOf, tls } = this.#options;
    // An authority may ask from next door, and by a name that the room does not know.
    const answer = tls?.challenges.get(
      /^\/\.well-known\/acme-challenge\/([\w-]{1,200})$/.exec(request.url ?? "")?.[1] ?? "",
    );
    if (answer !== undefined) return [200, answer];
    const refusal = this.#visitors.refuses(visitOf(request));
    if (refusal !== undefined) return [421, refusal];
    const noWebSocket = refusalOf(request);
    if (noWebSocket !== undefined) return noWebSocket;
    if (method === "POST" && pathOf(request.url, base) === RENEWAL) {
      const { answer, cookies } = this.#options.renew(request);
      if (cookies.length > 0) response.setHeader("Set-Cookie", cookies);
      return answer;
    }
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return [405, "only GET and HEAD are answered"];
    }
    const secure = this.#secureLocation(request);
    if (secure !== undefined) {
      response.setHeader("Location", secure);
      return [308, `the page is at ${secure}`];
    }
    const path = pathOf(request.url, base);
    // The page loads what lies beside it, so the page must be asked for as a folder.
    if (`${path}/` === base) {
      response.setHeader("Location", base);
      return [308, `the page is at ${base}`];
    }
    return path === "/health" ? [200, "ok"] : undefined;
  }

  /**
   * Where a request that came without TLS is to go with it: where every browser takes the certificate, and that is for the
   * name that was asked for. Not where it is the room's own authority's: those who have not installed that would be shut out.
   */
  #secureLocation(request: IncomingMessage): string | undefined {
    const { tls, base } = this.#options;
    const port = tls?.isPublic ? tls.ports.page : undefined;
    const path = pathOf(request.url);
    if (port === undefined || path === `${base}health` || path === "/health") return undefined;
    const host = this.#visitors.plainHost(visitOf(request));
    if (host === undefined || !isFor(tls!.certificate.names, host)) return undefined;
    const asked = request.url!.startsWith("/") ? request.url : path;
    return `https://${host}${port === 443 ? "" : `:${port}`}${asked}`;
  }
}
