/// <reference lib="dom" />
/**
 * The page as a whole: the login, then the room with its lists and the talk. It must not know how each of them looks.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ERR_PASSWDMISMATCH, isChannelName } from "../protocol.ts";
import { sanitize } from "../client/sanitize.ts";
import { ConnectionError } from "../client/connection/connection_error.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { ask } from "./ask.ts";
import type { ComposeView } from "./compose.ts";
import { View } from "./element.ts";
import { parts } from "./format.ts";
import type { LogView } from "./log.ts";
import { channelOfAddress, type Refusal } from "./login.ts";
import { askToNotify, canNotify, notifying } from "./notify.ts";
import { type Entry, HOUSE, Room } from "./room.ts";
import { settings } from "./settings.ts";
import { countText } from "./talks.ts";

/** Where a page that is loaded anew finds what it was in. Another room may lie beside it, at another path of the same host. */
const STAY = `teahouse.stay ${location.pathname}`;

/** Whether lists slide over the talk, for want of room beside it. */
const isNarrow = matchMedia("(max-width: 56rem)");

export class TeaHouse extends View {
  #room: Room | undefined;
  #refusal: Refusal | undefined;
  #isBusy = false;
  /** Where the page was before it was loaded anew, until it is there again. */
  #stay: Entry | undefined;
  /** The list that slides over the talk, where there is no room beside it. */
  #sliding: "talks" | "people" | undefined;
  readonly #drawn = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#addressChanged);
    addEventListener("online", this.#networkChanged);
    addEventListener("offline", this.#networkChanged);
    addEventListener("pagehide", this.#remember);
    addEventListener("beforeunload", this.#leaving);
    // The last that a phone tells of a page before it ends it.
    document.addEventListener("visibilitychange", this.#remember);
    addEventListener("keydown", this.#keyed);
    isNarrow.addEventListener("change", this.#narrowed);
    this.#stay = keptStay();
    if (this.#stay !== undefined) void this.#enter(this.#stay);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#addressChanged);
    removeEventListener("online", this.#networkChanged);
    removeEventListener("offline", this.#networkChanged);
    removeEventListener("pagehide", this.#remember);
    removeEventListener("beforeunload", this.#leaving);
    document.removeEventListener("visibilitychange", this.#remember);
    removeEventListener("keydown", this.#keyed);
    isNarrow.removeEventListener("change", this.#narrowed);
  }

  readonly #addressChanged = () => {
    const channel = `#${channelOfAddress() ?? ""}`;
    if (this.#room?.isIn && isChannelName(channel)) void this.#room.open(channel);
    else this.requestUpdate();
  };

  /** Who closes the page while lines wait to be sent is asked by the browser. */
  readonly #leaving = (event: BeforeUnloadEvent) => {
    const client = this.#room?.client;
    if (client === undefined) return;
    const talks = [undefined, ...client.state.talks.values()];
    if (talks.some((talk) => client.unsent(talk).length > 0)) event.preventDefault();
  };

  readonly #keyed = ({ key }: KeyboardEvent) => {
    if (key === "Escape" && this.#sliding !== undefined) this.#chosen();
  };

  readonly #networkChanged = () => {
    if (navigator.onLine) this.#room?.client.retry();
    this.requestUpdate();
  };

  /** Keeps where the person is, and what is written, for a page that is loaded anew; a password is not kept. */
  readonly #remember = () => {
    // Until then what was kept is kept on.
    if (this.#room?.isIn !== true || this.#room.isLeaving) return;
    const { client, wanted, nowhere } = this.#room;
    const { connection, state: { channel = wanted, person, away, talks } } = client;
    const whole = (talk: Talk | undefined, draft: string) =>
      [...client.unsent(talk), ...(draft === "" ? [] : [draft])].join("\n");
    const drafts: NonNullable<Entry["drafts"]> = [];
    for (const talk of talks.values()) drafts.push([talk.name, whole(talk, talk.draft), talk.isChosen]);
    // What was for the channel that is not joined yet.
    const early = whole(undefined, nowhere.draft);
    if (early !== "" && client.state.find(channel) === undefined) drafts.push([channel, early, true]);
    const stay: Entry = {
      nick: connection.nick.kept,
      isOwnNick: true,
      channel,
      drafts,
      ...(person === undefined ? {} : { person }),
      ...(away === undefined ? {} : { away }),
    };
    try {
      sessionStorage.setItem(STAY, JSON.stringify(stay));
    } catch {
      // Then the login comes again.
    }
  };

  readonly #loggedIn = (entry: Entry) => {
    settings.set("nick", entry.nick);
    settings.set("channel", entry.channel.replace(/^[#＃]/, ""));
    void this.#enter({ ...this.#stay, isOwnNick: entry.nick === this.#stay?.nick, ...entry });
  };

  async #enter(entry: Entry): Promise<void> {
    this.#isBusy = true;
    this.#refusal = undefined;
    this.requestUpdate();
    const room = this.#room = new Room(entry, await pictures());
    room.addEventListener("change", this.#drawn);
    try {
      await room.run();
      this.#stay = undefined;
      forgetStay();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#refusal = { text: error.message, isPassword: error.numeric === ERR_PASSWDMISMATCH };
    } finally {
      room.removeEventListener("change", this.#drawn);
      this.#room = undefined;
      this.#isBusy = false;
      document.title = HOUSE;
      this.requestUpdate();
    }
  }

  override render(): TemplateResult {
    const room = this.#room;
    if (room?.isIn) return html`${keyed(room, this.#inRoom(room))}`;
    return html`<tea-login .refusal=${this.#refusal} .isBusy=${this.#isBusy} .enter=${this.#loggedIn}></tea-login>`;
  }

  /** Lets the list that slides over the talk go. */
  readonly #chosen = () => {
    if (this.#sliding === undefined) return;
    this.#sliding = undefined;
    this.requestUpdate();
  };

  readonly #narrowed = () => {
    this.#sliding = undefined;
    this.requestUpdate();
  };

  #isShown(list: "talks" | "people"): boolean {
    return isNarrow.matches ? this.#sliding === list : settings.get(list);
  }

  #inRoom(room: Room): TemplateResult {
    const { words } = this;
    const hasTalks = this.#isShown("talks"), hasPeople = this.#isShown("people");
    return html`
      <div class="room ${hasTalks ? "with-talks" : ""} ${hasPeople ? "with-people" : ""}">
        <nav id="talks" aria-label=${words.talks} ?hidden=${!hasTalks}>
              <p class="brand"><img src="./emoji/teahouse.svg" alt="" width="28" height="28"> <bdi>${room
                .house}</bdi></p>
              <tea-talks .room=${room} .chosen=${this.#chosen}></tea-talks>
              ${this.#choices(room)}
            </nav>
        <main>
              ${this.#head(room)}
              ${this.#status(room)}
              <tea-log .room=${room} .act=${this.#act} .leave=${() => this.#compose?.focus()}></tea-log>
              <tea-compose .room=${room} .drafted=${this.#remember} .sent=${() => this.#log?.toEnd()}
          .scrollTalk=${(pages: number) => this.#log?.scrollPages(pages)}></tea-compose>
            </main>
        <aside id="people" aria-label=${words.online} ?hidden=${!hasPeople}>
          ${hasPeople ? html`<tea-people .room=${room} .chosen=${this.#chosen}></tea-people>` : nothing}
        </aside>
        <div class="veil" @click=${this.#chosen}></div>
      </div>
    `;
  }

  get #log(): LogView | null {
    return this.querySelector("tea-log");
  }

  get #compose(): ComposeView | null {
    return this.querySelector("tea-compose");
  }

  readonly #act = async (action: "reply" | "react" | "remove", talk: Talk, line: TalkLine) => {
    if (action === "reply") return this.#compose?.reply(line);
    if (action === "react") return this.#compose?.react(talk, line);
    const { removeThis, remove } = this.words;
    const answer = await ask(removeThis, remove, { detail: sanitize(line.text) });
    if (answer === "yes") await this.#room?.client.actions.redact(talk, line);
  };

  #head(room: Room): TemplateResult {
    const { words } = this;
    const { talk, client } = room;
    const online = client.state.channel === undefined
      ? 0
      : client.state.joined(client.state.channel)?.members.size ?? 0;
    const topic = talk?.topic ?? "";
    return html`<header>
      ${
      this.#toggle(
        "talks",
        html`<span aria-hidden="true">☰</span> <span class="wide">${words.talks}</span>${this.#addressed(room)}`,
      )
    }
      <h1 class=${talk?.kind ?? ""}><bdi>${talk === undefined ? room.house : sanitize(talk.name)}</bdi></h1>
      <p class="topic" dir="auto" title=${sanitize(topic)}>${
      parts(topic).map(({ text, href }) =>
        href === undefined ? text : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`
      )
    }</p>
      ${
      this.#toggle(
        "people",
        html`<span class="wide">${words.online} </span><span class="dot" aria-hidden="true">●</span> ${online}`,
      )
    }
    </header>`;
  }

  /** What is unread and for this person, while the list that shows where is not there. */
  #addressed({ addressed }: Room): unknown {
    if (addressed === 0 || this.#isShown("talks")) return nothing;
    return html`
      <span class="count mention" aria-hidden="true">${countText(addressed)}</span>
      <span class="hidden">${this.words.forYou(addressed)}</span>
    `;
  }

  #toggle(list: "talks" | "people", label: TemplateResult): TemplateResult {
    return html`<button type="button" aria-controls=${list} aria-expanded=${this.#isShown(list)} @click=${() =>
      this.#show(list)}>${label}</button>`;
  }

  #show(list: "talks" | "people"): void {
    if (!isNarrow.matches) return settings.toggle(list);
    this.#sliding = this.#sliding === list ? undefined : list;
    this.requestUpdate();
  }

  #status({ lost, client }: Room): TemplateResult {
    const { words } = this;
    const waiting = client.undelivered === 0 || client.isConnected ? "" : words.waiting(client.undelivered);
    const { away } = client.state;
    const why = lost === undefined ? "" : navigator.onLine ? words.lost(sanitize(lost)) : words.offline;
    return html`
      <div class="status ${why === "" ? "" : "lost"}">
            <p role="status">${`${why} ${waiting}`.trim()}</p>
            ${why === ""
              ? nothing
              : html`<button type="button" @click=${() => client.retry()}>${words.tryNow}</button>`}
          </div>
      ${// The talk has told it already.
      away === undefined ? nothing : html`
        <div class="status self-away">
          <p>${words.youAreAway(sanitize(away))}</p>
          <button type="button" @click=${() => void client.input("/away")}>${words.imBack}</button>
        </div>
      `}
    `;
  }

  #choices(room: Room): TemplateResult {
    const { words } = this;
    const sound = settings.get("sound");
    return html`<div class="choices">
      ${canNotify ? this.#notifications() : nothing}
      <button type="button" aria-pressed=${sound} @click=${() => settings.toggle("sound")}>${sound ? "🔊" : "🔇"} ${
      sound ? words.soundOn : words.soundOff
    }</button>
      <button type="button" lang=${settings.get("language") === "en" ? "zh" : "en"} @click=${() =>
      settings.set("language", settings.get("language") === "en" ? "zh" : "en")}>${words.language}</button>
      <button type="button" @click=${() => void room.leave()}>${words.leave}</button>
    </div>`;
  }

  #notifications(): TemplateResult {
    const { words } = this;
    const isAllowed = notifying() === "granted", isRefused = notifying() === "denied";
    const isOn = isAllowed && settings.get("notifications");
    const label = !isAllowed ? words.notify : isOn ? words.notifyingOn : words.notifyingOff;
    return html`
      <button type="button" aria-pressed=${isOn} ?disabled=${isRefused} title=${isRefused ? words.notAllowed : label}
        @click=${() => isAllowed ? settings.toggle("notifications") : void askToNotify()}>${isOn
          ? "🔔"
          : "🔕"} ${label}</button>
    `;
  }
}

/** Where the page was before it was loaded anew. It stays kept, since the page may be loaded anew once more before it is there. */
function keptStay(): Entry | undefined {
  try {
    const kept = sessionStorage.getItem(STAY);
    return kept === null ? undefined : JSON.parse(kept);
  } catch {
    return undefined;
  }
}

/** Forgets that, as the person has left. */
function forgetStay(): void {
  try {
    sessionStorage.removeItem(STAY);
  } catch {
    // Then there is none.
  }
}

/** The paths of the server's picture emoji, by name; none where they can't be had, since a room is one without them. */
async function pictures(): Promise<ReadonlyMap<string, string>> {
  try {
    const response = await fetch("./emoji/");
    return new Map(Object.entries(response.ok ? await response.json() : {}));
  } catch {
    return new Map();
  }
}
