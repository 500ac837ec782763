/// <reference lib="dom" />
/**
 * The head of the talk: its name, behind which stands its menu, its topic, which is edited in its place, and the buttons that
 * show the lists.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { Talk } from "../client/state/talk.ts";
import { ask, showDialog } from "./ask.ts";
import { drawLink } from "./draw.ts";
import { StayView } from "./element.ts";
import { icon } from "./icon.ts";
import { silenceHintIn } from "./muted.ts";
import type { PageActions } from "./palette.ts";
import { runsOf } from "./runs.ts";
import { countText } from "./talks.ts";

/** The lists beside the talk. */
export type List = "talks" | "people";

/** UTF-16 units of a topic that may be written; the server cuts what does not fit. */
const LONGEST_TOPIC = 390;

export class HeadView extends StayView {
  static override properties = { shown: { attribute: false }, tools: { attribute: false }, edited: { state: true } };
  /** Which of the lists are shown. */
  declare shown: ReadonlySet<List>;
  /** What stands before the button of the people. */
  declare tools: unknown;
  /** The channel whose topic is edited. */
  declare edited: Talk | undefined;
  /** What the menu of the talk has the page do. */
  declare actions: PageActions;
  /** Called to show a list, or to hide it. */
  show: (list: List) => void = () => {};

  constructor() {
    super();
    this.shown = new Set();
    this.tools = nothing;
    this.edited = undefined;
  }

  /** Has the person edit the topic of the channel that is shown. */
  async editTopic(): Promise<void> {
    if (this.stay.talk?.kind !== "channel") return;
    this.edited = this.stay.talk;
    await this.updateComplete;
    this.querySelector<HTMLInputElement>(".topic input")?.select();
  }

