/**
 * What a client tells its view: one type of plain data for each thing that happens, in the terms of IRC. Remote text in it is
 * as it came, so a view has to make it harmless first.
 *
 * @module
 */

import type { FileInfo } from "../../shared/file_message.ts";
import { isSpeechKind, type SpeechKind, type TalkLine } from "./line.ts";
import type { CallEvent, SignalEvent } from "./calls.ts";
import type { Member } from "./members.ts";
import type { Report } from "./report.ts";
import type { Talk } from "./talk.ts";

/** Something that somebody said. */
export interface Said {
  type: SpeechKind;
  /** The nick it is from, or a server's name. */
  from: string;
  /** The channel, or for a private line the nick of the person it was sent to. */
  target: string;
  /** Whether it went from one person to another rather than to a channel. */
  private: boolean;
  /** The joined channel that a private line is about, where it is shown (IRCv3 channel-context). */
  context?: string;
  /** Whether it is from this client's own person. */
  own: boolean;
  /** Whether it is from the past, sent again by the server. */
  history: boolean;
  text: string;
  /**
   * Whether somebody else names this person in it, or answers them, or tells it the operators of the channel alone, of whom this
   * person is one.
   */
  mention?: true;
  /** Whether it is from the server itself, rather than a person or a service. */
  isServer?: true;
  /** The server's name for it, by which the line is found in its talk; see `TalkLine`. */
  msgid?: string;
  account?: string;
  /** Whether the talk was with somebody else before, who had the same nick. */
  isAnother?: true;
  /** Whether its sender has changed it since. */
  edited?: true;
  /** The msgid of the line that it answers, and that line where it is known. */
  replyTo?: string;
  /** Of a message to those of a channel alone who have a rank there (STATUSMSG): the signs of that rank. */
  status?: string;
  quote?: TalkLine;
  /** What its sender says of the file whose address it is. */
  file?: FileInfo;
  /** Of the report of a message, which only the operators of the channel and its sender get: what it says. */
  report?: Report;
}

/** One hit of a search. */
export type Found = Said & { time: number };

/** Which part of a history was loaded. */
export type HistoryPart = "latest" | "missed" | "older";

/** What happened; `online` is how many are in that channel afterwards. */
export type Happening =
  | Said
  /** `isBack`: they were there when the connection was lost, and nobody was told that they had left. */
  | { type: "join"; nick: string; channel: string; own: boolean; online: number; isBack?: true }
  | { type: "part"; nick: string; channel: string; own: boolean; online: number; reason: string }
  | { type: "kick"; nick: string; by: string; channel: string; own: boolean; online: number; reason: string }
  | { type: "quit"; nick: string; channels: { name: string; online: number }[]; reason: string }
  | { type: "nick"; nick: string; renamed: string; own: boolean }
  | { type: "topic"; channel: string; topic: string; by: string }
  /** `isBack`: it gives somebody their rank again who is back so. */
  | { type: "mode"; channel: string; by: string; change: string; isBack?: true }
  /** A reaction came or was taken back; `line` is the line that it is about, where that is known. `target` is the talk's name. */
  | { type: "reaction"; target: string; from: string; own: boolean; reaction: string; added: boolean; line?: TalkLine }
  /** A message was removed; `line` is its line. */
  | { type: "redaction"; target: string; by: string; own: boolean; reason: string; line: TalkLine }
  /** A message has another text; `line` is its line, which said `before` until then. */
  | { type: "edit"; target: string; from: string; own: boolean; line: TalkLine; before: string }
  /** The person wants to edit a message of theirs: the view gives them its text to write in. */
  | { type: "editing"; target: string; line: TalkLine }
  /** Who is typing in a talk; nobody, once all have ended. */
  | { type: "typing"; target: string; nicks: string[] }
  /**
   * A part of a talk's history, each event in it with its own time. `latest`: what was said before this client came;
   * `missed`: while its connection was lost; `older`: lines before all others, which `History.older` asked for.
   * `complete`: there is nothing older.
   */
  | { type: "history"; target: string; place: HistoryPart; events: ClientEvent[]; complete: boolean }
  /**
   * What a search found, oldest first, in the talk that is named or in all. `isLocal`: only among the lines of that talk
   * that are loaded here, since the server cannot search.
   */
  | { type: "search"; target?: string; text: string; found: Found[]; isLocal: boolean }
  /** A talk was read, here or on another device. */
  | { type: "read"; target: string }
  | { type: "away"; nick: string; away: boolean; reason: string }
  /** Somebody is shown under another name, or has another status; see `State.profiles`. */
  | { type: "profile"; nick: string }
  | { type: "invite"; nick: string; by: string; channel: string }
  /**
   * Who is in a channel, which need not be joined. `isAsked`: the person has asked about a joined channel, so that a view that
   * shows its members in a list says it all the same.
   */
  | { type: "names"; channel: string; members: Member[]; isAsked?: true }
  | { type: "whois"; nick: string; text: string }
  /** Something has changed in a call; somebody in it sent what another client of theirs understands. */
  | CallEvent
  | SignalEvent
  /**
   * `ownedBy`: the account to which the nick belongs that this person has asked for and not got, since they have not logged in.
   * `mayJoin`: the channel from which this person is banned no longer.
   */
  | { type: "info"; text: string; ownedBy?: string; mayJoin?: string }
  /**
   * A refusal or a failure, as a clear sentence. `bannedFrom`: it tells of a ban from that channel, in which the person is not;
   * `uninvitedTo`: it tells that only who is invited may join that channel, and this person is not, or is no longer.
   */
  | { type: "error"; text: string; bannedFrom?: string; uninvitedTo?: string }
  /**
   * A line that the person wrote reached nobody: the view gives it back, in the talk where it was written. `isSilenced`: since
   * the person is banned or muted there, so that nobody else reads it if it is sent again.
   */
  | { type: "unsaid"; text: string; talk?: Talk; isSilenced?: true }
  /** An explanation, such as what `/help` prints: rows of two columns to be aligned, and rows of one, which are titles. */
  | { type: "table"; rows: string[][] }
  /** The address by which others come in, as the person has asked for; undefined: only this machine has one. */
  | { type: "invitation"; address: string | undefined }
  /** The target of the next line has changed; undefined: there is none, since no channel is joined. */
  | { type: "target"; target: string | undefined }
  /** `isReopened`: the room had said that it closes. */
  | { type: "connected"; server: string; nick: string; again: boolean; isReopened?: true }
  | { type: "disconnected"; reason: string; retryMs: number };

/** What a view is told, with the time in milliseconds since 1970. */
export type ClientEvent = Happening & { time: number };

/** Whether something was said. */
export function isSaid(event: Happening): event is Said {
  return isSpeechKind(event.type);
}
