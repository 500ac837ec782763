/** DEVICE and DEVICES: who comes back by a device, what is given back, and what an app password may and may not do. */

import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import type { Clock } from "../auth/attempt_queue.ts";
import { Guesses } from "../auth/guesses.ts";
import { KeptChannels } from "../store/channels.ts";
import { History } from "../store/history.ts";
import { Markers } from "../store/markers.ts";
import { StoreError } from "../store/errors.ts";
import { Store } from "../store/store.ts";
import { Visits } from "../store/visits.ts";
import { nextTurn } from "../turns/loop.ts";
import { KeptSecrets, type Person, quickAccounts, Room, sessionOf } from "../testing.ts";

const CAPS = "teahouse.chat/device";

/** Each client keeps the secret that it was told last. */
const kept = new KeptSecrets();

/** A room that keeps everything, for one test. The clock of guesses is the test's, and does not go on by itself. */
async function withRoom(test: (room: Room, store: Store, clock: Clock & { ms: number }) => Promise<void>) {
  const store = new Store(":memory:");
  const history = new History(store);
  const clock = {
    ms: 0,
    now: () => clock.ms,
    after(wait: number, act: () => void) {
      const timer = setTimeout(() => {
        clock.ms += wait;
        act();
      });
      return () => clearTimeout(timer);
    },
  };
  {
    await using room = new Room({}, {}, {
      accounts: quickAccounts(store),
      keptChannels: new KeptChannels(store),
      markers: new Markers(store),
      visits: new Visits(store, 0),
      guesses: new Guesses(clock),
      store,
      history,
    });
    await test(room, store, clock);
  }
  history.close();
  await store.close();
}

/** Someone who has asked for a device, and has not come in yet; with its secret. */
async function withNewDevice(room: Room, name = ":laptop"): Promise<{ person: Person; secret: string }> {
  const person = await room.stranger();
  await person.send(`CAP REQ :${CAPS} batch`, `DEVICE NEW ${name}`);
  const [, secret] = / DEVICE SECRET (\S+)$/.exec(await person.sees(/ DEVICE SECRET /))!;
  kept.note(secret, person);
  return { person, secret };
}

/** Someone who comes back by a device, and has not come in yet. @param secret The one that the device had first. */
async function resuming(room: Room, secret: string, caps = ""): Promise<Person> {
  const person = await room.stranger();
  await person.send(`CAP REQ :${CAPS} batch ${caps}`, `DEVICE RESUME ${kept.of(secret)}`);
  kept.note(secret, person);
  return person;
}

/** Comes in. */
async function enters(person: Person, nick: string): Promise<void> {
  await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "CAP END");
  await person.sees(/ (422|376) /);
}

/** Leaves, and waits until the room has noticed. */
async function leaves(person: Person): Promise<void> {
  await person.send("QUIT");
  await person.rest();
}

/** Someone who has come in by a new device. */
async function guest(room: Room, nick: string): Promise<{ person: Person; secret: string }> {
  const { person, secret } = await withNewDevice(room);
  await enters(person, nick);
  await person.everything();
  return { person, secret };
}

/** Someone who has come back by a device, into what they had. */
async function returns(room: Room, secret: string, nick: string, caps = ""): Promise<Person> {
  const person = await resuming(room, secret, caps);
  await person.sees(/ DEVICE OK /);
  await enters(person, nick);
  return person;
}

async function registers(person: Person, password = "opensesame"): Promise<void> {
  await person.send(`REGISTER * * ${password}`);
  await person.sees(/ REGISTER SUCCESS /);
  await person.everything();
}

/** Logs in by SASL PLAIN, and gives the numeric that ends it. */
async function logsIn(person: Person, name: string, password: string): Promise<string> {
  await person.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0${name}\0${password}`)}`);
  return / (90[34]) /.exec(await person.sees(/ 90[34] /))![1];
}

/** The account of somebody who has come by an app password, with its secret and id. */
async function appPassword(person: Person, name = "WeeChat"): Promise<{ id: string; secret: string }> {
  await person.send(`DEVICES ADD :${name}`);
  const [, id, secret] = / DEVICES SECRET (\S+) (\S+) :?/.exec(await person.sees(/ DEVICES SECRET /))!;
  return { id, secret };
}

/** What DEVICES LIST says, without the times. */
async function listed(person: Person): Promise<string[]> {
  await person.send("DEVICES LIST");
  const lines: string[] = [];
  for (;;) {
    const line = await person.sees(/ DEVICES (LIST|END) /);
    if (line.includes(" END ")) return lines;
    lines.push(line.replace(/^.* LIST \S+ \S+ /, "").replace(/ :/, " "));
  }
}

/** The texts that a person is shown of a private talk. */
async function past(person: Person, nick: string): Promise<string[]> {
  await person.send("CAP REQ :draft/chathistory batch", `CHATHISTORY LATEST ${nick} * 10`);
  const lines = await person.everything();
  return lines.flatMap((line) => / PRIVMSG \S+ :?(.*)$/.exec(line)?.[1] ?? []);
}

Deno.test("a guest comes back by a device: private talks, read markers and the past are theirs", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret } = await guest(room, "alice");
    const bob = await room.person("bob");
    await bob.send("PRIVMSG alice :a secret");
    await alice.sees(/a secret$/);
    await alice.send("CAP REQ draft/read-marker", "MARKREAD bob timestamp=2026-01-01T11:00:00.000Z");
    await alice.sees(/ MARKREAD bob /);
    await leaves(alice);
    const again = await resuming(room, secret, "draft/read-marker draft/chathistory server-time");
    assertMatch(await again.sees(/ DEVICE OK /), / DEVICE OK alice$/);
    await enters(again, "alicia");
    assertEquals(await past(again, "bob"), ["a secret"]);
    await again.send("MARKREAD bob");
    await again.sees(/ MARKREAD bob timestamp=2026-01-01T11:00:00\.000Z$/);
    await again.send(
      "CHATHISTORY TARGETS timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 10",
    );
    await again.sees(/ CHATHISTORY TARGETS bob /);
  });
});

