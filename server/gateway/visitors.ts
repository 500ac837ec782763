/**
 * Who asks, and whether a page may: the addresses that proxies tell of, and the origins and names that are taken for the
 * room's own. It must not know what is asked for.
 *
 * @module
 */

import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import { canonicalAddress } from "../wire/address.ts";

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

/** The longest host name that is looked at, with its port: what the DNS has is shorter (RFC 1035, section 2.3.4). */
const LONGEST_HOST = 300;
/** The longest origin: a scheme, and such a host. */
const LONGEST_ORIGIN = 320;

/** So many addresses in X-Forwarded-For are looked at, from its end: there is no longer chain of proxies. */
const MOST_HOPS = 16;

/** Names that nobody can register, so that nobody else's page bears one: of one part, or under one of these. */
const LOCAL_NAME = /^[^.]+$|\.(?:localhost|local|lan|home|home\.arpa|internal|test)$/;

/** An address without the port that some proxies write behind it, and without the brackets that they then write round it. */
function withoutPort(text: string): string {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    return /^(?::\d{1,5})?$/.test(text.slice(end + 1)) ? text.slice(1, end) : text;
  }
  const colon = text.indexOf(":");
  return colon >= 0 && /^\d{1,5}$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : text;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
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
    const isSubnet = bits !== undefined;
    const isRight = isIP(address) !== 0 && rest.length === 0 &&
      (!isSubnet || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32)));
    const plain = isSubnet ? address : canonicalAddress(address);
    if (!isRight || plain === undefined) throw new TypeError(`Cannot use address: "${entry}" is none`);
    if (isSubnet) set.addSubnet(plain, Number(bits), familyOf(plain));
    else set.addAddress(plain, familyOf(plain));
  }
  return {
    has(text) {
      if (list.length === 0) return false;
      const address = canonicalAddress(text);
      return address !== undefined && set.check(address, familyOf(address));
    },
  };
}

const privateAddresses = addressSet(PRIVATE);
const loopback = addressSet(["127.0.0.0/8", "::1"]);

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
    let last = canonicalAddress(address) ?? address;
    if (!this.isProxy(last)) return last;
    const hops = lastParts(`${headers["x-forwarded-for"] ?? ""}`, MOST_HOPS);
    while (this.isProxy(last) && hops.length > 0) {
      const hop = canonicalAddress(withoutPort(hops.pop()!.trim()));
      // What is no address says nothing, and nothing before it can be believed.
      if (hop === undefined) break;
      last = hop;
    }
    return last;
  }

  /**
   * Whether a trusted proxy has passed a request on. Where the proxy is on this machine, a browser here has its address, but
   * no page can have it send this header as it opens a WebSocket.
   */
  #isPassedOn(address: string, headers: IncomingHttpHeaders): boolean {
    return this.isProxy(address) && (headers["x-forwarded-for"] !== undefined || !loopback.has(address));
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
    if (this.#isPassedOn(address, headers) || !isNear || headers.host === undefined) return undefined;
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
    const forwarded = this.#isPassedOn(address, headers) ? headers["x-forwarded-host"] : undefined;
    const host = forwarded === undefined ? headers.host : `${forwarded}`.split(",")[0].trim();
    const page = origin.length > LONGEST_ORIGIN ? null : URL.parse(origin);
    if (page === null || host === undefined || !/^https?:$/.test(page.protocol)) return false;
    return hostOf(page.protocol, host)?.host === page.host;
  }
}

/** The last parts of a list with commas, at most so many. */
function lastParts(list: string, most: number): string[] {
  let from = list.length;
  for (let i = 0; i < most && from > 0; i++) from = list.lastIndexOf(",", from - 1);
  return list.slice(from + 1).split(",");
}

/** A Host header, parsed as a page with this scheme would be found by it: the scheme's own port is left out. */
function hostOf(protocol: string, host: string): URL | undefined {
  if (host.length > LONGEST_HOST) return undefined;
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
