/** Reading kept messages: which of them a session may read, and how they are told to it. */

import type { Call } from "./command.ts";
import { casefold, isNick, parseTime } from "../../protocol.ts";
import type { Event } from "../room/event.ts";
import type { Chat } from "../room/chat.ts";
import { BOUNDS } from "../room/isupport.ts";
import { toEvent } from "../room/record.ts";
import type { History } from "../store/history.ts";
import { channelKey, firstId, type MessageRecord, parseMsgid, privateKey } from "../store/records.ts";
import { reasonOf } from "../turns/faults.ts";

/** A kept message as it is told to those who read it now: a channel may have another name since. */
function retold({ channels }: Chat, record: MessageRecord): Event {
  const channel = channels.get(record.conversation);
  return toEvent(channel === undefined ? record : { ...record, target: channel.name });
}

/**
 * The kept messages of these ids as events, each read when its turn comes, so that a slow reader holds ids and no texts.
 * What has been deleted meanwhile is left out, what was said in a channel that the session is no longer in, and what was said
 * in private once it is somebody else: an account's talks end with being logged in to it.
 *
 * @param identity Of the session when it asked, which may have been long before: its reader may have been waited for.
 */
export function* told(
  call: Call,
  history: History,
  ids: Iterable<number>,
  identity: string,
): Generator<Event | undefined> {
  const { chat } = call;
  for (const id of ids) {
    const record = history.find(id);
    const isOpen = record?.conversation.startsWith("#")
      ? chat.channels.get(record.conversation)?.members.has(call.person)
      : call.person.identity === identity;
    yield record && isOpen ? retold(chat, record) : undefined;
  }
}

/** Says to whoever runs the server that history can't be read. */
export function reportUnreadable(history: History, error: unknown): void {
  history.onError(`cannot read the history: ${reasonOf(error)}`);
}

/** What a target stands for to a session that may read it. */
export interface Readable {
  /** The channel's or the person's name as it is written now. */
  name: string;
  /** The conversations. */
  keys: string[];
}

/** What a target stands for to a session; nothing where it may not read it. */
export function* readable(call: Call, history: History, target: string): Generator<void, Readable | undefined> {
  const { chat } = call;
  const { identity } = call.person;
  if (target.startsWith("#")) {
    const channel = chat.findChannel(target);
    if (channel === undefined || !channel.members.has(call.person)) return undefined;
    return { name: channel.name, keys: [channelKey(target)] };
  }
  if (!isNick(target)) return undefined;
  const person = chat.find(target);
  const keys = new Set(yield* history.conversations(identity, casefold(target)));
  // However many strangers have had that nick: who has it now, and whose it is.
  if (person !== undefined) keys.add(privateKey(identity, person.identity));
  if (chat.accounts !== undefined) keys.add(privateKey(identity, chat.accounts.identity(target)));
  return { name: person?.nick ?? target, keys: [...keys] };
}

/** Why a CHATHISTORY is refused: an error code of IRCv3 chathistory, its context, and a description. */
export class Refusal extends Error {
  readonly params: [code: string, ...contextAndDescription: string[]];

  constructor(code: string, ...contextAndDescription: string[]) {
    super(contextAndDescription.at(-1));
    this.params = [code, ...contextAndDescription];
  }
}

type Handler = (call: Call, history: History, params: string[]) => Generator<void>;

/** A handler that answers with FAIL what is refused (IRCv3 standard-replies), and what the database does not give. */
export function withHistory(command: string, handler: Handler) {
  return function* (call: Call, params: string[]): Generator<void> {
    // The capabilities of these commands are offered only where there is a history.
    const history = call.chat.history!;
    try {
      yield* handler(call, history, params);
    } catch (error) {
      if (error instanceof Refusal) return call.reply.fail(command, ...error.params);
      reportUnreadable(history, error);
      call.reply.fail(
        command,
        command === "SEARCH" ? "INTERNAL_ERROR" : "MESSAGE_ERROR",
        "The history cannot be read at the moment",
      );
    }
  };
}

/** The ids that a reference stands for: the one of a message, or all of a millisecond. */
export function readReference(text: string, { timestampsOnly = false } = {}): { first: number; last: number } {
  const [, type, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (type !== undefined && !/^(?:timestamp|msgid)$/i.test(type)) {
    throw new Refusal("INVALID_MSGREFTYPE", text, "Unknown type of message reference");
  }
  const time = type === "timestamp" ? parseTime(value) : undefined;
  const id = type === "msgid" && !timestampsOnly ? parseMsgid(value) : undefined;
  if (id !== undefined) return { first: id, last: id };
  if (time === undefined) throw new Refusal("INVALID_PARAMS", text, `Invalid ${type ?? "message reference"}`);
  return { first: firstId(time), last: firstId(time + 1) - 1 };
}

export function readLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new Refusal("INVALID_PARAMS", text, "Invalid limit");
  return Math.min(Number(text), BOUNDS.history);
}
