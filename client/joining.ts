/**
 * Joining a channel, where the server may want a key that the person is asked for.
 *
 * @module
 */

import { ERR_BADCHANNELKEY, type Message } from "../protocol.ts";
import type { ClientOptions } from "./options.ts";
import type { Sentences } from "./sentences.ts";
import type { ChannelKeys } from "./state/channel_keys.ts";

/** What joining needs. */
export interface Joiner {
  readonly keys: ChannelKeys;
  readonly sentences: Sentences;
  request(command: string, ...params: string[]): Promise<Message[]>;
  withoutShowing<T>(numerics: readonly string[], task: () => Promise<T>): Promise<T>;
  refuse(text: string): void;
}

/**
 * Joins a channel. Where it needs a key, the person is asked until they give the right one, or none.
 *
 * @param key The key, where the person has given one already.
 * @param askKey Left out: the server's refusal is shown, and nobody is asked.
 */
export async function joinChannel(
  joiner: Joiner,
  channel: string,
  key?: string,
  askKey?: ClientOptions["askKey"],
): Promise<void> {
  const hidden = askKey === undefined ? [] : [ERR_BADCHANNELKEY];
  for (;;) {
    const params = [channel, ...(key === undefined ? [] : [key])];
    const replies = await joiner.withoutShowing(hidden, () => joiner.request("JOIN", ...params));
    if (key !== undefined) joiner.keys.set(channel, key);
    if (askKey === undefined || !replies.some(({ command }) => command === ERR_BADCHANNELKEY)) return;
    // A parameter that others follow can't be empty, hold a space, or begin with a colon; a key can't either.
    key = (await askKey(channel, key !== undefined))?.replace(/[\s\0]/g, "").replace(/^:+/, "");
    if (!key) return joiner.refuse(joiner.sentences.refusals.needsKey(channel));
  }
}
