/**
 * Who asks, and whether a page may: the addresses that proxies tell of, and the origins and names that are taken for the
 * room's own. It must not know what is asked for.
 *
 * @module
 */

import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";

/** The parts of a request that say where it comes from. */
export interface Visit {
  /** The address of the connection's other end. */
  address: string;
  headers: IncomingHttpHeaders;
}

/** Where only those are who share a network or a machine with this one. */
const PRIVATE = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
];

/** Names that nobody can register, so that nobody else's page bears one: of one part, or under one of these. */
const LOCAL_NAME = /^[^.]+$|\.(?:localhost|local|lan|home|home\.arpa|internal|test)$/;

/** An address as `node:net` takes it, out of what a socket or a proxy writes: no zone, port or brackets. */
function plainAddress(text: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^[^:]+:\d+$/.test(text) ? text.split(":")[0] : text);
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}

/**
 * A set of addresses and subnets (`10.0.0.0/8`).
 *
 * @throws {TypeError} Where one is neither.
 */
export function addressSet(list: string[]): { has(address: string): boolean } {
  const set = new BlockList();
  for (const entry of list) {
    const [address, bits, ...rest] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const isSubnet = bits !== undefined;
    const isRight = isIP(address) !== 0 && rest.length === 0 &&
      (!isSubnet || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === "ipv6" ? 128 : 32)));
    if (!isRight) throw new TypeError(`Cannot use address: "${entry}" is none`);
    if (isSubnet) set.addSubnet(address, Number(bits), family);
    else set.addAddress(address, family);
  }
  return {
    has(text) {
      const address = plainAddress(text);
      return isIP(address) !== 0 && set.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
    },
  };
}

const privateAddresses = addressSet(PRIVATE);

/** How long what is known of this machine's networks holds, in milliseconds: it may move to another. */
const NETWORKS_HOLD = 60_000;

/** The networks that this machine is in: where those are public addresses a firewall may still keep others out. */
class OwnNetworks {
  #set = addressSet([]);
  #until = 0;

  has(address: string): boolean {
    const now = Date.now();
    if (now >= this.#until) {
      this.#until = now + NETWORKS_HOLD;
      this.#set = addressSet(networks());
    }
    return this.#set.has(address);
  }
}

/** The subnets of this machine's interfaces; none where it may not be asked. */
function networks(): string[] {
  try {
    return Deno.networkInterfaces().map(({ cidr }) => cidr).filter((cidr) => cidr !== null);
  } catch {
    return [];
  }
}

/** What is known of those who may come. */
export class Visitors {
  readonly #proxies: { has(address: string): boolean };
  readonly #names: Set<string>;
  readonly #networks: { has(address: string): boolean };

  /**
   * @param proxies Addresses and subnets whose word is taken for who asks.
   * @param names Host names that are the room's, beside addresses and local names.
   * @param networks The networks that this machine is in.
   * @throws {TypeError} Where one of `proxies` is no address.
   */
  constructor(
    proxies: string[] = [],
    names: string[] = [],
    networks: { has(address: string): boolean } = new OwnNetworks(),
  ) {
    this.#proxies = addressSet(proxies);
    this.#networks = networks;
    this.#names = new Set([...names, hostname()].map((name) => name.toLowerCase()));
  }

  /** Whether this is the address of a trusted proxy. */
  isProxy(address: string): boolean {
    return this.#proxies.has(address);
  }

  /** The address of who asks: the last in X-Forwarded-For that is no trusted proxy's, where a trusted proxy asks. */
  address({ address, headers }: Visit): string {
    const hops = `${headers["x-forwarded-for"] ?? ""}`.split(",");
    let last = plainAddress(address);
    while (this.isProxy(last) && hops.length > 0) {
      const hop = plainAddress(hops.pop()!.trim());
      // What is no address says nothing, and nothing before it can be believed.
      if (isIP(hop) === 0) break;
      last = hop;
    }
    return last;
  }

  /**
   * Why a request is refused, undefined where it is not.
   *
   * A page of elsewhere may have its own name lead to this machine (DNS rebinding) and so pass for the room's page: it
   * would let its owner into a network that only the browser's user is in. Therefore who comes from a private address, or
   * from a network of this machine's own, must ask for an address, a local name, this machine's name or one that was allowed.
   */
  refuses({ address, headers }: Visit): string | undefined {
    const isNear = privateAddresses.has(address) || this.#networks.has(address);
    if (this.isProxy(address) || !isNear || headers.host === undefined) return undefined;
    const name = hostOf("http:", headers.host)?.hostname.replace(/\.$/, "");
    if (name === undefined) return "the Host header holds no host name";
    if (isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0 || LOCAL_NAME.test(name) || this.#names.has(name)) {
      return undefined;
    }
    return `this room is not known as ${name}. Whoever runs it can start it with --allow-host ${name}, ` +
      "or with --trust-proxy where a proxy passes requests on";
  }

  /**
   * Whether this request may open a WebSocket: it is not a browser's (which always says the page's origin), or the page is
   * from the host that was asked for (RFC 6455, section 10.2).
   */
  isSameOrigin({ address, headers }: Visit): boolean {
    const { origin } = headers;
    if (origin === undefined) return true;
    const forwarded = this.isProxy(address) ? headers["x-forwarded-host"] : undefined;
    const host = forwarded === undefined ? headers.host : `${forwarded}`.split(",")[0].trim();
    const page = URL.parse(origin);
    if (page === null || host === undefined || !/^https?:$/.test(page.protocol)) return false;
    return hostOf(page.protocol, host)?.host === page.host;
  }
}

/** A Host header, parsed as a page with this scheme would be found by it: the scheme's own port is left out. */
function hostOf(protocol: string, host: string): URL | undefined {
  return /^[^/?#@\\\s]+$/.test(host) ? URL.parse(`${protocol}//${host}`) ?? undefined : undefined;
}

function hostname(): string {
  try {
    return Deno.hostname();
  } catch {
    // Not permitted: then it has no name.
    return "";
  }
}
