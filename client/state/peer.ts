/**
 * The person with whom a private talk is, by the server's name for them (`TalkLine.peer`): a nick may be somebody else's by the time
 * something is said to it.
 *
 * @module
 */

import type { TalkLine } from "./line.ts";

/** The other one in a talk. */
export class Peer {
  /**
   * What is known of whoever has the nick. `here`: the one of the last line has not gone since; `renamed`: they have logged in or
   * out, so the server's name for them will be another one; `another`: the server has refused to bring somebody else what was meant
   * for them.
   */
  known: "here" | "renamed" | "another" | undefined;
  /** For whom the person is writing, by the server's name, where somebody else has the nick since. */
  held: string | undefined;
  readonly #lines: readonly TalkLine[];

  /** @param lines Of the talk, oldest first. */
  constructor(lines: readonly TalkLine[]) {
    this.#lines = lines;
  }

  /** The server's name for the one of the last line, where it has one. */
  get last(): string | undefined {
    return this.#lines.findLast(({ peer }) => peer !== undefined)?.peer;
  }

  /** Whom what is said is meant for, by the server's name for them; undefined: for whoever has the nick. */
  get meant(): string | undefined {
    return this.known === "renamed" || this.known === "another" ? undefined : this.held ?? this.last;
  }

  /**
   * Notes whom something is meant for that is said later.
   *
   * @returns Says whether that would still be for the same person, whatever the server calls them by then.
   */
  note(): () => boolean {
    const { meant } = this;
    if (meant === undefined) return () => true;
    const line = this.#lines.findLast(({ peer }) => peer === meant);
    return () => this.known !== "another" && (this.held ?? this.last) === (line?.peer ?? meant);
  }

  /**
   * Notes who says the next line. Whoever has logged in since the last one is the same person under another name.
   *
   * @returns By how much the lines have grown, in UTF-16 units.
   */
  meet(peer: string): number {
    const before = this.known === "renamed" ? this.last : undefined;
    if (this.known === "another") this.held = undefined;
    this.known = "here";
    if (before === undefined || before === peer) return 0;
    const same = this.#lines.filter((line) => line.peer === before);
    for (const line of same) line.peer = peer;
    return same.length * (peer.length - before.length);
  }
}
