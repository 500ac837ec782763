/**
 * Several sessions of one person: how a session joins a person who is in the room, and how it leaves while others go on. What
 * a session that joins is told stands in server/commands/attaching.ts.
 *
 * @module
 */

import { channelsOf } from "./channel.ts";
import type { Event } from "./event.ts";
import type { Person } from "./person.ts";
import type { Recipient } from "./recipient.ts";
import { addStamps } from "./restrictions.ts";
import type { Session } from "./session.ts";
import type { SharedPersons } from "./shared.ts";

/**
 * How many sessions a person has at most, as many as an account has logins. Whichever was heard the least lately gives way: it
 * is likely to be a connection that is dead already.
 */
export const MOST_SESSIONS = 20;

/** The room, as far as this needs it; `Chat` is one. */
export interface SharingRoom {
  readonly now: () => number;
  readonly shared: SharedPersons;
  readonly catchingUp: Set<Session>;
  readonly monitor: { clear(session: Session): void };
  event(person: Person, command: string, params: string[]): Event;
  setMode(person: Person, letter: string, on: boolean): void;
  forgetLogin(person: Person): void;
}

/**
 * The person whom a session joins once it has registered, if there is one: somebody with the same key. Whoever has logged in
 * to another account than that person's comes in as somebody else.
 *
 * @param comer As whom the session has come.
 */
export function personToJoin({ shared }: SharingRoom, comer: Person): Person | undefined {
  if (comer.sharedKey === undefined) return undefined;
  const person = shared.get(comer.sharedKey);
  return comer.account === undefined || comer.identity === person?.identity ? person : undefined;
}

/**
 * Makes a session one of somebody who is in the room. As whom it came is forgotten, with all that was said of them. It knows no
 * channel yet, and so counts as one that catches up.
 */
export function attach(room: SharingRoom, session: Session, person: Person): void {
  const comer = session.person;
  room.forgetLogin(comer);
  comer.hasLeft = true;
  while (person.sessions.size >= MOST_SESSIONS) {
    const silent = person.sessions.values().reduce((one, other) => other.heardAt < one.heardAt ? other : one);
    silent.close(`You are here by ${MOST_SESSIONS} other connections, and this one was silent for the longest`);
  }
  session.belongTo(person);
  addStamps(person, comer.stamps);
  room.catchingUp.add(session);
}

/**
 * Takes a session that ends from its person, if the person has others: nobody else notices it. The rights of a server operator
 * end with the last session that has said the password for them.
 *
 * @returns False if it is the last one, with which the person leaves.
 */
export function detach(room: SharingRoom, session: Session): boolean {
  const { person } = session;
  room.catchingUp.delete(session);
  room.monitor.clear(session);
  session.subscriptions.clear();
  if (person.sessions.size < 2 || !person.sessions.has(session)) return false;
  person.sessions.delete(session);
  person.noteEnd(session.lostAt ?? room.now());
  for (const channel of channelsOf(person)) {
    channel.unfollow(session);
    // The others have been told of the channel, and ask for the past themselves or were shown it.
    channel.members.get(person)!.shownUpTo = undefined;
  }
  const wasProof = person.operatorBy.delete(session);
  if (wasProof && person.operatorBy.size === 0 && person.isOperator) {
    room.setMode(person, "o", false);
    person.tell(room.event(person, "MODE", [person.nick, "-o"]));
  }
  return true;
}

/** The other sessions of a person than one. */
export function otherSessions({ sessions }: Person, session: Recipient): Iterable<Recipient> {
  return sessions.size < 2 ? [] : sessions.values().filter((other) => other !== session);
}
