/// <reference lib="dom" />
/**
 * Where a person writes: the line, what completes it, what it answers, and the emoji. It must not know how lines are shown.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { isBlank, visible } from "../protocol.ts";
import { complete, type Completions } from "../client/commands/complete.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { readCommand } from "../client/written.ts";
import { ask } from "./ask.ts";
import { write } from "./editing.ts";
import { RoomView } from "./element.ts";
import { sanitize } from "../client/sanitize.ts";
import { joined, name, sentence } from "./happenings.ts";
import { drawWords } from "./line.ts";
import { Suggestions } from "./suggestions.ts";
import { Writing } from "./writing.ts";

/** What the picker is open for. */
type Picking = "text" | { talk: Talk; line: TalkLine } | undefined;

/** Where the browser can't make a field as high as its text. */
const growsItself = CSS.supports("field-sizing", "content");

export class ComposeView extends RoomView {
  /** Called when something was sent. */
  sent: () => void = () => {};
  /** Called when what is written has changed. */
  drafted: () => void = () => {};
  /** Called to scroll the talk, by so many pages. */
  scrollTalk: (pages: 1 | -1) => void = () => {};

  #talk: Talk | undefined;
  /** The talk whose draft is in the field. */
  #shown: Talk | undefined;
  /** Whether one was writing in the field that was there before. */
  #hadFocus = false;
  /** Whether one is here by no act of one's own. */
  #isDriven = false;
  /** Whether what changes in the field is not what somebody types. */
  #isSetting = false;
  readonly #writings = new WeakMap<Talk, Writing>();
  #writing = new Writing();
  readonly #suggestions = new Suggestions();
  #picking: Picking;

