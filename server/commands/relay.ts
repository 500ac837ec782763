/** RELAYMSG, by which a bridge says what a person said elsewhere (IRCv3 relaymsg). */

import { ERR_NOTEXTTOSEND, fits, isNick, LIMITS } from "../../protocol.ts";
import { RELAY_SEPARATOR } from "../room/capabilities.ts";
import type { Channel } from "../room/channel.ts";
import type { Person } from "../room/person.ts";
import { ReplyError } from "../room/reply.ts";
import type { Fault } from "./checks.ts";
import { type Command, UNKNOWN_COMMAND } from "./command.ts";
import { clientTags, sendMessage } from "./messages.ts";

/**
 * The nicks that may be relayed (IRCv3 relaymsg, "Abuse prevention"). They are no longer than other nicks, so that the lines
 * that hold them fit. Besides what no source may hold, they may not hold these characters.
 */
const RELAYED = { bytes: 4 * LIMITS.nick, forbidden: /[\s\p{C}!+%@&#$:'"?*,.]/u };

/** Why a nick can't be relayed by a person in a channel; undefined if it can. */
function relayFault(person: Person, channel: Channel, nick: string): Fault | undefined {
  if (!channel.isOperator(person)) {
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
      const isRefused = () => {
        const fault = relayFault(call.person, call.chat.ownChannel(name, call.person), nick);
        if (fault !== undefined) call.reply.fail("RELAYMSG", fault[0], nick, fault[1]);
        return fault !== undefined;
      };
      if (isRefused()) return;
      if (text === "") throw new ReplyError(ERR_NOTEXTTOSEND, "No text to send");
      return sendMessage(call, {
        command: "PRIVMSG",
        targets: name,
        text,
        tags: clientTags(call, tags),
        relayedFrom: nick,
        isRefused,
      });
    },
  },
];
