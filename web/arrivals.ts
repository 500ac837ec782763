/// <reference lib="dom" />
/**
 * Where a person comes in who is not asked: as who they were in this tab, or as who was here last.
 *
 * @module
 */

import { casefold, isChannelName } from "../protocol.ts";
import { guestNick } from "../client/guest.ts";
import { namingOf } from "../client/names.ts";
import { channelNamed } from "../client/written.ts";
import { DEFAULT_CHANNEL } from "../shared/default_channel.ts";
import { keptStay } from "./reload.ts";
import { settings } from "./settings.ts";
import type { Arrival } from "./stay.ts";
import { channelOfAddress } from "./title.ts";

/**
 * Where the person was before this tab's page was loaded anew. If the address names another channel now, somebody has followed a
 * link to it: that is shown, beside the talks that were open.
 */
export function keptPlace(): Arrival | undefined {
  const kept = keptStay();
  const channel = channelNamed(channelOfAddress() ?? "");
  if (kept === undefined || !isChannelName(channel) || casefold(channel) === casefold(kept.channel)) return kept;
  const { person: _, ...others } = kept;
  return { ...others, channel };
}

/** Where whoever was here last, perhaps in another tab, comes in if the server knows them. */
export function lastPlace(): Arrival {
  const named = channelOfAddress();
  const { nick } = namingOf(settings.get("nick") || guestNick());
  const channel = channelNamed(named ?? (settings.get("channel") || DEFAULT_CHANNEL));
  return { nick, channel, isReturning: true, isChannelWanted: named !== undefined };
}
