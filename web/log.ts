/// <reference lib="dom" />
/**
 * The talk that is shown: a window of its rows that follows the scrolling, and what keeps the reader's place when lines
 * come above or below it. It must not know how a row looks.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { foldName } from "../client/names.ts";
import { isSpeech, type TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import { RoomView } from "./element.ts";
import { copied } from "./copied.ts";
import { drawRow, type RowView } from "./line.ts";
import { belowOf, type Place, placesIn, restore, sizesOf } from "./place.ts";
import { type Row, rowsOf } from "./rows.ts";
import { settings } from "./settings.ts";

/** Rows that are drawn at most, and by how many the window moves. */
const WINDOW = { most: 300, step: 100 };
/**
 * So close to the end, in pixels, who scrolls down counts as there, and who does nothing: a screen's pixels are not those
 * of the page. And so close to an edge the window moves.
 */
const NEAR = { end: 40, same: 2, edge: 600 };

/** The lines of a talk. */
export class LogView extends RoomView {
  act: (action: "reply" | "react" | "remove", talk: Talk, line: TalkLine) => void = () => {};
  /** Called when the person wants to write. */
  leave: () => void = () => {};

  #talk: Talk | undefined;
  #rows: Row[] = [];
  /** The rows that are drawn; `end` is Infinity while the reader is at the end and new ones are to be seen. */
  #start = 0;
  #end = Infinity;
  /** How many are drawn at the end: more where they don't fill the box. */
  #tail = WINDOW.step;
  /** The first line that was not read when the talk was opened. */
  #firstNew: TalkLine | undefined;
  /** The rows that the reader looks at who is not at the end, and the sizes by which they stood there. */
  #places: Place[] = [];
  #sizes = "";
  /** The row that the reader is to be brought to. */
  #goal: unknown;
  /** How far down it was, to tell which way the reader goes. */
  #top = 0;
  /** The talks whose older lines are on their way, and those for which they did not come. */
  readonly #loading = new Set<Talk>();
  readonly #failed = new WeakSet<Talk>();
  #isPrinted = false;
  /** Whether new lines are read out: not what was said before, as it is loaded. */
  #isLive = false;
  #last: TalkLine | undefined;
  readonly #elements = new Map<unknown, HTMLElement>();
  /** The rows at which the pointer and the focus are, by key. */
  readonly #at: Record<"pointer" | "focus", unknown> = { pointer: undefined, focus: undefined };
  /** Whatever changes a size (the window, what stands around the box, a picture that has come): the place stays. */
  readonly #resized = new ResizeObserver(() => this.#settle());

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
    document.addEventListener("copy", this.#copied);
    addEventListener("beforeprint", this.#printing);
    addEventListener("afterprint", this.#printing);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("focus", this.#seen);
    document.removeEventListener("copy", this.#copied);
    removeEventListener("beforeprint", this.#printing);
    removeEventListener("afterprint", this.#printing);
    this.#resized.disconnect();
  }

  protected override firstUpdated(): void {
    for (const element of this.querySelectorAll(".scroll, .rows")) this.#resized.observe(element);
  }

  /** On paper there is all that is loaded, at once: nobody scrolls there. */
  readonly #printing = ({ type }: Event) => {
    this.#isPrinted = type === "beforeprint";
    this.requestUpdate();
    this.performUpdate();
  };

  /** The rows that are drawn. */
  get #shown(): Row[] {
    return this.#isPrinted ? this.#rows : this.#rows.slice(this.#start, this.#end);
  }

  /** Says that the end was seen, where it is in view. */
  readonly #seen = () => {
    const { talk, client } = this.room;
    if (talk !== undefined && this.#isAtEnd && document.hasFocus() && talk.unread > 0) client.markRead(talk);
  };

  /** Goes to the end of the talk. */
  toEnd(): void {
    this.#end = Infinity;
    this.requestUpdate();
  }

  /** Scrolls by so many pages. */
  scrollPages(pages: number): void {
    const box = this.#box;
    box?.scrollBy({ top: pages * box.clientHeight * 0.9 });
  }

  protected override willUpdate(): void {
    const { talk } = this.room;
    // What is drawn now would hide it.
    this.#noticeReader();
    const isOther = talk !== this.#talk;
    if (isOther) this.#leave(talk);
    if (talk === undefined) return;
    // Where the page was out of sight, what comes then is new to the reader.
    if (talk.unread > 0 && this.#firstNew === undefined && !document.hasFocus()) this.#firstNew = firstNew(talk);
    const before = this.#rows;
    this.#rows = rowsOf(talk.lines, this.room.notes(talk), this.#firstNew);
    if (isOther && this.#firstNew !== undefined) this.#goTo(this.#rows.findIndex(({ type }) => type === "new"));
    else if (this.#isAtEnd) this.#start = Math.max(0, this.#rows.length - this.#tail);
    else if (!isOther) this.#follow(before);
    this.#listen(talk, isOther);
  }

  /** Reads out what comes from now on, once something has. */
  #listen(talk: Talk, isOther: boolean): void {
    const last = talk.lines.at(-1);
    if (isOther) this.#isLive = false;
    else if (last !== this.#last && last?.history === false) this.#isLive = true;
    this.#last = last;
  }

  /** Lets the window show the same rows as before, where some have come above it or are gone. */
  #follow(before: readonly Row[]): void {
    const now = new Map(this.#rows.map(({ key }, at) => [key, at]));
    // Not a date: older lines of the same day come below it.
    const at = before.findIndex(({ type, key }, at) => at >= this.#start && type !== "date" && now.has(key));
    const moved = at < 0 ? 0 : now.get(before[at].key)! - at;
    this.#start = Math.max(0, this.#start + moved);
    this.#end = Math.min(this.#rows.length, this.#end + moved);
  }

  /** Brings the reader to a row. */
  #goTo(at: number): void {
    if (at < 0) return;
    this.#start = Math.max(0, at - WINDOW.step / 2);
    this.#end = Math.min(this.#rows.length, this.#start + WINDOW.most);
    this.#goal = this.#rows[at].key;
  }

  #leave(next: Talk | undefined): void {
    this.#talk = next;
    this.#rows = [];
    this.#start = 0;
    this.#end = Infinity;
    this.#tail = WINDOW.step;
    this.#places = [];
    this.#goal = undefined;
    this.#firstNew = next && firstNew(next);
  }

  protected override updated(): void {
    this.#settle();
    this.#seen();
    this.#extend();
  }

  /** Puts the reader where they were, or where they are to be. */
  #settle(): void {
    const box = this.#box;
    if (box === null || box.clientHeight === 0 || this.#isPrinted) return;
    const { top } = box.getBoundingClientRect();
    const goal = this.#elements.get(this.#goal)?.getBoundingClientRect();
    const place = this.#places.find(({ key }) => this.#elements.has(key));
    if (goal !== undefined) box.scrollTop += goal.top - top - box.clientHeight / 5;
    else if (this.#isAtEnd) box.scrollTop = box.scrollHeight;
    else if (place !== undefined) restore(box, place, this.#elements.get(place.key)!);
    this.#arrive(box, goal === undefined ? NEAR.same : NEAR.end);
    this.#measure(box, goal !== undefined || place === undefined);
    this.#goal = undefined;
  }

  /** Notes where the box is scrolled to, and the reader's place where that is new: it was theirs to choose. */
  #measure(box: HTMLElement, isNew: boolean): void {
    this.#top = box.scrollTop;
    this.#sizes = sizesOf(box);
    if (this.#isAtEnd) this.#places = [];
    else if (isNew) this.#places = placesIn(box, this.#elements);
  }

  /** Where the end is in view, new lines are followed. */
  #arrive(box: HTMLElement, near: number): void {
    if (this.#isAtEnd || this.#end < this.#rows.length || belowOf(box) > near) return;
    this.#end = Infinity;
    // In the next frame: what is drawn while sizes are told of changes them again.
    this.room.changed();
  }

  readonly #scrolled = () => {
    this.#noticeReader();
    // What else moved it is what has changed a size.
    this.#settle();
    this.#extend();
  };

  /** Notes where the reader has scrolled to: that is who moves the box while all sizes are as they were. */
  #noticeReader(): void {
    const box = this.#box;
    if (box === null || box.scrollTop === this.#top || sizesOf(box) !== this.#sizes) return;
    if (this.#talk !== undefined) this.#failed.delete(this.#talk);
    if (box.scrollTop > this.#top) this.#arrive(box, NEAR.end);
    else if (this.#isAtEnd && belowOf(box) > NEAR.same) {
      // The reader has gone up: from now on the window stays where they are.
      this.#end = this.#rows.length;
      this.requestUpdate();
    }
    this.#measure(box, true);
  }

  /** Moves the window where the reader comes near its edge, and loads what is older. */
  #extend(): void {
    const box = this.#box;
    const talk = this.#talk;
    if (box === null || talk === undefined || this.#isPrinted) return;
    if (this.#isAtEnd && this.#start > 0) {
      if (box.scrollHeight > box.clientHeight || this.#tail >= WINDOW.most) return;
      this.#tail += WINDOW.step;
      this.requestUpdate();
    } else if (box.scrollTop < NEAR.edge && this.#start > 0) {
      this.#start = Math.max(0, this.#start - WINDOW.step);
      this.#end = Math.min(this.#end, this.#start + WINDOW.most);
      this.requestUpdate();
    } else if (box.scrollTop < NEAR.edge && this.#start === 0) void this.#load(talk);
    else if (belowOf(box) < NEAR.edge && this.#end < this.#rows.length) {
      this.#end = Math.min(this.#rows.length, this.#end + WINDOW.step);
      this.#start = Math.max(this.#start, this.#end - WINDOW.most);
      this.requestUpdate();
    }
  }

  async #load(talk: Talk): Promise<void> {
    const { history } = this.room.client;
    const isOf = this.#loading.has(talk) || this.#failed.has(talk) || talk.complete || talk.lines.length === 0;
    if (isOf || !history.isKept) return;
    this.#loading.add(talk);
    this.requestUpdate();
    const count = await history.older(talk);
    this.#loading.delete(talk);
    // Nothing came and there is more: the server did not answer. It is asked again when the reader scrolls.
    if (count === 0 && !talk.complete) this.#failed.add(talk);
    this.requestUpdate();
  }

  /** Notes the row at which the pointer or the focus is now. */
  #goesTo(what: "pointer" | "focus", target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest(".rows > li") : null;
    const key = row === null ? undefined : [...this.#elements].find(([, element]) => element === row)?.[0];
    if (this.#at[what] === key) return;
    this.#at[what] = key;
    this.requestUpdate();
  }

  readonly #focusMoved = ({ type, target, relatedTarget }: FocusEvent) => {
    // Of a window that loses the focus, it comes back to the same place.
    if (type === "focusin") this.#goesTo("focus", target);
    else if (document.hasFocus()) this.#goesTo("focus", relatedTarget);
  };

  readonly #copied = (event: ClipboardEvent) => {
    const selection = getSelection();
    const isField = event.target instanceof Element && event.target.matches("input, textarea");
    if (selection === null || selection.isCollapsed || isField) return;
    const rows = this.#rows.flatMap((row): [Row, HTMLElement][] => {
      const element = this.#elements.get(row.key);
      return element === undefined ? [] : [[row, element]];
    });
    const text = copied(selection, rows, this.#talk ?? NOWHERE, settings.locale);
    if (text === undefined) return;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };

  readonly #keyed = (event: KeyboardEvent) => {
    const { key, target } = event;
    const row = target instanceof Element ? target.closest<HTMLElement>(".said") : null;
    const rows = () => [...this.querySelectorAll<HTMLElement>(".said")];
    const buttons = () => [...row?.querySelectorAll<HTMLElement>("button, a") ?? []];
    const step = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
    const moves: Record<string, () => HTMLElement | undefined> = {
      ArrowUp: () => row === null ? rows().at(-1) : rows()[rows().indexOf(row) + step],
      ArrowDown: () => row === null ? undefined : rows()[rows().indexOf(row) + step],
      ArrowRight: () => buttons()[buttons().indexOf(target as HTMLElement) + step],
      ArrowLeft: () => buttons()[buttons().indexOf(target as HTMLElement) + step] ?? row ?? undefined,
    };
    if (key === "Escape") this.leave();
    else if (!Object.hasOwn(moves, key)) return;
    else moves[key]()?.focus();
    event.preventDefault();
  };

  override render(): TemplateResult {
    const { words, room } = this;
    const { talk, client } = room;
    const view = talk && this.#view(talk);
    const shown = view === undefined
      ? room.notes(undefined).map((note): Row => ({ type: "note", key: note, note }))
      : this.#shown;
    const isBeginning = talk !== undefined && this.#start === 0 && talk.complete;
    const isLoading = talk !== undefined && this.#loading.has(talk);
    const isLive = talk === undefined || (this.#isAtEnd && this.#isLive);
    return html`
      <div class="scroll" tabindex="0" role="log" aria-label=${words.messages} aria-live=${isLive ? "polite" : "off"}
        aria-busy=${isLoading} @scroll=${this.#scrolled} @keydown=${this.#keyed}>
        ${isLoading ? html`<p class="hint">${words.loading}</p>` : nothing}
        ${isBeginning ? html`<p class="hint">${talk.lines.length === 0 ? words.empty : words.beginning}</p>` : nothing}
        ${talk === undefined && client.isConnected ? html`<p class="hint">${words.noChannel}</p>` : nothing}
        <ol class="rows ${talk?.kind ?? ""}" @mouseover=${({ target }: Event) => this.#goesTo("pointer", target)}
          @mouseleave=${() => this.#goesTo("pointer", null)} @focusin=${this.#focusMoved} @focusout=${this
            .#focusMoved}>${repeat(
              shown,
              ({ key }) => key,
              (row) => drawRow(row, view ?? this.#view(NOWHERE)),
            )}</ol>
      </div>
      ${this.#isAtEnd
        ? nothing
        : html`<button class="below" type="button" @click=${() => this.toEnd()}>${
          words.newBelow(talk?.unread ?? 0)
        } ↓</button>`}
    `;
  }

  #view(talk: Talk): RowView {
    const { words, room } = this;
    const { client } = room;
    const { nick } = client.state;
    const isOperator = talk.members.get(foldName(nick))?.prefix.includes("@") === true;
    const canRemove = !client.can("draft/message-redaction") ? "none" : isOperator ? "all" : "own";
    return {
      talk,
      words,
      sentences: settings.sentences,
      locale: settings.locale,
      pictures: room.pictures,
      canTag: client.can("message-tags"),
      canRemove,
      isAt: (line) => line === this.#at.pointer || line === this.#at.focus,
      isSelf: (nick) => client.state.isSelf(nick),
      act: (action, line) => this.act(action, talk, line),
      toggle: (line, reaction) => client.actions.react(talk, line, reaction),
      open: (name) => void room.open(name),
      goTo: (line) => {
        this.#goTo(this.#rows.findIndex(({ key }) => key === line));
        this.requestUpdate();
      },
    };
  }

  override update(changed: Map<PropertyKey, unknown>): void {
    super.update(changed);
    this.#elements.clear();
    const list = this.querySelector("ol.rows");
    this.#shown.forEach(({ key }, i) => {
      const element = list?.children[i];
      if (element instanceof HTMLElement) this.#elements.set(key, element);
    });
  }
}

/** What notes are told in where there is no talk. */
const NOWHERE = new Talk("", "channel");

/** The first of the lines that are unread. */
function firstNew(talk: Talk): TalkLine | undefined {
  let { unread } = talk;
  for (let i = talk.lines.length - 1; i >= 0 && unread > 0; i--) {
    const line = talk.lines[i];
    if (isSpeech(line) && !line.own && --unread === 0) return line;
  }
}
