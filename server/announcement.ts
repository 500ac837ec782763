/**
 * What the server prints when the room is open: its addresses, for this machine and for others. Pure.
 *
 * @module
 */

import { type Doors, hostsForOthers, invitations, pagesAt } from "./room/doors.ts";

/** What is announced. */
export interface Opening {
  /** What the room is called. */
  name: string;
  doors: Doors;
  /** The SHA-256 of the room's own authority, if it has one. */
  fingerprint: string | undefined;
}

/** The lines, in the order in which they are printed. */
export function announcement({ name, doors, fingerprint }: Opening): string[] {
  const { here, chat, secureChat, page, url } = doors;
  const others = hostsForOthers(doors);
  return [
    `${name} is open on port ${chat}`,
    ...pagesAt(doors, here).map((address) => `the page is at ${address}`),
    ...url === undefined ? [] : [`from everywhere it is at ${url}`],
    ...others.filter((host) => host !== here).flatMap((host) => fromElsewhere(doors, host)),
    `join it with: deno run -A client.ts --server ${here}:${chat}, or any IRC client`,
    ...others.filter((host) => host !== here).map((host) =>
      `from other machines with: --server ${
        secureChat === undefined ? `${host}:${chat}` : `tls://${host}:${secureChat}`
      }`
    ),
    ...others.slice(0, 1).map((host) =>
      secureChat === undefined
        ? `in an IRC client: host ${host}, port ${chat}`
        : `in an IRC client: host ${host}, port ${secureChat} with TLS, or ${chat} without`
    ),
    ...secureChat === undefined || fingerprint === undefined
      ? []
      : [`its TLS is on port ${secureChat}; its authority's fingerprint is ${fingerprint}`],
    ...page === undefined || fingerprint === undefined
      ? []
      : [`how browsers come to trust that authority: ${pagesAt(doors, others[0] ?? here).at(-1)}trust`],
  ];
}

/** The line that says how others reach the page by a host; none if there is no page. */
export function fromElsewhere(doors: Doors, host: string): string[] {
  const pages = pagesAt(doors, host);
  return pages.length === 0 ? [] : [`from other machines it is at ${pages.join(" or ")}`];
}

/** The page's address that a camera is shown: one that others can open. */
export function addressToScan(doors: Doors): string | undefined {
  return doors.page === undefined ? undefined : invitations(doors)[0];
}
