/// <reference lib="dom" />
/**
 * Bans from the whole room, for its operators: the choice between the room and one channel, and what is in force.
 *
 * @module
 */

import { html, type TemplateResult } from "lit";
import { RPL_ENDOFSTATS, RPL_STATSGLINE, RPL_UMODEIS } from "../protocol.ts";
import { isRefused } from "../client/connection/refusals.ts";
import { serverMaskText } from "../client/state/masks.ts";
import { untilText } from "../client/until_text.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** A ban from the room: by which mask it is lifted, and what is said of it. */
export interface RoomBan {
  mask: string;
  text: string;
}

/** Whether this person may ban from the whole room, on a server whose bans are as these dialogs say. */
export async function isRoomOperator({ client: { actions, state } }: Stay): Promise<boolean> {
  if (state.isupport.get("PERSONBAN") === undefined) return false;
  const replies = await actions.askQuietly([RPL_UMODEIS], "MODE", state.nick);
  return replies?.some(({ command, params: [, modes = ""] }) => command === RPL_UMODEIS && modes.includes("o")) ===
    true;
}

/**
 * Draws from where a ban keeps somebody out.
 *
 * @param isOwn Whether they share this person's address: a ban from the room would be for this person, too, so that it is for
 * an account alone.
 */
export function drawWhere(isOwn: boolean, hasAccount: boolean): TemplateResult {
  const { where } = settings.words;
  const means = !isOwn ? where.roomMeans : hasAccount ? where.accountMeans : settings.words.whom.allAndYou;
  return html`
    <fieldset>
      <legend>${where.legend}</legend>
      <label>
        <input type="radio" name="where" value="" .checked=${true}>
        <span>${where.channel}</span>
      </label>
      <label>
        <input type="radio" name="where" value="room" ?disabled=${isOwn && !hasAccount}>
        <span>${where.room} <small>${means}</small></span>
      </label>
    </fieldset>
  `;
}

/** Who is banned from the room; nobody where the server does not tell. */
export async function roomBansOf({ client: { actions, sentences } }: Stay): Promise<RoomBan[]> {
  const replies = await actions.askQuietly([RPL_STATSGLINE, RPL_ENDOFSTATS], "GLINE");
  if (replies === undefined || isRefused(replies)) return [];
  const listed = replies.filter(({ command }) => command === RPL_STATSGLINE);
  return listed.map(({ params: [, mask = "", , end = "0", setter = "", reason = ""] }) => {
    const who = serverMaskText(mask, sentences.moderation);
    const until = untilText(Number(end) * 1_000 || Infinity, Date.now(), sentences);
    return { mask, text: sentences.operators.listed({ mask: who, until, by: setter.replace(/!.*/, ""), reason }) };
  });
}
