/** Editing what was said: who may, for how long, and what others, the history and a search are told. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { History } from "../store/history.ts";
import { Store } from "../store/store.ts";
import { type Person, Room } from "../testing.ts";

const CAPS =
  "message-tags draft/message-edit draft/message-redaction echo-message draft/chathistory soju.im/search batch";
const HOST = "127.0.0.1";

function fail(text: string): never {
  throw new Error(text);
}

/** A room that keeps what is said, in memory. */
async function withRoom(test: (room: Room, history: History, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:", { onError: fail });
  const history = new History(store, { onError: fail });
  try {
    await using room = new Room({}, {}, { history });
    await test(room, history, store);
  } finally {
    history.close();
    await store.close();
  }
}

/** Says something, and gives its msgid. */
async function says(person: Person, target: string, text: string): Promise<string> {
  await person.send(`PRIVMSG ${target} :${text}`);
  const echo = await person.sees(new RegExp(` PRIVMSG ${target} `));
  return /msgid=(\w+)/.exec(echo)![1];
}

/** What somebody is answered, without the ids of batches and messages. */
async function answers(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return (await person.everything()).map(plain);
}

function plain(line: string): string {
  return line.replaceAll(/((?:batch=|BATCH [+-]))\w+/g, "$1ID").replaceAll(/([@;])msgid=\w+/g, "$1msgid=ID");
}

/** The texts of an answer. */
function texts(lines: string[]): string[] {
  return lines.filter((line) => line.includes(" PRIVMSG ")).map((line) => line.replace(/^.* PRIVMSG \S+ :?/, ""));
}

Deno.test("Who edits gives a message another text: those who know edits are told which, others a line with a star", () =>
  withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    const carol = await room.person("carol", { caps: "message-tags", join: "#tea" });
    const dave = await room.person("dave", { join: "#tea" });
    const id = await says(alice, "#tea", "tea at fuor");
    for (const one of [bob, carol, dave]) await one.everything();
    const told = `@msgid=ID;+draft/edit=${id} :alice!alice@${HOST} PRIVMSG #tea :tea at four`;
    assertEquals(await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :tea at four`), [told]);
    assertEquals((await bob.everything()).map(plain), [told]);
    assertEquals((await carol.everything()).map(plain), [
      `@msgid=ID :alice!alice@${HOST} PRIVMSG #tea :* tea at four`,
    ]);
    assertEquals(await dave.everything(), [`:alice!alice@${HOST} PRIVMSG #tea :* tea at four`]);
    const before = Date.parse("2026-01-01T12:00:00Z");
    room.now += 60_000;
    await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :tea at five`);
    // The history has the message where it was, with its text of now; and what was there before on request.
    const edited = new Date(before + 60_000).toISOString();
    assertEquals(
      await answers(bob, "CHATHISTORY LATEST #tea * 10"),
      [
        `@msgid=ID;+draft/edit=${id} :alice!alice@${HOST} PRIVMSG #tea :tea at five`,
        "@draft/chathistory-end :Tea.local BATCH +ID chathistory #tea",
        `@batch=ID;msgid=ID;teahouse.chat/edited=${edited} :alice!alice@${HOST} PRIVMSG #tea :tea at five`,
        `:Tea.local BATCH -ID`,
      ],
    );
    assertEquals(await answers(bob, `EDITS #tea ${id}`), [
      ":Tea.local BATCH +ID teahouse.chat/edits #tea",
      `@batch=ID :alice!alice@${HOST} PRIVMSG #tea :tea at fuor`,
      `@batch=ID :alice!alice@${HOST} PRIVMSG #tea :tea at four`,
      ":Tea.local BATCH -ID",
    ]);
    assertEquals(texts(await answers(bob, "SEARCH text=fuor")), []);
    assertEquals(texts(await answers(bob, "SEARCH text=five")), ["tea at five"]);
    // Whoever comes later without edits is shown the text of now.
    const eve = await room.person("eve", { caps: "batch" });
    await eve.send("JOIN #tea");
    assert((await eve.everything()).some((line) => line.endsWith("tea at five")));
  }));

