/// <reference lib="dom" />
/**
 * Lines over a WebSocket (IRCv3 websocket, `text.ircv3.net`): a message is a line. It must not know what they mean.
 *
 * @module
 */

import { BOUNDS } from "../client/bounds.ts";
import { OVERHEAD } from "../client/sizes.ts";
import type { Dial, Transport } from "../client/connection/transport.ts";

/** Size of the lines that may wait to be handled: who sends faster than they can be is left. */
const WAITING = 16 * 1024 * 1024;

/**
 * Dials a WebSocket.
 *
 * @param url Where it is, `ws:` or `wss:`.
 * @param unreachable A clause for the person where there is no connection; browsers do not tell why.
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
      // A message is a line, and has a line's bounds.
      if (isOver || typeof data !== "string" || data.length > BOUNDS.line) return;
      controller.enqueue(data);
      if (controller.desiredSize! <= 0) close();
    };
    const close = () => {
      socket.close();
      end();
    };
    const send = (line: string) => {
      // While it is being closed, which is told later, nothing goes anywhere, and browsers complain.
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(line);
      // A server that asks and asks, and takes no answer.
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

/** Not every browser iterates over a stream itself. */
async function* read(stream: ReadableStream<string>): AsyncGenerator<string, void, undefined> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
