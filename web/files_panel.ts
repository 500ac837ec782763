/// <reference lib="dom" />
/**
 * The files of a talk in the panel beside it, the newest first: by a part of their names, and by what they are. It is loaded with
 * the first use.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { fileIdsIn, type FileInfo } from "../shared/file_message.ts";
import { foldText } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Found } from "../client/state/events.ts";
import type { Talk } from "../client/state/talk.ts";
import { sizeText } from "../shared/size_text.ts";
import { StayView } from "./element.ts";
import { askFor, knownOf, ownAddress } from "./file_infos.ts";
import { type FileWords, fileWords } from "./file_words.ts";
import { together } from "./file_shape.ts";
import { iconOf, kindOf } from "./file_view.ts";
import { icon } from "./icon.ts";
import { panelKeyed } from "./panel_keys.ts";
import { settings } from "./settings.ts";

/** Messages of one question, and questions until the person wants more. */
const ASKED = { limit: 100, answers: 4, files: 40 } as const;

/** What a file is chosen by. */
const KINDS = ["all", "image", "video", "audio", "other"] as const;
type Kind = typeof KINDS[number];

/** What every address of a file holds. */
const IN_ADDRESS = "/files/";

/** A file that was said in the talk. */
interface Hit {
  id: string;
  said: FileInfo | undefined;
  from: string;
  time: number;
  msgid: string | undefined;
}

export class FileListView extends StayView {
  close: () => void = () => {};
  /** Called with the talk and the msgid of a file that the person chooses. */
  choose: (talk: string, msgid: string) => void = () => {};

  #talk: Talk | undefined;
  #hits: Hit[] = [];
  #hasMore = false;
  #isBusy = false;
  /** The time up to which was looked. */
  #edge: number | undefined;
  /** Counts the questions, so that a late answer about another talk is told from the last. */
  #asked = 0;
  #name = "";
  #kind: Kind = "all";
  /** How many lines there were when the list was made. */
  #version = -1;

  protected override willUpdate(): void {
    const { talk } = this.stay;
    if (talk !== this.#talk) {
      this.#talk = talk;
      this.#begin();
    } else if (talk !== undefined && talk.version !== this.#version) this.#takeLoaded(talk);
  }

  protected override firstUpdated(): void {
    this.querySelector("input")?.focus();
  }

  /** Begins anew with what is loaded here, and asks for the rest. */
  #begin(): void {
    const talk = this.#talk;
    this.#name = "";
    [this.#hits, this.#edge, this.#hasMore, this.#isBusy] = [[], undefined, false, false];
    this.#asked++;
    if (talk === undefined) return;
    this.#takeLoaded(talk);
    if (this.stay.client.can("soju.im/search")) void this.#look();
  }

  /** Takes what is among the lines that are loaded, and forgets what was removed there. */
  #takeLoaded(talk: Talk): void {
    this.#version = talk.version;
    const removed = new Set(talk.lines.flatMap(({ redacted, msgid }) => redacted === undefined ? [] : [msgid]));
    this.#hits = this.#hits.filter(({ msgid }) => msgid === undefined || !removed.has(msgid));
    this.#add(talk.lines.flatMap(hitsOf));
  }

  /** Adds hits, each file once, the newest first. */
  #add(hits: readonly Hit[]): void {
    const all = new Map(this.#hits.map((hit) => [hit.id, hit]));
    for (const hit of hits) if (!all.has(hit.id)) all.set(hit.id, hit);
    this.#hits = [...all.values()].sort((a, b) => b.time - a.time);
  }

