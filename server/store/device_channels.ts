/**
 * The channels that a device is brought back into, as its row in the database has them.
 *
 * @module
 */

import { damaged, isLineText } from "./errors.ts";

/** How many bytes of channels are kept for a device, as JSON. */
const CHANNELS_BYTES = 4_096;

/**
 * A channel that a device is brought back into, by its name as it was written, and by what names the key that it had then. The
 * key itself is not kept here, where it would outlive its removal from the channel.
 */
export interface ChannelOfDevice {
  name: string;
  keyId?: string | undefined;
}

/** The channels that are kept, as JSON: the first of them where all are too many bytes. */
export function channelsText(channels: ChannelOfDevice[]): string {
  const parts: string[] = [];
  let bytes = 2;
  for (const { name, keyId } of channels) {
    const part = JSON.stringify(keyId === undefined ? [name] : [name, keyId]);
    bytes += new TextEncoder().encode(part).length + 1;
    if (bytes > CHANNELS_BYTES) break;
    parts.push(part);
  }
  return `[${parts.join(",")}]`;
}

/** Reads what `channelsText` has written. Another program may have written anything. */
export function channelsOf(text: unknown): ChannelOfDevice[] | undefined {
  try {
    const list = JSON.parse(text as string) as unknown[];
    const channels = list.map((item) => {
      const [name, keyId, ...more] = item as unknown[];
      const isIntact = isLineText(name) && (keyId === undefined || isLineText(keyId)) && more.length === 0;
      if (!isIntact) throw damaged("channels");
      return { name, keyId };
    });
    return channels;
  } catch {
    return undefined;
  }
}
