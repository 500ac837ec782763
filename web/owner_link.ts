/// <reference lib="dom" />
/**
 * The owner's link: the page's address with a secret behind `#owner=`, by which whoever opens it owns the room. No request has
 * what stands behind `#`. It is taken out of the address, and out of the browser's way back, before anything else is done.
 *
 * @module
 */

const LINK = "#owner=";

/** The secret of the address with which the page was opened, until it is taken. */
let secret = secretOfAddress();

function secretOfAddress(): string | undefined {
  if (!location.hash.startsWith(LINK)) return undefined;
  const found = location.hash.slice(LINK.length);
  history.replaceState(null, "", location.pathname + location.search);
  return found || undefined;
}

/** Takes the secret that the address has, or had when the page was opened; undefined where there is none, or it was taken. */
export function takeOwnerSecret(): string | undefined {
  const taken = secretOfAddress() ?? secret;
  secret = undefined;
  return taken;
}