Deno.test("two at one address, of one nick, never see each other's private past", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret } = await guest(room, "alice");
    const bob = await room.person("bob");
    await bob.send("PRIVMSG alice :for the first alice");
    await alice.sees(/first alice$/);
    await leaves(alice);
    const { person: other } = await guest(room, "alice");
    assertEquals(await past(other, "bob"), []);
    await bob.send("PRIVMSG alice :for the other alice");
    await other.sees(/other alice$/);
    await leaves(other);
    const plain = await room.person("alice", { caps: "draft/chathistory batch" });
    assertEquals(await past(plain, "bob"), [], "a client without a device");
    await leaves(plain);
    assertEquals(await past(await returns(room, secret, "alice"), "bob"), ["for the first alice"]);
  });
});

Deno.test("a device brings back away and channels with their keys, but for those that keep the person out", async () => {
  await withRoom(async (room) => {
    const op = await room.person("op", { join: "#open,#locked,#banned,#closed,#seated,#old,#left" });
    const { person: alice, secret } = await guest(room, "alice");
    await op.send("MODE #locked +k sesame", "MODE #seated +i", "INVITE alice #seated");
    await alice.sees(/ INVITE alice /);
    await alice.send(
      "JOIN #open,#banned,#closed,#seated,#old,#left",
      "JOIN #locked sesame",
      "PART #left",
      "AWAY :tea time",
    );
    await alice.everything();
    await leaves(alice);
    await op.send("MODE #banned +b *!*@127.0.0.1", "MODE #closed +i");
    await op.send("CAP REQ draft/channel-rename", "RENAME #old #new");
    await op.everything();
    const again = await returns(room, secret, "alice");
    const lines = await again.everything();
    const joined = lines.flatMap((line) => /^:alice!\S+ JOIN (\S+)$/.exec(line)?.[1] ?? []).sort();
    assertEquals(joined, ["#locked", "#new", "#open", "#seated"]);
    assert(lines.some((line) => / 306 alice /.test(line)));
    assertEquals(room.chat.find("alice")!.away, "tea time");
    assert(lines.some((line) => / 474 alice #banned /.test(line)), "why it stays closed is said");
    assert(lines.some((line) => / 473 alice #closed /.test(line)));
  });
});

/** Resolves when something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

/** Has the session that connected last wait after each step of long work. */
function goSlowly(room: Room, turn: () => Promise<void> = nextTurn): void {
  [...room.sessions].at(-1)!.pace = { turn, slice: (step) => step() };
}

Deno.test("a device's row has no channel's key, and the device comes back past the key that its person knew", async () => {
  await withRoom(async (room, store) => {
    const op = await room.person("op", { join: "#locked,#other" });
    await op.send("MODE #locked +k sesame", "MODE #other +k barley");
    await op.everything();
    const { person: alice, secret } = await guest(room, "alice");
    await alice.send("JOIN #locked,#other sesame,barley");
    await alice.everything();
    // While she is in, she is told each new key.
    await op.send("MODE #locked +k poppyseed");
    await alice.sees(/ MODE #locked \+k poppyseed$/);
    await leaves(alice);
    store.flush();
    const [row] = store.db.prepare("SELECT channels FROM devices").all();
    assertEquals(/sesame|poppyseed|barley/.test(row.channels as string), false);
    // Another key of the same name as before is another key, of which she was told nothing.
    await op.send("MODE #other -k x", "MODE #other +k barley");
    await op.everything();
    const lines = await (await returns(room, secret, "alice")).everything();
    assert(lines.some((line) => /^:alice!\S+ JOIN #locked$/.test(line)));
    assert(lines.some((line) => / 475 alice #other /.test(line)));
  });
});

Deno.test("who is cut off while they are brought back keeps the channels that were still to come", async () => {
  await withRoom(async (room) => {
    const names = Array.from({ length: 20 }, (_, i) => `#tea${i}`);
    const op = await room.person("op", { join: names.join(",") });
    await op.send("MODE #tea19 +k sesame");
    await op.everything();
    const { person: alice, secret } = await guest(room, "alice");
    await alice.send(`JOIN ${names.join(",")} ${",".repeat(19)}sesame`);
    await alice.everything();
    await leaves(alice);
    const third = room.chat.channels.get("#tea3")!;
    const { add } = third;
    // The connection ends in the step in which she comes into the fourth.
    third.add = (...params) => {
      add.apply(third, params);
      third.add = add;
      queueMicrotask(() => sessionOf(room.chat, "alice").close("gone", true));
    };
    const person = await resuming(room, secret);
    await person.sees(/ DEVICE OK /);
    goSlowly(room);
    await person.send("NICK alice", "USER alice 0 * :alice", "CAP END");
    const cut = await person.rest();
    assert(cut.some((line) => / JOIN #tea3$/.test(line)) && !cut.some((line) => / JOIN #tea5$/.test(line)));
    assertEquals(room.chat.find("alice"), undefined);
    const again = await returns(room, secret, "alice");
    const lines = await again.everything();
    const joined = lines.flatMap((line) => /^:alice!\S+ JOIN (\S+)$/.exec(line)?.[1] ?? []);
    assertEquals(joined.sort(), names.sort());
  });
});

Deno.test("where the tab that brings somebody back ends, another one goes on", async () => {
  await withRoom(async (room) => {
    const names = Array.from({ length: 20 }, (_, i) => `#tea${i}`);
    await room.person("op", { join: names.join(",") });
    const { person: alice, secret } = await guest(room, "alice");
    await alice.send(`JOIN ${names.join(",")}`);
    await alice.everything();
    await leaves(alice);
    const third = room.chat.channels.get("#tea3")!;
    const { add } = third;
    const { promise: isThere, resolve: thirdIsThere } = Promise.withResolvers<void>();
    const other = await resuming(room, secret);
    await other.sees(/ DEVICE OK /);
    const one = await resuming(room, secret);
    await one.sees(/ DEVICE OK /);
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
    let gate: Promise<void> | undefined;
    goSlowly(room, () => gate ?? nextTurn());
    third.add = (...params) => {
      add.apply(third, params);
      third.add = add;
      thirdIsThere();
      gate = mayGoOn;
    };
    await one.send("NICK alice", "USER alice 0 * :alice", "CAP END");
    await isThere;
    const first = sessionOf(room.chat, "alice");
    await other.send("NICK alice", "USER alice 0 * :alice", "CAP END");
    await other.sees(/ 422 /);
    first.close("gone", true);
    goOn();
    const joined = new Set<string>();
    while (joined.size < names.length) joined.add(/ JOIN (\S+)$/.exec(await other.sees(/^:alice!\S+ JOIN /))![1]);
    assertEquals([...joined].sort(), names.sort());
  });
});

Deno.test("what somebody has is kept soon after it changes, so that it comes back if the server is killed", async () => {
  await withRoom(async (room) => {
    const { person: alice } = await guest(room, "alice");
    const kept = () => room.chat.devices!.belongingsOf(room.chat.find("alicia")?.identity ?? "");
    await alice.send("JOIN #tea,#milk", "PART #milk", "AWAY :tea time", "NICK alicia", "JOIN #locked");
    await alice.sees(/ 366 alicia #locked /);
    await until(() => kept()?.channels.length === 2);
    assertEquals(kept()!.channels.map(({ name }) => name), ["#tea", "#locked"]);
    assertEquals([kept()!.nick, kept()!.away], ["alicia", "tea time"]);
    // Keys are told to those who are in, so they are noted anew.
    await alice.send("MODE #locked +k sesame", "AWAY");
    await until(() => kept()!.away === undefined);
    const { keyId } = room.chat.channels.find("#locked")!;
    assertEquals(kept()!.channels[1], { name: "#locked", keyId });
  });
});

Deno.test("whoever changes what comes back with a device asks for the storage first, as whoever talks does", async () => {
  await withRoom(async (room) => {
    const { person: alice } = await guest(room, "alice");
    const bob = await room.person("bob");
    const asked: string[] = [];
    for (const nick of ["alice", "bob"]) {
      const session = sessionOf(room.chat, nick);
      session.affords = (bytes) => void asked.push(`${nick} ${bytes > 0}`);
    }
    for (const [person, renamed] of [[alice, "alicia"], [bob, "bobby"]] as const) {
      await person.send("AWAY :tea", `NICK ${renamed}`);
      await person.everything();
    }
    assertEquals(asked, ["alice true", "alice true"]);
  });
});

Deno.test("a key that was changed meanwhile keeps a device out, and that is no guess", async () => {
  await withRoom(async (room) => {
    const op = await room.person("op", { join: "#locked" });
    await op.send("MODE #locked +k sesame");
    const { person: alice, secret } = await guest(room, "alice");
    await alice.send("JOIN #locked sesame");
    await alice.everything();
    await leaves(alice);
    await op.send("MODE #locked +k other");
    await op.everything();
    const again = await returns(room, secret, "alice");
    await again.sees(/ 475 alice #locked /);
    assertEquals(sessionOf(room.chat, "alice").wrongGuesses, 0);
  });
});

Deno.test("an unknown secret is refused and counted, and a device is named before coming in and logging in", async () => {
  await withRoom(async (room) => {
    const alice = await resuming(room, "A".repeat(43));
    assertEquals(
      await alice.sees(/ FAIL /),
      ":Tea.local FAIL DEVICE INVALID_SECRET :No device has that secret, or it was signed out",
    );
    await alice.send("DEVICE STATUS", "DEVICE NEW", "DEVICE NEW");
    await alice.sees(":Tea.local DEVICE NONE");
    await alice.sees(/ DEVICE SECRET /);
    await alice.sees(/ FAIL DEVICE DEVICE_KNOWN /);
    await enters(alice, "alice");
    assertEquals(sessionOf(room.chat, "alice").wrongGuesses, 1);
    await alice.send("DEVICE STATUS", "DEVICE NEW");
    await alice.sees(":Tea.local DEVICE OK alice");
    await alice.sees(/ FAIL DEVICE COMPLETE_REGISTRATION /);
    const bob = await room.person("bob");
    await bob.send("DEVICE NEW");
    await bob.sees(/ FAIL DEVICE NEED_CAPABILITY /);
  });
});

Deno.test("a device of which nobody came in is nowhere", async () => {
  await withRoom(async (room, store) => {
    const { person, secret } = await withNewDevice(room);
    await leaves(person);
    store.flush();
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM devices").get()!.n, 0);
    await (await resuming(room, secret)).sees(/ INVALID_SECRET /);
  });
});

/** Makes an account by a client without a device, which leaves. */
async function makesAccount(room: Room, nick: string): Promise<void> {
  const person = await room.person(nick);
  await registers(person);
  await leaves(person);
}

Deno.test("logging in gives the device to the account, and logging out makes it a guest whom nobody knows", async () => {
  await withRoom(async (room) => {
    await makesAccount(room, "alice");
    const { person: alice, secret } = await guest(room, "alice");
    const before = room.chat.find("alice")!.identity;
    assertMatch(before, /^device:/);
    assertEquals(await logsIn(alice, "alice", "opensesame"), "903");
    const person = room.chat.find("alice")!;
    assertEquals([person.identity, person.sharedKey], ["account:alice", "account:alice"]);
    await leaves(alice);
    const again = await resuming(room, secret);
    await again.sees(/ 900 \* \* alice :You are now logged in as alice$/);
    await again.sees(":Tea.local DEVICE OK alice alice");
    await enters(again, "alice");
    await again.everything();
    assertEquals(room.chat.find("alice")!.account, "alice");
    await again.send("PASSWD :other word");
    await again.sees(/ FAIL PASSWD NEED_LOGIN /);
    await again.send("NS LOGOUT");
    await again.sees(/ 901 alice /);
    await again.sees(/not logged in as alice any more$/);
    const { identity, account, sharedKey } = room.chat.find("alice")!;
    assertEquals([account, sharedKey], [undefined, identity]);
    assertMatch(identity, /^device:/);
    assertNotEquals(identity, before);
    await leaves(again);
    const third = await resuming(room, secret);
    assertEquals(await third.sees(/ DEVICE OK /), ":Tea.local DEVICE OK alice");
    await enters(third, "ally");
    assertEquals(room.chat.find("ally")!.identity, identity);
  });
});

Deno.test("what a guest said in private before logging in at a device is not the account's", async () => {
  await withRoom(async (room) => {
    const bob = await room.person("bob");
    await makesAccount(room, "alice");
    const { person: alice } = await guest(room, "alice");
    await bob.send("PRIVMSG alice :for the guest");
    await alice.sees(/for the guest$/);
    assertEquals(await logsIn(alice, "alice", "opensesame"), "903");
    assertEquals(await past(alice, "bob"), []);
  });
});

Deno.test("a guest who makes an account goes on as the same person: talks, lines, markers and what is left for them", async () => {
  await withRoom(async (room, store) => {
    const bob = await room.person("bob", { join: "#tea" });
    const { person: alice, secret } = await guest(room, "alice");
    await alice.send("CAP REQ :draft/read-marker message-tags draft/message-redaction echo-message", "JOIN #tea");
    await alice.send("MARKREAD bob timestamp=2026-01-01T11:00:00.000Z", "PRIVMSG #tea :by the guest");
    const [, msgid] = /msgid=([^;\s]+).* PRIVMSG #tea /.exec(await alice.sees(/by the guest$/))!;
    await bob.send("PRIVMSG alice :for the guest");
    await alice.sees(/for the guest$/);
    await alice.everything();
    const { identity } = room.chat.find("alice")!;
    const planted = kept.of(secret);
    await registers(alice);
    assertEquals(room.chat.find("alice")!.identity, identity);
    assertNotEquals(kept.of(secret), planted);
    await (await room.stranger()).send(`CAP REQ ${CAPS}`, `DEVICE RESUME ${planted}`);
    assertEquals(room.chat.accounts!.accountOf(identity), "alice");
    store.flush();
    assertEquals(room.chat.accounts!.accountOf(identity), "alice", "as it is written");
    assertEquals(await past(alice, "bob"), ["for the guest"]);
    await alice.send(`REDACT #tea ${msgid}`);
    await alice.sees(/ REDACT #tea /);
    await leaves(alice);
    await bob.send("PRIVMSG alice :while away");
    await bob.sees(/ 301 bob alice :Away from the room, and will get this on return$/);
    // On another machine, by the password, and on the first by its device.
    const { person: laptop } = await withNewDevice(room);
    assertEquals(await logsIn(laptop, "alice", "opensesame"), "903");
    await laptop.send("CAP REQ draft/read-marker");
    await enters(laptop, "alice");
    await laptop.everything();
    assertEquals(await past(laptop, "bob"), ["for the guest", "while away"]);
    await laptop.send("MARKREAD bob");
    await laptop.sees(/ MARKREAD bob timestamp=2026-01-01T11:00:00\.000Z$/);
    const again = await resuming(room, secret);
    await again.sees(/ DEVICE OK alice alice$/);
    await enters(again, "alice");
    await again.everything();
    assertEquals(room.chat.find("alice")!.sessions.size, 2);
    // Whoever logs out on the machine is nobody who was there before.
    await again.send("NS LOGOUT");
    await again.sees(/ 901 alice /);
    await again.rest();
    const nobody = await returns(room, secret, "nobody");
    assertEquals(await past(nobody, "bob"), []);
    assertNotEquals(room.chat.find("nobody")!.identity, identity);
    // What is removed with the account comes back to nobody.
    await laptop.send("DROP alice");
    await laptop.sees(/ DROP SUCCESS /);
    assertEquals(room.chat.accounts!.accountOf(identity), undefined);
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM talks WHERE identity = ?").get(identity)!.n, 0);
  });
});

Deno.test("a seat that somebody took as a guest is that of the account they make, and no guest's after a logout", async () => {
  await withRoom(async (room) => {
    const op = await room.person("op", { join: "#tea" });
    const { person: alice, secret } = await guest(room, "alice");
    await alice.send("JOIN #tea");
    await alice.everything();
    await op.send("MODE #tea +i");
    await alice.sees(/ MODE #tea \+i$/);
    await registers(alice);
    await leaves(alice);
    const back = await returns(room, secret, "alice");
    await back.sees(/^:alice!\S+ JOIN #tea$/);
    await back.everything();
    await back.send("NS LOGOUT");
    await back.sees(/ KICK #tea alice /);
    assertEquals(room.chat.channels.find("#tea")!.settings!.seats.map(room.chat.accountOf), ["alice"]);
  });
});

Deno.test("a seat of somebody who is away goes with a ban of their account, whose guest they were", async () => {
  await withRoom(async (room) => {
    const op = await room.person("op", { join: "#tea" });
    const { person: alice } = await guest(room, "alice");
    await alice.send("JOIN #tea");
    await op.send("MODE #tea +i");
    await alice.sees(/ MODE #tea \+i$/);
    await registers(alice);
    await leaves(alice);
    const channel = room.chat.channels.find("#tea")!;
    const seatsOfAccounts = () => channel.settings!.seats.filter((seat) => room.chat.accountOf(seat) === "alice");
    assertEquals(seatsOfAccounts().length, 1);
    await op.send("MODE #tea +b ~a:alice");
    await op.sees(/ MODE #tea \+b ~a:alice$/);
    await op.everything();
    assertEquals(seatsOfAccounts().length, 0);
  });
});

Deno.test("two accounts never have one identity: a guest who makes two at once is the first, and the second begins anew", async () => {
  await withRoom(async (room) => {
    const { person: alice } = await guest(room, "alice");
    const { identity } = room.chat.find("alice")!;
    await registers(alice);
    room.chat.accounts!.adopt("nobody", identity);
    const bob = await room.person("bob");
    await registers(bob);
    room.chat.accounts!.adopt("bob", identity);
    assertEquals(room.chat.accounts!.identity("bob"), "account:bob");
    assertEquals(room.chat.accounts!.identity("alice"), identity);
  });
});

Deno.test("an app password logs in by SASL PLAIN, PASS and IDENTIFY, however it is typed, and only to its account", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await registers(alice);
    const { id, secret } = await appPassword(alice);
    assertMatch(secret, /^(?:[\da-z]{4}-){7}[\da-z]{4}$/);
    const bob = await room.person("bob");
    await registers(bob, "another word");
    for (const text of [secret, secret.replaceAll("-", ""), secret.toUpperCase(), secret.replaceAll("-", " ")]) {
      const app = await room.stranger();
      assertEquals(await logsIn(app, "ALICE", text), "903", text);
      await leaves(app);
    }
    const thief = await room.stranger();
    assertEquals(await logsIn(thief, "bob", secret), "904");
    const phone = await room.stranger();
    await phone.send("NICK phone", "USER phone 0 * :phone");
    await phone.sees(/ 422 /);
    await phone.send(`NS IDENTIFY alice ${secret}`);
    await phone.sees(/ 900 phone \S+ alice /);
    assertEquals(room.chat.find("phone")!.sharedKey, "account:alice");
    const old = await room.stranger();
    await old.send(`PASS alice:${secret}`, "NICK old", "USER old 0 * :old");
    await old.sees(/ 900 /);
    assertEquals(await listed(phone), ["127.0.0.1 this,here,app WeeChat"]);
    await alice.send("DEVICES LIST");
    assertMatch(
      await alice.sees(/ LIST /),
      new RegExp(` DEVICES LIST ${id} [-\\d]{10}T[:.\\d]{12}Z 127.0.0.1 here,app WeeChat$`),
    );
  });
});

Deno.test("a client that does not know DEVICES is told an app password in words as well", async () => {
  await withRoom(async (room) => {
    const irssi = await room.person("irssi");
    await registers(irssi);
    const { secret } = await appPassword(irssi);
    await irssi.sees(`:Tea.local NOTICE irssi :The app password for WeeChat, told this once: ${secret}`);
    const { person: alice } = await guest(room, "alice");
    await registers(alice);
    await appPassword(alice);
    assertEquals(await alice.everything(), []);
  });
});

Deno.test("whoever has come by an app password changes no password, makes no app password and ends no other device", async () => {
  await withRoom(async (room) => {
    const { person: alice } = await guest(room, "alice");
    await registers(alice);
    const { id, secret } = await appPassword(alice);
    const other = await appPassword(alice, "irssi");
    const thief = await room.stranger("thief");
    assertEquals(await logsIn(thief, "alice", secret), "903");
    await enters(thief, "thief");
    await thief.send("PASSWD :mine now", "DROP alice", "DEVICES ADD :mine", `DEVICES DEL ${other.id}`);
    await thief.sees(/ FAIL PASSWD NEED_LOGIN /);
    await thief.sees(/ FAIL DROP NEED_LOGIN /);
    await thief.sees(/ FAIL DEVICES NO_PERMISSION ADD /);
    await thief.sees(/ FAIL DEVICES NO_PERMISSION DEL /);
    // A page or a terminal that logs in by it has no device that would outlive it.
    const { person: page, secret: own } = await withNewDevice(room);
    assertEquals(await logsIn(page, "alice", secret), "903");
    await enters(page, "page");
    await leaves(page);
    await (await resuming(room, own)).sees(/ INVALID_SECRET /);
    await alice.send(`DEVICES DEL ${id}`);
    await alice.sees(`:Tea.local DEVICES ENDED ${id} WeeChat`);
    assertEquals(room.chat.find("thief"), undefined, "in the same step");
    assertMatch((await thief.rest()).at(-1)!, /^ERROR .*This device was signed out/);
    const late = await room.stranger();
    assertEquals(await logsIn(late, "alice", secret), "904");
    assertEquals(await logsIn(late, "alice", other.secret), "903");
  });
});

Deno.test("DEVICES asks for an account, a recent password, a name, and an id that is the account's", async () => {
  await withRoom(async (room, _, clock) => {
    const bob = await room.person("bob");
    await bob.send("DEVICES LIST", "DEVICES");
    await bob.sees(/ FAIL DEVICES ACCOUNT_REQUIRED LIST /);
    await bob.sees(/ 461 bob DEVICES /);
    await registers(bob);
    const { id } = await appPassword(bob);
    const alice = await room.person("alice");
    await registers(alice);
    await alice.send(`DEVICES DEL ${id}`, "DEVICES ADD", "DEVICES ADD :\u2066 ", "DEVICES STIR");
    await alice.sees(/ FAIL DEVICES UNKNOWN_DEVICE DEL /);
    await alice.sees(/ FAIL DEVICES INVALID_NAME ADD /);
    await alice.sees(/ FAIL DEVICES INVALID_NAME ADD /);
    await alice.sees(/ FAIL DEVICES INVALID_PARAMS STIR /);
    clock.ms += 300_001;
    await alice.send("DEVICES ADD :late");
    await alice.sees(/ FAIL DEVICES NEED_LOGIN ADD /);
  });
});

Deno.test("a new password ends all other devices of the account in the same step, and app passwords too", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret: own } = await guest(room, "alice");
    await registers(alice);
    const { secret: app } = await appPassword(alice);
    const { person: laptop, secret } = await withNewDevice(room);
    assertEquals(await logsIn(laptop, "alice", "opensesame"), "903");
    await enters(laptop, "laptop");
    await laptop.everything();
    await alice.send("PASSWD :sesame open");
    await alice.sees(/ PASSWD SUCCESS /);
    assertEquals(room.chat.find("laptop"), undefined);
    await laptop.rest();
    assertEquals(await listed(alice), ["127.0.0.1 this,here laptop"]);
    await leaves(alice);
    await (await resuming(room, secret)).sees(/ INVALID_SECRET /);
    assertEquals(await logsIn(await room.stranger(), "alice", app), "904");
    await (await resuming(room, own)).sees(/ DEVICE OK alice alice$/);
  });
});

Deno.test("an account that is removed has no devices, and its owner's own is a guest's", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret: own } = await guest(room, "alice");
    await registers(alice);
    const { secret: app } = await appPassword(alice);
    const { person: laptop, secret } = await withNewDevice(room);
    assertEquals(await logsIn(laptop, "alice", "opensesame"), "903");
    await enters(laptop, "laptop");
    await alice.send("DROP alice");
    await alice.sees(/ DROP SUCCESS /);
    await laptop.rest();
    const { identity } = room.chat.find("alice")!;
    assertMatch(identity, /^device:/);
    assertEquals(room.chat.accountOf(identity), undefined);
    await registers(alice);
    assertEquals(room.chat.find("alice")!.identity, identity);
    assertEquals(await listed(alice), ["127.0.0.1 this,here laptop"]);
    await (await resuming(room, secret)).sees(/ INVALID_SECRET /);
    assertEquals(await logsIn(await room.stranger(), "alice", app), "904");
    await leaves(alice);
    await (await resuming(room, own)).sees(/ DEVICE OK alice alice$/);
  });
});

Deno.test("an account has 50 devices: the one that is unused for the longest gives way, but no app password", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret: first } = await guest(room, "alice");
    await registers(alice);
    for (let i = 0; i < 49; i++) {
      room.now += 1000;
      await appPassword(alice, `app ${i}`);
    }
    assertEquals((await listed(alice)).length, 50);
    await alice.send("DEVICES ADD :another");
    await alice.sees(/ FAIL DEVICES TOO_MANY ADD :You have 49 app passwords beside this device; end one first$/);
    const { person: laptop, secret } = await withNewDevice(room);
    assertEquals(await logsIn(laptop, "alice", "opensesame"), "903");
    await alice.rest();
    await enters(laptop, "laptop");
    await (await resuming(room, first)).sees(/ INVALID_SECRET /);
    assertEquals((await listed(laptop)).length, 50);
    // Where all are app passwords, none gives way.
    const plain = await room.person("plain");
    await plain.send("NS IDENTIFY alice opensesame");
    await plain.sees(/ 900 /);
    await appPassword(plain, "the fiftieth");
    await laptop.rest();
    await plain.send("DEVICES ADD :another");
    await plain.sees(/ FAIL DEVICES TOO_MANY ADD :You have 50 app passwords; end one first$/);
    const { person: phone, secret: late } = await withNewDevice(room);
    assertEquals(await logsIn(phone, "alice", "opensesame"), "903");
    await enters(phone, "phone");
    await leaves(phone);
    const again = await resuming(room, late);
    assertEquals(await again.sees(/ DEVICE OK /), ":Tea.local DEVICE OK phone", "it did not stay logged in");
    await (await resuming(room, secret)).sees(/ INVALID_SECRET /);
  });
});

Deno.test("no secret stands in the log, the database or what others are told", async () => {
  await withRoom(async (room, store) => {
    const watcher = await room.person("watcher", { join: "#tea", caps: "account-notify extended-join away-notify" });
    const { person: alice, secret } = await guest(room, "alice");
    await registers(alice);
    const { secret: app } = await appPassword(alice);
    await alice.send("JOIN #tea");
    await alice.everything();
    await leaves(alice);
    const again = await returns(room, secret, "alice");
    await again.everything();
    await watcher.send("WHOIS alice", "WHO #tea");
    const heard = (await watcher.everything()).join("\n");
    store.flush();
    const tables = store.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const kept = JSON.stringify(
      tables.flatMap(({ name }) => {
        try {
          return store.db.prepare(`SELECT * FROM "${name}"`).all();
        } catch {
          // The search index can't be read as a table.
          return [];
        }
      }),
    );
    assertMatch(kept, /"WeeChat"/);
    for (const text of [secret, app, app.replaceAll("-", "")]) {
      for (const place of [room.log.join("\n"), heard, kept]) assert(!place.includes(text), place);
    }
    // What is kept opens nothing.
    const hashes = store.db.prepare("SELECT hash FROM devices").all().map(({ hash }) => hash as string);
    assertEquals(hashes.length, 2);
    for (const hash of hashes) {
      assertEquals(await logsIn(await room.stranger(), "alice", hash), "904");
      await (await resuming(room, hash)).sees(/ INVALID_SECRET /);
    }
  });
});

Deno.test("a ghost gives way: whoever comes by its device is the same person at once, in another tab or on another device", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret } = await guest(room, "alice");
    const bob = await room.person("bob", { join: "#tea" });
    await alice.send("JOIN #tea");
    await alice.sees(/ 366 /);
    await bob.everything();
    const tab = await resuming(room, secret);
    await enters(tab, "someone");
    await tab.sees(":alice!alice@127.0.0.1 JOIN #tea");
    await bob.send("PRIVMSG alice :to both");
    await alice.sees(/to both$/);
    await tab.sees(/to both$/);
    assertEquals(await bob.everything(), [], "nobody has come or gone");
    // Logging in in one tab gives the device another secret. The other tab came by the one before, and comes back by the new one.
    await registers(tab);
    assertMatch((await alice.rest()).at(-1)!, /^ERROR .*This device has a new secret now/);
    const back = await returns(room, secret, "alice");
    await back.everything();
    // Another device of the account is the same person.
    assertEquals(room.chat.accountOf(room.chat.find("alice")!.sharedKey!), "alice");
    const { secret: app } = await appPassword(tab);
    const weechat = await room.stranger();
    assertEquals(await logsIn(weechat, "alice", app), "903");
    await enters(weechat, "weechat");
    assertEquals([...room.chat.persons.keys()], ["alice", "bob"]);
    assertEquals(room.chat.find("alice")!.sessions.size, 3);
    await weechat.send("PASSWD :mine now", "DEVICES ADD :more");
    await weechat.sees(/ FAIL PASSWD NEED_LOGIN /);
    await weechat.sees(/ FAIL DEVICES NO_PERMISSION ADD /);
    // Whoever logs out on one device is a guest there, in all its tabs; the other device notices nothing, and neither do others.
    await bob.everything();
    await weechat.everything();
    await back.send("NS LOGOUT");
    await back.sees(/ 901 alice .* :You are now logged out$/);
    await back.sees(/not logged in as alice any more$/);
    assertMatch((await back.rest()).at(-1)!, /^ERROR .*Logged out on this device/);
    assertMatch((await tab.rest()).at(-1)!, /^ERROR .*Logged out on this device/);
    assertEquals(await weechat.everything(), []);
    assertEquals(await bob.everything(), []);
    assertEquals(room.chat.find("alice")!.account, "alice");
    assertEquals(room.chat.find("alice")!.sessions.size, 1);
    const guestAgain = await resuming(room, secret);
    await enters(guestAgain, "someone");
    assertEquals([...room.chat.persons.values()].map(({ account }) => account), ["alice", undefined, undefined]);
    const again = await room.stranger();
    assertEquals(await logsIn(again, "alice", app), "903");
    await enters(again, "alice");
    assertEquals(room.chat.find("alice")!.account, "alice");
  });
});

