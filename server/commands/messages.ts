/** Talking: PRIVMSG, NOTICE, TAGMSG. */

import { ERR_NORECIPIENT, ERR_NOTEXTTOSEND, ERR_TOOMANYTARGETS, isNick, RPL_AWAY } from "../../protocol.ts";
import { type Absentee, findAbsentee } from "../room/absentees.ts";
import { sendSignal } from "../room/call_signals.ts";
import { SIGNAL_TAG } from "../room/call_tag.ts";
import { ClientTags } from "../room/event.ts";
import { EDIT_TAG } from "../room/editing.ts";
import { BOUNDS } from "../room/isupport.ts";
import { mayBeKept } from "../room/kept_messages.ts";
import { ReplyError } from "../room/reply.ts";
import { say, type Speech } from "../room/talking.ts";
import { keptBytes } from "../store/record_sizes.ts";
import { attempt } from "./checks.ts";
import { type Call, type Command, type Steps, UNKNOWN_COMMAND } from "./command.ts";
import { rowsOfLogin } from "./login.ts";
import { isNickServ, nickServ } from "./nickserv.ts";
import { listItems } from "./params.ts";
import { isPlayback, playback } from "./playback.ts";

/**
 * The tags of a line that are passed on: those that begin with `+` (IRCv3 message-tags, "Client-only tags"), but for signals,
 * which go by a way of their own.
 */
export function clientTags(call: Call, tags: Tags): Tags {
  if (isEmpty(tags) || !call.session.has("message-tags")) return ClientTags.NONE.tags;
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("+") && key !== SIGNAL_TAG));
}

/** Whom the sender of a line means by a nick, as `peerKey` names them, where their client says so (docs/irc.md). */
export function peerOf({ session }: Call, tags: Tags): string | undefined {
  return session.has("teahouse.chat/identity") ? tags["teahouse.chat/peer"] : undefined;
}

type Tags = Readonly<Record<string, string>>;

function isEmpty(tags: Tags): boolean {
  for (const _ in tags) return false;
  return true;
}

/** A message for several targets. */
interface Message extends Pick<Speech, "command" | "text" | "lines" | "relayedFrom" | "peer"> {
  /** Channels and nicks, with commas between. */
  targets: string;
  tags: Tags;
  /** Asked in the step that sends it, since the sender may have had to wait: whether it is refused, and answered. */
  isRefused?: () => boolean;
}

/** Brings a message to each of its targets: in steps if there are several, or if the sender has to save up for keeping it. */
export function sendMessage(call: Call, message: Message): void | Steps {
  const { chat, session, person, reply } = call;
  const { command, targets, tags, text, lines, relayedFrom, peer, isRefused } = message;
  const list = listItems(targets);
  const isNotice = command === "NOTICE";
  if (list.length > BOUNDS.targets && !isNotice) {
    throw new ReplyError(ERR_TOOMANYTARGETS, targets, `Too many targets: ${BOUNDS.targets} at most`);
  }
  const edits = tags[EDIT_TAG];
  // Whether it may be passed on is decided for each target. Copying what is left of an object is slow.
  const passed = edits === undefined
    ? tags
    : Object.fromEntries(Object.entries(tags).filter(([key]) => key !== EDIT_TAG));
  const told = relayedFrom === undefined ? passed : { ...passed, "draft/relaymsg": person.nick };
  const clientTags = isEmpty(told) ? ClientTags.NONE : new ClientTags(told);
  const send = (target: string, absentee?: Absentee) => {
    // Nothing is ever answered to a NOTICE, not even an error (RFC 2812 section 3.3.2).
    const receiver = attempt(isNotice ? undefined : reply, () => {
      if (isRefused?.() === true) return undefined;
      // Named one by one: copying what is left of an object is slow.
      const changed = text === undefined ? undefined : edits;
      return say(chat, reply, {
        command,
        target,
        text,
        lines,
        clientTags,
        relayedFrom,
        absentee,
        peer,
        edits: changed,
      });
    });
    if (command === "PRIVMSG" && receiver?.away !== undefined) reply.numeric(RPL_AWAY, receiver.nick, receiver.away);
  };
  const receivers = list.slice(0, BOUNDS.targets);
  const isKept = chat.history !== undefined && (command !== "TAGMSG" || mayBeKept(tags));
  const { source, identity: sender, account } = person;
  const cost = (target: string) =>
    isKept ? keptBytes({ source, sender, account, target, text: text ?? "", tags }, target.startsWith("#") ? 0 : 2) : 0;
  const wait = session.affords?.(receivers.reduce((sum, target) => sum + cost(target), 0));
  // Of what is said, only a PRIVMSG can be left for somebody who is away.
  const mayBeLeft = (target: string) =>
    command === "PRIVMSG" && chat.history !== undefined && !target.startsWith("#") && isNick(target) &&
    chat.find(target) === undefined;
  if (wait === undefined && receivers.length <= 1 && !receivers.some(mayBeLeft)) receivers.forEach((one) => send(one));
  else return sendInTime(call, wait, receivers, { cost, mayBeLeft, send });
}

