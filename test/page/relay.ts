/**
 * A way to a room's page that can be cut: whoever comes by it is connected to the room, until the test says otherwise.
 *
 * @module
 */

import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";

/** A way on this machine. It holds no more of a connection's bytes than the system does. */
export interface Relay extends AsyncDisposable {
  /** The page's address by this way. */
  page: string;
  /** Ends all connections, and has those that come from now on wait. */
  cut(): void;
  /** Lets so many more bytes through to the room, of all connections together, and then holds what comes. */
  hold(bytes: number): void;
  /** Lets connections through again, and first those that wait; and what is held. */
  mend(): void;
}

/** Opens a way to a page. @param from The address of this machine that the room sees. */
export async function openRelay(page: string, from?: string): Promise<Relay> {
  const url = new URL(page);
  const room = { host: url.hostname, port: Number(url.port), ...(from === undefined ? {} : { localAddress: from }) };
  const open = new Set<Socket>();
  let mended = Promise.withResolvers<void>();
  mended.resolve();
  /** How many bytes go to the room before it is held, and what goes on with those that wait. */
  let left = Infinity;
  const held: (() => void)[] = [];
  const gate = () =>
    new Transform({
      transform(bytes, _, done) {
        left -= bytes.length;
        if (left >= 0) done(null, bytes);
        else held.push(() => done(null, bytes));
      },
    });
  const release = () => {
    left = Infinity;
    for (const go of held.splice(0)) go();
  };
  const server = createServer(async (browser) => {
    open.add(browser.on("error", () => {}));
    await mended.promise;
    if (browser.destroyed) return void open.delete(browser);
    const onward = connect(room);
    for (const [socket, other] of [[browser, onward], [onward, browser]]) {
      open.add(socket);
      // A browser that leaves is no failure of the way.
      socket.on("error", () => {}).once("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    browser.pipe(gate()).pipe(onward).pipe(browser);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url.port = `${(server.address() as { port: number }).port}`;
  const end = () => open.forEach((socket) => socket.destroy());
  return {
    page: url.href,
    cut() {
      mended = Promise.withResolvers();
      end();
      // What is held was of these connections.
      held.length = 0;
      left = Infinity;
    },
    hold: (bytes) => left = bytes,
    mend() {
      release();
      mended.resolve();
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      end();
      await closed;
    },
  };
}
