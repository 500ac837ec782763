/** RELAYMSG (IRCv3 relaymsg): a bridge says what somebody has said elsewhere. */

import { ERR_NOTEXTTOSEND, fits, isNick, LIMITS } from "../../protocol.ts";
import { RELAY_SEPARATOR } from "../room/capabilities.ts";
import type { Channel } from "../room/channel.ts";
import { ReplyError } from "../room/reply.ts";
import { type Call, type Command, UNKNOWN_COMMAND } from "./command.ts";
import { clientTags, say } from "./messages.ts";

/**
 * The longest nick that is relayed, in bytes: as long as any, so that lines that hold it fit; and what none may hold, beside
 * what no source could (IRCv3 relaymsg, "Abuse prevention").
 */
const RELAYED = { bytes: 4 * LIMITS.nick, forbidden: /[\s\p{C}!+%@&#$:'"?*,.]/u };

/** Why somebody can't be named as who has said something elsewhere, if so. */
function relayFault(call: Call, channel: Channel, nick: string): [code: string, why: string] | undefined {
  if (!channel.isOperator(call.person)) {
    return ["PRIVS_NEEDED", "Only a channel's operators relay what is said elsewhere"];
  }
  const isValid = nick.includes(RELAY_SEPARATOR) && !RELAYED.forbidden.test(nick) && fits(nick, RELAYED.bytes);
  if (isValid && isNick(nick.replaceAll(RELAY_SEPARATOR, "x"))) return undefined;
  return ["INVALID_NICK", `A nick that is relayed holds ${RELAY_SEPARATOR}, as alice${RELAY_SEPARATOR}elsewhere`];
}

/** The family's command. */
export const RELAY: Command[] = [
  {
    name: "RELAYMSG",
    usage: "RELAYMSG channel nick/elsewhere :text",
    help: "Channel operators: says for a bridge what somebody has said elsewhere.",
    capability: "draft/relaymsg",
    withoutCapability: UNKNOWN_COMMAND,
    minParams: 3,
    handler(call, [name, nick, text], { tags }) {
      const fault = relayFault(call, call.chat.ownChannel(name, call.person), nick);
      if (fault !== undefined) return call.reply.fail("RELAYMSG", fault[0], nick, fault[1]);
      if (text === "") throw new ReplyError(ERR_NOTEXTTOSEND, "No text to send");
      return say(call, "PRIVMSG", name, [text], clientTags(call, tags), undefined, nick);
    },
  },
];
