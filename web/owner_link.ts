/// <reference lib="dom" />
/**
 * The owner's link: the page's address with a secret behind `#owner=`, by which whoever opens it owns the room. No request has
 * what stands behind `#`. It is taken out of the address, and out of the browser's way back, before anything else is done.
 *
 * @module
 */

const LINK = "#owner=";

/** The secret of the address with which the page was opened, until it is taken. */
let secret = secretOf(location.href);

function secretOf(address: string): string | undefined {
  if (location.hash.startsWith(LINK)) history.replaceState(null, "", location.pathname + location.search);
  const { hash } = new URL(address);
  return hash.startsWith(LINK) ? hash.slice(LINK.length) || undefined : undefined;
}

/**
 * Takes the secret that an address has, or that of the page had when it was opened; undefined where there is none, or it was
 * taken.
 */
export function takeOwnerSecret(address: string = location.href): string | undefined {
  const taken = secretOf(address) ?? secret;
  secret = undefined;
  return taken;
}