  /** Asks the server for files that were said before. */
  async #look(): Promise<void> {
    const talk = this.#talk!;
    const asked = ++this.#asked;
    const wanted = this.#hits.length + ASKED.files;
    this.#isBusy = true;
    this.requestUpdate();
    for (let answers = 0; answers < ASKED.answers && this.#hits.length < wanted; answers++) {
      const before = this.#edge === undefined ? {} : { before: this.#edge };
      const query = { text: IN_ADDRESS, talk: talk.name, ...before };
      const found = await this.stay.client.history.search(query, ASKED.limit);
      if (asked !== this.#asked) return;
      const [first] = found ?? [];
      this.#add((found ?? []).flatMap(hitsOf));
      // Where a whole answer is of one moment that is known, there would be no end.
      this.#hasMore = found !== undefined && found.length >= ASKED.limit && first.time !== this.#edge;
      this.#edge = first?.time ?? this.#edge;
      if (!this.#hasMore) break;
    }
    this.#isBusy = false;
    this.requestUpdate();
  }

  /** The files that are wanted, with what is known of each. */
  get #chosen(): { hit: Hit; details: FileInfo }[] {
    const wanted = foldText(this.#name);
    return this.#hits.flatMap((hit) => {
      const known = knownOf(hit.id);
      if (known === undefined) askFor(hit.id, () => this.requestUpdate());
      if (known === "gone") return [];
      const details = together(known, hit.said);
      if (details === undefined) return [];
      const kind = kindOf(details.type);
      const isKind = this.#kind === "all" || kind === this.#kind ||
        (this.#kind === "other" && (kind === "text" || kind === "archive"));
      return isKind && foldText(details.name).includes(wanted) ? [{ hit, details }] : [];
    });
  }

  override render(): TemplateResult {
    const { words: { close, loading, moreResults }, stay: { talk } } = this;
    const words = fileWords();
    const title = words.filesOf(sanitize(talk?.name ?? ""));
    const chosen = this.#chosen;
    const status = this.#isBusy
      ? loading
      : chosen.length === 0
      ? words.noFiles
      : words.filesFound(chosen.length, this.#hasMore);
    return html`
      <section class="panel" role="region" aria-label=${words.files} tabindex="-1" @keydown=${this.#keyed}>
        <div class="panel-head">
          <h2>${title}</h2>
          <button type="button" title=${close} aria-label=${close} @click=${() => this.close()}>${icon("x")}</button>
        </div>
        ${this.#filters(words)}
        <p class="hint" role="status">${status}</p>
        <ol class="hits">${chosen.map((one) => this.#draw(one, words))}</ol>
        ${this.#hasMore && !this.#isBusy
          ? html`<button class="more-hits" type="button" @click=${() => this.#look()}>${moreResults}</button>`
          : nothing}
      </section>
    `;
  }

  #filters(words: FileWords): TemplateResult {
    const named = ({ target }: Event) => {
      this.#name = (target as HTMLInputElement).value;
      this.requestUpdate();
    };
    const picked = ({ target }: Event) => {
      this.#kind = KINDS.find((kind) => kind === (target as HTMLSelectElement).value) ?? "all";
      this.requestUpdate();
    };
    return html`
      <div class="file-filters">
        <input type="search" aria-label=${words.fileFilter} placeholder=${words.fileFilter} maxlength="120"
          autocomplete="off" .value=${this.#name} @input=${named}>
        <select aria-label=${words.files} @change=${picked}>${KINDS.map((kind) =>
          html`<option value=${kind} ?selected=${kind === this.#kind}>${words.kinds[kind]}</option>`
        )}</select>
      </div>
    `;
  }

  #draw({ hit, details }: { hit: Hit; details: FileInfo }, words: FileWords): TemplateResult {
    const { from, time, msgid, id } = hit;
    const name = sanitize(details.name);
    const date = new Date(time);
    const when = date.toLocaleString(settings.locale, { dateStyle: "medium", timeStyle: "short" });
    const go = () => msgid !== undefined && this.choose(this.#talk!.name, msgid);
    return html`
      <li class="file-hit">
        <button type="button" class="hit" @click=${go}>
          ${iconOf(details)}
          <span><bdi>${name}</bdi>
            <small>${sizeText(details.size)} · <bdi>${sanitize(from)}</bdi> · <time datetime=${date
              .toISOString()}>${when}</time></small></span>
        </button>
        <a href=${ownAddress(id)} download aria-label=${words.downloadFile(name)} title=${words.downloadFile(
          name,
        )}>${icon(
          "download",
        )}</a>
      </li>
    `;
  }

  readonly #keyed = (event: KeyboardEvent) => panelKeyed(this, event, () => this.close());
}

/** The files that something said names. */
function hitsOf(
  line: Pick<Found, "from" | "time" | "text"> & Partial<Pick<Found, "msgid" | "file">> & { redacted?: unknown },
): Hit[] {
  const { from, time, text, msgid, file, redacted } = line;
  if (redacted !== undefined || !text.includes(IN_ADDRESS)) return [];
  const files = fileIdsIn(text);
  return files.map((id) => ({ id, said: files.length === 1 ? file : undefined, from, time, msgid }));
}

customElements.define("tea-file-list", FileListView);
