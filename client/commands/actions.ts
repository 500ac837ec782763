/**
 * What a slash command may look at and do. `ClientActions` is what does it.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import type { Connection } from "../connection/connection.ts";
import type { FileView } from "./file_view.ts";
import type { Naming } from "../names.ts";
import type { Sentences } from "../sentences.ts";
import type { ClientEvent, Happening } from "../state/events.ts";
import type { History } from "../state/history.ts";
import type { TalkLine } from "../state/line.ts";
import type { Restrictions } from "../state/restrictions.ts";
import type { State } from "../state/state.ts";
import type { Talk } from "../state/talk.ts";

/** Asks the person for a secret, see `ClientOptions.askSecret`. */
export type AskSecret = (question: string) => Promise<string | undefined>;

/** Gives a message another text; see `MessageEdits.edit`. */
export type EditMessage = (talk: Talk, line: TalkLine, text: string) => Promise<boolean>;

/** The client as its commands see it. */
export interface Actions {
  readonly state: State;
  readonly history: Pick<History, "isAvailable" | "older" | "search" | "earlier">;
  /** Changes messages of this person. */
  readonly edits: { why(talk: Talk, line: TalkLine): string | undefined; edit: EditMessage };
  /** The connection, as far as accounts and operators need it. */
  readonly connection: Pick<Connection, "login" | "nick" | "offer">;
  /** The bans and mutes that were set by this client. */
  readonly restrictions: Restrictions;
  /** What the client says, in the person's language. */
  readonly sentences: Sentences;
  /** Names of picture emoji, which stay codes. */
  readonly pictures: ReadonlySet<string>;
  /** Undefined where nobody can be asked for a secret. */
  readonly askSecret: AskSecret | undefined;
  /** Asks for a new secret twice at once; undefined where the view can't. */
  readonly askNewSecret: ((question: string, onceMore: string) => Promise<string[] | undefined>) | undefined;
  /** Asks whether to do what can't be undone; undefined where nobody can be asked. */
  readonly confirm: ((question: string, doing: "remove") => Promise<boolean>) | undefined;

  /** The calls here: of how many people at the most, 0 where there are none; and how this person joins and declines them. */
  readonly calls: {
    readonly most: number;
    /** See `ClientOptions.openCall`. */
    readonly open: ((target: string) => void | Promise<void>) | undefined;
    decline(nick: string): Promise<void>;
  };

  /** Sends and gets files; undefined where the view does not. */
  readonly fileView: FileView | undefined;

  /** The server's address, as `HOST:PORT`; a page's may have no port. */
  readonly address: string;
  /** The address of the page, where the view is one. */
  readonly page: string | undefined;
  /** Whether nobody on the way can read what is sent. */
  readonly isEncrypted: boolean;
  /** Whether the server takes lines at the moment. */
  readonly isConnected: boolean;
  /** Whether a capability of the server is in force. */
  can(capability: string): boolean;

  /** The talk that the command is about: the one in which it was written, if it is still there, else the current one. */
  readonly talk: Talk | undefined;
  /** The channel that the command is about. */
  readonly channel: string | undefined;
  /** Whether the view shows the talk in which the command was written, rather than the lines of all talks as they come. */
  readonly isWrittenInTalk: boolean;
  /** A channel's name with the `#` that may be left out. */
  channelName(name: string): string;

  /** Makes a channel the one to talk in; joins it if need be. */
  join(name: string, key?: string): Promise<void>;
  /** Takes another nick, and is shown under another name. */
  rename(naming: Naming): Promise<void>;
  /** Under which name this person is shown, and their status; each "" where there is none. */
  profile(): Promise<{ displayName: string; status: string }>;
  /** Sets the status of this person, "": none. Resolves to a sentence where it is refused. */
  setStatus(status: string): Promise<string | undefined>;
  /** Tells under which name somebody is shown, and their status, where the server has such. */
  tellProfile(nick: string): Promise<void>;
  /** Makes a person the one to talk to; undefined: goes back to the channel. */
  talkTo(nick: string | undefined): void;
  /** Says that the target cannot be changed; lines that were written before the person could see it are not said to others. */
  refuseTarget(text: string): void;

  /**
   * Says something in the talk that the command is about.
   *
   * @param replyTo The line that it answers.
   */
  say(text: string, replyTo?: TalkLine): void;
  /** Says something in a talk. What answers a private line that is shown in a channel goes to its sender. */
  sayIn(talk: Talk, text: string, replyTo?: TalkLine): void;
  /** Says something to a channel or a person. */
  sayTo(target: string, text: string, replyTo?: TalkLine, command?: "PRIVMSG" | "NOTICE"): void;
  /** Reacts to a line; takes the reaction back where this person has reacted so already. */
  react(talk: Talk, line: TalkLine, text: string): void;
  /** Removes a message. */
  redact(talk: Talk, line: TalkLine, reason?: string): Promise<void>;

  /** Queues a message; resolves to what the server answered, see `Outgoing.add`. */
  send(message: MessageInit): Promise<Message[]>;
  /** The same for a message given as a command and its parameters. */
  request(command: string, ...params: string[]): Promise<Message[]>;
  /** Sends a command that is of no use on a later connection; resolves to undefined where this one is lost. */
  ask(command: string, ...params: string[]): Promise<Message[] | undefined>;
  /** The same, while numerics of these kinds are not shown to the person. */
  askQuietly(numerics: readonly string[], command: string, ...params: string[]): Promise<Message[] | undefined>;
  /** Does something, while messages of these kinds are not shown to the person: numerics, or a command and a nick. */
  withoutShowing<T>(numerics: readonly string[], task: () => Promise<T>): Promise<T>;

  /** Tells the view what happened. */
  tell(event: Happening | ClientEvent): void;
  /** Tells the person that something cannot be done. */
  refuse(text: string): void;
  /** Asks the view to leave. */
  leave(reason: string | undefined): void;
}
