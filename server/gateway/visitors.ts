/**
 * Where a request comes from, and whether its page may ask: the visitor's address behind proxies, and the origins and host
 * names that are the room's own.
 *
 * @module
 */

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { canonicalAddress } from "../wire/address.ts";
import { socketOf } from "./response.ts";
import { OwnNetworks } from "../wire/interfaces.ts";
import { type AddressSet, addressSet, LOCAL_DOMAINS, loopback, PRIVATE_NETWORKS } from "../wire/networks.ts";

/** The parts of a request that say where it comes from. */
export interface Visit {
  /** The address of the connection's other end. */
  address: string;
  /** Whether the connection is TLS. */
  isSecure?: boolean;
  headers: IncomingHttpHeaders;
}

/** Where a request comes from. */
export function visitOf(request: IncomingMessage): Visit {
  const { remoteAddress: address, isSecure } = socketOf(request);
  return { address, isSecure, headers: request.headers };
}

/** The longest host name with a port that is looked at: names in the DNS are shorter (RFC 1035, section 2.3.4). */
const LONGEST_HOST = 300;
/** The longest origin that is looked at: a scheme, and such a host. */
const LONGEST_ORIGIN = 320;

/** So many addresses of X-Forwarded-For are looked at, from its end: no chain of proxies is longer. */
const MOST_HOPS = 16;

/** Host names that nobody can register, so that no other page has one: names of one part, and names under these. */
const LOCAL_NAME = new RegExp(`^[^.]+$|\\.(?:${LOCAL_DOMAINS.map((name) => name.replace(".", "\\.")).join("|")})$`);

/** An address without the port that some proxies write behind it, and without the brackets that this needs around IPv6. */
function withoutPort(text: string): string {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    return /^(?::\d{1,5})?$/.test(text.slice(end + 1)) ? text.slice(1, end) : text;
  }
  const colon = text.indexOf(":");
  return colon >= 0 && /^\d{1,5}$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : text;
}

const privateAddresses = addressSet(PRIVATE_NETWORKS);

/** Tells where requests come from, and which of them are refused. */
export class Visitors {
  readonly #proxies: AddressSet;
  readonly #names: Set<string>;
  readonly #networks: AddressSet;

  /**
   * @param proxies Addresses and subnets of trusted proxies, which tell from which address a request comes.
   * @param names Host names that are the room's, besides addresses and local names.
   * @param networks The networks that this machine is in.
   * @throws {TypeError} If one of `proxies` is no address.
   */
  constructor(
    proxies: string[] = [],
    names: string[] = [],
    networks: AddressSet = new OwnNetworks(),
  ) {
    this.#proxies = addressSet(proxies);
    this.#networks = networks;
    this.#names = new Set([...names, hostname()].map((name) => name.toLowerCase()));
  }

  /** Whether this is the address of a trusted proxy. */
  isProxy(address: string): boolean {
    return this.#proxies.has(address);
  }

  /**
   * The address that a request comes from. If a trusted proxy passes it on, that is the last address in X-Forwarded-For that
   * is no trusted proxy's.
   */
  address({ address, headers }: Visit): string {
    let last = canonicalAddress(address) ?? address;
    if (!this.isProxy(last)) return last;
    const hops = lastParts(`${headers["x-forwarded-for"] ?? ""}`, MOST_HOPS);
    while (this.isProxy(last) && hops.length > 0) {
      const hop = canonicalAddress(withoutPort(hops.pop()!.trim()));
      // A hop that is no address says nothing, and what stands before it can't be believed.
      if (hop === undefined) break;
      last = hop;
    }
    return last;
  }

