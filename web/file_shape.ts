/**
 * What a file is by the word of the room and by that of its sender, how large it is drawn in the talk, and which pictures are drawn
 * there at all.
 *
 * @module
 */

import { type FileInfo, isShown } from "../shared/file_message.ts";

/** Pixels that a picture has in the talk at the most. */
export const MOST = { width: 420, height: 320 } as const;

/**
 * Pictures of more pixels are drawn for nobody who has not asked for them: a few bytes may say so many that they fill the memory of
 * all who look. A browser takes 4 bytes for each, so this is 160 MB.
 */
const MOST_PIXELS = 40_000_000;

/** Of those that move, a browser unpacks several pictures at once. */
const MOST_MOVING_PIXELS = 16_000_000;

/** The pictures that may move. */
const MAY_MOVE: ReadonlySet<string> = new Set(["image/gif", "image/apng", "image/webp"]);

/** Whether a file is one of the pictures that browsers show. */
export function isPicture({ type }: FileInfo): boolean {
  return type.startsWith("image/") && isShown(type);
}

/** Whether a picture has more pixels than are drawn in the talk. The room gives the largest of all no type any more. */
export function isVeryLarge({ type, width = 0, height = 0 }: FileInfo): boolean {
  return !type.startsWith("video/") && width * height > (MAY_MOVE.has(type) ? MOST_MOVING_PIXELS : MOST_PIXELS);
}

/** Whether a picture is drawn in the talk. @param known What the room knows of it: one whose size the room has not read is not drawn. */
export function isDrawn(known: FileInfo): boolean {
  return isPicture(known) && known.width !== undefined && !isVeryLarge(known);
}

/** Texts of more bytes are for a program that is made for them. */
const MOST_TEXT = 65_536;

/** Whether a file is a text that the page can show. @param known What the room knows of it. */
export function isShortText({ type, size }: FileInfo): boolean {
  return type === "text/plain" && size > 0 && size <= MOST_TEXT;
}

/**
 * What is known of a file. The room's word goes first; but of films it knows no shape, and not that one is a sound alone, nor
 * which sound is a voice message.
 */
export function together(known: FileInfo | undefined, said: FileInfo | undefined): FileInfo | undefined {
  if (known === undefined || said === undefined) return known ?? said;
  const { width, height, voice } = said;
  const isSound = said.type.startsWith("audio/") && known.type === said.type.replace("audio/", "video/");
  const type = isSound ? said.type : known.type;
  return {
    ...known,
    ...(type.startsWith("video/") && width !== undefined && height !== undefined && { width, height }),
    type,
    ...(voice !== undefined && type.startsWith("audio/") && { voice }),
  };
}

/** How large a picture or a film is in the talk. */
export function sizeInTalk({ width, height }: FileInfo): { width?: number; height?: number } {
  if (width === undefined || height === undefined) return {};
  const scale = Math.min(1, MOST.width / width, MOST.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
