/// <reference lib="dom" />
/**
 * The panel beside the talk, in which is shown what was found: by a search, because it names the person, or because it is a file.
 * Here is how it is opened and closed; what stands in it (search.ts, files_panel.ts) is loaded with the first use.
 *
 * @module
 */

import { html, nothing } from "lit";
import type { StayView } from "./element.ts";
import { icon } from "./icon.ts";
import { keysHere, shortcutHere } from "./keyboard.ts";
import { FILE_STYLE, loadStyle } from "./late_style.ts";
import type { PanelKind } from "./search_query.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** What a panel needs of the page around it. */
export interface PanelPage {
  stay: () => Stay | undefined;
  /** Whether the window is so narrow that the panel covers the talk. */
  isNarrow: () => boolean;
  /** Called when the panel has opened or closed. */
  changed: () => void;
  /** Gives the focus to where the person writes. */
  write: () => void;
}

/** The panel of one page. */
export class Panel {
  /** What is shown in it; undefined while it is closed. */
  kind: PanelKind | undefined;
  readonly #page: PanelPage;
  /** What had the focus before the panel was opened. */
  #before: Element | null = null;
  /** What was typed since the panel is being loaded: it goes into the panel's field. Undefined while none is. */
  #typed: string | undefined;
  /** Whether Enter was pressed after it. */
  #isAsked = false;

  constructor(page: PanelPage) {
    this.#page = page;
  }

  /** Opens the panel, or gives its field the focus. */
  open(kind: PanelKind): void {
    const stay = this.#page.stay();
    if (stay === undefined) return;
    const files = () => Promise.all([import("./files_panel.ts"), loadStyle(FILE_STYLE)]);
    const { activeElement } = document;
    const loading: Promise<unknown> = kind === "files" ? files() : import("./search.ts");
    if (kind !== "mentions" && this.#typed === undefined) {
      this.#typed = "";
      this.#isAsked = false;
    }
    // A space that is typed now is to press no button, and Enter is not to send what stands half written in the talk's field.
    if (this.#typed !== undefined && activeElement instanceof HTMLElement) activeElement.blur();
    void stay.load(loading, async () => {
      if (this.kind === undefined) this.#before = activeElement;
      const isOpen = this.kind === kind;
      this.kind = kind;
      this.#page.changed();
      const view = document.querySelector<StayView>("tea-search, tea-file-list");
      await view?.updateComplete;
      const field = view?.querySelector("input");
      if (isOpen) field?.focus();
      if (field != null && this.#typed !== undefined && this.#typed !== "") {
        // In a panel that has just opened stands what was looked for before.
        field.value = isOpen ? field.value + this.#typed : this.#typed;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        if (this.#isAsked) field.form?.requestSubmit();
      }
    }).finally(() => this.#typed = undefined);
  }

  /** Closes the panel. The focus goes back to where it was. */
  readonly close = (): void => {
    if (this.kind === undefined) return;
    this.kind = undefined;
    this.#page.changed();
    const before = this.#before;
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
    else this.#page.write();
    this.#before = null;
  };

  /**
   * Takes a key of the page. Ctrl+F opens the panel, since only a part of a long talk is drawn and the browser can't find the
   * rest; in the panel it is the browser's.
   */
  keyed(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
    if (this.#typed !== undefined && !ctrlKey && !metaKey && !altKey && !event.isComposing) {
      this.#isAsked = key === "Enter";
      if (this.#isAsked) return event.preventDefault();
      if (key !== "Backspace" && [...key].length !== 1) return;
      this.#typed = key === "Backspace" ? [...this.#typed].slice(0, -1).join("") : this.#typed + key;
      return event.preventDefault();
    }
    if (key.toLowerCase() !== "f" || !(ctrlKey || metaKey) || altKey || this.#page.stay()?.isIn !== true) return;
    if (!shiftKey && target instanceof Element && target.closest("tea-search, tea-file-list, dialog") !== null) return;
    event.preventDefault();
    this.open("search");
  }

  /** Goes to a message that was found. In a narrow window the panel makes room for it. */
  readonly #chosen = (talk: string, msgid: string): void => {
    const isNarrow = this.#page.isNarrow();
    if (isNarrow) this.close();
    void this.#page.stay()?.seek(talk, msgid, isNarrow);
  };

  /** The buttons that open it. */
  drawButtons(): unknown {
    const { words } = settings;
    const press = (kind: PanelKind) => this.kind === kind ? this.close() : this.open(kind);
    return html`
      <button class="find" type="button" aria-expanded=${this.kind === "search"} title="${words.search} (${keysHere(
        "Ctrl+Shift+F",
      )})"
        aria-keyshortcuts=${shortcutHere("Ctrl+Shift+F")} @click=${() => press("search")}>${icon(
          "search",
        )} <span class="wide">${words
          .search}</span></button>
      <button type="button" aria-expanded=${this.kind === "mentions"} title=${words.mentionsOfYou}
        aria-label=${words.mentionsOfYou} @click=${() => press("mentions")}>${icon("at-sign")}</button>
      ${this.#page.stay()?.hasFiles !== true ? nothing : html`
        <button class="files" type="button" aria-expanded=${this.kind === "files"} title=${words
          .files} aria-label=${words.files}
          @click=${() => press("files")}>${icon("files")}</button>
      `}
    `;
  }

  draw(): unknown {
    const stay = this.#page.stay();
    if (this.kind === undefined || stay === undefined) return nothing;
    if (this.kind === "files") {
      return html`<tea-file-list .stay=${stay} .close=${this.close} .choose=${this.#chosen}></tea-file-list>`;
    }
    return html`
      <tea-search .stay=${stay} .kind=${this.kind} .close=${this.close} .choose=${this.#chosen}></tea-search>
    `;
  }
}
