/** What is said to the operators of a channel (STATUSMSG): it is kept for those of them who come later, and for nobody else. */

import { assertEquals } from "@std/assert";
import { KeptChannels } from "../server/store/channels.ts";
import { History } from "../server/store/history.ts";
import { Store } from "../server/store/store.ts";
import { type Person, quickAccounts, Room } from "../server/testing.ts";

const CAPS = "draft/chathistory draft/message-redaction draft/channel-rename soju.im/search batch message-tags";

/** A room that keeps what is said, for one test. */
async function withRoom(test: (room: Room, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    const parts = { history, store, accounts: quickAccounts(store), keptChannels: new KeptChannels(store) };
    await using room = new Room({}, {}, parts);
    await test(room, store);
  }
  history.close();
  await store.close();
}

/** Somebody with an account who founds a channel. */
async function founder(room: Room, nick: string): Promise<Person> {
  const person = await room.person(nick, { caps: CAPS });
  await person.send("REGISTER * * opensesame");
  await person.sees(/ REGISTER SUCCESS /);
  await person.send("JOIN #tea");
  await person.everything();
  return person;
}

/** Somebody who was in the room before, and comes back to the channel. */
async function back(room: Room, account: string): Promise<Person> {
  const person = await room.person(account, { caps: `${CAPS} sasl` });
  await person.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0${account}\0opensesame`)}`);
  await person.sees(/ 903 /);
  await person.send("JOIN #tea");
  await person.everything();
  return person;
}

