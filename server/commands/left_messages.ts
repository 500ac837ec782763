/**
 * What a session is told, as soon as it is known whose it is, of private messages that its person has not seen: those that
 * were left while they were away, or up to where they have read the talks in which there are such messages. A client that asks
 * for the past itself (IRCv3 chathistory) then knows what to ask for, also on a device that has never been here.
 */

import { casefold, parseSource } from "../../protocol.ts";
import type { Chat } from "../room/chat.ts";
import { keptEvents, nickOfPeer, reportUnreadable } from "../room/reading.ts";
import { isReplayedTo, stamped } from "../room/replay.ts";
import { Reply } from "../room/reply.ts";
import type { Session } from "../room/session.ts";
import type { History } from "../store/history.ts";
import { isLastingIdentity } from "../store/identities.ts";
import { firstId, saidAt } from "../store/records.ts";
import type { Call } from "./command.ts";
import { markedEvent } from "./markers.ts";

/** In how many talks unread messages are told of, the latest; and how old these may be, in milliseconds. */
const MOST_TALKS = 50;
const OLDEST = 30 * 86_400_000;

/** Tells a session of private messages that its person has not seen. Its next line waits for that. */
export function tellOfUnseen({ chat, session }: Call): void {
  const { history } = chat;
  const { identity } = session.person;
  if (history === undefined || !isLastingIdentity(identity)) return;
  session.setOff(unseen(chat, session, history, identity), "cannot tell somebody what was left for them");
}

function* unseen(chat: Chat, session: Session, history: History, identity: string): Generator<void> {
  try {
    const ids = history.left.ids(identity);
    if (isReplayedTo(chat, session)) yield* tellLeft(chat, session, history, { identity, ids });
    else if (session.has("draft/chathistory") && session.has("draft/read-marker")) {
      yield* tellMarkers(chat, session, history, identity);
    }
    // Whoever could not be told all of it is told it again the next time.
    const last = ids.at(-1);
    if (last !== undefined && isStill(session, identity)) history.left.forget(identity, last);
  } catch (error) {
    reportUnreadable(history, error);
  }
}

function isStill(session: Session, identity: string): boolean {
  return !session.isOver && session.person.identity === identity;
}

/** Tells what was left, by each sender in the order of the first message; in batches, where the client knows these. */
function* tellLeft(
  chat: Chat,
  session: Session,
  history: History,
  { identity, ids }: { identity: string; ids: number[] },
): Generator<void> {
  const bySender = new Map<string, number[]>();
  for (const id of ids) {
    yield;
    const record = history.find(id);
    if (record === undefined || record.removal !== undefined) continue;
    // Without batches all come in the order in which they were said.
    const sender = session.has("batch") ? parseSource(record.source).nick : "";
    const some = bySender.get(sender) ?? [];
    bySender.set(sender, some);
    some.push(id);
  }
  const reply = new Reply(session);
  for (const [sender, some] of bySender) {
    const kept = keptEvents(chat, session.person, history, some, identity);
    const events = session.has("server-time") ? kept : stamped(kept, chat.now());
    for (const _ of reply.batchInSteps(["chathistory", sender], events)) {
      yield;
      if (!isStill(session, identity)) break;
    }
  }
  reply.end();
}

/** The latest of some times, of which some may not be known. */
function latest(times: (number | undefined)[]): number | undefined {
  return times.reduce((one, other) => (other ?? 0) > (one ?? 0) ? other : one, undefined);
}

/** Tells up to where the person has read each private talk in which somebody else has said something since. */
function* tellMarkers(chat: Chat, session: Session, history: History, identity: string): Generator<void> {
  const { markers } = chat;
  const after = firstId(Math.max(0, chat.now() - OLDEST));
  let count = 0;
  for (const peer of history.peers(identity, { after, before: Infinity, latest: true })) {
    if (count >= MOST_TALKS || !isStill(session, identity)) return;
    yield;
    const record = peer === undefined ? undefined : history.find(peer.last);
    if (record === undefined || record.sender === identity) continue;
    const nick = nickOfPeer(chat, session.person, record, identity);
    // What was read while the other one had another nick is read.
    const nicks = (yield* history.nicksIn(identity, record.conversation)).add(casefold(nick));
    const read = latest([...nicks].map((one) => markers?.find(identity, one)));
    if (read !== undefined && saidAt(record) <= read) continue;
    session.deliver(markedEvent(chat, nick, read));
    count++;
  }
}