  /**
   * Whether a trusted proxy has passed a request on. If the proxy is on this machine, a browser here has the same address, but
   * no page can make a browser send this header when it opens a WebSocket.
   */
  #isPassedOn(address: string, headers: IncomingHttpHeaders): boolean {
    return this.isProxy(address) && (headers["x-forwarded-for"] !== undefined || !loopback.has(address));
  }

  /**
   * Whether a page came over TLS, which decides about its cookie: its connection is TLS, or its browser says so by its origin.
   * A page that lies about it harms its own cookie alone.
   */
  isPageSecure(visit: Visit): boolean {
    return visit.headers.origin?.startsWith("https://") || this.isSecure(visit);
  }

  /** Whether nobody on the way can read a visit: its connection is TLS, or a trusted proxy says that the visitor's is. */
  isSecure({ address, isSecure = false, headers }: Visit): boolean {
    if (!this.#isPassedOn(address, headers)) return isSecure;
    return lastParts(`${headers["x-forwarded-proto"] ?? ""}`, 1)[0].trim().toLowerCase() === "https";
  }

  /** The host name that was asked for by who came without TLS and past no proxy, which would have its own idea of TLS. */
  plainHost({ address, isSecure, headers }: Visit): string | undefined {
    if (isSecure || headers.host === undefined || this.#isPassedOn(address, headers)) return undefined;
    return hostOf("http:", headers.host)?.hostname;
  }

  /** Whether nobody else on the network can read a visit: it is secure, or comes from this machine and past no proxy. */
  isPrivate(visit: Visit): boolean {
    const { address, headers } = visit;
    const isPassedOn = headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined;
    return this.isSecure(visit) || loopback.has(address) && !isPassedOn;
  }

  /** The origin that was asked, as `https://host:port`; undefined where the request names no host. */
  origin(visit: Visit): string | undefined {
    const host = this.#hostAsked(visit);
    return host === undefined ? undefined : hostOf(this.isSecure(visit) ? "https:" : "http:", host)?.origin;
  }

  /** The host with its port that was asked, as a trusted proxy tells it if the request came past one. */
  #hostAsked({ address, headers }: Visit): string | undefined {
    const forwarded = this.#isPassedOn(address, headers) ? headers["x-forwarded-host"] : undefined;
    return forwarded === undefined ? headers.host : `${forwarded}`.split(",")[0].trim();
  }

  /**
   * Why a request is refused; undefined if it is not.
   *
   * A foreign page may have its own name lead to this machine (DNS rebinding) and so pass for the room's page, which would
   * let its owner into a network that only the browser's user is in. So a request from a private address, or from one of
   * this machine's own networks, must ask for an address, a local name, this machine's name or a name that was allowed.
   */
  refuses({ address, headers }: Visit): string | undefined {
    const isNear = privateAddresses.has(address) || this.#networks.has(address);
    if (this.#isPassedOn(address, headers) || !isNear || headers.host === undefined) return undefined;
    const name = hostOf("http:", headers.host)?.hostname.replace(/\.$/, "");
    if (name === undefined) return "the Host header holds no host name";
    const isAddress = canonicalAddress(name.replace(/^\[(.*)\]$/, "$1")) !== undefined;
    if (isAddress || LOCAL_NAME.test(name) || this.#names.has(name)) return undefined;
    return `this room is not known as ${name}. Whoever runs it can start it with --allow-host ${name}, ` +
      "or with --trust-proxy where a proxy passes requests on";
  }

  /**
   * Whether a request may open a WebSocket: it is no browser's (a browser always says the page's origin), or its page is
   * from the host that it asks for (RFC 6455, section 10.2). A page that came without TLS opens none over TLS: whoever is on
   * its way has written what it says, and must get no cookie sent that goes over TLS alone.
   */
  isSameOrigin(visit: Visit): boolean {
    const { origin } = visit.headers;
    if (origin === undefined) return true;
    const host = this.#hostAsked(visit);
    const page = origin.length > LONGEST_ORIGIN ? null : URL.parse(origin);
    if (page === null || host === undefined || !/^https?:$/.test(page.protocol)) return false;
    if (page.protocol === "http:" && this.isSecure(visit)) return false;
    return hostOf(page.protocol, host)?.host === page.host;
  }
}

/** The last parts of a comma-separated list, at most so many. */
function lastParts(list: string, most: number): string[] {
  let from = list.length;
  for (let i = 0; i < most && from > 0; i++) from = list.lastIndexOf(",", from - 1);
  return list.slice(from + 1).split(",");
}

/** A Host header as the URL of a page with this scheme, whose default port the URL leaves out. Undefined if it is no host. */
function hostOf(protocol: string, host: string): URL | undefined {
  if (host.length > LONGEST_HOST) return undefined;
  return /^[^/?#@\\\s]+$/.test(host) ? URL.parse(`${protocol}//${host}`) ?? undefined : undefined;
}

function hostname(): string {
  try {
    return Deno.hostname();
  } catch {
    // The program may not ask, so this machine has no name.
    return "";
  }
}
