/// <reference lib="dom" />
/**
 * One person's stay in the room, from coming in to leaving: the client, and what only a page adds to it. The elements of the
 * page draw it, and are told when it has changed.
 *
 * @module
 */

import { Client } from "../client/client.ts";
import { isSameName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { type ClientEvent, isSaid } from "../client/state/events.ts";
import { firstAfter } from "../client/state/excerpts.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { DEFAULT_CHANNEL } from "../shared/default_channel.ts";
import { ask, askNewSecret, askSecret } from "./ask.ts";
import { Drafts } from "./drafts.ts";
import { showInvitation } from "./invitation.ts";
import { Invitations } from "./invited.ts";
import { type Note, type NoteContent, noteOf, Notes, talkFor } from "./notes.ts";
import { Notifier } from "./notify.ts";
import { offerLogin } from "./owned_nick.ts";
import { PageCalls } from "./page_calls.ts";
import { settings } from "./settings.ts";
import { takeShared } from "./shared_text.ts";
import { isThisMachine, keepCookie, renewCookie, webSocketDial } from "./socket.ts";
import { placeOf, ROOM_NAME, showInWindow } from "./title.ts";

/** What a person comes in with. */
export interface Arrival {
  nick: string;
  /** Under which name the person is to be shown, where that is not the nick. */
  displayName?: string;
  /** Whether the person had that nick already before the page was loaded anew. */
  isOwnNick?: boolean;
  channel: string;
  password?: string;
  /** The password of the account that has the name of the nick, where the person logs in. */
  accountPassword?: string;
  /** Whether the person has not chosen the nick and the channel: they come back as who they were, or not at all. */
  isReturning?: boolean;
  /** Whether a person who comes back wants to be in that channel all the same. */
  isChannelWanted?: boolean;
  /** Whether nothing here is to be of whoever was here before. */
  isSomebodyNew?: boolean;
  /** The talks that were open before: each with what was written there and not sent, and whether the person chose it. */
  drafts?: [name: string, draft: string, isChosen: boolean][];
  /** The person whose talk was shown before. */
  person?: string;
  /** Why this person was away before. */
  away?: string;
}

/** A line to which the person jumps. */
export interface Sought {
  talk: Talk;
  /** Undefined where there is no such line (any more). */
  line: TalkLine | undefined;
  /** Whether the line is to have the focus. */
  hasFocus: boolean;
}

/** The address of the WebSocket of this page's server: beside the page, which may lie below a path of a proxy. */
function socketUrl(): string {
  const url = new URL("./irc", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  // How long the cookie lasts by which this person is known.
  url.searchParams.set("stays", settings.get("stays") ? "1" : "0");
  return url.href;
}

/**
 * One stay. It dispatches "change", at most once a frame, when something is to be drawn anew, and "moved" when another talk is
 * shown, or there are more or fewer talks.
 */
export class Stay extends EventTarget {
  readonly client: Client;
  /** The channel to come into first. */
  readonly wanted: string;
  /** The paths of picture emoji, by name. */
  readonly pictures: ReadonlyMap<string, string>;
  readonly drafts: Drafts;
  readonly calls: PageCalls;
  /** Why the connection is lost; undefined while it is not. */
  lost: string | undefined;
  /** Whether this person has left all channels, so that a page which is loaded anew comes into none. */
  hasLeftAll = false;
  /** Whether this person has come in. */
  isIn = false;
  /** Whether this person is about to leave. */
  isLeaving = false;
  /** The channel that this person was thrown out of last, until another talk is shown. */
  thrownOutOf: string | undefined;

  /** The line to which the log is to go, until it has. */
  sought: Sought | undefined;
  /** The message that the person wants to edit, until the field has taken it. */
  editing: TalkLine | undefined;
  /** The message whose text stands in the field. */
  edited: TalkLine | undefined;

  readonly #notes = new Notes();
  /** Takes an event before it is told, where something is asked for; gives whether it was taken. */
  #gather: (event: ClientEvent) => boolean = () => false;
  /** The message to which the page's address leads, until its channel is there. */
  #msgid: string | undefined;
  /** The person to talk to again as soon as there is a channel. */
  #person: string | undefined;
  readonly #notifier = new Notifier((talk, msgid) => void (msgid ? this.seek(talk, msgid) : this.open(talk)));
  readonly #invitations = new Invitations(this.#notes, this.#notifier, () => this.changed());
  #isChangeDue = false;
  #isOver = false;

  constructor(arrival: Arrival, pictures: ReadonlyMap<string, string>) {
    super();
    const { nick, displayName, isOwnNick = false, channel, password, drafts, person, away } = arrival;
    const { accountPassword, isReturning = false, isChannelWanted = !isReturning, isSomebodyNew = false } = arrival;
    this.pictures = pictures;
    this.wanted = channel;
    const place = placeOf(location.href);
    if (isSameName(`#${place.channel ?? ""}`, channel)) this.#msgid = place.msgid;
    this.#person = person;
    this.client = new Client({
      dial: webSocketDial(socketUrl(), () => settings.words.unreachable),
      address: location.host,
      page: location.origin + location.pathname,
      nick,
      ...(displayName === undefined ? {} : { displayName }),
      isOwnNick,
      channel,
      ...(password === undefined ? {} : { password }),
      ...(away === undefined ? {} : { away }),
      ...(accountPassword === undefined ? {} : { login: { account: nick, password: accountPassword } }),
      isLoginNeeded: true,
      device: "transport",
      renewCookie: (token) => void renewCookie(socketUrl(), token),
      isSomebodyNew,
      isNickSuggested: isReturning,
      isKnownOnly: isReturning,
      isChannelOptional: !isChannelWanted,
      isReopening: drafts === undefined,
      goesToNextChannel: true,
      showsMotd: true,
      hasCalls: true,
      openCall: (target) => this.calls.begin(target),
      pictures: new Set(pictures.keys()),
      askSecret,
      askNewSecret,
      askKey: (channel, isWrong) => askSecret(settings.words.askKeyOf(sanitize(channel), isWrong)),
      ...(channel === "" ? {} : { otherChannel: DEFAULT_CHANNEL }),
      // Nobody is between this machine and itself.
      isEncrypted: location.protocol === "https:" || isThisMachine(location.hostname),
      confirm: async (question, doing) => await ask(sanitize(question), settings.words[doing]) === "yes",
      sentences: () => settings.sentences,
      fileView: {
        send: () => this.#askForFiles("attach"),
        voice: () => this.#askForFiles("attach"),
        list: () => this.#askForFiles("files"),
        get: () => this.#askForFiles("files"),
      },
      onEvent: (event) => this.#take(event),
      onLeave: (reason) => void this.leave(reason),
    });
    this.drafts = new Drafts(this.client.state);
    this.calls = new PageCalls(this);
    for (const [name, draft, isChosen] of drafts ?? []) {
      Object.assign(this.client.state.open(name), { draft, isChosen });
    }
  }

  /** Stays until this person leaves. @throws {ConnectionError} See `Client.run`. */
  async run(): Promise<void> {
    try {
      await this.client.run();
    } finally {
      this.#isOver = true;
      this.#invitations.end();
      this.calls.end();
    }
  }

  /** Leaves. "leave" is dispatched at once: the page may be closed before the server has answered. */
  async leave(reason?: string): Promise<void> {
    this.isLeaving = true;
    this.dispatchEvent(new Event("leave"));
    await this.client.quit(reason);
  }

  /** Has the browser keep what this person is known by for as long as they have chosen now. */
  keepCookie(): void {
    keepCookie(socketUrl());
  }

  /** The talk that is shown. */
  get talk(): Talk | undefined {
    return this.client.state.current;
  }

  /** Why nothing can be said in the talk that is shown, if that is so. */
  get silence(): string | undefined {
    return this.talk && this.client.actions.silenced(this.talk.name);
  }

  /** Whether files can be sent here. */
  get hasFiles(): boolean {
    return this.client.actions.files.address !== undefined;
  }

  /** Has the page choose files that are to be sent ("attach"), or list those of the talk that is shown ("files"). */
  #askForFiles(what: "attach" | "files"): void {
    if (this.hasFiles) this.dispatchEvent(new Event(what));
    else this.client.actions.refuse(settings.sentences.files.none);
  }

  /** The name of the room, as its server tells it: another name may have come with a restart. */
  get roomName(): string {
    return sanitize(this.client.state.isupport.get("NETWORK") ?? "") || ROOM_NAME;
  }

  /** The talks of which this person wants to hear. */
  get #heard(): Talk[] {
    return [...this.client.state.talks.values()].filter(({ name, kind }) => settings.levelOf(name, kind) !== "none");
  }

  /** How many unread lines are for this person: private ones, mentions, and invitations. */
  get addressed(): number {
    return this.#heard.reduce(
      (sum, { kind, unread, mentions }) => sum + (kind === "private" ? unread : mentions),
      this.#invitations.unseen,
    );
  }

  /** How many lines of others are unread, in all talks of which this person wants to hear. */
  get unread(): number {
    return this.#heard.reduce((sum, { unread }) => sum + unread, this.#invitations.unseen);
  }

  /** Has the person edit a message of theirs where they write. */
  edit(line: TalkLine): void {
    this.editing = line;
    this.changed();
  }

  /** Shows a talk, and joins its channel if need be. */
  async open(name: string): Promise<void> {
    await this.client.actions.open(name);
    this.changed();
  }

  /**
   * Goes to a message of a talk, and joins its channel if need be. Where the channel can't be joined, the server says why; where
   * the message is gone, the page does.
   */
  async seek(name: string, msgid: string, hasFocus = true): Promise<void> {
    await this.open(name);
    const { talk, client } = this;
    if (talk === undefined || !isSameName(talk.name, name)) return;
    const find = () => talk.find(msgid) ?? talk.excerpt?.find(msgid);
    if (find() === undefined) await client.history.around(talk, { msgid });
    const line = find();
    if (talk.find(msgid) === line) talk.excerpt = undefined;
    if (line === undefined) this.tell({ kind: "error", text: settings.words.messageGone });
    this.sought = { talk, line, hasFocus };
    this.changed();
  }

  /**
   * Goes to the first line of a talk that somebody else said after a time; nowhere where the server does not give it, so that
   * nothing is passed over as read.
   *
   * @param time Milliseconds since 1970.
   */
  async seekSince(talk: Talk, time: number): Promise<void> {
    await this.client.history.since(talk, time);
    const line = firstAfter(talk.excerpt ?? talk, time);
    if (line === undefined || this.talk !== talk) return;
    this.sought = { talk, line, hasFocus: true };
    this.changed();
  }

  /** Shows another talk, where the one that was shown is closed; the address names no channel that the person has left. */
  goOn(): void {
    const { channel, talks } = this.client.state;
    if (channel === undefined) this.hasLeftAll = true;
    if (channel === undefined) history.replaceState(null, "", location.pathname + location.search);
    const [talk] = this.talk === undefined ? [...talks.values()].slice(-1) : [];
    if (talk !== undefined) void this.open(talk.name);
    this.changed();
  }

  /** What the page tells in a talk; undefined: where there is no talk. */
  notes(talk: Talk | undefined): readonly Note[] {
    return this.#notes.of(talk);
  }

  /** Tells the person something, in the talk that is shown or in another one. */
  tell(content: NoteContent, time = Date.now(), talk = this.talk): void {
    this.#notes.add(talk, content, time);
    this.changed();
  }

  /**
   * Gives the events that come while something is done, as answers to that.
   *
   * @param isWanted Which of them are given, and told nowhere else.
   */
  async gather(isWanted: (event: ClientEvent) => boolean, task: () => Promise<unknown>): Promise<ClientEvent[]> {
    const gathered: ClientEvent[] = [];
    this.#gather = (event) => isWanted(event) && gathered.push(event) > 0;
    try {
      await task();
    } finally {
      this.#gather = () => false;
    }
    return gathered;
  }

  /** Uses a part of the page that is loaded when it is first needed; says so where it can't be loaded. */
  async load<Part>(loading: Promise<Part>, use: (part: Part) => unknown): Promise<void> {
    const part = await loading.catch(() => undefined);
    if (part === undefined) this.tell({ kind: "error", text: settings.words.notLoaded });
    else await use(part);
  }

  /** Has everything drawn anew, soon. */
  changed(): void {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    const draw = () => {
      this.#isChangeDue = false;
      // The window tells of this stay no more.
      if (this.#isOver) return;
      this.dispatchEvent(new Event("change"));
      showInWindow(this.client.state, this.unread, this.roomName);
    };
    // A hidden page has no frames, but a title.
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  }

  #take(event: ClientEvent): void {
    if (this.#gather(event)) return;
    this.calls.take(event);
    this.#invitations.take(event, this.client.state);
    if (event.type === "part" && event.own) this.goOn();
    if (event.type === "join" && event.own) this.hasLeftAll = false;
    if (event.type === "kick" && event.own) this.thrownOutOf = event.channel;
    if (event.type === "target" || (event.type === "part" && event.own)) this.dispatchEvent(new Event("moved"));
    if (event.type === "mode") this.dispatchEvent(new CustomEvent("mode", { detail: event.channel }));
    void offerLogin(this.client, event);
    // It stands above the field already.
    if (event.type === "error" && event.text === this.silence) return this.changed();
    const note = noteOf(event, this.client.state);
    if (note !== undefined) this.tell(note, event.time, talkFor(event, this.client.state, this.talk));
    else if (event.type === "connected") {
      this.isIn = true;
      this.lost = undefined;
      if (!event.again) this.tell({ kind: "info", text: "", isWelcome: true }, event.time);
      if (event.isReopened) this.tell({ kind: "info", text: settings.words.reopened }, event.time);
      // Else the talk waits for the channel.
      if (this.wanted === "" && this.#person !== undefined) void this.open(this.#person);
    } else if (event.type === "disconnected") this.lost = event.reason;
    else if (event.type === "target") this.#targetChanged();
    else if (event.type === "invitation") void showInvitation(event.address);
    else if (event.type === "editing") this.edit(event.line);
    else if (event.type === "unsaid") this.drafts.giveBack(event.text, event.talk);
    if (isSaid(event) && (event.type !== "notice" || event.mention) && !event.history) {
      // Whoever talks needs no hints.
      if (event.own) settings.set("isWelcomed", true);
      this.#notifier.said(event, this.client.state.talkOf(event));
    }
    this.changed();
  }

  /** There may be a talk now where there was none. */
  #targetChanged(): void {
    const { talk } = this;
    if (talk === undefined) return;
    this.#notes.moveTo(talk);
    const msgid = this.#msgid;
    if (msgid !== undefined && isSameName(talk.name, this.wanted)) {
      this.#msgid = undefined;
      void this.seek(talk.name, msgid);
    }
    const person = this.#person;
    this.#person = undefined;
    if (person === undefined) this.#putShared();
    else void this.open(person).then(() => this.#putShared());
  }

  /** Puts what another program has shared with the page where the person writes. Sending it is for them. */
  #putShared(): void {
    const { talk } = this;
    const text = talk && takeShared();
    if (talk === undefined || text === undefined) return;
    this.drafts.append(text, talk);
    this.changed();
  }
}
