/// <reference lib="dom" />
/**
 * Who is muted or banned in a channel, as far as this person may know it: operators ask the server, and everybody is told of
 * themselves.
 *
 * @module
 */

import { restrictionsOf } from "../client/commands/bans.ts";
import { foldName, isSameName } from "../client/names.ts";
import { type Listed, silenceIn } from "../client/state/restriction_replies.ts";
import { untilText } from "../client/until_text.ts";
import type { Talk } from "../client/state/talk.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** The bans and mutes, and the folded nicks of those who are muted, as the server has told it last; and the question that is under way. */
interface Known {
  listed: readonly Listed[];
  nicks: ReadonlySet<string>;
  /** Whether it is to be asked once more behind the question under way; undefined while there is none. */
  isAskedAgain?: boolean | undefined;
}

const KNOWN = new WeakMap<Talk, Known>();

/** Whether somebody is muted in a channel, and this person may know it. */
export function isMuted({ client: { state } }: Stay, talk: Talk | undefined, nick: string): boolean {
  if (talk?.kind !== "channel") return false;
  if (state.isSelf(nick)) return silenceIn(state, talk.name, Date.now())?.isMute === true;
  return isRuler(state, talk) && KNOWN.get(talk)?.nicks.has(foldName(nick)) === true;
}

/** The ban or mute of somebody in a channel that was set last, at this time or later, where this person may know it. */
export function restrictedSince(talk: Talk, who: string, time: number): Listed | undefined {
  return KNOWN.get(talk)?.listed.findLast(({ nick, at }) =>
    nick !== undefined && isSameName(nick, who) && Date.parse(at) >= time
  );
}

/**
 * What the field says where this person may not talk in the talk that is shown, or is in none, though commands are carried out;
 * undefined where they may talk, or are about to come into a channel.
 */
export function silenceHint({ client, talk, isIn }: Stay): string | undefined {
  if (talk !== undefined) return silenceHintIn(talk);
  return isIn && client.isConnected && client.state.awaited === undefined ? settings.words.inNoChannel : undefined;
}

/** Why this person may not talk in a talk, so that what they would say or do there can't be; undefined where they may. */
export function silenceHintIn({ silence }: Talk): string | undefined {
  const now = Date.now();
  if (silence === undefined || silence.until <= now) return undefined;
  return settings.words.silencedHere(silence.isMute, untilText(silence.until, now, settings.sentences));
}

/** Whether this person is an operator of a channel, and may be told who is muted there. */
function isRuler({ nick }: Stay["client"]["state"], talk: Talk): boolean {
  return talk.members.get(foldName(nick))?.prefix.includes("@") === true;
}

/**
 * Asks the server who is muted in a channel, where this person may know it; one question at a time.
 *
 * @param isNews Whether something has changed there; else it is asked only where it is not known.
 */
export async function lookForMuted(stay: Stay, talk: Talk, isNews: boolean): Promise<void> {
  const { client } = stay;
  if (!isRuler(client.state, talk)) return void KNOWN.delete(talk);
  const known = KNOWN.get(talk) ?? { listed: [], nicks: new Set<string>() };
  if (KNOWN.has(talk) && !isNews) return;
  KNOWN.set(talk, known);
  if (known.isAskedAgain !== undefined) return void (known.isAskedAgain = true);
  do {
    known.isAskedAgain = false;
    const listed = await restrictionsOf(client.actions, talk.name);
    // Without an answer it is as it was.
    if (listed === undefined) continue;
    known.listed = listed;
    known.nicks = new Set(listed.flatMap(({ isMute, nick }) => isMute && nick !== undefined ? [foldName(nick)] : []));
    stay.changed();
  } while (known.isAskedAgain);
  known.isAskedAgain = undefined;
}
