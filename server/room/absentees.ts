/**
 * People who are away from the room, for whom a private message can be left: who they are is decided when it is kept.
 *
 * An account has its name. Its other nicks, and the last nick of a guest's device, stand for them only to those who have
 * talked with them in private under that nick, and only if they have talked so with nobody else: a nick proves nothing, and
 * whoever takes that of somebody who is away must not be given what is meant for them.
 *
 * @module
 */

import { casefold, ERR_CANNOTSENDTOCHAN, isNick } from "../../protocol.ts";
import { isDeviceIdentity } from "../store/identities.ts";
import { LEFT_BYTES } from "../store/left_messages.ts";
import { addressRange } from "../wire/address.ts";
import type { Chat } from "./chat.ts";
import type { Person } from "./person.ts";
import { ReplyError } from "./reply.ts";
import type { Session } from "./session.ts";

/** What waits for one person at the most, in messages and in bytes of their texts: from one range of addresses, and in all. */
const MOST_FROM_ONE = { count: 200, bytes: 64 * 1024 } as const;
const MOST = { count: 1_000, bytes: 256 * 1024 } as const;

/** How many people who are away are remembered of those whom a sender has left something. */
const MOST_TOLD = 100;

/** What the sender is told, once for each stay away, as why the other is away. The clients know these words. */
export const LEFT = "Away from the room, and will get this on return";

/** What is told of somebody who is away to those who may leave them something, before they do. */
export const MAY_BE_LEFT = "Away from the room, and will get what you write on return";

/** Somebody who is away, as one sender may know them. */
export interface Absentee {
  /** The name of the account or the nick under which it was talked with, or the last nick of the device. */
  nick: string;
  identity: string;
  /** Who asked: the sender's identity at that time. */
  for: string;
}

/** The account of that name, if nobody is here by it. */
function accountOf(chat: Chat, sender: Person, nick: string): Absentee | undefined {
  const name = chat.accounts?.find(nick);
  if (name === undefined) return undefined;
  if (isAccountHere(chat, name)) return undefined;
  return { nick: name, identity: chat.accounts!.identity(name), for: sender.identity };
}

function isAccountHere(chat: Chat, name: string): boolean {
  return [...chat.logins.get(casefold(name)) ?? []].some((person) => chat.isHere(person));
}

/** Whether an identity is that of an account which is away. */
function isAccountAway(chat: Chat, identity: string): boolean {
  const account = chat.accounts?.accountOf(identity);
  // Another account may have the name of one that was removed.
  return account !== undefined && chat.accounts!.find(account) !== undefined &&
    chat.accounts!.identity(account) === identity && !isAccountHere(chat, account);
}

/** Whether a guest's device is away, and had a nick when it left. */
function isDeviceAway(chat: Chat, identity: string, nick: string): boolean {
  const isAway = chat.shared.get(identity) === undefined && chat.accounts?.find(nick) === undefined;
  return isAway && casefold(chat.devices?.lastNick(identity) ?? "*") === casefold(nick);
}

/** Finds somebody who is away, for whom a sender may leave a message. Nobody is here under that nick. */
export function* findAbsentee(chat: Chat, sender: Person, nick: string): Generator<void, Absentee | undefined> {
  const { history, accounts, devices } = chat;
  if (history === undefined || accounts === undefined || !isNick(nick)) return undefined;
  if (accounts.find(nick) !== undefined) return accountOf(chat, sender, nick);
  const { identity } = sender;
  const [conversation, ...others] = yield* history.conversations(identity, casefold(nick));
  if (conversation === undefined || others.length > 0) return undefined;
  const other = conversation.split("\n").find((one) => one !== identity) ?? "";
  if (isAccountAway(chat, other)) return { nick, identity: other, for: identity };
  const isGuests = isDeviceIdentity(other) && accounts.accountOf(other) === undefined;
  if (!isGuests || !isDeviceAway(chat, other, nick)) return undefined;
  return { nick: devices!.lastNick(other)!, identity: other, for: identity };
}

/** Whether somebody who was found, under a nick that nobody here has, is still who has that name, and still away. */
export function isStillAway(chat: Chat, sender: Person, { nick, identity, for: asker }: Absentee): boolean {
  if (sender.identity !== asker) return false;
  if (chat.accounts?.find(nick) === undefined) {
    return isAccountAway(chat, identity) || isDeviceAway(chat, identity, nick);
  }
  return accountOf(chat, sender, nick)?.identity === identity;
}

/** Refuses to leave more than may wait for somebody. Throws 404. @param text What is to be left. */
export function requireRoom(chat: Chat, session: Session, { nick, identity }: Absentee, bytes: number): void {
  const { left } = chat.history!;
  const isTooMuch = (
    { count, bytes: before }: { count: number; bytes: number },
    most: typeof MOST | typeof MOST_FROM_ONE,
  ) => count >= most.count || before + bytes > most.bytes;
  const range = addressRange(session.address);
  const isFull = !left.hasRoom(range) || isTooMuch(left.amount(identity, range), MOST_FROM_ONE) ||
    isTooMuch(left.amount(identity), MOST);
  if (!isFull) return;
  throw new ReplyError(ERR_CANNOTSENDTOCHAN, nick, `Cannot send (as much waits for ${nick}, who is away, as may)`);
}

/**
 * Notes that a message is left for somebody, which is in the history.
 *
 * @returns What the sender is told; nothing where they know it.
 */
export function noteLeftMessage(
  chat: Chat,
  session: Session,
  { identity }: Absentee,
  { id, bytes }: { id: number; bytes: number },
): string | undefined {
  const { left } = chat.history!;
  if (left.add({ id, recipient: identity, range: addressRange(session.address), bytes })) session.onKept?.(LEFT_BYTES);
  const { toldAway } = session.person;
  const first = toldAway.get(identity);
  if (first !== undefined && left.isWaiting(first, identity)) return undefined;
  toldAway.delete(identity);
  if (toldAway.size >= MOST_TOLD) toldAway.delete(toldAway.keys().next().value!);
  toldAway.set(identity, id);
  return LEFT;
}
