/// <reference lib="dom" />
/**
 * Draws the tray of files above the field: what is chosen, how far it has come, and why it was refused.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { Talk } from "../client/state/talk.ts";
import { sizeText } from "../shared/size_text.ts";
import { isSentByEnter } from "./editing.ts";
import { type FileWords, fileWords } from "./file_words.ts";
import { refusalText } from "./file_refusals.ts";
import { icon } from "./icon.ts";
import { settings } from "./settings.ts";
import type { Entry, Tray } from "./tray.ts";

/** What a file is shown as that has no picture. */
function drawLook({ picture }: Entry): unknown {
  return html`<span class="look" aria-hidden="true">${picture === undefined ? icon("file") : picture.thumbnail}</span>`;
}

/** What is said of an entry: how large it is, how far it has come, why it does not go on. */
function stateOf({ stage, sent, size, rate, fault }: Entry, words: FileWords): string {
  if (fault !== undefined) return fault === "" ? words.lost : sanitize(refusalText(fault, settings.get("language")));
  if (stage === "waiting") return `${sizeText(size)} · ${words.waiting}`;
  if (stage === "preparing") return `${sizeText(size)} · ${words.preparing}`;
  if (stage !== "sending") return sizeText(size);
  const [speed, left] = [rate.speed, rate.left(size - sent)];
  return words.sending(
    sizeText(sent),
    sizeText(size),
    speed === undefined ? "" : sizeText(Math.round(speed)),
    left === undefined ? "" : words.timeLeft(left),
  );
}

function drawEntry(entry: Entry, tray: Tray, changed: () => void): TemplateResult {
  const words = fileWords();
  const { stage, file, isOriginal, sent, size, caption } = entry;
  const name = sanitize(file.name);
  const isOnItsWay = stage === "sending" || stage === "preparing";
  const remove = isOnItsWay ? words.stopFile(name) : words.removeFile(name);
  const choose = ({ target }: Event) => {
    entry.isOriginal = (target as HTMLInputElement).checked;
    changed();
  };
  return html`
    <li class=${stage}>
      ${drawLook(entry)}
      <span class="what">
        <bdi class="name" title=${name}>${name}</bdi>
        ${caption === "" ? nothing : html`<small class="caption" dir="auto">${sanitize(caption)}</small>`}
        ${// Each figure is no news for a screen reader; a refusal is.
        stage === "failed"
          ? html`<small class="fault" role="alert">${stateOf(entry, words)}</small>`
          : html`<small>${stateOf(entry, words)}</small>`}
        ${isOnItsWay ? html`<progress aria-label=${name} max=${Math.max(1, size)} .value=${sent}></progress>` : nothing}
      </span>
      ${hasOriginal(entry)
        ? html`<label class="original" title=${words.originalMeans}><input type="checkbox" .checked=${isOriginal}
          @change=${choose}> ${words.original}</label>`
        : nothing}
      ${stage === "failed"
        ? html`
          <button type="button" aria-label=${words.retryFile(name)} title=${words.retryFile(name)}
            @click=${() => tray.retry(entry)}>${icon("rotate-ccw")}</button>
        `
        : nothing}
      <button type="button" aria-label=${remove} title=${remove} @click=${() => tray.remove(entry)}>${icon(
        "x",
      )}</button>
    </li>
  `;
}

/** Whether a file is a picture that is made smaller, unless the person wants it as it is. */
function hasOriginal({ stage, picture, file }: Entry): boolean {
  return stage === "chosen" && picture !== undefined && file.type.startsWith("image/");
}

/** Draws the files of a talk; nothing where there are none. */
export function drawTray(tray: Tray, talk: Talk, changed: () => void): unknown {
  const entries = tray.of(talk);
  if (entries.length === 0) return nothing;
  const words = fileWords();
  const chosen = entries.filter(({ stage }) => stage === "chosen").length;
  return html`
    <section class="tray" aria-label=${words.tray}>
      <ul>${entries.map((entry) => drawEntry(entry, tray, changed))}</ul>
      <p class="hint" role="status">${chosen === 0
        ? nothing
        : (isSentByEnter() ? words.chosen : words.chosenTouch)(chosen)}</p>
      ${entries.some(hasOriginal) ? html`<p class="hint">${words.originalHint}</p>` : nothing}
    </section>
  `;
}
