/**
 * Finds emoji by words. Emoji with exactly that name come first. Pure.
 *
 * @module
 */

/** Something that can be found, and the words by which it is found. */
export interface Findable {
  /** Its names, such as `bubble_tea` or `bubble tea`. */
  names: readonly string[];
  /** Other words for what it shows. */
  tags: readonly string[];
}

/** Scripts without spaces between words: any part of a text is taken for a word there. */
const UNSPACED = /\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}/u;

/** How well something fits a query, best first: by a whole name, a word of a name, a word of a tag, the beginning of a word, a part of a tag. */
const RANK = { name: 0, named: 1, tagged: 2, beginning: 3, part: 4 } as const;

const plain = (text: string) => text.normalize("NFKC").toLowerCase().replaceAll(/[\s_]+/g, " ").trim();

const wordsOf = (texts: string[]) => texts.flatMap((text) => text.split(/[^\p{L}\p{M}\p{N}+-]+/u));

/** How well something fits a query; undefined where it does not. Each word of the query must fit. */
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
 * Finds what fits a query, the best first. What fits equally well stays in its order.
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
