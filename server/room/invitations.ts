/**
 * The invitations of a channel: who was invited and has not joined since. An operator's invitation opens modes `i` and `l`,
 * and ends when the operator is one no longer, or is thrown out.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Person, Term } from "./person.ts";

/** How many may be invited at a time. The oldest invitation gives way. */
const MOST = 500;

/** The invitations of one channel. */
export class Invitations {
  /** The term by which each was invited; undefined if no operator invited them. */
  readonly #invited = new Map<Person, Term | undefined>();
  /** The terms of operators who invited somebody. The term of an account that stays operator goes on while the account is away. */
  readonly #terms = new WeakMap<Person, { isOver: boolean }>();
  readonly #accountTerms = new Map<string, { isOver: boolean }>();
  readonly #onChange: (guest: Person, isInvited: boolean) => void;

  /** @param onChange Told when somebody is invited, and when that ends. */
  constructor(onChange: (guest: Person, isInvited: boolean) => void) {
    this.#onChange = onChange;
  }

  /** Whether anybody has invited this person. */
  has(person: Person): boolean {
    return this.#invited.has(person);
  }

  /** Whether an operator invited this person who still is one. */
  admits(person: Person): boolean {
    return this.#invited.get(person)?.isOver === false;
  }

  get persons(): Person[] {
    return [...this.#invited.keys()];
  }

  /** Invites somebody. @param term The time for which the inviter is an operator, if they are one. */
  add(guest: Person, term: Term | undefined): void {
    this.#invited.set(guest, term ?? (this.admits(guest) ? this.#invited.get(guest) : undefined));
    this.#onChange(guest, true);
    if (this.#invited.size > MOST) this.remove(this.#invited.keys().next().value!);
  }

  /** Ends the invitation of somebody who came in, was thrown out or banned, or is gone. */
  remove(person: Person): void {
    this.#invited.delete(person);
    this.#onChange(person, false);
  }

  removeAll(): void {
    for (const person of this.persons) this.remove(person);
  }

  /**
   * The time for which somebody is an operator of the channel.
   *
   * @param isKept Whether their account is operator of the channel while it is away, too.
   */
  termOf(operator: Person, isKept: boolean): Term {
    const kept = operator.account !== undefined && isKept ? casefold(operator.account) : undefined;
    const term = this.#terms.get(operator) ?? (kept === undefined ? undefined : this.#accountTerms.get(kept)) ??
      { isOver: false };
    this.#terms.set(operator, term);
    if (kept !== undefined) this.#accountTerms.set(kept, term);
    return term;
  }

  /** Ends that time: an operator is one no longer. */
  endTerm(operator: Person): void {
    const term = this.#terms.get(operator);
    if (term !== undefined) term.isOver = true;
    this.#terms.delete(operator);
    if (operator.account !== undefined) this.endAccountTerm(casefold(operator.account));
  }

  /** Ends the time of an account. @param account Folded. */
  endAccountTerm(account: string): void {
    const term = this.#accountTerms.get(account);
    if (term !== undefined) term.isOver = true;
    this.#accountTerms.delete(account);
  }

  /** An operator left the channel. The time goes on only where the account keeps the rank. */
  leave(operator: Person): void {
    const term = this.#terms.get(operator);
    const isKept = operator.account !== undefined && this.#accountTerms.get(casefold(operator.account)) === term;
    if (term !== undefined && !isKept) term.isOver = true;
  }
}
