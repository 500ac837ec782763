/** Watching for people: MONITOR (IRCv3 monitor). */

import {
  ERR_ERRONEUSNICKNAME,
  ERR_MONLISTFULL,
  isNick,
  RPL_ENDOFMONLIST,
  RPL_MONLIST,
  RPL_MONOFFLINE,
  RPL_MONONLINE,
} from "../../protocol.ts";
import { BOUNDS } from "../isupport.ts";
import type { Session } from "../session.ts";
import { sync } from "../subscribers.ts";
import { type CommandTable, listItems, replyWithWords, safeWord } from "./command.ts";

/** Sends words in as many replies as they need, a comma between. */
function replyWithList(session: Session, numeric: string, words: string[]): void {
  replyWithWords(session, numeric, [], words, ",");
}

/** Tells which of some nicks are online, and which are not; and of those who are what has been subscribed to. */
function* status(session: Session, nicks: string[]): Generator<void> {
  const people = nicks.map((nick) => session.chat.find(nick));
  const online = people.filter((person) => person !== undefined).map(({ source }) => source);
  replyWithList(session, RPL_MONONLINE, online);
  replyWithList(session, RPL_MONOFFLINE, nicks.filter((_, i) => people[i] === undefined));
  for (const person of people) if (person !== undefined) yield sync(session, person);
}

/** What the command's first parameter may be. */
const ACTIONS: Record<string, (session: Session, nicks: string[]) => void | Generator<void>> = {
  *"+"(session, nicks) {
    const { monitor } = session.chat;
    const wrong = nicks.find((nick) => !isNick(nick));
    if (wrong !== undefined) session.reply(ERR_ERRONEUSNICKNAME, wrong, "Erroneous nickname");
    const targets = nicks.filter(isNick);
    const full = targets.findIndex((nick) => !monitor.add(session, nick));
    yield* status(session, full < 0 ? targets : targets.slice(0, full));
    if (full < 0) return;
    const rest = targets.slice(full).join(",");
    session.reply(ERR_MONLISTFULL, `${BOUNDS.monitor}`, safeWord(rest), "Monitor list is full");
  },
  "-"(session, nicks) {
    for (const nick of nicks) session.chat.monitor.remove(session, nick);
  },
  C(session) {
    session.chat.monitor.clear(session);
  },
  L(session) {
    replyWithList(session, RPL_MONLIST, [...session.monitored.values()]);
    session.reply(RPL_ENDOFMONLIST, "End of MONITOR list");
  },
  S: (session) => status(session, [...session.monitored.values()]),
};

/** The family's command. */
export const MONITOR: CommandTable = {
  MONITOR: {
    minParams: 1,
    handler(session, [action, targets = ""]) {
      const name = action.toUpperCase();
      // What is not known is passed over: the specification has no answer to it.
      if (Object.hasOwn(ACTIONS, name)) return ACTIONS[name](session, listItems(targets.normalize("NFC")));
    },
  },
};
