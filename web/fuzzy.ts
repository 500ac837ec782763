/**
 * Finds names of which somebody has written a few letters. Pure.
 *
 * @module
 */

/**
 * How well a name fits, less is better: its beginning, another part of it, or letters of it in their order; undefined where it
 * does not. Takes a time that grows with the length of the name alone.
 */
function misfit(sought: string, name: string): number | undefined {
  const at = name.indexOf(sought);
  if (at >= 0) return at === 0 || (at === 1 && name[0] === "#") ? 0 : 1;
  let place = 0;
  for (const letter of sought) {
    place = name.indexOf(letter, place) + 1;
    if (place === 0) return undefined;
  }
  return 2;
}

/**
 * The items that fit, best first; those that fit as well stay in their order.
 *
 * @param sought "": all of them.
 * @param nameOf The name of an item.
 */
export function fuzzy<Item>(sought: string, items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const letters = sought.toLowerCase().replaceAll(/\s+/g, "");
  if (letters === "") return [...items];
  const ranks: Item[][] = [[], [], []];
  for (const item of items) {
    const rank = misfit(letters, nameOf(item).toLowerCase().replaceAll(/\s+/g, ""));
    if (rank !== undefined) ranks[rank].push(item);
  }
  return ranks.flat();
}
