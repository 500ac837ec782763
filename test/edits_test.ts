/** What the store does with edited messages while it has no time for them. */

import { assertEquals } from "@std/assert";
import { PendingMessages } from "../server/store/pending.ts";
import { edited } from "../server/store/records.ts";
import { Kept } from "../server/store/testing.ts";

Deno.test("Until the search index has an edited message's new text, a search looks at the message itself", async () => {
  await using kept = new Kept();
  const { db } = kept.store;
  const id = kept.say("oolong from the hills");
  for (let i = 0; i < 600; i++) kept.say(`something else ${i}`);
  const indexed = db.prepare("SELECT count(*) AS n FROM words_docsize WHERE id = ?");
  do kept.store.changed(kept.history); while (kept.store.flush() || indexed.get(id)!.n === 0);
  // As it is while the index has no time for it.
  db.exec(`UPDATE messages SET text = 'sencha from the coast' WHERE id = ${id}`);
  assertEquals([kept.found("oolong"), kept.found("sencha")], [[], []]);
  db.exec(`INSERT INTO edited_words VALUES (${id})`);
  assertEquals([kept.found("oolong"), kept.found("sencha")], [[], ["sencha from the coast"]]);
});

Deno.test("A change that waits to be written goes with its message", async () => {
  await using kept = new Kept();
  const id = kept.say("before");
  const pending = new PendingMessages();
  pending.edit(edited(kept.history.find(id)!, "after", kept.now));
  assertEquals([pending.find(id)?.text, pending.size], ["after", 1]);
  assertEquals(pending.takeOut(id), false);
  assertEquals([pending.find(id), pending.size], [undefined, 0]);
});
