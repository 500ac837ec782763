/**
 * Cuts a message that is too long, or that has several lines, into what a server takes.
 *
 * @module
 */

import { graphemes } from "../graphemes.ts";
import { ctcp, readCtcp } from "../ctcp.ts";
import { byteLength, format, isBlank, LIMITS, type MessageInit } from "../../protocol.ts";
import type { BatchLine, MultilineBounds } from "./multiline.ts";

/** A message as it is sent. */
export interface Part extends MessageInit {
  /** The lines of its batch, where it is sent as one. */
  lines?: BatchLine[];
}

/**
 * Cuts text into pieces of at most `limit` bytes of UTF-8, at a space where one is near the end of a piece, else between
 * graphemes, so that no letter loses its accent and no family its child. A grapheme longer than the limit is cut
 * between code points.
 *
 * @param text Any text; "" gives one empty piece.
 * @param limit Bytes, at least 4: the longest code point.
 * @param isKept Whether the space stays at which a cut is made, at the end of its piece.
 * @returns The pieces. Put together they are the text, but for those spaces.
 */
export function splitText(text: string, limit: number, isKept = false): string[] {
  if (byteLength(text) <= limit) return [text];
  const pieces: string[] = [];
  let piece = "";
  let size = 0;
  const add = (part: string, length: number) => {
    if (size + length > limit) {
      // A space far back would waste the line, as in text without spaces.
      const space = piece.lastIndexOf(" ");
      const wrap = part !== " " && space > piece.length / 2;
      pieces.push(wrap ? piece.slice(0, isKept ? space + 1 : space) : piece);
      piece = wrap ? piece.slice(space + 1) : "";
      size = byteLength(piece);
      if (part === " " && !isKept) return;
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
 * A text with line feeds, or one that is too long for a line, becomes one batch where the server takes that; a text that is too
 * long for one batch becomes several, cut at line ends where that is possible. For another server each line that is not blank is a
 * message.
 *
 * @param message The message, without source.
 * @param sourceBytes The length of `nick!user@host` in bytes.
 * @param bounds What the server takes as one message of several lines; undefined: nothing.
 */
export function splitMessage(
  { lines: _, ...message }: Part,
  sourceBytes: number,
  bounds?: MultilineBounds,
): Part[] {
  const { command, params = [] } = message;
  if (params.length !== 2 || (command !== "PRIVMSG" && command !== "NOTICE")) return [message];
  const [target, text] = params;
  const action = readCtcp(text);
  const wrap = action === undefined ? (piece: string) => piece : (piece: string) => ctcp(piece, action.command);
  const frame = byteLength(format({ command, params: [target, wrap("")] })) + ": \r\n".length + sourceBytes;
  const room = Math.max(4, LIMITS.lineBytes - frame);
  const part = (text: string): Part => ({ ...message, params: [target, text] });
  if (action !== undefined) return splitText(action.text, room).map((piece) => part(wrap(piece)));
  if (bounds !== undefined) {
    const found = batches(text, room, bounds);
    if (found.length === 0) return [part(text.replaceAll("\n", " "))];
    return found.map((lines) => lines.length === 1 ? part(lines[0].text) : { ...part(joined(lines)), lines });
  }
  const lines = text.split("\n").filter((line, _, all) => all.length === 1 || !isBlank(line));
  return (lines.length === 0 ? [""] : lines).flatMap((line) => splitText(line, room)).map(part);
}

function joined(lines: readonly BatchLine[]): string {
  return lines.map(({ text, isContinued }, i) => (i === 0 || isContinued ? "" : "\n") + text).join("");
}

/** The beginning of a fenced block of code: the fence, and what it says of the block. */
const FENCE = /^ {0,3}(`{3,20})([^`]{0,40})$/;

/** Bytes of the two fences of a block of code, at most: the first has 3 spaces, 20 marks and 40 characters of 4 bytes. */
const LONGEST_FENCES = 3 + 20 + 160 + 20 + 2;

/** Lines for one message after the other. A block of code that is cut is closed in the one and begun again in the next. */
function batches(text: string, room: number, { bytes, lines: most }: MultilineBounds): BatchLine[][] {
  const found: BatchLine[][] = [];
  let lines: BatchLine[] = [];
  let size = 0;
  /** The line that has begun a block of code, and the fence that ends it. */
  let fence: { begin: string; end: string } | undefined;
  const push = (line: BatchLine) => {
    size += byteLength(line.text) + (line.isContinued || lines.length === 0 ? 0 : 1);
    lines.push(line);
  };
  const flush = () => {
    if (fence !== undefined) push({ text: fence.end, isContinued: false });
    while (lines.length > 0 && isBlank(lines[0].text)) lines.shift();
    while (lines.length > 0 && isBlank(lines.at(-1)!.text)) lines.pop();
    if (lines.length > 0) found.push([{ ...lines[0], isContinued: false }, ...lines.slice(1)]);
    [lines, size] = [[], 0];
    if (fence !== undefined) push({ text: fence.begin, isContinued: false });
  };
  for (const line of text.split("\n")) {
    const parts = splitText(line, room, true);
    // Whether it fits into a message of its own, with what a block of code needs that goes on around it.
    const isWhole = parts.length <= most - 2 && byteLength(line) <= bytes - LONGEST_FENCES;
    // What a block of code that is cut here needs at the end of this message.
    const end = fence === undefined ? { bytes: 0, lines: 0 } : { bytes: fence.end.length + 1, lines: 1 };
    const isTooMuch = (bytesMore: number, linesMore: number) =>
      size + 1 + bytesMore + end.bytes > bytes || lines.length + linesMore + end.lines > most;
    if (isWhole && lines.length > 0 && isTooMuch(byteLength(line), parts.length)) flush();
    let isContinued = false;
    for (const part of parts) {
      if (!isWhole && lines.length > 0 && isTooMuch(byteLength(part), 1)) {
        flush();
        isContinued = false;
      }
      push({ text: part, isContinued });
      isContinued = true;
    }
    const [, ticks, about = ""] = FENCE.exec(line) ?? [];
    if (fence === undefined && ticks !== undefined) fence = { begin: line, end: ticks };
    else if (fence !== undefined && ticks?.startsWith(fence.end) === true && about.trim() === "") fence = undefined;
  }
  // What the person has not closed stays as it was typed.
  fence = undefined;
  flush();
  return found;
}
