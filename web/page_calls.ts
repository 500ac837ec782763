/// <reference lib="dom" />
/**
 * The calls of one stay, as far as the page shows them before one is joined: which run, and who calls. The call itself
 * (calls/call.ts) is loaded with the first that is joined.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import { isSameName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Call } from "../client/state/calls.ts";
import type { ClientEvent } from "../client/state/events.ts";
import type { Talk } from "../client/state/talk.ts";
import type { PageCall } from "./calls/call.ts";
import type { NoteContent } from "./notes.ts";
import { notify } from "./notify.ts";
import { settings } from "./settings.ts";
import { playTone } from "./tones.ts";

/** How often a call rings that is not answered, in milliseconds; and how often at the most: the server ends it after 45 s. */
const RING = 2_500, MOST_RINGS = 20;

/** Where the session storage has the call in which the page was when it was left. */
const KEY = `teahouse.call ${location.pathname}`;

/** How long after that the page goes back to it, in milliseconds. */
const COMES_BACK = 60_000;

/** What the calls need of the stay. */
interface CallsPage {
  readonly client: Client;
  tell(content: NoteContent): void;
  open(name: string): Promise<void>;
  changed(): void;
  load<Part>(loading: Promise<Part>, use: (part: Part) => unknown): Promise<void>;
}

/** A call that the page was in when it was left. */
interface Kept {
  target: string;
  isMuted: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

/** The calls of one stay. */
export class PageCalls {
  /** The call that this page is in. */
  active: PageCall | undefined;
  /** Whether a call can't be joined since the page came without https. */
  isInsecure = false;
  readonly #page: CallsPage;
  #rings = 0;
  #ringing: ReturnType<typeof setInterval> | undefined;
  #isLoading = false;
  #kept: Kept | undefined = takeKept();

  constructor(page: CallsPage) {
    this.#page = page;
    addEventListener("pagehide", this.#left);
  }

  /** Whether this room has calls. */
  get isAvailable(): boolean {
    return this.#page.client.actions.calls.most > 0;
  }

  /** The call of a talk in which somebody is; undefined where there is none. */
  of(talk: Talk): Call | undefined {
    const call = this.#page.client.state.calls.of(talk.name);
    return call === undefined || call.members.size === 0 ? undefined : call;
  }

  /** Whether this page is in the call of a talk. */
  isIn(talk: Talk | undefined): boolean {
    return talk !== undefined && this.active !== undefined && isSameName(this.active.target, talk.name);
  }

  /** Those who call this person. */
  get ringing(): Call[] {
    return this.#page.client.state.calls.ringing;
  }

  /** Joins the call of a channel, or calls a person. Another call is left. @param isMuted See `PageCall.begin`. */
  async join(target: string, isMuted?: boolean): Promise<void> {
    this.isInsecure = !isSecureContext;
    this.#page.changed();
    if (this.isInsecure || this.#isLoading) return;
    this.#isLoading = true;
    const { client } = this.#page;
    await this.active?.leave();
    await this.#page.load(import("./calls/call.ts"), ({ PageCall }) => {
      const active = this.active = new PageCall(target, {
        client,
        tell: (text) => this.#page.tell({ kind: "info", text }),
        onEnd: () => {
          if (this.active === active) this.active = undefined;
          this.#page.changed();
        },
      });
      // The person may take long to allow the microphone, or leave before they do.
      void active.begin(isMuted);
    }).finally(() => this.#isLoading = false);
    this.#page.changed();
  }

  /** Takes the call of a person. */
  async accept(nick: string): Promise<void> {
    this.#quiet();
    void this.#page.open(nick);
    await this.join(nick, false);
  }

  /** Brings the person into the call of a talk, as a command asks for: a call that rings is taken. */
  async begin(target: string): Promise<void> {
    if (this.ringing.some((call) => isSameName(call.target, target))) return await this.accept(target);
    await this.#page.open(target);
    if (!this.isIn(this.#page.client.state.find(target))) await this.join(target);
  }

  /** Does not take it. */
  async decline(nick: string): Promise<void> {
    const done = this.#page.client.actions.calls.decline(nick);
    this.#quiet();
    this.#page.changed();
    await done;
  }

  /** Takes what happened. */
  take(event: ClientEvent): void {
    this.active?.take(event);
    if (event.type === "join" && event.own) this.#joined(event.channel);
    const { actions } = this.#page.client;
    if (event.type === "call" && event.change === "members") void actions.calls.leaveUnsaid(event.target);
    if (event.type === "connected" && event.again) void actions.calls.leaveUnsaid();
    if (event.type === "call" && event.change === "ring") this.#ring(event.nick);
    if (event.type === "call" && event.record?.what === "missed") this.#missed(event.target);
    if (event.type === "call" || event.type === "disconnected") this.#quiet();
  }

  /** The stay is over. */
  end(): void {
    removeEventListener("pagehide", this.#left);
    this.active?.end();
    clearInterval(this.#ringing);
  }

  /** Comes back to the call in which the page was. */
  #joined(channel: string): void {
    const kept = this.#kept;
    if (kept === undefined || !isSameName(kept.target, channel) || !this.isAvailable) return;
    this.#kept = undefined;
    void this.join(kept.target, kept.isMuted);
  }

  /** Calls this person, who may look elsewhere. */
  #ring(nick: string): void {
    this.#notify(nick, settings.words.calls.callsYou(sanitize(nick)), true);
    if (this.#ringing !== undefined || settings.levelOf(nick, "private") === "none") return;
    const sound = () => {
      if (settings.get("sound")) playTone(settings.get("tone"), settings.get("volume"));
      if (++this.#rings >= MOST_RINGS) this.#silence();
    };
    this.#ringing = setInterval(sound, RING);
    sound();
  }

  /** Says that somebody has called, in the place of what says that they call. */
  #missed(nick: string): void {
    this.#notify(nick, settings.sentences.calls.missed(sanitize(nick)), false);
  }

  /** Notifies of a call, if the person wants that and looks elsewhere. @param stays Whether it stays until they have seen it. */
  #notify(nick: string, title: string, stays: boolean): void {
    const isWanted = settings.get("notifications") && settings.levelOf(nick, "private") !== "none";
    if (document.hasFocus() || !isWanted) return;
    const options = { tag: `call ${sanitize(nick)}`, requireInteraction: stays };
    void notify(title, options, () => void this.#page.open(nick));
  }

  /** Rings no more where nobody calls. */
  #quiet(): void {
    if (this.ringing.length === 0) this.#silence();
  }

  #silence(): void {
    clearInterval(this.#ringing);
    this.#ringing = undefined;
    this.#rings = 0;
  }

  /** The page is left, or loaded anew. It leaves the call, so that nobody sees somebody who is not there, and comes back to it. */
  readonly #left = () => {
    const { active } = this;
    if (active?.begunAt === undefined) return;
    const { target, isMuted, isPrivate } = active;
    this.#page.client.actions.calls.leaveNow(target);
    active.end();
    // To join a private call again would be to call the other person anew.
    if (isPrivate) return;
    const kept: Kept = { target, isMuted, at: Date.now() };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Then the person joins again by themselves.
    }
  };
}

/** Takes the call out of the session storage in which this page was just now. */
function takeKept(): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
    const isNow = typeof kept?.at === "number" && Math.abs(Date.now() - kept.at) < COMES_BACK;
    return isNow && typeof kept.target === "string" ? { ...kept, isMuted: kept.isMuted === true } : undefined;
  } catch {
    return undefined;
  }
}
