/// <reference lib="dom" />
/**
 * What the window says of a stay: its title, and the channel in the page's address.
 *
 * @module
 */

import { sanitize } from "../client/sanitize.ts";
import type { State } from "../client/state/state.ts";
import { settings } from "./settings.ts";

/** The name of the room as the page is served with it, read before anything else is the title. */
export const ROOM_NAME = sanitize(document.title);

/** The name of a room that was not given one. */
const PRODUCT = "Teahouse";

/**
 * Shows `(2) bob --> alice - Tea Room`: unread lines, one's nick, to whom one writes, and the room's name where it was given
 * one. The channel goes into the address. Nothing is set that is so already, since browsers limit how often it changes.
 *
 * @param unread How many lines are unread.
 */
export function showInWindow(state: State, unread: number, roomName: string): void {
  const { nick, target, channel, away } = state;
  const name = away === undefined ? nick : `${nick} (${settings.words.away})`;
  const count = unread === 0 ? "" : `(${unread}) `;
  const room = roomName === PRODUCT ? "" : ` - ${roomName}`;
  const title = sanitize(`${count}${target === undefined ? name : `${name} --> ${target}`}${room}`);
  if (document.title !== title) document.title = title;
  const hash = channel === undefined ? location.hash : `#${encodeURIComponent(withoutFirst(channel))}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

/** A text without its first character, and without lone surrogates, which no address can hold. */
function withoutFirst(text: string): string {
  return [...text].slice(1).join("").toWellFormed();
}
