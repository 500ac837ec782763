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

-- The private talks of an identity: the other's folded nick, and the conversation.
CREATE TABLE talks (
  identity TEXT NOT NULL,
  peer TEXT NOT NULL,
  conversation INTEGER NOT NULL,
  PRIMARY KEY (identity, peer, conversation)
) WITHOUT ROWID;

-- The search index, by message id: every three characters that follow each other in a text, and what search_terms.ts adds so
-- that shorter words are found.
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
-- Up to when an identity has read a talk, in milliseconds since 1970. The target is a channel's folded name, or the other's
-- folded nick.
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
-- The items of which a channel has many, each in a row of its own, so that a change writes no more than that: masks of its
-- lists by letter (b, e, I), with the setter and the time as JSON; accounts that are operators; identities that have a seat;
-- and metadata by key.
CREATE TABLE channel_items (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE (channel, kind, item)
);

CREATE TEMP VIEW readable AS
  SELECT name, CASE WHEN json_valid(settings) THEN settings ELSE '{}' END AS settings FROM channels;
INSERT OR IGNORE INTO channel_items (channel, kind, item, value)
  SELECT name, 'b', CASE item.type WHEN 'object' THEN json_extract(item.value, '$.text') END,
    CASE item.type WHEN 'object' THEN json_remove(item.value, '$.text') END
  FROM readable, json_each(settings, '$.bans') item WHERE item.type = 'object';
INSERT OR IGNORE INTO channel_items (channel, kind, item, value)
  SELECT name, 'e', CASE item.type WHEN 'object' THEN json_extract(item.value, '$.text') END,
    CASE item.type WHEN 'object' THEN json_remove(item.value, '$.text') END
  FROM readable, json_each(settings, '$.exceptions') item WHERE item.type = 'object';
INSERT OR IGNORE INTO channel_items (channel, kind, item, value)
  SELECT name, 'I', CASE item.type WHEN 'object' THEN json_extract(item.value, '$.text') END,
    CASE item.type WHEN 'object' THEN json_remove(item.value, '$.text') END
  FROM readable, json_each(settings, '$.inviteExceptions') item WHERE item.type = 'object';
INSERT OR IGNORE INTO channel_items (channel, kind, item, value)
  SELECT name, 'operator', item.value, '' FROM readable, json_each(settings, '$.operators') item WHERE item.type = 'text';
INSERT OR IGNORE INTO channel_items (channel, kind, item, value)
  SELECT name, 'seat', item.value, '' FROM readable, json_each(settings, '$.seats') item WHERE item.type = 'text';
INSERT OR IGNORE INTO channel_items (channel, kind, item, value)
  SELECT name, 'metadata', json_extract(item.value, '$[0]'), json_extract(item.value, '$[1]')
  FROM readable, json_each(settings, '$.metadata') item
  WHERE item.type = 'array' AND json_type(item.value, '$[0]') = 'text' AND json_type(item.value, '$[1]') = 'text';
DROP VIEW readable;
UPDATE channels
  SET settings = json_remove(settings, '$.bans', '$.exceptions', '$.inviteExceptions', '$.operators', '$.seats', '$.metadata')
  WHERE CASE WHEN json_valid(settings) THEN json_type(settings) = 'object' ELSE 0 END;

-- When a message was said, in milliseconds since 1970, where its id tells another time, since the clock had been set back.
ALTER TABLE messages ADD COLUMN time INTEGER;
CREATE INDEX messages_by_time ON messages (time) WHERE time IS NOT NULL;
CREATE INDEX talks_by_conversation ON talks (conversation);

-- The last time that is known to have been right, in milliseconds since 1970.
CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 0), seen INTEGER NOT NULL);
`,
  `
