/// <reference lib="dom" />
/**
 * The room as the page has it: the client, and what only a page needs beside it (notes, what is shown, who is notified).
 * It must not know how anything looks.
 *
 * @module
 */

import { foldName } from "../client/names.ts";
import { Client } from "../client/client.ts";
import type { Member } from "../client/state/members.ts";
import type { ClientEvent, Happening } from "../client/state/events.ts";
import { HISTORY } from "../client/state/history.ts";
import type { State } from "../client/state/state.ts";
import type { Talk } from "../client/state/talk.ts";
import { ask, askSecret } from "./ask.ts";
import { sanitize } from "../client/sanitize.ts";
import { joined, name, type Sentence, sentence, written } from "./happenings.ts";
import { Notifier } from "./notify.ts";
import type { Note } from "./rows.ts";
import { settings } from "./settings.ts";
import { webSocketDial } from "./socket.ts";

/** What the room is called, which the page says as its title before anything else stands there. */
export const HOUSE = sanitize(document.title);

/** What is needed to come in. */
export interface Entry {
  nick: string;
  /** Whether the nick was this person's before the page was loaded anew. */
  isOwnNick?: boolean;
  channel: string;
  password?: string;
  /** Talks that were open before, with what is written there and not sent, and whether they were gone to; and the person that was talked to. */
  drafts?: [name: string, draft: string, isChosen: boolean][];
  person?: string;
  /** Why the person was away. */
  away?: string;
}

/** What a room is called that has no name of its own. */
const PRODUCT = "Teahouse";

/** Notes of one talk that are kept: of the page's own, and of what people say. A list of channels is one for each. */
const NOTES = 2_000;

