/** Watching for people: MONITOR (IRCv3 monitor). */

import {
  byteLength,
  ERR_ERRONEUSNICKNAME,
  ERR_MONLISTFULL,
  isNick,
  LIMITS,
  RPL_ENDOFMONLIST,
  RPL_MONLIST,
  RPL_MONOFFLINE,
  RPL_MONONLINE,
} from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Session } from "../room/session.ts";
import { sync } from "../room/subscribers.ts";
import { WordLines } from "../room/words.ts";
import { type Command, listItems, replyWithWords } from "./command.ts";

/** Sends words in as many replies as they need, a comma between. */
function replyWithList(session: Session, numeric: string, words: string[]): void {
  replyWithWords(session, numeric, [], words, ",");
}

/** Tells which of some nicks are online, and which are not; and of those who are what has been subscribed to. */
function* status(session: Session, nicks: Iterable<string>): Generator<void> {
  const online: Session[] = [];
  const offline: string[] = [];
  for (const nick of nicks) {
    const person = session.chat.find(nick);
    if (person === undefined) offline.push(nick);
    else online.push(person);
    yield;
  }
  // Who has come or gone while the others were looked up has been told as that.
  replyWithList(session, RPL_MONONLINE, online.filter(({ closed }) => !closed).map(({ source }) => source));
  replyWithList(session, RPL_MONOFFLINE, offline.filter((nick) => session.chat.find(nick) === undefined));
  for (const person of online) {
    if (!person.closed) yield* sync(session, person);
    yield;
  }
}

/** Begins to watch nicks; says which of them can be none, and which are too many. */
function* watch(session: Session, nicks: string[]): Generator<void> {
  const { monitor } = session.chat;
  const watched: string[] = [];
  const rest: string[] = [];
  let wrong: string | undefined;
  for (const nick of nicks) {
    if (!isNick(nick)) wrong ??= nick;
    else if (rest.length > 0 || !monitor.add(session, nick)) rest.push(nick);
    else watched.push(nick);
    yield;
  }
  if (wrong !== undefined) session.reply(ERR_ERRONEUSNICKNAME, wrong, "Erroneous nickname");
  yield* status(session, watched);
  if (rest.length === 0) return;
  const why = "Monitor list is full";
  const room = LIMITS.lineBytes - 2 -
    byteLength(`:${session.chat.name} ${ERR_MONLISTFULL} ${session.nick} ${BOUNDS.monitor}  :${why}`);
  for (const line of new WordLines(room, rest).lines) {
    session.reply(ERR_MONLISTFULL, `${BOUNDS.monitor}`, line.replaceAll(" ", ","), why);
  }
}

/** What the command's first parameter may be. */
const ACTIONS: Record<string, (session: Session, nicks: string[]) => void | Generator<void>> = {
  "+": watch,
  *"-"(session, nicks) {
    for (const nick of nicks) yield session.chat.monitor.remove(session, nick);
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
export const MONITOR: Command[] = [
  {
    name: "MONITOR",
    usage: "MONITOR + nick{,nick} | - nick{,nick} | C | L | S",
    help: "Watches for people to come and go.",
    minParams: 1,
    handler(session, [action, targets = ""]) {
      const name = action.toUpperCase();
      // What is not known is passed over: the specification has no answer to it.
      if (Object.hasOwn(ACTIONS, name)) return ACTIONS[name](session, listItems(targets.normalize("NFC")));
    },
  },
];
