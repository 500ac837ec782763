/**
 * What the page tells a person in a talk, beside the lines that are said there: which events it tells so, in which words, and
 * how many such notes are kept.
 *
 * @module
 */

import { isSameName } from "../client/names.ts";
import { noticeInChinese } from "../client/server_notices.ts";
import type { ClientEvent, Found, Happening } from "../client/state/events.ts";
import { HISTORY } from "../client/state/history.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Member } from "../client/state/members.ts";
import { banReason } from "../client/state/restriction_replies.ts";
import type { State } from "../client/state/state.ts";
import type { Talk } from "../client/state/talk.ts";
import { actor } from "./happenings.ts";
import { joined, name, type Sentence, sentence, written } from "./sentence.ts";
import { settings } from "./settings.ts";

/**
 * Something that the page tells, kept nowhere else: an answer to a command, a refusal, what a search found; or what somebody
 * said to this person alone as a notice, for which there is no talk.
 */
export interface Note {
  kind: "info" | "error";
  /** Milliseconds since 1970. */
  time: number;
  /** Who says it, where that is not the page or the server. */
  from?: string;
  text: string | Sentence;
  /** The reason that somebody gave, in their words. */
  reason?: string;
  /** Columns of text, as of `/help`. */
  rows?: string[][];
  found?: Found[];
  /** The channel that the person was removed from, or is banned from, where that is told. */
  removedFrom?: string;
  bannedFrom?: string;
  /** A channel to which somebody invites, and who; or which the person may join again, where nobody is named. */
  invitedTo?: string;
  invitedBy?: string;
  /** Whether it is the card that meets the person; see welcome.ts. */
  isWelcome?: true;
  /** How many notes were told before this one that are not kept. */
  leftOut?: number;
  /**
   * The line that was the last one when the note was told; undefined where there was none. Lines that are loaded later, from
   * the past, stand before the note or behind it as its time says.
   */
  after: TalkLine | undefined;
}

/** What a note says, without its place. */
export type NoteContent = Omit<Note, "after" | "time">;

/** Notes of one talk that are kept: those of the page, and as many of what people say. A list of channels has one for each. */
const MOST_KEPT = 2_000;

/** Names that a note shows. */
const MOST_NAMES = 500;

/** The notes of all talks. */
export class Notes {
  readonly #ofTalks = new WeakMap<Talk, Note[]>();
  /** The notes that were told while there was no talk. */
  #ofNoTalk: Note[] = [];

  /** The notes of a talk, in the order in which they were told; undefined: those of no talk. */
  of(talk: Talk | undefined): readonly Note[] {
    return talk === undefined ? this.#ofNoTalk : this.#ofTalks.get(talk) ?? [];
  }

  /** Adds a note behind the last line of a talk, and drops the oldest one where there are too many. */
  add(talk: Talk | undefined, content: NoteContent, time: number): void {
    const note: Note = { ...content, time, after: talk?.lines.at(-1) };
    const told = this.of(talk);
    // A ban says what the removal has said that came with it.
    const isBan = content.bannedFrom !== undefined && content.bannedFrom === told.at(-1)?.removedFrom;
    const all = [...(isBan ? told.slice(0, -1) : told), note];
    // What people say takes no room from what the page tells.
    const alike = all.filter(({ from }) => (from === undefined) === (note.from === undefined));
    const kept = alike.length > MOST_KEPT ? all.filter((note) => note !== alike[0]) : all;
    if (alike.length > MOST_KEPT) alike[1].leftOut = (alike[0].leftOut ?? 0) + 1;
    if (talk === undefined) this.#ofNoTalk = kept;
    else this.#ofTalks.set(talk, kept);
  }

  /**
   * Takes the button by which a channel is joined from the notes of these talks, and of no talk.
   *
   * @param hasEnded Whether the invitations to it are over, which their notes then say.
   */
  settle(channel: string, talks: Iterable<Talk>, hasEnded: boolean): void {
    for (const note of [undefined, ...talks].flatMap((talk) => this.of(talk))) {
      if (note.invitedTo === undefined || !isSameName(note.invitedTo, channel)) continue;
      const { invitedBy } = note;
      if (hasEnded && invitedBy !== undefined) {
        note.text = sentence(settings.words.invitationEnded, name(invitedBy), name(note.invitedTo));
      }
      delete note.invitedTo;
    }
  }

