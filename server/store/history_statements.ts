/**
 * The SQL on the tables of the history (schema.ts makes them): messages, conversations, private talks, the search index and
 * what was removed from it. It is prepared once for a database.
 *
 * @module
 */

import type { Database } from "./database.ts";
import { LINE_BYTES, TEXT_COPIES } from "./record_sizes.ts";
import type { MessageRecord } from "./records.ts";

/** How many messages one statement writes. */
export const INSERTED = 32;

/** How many conversations with people of one nick are read: anyone can be as many guests as they like. The latest count. */
export const MOST_CONVERSATIONS = 100;

/** The statements by which others change conversations together with their own tables. */
export function conversationStatements(db: Database) {
  return {
    /** Whether a conversation of this key has messages. */
    isUsed: db.prepare(`SELECT EXISTS
      (SELECT 1 FROM conversations c JOIN messages m ON m.conversation = c.id WHERE c.key = ?) AS isUsed`),
    drop: db.prepare("DELETE FROM conversations WHERE key = ?"),
    /** Takes the new key, and the old one. */
    move: db.prepare("UPDATE conversations SET key = ? WHERE key = ?"),
  };
}

/** The statements by which others change private talks together with their own tables. */
export function talkStatements(db: Database) {
  return {
    /** Takes an identity, and how many of its talks are deleted at the most. */
    dropSome: db.prepare(`DELETE FROM talks WHERE identity = ?1 AND (peer, conversation) IN
      (SELECT peer, conversation FROM talks WHERE identity = ?1 LIMIT ?2)`),
  };
}

/** A record as the database has it. */
export interface Row extends Omit<MessageRecord, "conversation" | "tags" | "account" | "time" | "edits" | "removal"> {
  /** The conversation. */
  key: string;
  account: string | null;
  /** As JSON. */
  tags: string | null;
  time: number | null;
  /** As JSON. */
  edits: string | null;
  /** As JSON. */
  removal: string | null;
}

/** The statements of one database. */
export type Statements = ReturnType<typeof historyStatements>;

