/**
 * What a client tells its view, one type for each thing that happens. Plain data, in the terms of IRC: it must not
 * know how a view shows it. Remote text in it is as it came, so a view has to make it harmless first.
 *
 * @module
 */

/** Somebody in a channel. */
export interface Member {
  nick: string;
  /** The symbols of the member's ranks, highest first: `@` may moderate, `+` may speak; usually "". */
  prefix: string;
  /** Known only with `away-notify`. */
  away: boolean;
}

/** Something that somebody said. */
export interface Said {
  type: "message" | "action" | "notice";
  /** The nick it is from, or a server's name. */
  from: string;
  /** The channel, or for a private line the nick of the person it was sent to. */
  target: string;
  /** Whether it went from one person to another rather than to a channel. */
  private: boolean;
  /** Whether it is from this client's own person. */
  own: boolean;
  /** Whether it is from the past, sent again by the server. */
  history: boolean;
  text: string;
}

/** What happened; `online` is how many are in that channel afterwards. */
export type Happening =
  | Said
  | { type: "join"; nick: string; channel: string; own: boolean; online: number }
  | { type: "part"; nick: string; channel: string; own: boolean; online: number; reason: string }
  | { type: "kick"; nick: string; by: string; channel: string; own: boolean; online: number; reason: string }
  | { type: "quit"; nick: string; channels: { name: string; online: number }[]; reason: string }
  | { type: "nick"; nick: string; renamed: string; own: boolean }
  | { type: "topic"; channel: string; topic: string; by: string }
  | { type: "mode"; channel: string; by: string; change: string }
  | { type: "away"; nick: string; away: boolean; reason: string }
  | { type: "invite"; nick: string; by: string; channel: string }
  /** Who is in a channel; a channel that is not joined can be asked about as well. */
  | { type: "names"; channel: string; members: Member[] }
  | { type: "whois"; nick: string; text: string }
  | { type: "info"; text: string }
  /** A refusal or a failure, as a clear sentence. */
  | { type: "error"; text: string }
  /** Lines that explain something, such as what `/help` prints: columns of text to be aligned. */
  | { type: "table"; rows: string[][] }
  /** Whom the next line goes to has changed; undefined: nobody, as no channel is joined. */
  | { type: "target"; target: string | undefined }
  | { type: "connected"; server: string; nick: string; again: boolean }
  | { type: "disconnected"; reason: string; retryMs: number };

/** What a view is told, with the time in milliseconds since 1970. */
export type ClientEvent = Happening & { time: number };
