/** SEARCH, which finds what was said (capability `soju.im/search`). */

import { unescapeTag } from "../../protocol.ts";
import { channelsOf } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { keptEvents, readableTarget } from "../room/reading.ts";
import type { History } from "../store/history.ts";
import { channelKey } from "../store/records.ts";
import type { Call, Command } from "./command.ts";
import { HistoryRefusal, readLimit, readReference, withHistory } from "./history_questions.ts";

/** Reads attributes, which are written as message tags are: `in=#tea;text=two\swords`. */
function readAttributes(text: string): Record<string, string> {
  const pairs = text.split(";").filter((pair) => pair !== "").map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, unescapeTag(value.join("="))];
  });
  return Object.fromEntries(pairs);
}

/** Answers the question, and says so if there may be more than could be looked at. */
function* search({ chat, person, reply }: Call, history: History, attributes: Record<string, string>): Generator<void> {
  const { identity } = person;
  const { text, from, in: target, before, after, limit = `${BOUNDS.search}` } = attributes;
  const time = (value: string | undefined) => value === undefined ? undefined : readReference(`timestamp=${value}`);
  const [first, last] = [time(after)?.first, time(before)?.last];
  const most = Math.min(readLimit(limit), BOUNDS.search);
  const place = target === undefined ? undefined : yield* readableTarget(chat, person, history, target);
  if (target !== undefined && place === undefined) {
    throw new HistoryRefusal("INVALID_PARAMS", target, "You can't search there");
  }
  const keys = place?.keys ?? [...channelsOf(person)].map(({ name }) => channelKey(name));
  const { ids, isComplete } = yield* history.search(keys, {
    limit: most,
    latest: first === undefined,
    ...(place === undefined ? { identity } : {}),
    ...(first === undefined ? {} : { after: first - 1 }),
    ...(last === undefined ? {} : { before: last + 1 }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { from }),
  });
  yield* reply.batchInSteps(["soju.im/search"], keptEvents(chat, person, history, ids, identity));
  if (!isComplete) {
    const why =
      "This search would take too long, so what is further away is not found: name a channel, a time or more words";
    reply.send(chat.serverEvent("NOTE", ["SEARCH", "INCOMPLETE", why]));
  }
}

/** The family's command. */
export const SEARCH: Command[] = [
  {
    name: "SEARCH",
    usage: "SEARCH text=words;in=target;from=nick;after=TIME;before=TIME;limit=50",
    help: "Finds what was said; each part may be left out.",
    capability: "soju.im/search",
    minParams: 1,
    handler: withHistory(
      "SEARCH",
      (call, history, [attributes]) => search(call, history, readAttributes(attributes)),
    ),
  },
];
