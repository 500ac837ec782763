/**
 * Identities, by which the store tells people apart: `account:` and a folded name for an account, anything else for a guest,
 * who is nobody any more once the connection has ended.
 *
 * @module
 */

const ACCOUNT = "account:";

/** Whether an identity is an account's: that alone is somebody who comes back. */
export function isAccountIdentity(identity: string): boolean {
  return identity.startsWith(ACCOUNT);
}

/** The account, folded, that an identity is of, if it is an account's: without the number of an account whose name was another's. */
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
