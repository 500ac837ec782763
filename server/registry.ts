/**
 * The settings of channels, kept in the database, so that a restart or an empty night does not end a room. It must not
 * know sessions.
 *
 * @module
 */

import { casefold } from "../protocol.ts";
import type { Channel, ChannelSettings } from "./channel.ts";
import { isOfAccount, type Setting } from "./masklist.ts";
import { isMetadata } from "./metadata.ts";
import type { Part, Store } from "./store.ts";

function isSetting(value: unknown): value is Setting {
  const { text, by, at } = (value ?? {}) as Partial<Setting>;
  return typeof text === "string" && typeof by === "string" && typeof at === "number";
}

/** Reads settings. Throws where they are not such as `Channel.settings` gives for a channel of that folded name. */
function readSettings(text: string, folded: string): ChannelSettings {
  const kept = JSON.parse(text, (_, value) => {
    // Nothing that was ever said holds these, and no line can.
    if (typeof value === "string" && /[\0\r\n]/.test(value)) {
      throw new TypeError(`what is kept of ${folded} is damaged`);
    }
    return value;
  }) as Partial<ChannelSettings> | null;
  const { name, created, topic, flags, key, limit, operators, seats } = kept ?? {};
  const lists = [kept?.bans, kept?.exceptions ?? [], kept?.inviteExceptions ?? []];
  const isIntact = typeof name === "string" && casefold(name) === folded && typeof created === "number" &&
    (topic === undefined || isSetting(topic)) && typeof flags === "string" &&
    (key === undefined || typeof key === "string") && (limit === undefined || typeof limit === "number") &&
    isMetadata(kept?.metadata ?? []) && lists.every((list) => Array.isArray(list) && list.every(isSetting)) &&
    [operators, seats].every((list) => Array.isArray(list) && list.every((item) => typeof item === "string"));
  if (!isIntact) throw new TypeError(`what is kept of ${folded} is damaged`);
  return kept as ChannelSettings;
}

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
      ofAccounts: db.prepare(`SELECT name, settings FROM channels
        WHERE instr(settings, '~a:') > 0 OR instr(settings, ?) > 0`),
      put: db.prepare("INSERT OR REPLACE INTO channels VALUES (?, ?, ?)"),
      drop: db.prepare("DELETE FROM channels WHERE name = ?"),
      isTaken: db.prepare(`SELECT EXISTS (SELECT 1 FROM channels WHERE name = :name) OR EXISTS (
        SELECT 1 FROM conversations c JOIN messages m ON m.conversation = c.id WHERE c.key = :name) AS isTaken`),
      dropTalk: db.prepare("DELETE FROM conversations WHERE key = ?"),
      moveTalk: db.prepare("UPDATE conversations SET key = ? WHERE key = ?"),
      moveMarkers: db.prepare("UPDATE OR REPLACE markers SET target = ? WHERE target = ?"),
    };
  }

  /**
   * The settings that a channel of this name had when it was last changed, unless they were the usual ones. What is
   * damaged is reported and counts as nothing: the channel begins anew.
   */
  find(name: string): ChannelSettings | undefined {
    const folded = casefold(name);
    const changed = this.#changed.get(folded);
    if (changed !== undefined) return changed.settings;
    return this.#store.attempt("read the settings of a channel", () => {
      const text = this.#sql.find.get(folded)?.settings as string | undefined;
      return text === undefined ? undefined : readSettings(text, folded);
    });
  }

  /** A channel's settings have changed. */
  changed(channel: Channel): void {
    this.#changed.set(casefold(channel.name), channel);
    this.#store.changed(this);
  }

  /**
   * Moves all that is kept of a channel to another name: settings, what was said, and up to when it was read.
   *
   * @returns False where something is kept under that name already: it was another channel's.
   * @throws {StoreError} Where it can't be written.
   */
  rename({ name, settings }: Channel, wish: string): boolean {
    const [before, after] = [casefold(name), casefold(wish)];
    let isFree = true;
    this.#store.transact(() => {
      isFree = before === after || this.#sql.isTaken.get({ name: after })!.isTaken === 0;
      if (!isFree) return;
      this.#sql.drop.run(before);
      if (settings !== undefined) this.#sql.put.run(after, JSON.stringify({ ...settings, name: wish }), this.#now());
      if (before === after) return;
      // One of which no message is left.
      this.#sql.dropTalk.run(after);
      this.#sql.moveTalk.run(after, before);
      this.#sql.moveMarkers.run(after, before);
    });
    return isFree;
  }

  /**
   * Removes an account from what is kept of all channels: as their operator, and from their lists of masks. To be called
   * within a transaction.
   *
   * @param account Folded.
   */
  forgetAccount(account: string): void {
    const rows = this.#sql.ofAccounts.all(JSON.stringify(account)) as { name: string; settings: string }[];
    for (const { name, settings } of rows) {
      const kept = this.#store.attempt("read the settings of a channel", () => readSettings(settings, name));
      if (kept === undefined) continue;
      const isOthers = ({ text }: Setting) => !isOfAccount(text, account);
      const changed = {
        ...kept,
        operators: kept.operators.filter((operator) => operator !== account),
        bans: kept.bans.filter(isOthers),
        exceptions: (kept.exceptions ?? []).filter(isOthers),
        inviteExceptions: (kept.inviteExceptions ?? []).filter(isOthers),
      };
      this.#sql.put.run(name, JSON.stringify(changed), this.#now());
    }
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
