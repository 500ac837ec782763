/// <reference lib="dom" />
/**
 * The talk that is shown: a window of its rows that follows the scrolling, and what keeps the reader's place when lines
 * come above or below it. It must not know how a row looks.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { isSpeech, type Line, type Talk } from "../client/talk.ts";
import { RoomView } from "./element.ts";
import { drawRow } from "./line.ts";
import { type Row, rowsOf } from "./rows.ts";
import { settings } from "./settings.ts";

/** Rows that are drawn at most, and by how many the window moves. */
const WINDOW = { most: 300, step: 100 };
/** So close to an edge, in pixels, it counts as there; and so close the window moves. */
const NEAR = { end: 40, edge: 600 };

/** The lines of a talk. */
export class LogView extends RoomView {
  act: (action: "reply" | "react" | "remove", line: Line) => void = () => {};

  #talk: Talk | undefined;
  #rows: Row[] = [];
  /** The rows that are drawn; `end` is Infinity while the reader is at the end and new ones are to be seen. */
  #start = 0;
  #end = Infinity;
  /** The first line that was not read when the talk was opened. */
  #firstNew: Line | undefined;
  #isLoading = false;
  /** The row that the reader looks at, and where it stood. */
  #anchor: { key: unknown; top: number } | undefined;
  readonly #elements = new Map<unknown, HTMLElement>();
  #resized: ResizeObserver | undefined;

