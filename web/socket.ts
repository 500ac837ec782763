/// <reference lib="dom" />
/**
 * Lines over a WebSocket (IRCv3 websocket, `text.ircv3.net`): a message is a line. It must not know what they mean.
 *
 * @module
 */

import type { Dial, Transport } from "../client/transport.ts";

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
    const lines = new ReadableStream<string>({ start: (it) => void (controller = it) });
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      controller.close();
    };
    socket.onmessage = ({ data }) => {
      if (!isOver && typeof data === "string") controller.enqueue(data);
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
    const close = () => {
      socket.close();
      end();
    };
    return { lines: read(lines), send: (line) => socket.send(line), close } satisfies Transport;
  };
}

/** Not every browser iterates over a stream itself. */
async function* read(stream: ReadableStream<string>): AsyncGenerator<string, void, undefined> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
