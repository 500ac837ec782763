/// <reference lib="dom" />
/**
 * The bar of the call in which this page is: who is in it, who speaks, and all that a person does in a call. Below it stand the
 * pictures, if there are any.
 *
 * @module
 */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { foldName } from "../../client/names.ts";
import { sanitize } from "../../client/sanitize.ts";
import type { CallWord } from "../../client/state/call_words.ts";
import type { CallMember } from "../../client/state/calls.ts";
import { drawAvatar } from "../draw.ts";
import { StayView } from "../element.ts";
import { icon, type IconName } from "../icon.ts";
import { type MenuEntry, showMenu } from "../menu.ts";
import type { PageCall } from "./call.ts";
import { showDevices } from "./devices.ts";
import { elapsedText } from "./figures.ts";
import { closeGone } from "./floating.ts";
import { isFree, TalkKey } from "./keys.ts";
import { REACTIONS } from "./reactions.ts";
import { drawReactions, drawTiles } from "./tiles.ts";

/** How often the time is drawn anew, in milliseconds. */
const TICK = 1_000;

export class CallBar extends StayView {
  static override properties = { call: { attribute: false } };
  declare call: PageCall;
  #drawn: PageCall | undefined;
  #ended = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Who was in the call when it was drawn last; what is told of that. */
  #members: readonly string[] | undefined;
  #news = "";
  /** The last reaction that was told. */
  #reaction = 0;
  readonly #again = () => this.requestUpdate();
  readonly #talkKey = new TalkKey({
    isMuted: () => this.call.isMuted,
    mute: (isMuted) => void this.call.mute(isMuted),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.#ended = new AbortController();
    // Before the page takes a letter for the field.
    addEventListener("keydown", this.#keyed, { signal, capture: true });
    addEventListener("keyup", (event) => this.#talkKey.up(event), { signal, capture: true });
    addEventListener("blur", () => this.#talkKey.end(), { signal });
    this.#timer = setInterval(this.#again, TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended.abort();
    clearInterval(this.#timer);
    this.#drawn?.removeEventListener("change", this.#again);
    this.#drawn = undefined;
    closeGone();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    closeGone();
  }

  protected override willUpdate(): void {
    if (this.#drawn === this.call) return;
    this.#drawn?.removeEventListener("change", this.#again);
    this.#drawn = this.call;
    this.#members = undefined;
    this.call.addEventListener("change", this.#again);
  }

  readonly #keyed = (event: KeyboardEvent) => {
    this.#talkKey.down(event);
    if (event.key.toLowerCase() !== "m" || event.repeat || !isFree(event)) return;
    event.preventDefault();
    void this.call.mute(!this.call.isMuted);
  };

  override render(): TemplateResult {
    const { words: { calls: words }, call } = this;
    const { begunAt, members } = call;
    this.#noteMembers(members);
    const isAlone = members.length === 1;
    const state = begunAt === undefined
      ? words.joining
      : isAlone && call.isPrivate
      ? words.calling(sanitize(call.target))
      : call.isListening
      ? words.onlyListening
      : undefined;
    return html`
      <section class="call-bar" aria-label=${words.call}>
        <div class="call-head ${this.stay.calls.isIn(this.stay.talk) ? "here" : ""}">
          <button class="where" type="button" @click=${() => void this.stay.open(call.target)}>${icon(
            "phone",
          )} <bdi>${sanitize(
            call.target,
          )}</bdi></button>
          ${begunAt === undefined ? nothing : html`
            <span class="elapsed" role="timer" aria-label=${words.elapsed(
              elapsedText(Date.now() - begunAt),
            )}>${elapsedText(
              Date.now() - begunAt,
            )}</span>
          `}
          ${state === undefined ? nothing : html`<span class="dim">${state}</span>`}
        </div>
        <ul class="call-people" aria-label=${words.peopleInCall}>${members.map((member) => this.#person(member))}</ul>
        ${this.#buttons()}
        <p class="hidden" role="status">${this.#news}</p>
      </section>
      ${call.isUnheard
        ? html`
          <div class="call-line" role="alert">
            <p>${words.notHeard}</p>
            <button class="yes" type="button" @click=${() => call.hear()}>${icon("volume-2")} ${words.hear}</button>
          </div>
        `
        : nothing}
      ${drawTiles(call)}
    `;
  }

  /** Finds who has come and gone since it was drawn last. */
  #noteMembers(members: readonly CallMember[]): void {
    const { words: { calls: words }, call } = this;
    this.#noteReactions(members);
    const others = members.slice(1).map(({ nick }) => nick);
    const before = this.#members;
    this.#members = call.begunAt === undefined ? undefined : others;
    if (before === undefined) return;
    const came = others.filter((nick) => !before.includes(nick)),
      went = before.filter((nick) => !others.includes(nick));
    const news = [
      ...came.map((nick) => words.came(sanitize(nick))),
      ...went.map((nick) => words.went(sanitize(nick))),
    ];
    if (news.length > 0) this.#news = news.join(" ");
  }

  /** Finds how others react since it was drawn last. */
  #noteReactions(members: readonly CallMember[]): void {
    const { words: { calls: words }, call: { reactions } } = this;
    const last = this.#reaction;
    const told = members.flatMap(({ nick }, i) =>
      reactions.of(nick).filter(({ id }) => id > last).map((reaction) => ({ ...reaction, nick, isOwn: i === 0 }))
    );
    this.#reaction = Math.max(last, ...told.map(({ id }) => id));
    const news = told.filter(({ isOwn }) => !isOwn).map(({ nick, emoji }) =>
      words.reacted(sanitize(nick), sanitize(emoji))
    );
    if (news.length > 0) this.#news = news.join(" ");
  }

  #person({ nick, words: does }: CallMember): TemplateResult {
    const { words: { calls: words }, call, stay: { client: { state } } } = this;
    const folded = foldName(nick);
    const isSelf = state.isSelf(nick);
    const isSpeaking = call.levels.speaks(folded) && !does.has("muted");
    const quality = call.levels.qualityOf(folded);
    const isConnecting = !isSelf && call.ways.stateOf(nick) !== "connected";
    const grade = isConnecting || quality === undefined || quality.grade === "good" ? undefined : quality.grade;
    const weak = grade === "bad" ? words.isBad : words.isWeak;
    const percent = (part: number) => `${Math.round(part * 100)} %`;
    const milliseconds = quality?.delay === undefined ? "?" : `${Math.round(quality.delay * 1000)} ms`;
    const said = [
      ...(isSelf ? [words.you] : []),
      ...(isSpeaking ? [words.speaking] : []),
      ...(does.has("muted") ? [words.muted] : []),
      ...(does.has("audio") ? [] : [words.onlyListening]),
      ...(does.has("hand") ? [words.handUp] : []),
      ...(isConnecting ? [words.isConnecting] : []),
      ...(grade === undefined ? [] : [weak]),
    ];
    const title = quality === undefined || isSelf ? nothing : words.quality(percent(quality.loss), milliseconds);
    const name = html`
      ${drawAvatar(nick)}<bdi>${sanitize(nick)}</bdi>
      ${does.has("audio") ? does.has("muted") ? icon("mic-off") : nothing : icon("headphones")}${does.has("hand")
        ? icon("hand")
        : nothing}
      ${isConnecting
        ? html`<span class="dim" aria-hidden="true">…</span>`
        : grade === undefined
        ? nothing
        : html`<span class="grade ${grade}" aria-hidden="true"></span>`}
      ${drawReactions(call, nick)}
      ${said.length === 0 ? nothing : html`<span class="hidden">, ${said.join(", ")}</span>`}
    `;
    const more = isSelf || !this.#mayModerate
      ? undefined
      : ({ currentTarget }: Event) => this.#moderate(nick, currentTarget as Element);
    return html`
      <li class=${isSpeaking ? "speaking" : ""} title=${title}>${more === undefined
        ? name
        : html`<button type="button" aria-haspopup="menu" @click=${more}>${name}</button>`}</li>
    `;
  }

  /** Whether this person may mute and remove others. */
  get #mayModerate(): boolean {
    const { call, stay: { client: { state } } } = this;
    const { prefix = "" } = state.joined(call.target)?.members.get(foldName(state.nick)) ?? {};
    return !call.isPrivate && prefix.includes("@");
  }

