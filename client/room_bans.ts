/**
 * What our server says of a ban from the whole room (server/room/bans.ts, server/commands/server_bans.ts), for a sentence in the
 * reader's language and by the reader's clock. The server's words have no code, and their hour is in GMT.
 *
 *     You are banned from this server until Sun, 29 Nov 2026 10:42:14 GMT: too loud
 *     Banned for ever: too loud
 *     alice!tea@host has banned 10.0.0.7 and ~a:bob until Sun, 29 Nov 2026 10:42:14 GMT: too loud
 *     alice!tea@host has ended the ban of 10.0.0.7
 *
 * Pure.
 *
 * @module
 */

import { detached } from "../protocol.ts";
import type { Sentences } from "./sentences.ts";
import { untilText } from "./until_text.ts";

/** The longest text that is read: a server's line is no longer. */
const LONGEST = 512;

/** What stands behind each text of a ban: until when it holds, and why. */
const END = "(?:for ever|until (\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT)): (.*)$";

const REFUSAL = new RegExp(`^You are banned from this server ${END}`, "s");
const FAREWELL = new RegExp(`^(?:Closing link: \\()?Banned ${END}`, "s");
const BEGUN = new RegExp(`^([^\\s!]+)!\\S+ has banned (\\S+(?: and \\S+)*) ${END}`, "s");
const ENDED = /^([^\s!]+)!\S+ has ended the ban of (\S+)$/;

/** What stands for a reason where the operator gave none: of the server, and of clients in either language. */
const NO_REASON: ReadonlySet<string> = new Set(["No reason given", "no reason given", "未说明原因"]);

/** A ban from the room, as far as the one who is banned is told of it. */
interface RoomBan {
  /** In milliseconds since 1970; `Infinity` where it does not end. */
  until: number;
  /** "" where none was given. */
  reason: string;
}

const ban = (end: string | undefined, reason: string): RoomBan => ({
  until: end === undefined ? Infinity : Date.parse(end),
  reason: NO_REASON.has(reason) ? "" : detached(reason),
});

function read(pattern: RegExp, text: string): string[] | undefined {
  return text.length > LONGEST ? undefined : pattern.exec(text)?.slice(1);
}

/** The sentence for somebody whom the server refuses since they are banned; undefined where its words are others. */
export function refusalText(text: string, now: number, sentences: Sentences): string | undefined {
  const found = read(REFUSAL, text);
  if (found === undefined) return undefined;
  const { until, reason } = ban(found[0], found[1]);
  return sentences.refusals.bannedFromRoom(untilText(until, now, sentences), reason);
}

/** The clause for why the server ends somebody's connection: in its ERROR, or in the QUIT that others see; undefined for others. */
export function farewellText(text: string, now: number, sentences: Sentences): string | undefined {
  const found = read(FAREWELL, text);
  if (found === undefined) return undefined;
  const isOwn = text.startsWith("Closing link");
  const { until, reason } = ban(found[0], isOwn ? found[1].replace(/\)$/, "") : found[1]);
  return sentences.departures.banned(untilText(until, now, sentences), reason);
}

/** A ban from the room that was set or ended, as the server tells its operators. */
export interface RoomBanNews {
  /** The nick of the operator. */
  by: string;
  masks: string[];
  /** Undefined: it has ended. */
  ban: RoomBan | undefined;
}

/** Reads a notice of the server to its operators; undefined where it is none of a ban. */
export function readRoomBanNews(text: string): RoomBanNews | undefined {
  const [by, masks, end, reason] = read(BEGUN, text) ?? [];
  if (by !== undefined) {
    return { by: detached(by), masks: detached(masks).split(" and "), ban: ban(end, reason) };
  }
  const ended = read(ENDED, text)?.map(detached);
  return ended && { by: ended[0], masks: [ended[1]], ban: undefined };
}
