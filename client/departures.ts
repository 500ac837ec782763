/**
 * Why somebody has left the room, where the server says it and not they themselves (server/connection.ts, server/timeouts.ts,
 * server/room/), for a clause in the reader's language. How a connection has ended is nobody's concern: whoever closes the page has
 * left. Pure.
 *
 * @module
 */

import { farewellText } from "./room_bans.ts";
import type { Sentences } from "./sentences.ts";

/** The longest reason that is compared: a server's line is no longer. */
const LONGEST = 512;

/** The server's words, each with its clause; "": nothing is told. */
const REASONS: [RegExp, (why: Sentences["departures"], ...parts: string[]) => string][] = [
  [/^(?:Connection closed|Logged out on this device|This device was signed out)$/, () => ""],
  [/^(?:Connection reset|SendQ exceeded)$/, ({ lost }) => lost],
  [/^(?:Ping timeout:|Nothing read for) \d{1,9} s$/, ({ lost }) => lost],
  [/^Killed \((\S+) \((.*)\)\)$/s, ({ putOut }, by, why) => putOut(by, why === "No reason given" ? "" : why)],
];

/**
 * Says why somebody has left.
 *
 * @param reason As QUIT has it: what people say themselves has `Quit:` before it on many servers, and is told as it is.
 * @param time When they left, in milliseconds since 1970.
 */
export function departureText(reason: string, time: number, sentences: Sentences): string {
  const own = /^Quit(?:: ?|$)/.exec(reason);
  if (own !== null) return reason.slice(own[0].length);
  if (reason.length > LONGEST) return reason;
  for (const [pattern, write] of REASONS) {
    const found = pattern.exec(reason);
    if (found !== null) return write(sentences.departures, ...found.slice(1));
  }
  return farewellText(reason, time, sentences) ?? reason;
}
