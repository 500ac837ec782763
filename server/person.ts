/**
 * What others see of a person beside the nick, changed and told: whether they are away, their real name, their host. It
 * must not know commands.
 *
 * @module
 */

import { MODES } from "./isupport.ts";
import { Session } from "./session.ts";

/** Marks a session as away, or as back where there is no reason, and tells those who share a channel. */
export function setAway(session: Session, reason: string | undefined): void {
  const { chat } = session;
  if (session.away === reason) return;
  session.away = reason;
  const event = chat.event(session, "AWAY", reason === undefined ? [] : [reason]);
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
  // For others it is as if the person had gone and come back ("Fallback").
  const unaware = (person: Session) => person !== session && !person.has("chghost");
  const peers = new Set([...session.channels].flatMap((channel) => [...channel.members.keys()].filter(unaware)));
  Session.tell(peers, reconnects);
  for (const channel of session.channels) {
    const members = [...channel.members.keys()].filter(unaware);
    Session.tell(members, chat.joinEvent(session, channel));
    const ranks = [...MODES.ranks].filter((rank) => channel.members.get(session)![rank as "o" | "v"]);
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
