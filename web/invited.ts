/// <reference lib="dom" />
/**
 * The channels to which others invite this person: each invitation is told in passing wherever the person is, counts as unread
 * while they look elsewhere, and can be followed as long as it is of use.
 *
 * @module
 */

import { foldName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import type { ClientEvent } from "../client/state/events.ts";
import type { State } from "../client/state/state.ts";
import type { Notes } from "./notes.ts";
import type { Notifier } from "./notify.ts";
import { settings } from "./settings.ts";
import { toast } from "./toast.ts";

/** The invitations of one stay. */
export class Invitations {
  readonly #notes: Notes;
  readonly #notifier: Notifier;
  readonly #changed: () => void;
  /** The folded names of channels to which this person was invited while they looked elsewhere. */
  readonly #unseen = new Set<string>();
  /** The invitation that is told in passing, if it still is. */
  #passing: { channel: string; remove: () => void } | undefined;
  readonly #ended = new AbortController();

  /** @param changed Called when there are fewer that count as unread. */
  constructor(notes: Notes, notifier: Notifier, changed: () => void) {
    this.#notes = notes;
    this.#notifier = notifier;
    this.#changed = changed;
    addEventListener("focus", this.#seen, { signal: this.#ended.signal });
  }

  /** How many count as unread. */
  get unseen(): number {
    return this.#unseen.size;
  }

  readonly #seen = () => {
    if (this.#unseen.size === 0) return;
    this.#unseen.clear();
    this.#changed();
  };

  /**
   * Takes an event that may be an invitation, or that makes one useless: the person is in the channel, or is banned from it; or the
   * room refuses them, since an invitation has ended with the stay of the one or the other.
   */
  take(event: ClientEvent, state: State): void {
    if (event.type === "invite" && state.isSelf(event.nick)) this.#told(event.by, event.channel);
    else if (event.type === "join" && event.own) this.#settle(event.channel, state);
    else if (event.type === "error" && event.bannedFrom !== undefined) this.#settle(event.bannedFrom, state);
    else if (event.type === "error" && event.uninvitedTo !== undefined) this.#settle(event.uninvitedTo, state, true);
  }

  #told(by: string, channel: string): void {
    const text = settings.words.invited(sanitize(by), sanitize(channel));
    this.#passing = { channel: foldName(channel), remove: toast(text) };
    if (document.hasFocus()) return;
    this.#unseen.add(foldName(channel));
    this.#notifier.invited(text, channel);
  }

  #settle(channel: string, { talks }: State, hasEnded = false): void {
    this.#unseen.delete(foldName(channel));
    if (this.#passing?.channel === foldName(channel)) this.#passing.remove();
    this.#notes.settle(channel, talks.values(), hasEnded);
  }

  /** Ends what it listens to. */
  end(): void {
    this.#ended.abort();
  }
}
