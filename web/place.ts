/// <reference lib="dom" />
/**
 * Where a reader is in a box that scrolls: measured, and found again when sizes have changed. It must not know what rows are.
 *
 * @module
 */

/** A row that is in view: its height, and how much of it is above the box, less than 0 where it begins below that. */
export interface Place {
  key: unknown;
  height: number;
  above: number;
}

/** How much of what is in a box stands below its end, in pixels. */
export function belowOf({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}

/** All sizes on which it depends where a box can be scrolled to. */
export function sizesOf({ scrollHeight, clientHeight, clientWidth }: HTMLElement): string {
  return `${scrollHeight} ${clientHeight} ${clientWidth}`;
}

/** The rows that are in view: first those that begin there. */
export function placesIn(box: HTMLElement, rows: ReadonlyMap<unknown, HTMLElement>): Place[] {
  const { top, bottom } = box.getBoundingClientRect();
  const places: Place[] = [];
  for (const [key, element] of rows) {
    const row = element.getBoundingClientRect();
    if (row.bottom > top && row.top < bottom) places.push({ key, height: row.height, above: top - row.top });
  }
  return places.sort((a, b) => Number(a.above > 0) - Number(b.above > 0));
}

/** Scrolls a box so that a row is where it was. Where a long one is wrapped otherwise, the same part of it is. */
export function restore(box: HTMLElement, { height, above }: Place, row: HTMLElement): void {
  const now = row.getBoundingClientRect();
  const wanted = above > 0 ? above * now.height / height : above;
  box.scrollTop += now.top - box.getBoundingClientRect().top + wanted;
}
