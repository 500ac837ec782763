/** MODE, of channels and of oneself (modern.ircdocs.horse/#mode-message). */

import {
  byteLength,
  ERR_BANLISTFULL,
  ERR_CHANOPRIVSNEEDED,
  ERR_INVALIDKEY,
  ERR_INVALIDMODEPARAM,
  ERR_NOSUCHNICK,
  ERR_UMODEUNKNOWNFLAG,
  ERR_UNKNOWNMODE,
  ERR_USERNOTINCHANNEL,
  ERR_USERSDONTMATCH,
  fits,
  LIMITS,
  RPL_BANLIST,
  RPL_CHANNELMODEIS,
  RPL_CREATIONTIME,
  RPL_ENDOFBANLIST,
  RPL_ENDOFEXCEPTLIST,
  RPL_ENDOFINVEXLIST,
  RPL_EXCEPTLIST,
  RPL_INVEXLIST,
  RPL_UMODEIS,
} from "../../protocol.ts";
import type { Event } from "../room/capabilities.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS, MODES as LETTERS } from "../room/isupport.ts";
import { type Mask, parseMask } from "../room/masklist.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { requireOperator } from "./channels.ts";
import type { Command } from "./command.ts";

/** What a change of one mode needs. */
interface Change {
  session: Session;
  channel: Channel;
  on: boolean;
  param: string;
  /** What has changed so far; a change that brings another with it adds that here. */
  changes: ModeChanges;
}

/** One channel mode. */
interface ChannelMode {
  /** When a parameter goes with it. */
  takes: "never" | "always" | "when set";
  /** Makes the change; gives the parameter as it is told to the members ("" for none), or nothing if nothing changed. */
  apply(change: Change): string | undefined;
}

function flag(letter: string): ChannelMode {
  return {
    takes: "never",
    apply: ({ channel, on }) => channel.setFlag(letter, on) ? "" : undefined,
  };
}

function rank(letter: "o" | "v"): ChannelMode {
  return {
    takes: "always",
    apply({ session, channel, on, param }) {
      const person = session.chat.find(param);
      if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, param, "No such nick");
      if (!channel.members.has(person)) {
        throw new ReplyError(ERR_USERNOTINCHANNEL, person.nick, channel.name, "They aren't on that channel");
      }
      if (letter === "o" && on && !channel.hasRoomForOperator(person)) {
        throw new ReplyError(ERR_BANLISTFULL, channel.name, letter, "The channel has too many operators");
      }
      return channel.setRank(person, letter, on) ? person.nick : undefined;
    },
  };
}

/** A list's replies, and what its end is called. */
const LISTS = {
  b: { entry: RPL_BANLIST, end: RPL_ENDOFBANLIST, name: "ban" },
  e: { entry: RPL_EXCEPTLIST, end: RPL_ENDOFEXCEPTLIST, name: "exception" },
  I: { entry: RPL_INVEXLIST, end: RPL_ENDOFINVEXLIST, name: "invite exception" },
};
type ListLetter = keyof typeof LISTS;

function isList(letter: string): letter is ListLetter {
  return Object.hasOwn(LISTS, letter);
}

function list(letter: ListLetter): ChannelMode {
  return {
    takes: "always",
    apply({ session, channel, on, param, changes }) {
      const mask = /^:|\s/.test(param) || [...param].length > BOUNDS.mask ? undefined : parseMask(param);
      // Folded, one character may be eighteen (U+FDFA), and each is compared with everybody.
      const isTold = mask !== undefined && fits(mask.text, BOUNDS.maskBytes) && fits(mask.key, 2 * BOUNDS.maskBytes);
      // To be muted is nothing that keeps anyone from joining.
      if (!isTold || (letter === "I" && mask.isMute)) {
        const why =
          `A mask is 1 to ${BOUNDS.mask} characters and ${BOUNDS.maskBytes} bytes, no space, no colon first; ` +
          `before it may stand ~t:MINUTES:${letter === "I" ? "" : " and ~m:"}`;
        throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, letter, "*", why);
      }
      if (!on) return channel.removeMask(letter, mask);
      const { size } = channel.lists[letter];
      const holder = channel.lists[letter].get(mask);
      // Set again, an entry for a time begins anew; and one for another time takes its place.
      if (holder?.text === mask.text && mask.minutes === undefined) return undefined;
      if (holder === undefined && size >= BOUNDS.list) {
        throw new ReplyError(ERR_BANLISTFULL, channel.name, letter, "Channel list is full");
      }
      if (holder !== undefined && holder.text !== mask.text) changes.add(false, letter, holder.text);
      channel.addMask(letter, mask, session.source, session.chat.now());
      if (letter === "b" && !mask.isMute) session.setOff(unseat(session, channel, mask), "cannot take seats");
      return mask.text;
    },
  };
}

