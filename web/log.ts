/// <reference lib="dom" />
/**
 * The talk that is shown: its rows are drawn as far as they are in the window (row_window.ts), which follows the scrolling,
 * and the reader keeps their place when lines come above or below it.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { TalkLine } from "../client/state/line.ts";
import { Talk } from "../client/state/talk.ts";
import type { MessageAction } from "./menus.ts";
import { StayView } from "./element.ts";
import { type Edges, edgesOf, offerMenus, type Place } from "./menu.ts";
import { copyRows } from "./copied.ts";
import { drawRow, type RowContext } from "./draw_row.ts";
import { type Anchor, anchorsIn, belowOf, restore, sizesOf } from "./anchor.ts";
import { FileParts } from "./file_part.ts";
import { icon } from "./icon.ts";
import { Loading } from "./loading.ts";
import { NewLines } from "./new_lines.ts";
import { pendingLines } from "./pending.ts";
import { moveFocus } from "./row_keys.ts";
import { RowMarks } from "./row_marks.ts";
import { RowWindow } from "./row_window.ts";
import { NEW, type Row, rowsOf } from "./rows.ts";
import { settings } from "./settings.ts";
import type { Sought } from "./stay.ts";
import { placeOfClick } from "./title.ts";
import { drawWelcome } from "./welcome.ts";

/**
 * Distances in pixels: so close to the end, a reader who scrolls down counts as being there, and so close a reader who does
 * nothing, since a screen's pixels are not those of the page; so close to the edge of what is drawn, the window moves.
 */
const NEAR = { end: 40, same: 2, edge: 600 };

/** The lines of a talk. */
export class LogView extends StayView {
  /** Called when the person presses a button of a line. */
  act: (action: MessageAction, talk: Talk, line: TalkLine, edges: Edges) => void = () => {};
  /** Called when the person wants to write again. */
  leave: () => void = () => {};
  /** It marks as read what it shows: the others draw behind that, and count nothing as unread that is read at once. */
  protected override readonly isFirst = true;

  #talk: Talk | undefined;
  /** What holds the lines that are shown: the talk, or its excerpt. */
  #source: Talk | undefined;
  #rows: Row[] = [];
  /** Which of the rows are drawn. */
  #window = new RowWindow();
  readonly #new = new NewLines();
  /** The rows that are in view while the reader is not at the end, and the sizes by which they were measured. */
  #anchors: Anchor[] = [];
  #sizes = "";
  /** The key of the row that the reader is to be brought to. */
  #goal: unknown;
  /** How far the box was scrolled, to tell which way the reader goes. */
  #top = 0;
  readonly #loading = new Loading(() => this.requestUpdate());
  readonly #files = new FileParts(() => this.stay, () => this.requestUpdate());
  /** The line to which the person has jumped, and whether it is to have the focus as soon as it is drawn. */
  #sought: TalkLine | undefined;
  #isFocusDue = false;
  #isPrinted = false;
  /** Whether a screen reader reads new lines out, and not those from before while they are loaded. */
  #isLive = false;
  #last: TalkLine | undefined;
  readonly #elements = new Map<unknown, HTMLElement>();
  readonly #marks = new RowMarks(this.#elements, () => this.requestUpdate());
  /** Keeps the reader's place whatever changes a size: the browser's window, what is around the box, a picture that has come. */
  readonly #resized = new ResizeObserver(() => this.#settle());
  /** Ends what the view listens to. */
  #ended = new AbortController();

  get #box(): HTMLElement | null {
    return this.querySelector(".scroll");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.#ended = new AbortController();
    // Not read before it is drawn: what came since the last frame would stand behind no unread line.
    addEventListener("focus", () => this.requestUpdate(), { signal });
    document.addEventListener("copy", this.#copied, { signal });
    this.#marks.follow(this, signal);
    for (const type of ["beforeprint", "afterprint"]) addEventListener(type, this.#printing, { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended.abort();
    this.#resized.disconnect();
  }

  protected override firstUpdated(): void {
    for (const element of this.querySelectorAll(".scroll, .rows")) this.#resized.observe(element);
    offerMenus(this, (target, place) => this.#offer(target, place));
  }

  /** On paper all that is loaded is drawn, since nobody scrolls there. */
  readonly #printing = ({ type }: Event) => {
    this.#isPrinted = type === "beforeprint";
    this.requestUpdate();
    this.performUpdate();
  };

  /** The rows that are drawn. */
  get #shown(): Row[] {
    return this.#isPrinted ? this.#rows : this.#window.shown(this.#rows);
  }

