/// <reference lib="dom" />
/**
 * Where a person writes: the line, what completes it, what it answers, and the emoji. It must not know how lines are shown.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { type Candidate, complete } from "../client/complete.ts";
import type { Line, Talk } from "../client/talk.ts";
import { ask } from "./ask.ts";
import { RoomView } from "./element.ts";
import { clean } from "./format.ts";

/** Written lines that up-arrow brings back. */
const REMEMBERED = 100;
/** Candidates that are shown; letters of an emoji's name before it is completed without being asked. */
const SUGGESTED = 8;
const AT_ONCE = /^(?::[\w+-]{2,}|@.+|#.+|\/\S*)$/;

/** What the picker is open for. */
type Picking = "text" | { line: Line } | undefined;

export class ComposeView extends RoomView {
  /** Called when something was sent. */
  sent: () => void = () => {};

  #talk: Talk | undefined;
  #replyTo: Line | undefined;
  #picking: Picking;
  #candidates: Candidate[] = [];
  #word = "";
  #chosen = 0;
  /** Whether the candidates are those of Tab, each press taking the next. */
  #isCycling = false;
  readonly #history: string[] = [];
  /** How far back up-arrow has gone, and what was written before. */
  #back = 0;
  #unsent = "";

  get #field(): HTMLTextAreaElement {
    return this.querySelector("textarea")!;
  }

  /** Begins an answer to a line. */
  reply(line: Line): void {
    this.#replyTo = line;
    this.requestUpdate();
    this.#field.focus();
  }

  /** Lets the person choose an emoji to react to a line with. */
  react(line: Line): void {
    void this.#pick({ line });
  }

  override focus(): void {
    this.#field.focus();
  }

  protected override willUpdate(): void {
    const { talk } = this.room;
    if (talk === this.#talk) return;
    if (this.#talk !== undefined && this.hasUpdated) this.#talk.draft = this.#field.value;
    this.#talk = talk;
    this.#replyTo = undefined;
    this.#suggest([], "");
  }

  protected override updated(): void {
    const field = this.#field;
    const draft = this.#talk?.draft ?? "";
    if (field.dataset.talk !== (this.#talk?.name ?? "")) {
      field.dataset.talk = this.#talk?.name ?? "";
      field.value = draft;
      // A keyboard that slides in unasked covers half of a phone.
      if (matchMedia("(hover: hover)").matches) field.focus();
    }
    this.#grow();
  }

  /** Makes the field as high as what is in it, up to a bound in the style sheet. */
  #grow(): void {
    const field = this.#field;
    field.rows = Math.min(8, field.value.split("\n").length);
  }

  #set(text: string, cursor = text.length): void {
    this.#field.value = text;
    this.#field.setSelectionRange(cursor, cursor);
    this.#changed();
  }

  #changed(): void {
    const { talk } = this.room;
    if (talk !== undefined) talk.draft = this.#field.value;
    this.room.client.typed(this.#field.value);
    this.#grow();
  }

  readonly #typed = () => {
    this.#back = 0;
    this.#changed();
    const found = this.#complete();
    const isWanted = AT_ONCE.test(found.word) && !(found.word.startsWith("/") && found.word !== this.#before());
    this.#suggest(isWanted ? found.candidates : [], found.word);
  };

  /** What is written up to the cursor. */
  #before(): string {
    return this.#field.value.slice(0, this.#field.selectionStart);
  }

  #complete() {
    return complete(this.#before(), this.room.client.state, this.room.client.pictures);
  }

  #suggest(candidates: Candidate[], word: string): void {
    this.#isCycling = false;
    this.#candidates = candidates.slice(0, SUGGESTED);
    this.#word = word;
    this.#chosen = 0;
    this.requestUpdate();
  }

  /** Puts a candidate in the place of the word. */
  #take({ text }: Candidate): void {
    const before = this.#before();
    const rest = this.#field.value.slice(before.length);
    const start = before.slice(0, before.length - this.#word.length) + text;
    this.#word = text;
    this.#set(start + rest, start.length);
  }

  #tab(): void {
    if (this.#candidates.length === 0) {
      const { candidates, word } = this.#complete();
      this.#suggest(candidates, word);
    } else if (this.#isCycling) this.#chosen = (this.#chosen + 1) % this.#candidates.length;
    const chosen = this.#candidates[this.#chosen];
    if (chosen === undefined) return;
    this.#take(chosen);
    this.#isCycling = true;
    if (this.#candidates.length === 1) this.#suggest([], "");
    this.requestUpdate();
  }

  readonly #keyed = (event: KeyboardEvent) => {
    // An input method has it first. Safari has ended the word when it tells of the key that does, and says so only by 229.
    if (event.isComposing || event.keyCode === 229) return;
    const action = this.#actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  /** What a key does here, undefined for what the browser does with it. */
  #actionOf({ key, shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent): (() => void) | undefined {
    const isPlain = !shiftKey && !ctrlKey && !altKey && !metaKey;
    const isOpen = this.#candidates.length > 0;
    if (!isPlain) return undefined;
    if (key === "Tab" && (isOpen || this.#complete().candidates.length > 0)) return () => this.#tab();
    if (isOpen && !this.#isCycling) {
      const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
      if (Object.hasOwn(moves, key)) return () => this.#choose(moves[key]);
      // Who has written it out wants to send it.
      const isWhole = this.#candidates[this.#chosen].text.trim() === this.#word;
      if (key === "Enter" && !isWhole) {
        return () => {
          this.#take(this.#candidates[this.#chosen]);
          this.#suggest([], "");
        };
      }
    }
    if (key === "Escape" && (isOpen || this.#replyTo !== undefined)) {
      return () => {
        if (!isOpen) this.#replyTo = undefined;
        this.#suggest([], "");
      };
    }
    if (key === "Enter") return () => void this.#send();
    const { value, selectionStart } = this.#field;
    if (key === "ArrowUp" && !value.slice(0, selectionStart).includes("\n")) return this.#recall(1);
    if (key === "ArrowDown" && this.#back > 0) return this.#recall(-1);
  }

  #choose(step: number): void {
    const { length } = this.#candidates;
    this.#chosen = (this.#chosen + step + length) % length;
    this.requestUpdate();
  }

  /** Goes through what was written before. */
  #recall(step: number): (() => void) | undefined {
    const back = this.#back + step;
    if (back > this.#history.length) return undefined;
    return () => {
      if (this.#back === 0) this.#unsent = this.#field.value;
      this.#back = back;
      this.#set(back === 0 ? this.#unsent : this.#history.at(-back)!);
    };
  }

  readonly #pasted = async (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const lines = linesOf(text);
    if (lines.length < 2) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#field;
    const whole = linesOf(value.slice(0, selectionStart) + text + value.slice(selectionEnd));
    const { words } = this;
    const answer = await ask(words.paste(whole.length), words.sendMany(whole.length), whole.join("\n"));
    this.#field.focus();
    if (answer) this.#say(whole, "text");
    else this.#set(value, selectionStart);
  };

  async #send(): Promise<void> {
    this.#say(linesOf(this.#field.value), "typed");
    await this.updateComplete;
  }

  /** Hands lines to the client. @param reading How the first of them is read; the others are text. */
  #say(lines: readonly string[], reading: "typed" | "text"): void {
    if (lines.length === 0) return;
    const { client, talk } = this.room;
    this.#history.push(lines.join("\n"));
    if (this.#history.length > REMEMBERED) this.#history.shift();
    this.#back = 0;
    const replyTo = this.#replyTo;
    this.#replyTo = undefined;
    this.#field.value = "";
    if (talk !== undefined) talk.draft = "";
    this.#suggest([], "");
    lines.forEach((line, i) => void client.input(line, i === 0 ? reading : "text", i === 0 ? replyTo : undefined));
    // Who writes has seen what is above.
    if (talk !== undefined) client.markRead(talk);
    this.#grow();
    this.sent();
    this.room.changed();
  }

  async #pick(picking: Picking): Promise<void> {
    await import("./picker.ts");
    this.#picking = this.#picking === undefined ? picking : undefined;
    this.requestUpdate();
  }

  readonly #unpick = () => {
    this.#picking = undefined;
    this.requestUpdate();
    this.#field.focus();
  };

  readonly #picked = (emoji: string) => {
    const { talk, client } = this.room;
    if (this.#picking === "text") {
      const before = this.#before();
      const rest = this.#field.value.slice(this.#field.selectionEnd);
      this.#set(`${before}${emoji} ${rest}`, before.length + emoji.length + 1);
    } else if (this.#picking !== undefined && talk !== undefined) client.react(talk, this.#picking.line, emoji);
    this.#unpick();
  };

  override render(): TemplateResult {
    const { words, room } = this;
    const { target } = room.client.state;
    const name = clean(target ?? "");
    const isPrivate = this.#talk?.kind === "private";
    const label = target === undefined ? words.write : words.writeTo(name);
    const hint = isPrivate ? words.onlyTo(name) : label;
    const hasList = this.#candidates.length > 0;
    return html`
      ${this.#above()}
      <form class="write ${isPrivate ? "private" : ""}" aria-label=${words.write} @submit=${this.#submitted}>
        <label for="line"><span>${words.writeTo("").trim()}</span> <bdi>${name}</bdi></label>
        <textarea id="line" rows="1" aria-label=${label} placeholder=${hint} enterkeyhint="send" dir="auto"
          aria-autocomplete="list" aria-controls=${hasList ? "suggestions" : nothing}
          aria-activedescendant=${hasList ? `suggestion${this.#chosen}` : nothing}
          @input=${this.#typed} @keydown=${this.#keyed} @paste=${this.#pasted}></textarea>
        <button class="emoji" type="button" aria-label=${words.emoji} title=${words.emoji}
          aria-expanded=${this.#picking !== undefined} @click=${() => void this.#pick("text")}>😊</button>
        <button class="send" type="submit" aria-label=${words.send} title=${words.send}>➤</button>
      </form>
    `;
  }

  readonly #submitted = (event: SubmitEvent) => {
    event.preventDefault();
    void this.#send();
    this.#field.focus();
  };

  /** What stands above the line: who is typing, what it answers, what completes it, the picker. */
  #above(): TemplateResult {
    const { words } = this;
    const typing = [...this.#talk?.typing.values() ?? []].map(clean);
    const notice = typing.length === 0 ? "" : typing.length > 3 ? words.severalTyping : words.typing(typing.join(", "));
    return html`<div class="above">
      ${this.#picking === undefined ? nothing : this.#picker(this.#picking)}
      ${
      this.#candidates.length === 0
        ? nothing
        : html`<ul class="suggestions" id="suggestions" role="listbox" aria-label=${words.suggestions}>${
          this.#candidates.map(({ label }, i) =>
            html`
              <li role="option" id="suggestion${i}" aria-selected=${i === this.#chosen}
                @mousedown=${(event: Event) => {
                  event.preventDefault();
                  this.#take(this.#candidates[i]);
                  this.#suggest([], "");
                }}><bdi>${this.#picture(label)}${clean(label)}</bdi></li>
            `
          )
        }</ul>`
    }
      ${
      this.#replyTo === undefined ? nothing : html`<div class="replying">
        <span>${words.replyingTo(clean(this.#replyTo.from))}: <bdi>${clean(this.#replyTo.text)}</bdi></span>
        <button type="button" aria-label=${words.cancel} title=${words.cancel} @click=${() => {
        this.#replyTo = undefined;
        this.requestUpdate();
      }}>✕</button></div>`
    }
      <p class="typing">${notice}</p>
    </div>`;
  }

  #picture(label: string): unknown {
    const path = this.room.pictures.get(label.slice(1, -1));
    return path === undefined || label[0] !== ":" ? nothing : html`
      <img class="picture" src=${path} alt="">
    `;
  }

  #picker(picking: "text" | { line: Line }): TemplateResult {
    const { words, room } = this;
    const heading = picking === "text" ? words.emoji : words.reactTo(clean(picking.line.from));
    return html`
      <tea-picker .heading=${heading} .pictures=${room.pictures} .hasPictures=${picking === "text"}
        .choose=${this.#picked} .close=${this.#unpick}></tea-picker>
    `;
  }
}

/** The lines of a text that hold anything. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
}
