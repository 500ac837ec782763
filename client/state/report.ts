/**
 * A report of a message, as the NOTICE carries it that brings it to the operators of a channel alone (STATUSMSG): the text says
 * all of it to those who see nothing else, and a tag says the same in parts, so that a view can word it for its reader.
 *
 *     @+teahouse.chat/report=nick=dave&text=buy+leaves&why=spam;+reply=MSGID NOTICE @#tea :Report to the operators of #tea: …
 *
 * Anybody can write such a line: what it says is the word of its sender. Pure.
 *
 * @module
 */

import { firstOf } from "../graphemes.ts";
import { mayBeNick } from "../names.ts";
import { sanitize } from "../sanitize.ts";

/** The tag, which is its sender's own (IRCv3 message-tags, client-only tags). */
export const REPORT_TAG = "+teahouse.chat/report";

/** What a report says. */
export interface Report {
  /** Who has written the message. */
  nick: string;
  /** The beginning of the message as it was then; "" where it had no text. */
  text: string;
  /** What is wrong with it; "" where that was not said. */
  why: string;
}

/** The longest value that is read, in characters; and the longest parts, in code points: with these the tags fit into a line. */
const MOST = { value: 3_000, text: 100, why: 100 } as const;

/** What a command about a person (`/ban bob`) would read as a mask or an address: a report must not have others banned. */
const OTHER_THAN_NICK = /[*?$~.]/;

/** The value of the tag. What is too long is cut. */
export function reportTag({ nick, text, why }: Report): string {
  return new URLSearchParams({ nick, text: firstOf(text, MOST.text), why: firstOf(why, MOST.why) }).toString();
}

/** What a tag says, which anybody may have written; undefined where that is no report. */
export function readReportTag(value: string | undefined): Report | undefined {
  if (value === undefined || value.length > MOST.value) return undefined;
  const parts = new URLSearchParams(value);
  const [nick = "", text = "", why = ""] = ["nick", "text", "why"].map((key) => parts.get(key) ?? undefined);
  if (!mayBeNick(nick) || sanitize(nick) !== nick || OTHER_THAN_NICK.test(nick)) return undefined;
  if ([...text].length > MOST.text || [...why].length > MOST.why) return undefined;
  return { nick, text, why };
}