  override render(): TemplateResult {
    const { words, stay } = this;
    const { talk, client: { state } } = stay;
    const online = state.channel === undefined ? 0 : state.joined(state.channel)?.members.size ?? 0;
    return html`<header>
      ${
      // Beside the list, which says what it is, the word would say it once more.
      this.#toggle(
        "talks",
        html`${icon("menu")} <span class=${
          this.shown.has("talks") ? "hidden" : "wide"
        }>${words.talks}</span>${this.#addressed()}`,
      )}
      <div class="names">
        <p class="in"><bdi>${stay.roomName}</bdi></p>
        <h1 class=${talk?.kind ?? ""}>${talk === undefined ? html`<bdi>${stay.roomName}</bdi>` : this.#name(talk)}</h1>
      </div>
      ${this.#topic(talk)}
      ${this.#call(talk)} ${this.tools}
      ${
      this.#toggle(
        "people",
        html`${icon("users")} <span class="wide">${words.online} </span>${online === 0 ? nothing : online}`,
      )
    }
    </header>`;
  }

  /** Begins a call in the talk that is shown, or joins the one that runs there. In it the bar has the buttons. */
  #call(talk: Talk | undefined): unknown {
    const { words: { calls: words }, stay: { calls } } = this;
    if (talk === undefined || !calls.isAvailable || calls.isIn(talk)) return nothing;
    const isRunning = calls.of(talk) !== undefined;
    const label = isRunning
      ? words.joinCall
      : talk.kind === "private"
      ? words.callPerson(sanitize(talk.name))
      : words.start;
    // Whoever may not talk may listen to a call that others have begun.
    const why = isRunning ? undefined : silenceHintIn(talk);
    return html`
      <button class="call ${isRunning ? "running" : ""}" type="button" aria-label=${label} title=${why ?? label}
        ?disabled=${why !== undefined} @click=${() => this.#joinCall(talk)}>${icon("phone")}</button>
    `;
  }

  /** Joins the call of a talk. A finger easily presses the button beside the one that it meant, so that it is asked before it calls. */
  async #joinCall(talk: Talk): Promise<void> {
    const { words: { calls: words }, stay: { calls } } = this;
    const name = sanitize(talk.name);
    const isAsked = calls.of(talk) === undefined && matchMedia("(pointer: coarse)").matches;
    const [question, yes] = talk.kind === "private"
      ? [words.askCall(name), words.callThem]
      : [words.askStart(name), words.start];
    if (!isAsked || await ask(question, yes) === "yes") await calls.join(talk.name);
  }

  #name(talk: Talk): TemplateResult {
    const open = ({ currentTarget }: Event) =>
      void this.stay.load(import("./talk_menu.ts"), ({ showTalkMenu }) => {
        showTalkMenu(this.stay, talk, currentTarget as Element, this.actions);
      });
    return html`
      <button type="button" aria-haspopup="menu" title=${talk.isSecret ? this.words.isPrivate : nothing}
        @click=${open}>${talk.kind === "private" || talk.isSecret ? icon("lock") : nothing}<bdi>${sanitize(
          talk.name,
        )}</bdi>${icon(
          "chevron-down",
        )}</button>
    `;
  }

  #topic(talk: Talk | undefined): unknown {
    if (talk === undefined || talk.kind !== "channel") return html`<p class="topic"></p>`;
    const { words } = this;
    if (this.edited === talk) return this.#topicForm(talk);
    const show = ({ target }: Event) => {
      if (!(target as Element).closest("a")) void this.#showTopic(talk);
    };
    // The button is for the keyboard: it lies over the text, which holds links, and the mouse goes through it.
    const button = talk.topic === "" ? nothing : html`
      <button type="button" aria-haspopup="dialog"
        aria-label=${words.showTopic}></button>
    `;
    return html`
      <p class="topic" dir="auto" title=${sanitize(talk.topic)} @click=${show}>${drawTopic(talk)}${button}</p>
      <button class="edit-topic" type="button" aria-label=${words.editTopic} title=${words.editTopic}
        @click=${() => this.editTopic()}>${icon("pencil")}</button>
    `;
  }

  /** Shows a topic that is longer than the header has room for. */
  async #showTopic(talk: Talk): Promise<void> {
    const { words } = this;
    const heading = words.topicOf(sanitize(talk.name));
    const dialog = await showDialog(heading, () =>
      html`
        <form method="dialog" class="whole-topic">
          <h2><bdi>${heading}</bdi></h2>
          <p dir="auto">${drawTopic(talk)}</p>
          <div class="buttons">
            <button value="edit">${icon("pencil")} ${words.editTopic}</button>
            <button class="yes" value="">${words.close}</button>
          </div>
        </form>
      `);
    if (dialog.returnValue === "edit") await this.editTopic();
  }

  #topicForm(talk: Talk): TemplateResult {
    const { words } = this;
    const end = () => {
      this.edited = undefined;
      document.getElementById("line")?.focus();
    };
    const save = (event: SubmitEvent) => {
      event.preventDefault();
      const topic = (event.target as HTMLFormElement).querySelector("input")!.value.trim();
      end();
      if (topic !== talk.topic) void this.stay.client.actions.request("TOPIC", talk.name, topic);
    };
    const keyed = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      end();
    };
    return html`
      <form class="topic" @submit=${save} @keydown=${keyed}>
        <input aria-label=${words.topicOf(sanitize(talk.name))} placeholder=${words.noTopic} autocomplete="off"
          maxlength=${LONGEST_TOPIC} .defaultValue=${talk.topic} @blur=${() => this.edited = undefined}>
      </form>
    `;
  }

  /** How many unread lines are for this person, while the list of talks is not shown. */
  #addressed(): unknown {
    const { addressed } = this.stay;
    if (addressed === 0 || this.shown.has("talks")) return nothing;
    return html`
      <span class="count mention" aria-hidden="true">${countText(addressed)}</span>
      <span class="hidden">${this.words.forYou(addressed)}</span>
    `;
  }

  #toggle(list: List, label: TemplateResult): TemplateResult {
    return html`<button type="button" aria-controls=${list} aria-expanded=${this.shown.has(list)} @click=${() =>
      this.show(list)}>${label}</button>`;
  }
}

/** The topic of a channel, with its links. */
function drawTopic({ topic }: Talk): unknown[] {
  return runsOf(topic).map(({ text, href }) => href === undefined ? text : drawLink(text, href));
}
