/**
 * An event: something that happened, before it is a line for anyone in particular.
 *
 * @module
 */

import { fits, formatTags, LIMITS } from "../../protocol.ts";

/** One line of a message of several. */
export interface Line {
  text: string;
  /** Whether it goes on where the line before it ended, without a line feed between (`draft/multiline-concat`). */
  isContinued: boolean;
}

/** Tags that a client has attached (IRCv3 message-tags): keys beginning with `+`, and values. */
export class ClientTags {
  /** Those of a message that has none, as most have. */
  static readonly NONE = new ClientTags({});
  readonly tags: Readonly<Record<string, string>>;
  /** The tags as they stand between the `@` and the space; empty if they are longer than a client may send. Written once for all readers. */
  readonly text: string;

  constructor(tags: Readonly<Record<string, string>>) {
    const text = formatTags(tags);
    // So the server's own have room beside them.
    const isShort = fits(text, LIMITS.clientTagBytes);
    this.tags = isShort ? tags : {};
    this.text = isShort ? text.slice(1, -1) : "";
  }
}

/** Something that happened, before it is a line for anyone in particular. */
export interface Event {
  /** The source: `nick!user@host` or the server's name; undefined for a line without a source. */
  source?: string | undefined;
  command: string;
  params: string[];
  /** What follows the parameters for clients with `extended-join`. */
  extended?: string[];
  /** When it happened, in milliseconds since 1970; told to clients with `server-time`. */
  time: number;
  /** The message's id (IRCv3 message-ids), told to clients with `message-tags`. */
  msgid?: string;
  /** The sender's account, told to clients with `account-tag`. */
  account?: string | undefined;
  /** Whether the sender is a bot (IRCv3 bot-mode); told to clients with `message-tags`. */
  isBot?: boolean;
  /** The lines of a message of several lines. The last parameter holds the whole text, with line feeds in it. */
  lines?: Line[];
  /** Whether it changes an earlier message, which a tag of `clientTags` names; others are told the text with a star before it. */
  isEdit?: boolean;
  /** When the text was last changed, in milliseconds since 1970; told to clients with `draft/message-edit`. */
  editedAt?: number | undefined;
  /** Of a kept message: whether whoever is told it said it, by their identity; told to clients with `teahouse.chat/identity`. */
  isOwn?: boolean;
  /** Of a private message: the identity of whoever the reader talks with, as `peerKey` writes it; told to the same clients. */
  peer?: string | undefined;
  /** Whether the sender is an operator of the server (IRCv3 oper-tag). */
  isOper?: boolean;
  /** For a batch's start: whether there is nothing more to ask for beyond it (IRCv3 chathistory). Told to clients with `message-tags`. */
  isEnd?: boolean;
  /** Client-only tags, told to clients with `message-tags`. */
  clientTags?: ClientTags;
  /** The batch that it is part of. */
  batch?: string;
  /** The label of the command that it answers. */
  label?: string;
}
