/**
 * What people say: to a channel, to some of its members, or to one person; and the topics that they set.
 *
 * @module
 */

import {
  byteLength,
  ERR_CANNOTSENDTOCHAN,
  ERR_INPUTTOOLONG,
  ERR_NOSUCHCHANNEL,
  ERR_NOSUCHNICK,
  fit,
  fits,
  LIMITS,
  RPL_TOPIC,
} from "../../protocol.ts";
import { type Absentee, isStillAway, noteLeftMessage, requireRoom } from "./absentees.ts";
import type { ClientTags, Event, Line } from "./event.ts";
import { Channel } from "./channel.ts";
import { CANNOT_KEEP } from "./channel_list.ts";
import type { Chat } from "./chat.ts";
import { MODES } from "./isupport.ts";
import { Person } from "./person.ts";
import { otherSessions } from "./attaching.ts";
import { keepEdit, markEdit, requireEditable } from "./editing.ts";
import { peerKey } from "../store/identities.ts";
import type { MessageRecord } from "../store/records.ts";
import { deliverToAll, type Recipient, sessionsOf } from "./recipient.ts";
import { toRecord } from "./kept_messages.ts";
import { type Reply, ReplyError } from "./reply.ts";
import { whySilenced } from "./restrictions.ts";
import type { Session } from "./session.ts";
import { bytesLeft } from "./texts.ts";

/** What stands before a channel's name to mean those of its members who have that prefix (STATUSMSG). */
const STATUS = new RegExp(`^[${MODES.prefixes}]+(?=#)`);

/** Something that a person says. */
export interface Speech {
  /** PRIVMSG, NOTICE or TAGMSG. */
  command: string;
  /** As the sender wrote it: a nick, a channel, or a channel with prefixes before it (`@#tea`). */
  target: string;
  /** Nothing for TAGMSG. */
  text?: string | undefined;
  /** The lines of the text, where it has several (IRCv3 multiline). */
  lines?: Line[] | undefined;
  clientTags: ClientTags;
  /** The nick of somebody elsewhere who said it, in whose name it is told (IRCv3 relaymsg). */
  relayedFrom?: string | undefined;
  /** The id of the message that it changes, as the sender wrote it; see editing.ts. */
  edits?: string | undefined;
  /** Whom the sender means, where the target is a nick: see `peerKey`. */
  peer?: string | undefined;
  /** For whom it may be left, if nobody is here under the nick that is its target. */
  absentee?: Absentee | undefined;
}

/** Why a channel with mode `C` refuses a text, if so: it is CTCP and no ACTION. */
function ctcpRefusal({ lines, text = "" }: Speech): string | undefined {
  const isCtcp = (text: string) => text.startsWith("\x01") && !/^ACTION(?:\W|$)/.test(text.slice(1));
  return (lines?.map(({ text }) => text) ?? [text]).some(isCtcp) ? "+C: CTCP is not allowed" : undefined;
}

/**
 * Where a target leads: to a channel, perhaps to those of its members with a prefix, to a person, or to one who is away. Throws
 * 401 or 403.
 */
function findTarget(chat: Chat, sender: Person, { target, absentee }: Speech) {
  const prefixes = target.startsWith("#") ? "" : STATUS.exec(target)?.[0] ?? "";
  if (prefixes === "" && !target.startsWith("#")) {
    const person = chat.find(target);
    if (person === undefined && absentee !== undefined && isStillAway(chat, sender, absentee)) {
      return { to: absentee, prefixes, name: absentee.nick };
    }
    if (person === undefined) throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
    return { to: person, prefixes, name: person.nick };
  }
  const channel = chat.channels.find(target.slice(prefixes.length));
  if (channel === undefined || !chat.mayKnow(sender, channel)) {
    throw new ReplyError(ERR_NOSUCHCHANNEL, target, "No such channel");
  }
  return { to: channel, prefixes, name: prefixes + channel.name };
}

