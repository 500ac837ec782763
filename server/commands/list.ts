/** Finding channels: LIST and its conditions (modern.ircdocs.horse/#list-message, `ELIST=CMNTU`). */

import { RPL_LIST, RPL_LISTEND, RPL_LISTSTART } from "../../protocol.ts";
import type { Channel } from "../channel.ts";
import { matches } from "../mask.ts";
import type { Session } from "../session.ts";
import { type CommandTable, listItems } from "./command.ts";

/** What a channel is asked for. */
type Condition = (channel: Channel, session: Session) => boolean;

/** How many members someone sees in a channel: all of them, or those who are not invisible. */
function memberCount(session: Session, { members }: Channel): number {
  if (members.has(session)) return members.size;
  return members.keys().reduce((n, { invisible }) => n + Number(!invisible), 0);
}

/** What `<` and `>` compare: the members, or the minutes since the channel was made or its topic was set. */
const MEASURES: Record<string, (channel: Channel, session: Session) => number> = {
  "": (channel, session) => memberCount(session, channel),
  C: ({ created }, { chat }) => (chat.now() - created) / 60_000,
  // Without a topic neither comparison holds.
  T: ({ topic }, { chat }) => topic === undefined ? NaN : (chat.now() - topic.at) / 60_000,
};

/** Reads one condition; nothing where it is a channel's name or a mask. */
function condition(item: string): Condition | undefined {
  const [, letter, sign, digits] = /^([CT]?)([<>])(\d{1,9})$/i.exec(item) ?? [];
  if (sign !== undefined) {
    const measure = MEASURES[letter.toUpperCase()];
    const bound = Number(digits);
    return sign === "<" ? (...of) => measure(...of) < bound : (...of) => measure(...of) > bound;
  }
  if (item.startsWith("!")) return ({ name }) => !matches(item.slice(1), name);
  return undefined;
}

/** The channels that have one of the names or match one of the masks; all of them where there are neither. */
function* namedChannels({ chat }: Session, names: string[], masks: string[]): Generator<Channel> {
  const named = new Set(names.map((name) => chat.findChannel(name)));
  if (masks.length === 0 && names.length > 0) {
    for (const channel of named) if (channel !== undefined) yield channel;
    return;
  }
  for (const channel of [...chat.channels.values()]) {
    if (masks.length === 0 || named.has(channel) || masks.some((mask) => matches(mask, channel.name))) yield channel;
  }
}

/** The most conditions, and the most masks, of one LIST: each is tried on every channel. */
const MOST_ITEMS = 10;

/** The family's command. */
export const LIST: CommandTable = {
  LIST: {
    minParams: 0,
    *handler(session, [list = ""]) {
      session.reply(RPL_LISTSTART, "Channel", "Users  Name");
      const conditions: Condition[] = [];
      const masks: string[] = [];
      const names: string[] = [];
      for (const item of listItems(list)) {
        const test = condition(item);
        if (test !== undefined) conditions.push(test);
        else (/[*?]/.test(item) ? masks : names).push(item);
      }
      const tests = conditions.slice(0, MOST_ITEMS);
      for (const channel of namedChannels(session, names, masks.slice(0, MOST_ITEMS))) {
        if (!channel.isVisibleTo(session) || !tests.every((test) => test(channel, session))) continue;
        session.reply(RPL_LIST, channel.name, `${memberCount(session, channel)}`, channel.topic?.text ?? "");
        yield;
      }
      session.reply(RPL_LISTEND, "End of /LIST");
    },
  },
};