/** Takes the seats of those whom a ban covers. */
function* unseat(session: Session, channel: Channel, mask: Mask): Generator<void> {
  yield* channel.unseatBanned(mask);
  // It may have ended meanwhile and been opened anew: what is kept is of that one then.
  const { chat } = session;
  const open = chat.findChannel(channel.name) ?? channel;
  if (open !== channel) yield* open.unseatBanned(mask);
  if (open.hasChanges) chat.settingsChanged(open, session);
}

const CHANNEL_MODES: Record<string, ChannelMode> = {
  ...Object.fromEntries([...LETTERS.flags].map((letter) => [letter, flag(letter)])),
  b: list("b"),
  e: list("e"),
  I: list("I"),
  k: {
    takes: "always",
    apply({ channel, on, param }) {
      if (!on) {
        if (channel.key === undefined) return undefined;
        channel.key = undefined;
        // The word itself is not told: whoever lifts the key need not know it.
        return "*";
      }
      if (!/^[^\s,:][^\s,]*$/.test(param) || param.length > BOUNDS.key) {
        throw new ReplyError(
          ERR_INVALIDKEY,
          channel.name,
          `Key is not well-formed: 1 to ${BOUNDS.key} letters, no comma`,
        );
      }
      if (channel.key === param) return undefined;
      channel.key = param;
      return param;
    },
  },
  l: {
    takes: "when set",
    apply({ channel, on, param }) {
      if (!on) {
        if (channel.limit === undefined) return undefined;
        channel.limit = undefined;
        return "";
      }
      if (!/^[1-9][0-9]{0,8}$/.test(param)) {
        throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, "l", param, "Limit must be a number from 1");
      }
      if (channel.limit === Number(param)) return undefined;
      channel.limit = Number(param);
      return param;
    },
  },
  o: rank("o"),
  v: rank("v"),
};

/** Tells the modes that are set; the key to members only. */
function channelModeIs(session: Session, channel: Channel): void {
  let letters = "+" + [...channel.flags].sort().join("");
  const params: string[] = [];
  if (channel.key !== undefined) {
    letters += "k";
    params.push(channel.members.has(session) ? channel.key : "*");
  }
  if (channel.limit !== undefined) {
    letters += "l";
    params.push(`${channel.limit}`);
  }
  session.reply(RPL_CHANNELMODEIS, channel.name, letters, ...params);
  session.reply(RPL_CREATIONTIME, channel.name, `${Math.floor(channel.created / 1000)}`);
}

/** Tells lists of masks, all as they are at first: later, its reader may not know of them any more. */
function* sendLists(
  session: Session,
  { name: channel, lists }: Channel,
  letters: Iterable<ListLetter>,
): Generator<void> {
  const copies = [...letters].map((letter) => ({ ...LISTS[letter], settings: [...lists[letter].values()] }));
  for (const { entry, end, name, settings } of copies) {
    for (const { text, by, at } of settings) yield session.reply(entry, channel, text, by, `${Math.floor(at / 1000)}`);
    session.reply(end, channel, `End of channel ${name} list`);
  }
}

/** Collects changes as MODE tells them: `+o-v alice bob`. */
class ModeChanges {
  readonly #changes: [on: boolean, letter: string, param: string][] = [];

