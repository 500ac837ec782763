/// <reference lib="dom" />
/**
 * The list of talks at the left: channels and people, each with how much is unread.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import type { Talk } from "../client/state/talk.ts";
import { channelNamed } from "../client/written.ts";
import { dashSpaces } from "./channel_field.ts";
import { StayView } from "./element.ts";
import { sanitize } from "../client/sanitize.ts";
import { drawAvatar } from "./draw.ts";
import { icon } from "./icon.ts";
import { offerMenus } from "./menu.ts";
import type { PageActions } from "./palette.ts";
import { settings } from "./settings.ts";

/** The highest count that is shown exactly. */
const MOST = 99;

/** A count in short: `99+` where it is higher. */
export function countText(count: number): string {
  return count > MOST ? `${MOST}+` : `${count}`;
}

export class TalksView extends StayView {
  /** Called when the person has chosen a talk. */
  chosen: () => void = () => {};
  /** What the menu of a talk has the page do. */
  declare actions: PageActions;
  /** The name and the place of the talk that was shown last. */
  #shown: string | undefined;

  override render(): TemplateResult {
    const { words, stay } = this;
    const talks = [...stay.client.state.talks.values()];
    const list = (kind: Talk["kind"], heading: string) => {
      const some = talks.filter((talk) => talk.kind === kind);
      if (some.length === 0) return nothing;
      return html`
        <h2>${heading}</h2>
        <ul>${some.map((talk) => this.#entry(talk))}</ul>
      `;
    };
    return html`
      <form class="join" @submit=${this.#join}>
        <input name="channel" aria-label=${words.joinChannel} placeholder="# ${words.joinOrMake}" autocomplete="off"
          maxlength="50" @input=${this.#written} @compositionend=${dashSpaces} @keydown=${this.#keyed}>
        <button type="submit" title=${words.join} aria-label=${words.join}>${icon("plus")}</button>
      </form>
      <button class="browse" type="button" @click=${this.#browse}>${icon("hash")} ${words.allChannels}</button>
      ${list("channel", words.channels)} ${list("private", words.people)}
    `;
  }

  protected override firstUpdated(): void {
    offerMenus(this, (target, place) => {
      const name = target.closest("li")?.querySelector<HTMLButtonElement & { talk: string }>(".talk")?.talk;
      const talk = name === undefined ? undefined : this.stay.client.state.find(name);
      if (talk === undefined) return false;
      void this.stay.load(import("./talk_menu.ts"), ({ showTalkMenu }) => {
        const { search, editTopic, showFiles } = this.actions;
        const then = (act: () => void) => () => {
          this.chosen();
          act();
        };
        const actions = { search: then(search), editTopic: then(editTopic), showFiles: then(showFiles) };
        showTalkMenu(this.stay, talk, place, actions);
      });
      return true;
    });
  }

  readonly #browse = () => {
    this.chosen();
    void this.stay.load(import("./channels.ts"), ({ showChannels }) => showChannels(this.stay));
  };

  /** Scrolls the list to the talk that is shown, where another is shown now, or where it has another place. */
  protected override updated(): void {
    const { talk, client } = this.stay;
    const place = [...client.state.talks.values()].filter(({ kind }) => kind === talk?.kind).indexOf(talk!);
    const now = talk === undefined ? undefined : `${talk.name} ${place}`;
    if (now !== this.#shown) this.querySelector("li.open")?.scrollIntoView({ block: "nearest" });
    this.#shown = now;
  }

  #entry(talk: Talk): TemplateResult {
    const { words, stay } = this;
    const name = sanitize(talk.name);
    const isOpen = talk === stay.talk;
    const isAway = talk.kind === "private" && stay.client.state.spelledNick(talk.name) === undefined;
    const level = settings.levelOf(talk.name, talk.kind);
    const isHeard = level !== "none";
    // What is written in the talk that is shown is seen where it is written.
    const hasDraft = talk.draft !== "" && !isOpen;
    const hasCall = stay.calls.of(talk) !== undefined;
    const counts = [
      ...(talk.unread > 0 ? [words.unread(talk.unread)] : []),
      ...(isHeard && talk.mentions > 0 && talk.kind === "channel" ? [words.mentions(talk.mentions)] : []),
      ...(talk.isSecret ? [words.isPrivate] : []),
      ...(isHeard ? [] : [words.silent]),
      ...(hasDraft ? [words.draft] : []),
      ...(hasCall ? [words.calls.running] : []),
    ];
    return html`
      <li class="${talk.kind} ${isOpen ? "open" : ""} ${talk.unread > 0 && isHeard ? "unread" : ""}">
        <button class="talk" type="button" .talk=${talk.name} aria-current=${isOpen} @click=${() => this.#open(talk)}>
        ${talk.kind === "private" ? drawAvatar(talk.name) : nothing}<bdi class=${isAway ? "away" : ""}>${name}</bdi>
        ${talk.isSecret ? html`<span class="muted" title=${words.isPrivate}>${icon("lock")}</span>` : nothing}
        ${isHeard ? nothing : html`<span class="muted">${icon("bell-off")}</span>`}
        ${hasCall ? html`<span class="in-call">${icon("phone")}</span>` : nothing}
        ${hasDraft
          ? html`<span class="drafted" aria-hidden="true" title=${words.draft}>${icon("pencil")}</span>`
          : nothing}
        ${counts.length === 0 ? nothing : html`
          <span class="hidden">${counts.join(", ")}</span>
        `}
        ${talk.unread === 0 ? nothing : html`
          <span class="count ${talk.mentions > 0 && isHeard ? "mention" : ""}" aria-hidden="true">${countText(
            talk.unread,
          )}</span>
        `}
        </button>
        <button class="close" type="button" title=${words.closeTalk(name)} aria-label=${words.closeTalk(name)}
          @click=${() => this.#close(talk)}>${icon("x")}</button>
      </li>
    `;
  }

  #open(talk: Talk): void {
    void this.stay.open(talk.name);
    this.chosen();
  }

  #close(talk: Talk): void {
    void this.stay.client.actions.close(talk).then(() => this.stay.goOn());
  }

  readonly #written = (event: InputEvent) => {
    dashSpaces(event);
    (event.target as HTMLInputElement).setCustomValidity("");
  };

  /** Escape takes back what was written. */
  readonly #keyed = ({ key, isComposing, target }: KeyboardEvent) => {
    if (key === "Escape" && !isComposing) (target as HTMLInputElement).value = "";
  };

  readonly #join = (event: SubmitEvent) => {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).elements.namedItem("channel") as HTMLInputElement;
    const name = channelNamed(input.value.trim());
    if (name === "#") return this.#browse();
    const fault = settings.problemOf("channel", name);
    if (fault !== "") {
      input.setCustomValidity(fault);
      input.reportValidity();
      return;
    }
    void this.stay.open(name);
    input.value = "";
    this.chosen();
  };
}
