/// <reference lib="dom" />
/**
 * What the window says of a stay: its title, the count in its icons, and the channel in the page's address.
 *
 * @module
 */

import { isMsgid } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import type { State } from "../client/state/state.ts";
import { setBadge } from "./badge.ts";
import { settings } from "./settings.ts";
import { setTabIcon } from "./tab_icon.ts";

/** Where in the room an address leads. */
export interface Place {
  /** A channel's name, without its first `#`. */
  channel?: string;
  /** A message of that channel. */
  msgid?: string;
}

/**
 * Where an address of this page leads: `/#tea` to a channel, `/#tea/MSGID` to a message of it. A `/` in a channel's name is
 * written `%2F` there.
 */
export function placeOf(address: string): Place {
  try {
    const { origin, pathname, hash } = new URL(address);
    if (origin !== location.origin || ![location.pathname, "/"].includes(pathname)) return {};
    // Somebody may have typed a channel with a `/` as it is: no id looks like the rest of one with more than that.
    const [, name, id] = /^#([^/]*)\/([\w.:=+%-]+)$/.exec(hash) ?? ["", hash.slice(1), ""];
    // The address may be malformed: anybody may have written it.
    const [channel, msgid] = [name, id].map((part) => sanitize(decodeURIComponent(part)));
    return { ...(channel === "" ? {} : { channel }), ...(isMsgid(msgid) ? { msgid } : {}) };
  } catch {
    return {};
  }
}

/** Where the link leads that is clicked; nowhere in the room where it is to open elsewhere. */
export function placeOfClick({ target, ctrlKey, metaKey, shiftKey }: MouseEvent): Place {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
  return link === null || ctrlKey || metaKey || shiftKey ? {} : placeOf(link.href);
}

/** The channel that the page's own address names, without its first `#`; undefined where it names none. */
export function channelOfAddress(): string | undefined {
  return placeOf(location.href).channel;
}

/** The name of the room as the page is served with it, read before anything else is the title. */
export const ROOM_NAME = sanitize(document.title);

/** The name of a room that was not given one. */
const PRODUCT = "Teahouse";

/**
 * Shows `(2) bob --> alice - Tea Room`: unread lines, one's nick, to whom one writes, and the room's name where it was given
 * one. The icons of the tab and of an installed page have the same count. The channel goes into the address. Nothing is set that is
 * so already, since browsers limit how often it changes.
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
  setBadge(unread);
  setTabIcon(unread);
  const hash = channel === undefined ? location.hash : `#${encodeURIComponent(withoutFirst(channel))}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

/** Shows that nobody is in the room. */
export function showNobody(): void {
  document.title = ROOM_NAME;
  setBadge(0);
  setTabIcon(0);
}

/** A text without its first character, and without lone surrogates, which no address can hold. */
function withoutFirst(text: string): string {
  return [...text].slice(1).join("").toWellFormed();
}
