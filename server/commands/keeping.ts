/** Says that the room keeps what is said. */

import type { Call } from "./command.ts";

const MINUTE = 60_000;

/** Periods for sentences, the longest first. */
const PERIODS: [milliseconds: number, name: string][] = [[1440 * MINUTE, "day"], [60 * MINUTE, "hour"], [
  MINUTE,
  "minute",
]];

/** A period as people say it: `90 days`. */
function period(milliseconds: number): string {
  const [length, name] = PERIODS.find(([length]) => milliseconds % length === 0) ?? [1000, "second"];
  const count = Math.floor(milliseconds / length);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Says that the room keeps what is said, and for how long. */
export function tellKeeping(call: Call): void {
  const { chat } = call;
  const { nick } = call.person;
  if (chat.history === undefined) return;
  const { keep } = chat.history;
  const text = `This room keeps what is said${
    keep === Infinity ? "" : ` for ${period(keep)}`
  }, to show it to those who join.`;
  call.reply.send(chat.serverEvent("NOTICE", [nick, text]));
}
