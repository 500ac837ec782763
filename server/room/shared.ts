/**
 * The persons in the room whom further sessions may join, by the key that such a session must have proved. A person and a
 * stranger never share a key, since the server sets it: see `Person.sharedKey`.
 *
 * @module
 */

import type { Person } from "./person.ts";

/** The persons in the room by their keys. */
export class SharedPersons {
  /** Where several persons have one key, the first one holds it. */
  readonly #byKey = new Map<string, Set<Person>>();

  /** The person who holds a key. */
  get(key: string): Person | undefined {
    return this.#byKey.get(key)?.values().next().value;
  }

  /** A person has come into the room. Their key may change as long as they are in it. */
  enter(person: Person): void {
    this.#add(person);
    person.onSharedKey = (before) => {
      this.#delete(person, before);
      this.#add(person);
    };
  }

  /** A person has left the room. The next one who has the same key holds it now. */
  leave(person: Person): void {
    person.onSharedKey = undefined;
    this.#delete(person, person.sharedKey);
  }

  #add(person: Person): void {
    const { sharedKey } = person;
    if (sharedKey === undefined) return;
    this.#byKey.set(sharedKey, (this.#byKey.get(sharedKey) ?? new Set()).add(person));
  }

  #delete(person: Person, key: string | undefined): void {
    const holders = key === undefined ? undefined : this.#byKey.get(key);
    if (holders?.delete(person) && holders.size === 0) this.#byKey.delete(key!);
  }
}
