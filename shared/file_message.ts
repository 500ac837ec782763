/**
 * A file as a message tells it: the text begins with its address, which every client can open, and a tag says what is there
 * before anybody has asked.
 *
 *     @+teahouse.chat/file=name=kettle.jpg&size=48213&type=image/jpeg&width=800&height=600 PRIVMSG #tea :https://…/files/ID/kettle.jpg
 *
 * What the tag says is its sender's word: whoever shows a file in place asks the room (`?info`), and loads it from there alone.
 *
 * @module
 */

import { readVoice, type Voice, voiceParts } from "./voice_message.ts";

/** The tag, which is its sender's own (IRCv3 message-tags, client-only tags). */
export const FILE_TAG = "+teahouse.chat/file";

/** What a tag says of a file. */
export interface FileInfo {
  name: string;
  /** In bytes. */
  size: number;
  /** As `image/jpeg`. */
  type: string;
  /** In pixels, as it is shown; both, or none. */
  width?: number;
  height?: number;
  /** A blur of the picture to be shown until it is there, as BlurHash (blurha.sh). */
  blur?: string;
  /** Of a sound that is a voice message. */
  voice?: Voice;
}

/** The longest value that is read, and the longest parts, in characters; and the most pixels of a side. */
const MOST = { value: 2_000, name: 120, blur: 120, pixels: 100_000 } as const;

/**
 * The types that every browser shows in place. The room sends everything else to be saved: SVG, HTML, XML and PDF among it, which
 * may run scripts.
 */
const SHOWN: ReadonlySet<string> = new Set([
  "image/png",
  "image/apng",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "video/mp4",
  "video/webm",
  "video/ogg",
  "video/quicktime",
  "audio/mpeg",
  "audio/mp4",
  "audio/aac",
  "audio/ogg",
  "audio/webm",
  "audio/wav",
  "audio/flac",
]);

const TYPE = /^[a-z]{1,20}\/[\w.+-]{1,80}$/;

/** The value of the tag. */
export function fileTag({ name, size, type, width, height, blur, voice }: FileInfo): string {
  const parts: Record<string, string> = { name: [...name].slice(0, MOST.name).join(""), size: `${size}`, type };
  if (width !== undefined && height !== undefined) Object.assign(parts, { width: `${width}`, height: `${height}` });
  if (blur !== undefined) parts.blur = blur;
  if (voice !== undefined) Object.assign(parts, voiceParts(voice));
  return new URLSearchParams(parts).toString();
}

/** What a tag says, which anybody may have written; undefined where that is no file. */
export function readFileTag(value: string | undefined): FileInfo | undefined {
  if (value === undefined || value.length > MOST.value) return undefined;
  const parts = new URLSearchParams(value);
  const [name = "", type = "", blur] = ["name", "type", "blur"].map((key) => parts.get(key) ?? undefined);
  const [size, width, height] = ["size", "width", "height"].map((key) => numberIn(parts.get(key)));
  const isNamed = name !== "" && [...name].length <= MOST.name && !/[\p{C}\p{Zl}\p{Zp}/\\]/u.test(name);
  if (!isNamed || size === undefined || !TYPE.test(type)) return undefined;
  const voice = type.startsWith("audio/") ? readVoice(parts.get("voice"), parts.get("wave")) : undefined;
  const isPicture = [width, height].every((side) => side !== undefined && side > 0 && side <= MOST.pixels);
  return {
    name,
    size,
    type,
    ...(isPicture && { width: width!, height: height! }),
    ...(isPicture && blur !== undefined && blur.length <= MOST.blur && { blur }),
    ...(voice !== undefined && { voice }),
  };
}

/** A whole number of bytes or pixels. */
function numberIn(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The ids of the files that a text names by their addresses, each once. @param most How many are looked for. */
export function fileIdsIn(text: string, most = 16): string[] {
  if (!text.includes("/files/")) return [];
  const found = text.matchAll(/\/files\/([\w-]{22})(?![\w-])/g).map(([, id]) => id);
  return [...new Set(found.take(most))];
}

/** Whether files of a type are shown in place: by a browser, to which the room sends them so. */
export function isShown(type: string): boolean {
  return SHOWN.has(type);
}
