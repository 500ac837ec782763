/**
 * What of an event goes into the history, and as whose. It must not know how that is kept.
 *
 * @module
 */

import type { Event } from "./capabilities.ts";
import { Channel } from "./channel.ts";
import { channelKey, type Entry, privateKey } from "../store/history.ts";
import type { Session } from "./session.ts";

/** Whether one of these tags is kept: what one is typing is of no use later. */
export function mayBeKept(tags: Record<string, string>): boolean {
  return Object.keys(tags).some((key) => key !== "+typing");
}

/** The entry that keeps what someone said; nothing for what is of no use later: what one is typing, and questions to programs. */
export function record(session: Session, to: Channel | Session, event: Event & { id: number }): Entry | undefined {
  const { id, time, command, params: [target, text = ""], clientTags } = event;
  const tags = clientTags === undefined ? [] : Object.entries(clientTags.tags).filter(([key]) => key !== "+typing");
  if (command === "TAGMSG" ? tags.length === 0 : text.startsWith("\x01") && !text.startsWith("\x01ACTION ")) return;
  const { identity: sender } = session;
  const { source = session.source, account } = event;
  return {
    id,
    conversation: to instanceof Channel ? channelKey(target) : privateKey(sender, to.identity),
    command,
    source,
    sender,
    account,
    target,
    text,
    time,
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags),
    recipient: to instanceof Channel ? undefined : to.identity,
  };
}
