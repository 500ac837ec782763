/**
 * How a response is written: its headers, a line of text, or an asset.
 *
 * @module
 */

import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Asset } from "./asset.ts";
import type { Coding } from "./compression.ts";
import { isKnown } from "./request.ts";
import type { TcpSocket } from "./tcpsocket.ts";

/** A response that is a line of text. */
export type TextResponse = [status: number, text: string];

/** What every response says. */
export const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // For calls; no frame of another origin gets any of them.
  "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** The connection of a request, which `node:http` knows as a socket of Node's. */
export function socketOf({ socket }: IncomingMessage): TcpSocket {
  return socket as Duplex as TcpSocket;
}

/** A response. What its listeners throw, the HTTP server among them, ends its connection and nothing else. */
export class ContainedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
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

/**
 * A response to a request whose connection the HTTP server has let go of. The connection ends with it.
 *
 * @param stalled After so many milliseconds without a byte the connection is cut off.
 */
export function responseOnto(socket: TcpSocket, request: IncomingMessage, stalled: number): ServerResponse {
  const response = new ContainedResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Duplex as Socket);
  response.on("finish", () => socket.destroySoon());
  // Nobody else watches it any more. A WebSocket has none of this; the room watches it.
  socket.setTimeout(stalled, () => socket.destroy());
  return response;
}

/** Answers with a line of text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...HEADERS,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Content-Type": "text/plain; charset=utf-8",
  });
  response.end(`${text}\n`);
}

/**
 * Answers with an asset, or with 304 if its asker has it already.
 *
 * @param encoded The asset's body in another coding, if that is to be sent.
 */
export function sendAsset(
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
