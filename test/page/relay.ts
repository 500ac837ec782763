/**
 * A way to a room's page that can be cut: whoever comes by it is connected to the room, until the test says otherwise.
 *
 * @module
 */

import { connect, createServer, type Socket } from "node:net";

/** A way on this machine. It holds no more of a connection's bytes than the system does. */
export interface Relay extends AsyncDisposable {
  /** The page's address by this way. */
  page: string;
  /** Ends all connections, and has those that come from now on wait. */
  cut(): void;
  /** Lets connections through again, and first those that wait. */
  mend(): void;
}

/** Opens a way to a page. */
export async function openRelay(page: string): Promise<Relay> {
  const url = new URL(page);
  const room = { host: url.hostname, port: Number(url.port) };
  const open = new Set<Socket>();
  let mended = Promise.withResolvers<void>();
  mended.resolve();
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
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url.port = `${(server.address() as { port: number }).port}`;
  const end = () => open.forEach((socket) => socket.destroy());
  return {
    page: url.href,
    cut() {
      mended = Promise.withResolvers();
      end();
    },
    mend: () => mended.resolve(),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      end();
      await closed;
    },
  };
}
