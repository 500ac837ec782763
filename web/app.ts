/// <reference lib="dom" />
/**
 * The page as a whole: the login, then the room with its lists and the talk. It must not know how each of them looks.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ERR_PASSWDMISMATCH } from "../protocol.ts";
import { ConnectionError } from "../client/connection.ts";
import type { Line } from "../client/talk.ts";
import { ask } from "./ask.ts";
import type { ComposeView } from "./compose.ts";
import { View } from "./element.ts";
import { clean, parts } from "./format.ts";
import type { LogView } from "./log.ts";
import { channelOfAddress, type Refusal } from "./login.ts";
import { askToNotify, canNotify, notifying } from "./notify.ts";
import { type Entry, Room } from "./room.ts";
import { settings } from "./settings.ts";

/** Where a page that is loaded anew finds what it was in. */
const STAY = "teahouse.stay";

/** Whether lists slide over the talk, for want of room beside it. */
const isNarrow = matchMedia("(max-width: 56rem)");

export class TeaHouse extends View {
  #room: Room | undefined;
  #refusal: Refusal | undefined;
  #isBusy = false;
  readonly #drawn = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#addressChanged);
    addEventListener("online", this.#networkChanged);
    addEventListener("offline", this.#networkChanged);
    addEventListener("pagehide", this.#remember);
    const stay = takeStay();
    if (stay !== undefined) void this.#enter(stay);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#addressChanged);
    removeEventListener("online", this.#networkChanged);
    removeEventListener("offline", this.#networkChanged);
    removeEventListener("pagehide", this.#remember);
  }

  readonly #addressChanged = () => {
    const channel = channelOfAddress();
    if (this.#room?.isIn && channel !== undefined) void this.#room.open("#" + channel.replace(/^#/, ""));
    else this.requestUpdate();
  };

  readonly #networkChanged = () => {
    if (navigator.onLine) this.#room?.client.retry();
    this.requestUpdate();
  };

  /** Keeps where the person is, and what is written, for a page that is loaded anew; a password is not kept. */
  readonly #remember = () => {
    if (this.#room?.isIn !== true) return;
    const { nick, channel = "#lobby", talks } = this.#room.client.state;
    const stay: Entry = { nick, channel, drafts: [...talks.values()].map(({ name, draft }) => [name, draft]) };
    try {
      sessionStorage.setItem(STAY, JSON.stringify(stay));
    } catch {
      // Then the login comes again.
    }
  };

  readonly #enter = async (entry: Entry) => {
    settings.set("nick", entry.nick);
    settings.set("channel", entry.channel.replace(/^#/, ""));
    this.#isBusy = true;
    this.#refusal = undefined;
    this.requestUpdate();
    const room = this.#room = new Room(entry, await pictures());
    room.addEventListener("change", this.#drawn);
    try {
      await room.run();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#refusal = { text: error.message, isPassword: error.numeric === ERR_PASSWDMISMATCH };
    } finally {
      room.removeEventListener("change", this.#drawn);
      this.#room = undefined;
      this.#isBusy = false;
      document.title = "Teahouse";
      this.requestUpdate();
    }
  };

  override render(): TemplateResult {
    const room = this.#room;
    if (room?.isIn) return html`${keyed(room, this.#inRoom(room))}`;
    return html`<tea-login .refusal=${this.#refusal} .isBusy=${this.#isBusy} .enter=${this.#enter}></tea-login>`;
  }

  readonly #chosen = () => {
    if (!isNarrow.matches) return;
    settings.set("talks", false);
    settings.set("people", false);
  };

  #inRoom(room: Room): TemplateResult {
    const { words } = this;
    const hasTalks = settings.get("talks"), hasPeople = settings.get("people");
    return html`
      <div class="room ${hasTalks ? "with-talks" : ""} ${hasPeople ? "with-people" : ""}">
        <nav id="talks" aria-label=${words.talks} ?hidden=${!hasTalks}>
              <p class="brand"><img src="/emoji/teahouse.svg" alt="" width="28" height="28"> Teahouse</p>
              <tea-talks .room=${room} .chosen=${this.#chosen}></tea-talks>
              ${this.#choices(room)}
            </nav>
        <main>
              ${this.#head(room)}
              ${this.#status(room)}
              <tea-log .room=${room} .act=${this.#act}></tea-log>
              <tea-compose .room=${room} .sent=${() => this.querySelector<LogView>("tea-log")?.toEnd()}></tea-compose>
            </main>
        <aside id="people" aria-label=${words.online} ?hidden=${!hasPeople}>
          <tea-people .room=${room} .chosen=${this.#chosen}></tea-people>
        </aside>
        <div class="veil" @click=${this.#chosen}></div>
      </div>
    `;
  }

  readonly #act = async (action: "reply" | "react" | "remove", line: Line) => {
    const compose = this.querySelector<ComposeView>("tea-compose");
    if (action === "reply") compose?.reply(line);
    else if (action === "react") compose?.react(line);
    else if (await ask(this.words.removeThis, this.words.remove, clean(line.text))) {
      const { talk, client } = this.#room ?? {};
      if (talk !== undefined) await client?.redact(talk, line);
    }
  };

  #head({ talk, client }: Room): TemplateResult {
    const { words } = this;
    const online = client.state.channel === undefined
      ? 0
      : client.state.joined(client.state.channel)?.members.size ?? 0;
    const topic = talk?.topic ?? "";
    return html`<header>
      ${this.#toggle("talks", html`<span aria-hidden="true">☰</span> <span class="wide">${words.talks}</span>`)}
      <h1 class=${talk?.kind ?? ""}><bdi>${clean(talk?.name ?? "Teahouse")}</bdi></h1>
      <p class="topic" dir="auto" title=${clean(topic)}>${
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

  #toggle(list: "talks" | "people", label: TemplateResult): TemplateResult {
    return html`<button type="button" aria-controls=${list} aria-expanded=${settings.get(list)} @click=${() =>
      this.#show(list)}>${label}</button>`;
  }

  #show(list: "talks" | "people"): void {
    const other = list === "talks" ? "people" : "talks";
    if (isNarrow.matches && settings.get(other)) settings.set(other, false);
    settings.toggle(list);
  }

  #status({ lost, client }: Room): TemplateResult {
    const { words } = this;
    const waiting = client.undelivered === 0 || client.connected ? "" : words.waiting(client.undelivered);
    const why = lost === undefined ? "" : navigator.onLine ? words.lost(clean(lost)) : words.offline;
    return html`<div class="status ${why === "" ? "" : "lost"}">
      <p role="status">${`${why} ${waiting}`.trim()}</p>
      ${why === "" ? nothing : html`<button type="button" @click=${() => client.retry()}>${words.tryNow}</button>`}
    </div>`;
  }

  #choices(room: Room): TemplateResult {
    const { words } = this;
    const sound = settings.get("sound");
    const permission = notifying();
    return html`<div class="choices">
      ${
      !canNotify || permission === "granted" ? nothing : html`
        <button type="button" ?disabled=${permission === "denied"}
          title=${permission === "denied" ? words.notDeclared : words.notify} @click=${() =>
            void askToNotify()}>🔔 ${words.notify}</button>
      `
    }
      <button type="button" aria-pressed=${sound} @click=${() => settings.toggle("sound")}>${sound ? "🔊" : "🔇"} ${
      sound ? words.soundOn : words.soundOff
    }</button>
      <button type="button" lang=${settings.get("language") === "en" ? "zh" : "en"} @click=${() =>
      settings.set("language", settings.get("language") === "en" ? "zh" : "en")}>${words.language}</button>
      <button type="button" @click=${() => void room.leave()}>${words.leave}</button>
    </div>`;
  }
}

/** Where the page was before it was loaded anew, once. */
function takeStay(): Entry | undefined {
  try {
    const kept = sessionStorage.getItem(STAY);
    sessionStorage.removeItem(STAY);
    return kept === null ? undefined : JSON.parse(kept);
  } catch {
    return undefined;
  }
}

/** The paths of the server's picture emoji, by name; none where they can't be had, since a room is one without them. */
async function pictures(): Promise<ReadonlyMap<string, string>> {
  try {
    const response = await fetch("/emoji/");
    return new Map(Object.entries(response.ok ? await response.json() : {}));
  } catch {
    return new Map();
  }
}
