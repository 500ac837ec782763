/**
 * Checks that several commands make, and how a refusal becomes the answer.
 *
 * @module
 */

import { ERR_CHANOPRIVSNEEDED, ERR_NOPRIVILEGES, ERR_NOSUCHNICK, ERR_USERNOTINCHANNEL } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import type { Person } from "../room/person.ts";
import { Failure, type Reply, ReplyError } from "../room/reply.ts";

/**
 * Does something. If that is refused by a `ReplyError`, the refusal is sent and undefined given.
 *
 * @param reply Where a refusal is sent; undefined if nobody is to be told.
 */
export function attempt<T>(reply: Reply | undefined, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    if (reply === undefined) return undefined;
    if (error instanceof Failure) error.answer(reply);
    else reply.numeric(error.numeric, ...error.params);
    return undefined;
  }
}

/** Why something can't be done: the code of a FAIL (IRCv3 standard-replies), and its description. */
export type Fault = [code: string, why: string];

/** Refuses everybody but the server's operators. Throws 481. */
export function requireServerOperator({ isOperator }: Person): void {
  if (isOperator) return;
  throw new ReplyError(ERR_NOPRIVILEGES, "Permission Denied- You're not an IRC operator");
}

/** Refuses everybody but the operators of a channel and of the server. Throws 482. */
export function requireChannelOperator(person: Person, channel: Channel): void {
  if (channel.isOperator(person) || person.isOperator) return;
  throw new ReplyError(ERR_CHANOPRIVSNEEDED, channel.name, "You're not channel operator");
}

/** Refuses to take an owner of the room out of a channel, or down in it, unless an owner does it. Throws 482. */
export function requireNoOwner(by: Person, channel: Channel, person: Person): void {
  if (!person.isOwner || by.isOwner) return;
  throw new ReplyError(ERR_CHANOPRIVSNEEDED, channel.name, `${person.nick} owns this room`);
}

/** The person who has a nick. Throws 401. */
export function requirePerson(chat: Chat, nick: string): Person {
  const person = chat.find(nick);
  if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, nick, "No such nick");
  return person;
}

/** Refuses a person who is no member of a channel. Throws 441. @param nick As it is told. */
export function requireMember(channel: Channel, person: Person | undefined, nick: string): asserts person is Person {
  if (person !== undefined && channel.members.has(person)) return;
  throw new ReplyError(ERR_USERNOTINCHANNEL, nick, channel.name, "They aren't on that channel");
}

/** Whether somebody may know that a person is in a channel. */
export function maySeeIn(viewer: Person, person: Person, channel: Channel): boolean {
  return channel.members.has(viewer) || (channel.isVisibleTo(viewer) && !person.isInvisible);
}
