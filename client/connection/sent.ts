/**
 * What was sent and is not confirmed yet, and which of the server's messages answer it.
 *
 * With `labeled-response` an answer has the label of the line that it answers. Without, it is a guess: a refusal is for the
 * message to the target that it names, all else for commands.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { foldName } from "../names.ts";
import { detachedMessage, sizeOf } from "../sizes.ts";
import { isRefusalNumeric } from "./refusals.ts";
import type { Part } from "./split.ts";

/** A message that is queued, or sent and not confirmed. */
export interface OutgoingMessage {
  message: Part;
  /** What the server answered, as far as that can be told. */
  replies: Message[];
  onConfirmed: (replies: Message[]) => void;
  /** The PING that was sent after it, "" before there is one. */
  barrier: string;
  /** Set for a question: called when the connection is lost, instead of sending it again. */
  onLost?: () => void;
  /** Whether it was sent before, on a connection that was lost. */
  isRepeated?: true;
  /** Whether it was sent so long ago that no answer is expected any more. */
  isLate?: boolean;
  /** Takes back the timer that makes it late. */
  cancel?: () => void;
}

/** The commands that a server repeats to say that they were done. */
const REPEATED = new Set(["REGISTER", "VERIFY", "PASSWD", "DROP", "TOKEN"]);

/** Whether a message may be an answer, where there are no labels. */
function mayAnswer(command: string): boolean {
  return /^\d/.test(command) || command === "FAIL" || REPEATED.has(command);
}

/** The messages of one connection that are sent and not confirmed, by label, in the order in which they were sent. */
export class SentMessages {
  readonly #sent = new Map<string, OutgoingMessage>();
  /** The open batches that belong to a labeled response: its label, and whether the batch is the whole response. */
  readonly #batches = new Map<string, { label: string; isWhole: boolean }>();
  /** All replies that are kept: how many, and their size. */
  #kept = { count: 0, size: 0 };

  /** The messages in the order in which they were sent. */
  values(): Iterable<OutgoingMessage> {
    return this.#sent.values();
  }

  add(label: string, sent: OutgoingMessage): void {
    this.#sent.set(label, sent);
  }

  /** Takes a message out. @returns It, if it is there. */
  take(label: string): OutgoingMessage | undefined {
    const sent = this.#sent.get(label);
    if (sent === undefined) return undefined;
    this.#sent.delete(label);
    sent.cancel?.();
    this.#kept.count -= sent.replies.length;
    for (const reply of sent.replies) this.#kept.size -= sizeOf(reply);
    return sent;
  }

  /** Takes all out, without what has come of their answers: the connection is lost. */
  takeAll(): OutgoingMessage[] {
    const all = [...this.#sent.values()];
    for (const sent of all) {
      sent.replies = [];
      sent.barrier = "";
      sent.isRepeated = true;
      sent.isLate = false;
      sent.cancel?.();
    }
    this.#sent.clear();
    this.#batches.clear();
    this.#kept = { count: 0, size: 0 };
    return all;
  }

  /** Whether a message to a target, folded, has no answer yet. */
  hasUnanswered(target: string): boolean {
    for (const { message: { params = [] }, replies } of this.#sent.values()) {
      if (replies.length === 0 && foldName(params[0] ?? "") === target) return true;
    }
    return false;
  }

  /** The labels of the messages before a PING. */
  before(barrier: string): string[] {
    return [...this.#sent].filter(([, sent]) => barrier !== "" && sent.barrier === barrier).map(([label]) => label);
  }

  /** Takes each message of a server that labels its responses. @returns The label that is confirmed by it, if one is. */
  receiveLabeled(message: Message): string | undefined {
    const { tags, command, params: [reference = ""] } = message;
    if (command === "BATCH" && reference.startsWith("-")) {
      const batch = this.#batches.get(reference.slice(1));
      this.#batches.delete(reference.slice(1));
      return batch?.isWhole ? batch.label : undefined;
    }
    const label = tags.label ?? this.#batches.get(tags.batch ?? "")?.label;
    if (label === undefined) return undefined;
    const sent = this.#sent.get(label);
    if (sent !== undefined) this.#keep(sent, message);
    if (command !== "BATCH") return tags.label;
    // A batch in a batch is a part of the same response.
    if (sent !== undefined && this.#batches.size < BOUNDS.batches) {
      this.#batches.set(reference.slice(1), { label, isWhole: tags.label !== undefined });
    }
    return undefined;
  }

  /** Takes each message of a server that knows no labels. */
  receiveUnlabeled(message: Message): void {
    const { command, params: [failed = "", about = ""] } = message;
    if (!mayAnswer(command)) return;
    const isRefusal = isRefusalNumeric(command);
    const folded = isRefusal ? foldName(about) : "";
    for (const sent of this.#sent.values()) {
      const { message: { command: asked, params = [] }, replies } = sent;
      // FAIL names the command that it is about (IRCv3 standard-replies).
      if (command === "FAIL") {
        if (asked === failed || (failed === "BATCH" && sent.message.lines !== undefined)) this.#keep(sent, message);
      } else if (REPEATED.has(command)) { if (asked === command) this.#keep(sent, message); }
      else if (asked !== "PRIVMSG" && asked !== "NOTICE") this.#keep(sent, message);
      else if (isRefusal && replies.length === 0 && foldName(params[0] ?? "") === folded) {
        return this.#keep(sent, message);
      }
    }
  }

  /** Keeps a reply, as long as the server does not answer without end. */
  #keep({ replies }: OutgoingMessage, message: Message): void {
    const size = sizeOf(message);
    if (this.#kept.count >= BOUNDS.replies || this.#kept.size + size > BOUNDS.replySize) return;
    this.#kept.count++;
    this.#kept.size += size;
    replies.push(detachedMessage(message));
  }
}
