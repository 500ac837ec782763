/**
 * The questions about what a server remembers, as IRC has them (IRCv3 draft/chathistory, soju.im/search).
 *
 * @module
 */

import { formatTags, type Message } from "../../protocol.ts";
import { type Answer, Questions, type QuestionsOptions } from "../connection/questions.ts";
import type { Isupport } from "./isupport.ts";
import type { HistoryAnchor } from "./talk.ts";

/** What `HistoryQuestions` needs. */
export interface HistoryQuestionsOptions extends QuestionsOptions {
  /** What the server says about itself. */
  isupport: () => Isupport;
}

/** What is searched for: all that is given must hold. Where `after` is given, the first hits are given, else the last ones. */
export interface SearchQuery {
  /** Words that are to be in the text. */
  text?: string | undefined;
  /** The name of a channel or a nick; wherever this person may look where it is left out. */
  talk?: string | undefined;
  /** The nick of who said it. */
  from?: string | undefined;
  /** Milliseconds since 1970, both inclusive. */
  after?: number | undefined;
  before?: number | undefined;
}

/** The questions of one client. */
export class HistoryQuestions {
  readonly #questions: Questions;
  readonly #isupport: () => Isupport;

  constructor(options: HistoryQuestionsOptions) {
    this.#questions = new Questions(options);
    this.#isupport = options.isupport;
  }

  /** Takes a message that is an answer, or a part of one. @returns Whether it was. */
  takes(message: Message): boolean {
    return this.#questions.takes(message);
  }

  /** Forgets what has come of an answer: the connection is lost. */
  clear(): void {
    this.#questions.clear();
  }

  /** How many lines may be asked for at once, given how many are wanted. */
  limit(wanted: number): number {
    const most = Number(this.#isupport().get("CHATHISTORY"));
    return Number.isInteger(most) && most > 0 ? Math.min(most, wanted) : wanted;
  }

  /** The last lines of a talk. */
  latest(talk: string, limit: number): Promise<Answer> {
    return this.#history("LATEST", talk, "*", limit);
  }

  /** The lines of a talk after a point. */
  after(talk: string, anchor: HistoryAnchor, limit: number): Promise<Answer> {
    return this.#history("AFTER", talk, this.#reference(anchor, -1), limit);
  }

  /** The lines of a talk before a point; by its time where the server does not know its msgid any more. */
  async before(talk: string, anchor: HistoryAnchor, limit: number): Promise<Answer> {
    const answer = await this.#history("BEFORE", talk, this.#reference(anchor, 1), limit);
    if (answer === undefined || !("refused" in answer)) return answer;
    return this.#history("BEFORE", talk, this.#reference({ time: anchor.time }, 1), limit);
  }

  /**
   * The names of talks in which something was said.
   *
   * @param since Milliseconds since 1970, as `until`.
   * @returns Undefined where there is no answer, or a refusal.
   */
  async targets(since: number, until: number, limit: number): Promise<string[] | undefined> {
    const answer = await this.#questions.ask({
      command: "CHATHISTORY",
      params: ["TARGETS", `timestamp=${iso(since)}`, `timestamp=${iso(until)}`, String(limit)],
      type: "draft/chathistory-targets",
    });
    if (answer === undefined || "refused" in answer) return undefined;
    const targets = answer.messages.filter(({ command, params }) => command === "CHATHISTORY" && params.length > 1);
    return targets.map(({ params }) => params[1]);
  }

  /** The lines of a talk on both sides of a point, that itself among them. */
  around(talk: string, anchor: { time: number } | { msgid: string }, limit: number): Promise<Answer> {
    const reference = "msgid" in anchor ? `msgid=${anchor.msgid}` : `timestamp=${iso(anchor.time)}`;
    return this.#history("AROUND", talk, reference, limit);
  }

  /** Searches for messages: in one talk, or wherever this person may look. */
  search({ text, talk, from, after, before }: SearchQuery, limit: number): Promise<Answer> {
    const attributes = formatTags({
      ...(talk === undefined ? {} : { in: talk }),
      ...(from === undefined ? {} : { from }),
      ...(after === undefined ? {} : { after: iso(after) }),
      ...(before === undefined ? {} : { before: iso(before) }),
      ...(text === undefined ? {} : { text: text.replaceAll("\0", "") }),
      limit: String(limit),
    });
    return this.#questions.ask({ command: "SEARCH", params: [attributes.slice(1, -1)], type: "soju.im/search" });
  }

  /** What a message said before it was edited, the first text first. */
  earlier(talk: string, msgid: string): Promise<Answer> {
    return this.#questions.ask({
      command: "EDITS",
      params: [talk, msgid],
      type: "teahouse.chat/edits",
      target: talk,
    });
  }

  #history(
    subcommand: "LATEST" | "AFTER" | "BEFORE" | "AROUND",
    target: string,
    reference: string,
    limit: number,
  ): Promise<Answer> {
    const params = [subcommand, target, reference, String(limit)];
    return this.#questions.ask({ command: "CHATHISTORY", params, type: "chathistory", target });
  }

  /** Names a point in a talk. A time is given `offset` milliseconds off, since other lines may share it. */
  #reference({ time, msgid }: HistoryAnchor, offset: number): string {
    const types = this.#isupport().get("MSGREFTYPES")?.split(",");
    if (msgid !== undefined && (types === undefined || types.includes("msgid"))) return `msgid=${msgid}`;
    return `timestamp=${iso(time + offset)}`;
  }
}

/** The last moment that is written with four digits of a year. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function iso(time: number): string {
  return new Date(Math.min(LATEST, Math.max(0, time))).toISOString();
}
