/** CHATHISTORY, which gives what was said before (IRCv3 chathistory). */

import { channelsOf } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { keptEvents, nickOfPeer, readableTarget } from "../room/reading.ts";
import type { History } from "../store/history.ts";
import type { MessageRange } from "../store/reader.ts";
import { channelKey, type MessageRecord, saidAt, timeOf } from "../store/records.ts";
import type { Call, Command } from "./command.ts";
import { HistoryRefusal, readLimit, readReference, withHistory } from "./history_questions.ts";

/** Reads the span between two references, of which either may be the earlier. */
function readSpan(from: string, to: string, options = {}): Pick<MessageRange, "after" | "before" | "latest"> {
  const [a, b] = [readReference(from, options), readReference(to, options)];
  return a.first <= b.first ? { after: a.last, before: b.first } : { after: b.last, before: a.first, latest: true };
}

/** An answer: messages by their ids, and whether there is nothing more to be asked for beyond them. */
interface Page {
  ids: number[];
  isAll: boolean;
}

/** Reads the messages of a range. @param share Which share of the bytes of an answer they may have. */
type Read = (range: Omit<MessageRange, "limit">, limit: number, share?: number) => Generator<void, Page>;

/** The subcommands that give messages: how many references each one takes, and how it reads its messages. */
const SUBCOMMANDS: Record<
  string,
  { references: number; read(read: Read, limit: number, references: string[]): Generator<void, Page> }
> = {
  LATEST: {
    references: 1,
    read: (read, limit, [from]) =>
      read({ ...(from === "*" ? {} : { after: readReference(from).last }), latest: true }, limit),
  },
  BEFORE: {
    references: 1,
    read: (read, limit, [to]) => read({ before: readReference(to).first, latest: true }, limit),
  },
  AFTER: {
    references: 1,
    read: (read, limit, [from]) => read({ after: readReference(from).last }, limit),
  },
  AROUND: {
    references: 1,
    *read(read, limit, [middle]) {
      const { first } = readReference(middle);
      const before = yield* read({ before: first, latest: true }, Math.floor(limit / 2), 1 / 2);
      const rest = Math.max(Math.ceil(limit / 2), limit - before.ids.length);
      const after = yield* read({ after: first - 1 }, rest, 1 / 2);
      return { ids: [...before.ids, ...after.ids], isAll: before.isAll && after.isAll };
    },
  },
  BETWEEN: {
    references: 2,
    read: (read, limit, [from, to]) => read(readSpan(from, to), limit),
  },
};

/** Answers the question. @param name The subcommand, in capitals. */
function* chathistory(call: Call, history: History, name: string, params: string[]): Generator<void> {
  const { chat, session, person, reply } = call;
  const { identity } = person;
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined && name !== "TARGETS") {
    throw new HistoryRefusal("INVALID_PARAMS", name, "Unknown command");
  }
  const expected = subcommand === undefined ? 3 : subcommand.references + 2;
  if (params.length < expected) throw new HistoryRefusal("INVALID_PARAMS", name, "Insufficient parameters");
  if (params.length > expected) throw new HistoryRefusal("INVALID_PARAMS", name, "Too many parameters");
  const limit = readLimit(params.at(-1)!);
  if (subcommand === undefined) return yield* listTargets(call, history, params, limit);
  const [target, ...references] = params.slice(0, -1);
  const found = yield* readableTarget(chat, person, history, target);
  if (found === undefined) throw new HistoryRefusal("INVALID_TARGET", name, target, "Messages could not be retrieved");
  const events = session.has("draft/event-playback");
  // To a client that takes a message without text for an empty line, nothing is better (message-redaction, "Chat history").
  const removals = events && session.has("draft/message-redaction") && session.has("teahouse.chat/identity");
  const byTime = !references.some((text) => /^msgid=/i.test(text));
  const read: Read = (range, limit, share = 1) =>
    history.page(found.keys, { ...range, limit, events, removals, byTime, bytes: BOUNDS.historyBytes * share });
  const { ids, isAll } = yield* subcommand.read(read, limit, references);
  // The target is written as in the question, by which the client recognises the answer.
  const kept = keptEvents(chat, person, history, ids, identity, removals);
  yield* reply.batchInSteps(["chathistory", target], kept, isAll);
}

/** Lists the channels that the sender is in and the people that they have talked with, by the latest message of each. */
function* listTargets(
  { chat, person, reply }: Call,
  history: History,
  [from, to]: string[],
  limit: number,
): Generator<void> {
  const { after = 0, before = Infinity, latest = false } = readSpan(from, to, { timestampsOnly: true });
  const { identity } = person;
  const found: { name: string; id: number; time: number; isPrivate: boolean }[] = [];
  const add = (last: number | undefined, nameOf: (record: MessageRecord) => string) => {
    const record = last === undefined || last <= after || last >= before ? undefined : history.find(last);
    if (record !== undefined) {
      const isPrivate = !record.conversation.startsWith("#");
      found.push({ name: nameOf(record), id: record.id, time: saidAt(record), isPrivate });
    }
  };
  for (const channel of [...channelsOf(person)]) {
    yield;
    if (!channel.members.has(person)) continue;
    const [last] = yield* history.range([channelKey(channel.name)], { limit: 1, latest: true });
    add(last, () => channel.name);
  }
  // The next part is asked for by time, so all people of the last millisecond are given, even beyond the limit.
  let [people, time, isAll] = [0, 0, true];
  for (const peer of history.peers(identity, { after, before, latest })) {
    if (peer === undefined) yield;
    else {
      isAll = people < limit || timeOf(peer.last) === time;
      if (!isAll) break;
      add(peer.last, (record) => nickOfPeer(chat, person, record, identity));
      people++;
      time = timeOf(peer.last);
    }
  }
  found.sort((a, b) => latest ? b.id - a.id : a.id - b.id);
  const last = found[limit - 1];
  const isCut = last !== undefined && found.splice(found.findLastIndex((one) => one.time === last.time) + 1).length > 0;
  if (latest) found.reverse();
  // As in `keptEvents`: private talks are listed only as long as the sender has the identity that they belong to.
  const events = found.values().map(({ name, time, isPrivate }) =>
    isPrivate && person.identity !== identity
      ? undefined
      : chat.serverEvent("CHATHISTORY", ["TARGETS", name, new Date(time).toISOString()])
  );
  yield* reply.batchInSteps(["draft/chathistory-targets"], events, isAll && !isCut);
}

/** The family's command. */
export const CHATHISTORY: Command[] = [
  {
    name: "CHATHISTORY",
    usage: [
      "CHATHISTORY LATEST|BEFORE|AFTER|AROUND target reference limit",
      "CHATHISTORY BETWEEN target reference reference limit",
      "CHATHISTORY TARGETS timestamp=TIME timestamp=TIME limit",
    ],
    help: "Gives what was said before. A reference is msgid=ID or timestamp=TIME; with LATEST it may be *.",
    capability: "draft/chathistory",
    minParams: 1,
    handler: withHistory(
      "CHATHISTORY",
      (call, history, [name, ...params]) => chathistory(call, history, name.toUpperCase(), params),
    ),
  },
];
