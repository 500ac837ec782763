/** The modes of channels: which take a parameter, and how each is changed (modern.ircdocs.horse/#channel-mode). */

import {
  ERR_BANLISTFULL,
  ERR_INVALIDKEY,
  ERR_INVALIDMODEPARAM,
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
import { type Cause, type Mask, parseMask } from "../room/masklist.ts";
import type { Person } from "../room/person.ts";
import { ReplyError } from "../room/reply.ts";
import { requireMember, requireNoOwner, requirePerson } from "./checks.ts";
import type { Call } from "./command.ts";
import type { ModeChanges } from "./mode_changes.ts";

/** A change of one mode. */
interface Change {
  call: Call;
  channel: Channel;
  /** Whether the mode is turned on. */
  on: boolean;
  /** The parameter, "" if there is none. */
  param: string;
  /** The changes of the command so far. A change that brings about another one adds that. */
  changes: ModeChanges;
}

/** One channel mode. */
interface ChannelMode {
  /** When a parameter goes with it. */
  takes: "never" | "always" | "when set";
  /** Makes the change. Gives the parameter as members are told it, "" for none; undefined if nothing changed. */
  apply(change: Change): string | undefined;
}

/** A mode that is on or off. */
function flag(letter: string): ChannelMode {
  return {
    takes: "never",
    apply: ({ channel, on }) => channel.setFlag(letter, on) ? "" : undefined,
  };
}

/**
 * Refuses to take the rank of operator from an owner of the room, unless an owner does it. Throws 482. A founder who lays it
 * down founds the channel no longer, and so it is if an operator of the server takes it; if another operator does, the founder
 * has it again on the next return.
 */
function requireMayDemote({ person: by }: Call, channel: Channel, person: Person): void {
  requireNoOwner(by, channel, person);
  if (channel.founder === person.identity && (by === person || by.isOperator)) channel.found(undefined);
}

/** A rank that members have. */
function rank(letter: "o" | "v"): ChannelMode {
  return {
    takes: "always",
    apply({ call, channel, on, param }) {
      const person = requirePerson(call.chat, param);
      requireMember(channel, person, person.nick);
      if (letter === "o" && on && !channel.hasRoomForOperator(person)) {
        throw new ReplyError(ERR_BANLISTFULL, channel.name, letter, "The channel has too many operators");
      }
      if (letter === "o" && !on) requireMayDemote(call, channel, person);
      return channel.setRank(person, letter, on) ? person.nick : undefined;
    },
  };
}

/** The replies that tell each list, and what the list is called at its end. */
export const LISTS = {
  b: { entry: RPL_BANLIST, end: RPL_ENDOFBANLIST, name: "ban" },
  e: { entry: RPL_EXCEPTLIST, end: RPL_ENDOFEXCEPTLIST, name: "exception" },
  I: { entry: RPL_INVEXLIST, end: RPL_ENDOFINVEXLIST, name: "invite exception" },
};

export type ListLetter = keyof typeof LISTS;

/** Whether a mode is a list of masks. */
export function isList(letter: string): letter is ListLetter {
  return Object.hasOwn(LISTS, letter);
}

/** A list of masks. */
function list(letter: ListLetter): ChannelMode {
  return {
    takes: "always",
    apply({ call, channel, on, param, changes }) {
      const mask = /^:|\s/.test(param) || [...param].length > BOUNDS.mask ? undefined : parseMask(param);
      const isShort = mask !== undefined && isShortMask(mask);
      // A mute keeps nobody out, so there is nothing from which an invitation could except.
      if (!isShort || (letter === "I" && mask.isMute)) {
        const why =
          `A mask is 1 to ${BOUNDS.mask} characters and ${BOUNDS.maskBytes} bytes, no space, no colon first; ` +
          `before it may stand ~t:MINUTES:${letter === "I" ? "" : " and ~m:"}`;
        throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, letter, "*", why);
      }
      if (!on) return channel.removeMask(letter, mask);
      // An entry with a time that is set again begins anew. One with another time takes its place.
      if (channel.lists[letter].get(mask)?.text === mask.text && mask.minutes === undefined) return undefined;
      setMask(call, channel, changes, letter, mask);
      return mask.text;
    },
  };
}

/**
 * Adds an entry to a list, in place of one that covers the same.
 *
 * @param changes Takes the removal of that one.
 * @param cause For whom it is set and why, where that is said.
 * @throws {ReplyError} 478 if the list is full.
 */
export function setMask(
  call: Call,
  channel: Channel,
  changes: ModeChanges,
  letter: ListLetter,
  mask: Mask,
  cause?: Cause,
): void {
  const holder = channel.lists[letter].get(mask);
  if (holder === undefined && channel.lists[letter].size >= BOUNDS.list) {
    throw new ReplyError(ERR_BANLISTFULL, channel.name, letter, "Channel list is full");
  }
  if (holder !== undefined && holder.text !== mask.text) changes.add(false, letter, holder.text);
  channel.addMask(letter, mask, call.person.source, call.chat.steadyTime, cause);
  if (letter === "b" && !mask.isMute) call.session.setOff(unseat(call, channel, mask), "cannot take seats");
}

/** Whether a mask is no longer than it may be. */
export function isShortMask({ text, key }: Mask): boolean {
  // The folded mask has a bound, too: one character may become eighteen (U+FDFA), and each is compared with everybody.
  return fits(text, BOUNDS.maskBytes) && fits(key, 2 * BOUNDS.maskBytes);
}

/** Takes the seats of those whom a ban covers: they may not come back to the channel while it is by invitation only. */
function* unseat(call: Call, channel: Channel, mask: Mask): Generator<void> {
  yield* channel.unseatBanned(mask);
  // The channel may have ended meanwhile and been opened anew. What is kept is that one's then.
  const { chat } = call;
  const open = chat.channels.find(channel.name) ?? channel;
  if (open !== channel) yield* open.unseatBanned(mask);
  if (open.hasChanges) chat.channels.settingsChanged(open, call.session);
}

function* noteMembers({ chat }: Call, channel: Channel): Generator<void> {
  for (const person of [...channel.members.keys()]) {
    if (channel.members.has(person)) chat.belongings.changed(person);
    yield;
  }
}

/** All modes of channels by their letters. */
export const CHANNEL_MODES: Record<string, ChannelMode> = {
  ...Object.fromEntries([...LETTERS.flags].map((letter) => [letter, flag(letter)])),
  b: list("b"),
  e: list("e"),
  I: list("I"),
  k: {
    takes: "always",
    apply({ call, channel, on, param }) {
      if (!on) {
        if (channel.key === undefined) return undefined;
        channel.key = undefined;
        // The key itself is not told: an operator can lift it without knowing it.
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
      // Its members are told the key, and come back past it.
      call.session.setOff(noteMembers(call, channel), "cannot note who knows a key");
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
