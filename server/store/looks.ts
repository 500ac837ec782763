/**
 * How names look: which could be taken for each other, by the skeletons of Unicode (unicode.org/reports/tr39 section 4).
 *
 * A skeleton is a name in which each character stands as the one that stands for all that look like it. The table of these is
 * Unicode's confusables.txt. Two things differ from the report, since names here are the same in either case, and since people
 * choose names of plain ASCII:
 *
 * - `m` is not `rn`: "modem" and "modern" are two words.
 * - Two names that differ in ASCII characters alone are never taken for look-alikes: `bob1` and `bobl`, `0tto` and `Otto` are
 *   names that anybody may have chosen for themselves, and whoever reads them knows that keyboards have both.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { CONFUSABLES } from "../own_files.ts";

/** ASCII characters that look like others of ASCII in one of their cases: I like l, for which i stands, too. */
const ALIKE: Record<string, string> = { "0": "o", "1": "l", "i": "l", "|": "l", "`": "'" };

/** What stands in a skeleton for each character but those of ASCII, which stand for themselves; see `prototypes`. */
let table: ReadonlyMap<string, string> | undefined;

/** That table. It takes 3 MB while it is read, so it is read with the first name that needs it. */
function prototypes(): ReadonlyMap<string, string> {
  return table ??= new Map(
    Object.entries<string>(JSON.parse(CONFUSABLES)).filter(([character]) => character > "\x7f")
      // As Unicode has it "rn" stands for `m` and all that looks like it.
      .map(([character, prototype]) => [character, prototype.replaceAll("rn", "m")]),
  );
}

/** A name with one character for those of ASCII that look alike. @param name In lower case. */
function withoutAlike(name: string): string {
  return name.replace(/[01i|`]/g, (character) => ALIKE[character]);
}

/** The skeleton of a name. @param name In NFKC. */
function skeletonOf(name: string): string {
  const prototypeOf = prototypes();
  let text = "";
  for (const character of name.normalize("NFD")) text += prototypeOf.get(character) ?? character;
  return withoutAlike(text.toLowerCase().normalize("NFD"));
}

/** How a name looks. */
export interface Look {
  /**
   * Its skeletons: as it is spelled, and as it is folded, since a letter may look like another one in one case only. Names
   * that share one look alike, if their patterns differ.
   */
  readonly skeletons: readonly string[];
  /** The name without what tells ASCII characters apart: names of one pattern differ in nothing else. */
  readonly pattern: string;
}

/** Finds out how a name looks. @param name A name of `isNick` or `isChannelName`: its length bounds the work. */
export function lookOf(name: string): Look {
  const folded = casefold(name);
  const pattern = withoutAlike(folded);
  // The common case: each character of ASCII stands for itself.
  if (/^[\0-\x7f]*$/.test(name)) return { skeletons: [pattern], pattern };
  return { skeletons: [...new Set([skeletonOf(name.normalize("NFKC")), skeletonOf(folded)])], pattern };
}

/** Names by how they look, in memory. What a change or a look costs does not depend on how many names there are. */
export class NamesByLook {
  /** By skeleton the one name that has it, or all of them by pattern: most often there is one. */
  readonly #names = new Map<string, string | Map<string, Set<string>>>();

  /** @param names The names that are there from the beginning. */
  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  /** Adds a name, as it is spelled. */
  add(name: string): void {
    const { skeletons, pattern } = lookOf(name);
    for (const skeleton of skeletons) {
      let known = this.#names.get(skeleton);
      if (known === undefined || known === name) {
        this.#names.set(skeleton, name);
        continue;
      }
      if (typeof known === "string") {
        known = new Map([[lookOf(known).pattern, new Set([known])]]);
        this.#names.set(skeleton, known);
      }
      known.set(pattern, (known.get(pattern) ?? new Set()).add(name));
    }
  }

  /** Removes a name, as it was added. */
  delete(name: string): void {
    const { skeletons, pattern } = lookOf(name);
    for (const skeleton of skeletons) {
      const known = this.#names.get(skeleton);
      if (known === name) this.#names.delete(skeleton);
      if (known === undefined || typeof known === "string") continue;
      const names = known.get(pattern);
      if (names?.delete(name) && names.size === 0) known.delete(pattern);
      if (known.size === 0) this.#names.delete(skeleton);
    }
  }

  /** Removes all names. */
  clear(): void {
    this.#names.clear();
  }

  /** The names that could be taken for one of this look; some may be given twice. */
  *alike({ skeletons, pattern }: Look): Generator<string> {
    for (const skeleton of skeletons) {
      const known = this.#names.get(skeleton);
      if (known === undefined) continue;
      if (typeof known === "string") {
        if (lookOf(known).pattern !== pattern) yield known;
        continue;
      }
      for (const [other, names] of known) if (other !== pattern) yield* names;
    }
  }
}