/** Whether nothing is said but that somebody is typing (IRCv3 typing). */
function isTypingAlone({ command, clientTags: { tags } }: Speech): boolean {
  return command === "TAGMSG" && Object.keys(tags).join() === "+typing";
}

/**
 * Brings what a person says to a channel's members, to those of them with a prefix, or to one person; or leaves it for one who
 * is away.
 *
 * @param reply Of the command that says it.
 * @returns The person that it went to, and why they are away; nothing for a channel, and where somebody else was meant.
 * @throws {ReplyError} 401, 403, 404 or 417.
 */
export function say(
  chat: Chat,
  reply: Reply,
  speech: Speech,
): { nick: string; away: string | undefined } | undefined {
  const { session, session: { person: sender } } = reply;
  const { command, text, lines, clientTags, relayedFrom, edits } = speech;
  const { to, prefixes, name } = findTarget(chat, sender, speech);
  // Also of a NOTICE: whoever says whom they mean waits for that answer.
  if (speech.peer !== undefined && !(to instanceof Channel) && speech.peer !== peerKey(to.identity)) {
    reply.fail(command, "ANOTHER_PERSON", name, "Not sent: another person has this nick than the one who is meant");
    return undefined;
  }
  // That somebody is typing who may not talk there is told to nobody, and is no fault: the client could not know.
  if (to instanceof Channel && isTypingAlone(speech) && whySilenced(to, sender) !== undefined) return undefined;
  if (to instanceof Channel) requireVoice(sender, to, to.flags.has("C") ? ctcpRefusal(speech) : undefined);
  const source = relayedFrom === undefined ? sender.source : `${relayedFrom}!${sender.user}@${sender.host}`;
  // A text is passed on as it is or not at all; the longest line has a colon before it.
  for (const part of lines?.map(({ text }) => text) ?? [text ?? ""]) {
    if (fits(`:${source} ${command} ${name} :${part}`, LIMITS.lineBytes - 2)) continue;
    const why = `Message is too long: with your name before it, it exceeds ${LIMITS.lineBytes} bytes`;
    throw new ReplyError(ERR_INPUTTOOLONG, why);
  }
  const change = { command, text: text ?? "", to, name, isForSome: prefixes !== "", relayedFrom };
  const changed = edits === undefined ? undefined : requireEditable(chat, session, { ...change, msgid: edits });
  const event = chat.message(sender, command, text === undefined ? [name] : [name, text]);
  event.clientTags = clientTags;
  if (changed !== undefined) markEdit(event, changed, edits!);
  // Neither the account nor the rank of whoever relays is the speaker's.
  if (relayedFrom !== undefined) Object.assign(event, { source, account: undefined, isOper: false });
  if (lines !== undefined) event.lines = lines;
  const bytes = isAbsentee(to) && text !== undefined ? byteLength(text) : 0;
  if (isAbsentee(to)) requireRoom(chat, session, to, bytes);
  // What the operators alone are told is kept for those of them who come later.
  const isKept = (prefixes === "" || prefixes === "@") && keep(chat, session, to, event, changed);
  // What would not be kept, as a question to a program, is nothing for somebody who is away.
  if (isKept && prefixes === "") chat.files?.said(event.params[1] ?? "", sender.identity, changed?.id ?? event.id);
  if (isAbsentee(to) && !isKept) throw new ReplyError(ERR_NOSUCHNICK, name, "No such nick");
  const isEchoed = session.has("echo-message");
  if (to instanceof Channel && prefixes === "") {
    session.noteListeners(to);
    reply.publish(to, event, isEchoed);
    if (!to.members.has(sender)) deliverToAll(otherSessions(sender, session), event);
  } else if (to instanceof Channel) {
    if (isEchoed) reply.send(event);
    session.noteListeners(to);
    deliverToAll(thoseWithRank(to, prefixes, session), event);
  } else {
    // Each side is told with whom it talks, since a nick may be another's by now.
    const own: Event = { ...event, peer: peerKey(to.identity) };
    if (isEchoed) reply.send(own);
    if (!isAbsentee(to)) {
      for (const { outbox } of to.sessions) session.noteListeners(outbox);
      to.tell({ ...event, peer: peerKey(sender.identity) });
    }
    if (to !== sender) deliverToAll(otherSessions(sender, session), own);
  }
  if (command !== "TAGMSG") sender.spokeAt = event.time;
  if (to instanceof Channel) return undefined;
  if (!isAbsentee(to)) return to;
  if (changed === undefined) return { nick: name, away: noteLeftMessage(chat, session, to, { id: event.id, bytes }) };
  chat.history!.left.resize(changed.id, bytes);
  return { nick: name, away: undefined };
}

