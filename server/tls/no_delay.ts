/**
 * Has a listener's connections send at once what is written. The runtime sets TCP_NODELAY on no TLS connection that it
 * accepts, and has no call for it: what is written soon after something else would wait until the peer has acknowledged
 * that, for 40 ms on Linux. A connection inherits the option from its listener, which is found among the program's file
 * descriptors by its port.
 *
 * @module
 */

/** How many bytes an address of any family takes. */
const ADDRESS_BYTES = 128;

/** IPPROTO_TCP, TCP_NODELAY: the same on Linux, macOS and FreeBSD. */
const [TCP, NO_DELAY] = [6, 1];

/** The C library, by the system. On others nothing is set. */
const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.dylib",
  freebsd: "libc.so.7",
};

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
} as const;

type Sockets = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Sets TCP_NODELAY on the listener of a port, and on connections that it has accepted.
 *
 * @returns Whether that was done: it is not where the program may not call the C library (`--allow-ffi`), or knows none.
 */
export function sendAtOnceFrom(port: number): boolean {
  const on = Uint8Array.of(1, 0, 0, 0);
  return withSockets((sockets) => {
    const set = socketsOn(sockets, port).map((fd) => sockets.setsockopt(fd, TCP, NO_DELAY, on, on.length) === 0);
    return set.length > 0 && set.every(Boolean);
  }) ?? false;
}

/** Whether all of this program's sockets on a local port send at once; undefined where that can't be asked. For tests. */
export function isSentAtOnce(port: number): boolean | undefined {
  return withSockets((sockets) =>
    socketsOn(sockets, port).every((fd) => {
      const value = new Uint8Array(4);
      return sockets.getsockopt(fd, TCP, NO_DELAY, value, Uint8Array.of(4, 0, 0, 0)) === 0 && value[0] !== 0;
    })
  );
}

function withSockets<T>(work: (sockets: Sockets) => T): T | undefined {
  const path = LIBRARIES[Deno.build.os];
  if (path === undefined) return undefined;
  try {
    using library = new Library(path);
    return work(library.symbols);
  } catch {
    return undefined;
  }
}

/** A library that is closed with its block. */
class Library implements Disposable {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly symbols: Sockets;

  constructor(path: string) {
    this.#library = Deno.dlopen(path, SYMBOLS);
    this.symbols = this.#library.symbols;
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** The descriptors of the sockets that are bound to a port. */
function socketsOn(sockets: Sockets, port: number): number[] {
  return [...Deno.readDirSync("/dev/fd")].map(({ name }) => Number(name)).filter((fd) => {
    const address = new Uint8Array(ADDRESS_BYTES);
    const length = new Uint8Array(Uint32Array.of(ADDRESS_BYTES).buffer);
    // The port stands at the same place for IPv4 and IPv6, in the network's order of bytes.
    return sockets.getsockname(fd, address, length) === 0 && (address[2] << 8 | address[3]) === port;
  });
}