-- How often an account of this folded name was removed; see KeptAccounts.identity.
CREATE TABLE dropped_accounts (folded TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;

-- The server's bans (server_bans.ts), by mask. Times in milliseconds since 1970; a ban that never ends has 0.
CREATE TABLE server_bans (
  mask TEXT PRIMARY KEY, setter TEXT NOT NULL, set_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
`,
  `
-- To whom an item belongs, so that an account's items are found without looking at all: the folded account that is operator
-- or that a mask is for; the identity that has a seat. Empty where SQL can't tell the account; NULL where there is none.
ALTER TABLE channel_items ADD COLUMN account TEXT;
UPDATE channel_items SET account = CASE
  WHEN kind IN ('operator', 'seat') THEN item
  WHEN item GLOB '*[^ -~]*' THEN ''
  ELSE lower(substr(item, instr(item, '~a:') + 3)) END
  WHERE kind IN ('operator', 'seat') OR (kind IN ('b', 'e', 'I') AND instr(item, '~a:') > 0);
CREATE INDEX channel_items_by_account ON channel_items (account) WHERE account IS NOT NULL;
`,
  `
-- Each transaction that adds to the search index leaves a part of its own. search_index.ts merges them, some pages at a time,
-- instead of whichever transaction makes them many (sqlite.org/fts5.html#the_automerge_configuration_option).
INSERT INTO words (words, rank) VALUES ('automerge', 0), ('crisismerge', 1000);
`,
  `
-- The messages for those who ask for no others, however many reactions and topics are between them.
CREATE INDEX messages_said ON messages (conversation) WHERE command IN ('PRIVMSG', 'NOTICE');

-- The id of the last PRIVMSG or NOTICE of a talk; 0 where there is none.
ALTER TABLE talks ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
UPDATE talks SET last = coalesce((SELECT m.id FROM messages m INDEXED BY messages_said
  WHERE m.conversation = talks.conversation AND m.command IN ('PRIVMSG', 'NOTICE') ORDER BY m.id DESC LIMIT 1), 0);
CREATE INDEX markers_by_time ON markers (identity, time);
CREATE INDEX talks_by_last ON talks (identity, last);
CREATE INDEX talks_by_peer ON talks (identity, peer, last);
`,
  `
-- Removed messages, by id, whose sequences the search index may still hold: it only notes that they are gone, until it is
-- rewritten; and whether that is under way. The id 0 stands for those that an older database may hold without a note.
CREATE TABLE removed (id INTEGER PRIMARY KEY, is_rewriting INTEGER NOT NULL DEFAULT 0);
CREATE INDEX removed_rewriting ON removed (id) WHERE is_rewriting;
INSERT INTO removed (id) SELECT 0 WHERE EXISTS (SELECT 1 FROM words_docsize);

-- Removed accounts, folded, with their identities, of which channels may still keep something.
CREATE TABLE leaving_accounts (account TEXT PRIMARY KEY, identity TEXT NOT NULL) WITHOUT ROWID;
`,
  `
-- Up to which message, by id, somebody was in a channel, by its folded name. Of those who are in it, a number below 0: -1
-- minus the id of the last message before they came. The empty name says that somebody is a bot.
CREATE TABLE visits (
  person TEXT NOT NULL, channel TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (person, channel)
) WITHOUT ROWID;
CREATE INDEX visits_by_last ON visits (abs(last));
CREATE INDEX visits_by_channel ON visits (channel);
`,
  `
-- How the names of accounts look, see looks.ts: a row for each skeleton. Accounts without any are given theirs at the start, so
-- whoever changes what a skeleton is empties this table with a migration.
CREATE TABLE account_looks (
  skeleton TEXT NOT NULL, pattern TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (skeleton, pattern, account)
) WITHOUT ROWID;
CREATE INDEX account_looks_by_account ON account_looks (account);
`,
  `
-- Devices (devices.ts): a page or a terminal client that comes back, or an app password, by the hash of its secret. Times in
-- milliseconds since 1970. What its person is given back: the nick, why they were away, and channels with keys as JSON, all
-- as they were at the time left_at.
CREATE TABLE devices (
  hash TEXT PRIMARY KEY, id TEXT NOT NULL, identity TEXT NOT NULL, is_guest INTEGER NOT NULL, is_app INTEGER NOT NULL,
  name TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL, address TEXT NOT NULL, range TEXT NOT NULL,
  nick TEXT NOT NULL, away TEXT, channels TEXT NOT NULL, left_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX devices_by_identity ON devices (identity);
CREATE INDEX devices_by_used ON devices (used) WHERE is_guest;
CREATE INDEX devices_by_range ON devices (range, used) WHERE is_guest;

-- Which names channels had before, folded, until when: a device that comes back may know a channel by such a name.
CREATE TABLE renamed_channels (id INTEGER PRIMARY KEY, before TEXT NOT NULL, after TEXT NOT NULL, time INTEGER NOT NULL);
CREATE INDEX renamed_channels_by_name ON renamed_channels (before, time);

-- What tells this room from others at the same host name: the page's cookie has it in its name. And the key by which the room
-- knows the secrets that it has made.
CREATE TABLE room (id TEXT NOT NULL, key BLOB NOT NULL);
INSERT INTO room VALUES (lower(hex(randomblob(6))), randomblob(32));
`,
  `
-- The owners of the room (owners.ts) by their identities; who named each, "" for whoever knew the secret; and since when, in
-- milliseconds since 1970. And the SHA-256 of the secret by which somebody becomes one.
CREATE TABLE owners (
  identity TEXT PRIMARY KEY, name TEXT NOT NULL, named_by TEXT NOT NULL, since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE owner_secret (id INTEGER PRIMARY KEY CHECK (id = 0), hash TEXT NOT NULL);

-- The operators of channels by their identities, where their accounts stood before. Those of accounts that are being removed
-- go with them.
DELETE FROM channel_items WHERE kind = 'operator' AND item IN (SELECT account FROM leaving_accounts);
UPDATE channel_items SET item = 'account:' || item ||
  coalesce('/' || (SELECT times FROM dropped_accounts WHERE folded = channel_items.item), '') WHERE kind = 'operator';
UPDATE channel_items SET account = item WHERE kind = 'operator';

-- A channel's founder is an item of the kind founder. This finds how many channels somebody has founded.
CREATE INDEX channel_items_by_founder ON channel_items (item) WHERE kind = 'founder';
`,
  `
-- Private messages that were left for identities that are away (left_messages.ts), with the range of addresses that they came
-- from, and how long their texts are.
CREATE TABLE left_messages (id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, range TEXT NOT NULL, bytes INTEGER NOT NULL);
CREATE INDEX left_messages_by_recipient ON left_messages (recipient, range, id, bytes);
CREATE TRIGGER left_message_gone AFTER DELETE ON messages BEGIN DELETE FROM left_messages WHERE id = old.id; END;
`,
  `
-- The rows of devices held the keys of channels. Now they hold what names a key.
UPDATE devices SET channels = (SELECT json_group_array(json_array(value ->> '$[0]')) FROM json_each(devices.channels))
  WHERE CASE WHEN json_valid(channels) THEN json_type(channels) = 'array' AND channels != '[]' END;
`,
  `
-- How a message's text was changed, as JSON: when, and what stood there before. And the messages, by id, whose texts in the
-- search index are not those of now.
ALTER TABLE messages ADD COLUMN edits TEXT;
CREATE TABLE edited_words (id INTEGER PRIMARY KEY);
`,
  `
-- By what masks name a device, which stays the same when it is given another secret; nothing for one with its first secret, of
-- whose hash it is made.
ALTER TABLE devices ADD COLUMN stamp TEXT;
`,
  `
-- The files that people have sent (kept_files.ts); their bytes lie in a folder beside the database. What each is called and is;
-- how many bytes its sender has said, and how many are kept; in pixels; whose it is and from which range of addresses; by which
-- message it was first said; the hash of the token by which it is sent; times in milliseconds since 1970.
CREATE TABLE files (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, length INTEGER NOT NULL, size INTEGER NOT NULL,
  width INTEGER NOT NULL, height INTEGER NOT NULL, owner TEXT NOT NULL, nick TEXT NOT NULL, range TEXT NOT NULL,
  message INTEGER, token TEXT, at INTEGER NOT NULL, until INTEGER NOT NULL, is_whole INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_by_until ON files (until);
`,
  `
-- Which files go with a message, whatever its text has become.
CREATE INDEX files_by_message ON files (message) WHERE message IS NOT NULL;
`,
  `
-- The identity of an account that a guest has made, who had it before; NULL for one that is called after its name.
ALTER TABLE accounts ADD COLUMN identity TEXT;
CREATE UNIQUE INDEX accounts_by_identity ON accounts (identity) WHERE identity IS NOT NULL;
`,
  `
-- Where a message was removed, its row stays, with the command REDACT and without any text. Who removed it and when, as JSON.
ALTER TABLE messages ADD COLUMN removal TEXT;
CREATE TRIGGER left_message_removed AFTER UPDATE OF removal ON messages
  BEGIN DELETE FROM left_messages WHERE id = old.id; END;
`,
  `
-- Whether a private talk has gone on under another nick, and which of its nicks has a message last, is looked up, however many
-- nicks it has had.
DROP INDEX talks_by_conversation;
CREATE INDEX talks_by_conversation ON talks (conversation, identity, last, peer);
`,
  `
-- How many devices of guests there are of each range of addresses, and in all, as the empty range: to count them takes as long
-- as there are many.
CREATE TABLE guest_counts (range TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX guest_counts_by_count ON guest_counts (count) WHERE range != '';
INSERT INTO guest_counts SELECT range, count(*) FROM devices WHERE is_guest AND range != '' GROUP BY range
  UNION ALL SELECT '', count(*) FROM devices WHERE is_guest;
CREATE TRIGGER guest_device_new AFTER INSERT ON devices WHEN new.is_guest BEGIN
  INSERT INTO guest_counts VALUES ('', 1), (new.range, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER guest_device_gone AFTER DELETE ON devices WHEN old.is_guest BEGIN
  UPDATE guest_counts SET count = count - 1 WHERE range IN ('', old.range);
  DELETE FROM guest_counts WHERE range = old.range AND count = 0 AND range != '';
END;
CREATE TRIGGER guest_device_changed AFTER UPDATE OF range, is_guest ON devices
  WHEN new.range != old.range OR new.is_guest != old.is_guest BEGIN
  UPDATE guest_counts SET count = count - 1 WHERE range IN ('', old.range) AND old.is_guest;
  DELETE FROM guest_counts WHERE range = old.range AND count = 0 AND range != '';
  INSERT INTO guest_counts SELECT '', 1 WHERE new.is_guest ON CONFLICT DO UPDATE SET count = count + 1;
  INSERT INTO guest_counts SELECT new.range, 1 WHERE new.is_guest ON CONFLICT DO UPDATE SET count = count + 1;
END;
`,
  `
-- A private talk is found under the last nicks that the other one has had in it: whoever changes theirs all the time would
-- otherwise leave rows without end, which all go in one step with the talk.
CREATE TRIGGER talk_has_nicks AFTER INSERT ON talks BEGIN
  DELETE FROM talks WHERE conversation = new.conversation AND identity = new.identity AND (last, peer) <
    (SELECT last, peer FROM talks WHERE conversation = new.conversation AND identity = new.identity
      ORDER BY last DESC, peer DESC LIMIT 1 OFFSET 15);
END;
`,
  `
-- The times of messages that may be too early, since the clock may have been behind (kept_clock.ts): from one to another, in
-- milliseconds since 1970, and by how much at the most.
CREATE TABLE clock_spans (since INTEGER NOT NULL, until INTEGER NOT NULL, shift INTEGER NOT NULL);
`,
  `
-- Where the clock was set back: the earliest time that it has told since, and the latest that it had told before, in milliseconds
-- since 1970. NULL once it has come as far again.
ALTER TABLE clock ADD COLUMN behind_since INTEGER;
ALTER TABLE clock ADD COLUMN set_back_from INTEGER;
`,
  `
-- By how much the clock was set back, in milliseconds. Bans are kept with the times at which they would end had it not been.
ALTER TABLE clock ADD COLUMN set_back INTEGER NOT NULL DEFAULT 0;
`,
  `
-- Files that are to be kept for longer, since the clock was behind when they came (file_moves.ts): the times at which they came,
-- from one to another in milliseconds since 1970, by how much, and behind which id that is not done yet.
CREATE TABLE file_moves (
  since INTEGER NOT NULL, until INTEGER NOT NULL, shift INTEGER NOT NULL, after TEXT NOT NULL DEFAULT ''
);
`,
];
