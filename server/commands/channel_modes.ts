/** The modes of channels: what each takes, and how it is changed (modern.ircdocs.horse/#channel-modes). */

import {
  ERR_BANLISTFULL,
  ERR_INVALIDKEY,
  ERR_INVALIDMODEPARAM,
  ERR_NOSUCHNICK,
  ERR_USERNOTINCHANNEL,
  fits,
  RPL_BANLIST,
  RPL_ENDOFBANLIST,
  RPL_ENDOFEXCEPTLIST,
  RPL_ENDOFINVEXLIST,
  RPL_EXCEPTLIST,
  RPL_INVEXLIST,
} from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS, MODES as LETTERS } from "../room/isupport.ts";
import { type Mask, parseMask } from "../room/masklist.ts";
import { ReplyError } from "../room/reply.ts";
import type { Call } from "./command.ts";
import type { ModeChanges } from "./mode_changes.ts";

/** What a change of one mode needs. */
interface Change {
  call: Call;
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

export function flag(letter: string): ChannelMode {
  return {
    takes: "never",
    apply: ({ channel, on }) => channel.setFlag(letter, on) ? "" : undefined,
  };
}

function rank(letter: "o" | "v"): ChannelMode {
  return {
    takes: "always",
    apply({ call, channel, on, param }) {
      const person = call.chat.find(param);
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
export const LISTS = {
  b: { entry: RPL_BANLIST, end: RPL_ENDOFBANLIST, name: "ban" },
  e: { entry: RPL_EXCEPTLIST, end: RPL_ENDOFEXCEPTLIST, name: "exception" },
  I: { entry: RPL_INVEXLIST, end: RPL_ENDOFINVEXLIST, name: "invite exception" },
};

export type ListLetter = keyof typeof LISTS;

export function isList(letter: string): letter is ListLetter {
  return Object.hasOwn(LISTS, letter);
}

export function list(letter: ListLetter): ChannelMode {
  return {
    takes: "always",
    apply({ call, channel, on, param, changes }) {
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
      channel.addMask(letter, mask, call.person.source, call.chat.now());
      if (letter === "b" && !mask.isMute) call.session.setOff(unseat(call, channel, mask), "cannot take seats");
      return mask.text;
    },
  };
}

/** Takes the seats of those whom a ban covers. */
function* unseat(call: Call, channel: Channel, mask: Mask): Generator<void> {
  yield* channel.unseatBanned(mask);
  // It may have ended meanwhile and been opened anew: what is kept is of that one then.
  const { chat } = call;
  const open = chat.findChannel(channel.name) ?? channel;
  if (open !== channel) yield* open.unseatBanned(mask);
  if (open.hasChanges) chat.channels.settingsChanged(open, call.session);
}

export const CHANNEL_MODES: Record<string, ChannelMode> = {
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
