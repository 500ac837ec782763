/** What everybody is told who comes in: the welcome, what the server supports, how many are here, and the message of the day. */

import { RPL_CREATED, RPL_MYINFO, RPL_WELCOME, RPL_YOURHOST } from "../../protocol.ts";
import { MODES } from "../room/isupport.ts";
import { tellOwn } from "../room/metadata.ts";
import { lusers, motd, sendIsupport } from "./about.ts";
import type { Call } from "./command.ts";

const MINUTE = 60_000;

/** The periods that sentences name, the longest first. */
const PERIODS: [milliseconds: number, name: string][] = [[1440 * MINUTE, "day"], [60 * MINUTE, "hour"], [
  MINUTE,
  "minute",
]];

/** A period in words: `90 days`. @param milliseconds Its length. */
function period(milliseconds: number): string {
  const [length, name] = PERIODS.find(([length]) => milliseconds % length === 0) ?? [1000, "second"];
  const count = Math.floor(milliseconds / length);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Says that the room keeps what is said, and for how long. */
function tellKeeping({ chat, person: { nick }, reply }: Call): void {
  if (chat.history === undefined) return;
  const { keep } = chat.history;
  const text = `This room keeps what is said${
    keep === Infinity ? "" : ` for ${period(keep)}`
  }, to show it to those who join.`;
  reply.send(chat.serverEvent("NOTICE", [nick, text]));
}

/** Tells the session of a person who has just come in where they are. */
export function welcome(call: Call): void {
  const { chat, session, person, reply } = call;
  reply.numeric(RPL_WELCOME, `Welcome to ${chat.settings.network}, ${person.source}`);
  reply.numeric(RPL_YOURHOST, `Your host is ${chat.name}, running Teahouse ${chat.settings.version}`);
  reply.numeric(RPL_CREATED, `This room was opened ${new Date(chat.created).toUTCString()}`);
  const withParam = MODES.lists + MODES.always + MODES.whenSet + MODES.ranks;
  const sorted = (letters: string) => [...letters].sort().join("");
  const channelModes = [sorted(withParam + MODES.flags), sorted(withParam)];
  reply.numeric(RPL_MYINFO, chat.name, `teahouse-${chat.settings.version}`, sorted(MODES.user), ...channelModes);
  sendIsupport(chat, reply);
  person.tellOneWhoami(session, chat.now(), person.realname);
  lusers(chat, reply);
  tellKeeping(call);
  tellOwn(chat, reply);
  motd(chat, reply);
}
