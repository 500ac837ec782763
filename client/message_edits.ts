/**
 * How a person changes what they have said: whether they may, the message that does it, and what was there before
 * (draft/message-edit).
 *
 * @module
 */

import { expand } from "../emoji/mod.ts";
import { isBlank } from "../protocol.ts";
import { changeText } from "./blocks.ts";
import type { Clock } from "./clock.ts";
import type { Actions } from "./commands/actions.ts";
import type { Connection } from "./connection/connection.ts";
import { isRefused } from "./connection/refusals.ts";
import { ctcp } from "./ctcp.ts";
import type { TalkLine } from "./state/line.ts";
import { periodText } from "./state/period.ts";
import { EDIT_TAG } from "./state/said.ts";
import type { Talk } from "./state/talk.ts";
import { linesOf } from "./text_lines.ts";

const CAPABILITY = "draft/message-edit";

/** What `MessageEdits` needs of `ClientActions`. */
interface Parts extends Omit<Actions, "connection" | "edits"> {
  readonly connection: Pick<Connection, "offer">;
  silenced(channel: string): string | undefined;
  countMessages(target: string, text: string): number;
}

/** A text that was said before. */
export interface EarlierText {
  text: string;
  /** When it was written, in milliseconds since 1970. */
  time: number;
}

/** The changes of one client's messages. */
export class MessageEdits {
  readonly #client: Parts;
  readonly #clock: Clock;

  constructor(client: Parts, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** For how long a message can be changed, in milliseconds; `Infinity` where the server names no end. */
  get #maxAge(): number {
    const value = this.#client.connection.offer(CAPABILITY) ?? "";
    const seconds = Number(/(?:^|,)max-age=(\d+)/.exec(value)?.[1] ?? Infinity);
    return seconds * 1000;
  }

  /** Whether the person may change a line now, as far as this client knows. */
  canEdit(talk: Talk, line: TalkLine): boolean {
    return this.why(talk, line) === undefined;
  }

  /** Why the person can't change a line, in a sentence; undefined if they can. */
  why(talk: Talk, { own, kind, msgid, redacted, time, private: isPrivate }: TalkLine): string | undefined {
    const { editing } = this.#client.sentences;
    if (!this.#client.isConnected) return editing.away;
    if (!this.#client.can(CAPABILITY) || !this.#client.can("message-tags")) return editing.notOffered;
    // The line does not say to whom this person's own private lines in a channel were.
    const isElsewhere = isPrivate && talk.kind === "channel";
    const isSaid = kind === "message" || kind === "action";
    if (!own || !isSaid || msgid === undefined || redacted !== undefined || isElsewhere) return editing.notEditable;
    const maxAge = this.#maxAge;
    if (this.#clock.now() - time > maxAge) {
      return editing.tooOld(periodText(Math.max(1, Math.floor(maxAge / 60_000)), this.#client.sentences.units));
    }
    return talk.kind === "channel" ? this.#client.silenced(talk.name) : undefined;
  }

  /**
   * Gives a message another text. Nothing is sent where it is the same. `:codes:` become emoji.
   *
   * @returns Whether the message says that now; if not, the person has been told why.
   */
  async edit(talk: Talk, line: TalkLine, text: string): Promise<boolean> {
    const client = this.#client;
    const { editing, talking } = client.sentences;
    const refuse = (why: string) => {
      client.refuse(why);
      return false;
    };
    const why = this.why(talk, line);
    if (why !== undefined) return refuse(why);
    const written = linesOf(text);
    if (written === line.text) return true;
    const said = changeText(written, (part) => expand(part, client.pictures));
    if (said === line.text) return true;
    if (isBlank(said)) return refuse(talking.nothingToSee);
    const sent = line.kind === "action" ? ctcp(said.replaceAll("\n", " ")) : said;
    // The second of two messages would take the place of the first.
    if (client.countMessages(talk.name, sent) > 1) return refuse(editing.tooLong);
    const replies = await client.send({
      tags: { [EDIT_TAG]: line.msgid! },
      command: "PRIVMSG",
      params: [talk.name, sent],
    });
    // The refusal itself has been shown.
    return !isRefused(replies);
  }

  /** What a message said before it was edited, the first text first; undefined where the server does not tell. */
  async earlier(talk: Talk, { msgid }: TalkLine): Promise<EarlierText[] | undefined> {
    if (msgid === undefined || !this.#client.can(CAPABILITY)) return undefined;
    const found = await this.#client.history.earlier(talk, msgid);
    return found?.map(({ text, time }) => ({ text, time }));
  }
}