  /** Moves the notes of no talk to a talk. */
  moveTo(talk: Talk): void {
    const notes = this.#ofNoTalk;
    this.#ofNoTalk = [];
    for (const { time, ...content } of notes) this.add(talk, content, time);
  }
}

/** The names of people, as many as anybody reads. */
function namesOf(members: readonly Member[]): Sentence {
  const shown = members.slice(0, MOST_NAMES).map(({ nick }) => name(nick));
  const others = members.length - shown.length;
  return joined(others > 0 ? [...shown, [settings.words.others(others)]] : shown);
}

/** What the server says of the channels when one comes in. */
const OF_CHANNELS = /^This room keeps what is said\b/;

/** In which talk a note of an event stands: in that which is shown, but for what would be wrong in a talk of two. */
export function talkFor(event: ClientEvent, { channels }: State, shown: Talk | undefined): Talk | undefined {
  const isOfChannels = event.type === "notice" && event.isServer && OF_CHANNELS.test(event.text);
  return isOfChannels && shown?.kind === "private" ? channels[0] ?? shown : shown;
}

/** The events that are told as notes. The talk and the lists show the others, or nothing does. */
const CONTENTS: {
  [Type in Happening["type"]]?: (event: Happening & { type: Type }, state: State) => NoteContent | undefined;
} = {
  info: ({ text, mayJoin }) => ({ kind: "info", text, ...(mayJoin === undefined ? {} : { invitedTo: mayJoin }) }),
  error: ({ text, bannedFrom }) => ({ kind: "error", text, ...(bannedFrom === undefined ? {} : { bannedFrom }) }),
  whois: ({ nick, text }) => ({ kind: "info", text: [...name(nick), " ", ...written(text)] }),
  table: ({ rows }) => ({ kind: "info", text: "", rows }),
  search: ({ found, text }) => ({
    kind: "info",
    text: settings.words.found(found.length, text, found.length < HISTORY.found),
    found,
  }),
  // What is said by a server, by a service, or by a person with whom there is no talk.
  notice: (event, state) => {
    if (state.talkOf(event) !== undefined) return undefined;
    const { from, text, isServer } = event;
    if (!isServer) return { kind: "info", from, text };
    // What the room tells everybody needs no name before it.
    const chinese = noticeInChinese(text);
    const known = chinese !== undefined && settings.get("language") === "en" ? text : chinese;
    return { kind: "info", text: known ?? settings.words.roomSays(text) };
  },
  // The list of people shows who is in a channel that is joined.
  names: ({ channel, members, isAsked }, state) =>
    isAsked || state.joined(channel) === undefined
      ? {
        kind: "info",
        text: [
          ...sentence((channel) => settings.words.onlineIn(channel, members.length), name(channel)),
          ": ",
          ...namesOf(members),
        ],
      }
      : undefined,
  kick: ({ own, by, channel, reason }) =>
    own
      ? {
        kind: "error",
        text: sentence(settings.words.youWereKicked, actor(by, settings.words), name(channel)),
        ...(reason === "" ? {} : { reason }),
        removedFrom: channel,
        // Whom a ban has removed can't join.
        ...(banReason(reason) === undefined ? { invitedTo: channel } : {}),
      }
      : undefined,
  invite: ({ nick, by, channel }, state) =>
    state.isSelf(nick)
      ? {
        kind: "info",
        text: sentence(settings.words.invited, name(by), name(channel)),
        invitedTo: channel,
        invitedBy: by,
      }
      : undefined,
};

/** Gives what is told of an event as a note; undefined where it is not told so. */
export function noteOf(event: ClientEvent, state: State): NoteContent | undefined {
  const content = CONTENTS[event.type] as
    | ((event: Happening, state: State) => NoteContent | undefined)
    | undefined;
  return content?.(event, state);
}
