/// <reference lib="dom" />
/**
 * What is in the panel beside the talk: the field and the filters of a search, or the lines that name the person, and what was
 * found. It is loaded with the first use.
 *
 * @module
 */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { plainText } from "../client/blocks.ts";
import { textWithName } from "../client/file_address.ts";
import { isSameName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Found } from "../client/state/events.ts";
import { HISTORY } from "../client/state/history.ts";
import { isSpeechKind } from "../client/state/line.ts";
import type { SearchQuery } from "../client/state/history_questions.ts";
import { drawAvatar } from "./draw.ts";
import { StayView } from "./element.ts";
import { nameOfFile } from "./file_name.ts";
import { icon } from "./icon.ts";
import { panelKeyed } from "./panel_keys.ts";
import { type Filters, NO_FILTERS, type PanelKind, piecesOf, queryOf, readFilters } from "./search_query.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** So many names are offered, of whom what is found may be. */
const MOST_PEOPLE = 200;

/** Of mentions, how many are looked for at a time, and in how many answers of the server: it finds the word, be it no mention. */
const MENTIONS = { wanted: 20, answers: 4 } as const;

/** What was found so far. */
interface Results {
  query: SearchQuery;
  /** The words that were looked for. */
  text: string;
  hits: Found[];
  /** The time up to which was looked. */
  edge?: number;
  hasMore: boolean;
}

/** What was written in the form of a search, as long as the person stays. */
const KEPT = new WeakMap<Stay, Filters>();

/** What stands in the fields of the form. */
function writtenIn(form: HTMLFormElement): Record<"text" | "from" | "in" | "after" | "before", string> {
  const data = new FormData(form);
  const value = (name: string) => `${data.get(name) ?? ""}`.trim();
  return { text: value("text"), from: value("from"), in: value("in"), after: value("after"), before: value("before") };
}

/**
 * Adds to mentions what answers the person, which the server doesn't find by their name: among the lines that are loaded, and no
 * older than what was looked for.
 */
function withAnswers(results: Results, { client: { state } }: Stay): Results {
  const { hits, hasMore, edge = 0 } = results;
  const known = new Set(hits.map(({ msgid }) => msgid));
  const answers = [...state.talks.values()].flatMap(({ name: target, lines }) =>
    lines.flatMap(({ kind, mention, msgid, from, time, text, file, redacted }): Found[] => {
      const isNew = mention && msgid !== undefined && !known.has(msgid) && (!hasMore || time >= edge);
      if (!isNew || !isSpeechKind(kind) || redacted !== undefined || state.isIgnored(from)) return [];
      const said = { type: kind, from, target, text, msgid, time, ...(file && { file }) };
      return [{ ...said, private: false, own: false, history: true }];
    })
  );
  return { ...results, hits: [...hits, ...answers].sort((a, b) => b.time - a.time) };
}

export class SearchView extends StayView {
  static override properties = { kind: { attribute: false } };
  declare kind: PanelKind;
  close: () => void = () => {};
  /** Called with the talk and the msgid of a hit that the person chooses. */
  choose: (talk: string, msgid: string) => void = () => {};

