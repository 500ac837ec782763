/// <reference lib="dom" />
/**
 * Where a person writes: the field with its keys, pastes and suggestions, and the emoji that are chosen into it.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { endsInCode } from "../client/blocks.ts";
import { complete, type Completions } from "../client/commands/complete.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { readCommand } from "../client/written.ts";
import type { Voice } from "../shared/voice_message.ts";
import { drawAnswered, drawEdited, drawSilence, drawSuggestions, drawTyping, drawUsage } from "./above.ts";
import { ask } from "./ask.ts";
import type { AttachView } from "./attach.ts";
import type { DraftHolder } from "./drafts.ts";
import { grow, isInFirstRow, isSentByEnter, write } from "./editing.ts";
import { StayView } from "./element.ts";
import { icon } from "./icon.ts";
import { silenceHint } from "./muted.ts";
import { pendingLines } from "./pending.ts";
import { Picking } from "./picking.ts";
import { sanitize } from "../client/sanitize.ts";
import { Suggestions } from "./suggestions.ts";
import { Edit, linesOf, Writing } from "./writing.ts";

export class ComposeView extends StayView {
  /** Called when something was sent. */
  sent: () => void = () => {};
  /** Called when what is written has changed. */
  drafted: () => void = () => {};
  /** Called to scroll the talk, by so many pages. */
  scrollTalk: (pages: 1 | -1) => void = () => {};

  /** The talk in which the person writes. */
  #talk: Talk | undefined;
  /** The talk whose draft is in the field. */
  #shown: Talk | undefined;
  /** Whether the field of the talk before had the focus. */
  #hadFocus = false;
  /** Whether this talk is shown since the person was thrown out of the one before. */
  #isThrownOut = false;
  /** Whether it is this program that changes the field just now, and not the person. */
  #isSetting = false;
  readonly #writings = new WeakMap<Talk, Writing>();
  #writing = new Writing();
  readonly #suggestions = new Suggestions();
  /** Chooses emoji, for the text and for reactions. */
  readonly picking = new Picking(this, (emoji) => {
    const before = this.#before();
    const rest = this.#field.value.slice(this.#field.selectionEnd);
    this.#set(`${before}${emoji} ${rest}`, before.length + emoji.length + 1);
  });

  /** The holder of the draft that is in the field. */
  get #holder(): DraftHolder {
    return this.#writing.edit ?? this.#talk ?? this.stay.drafts.nowhere;
  }

  get #field(): HTMLTextAreaElement {
    return this.querySelector("textarea")!;
  }

  /** Begins an answer to a line. */
  reply(line: TalkLine): void {
    if (this.#writing.edit !== undefined) this.#endEdit();
    this.#writing.replyTo = line;
    this.requestUpdate();
    this.#field.focus();
  }

  override focus(): void {
    this.#field.focus();
  }

  /** Takes what is typed though nothing has the focus: not the rest of a text from whose talk the person was thrown out. */
  takeTyping(): void {
    if (!this.#isThrownOut) this.#field.focus();
  }

  protected override willUpdate(): void {
    if (this.stay.talk !== this.#talk) this.#go(this.stay.talk);
    const line = this.stay.editing;
    if (line === undefined || (this.#talk?.find(line.msgid) ?? this.#talk?.excerpt?.find(line.msgid)) !== line) return;
    this.stay.editing = undefined;
    this.#edit(line);
    // The text comes into the field when this is drawn.
    void this.updateComplete.then(() => this.#field.focus());
  }

  #go(talk: Talk | undefined): void {
    // The first channel comes while a person writes, who has the suggestions still.
    if (this.#talk !== undefined) this.#suggestions.close();
    if (this.hasUpdated) {
      // A person who is thrown out while writing would say the rest of the text to others, if the focus went on to the next talk.
      this.#isThrownOut = this.#talk !== undefined && this.stay.thrownOutOf === this.#talk.name;
      this.stay.thrownOutOf = undefined;
      this.#hadFocus = document.activeElement === this.#field;
      this.#leave(talk);
    }
    this.#talk = talk;
    this.picking.close();
    if (talk === undefined) return;
    this.#writing = this.#writings.get(talk) ?? new Writing();
    this.#writings.set(talk, this.#writing);
    this.stay.drafts.restore(talk);
  }

  /** Keeps the draft of the talk that is left, for when the person comes back. */
  #leave(next: Talk | undefined): void {
    this.#holder.draft = this.#writing.leave(this.#holder.draft);
    if (this.#talk !== undefined) this.stay.drafts.keep(this.#talk);
    else if (next !== undefined) this.stay.drafts.moveInto(next);
  }

  protected override updated(): void {
    if (this.#shown !== this.#talk) {
      this.#shown = this.#talk;
      this.#field.value = this.#holder.draft;
      // Not on a phone, where the keyboard would slide in unasked and cover half of it.
      const mayFocus = this.#hadFocus || matchMedia("(hover: hover)").matches;
      // Whoever goes from hit to hit of a search stays there.
      const isLooking = document.activeElement?.closest("tea-search, tea-file-list") != null;
      if (mayFocus && !isLooking && !this.#isThrownOut) this.#field.focus();
    } else if (this.#field.value !== this.#holder.draft) this.#set(this.#holder.draft);
    grow(this.#field);
    const edited = this.#writing.edit?.line;
    if (edited === this.stay.edited) return;
    this.stay.edited = edited;
    this.stay.changed();
  }

  #set(text: string, cursor = text.length): void {
    this.#isSetting = true;
    write(this.#field, text, cursor);
    this.#isSetting = false;
    this.#changed();
  }

  #changed(): void {
    this.#holder.draft = this.#field.value;
    this.drafted();
    this.stay.client.typed(this.#field.value);
    grow(this.#field);
    this.requestUpdate();
  }

  readonly #typed = () => {
    if (this.#isSetting) return;
    this.#writing.changed();
    this.#changed();
    this.#suggestions.typed(this.#completions(), this.#before());
  };

  /** The text before the cursor. */
  #before(): string {
    return this.#field.value.slice(0, this.#field.selectionStart);
  }

  #completions(): Completions {
    return complete(this.#before(), this.stay.client.state, this.stay.client.actions.pictures);
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
    // An input method has the key first. Safari tells of the key that ends a word behind the word, and only by 229.
    if (event.isComposing || event.keyCode === 229) return;
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    const isSending = key === "Enter" && (ctrlKey || metaKey) && !shiftKey && !altKey;
    const hasModifier = shiftKey || ctrlKey || altKey || metaKey;
    const action = isSending ? () => this.#sayField() : hasModifier ? undefined : this.#actionOf(key);
    if (action === undefined) return;
    event.preventDefault();
    action();
    this.requestUpdate();
  };

  /** The action of a key; undefined where the browser handles it. */
  #actionOf(key: string): (() => void) | undefined {
    const suggestions = this.#suggestions;
    if (suggestions.isOpen) {
      const action = this.#actionAmongSuggestions(key);
      if (action !== undefined) return action;
    }
    const completions = key === "Tab" ? this.#completions() : undefined;
    if (completions !== undefined && (suggestions.isOpen || completions.candidates.length > 0)) {
      return () => this.#replaceBefore(suggestions.tab(completions, this.#before()));
    }
    if (key === "Escape" && this.#writing.edit !== undefined) return () => this.#endEdit();
    if (key === "Escape" && this.#writing.replyTo !== undefined) return () => this.#writing.replyTo = undefined;
    if (key === "Enter" && isSentByEnter() && !endsInCode(this.#before())) return () => this.#sayField();
    if (key === "PageUp" || key === "PageDown") return () => this.scrollTalk(key === "PageUp" ? -1 : 1);
    const last = key === "ArrowUp" && this.#field.value === "" && !this.#writing.isBack ? this.#editLast() : undefined;
    if (last !== undefined || this.#writing.edit !== undefined) return last;
    if (key === "ArrowUp" && (this.#writing.isBack || isInFirstRow(this.#field))) return this.#recall(1);
    if (key === "ArrowDown" && this.#writing.isBack) return this.#recall(-1);
  }

  /** The action of a key on the suggestions; undefined where it has none. */
  #actionAmongSuggestions(key: string): (() => void) | undefined {
    const suggestions = this.#suggestions;
    if (key === "Escape") return () => suggestions.close();
    // A person who moves the cursor does not complete this word.
    if (/^(?:Home|End|ArrowLeft|ArrowRight)$/.test(key)) suggestions.close();
    if (suggestions.isCycling) return undefined;
    if (key === "ArrowDown") return () => suggestions.move(1);
    if (key === "ArrowUp") return () => suggestions.move(-1);
    if (key === "Enter" && suggestions.isOpen && !suggestions.isWhole) return () => this.#take();
  }

  /** Brings back an earlier text, or a later one where `step` is -1; undefined where there is none. */
  #recall(step: 1 | -1): (() => void) | undefined {
    const text = this.#writing.recall(step, this.#field.value);
    return text === undefined ? undefined : () => this.#set(text);
  }

  /** The action that edits the last own message, or says why that can't be; undefined where there is none, or the server has no edits. */
  #editLast(): (() => void) | undefined {
    const { talk, client, client: { actions: { edits } } } = this.stay;
    const line = talk?.said().find(({ own }) => own);
    if (line === undefined || (client.isConnected && !client.can("draft/message-edit"))) return undefined;
    const why = edits.why(talk!, line);
    // What was said last can be edited as soon as the server has it; until then nothing else is meant.
    if (client.isConnected && pendingLines(client, talk!).length > 0) return () => {};
    if (why !== undefined) return () => this.stay.tell({ kind: "error", text: why });
    return () => {
      this.#edit(line);
      this.#set(this.#holder.draft);
    };
  }

  /** Begins to edit a message. */
  #edit(line: TalkLine): void {
    this.#writing.replyTo = undefined;
    this.#writing.edit = new Edit(line);
    this.#suggestions.close();
  }

  /** Ends editing: the field has the draft again. */
  #endEdit(): void {
    this.#writing.edit = undefined;
    this.#suggestions.close();
    this.#set(this.#holder.draft);
  }

  readonly #editCancelled = () => {
    this.#endEdit();
    this.#field.focus();
  };

  /** Sends what was edited. Where that can't be, the person is told why, and the text stands in the field again. */
  async #sayEdit(edit: Edit, talk: Talk): Promise<void> {
    const writing = this.#writing;
    this.#endEdit();
    const isDone = await this.stay.client.actions.edits.edit(talk, edit.line, edit.text);
    if (!isDone) writing.edit ??= edit;
    this.requestUpdate();
  }

  /** Asks before what is pasted becomes more than one message. Else lines come into the field as anything that is pasted. */
  readonly #pasted = async (event: ClipboardEvent) => {
    const text = (event.clipboardData?.getData("text/plain") ?? "").replaceAll(/\r\n?/g, "\n");
    if (linesOf(text).length < 2) return;
    event.preventDefault();
    const talk = this.#talk;
    const { value, selectionStart, selectionEnd } = this.#field;
    const whole = value.slice(0, selectionStart) + text + value.slice(selectionEnd);
    const lines = linesOf(whole);
    if (this.#writing.edit !== undefined) return this.#set(whole, selectionStart + text.length);
    if (selectionStart === 0) this.#writing.pasted = lines[0];
    const count = this.stay.client.actions.countMessages(talk?.name ?? "#", lines.join("\n"));
    if (count < 2) return this.#set(whole, selectionStart + text.length);
    const { words, words: { putIntoLine: other } } = this;
    // Where a command stands before the paste, the command says to whom the lines go.
    const to = selectionStart > 0 && readCommand(lines[0]) !== undefined ? undefined : talk && sanitize(talk.name);
    const answer = await ask(words.paste(count, to), words.sendMany(count), { detail: lines.join("\n"), other });
    this.#field.focus();
    // Where there was no talk when the person pasted, the lines are for the talk that has come since.
    const goal = talk ?? this.#talk;
    // A command before the paste is meant as one; what is pasted never is.
    if (answer === "yes") this.#say(lines, selectionStart > 0 ? "typed" : "text", goal);
    else if (answer === "other" || goal !== this.#talk) this.#put(whole, goal);
  };

  /** Makes a text the draft of a talk, whether the talk is shown or not. */
  #put(text: string, talk: Talk | undefined): void {
    if (talk === this.#talk) return this.#set(text);
    if (talk === undefined) return;
    talk.draft = text;
    this.stay.drafts.keep(talk);
  }

  /** Says what is in the field. */
  #sayField(): void {
    const { edit } = this.#writing;
    if (edit !== undefined && this.#talk !== undefined) return void this.#sayEdit(edit, this.#talk);
    const lines = linesOf(this.#field.value);
    const files = this.querySelector<AttachView>("tea-attach");
    this.#say(lines, this.#writing.readingOf(lines.join("\n")), this.#talk, files);
  }

  /** Says lines in a talk, as one message where that can be; of files that are chosen. @param reading How the first line is read. */
  #say(lines: readonly string[], reading: "typed" | "text", talk = this.#talk, files?: AttachView | null): void {
    const writing = (talk && this.#writings.get(talk)) ?? this.#writing;
    const { replyTo } = writing;
    const isCommand = reading === "typed" && readCommand(lines[0] ?? "") !== undefined;
    const isOfFiles = !isCommand && files?.send(lines.join("\n"), replyTo) === true;
    if (lines.length === 0 && !isOfFiles) return;
    if (!isCommand) writing.replyTo = undefined;
    if (lines.length > 0) writing.sent(lines.join("\n"));
    this.#suggestions.close();
    this.#put("", talk);
    const where = { ...(talk && { talk }), ...(replyTo && { replyTo }) };
    if (!isOfFiles) this.stay.client.inputAll(lines, reading, where);
    // A person who writes has seen what is above.
    if (talk !== undefined) this.stay.client.markRead(talk);
    this.sent();
    this.stay.changed();
  }

  /** Sends a voice message, which may be an answer. */
  readonly #sendVoice = (talk: Talk, file: File, voice: Voice): Promise<boolean> =>
    this.querySelector<AttachView>("tea-attach")!.sendVoice(talk, file, voice, this.#writings.get(talk)!);

  readonly #submitted = (event: SubmitEvent) => {
    event.preventDefault();
    this.#sayField();
    this.#field.focus();
  };

  override render(): TemplateResult {
    const { words, stay, stay: { client: { state: { target } } } } = this;
    const name = sanitize(target ?? "");
    const isPrivate = this.#talk?.kind === "private";
    const lock = isPrivate ? icon("lock") : nothing;
    const label = target === undefined ? words.write : words.writeTo(name);
    const silenced = silenceHint(stay);
    const hint = silenced ?? (isPrivate ? words.onlyTo(name) : label);
    const mayNotSend = silenced !== undefined && readCommand(this.#holder.draft) === undefined;
    return html`
      <div class="above">
        ${this.picking.draw(drawSuggestions(this.#suggestions, stay.pictures, (at) => this.#take(at)))}
        ${drawAnswered(this.#writing.replyTo, this.#answerCancelled)}
        ${drawEdited(this.#writing.edit?.line, this.#editCancelled)}
        ${this.#suggestions.isOpen ? nothing : drawUsage(this.#holder.draft)}
        ${drawSilence(stay.silence)}
        <p class="typing">${drawTyping(this.#talk)}</p>
      </div>
      <form class="write ${isPrivate ? "private" : ""}" aria-label=${words.write} @submit=${this.#submitted}>
        <label for="line"><span>${words.writeTo("").trim()}</span> ${lock}<bdi>${name}</bdi></label>
        ${keyed(this.#talk, this.#box(label, hint))}
        <tea-attach .stay=${stay}></tea-attach>
        ${this.picking.drawButton(this.#talk === undefined ? silenced : undefined)}
        <tea-voice .stay=${stay} .send=${this.#sendVoice}></tea-voice>
        <button class="send" type="submit" aria-label=${words.send} title=${mayNotSend ? hint : words.send}
          ?disabled=${mayNotSend}>${icon("send-horizontal")}</button>
      </form>
    `;
  }

  /** The field. Each talk has one of its own, so that what was undone in one talk does not come back in the next. */
  #box(label: string, hint: string): TemplateResult {
    const { isOpen, chosen } = this.#suggestions;
    return html`
      <textarea id="line" rows="1" aria-label=${label} placeholder=${hint} enterkeyhint=${isSentByEnter()
        ? "send"
        : "enter"} dir="auto"
        aria-autocomplete="list" aria-controls=${isOpen ? "suggestions" : nothing}
        aria-activedescendant=${isOpen ? `suggestion${chosen}` : nothing}
        @input=${this.#typed} @keydown=${this.#keyed} @paste=${this.#pasted} @click=${this.#clicked}></textarea>
    `;
  }

  readonly #clicked = () => {
    this.#suggestions.close();
    this.requestUpdate();
  };

  readonly #answerCancelled = () => {
    this.#writing.replyTo = undefined;
    this.requestUpdate();
  };
}
