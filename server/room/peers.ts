/**
 * Telling those who share a channel with a person, each once.
 *
 * @module
 */

import { type Channel, channelsOf } from "./channel.ts";
import type { Event } from "./event.ts";
import type { Person } from "./person.ts";
import { deliverToAll, sessionsOf } from "./recipient.ts";
import type { Session } from "./session.ts";

/**
 * Tells all who share a channel with a person, but not that person; each once: by the largest channel, or directly.
 *
 * @param catchingUp Sessions that do not know all channels of their persons yet. They are told if they know one of them.
 */
export function tellPeers(person: Person, event: Event, catchingUp: ReadonlySet<Session>): void {
  const channels = channelsOf(person);
  let largest: Channel | undefined;
  for (const channel of channels) {
    if (largest === undefined || channel.members.size > largest.members.size) largest = channel;
  }
  if (largest === undefined) return;
  largest.publish(event, person.sessions);
  const others = new Set<Person>();
  for (const channel of channels) {
    if (channel === largest) continue;
    for (const member of channel.members.keys()) if (!largest.members.has(member)) others.add(member);
  }
  if (catchingUp.size === 0) return deliverToAll(sessionsOf(others), event);
  const isPeer = (session: Session) =>
    session.person !== person && !largest.isFollowedBy(session) &&
    !channelsOf(session.person).isDisjointFrom(channels) &&
    channels.values().some((channel) => channel.isFollowedBy(session));
  const rest = sessionsOf(others).filter((session) => !(catchingUp as ReadonlySet<unknown>).has(session));
  deliverToAll([...rest, ...catchingUp.values().filter(isPeer)], event);
}
