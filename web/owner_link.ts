/// <reference lib="dom" />
/**
 * The owner's link: the page's address with a secret behind `#owner=`, by which whoever opens it owns the room. No request has
 * what stands behind `#`. It is taken out of the address, and out of the browser's way back, before anything else is done.
 * Until it is used, the tab's session storage has it, for a page that is loaded anew before the person comes in.
 *
 * @module
 */

const LINK = "#owner=";

/** The key under which it is kept. Another room may lie beside this one, at another path of the same host. */
const KEY = `teahouse.owner ${location.pathname}`;

/** The secret with which the page was opened, now or before it was loaded anew, until it is taken. */
let secret = secretOf(location.href) ?? kept();

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function secretOf(address: string): string | undefined {
  if (location.hash.startsWith(LINK)) history.replaceState(null, "", location.pathname + location.search);
  const { hash } = new URL(address);
  const found = hash.startsWith(LINK) ? hash.slice(LINK.length) : "";
  if (found === "") return undefined;
  try {
    sessionStorage.setItem(KEY, found);
  } catch {
    // Then it is lost with this page.
  }
  return found;
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

/** Forgets it: the server has been told. */
export function forgetOwnerSecret(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then it is not kept.
  }
}
