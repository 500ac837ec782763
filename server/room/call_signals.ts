/**
 * Signals: what two clients in one call tell each other to find out how they are heard. The server reads none of it. It brings
 * a signal from the one connection that is in the call to the other one, at once or never: nothing of it is kept. A signal to
 * the server itself is for the engine of the call, if it has one.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { SIGNAL_TAG } from "./call_tag.ts";
import { ClientTags } from "./event.ts";
import { Failure } from "./reply.ts";
import { isKeptOut } from "./voice_calls.ts";
import type { Session } from "./session.ts";
import { ChannelCall } from "./voice_call.ts";
import type { VoiceCalls } from "./voice_calls.ts";

/** How a signal is written: base64url (RFC 4648, section 5) without `=`. */
const SIGNAL = /^[\w-]+$/;

/**
 * Brings a signal to somebody who is in the same call.
 *
 * @param nick Whose it is to be.
 * @throws {Failure} If there is no such person in the call, or it is no signal.
 */
export function sendSignal(calls: VoiceCalls | undefined, session: Session, nick: string, signal: string): void {
  const { person } = session;
  const refuse = (code: string, why: string): never => {
    throw new Failure("CALL", code, "SIGNAL", nick, why);
  };
  if (!SIGNAL.test(signal)) refuse("INVALID_SIGNAL", "A signal is written in letters, digits, - and _");
  const call = calls?.of(session);
  const to = call?.find(nick);
  const isOut = call instanceof ChannelCall && isKeptOut(call.channel, person);
  if (
    calls !== undefined && call instanceof ChannelCall && !isOut && casefold(nick) === casefold(calls.room.origin.name)
  ) {
    session.onSignal?.(signal.length);
    return call.engine?.take(call.placeBy(session)!, signal, session.pace);
  }
  if (calls === undefined || to === undefined || to.person === person || isOut) {
    return refuse("NOT_IN_CALL", "You are in no call with anybody of that nick");
  }
  session.onSignal?.(signal.length);
  // Whose connection is lost will be told anew.
  if (to.session === undefined) return;
  session.noteListeners(to.session.outbox);
  const event = calls.room.event(person, "TAGMSG", [to.person.nick]);
  to.session.deliver({ ...event, clientTags: new ClientTags({ [SIGNAL_TAG]: signal }) });
}
