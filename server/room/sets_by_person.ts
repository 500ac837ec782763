/**
 * A set for each person, as of the channels in which they are. Nothing is held for whoever is gone.
 *
 * @module
 */

import type { Person } from "./person.ts";

/** The sets. */
export class SetsByPerson<Item> {
  readonly #sets = new WeakMap<Person, Set<Item>>();
  readonly #none: ReadonlySet<Item> = new Set();

  /** A person's set, which changes with `note`. */
  of(person: Person): ReadonlySet<Item> {
    return this.#sets.get(person) ?? this.#none;
  }

  /** Notes whether something is in a person's set. */
  note(person: Person, item: Item, isIn: boolean): void {
    const set = this.#sets.get(person) ?? new Set();
    if (isIn) this.#sets.set(person, set.add(item));
    else if (set.delete(item) && set.size === 0) this.#sets.delete(person);
  }
}
