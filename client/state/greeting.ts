/**
 * What a server says to everybody who connects: notices, and the message of the day. It is not shown again to somebody who
 * connects again and has read it.
 *
 * @module
 */

import { detached, type Message, RPL_MOTD, RPL_WELCOME } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";

/** Messages that end a greeting: the server has begun to answer. */
const ANSWERS = new Set(["JOIN", "PONG"]);

/** The greetings of a server, over as many connections as there are. */
export class Greeting {
  #isOpen = false;
  /** The texts of the last greeting, and those of this one so far. */
  #before = new Set<string>();
  #now = new Set<string>();
  #count = 0;
  readonly #motd: string[] = [];

  /** The message of the day, as the server told it when this person came in first; empty where there is none. */
  get motd(): readonly string[] {
    return this.#motd;
  }

  /** Takes each message of the server. @returns Whether the last greeting said the same. */
  repeats({ tags, source = "", command, params }: Message): boolean {
    if (command === RPL_WELCOME) {
      this.#isOpen = true;
      this.#count++;
      this.#before = this.#now;
      this.#now = new Set();
    } else if (ANSWERS.has(command) || tags.label !== undefined || tags.batch !== undefined) this.#isOpen = false;
    if (!this.#isOpen || source.includes("!") || (command !== RPL_MOTD && command !== "NOTICE")) return false;
    const text = params.at(-1) ?? "";
    if (this.#now.size < BOUNDS.greeting) this.#now.add(detached(text));
    if (this.#isMotd(command) && this.#motd.length < BOUNDS.greeting) {
      this.#motd.push(detached(text.replace(/^- ?/, "")));
    }
    return this.#before.has(text);
  }

  /** Whether a message, which was taken, is a line of `motd`. */
  isMotd({ command }: Message): boolean {
    return this.#isOpen && this.#isMotd(command);
  }

  #isMotd(command: string): boolean {
    return command === RPL_MOTD && this.#count === 1;
  }
}
