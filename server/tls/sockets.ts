/**
 * What the runtime has no call for, done on the sockets of TLS connections through the C library. They are found among the
 * program's file descriptors by their ports and addresses.
 *
 * - The runtime sets TCP_NODELAY on no TLS connection that it accepts: what is written soon after something else would wait
 *   until the peer has acknowledged that, for 40 ms on Linux. A connection inherits the option from its listener.
 * - The runtime does not tell how much a TLS connection has received, only what was in it. Linux does.
 * - A TLS connection that is closed stays open as long as its peer does not complete the handshake, or does not take what
 *   waits for it. Its socket has to be shut down.
 *
 * Where the program may not call the library (`--allow-ffi`), or knows none, nothing is done.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { canonicalAddress } from "../wire/address.ts";

/** So many files in a row that are no sockets end the search for sockets. */
const MOST_OTHERS = 1_024;

/** How many bytes an address of any family takes, and one of IPv4. */
const ADDRESS_BYTES = { most: 128, ipv4: 16 } as const;

/** AF_UNIX, the same on each system, and where an address says its family: the BSDs have its length before that. */
const UNIX = 1;
const FAMILY_AT = Deno.build.os === "linux" ? 0 : 1;

/** IPPROTO_TCP, TCP_NODELAY, SHUT_RDWR: the same on Linux, macOS and FreeBSD. */
const [TCP, NO_DELAY, BOTH] = [6, 1, 2];

/** TCP_INFO of Linux: what it is called, where its `tcpi_bytes_received` stands, and how much of it is asked for. */
const INFO = { name: 11, received: 128, bytes: 136 } as const;

/** The C library, by the system. */
const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.dylib",
  freebsd: "libc.so.7",
};

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
} as const;

type Sockets = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/**
 * Sets TCP_NODELAY on the listener of a port, and on connections that it has accepted.
 *
 * @returns Whether that was done.
 */
export function sendAtOnceFrom(port: number): boolean {
  const on = Uint8Array.of(1, 0, 0, 0);
  return withSockets((sockets) => {
    const set = socketsOn(sockets, port).map((fd) => sockets.setsockopt(fd, TCP, NO_DELAY, on, on.length) === 0);
    return set.length > 0 && set.every(Boolean);
  }) ?? false;
}

/** Whether sockets can be shut down here. */
export function canShutDown(): boolean {
  return withSockets(() => true) ?? false;
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

/** How many of this program's sockets are bound to a local port, the listener among them. For tests. */
export function countSockets(port: number): number | undefined {
  return withSockets((sockets) => socketsOn(sockets, port).length);
}

/** The two ends of a connection. */
export type Ends = Pick<Deno.Conn<Deno.NetAddr>, "localAddr" | "remoteAddr">;

/** The two ends of a connection as a text, each time the same. */
export function endsText({ localAddr, remoteAddr }: Ends): string {
  return textOf(localAddr.port, remoteAddr.hostname, remoteAddr.port);
}

/** @param address In any spelling. */
function textOf(localPort: number, address: string, port: number): string {
  return `${localPort} ${canonicalAddress(address) ?? address} ${port}`;
}

/**
 * Shuts sockets down: the system tells whoever reads or writes on them that they have ended.
 *
 * @param connections Their ends, as `endsText` has them.
 * @returns How many there were.
 */
export function shutDown(connections: ReadonlySet<string>): number {
  return withSockets((sockets) =>
    socketsOf(sockets, connections).filter(({ fd }) => sockets.shutdown(fd, BOTH) === 0).length
  ) ?? 0;
}

/**
 * How many bytes connections have received, with all that is around what they say; of none where the system does not tell.
 *
 * @param connections Their ends, as `endsText` has them.
 */
export function bytesReceived(connections: ReadonlySet<string>): ReadonlyMap<string, number> {
  const received = new Map<string, number>();
  if (Deno.build.os !== "linux") return received;
  withSockets((sockets) => {
    const info = new DataView(new ArrayBuffer(INFO.bytes));
    for (const { fd, ends } of socketsOf(sockets, connections)) {
      const length = Uint32Array.of(INFO.bytes);
      const isTold = sockets.getsockopt(fd, TCP, INFO.name, info.buffer, length.buffer) === 0 &&
        length[0] === INFO.bytes;
      // Older systems tell less.
      if (isTold) received.set(ends, Number(info.getBigUint64(INFO.received, true)));
    }
  });
  return received;
}

/** The descriptors of connections, with their ends. */
function socketsOf(sockets: Sockets, connections: ReadonlySet<string>): { fd: number; ends: string }[] {
  const numberIn = (ends: string, at: 0 | 2) => Number(ends.split(" ")[at]);
  const ports = new Set([...connections].map((ends) => numberIn(ends, 0)));
  const peers = new Set([...connections].map((ends) => numberIn(ends, 2)));
  const remote = new SocketAddress(sockets.getpeername);
  const found: { fd: number; ends: string }[] = [];
  for (const port of ports) {
    for (const fd of socketsOn(sockets, port)) {
      // To make a text of each would take longer than all else.
      if (!remote.read(fd) || !peers.has(remote.port)) continue;
      const ends = textOf(port, remote.text, remote.port);
      if (connections.has(ends)) found.push({ fd, ends });
    }
  }
  return found;
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
  const found: number[] = [];
  const local = new SocketAddress(sockets.getsockname);
  // The system gives out the lowest number that is free.
  for (let fd = 0, others = 0; others < MOST_OTHERS; fd++) {
    const isSocket = local.read(fd);
    others = isSocket ? 0 : others + 1;
    if (isSocket && local.port === port) found.push(fd);
  }
  return found;
}

/** One end of a socket, as the system tells it into the same bytes for each. */
class SocketAddress {
  readonly #ask: Sockets["getsockname"];
  readonly #address = new Uint8Array(ADDRESS_BYTES.most);
  readonly #length = Uint32Array.of(ADDRESS_BYTES.most);
  readonly #lengthBytes = new Uint8Array(this.#length.buffer);

  constructor(ask: Sockets["getsockname"]) {
    this.#ask = ask;
  }

  /** Asks for the end of a descriptor. @returns Whether it is a socket's that has one on a network. */
  read(fd: number): boolean {
    this.#length[0] = ADDRESS_BYTES.most;
    if (this.#ask(fd, this.#address, this.#lengthBytes) !== 0) return false;
    // Sockets between programs may have no name: then all but the family is what was read before.
    return this.#length[0] >= ADDRESS_BYTES.ipv4 && this.#address[FAMILY_AT] !== UNIX;
  }

  /** The port, which stands at the same place for IPv4 and IPv6. */
  get port(): number {
    return this.#address[2] << 8 | this.#address[3];
  }

  /** The address, in some spelling. */
  get text(): string {
    if (this.#length[0] === ADDRESS_BYTES.ipv4) return this.#address.subarray(4, 8).join(".");
    return Buffer.from(this.#address.subarray(8, 24)).toString("hex").match(/.{4}/g)!.join(":");
  }
}
