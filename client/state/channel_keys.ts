/**
 * The keys by which channels are joined again (mode `k`), as the person gave them and as they change.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { foldName } from "../names.ts";
import type { Isupport } from "./isupport.ts";

/** The keys of one client's channels. */
export class ChannelKeys {
  readonly #keys = new Map<string, string>();

  /** The key of a channel; undefined where none is known. */
  get(channel: string): string | undefined {
    return this.#keys.get(foldName(channel));
  }

  /** Notes a key with which a channel was joined. */
  set(channel: string, key: string): void {
    const folded = detached(foldName(channel));
    this.#keys.delete(folded);
    if (key.length > BOUNDS.key) return;
    this.#keys.set(folded, detached(key));
    // A map keeps its order: the first is the oldest.
    if (this.#keys.size > BOUNDS.channels) this.#keys.delete(this.#keys.keys().next().value!);
  }

  /** Notes that a channel has another name. */
  rename(before: string, channel: string): void {
    const key = this.get(before);
    if (key === undefined) return;
    this.#keys.delete(foldName(before));
    this.set(channel, key);
  }

  /** Takes a change of a channel's mode, `+k word`, which may change the key. */
  changed(channel: string, change: string, isupport: Isupport): void {
    const [modes, ...params] = change.split(" ");
    for (const { add, mode, param } of isupport.modeChanges(modes, params)) {
      if (mode !== "k") continue;
      if (add && param !== undefined) this.set(channel, param);
      else this.#keys.delete(foldName(channel));
    }
  }
}
