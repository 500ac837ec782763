/**
 * What others see of a person beside the nick, changed and told: whether they are away, their real name, their host. It
 * must not know commands.
 *
 * @module
 */

import type { Event } from "./capabilities.ts";
import type { Channel } from "./channel.ts";
import { MODES } from "./isupport.ts";
import { Session } from "./session.ts";

/** Marks a session as away, or as back where there is no reason, and tells those who share a channel. */
export function setAway(session: Session, reason: string | undefined): void {
  const { chat } = session;
  if (session.away === reason) return;
  session.away = reason;
  const event = chat.event(session, "AWAY", reason === undefined ? [] : [chat.publicAway(session, reason)]);
  chat.tellPeers(session, event);
  chat.monitor.tell(session, event);
}

/** Shows others another host in place of a session's address (IRCv3 chghost), and tells. */
export function setHost(session: Session, host: string): void {
  const { chat } = session;
  if (session.host === host) return;
  const event = chat.event(session, "CHGHOST", [session.user, host]);
  const reconnects = chat.event(session, "QUIT", ["Changing host"]);
  session.setHost(host);
  chat.tellPeers(session, event);
  chat.monitor.tell(session, event);
  session.deliver(event);
  session.tellWhoami();
  session.setOff(reconnect(session, reconnects), "cannot tell of a new host");
}

/**
 * Tells those who don't know of hosts that change that the person has gone, and has come back ("Fallback"): to each channel
 * in a step of its own. Where the person or a member has left meanwhile there is nothing to tell.
 */
function* reconnect(session: Session, quit: Event): Generator<void> {
  const { chat } = session;
  const unaware = new Map<Channel, Session[]>();
  for (const channel of session.channels) {
    unaware.set(channel, [...channel.members.keys()].filter((one) => one !== session && !one.has("chghost")));
  }
  Session.tell(new Set([...unaware.values()].flat()), quit);
  for (const [channel, told] of unaware) {
    yield;
    const membership = channel.members.get(session);
    if (membership === undefined) continue;
    const members = told.filter((member) => channel.members.has(member));
    Session.tell(members, chat.joinEvent(session, channel));
    const ranks = [...MODES.ranks].filter((rank) => membership[rank as "o" | "v"]);
    if (ranks.length === 0) continue;
    const modes = [`+${ranks.join("")}`, ...ranks.map(() => session.nick)];
    Session.tell(members, chat.serverEvent("MODE", [channel.name, ...modes]));
  }
}

/** Changes a session's real name (IRCv3 setname), and tells those who share a channel. */
export function setRealname(session: Session, realname: string): void {
  const { chat } = session;
  session.realname = realname;
  const event = chat.event(session, "SETNAME", [realname]);
  chat.tellPeers(session, event);
  chat.monitor.tell(session, event);
  session.respond(event);
}
