/** Talking: PRIVMSG, NOTICE, TAGMSG. */

import { ERR_NORECIPIENT, ERR_NOTEXTTOSEND, ERR_TOOMANYTARGETS, RPL_AWAY } from "../../protocol.ts";
import { ClientTags, type Line } from "../room/event.ts";
import { BOUNDS } from "../room/isupport.ts";
import { mayBeKept } from "../room/record.ts";
import { ReplyError } from "../room/reply.ts";
import { say as speak } from "../room/talking.ts";
import { keptBytes } from "../store/record_sizes.ts";
import { attempt } from "./checks.ts";
import { type Call, type Command, type Steps, UNKNOWN_COMMAND } from "./command.ts";
import { rowsOfLogin } from "./login.ts";
import { isNickServ, nickServ } from "./nickserv.ts";
import { listItems } from "./params.ts";
import { isPlayback, playback } from "./playback.ts";

/** The tags that a client may attach: those that begin with `+` (IRCv3 message-tags, "Client-only tags"). */
export function clientTags(call: Call, tags: Record<string, string>): Record<string, string> {
  if (!call.session.has("message-tags")) return {};
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("+")));
}

/**
 * Brings a message to each of its targets, in steps where they are several and where it has to be saved up for that it is
 * kept.
 *
 * @param text The text, or nothing for TAGMSG.
 * @param lines The text's lines where it has several.
 * @param relayed The nick of who has said it elsewhere.
 */
export function say(
  call: Call,
  command: string,
  targets: string,
  text: string[],
  tags: Record<string, string>,
  lines?: Line[],
  relayed?: string,
): void | Steps {
  const list = listItems(targets);
  const isNotice = command === "NOTICE";
  if (list.length > BOUNDS.targets && !isNotice) {
    throw new ReplyError(ERR_TOOMANYTARGETS, targets, `Too many targets: ${BOUNDS.targets} at most`);
  }
  const attached = new ClientTags(relayed === undefined ? tags : { ...tags, "draft/relaymsg": call.person.nick });
  const send = (target: string) => {
    const act = () =>
      speak(call.chat, call.reply, {
        command,
        target,
        text: text[0],
        lines,
        clientTags: attached,
        relayedFrom: relayed,
      });
    // Nothing is ever answered to a NOTICE, not even an error (RFC 2812 section 3.3.2).
    const person = isNotice ? silently(act) : attempt(call.reply, act);
    if (command === "PRIVMSG" && person?.away !== undefined) call.reply.numeric(RPL_AWAY, person.nick, person.away);
  };
  const receivers = list.slice(0, BOUNDS.targets);
  const isKept = call.chat.history !== undefined && (command !== "TAGMSG" || mayBeKept(tags));
  const cost = (target: string) => isKept ? keptBytes(text.join(" "), tags, !target.startsWith("#")) : 0;
  const wait = call.session.affords?.(receivers.reduce((sum, target) => sum + cost(target), 0));
  if (wait === undefined && receivers.length <= 1) receivers.forEach(send);
  else return sendInTime(call, wait, receivers, cost, send);
}

/** Does that for each target when what is kept of it has been saved up for. */
function* sendInTime(
  call: Call,
  wait: Promise<void> | undefined,
  targets: string[],
  cost: (target: string) => number,
  send: (target: string) => void,
): Steps {
  for (const target of targets) {
    const next = wait ?? call.session.affords?.(cost(target));
    if (next !== undefined) yield next;
    wait = undefined;
    send(target);
    yield;
  }
}

/** Does something; a refusal is not told. */
function silently<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    return undefined;
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
      return say(call, "PRIVMSG", targets, [text], clientTags(call, tags));
    },
  },
  {
    name: "NOTICE",
    usage: "NOTICE target{,target} :text",
    help: "Says something that no program answers.",
    handler(call, [targets = "", text = ""], { tags }) {
      if (targets !== "" && text !== "" && !isNickServ(targets)) {
        return say(call, "NOTICE", targets, [text], clientTags(call, tags));
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
      // That somebody types to it is nothing to it.
      if (isNickServ(targets)) return;
      return say(call, "TAGMSG", targets, [], clientTags(call, tags));
    },
  },
];
