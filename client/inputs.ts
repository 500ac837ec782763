/**
 * What a person writes, handled one line after the other, so that the line after `/to alice` goes to alice, and in the talk
 * in which it was written. It must not know views, nor how a line is sent.
 *
 * @module
 */

import { expand } from "../emoji/mod.ts";
import type { Client } from "./client.ts";
import { askSecrets, COMMANDS, readCommand, runCommand } from "./commands.ts";
import type { Line, Talk } from "./talk.ts";

/**
 * How a line is read. `typed`: `/name` is a command, known or not. `piped`: a known command is one, all else is text.
 * `text`: never a command, as for a paste.
 */
export type Reading = "typed" | "piped" | "text";

/** Where a line was written: in which talk, and what it answers where it is no command. */
export interface Where {
  talk?: Talk;
  replyTo?: Line;
}

/** The lines that wait for their turn. */
export class Inputs {
  readonly #client: Client;
  #handled: Promise<void> = Promise.resolve();
  #waiting = 0;
  #about: Talk | undefined;
  /** The last change of the target that failed, until one succeeds. What was written in its wake is not said to others. */
  #missed: symbol | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** How many lines wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The talk that what is handled now was written in, where the view has said it. */
  get about(): Talk | undefined {
    return this.#about;
  }

  /** Resolves once all that was written before is handled. */
  get handled(): Promise<void> {
    return this.#handled;
  }

  /** Says that the target could not be changed: what was written before the person could see it is for nobody else. */
  missed(): void {
    this.#missed = Symbol();
  }

  /** Says that the target is what the person wanted. */
  aimed(): void {
    this.#missed = undefined;
  }

  /** Has lines wait for something that goes before them. */
  after(task: Promise<void>): void {
    this.#handled = task;
  }

  /** Takes a line, see `Client.input`. */
  take(line: string, reading: Reading, where: Where): Promise<void> {
    const client = this.#client;
    const command = reading === "text" ? undefined : readCommand(line);
    const isCommand = command !== undefined && (reading === "typed" || COMMANDS.has(command.name));
    // Leaving waits for nobody.
    if (isCommand && command.name === "quit" && reading === "typed") return runCommand(client, "quit", command.rest);
    const text = reading !== "text" && line.startsWith("//") ? line.slice(1) : line;
    if (!isCommand && text.trim() === "") return Promise.resolve();
    // What the writer knew: nobody watches a pipe.
    const missed = reading === "piped" ? undefined : this.#missed;
    this.#waiting++;
    // At once: what is written next is the password, and not to be taken for anything else.
    const secrets = isCommand ? askSecrets(client, command.name, command.rest) : undefined;
    this.#handled = this.#handled.then(async () => {
      this.#waiting--;
      this.#about = where.talk;
      try {
        if (isCommand) await runCommand(client, command.name, command.rest, await secrets);
        else this.#say(text, where, missed);
      } catch (error) {
        // What is wrong with one line keeps none of the next from being said.
        client.refuse(error instanceof Error ? error.message : `${error}`);
      } finally {
        this.#about = undefined;
      }
    });
    return this.#handled;
  }

  #say(text: string, { talk, replyTo }: Where, missed: symbol | undefined): void {
    const client = this.#client;
    const { notSaidElsewhere, notSaidThere } = client.sentences.talking;
    if (talk === undefined && this.#missed !== missed) client.refuse(notSaidElsewhere(text));
    else if (talk !== undefined && client.talk === undefined) client.refuse(notSaidThere(talk.name, text));
    else client.say(expand(text, client.pictures), replyTo);
  }
}
