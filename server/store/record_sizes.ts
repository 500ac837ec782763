/**
 * How much a record takes: bytes of the disk, of memory, and of a line when it is told; and rows of the database.
 *
 * @module
 */

import { byteLength } from "../../protocol.ts";
import type { MessageRecord } from "./records.ts";

/** What a record takes beside its texts, in bytes: objects in memory, an index in the database. */
export const OVERHEAD = 200;

/** What a record takes of the disk beside its names, its text and its tags, in bytes. */
const ROW_BYTES = 100;

/** What one side of a private talk takes of the disk, in bytes, for each nick that the other side has there: a row in three orders. */
export const TALK_BYTES = 400;

/** What stands before a line of a message beside the names, in bytes: the server's tags, the command, the line end. */
export const LINE_BYTES = 100;

/** How many times its own length a text takes at the most: the text itself, and five times as much in the search index. */
export const TEXT_COPIES = 6;

function editBytes(edits: MessageRecord["edits"]): number {
  return edits === undefined ? 0 : byteLength(JSON.stringify(edits));
}

/** How many bytes are kept in the place of a removed message. */
export function removalBytes(removal: object | undefined): number {
  return removal === undefined ? 0 : byteLength(JSON.stringify(removal));
}

function tagBytes(tags: Record<string, string> | undefined): number {
  return tags === undefined ? 0 : byteLength(JSON.stringify(tags));
}

/** The names in a record. */
type Names = Pick<MessageRecord, "source" | "sender" | "account" | "target">;

function nameBytes({ source, sender, account = "", target }: Names): number {
  return byteLength(source) + byteLength(sender) + byteLength(account) + byteLength(target);
}

/** About how many bytes of the disk a message takes. @param newTalks For how many of its sides a row of talks is added. */
export function keptBytes(message: Names & Pick<MessageRecord, "text" | "tags">, newTalks: number): number {
  const { text, tags } = message;
  return ROW_BYTES + nameBytes(message) + newTalks * TALK_BYTES + TEXT_COPIES * byteLength(text) + tagBytes(tags);
}

/**
 * About how many bytes a message takes when it is told: its text and tags, and what stands before each line of several
 * beside the first. history_statements.ts computes the same in SQL.
 */
export function toldBytes({ source, target, account = "", text, tags }: MessageRecord): number {
  const before = LINE_BYTES + byteLength(source) + byteLength(target) + byteLength(account);
  return byteLength(text) + tagBytes(tags) + (text.split("\n").length - 1) * before;
}

/**
 * About how many bytes, beside `OVERHEAD`, a record takes of a database that is in memory. history_statements.ts computes the same
 * in SQL.
 */
export function storedBytes(record: MessageRecord): number {
  const { text, tags, edits, removal } = record;
  return nameBytes(record) + TEXT_COPIES * byteLength(text) + tagBytes(tags) + editBytes(edits) + removalBytes(removal);
}

/** How many bytes of memory a record takes at the most: a text takes up to two for each of its UTF-16 units. */
export function memoryBytes(
  { source, sender, conversation, target, text, tags, edits = [], removal }: MessageRecord,
): number {
  let units = source.length + sender.length + conversation.length + target.length + text.length;
  if (removal !== undefined) units += removal.source.length + removal.sender.length + (removal.account?.length ?? 0);
  for (const [key, value] of Object.entries(tags ?? {})) units += key.length + value.length;
  for (const { before } of edits) units += before.length;
  return OVERHEAD * (1 + edits.length) + 2 * units;
}

/** How many rows, beside its own, a message of a private talk takes at the most: the conversation, and both sides. */
export const TALK_ROWS = 3;

/** How many rows of the database's tables a record takes at the most. */
export function rowCount({ recipient }: MessageRecord): number {
  return 1 + (recipient === undefined ? 0 : TALK_ROWS);
}