Deno.test("a client that logs in with the account's own password is a person of its own", async () => {
  await withRoom(async (room) => {
    const { person: alice } = await guest(room, "alice");
    await registers(alice);
    const plain = await room.stranger();
    assertEquals(await logsIn(plain, "alice", "opensesame"), "903");
    await enters(plain, "plain");
    assertEquals([...room.chat.persons.keys()], ["alice", "plain"]);
    assertEquals(room.chat.find("plain")!.sharedKey, undefined);
  });
});

Deno.test("1,000 guesses of a secret take the better part of an hour, and lock its owner out for some seconds at most", async () => {
  await withRoom(async (room, _, clock) => {
    const { person: alice, secret } = await guest(room, "alice");
    await leaves(alice);
    const guesses = Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(43, "x"));
    const began = clock.ms;
    while (guesses.length > 0) {
      const guesser = await room.stranger();
      await guesser.send(`CAP REQ ${CAPS}`, ...guesses.splice(0, 5).map((text) => `DEVICE RESUME ${text}`));
      assertEquals((await guesser.rest()).filter((line) => / INVALID_SECRET /.test(line)).length, 5);
      await guesser[Symbol.asyncDispose]();
    }
    assert(clock.ms - began > 2_900_000, `${clock.ms - began} ms`);
    const before = clock.ms;
    await returns(room, secret, "alice");
    assert(clock.ms - before <= 6_000, `${clock.ms - before} ms`);
  });
});

