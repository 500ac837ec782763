/// <reference lib="dom" />
/**
 * Where what is new begins in the talk that is shown: the line before which the unread line stands, and whether that is above what
 * is in view, or not loaded yet.
 *
 * @module
 */

import { firstAfter } from "../client/state/excerpts.ts";
import { isNews, type TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { firstUnread, NEW, type Row } from "./rows.ts";

/** What is new in one talk, while it is shown. */
export class NewLines {
  /** The first new line of those that are loaded; undefined where nothing is new. */
  first: TalkLine | undefined;
  /** Up to when the talk was read, where new lines may stand before the first one that is loaded. */
  since: number | undefined;
  /** Whether the beginning is above what is in view. */
  isAbove = false;
  #isSeen = false;

  /** Begins with a talk that is shown from now on. */
  enter(talk: Talk | undefined): void {
    this.first = this.since = undefined;
    this.isAbove = this.#isSeen = false;
    if (talk !== undefined) this.#begin(talk);
  }

  #begin(talk: Talk): void {
    const { readTime, complete } = talk;
    this.first = firstUnread(talk);
    this.#isSeen = false;
    const isMore = this.first !== undefined && readTime !== undefined && !complete &&
      (talk.first?.time ?? 0) > readTime;
    this.since = isMore ? readTime : undefined;
  }

  /**
   * Looks for what is new before the talk is drawn.
   *
   * @param source What holds the lines that are shown: the talk, or its excerpt.
   * @param isAtEnd Whether the reader is at the end of the talk, where new lines come.
   * @param hasFocus Whether they look at the page.
   * @returns Whether the reader is to be brought to where it begins: it has come from the past, as on coming back the next day.
   */
  notice(talk: Talk, source: Talk, isAtEnd: boolean, hasFocus: boolean): boolean {
    const isFirst = this.first === undefined && talk.unread > 0;
    const isFromPast = isFirst && isAtEnd && firstUnread(talk)?.history === true;
    // What comes while the end, or the page, is out of sight is new to the reader.
    if (isFirst && (isFromPast || !isAtEnd || !hasFocus)) this.#begin(talk);
    if (this.since !== undefined) this.first = firstAfter(source, this.since) ?? this.first;
    return isFromPast;
  }

  /** Whether new lines may stand before the first line that is loaded. */
  hasMore(source: Talk): boolean {
    return this.since !== undefined && !source.complete && (source.first?.time ?? 0) > this.since;
  }

  /** How many new lines are loaded. */
  count({ lines }: Talk): number {
    const at = this.first === undefined ? lines.length : lines.lastIndexOf(this.first);
    return lines.slice(at).filter(isNews).length;
  }

  /** Takes what is new as seen: the person goes on to write. */
  seen(): void {
    this.#isSeen = true;
    this.isAbove = false;
  }

  /**
   * Measures whether the beginning is above what is in view.
   *
   * @param elements What is drawn of the rows, by their keys.
   * @returns Whether that has changed.
   */
  measure(box: HTMLElement, source: Talk, rows: readonly Row[], elements: ReadonlyMap<unknown, HTMLElement>): boolean {
    const before = this.isAbove;
    this.isAbove = this.first !== undefined && !this.#isSeen &&
      (this.hasMore(source) || isAbove(box, rows, elements));
    if (this.first !== undefined && !this.isAbove && elements.has(NEW)) this.#isSeen = true;
    return before !== this.isAbove;
  }
}

function isAbove(box: HTMLElement, rows: readonly Row[], elements: ReadonlyMap<unknown, HTMLElement>): boolean {
  const row = elements.get(NEW);
  if (row !== undefined) return row.getBoundingClientRect().bottom < box.getBoundingClientRect().top;
  const at = rows.findIndex(({ type }) => type === "new");
  return at >= 0 && at < rows.findIndex(({ key }) => elements.has(key));
}
