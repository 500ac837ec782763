/**
 * A command that is carried out in steps: when its next step comes, what it waits for, and when it is over.
 *
 * @module
 */

import type { Session } from "../room/session.ts";
import type { Pace } from "../turns/slices.ts";
import { attempt, type Steps } from "./command.ts";

/** A command that is being carried out in steps. */
export class Task {
  readonly #session: Session;
  readonly #steps: Steps;
  /** What it waits for, and why that has failed. */
  #promise: Promise<unknown> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(session: Session, steps: Steps) {
    this.#session = session;
    this.#steps = steps;
  }

  /** Does what can be done now; says whether that was all. */
  run(pace: Pace): boolean {
    const { outbox } = this.#session;
    // Asked after each step, since one may write much; `isCrowded` would look at each channel that the reader is in.
    return pace.slice(
      () => this.#step(),
      () => this.#promise !== undefined || this.#session.closed || outbox.excess > 0,
    );
  }

  #step(): boolean {
    // Nobody reads the answer any more.
    if (this.#session.closed) this.#steps.return();
    const step = attempt(this.#session, () => this.#failure === undefined ? this.#steps.next() : this.#fail());
    if (step?.value instanceof Promise) this.#promise = step.value;
    return step?.done !== false;
  }

  #fail() {
    const { error } = this.#failure!;
    this.#failure = undefined;
    return this.#steps.throw(error);
  }

  async finish(pace: Pace): Promise<void> {
    do {
      await this.#promise?.catch((error) => this.#failure = { error });
      this.#promise = undefined;
      await this.#session.outbox.room();
      const wait = pace.turn();
      if (wait !== undefined) await wait;
    } while (!this.run(pace));
    this.#session.endResponse();
  }
}
