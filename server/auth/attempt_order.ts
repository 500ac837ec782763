/**
 * Which of the attempts that wait at an address or for an account is looked at next.
 *
 * @module
 */

/**
 * How an attempt waits at an address: from where the account is known, as any new one, after a wrong guess of its connection,
 * or from a connection that has come in place of one that closed after a wrong guess or while it waited.
 */
export type AttemptKind = "known" | "new" | "failed" | "replacing";

/** An attempt that waits. */
export interface Attempt {
  /** The address that it comes from, as `addressRange` gives it. */
  readonly range: string;
  readonly kind: AttemptKind;
  /** Since when it waits, in milliseconds. */
  readonly since: number;
}

/**
 * Chooses the next one.
 *
 * @param waiting Those that wait, in the order in which they came; at least one.
 * @param turn The number of the turn, from 0 on.
 * @param now The time, in milliseconds.
 */
export type ChooseNext = <T extends Attempt>(waiting: T[], turn: number, now: number) => T;

/**
 * After this long, in milliseconds, an attempt of a connection that came in place of another counts as new: it may be somebody
 * else's, who came just then. Twice the longest time between two turns of an address.
 */
const PATIENCE = 6_000;

/**
 * Which kind goes first, turn by turn. None is passed over for ever. In the last of these turns the one that has waited
 * longest goes; in the others the one that has come last, since a person who comes while many programs wait for their
 * answers would otherwise stand behind them all.
 */
const TURNS: AttemptKind[][] = [
  ["known", "new", "failed"],
  ["new", "known", "failed"],
  ["known", "new", "failed"],
  ["failed", "new", "known"],
];

/** The order at an address: by kind. */
export const byKind: ChooseNext = (waiting, turn, now) => {
  const kindOf = ({ kind, since }: Attempt) => {
    if (kind !== "replacing") return kind;
    return now - since < PATIENCE ? "failed" : "new";
  };
  const order = TURNS[turn % TURNS.length];
  const sorted = order[0] === "failed" ? waiting : waiting.toReversed();
  const found = order.map((kind) => sorted.find((one) => kindOf(one) === kind));
  return found.find((one) => one !== undefined)!;
};

/** Of how many addresses it is remembered when it was their turn. */
const MOST_SERVED = 256;

/**
 * The order of addresses that wait for one account: each in its turn, one that has had none first. Every second turn is that
 * of the one that has waited longest, or it would wait for ever where new addresses keep coming.
 */
export function fairByRange(): ChooseNext {
  const servedAt = new Map<string, number>();
  let turn = 0;
  return (waiting) => {
    let best = waiting[0];
    const last = ({ range }: Attempt) => servedAt.get(range) ?? 0;
    if (turn % 2 === 0) { for (const one of waiting) if (last(one) <= last(best)) best = one; }
    servedAt.delete(best.range);
    servedAt.set(best.range, ++turn);
    if (servedAt.size > MOST_SERVED) servedAt.delete(servedAt.keys().next().value!);
    return best;
  };
}
