/// <reference lib="dom" />
/**
 * A text or a link that another program shares with the installed page: the browser opens the page with it behind `?` (W3C Web
 * Share Target). It is taken out of the address at once, and kept in the tab until there is a field to put it in: before that
 * there may be the login, and a page that is loaded anew.
 *
 * @module
 */

import { sanitize } from "../client/sanitize.ts";
import { readCommand } from "../client/written.ts";

/** So many characters are taken: more than anybody says in a message. */
const MOST = 4_000;

/** The key under which it waits. Another room may lie beside this one, at another path of the same host. */
const key = () => `teahouse.shared ${location.pathname}`;

/**
 * The text of what is shared, as somebody would write it; "" for none. Programs give the same link as text and as link, or the
 * title once more in the text. What looks like a command is said as text.
 *
 * @param query What stands in an address behind `?`.
 */
export function sharedIn(query: string): string {
  const values = new URLSearchParams(query);
  const given = ["title", "text", "url"].map((name) => values.get(name)?.trim() ?? "");
  const parts = given.filter((part, i) => part !== "" && !given.some((other, j) => isSaidBy(other, part, j < i)));
  const lines = parts.join("\n").slice(0, MOST).split(/\r\n|\r|\n/).map((line) => sanitize(line).trim());
  const text = lines.filter((line) => line !== "").join("\n");
  return readCommand(text) === undefined ? text : `/${text}`;
}

/** Whether another part says this one as well. Of two that are the same the first is taken. */
function isSaidBy(other: string, part: string, isBefore: boolean): boolean {
  return other === part ? isBefore : other.includes(part);
}

/** What was shared with this page, and was not taken yet. */
let kept: string | undefined;

/** Takes what is shared out of the address, if anything is. */
export function keepShared(): void {
  const text = sharedIn(location.search);
  if (text === "") return;
  history.replaceState(null, "", location.pathname + location.hash);
  kept = text;
  try {
    sessionStorage.setItem(key(), text);
  } catch {
    // Then it lasts as long as the page.
  }
}

/** What was shared and was not taken yet; undefined for nothing. */
export function takeShared(): string | undefined {
  let text = kept;
  kept = undefined;
  try {
    text ??= sessionStorage.getItem(key()) ?? undefined;
    sessionStorage.removeItem(key());
  } catch {
    // Then it was not kept.
  }
  return text;
}