  add(on: boolean, letter: string, param: string): void {
    this.#changes.push([on, letter, param]);
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** The parameters of MODE after its target, in as many messages as they need with so many bytes each. */
  messages(bytes: number): string[][] {
    const messages: string[][] = [];
    let sign = "";
    let room = 0;
    for (const [on, letter, param] of this.#changes) {
      const needed = 2 + (param === "" ? 0 : byteLength(param) + 1);
      if (needed > room) {
        messages.push([""]);
        sign = "";
        room = bytes;
      }
      const message = messages[messages.length - 1];
      message[0] += (on ? "+" : "-") === sign ? letter : (sign = on ? "+" : "-") + letter;
      if (param !== "") message.push(param);
      room -= needed;
    }
    return messages;
  }
}

/** Tells the changes of a channel or of oneself. */
function tell(session: Session, target: string, changes: ModeChanges, say: (event: Event) => void): void {
  const room = LIMITS.lineBytes - 2 - byteLength(`:${session.source} MODE ${target} `);
  for (const params of changes.messages(room)) say(session.chat.event(session, "MODE", [target, ...params]));
}

/** Yields each letter of a mode string with its sign. */
function* signedLetters(text: string): Generator<[on: boolean, letter: string]> {
  let on = true;
  for (const letter of text) {
    if (letter === "+" || letter === "-") on = letter === "+";
    else yield [on, letter];
  }
}

/** Makes the changes, all in one step and as many as one command may make; gives the lists that were asked for. */
function changeChannelModes(session: Session, channel: Channel, text: string, params: string[]): Iterable<ListLetter> {
  const changes = new ModeChanges();
  let withParam = 0;
  const listed = new Set<ListLetter>();
  const unknown = new Set<string>();
  const flags = new Set<string>();
  try {
    for (const [on, letter] of signedLetters(text)) {
      try {
        if (!Object.hasOwn(CHANNEL_MODES, letter)) {
          if (unknown.size >= BOUNDS.modes || unknown.has(letter)) continue;
          unknown.add(letter);
          throw new ReplyError(ERR_UNKNOWNMODE, letter, "is unknown mode char to me");
        }
        const mode = CHANNEL_MODES[letter];
        // A flag is set or lifted once in one MODE: each change may concern all members.
        if (mode.takes === "never" && flags.size === flags.add(letter).size) continue;
        const takes = mode.takes === "always" || (mode.takes === "when set" && on);
        const param = takes ? params.shift() : "";
        if (isList(letter) && !param) {
          // Once is enough, however often it is asked for.
          listed.add(letter);
          continue;
        }
        requireOperator(session, channel);
        if (takes && ++withParam > BOUNDS.modes) continue;
        session.chat.requireKeeping(channel);
        // `-k` is often sent without the key.
        if (param === undefined && !(letter === "k" && !on)) {
          throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, letter, "*", "A parameter is missing");
        }
        const told = mode.apply({ session, channel, on, param: param ?? "", changes });
        if (told !== undefined) changes.add(on, letter, told);
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        session.reply(error.numeric, ...error.params);
        // Said once is enough for someone who may change nothing.
        if (error.numeric === ERR_CHANOPRIVSNEEDED) break;
      }
    }
  } finally {
    tell(session, channel.name, changes, (event) => session.publish(channel, event));
    if (!changes.isEmpty) session.chat.settingsChanged(channel, session);
  }
  return listed;
}

/** Changes one's own modes: `o` can only be laid down, since OPER is what gives it. */
function changeUserModes(session: Session, text: string): void {
  const changes = new ModeChanges();
  const { modes } = session;
  let unknown = false;
  for (const [on, letter] of signedLetters(text)) {
    if (!LETTERS.user.includes(letter)) unknown = true;
    else if (modes.has(letter) !== on && !(letter === "o" && on)) {
      session.setMode(letter, on);
      changes.add(on, letter, "");
    }
  }
  if (unknown) session.reply(ERR_UMODEUNKNOWNFLAG, "Unknown MODE flag");
  tell(session, session.nick, changes, (event) => session.respond(event));
}

/** The family's command. */
export const MODES: Command[] = [
  {
    name: "MODE",
    usage: "MODE channel [changes [parameters]] | MODE nick [changes]",
    help: [
      "Channel: +b mask (may not come in or talk), +e (but these may), +I (these need no invitation), +i (by invitation),",
      "+k word (the word to say), +l number (so many at most), +m (only those with voice talk), +n (only members talk),",
      "+s (hidden), +t (only operators set the topic), +C (no CTCP), +o nick (operator), +v nick (voice).",
      "A mask is nick!user@host, * for anything, or ~a:account. ~m:mask mutes only; ~t:60:mask ends after 60 minutes.",
      "You: +i (hidden from those who share no channel), +w (hears WALLOPS), +B (you are a bot), -o (no operator any more).",
    ],
    minParams: 1,
    keeps: (_, { length }) => Math.max(0, length - 1),
    *handler(session, [target, text, ...params]) {
      const { chat } = session;
      if (target.startsWith("#")) {
        const channel = chat.channel(target, session);
        if (text === undefined) channelModeIs(session, channel);
        else yield* sendLists(session, channel, changeChannelModes(session, channel, text, params));
        return;
      }
      const person = chat.find(target);
      if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
      if (person !== session) throw new ReplyError(ERR_USERSDONTMATCH, "Can't change mode for other users");
      if (text === undefined) session.reply(RPL_UMODEIS, "+" + [...session.modes].sort().join(""));
      else changeUserModes(session, text);
    },
  },
];