Deno.test("A search finds the new text and not the old one, whether the index has taken the message in or not", () =>
  withRoom(async (room, history, store) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const id = await says(alice, "#tea", "oolong from the hills");
    for (let i = 0; i < 600; i++) {
      const text = `something else ${i}`;
      const { id: _, ...record } = history.find(parseInt(id, 36))!;
      history.add({ ...record, id: parseInt(id, 36) + 1 + i, text });
    }
    const count = (sql: string) => store.db.prepare(sql).get()!.n;
    /** Has the store write, and tend the index, until something is so. */
    const written = (isSo: () => boolean) => {
      do store.changed(history); while (store.flush() || !isSo());
    };
    written(() => count(`SELECT count(*) AS n FROM words_docsize WHERE id = ${parseInt(id, 36)}`) === 1);
    assertEquals(texts(await answers(alice, "SEARCH text=oolong")), ["oolong from the hills"]);
    await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :sencha from the coast`);
    const found = async () => [
      texts(await answers(alice, "SEARCH text=oolong")),
      texts(await answers(alice, "SEARCH text=sencha")),
    ];
    assertEquals(await found(), [[], ["sencha from the coast"]]);
    written(() => count("SELECT count(*) AS n FROM edited_words") === 0);
    assertEquals(await found(), [[], ["sencha from the coast"]]);
  }));

Deno.test("Only its author edits a message, there where it was said, while they may talk there", () =>
  withRoom(async (room) => {
    const op = await room.person("op", { caps: CAPS, join: "#tea,#milk" });
    const alice = await room.person("alice", { caps: CAPS, join: "#tea,#milk" });
    const id = await says(alice, "#tea", "mine");
    const edit = (target: string, which = id, tags = "") => `@${tags}+draft/edit=${which} PRIVMSG ${target} :changed`;
    const refused = async (who: Person, line: string, pattern: RegExp) => {
      await op.everything();
      const lines = await answers(who, line);
      assertEquals(lines.length, 1, lines.join("\n"));
      assertMatch(lines[0], pattern);
      if (who !== op) assertEquals(await op.everything(), []);
    };
    await alice.everything();
    await refused(op, edit("#tea"), new RegExp(`FAIL PRIVMSG EDIT_FORBIDDEN #tea ${id} :`));
    await alice.everything();
    await refused(alice, edit("#milk"), new RegExp(`FAIL PRIVMSG UNKNOWN_MSGID #milk ${id} :`));
    await refused(alice, edit("op"), new RegExp(`FAIL PRIVMSG UNKNOWN_MSGID op ${id} :`));
    await refused(alice, edit("@#tea"), /FAIL PRIVMSG UNKNOWN_MSGID @#tea /);
    await refused(alice, edit("#tea", "nosuch"), /FAIL PRIVMSG UNKNOWN_MSGID #tea nosuch :/);
    await refused(alice, edit("#tea", ""), /FAIL PRIVMSG UNKNOWN_MSGID #tea \* :/);
    await refused(
      alice,
      `@+draft/edit=${id} PRIVMSG #tea :\x01VERSION\x01`,
      /FAIL PRIVMSG EDIT_FORBIDDEN #tea /,
    );
    // Nothing is ever answered to a NOTICE, and it changes no PRIVMSG.
    assertEquals(await answers(alice, `@+draft/edit=${id} NOTICE #tea :changed`), []);
    // Tags without a text change nothing, and nobody is told that they would.
    await answers(alice, `@+draft/edit=${id};+draft/react=x TAGMSG #tea`);
    assertEquals((await op.everything()).map(plain), [`@msgid=ID;+draft/react=x :alice!alice@${HOST} TAGMSG #tea`]);
    // Muted, banned, gone.
    await answers(op, "MODE #tea +b m:alice!*@*", "MODE #tea +b alice!*@*");
    await alice.everything();
    await refused(alice, edit("#tea"), / 404 alice #tea /);
    await answers(op, "MODE #tea -b alice!*@*", "MODE #tea -n");
    await alice.everything();
    await answers(op, "KICK #tea alice");
    await alice.everything();
    await refused(alice, edit("#tea"), /FAIL PRIVMSG EDIT_FORBIDDEN #tea /);
    assertEquals(texts(await answers(op, "CHATHISTORY LATEST #tea * 10")), ["mine"]);
    // Without the capability a client can't edit, and whoever takes the nick is somebody else.
    const plainClient = await room.person("carol", {
      caps: "message-tags echo-message draft/chathistory",
      join: "#tea",
    });
    const hers = await says(plainClient, "#tea", "hers");
    assertMatch(
      (await answers(plainClient, edit("#tea", hers)))[0],
      /FAIL PRIVMSG NEED_CAPABILITY draft\/message-edit :/,
    );
  }));

Deno.test("A message can be edited for as long as the room says, and ten times", () =>
  withRoom(async (room) => {
    const alice = await room.stranger("alice");
    await alice.send("CAP LS 302", `CAP REQ :${CAPS}`, "NICK alice", "USER a 0 * :a", "CAP END", "JOIN #tea");
    assert((await alice.everything()).some((line) => line.includes(" draft/message-edit=max-edits=10,max-age=3600 ")));
    const id = await says(alice, "#tea", "first");
    const old = await says(alice, "#tea", "old");
    for (let i = 1; i <= 10; i++) await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :version ${i}`);
    assertMatch(
      (await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :version 11`))[0],
      new RegExp(`FAIL PRIVMSG EDIT_LIMIT_REACHED #tea ${id} 10 :`),
    );
    assertEquals(texts(await answers(alice, `EDITS #tea ${id}`)).slice(0, 2), ["first", "version 1"]);
    room.now += 3_600_000;
    assertEquals((await answers(alice, `@+draft/edit=${old} PRIVMSG #tea :just in time`)).length, 1);
    room.now += 1;
    assertMatch(
      (await answers(alice, `@+draft/edit=${old} PRIVMSG #tea :too late`))[0],
      new RegExp(`FAIL PRIVMSG EDIT_WINDOW_EXPIRED #tea ${old} 3600 :`),
    );
  }));

Deno.test("The time for editing goes on, and no longer, though the clock is set back, or was ahead", () =>
  withRoom(async (room) => {
    const day = 86_400_000;
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const pass = (minutes: number) => {
      for (let i = 0; i < minutes; i++) {
        room.now += 60_000;
        room.chat.expire();
      }
    };
    const set = (by: number) => {
      room.now += by;
      room.set += by;
      room.chat.expire();
    };
    const edit = async (id: string) => (await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :again`))[0];
    const before = await says(alice, "#tea", "before");
    pass(30);
    set(-day);
    const after = await says(alice, "#tea", "after");
    pass(29);
    assertMatch(await edit(before), / PRIVMSG #tea :again$/);
    pass(3);
    assertMatch(await edit(before), / EDIT_WINDOW_EXPIRED /);
    assertMatch(await edit(after), / PRIVMSG #tea :again$/);
    pass(30);
    assertMatch(await edit(after), / EDIT_WINDOW_EXPIRED /);
    set(day);
    const ahead = await says(alice, "#tea", "ahead");
    set(-day);
    pass(59);
    assertMatch(await edit(ahead), / PRIVMSG #tea :again$/);
    pass(3);
    assertMatch(await edit(ahead), / EDIT_WINDOW_EXPIRED /);
  }));

Deno.test("Where the room allows no edits, or keeps nothing, there is no such capability", async () => {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    await using room = new Room({}, {}, { history, editFor: 0 });
    const alice = await room.stranger("alice");
    assertEquals((await answers(alice, "CAP REQ draft/message-edit"))[0], ":Tea.local CAP * NAK draft/message-edit");
  }
  {
    await using room = new Room();
    const alice = await room.stranger("alice");
    assertEquals((await answers(alice, "CAP REQ draft/message-edit"))[0], ":Tea.local CAP * NAK draft/message-edit");
  }
  history.close();
  await store.close();
});

Deno.test("What is removed can't be edited, and all that it said goes with it, from the file as well", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tea.db`;
  const store = new Store(file, { onError: fail });
  const history = new History(store, { onError: fail });
  try {
    await using room = new Room({}, {}, { history });
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const id = await says(alice, "#tea", "secretone");
    while (store.flush());
    await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :secrettwo`, `@+draft/edit=${id} PRIVMSG #tea :secretthree`);
    await answers(alice, `REDACT #tea ${id}`);
    assertMatch((await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :back`))[0], /FAIL PRIVMSG UNKNOWN_MSGID #tea /);
    assertMatch((await answers(alice, `EDITS #tea ${id}`))[0], /FAIL EDITS UNKNOWN_MSGID #tea /);
    assertEquals(texts(await answers(alice, "CHATHISTORY LATEST #tea * 10")), []);
    await room.close();
  } finally {
    history.close();
    await store.close();
  }
  const bytes = new TextDecoder("latin1").decode(await Deno.readFile(file));
  for (const text of ["secretone", "secrettwo", "secretthree"]) assert(!bytes.includes(text), text);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("A message of several lines can be edited, and made one or become one", () =>
  withRoom(async (room) => {
    const caps = `${CAPS} draft/multiline`;
    const alice = await room.person("alice", { caps, join: "#tea" });
    const bob = await room.person("bob", { caps, join: "#tea" });
    const dave = await room.person("dave", { join: "#tea" });
    const id = await says(alice, "#tea", "one line");
    for (const one of [alice, bob, dave]) await one.everything();
    const batch = (lines: string[]) => [
      `@+draft/edit=${id} BATCH +1 draft/multiline #tea`,
      ...lines.map((text) => `@batch=1 PRIVMSG #tea :${text}`),
      "BATCH -1",
    ];
    await answers(alice, ...batch(["first", "", "third"]));
    const [open, ...rest] = (await bob.everything()).map(plain);
    assertEquals(open, `@msgid=ID;+draft/edit=${id} :alice!alice@${HOST} BATCH +ID draft/multiline #tea`);
    assertEquals(texts(rest), ["first", "", "third"]);
    assertEquals(texts(await dave.everything()), ["* first", "third"]);
    await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :one again`);
    assertEquals(texts(await answers(bob, "CHATHISTORY LATEST #tea * 10")).at(-1), "one again");
    assertEquals(texts(await answers(bob, `EDITS #tea ${id}`)), ["one line", "first", "", "third"]);
    // A text that fits with no star before it is cut for nobody.
    const long = "x".repeat(512 - 2 - `:alice!alice@${HOST} PRIVMSG #tea :`.length);
    await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :${long}`);
    await dave.sees(/one again/);
    assertEquals(texts(await dave.everything()).join(""), `* ${long}`);
    // What somebody does stays that.
    await answers(alice, `@+draft/edit=${id} PRIVMSG #tea :\x01ACTION waves\x01`);
    assertEquals(texts(await dave.everything()), ["\x01ACTION * waves\x01"]);
  }));

Deno.test("A private message is edited in its talk alone, and both read the text of now", () =>
  withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    const bob = await room.person("bob", { caps: CAPS });
    const carol = await room.person("carol", { caps: CAPS });
    const id = await says(alice, "bob", "at fuor");
    await bob.everything();
    assertMatch((await answers(alice, `@+draft/edit=${id} PRIVMSG carol :x`))[0], /FAIL PRIVMSG UNKNOWN_MSGID carol /);
    assertMatch((await answers(bob, `@+draft/edit=${id} PRIVMSG alice :x`))[0], /FAIL PRIVMSG EDIT_FORBIDDEN alice /);
    assertMatch((await answers(carol, `EDITS bob ${id}`))[0], /FAIL EDITS UNKNOWN_MSGID bob /);
    await answers(alice, `@+draft/edit=${id} PRIVMSG bob :at four`);
    assertEquals((await bob.everything()).map(plain), [
      `@msgid=ID;+draft/edit=${id} :alice!alice@${HOST} PRIVMSG bob :at four`,
    ]);
    assertEquals(texts(await answers(bob, "CHATHISTORY LATEST alice * 10")), ["at four"]);
    assertEquals(texts(await answers(bob, `EDITS alice ${id}`)), ["at fuor"]);
    assertEquals(await carol.everything(), []);
  }));

Deno.test("An edit keeps the message's own tags, whatever tags it has itself", () =>
  withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    const asked = await says(bob, "#tea", "when?");
    await alice.everything();
    await alice.send(`@+draft/reply=${asked} PRIVMSG #tea :at fuor`);
    const id = /msgid=(\w+)/.exec(await alice.sees(/ PRIVMSG #tea /))![1];
    await bob.everything();
    await answers(alice, `@+draft/edit=${id};+draft/reply=other;+x=y PRIVMSG #tea :at four`);
    const [line] = await bob.everything();
    assert(line.includes(`;+draft/reply=${asked};`) && line.includes(`+draft/edit=${id}`), line);
    assert(!line.includes("+x"), line);
  }));

Deno.test("What a message that is left for somebody says is what they are told on return, and its length counts", () =>
  withRoom(async (_room, history) => {
    await Promise.resolve();
    const { left } = history;
    left.add({ id: 7, recipient: "account:bob", range: "a", bytes: 4 });
    left.resize(7, 400);
    assertEquals(left.amount("account:bob"), { count: 1, bytes: 400 });
    left.resize(8, 400);
    assertEquals(left.amount("account:bob"), { count: 1, bytes: 400 });
  }));
