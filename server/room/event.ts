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
  readonly tags: Readonly<Record<string, string>>;
  /** As they are written between the `@` and the space; nothing where that is longer than a client may send. Written once, for all. */
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
  /** Who it comes from: `nick!user@host` or the server's name; nobody where the line is without one. */
  source?: string | undefined;
  command: string;
  params: string[];
  /** What follows the parameters for those with `extended-join`. */
  extended?: string[];
  /** When, in milliseconds since 1970; told to those with `server-time`. */
  time: number;
  /** The message's id (IRCv3 message-ids), told to those with `message-tags`. */
  msgid?: string;
  /** The sender's account, told to those with `account-tag`. */
  account?: string | undefined;
  /** Whether the sender is a bot (IRCv3 bot-mode); told to those with `message-tags`. */
  isBot?: boolean;
  /** For a message of several lines: its lines, of which the last parameter holds the whole, line feeds in it. */
  lines?: Line[];
  /** Whether the sender is an operator of the server (IRCv3 oper-tag). */
  isOper?: boolean;
  /** For a batch's start: whether nothing is there to be asked for beyond it (IRCv3 chathistory); told to those with `message-tags`. */
  isEnd?: boolean;
  /** Client-only tags, told to those with `message-tags`. */
  clientTags?: ClientTags;
  /** The batch that it is part of. */
  batch?: string;
  /** The label of the command that it answers. */
  label?: string;
}
