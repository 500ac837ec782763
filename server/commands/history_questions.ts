/** What CHATHISTORY, SEARCH and REDACT share: reading their parameters, and answering what is refused. */

import { parseTime } from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import { reportUnreadable } from "../room/reading.ts";
import type { History } from "../store/history.ts";
import { firstId, parseMsgid } from "../store/records.ts";
import type { Call, Steps } from "./command.ts";

/** A refusal of a question about the past: an error code, its context, and a description (IRCv3 chathistory, "Errors and Warnings"). */
export class HistoryRefusal extends Error {
  readonly params: [code: string, ...contextAndDescription: string[]];

  constructor(code: string, ...contextAndDescription: string[]) {
    super(contextAndDescription.at(-1));
    this.params = [code, ...contextAndDescription];
  }
}

type Handler = (call: Call, history: History, params: string[]) => Steps;

/** Makes a handler that answers FAIL if the question is refused or the database can't be read (IRCv3 standard-replies). */
export function withHistory(command: string, handler: Handler) {
  return function* (call: Call, params: string[]): Steps {
    // There is a history: the capabilities of these commands are offered only then.
    const history = call.chat.history!;
    try {
      yield* handler(call, history, params);
    } catch (error) {
      if (error instanceof HistoryRefusal) return call.reply.fail(command, ...error.params);
      reportUnreadable(history, error);
      call.reply.fail(
        command,
        command === "SEARCH" ? "INTERNAL_ERROR" : "MESSAGE_ERROR",
        "The history cannot be read at the moment",
      );
    }
  };
}

/** The ids that a reference stands for, both inclusive: the id of a message, or all ids of a millisecond. */
export function readReference(text: string, { timestampsOnly = false } = {}): { first: number; last: number } {
  const [, type, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (type !== undefined && !/^(?:timestamp|msgid)$/i.test(type)) {
    throw new HistoryRefusal("INVALID_MSGREFTYPE", text, "Unknown type of message reference");
  }
  const time = type === "timestamp" ? parseTime(value) : undefined;
  const id = type === "msgid" && !timestampsOnly ? parseMsgid(value) : undefined;
  if (id !== undefined) return { first: id, last: id };
  if (time === undefined) throw new HistoryRefusal("INVALID_PARAMS", text, `Invalid ${type ?? "message reference"}`);
  return { first: firstId(time), last: firstId(time + 1) - 1 };
}

/** Reads how many messages are asked for, and bounds it. */
export function readLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new HistoryRefusal("INVALID_PARAMS", text, "Invalid limit");
  return Math.min(Number(text), BOUNDS.history);
}
