/**
 * Messages of several lines (IRCv3 multiline). A message of several lines is one `Message` whose text has line feeds in it: here it
 * becomes the batch that a server takes, and a server's batch becomes it.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";

/** The type of batch, and the tag of a line that continues the one before it without a line feed between. */
const TYPE = "draft/multiline";
const CONCAT = "draft/multiline-concat";

/** Lines of one message at most, whatever a server offers: all lines of a message are sent in one go. */
const MOST_LINES = 100;

/** The least bytes that are of use: one line has nearly as many. */
const LEAST_BYTES = 512;

/** What a message of several lines may have: bytes of its text with the line feeds, and lines. */
export interface MultilineBounds {
  bytes: number;
  lines: number;
}

/** One line of a batch. */
export interface BatchLine {
  text: string;
  /** Whether it goes on where the line before it ended, without a line feed between. */
  isContinued: boolean;
}

/**
 * Reads the value of the capability: `max-bytes=4096,max-lines=32` (IRCv3 multiline, "Limits"). Undefined where it names no
 * bytes, as it has to, or too few.
 */
export function readMultilineBounds(value: string): MultilineBounds | undefined {
  const tokens = new Map(
    value.split(",").map((token) => {
      const [key, number = ""] = token.split("=");
      return [key, Number(number)];
    }),
  );
  const bytes = tokens.get("max-bytes") ?? 0;
  const lines = tokens.get("max-lines") || MOST_LINES;
  if (!(bytes >= LEAST_BYTES) || !(lines >= 2)) return undefined;
  return { bytes, lines: Math.min(lines, MOST_LINES) };
}

/** The lines that send a message as a batch. Its tags stand at the batch's beginning (IRCv3 multiline, "Tags"). */
export function batchOf(
  { tags, command, params: [target = ""] = [] }: MessageInit,
  lines: readonly BatchLine[],
  reference: string,
): MessageInit[] {
  const told = lines.map(({ text, isContinued }): MessageInit => {
    const inBatch = isContinued ? { batch: reference, [CONCAT]: "" } : { batch: reference };
    return { tags: inBatch, command, params: [target, text] };
  });
  return [
    { tags, command: "BATCH", params: [`+${reference}`, TYPE, target] },
    ...told,
    { command: "BATCH", params: [`-${reference}`] },
  ];
}

/** A batch that has begun. */
interface Open {
  /** The message that begins it, whose tags are those of the whole. */
  begin: Message;
  /** Its first line; undefined before that has come. */
  first: Message | undefined;
  text: string;
}

/** Puts the batches of one connection together. */
export class Multilines {
  readonly #open = new Map<string, Open>();
  /** The size of all texts in them. */
  #size = 0;

  /** Forgets all that is open: the connection is lost. */
  clear(): void {
    this.#open.clear();
    this.#size = 0;
  }

  /**
   * Takes each message of the server.
   *
   * @returns What is to be handled: the message itself, the whole that it completes, or nothing where it is a part.
   */
  take(message: Message): Message | undefined {
    const { command, tags, params: [reference = "", type = ""] } = message;
    if (command === "BATCH") {
      const name = reference.slice(1);
      if (reference.startsWith("-")) {
        const open = this.#open.get(name);
        if (open === undefined) return message;
        this.#open.delete(name);
        return this.#whole(open);
      }
      if (type !== TYPE || this.#open.size >= BOUNDS.multilines || this.#open.has(name)) return message;
      this.#open.set(name, { begin: message, first: undefined, text: "" });
      return undefined;
    }
    const open = tags.batch === undefined ? undefined : this.#open.get(tags.batch);
    if (open === undefined || (command !== "PRIVMSG" && command !== "NOTICE")) return message;
    return this.#add(open, message);
  }

  /** Adds a line. @returns What there is before it, where more would be too much: it is a message then, and the rest another. */
  #add(open: Open, message: Message): Message | undefined {
    const [, text = ""] = message.params;
    const isTooMuch = open.first !== undefined && this.#size + text.length > BOUNDS.multilineSize;
    const before = isTooMuch ? this.#whole(open) : undefined;
    if (isTooMuch) {
      // Another message has another name, and one answer is enough.
      const { msgid: _, label: __, ...tags } = open.begin.tags;
      open.begin = { ...open.begin, tags };
      open.first = undefined;
      open.text = "";
    }
    const feed = open.first === undefined || CONCAT in message.tags ? "" : "\n";
    open.first ??= message;
    open.text += feed + text;
    this.#size += feed.length + text.length;
    return before;
  }

  /** The message that an open batch has become; nothing where it has no line. */
  #whole({ begin, first, text }: Open): Message | undefined {
    this.#size -= text.length;
    if (first === undefined) return undefined;
    const { batch: _, [CONCAT]: __, ...own } = first.tags;
    const source = begin.source ?? first.source;
    return {
      ...first,
      ...(source === undefined ? {} : { source }),
      tags: { ...own, ...begin.tags },
      params: [first.params[0] ?? "", text],
    };
  }
}
