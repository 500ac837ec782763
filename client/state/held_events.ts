/**
 * Events that are not told yet, since the history of their talk is on its way and comes before them. The state has taken them
 * already.
 *
 * @module
 */

import { BOUNDS } from "../bounds.ts";
import { detachedTexts, OVERHEAD } from "../sizes.ts";
import type { ClientEvent, Happening } from "./events.ts";
import type { Talk } from "./talk.ts";

/** The events that wait for the history of their talk. */
const WAITING: ReadonlySet<Happening["type"]> = new Set(
  ["message", "action", "notice", "reaction", "redaction", "edit", "topic", "mode", "join", "part", "kick"] as const,
);

/** The size of an event without the lines that belong to its talk. */
export function eventSize(event: ClientEvent): number {
  let size = OVERHEAD;
  for (const part of Object.values(event)) if (typeof part === "string") size += part.length;
  return size;
}

/** The events that one client holds back. */
export class HeldEvents {
  readonly #held = new Map<Talk, ClientEvent[]>();
  /** How many, in all talks, and their size. */
  #count = 0;
  #size = 0;
  readonly #tell: (event: ClientEvent) => void;

  /** @param tell Tells the view what has waited. */
  constructor(tell: (event: ClientEvent) => void) {
    this.#tell = tell;
  }

  /** For how many talks a history is on its way. */
  get talkCount(): number {
    return this.#held.size;
  }

  /** Whether the history of a talk is on its way. */
  has(talk: Talk): boolean {
    return this.#held.has(talk);
  }

  /** Begins to hold back what happens in a talk. */
  begin(talk: Talk): void {
    this.#held.set(talk, []);
  }

  /** Tells what has happened in a talk, and goes on to hold nothing back. */
  end(talk: Talk): void {
    this.#release(talk);
    this.#held.delete(talk);
  }

  /**
   * Takes an event that has to wait.
   *
   * @param talk The talk in which it happened, if it happened in one.
   * @returns Whether it waits.
   */
  takes(event: ClientEvent, talk: () => Talk | undefined): boolean {
    // A topic without a name is said on joining, and has not just been set.
    const isOld = event.type === "topic" && event.by === "";
    if (this.#held.size === 0 || isOld || !WAITING.has(event.type)) return false;
    const place = talk();
    const held = place === undefined ? undefined : this.#held.get(place);
    if (held === undefined) return false;
    held.push(detachedTexts(event));
    this.#count++;
    this.#size += eventSize(event);
    // A server may keep them waiting without end: then what was said before comes later.
    if (this.#count > BOUNDS.held || this.#size > BOUNDS.heldSize) {
      for (const talk of this.#held.keys()) this.#release(talk);
    }
    return true;
  }

  #release(talk: Talk): void {
    const held = this.#held.get(talk)?.splice(0) ?? [];
    this.#count -= held.length;
    for (const event of held) this.#size -= eventSize(event);
    for (const event of held) this.#tell(event);
  }
}