  /** Marks the talk as read, where its end is in view. */
  readonly #seen = () => {
    const { talk, client } = this.stay;
    if (talk === undefined || !this.#window.isAtEnd || !document.hasFocus()) return;
    if (talk.unread > 0) client.markRead(talk);
    else client.marks.seen(talk);
  };

  /** Goes to the end of the talk. */
  toEnd(): void {
    if (this.#talk !== undefined) this.#talk.excerpt = undefined;
    this.#new.seen();
    this.#window.followEnd();
    this.requestUpdate();
  }

  /** Scrolls by so many pages, up where there are fewer than 0. */
  scrollPages(pages: number): void {
    const box = this.#box;
    box?.scrollBy({ top: pages * box.clientHeight * 0.9 });
  }

  protected override willUpdate(): void {
    const { talk, sought } = this.stay;
    // Before anything is drawn: that would hide where the reader has scrolled to.
    this.#noticeReader();
    const isOther = talk !== this.#talk;
    if (isOther) this.#leave(talk);
    if (talk === undefined) return;
    const before = this.#rows;
    const source = this.#source = talk.excerpt ?? talk;
    const isToGo = this.#new.notice(talk, source, this.#window.isAtEnd, document.hasFocus());
    const notes = source === talk ? this.stay.notes(talk) : [];
    const waiting = source === talk ? pendingLines(this.stay.client, talk) : [];
    this.#rows = rowsOf(source.lines, notes, this.#new.first, settings.get("moves"), waiting);
    if (sought?.talk === talk) this.#jump(sought);
    else if (isToGo || (isOther && this.#new.first !== undefined)) this.#goTo(NEW);
    else if (this.#window.isAtEnd) this.#window.moveToEnd(this.#rows.length);
    else if (!isOther) this.#window.keep(before, this.#rows);
    this.#listen(talk, isOther);
  }

  /** Has new lines read out from the first one on that comes while the talk is shown. */
  #listen(talk: Talk, isOther: boolean): void {
    const last = talk.lines.at(-1);
    if (isOther) this.#isLive = false;
    else if (last !== this.#last && last?.history === false) this.#isLive = true;
    this.#last = last;
  }

  /** Brings the reader to the line to which the person has jumped; to the end, where there is none. */
  #jump({ line, hasFocus }: Sought): void {
    this.stay.sought = undefined;
    this.#sought = line;
    this.#anchors = [];
    const isThere = this.#goTo(line);
    this.#isFocusDue = hasFocus && isThere;
    if (!isThere) this.toEnd();
  }

  /** Brings the reader to where what is new begins, be it loaded or not. */
  readonly #toNew = () => {
    const { since } = this.#new;
    if (since !== undefined && this.#source !== undefined && this.#new.hasMore(this.#source)) {
      return void this.stay.seekSince(this.#talk!, since);
    }
    this.#goTo(NEW);
  };

  /** Brings the reader to the row of a key. @returns Whether there is one. */
  #goTo(key: unknown): boolean {
    const at = this.#rows.findIndex((row) => row.key === key);
    if (at < 0) return false;
    this.#window.moveTo(at, this.#rows.length);
    this.#goal = key;
    this.requestUpdate();
    return true;
  }

  #leave(next: Talk | undefined): void {
    if (this.#talk !== undefined) this.#talk.excerpt = undefined;
    this.#talk = next;
    this.#sought = undefined;
    this.#rows = [];
    this.#window = new RowWindow();
    this.#anchors = [];
    this.#goal = undefined;
    this.#new.enter(next);
  }

  protected override updated(): void {
    this.#settle();
    if (this.#isFocusDue) this.#elements.get(this.#sought)?.focus({ preventScroll: true });
    this.#isFocusDue = false;
    this.#seen();
    this.#extend();
  }

  /** Puts the reader where they were, or where they are to be. */
  #settle(): void {
    const box = this.#box;
    if (box === null || box.clientHeight === 0 || this.#isPrinted) return;
    const { top } = box.getBoundingClientRect();
    const goal = this.#elements.get(this.#goal)?.getBoundingClientRect();
    const anchor = this.#anchors.find(({ key }) => this.#elements.has(key));
    if (goal !== undefined) box.scrollTop += goal.top - top - box.clientHeight / 5;
    else if (this.#window.isAtEnd) box.scrollTop = box.scrollHeight;
    else if (anchor !== undefined) restore(box, anchor, this.#elements.get(anchor.key)!);
    this.#arrive(box, goal === undefined ? NEAR.same : NEAR.end);
    this.#measure(box, goal !== undefined || anchor === undefined);
    this.#goal = undefined;
    if (this.#source !== undefined && this.#new.measure(box, this.#source, this.#rows, this.#elements)) {
      // In the next frame, as in `#arrive`.
      this.stay.changed();
    }
  }

  /** Notes where the box is scrolled to, and the rows in view where the reader has chosen a new place. */
  #measure(box: HTMLElement, isNew: boolean): void {
    this.#top = box.scrollTop;
    this.#sizes = sizesOf(box);
    if (this.#window.isAtEnd) this.#anchors = [];
    else if (isNew) this.#anchors = anchorsIn(box, this.#elements);
  }

  /** Follows new lines where the end of the talk is in view. */
  #arrive(box: HTMLElement, near: number): void {
    if (this.#window.isAtEnd || this.#source !== this.#talk) return;
    if (!this.#window.hasLast(this.#rows.length) || belowOf(box) > near) return;
    this.#window.followEnd();
    // In the next frame: to draw while the browser tells of sizes would change them again.
    this.stay.changed();
  }

  readonly #scrolled = () => {
    this.#noticeReader();
    // Else it was the change of a size that has moved the box.
    this.#settle();
    this.#extend();
  };

  /** Notes where the reader has scrolled to. A box that has moved while all sizes stayed as they were was moved by the reader. */
  #noticeReader(): void {
    const box = this.#box;
    if (box === null || box.scrollTop === this.#top || sizesOf(box) !== this.#sizes) return;
    if (this.#source !== undefined) this.#loading.retry(this.#source);
    if (box.scrollTop > this.#top) this.#arrive(box, NEAR.end);
    else if (this.#window.isAtEnd && belowOf(box) > NEAR.same) {
      // The reader has gone up: from now on the window stays where they are.
      this.#window.leaveEnd(this.#rows.length);
      this.requestUpdate();
    }
    this.#measure(box, true);
  }

  /** Moves the window where the reader comes near its edge, and loads what is older. */
  #extend(): void {
    const box = this.#box;
    const talk = this.#talk;
    const source = this.#source;
    if (box === null || talk === undefined || source === undefined || this.#isPrinted) return;
    const { history } = this.stay.client;
    const isNearTop = box.scrollTop < NEAR.edge;
    if (this.#window.isAtEnd && !this.#window.hasFirst) {
      if (box.scrollHeight <= box.clientHeight && this.#window.growTail()) this.requestUpdate();
    } else if (isNearTop && !this.#window.hasFirst) {
      this.#window.moveUp();
      this.requestUpdate();
    } else if (isNearTop) void this.#loading.older(history, source);
    if (belowOf(box) >= NEAR.edge) return;
    if (!this.#window.hasLast(this.#rows.length)) {
      this.#window.moveDown(this.#rows.length);
      this.requestUpdate();
    } else if (source !== talk) void this.#loading.newer(history, talk);
  }

  /** Shows the menu of the line or the person that an element is part of. @returns Whether there is one. */
  #offer(target: Element, place: Place): boolean {
    const talk = this.#talk;
    const key = this.#marks.keyAt(target);
    const row = this.#rows.find((row) => row.key === key);
    if (talk === undefined || row?.type !== "said" || row.line.redacted !== undefined) return false;
    const { line } = row;
    if (target.closest(".nick") === null || line.kind === "notice") this.#menu(talk, line, place);
    else {
      const channel = talk.kind === "channel" ? talk : undefined;
      void this.stay.load(import("./menus.ts"), (m) => m.showPersonMenu(this.stay, line.from, channel, place));
    }
    return true;
  }

  #menu(talk: Talk, line: TalkLine, place: Place, edges = edgesOf(place)): void {
    const act = (action: MessageAction) => this.act(action, talk, line, edges);
    void this.stay.load(import("./menus.ts"), (m) => m.showMessageMenu({ stay: this.stay, talk, line, act }, place));
  }

  readonly #copied = (event: ClipboardEvent) => copyRows(event, this.#rows, this.#elements, this.#talk ?? NOWHERE);

  readonly #keyed = (event: KeyboardEvent) => {
    if (event.key === "Escape") this.leave();
    else if (!moveFocus(this, event)) return;
    event.preventDefault();
  };

  /** A link to a message of this room leads there within the page. */
  readonly #clicked = (event: MouseEvent) => {
    const { channel, msgid } = placeOfClick(event);
    if (channel === undefined || msgid === undefined) return;
    event.preventDefault();
    void this.stay.seek(`#${channel}`, msgid);
  };

  override render(): TemplateResult {
    const { words, stay, stay: { talk, client } } = this;
    const context = this.#contextOf(talk ?? NOWHERE);
    const shown = talk === undefined
      ? stay.notes(undefined).map((note): Row => ({ type: "note", key: note, note }))
      : this.#shown;
    const source = this.#source;
    const isBeginning = talk !== undefined && source !== undefined && this.#window.hasFirst && source.complete;
    const isLoading = source !== undefined && this.#loading.has(source);
    const hints = [
      ...(isLoading ? [words.loading] : []),
      ...(isBeginning ? [source.lines.length === 0 ? words.empty : words.beginning] : []),
      ...(talk === undefined && client.isConnected ? [words.noChannel] : []),
    ];
    const rows = repeat(shown, ({ key }) => key, (row) => drawRow(row, context));
    const isLive = talk === undefined || (this.#window.isAtEnd && this.#isLive);
    return html`
      <div class="scroll" tabindex="0" role="log" aria-label=${words.messages} aria-live=${isLive ? "polite" : "off"}
        aria-busy=${isLoading} @scroll=${this.#scrolled} @keydown=${this.#keyed} @click=${this.#clicked}>
        ${hints.map((hint) => html`<p class="hint">${hint}</p>`)}
        <ol class="rows ${talk?.kind ?? ""}">${rows}</ol>
      </div>
      ${this.#new.isAbove && source !== undefined
        ? html`<button class="above-new" type="button" @click=${this.#toNew}>${icon("arrow-up")} ${
          words.newAbove(this.#new.count(source), this.#new.hasMore(source))
        }</button>`
        : nothing}
      ${this.#window.isAtEnd
        ? nothing
        : html`<button class="below" type="button" @click=${() => this.toEnd()}>${
          source === talk ? words.newBelow(talk?.unread ?? 0) : words.toNewest(talk?.unread ?? 0)
        } ${icon("arrow-down")}</button>`}
    `;
  }

  #contextOf(talk: Talk): RowContext {
    const { words, stay, stay: { client } } = this;
    return {
      talk,
      words,
      sentences: settings.sentences,
      locale: settings.locale,
      pictures: stay.pictures,
      files: this.#files,
      canTag: client.can("message-tags"),
      isAt: (line) => this.#marks.has(line),
      nick: client.state.nick,
      isChannel: (name) => client.state.joined(name) !== undefined,
      profileOf: (nick) => client.state.profiles.of(nick),
      act: (action, line, place) => this.act(action, talk, line, edgesOf(place)),
      menu: (line, place) => this.#menu(talk, line, place),
      toggle: (line, reaction) => client.actions.react(talk, line, reaction),
      open: (name) => void stay.open(name),
      welcome: () => drawWelcome(stay),
      goTo: (line) => void this.#goTo(line),
      seek: (msgid) => void stay.seek(talk.name, msgid),
      isSought: (line) => line === this.#sought,
      isEdited: (line) => line === stay.edited,
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

/** Stands for the talk where there is none: notes are shown all the same. */
const NOWHERE = new Talk("", "channel");
