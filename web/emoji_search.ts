/**
 * Finds emoji by words, and the room's pictures by parts of their names. What has exactly that name comes first. Pure.
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

/**
 * The words for the pictures of a room, whose names are English: those of the emoji that are called as a part of the name is, so
 * that `panda_tea` is found by what a panda and a tea are called in the language of the emoji.
 *
 * @param emojis All emoji, with the names that emoji have in codes among theirs.
 */
export function pictureTags(names: Iterable<string>, emojis: readonly Findable[]): Map<string, string[]> {
  /** The words of the language, by a whole name, and by a word of one. */
  const byName = new Map<string, Set<string>>(), byWord = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, words: string[]) => {
    const known = map.get(key);
    if (known === undefined) map.set(key, new Set(words));
    else for (const word of words) known.add(word);
  };
  for (const { names, tags } of emojis) {
    const words = [...names, ...tags].filter((word) => UNSPACED.test(word));
    const called = names.map(plain);
    for (const name of called) add(byName, name, words);
    for (const word of new Set(wordsOf(called))) add(byWord, word, words);
  }
  const wordsFor = (part: string) => [...byName.get(part) ?? byWord.get(part) ?? []];
  return new Map([...names].map((name) => [name, plain(name).split(" ").flatMap(wordsFor)]));
}

/** Finds pictures by any part of a name, or of a word for them; those with exactly that name first, then in their order. */
export function searchPictures<T extends Findable>(query: string, pictures: readonly T[]): T[] {
  const wanted = plain(query);
  if (wanted === "") return [];
  const has = (texts: readonly string[], word: string) => texts.some((text) => plain(text).includes(word));
  const found = pictures.filter(({ names, tags }) =>
    wanted.split(" ").every((word) => has(names, word) || (UNSPACED.test(word) && has(tags, word)))
  );
  const isExact = ({ names }: T) => names.some((name) => plain(name) === wanted);
  return [...found.filter(isExact), ...found.filter((it) => !isExact(it))];
}
