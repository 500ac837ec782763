/**
 * What a person has said in a talk and the server has not confirmed yet, read from the messages that wait for that.
 *
 * @module
 */

import type { MessageInit } from "../protocol.ts";
import { readCtcp } from "./ctcp.ts";
import { FILE_TAG, type FileInfo, readFileTag } from "../shared/file_message.ts";
import { foldName } from "./names.ts";

/** A line as it was said. */
export interface UnconfirmedLine {
  /** The same as long as the message waits in the same form: it is made anew where it is cut for the server. */
  key: object;
  kind: "message" | "action";
  text: string;
  /** The msgid of the line that it answers. */
  replyTo?: string;
  /** What it says of the file whose address it is. */
  file?: FileInfo;
}

/**
 * Reads what was said to a target.
 *
 * @param messages The messages that are not confirmed, of all targets and kinds, in their order.
 * @param target A channel or a nick, in any case.
 */
export function unconfirmedLines(messages: readonly MessageInit[], target: string): UnconfirmedLine[] {
  const folded = foldName(target);
  return messages.flatMap((message): UnconfirmedLine[] => {
    const { command, params: [to = "", text = ""] = [], tags } = message;
    // What changes a message that was said is no line of its own.
    if (command !== "PRIVMSG" || foldName(to) !== folded || tags?.["+draft/edit"] !== undefined) return [];
    const ctcp = readCtcp(text);
    if (ctcp !== undefined && ctcp.command !== "ACTION") return [];
    const said = ctcp === undefined ? { kind: "message" as const, text } : { kind: "action" as const, text: ctcp.text };
    const replyTo = tags?.["+draft/reply"];
    const file = readFileTag(tags?.[FILE_TAG]);
    return [{ key: message, ...said, ...(replyTo !== undefined && { replyTo }), ...(file !== undefined && { file }) }];
  });
}
