/**
 * A database with a long history: 100,000 messages of a channel, more than anybody would read. It is made once, and each
 * test gets a copy.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { History } from "../../server/store/history.ts";
import { channelKey, firstId } from "../../server/store/records.ts";
import { Store } from "../../server/store/store.ts";
import { random } from "../../server/testing.ts";

const MESSAGES = 100_000;

const WORDS = ("the a of to and in that it is was for on are with as his they at be this from have or by one had not " +
  "tea house lantern paper water kettle morning evening garden letter market river mountain window table story").split(
    " ",
  );

let attic: Promise<string> | undefined;

/** Makes it, in a folder that goes with the program. */
async function fill(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "teahouse-attic-" });
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const file = `${folder}/teahouse.db`;
  const store = new Store(file, { onError: (text) => console.error(text) });
  const history = new History(store);
  const next = random(1);
  // A message in each minute, up to now.
  const begin = Date.now() - MESSAGES * 60_000;
  for (let i = 0; i < MESSAGES; i++) {
    let text = "";
    for (const length = 20 + next() * 60; text.length < length;) text += `${WORDS[Math.floor(next() * WORDS.length)]} `;
    const nick = `u${Math.floor(next() * 200)}`;
    history.add({
      id: firstId(begin + i * 60_000),
      conversation: channelKey("#attic"),
      command: "PRIVMSG",
      source: `${nick}!${nick}@127.0.0.1`,
      sender: `guest:${nick}@127.0.0.1`,
      target: "#attic",
      text,
    });
    if (i % 500 === 499) store.flush();
  }
  store.flush();
  history.close();
  await store.close();
  // The thread that copies the log may have had the file open, too, so that closing has left the log as it was.
  using db = new DatabaseSync(file);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return file;
}

/** Puts a copy of the database there. */
export async function copyAttic(file: string): Promise<void> {
  await Deno.copyFile(await (attic ??= fill()), file);
}
