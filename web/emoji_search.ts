/**
 * Finding emoji by a word: the one that is called so comes first. Pure; it must not know the page.
 *
 * @module
 */

/** What can be found, and by which words. */
export interface Findable {
  /** What it is called, as `bubble_tea` or `bubble tea`. */
  names: readonly string[];
  /** What else it is about. */
  tags: readonly string[];
}

/** Scripts that put no space between words: a part of a word is one there. */
const UNSPACED = /\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}/u;

/** How well something is found, best first: it is called so, it has that word in a name, or in a tag; or one begins so. */
const RANK = { name: 0, named: 1, tagged: 2, beginning: 3, part: 4 } as const;

const plain = (text: string) => text.normalize("NFKC").toLowerCase().replaceAll(/[\s_]+/g, " ").trim();

const wordsOf = (texts: string[]) => texts.flatMap((text) => text.split(/[^\p{L}\p{M}\p{N}+-]+/u));

/** How well a query finds it; undefined where it does not. Of several words each has to be found. */
function rankOf(query: string, { names, tags }: Findable): number | undefined {
  const called = names.map(plain);
  if (called.includes(query)) return RANK.name;
  const about = tags.map(plain);
  const named = wordsOf(called), tagged = wordsOf(about);
  const hasPart = (texts: string[], word: string) => UNSPACED.test(word) && texts.some((text) => text.includes(word));
  const hasBeginning = (words: string[], beginning: string) => words.some((word) => word.startsWith(beginning));
  let worst: number = RANK.named;
  for (const word of query.split(" ")) {
    const rank = named.includes(word) || hasPart(called, word)
      ? RANK.named
      : tagged.includes(word)
      ? RANK.tagged
      : hasBeginning(named, word) || hasBeginning(tagged, word)
      ? RANK.beginning
      : hasPart(about, word)
      ? RANK.part
      : undefined;
    if (rank === undefined) return undefined;
    worst = Math.max(worst, rank);
  }
  return worst;
}

/**
 * What a query finds, best first: what is called so, then what has that word among its own, then words that begin so. Among
 * equals the order stays.
 */
export function search<T extends Findable>(query: string, all: readonly T[]): T[] {
  const wanted = plain(query);
  if (wanted === "") return [];
  return all
    .flatMap((it) => {
      const rank = rankOf(wanted, it);
      return rank === undefined ? [] : [{ it, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ it }) => it);
}
