/** WHO, which lists people (modern.ircdocs.horse/#who-message), with the fields that a client asks for (IRCv3 whox). */

import { casefold, RPL_ENDOFWHO, RPL_WHOREPLY, RPL_WHOSPCRPL } from "../../protocol.ts";
import { type Channel, channelsOf, shareChannel } from "../room/channel.ts";
import { Glob } from "../room/mask.ts";
import type { Person } from "../room/person.ts";
import { hostMask } from "../wire/address.ts";
import { maySeeIn } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { seconds } from "./replies.ts";

/** `H` or `G` for here or gone, `*` for the server's operators, `B` for a bot, and the prefixes in the channel. */
function flags(call: Call, person: Person, channel: Channel | undefined): string {
  return (person.away === undefined ? "H" : "G") + (person.isOperator ? "*" : "") + (person.modes.has("B") ? "B" : "") +
    (channel?.prefix(person, call.session.has("multi-prefix")) ?? "");
}

/** One person whom WHO lists. */
interface Listed {
  call: Call;
  person: Person;
  /** A channel in which the sender may see the person, if there is one. */
  channel: Channel | undefined;
}

/** The fields that may be asked for, in the order in which they are answered (IRCv3 whox, "354 RPL_WHOSPCRPL"). */
const FIELDS: Record<string, (listed: Listed, token: string) => string> = {
  t: (_, token) => token,
  c: ({ channel }) => channel?.name ?? "*",
  u: ({ person }) => person.user,
  // An address behind another host is told to the operators and to the person.
  i: ({ call, person }) =>
    person.host === person.address || call.person === person || call.person.isOperator
      ? person.address
      : "255.255.255.255",
  h: ({ person }) => person.host,
  s: ({ call }) => call.chat.name,
  n: ({ person }) => person.nick,
  f: ({ call, person, channel }) => flags(call, person, channel),
  d: () => "0",
  l: ({ call, person }) => seconds(call.chat.now() - person.spokeAt),
  a: ({ person }) => person.account ?? "0",
  o: () => "n/a",
  r: ({ person }) => person.realname,
};

/** Reads the second parameter: `o` lists operators only, and `%fields,token` asks for other fields. */
function readOptions(text: string): { isForOperatorsOnly: boolean; reply: (listed: Listed) => void } {
  const [, letters, asked, token = "0"] = /^([^%]*)(?:%([a-z]*)(?:,([0-9]{1,3}))?)?/is.exec(text)!;
  const isForOperatorsOnly = /o/i.test(letters);
  if (asked === undefined) return { isForOperatorsOnly, reply: whoReply };
  const fields = Object.keys(FIELDS).filter((letter) => asked.toLowerCase().includes(letter));
  const reply = (listed: Listed) => {
    listed.call.reply.numeric(RPL_WHOSPCRPL, ...fields.map((letter) => FIELDS[letter](listed, token)));
  };
  return { isForOperatorsOnly, reply };
}

/** Tells the fields that are told if none are asked for. */
function whoReply({ call, person, channel }: Listed): void {
  const { user, host, nick, realname } = person;
  const params = [channel?.name ?? "*", user, host, call.chat.name, nick, flags(call, person, channel)];
  call.reply.numeric(RPL_WHOREPLY, ...params, `0 ${realname}`);
}

/**
 * The people whom a mask means: the members of a channel, the person of a nick, or everybody whose nick, user, host or real
 * name matches. Undefined stands for somebody who was looked at and is not meant.
 */
function* people(call: Call, mask: string): Generator<Listed | undefined> {
  const { chat } = call;
  const channel = chat.channels.find(mask);
  if (channel?.isVisibleTo(call.person)) {
    for (const person of [...channel.members.keys()]) {
      const isShown = channel.members.has(person) && maySeeIn(call.person, person, channel);
      yield isShown ? { call, person, channel } : undefined;
    }
    return;
  }
  const exact = chat.find(mask);
  if (exact !== undefined) return yield seen(call, exact);
  const glob = new Glob(mask === "0" ? "*" : hostMask(mask));
  for (const [folded, person] of [...chat.persons]) {
    // Invisible people are found by those who share a channel, and by those who know the nick.
    const isHidden = person.hasLeft ||
      (person.isInvisible && person !== call.person && !shareChannel(call.person, person));
    const { user, host, realname } = person;
    const isMeant = !isHidden &&
      (glob.matches(folded) || [user, host, realname].some((text) => glob.matches(casefold(text))));
    yield isMeant ? seen(call, person) : undefined;
  }
}

/** A person, with a channel in which the sender may see them. */
function seen(call: Call, person: Person): Listed {
  return {
    call,
    person,
    channel: channelsOf(person).values().find((channel) => maySeeIn(call.person, person, channel)),
  };
}

/** The family's command. */
export const WHO: Command[] = [
  {
    name: "WHO",
    usage: "WHO mask [o][%fields[,token]]",
    help: "Lists who is in a channel, or whom a mask matches; o: operators only.",
    *handler(call, [mask = "*", wish = ""]) {
      const { isForOperatorsOnly, reply } = readOptions(wish);
      for (const listed of people(call, mask)) {
        if (listed !== undefined && (!isForOperatorsOnly || listed.person.isOperator)) reply(listed);
        yield;
      }
      call.reply.numeric(RPL_ENDOFWHO, mask, "End of WHO list");
    },
  },
];
