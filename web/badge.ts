/// <reference lib="dom" />
/**
 * The count on the icon of the installed page (W3C Badging API), where the browser has one.
 *
 * @module
 */

/** The count that the icon has; undefined as long as nothing was set: the count may be of an earlier page. */
let shown: number | undefined;

/** Shows a count; none for 0. Nothing is set that is so already. */
export function setBadge(count: number): void {
  if (count === shown || navigator.setAppBadge === undefined) return;
  shown = count;
  const set = count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count);
  // A browser may refuse it: then the title alone says it.
  set.catch(() => {});
}
