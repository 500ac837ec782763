/**
 * Who watches whom (IRCv3 monitor). Watchers are told when a nick comes online or goes, and with extended-monitor also what
 * persons do who share no channel with them.
 *
 * @module
 */

import { casefold, detached, RPL_MONOFFLINE, RPL_MONONLINE } from "../../protocol.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";
import type { Event } from "./event.ts";
import { BOUNDS } from "./isupport.ts";
import { inSlices, type Pace } from "../turns/slices.ts";
import { shareChannel } from "./channel.ts";
import type { Person } from "./person.ts";
import { deliverToAll } from "./recipient.ts";
import { Reply } from "./reply.ts";
import type { Session } from "./session.ts";
import { askLater, isAware, type MetadataRoom, sync } from "./metadata.ts";

/** Of how many who come a watcher is told at once what it has subscribed to, and of how many more a second. */
const SYNCS = { burst: 20, perSecond: 1 } as const;

/** The room, as far as watching needs it; `Chat` is one. */
export interface MonitorRoom extends MetadataRoom {
  /** At whose expense the room's own work is done. */
  readonly pace: Pace;
  readonly origin: { reportFailure(what: string, error: unknown): void };
}

/** The watchers of each nick. */
export class Monitor {
  readonly #chat: MonitorRoom;
  readonly #watchers = new Map<string, Set<Session>>();
  /** The persons of whom each watcher is still to be told what it has subscribed to. */
  readonly #due = new Map<Session, Set<Person>>();
  /** Of how many more persons each watcher is told unasked. */
  readonly #syncs = new WeakMap<Session, TokenBucket>();

  constructor(chat: MonitorRoom) {
    this.#chat = chat;
  }

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
  online(person: Person): void {
    const chat = this.#chat;
    const { nick, source } = person;
    // One text for all of them, in which `*` may stand in place of their nicks ("730 - RPL_MONONLINE").
    deliverToAll(this.watchers(nick), chat.serverEvent(RPL_MONONLINE, ["*", source]));
    for (const watcher of this.watchers(nick)) {
      if (!isAware(watcher)) continue;
      const due = this.#due.get(watcher);
      due?.add(person);
      if (due !== undefined) continue;
      this.#due.set(watcher, new Set([person]));
      // At nobody's expense: the person who comes has not asked for it, and the watcher has not made them come.
      inSlices(chat.pace, this.#syncAll(watcher), (error) => {
        chat.origin.reportFailure("cannot tell a watcher of metadata", error);
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
        const isWatched = !person.hasLeft && watcher.monitored.has(casefold(person.nick));
        if (isWatched && !watcher.isOver) this.#sync(watcher, person);
        yield;
      }
    } finally {
      this.#due.delete(watcher);
    }
  }

  /** Tells a watcher of one who has come, or to ask for that where many come and go. */
  #sync(watcher: Session, person: Person): void {
    const now = this.#chat.now();
    const news = new Reply(watcher);
    const syncs = this.#syncs.get(watcher) ?? new TokenBucket(SYNCS, now);
    this.#syncs.set(watcher, syncs);
    if (syncs.tryTake(1, now)) { for (const _ of sync(this.#chat, news, person)); }
    else askLater(news, person.nick, Math.ceil(syncs.wait(1, now) / 1000));
  }

  /** Tells the watchers of a nick that nobody has it any more. */
  offline(nick: string): void {
    deliverToAll(this.watchers(nick), this.#chat.serverEvent(RPL_MONOFFLINE, ["*", nick]));
  }

  /** Tells watchers with extended-monitor what a person does, unless they share a channel, in which they are told it anyway. */
  tell(person: Person, event: Event): void {
    const others = [...this.watchers(person.nick)].filter((watcher) =>
      watcher.person !== person && watcher.has("extended-monitor") && !shareChannel(watcher.person, person)
    );
    deliverToAll(others, event);
  }

  /** Who watches a nick. */
  watchers(nick: string): Iterable<Session> {
    return this.#watchers.get(casefold(nick)) ?? [];
  }
}
