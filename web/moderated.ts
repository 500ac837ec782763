/**
 * Whom an operator of a channel may moderate for a line of it: its author; or of a report, the author of what is reported; and what
 * was done to them since. Pure.
 *
 * @module
 */

import { foldName, isSameName } from "../client/names.ts";
import { farewellText } from "../client/room_bans.ts";
import type { Sentences } from "../client/sentences.ts";
import { modeSentences } from "../client/state/modes.ts";
import type { Report } from "../client/state/report.ts";
import type { TalkLine } from "../client/state/line.ts";
import { banReason } from "../client/state/restriction_replies.ts";
import type { Talk } from "../client/state/talk.ts";

/** The line that a line answers, where it is loaded. */
export function answeredBy({ replyTo }: Pick<TalkLine, "replyTo">, talk: Talk): TalkLine | undefined {
  return talk.find(replyTo) ?? talk.excerpt?.find(replyTo);
}

/** Who has written what a report is about: what is loaded says it better than the person who reports it. */
export function reportedNick({ report, replyTo }: { report: Report; replyTo?: string }, talk: Talk): string {
  return answeredBy(replyTo === undefined ? {} : { replyTo }, talk)?.from ?? report.nick;
}

/** Whether somebody is an operator of a channel. */
export function isOperatorOf(channel: Talk, nick: string): boolean {
  return channel.members.get(foldName(nick))?.prefix.includes("@") === true;
}

/**
 * Whom a person may moderate for a line; undefined: nobody. Whoever was reported may have gone: a ban holds all the same.
 *
 * @param own The nick of the person.
 */
export function moderatedFor(line: TalkLine, talk: Talk, own: string): string | undefined {
  if (talk.kind !== "channel" || !isOperatorOf(talk, own)) return undefined;
  const { report } = line;
  const said = report === undefined ? line : answeredBy(line, talk);
  const nick = said?.from ?? report!.nick;
  const member = talk.members.get(foldName(nick));
  if (said?.own === true || isSameName(nick, own) || (member === undefined && report === undefined)) return undefined;
  // Somebody else may have the nick by now.
  const isAnother = said?.account !== undefined && member?.account !== undefined &&
    !isSameName(said.account, member.account);
  return isAnother ? undefined : nick;
}

/** The kinds of changes of a channel's mode that keep somebody from talking or from coming in, and those that end that. */
const KEEPING = { muted: true, banned: true, unmuted: false, unbanned: false } as const;

/**
 * The line that tells how somebody was muted, banned or removed in a channel after a line was said; undefined: they were not, or
 * the last change has ended that.
 */
export function doneTo(nick: string, since: TalkLine, { lines }: Talk, sentences: Sentences): TalkLine | undefined {
  for (let at = lines.length - 1; at >= 0 && lines[at] !== since && lines[at].time >= since.time; at--) {
    const line = lines[at];
    const { kind, text } = line;
    if (kind === "mode") {
      const of = modeSentences(text, sentences).find(({ kind, what }) => kind in KEEPING && isSameName(what, nick));
      if (of !== undefined) return KEEPING[of.kind as keyof typeof KEEPING] ? line : undefined;
    }
    // The KICK of a ban comes behind its MODE, which says more.
    if (kind === "kick" && isSameName(line.about ?? "", nick) && banReason(text) === undefined) return line;
    const isOut = kind === "quit" && isSameName(line.from, nick);
    if (isOut && farewellText(text, line.time, sentences) !== undefined) return line;
  }
  return undefined;
}