/** What somebody is given of what was said in a channel: the names and texts. */
async function read(person: Person, channel = "#tea", command = "CHATHISTORY LATEST #tea * 50"): Promise<string[]> {
  await person.send(command.replace("#tea", channel));
  const lines = await person.everything();
  return lines.flatMap((line) => / (?:PRIVMSG|NOTICE) (@?#\S+ :.*)$/.exec(line)?.[1] ?? []);
}

Deno.test("What is said to the operators of a channel while none is there is read by those who come back, and by nobody else", async () => {
  await withRoom(async (room) => {
    const alice = await founder(room, "alice");
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    await alice.send("QUIT");
    await bob.sees(/ QUIT /);
    await bob.send(
      "PRIVMSG #tea :hello",
      "NOTICE @#tea :mallory is rude",
      "NOTICE +#tea :the voiced",
      "PRIVMSG #tea :bye",
    );
    assertEquals(await read(bob), ["#tea :hello", "#tea :bye"]);
    const returned = await back(room, "alice");
    const all = ["#tea :hello", "@#tea :mallory is rude", "#tea :bye"];
    assertEquals(await read(returned), all);
    assertEquals(await read(returned, "#tea", "SEARCH in=#tea;text=rude"), ["@#tea :mallory is rude"]);
    assertEquals(await read(bob, "#tea", "SEARCH in=#tea;text=rude"), []);
    // Who is made operator reads it, for as long as they are.
    await bob.send("REGISTER * * opensesame");
    await bob.sees(/ REGISTER SUCCESS /);
    await returned.send("MODE #tea +o bob");
    await bob.sees(/ MODE #tea \+o bob$/);
    assertEquals(await read(bob), all);
    await returned.send("MODE #tea -o bob");
    await bob.sees(/ MODE #tea -o bob$/);
    assertEquals(await read(bob), ["#tea :hello", "#tea :bye"]);
    await returned.send("PART #tea");
    assertEquals(await read(returned), []);
  });
});

Deno.test("Who is operator only since nobody else was in reads nothing that was said to operators before", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    await bob.send("NOTICE @#tea :mallory is rude");
    await alice.sees(/ NOTICE @#tea :mallory is rude$/);
    for (const person of [alice, bob]) await person.send("PART #tea");
    await bob.sees(/:bob\S* PART #tea/);
    await alice.sees(/:alice\S* PART #tea/);
    const mallory = await room.person("mallory", { caps: CAPS, join: "#tea" });
    await mallory.send("NAMES #tea");
    await mallory.sees(/ 353 mallory = #tea :@mallory$/);
    assertEquals(await read(mallory), []);
  });
});

Deno.test("Who founds a channel by finding it empty reads nothing that was said to the operators of before, by whatever way", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const carol = await room.person("carol", { caps: CAPS, join: "#tea" });
    await carol.send("NOTICE @#tea :mallory is rude");
    await alice.sees(/ NOTICE @#tea :mallory is rude$/);
    // Whoever is operator for the moment makes somebody one who lasts.
    const mallory = await founder(room, "mallory");
    await alice.send("MODE #tea +o mallory");
    await mallory.sees(/ MODE #tea \+o mallory$/);
    assertEquals(await read(mallory), []);
    await carol.send("NOTICE @#tea :still rude");
    await mallory.sees(/ NOTICE @#tea :still rude$/);
    assertEquals(await read(mallory), ["@#tea :still rude"]);
    // It is nobody's again, and somebody else founds it.
    await mallory.send("MODE #tea -o mallory");
    await mallory.sees(/ MODE #tea -o mallory$/);
    for (const person of [alice, carol, mallory]) {
      await person.send("PART #tea");
      await person.sees(/ PART #tea/);
      await person.everything();
    }
    const eve = await founder(room, "eve");
    await eve.send("NAMES #tea");
    await eve.sees(/ 353 eve = #tea :@eve$/);
    assertEquals(await read(eve), []);
  });
});

Deno.test("The only operator goes on reading it when their device becomes an account's", async () => {
  await withRoom(async (room) => {
    const robert = await room.person("robert", { caps: CAPS });
    await robert.send("REGISTER * * opensesame");
    await robert.sees(/ REGISTER SUCCESS /);
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.stranger("bob");
    await bob.send(`CAP REQ :teahouse.chat/device sasl ${CAPS}`, "DEVICE NEW");
    await bob.sees(/ DEVICE SECRET /);
    await bob.send("NICK bob", "USER bob 0 * :bob", "CAP END", "JOIN #tea");
    await alice.sees(/:bob\S* JOIN #tea/);
    await alice.send("MODE #tea +o bob");
    await bob.sees(/ MODE #tea \+o bob$/);
    await alice.send("NOTICE @#tea :mallory is rude");
    await bob.sees(/ NOTICE @#tea :mallory is rude$/);
    await bob.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0robert\0opensesame")}`);
    await bob.sees(/ 903 /);
    await bob.everything();
    assertEquals(await read(bob), ["@#tea :mallory is rude"]);
  });
});

Deno.test("An operator removes what was said to the operators, and no other member is told so", async () => {
  await withRoom(async (room) => {
    const alice = await founder(room, "alice");
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    await bob.send("NOTICE @#tea :mallory is rude");
    const [, id] = /msgid=(\w+)/.exec(await alice.sees(/ NOTICE @#tea :mallory is rude$/))!;
    await bob.send(`REDACT #tea ${id}`);
    await bob.sees(/ FAIL REDACT UNKNOWN_MSGID #tea /);
    await alice.send(`REDACT #tea ${id}`);
    await alice.sees(new RegExp(`^\\S* ?:alice\\S+ REDACT #tea ${id}$`));
    assertEquals(await bob.everything(), []);
    assertEquals(await read(alice), []);
  });
});

Deno.test("What was said to the operators goes along with a channel that is renamed, and nobody takes its name meanwhile", async () => {
  await withRoom(async (room, store) => {
    const alice = await founder(room, "alice");
    await alice.send("NOTICE @#tea :mallory is rude", "RENAME #tea #milk");
    await alice.sees(/ RENAME #tea #milk/);
    assertEquals(await read(alice, "#milk"), ["@#milk :mallory is rude"]);
    store.flush();
    const bob = await room.person("bob", { caps: CAPS, join: "#bread" });
    await alice.send("PART #milk");
    await alice.everything();
    await bob.send("RENAME #bread #milk");
    await bob.sees(/ FAIL RENAME CHANNEL_NAME_IN_USE #bread #milk /);
  });
});
