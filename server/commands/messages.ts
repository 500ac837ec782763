/** Talking: PRIVMSG, NOTICE, TAGMSG. */

import {
  ERR_NORECIPIENT,
  ERR_NOTEXTTOSEND,
  ERR_TOOMANYTARGETS,
  fits,
  isNick,
  LIMITS,
  RPL_AWAY,
} from "../../protocol.ts";
import { ClientTags, type Line, RELAY_SEPARATOR } from "../room/capabilities.ts";
import type { Channel } from "../room/channel.ts";
import { keptBytes } from "../store/record_sizes.ts";
import { BOUNDS } from "../room/isupport.ts";
import { mayBeKept } from "../room/record.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { keptByLogin } from "./accounts.ts";
import { attempt, type Command, listItems, type Steps, UNKNOWN_COMMAND } from "./command.ts";
import { isNickServ, nickServ } from "./nickserv.ts";
import { isPlayback, playback } from "./playback.ts";

/** The tags that a client may attach: those that begin with `+` (IRCv3 message-tags, "Client-only tags"). */
export function clientTags(session: Session, tags: Record<string, string>): Record<string, string> {
  if (!session.has("message-tags")) return {};
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
  session: Session,
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
  const attached = new ClientTags(relayed === undefined ? tags : { ...tags, "draft/relaymsg": session.nick });
  const send = (target: string) => {
    const act = () => session.chat.say(session, command, [target, ...text], attached, lines, relayed);
    // Nothing is ever answered to a NOTICE, not even an error (RFC 2812 section 3.3.2).
    const person = isNotice ? silently(act) : attempt(session, act);
    if (command === "PRIVMSG" && person?.away !== undefined) session.reply(RPL_AWAY, person.nick, person.away);
  };
  const receivers = list.slice(0, BOUNDS.targets);
  const isKept = session.chat.history !== undefined && (command !== "TAGMSG" || mayBeKept(tags));
  const cost = (target: string) => isKept ? keptBytes(text.join(" "), tags, !target.startsWith("#")) : 0;
  const wait = session.affords?.(receivers.reduce((sum, target) => sum + cost(target), 0));
  if (wait === undefined && receivers.length <= 1) receivers.forEach(send);
  else return sendInTime(session, wait, receivers, cost, send);
}

/** Does that for each target when what is kept of it has been saved up for. */
function* sendInTime(
  session: Session,
  wait: Promise<void> | undefined,
  targets: string[],
  cost: (target: string) => number,
  send: (target: string) => void,
): Steps {
  for (const target of targets) {
    const next = wait ?? session.affords?.(cost(target));
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

/**
 * The longest nick that is relayed, in bytes: as long as any, so that lines that hold it fit; and what none may hold, beside
 * what no source could (IRCv3 relaymsg, "Abuse prevention").
 */
const RELAYED = { bytes: 4 * LIMITS.nick, forbidden: /[\s\p{C}!+%@&#$:'"?*,.]/u };

/** Why somebody can't be named as who has said something elsewhere, if so. */
function relayFault(session: Session, channel: Channel, nick: string): [code: string, why: string] | undefined {
  if (!channel.isOperator(session)) return ["PRIVS_NEEDED", "Only a channel's operators relay what is said elsewhere"];
  const isValid = nick.includes(RELAY_SEPARATOR) && !RELAYED.forbidden.test(nick) && fits(nick, RELAYED.bytes);
  if (isValid && isNick(nick.replaceAll(RELAY_SEPARATOR, "x"))) return undefined;
  return ["INVALID_NICK", `A nick that is relayed holds ${RELAY_SEPARATOR}, as alice${RELAY_SEPARATOR}elsewhere`];
}

/** The family's commands. */
export const MESSAGES: Command[] = [
  {
    name: "RELAYMSG",
    usage: "RELAYMSG channel nick/elsewhere :text",
    help: "Channel operators: says for a bridge what somebody has said elsewhere.",
    capability: "draft/relaymsg",
    withoutCapability: UNKNOWN_COMMAND,
    minParams: 3,
    handler(session, [name, nick, text], { tags }) {
      const fault = relayFault(session, session.chat.ownChannel(name, session), nick);
      if (fault !== undefined) return session.fail("RELAYMSG", fault[0], nick, fault[1]);
      if (text === "") throw new ReplyError(ERR_NOTEXTTOSEND, "No text to send");
      return say(session, "PRIVMSG", name, [text], clientTags(session, tags), undefined, nick);
    },
  },
  {
    name: "PRIVMSG",
    usage: "PRIVMSG target{,target} :text",
    help: "Says something to a person, a channel, or its operators (@#channel).",
    keeps: (session, [targets]) => isNickServ(targets) ? keptByLogin(session) : 0,
    missing: [ERR_NORECIPIENT, "No recipient given (PRIVMSG)"],
    handler(session, [targets, text = ""], { tags }) {
      if (text === "") throw new ReplyError(ERR_NOTEXTTOSEND, "No text to send");
      if (isNickServ(targets)) return nickServ(session, text);
      if (isPlayback(session, targets)) return playback(session, text);
      return say(session, "PRIVMSG", targets, [text], clientTags(session, tags));
    },
  },
  {
    name: "NOTICE",
    usage: "NOTICE target{,target} :text",
    help: "Says something that no program answers.",
    handler(session, [targets = "", text = ""], { tags }) {
      if (targets !== "" && text !== "" && !isNickServ(targets)) {
        return say(session, "NOTICE", targets, [text], clientTags(session, tags));
      }
    },
  },
  {
    name: "TAGMSG",
    usage: "TAGMSG target{,target}",
    help: "Sends tags without a text, as for a reaction.",
    missing: [ERR_NORECIPIENT, "No recipient given (TAGMSG)"],
    capability: "message-tags",
    withoutCapability: UNKNOWN_COMMAND,
    handler(session, [targets], { tags }) {
      // That somebody types to it is nothing to it.
      if (isNickServ(targets)) return;
      return say(session, "TAGMSG", targets, [], clientTags(session, tags));
    },
  },
];
