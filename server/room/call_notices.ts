/**
 * What members of a channel are told of its call whose clients know no calls: that it has begun, with the address of the page
 * where they can join, and that it has ended.
 *
 * @module
 */

import { fits } from "../../protocol.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";
import type { Channel } from "./channel.ts";
import { type Doors, securePageToSay } from "./doors.ts";
import type { Event } from "./event.ts";
import type { Origin } from "./origin.ts";
import type { Person } from "./person.ts";
import { deliverToAll } from "./recipient.ts";
import { bytesLeft } from "./texts.ts";
import { CALL_CAPABILITY, type ChannelCall } from "./voice_call.ts";

/** How many calls of one channel are told of: whoever begins one again and again is told of to nobody. */
const NOTICES = { burst: 3, perSecond: 1 / 60 } as const;

/** How often each channel's members have been told. */
export class CallNotices {
  readonly #ofChannels = new WeakMap<Channel, TokenBucket>();

  /** Counts one more call of a channel, unless there are too many. @param now Milliseconds of `Chat.uptime`. */
  tryCount(channel: Channel, now: number): boolean {
    let bucket = this.#ofChannels.get(channel);
    if (bucket === undefined) this.#ofChannels.set(channel, bucket = new TokenBucket(NOTICES, now));
    return bucket.tryTake(1, now);
  }
}

/** The room, as far as this needs it. */
interface Room {
  readonly origin: Origin;
  readonly uptime: () => number;
  readonly doors: () => Doors | undefined;
}

/** Tells that a call has begun. */
export function announceBegin(room: Room, notices: CallNotices, call: ChannelCall, by: Person): void {
  const { channel } = call;
  if (!notices.tryCount(channel, room.uptime())) return;
  call.wasAnnounced = true;
  const begun = `${by.nick} has begun a call`;
  const page = callPage(room.doors(), channel);
  const link = `${begun}: ${page}`;
  const isShort = fits(link, bytesLeft(`:${room.origin.name} NOTICE ${channel.name} :`));
  tellOthers(channel, room.origin.event("NOTICE", [channel.name, page !== undefined && isShort ? link : begun]));
}

/** The page's address over TLS, at a channel if one is given; undefined where the room has no such page. */
export function callPage(doors: Doors | undefined, channel?: Channel): string | undefined {
  const page = securePageToSay(doors);
  // The page has what stands behind `#` for the channel's name without its own.
  const at = channel === undefined ? "" : `#${encodeURIComponent(channel.name.slice(1))}`;
  return page === undefined ? undefined : `${page}${at}`;
}

/** Tells that it has ended, if it was told that it had begun. */
export function announceEnd({ origin }: Room, { channel, wasAnnounced }: ChannelCall): void {
  if (wasAnnounced) tellOthers(channel, origin.event("NOTICE", [channel.name, "The call has ended"]));
}

function tellOthers(channel: Channel, event: Event): void {
  deliverToAll(channel.followers().filter((one) => !one.has(CALL_CAPABILITY)), event);
}
