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
  LIMITS,
  RPL_BANLIST,
  RPL_CHANNELMODEIS,
  RPL_CREATIONTIME,
  RPL_ENDOFBANLIST,
  RPL_UMODEIS,
} from "../../protocol.ts";
import type { Event } from "../capabilities.ts";
import type { Channel } from "../channel.ts";
import { BOUNDS } from "../isupport.ts";
import { completeMask } from "../mask.ts";
import { ReplyError, type Session } from "../session.ts";
import { requireOperator } from "./channels.ts";
import type { CommandTable } from "./command.ts";

/** What a change of one mode needs. */
interface Change {
  session: Session;
  channel: Channel;
  on: boolean;
  param: string;
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
    apply({ channel: { flags }, on }) {
      if (flags.has(letter) === on) return undefined;
      if (on) flags.add(letter);
      else flags.delete(letter);
      return "";
    },
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
      return channel.setRank(person, letter, on) ? person.nick : undefined;
    },
  };
}

const CHANNEL_MODES: Record<string, ChannelMode> = {
  b: {
    takes: "always",
    apply({ session, channel, on, param }) {
      if (/^:|\s/.test(param) || [...param].length > BOUNDS.mask) {
        const why = `A mask is 1 to ${BOUNDS.mask} characters, without a space or a colon first`;
        throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, "b", "*", why);
      }
      const mask = completeMask(param);
      if (!on) return channel.unban(mask);
      if (channel.bans.size >= BOUNDS.bans) {
        throw new ReplyError(ERR_BANLISTFULL, channel.name, "b", "Ban list is full");
      }
      return channel.ban(mask, session.source, session.chat.now()) ? mask : undefined;
    },
  },
  i: flag("i"),
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
  m: flag("m"),
  n: flag("n"),
  o: rank("o"),
  s: flag("s"),
  t: flag("t"),
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

function banList(session: Session, channel: Channel): void {
  for (const { text, by, at } of channel.bans.values()) {
    session.reply(RPL_BANLIST, channel.name, text, by, `${Math.floor(at / 1000)}`);
  }
  session.reply(RPL_ENDOFBANLIST, channel.name, "End of channel ban list");
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

function changeChannelModes(session: Session, channel: Channel, text: string, params: string[]): void {
  const changes = new ModeChanges();
  let withParam = 0;
  let isListed = false;
  try {
    for (const [on, letter] of signedLetters(text)) {
      try {
        if (!Object.hasOwn(CHANNEL_MODES, letter)) {
          throw new ReplyError(ERR_UNKNOWNMODE, letter, "is unknown mode char to me");
        }
        const mode = CHANNEL_MODES[letter];
        const takes = mode.takes === "always" || (mode.takes === "when set" && on);
        const param = takes ? params.shift() : "";
        if (letter === "b" && !param) {
          // Once is enough, however often it is asked for.
          if (!isListed) banList(session, channel);
          isListed = true;
          continue;
        }
        requireOperator(session, channel);
        // `-k` is often sent without the key.
        if (param === undefined && !(letter === "k" && !on)) {
          throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, letter, "*", "A parameter is missing");
        }
        if (takes && ++withParam > BOUNDS.modes) continue;
        const told = mode.apply({ session, channel, on, param: param ?? "" });
        if (told !== undefined) changes.add(on, letter, told);
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        session.reply(error.numeric, ...error.params);
        // Said once is enough for someone who may change nothing.
        if (error.numeric === ERR_CHANOPRIVSNEEDED) return;
      }
    }
  } finally {
    tell(session, channel.name, changes, (event) => session.publish(channel, event));
    if (!changes.isEmpty) session.chat.settingsChanged(channel);
  }
}

function changeUserModes(session: Session, text: string): void {
  const changes = new ModeChanges();
  let unknown = false;
  for (const [on, letter] of signedLetters(text)) {
    if (letter !== "i") unknown = true;
    else if (session.invisible !== on) {
      session.invisible = on;
      changes.add(on, letter, "");
    }
  }
  if (unknown) session.reply(ERR_UMODEUNKNOWNFLAG, "Unknown MODE flag");
  tell(session, session.nick, changes, (event) => session.respond(event));
}

/** The family's command. */
export const MODES: CommandTable = {
  MODE: {
    minParams: 1,
    handler(session, [target, text, ...params]) {
      const { chat } = session;
      if (target.startsWith("#")) {
        const channel = chat.channel(target, session);
        if (text === undefined) channelModeIs(session, channel);
        else changeChannelModes(session, channel, text, params);
        return;
      }
      const person = chat.find(target);
      if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
      if (person !== session) throw new ReplyError(ERR_USERSDONTMATCH, "Can't change mode for other users");
      if (text === undefined) session.reply(RPL_UMODEIS, session.invisible ? "+i" : "+");
      else changeUserModes(session, text);
    },
  },
};
