/**
 * Searches the history for words: the search index and the pages of conversations give candidates, which are then read and
 * compared with the words. Its steps are bounded, as those of reader.ts are.
 *
 * @module
 */

import { casefold, parseSource } from "../../protocol.ts";
import type { Statements } from "./history_statements.ts";
import type { FoundMessage, IdBounds, MessageRange, MessageReader } from "./reader.ts";
import { firstId, isMessage, isPrivateOf } from "./records.ts";
import type { SearchIndex } from "./search_index.ts";
import { conversationTerms, holds, searchWords, term, wordTerms } from "./search_terms.ts";
import type { TalkReader } from "./talks.ts";

/** What a search may cost, in messages read (some 10 us each). */
export const SEARCH_EFFORT = 200_000;

/** What other steps cost: to look at a message without reading it, to ask the index, to be given an id by it. */
const COSTS = { glance: 1 / 2, question: 10, match: 1 / 16 } as const;

/** Before the index is asked for a word of one or two letters, so many messages are looked through. */
const MOST_GLANCES = 3_000;

/** The index is asked for such a word by at most so many of the sequences that begin with it. */
const MOST_SEQUENCES = 300;

/** In up to so many conversations a search looks through those alone. */
const MOST_CONVERSATIONS = 16;

/** How many ids one step asks the index for at the most. */
const STEP_IDS = 512;

/** With so few candidates they are read, and the index is not asked for more. */
const FEW_CANDIDATES = 16;

/** How many ids the index is first asked about: those of an hour. */
const FIRST_SPAN = firstId(3_600_000);

/** A search: all that is given must hold. */
export interface SearchQuery extends Pick<MessageRange, "after" | "before" | "limit" | "latest"> {
  /** Words that the text must hold. */
  text?: string;
  /** The sender's nick. */
  from?: string;
  /** An identity whose private talks are searched, too. */
  identity?: string;
}

/** A search that is under way. */
interface SearchState {
  words: string[];
  /** The conversations, where they are few. */
  conversations: string[] | undefined;
  /** Whether a message may be one that is looked for, whatever its text. */
  mayMatch: (message: Omit<FoundMessage, "bytes" | "time">) => boolean;
  /** What it may still cost; see `SEARCH_EFFORT`. */
  effort: number;
}

/** Searches one history. */
export class MessageSearch {
  readonly #sql: Statements;
  readonly #messages: MessageReader;
  readonly #talks: TalkReader;
  readonly #index: SearchIndex;

  constructor(sql: Statements, messages: MessageReader, talks: TalkReader, index: SearchIndex) {
    this.#sql = sql;
    this.#messages = messages;
    this.#talks = talks;
    this.#index = index;
  }

  /**
   * Searches conversations for PRIVMSG and NOTICE.
   *
   * @param effort What it may cost; see `SEARCH_EFFORT`.
   * @returns Their ids in their order; and whether it has looked everywhere, or has given up after what it may cost.
   */
  *run(
    conversations: readonly string[],
    query: SearchQuery,
    effort: number,
  ): Generator<void, { ids: number[]; isComplete: boolean }> {
    const { limit, from, text = "", identity } = query;
    const words = searchWords(text);
    const nick = from === undefined ? undefined : casefold(from);
    const bounds = this.#messages.boundsOf(query);
    const among = new Set(conversations);
    const mayMatch: SearchState["mayMatch"] = ({ conversation, command, source }) =>
      isMessage({ command }) &&
      (among.has(conversation) || (identity !== undefined && isPrivateOf(conversation, identity))) &&
      (nick === undefined || casefold(parseSource(source).nick) === nick);
    const few = yield* this.#fewConversations(conversations, identity);
    const state: SearchState = { words, conversations: few, mayMatch, effort };
    const ids: number[] = [];
    for (const id of this.#candidates(state, bounds)) {
      if (state.effort < 0 || ids.length === limit) break;
      yield;
      if (id === undefined) continue;
      state.effort--;
      const record = this.#messages.find(id);
      if (record !== undefined && mayMatch(record) && holds(record.text, words)) ids.push(id);
    }
    return { ids: bounds.latest ? ids.reverse() : ids, isComplete: ids.length === limit || state.effort >= 0 };
  }

