/**
 * The emoji by which people in a call react: each floats over its person for some seconds, and is gone.
 *
 * @module
 */

import { type Clock, systemClock } from "../../client/clock.ts";
import { foldName } from "../../client/names.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";

/** Those that can be chosen. */
export const REACTIONS = ["👍", "👏", "❤️", "😂", "🎉", "😮"] as const;

/** For how long one is shown, in milliseconds. */
export const SHOWN = 4_000;

/** How many of one person are shown at once; and how often this person's are sent. */
const MOST = 3, RATE = { burst: 5, perSecond: 1 };

/** A reaction that is shown. */
export interface Reaction {
  readonly id: number;
  readonly emoji: string;
}

/** The reactions of one call. */
export class Reactions {
  readonly #shown = new Map<string, readonly Reaction[]>();
  readonly #cancels = new Set<() => void>();
  readonly #clock: Clock;
  readonly #own: TokenBucket;
  readonly #changed: () => void;
  #last = 0;

  /** @param changed Called when others are shown. */
  constructor(changed: () => void, clock: Clock = systemClock) {
    this.#changed = changed;
    this.#clock = clock;
    this.#own = new TokenBucket(RATE, clock.now());
  }

  /** What is shown of somebody, the oldest first. */
  of(nick: string): readonly Reaction[] {
    return this.#shown.get(foldName(nick)) ?? [];
  }

  /** Whether this person may react now; it is counted. */
  tryOwn(): boolean {
    return this.#own.tryTake(1, this.#clock.now());
  }

  /** Shows a reaction. Of somebody who sends many the oldest go. */
  put(nick: string, emoji: string): void {
    const folded = foldName(nick);
    const reaction: Reaction = { id: ++this.#last, emoji };
    this.#shown.set(folded, [...this.of(nick), reaction].slice(-MOST));
    const cancel = this.#clock.after(SHOWN, () => {
      this.#cancels.delete(cancel);
      const left = this.of(nick).filter((one) => one !== reaction);
      if (left.length > 0) this.#shown.set(folded, left);
      else this.#shown.delete(folded);
      this.#changed();
    });
    this.#cancels.add(cancel);
    this.#changed();
  }

  end(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#shown.clear();
  }
}
