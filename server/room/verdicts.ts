/**
 * What a channel's lists of masks say of persons. Finding that out takes a step for each mask, so verdicts are kept with each
 * member until the lists or the member's names change.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { type MaskEntry, MaskList } from "./masklist.ts";
import type { Person } from "./person.ts";

/** What the lists say of somebody. */
export interface Verdict {
  readonly isBanned: boolean;
  /** Banned or muted. */
  readonly isSilenced: boolean;
  /** The ban or mute that does that. */
  readonly entry?: MaskEntry | undefined;
  /** Whether mode `I` lets them in. */
  readonly isWelcome: boolean;
}

/** The verdict where the lists are empty. */
const UNJUDGED: Verdict = { isBanned: false, isSilenced: false, isWelcome: false };

/** A verdict that is kept, and after how many changes of the lists it was found. */
type KeptVerdict = Verdict & { readonly changes: number };

/** A member is judged as what they are before a login or a logout, and as what they will be: so many verdicts are kept. */
const MOST_KEPT = 2;

/** The verdicts that are kept of a member, by the folded account for which they hold. */
export type Verdicts = Map<string, KeptVerdict>;

/** The key under which the verdict for an account is kept, or for none. */
function keyOf(account: string | undefined): string {
  return account === undefined ? "" : casefold(account);
}

/** The lists of a channel. */
export class ListModes {
  /** Who may not join or talk (mode `b`), except these (`e`), and who may join as if invited (`I`). */
  readonly lists = { b: new MaskList(), e: new MaskList(), I: new MaskList() };
  #changes = 0;

  /** To be called when a list has changed. */
  changed(): void {
    this.#changes++;
  }

  get isEmpty(): boolean {
    const { b, e, I } = this.lists;
    return b.size + e.size + I.size === 0;
  }

  /** What the lists say of these sources. */
  judge(sources: readonly string[]): Verdict {
    const { b, e, I } = this.lists;
    const isExcepted = e.covers(sources, false);
    const ban = isExcepted ? undefined : b.find(sources, false);
    const mayMute = !isExcepted && ban === undefined;
    const mute = mayMute ? b.find(sources, true) : undefined;
    const entry = ban ?? (mute !== undefined && !e.covers(sources, true) ? mute : undefined);
    return {
      isBanned: ban !== undefined,
      isSilenced: entry !== undefined,
      entry,
      isWelcome: I.covers(sources, false),
    };
  }

  /** The ban that covers these sources, if no exception does. */
  banOf(sources: readonly string[]): MaskEntry | undefined {
    const ban = this.lists.b.find(sources, false);
    return ban === undefined || this.lists.e.covers(sources, false) ? undefined : ban;
  }

  /**
   * What the lists say of a member.
   *
   * @param member What is kept of the member: verdicts are kept here.
   * @param account The account as whose owner the member is judged; undefined for none.
   * @param asWeighed Whether the verdict that was found last will do though the lists have changed since: for a step that
   * concerns more members than can be judged in it.
   */
  verdictOf(
    person: Person,
    member: { verdicts?: Verdicts | undefined },
    account: string | undefined,
    asWeighed = false,
  ): Verdict {
    if (this.isEmpty) return UNJUDGED;
    const { b, e, I } = this.lists;
    const key = keyOf(account);
    const known = member.verdicts?.get(key);
    if (known !== undefined && (asWeighed || this.#isCurrent(known))) return known;
    const judgesAccounts = b.hasAccounts || e.hasAccounts || I.hasAccounts;
    const same = judgesAccounts ? undefined : member.verdicts?.values().find((verdict) => this.#isCurrent(verdict));
    const verdict = same ?? { ...this.judge(person.sourcesAs(account)), changes: this.#changes };
    this.#keep(person, member, key, verdict);
    return verdict;
  }

  /** Finds out the verdict of a member, and keeps it though the lists are empty: for `asWeighed` of `verdictOf`. */
  weigh(person: Person, member: { verdicts?: Verdicts | undefined }, account: string | undefined): void {
    if (this.verdictOf(person, member, account) !== UNJUDGED) return;
    this.#keep(person, member, keyOf(account), { ...UNJUDGED, changes: this.#changes });
  }

  #keep(
    person: Person,
    member: { verdicts?: Verdicts | undefined },
    key: string,
    verdict: KeptVerdict,
  ): void {
    const verdicts = member.verdicts ??= new Map();
    if (!verdicts.has(key) && verdicts.size >= MOST_KEPT) {
      const current = keyOf(person.account);
      verdicts.delete(verdicts.keys().find((other) => other !== current)!);
    }
    verdicts.set(key, verdict);
  }

  /** Whether it is known what the lists say of a member as what the member is now. */
  isJudged(person: Person, member: { verdicts?: Verdicts | undefined } | undefined): boolean {
    const verdict = member?.verdicts?.get(keyOf(person.account));
    return this.isEmpty || (verdict !== undefined && this.#isCurrent(verdict));
  }

  #isCurrent({ changes }: KeptVerdict): boolean {
    return changes === this.#changes;
  }
}
