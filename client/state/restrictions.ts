/**
 * The bans and mutes that this client has set, by channel and person, so that they can be lifted when the person is gone and
 * nobody knows their address any more.
 *
 * @module
 */

import { foldName } from "../names.ts";

/** People that are remembered, and entries of each; the oldest are forgotten first. */
const MOST = 500;

const keyOf = (channel: string, who: string) => `${foldName(channel)} ${foldName(who)}`;

/** What one client has set. */
export class Restrictions {
  readonly #entries = new Map<string, string[]>();

  /** The entries of a channel's list that were set for somebody. @param who The nick or mask as it was written. */
  of(channel: string, who: string): readonly string[] {
    return this.#entries.get(keyOf(channel, who)) ?? [];
  }

  add(channel: string, who: string, entries: readonly string[]): void {
    const key = keyOf(channel, who);
    const all = [...this.of(channel, who), ...entries].slice(-MOST);
    this.#entries.delete(key);
    this.#entries.set(key, all);
    // A map keeps its order: the first is the oldest.
    if (this.#entries.size > MOST) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(channel: string, who: string): void {
    this.#entries.delete(keyOf(channel, who));
  }
}
