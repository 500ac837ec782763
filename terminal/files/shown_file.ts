/**
 * A file of a talk in words: as a line that anybody can read and copy the address from. Pure.
 *
 * @module
 */

import { isAddress } from "../../client/file_address.ts";
import { sizeText } from "../../shared/size_text.ts";
import { lengthText, type Voice } from "../../shared/voice_message.ts";
import { isSpeech, type TalkLine } from "../../client/state/line.ts";
import { words } from "../language.ts";
import { printableBeginning } from "../printable.ts";
import { nameInAddress } from "./own_address.ts";

/** The type of what is of no known type. */
const UNKNOWN = "application/octet-stream";

/** Characters of a name that are shown. */
const LONGEST = 120;

/** A file that was said. What is known of it is its sender's word. */
export interface SaidFile {
  url: string;
  name: string;
  /** Bytes. */
  size?: number | undefined;
  type?: string | undefined;
  /** Pixels. */
  width?: number | undefined;
  height?: number | undefined;
  /** What is said of it where it is a voice message. */
  voice?: Voice | undefined;
  /** What is said about it, "": nothing. */
  caption: string;
}

/** A message that may be one about a file. */
interface Message {
  text: string;
  /** What its sender says of the file. */
  file?: { name: string; size: number; type: string; width?: number; height?: number; voice?: Voice } | undefined;
}

/** What is known of a file beside its name: `1.2 MiB, picture 1200x800`; "" for nothing. */
export function factsOf({ size, type = "", width, height, voice }: SaidFile): string {
  const { transfers } = words();
  if (voice !== undefined) return voiceText(voice);
  const shape = width === undefined || height === undefined
    ? ""
    : type.startsWith("video/")
    ? transfers.video(width, height)
    : transfers.picture(width, height);
  const facts = [size === undefined ? "" : sizeText(size), shape || (type === UNKNOWN ? "" : type)];
  return facts.filter((fact) => fact !== "").join(transfers.between);
}

function voiceText({ seconds }: Voice): string {
  return words().transfers.voice(seconds === undefined ? "" : lengthText(seconds));
}

/**
 * A file as one line: `kettle.jpg (1.2 MiB, picture 1200x800) https://...`, and `voice message, 0:12 https://...` for one whose name
 * tells nobody anything. Not printable yet.
 */
export function cardOf(file: SaidFile): string {
  const { url, name, voice } = file;
  if (voice !== undefined) return words().transfers.card(voiceText(voice), "", url);
  return words().transfers.card(printableBeginning(name, LONGEST), factsOf(file), url);
}

/**
 * The file that a message is about: one with the tag of a file whose text begins with an address, or one that is nothing
 * but the address of a file of the server's host, since some clients send no tag. Undefined for any other, and for one whose text
 * was changed to something else.
 *
 * @param host See `fileHost`.
 */
export function fileOf({ text, file }: Message, host: string | undefined): SaidFile | undefined {
  if (file === undefined) {
    const isOfHost = host !== undefined && isAddress(text) && text.startsWith(`${host.replace(/\/$/, "")}/`);
    return isOfHost ? { url: text, name: nameInAddress(text), caption: "" } : undefined;
  }
  const [, url = "", caption = ""] = /^(https?:\/\/\S+)(?:\s+(.*))?$/is.exec(text) ?? [];
  return isAddress(url) ? { ...file, url, caption: caption.trim() } : undefined;
}

/** Whether a file is to be shown as a picture, by what its sender says of it. */
export function isPicture({ name, type }: SaidFile): boolean {
  return type === undefined || type === UNKNOWN
    ? /\.(?:png|jpe?g|gif|webp)$/i.test(name)
    : /^image\/(?:png|jpeg|gif|webp|apng)$/.test(type);
}

/** A file, and by whom it was said. */
export interface ListedFile {
  file: SaidFile;
  from: string;
}

/** The files of a talk, oldest first. @param most So many of the last ones. */
export function filesOf(lines: readonly TalkLine[], host: string | undefined, most: number): ListedFile[] {
  const found: ListedFile[] = [];
  for (let i = lines.length - 1; i >= 0 && found.length < most; i--) {
    const line = lines[i];
    const file = isSpeech(line) && line.redacted === undefined ? fileOf(line, host) : undefined;
    if (file !== undefined) found.unshift({ file, from: line.from });
  }
  return found;
}