  /** What holds the draft that is in the field. */
  get #place(): { draft: string } {
    return this.#talk ?? this.room.nowhere;
  }

  get #field(): HTMLTextAreaElement {
    return this.querySelector("textarea")!;
  }

  /** Begins an answer to a line. */
  reply(line: TalkLine): void {
    this.#writing.replyTo = line;
    this.requestUpdate();
    this.#field.focus();
  }

  /** Lets the person choose an emoji to react to a line of a talk with. */
  react(talk: Talk, line: TalkLine): void {
    void this.#pick({ talk, line });
  }

  override focus(): void {
    this.#field.focus();
  }

  protected override willUpdate(): void {
    const { talk } = this.room;
    if (talk === this.#talk) return;
    if (this.hasUpdated) {
      // Who is thrown out while writing would say the rest of it to others.
      this.#isDriven = this.#talk !== undefined && this.room.thrownOutOf === this.#talk.name;
      this.room.thrownOutOf = undefined;
      this.#hadFocus = document.activeElement === this.#field;
      this.#leave(talk);
    }
    this.#talk = talk;
    this.#suggestions.close();
    this.#picking = undefined;
    if (talk === undefined) return;
    this.#writing = this.#writings.get(talk) ?? new Writing();
    this.#writings.set(talk, this.#writing);
    this.room.restoreDraft(talk);
  }

  /** Keeps what is in the field for when the person comes back. */
  #leave(next: Talk | undefined): void {
    const draft = this.#place.draft = this.#writing.leave(this.#place.draft);
    if (this.#talk !== undefined) this.room.keepDraft(this.#talk);
    else if (next?.draft === "") [next.draft, this.room.nowhere.draft] = [draft, ""];
  }

  protected override updated(): void {
    if (this.#shown !== this.#talk) {
      this.#shown = this.#talk;
      this.#field.value = this.#place.draft;
      // A keyboard that slides in unasked covers half of a phone.
      const mayFocus = this.#hadFocus || matchMedia("(hover: hover)").matches;
      if (mayFocus && !this.#isDriven) this.#field.focus();
    } else if (this.#field.value !== this.#place.draft) this.#set(this.#place.draft);
    this.#grow();
  }

  /** Makes the field as high as what is in it, up to a bound in the style sheet. */
  #grow(): void {
    if (growsItself) return;
    const { style } = this.#field;
    style.height = "auto";
    style.height = `${this.#field.scrollHeight}px`;
  }

  #set(text: string, cursor = text.length): void {
    this.#isSetting = true;
    write(this.#field, text, cursor);
    this.#isSetting = false;
    this.#changed();
  }

  #changed(): void {
    this.#place.draft = this.#field.value;
    this.drafted();
    this.room.client.typed(this.#field.value);
    this.#grow();
    this.requestUpdate();
  }

  readonly #typed = () => {
    if (this.#isSetting) return;
    this.#writing.changed();
    this.#changed();
    this.#suggestions.typed(this.#completions(), this.#before());
  };

  /** What is written up to the cursor. */
  #before(): string {
    return this.#field.value.slice(0, this.#field.selectionStart);
  }

  #completions(): Completions {
    return complete(this.#before(), this.room.client.state, this.room.client.pictures);
  }

  /** Puts a text in place of what stands before the cursor. */
  #replaceBefore(text: string | undefined): void {
    if (text !== undefined) this.#set(text + this.#field.value.slice(this.#field.selectionStart), text.length);
    this.requestUpdate();
  }

  #take(at?: number): void {
    this.#replaceBefore(this.#suggestions.take(this.#before(), at));
    this.#suggestions.close();
  }

  readonly #keyed = (event: KeyboardEvent) => {
    // An input method has it first. Safari has ended the word when it tells of the key that does, and says so only by 229.
    if (event.isComposing || event.keyCode === 229) return;
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const action = shiftKey || ctrlKey || altKey || metaKey ? undefined : this.#actionOf(key);
    if (action === undefined) return;
    event.preventDefault();
    action();
    this.requestUpdate();
  };

  /** What a key does here, undefined for what the browser does with it. */
  #actionOf(key: string): (() => void) | undefined {
    const suggestions = this.#suggestions;
    if (suggestions.isOpen) {
      const action = this.#choosing(key);
      if (action !== undefined) return action;
    }
    const completions = key === "Tab" ? this.#completions() : undefined;
    if (completions !== undefined && (suggestions.isOpen || completions.candidates.length > 0)) {
      return () => this.#replaceBefore(suggestions.tab(completions, this.#before()));
    }
    if (key === "Escape" && this.#writing.replyTo !== undefined) return () => this.#writing.replyTo = undefined;
    if (key === "Enter") return () => this.#say(linesOf(this.#field.value), "typed");
    if (key === "PageUp" || key === "PageDown") return () => this.scrollTalk(key === "PageUp" ? -1 : 1);
    if (key === "ArrowUp" && this.#mayRecall) return this.#recalled(1);
    if (key === "ArrowDown" && this.#writing.isBack) return this.#recalled(-1);
  }

  /** What a key does while there are suggestions. */
  #choosing(key: string): (() => void) | undefined {
    const suggestions = this.#suggestions;
    if (key === "Escape") return () => suggestions.close();
    // Who goes elsewhere in the text does not complete this word.
    if (/^(?:Home|End|ArrowLeft|ArrowRight)$/.test(key)) suggestions.close();
    if (suggestions.isCycling) return undefined;
    if (key === "ArrowDown") return () => suggestions.move(1);
    if (key === "ArrowUp") return () => suggestions.move(-1);
    if (key === "Enter" && suggestions.isOpen && !suggestions.isWhole) return () => this.#take();
  }

  /** Whether up-arrow has no line of the text to go to. */
  get #mayRecall(): boolean {
    const field = this.#field;
    const isOneRow = field.scrollHeight < 2 * parseFloat(getComputedStyle(field).lineHeight);
    return this.#writing.isBack || isOneRow || field.selectionEnd === 0;
  }

  #recalled(step: 1 | -1): (() => void) | undefined {
    const text = this.#writing.recall(step, this.#field.value);
    return text === undefined ? undefined : () => this.#set(text);
  }

  readonly #pasted = async (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (linesOf(text).length < 2) return;
    event.preventDefault();
    const talk = this.#talk;
    const { value, selectionStart, selectionEnd } = this.#field;
    const whole = value.slice(0, selectionStart) + text + value.slice(selectionEnd);
    const lines = linesOf(whole);
    const { words } = this;
    const other = words.putIntoLine;
    // A command that stands there says to whom.
    const to = selectionStart > 0 && readCommand(lines[0]) !== undefined ? undefined : talk && sanitize(talk.name);
    const answer = await ask(words.paste(lines.length, to), words.sendMany(lines.length), {
      detail: lines.join("\n"),
      other,
    });
    this.#field.focus();
    // Where there was no talk yet, it is for the one that was waited for.
    const place = talk ?? this.#talk;
    // A command that stood there is meant as one; what is pasted never is.
    if (answer === "yes") this.#say(lines, selectionStart > 0 ? "typed" : "text", place);
    else if (answer === "other" || place !== this.#talk) this.#put(whole.replaceAll(/\r\n?/g, "\n"), place);
  };

  /** Puts a text where a talk is written in, whether it is shown or not. */
  #put(text: string, talk: Talk | undefined): void {
    if (talk === this.#talk) return this.#set(text);
    if (talk === undefined) return;
    talk.draft = text;
    this.room.keepDraft(talk);
  }

  /** Hands lines to the client. @param reading How the first of them is read; the others are text. */
  #say(lines: readonly string[], reading: "typed" | "text", talk = this.#talk): void {
    if (lines.length === 0) return;
    const { client } = this.room;
    const writing = (talk && this.#writings.get(talk)) ?? this.#writing;
    const { replyTo } = writing;
    const isCommand = reading === "typed" && readCommand(lines[0]) !== undefined;
    if (!isCommand) writing.replyTo = undefined;
    writing.sent(lines.join("\n"));
    this.#suggestions.close();
    this.#put("", talk);
    client.inputAll(lines, reading, { ...(talk && { talk }), ...(replyTo && { replyTo }) });
    // Who writes has seen what is above.
    if (talk !== undefined) client.markRead(talk);
    this.sent();
    this.room.changed();
  }

  async #pick(picking: Picking): Promise<void> {
    const isSame = this.#picking !== undefined && picking === "text";
    try {
      await import("./picker.ts");
      this.#picking = isSame ? undefined : picking;
    } catch {
      this.room.tell({ kind: "error", text: this.words.emojiFailed });
    }
    this.requestUpdate();
  }

  readonly #unpick = () => {
    this.#picking = undefined;
    this.requestUpdate();
    this.#field.focus();
  };

  readonly #picked = (emoji: string) => {
    if (this.#picking === "text") {
      const before = this.#before();
      const rest = this.#field.value.slice(this.#field.selectionEnd);
      this.#set(`${before}${emoji} ${rest}`, before.length + emoji.length + 1);
    } else if (this.#picking !== undefined) {
      this.room.client.actions.react(this.#picking.talk, this.#picking.line, emoji);
    }
    this.#unpick();
  };

  readonly #submitted = (event: SubmitEvent) => {
    event.preventDefault();
    this.#say(linesOf(this.#field.value), "typed");
    this.#field.focus();
  };

  override render(): TemplateResult {
    const { words, room } = this;
    const { target } = room.client.state;
    const name = sanitize(target ?? "");
    const isPrivate = this.#talk?.kind === "private";
    const label = target === undefined ? words.write : words.writeTo(name);
    const hint = isPrivate ? words.onlyTo(name) : label;
    return html`
      <div class="above">
        ${this.#picker()} ${this.#list()} ${this.#answered()}
        <p class="typing">${this.#notice()}</p>
      </div>
      <form class="write ${isPrivate ? "private" : ""}" aria-label=${words.write} @submit=${this.#submitted}>
        <label for="line"><span>${words.writeTo("").trim()}</span> <bdi>${name}</bdi></label>
        ${keyed(this.#talk, this.#box(label, hint))}
        <button class="emoji" type="button" aria-label=${words.emoji} title=${words.emoji}
          aria-expanded=${this.#picking !== undefined} @click=${() => void this.#pick("text")}>😊</button>
        <button class="send" type="submit" aria-label=${words.send} title=${words.send}>➤</button>
      </form>
    `;
  }

  /** Where one writes. Each talk has another: what was undone in one is not to be brought back in the next. */
  #box(label: string, hint: string): TemplateResult {
    const { isOpen, chosen } = this.#suggestions;
    return html`
      <textarea id="line" rows="1" aria-label=${label} placeholder=${hint} enterkeyhint="send" dir="auto"
        aria-autocomplete="list" aria-controls=${isOpen ? "suggestions" : nothing}
        aria-activedescendant=${isOpen ? `suggestion${chosen}` : nothing}
        @input=${this.#typed} @keydown=${this.#keyed} @paste=${this.#pasted} @click=${this.#clicked}></textarea>
    `;
  }

  readonly #clicked = () => {
    this.#suggestions.close();
    this.requestUpdate();
  };

  /** Who is typing. */
  #notice(): unknown {
    const typing = [...this.#talk?.typing.values() ?? []].map(name);
    if (typing.length === 0) return nothing;
    return typing.length > 3 ? this.words.severalTyping : sentence(this.words.typing, joined(typing)).map(drawWords);
  }

  #answered(): unknown {
    const { replyTo } = this.#writing;
    if (replyTo === undefined) return nothing;
    const { words } = this;
    const end = () => {
      this.#writing.replyTo = undefined;
      this.requestUpdate();
    };
    return html`
      <div class="replying">
        <span>${sentence(words.replyingTo, name(replyTo.from)).map(drawWords)}: <bdi>${sanitize(
          visible(replyTo.text),
        )}</bdi></span>
        <button type="button" aria-label=${words.cancel} title=${words.cancel} @click=${end}>✕</button>
      </div>
    `;
  }

  #list(): unknown {
    const { candidates, chosen, isOpen } = this.#suggestions;
    if (!isOpen) return nothing;
    const take = (event: Event, i: number) => {
      // The field keeps the focus.
      event.preventDefault();
      this.#take(i);
    };
    return html`<ul class="suggestions" id="suggestions" role="listbox" aria-label=${this.words.suggestions}>${
      candidates.map(({ label }, i) =>
        html`
          <li role="option" id="suggestion${i}" aria-selected=${i === chosen}
            @mousedown=${(event: Event) => take(event, i)}><bdi>${this.#picture(label)}${sanitize(label)}</bdi></li>
        `
      )
    }</ul>`;
  }

  #picture(label: string): unknown {
    const path = this.room.pictures.get(label.slice(1, -1));
    return path === undefined || label[0] !== ":" ? nothing : html`
      <img class="picture" src=${path} alt="">
    `;
  }

  #picker(): unknown {
    const picking = this.#picking;
    if (picking === undefined) return nothing;
    const { words, room } = this;
    const heading = picking === "text" ? words.emoji : words.reactTo(sanitize(picking.line.from));
    return html`
      <tea-picker .heading=${heading} .pictures=${room.pictures} .hasPictures=${picking === "text"}
        .choose=${this.#picked} .close=${this.#unpick}></tea-picker>
    `;
  }
}

/** The lines of a text that hold anything to be seen. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).filter((line) => !isBlank(line));
}
