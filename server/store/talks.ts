/**
 * Finds out with whom an identity has talked in private, and in which conversations.
 *
 * @module
 */

import { MOST_CONVERSATIONS, type Statements } from "./history_statements.ts";
import type { PendingMessages, PendingTalk } from "./pending.ts";
import { type IdBounds, type MessageReader, STEP_ROWS } from "./reader.ts";

/** No nick comes after it. */
const LAST_CHARACTER = "\u{10FFFF}";

/** How many talks one step looks at, for each of which it may look at `MOST_CONVERSATIONS` others. */
const STEP_TALKS = 16;

/** Somebody with whom an identity has talked in private. */
export interface Peer {
  /** The folded nick. */
  peer: string;
  /** The id of the last message. */
  last: number;
}

/** The same, as it is written: with the key of the conversation, and whether none with that nick has gone on later. */
interface WrittenTalk extends Peer {
  key: string;
  isNewest: number;
}

/** Reads the private talks of one history. */
export class TalkReader {
  readonly #sql: Statements;
  readonly #pending: PendingMessages;
  readonly #messages: MessageReader;

  constructor(sql: Statements, pending: PendingMessages, messages: MessageReader) {
    this.#sql = sql;
    this.#pending = pending;
    this.#messages = messages;
  }

  /**
   * With whom an identity has talked in private, in the order of the last messages, where these are between two ids. Who has
   * taken another nick meanwhile is there once, under that of the last message. (A last message that is being removed counts as
   * far as the one before it is between them.)
   */
  *peers(identity: string, range: Omit<IdBounds, "latest"> & { latest?: boolean }): Generator<Peer | undefined> {
    const { after, before, latest } = this.#messages.boundsOf(range);
    // By conversation: the nick of its last message there is the one that counts.
    const goingOn = new Map<string, PendingTalk>();
    for (const talk of this.#pending.talksOf(identity)) {
      if (talk === undefined) yield;
      else if (talk.isMessage) goingOn.set(talk.conversation, talk);
    }
    const pending = new Map<string, number>();
    for (const { peer, id } of goingOn.values()) pending.set(peer, Math.max(id, pending.get(peer) ?? 0));
    const inRange = [...pending].map(([peer, last]) => ({ peer, last }))
      .filter(({ last }) => last > after && last < before).sort((a, b) => a.last - b.last);
    if (latest) yield* inRange.reverse();
    const [sql, to] = latest ? [this.#sql.latestPeers, after] : [this.#sql.earliestPeers, before];
    let from: Peer = latest ? { peer: "", last: before } : { peer: LAST_CHARACTER, last: after };
    for (let isLast = false; !isLast;) {
      const rows = sql.all(identity, from.last, from.peer, to, STEP_TALKS) as unknown as WrittenTalk[];
      for (const { peer, last, isNewest, key } of rows) {
        if (isNewest === 0 || pending.has(peer) || goingOn.has(key)) continue;
        if (!this.#pending.removals.has(last)) yield { peer, last };
        else yield* this.#peerWithoutLast(identity, peer, { after, before });
      }
      yield;
      isLast = rows.length < STEP_TALKS;
      from = rows.at(-1) ?? from;
    }
    if (!latest) yield* inRange;
  }

  /** One of the peers, whose last message is being removed. */
  *#peerWithoutLast(
    identity: string,
    peer: string,
    { after, before }: Omit<IdBounds, "latest">,
  ): Generator<Peer | undefined> {
    const conversations = yield* this.conversationsWith(identity, peer);
    const { ids: [last = 0] } = yield* this.#messages.page(conversations, { limit: 1, latest: true });
    if (last > after && last < before) yield { peer, last };
  }

  /** The private conversations of an identity with people of a folded nick; of very many the latest. */
  *conversationsWith(identity: string, nick: string): Generator<undefined, string[]> {
    const written = this.#sql.talksWith.all(identity, nick, MOST_CONVERSATIONS) as { key: string }[];
    const all = new Set(written.map(({ key }) => key).reverse());
    for (const talk of this.#pending.talksOf(identity)) {
      if (talk === undefined) yield;
      else if (talk.peer === nick) all.add(talk.conversation);
    }
    return [...all].slice(-MOST_CONVERSATIONS);
  }

  /** The folded nicks under which an identity has talked with the other one of a private conversation. */
  *nicksIn(identity: string, conversation: string): Generator<undefined, Set<string>> {
    const written = this.#sql.nicksIn.all(conversation, identity) as { peer: string }[];
    const all = new Set(written.map(({ peer }) => peer));
    for (const talk of this.#pending.talksOf(identity)) {
      if (talk === undefined) yield;
      else if (talk.conversation === conversation) all.add(talk.peer);
    }
    return all;
  }

  /**
   * Adds the private conversations of an identity to some others.
   *
   * @param most With more than so many in all it stops.
   */
  *addConversations(identity: string, conversations: Set<string>, most: number): Generator<undefined, void> {
    for (const talk of this.#pending.talksOf(identity)) {
      if (talk === undefined) yield;
      else if (conversations.size <= most) conversations.add(talk.conversation);
    }
    for (let from = { peer: "", conversation: 0 }, isLast = false; !isLast && conversations.size <= most;) {
      const rows = this.#sql.talks.all(identity, from.peer, from.conversation, STEP_ROWS);
      for (const { key } of rows) conversations.add(key as string);
      yield;
      isLast = rows.length < STEP_ROWS;
      from = rows.at(-1) as typeof from | undefined ?? from;
    }
  }
}
