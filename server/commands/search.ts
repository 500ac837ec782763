/** SEARCH (soju.im/search): finds what was said. */

import { channelsOf } from "../room/channel.ts";
import { unescapeTag } from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { History } from "../store/history.ts";
import { channelKey } from "../store/records.ts";
import type { Call, Command } from "./command.ts";
import { readable, readLimit, readReference, Refusal, told, withHistory } from "./reading.ts";

/** Attributes as message tags are written: `in=#tea;text=two\swords`. */
function readAttributes(text: string): Record<string, string> {
  const pairs = text.split(";").filter((pair) => pair !== "").map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, unescapeTag(value.join("="))];
  });
  return Object.fromEntries(pairs);
}

function* search(call: Call, history: History, attributes: Record<string, string>): Generator<void> {
  const { identity } = call.person;
  const { text, from, in: target, before, after, limit = `${BOUNDS.search}` } = attributes;
  const time = (value: string | undefined) => value === undefined ? undefined : readReference(`timestamp=${value}`);
  const [first, last] = [time(after)?.first, time(before)?.last];
  const most = Math.min(readLimit(limit), BOUNDS.search);
  const place = target === undefined ? undefined : yield* readable(call, history, target);
  if (target !== undefined && place === undefined) {
    throw new Refusal("INVALID_PARAMS", target, "You can't search there");
  }
  const keys = place?.keys ?? [...channelsOf(call.person)].map(({ name }) => channelKey(name));
  const { ids, isComplete } = yield* history.search(keys, {
    limit: most,
    latest: first === undefined,
    ...(place === undefined ? { owner: identity } : {}),
    ...(first === undefined ? {} : { after: first - 1 }),
    ...(last === undefined ? {} : { before: last + 1 }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { from }),
  });
  yield* call.reply.batchInSteps(["soju.im/search"], told(call, history, ids, identity));
  if (!isComplete) {
    const why =
      "This search would take too long, so what is further away is not found: name a channel, a time or more words";
    call.reply.send(call.chat.serverEvent("NOTE", ["SEARCH", "INCOMPLETE", why]));
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