function isAbsentee(to: Channel | Person | Absentee): to is Absentee {
  return !(to instanceof Channel || to instanceof Person);
}

/** The sessions that are told what is said to some members: theirs, and those of the sender, but not the one that says it. */
function thoseWithRank(channel: Channel, prefixes: string, session: Session): Recipient[] {
  const { person } = session;
  const told = [...sessionsOf(channel.ranked(prefixes))].filter((one) => one !== session && channel.isFollowedBy(one));
  const knows = (one: Recipient) => channel.isFollowedBy(one) || !channel.members.has(person);
  const others = [...otherSessions(person, session)].filter((one) => !told.includes(one) && knows(one));
  return [...told, ...others];
}

/** Refuses somebody who may not talk in a channel, or something that may not be said there. Throws 404. */
function requireVoice(person: Person, channel: Channel, refusal?: string): void {
  const why = whySilenced(channel, person) ?? refusal;
  if (why === undefined) return;
  throw new ReplyError(ERR_CANNOTSENDTOCHAN, channel.name, `Cannot send to channel (${why})`);
}

/**
 * Keeps what is about to be told. Throws 404 if that is not possible: then it must not be told.
 *
 * @param changed The message that it changes, where it changes one.
 * @returns False for what is of no use later.
 */
function keep(
  chat: Chat,
  session: Session,
  to: Channel | Person | Absentee,
  event: Event & { id: number },
  changed?: MessageRecord,
): boolean {
  const { history } = chat;
  if (changed !== undefined) {
    keepEdit(chat, session, changed, event);
    if (to instanceof Channel) to.keptChanges++;
    return true;
  }
  const record = history === undefined ? undefined : toRecord(session.person, to, event);
  if (record === undefined) return false;
  const bytes = session.onKept === undefined ? 0 : history!.costOf(record);
  if (!history!.add(record)) {
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, event.params[0], `Cannot send (${CANNOT_KEEP})`);
  }
  if (to instanceof Channel) to.keptChanges++;
  session.onKept?.(bytes);
  return true;
}

/**
 * Sets a channel's topic, or clears it if the text is empty. What would not fit into a line, whoever sets it and whoever reads
 * it, is left out: all are told the same. Throws 404 if the person may not talk in the channel (the server's operators may), or
 * if it can't be kept.
 */
export function setTopic(chat: Chat, reply: Reply, channel: Channel, wish: string): void {
  const { session, session: { person } } = reply;
  if (!person.isOperator) requireVoice(person, channel);
  chat.channels.requireKeeping(channel);
  const room = [
    `:${person.source} TOPIC ${channel.name} :`,
    `:${chat.name} ${RPL_TOPIC} ${"x".repeat(4 * LIMITS.nick)} ${channel.name} :`,
  ].map(bytesLeft);
  const text = fit(wish, Math.min(...room));
  const event = chat.message(person, "TOPIC", [channel.name, text]);
  keep(chat, session, channel, event);
  channel.topic = text === "" ? undefined : { text, by: person.source, at: event.time };
  chat.channels.settingsChanged(channel, session);
  reply.publish(channel, event);
}
