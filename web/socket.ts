/// <reference lib="dom" />
/**
 * Carries lines over a WebSocket (IRCv3 websocket, `text.ircv3.net`): each message is a line.
 *
 * @module
 */

import { BOUNDS } from "../client/bounds.ts";
import { OVERHEAD } from "../client/sizes.ts";
import type { Dial, Transport } from "../client/connection/transport.ts";

/** Size of the lines that may wait to be handled. The connection to a server that sends faster is closed. */
const WAITING = 16 * 1024 * 1024;

/**
 * Makes a function that connects to a WebSocket.
 *
 * @param url Its address, `ws:` or `wss:`.
 * @param unreachable Gives what is said where no connection is made, since browsers do not tell why.
 */
export function webSocketDial(url: string, unreachable: () => string): Dial {
  return async (signal) => {
    const socket = new WebSocket(url, ["text.ircv3.net"]);
    let controller!: ReadableStreamDefaultController<string>;
    const lines = new ReadableStream<string>(
      { start: (it) => void (controller = it) },
      { highWaterMark: WAITING, size: (line) => OVERHEAD + line.length },
    );
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      controller.close();
    };
    socket.onmessage = ({ data }) => {
      // A message has the bounds of a line.
      if (isOver || typeof data !== "string" || data.length > BOUNDS.line) return;
      controller.enqueue(data);
      if (controller.desiredSize! <= 0) close();
    };
    const close = () => {
      socket.close();
      end();
    };
    const send = (line: string) => {
      // A socket that is being closed sends nothing any more, and browsers would complain.
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(line);
      // Ends a connection to a server that asks and asks, and takes no answer.
      if (socket.bufferedAmount > BOUNDS.unsent) close();
    };
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onclose = () => reject(new Error(unreachable()));
      signal.addEventListener("abort", () => {
        socket.close();
        reject(signal.reason);
      }, { once: true });
    });
    socket.onclose = end;
    return { lines: read(lines), send, close } satisfies Transport;
  };
}

/**
 * Has the browser given a new cookie: the old one opens nothing any more. Where that fails, the person logs in again.
 *
 * @param socket The address of the WebSocket, which says how long the cookie lasts.
 * @param token What the server has told this page; see docs/devices.md.
 */
export async function renewCookie(socket: string, token: string): Promise<void> {
  const url = new URL(socket);
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  url.pathname = url.pathname.replace(/irc$/, "cookie");
  const options = { method: "POST", headers: { "Teahouse-Renewal": token }, redirect: "error" } as const;
  try {
    // It goes on where the page is closed or loaded anew.
    await fetch(url, { ...options, keepalive: true });
  } catch {
    // The person is asked to log in the next time.
  }
}

/**
 * Has the browser keep this page's cookie for another time: the server gives it with each WebSocket, and this one says nothing.
 *
 * @param socket The address of the WebSocket, which says how long the cookie lasts.
 */
export function keepCookie(socket: string): void {
  const again = new WebSocket(socket, ["text.ircv3.net"]);
  again.onopen = () => again.close();
}

/** Iterates over a stream, which not every browser does itself. */
async function* read(stream: ReadableStream<string>): AsyncGenerator<string, void, undefined> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** Whether a host of an address is this machine itself, by its loopback interface. */
export function isThisMachine(host: string): boolean {
  return /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
