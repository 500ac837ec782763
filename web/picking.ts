/// <reference lib="dom" />
/**
 * The emoji picker: above the field in which a person writes for an emoji in the text, and for a reaction beside its line. It is
 * loaded when it is first opened.
 *
 * @module
 */

import { html } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { icon } from "./icon.ts";
import type { Edges } from "./menu.ts";
import { noteReaction } from "./quick_reactions.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** What an emoji is chosen for: the text that is written, or a reaction to a line. */
type Goal = "text" | { talk: Talk; line: TalkLine; edges: Edges };

/** What it needs of the element that it belongs to. */
export interface PickingHost {
  readonly stay: Stay;
  requestUpdate(): void;
  focus(): void;
}

/** The picker of one field. */
export class Picking {
  readonly #host: PickingHost;
  readonly #insert: (emoji: string) => void;
  #goal: Goal | undefined;

  /** @param insert Puts an emoji into the text. */
  constructor(host: PickingHost, insert: (emoji: string) => void) {
    this.#host = host;
    this.#insert = insert;
  }

  get isOpen(): boolean {
    return this.#goal !== undefined;
  }

  /** Opens it beside these edges, for a reaction to a line. */
  react(talk: Talk, line: TalkLine, edges: Edges): void {
    void this.#pick({ talk, line, edges });
  }

  /** Opens it; where it is open for the text already, closes it. */
  async #pick(goal: Goal): Promise<void> {
    const isSame = this.#goal !== undefined && goal === "text";
    try {
      await import("./picker.ts");
      this.#goal = isSame ? undefined : goal;
    } catch {
      this.#host.stay.tell({ kind: "error", text: settings.words.emojiFailed });
    }
    this.#host.requestUpdate();
  }

  /** Closes it, where the field now is of another talk. */
  close(): void {
    this.#goal = undefined;
  }

  readonly #unpick = () => {
    this.#goal = undefined;
    this.#host.requestUpdate();
    this.#host.focus();
  };

  readonly #picked = (emoji: string) => {
    const goal = this.#goal;
    if (goal === "text") this.#insert(emoji);
    else if (goal !== undefined) {
      this.#host.stay.client.actions.react(goal.talk, goal.line, emoji);
      noteReaction(emoji);
    }
    this.#unpick();
  };

  /** The button that opens it for the text. @param why Why nothing can be written, if that is so. */
  drawButton(why: string | undefined): unknown {
    const { words } = settings;
    return html`
      <button class="emoji" type="button" aria-label=${words.emoji} title=${why ??
        words.emoji} ?disabled=${why !== undefined}
        aria-expanded=${this
          .isOpen}
        @click=${() => void this.#pick("text")}>${icon("smile")}</button>
    `;
  }

  /** @param otherwise What stands there while it is closed. */
  draw(otherwise: unknown): unknown {
    const goal = this.#goal;
    if (goal === undefined) return otherwise;
    const { words } = settings;
    const { pictures } = this.#host.stay;
    const heading = goal === "text" ? words.emoji : words.reactTo(sanitize(goal.line.from));
    return html`
      <tea-picker .heading=${heading} .edges=${goal === "text" ? undefined : goal.edges} .pictures=${pictures}
        .choose=${this.#picked} .close=${this.#unpick}></tea-picker>
    `;
  }
}
