/**
 * Where a server's own events come from: its name, its clock, its numbers. Sessions and replies know this much of the room.
 *
 * @module
 */

import type { Event } from "./event.ts";
import { faultText } from "../turns/faults.ts";

/** A server as the source of events. */
export class Origin {
  /** The server's name as a source. It holds a dot, which no nick may, so the two can't be confused. */
  readonly name: string;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** Tells whoever runs the server something, in a line. */
  readonly report: (text: string) => void;
  // Ids are unique over restarts, too, since people keep logs that hold them.
  readonly #epoch = `${Date.now().toString(36)}${Math.floor(Math.random() * 46656).toString(36)}`;
  #ids = 0;

  constructor(name: string, now: () => number, report: (text: string) => void) {
    this.name = name;
    this.now = now;
    this.report = report;
  }

  /** A new id for a batch, unique over all runs of the server. */
  nextId(): string {
    return `${this.#epoch}${(++this.#ids).toString(36)}`;
  }

  /** An event that comes from the server itself. */
  event(command: string, params: string[]): Event {
    return { source: this.name, command, params, time: this.now() };
  }

  /** Reports that something failed. @param what As a sentence's beginning: "cannot tell of accounts". */
  reportFailure(what: string, error: unknown): void {
    this.report(`${what}: ${faultText(error)}`);
  }
}
