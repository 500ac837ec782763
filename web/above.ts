/// <reference lib="dom" />
/**
 * What is drawn above the field in which a person writes: the suggestions, the line that is answered, who is typing.
 *
 * @module
 */

import { html, nothing } from "lit";
import { plainText } from "../client/blocks.ts";
import { usageOf } from "../client/commands/command.ts";
import { COMMANDS } from "../client/commands/mod.ts";
import { textWithName } from "../client/file_address.ts";
import { sanitize } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { readCommand } from "../client/written.ts";
import { drawSentence } from "./draw.ts";
import { nameOfFile } from "./file_name.ts";
import { icon } from "./icon.ts";
import { joined, name, sentence } from "./sentence.ts";
import { settings } from "./settings.ts";
import type { Suggestions } from "./suggestions.ts";

/** People who are named as typing; of more it is said that they are several. */
const MOST_NAMED = 3;

/**
 * The list of suggestions.
 *
 * @param pictures The paths of picture emoji, by name.
 * @param take Called with the place of the suggestion that the person presses.
 */
export function drawSuggestions(
  { candidates, chosen, isOpen }: Suggestions,
  pictures: ReadonlyMap<string, string>,
  take: (at: number) => void,
): unknown {
  if (!isOpen) return nothing;
  const press = (event: Event, at: number) => {
    // The field keeps the focus.
    event.preventDefault();
    take(at);
  };
  return html`<ul class="suggestions" id="suggestions" role="listbox" aria-label=${settings.words.suggestions}>${
    candidates.map(({ label }, i) =>
      html`
        <li role="option" id="suggestion${i}" aria-selected=${i === chosen}
          @mousedown=${(event: Event) => press(event, i)}><bdi>${drawPicture(label, pictures)}${sanitize(
            label,
          )}</bdi>${drawHelp(label)}</li>
      `
    )
  }</ul>`;
}

/** What the command of a suggestion does, if it is one. */
function drawHelp(label: string): unknown {
  const command = label.startsWith("/") ? COMMANDS.get(label.slice(1)) : undefined;
  return command === undefined ? nothing : html`
    <small>${settings.sentences.commands[command.name]}</small>
  `;
}

/** How the command is written that somebody is writing, and what it does. @param text What stands in the field. */
export function drawUsage(text: string): unknown {
  const name = readCommand(text)?.name;
  const command = name === undefined ? undefined : COMMANDS.get(name);
  if (command === undefined) return nothing;
  const { sentences } = settings;
  return html`<p class="usage"><kbd>${usageOf(command, sentences)}</kbd> ${sentences.commands[command.name]}</p>`;
}

/** The picture that a label such as `:teapot:` names, if there is one. */
function drawPicture(label: string, pictures: ReadonlyMap<string, string>): unknown {
  const path = pictures.get(label.slice(1, -1));
  return path === undefined || label[0] !== ":" ? nothing : html`
    <img class="picture" src=${path} alt="">
  `;
}

/** The line that is answered, with a button. @param cancel Called when the person presses it. */
export function drawAnswered(answered: TalkLine | undefined, cancel: () => void): unknown {
  if (answered === undefined) return nothing;
  const { words } = settings;
  return html`
    <div class="replying">
      <span>${drawSentence(sentence(words.replyingTo, name(answered.from)))}: <bdi>${plainText(
        textWithName(answered, nameOfFile),
      )}</bdi></span>
      <button type="button" aria-label=${words.cancel} title=${words.cancel} @click=${cancel}>${icon("x")}</button>
    </div>
  `;
}

/** The message that is edited, with a button. @param cancel Called when the person presses it. */
export function drawEdited(line: TalkLine | undefined, cancel: () => void): unknown {
  if (line === undefined) return nothing;
  const { words } = settings;
  return html`
    <div class="replying">
      <span role="status">${icon("pencil")} ${words.editing}: <bdi>${plainText(
        textWithName(line, nameOfFile),
      )}</bdi></span>
      <button type="button" aria-label=${words.cancel} title=${words.cancel} @click=${cancel}>${icon("x")}</button>
    </div>
  `;
}

/** Says why the person cannot talk here, if that is so. */
export function drawSilence(why: string | undefined): unknown {
  return why === undefined ? nothing : html`<p class="silence" dir="auto">${sanitize(why)}</p>`;
}

/** Says who is typing in a talk. */
export function drawTyping(talk: Talk | undefined): unknown {
  const typing = [...talk?.typing.values() ?? []].map(name);
  if (typing.length === 0) return nothing;
  const { words } = settings;
  return typing.length > MOST_NAMED ? words.severalTyping : drawSentence(sentence(words.typing, joined(typing)));
}
