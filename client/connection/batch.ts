/**
 * Batches (IRCv3 batch): messages that belong together, collected until they are all there. Only batches that answer a question
 * are collected; the messages of all others pass as if they came alone.
 *
 * @module
 */

import { detached, type Message } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { detachedMessage, sizeOf } from "../sizes.ts";

/** A batch that is complete. */
export interface Batch {
  type: string;
  params: string[];
  messages: Message[];
}

/** The types that are collected. */
export const COLLECTED: ReadonlySet<string> = new Set([
  "chathistory",
  "draft/chathistory-targets",
  "soju.im/search",
  "teahouse.chat/edits",
]);

/** The batches of one connection. */
export class Batches {
  readonly #open = new Map<string, Batch>();
  /** The size of all messages in them. */
  #size = 0;

  /** Forgets all that is open: the connection is lost. */
  clear(): void {
    this.#open.clear();
    this.#size = 0;
  }

  /**
   * Takes a message.
   *
   * @returns The batch that it completes; "kept" if it is a part of a batch; undefined if it has to be handled by itself.
   */
  take(message: Message): Batch | "kept" | undefined {
    const { command, tags, params: [reference = "", type = "", ...params] } = message;
    if (command.toUpperCase() === "BATCH") {
      const name = reference.slice(1);
      if (reference.startsWith("-")) {
        const batch = this.#open.get(name);
        this.#open.delete(name);
        for (const message of batch?.messages ?? []) this.#size -= sizeOf(message);
        return batch;
      }
      if (!COLLECTED.has(type) || this.#open.size >= BOUNDS.batches || this.#open.has(name)) return undefined;
      this.#open.set(detached(name), { type: detached(type), params: params.map(detached), messages: [] });
      return "kept";
    }
    const batch = tags.batch === undefined ? undefined : this.#open.get(tags.batch);
    if (batch === undefined) return undefined;
    const size = sizeOf(message);
    if (batch.messages.length < BOUNDS.batchMessages && this.#size + size <= BOUNDS.batchSize) {
      batch.messages.push(detachedMessage(message));
      this.#size += size;
    }
    return "kept";
  }
}
