/**
 * What is searched for: filters that are typed among the words, the question that is made of them, and where a text holds the
 * words. Pure.
 *
 * @module
 */

import { foldText } from "../client/names.ts";
import type { SearchQuery } from "../client/state/history_questions.ts";

/** What is looked up: what is searched for, or what names the person. */
export type PanelKind = "search" | "mentions" | "files";

/** The filters of a search, each "" where it does not matter. */
export interface Filters {
  /** Words that are to be in the text. */
  text: string;
  /** The nick of who said it. */
  from: string;
  /** The name of a talk. */
  in: string;
  /** Days as `2026-11-27`: from its beginning on, and before its beginning. */
  after: string;
  before: string;
}

/** No filters. */
export const NO_FILTERS: Readonly<Filters> = { text: "", from: "", in: "", after: "", before: "" };

/** A filter as it is typed: `from:alice`, or `from:"…"`. */
const TYPED = /(?<=^|\s)(from|in|before|after)[:：](?:"([^"]*)"|(\S+))/giu;

/** Words that are marked in the hits, at most. */
const MOST_WORDS = 20;

/** Code points that are shown of a hit, and those of them that come before the first word that was looked for. */
const SHOWN = { all: 240, before: 60 } as const;

/**
 * Takes the filters out of what is typed.
 *
 * @param others The filters that hold where nothing else is typed.
 * @returns The filters, and what is typed as a day and is none.
 */
export function readFilters(typed: string, others: Filters): Filters & { noDay?: string } {
  const found: Filters & { noDay?: string } = { ...others };
  const text = typed.replace(TYPED, (_, name: string, quoted?: string, word = "") => {
    const key = name.toLowerCase() as Exclude<keyof Filters, "text">;
    const value = (quoted ?? word).trim();
    if ((key === "before" || key === "after") && dayOf(value) === undefined) found.noDay = value;
    else found[key] = key === "from" ? value.replace(/^@/, "") : value;
    return "";
  });
  return { ...found, text: text.replace(/\s+/g, " ").trim() };
}

/** The question of filters; undefined where there is nothing to look for. */
export function queryOf(filters: Filters): SearchQuery | undefined {
  const { text, from } = filters;
  const [after, before] = [dayOf(filters.after), dayOf(filters.before)];
  if (Object.values(filters).every((filter) => filter === "")) return undefined;
  return {
    ...(text === "" ? {} : { text }),
    ...(from === "" ? {} : { from }),
    ...(filters.in === "" ? {} : { talk: filters.in }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before: before - 1 }),
  };
}

/** When a day begins where the person is, in milliseconds since 1970; undefined where the text is no day. */
export function dayOf(text: string): number | undefined {
  const [, year, month, day] = (/^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? []).map(Number);
  if (year === undefined) return undefined;
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day && year >= 1970 ? date.getTime() : undefined;
}

/** A part of a text, and whether it is one of the words that were looked for. */
export interface Piece {
  text: string;
  isHit: boolean;
}

/** Cuts a text into what was looked for and what stands around it; of a long text what is around the first hit. */
export function piecesOf(text: string, looked: string): Piece[] {
  const words = [...new Set(foldText(looked).split(/\s+/u))].filter((word) => word !== "").slice(0, MOST_WORDS);
  const found = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  const split = (text: string) => found === "" ? [text] : text.split(new RegExp(`(${found})`, "iu"));
  const [before = ""] = split(text);
  const points = [...text];
  const start = Math.max(0, [...before].length === points.length ? 0 : [...before].length - SHOWN.before);
  const part = points.slice(start, start + SHOWN.all).join("");
  const shown = `${start > 0 ? "…" : ""}${part}${start + SHOWN.all < points.length ? "…" : ""}`;
  return split(shown).map((text, i) => ({ text, isHit: i % 2 === 1 })).filter(({ text }) => text !== "");
}