  #moderate(nick: string, at: Element): void {
    const { words: { calls: words }, call: { target }, stay: { client: { actions: { calls } } } } = this;
    const name = sanitize(nick);
    const entries: MenuEntry[] = [
      { label: words.muteThem(name), icon: "mic-off", run: () => calls.mute(target, nick) },
      { label: words.removeThem(name), icon: "user-x", run: () => calls.kick(target, nick), isDestructive: true },
    ];
    showMenu(words.moreAbout(name), [{ entries }], at);
  }

  readonly #react = ({ currentTarget }: Event) => {
    const { call, words: { calls: words } } = this;
    const entries = REACTIONS.map((emoji) => ({ label: emoji, run: () => call.react(emoji) }));
    showMenu(words.react, [{ entries }], currentTarget as Element);
  };

  #buttons(): TemplateResult {
    const { words: { calls: words }, call } = this;
    const does = call.words;
    // Why it is as it is, where this person can't change that.
    const why = call.isListening ? words.mayNotTalk : undefined;
    const press = (word: CallWord, isOn: boolean, label: string, name: IconName, act: () => unknown, key?: string) =>
      html`
        <button class="call-button ${word}" type="button" aria-pressed=${isOn} aria-label=${label} title=${why !==
              undefined && word !== "hand"
          ? why
          : key === undefined
          ? label
          : `${label} (${key})`}
          aria-keyshortcuts=${key ?? nothing} @click=${() => void act()}>${icon(name)}</button>
      `;
    const { isMuted } = call;
    const hasScreen = does.has("screen"), hasCamera = does.has("video");
    return html`
      <div class="call-buttons" role="group" aria-label=${words.call}>
        ${press("muted", isMuted, words.mute, isMuted ? "mic-off" : "mic", () => call.mute(!isMuted), "M")}
        ${press("video", hasCamera, words.camera, hasCamera ? "video" : "video-off", () => call.toggleCamera())}
        ${call.canShare
          ? press(
            "screen",
            hasScreen,
            words.shareScreen,
            hasScreen ? "screen-share-off" : "screen-share",
            () => call.toggleScreen(),
          )
          : nothing}
        <button class="call-button" type="button" aria-haspopup="menu" aria-label=${words.react} title=${words.react}
          @click=${this.#react}>${icon("smile-plus")}</button>
        ${press("hand", call.hasHand, words.raiseHand, "hand", () => call.toggleHand())}
        <button class="call-button" type="button" aria-label=${words.devices} title=${words.devices}
          @click=${() => void showDevices(call)}>${icon("settings-2")}</button>
        <button class="call-button danger" type="button" aria-label=${words.leave} title=${words.leave}
          @click=${() => void call.leave()}>${icon("phone-off")}</button>
      </div>
    `;
  }
}

customElements.define("tea-call-bar", CallBar);
