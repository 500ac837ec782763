/**
 * Questions that a server answers with a batch, asked one at a time: so the answer to each is known on servers without
 * `labeled-response` as well.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";
import { isSameName } from "../names.ts";
import { type Batch, Batches } from "./batch.ts";

/** Milliseconds for which an answer is waited for. */
export const PATIENCE = 10_000;

/** What came back: a batch, the code of a refusal (IRCv3 standard-replies), or nothing. */
export type Answer = Batch | { refused: string } | undefined;

/** A question: the message, and what the answer looks like. */
export interface Question {
  command: string;
  params: string[];
  /** The type of the batch that answers it. */
  type: string;
  /** What the batch is about, where that stands in it: another batch of the type is the late answer to another question. */
  target?: string;
}

/** What `Questions` needs. */
export interface QuestionsOptions {
  clock: Clock;
  /** Asks the server; resolves to undefined if the connection is lost first. */
  ask: (message: MessageInit) => Promise<Message[] | undefined>;
  /** Told of each batch that answers no question. */
  onUnasked: (batch: Batch) => void;
}

/** The questions of one client. */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #batches = new Batches();
  /** The question that is asked at the moment, and its answer as far as it has come. */
  #asked: Question & { answer: Answer } | undefined;
  /** How many questions had no answer in time. */
  #givenUp = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Asks a question after the ones before it. One that waits behind a question without an answer is given up with it. */
  ask(question: Question): Promise<Answer> {
    const givenUp = this.#givenUp;
    const answer = this.#last.then(async () => {
      if (this.#givenUp > givenUp) return undefined;
      const { ask, clock } = this.#options;
      const asked = this.#asked = { ...question, answer: undefined as Answer };
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(PATIENCE, () => {
        this.#givenUp++;
        resolve();
      });
      await Promise.race([ask({ command: question.command, params: question.params }), late]);
      cancel();
      this.#asked = undefined;
      return asked.answer;
    });
    this.#last = answer;
    return answer;
  }

  /** Takes a message that is an answer, or a part of one. @returns Whether it was. */
  takes(message: Message): boolean {
    if (message.command === "FAIL" && this.#asked?.command === message.params[0]) {
      this.#asked.answer = { refused: message.params[1] ?? "" };
      return true;
    }
    const batch = this.#batches.take(message);
    if (batch === undefined) return false;
    if (batch === "kept") return true;
    if (this.#asked !== undefined && isAnswer(batch, this.#asked)) this.#asked.answer = batch;
    else this.#options.onUnasked(batch);
    return true;
  }

  /** Forgets the batches that are open: the connection is lost. */
  clear(): void {
    this.#batches.clear();
  }
}

function isAnswer(batch: Batch, { type, target }: Question): boolean {
  const [about = ""] = batch.params;
  return batch.type === type && (target === undefined || isSameName(target, about));
}
