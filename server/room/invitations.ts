/**
 * The invitations of a channel: who was invited and has not joined since. An operator's invitation opens modes `i` and `l`,
 * and ends when the operator is one no longer, or is thrown out.
 *
 * @module
 */

import type { Person, Term } from "./person.ts";

/** How many may be invited at a time. The oldest invitation gives way. */
const MOST = 500;

/** The invitations of one channel. */
export class Invitations {
  /** The term by which each was invited; undefined if no operator invited them. */
  readonly #invited = new Map<Person, Term | undefined>();
  /**
   * The terms of operators who invited somebody; and by identity those of operators who are it again when they return: these
   * go on while the operator is away.
   */
  readonly #terms = new WeakMap<Person, { isOver: boolean }>();
  readonly #keptTerms = new Map<string, { isOver: boolean }>();
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
   * @param isKept Whether they are operator of the channel when they return, too.
   */
  termOf(operator: Person, isKept: boolean): Term {
    const kept = isKept ? operator.identity : undefined;
    const term = this.#terms.get(operator) ?? (kept === undefined ? undefined : this.#keptTerms.get(kept)) ??
      { isOver: false };
    this.#terms.set(operator, term);
    if (kept !== undefined) this.#keptTerms.set(kept, term);
    return term;
  }

  /** Ends that time: an operator is one no longer. */
  endTerm(operator: Person): void {
    const term = this.#terms.get(operator);
    if (term !== undefined) term.isOver = true;
    this.#terms.delete(operator);
    this.endKeptTerm(operator.identity);
  }

  /** Ends the time of somebody who would have been operator on their return. @param identity Theirs. */
  endKeptTerm(identity: string): void {
    const term = this.#keptTerms.get(identity);
    if (term !== undefined) term.isOver = true;
    this.#keptTerms.delete(identity);
  }

  /** An operator left the channel. The time goes on only for those who keep the rank. */
  leave(operator: Person): void {
    const term = this.#terms.get(operator);
    const isKept = this.#keptTerms.get(operator.identity) === term;
    if (term !== undefined && !isKept) term.isOver = true;
  }
}
