/**
 * The settings of channels, kept in the database, so that a restart or an empty night does not end a room. It must not
 * know sessions.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import type { Channel, ChannelSettings } from "./channel.ts";
import type { Part, Store } from "./store.ts";

/** The kept settings by channel. */
export class Registry implements Part {
  readonly #store: Store;
  readonly #now: () => number;
  /** Channels that have changed since the last transaction. */
  readonly #changed = new Map<string, Channel>();
  readonly #sql;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT settings FROM channels WHERE name = ?"),
      put: db.prepare("INSERT OR REPLACE INTO channels VALUES (?, ?, ?)"),
      drop: db.prepare("DELETE FROM channels WHERE name = ?"),
    };
  }

  /** The settings that a channel of this name had when it was last changed, unless they were the usual ones. */
  find(name: string): ChannelSettings | undefined {
    const folded = casefold(name);
    const changed = this.#changed.get(folded);
    if (changed !== undefined) return changed.settings;
    const settings = this.#sql.find.get(folded)?.settings as string | undefined;
    return settings === undefined ? undefined : JSON.parse(settings) as ChannelSettings;
  }

  /** A channel's settings have changed. */
  changed(channel: Channel): void {
    this.#changed.set(casefold(channel.name), channel);
    this.#store.changed(this);
  }

  save(): void {
    for (const [folded, { settings }] of this.#changed) {
      if (settings === undefined) this.#sql.drop.run(folded);
      else this.#sql.put.run(folded, JSON.stringify(settings), this.#now());
    }
  }

  saved(): void {
    this.#changed.clear();
  }
}
