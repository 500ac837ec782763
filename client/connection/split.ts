/**
 * Cuts a message that is too long for one line into several.
 *
 * @module
 */

import { graphemes } from "../graphemes.ts";
import { ctcp, readCtcp } from "../ctcp.ts";
import { byteLength, format, LIMITS, type MessageInit } from "../../protocol.ts";

/**
 * Cuts text into pieces of at most `limit` bytes of UTF-8, at a space where one is near the end of a piece, else between
 * graphemes, so that no letter loses its accent and no family its child. A grapheme longer than the limit is cut
 * between code points.
 *
 * @param text Any text; "" gives one empty piece.
 * @param limit Bytes, at least 4: the longest code point.
 * @returns The pieces. Put together they are the text, without the space at each cut that was made at a space.
 */
export function splitText(text: string, limit: number): string[] {
  if (byteLength(text) <= limit) return [text];
  const pieces: string[] = [];
  let piece = "";
  let size = 0;
  const add = (part: string, length: number) => {
    if (size + length > limit) {
      // A space far back would waste the line, as in text without spaces.
      const space = piece.lastIndexOf(" ");
      const wrap = part !== " " && space > piece.length / 2;
      pieces.push(wrap ? piece.slice(0, space) : piece);
      piece = wrap ? piece.slice(space + 1) : "";
      size = byteLength(piece);
      if (part === " ") return;
    }
    piece += part;
    size += length;
  };
  for (const { segment } of graphemes.segment(text)) {
    const length = byteLength(segment);
    if (length <= limit) add(segment, length);
    else for (const point of segment) add(point, byteLength(point));
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}

/**
 * Cuts a PRIVMSG or NOTICE so that each line still fits when the server relays it with its source in front
 * (RFC 2812 section 2.3: 512 bytes with CR LF). A CTCP ACTION is wrapped anew in each piece. Other commands are
 * given back as they are; one that is too long is refused (outgoing.ts).
 *
 * @param message The message, without source.
 * @param sourceBytes The length of `nick!user@host` in bytes.
 */
export function splitMessage(message: MessageInit, sourceBytes: number): MessageInit[] {
  const { command, params = [] } = message;
  if (params.length !== 2 || (command !== "PRIVMSG" && command !== "NOTICE")) return [message];
  const [target, text] = params;
  const action = readCtcp(text);
  const wrap = action === undefined ? (piece: string) => piece : (piece: string) => ctcp(piece, action.command);
  const frame = byteLength(format({ command, params: [target, wrap("")] })) + ": \r\n".length + sourceBytes;
  const room = Math.max(4, LIMITS.lineBytes - frame);
  return splitText(action?.text ?? text, room).map((piece) => ({ ...message, params: [target, wrap(piece)] }));
}
