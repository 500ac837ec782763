/**
 * Where the room is reached: the addresses of its page and of its chat, for people on this machine and on others. Pure.
 *
 * @module
 */

import type { Reached } from "../wire/transport.ts";

/** By which hosts and ports the room is reached. Hosts are written as in a URL. */
export interface Doors {
  /** The host by which this machine reaches it. */
  here: string;
  /** The hosts by which other machines reach it, the best first. */
  elsewhere: readonly string[];
  /** Host names for which everybody trusts the room's certificate. */
  trusted: readonly string[];
  /** The ports of the chat and of the page, without TLS and with it; undefined for one that is not there. */
  chat: number;
  secureChat: number | undefined;
  page: number | undefined;
  securePage: number | undefined;
  /** The page's path, with a slash at both ends. */
  base: string;
  /** The address of the page that whoever runs the room has given it, with a slash at its end. */
  url?: string | undefined;
}

/** This machine's own names, by which no other reaches it. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/i;

/** The page's addresses by a host: by TLS first. */
export function pagesAt({ page, securePage, base }: Doors, host: string): string[] {
  return [
    ...securePage === undefined ? [] : [`https://${host}${securePage === 443 ? "" : `:${securePage}`}${base}`],
    ...page === undefined ? [] : [`http://${host}${page === 80 ? "" : `:${page}`}${base}`],
  ];
}

/** The chat's addresses by a host, as IRC clients write them: by TLS first. */
export function chatsAt({ chat, secureChat }: Doors, host: string): string[] {
  return [
    ...secureChat === undefined ? [] : [`ircs://${host}:${secureChat}`],
    `irc://${host}:${chat}`,
  ];
}

/** The hosts by which others reach the room, the best first; none where only this machine does. */
export function hostsForOthers({ here, elsewhere, trusted }: Doors): string[] {
  const hosts = [...trusted, ...elsewhere.filter((host) => !trusted.includes(host))];
  return hosts.length > 0 || LOOPBACK.test(here) ? hosts : [here];
}

/**
 * The addresses that bring others in, the one to give away first. That is the page's: the one that the room was given; or by TLS
 * where everybody trusts its certificate. Otherwise it is the one without TLS, which every browser opens, and which says how to
 * come by TLS.
 */
export function invitations(doors: Doors): string[] {
  return [...pagesForOthers(doors), ...hostsForOthers(doors).flatMap((host) => chatsAt(doors, host))];
}

function pagesForOthers(doors: Doors): string[] {
  const { url, trusted } = doors;
  const found = hostsForOthers(doors).flatMap((host) =>
    trusted.includes(host) ? pagesAt(doors, host) : pagesAt(doors, host).reverse()
  );
  return url === undefined ? found : [url, ...found.filter((address) => address !== url)];
}

/**
 * The page's address for whoever came in by an origin. A proxy may take a part of the path off, which only the given address
 * tells.
 */
function pageAt({ base, url }: Pick<Doors, "base" | "url">, origin: string): string {
  return url?.startsWith(`${origin}/`) ? url : `${origin}${base}`;
}

/**
 * The page's address to say to others, for whoever has come in by an origin: the same, unless others can't open that, or only
 * those who are near.
 *
 * @returns With a slash at its end.
 */
export function pageToSay(doors: Doors | undefined, origin: string): string {
  if (doors === undefined) return `${origin}/`;
  const { trusted, url } = doors;
  const host = URL.parse(origin)?.hostname ?? "";
  const isForOthers = url === undefined && !LOOPBACK.test(host) && (trusted.length === 0 || trusted.includes(host));
  return isForOthers ? pageAt(doors, origin) : pagesForOthers(doors)[0] ?? pageAt(doors, origin);
}

/**
 * The page's address over TLS to say to others: a browser gives a page without it no microphone.
 *
 * @returns With a slash at its end; undefined where the room has none.
 */
export function securePageToSay(doors: Doors | undefined): string | undefined {
  if (doors === undefined) return undefined;
  const onThisMachine = hostsForOthers(doors).length > 0 ? [] : pagesAt(doors, doors.here);
  return [...pagesForOthers(doors), ...onThisMachine].find((page) => page.startsWith("https:"));
}

/**
 * Where somebody sends files: on the page's port, by the way by which they have come into the room themselves, unless the room
 * was given an address. Who came by TLS is told no address without it, and who came without it none whose certificate they may
 * not trust.
 *
 * @returns An address without a slash at its end; undefined where there is none that they could use.
 */
export function filesAt(
  doors: Doors | undefined,
  { reached, isSecure }: { reached: Reached | undefined; isSecure: boolean },
): string | undefined {
  if (doors === undefined || reached === undefined) return undefined;
  const { trusted, url } = doors;
  if ("origin" in reached) return `${pageAt(doors, reached.origin)}files`;
  if (url !== undefined && (!isSecure || url.startsWith("https:"))) return `${url}files`;
  const isByTls = isSecure || trusted.length > 0;
  const host = isByTls ? trusted[0] ?? reached.host : reached.host;
  const page = pagesAt(doors, host).find((address) => address.startsWith("https:") === isByTls);
  return page === undefined ? undefined : `${page}files`;
}
