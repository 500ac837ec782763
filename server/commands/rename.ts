/** RENAME (IRCv3 channel-rename): another name for a channel, and how those are told who know no such thing. */

import { casefold, explainFault, fits, LIMITS, nameFault } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { Session } from "../room/session.ts";
import { StoreError } from "../store/errors.ts";
import { cut } from "../room/words.ts";
import { sync, synced } from "../room/subscribers.ts";
import type { Command } from "./command.ts";
import { requireOperator } from "./channels.ts";
import { describe } from "./names.ts";

/** How long a channel keeps a name at least, in milliseconds: to large ones a change is much to tell. */
const PAUSE = 10_000;

/** Renames a channel, or says why not: a code of channel-rename ("Errors"), and a description. */
function rename({ chat, source }: Session, channel: Channel, name: string): [code: string, why: string] | undefined {
  const fault = nameFault("channel", name);
  if (fault !== undefined) return ["CANNOT_RENAME", `No channel can be called so: ${explainFault(fault)}`];
  if (!fits(`:${source} RENAME ${channel.name} ${name} :`, LIMITS.lineBytes - 2)) {
    return ["CANNOT_RENAME", "With the old name and yours before it, it is too long for a line"];
  }
  if (chat.now() - channel.renamedAt < PAUSE) return ["CANNOT_RENAME", "This channel has just been renamed"];
  try {
    if (chat.renameChannel(channel, name)) return undefined;
    return ["CHANNEL_NAME_IN_USE", "The channel name is already taken"];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    chat.report(error.message);
    return ["CANNOT_RENAME", "The name cannot be kept at the moment"];
  }
}

/** Tells a member without the capability that it has left the one channel and joined the other ("Fallback"). */
function moved(session: Session, channel: Channel, before: string, reason: string): void {
  const { chat } = session;
  session.respond(chat.event(session, "PART", reason === "" ? [before] : [before, reason]));
  session.respond(chat.joinEvent(session, channel));
}

/**
 * Tells those who were moved what the channel is like, as one is told who joins: a member in a step, since for all of many
 * it would hold up the room. Who has left is passed over; what is told is as it is by then.
 */
function* welcomeAll(channel: Channel, members: Session[]): Generator<void> {
  const { renamedAt } = channel;
  for (const member of members) {
    yield;
    // Another operator may have given it another name meanwhile, and then tells of that.
    if (channel.renamedAt !== renamedAt) return;
    if (!channel.members.has(member)) continue;
    member.apart(() => describe(member, channel));
    const tell = yield* synced(member, channel);
    member.apart(tell);
  }
}

/** The family's command. */
export const RENAME: Command[] = [
  {
    name: "RENAME",
    usage: "RENAME channel name [:reason]",
    help: "Channel operators: gives a channel another name.",
    minParams: 2,
    keeps: () => 2,
    *handler(session, [from, to, text = ""]) {
      const { chat } = session;
      const channel = chat.ruledChannel(from, session);
      requireOperator(session, channel);
      const before = channel.name;
      const name = to.normalize("NFC");
      const refusal = rename(session, channel, name);
      if (refusal !== undefined) {
        return session.fail("RENAME", refusal[0], channel.name, to, refusal[1]);
      }
      const reason = cut(text, BOUNDS.kick);
      const event = chat.event(session, "RENAME", [before, name, reason]);
      const knows = (member: Session) => member.has("draft/channel-rename");
      const members = [...channel.members.keys()];
      Session.tell(members.filter((member) => member !== session && knows(member)), event);
      session.respond(event);
      // Another letter case is the same name to those who don't know better.
      if (casefold(before) === casefold(name)) return;
      const others = members.filter((member) => !knows(member));
      for (const member of others) {
        if (member === session) moved(member, channel, before, reason);
        else member.apart(() => moved(member, channel, before, reason));
      }
      // Its sender's answer first; the others are told whether it waits for that or not.
      const isOther = others.includes(session);
      if (isOther) describe(session, channel);
      const rest = others.filter((member) => member !== session);
      const told = session.setOff(welcomeAll(channel, rest), "cannot tell of a renamed channel");
      if (isOther && channel.members.has(session)) yield* sync(session, channel);
      yield told;
    },
  },
];
