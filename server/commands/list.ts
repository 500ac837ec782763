/** LIST, which finds channels, and its conditions (modern.ircdocs.horse/#list-message, `ELIST=CMNTU`). */

import { casefold, RPL_LIST, RPL_LISTEND, RPL_LISTSTART } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { Glob } from "../room/mask.ts";
import type { Person } from "../room/person.ts";
import type { Call, Command } from "./command.ts";
import { listItems } from "./params.ts";

/** A condition that listed channels meet. */
type Condition = (channel: Channel, call: Call) => boolean;

/** How many members a person sees in a channel: all of them if they are in it, and otherwise those who are not invisible. */
function memberCount(viewer: Person, { members, invisible }: Channel): number {
  return members.has(viewer) ? members.size : members.size - invisible;
}

/** What `<` and `>` compare: the number of members, or the minutes since the channel was made or its topic set. */
const MEASURES: Record<string, (channel: Channel, call: Call) => number> = {
  "": (channel, call) => memberCount(call.person, channel),
  C: ({ created }, { chat }) => (chat.now() - created) / 60_000,
  // Without a topic neither comparison holds.
  T: ({ topic }, { chat }) => topic === undefined ? NaN : (chat.now() - topic.at) / 60_000,
};

/** Reads one condition; undefined if it is the name of a channel or a mask. */
function readCondition(item: string): Condition | undefined {
  const [, letter, sign, digits] = /^([CT]?)([<>])(\d{1,9})$/i.exec(item) ?? [];
  if (sign !== undefined) {
    const measure = MEASURES[letter.toUpperCase()];
    const bound = Number(digits);
    return sign === "<" ? (...of) => measure(...of) < bound : (...of) => measure(...of) > bound;
  }
  if (!item.startsWith("!")) return undefined;
  const mask = new Glob(item.slice(1));
  return ({ name }) => !mask.matches(casefold(name));
}

/** The channels that have one of the names or match one of the masks. Undefined stands for one that was looked at and does not. */
function* namedChannels({ chat }: Call, names: string[], masks: Glob[]): Generator<Channel | undefined> {
  const named = new Set(names.map((name) => casefold(name)));
  if (masks.length === 0 && names.length > 0) return yield* named.values().map((name) => chat.channels.get(name));
  // Channels that come into being meanwhile need not be listed.
  const { channels } = chat;
  const { openings } = channels;
  for (let at = 0, end = openings.length; at < end; at++) {
    const { name } = openings[at];
    const channel = channels.ofOpening(openings[at]);
    const isAsked = () => masks.length === 0 || named.has(name) || masks.some((mask) => mask.matches(name));
    yield channel !== undefined && isAsked() ? channel : undefined;
  }
}

/** The most conditions, and the most masks, of one LIST: each is tried on every channel. */
const MOST_ITEMS = 10;

/** The family's command. */
export const LIST: Command[] = [
  {
    name: "LIST",
    usage: "LIST [name or condition{,...}]",
    help: [
      "Lists channels. Conditions: *mask*, !*mask*, >3 and <3 members, C>60 and C<60 minutes old,",
      "T>60 and T<60 minutes since the topic was set.",
    ],
    *handler(call, [list = ""]) {
      call.reply.numeric(RPL_LISTSTART, "Channel", "Users  Name");
      const conditions: Condition[] = [];
      const masks: string[] = [];
      const names: string[] = [];
      for (const item of listItems(list)) {
        const test = readCondition(item);
        if (test !== undefined) conditions.push(test);
        else (/[*?]/.test(item) ? masks : names).push(item);
      }
      const tests = conditions.slice(0, MOST_ITEMS);
      const globs = masks.slice(0, MOST_ITEMS).map((mask) => new Glob(mask));
      for (const channel of namedChannels(call, names, globs)) {
        if (channel?.isVisibleTo(call.person) && tests.every((test) => test(channel, call))) {
          call.reply.numeric(RPL_LIST, channel.name, `${memberCount(call.person, channel)}`, channel.topic?.text ?? "");
        }
        yield;
      }
      call.reply.numeric(RPL_LISTEND, "End of /LIST");
    },
  },
];
