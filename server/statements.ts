/**
 * The SQL by which history is written and read (schema.ts has its tables), prepared once for a database.
 *
 * @module
 */

import type { Store } from "./store.ts";

/** The statements of one database. */
export function statements({ db }: Store) {
  db.setUp("CREATE VIRTUAL TABLE temp.sequences USING fts5vocab (main, words, row)");
  const columns = "m.id, m.command, m.source, m.sender, m.account, m.target, m.text, m.tags, m.time";
  const range = (order: string, where: string) =>
    db.prepare(`SELECT ${columns} FROM messages m
      WHERE conversation = (SELECT id FROM conversations WHERE key = ?) AND m.id > ? AND m.id < ? ${where}
      ORDER BY m.id ${order} LIMIT ?`);
  const ranges = (order: string) => ({
    events: range(order, ""),
    messages: range(order, "AND command IN ('PRIVMSG', 'NOTICE')"),
  });
  const keyed = `SELECT ${columns}, c.key FROM messages m JOIN conversations c ON c.id = m.conversation`;
  const search = (order: string) => ({
    indexed: db.prepare(`SELECT ${columns}, c.key FROM words w CROSS JOIN messages m ON m.id = w.rowid
      JOIN conversations c ON c.id = m.conversation
      WHERE words MATCH ? AND w.rowid > ? AND w.rowid < ? ORDER BY w.rowid ${order}`),
    rest: db.prepare(`${keyed} WHERE m.id > ? AND m.id < ? ORDER BY m.id ${order}`),
    first: db.prepare(`${keyed} WHERE m.id > ? AND m.id < ? ORDER BY m.id ${order} LIMIT ?`),
  });
  return {
    last: db.prepare("SELECT coalesce(max(id), 0) AS id FROM messages"),
    indexed: db.prepare("SELECT coalesce(max(id), 0) AS id FROM words_docsize"),
    insert: db.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    insertConversation: db.prepare("INSERT OR IGNORE INTO conversations (key) VALUES (?)"),
    insertTalk: db.prepare("INSERT OR IGNORE INTO talks VALUES (?, ?, ?)"),
    conversation: db.prepare("SELECT id FROM conversations WHERE key = ?"),
    talks: db.prepare(`SELECT peer, key AS conversation FROM talks JOIN conversations ON id = talks.conversation
      WHERE identity = ?`),
    unindexed: db.prepare("SELECT id, conversation, text FROM messages WHERE id > ? ORDER BY id LIMIT ?"),
    behind: db.prepare("SELECT count(*) AS count FROM (SELECT 1 FROM messages WHERE id > ? LIMIT ?)"),
    sequences: db.prepare("SELECT term FROM temp.sequences WHERE term >= ? AND term < ? LIMIT 300"),
    index: db.prepare("INSERT INTO words (rowid, text) VALUES (?, ?)"),
    old: db.prepare("SELECT id FROM messages WHERE id < ? ORDER BY id LIMIT ?"),
    oldByTime: db.prepare("SELECT id FROM messages WHERE time < ? LIMIT ?"),
    // In the search index a text takes up to five times as much as itself.
    bytes: db.prepare(`SELECT octet_length(source) + 6 * octet_length(text) + coalesce(octet_length(tags), 0) AS bytes
      FROM messages WHERE id = ?`),
    seen: db.prepare("SELECT seen FROM clock"),
    see: db.prepare("INSERT OR REPLACE INTO clock VALUES (0, ?)"),
    deleteMessage: db.prepare("DELETE FROM messages WHERE id = ?"),
    deleteIndex: db.prepare("DELETE FROM words WHERE rowid = ?"),
    deleteTalks: db.prepare(`DELETE FROM talks
      WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = talks.conversation)`),
    deleteConversations: db.prepare(`DELETE FROM conversations
      WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = conversations.id)`),
    range: { latest: ranges("DESC"), earliest: ranges("ASC") },
    search: { latest: search("DESC"), earliest: search("ASC") },
  };
}
