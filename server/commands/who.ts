/** Who is here: WHO (modern.ircdocs.horse/#who-message), with the fields that a client asks for (IRCv3 whox). */

import { casefold, RPL_ENDOFWHO, RPL_WHOREPLY, RPL_WHOSPCRPL } from "../../protocol.ts";
import { hostMask } from "../wire/address.ts";
import type { Channel } from "../room/channel.ts";
import { Glob } from "../room/mask.ts";
import type { Session } from "../room/session.ts";
import type { Command } from "./command.ts";

/** Whether a session may know that someone is in a channel. */
export function maySeeIn(session: Session, person: Session, channel: Channel): boolean {
  return channel.members.has(session) || (channel.isVisibleTo(session) && !person.invisible);
}

/** `H` or `G` for here or gone, `*` for the server's operators, `B` for a bot, and the prefixes in the channel. */
function flags(session: Session, person: Session, channel: Channel | undefined): string {
  return (person.away === undefined ? "H" : "G") + (person.isOperator ? "*" : "") + (person.modes.has("B") ? "B" : "") +
    (channel?.prefix(person, session.has("multi-prefix")) ?? "");
}

/** One person that WHO lists. */
interface Listed {
  session: Session;
  person: Session;
  /** Where the person is seen. */
  channel: Channel | undefined;
  token: string;
}

/** The fields that may be asked for, in the order in which they are answered (IRCv3 whox, "354 RPL_WHOSPCRPL"). */
const FIELDS: Record<string, (listed: Listed) => string> = {
  t: ({ token }) => token,
  c: ({ channel }) => channel?.name ?? "*",
  u: ({ person }) => person.user,
  // An address that someone hides is told to the server's operators alone.
  i: ({ session, person }) =>
    person.host === person.address || session === person || session.isOperator ? person.address : "255.255.255.255",
  h: ({ person }) => person.host,
  s: ({ person }) => person.chat.name,
  n: ({ person }) => person.nick,
  f: ({ session, person, channel }) => flags(session, person, channel),
  d: () => "0",
  l: ({ person }) => `${Math.floor((person.chat.now() - person.spokeAt) / 1000)}`,
  a: ({ person }) => person.account ?? "0",
  o: () => "n/a",
  r: ({ person }) => person.realname,
};

/** What WHO's second parameter asks for: `o` for operators alone, then perhaps `%fields,token`. */
function options(text: string): { isOperators: boolean; reply: (listed: Omit<Listed, "token">) => void } {
  const [, letters, asked, token = "0"] = /^([^%]*)(?:%([a-z]*)(?:,([0-9]{1,3}))?)?/is.exec(text)!;
  const isOperators = /o/i.test(letters);
  if (asked === undefined) return { isOperators, reply: whoReply };
  const fields = Object.keys(FIELDS).filter((letter) => asked.toLowerCase().includes(letter));
  const reply = (listed: Omit<Listed, "token">) => {
    listed.session.reply(RPL_WHOSPCRPL, ...fields.map((letter) => FIELDS[letter]({ ...listed, token })));
  };
  return { isOperators, reply };
}

function whoReply({ session, person, channel }: Omit<Listed, "token">): void {
  const { user, host, nick, realname, chat } = person;
  const params = [channel?.name ?? "*", user, host, chat.name, nick, flags(session, person, channel)];
  session.reply(RPL_WHOREPLY, ...params, `0 ${realname}`);
}

/**
 * Each who is in a channel, who has a nick, or whose nick, user, host or real name a mask matches; or undefined for one who
 * was looked at and is not meant.
 */
function* people(session: Session, mask: string): Generator<Omit<Listed, "token"> | undefined> {
  const { chat } = session;
  const channel = chat.findChannel(mask);
  if (channel?.isVisibleTo(session)) {
    for (const person of [...channel.members.keys()]) {
      const isShown = channel.members.has(person) && maySeeIn(session, person, channel);
      yield isShown ? { session, person, channel } : undefined;
    }
    return;
  }
  const exact = chat.find(mask);
  if (exact !== undefined) return yield seen(session, exact);
  const glob = new Glob(mask === "0" ? "*" : hostMask(mask));
  for (const [folded, person] of [...chat.sessions]) {
    // Who is invisible is found by those who share a channel, or who know the nick.
    const isHidden = person.closed || (person.invisible && person !== session && !session.sharesChannel(person));
    const { user, host, realname } = person;
    const isMeant = !isHidden &&
      (glob.matches(folded) || [user, host, realname].some((text) => glob.matches(casefold(text))));
    yield isMeant ? seen(session, person) : undefined;
  }
}

/** A person with a channel in which a session sees them, where there is one. */
function seen(session: Session, person: Session): Omit<Listed, "token"> {
  return { session, person, channel: person.channels.values().find((channel) => maySeeIn(session, person, channel)) };
}

/** The family's command. */
export const WHO: Command[] = [
  {
    name: "WHO",
    usage: "WHO mask [o][%fields[,token]]",
    help: "Lists who is in a channel, or whom a mask matches; o: operators only.",
    *handler(session, [mask = "*", wish = ""]) {
      const { isOperators, reply } = options(wish);
      for (const listed of people(session, mask)) {
        if (listed !== undefined && (!isOperators || listed.person.isOperator)) reply(listed);
        yield;
      }
      session.reply(RPL_ENDOFWHO, mask, "End of WHO list");
    },
  },
];
