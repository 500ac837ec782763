/** A person who comes back by a device is given back what they had when they left: that they are away, and their channels. */

import { RPL_NOWAWAY } from "../../protocol.ts";
import type { Chat } from "../room/chat.ts";
import { setAway } from "../room/profile.ts";
import { Reply } from "../room/reply.ts";
import { Session } from "../room/session.ts";
import type { ChannelOfDevice } from "../store/devices.ts";
import { attempt } from "./checks.ts";
import type { Call } from "./command.ts";
import { arrive, settleIn } from "./joining.ts";

/** Gives a person back what they had, in steps. The session's next line waits for that. */
export function comeBack({ chat, session, person }: Call): void {
  if (person.sharedKey === undefined) return;
  const belongings = chat.devices?.belongingsOf(person.sharedKey);
  if (belongings === undefined) return;
  const { away, channels } = belongings;
  person.returningTo = channels;
  // The command that let them in is answered already.
  const call = { chat, session, person, reply: new Reply(session) };
  // What the client has said on its way in is newer.
  if (away !== undefined && person.away === undefined) {
    setAway(chat, person, away);
    call.reply.numeric(RPL_NOWAWAY, "You have been marked as being away");
  }
  session.setOff(giveBack(call, person.sharedKey), "cannot bring somebody back");
}

/** @param key As whom they are brought back; see `Person.sharedKey`. */
function* giveBack(call: Call, key: string): Generator<void> {
  const { chat, session, person, reply } = call;
  while (person.returningTo.length > 0) {
    yield;
    if (person.sharedKey !== key) person.returningTo = [];
    if (session.isOver) return giveBackByAnother(call, key);
    const [next, ...rest] = person.returningTo;
    person.returningTo = rest;
    if (next === undefined) return;
    // A channel that lets them in no longer says so, as to JOIN. The key is the channel's own, and no guess.
    const arrival = attempt(reply, () => arrive(call, next.name, keyOf(chat, next)));
    if (arrival !== undefined) yield* settleIn(call, arrival);
  }
}

/** Goes on by another session of the person, if they have one; what is left is kept for the next time if not. */
function giveBackByAnother({ chat, person }: Call, key: string): void {
  const other = [...person.sessions].find((session) => session instanceof Session && !session.isOver);
  if (!(other instanceof Session)) return;
  const call = { chat, session: other, person, reply: new Reply(other) };
  other.setOff(giveBack(call, key), "cannot bring somebody back");
}

/** A channel's key, if it is the one that a device came in by. */
function keyOf({ channels }: Chat, { name, keyId }: ChannelOfDevice): string | undefined {
  if (keyId === undefined) return undefined;
  const channel = channels.find(name) ?? channels.prepare(name);
  return channel.keyId === keyId ? channel.key : undefined;
}