/** Where the WebSocket of this page's own server is: beside the page, which may lie below a path of a proxy's. */
function socketUrl(): string {
  const url = new URL("./irc", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** One stay in the room. A "change" event says that something is to be drawn anew: at most once a frame. */
export class Room extends EventTarget {
  readonly client: Client;
  /** The channel to come into first. */
  readonly wanted: string;
  /** The paths of picture emoji, by name. */
  readonly pictures: ReadonlyMap<string, string>;
  /** Why the connection is lost, while it is. */
  lost: string | undefined;
  /** Whether this person has come in, and whether they are about to leave. */
  isIn = false;
  isLeaving = false;
  /** The channel that this person was thrown out of last, until another talk is shown. */
  thrownOutOf: string | undefined;

  /** What is written where there is no talk. */
  readonly nowhere = { draft: "" };

  readonly #notes = new WeakMap<Talk, Note[]>();
  /** Notes of a time without any talk. */
  #homeless: Note[] = [];
  /** What was being written in talks that are closed, by folded name. */
  readonly #drafts = new Map<string, string>();
  /** What was given back into a draft and still stands at its beginning. */
  readonly #returned = new WeakMap<{ draft: string }, string>();
  /** Whom to go back to as soon as there is a channel. */
  #person: string | undefined;
  readonly #notifier = new Notifier((talk) => void this.open(talk));
  #isDue = false;

  constructor(
    { nick, isOwnNick = false, channel, password, drafts = [], person, away }: Entry,
    pictures: ReadonlyMap<string, string>,
  ) {
    super();
    this.pictures = pictures;
    this.wanted = channel;
    this.#person = person;
    this.client = new Client({
      dial: webSocketDial(socketUrl(), () => settings.words.unreachable),
      address: location.host,
      nick,
      isOwnNick,
      channel,
      ...(password === undefined ? {} : { password }),
      ...(away === undefined ? {} : { away }),
      pictures: new Set(pictures.keys()),
      askSecret,
      isEncrypted: location.protocol === "https:",
      confirm: async (question) => await ask(sanitize(question), settings.words.send) === "yes",
      sentences: () => settings.sentences,
      onEvent: (event) => this.#take(event),
      onLeave: (reason) => void this.leave(reason),
    });
    for (const [name, draft, isChosen] of drafts) Object.assign(this.client.state.open(name), { draft, isChosen });
  }

  /** Stays until this person leaves. @throws {ConnectionError} See `Client.run`. */
  run(): Promise<void> {
    return this.client.run();
  }

  async leave(reason?: string): Promise<void> {
    this.isLeaving = true;
    await this.client.quit(reason);
  }

  /** The talk that is shown. */
  get talk(): Talk | undefined {
    return this.client.state.current;
  }

  /** What the page tells in a talk, or where there is none. */
  notes(talk: Talk | undefined): readonly Note[] {
    return talk === undefined ? this.#homeless : this.#notes.get(talk) ?? [];
  }

  /** Keeps the draft of a talk that is closed, for when it is open again. */
  keepDraft(talk: Talk): void {
    if (talk.draft !== "" && this.client.state.find(talk.name) !== talk) {
      this.#drafts.set(foldName(talk.name), talk.draft);
    }
  }

  /** Gives a talk the draft that it had when it was closed. */
  restoreDraft(talk: Talk): void {
    const name = foldName(talk.name);
    talk.draft ||= this.#drafts.get(name) ?? "";
    this.#drafts.delete(name);
  }

  /** Puts what could not be said back where it was written: behind what came back before, and before what is written since. */
  #giveBack(text: string, talk?: Talk): void {
    const place = talk ?? this.talk ?? this.nowhere;
    const last = this.#returned.get(place) ?? "";
    const isThere = last !== "" && (place.draft === last || place.draft.startsWith(`${last}\n`));
    const returned = isThere ? `${last}\n${text}` : text;
    const since = isThere ? place.draft.slice(last.length + 1) : place.draft;
    place.draft = since === "" ? returned : `${returned}\n${since}`;
    this.#returned.set(place, returned);
    if (talk !== undefined) this.keepDraft(talk);
  }

  /** Goes to a talk, which is joined if need be. */
  async open(name: string): Promise<void> {
    await this.client.actions.open(name);
    this.changed();
  }

  /** What the room is called, by its server: another name may have come with a restart. */
  get house(): string {
    return sanitize(this.client.state.isupport.get("NETWORK") ?? "") || HOUSE;
  }

  /** What is unread and for this person: private lines, and mentions. */
  get addressed(): number {
    return [...this.client.state.talks.values()].reduce(
      (sum, { kind, unread, mentions }) => sum + (kind === "private" ? unread : mentions),
      0,
    );
  }

  /** What others said in all talks and this person has not read. */
  get unread(): number {
    return [...this.client.state.talks.values()].reduce((sum, { unread }) => sum + unread, 0);
  }

  /** Has everything drawn anew, soon. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const draw = () => {
      this.#isDue = false;
      this.dispatchEvent(new Event("change"));
      this.#showTitle();
    };
    // A hidden page has no frames, but a title.
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  }

  /** Tells the person something, in the talk that is shown. */
  tell(note: Told, time = Date.now()): void {
    const { talk } = this;
    const told: Note = { ...note, time, after: talk?.lines.at(-1) };
    const all = [...this.notes(talk), told];
    // What people say takes no room from what the page tells.
    const alike = all.filter(({ from }) => (from === undefined) === (told.from === undefined));
    const notes = alike.length > NOTES ? all.filter((note) => note !== alike[0]) : all;
    if (alike.length > NOTES) alike[1].leftOut = (alike[0].leftOut ?? 0) + 1;
    if (talk === undefined) this.#homeless = notes;
    else this.#notes.set(talk, notes);
    this.changed();
  }

  #take(event: ClientEvent): void {
    if (event.type === "kick" && event.own) this.thrownOutOf = event.channel;
    const note = noteOf(event, this.client.state);
    if (note !== undefined) this.tell(note, event.time);
    else if (event.type === "connected") {
      this.isIn = true;
      this.lost = undefined;
    } else if (event.type === "disconnected") this.lost = event.reason;
    else if (event.type === "target") this.#aimed();
    else if (event.type === "unsaid") this.#giveBack(event.text, event.talk);
    if ((event.type === "message" || event.type === "action") && !event.history) {
      this.#notifier.said(event, this.client.state.talkOf(event));
    }
    this.changed();
  }

  /** There may be a talk now where there was none. */
  #aimed(): void {
    const { talk } = this;
    if (talk === undefined) return;
    const homeless = this.#homeless;
    this.#homeless = [];
    for (const { time, ...note } of homeless) this.tell(note, time);
    const person = this.#person;
    this.#person = undefined;
    if (person !== undefined) void this.open(person);
  }

  /** `bob --> alice`, with what is unread before it, and the room's name behind it where it has one of its own; and the channel in the address. Browsers bound how often it changes. */
  #showTitle(): void {
    const { nick, target, channel, away } = this.client.state;
    const name = away === undefined ? nick : `${nick} (${settings.words.away})`;
    const unread = this.unread === 0 ? "" : `(${this.unread}) `;
    const house = this.house === PRODUCT ? "" : ` - ${this.house}`;
    const title = sanitize(`${unread}${target === undefined ? name : `${name} --> ${target}`}${house}`);
    if (document.title !== title) document.title = title;
    const hash = channel === undefined ? location.hash : `#${encodeURIComponent(withoutFirst(channel))}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }
}

/** A text without its first character, as one that can be written in an address: with no half of a character in it. */
function withoutFirst(text: string): string {
  return [...text].slice(1).join("").toWellFormed();
}

/** Names that a note shows. */
const NAMES = 500;

/** The names of people, so many as are read. */
function namesOf(members: readonly Member[]): Sentence {
  const shown = members.slice(0, NAMES).map(({ nick }) => name(nick));
  const others = members.length - shown.length;
  return joined(others > 0 ? [...shown, [settings.words.others(others)]] : shown);
}

/** What a note says, without its place. */
type Told = Omit<Note, "after" | "time">;

/** The events that are told as notes; the talk and the lists show the others, or nothing does. */
const NOTES_OF: {
  [Type in Happening["type"]]?: (event: Happening & { type: Type }, state: State) => Told | undefined;
} = {
  info: ({ text }) => ({ kind: "info", text }),
  error: ({ text }) => ({ kind: "error", text }),
  whois: ({ nick, text }) => ({ kind: "info", text: [...name(nick), " ", ...written(text)] }),
  table: ({ rows }) => ({ kind: "info", text: "", rows }),
  search: ({ found, text }) => ({
    kind: "info",
    text: settings.words.found(found.length, text, found.length < HISTORY.found),
    found,
  }),
  // What a server, a service or a person says, and nobody has a talk with.
  notice: (event, state) => {
    if (state.talkOf(event) !== undefined) return undefined;
    const { from, text, isServer } = event;
    return isServer ? { kind: "info", text: `${from}: ${text}` } : { kind: "info", from, text };
  },
  // Of a channel that is joined the list shows it.
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
        text: sentence(settings.words.youWereKicked, name(by), name(channel)),
        ...(reason === "" ? {} : { reason }),
        invitedTo: channel,
      }
      : undefined,
  invite: ({ nick, by, channel }, state) =>
    state.isSelf(nick)
      ? { kind: "info", text: sentence(settings.words.invited, name(by), name(channel)), invitedTo: channel }
      : undefined,
};

function noteOf(event: ClientEvent, state: State): Told | undefined {
  return (NOTES_OF[event.type] as ((event: Happening, state: State) => Told | undefined) | undefined)?.(event, state);
}
