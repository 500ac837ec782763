/** MONITOR, which watches for people to come and go (IRCv3 monitor). */

import {
  ERR_ERRONEUSNICKNAME,
  ERR_MONLISTFULL,
  isNick,
  RPL_ENDOFMONLIST,
  RPL_MONLIST,
  RPL_MONOFFLINE,
  RPL_MONONLINE,
} from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Person } from "../room/person.ts";
import { sync } from "../room/metadata.ts";
import { bytesLeft, WordLines } from "../room/texts.ts";
import type { Call, Command } from "./command.ts";
import { listItems } from "./params.ts";
import { replyWithWords } from "./replies.ts";

/** Sends words in as many replies as they need, with commas between. */
function replyWithList(call: Call, numeric: string, words: string[]): void {
  replyWithWords(call.reply, numeric, [], words, ",");
}

/** Tells which of some nicks are online and which are not, and the metadata of those that are, where the session has subscribed to it. */
function* tellStatus(call: Call, nicks: Iterable<string>): Generator<void> {
  const online: Person[] = [];
  const offline: string[] = [];
  for (const nick of nicks) {
    const person = call.chat.find(nick);
    if (person === undefined) offline.push(nick);
    else online.push(person);
    yield;
  }
  // Those who came or went while the others were looked up have been told as such.
  replyWithList(call, RPL_MONONLINE, online.filter(({ hasLeft }) => !hasLeft).map(({ source }) => source));
  replyWithList(call, RPL_MONOFFLINE, offline.filter((nick) => call.chat.find(nick) === undefined));
  for (const person of online) {
    if (!person.hasLeft) yield* sync(call.chat, call.reply, person);
    yield;
  }
}

/** Begins to watch nicks. Says which of them is no nick, and which are too many. */
function* watch(call: Call, nicks: string[]): Generator<void> {
  const { chat, session, person, reply } = call;
  const watched: string[] = [];
  const rest: string[] = [];
  let wrong: string | undefined;
  for (const nick of nicks) {
    if (!isNick(nick)) wrong ??= nick;
    else if (rest.length > 0 || !chat.monitor.add(session, nick)) rest.push(nick);
    else watched.push(nick);
    yield;
  }
  if (wrong !== undefined) reply.numeric(ERR_ERRONEUSNICKNAME, wrong, "Erroneous nickname");
  yield* tellStatus(call, watched);
  if (rest.length === 0) return;
  const why = "Monitor list is full";
  const bytes = bytesLeft(`:${chat.name} ${ERR_MONLISTFULL} ${person.nick} ${BOUNDS.monitor}  :${why}`);
  for (const line of new WordLines(bytes, rest).lines) {
    reply.numeric(ERR_MONLISTFULL, `${BOUNDS.monitor}`, line.replaceAll(" ", ","), why);
  }
}

/** What the first parameter may be, and what it does. */
const ACTIONS: Record<string, (call: Call, nicks: string[]) => void | Generator<void>> = {
  "+": watch,
  *"-"(call, nicks) {
    for (const nick of nicks) yield call.chat.monitor.remove(call.session, nick);
  },
  C(call) {
    call.chat.monitor.clear(call.session);
  },
  L(call) {
    replyWithList(call, RPL_MONLIST, [...call.session.monitored.values()]);
    call.reply.numeric(RPL_ENDOFMONLIST, "End of MONITOR list");
  },
  S: (call) => tellStatus(call, [...call.session.monitored.values()]),
};

/** The family's command. */
export const MONITOR: Command[] = [
  {
    name: "MONITOR",
    usage: "MONITOR + nick{,nick} | - nick{,nick} | C | L | S",
    help: "Watches for people to come and go.",
    minParams: 1,
    handler(call, [action, targets = ""]) {
      const name = action.toUpperCase();
      // Other actions are passed over, because the specification has no answer to them.
      if (Object.hasOwn(ACTIONS, name)) return ACTIONS[name](call, listItems(targets.normalize("NFC")));
    },
  },
];