  /** These conversations and the private ones of an identity, where they are few. */
  *#fewConversations(
    conversations: readonly string[],
    identity: string | undefined,
  ): Generator<undefined, string[] | undefined> {
    const all = new Set(conversations);
    if (identity !== undefined && all.size <= MOST_CONVERSATIONS) {
      yield* this.#talks.addConversations(identity, all, MOST_CONVERSATIONS);
    }
    return all.size <= MOST_CONVERSATIONS ? [...all] : undefined;
  }

  /** The ids of messages among which are all that a search is for, from the one end or the other. */
  *#candidates(state: SearchState, bounds: IdBounds): Generator<number | undefined> {
    const { words, conversations } = state;
    let { after, before } = bounds;
    const { latest } = bounds;
    let groups = wordTerms(words).map((term) => [term]);
    if (groups.length === 0) {
      const most = words.length === 0 ? Infinity : MOST_GLANCES;
      const pages = conversations === undefined
        ? this.#messages.all(bounds)
        : this.#messages.merged(conversations, bounds, Infinity);
      let seen = 0;
      for (const found of pages) {
        if (found === undefined) {
          yield undefined;
          continue;
        }
        state.effort -= COSTS.glance;
        if (state.mayMatch(found)) yield found.id;
        if (latest) before = found.id;
        else after = found.id;
        if (++seen >= most) break;
      }
      if (seen < most) return;
      // Such words are most often found by then; for rare ones the index knows the sequences that begin with them.
      groups = [yield* this.#termsFrom(words[0], state)];
    }
    if (conversations !== undefined) {
      const ids = conversations.map((key) => this.#sql.conversation.get(key)?.id).filter((id) => id !== undefined);
      groups.push(conversationTerms(ids as number[]));
    }
    yield* this.#lookUp(groups, { after, before, latest }, state);
  }

  /** The terms of the index that begin with a word. */
  *#termsFrom(word: string, state: SearchState): Generator<undefined, string[]> {
    const terms: string[] = [];
    for (let from = word; terms.length < MOST_SEQUENCES;) {
      const sequence = this.#sql.sequence.get(from)?.term as string | undefined;
      state.effort -= COSTS.question;
      yield undefined;
      if (sequence?.startsWith(word) !== true) return terms;
      terms.push(term(sequence));
      // All have three characters, so whatever is longer stands behind all that is the same so far.
      from = sequence + "\x01";
    }
    return terms;
  }

  /**
   * The ids that have a term of each group in the index, and those that may be matches and are not in the index yet. The
   * index is asked about a window of ids at a time, which is the wider the less it finds there.
   */
  *#lookUp(groups: string[][], { after, before, latest }: IdBounds, state: SearchState): Generator<number | undefined> {
    for (let span = FIRST_SPAN; after + 1 < before && state.effort >= 0;) {
      // The index may have grown since the last step, so that this is asked anew each time.
      const indexed = this.#index.last;
      const last = Math.max(after, indexed);
      if (latest ? before > last + 1 : after >= indexed) {
        const page = this.#messages.pageOfAll({ after: latest ? last : after, before, latest });
        state.effort -= page.found.length * COSTS.glance;
        for (const found of page.found) if (state.mayMatch(found)) yield found.id;
        yield undefined;
        if (latest) before = page.isLast ? last + 1 : page.at;
        else if (page.isLast) return;
        else after = page.at;
        continue;
      }
      const low = latest ? Math.max(after + 1, before - span) : after + 1;
      const high = latest ? before : Math.min(before, low + span, this.#index.last + 1);
      const found = yield* this.#lookUpWindow(groups, low, high, state);
      if (found === undefined) span = Math.max(1, Math.floor(span / 8));
      else {
        yield* latest ? found.ids.toReversed() : found.ids;
        if (latest) before = low;
        else after = high - 1;
        if (found.fewest < STEP_IDS / 4) span *= 2;
      }
    }
  }

  /**
   * The ids from one to before another that have a term of each group in the index, or of those groups that have few
   * there, and how many ids the rarest group has; nothing where there are too many.
   */
  *#lookUpWindow(
    groups: string[][],
    low: number,
    high: number,
    state: SearchState,
  ): Generator<undefined, { ids: number[]; fewest: number } | undefined> {
    const counts = new Map<string[], number>();
    let ids: number[] | undefined;
    for (const group of groups) {
      if (ids !== undefined && ids.length <= FEW_CANDIDATES) break;
      const some = new Set<number>();
      for (const term of group) {
        const { ids } = this.#sql.matches.get(term, BigInt(low), BigInt(high), STEP_IDS + 1) as { ids: string };
        const matches = JSON.parse(ids) as number[];
        for (const id of matches) some.add(id);
        state.effort -= COSTS.question + matches.length * COSTS.match;
        yield undefined;
        if (some.size > STEP_IDS) break;
      }
      counts.set(group, some.size);
      if (some.size <= STEP_IDS) ids = ids === undefined ? [...some] : ids.filter((id) => some.has(id));
    }
    // The rarest first, next time.
    groups.sort((a, b) => (counts.get(a) ?? Infinity) - (counts.get(b) ?? Infinity));
    const fewest = Math.min(...counts.values());
    const isWhole = counts.values().every((count) => count <= STEP_IDS);
    if (ids === undefined || (!isWhole && ids.length > STEP_IDS / 8)) return undefined;
    // The index may have another text of these.
    const edited = this.#sql.editedIn.all(low, high, STEP_IDS + 1) as { id: number }[];
    state.effort -= COSTS.question;
    if (edited.length > STEP_IDS) return undefined;
    const all = new Set([...ids, ...edited.map(({ id }) => id)]);
    return { ids: [...all].sort((a, b) => a - b), fewest };
  }
}
