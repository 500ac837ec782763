/** A person who comes back by a device is given back what they had when they left: that they are away, and their channels. */

import type { Belongings } from "../store/devices.ts";
import { RPL_NOWAWAY } from "../../protocol.ts";
import { setAway } from "../room/profile.ts";
import { Reply } from "../room/reply.ts";
import { attempt } from "./checks.ts";
import type { Call } from "./command.ts";
import { arrive, settleIn } from "./joining.ts";

/** Gives a person back what they had, in steps. The session's next line waits for that. */
export function comeBack({ chat, session, person }: Call): void {
  if (person.sharedKey === undefined) return;
  const belongings = chat.devices?.belongingsOf(person.sharedKey);
  if (belongings === undefined) return;
  // The command that let them in is answered already.
  const call = { chat, session, person, reply: new Reply(session) };
  session.setOff(giveBack(call, belongings), "cannot bring somebody back");
}

function* giveBack(call: Call, { away, channels }: Belongings): Generator<void> {
  const { chat, session, person, reply } = call;
  // What the client has said on its way in is newer.
  if (away !== undefined && person.away === undefined) {
    setAway(chat, person, away);
    reply.numeric(RPL_NOWAWAY, "You have been marked as being away");
  }
  for (const { name, key } of channels) {
    yield;
    if (session.isOver) return;
    // A channel that lets them in no longer says so, as to JOIN. The key is the channel's own, and no guess.
    const arrival = attempt(reply, () => arrive(call, name, key));
    if (arrival !== undefined) yield* settleIn(call, arrival);
  }
}