  get #box(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".scroll");
  }

  /** Whether the reader is where new lines come. */
  get #isAtEnd(): boolean {
    return this.#end === Infinity;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("focus", this.#seen);
    // What was the end stays in view when the box becomes smaller, as when a keyboard slides in.
    this.#resized = new ResizeObserver(() => this.#settle());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("focus", this.#seen);
    this.#resized?.disconnect();
  }

  /** Says that the end was seen, where it is in view. */
  readonly #seen = () => {
    const { talk, client } = this.room;
    if (talk !== undefined && this.#isAtEnd && document.hasFocus() && talk.unread > 0) client.markRead(talk);
  };

  /** Goes to the end of the talk. */
  toEnd(): void {
    this.#end = Infinity;
    this.#anchor = undefined;
    this.requestUpdate();
  }

  protected override willUpdate(): void {
    const { talk } = this.room;
    if (talk !== this.#talk) this.#show(talk);
    if (talk === undefined) return;
    // Where the page was out of sight, what comes then is new to the reader.
    if (talk.unread > 0 && this.#firstNew === undefined && !document.hasFocus()) this.#firstNew = firstNew(talk);
    // Not a date: older lines of the same day come below it.
    const first = this.#rows.slice(this.#start).find(({ type }) => type !== "date")?.key;
    const before = this.#rows.findIndex(({ key }) => key === first);
    this.#rows = rowsOf(talk.lines, this.room.notes(talk), this.#firstNew);
    if (this.#isAtEnd) this.#start = Math.max(0, this.#rows.length - WINDOW.step);
    else this.#follow(this.#rows.findIndex(({ key }) => key === first) - before);
    if (!this.#isAtEnd) this.#anchor ??= this.#topRow();
  }

  /** Lets the window show the same rows as before, where so many have come above it, or less than 0 are gone. */
  #follow(moved: number): void {
    this.#start = Math.max(0, this.#start + moved);
    this.#end = Math.min(this.#rows.length, this.#end + moved);
  }

  #show(talk: Talk | undefined): void {
    this.#talk = talk;
    this.#start = 0;
    this.#end = Infinity;
    this.#anchor = undefined;
    this.#firstNew = talk && firstNew(talk);
  }

  protected override updated(): void {
    const box = this.#box;
    if (box === null) return;
    this.#resized?.disconnect();
    this.#resized?.observe(box);
    this.#settle();
    this.#seen();
    this.#extend();
  }

  /** Puts the reader where they were. */
  #settle(): void {
    const box = this.#box;
    if (box === null) return;
    if (this.#isAtEnd) box.scrollTop = box.scrollHeight;
    else if (this.#anchor !== undefined) {
      const element = this.#elements.get(this.#anchor.key);
      if (element !== undefined) box.scrollTop += element.getBoundingClientRect().top - this.#anchor.top;
    }
    this.#anchor = undefined;
  }

  /** The first row that is in view. */
  #topRow(): { key: unknown; top: number } | undefined {
    const box = this.#box;
    if (box === null) return undefined;
    const { top } = box.getBoundingClientRect();
    for (const [key, element] of this.#elements) {
      const place = element.getBoundingClientRect();
      if (place.bottom > top) return { key, top: place.top };
    }
  }

  readonly #scrolled = () => {
    const box = this.#box;
    if (box === null) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    const isEndDrawn = this.#end >= this.#rows.length;
    if (isEndDrawn && below <= NEAR.end) {
      if (this.#isAtEnd) return;
      this.#end = Infinity;
      this.requestUpdate();
      return;
    }
    if (this.#isAtEnd) {
      // The reader has gone up: from now on the window stays where they are.
      this.#end = this.#rows.length;
      this.requestUpdate();
    }
    this.#extend();
  };

  /** Moves the window where the reader comes near its edge, and loads what is older. */
  #extend(): void {
    const box = this.#box;
    const talk = this.#talk;
    if (box === null || talk === undefined) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (box.scrollTop < NEAR.edge && this.#start > 0 && (!this.#isAtEnd || box.scrollHeight <= box.clientHeight)) {
      this.#anchor = this.#topRow();
      this.#start = Math.max(0, this.#start - WINDOW.step);
      if (!this.#isAtEnd) this.#end = Math.min(this.#end, this.#start + WINDOW.most);
      this.requestUpdate();
    } else if (box.scrollTop < NEAR.edge && this.#start === 0) void this.#load(talk);
    else if (below < NEAR.edge && this.#end < this.#rows.length) {
      this.#anchor = this.#topRow();
      this.#end = Math.min(this.#rows.length, this.#end + WINDOW.step);
      this.#start = Math.max(this.#start, this.#end - WINDOW.most);
      this.requestUpdate();
    }
  }

  async #load(talk: Talk): Promise<void> {
    const { history } = this.room.client;
    if (this.#isLoading || talk.complete || !history.isKept || talk.lines.length === 0) return;
    this.#isLoading = true;
    this.requestUpdate();
    const count = await history.older(talk);
    this.#isLoading = false;
    // Nothing came and there is more: the server did not answer. It is asked again when the reader scrolls.
    if (count > 0 || talk.complete) this.requestUpdate();
  }

  override render(): TemplateResult {
    const { words, room } = this;
    const { talk, client } = room;
    if (talk === undefined) {
      return html`
        <div class="scroll">
          <p class="hint">${words.noChannel}</p>
        </div>
      `;
    }
    const view = {
      talk,
      words,
      locale: settings.locale,
      pictures: room.pictures,
      canTag: client.can("message-tags"),
      canRemove: client.can("draft/message-redaction"),
      act: this.act,
      toggle: (line: Line, reaction: string) => client.react(talk, line, reaction),
      open: (name: string) => void room.open(name),
    };
    const shown = this.#rows.slice(this.#start, this.#end);
    const isBeginning = this.#start === 0 && talk.complete;
    // deno-fmt-ignore -- the list keeps its elements to find the reader's place again
    return html`
      <div class="scroll" tabindex="0" role="log" aria-label=${words.messages}
        aria-live=${this.#isAtEnd ? "polite" : "off"} aria-busy=${this.#isLoading} @scroll=${this.#scrolled}>
        ${this.#isLoading ? html`<p class="hint">${words.loading}</p>` : nothing}
        ${isBeginning ? html`<p class="hint">${talk.lines.length === 0 ? words.empty : words.beginning}</p>` : nothing}
        <ol class="rows ${talk.kind}">${repeat(shown, ({ key }) => key, (row) => drawRow(row, view))}</ol>
      </div>
      ${this.#isAtEnd ? nothing : html`<button class="below" type="button" @click=${() => this.toEnd()}>${
        words.newBelow(talk.unread)
      } ↓</button>`}`;
  }

  override update(changed: Map<PropertyKey, unknown>): void {
    super.update(changed);
    this.#elements.clear();
    const list = this.querySelector("ol.rows");
    const shown = this.#rows.slice(this.#start, this.#end);
    shown.forEach(({ key }, i) => {
      const element = list?.children[i];
      if (element instanceof HTMLElement) this.#elements.set(key, element);
    });
  }
}

/** The first of the lines that are unread. */
function firstNew(talk: Talk): Line | undefined {
  let { unread } = talk;
  for (let i = talk.lines.length - 1; i >= 0 && unread > 0; i--) {
    const line = talk.lines[i];
    if (isSpeech(line) && !line.own && --unread === 0) return line;
  }
}