/** Two who come by one secret at the same time, as tabs do that a browser restores. */
async function twins(room: Room, secret: string, nick: string): Promise<Person[]> {
  const both = [await room.stranger(), await room.stranger()];
  for (const one of both) {
    await one.send(`CAP REQ :${CAPS} batch`);
    await one.everything();
  }
  // Both are looked up before either is let in.
  const { resume } = room.chat.devices!;
  const found: (() => void)[] = [];
  room.chat.devices!.resume = async function (...params) {
    const device = await resume.apply(this, params);
    await new Promise<void>((go) => {
      if (found.push(go) === both.length) { for (const one of found) one(); }
    });
    return device;
  };
  const now = kept.of(secret);
  for (const one of both) {
    await one.send(`DEVICE RESUME ${now}`);
    kept.note(secret, one);
  }
  for (const one of both) await one.sees(/ DEVICE OK /);
  room.chat.devices!.resume = resume;
  for (const one of both) await enters(one, nick);
  return both;
}

Deno.test("Of two connections that came by one device at once none outlives it, however it is ended", async () => {
  for (const end of ["DEL", "PASSWD"]) {
    await withRoom(async (room) => {
      const { person: laptop, secret } = await guest(room, "alice");
      await registers(laptop);
      await leaves(laptop);
      const owner = await room.stranger();
      await owner.send("CAP LS");
      assertEquals(await logsIn(owner, "alice", "opensesame"), "903");
      await enters(owner, "owner-of-it");
      const both = await twins(room, secret, "alice");
      if (end === "PASSWD") await owner.send("PASSWD :anotherone");
      else {
        await owner.send("DEVICES LIST");
        await owner.send(`DEVICES DEL ${/ DEVICES LIST (\S+) /.exec(await owner.sees(/ DEVICES LIST /))![1]}`);
      }
      for (const one of both) {
        assertMatch((await one.rest()).at(-1)!, /^ERROR :Closing link: \(This device was signed out/);
      }
      await owner.everything();
      const late = await resuming(room, secret);
      await late.sees(/ FAIL DEVICE INVALID_SECRET /);
    });
  }
});

Deno.test("A device that is ended between its lookup and its turn opens nothing", () =>
  withRoom(async (room) => {
    const { person: laptop, secret } = await guest(room, "alice");
    await registers(laptop);
    const { resume } = room.chat.devices!;
    const [found, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await leaves(laptop);
    room.chat.devices!.resume = async function (...params) {
      const device = await resume.apply(this, params);
      found.resolve();
      await ended.promise;
      return device;
    };
    const thief = await resuming(room, secret);
    await found.promise;
    const owner = await room.stranger();
    await owner.send("CAP LS");
    assertEquals(await logsIn(owner, "alice", "opensesame"), "903");
    await enters(owner, "alice");
    await owner.send("PASSWD :anotherone");
    await owner.sees(/ PASSWD SUCCESS /);
    ended.resolve();
    await thief.sees(/ FAIL DEVICE INVALID_SECRET /);
    await thief.send("DEVICE STATUS");
    await thief.sees(/ DEVICE NONE$/);
  }));

Deno.test("Of two tabs of a guest that came at once one logs in, and the login lasts", () =>
  withRoom(async (room) => {
    await registers((await guest(room, "alice")).person);
    const { person, secret } = await guest(room, "bob");
    await leaves(person);
    const [one, other] = await twins(room, secret, "bob");
    await one.send("NS IDENTIFY alice opensesame");
    await one.sees(/ 900 /);
    await leaves(one);
    await other.send("QUIT");
    await other.rest();
    await (await resuming(room, secret)).sees(/ DEVICE OK \S+ alice$/);
  }));

Deno.test("Sessions that have lost their devices are one person no more, and one that logs in logs in nobody else", () =>
  withRoom(async (room) => {
    const { person: laptop, secret } = await guest(room, "alice");
    await registers(laptop);
    room.now += 1_000;
    const phone = await returns(room, secret, "alice");
    await phone.everything();
    await registers((await guest(room, "victim")).person);
    // Twenty further logins log the first person out.
    for (let i = 0; i < 20; i++) {
      const further = await room.person(`further${i}`);
      await further.send("NS IDENTIFY alice opensesame");
      await further.sees(/ 900 /);
      await further.everything();
    }
    assertMatch((await laptop.rest()).at(-1)!, /^ERROR :Closing link: /);
    await phone.send("NS IDENTIFY victim opensesame");
    await phone.sees(/ 900 phone|900 alice /);
    assertEquals(room.chat.find("alice")!.sessions.size, 1);
  }));

Deno.test("A logout that can't be written is done and said to be unsure, and an app password that can't be is not given", () =>
  withRoom(async (room, store) => {
    const { person: alice } = await guest(room, "alice");
    await registers(alice);
    store.flush();
    store.db.exec("PRAGMA query_only = 1");
    await alice.send("DEVICES ADD :WeeChat");
    await alice.sees(/ FAIL DEVICES TEMPORARILY_UNAVAILABLE ADD /);
    await alice.send("NS LOGOUT");
    await alice.sees(/ NOTICE alice :That cannot be written now: /);
    await alice.send("DEVICE STATUS");
    await alice.sees(/ DEVICE OK alice$/);
    store.db.exec("PRAGMA query_only = 0");
    await alice.send("NS IDENTIFY alice opensesame", "NS LOGOUT");
    await alice.sees(/ 901 /);
    assert((await alice.everything()).every((line) => !line.includes("cannot be written")));
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM devices WHERE is_guest").get()!.n, 1);
  }));

Deno.test("a device that is released is a new guest's: logged out, and with nothing of whoever had it before", async () => {
  await withRoom(async (room) => {
    const { person: alice, secret } = await withNewDevice(room);
    await enters(alice, "alice");
    await alice.send("REGISTER * * :tea leaves", "JOIN #tea");
    await alice.sees(/ JOIN #tea$/);
    await alice.send("DEVICE RELEASE");
    await alice.sees(/ FAIL DEVICE COMPLETE_REGISTRATION /);
    await leaves(alice);
    const next = await resuming(room, secret);
    await next.sees(":Tea.local DEVICE OK alice alice");
    await next.send("DEVICE RELEASE");
    await next.sees(/ 901 /);
    await next.sees(":Tea.local DEVICE OK *");
    await enters(next, "bob");
    await next.send("DEVICES LIST", "PING told");
    const told: string[] = [];
    for (let line = ""; !line.includes("told"); told.push(line)) line = await next.sees(/./);
    assert(told.some((line) => line.includes("ACCOUNT_REQUIRED")), told.join("\n"));
    assert(!told.some((line) => line.includes("#tea")), told.join("\n"));
    await next.send("JOIN #jasmine");
    await next.sees(/ JOIN #jasmine$/);
    await leaves(next);
    // It is bob's from now on, and released again it is not.
    const again = await resuming(room, secret);
    await again.sees(":Tea.local DEVICE OK bob");
    await again.send("DEVICE RELEASE");
    await again.sees(":Tea.local DEVICE OK *");
    await enters(again, "carol");
    assertEquals((await again.everything()).filter((line) => line.includes("#jasmine")), []);
    await leaves(again);
  });
});

Deno.test("a device that nobody came in by is not kept by being released", async () => {
  await withRoom(async (room, store) => {
    const { person } = await withNewDevice(room);
    await person.send("DEVICE RELEASE");
    await person.sees(":Tea.local DEVICE OK *");
    await leaves(person);
    store.flush();
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM devices").get()!.n, 0);
  });
});

Deno.test("A secret belongs to one person: whoever has kept the one before comes by it as nobody, whatever it was changed by", async () => {
  const changes: Record<string, (room: Room, person: Person, secret: string) => Promise<void>> = {
    async login(room, person) {
      await registers((await guest(room, "teacher")).person);
      await person.send("NS IDENTIFY teacher opensesame");
      await person.everything();
    },
    register: (_, person) => registers(person),
    async password(room, person) {
      await registers(person);
      const known = lastTold(person);
      await person.send("PASSWD :sesame open");
      await person.sees(/ PASSWD SUCCESS /);
      await isUseless(room, known);
    },
    async logout(room, person) {
      await registers(person);
      const known = lastTold(person);
      await person.send("NS LOGOUT");
      await person.everything();
      await isUseless(room, known);
    },
    async drop(room, person) {
      await registers(person);
      const known = lastTold(person);
      await person.send("DROP mallory");
      await person.sees(/ DROP SUCCESS /);
      await isUseless(room, known);
    },
    async release(room, person, secret) {
      await leaves(person);
      const next = await resuming(room, secret);
      await next.send("DEVICE RELEASE");
      await next.sees(":Tea.local DEVICE OK *");
      await enters(next, "teacher");
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    await withRoom(async (room, store) => {
      const { person, secret } = await guest(room, "mallory");
      await change(room, person, secret);
      await isUseless(room, secret);
      // What the client was told opens what the person has.
      const told = kept.of(secret);
      assertNotEquals(told, secret, name);
      const again = await resuming(room, secret);
      await again.sees(/ DEVICE OK /);
      store.flush();
      const rows = store.db.prepare("SELECT hash FROM devices").all();
      assertEquals(rows.filter(({ hash }) => hash === room.chat.devices!.find(told)!.hash).length, 1, name);
    });
  }
});

/** The secret that somebody was told last. */
function lastTold({ seen }: Person): string {
  return seen.map((line) => / DEVICE SECRET (\S+)$/.exec(line)?.[1]).findLast((one) => one !== undefined)!;
}

/** Sees that a secret opens nothing: as a device, and as a password. */
async function isUseless(room: Room, secret: string): Promise<void> {
  const thief = await room.stranger();
  await thief.send(`CAP REQ :${CAPS}`, `DEVICE RESUME ${secret}`);
  await thief.sees(/ FAIL DEVICE INVALID_SECRET /);
  await thief.send("DEVICE STATUS");
  await thief.sees(":Tea.local DEVICE NONE");
  for (const account of ["mallory", "teacher"]) {
    assertEquals(await logsIn(await room.stranger(), account, secret), "904");
  }
}

Deno.test("Whoever is connected by the secret before is put out in the step in which it ends, and is told no other one", () =>
  withRoom(async (room) => {
    await registers((await guest(room, "teacher")).person);
    const { person: mallory, secret } = await guest(room, "mallory");
    const teacher = await resuming(room, secret);
    await teacher.send("DEVICE RELEASE");
    await teacher.sees(":Tea.local DEVICE OK *");
    const lines = await mallory.rest();
    assertMatch(lines.at(-1)!, /^ERROR .*This device has a new secret now/);
    assertEquals(lines.filter((line) => / DEVICE /.test(line)), []);
    const again = await resuming(room, secret);
    await again.sees(":Tea.local DEVICE OK *");
    await teacher.send("NICK guest", "USER guest 0 * :guest", "CAP END", "NS IDENTIFY teacher opensesame");
    await teacher.sees(/ 900 /);
    assertMatch((await again.rest()).at(-1)!, /^ERROR .*This device has a new secret now/);
  }));

Deno.test("A change of identity that can't be written ends the secret for this run all the same; a claim is refused", () =>
  withRoom(async (room, store) => {
    const { person, secret } = await guest(room, "mallory");
    store.flush();
    store.db.exec("PRAGMA query_only = 1");
    const device = room.chat.devices!.find(secret)!;
    assertThrows(() => room.chat.devices!.renew(device), StoreError);
    assertEquals(room.chat.devices!.find(secret) === device, true, "nothing has changed");
    await leaves(person);
    const next = await resuming(room, secret);
    await next.send("DEVICE RELEASE");
    await next.sees(":Tea.local DEVICE OK *");
    await isUseless(room, secret);
    store.db.exec("PRAGMA query_only = 0");
    await enters(next, "teacher");
    store.flush();
    await isUseless(room, secret);
    assertEquals(store.db.prepare("SELECT count(*) AS n FROM devices").get()!.n, 1);
  }));
