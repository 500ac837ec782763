/**
 * How a client's person sends files: whether the server takes them (IRCv3 filehost), the token by which one is sent (IRCv3
 * draft/authtoken), and the message that says where it is. The bytes go another way, which is the view's.
 *
 * @module
 */

import { expand } from "../emoji/mod.ts";
import { FILE_TAG, type FileInfo, fileTag } from "../shared/file_message.ts";
import { changeText } from "./blocks.ts";
import type { Actions } from "./commands/actions.ts";
import { isRefused } from "./connection/refusals.ts";
import { fileHost, withCaption } from "./file_address.ts";
import { answerTags } from "./meant.ts";
import type { TalkLine } from "./state/line.ts";
import type { Talk } from "./state/talk.ts";
import { linesOf } from "./text_lines.ts";

/** The service for which a token is asked for. */
const SERVICE = "FILEHOST";

/** The longest token that is taken. */
const LONGEST_TOKEN = 1_000;

/** A file that the server has. */
export interface SentFile {
  address: string;
  details: FileInfo;
  /** What is said about it, "": nothing. */
  caption: string;
  /** The line that it answers. */
  replyTo?: TalkLine | undefined;
}

/** What `FileHost` needs of `ClientActions`. */
interface Parts extends
  Pick<
    Actions,
    "can" | "askQuietly" | "send" | "refuse" | "sentences" | "state" | "pictures" | "isConnected"
  > {
  silenced(channel: string): string | undefined;
}

/** The files of one client's person. */
export class FileHost {
  readonly #client: Parts;

  constructor(client: Parts) {
    this.#client = client;
  }

  /** Where files are sent to; undefined where the server takes none, or gives no tokens for it. */
  get address(): string | undefined {
    const { state: { isupport } } = this.#client;
    return isupport.get("draft/AUTHTOKEN") === undefined ? undefined : fileHost(isupport);
  }

  /**
   * Asks for a token that sends one file.
   *
   * @returns Why there is none, in a sentence; nothing at all where the server gives no answer, so that it may be asked again.
   */
  async token(): Promise<{ token: string } | { refused: string } | undefined> {
    if (!this.#client.can("draft/authtoken")) return undefined;
    const replies = await this.#client.askQuietly(["FAIL"], "TOKEN", "GENERATE", SERVICE);
    const { params } = replies?.find(({ command }) => command === "TOKEN") ?? {};
    const token = params?.at(-1) ?? "";
    if (params?.[0] === "GENERATE" && token !== "" && token.length <= LONGEST_TOKEN) return { token };
    const fail = replies?.find(({ command }) => command === "FAIL");
    if (fail === undefined) return undefined;
    const [command = "", code = ""] = fail.params;
    const text = fail.params.at(-1) ?? "";
    return { refused: this.#client.sentences.refusals.standard({ command, code, text }) };
  }

  /** Says in a talk where a file is. @returns Whether it is said; if not, the person has been told why. */
  async say(talk: Talk, { address, details, caption, replyTo }: SentFile): Promise<boolean> {
    const client = this.#client;
    const silenced = client.silenced(talk.name);
    if (silenced !== undefined) {
      client.refuse(silenced);
      return false;
    }
    // An answer to what was said to this person alone is for its author alone.
    const isAlone = talk.kind === "channel" && replyTo?.private === true && !replyTo.own;
    const written = linesOf(caption);
    const target = isAlone ? replyTo.from : talk.name;
    const tags = client.can("message-tags")
      ? { [FILE_TAG]: fileTag(details), ...answerTags(client, target, replyTo) }
      : undefined;
    const text = withCaption(address, changeText(written, (part) => expand(part, client.pictures)));
    const replies = await client.send({
      tags,
      command: "PRIVMSG",
      params: [target, text],
    });
    return !isRefused(replies);
  }
}
