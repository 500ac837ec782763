/** RENAME, which gives a channel another name, also for clients that know no such thing (IRCv3 channel-rename). */

import { casefold, explainFault, fits, LIMITS, nameFault } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import type { Chat } from "../room/chat.ts";
import { BOUNDS } from "../room/isupport.ts";
import { looksLike } from "../room/joining.ts";
import { deliverToAll } from "../room/recipient.ts";
import { renameChannel } from "../room/renaming.ts";
import { Reply } from "../room/reply.ts";
import { Session } from "../room/session.ts";
import { sync, synced } from "../room/metadata.ts";
import { cut } from "../room/texts.ts";
import { StoreError } from "../store/errors.ts";
import { type Fault, requireChannelOperator } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { describe } from "./names.ts";

/** How long a channel keeps a name at least, in milliseconds: a large channel costs much to tell. */
const PAUSE = 10_000;

/** Renames a channel, or gives why it can't be done: a code of channel-rename ("Errors"), and a description. */
function rename(
  { chat, person, person: { source } }: Call,
  channel: Channel,
  name: string,
): Fault | undefined {
  const fault = nameFault("channel", name);
  if (fault !== undefined) return ["CANNOT_RENAME", `No channel can be called so: ${explainFault(fault)}`];
  if (!fits(`:${source} RENAME ${channel.name} ${name} :`, LIMITS.lineBytes - 2)) {
    return ["CANNOT_RENAME", "With the old name and yours before it, it is too long for a line"];
  }
  const alike = chat.channels.alike(name, channel);
  if (alike !== undefined) return ["CANNOT_RENAME", looksLike(chat, person, name, alike)];
  if (chat.uptime() - channel.renamedAt < PAUSE) return ["CANNOT_RENAME", "This channel has just been renamed"];
  try {
    if (renameChannel(chat, channel, name)) return undefined;
    return ["CHANNEL_NAME_IN_USE", "The channel name is already taken"];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    chat.report(error.message);
    return ["CANNOT_RENAME", "The name cannot be kept at the moment"];
  }
}

/** Tells a session without the capability that its person has left the one channel and joined the other ("Fallback"). */
function tellMove(chat: Chat, reply: Reply, channel: Channel, before: string, reason: string): void {
  const { person } = reply.session;
  reply.send(chat.event(person, "PART", reason === "" ? [before] : [before, reason]));
  reply.send(chat.joinEvent(person, channel));
}

/**
 * Describes the channel to sessions that were told they have joined it, as it is when their turn comes. One session in a step,
 * because all of many would hold up the room. Those that have left are passed over.
 */
function* welcomeAll(chat: Chat, channel: Channel, sessions: Session[]): Generator<void> {
  const { renamedAt } = channel;
  for (const session of sessions) {
    yield;
    // Another operator may have given it another name meanwhile, and then tells of that.
    if (channel.renamedAt !== renamedAt) return;
    if (!channel.isFollowedBy(session)) continue;
    const news = new Reply(session);
    describe(chat, news, channel);
    const tell = yield* synced(chat, news, channel);
    tell();
  }
}

/** The family's command. */
export const RENAME: Command[] = [
  {
    name: "RENAME",
    usage: "RENAME channel name [:reason]",
    help: "Channel operators: gives a channel another name.",
    minParams: 2,
    keptRows: () => 2,
    *handler(call, [from, to, text = ""]) {
      const { chat, session, person, reply } = call;
      const channel = chat.ruledChannel(from, person);
      requireChannelOperator(person, channel);
      const before = channel.name;
      const name = to.normalize("NFC");
      const refusal = rename(call, channel, name);
      if (refusal !== undefined) return reply.fail("RENAME", refusal[0], channel.name, to, refusal[1]);
      const reason = cut(text, BOUNDS.kick);
      const event = chat.event(person, "RENAME", [before, name, reason]);
      const sessions = [...channel.followers()].filter((one) => one instanceof Session);
      const isAware = (one: Session) => one.has("draft/channel-rename");
      deliverToAll(sessions.filter((one) => one !== session && isAware(one)), event);
      reply.send(event);
      // Another letter case is the same name to those who don't know better.
      if (casefold(before) === casefold(name)) return;
      const unaware = sessions.filter((one) => !isAware(one));
      for (const one of unaware) tellMove(chat, one === session ? reply : new Reply(one), channel, before, reason);
      // The sender's answer comes first. The others are told whether the sender waits for that or not.
      const isUnaware = unaware.includes(session);
      if (isUnaware) describe(chat, reply, channel);
      const rest = unaware.filter((one) => one !== session);
      const told = session.setOff(welcomeAll(chat, channel, rest), "cannot tell of a renamed channel");
      if (isUnaware && channel.members.has(person)) yield* sync(chat, reply, channel);
      yield told;
    },
  },
];
