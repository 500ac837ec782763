/// <reference lib="dom" />
/**
 * The call that this page is in: its own state beside that of the server. It is joined by the chat's connection, and goes on
 * without it; when the connection is back, the place in the call is taken again.
 *
 * @module
 */

import type { Client } from "../../client/client.ts";
import { foldName, isSameName } from "../../client/names.ts";
import type { CallWord } from "../../client/state/call_words.ts";
import type { CallEvent, CallMember } from "../../client/state/calls.ts";
import type { ClientEvent } from "../../client/state/events.ts";
import { sanitize } from "../../client/sanitize.ts";
import { settings } from "../settings.ts";
import { Awake } from "./awake.ts";
import { joinsMuted } from "./ladder.ts";
import { Levels } from "./levels.ts";
import { canShare, Media, type Source } from "./media.ts";
import { Others } from "./others.ts";
import { Reactions } from "./reactions.ts";
import { camerasOf, ENGINE_STOPPED, Ways } from "./ways.ts";

/** What a call needs of the page. */
export interface CallPage {
  client: Client;
  /** Tells the person something. */
  tell: (text: string) => void;
  /** Called when the call is over for this page. */
  onEnd: () => void;
}

/** For how long the server keeps the place of somebody whose connection is lost, in milliseconds. */
const KEPT = 30_000;

/** How often it is tried to take one's place again, in milliseconds. */
const AGAIN = 1_000;

/** One call, from joining to leaving. It dispatches "change" when something is to be drawn anew. */
export class PageCall extends EventTarget {
  /** The channel, or the other person. */
  target: string;
  readonly media: Media;
  readonly others: Others;
  readonly ways: Ways;
  readonly levels: Levels;
  readonly reactions: Reactions = new Reactions(() => this.changed());
  /** When this page came in, in milliseconds since 1970; undefined before. */
  begunAt: number | undefined;
  isMuted = false;
  /** Whether this person may only listen: they may not talk in the channel. */
  isListening = false;
  hasHand = false;
  /** Whether the pictures fill the place of the talk. */
  isLarge = false;
  /** Whether the browser plays nothing before the person has pressed something. */
  isUnheard = false;
  readonly #page: CallPage;
  #isJoining = false;
  #isOver = false;
  /** When the connection to the server was lost, if it is. */
  #lostAt: number | undefined;
  /** Those who were in the call when the server was last heard. */
  #known: CallMember[] = [];
  readonly #awake = new Awake();

  constructor(target: string, page: CallPage) {
    super();
    this.target = target;
    this.#page = page;
    const { client: { state, actions: { calls } } } = page;
    const ended = (source: Source) => void this.#sourceEnded(source);
    this.media = new Media((slot, track) => this.ways.send(slot, track), ended);
    this.media.addEventListener("change", () => this.changed());
    this.others = new Others(() => {
      this.isUnheard = true;
      this.changed();
    });
    this.others.speakBy(this.media.chosen.speaker);
    this.ways = new Ways({
      nick: () => state.nick,
      name: () => this.#name,
      isMember: (nick) => state.calls.of(this.target)?.members.has(foldName(nick)) === true,
      send: (nick, value) => calls.signal(nick, value),
      iceServers: () => state.calls.of(this.target)?.iceServers ?? [],
      engine: () => state.calls.of(this.target)?.engine,
      cameras: () => camerasOf(this.members),
      onGone: (nick, slot) => this.others.drop(nick, slot),
      onTrack: (nick, slot, track) => {
        this.others.put(nick, slot, track);
        this.#allow();
        this.changed();
      },
      onChange: () => this.changed(),
    });
    this.levels = new Levels({
      peers: () => this.ways.peers,
      microphone: () => this.media.tracks.microphone,
      self: () => foldName(state.nick),
      changed: () => this.changed(),
    });
  }

  /** Whether it is a call of two. */
  get isPrivate(): boolean {
    return !this.#page.client.state.isupport.isChannel(this.target);
  }