  /** What stands in the form. It outlives the panel, which Escape closes. */
  #filters: Filters = { ...NO_FILTERS };
  #results: Results | undefined;
  #isBusy = false;
  /** What is wrong with what was asked, or why there is no answer. */
  #fault = "";
  /** Counts the questions, so that a late answer to an earlier one is told from the last. */
  #asked = 0;

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.hasUpdated) this.#filters = KEPT.get(this.stay) ?? this.#filters;
    if (!changed.has("kind")) return;
    this.#results = undefined;
    this.#fault = "";
    const { nick } = this.stay.client.state;
    if (this.kind === "mentions") void this.#look({ query: { text: nick }, text: nick, hits: [], hasMore: true });
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("kind")) return;
    this.querySelector<HTMLElement>(this.kind === "search" ? "input" : ".panel")?.focus();
    // What was looked for before gives way to what is typed.
    if (this.kind === "search") this.querySelector("input")?.select();
  }

  override render(): TemplateResult {
    const { words } = this;
    const isSearch = this.kind === "search";
    const title = isSearch ? words.search : words.mentionsOfYou;
    return html`
      <section class="panel" role=${isSearch ? "search" : "region"} aria-label=${title} tabindex="-1" @keydown=${this
        .#keyed}>
        <div class="panel-head">
          <h2>${title}</h2>
          <button type="button" title=${words.close} aria-label=${words.close} @click=${() => this.close()}>${icon(
            "x",
          )}</button>
        </div>
        ${isSearch ? this.#form() : nothing}
        <p class="hint" role="status">${this.#status()}</p>
        <ol class="hits">${(this.#results?.hits ?? []).map((hit) => this.#hit(hit))}</ol>
        ${this.#results?.hasMore && !this.#isBusy
          ? html`<button class="more-hits" type="button" @click=${() =>
            this.#look(this.#results!)}>${words.moreResults}</button>`
          : nothing}
      </section>
    `;
  }

  #form(): TemplateResult {
    const { words, stay } = this;
    const { text, from, in: place, after, before } = this.#filters;
    const talks = [...stay.client.state.talks.values()].map(({ name }) => name);
    const places = place === "" || talks.some((name) => isSameName(name, place)) ? talks : [...talks, place];
    return html`
      <form class="find-form" @submit=${this.#submitted} @input=${this.#written}>
        <div class="find-field">
          ${icon("search")}
          <input name="text" type="search" .value=${text} aria-label=${words.searchWords} maxlength="400"
            placeholder=${words.searchWords} autocomplete="off" aria-describedby="find-hint">
          <button class="yes" type="submit">${words.search}</button>
        </div>
        <details class="find-filters" .open=${[from, place, after, before].some((chosen) => chosen !== "")}>
          <summary>${words.filters}</summary>
          <div>
            <label>${words.filterFrom} <input name="from" list="find-people" .value=${from} maxlength="64"
              autocomplete="off"></label>
            <datalist id="find-people">${this.#people().map((nick) => html`<option value=${nick}></option>`)}</datalist>
            <label>${words.filterIn} <select name="in" aria-label=${words.filterIn}>
            <option value="" ?selected=${place === ""}>${words.everywhere}</option>
            ${places.map((name) =>
              html`<option value=${name} ?selected=${isSameName(name, place)}>${sanitize(name)}</option>`
            )}
          </select></label>
            <label>${words.filterAfter} <input name="after" type="date" .value=${after}></label>
            <label>${words.filterBefore} <input name="before" type="date" .value=${before}></label>
          </div>
          <p class="hint" id="find-hint">${words.searchHint}</p>
        </details>
      </form>
    `;
  }

  /** Who is in the talks of this person, for whom a search may be. */
  #people(): string[] {
    const nicks = [...this.stay.client.state.talks.values()].flatMap(({ kind, name, members }) =>
      kind === "private" ? [name] : [...members.values()].map(({ nick }) => nick)
    );
    return [...new Set(nicks)].sort().slice(0, MOST_PEOPLE);
  }

  #status(): string {
    const { words } = this;
    if (this.#isBusy) return words.searching;
    if (this.#fault !== "" || this.#results === undefined) return this.#fault;
    const { hits, hasMore } = this.#results;
    if (hits.length === 0) return this.kind === "mentions" ? words.noMentions : words.nothingFound;
    return words.foundCount(hits.length, hasMore);
  }

  #hit(hit: Found): TemplateResult {
    const talk = this.#talkOf(hit);
    const date = new Date(hit.time);
    const when = date.toLocaleString(settings.locale, { dateStyle: "medium", timeStyle: "short" });
    const pieces = piecesOf(sanitize(plainText(textWithName(hit, nameOfFile))), this.#results?.text ?? "");
    return html`<li><button type="button" class="hit ${hit.private ? "private" : ""}" @click=${() => this.#chose(hit)}>
      <span class="hit-head">${drawAvatar(hit.from)} <b><bdi>${sanitize(hit.from)}</bdi></b>
        <span class="hit-place"><bdi>${sanitize(talk)}</bdi></span>
        <time datetime=${date.toISOString()}>${when}</time></span>
      <span class="hit-text" dir="auto">${
      pieces.map(({ text, isHit }) => isHit ? html`<mark>${text}</mark>` : text)
    }</span>
    </button></li>`;
  }

  #talkOf({ target, from, own }: Found): string {
    return this.stay.client.state.talkName(target, from, own);
  }

  #chose(hit: Found): void {
    if (hit.msgid !== undefined) this.choose(this.#talkOf(hit), hit.msgid);
  }

  /** Keeps what is written, whether or not it is looked for. */
  readonly #written = ({ currentTarget }: Event) => {
    KEPT.set(this.stay, { ...NO_FILTERS, ...writtenIn(currentTarget as HTMLFormElement) });
  };

  readonly #submitted = (event: SubmitEvent) => {
    event.preventDefault();
    const { text, ...chosen } = writtenIn(event.target as HTMLFormElement);
    const { noDay, ...filters } = readFilters(text, { text: "", ...chosen });
    filters.in = filters.in === "" ? "" : this.#named(filters.in);
    this.#filters = filters;
    KEPT.set(this.stay, filters);
    this.#results = undefined;
    this.#asked++;
    this.#isBusy = false;
    const query = queryOf(filters);
    this.#fault = noDay !== undefined ? this.words.noDay(noDay) : query === undefined ? this.words.searchHint : "";
    if (this.#fault === "" && query !== undefined) {
      void this.#look({ query, text: filters.text, hits: [], hasMore: true });
    }
    this.requestUpdate();
  };

  /** The talk that is meant: `tea` is `#tea`, unless there is a talk with a person of that name. */
  #named(written: string): string {
    const { state } = this.stay.client;
    const talk = state.find(written) ?? state.find(`#${written}`);
    return talk?.name ?? written;
  }

  /** Looks for (more) hits. Those of a search with a first day come in their order, all others from the last one back. */
  async #look(results: Results): Promise<void> {
    const asked = ++this.#asked;
    this.#isBusy = true;
    this.#fault = "";
    this.requestUpdate();
    const isMentions = this.kind === "mentions";
    const wanted = results.hits.length + (isMentions ? MENTIONS.wanted : 1);
    let answers = isMentions ? MENTIONS.answers : 1;
    while (answers-- > 0 && results.hasMore && results.hits.length < wanted) {
      const { query, edge } = results;
      const isForward = query.after !== undefined;
      const from = edge === undefined ? {} : isForward ? { after: edge } : { before: edge };
      // A time is all by which one can go on: what is known of that moment comes again.
      const limit = HISTORY.found + results.hits.filter(({ time }) => time === edge).length;
      const found = this.stay.client.can("soju.im/search")
        ? await this.stay.client.history.search({ ...query, ...from }, limit)
        : undefined;
      if (asked !== this.#asked) return;
      if (found === undefined) {
        this.#fault = settings.sentences.memory.noSearch;
        break;
      }
      const known = new Set(results.hits.map(({ msgid }) => msgid));
      const inOrder = isForward ? found : found.toReversed();
      const last = inOrder.at(-1)?.time;
      results = {
        ...results,
        hits: [...results.hits, ...inOrder.filter((hit) => !known.has(hit.msgid) && (!isMentions || hit.mention))],
        ...(last === undefined ? {} : { edge: last }),
        // Where a whole answer is of one moment that is known, there would be no end.
        hasMore: found.length >= limit && last !== edge,
      };
    }
    this.#results = isMentions ? withAnswers(results, this.stay) : results;
    this.#isBusy = false;
    this.requestUpdate();
  }

  readonly #keyed = (event: KeyboardEvent) => panelKeyed(this, event, () => this.close());
}

customElements.define("tea-search", SearchView);
