/**
 * What people have who come by devices, kept while they are here: soon after it changes, so that it comes back as well if the
 * server is killed. When they leave, `noteLeft` keeps it at once.
 *
 * @module
 */

import type { Devices } from "../auth/devices.ts";
import { inSlices, type Pace } from "../turns/slices.ts";
import { noteBelongings } from "./devices.ts";
import type { Person } from "./person.ts";

/** How long after the first change what has changed is written, in milliseconds: of all people together, and once of each. */
const DELAY = 500;

/** The room, as far as this needs it; `Chat` is one. */
export interface NotingRoom {
  readonly devices: Devices | undefined;
  readonly pace: Pace;
  isHere(person: Person): boolean;
  readonly origin: { reportFailure(text: string, error: unknown): void };
}

/** The people of a room whose belongings have changed and are not noted. */
export class UnnotedBelongings {
  readonly #room: NotingRoom;
  readonly #persons = new Set<Person>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isNoting = false;

  constructor(room: NotingRoom) {
    this.#room = room;
  }

  /** The channels, the nick, or the away message of a person have changed. Costs next to nothing. */
  changed(person: Person): void {
    if (person.sharedKey === undefined || this.#room.devices === undefined || !this.#room.isHere(person)) return;
    this.#persons.add(person);
    this.#noteLater();
  }

  #noteLater(): void {
    if (this.#isNoting || this.#persons.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#note(), DELAY);
  }

  /** A person has left, and nothing is to be noted any more. */
  left(person: Person): void {
    this.#persons.delete(person);
    if (this.#persons.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Notes what everybody has, in slices, at the room's expense; what it takes is charged to each. */
  async #note(): Promise<void> {
    const { pace, origin } = this.#room;
    this.#timer = undefined;
    this.#isNoting = true;
    await inSlices(pace, this.#steps(), (error) => origin.reportFailure("cannot note what people have", error));
    this.#isNoting = false;
    this.#noteLater();
  }

  *#steps(): Generator<void> {
    // Those who change something meanwhile come the next time.
    for (const person of [...this.#persons]) {
      if (this.#persons.delete(person)) noteBelongings(this.#room.devices, person);
      yield;
    }
  }
}
