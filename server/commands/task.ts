/**
 * A command that is carried out in steps: when its next step comes, what it waits for, and when it is over.
 *
 * @module
 */

import type { Reply } from "../room/reply.ts";
import type { Pace } from "../turns/slices.ts";
import { attempt, type Steps } from "./command.ts";

/** A command that is being carried out in steps. */
export class Task {
  readonly #reply: Reply;
  readonly #steps: Steps;
  /** What it waits for, and why that has failed. */
  #promise: Promise<unknown> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(reply: Reply, steps: Steps) {
    this.#reply = reply;
    this.#steps = steps;
  }

  /** Does what can be done now; says whether that was all. */
  run(pace: Pace): boolean {
    const { session } = this.#reply;
    // Asked after each step, since one may write much; `isCrowded` would look at each channel that the reader is in.
    return pace.slice(
      () => this.#step(),
      () => this.#promise !== undefined || session.isOver || session.outbox.excess > 0,
    );
  }

  #step(): boolean {
    // Nobody reads the answer any more.
    if (this.#reply.session.isOver) this.#steps.return();
    const step = attempt(this.#reply, () => this.#failure === undefined ? this.#steps.next() : this.#fail());
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
      await this.#reply.session.outbox.room();
      const wait = pace.turn();
      if (wait !== undefined) await wait;
    } while (!this.run(pace));
    this.#reply.end();
  }
}
