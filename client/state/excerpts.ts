/**
 * Places in the past of a talk, apart from its own lines: where a link or a hit of a search leads. A talk's excerpt is read on
 * until it joins the talk's lines, which then take it in.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { HistoryQuestions } from "./history_questions.ts";
import { anchorAt, type InsertOptions, Talk } from "./talk.ts";

/** A line by its msgid, or a time in milliseconds since 1970. */
export type Point = { time: number } | { msgid: string };

/** What `Excerpts` needs. */
export interface ExcerptsOptions {
  questions: HistoryQuestions;
  /** How many lines to ask for at a time. */
  lines: number;
  /** Brings messages into a talk, or an excerpt of it, and tells of them. */
  bring: (talk: Talk, messages: Message[], options?: InsertOptions) => Promise<void>;
}

/** The excerpts of one client's talks. */
export class Excerpts {
  readonly #options: ExcerptsOptions;

  constructor(options: ExcerptsOptions) {
    this.#options = options;
  }

  /**
   * Loads the lines around a point of a talk. Where they do not join the lines that are there, they become the talk's excerpt.
   *
   * @returns Whether the server has answered, so that what it has of that point is there now.
   */
  async around(talk: Talk, point: Point): Promise<boolean> {
    const { questions, lines, bring } = this.#options;
    const answer = await questions.around(talk.name, point, questions.limit(lines));
    if (answer === undefined || "refused" in answer) return false;
    const { messages } = answer;
    if (messages.length === 0) return true;
    const isJoined = joins(talk, messages);
    const place = isJoined ? talk : new Talk(talk.name, talk.kind);
    await bring(place, messages);
    talk.excerpt = isJoined ? undefined : place;
    return true;
  }

  /** Loads newer lines of a talk's excerpt; once they join the talk's lines, it takes them in. @returns Whether there was an answer. */
  async newer(talk: Talk): Promise<boolean> {
    const { questions, lines, bring } = this.#options;
    const { excerpt } = talk;
    const last = anchorAt(excerpt?.last);
    if (excerpt === undefined || last === undefined) return false;
    const answer = await questions.after(talk.name, last, questions.limit(lines));
    if (answer === undefined || "refused" in answer) return false;
    const { messages } = answer;
    await bring(excerpt, messages, { after: last.msgid, isAsked: false });
    // The view may have dropped it meanwhile.
    if (talk.excerpt !== excerpt || (messages.length > 0 && !joins(talk, messages))) return true;
    talk.insert(excerpt.lines);
    talk.complete = excerpt.complete;
    talk.excerpt = undefined;
    return true;
  }
}

/** Whether messages join the lines of a talk: one of them is there. */
function joins(talk: Talk, messages: readonly Message[]): boolean {
  return messages.some(({ tags }) => talk.find(tags.msgid) !== undefined);
}