  /** Whether this browser can share a screen. */
  readonly canShare: boolean = canShare;

  /** Those who are in the call, this person first. While the connection is lost, those who were in it before. */
  get members(): CallMember[] {
    const { state } = this.#page.client;
    const isSelf = ({ nick }: CallMember) => state.isSelf(nick);
    return [{ nick: state.nick, words: this.words }, ...this.#known.filter((member) => !isSelf(member))];
  }

  /** What this person does. */
  get words(): Set<CallWord> {
    const { microphone, camera, screen } = this.media.tracks;
    return new Set<CallWord>([
      ...(microphone === null ? [] : ["audio" as const]),
      ...(camera === null ? [] : ["video" as const]),
      ...(screen === null ? [] : ["screen" as const]),
      ...(this.isMuted || microphone === null ? ["muted" as const] : []),
      ...(this.hasHand ? ["hand" as const] : []),
    ]);
  }

  /** Has everything drawn anew. */
  changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** Opens the microphone and joins. @param isMuted Whether to be muted; where that is not said, by how many are there. */
  async begin(isMuted?: boolean): Promise<void> {
    const { client, tell } = this.#page;
    const { words } = settings;
    this.isListening = this.#isSilenced;
    const refusal = this.isListening ? undefined : await this.media.openMicrophone();
    if (this.#isOver) return;
    const others = client.state.calls.of(this.target)?.members.size ?? 0;
    this.isMuted = this.isListening || (isMuted ?? joinsMuted(others));
    this.media.mute(this.isMuted);
    if (!await this.#join()) return this.end();
    this.begunAt = Date.now();
    if (this.isListening) tell(words.calls.mayNotTalk);
    else if (refusal !== undefined && refusal !== "insecure") tell(words.calls.noMicrophone[refusal]);
    else if (isMuted === undefined && this.isMuted) tell(words.calls.joinedMuted);
    void this.#awake.keep();
    this.changed();
  }

  /** Mutes this person, or lets them speak again. Where the microphone could not be had, it is asked for again. */
  async mute(isMuted: boolean): Promise<void> {
    const { tell } = this.#page;
    if (!isMuted && this.#isSilenced) return tell(settings.words.calls.mayNotTalk);
    if (!isMuted && this.media.tracks.microphone === null) {
      const refusal = await this.media.openMicrophone();
      if (refusal !== undefined && refusal !== "insecure") return tell(settings.words.calls.noMicrophone[refusal]);
    }
    this.isMuted = isMuted;
    // The server knows whether they may talk by now.
    if (!isMuted) this.isListening = false;
    this.media.mute(isMuted);
    this.#told();
  }

  /** Turns the camera on or off. */
  async toggleCamera(): Promise<void> {
    if (this.isListening) return this.#page.tell(settings.words.calls.mayNotTalk);
    if (this.media.tracks.camera !== null) this.media.close("camera");
    else if (this.ways.cameraRung(this.members.length - 1, camerasOf(this.members) + 1) === undefined) {
      this.#page.tell(settings.words.calls.tooManyCameras);
    } else {
      const refusal = await this.media.openCamera();
      if (refusal !== undefined && refusal !== "insecure") this.#page.tell(settings.words.calls.noCamera[refusal]);
    }
    this.#told();
  }

  /** Shares the screen, or ends that. */
  async toggleScreen(): Promise<void> {
    if (this.isListening) return this.#page.tell(settings.words.calls.mayNotTalk);
    if (this.media.tracks.screen !== null) this.media.close("screen");
    else if (await this.media.openScreen() !== undefined) this.#page.tell(settings.words.calls.noScreen);
    this.#told();
  }

  toggleHand(): void {
    this.hasHand = !this.hasHand;
    this.#told();
  }

  /** Shows the others an emoji for a moment. */
  async react(emoji: string): Promise<void> {
    const { client, tell } = this.#page;
    if (this.isListening) return tell(settings.words.calls.mayNotTalk);
    if (!this.reactions.tryOwn()) return;
    this.reactions.put(client.state.nick, emoji);
    if (!await client.actions.calls.react(this.target, emoji)) tell(settings.words.calls.mayNotTalk);
  }

  /** Plays what the browser did not play by itself; called on a press. */
  hear(): void {
    this.isUnheard = false;
    this.others.playAll();
    this.changed();
  }

  /** Says what could not be done. */
  fail(text: string): void {
    this.#page.tell(text);
    this.changed();
  }

  /** Leaves the call. */
  async leave(): Promise<void> {
    const { target } = this;
    this.end();
    await this.#page.client.actions.calls.leave(target);
  }

  /**
   * Ends it for this page; the server knows, or is told by others.
   *
   * @param isElsewhere Whether this person goes on with it at another page, so that they are still in it.
   */
  end(isElsewhere = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.levels.end();
    this.reactions.end();
    this.ways.close();
    this.media.end();
    this.others.end();
    this.#awake.end();
    if (!isElsewhere) this.#page.client.actions.calls.isOver(this.target);
    this.#page.onEnd();
  }

  /** Takes what happened. */
  take(event: ClientEvent): void {
    if (this.#isOver) return;
    if (event.type === "signal") void this.ways.take(event.from, event.value);
    else if (event.type === "nick") {
      this.ways.rename(event.nick, event.renamed);
      this.others.rename(event.nick, event.renamed);
    } else if (event.type === "disconnected") this.#lostAt ??= event.time;
    else if (event.type === "connected" && event.again) void this.#comeBack();
    else if ((event.type === "part" || event.type === "kick") && event.own && isSameName(event.channel, this.target)) {
      return this.#over(settings.words.calls.hasEnded);
    } else if (event.type === "call") this.#takeCall(event);
    if (event.type !== "call" && event.type !== "nick") return;
    const call = this.#page.client.state.calls.of(this.target);
    this.#known = [...call?.members.values() ?? this.#known];
    if (call !== undefined && this.begunAt !== undefined && !this.#isOver) this.ways.follow();
    this.ways.limit();
    this.#allow();
    if (!this.#isOver) this.changed();
  }

  /** Has those heard who may be heard. */
  #allow(): void {
    for (const { nick, words } of this.#known) this.others.allow(nick, words);
  }

  #takeCall(event: CallEvent): void {
    const { calls } = settings.words;
    const { change, nick, own, by, text } = event;
    if (change === "renamed" && isSameName(text, this.target)) this.target = event.target;
    if (!isSameName(event.target, this.target)) return;
    if (change === "mute" && own) this.#wasMuted(by);
    else if (change === "react" && !own) this.reactions.put(nick, text);
    else if (change === "kick" && own) this.#over(calls.wereRemoved(sanitize(by)));
    else if (change === "part" && own && !this.#isJoining) {
      this.#over(text === ENGINE_STOPPED ? calls.engineStopped : calls.hasEnded);
    } else if (change === "answered" && own && !this.#isJoining) this.#over(calls.isElsewhere, true);
    else if (change === "join" && !own) {
      // What was before the other one came was ringing.
      if (this.isPrivate && this.begunAt !== undefined) this.begunAt = Date.now();
      this.ways.expect(nick);
      this.#fewerCameras();
    } else if ((change === "part" || change === "kick") && !own) {
      this.ways.leave(nick);
      this.others.remove(nick);
      if (this.isPrivate) {
        const isRefused = text === "declined" || text === "no answer";
        const { current } = this.#page.client.state;
        // The talk itself says it, where that is shown.
        const isTold = current !== undefined && isSameName(current.name, this.target);
        this.#over(isTold ? undefined : isRefused ? calls.isDeclined(sanitize(nick)) : calls.hasEnded);
      }
    }
  }

  /** An operator wants it, or the server: then this person may neither talk nor show anything. */
  #wasMuted(by: string): void {
    if (by.includes(".")) return this.#listen();
    this.#page.tell(settings.words.calls.wereMuted(sanitize(by)));
    void this.mute(true);
  }

  /** This person only listens from now on: the server has said so. */
  #listen(): void {
    this.isListening = this.isMuted = true;
    for (const source of ["microphone", "camera", "screen"] as const) this.media.close(source);
    this.#told();
    if (this.begunAt !== undefined) this.#page.tell(settings.words.calls.mayNotTalk);
  }

  /** Where too many are in the call for cameras, this one is turned off. */
  #fewerCameras(): void {
    const others = this.#page.client.state.calls.of(this.target)?.members.size ?? 1;
    if (this.media.tracks.camera === null || this.ways.cameraRung(others - 1, camerasOf(this.members)) !== undefined) {
      return;
    }
    this.media.close("camera");
    this.#page.tell(settings.words.calls.tooManyCameras);
    this.#told();
  }

  #over(text: string | undefined, isElsewhere = false): void {
    if (text !== undefined) this.#page.tell(text);
    this.end(isElsewhere);
  }

  /** How the call is named in a signal, alike at all its pages. */
  get #name(): string {
    const { nick } = this.#page.client.state;
    return this.isPrivate ? [foldName(nick), foldName(this.target)].sort().join(" ") : foldName(this.target);
  }

  get #isSilenced(): boolean {
    return !this.isPrivate && this.#page.client.actions.silenced(this.target) !== undefined;
  }

  /** Joins, and offers to those who are there. @returns Whether this person is in. */
  async #join(): Promise<boolean> {
    this.#isJoining = true;
    const { client } = this.#page;
    try {
      for (;;) {
        const joining = await client.actions.calls.join(this.target, this.words);
        const mayNotBegin = joining === "silenced" && this.isListening;
        if (mayNotBegin) this.#page.tell(settings.words.calls.mayNotBegin);
        if (this.#isOver || joining === "refused" || mayNotBegin) return false;
        if (joining === "joined") break;
        if (joining === "silenced") this.#listen();
        if (!client.isConnected) return this.begunAt !== undefined;
        if (joining === "lost") await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    } finally {
      this.#isJoining = false;
    }
    const members = [...client.state.calls.of(this.target)?.members.values() ?? []];
    this.#known = members;
    this.#allow();
    this.ways.meet(members.map(({ nick }) => nick));
    return true;
  }

  /** Takes the place in the call again, on another connection. */
  async #comeBack(): Promise<void> {
    if (this.begunAt === undefined || this.#isJoining) return;
    const isForgotten = Date.now() - (this.#lostAt ?? Date.now()) > KEPT;
    this.#lostAt = undefined;
    // To join again would be to call the other person anew.
    if (isForgotten && this.isPrivate) return this.#over(settings.words.calls.hasEnded);
    // The channel is joined first.
    await Promise.resolve();
    if (!await this.#join() && !this.#isOver) this.#over(settings.words.calls.hasEnded);
    this.changed();
  }

  /** Where the microphone is gone, another one takes its place. */
  async #sourceEnded(source: Source): Promise<void> {
    if (source === "microphone") {
      const refusal = await this.media.openMicrophone();
      if (this.#isOver) return;
      if (refusal !== undefined) {
        this.isMuted = true;
        this.#page.tell(settings.words.calls.noMicrophone[refusal === "insecure" ? "missing" : refusal]);
      }
      this.media.mute(this.isMuted);
    }
    this.#told();
  }

  /** Tells the others what this person does now. */
  #told(): void {
    this.changed();
    if (this.begunAt === undefined) return;
    void this.#page.client.actions.calls.setWords(this.target, this.words).then((isTaken) => {
      if (!isTaken && !this.#isOver && !this.isListening) this.#listen();
    });
  }
}
