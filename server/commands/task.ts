/**
 * A command that is carried out in steps: its next step comes when other connections have had their turn, what the command
 * waits for has come, and the reader of the answer has taken what came before.
 *
 * @module
 */

import type { Reply } from "../room/reply.ts";
import type { Pace } from "../turns/slices.ts";
import { attempt } from "./checks.ts";
import type { Steps } from "./command.ts";

/** A command that is being carried out in steps. */
export class Task {
  readonly #reply: Reply;
  readonly #steps: Steps;
  /** What the next step waits for. */
  #promise: Promise<unknown> | undefined;
  /** Why that has failed, until the steps are told. */
  #failure: { error: unknown } | undefined;

  constructor(reply: Reply, steps: Steps) {
    this.#reply = reply;
    this.#steps = steps;
  }

  /** Does the steps that can be done now. Gives whether those were all. */
  run(pace: Pace): boolean {
    const { session } = this.#reply;
    // The backlog is looked at after each step, because one step may write much.
    return pace.slice(
      () => this.#step(),
      () => this.#promise !== undefined || session.isOver || session.outbox.excess > 0,
    );
  }

  #step(): boolean {
    // Nobody reads the answer any more, so the steps are given up.
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

  /** Does the other steps, each slice in its turn. */
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
