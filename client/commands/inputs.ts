/**
 * The lines that a person writes, handled one after the other: so the line after `/to alice` goes to alice, and each line goes to
 * the talk in which it was written.
 *
 * @module
 */

import { expand } from "../../emoji/mod.ts";
import { isBlank } from "../../protocol.ts";
import { changeText } from "../blocks.ts";
import { messageOf } from "../errors.ts";
import type { TalkLine } from "../state/line.ts";
import type { Talk } from "../state/talk.ts";
import { readCommand, textOf } from "../written.ts";
import type { Actions } from "./actions.ts";
import { COMMANDS } from "./mod.ts";
import { commandsOf } from "./pasted.ts";
import { askSecrets, runCommand } from "./run.ts";

/**
 * How a line is read. `typed`: `/name` is a command, known or not. `piped`: a known command is one, all else is text.
 * `text`: never a command, as for a paste.
 */
export type Reading = "typed" | "piped" | "text";

/** Where a line was written: in which talk, and which line it answers if it is text. */
export interface Where {
  talk?: Talk;
  replyTo?: TalkLine;
}

/** A line as it was written, and the talk in which it was, where the view says so. */
export interface Written {
  text: string;
  talk?: Talk;
}

/** The lines that wait for their turn. */
export class Inputs {
  readonly #client: Actions;
  #handled: Promise<void> = Promise.resolve();
  readonly #waiting: Written[] = [];
  #about: Talk | undefined;
  #written: Written | undefined;
  /** The last change of the target, where it failed. What was written before the person could see that is not said to others. */
  #failure: symbol | undefined;

  constructor(client: Actions) {
    this.#client = client;
  }

  /** The lines that wait. */
  get waiting(): readonly Written[] {
    return this.#waiting;
  }

  /** The talk in which the line was written that is handled now, where the view says so. */
  get about(): Talk | undefined {
    return this.#about;
  }

  /** The line that is handled now. */
  get written(): Written | undefined {
    return this.#written;
  }

  /** Resolves once all that was written before is handled. */
  get handled(): Promise<void> {
    return this.#handled;
  }

  /** Notes that the target could not be changed. */
  targetFailed(): void {
    this.#failure = Symbol();
  }

  /** Notes that the target is the one that the person wants. */
  targetSet(): void {
    this.#failure = undefined;
  }

  /** Has all lines wait for a task. */
  waitFor(task: Promise<void>): void {
    this.#handled = task;
  }

  /** Takes lines that were written in one act, see `Client.inputAll`. */
  takeAll(lines: readonly string[], reading: Reading, { talk, replyTo }: Where): void {
    const commands = reading === "typed" ? commandsOf(lines) : undefined;
    (commands ?? [lines.join("\n")]).forEach((line, i) => {
      void this.take(line, reading, { ...(talk && { talk }), ...(replyTo && i === 0 && { replyTo }) });
    });
  }

  /** Takes a line, see `Client.input`. */
  take(line: string, reading: Reading, where: Where): Promise<void> {
    const client = this.#client;
    const command = reading === "text" ? undefined : readCommand(line);
    const isCommand = command !== undefined && (reading === "typed" || COMMANDS.has(command.name));
    // Leaving does not wait for the lines before it.
    if (isCommand && command.name === "quit" && reading === "typed") return runCommand(client, "quit", command.rest);
    const text = reading === "text" ? line : textOf(line);
    if (!isCommand && isBlank(text)) return Promise.resolve();
    // The failure that the writer knew of: a program that writes to a pipe knows none.
    const knownFailure = reading === "piped" ? undefined : this.#failure;
    const written: Written = { text: line, ...(where.talk && { talk: where.talk }) };
    this.#waiting.push(written);
    // The person is asked at once: what they type next is the password, and must not be taken for anything else.
    const secrets = isCommand ? askSecrets(client, command.name, command.rest) : undefined;
    this.#handled = this.#handled.then(async () => {
      this.#waiting.shift();
      this.#about = where.talk;
      this.#written = written;
      try {
        if (isCommand) await runCommand(client, command.name, command.rest, await secrets);
        else this.#say(text, where, knownFailure);
      } catch (error) {
        // A line that cannot be handled does not keep the next ones from being said.
        client.refuse(messageOf(error));
      } finally {
        this.#about = this.#written = undefined;
      }
    });
    return this.#handled;
  }

  #say(text: string, { talk, replyTo }: Where, knownFailure: symbol | undefined): void {
    const client = this.#client;
    const { notSaidElsewhere, notSaidThere } = client.sentences.talking;
    const why = talk === undefined && this.#failure !== knownFailure
      ? notSaidElsewhere(text)
      : talk !== undefined && client.talk === undefined
      ? notSaidThere(talk.name, text)
      : client.talk === undefined
      ? client.state.noTalk
      : undefined;
    if (why === undefined) return client.say(changeText(text, (part) => expand(part, client.pictures)), replyTo);
    client.refuse(why);
    client.tell({ type: "unsaid", ...this.#written! });
  }
}