/** Prepares the statements of one database. */
export function historyStatements(db: Database) {
  // With a row for each message that has a sequence: one for each sequence would have to count its messages.
  db.setUp("CREATE VIRTUAL TABLE temp.sequences USING fts5vocab (main, words, instance)");
  const found = "m.id, m.time, m.command, m.source, c.key AS conversation";
  // As `toldBytes` in record_sizes.ts.
  const bytes = `octet_length(m.text) + coalesce(octet_length(m.tags), 0) +
    (octet_length(m.text) - octet_length(replace(m.text, char(10), ''))) *
    (${LINE_BYTES} + octet_length(m.source) + octet_length(m.target) + coalesce(octet_length(m.account), 0)) AS bytes`;
  // As `storedBytes` there.
  const stored =
    `octet_length(source) + octet_length(sender) + coalesce(octet_length(account), 0) + octet_length(target) +
    ${TEXT_COPIES} * octet_length(text) + coalesce(octet_length(tags), 0) +
    coalesce(octet_length(edits), 0) + coalesce(octet_length(removal), 0) AS bytes`;
  const between = (order: string) => `m.id > ? AND m.id < ? ORDER BY m.id ${order} LIMIT ?`;
  const isSaid = "m.command IN ('PRIVMSG', 'NOTICE')";
  const of = (index: string, condition: string, order: string) =>
    db.prepare(`SELECT ${found}, ${bytes} FROM messages m INDEXED BY ${index}
      CROSS JOIN conversations c ON c.id = m.conversation
      WHERE m.conversation = (SELECT id FROM conversations WHERE key = ?) AND ${condition} AND ${between(order)}`);
  const pages = (order: string) => ({
    records: of("messages_by_conversation", "TRUE", order),
    messages: of("messages_said", isSaid, order),
    all: db.prepare(`SELECT ${found}, 0 AS bytes FROM messages m CROSS JOIN conversations c ON c.id = m.conversation
      WHERE ${between(order)}`),
  });
  const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  const key = "(SELECT key FROM conversations WHERE id = conversation) AS key";
  // A conversation that goes on under another nick is that nick's. Its last message may have been removed, and then it has two
  // nicks with the same one. Both conditions are looked up in an index: how much is looked at for a row has a bound.
  const isLeftBehind = (talk: string) =>
    `EXISTS (SELECT 1 FROM talks n INDEXED BY talks_by_conversation WHERE n.conversation = ${talk}.conversation
      AND n.identity = t.identity AND (n.last, n.peer) > (${talk}.last, ${talk}.peer))`;
  const hasNewer = `EXISTS (SELECT 1 FROM (
      SELECT o.last, o.peer, o.conversation FROM talks o INDEXED BY talks_by_peer
        WHERE o.identity = t.identity AND o.peer = t.peer AND o.last > t.last
        ORDER BY o.last DESC LIMIT ${MOST_CONVERSATIONS}) o
      WHERE NOT ${isLeftBehind("o")})`;
  const peers = (from: string, to: string, order: string) =>
    `SELECT peer, last, ${key}, NOT (${isLeftBehind("t")} OR ${hasNewer}) AS isNewest
      FROM talks t INDEXED BY talks_by_last WHERE identity = ? AND (last, peer) ${from} (?, ?) AND last ${to} ?
      ORDER BY last ${order}, peer ${order} LIMIT ?`;
  return {
    // Writing (history.ts).
    lastId: db.prepare("SELECT coalesce(max(id), 0) AS id FROM messages"),
    insert: db.prepare(`INSERT INTO messages VALUES ${row}`),
    insertMany: db.prepare(`INSERT INTO messages VALUES ${Array(INSERTED).fill(row).join()}`),
    edit: db.prepare("UPDATE messages SET text = ?, edits = ? WHERE id = ?"),
    insertConversation: db.prepare("INSERT OR IGNORE INTO conversations (key) VALUES (?)"),
    conversation: db.prepare("SELECT id FROM conversations WHERE key = ?"),
    talk: db.prepare(`SELECT 1 FROM talks WHERE identity = ? AND peer = ?
      AND conversation = (SELECT id FROM conversations WHERE key = ?)`),
    insertTalk: db.prepare(`INSERT INTO talks (identity, peer, conversation, last) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET last = max(last, excluded.last)`),

    // Reading messages (reader.ts).
    record: db.prepare(`SELECT m.id, m.command, m.source, m.sender, m.account, m.target, m.text, m.tags, m.time,
      m.edits, m.removal, c.key
      FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.id = ?`),
    latest: pages("DESC"),
    earliest: pages("ASC"),

    // Reading private talks (talks.ts).
    talks: db.prepare(`SELECT peer, conversation, ${key} FROM talks
      WHERE identity = ? AND (peer, conversation) > (?, ?) ORDER BY peer, conversation LIMIT ?`),
    nicksIn: db.prepare(`SELECT peer FROM talks INDEXED BY talks_by_conversation
      WHERE conversation = (SELECT id FROM conversations WHERE key = ?) AND identity = ? LIMIT ${MOST_CONVERSATIONS}`),
    talksWith: db.prepare(`SELECT ${key} FROM talks INDEXED BY talks_by_peer WHERE identity = ? AND peer = ?
      ORDER BY last DESC LIMIT ?`),
    latestPeers: db.prepare(peers("<", ">", "DESC")),
    earliestPeers: db.prepare(peers(">", "<", "ASC")),

    // Asking the search index (search.ts).
    sequence: db.prepare("SELECT term FROM temp.sequences WHERE term >= ? LIMIT 1"),
    // The index takes ids as integers alone (`BigInt`): others it compares one by one, from its beginning.
    matches: db.prepare(`SELECT json_group_array(rowid) AS ids FROM
      (SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid LIMIT ?)`),

    editedIn: db.prepare("SELECT id FROM edited_words WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"),

    // The upkeep of the search index (search_index.ts).
    noteEdited: db.prepare("INSERT OR REPLACE INTO edited_words (id) VALUES (?)"),
    edited: db.prepare(`SELECT e.id, m.conversation, m.text FROM edited_words e LEFT JOIN messages m ON m.id = e.id
      ORDER BY e.id LIMIT ?`),
    endEdited: db.prepare("DELETE FROM edited_words WHERE id = ?"),
    lastIndexed: db.prepare("SELECT coalesce(max(id), 0) AS id FROM words_docsize"),
    countUnindexed: db.prepare("SELECT count(*) AS count FROM (SELECT 1 FROM messages WHERE id > ? LIMIT ?)"),
    unindexed: db.prepare("SELECT id, conversation, text FROM messages WHERE id > ? ORDER BY id LIMIT ?"),
    addToIndex: db.prepare("INSERT INTO words (rowid, text) VALUES (?, ?)"),
    dropFromIndex: db.prepare("DELETE FROM words WHERE rowid = ?"),
    // Some pages; it has changed less than two rows where there is nothing to be merged (sqlite.org/fts5.html#the_merge_command).
    merge: db.prepare("INSERT INTO words (words, rank) VALUES ('merge', 4)"),
    // The same until all parts are one that holds nothing of what was deleted from it.
    rewrite: db.prepare("INSERT INTO words (words, rank) VALUES ('merge', -4)"),
    noteRemoved: db.prepare("INSERT OR REPLACE INTO removed (id) VALUES (?)"),
    removed: db.prepare("SELECT id FROM removed WHERE id > ? ORDER BY id LIMIT ?"),
    findRewriting: db.prepare("SELECT 1 FROM removed WHERE is_rewriting LIMIT 1"),
    beginRewriting: db.prepare("UPDATE removed SET is_rewriting = 1 WHERE id = ?"),
    endRewriting: db.prepare("DELETE FROM removed WHERE is_rewriting"),

    // Deleting (retention.ts).
    old: db.prepare("SELECT id FROM messages WHERE id < ? ORDER BY id LIMIT ?"),
    oldByTime: db.prepare("SELECT id FROM messages WHERE time < ? LIMIT ?"),
    oldest: db.prepare(`SELECT id, ${stored} FROM messages ORDER BY id LIMIT ?`),
    countTalks: db.prepare("SELECT count(*) AS count FROM talks"),
    size: db.prepare(`SELECT conversation, ${stored} FROM messages WHERE id = ?`),
    markRemoved: db.prepare(`UPDATE messages SET command = ?, text = '', tags = NULL, edits = NULL, removal = ?
      WHERE id = ?`),
    deleteMessage: db.prepare("DELETE FROM messages WHERE id = ?"),
    deleteOldest: db.prepare("DELETE FROM messages WHERE id <= ?"),
    // The key of a private conversation names the two whose talks it is: without them all its nicks would be looked at. Where
    // another nick has the message before, the talk is that nick's: else more and more rows would change with each removal.
    resetTalks: db.prepare(`WITH gone AS MATERIALIZED (SELECT c.id, c.key, instr(c.key, char(10)) AS at,
          (SELECT m.id FROM messages m INDEXED BY messages_said WHERE m.conversation = c.id AND m.id < ?1 AND ${isSaid}
            ORDER BY m.id DESC LIMIT 1) AS before
        FROM messages r JOIN conversations c ON c.id = r.conversation WHERE r.id = ?1)
      UPDATE talks INDEXED BY talks_by_conversation SET last = CASE WHEN EXISTS
          (SELECT 1 FROM talks o INDEXED BY talks_by_conversation WHERE o.conversation = talks.conversation
            AND o.identity = talks.identity AND o.last = (SELECT before FROM gone))
        THEN 0 ELSE coalesce((SELECT before FROM gone), 0) END
      WHERE conversation = (SELECT id FROM gone) AND last = ?1 AND identity IN
        (SELECT substr(key, 1, at - 1) FROM gone UNION ALL SELECT substr(key, at + 1) FROM gone)`),
    resetOldestTalks: db.prepare(`UPDATE talks SET last = 0 WHERE last > 0 AND last <= ?1
      AND conversation IN (SELECT conversation FROM messages WHERE id <= ?1)`),
    // Without "NOT INDEXED" SQLite would go through the index of all messages, since it is in the order of the conversations.
    conversationsUpTo: db.prepare("SELECT DISTINCT conversation FROM messages NOT INDEXED WHERE id <= ?"),
    lastOfNextConversations: db.prepare(
      "SELECT max(id) AS last FROM (SELECT id FROM conversations WHERE id > ? ORDER BY id LIMIT ?)",
    ),
    deleteEmptyTalks: db.prepare(`DELETE FROM talks WHERE conversation > ? AND conversation <= ?
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = talks.conversation)`),
    deleteEmptyConversations: db.prepare(`DELETE FROM conversations WHERE id > ? AND id <= ?
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = conversations.id)`),
  };
}
