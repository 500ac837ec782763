/**
 * What others see of a person beside the nick, as it changes: whether they are away, their real name, their host.
 *
 * @module
 */

import type { Event } from "./event.ts";
import { type Channel, channelsOf } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { MODES } from "./isupport.ts";
import type { Person } from "./person.ts";
import { deliverToAll, type Recipient } from "./recipient.ts";
import type { Reply } from "./reply.ts";
import { mutedIn } from "./restrictions.ts";
import type { Session } from "./session.ts";

/** What is told as the reason of somebody who is away and gave none, or whose words may not be read. */
export const UNSAID = "Away";

/** Why a person is away, as channels are told: not in their words where those may not be read in one of them. */
export function publicAway(person: Person, reason: string): string {
  return mutedIn(person) === undefined ? reason : UNSAID;
}

/** Marks a person as away, or as back if there is no reason, and tells those who share a channel. False if nothing changes. */
export function setAway(chat: Chat, person: Person, reason: string | undefined): boolean {
  if (person.away === reason) return false;
  person.away = reason;
  chat.belongings.changed(person);
  const event = chat.event(person, "AWAY", reason === undefined ? [] : [publicAway(person, reason)]);
  chat.tellPeers(person, event);
  chat.monitor.tell(person, event);
  return true;
}

/**
 * Shows others another host in place of a person's address (IRCv3 chghost), and tells them.
 *
 * @param by The session that sets it off, at whose expense it is told.
 */
export function setHost(chat: Chat, person: Person, host: string, by: Session): void {
  if (person.host === host) return;
  const event = chat.event(person, "CHGHOST", [person.user, host]);
  const quit = chat.event(person, "QUIT", ["Changing host"]);
  chat.setSource(person, { host });
  chat.tellPeers(person, event);
  chat.monitor.tell(person, event);
  person.tell(event);
  person.tellWhoami(chat.now());
  const told = by.setOff(reconnect(chat, person, quit), "cannot tell of a new host");
  for (const session of person.sessions) if (session !== by) session.waitFor(told);
}

/**
 * Tells those who know nothing of hosts that change that the person has gone, and has come back (IRCv3 chghost, "Fallback"):
 * each channel in a step of its own. If the person or a member has left meanwhile there is nothing to tell.
 */
function* reconnect(chat: Chat, person: Person, quit: Event): Generator<void> {
  const unaware = new Map<Channel, Recipient[]>();
  for (const channel of channelsOf(person)) {
    const others = channel.followers().filter((session) => !person.sessions.has(session));
    unaware.set(channel, [...others].filter((session) => !session.has("chghost")));
  }
  deliverToAll(new Set([...unaware.values()].flat()), quit);
  for (const [channel, told] of unaware) {
    yield;
    const member = channel.members.get(person);
    if (member === undefined) continue;
    const sessions = told.filter((session) => channel.isFollowedBy(session));
    deliverToAll(sessions, chat.joinEvent(person, channel));
    const ranks = [...MODES.ranks].filter((rank) => member[rank as "o" | "v"]);
    if (ranks.length === 0) continue;
    const modes = [`+${ranks.join("")}`, ...ranks.map(() => person.nick)];
    deliverToAll(sessions, chat.serverEvent("MODE", [channel.name, ...modes]));
  }
}

/** Changes a person's real name (IRCv3 setname), and tells those who share a channel. */
export function setRealname(chat: Chat, reply: Reply, realname: string): void {
  const { session, session: { person } } = reply;
  person.realname = realname;
  const event = chat.event(person, "SETNAME", [realname]);
  chat.tellPeers(person, event);
  chat.monitor.tell(person, event);
  person.tell(event, session);
  reply.send(event);
}
