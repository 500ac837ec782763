/**
 * CTCP, the way in which IRC says "/me": a message whose text stands between two U+0001 (modern.ircdocs.horse/ctcp).
 * Of its commands only ACTION has a meaning here. The person is told of the others, such as VERSION (state/ctcp_requests.ts). They get no
 * answer on purpose: an answer would tell which program somebody uses, and could be asked for again and again.
 *
 * @module
 */

const MARK = "\x01";

/** Wraps a text as CTCP, by default as an ACTION: what `/me` sends. */
export function ctcp(text: string, command = "ACTION"): string {
  return `${MARK}${command} ${text}${MARK}`;
}

/** Reads a message's text as CTCP; undefined where it is plain text. The mark at the end may be missing. */
export function readCtcp(text: string): { command: string; text: string } | undefined {
  if (!text.startsWith(MARK)) return undefined;
  const inside = text.slice(1, text.endsWith(MARK) && text.length > 1 ? -1 : undefined);
  const space = inside.indexOf(" ");
  return space < 0
    ? { command: inside.toUpperCase(), text: "" }
    : { command: inside.slice(0, space).toUpperCase(), text: inside.slice(space + 1) };
}
