/**
 * Identities, by which the store tells people apart: `account:` and a folded name for an account; `device:` and an id for a
 * guest who comes back by a device (devices.ts), and for the account that this guest has made, which keeps the identity;
 * anything else for a guest who is nobody any more once they have gone.
 *
 * @module
 */

import { hash } from "node:crypto";

const ACCOUNT = "account:";

const DEVICE = "device:";

/**
 * An identity as others are told it: 32 hexadecimal digits, by which they see whether two messages are of the same person, and
 * from which the identity can't be found. They are so many that nobody finds a name for an account with those of somebody else.
 */
export function peerKey(identity: string): string {
  return hash("sha256", identity, "hex").slice(0, 32);
}

/** Whether an identity is that of somebody who comes back: an account, or a guest with a device. */
export function isLastingIdentity(identity: string): boolean {
  return isAccountIdentity(identity) || isDeviceIdentity(identity);
}

/** Whether an identity began as that of a guest with a device. It may be an account's by now: see `Accounts.accountOf`. */
export function isDeviceIdentity(identity: string): boolean {
  return identity.startsWith(DEVICE);
}

/** The identity of a guest with a device. @param id The device's. */
export function deviceIdentity(id: string): string {
  return DEVICE + id;
}

/** Whether an identity is named after an account. */
function isAccountIdentity(identity: string): boolean {
  return identity.startsWith(ACCOUNT);
}

/** The account, folded, after which an identity is named, if it is: without the number of an account whose name was another's. */
export function accountOfIdentity(identity: string): string | undefined {
  return isAccountIdentity(identity) ? identity.slice(ACCOUNT.length).split("/", 1)[0] : undefined;
}

/** A key for an identity together with the name of a channel or a nick: neither can hold a line end. */
export function keyOf(identity: string, name: string): string {
  return `${identity}\n${name}`;
}

/**
 * The identity of an account.
 *
 * @param folded The account's name, folded.
 * @param removals How many accounts of that name were removed before, or `?` where that is not known; none when left out.
 */
export function accountIdentity(folded: string, removals?: number | "?"): string {
  return ACCOUNT + folded + (removals === undefined ? "" : `/${removals}`);
}
