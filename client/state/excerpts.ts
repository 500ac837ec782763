/**
 * Places in the past of a talk, apart from its own lines: where a link or a hit of a search leads. A talk's excerpt is read on
 * until it joins the talk's lines, which then take it in.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { isMsgid } from "../names.ts";
import type { HistoryQuestions } from "./history_questions.ts";
import { isNews, type TalkLine } from "./line.ts";
import { lastPlaced } from "./replay.ts";
import { timeOf } from "./said.ts";
import { anchorAt, type HistoryAnchor, type InsertOptions, Talk } from "./talk.ts";

/** A line by its msgid, or a time in milliseconds since 1970. */
export type Point = { time: number } | { msgid: string };

/** How many times the server is asked for the first line after a time, where other things happened before it. */
const PAGES = 10;

/** The first line after a time that is news to the person. @param time Milliseconds since 1970. */
export function firstAfter({ lines }: Pick<Talk, "lines">, time: number): TalkLine | undefined {
  return lines.find((line) => line.time > time && isNews(line));
}

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
    const { questions, lines } = this.#options;
    const answer = await questions.around(talk.name, point, questions.limit(lines));
    if (answer === undefined || "refused" in answer) return false;
    if (answer.messages.length > 0) this.#show(talk, await this.#place(talk, answer.messages));
    return true;
  }

  /**
   * Loads lines of a talk from the first one on that somebody else said after a time (`firstAfter`), as `around` does. To ask for
   * what is around that time is not enough: as many lines as one asks for may have been said in the same millisecond.
   *
   * @param time Milliseconds since 1970.
   * @returns Whether the server has answered.
   */
  async since(talk: Talk, time: number): Promise<boolean> {
    const { questions, lines } = this.#options;
    const limit = questions.limit(lines);
    // The question is for the moment before, for the sake of lines of the same millisecond; all of these were read.
    let from: HistoryAnchor = { time: time + 1 };
    for (let page = 0; page < PAGES; page++) {
      const answer = await questions.after(talk.name, from, limit);
      if (answer === undefined || "refused" in answer) return false;
      const { messages } = answer;
      const last = lastPlaced(messages);
      if (last === undefined) return true;
      const place = await this.#place(talk, messages);
      // Else there are pages of what happened, or of what this person said elsewhere.
      const isFound = firstAfter(place, time) !== undefined;
      if (isFound) this.#show(talk, place);
      if (isFound || messages.length < limit) return true;
      from = { time: timeOf(last, from.time), ...(isMsgid(last.tags.msgid) ? { msgid: last.tags.msgid } : {}) };
    }
    return true;
  }

  /** Brings messages to where they belong: into their talk, if they join its lines, or into one apart from it. */
  async #place(talk: Talk, messages: Message[]): Promise<Talk> {
    const place = joins(talk, messages) ? talk : new Talk(talk.name, talk.kind);
    await this.#options.bring(place, messages);
    return place;
  }

  #show(talk: Talk, place: Talk): void {
    talk.excerpt = place === talk ? undefined : place;
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