/** Sends to one target after the other, to each when the sender has saved up for keeping the message. */
function* sendInTime(
  { chat, session, person }: Call,
  wait: Promise<void> | undefined,
  targets: string[],
  { cost, mayBeLeft, send }: {
    cost: (target: string) => number;
    mayBeLeft: (target: string) => boolean;
    send: (target: string, absentee?: Absentee) => void;
  },
): Steps {
  for (const target of targets) {
    const next = wait ?? session.affords?.(cost(target));
    if (next !== undefined) yield next;
    wait = undefined;
    send(target, mayBeLeft(target) ? yield* findAbsentee(chat, person, target) : undefined);
    yield;
  }
}

/** The family's commands. */
export const MESSAGES: Command[] = [
  {
    name: "PRIVMSG",
    usage: "PRIVMSG target{,target} :text",
    help: "Says something to a person, a channel, or its operators (@#channel).",
    keptRows: (call, [targets]) => isNickServ(targets) ? rowsOfLogin(call.person) : 0,
    withoutFirst: [ERR_NORECIPIENT, "No recipient given (PRIVMSG)"],
    handler(call, [targets, text = ""], { tags }) {
      if (text === "") throw new ReplyError(ERR_NOTEXTTOSEND, "No text to send");
      if (isNickServ(targets)) return nickServ(call, text);
      if (isPlayback(call, targets)) return playback(call, text);
      const peer = peerOf(call, tags);
      return sendMessage(call, { command: "PRIVMSG", targets, text, tags: clientTags(call, tags), peer });
    },
  },
  {
    name: "NOTICE",
    usage: "NOTICE target{,target} :text",
    help: "Says something that no program answers.",
    handler(call, [targets = "", text = ""], { tags }) {
      if (targets !== "" && text !== "" && !isNickServ(targets)) {
        const peer = peerOf(call, tags);
        return sendMessage(call, { command: "NOTICE", targets, text, tags: clientTags(call, tags), peer });
      }
    },
  },
  {
    name: "TAGMSG",
    usage: "TAGMSG target{,target}",
    help: "Sends tags without a text, as for a reaction.",
    withoutFirst: [ERR_NORECIPIENT, "No recipient given (TAGMSG)"],
    capability: "message-tags",
    withoutCapability: UNKNOWN_COMMAND,
    handler(call, [targets], { tags }) {
      // NickServ has no use for tags, as of typing.
      if (isNickServ(targets)) return;
      const signal = tags[SIGNAL_TAG];
      if (signal !== undefined) return sendSignal(call.chat.calls, call.session, targets, signal);
      return sendMessage(call, { command: "TAGMSG", targets, tags: clientTags(call, tags), peer: peerOf(call, tags) });
    },
  },
];
