/**
 * What a person writes, handled one line after the other, so that the line after `/to alice` goes to alice, and in the talk
 * in which it was written. It must not know views, nor how a line is sent.
 *
 * @module
 */

import { expand } from "../../emoji/mod.ts";
import { isBlank } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { askSecrets, COMMANDS, runCommand } from "./mod.ts";
import type { TalkLine } from "../state/line.ts";
import type { Talk } from "../state/talk.ts";
import { readCommand, textOf } from "./wide.ts";

/**
 * How a line is read. `typed`: `/name` is a command, known or not. `piped`: a known command is one, all else is text.
 * `text`: never a command, as for a paste.
 */
export type Reading = "typed" | "piped" | "text";

/** Where a line was written: in which talk, and what it answers where it is no command. */
export interface Where {
  talk?: Talk;
  replyTo?: TalkLine;
}

/** How a command begins by which something is said, up to what is said. */
const SAYING = /^\S+\s+/;
const SAYING_TO = /^\S+\s+\S+\s+/;

/** What stands before what a command says, as it was written; nothing where it is no such command. */
function sayingOf(line: string): string | undefined {
  const name = readCommand(line)?.name;
  if (name === "msg" || name === "notice") return SAYING_TO.exec(line)?.[0];
  return name === "me" ? SAYING.exec(line)?.[0] : undefined;
}

/**
 * What is meant by several lines of which the first is a command: to say each of them by it, where that says something;
 * else they are its one line. So nobody else is told what was for one person. Nothing where the first is no command.
 */
function linesOf([first, ...rest]: readonly string[]): string[] | undefined {
  if (readCommand(first) === undefined) return undefined;
  const saying = sayingOf(first + " ");
  if (saying === undefined) return [[first, ...rest].join(" ")];
  const texts = [first.slice(saying.length), ...rest].filter((text) => !isBlank(text));
  return texts.map((text) => saying + text);
}

/**
 * What is done with several lines that are pasted into a prompt.
 *
 * @param before What stands before the cursor.
 * @param lines The lines, the last of which is not complete: "" where it is.
 * @param after What stands behind the cursor.
 * @returns What is said, how that is read, and what stays in the prompt.
 */
export function pasted(before: string, lines: readonly string[], after: string) {
  const whole = [before + lines[0], ...lines.slice(1)];
  const [said, last] = [whole.slice(0, -1), whole.at(-1)!];
  const meant = readCommand(before) === undefined ? undefined : linesOf(whole);
  if (meant === undefined) return { said, reading: "text", left: last + after } as const;
  const saying = sayingOf(whole[0] + " ");
  if (saying === undefined) return { said: [], reading: "typed", left: meant[0].trimEnd() + after } as const;
  const isComplete = last === "";
  const left = isComplete ? (after === "" ? "" : saying + after) : meant.pop()! + after;
  return { said: meant, reading: "typed", left } as const;
}

/**
 * What a line means that came together with the one before it, as from a terminal that says of nothing that it was pasted: text
 * behind what was said to somebody by a command is for the same.
 */
export function goingOn(before: string, line: string): string {
  const name = readCommand(before)?.name;
  const isOn = (name === "msg" || name === "notice") && readCommand(line) === undefined && !isBlank(line);
  return isOn ? (sayingOf(before + " ") ?? "") + line : line;
}

/** A line as it was written, and the talk in which it was, where the view has said it. */
export interface Written {
  text: string;
  talk?: Talk;
}

/** The lines that wait for their turn. */
export class Inputs {
  readonly #client: Client;
  #handled: Promise<void> = Promise.resolve();
  readonly #waiting: Written[] = [];
  #about: Talk | undefined;
  #written: Written | undefined;
  /** The last change of the target that failed, until one succeeds. What was written in its wake is not said to others. */
  #missed: symbol | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The lines that wait. */
  get waiting(): readonly Written[] {
    return this.#waiting;
  }

  /** The talk that what is handled now was written in, where the view has said it. */
  get about(): Talk | undefined {
    return this.#about;
  }

  /** What is handled now, as it was written; undefined where nobody waits for its fate. */
  get written(): Written | undefined {
    return this.#written;
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

  /** Takes lines that were written in one act, see `Client.inputAll`. */
  takeAll(lines: readonly string[], reading: Reading, { talk, replyTo }: Where): void {
    const meant = reading === "typed" ? linesOf(lines) : undefined;
    (meant ?? lines).forEach((line, i) => {
      const where = { ...(talk && { talk }), ...(replyTo && i === 0 && { replyTo }) };
      void this.take(line, meant !== undefined || i === 0 ? reading : "text", where);
    });
  }

  /** Takes a line, see `Client.input`. */
  take(line: string, reading: Reading, where: Where): Promise<void> {
    const client = this.#client;
    const command = reading === "text" ? undefined : readCommand(line);
    const isCommand = command !== undefined && (reading === "typed" || COMMANDS.has(command.name));
    // Leaving waits for nobody.
    if (isCommand && command.name === "quit" && reading === "typed") return runCommand(client, "quit", command.rest);
    const text = reading === "text" ? line : textOf(line);
    if (!isCommand && isBlank(text)) return Promise.resolve();
    // What the writer knew: nobody watches a pipe.
    const missed = reading === "piped" ? undefined : this.#missed;
    const written: Written = { text: line, ...(where.talk && { talk: where.talk }) };
    this.#waiting.push(written);
    // At once: what is written next is the password, and not to be taken for anything else.
    const secrets = isCommand ? askSecrets(client, command.name, command.rest) : undefined;
    this.#handled = this.#handled.then(async () => {
      this.#waiting.shift();
      this.#about = where.talk;
      this.#written = written;
      try {
        if (isCommand) await runCommand(client, command.name, command.rest, await secrets);
        else this.#say(text, where, missed);
      } catch (error) {
        // What is wrong with one line keeps none of the next from being said.
        client.refuse(error instanceof Error ? error.message : `${error}`);
      } finally {
        this.#about = this.#written = undefined;
      }
    });
    return this.#handled;
  }

  #say(text: string, { talk, replyTo }: Where, missed: symbol | undefined): void {
    const client = this.#client;
    const { noChannel, notSaidElsewhere, notSaidThere } = client.sentences.talking;
    const why = talk === undefined && this.#missed !== missed
      ? notSaidElsewhere(text)
      : talk !== undefined && client.talk === undefined
      ? notSaidThere(talk.name, text)
      : client.talk === undefined
      ? noChannel
      : undefined;
    if (why === undefined) return client.say(expand(text, client.pictures), replyTo);
    client.refuse(why);
    client.tell({ type: "unsaid", ...this.#written! });
  }
}
