/**
 * The tables of the database, as the migrations that make them: each brings a database from one version to the next.
 * What has been released is never changed; a change is a new entry at the end.
 *
 * @module
 */

/** Marks a file as a database of this program: "Teah" (sqlite.org/pragma.html#pragma_application_id). */
export const APPLICATION_ID = 0x54656168;

/** The SQL that leads from version n to version n + 1. */
export const MIGRATIONS: readonly string[] = [
  `
-- A channel by its folded name, or two people by their identities.
CREATE TABLE conversations (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);

-- An id holds its time: milliseconds since 1970, times 1024, plus a count. So it orders the messages, too.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL,
  command TEXT NOT NULL,
  source TEXT NOT NULL,
  sender TEXT NOT NULL,
  account TEXT,
  target TEXT NOT NULL,
  text TEXT NOT NULL,
  tags TEXT
);
CREATE INDEX messages_by_conversation ON messages (conversation);

-- Whom an identity has talked with in private: the other's folded nick, and the conversation.
CREATE TABLE talks (
  identity TEXT NOT NULL,
  peer TEXT NOT NULL,
  conversation INTEGER NOT NULL,
  PRIMARY KEY (identity, peer, conversation)
) WITHOUT ROWID;

-- Every three characters that follow each other in a text, and what search.ts adds to find shorter ones. By message id.
CREATE VIRTUAL TABLE words USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1', detail = none
);

-- Settings of channels by folded name, as JSON.
CREATE TABLE channels (name TEXT PRIMARY KEY, settings TEXT NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
`,
  `
CREATE TABLE accounts (
  folded TEXT PRIMARY KEY, name TEXT NOT NULL, scrypt TEXT NOT NULL, scram TEXT NOT NULL, created INTEGER NOT NULL
) WITHOUT ROWID;
`,
  `
-- Up to when an identity has read a talk: a channel's folded name, or the other's folded nick. Milliseconds since 1970.
CREATE TABLE markers (
  identity TEXT NOT NULL, target TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (identity, target)
) WITHOUT ROWID;
CREATE INDEX markers_by_target ON markers (target);
`,
  `
-- Metadata of accounts by folded name, as JSON: keys and values in pairs.
CREATE TABLE metadata (account TEXT PRIMARY KEY, pairs TEXT NOT NULL) WITHOUT ROWID;
`,
  `
-- How often an account of this folded name was removed; see Accounts.identity.
CREATE TABLE dropped_accounts (folded TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;

-- Who may not come in (bans.ts), by mask. Milliseconds since 1970; one that never ends has 0.
CREATE TABLE server_bans (
  mask TEXT PRIMARY KEY, setter TEXT NOT NULL, set_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
`,
];
