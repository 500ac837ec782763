/**
 * A line of a talk: something that was said, or that happened there.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import type { FileInfo } from "../../shared/file_message.ts";
import { OVERHEAD } from "../sizes.ts";
import { type Reactions, reactionsSize } from "./reactions.ts";
import type { Report } from "./report.ts";

/** What was said. */
export type SpeechKind = "message" | "action" | "notice";

/** What was said, or what happened. */
export type LineKind = SpeechKind | "join" | "part" | "kick" | "quit" | "nick" | "topic" | "mode" | "call";

/** What stands in the place of a message that was removed (IRCv3 draft/message-redaction). */
export interface Redaction {
  by: string;
  reason: string;
}

/** What a line tells of a call, which has begun in a channel or is over. */
export interface CallRecord {
  /**
   * In a channel: it has `began`, or `ended`. Of a call between two: `missed` by this person, `unanswered` by the other,
   * `declined` by either; `call`: they have talked.
   */
  readonly what: "began" | "ended" | "missed" | "unanswered" | "declined" | "call";
  /** How long it was, in milliseconds; undefined where this client does not know since when it ran. */
  readonly lasted?: number;
}

/**
 * Whether everybody in the talk has the line. An answer or a reaction goes to all, and would show the others that there is one
 * which they don't have.
 */
export function isForAll({ status }: Pick<TalkLine, "status">): boolean {
  return status === undefined;
}

/** One line of a talk. A view may use it as a key: later changes (reactions, a removal) are made in the same object. */
export interface TalkLine {
  kind: LineKind;
  /** Milliseconds since 1970, as the server says. */
  readonly time: number;
  /** The server's name for it (IRCv3 message-ids), by which others answer it, react to it and remove it. */
  readonly msgid?: string;
  /** The nick it is from, or a server's name. */
  readonly from: string;
  /** The account that it is from, where the server told it. */
  readonly account?: string;
  /** What was said, as it came; for an event the reason, the new nick, the topic or the mode. "" once it was removed. */
  text: string;
  /** Whom a `kick` is about. */
  readonly about?: string;
  readonly own: boolean;
  /** Of a private line: whom it was exchanged with, by the server's name for that person; undefined where it has none. */
  peer?: string;
  /** Whether it went from one person to another rather than to a channel. */
  readonly private: boolean;
  /** See `Said.mention`. */
  readonly mention: boolean;
  /** Whether it is from the past, sent again by the server. */
  readonly history: boolean;
  /** The msgid of the line that it answers, which need not be loaded. */
  readonly replyTo?: string;
  /** See `Said.status`. */
  readonly status?: string;
  /** Who reacted, by reaction, in the order in which the reactions came. */
  readonly reactions: Reactions;
  /** How many times the reactions have changed. */
  changes?: number;
  redacted?: Redaction;
  /**
   * Whether a view may leave it out: the person was told the same in better words (restriction_replies.ts), or need not be told
   * (returning.ts).
   */
  isTold?: true;
  /** When the text was last changed by its sender, in milliseconds since 1970; see said.ts. */
  edited?: number;
  /** What its sender says of the file whose address is in the text; gone once it was removed. */
  file?: FileInfo;
  /** See `Said.report`; gone once it was removed. */
  report?: Report;
  /** Of a `call`: what it tells. */
  readonly call?: CallRecord;
}

/** Leaves of a line nothing but that it was removed. */
export function putRemoval(line: TalkLine, { by, reason }: Redaction): void {
  line.redacted = { by: detached(by), reason: detached(reason) };
  line.text = "";
  delete line.file;
  delete line.report;
  line.reactions.clear();
}

/** The size of a line (see BOUNDS), with its reactions or with what stands in the place of a removed one. */
export function lineSize(line: TalkLine): number {
  const { text, from, about = "", msgid = "", account = "", peer = "", replyTo = "", redacted, file, report } = line;
  const removal = redacted === undefined ? 0 : redacted.by.length + redacted.reason.length;
  return OVERHEAD + text.length + from.length + about.length + msgid.length + account.length + peer.length +
    replyTo.length +
    removal + (file === undefined ? 0 : fileSize(file)) + (report === undefined ? 0 : reportSize(report)) +
    reactionsSize(line.reactions);
}

function fileSize({ name, type, blur = "", voice }: FileInfo): number {
  const voiceSize = voice === undefined ? 0 : OVERHEAD + (voice.wave?.length ?? 0);
  return OVERHEAD + name.length + type.length + blur.length + voiceSize;
}

function reportSize({ nick, text, why }: Report): number {
  return OVERHEAD + nick.length + text.length + why.length;
}

/** The private lines before which the talk was with somebody else, who had the same nick. @param lines Of one talk, in order. */
export function linesOfAnother(lines: readonly TalkLine[]): Set<TalkLine> {
  const found = new Set<TalkLine>();
  let last: string | undefined;
  for (const line of lines) {
    if (line.peer === undefined) continue;
    if (last !== undefined && line.peer !== last) found.add(line);
    last = line.peer;
  }
  return found;
}

/** Whether something of that kind was said, rather than happened. */
export function isSpeechKind(kind: string): kind is SpeechKind {
  return kind === "message" || kind === "action" || kind === "notice";
}

/** Whether a line is something that was said, rather than something that happened. */
export function isSpeech({ kind }: { kind: LineKind }): boolean {
  return isSpeechKind(kind);
}

/** Whether a line is unread until the person has seen it: what somebody else has said, and a call that was missed. */
export function isNews({ kind, own, call }: Pick<TalkLine, "kind" | "own" | "call">): boolean {
  return !own && (isSpeechKind(kind) || call?.what === "missed");
}
