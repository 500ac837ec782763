/**
 * A channel's other name, under which everything that is kept of it goes on.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";

/**
 * Gives a channel another name. Whom to tell is its caller's business.
 *
 * @returns Whether the name was free: neither a channel's nor one under which another channel's history is kept.
 * @throws {StoreError} If it can't be written.
 */
export function renameChannel({ channels, markers, visits, devices }: Chat, channel: Channel, name: string): boolean {
  const before = casefold(channel.name);
  if (!channels.rename(channel, name)) return false;
  const after = casefold(name);
  markers?.moved(before, after);
  visits?.moved(before, after);
  if (before !== after) devices?.moved(before, after);
  return true;
}
