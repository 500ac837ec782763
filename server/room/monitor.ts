/**
 * Who watches whom (IRCv3 monitor): told when a nick comes online or goes, and, with extended-monitor, of what those do
 * who share no channel with the watcher. It must not know channels or the command's syntax.
 *
 * @module
 */

import { casefold, detached, RPL_MONOFFLINE, RPL_MONONLINE } from "../../protocol.ts";
import { TokenBucket } from "../wire/token_bucket.ts";
import type { Event } from "./capabilities.ts";
import { BOUNDS } from "./isupport.ts";
import { Session } from "./session.ts";
import { inSlices } from "../turns/slices.ts";
import { askLater, isAware, sync } from "./subscribers.ts";

/** Of so many who come a watcher is told at once what it has subscribed to, and of so many more a second. */
const SYNCS = { burst: 20, perSecond: 1 } as const;

/** The watchers of each nick. */
export class Monitor {
  readonly #watchers = new Map<string, Set<Session>>();
  /** Of whom each watcher is still to be told what it has subscribed to. */
  readonly #due = new Map<Session, Set<Session>>();
  /** Of how many more each is told unasked. */
  readonly #syncs = new WeakMap<Session, TokenBucket>();

  /** Begins to watch a nick. False where that is one too many; true, too, where it is watched already. */
  add(session: Session, nick: string): boolean {
    const folded = casefold(nick);
    if (session.monitored.has(folded)) return true;
    if (session.monitored.size >= BOUNDS.monitor) return false;
    // Of each line one nick might be kept.
    const key = detached(folded);
    session.monitored.set(key, key === nick ? key : detached(nick));
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(session));
    return true;
  }

  /** Stops watching a nick. */
  remove(session: Session, nick: string): void {
    const folded = casefold(nick);
    if (!session.monitored.delete(folded)) return;
    const watchers = this.#watchers.get(folded)!;
    watchers.delete(session);
    if (watchers.size === 0) this.#watchers.delete(folded);
  }

  /** Stops watching at all. */
  clear(session: Session): void {
    for (const nick of session.monitored.values()) this.remove(session, nick);
  }

  /** Tells the watchers of a nick that someone has it now. */
  online(person: Session): void {
    const { chat, nick, source } = person;
    // One text for all of them, which may stand in place of their nicks ("730 - RPL_MONONLINE").
    Session.tell(this.watchers(nick), chat.serverEvent(RPL_MONONLINE, ["*", source]));
    for (const watcher of this.watchers(nick)) {
      if (!isAware(watcher)) continue;
      const due = this.#due.get(watcher);
      due?.add(person);
      if (due !== undefined) continue;
      this.#due.set(watcher, new Set([person]));
      // At nobody's expense: who comes has not asked for it, and who watches has not made them come.
      inSlices(chat.pace, this.#syncAll(watcher), (error) => {
        chat.report(`cannot tell a watcher of metadata: ${error instanceof Error ? error.stack : error}`);
      });
    }
  }

  /** Tells a watcher what it has subscribed to of those who have come, as long as it still watches them. */
  *#syncAll(watcher: Session): Generator<void> {
    try {
      // Not in the same step: there may be many watchers.
      yield;
      const due = this.#due.get(watcher)!;
      for (const person of due) {
        due.delete(person);
        const isWatched = !person.closed && watcher.monitored.has(casefold(person.nick));
        if (isWatched && !watcher.closed) watcher.apart(() => this.#sync(watcher, person));
        yield;
      }
    } finally {
      this.#due.delete(watcher);
    }
  }

  /** Tells a watcher of one who has come, or to ask for that where many come and go. */
  #sync(watcher: Session, person: Session): void {
    const now = watcher.chat.now();
    const syncs = this.#syncs.get(watcher) ?? new TokenBucket(SYNCS, now);
    this.#syncs.set(watcher, syncs);
    if (syncs.tryTake(1, now)) { for (const _ of sync(watcher, person)); }
    else askLater(watcher, person.nick, Math.ceil(syncs.wait(1, now) / 1000));
  }

  /** Tells the watchers of a nick that nobody has it any more. */
  offline({ chat }: Session, nick: string): void {
    Session.tell(this.watchers(nick), chat.serverEvent(RPL_MONOFFLINE, ["*", nick]));
  }

  /** Tells what a person does to those watchers with extended-monitor who are not told it in a channel. */
  tell(person: Session, event: Event): void {
    const apart = [...this.watchers(person.nick)].filter((watcher) =>
      watcher !== person && watcher.has("extended-monitor") && !watcher.sharesChannel(person)
    );
    Session.tell(apart, event);
  }

  /** Who watches a nick. */
  watchers(nick: string): Iterable<Session> {
    return this.#watchers.get(casefold(nick)) ?? [];
  }
}
