/**
 * Whose a nick is, and what an account makes of a session: a registered nick stays its owner's, and who was a channel's
 * operator is so again. It must not know how an account is proved, nor any command.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import type { Channel } from "./channel.ts";
import type { Session } from "./session.ts";
import { recallMetadata } from "./subscribers.ts";

/** How long someone may have the nick of another's account before it is taken away, in milliseconds. */
const RESERVED = 30_000;

/** How many such nicks of one connection are remembered. */
const RESERVATIONS = 50;

/** Looks whether a nick is that of another's account: who has it is asked to log in, and has 30 s for that. */
export function checkReserved(session: Session): void {
  const { chat, nick } = session;
  session.reservedUntil = undefined;
  const owner = chat.accounts?.find(nick);
  if (owner === undefined || session.ownsNick) return;
  const { reservations } = session;
  if (reservations.size >= RESERVATIONS) reservations.delete(reservations.keys().next().value!);
  const until = reservations.get(casefold(nick)) ?? chat.now() + RESERVED;
  reservations.set(casefold(nick), until);
  session.reservedUntil = until;
  const left = Math.max(0, Math.ceil((until - chat.now()) / 1000));
  const text = `${nick} is the nick of an account: log in, or you are given another in ${left} s`;
  session.deliver(chat.serverEvent("NOTICE", [nick, text]));
}

/** Takes a nick away from someone who has not logged in to its account. */
export function takeNick(session: Session): void {
  const { chat } = session;
  session.reservedUntil = undefined;
  const digits = () => 1000 + Math.floor(Math.random() * 9000);
  let nick = `guest-${digits()}`;
  while (chat.find(nick) !== undefined) nick = `guest-${digits()}${digits()}`;
  // Its client may be waiting for a long answer.
  session.apart(() => chat.rename(session, nick));
}

/** Notes which account a session is logged in to, or that it is to none (IRCv3 account-notify), and tells. */
export function setAccount(session: Session, account: string | undefined): void {
  const { chat } = session;
  const before = session.account;
  if (before === account) return;
  session.account = account;
  if (session.ownsNick) session.reservedUntil = undefined;
  for (const channel of session.channels) recognise(session, channel);
  recallMetadata(session, before);
  if (session.registration !== undefined) return;
  const event = chat.event(session, "ACCOUNT", [account ?? "*"]);
  chat.tellPeers(session, event);
  chat.monitor.tell(session, event);
  session.respond(event);
}

/** Makes a member who has logged in what its account is in a channel, or its account what the member is. */
function recognise(session: Session, channel: Channel): void {
  const { account, chat, nick } = session;
  channel.recognised(session);
  if (account === undefined) return;
  if (channel.isOperator(session)) channel.noteOperator(casefold(account), true);
  else if (!channel.operators.has(casefold(account))) return;
  else if (channel.setRank(session, "o", true)) {
    channel.publish(chat.serverEvent("MODE", [channel.name, "+o", nick]));
  }
  chat.settingsChanged(channel);
}
