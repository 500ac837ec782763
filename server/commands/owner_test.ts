/** The room's owners, and who founded its channels. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { Guesses } from "../auth/guesses.ts";
import { Owners } from "../auth/owners.ts";
import { KeptChannels } from "../store/channels.ts";
import { Store } from "../store/store.ts";
import { KeptSecrets, type Person, quickAccounts, Room } from "../testing.ts";

/** A room that is opened again and again over one database, and the devices of those who come in. */
class House implements AsyncDisposable {
  readonly store = new Store(":memory:");

  /** Opens the room, and closes it after the test. */
  async open(test: (room: Room, owners: Owners) => Promise<void>, guesses = new Guesses()): Promise<void> {
    const owners = new Owners(this.store);
    const options = {
      store: this.store,
      keptChannels: new KeptChannels(this.store),
      accounts: quickAccounts(this.store),
      owners,
      guesses,
    };
    await using room = new Room({ operators: new Map([["root", "oolong"]]) }, {}, options);
    await test(room, owners);
    this.store.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

/** The secrets of devices, by the database and what the test calls them. */
const secrets = new WeakMap<Store, Map<string, string>>();
/** Each client keeps the secret that it was told last. */
const kept = new KeptSecrets();

/** Someone who comes in by a device, which the server makes the first time. */
async function byDevice(room: Room, nick: string, device = nick): Promise<Person> {
  const store = room.chat.store!;
  const known = secrets.get(store) ?? new Map<string, string>();
  secrets.set(store, known);
  const secret = known.get(device);
  const person = await room.stranger(nick);
  const line = secret === undefined ? "DEVICE NEW" : `DEVICE RESUME ${kept.of(secret)}`;
  await person.send("CAP REQ teahouse.chat/device", line);
  const answer = await person.sees(/ DEVICE (SECRET|OK) /);
  if (secret === undefined) known.set(device, / DEVICE SECRET (\S+)$/.exec(answer)![1]);
  kept.note(known.get(device)!, person);
  await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick} the person`, "CAP END");
  await person.sees(/ (422|376) /);
  return person;
}

/** Who a person is to everything that is kept. */
function identityOf(room: Room, nick: string): string {
  return room.chat.find(nick)!.identity;
}

/** Someone who comes in by the password of an account, which is made where there is none. */
async function byAccount(room: Room, nick: string, account = nick): Promise<Person> {
  const accounts = room.chat.accounts!;
  if (accounts.find(account) === undefined) await accounts.register(account, "opensesame");
  const person = await room.person(nick, { caps: "sasl" });
  await logsIn(person, account);
  return person;
}

async function logsIn(person: Person, account: string): Promise<void> {
  const plain = Buffer.from(`\0${account}\0opensesame`).toString("base64");
  await person.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${plain}`);
  await person.sees(/ 903 /);
}

async function leaves(person: Person): Promise<void> {
  await person.send("QUIT");
  await person.rest();
}

/** Someone who owns the room. */
async function owning(room: Room, owners: Owners, nick: string): Promise<Person> {
  const person = await byDevice(room, nick);
  await person.send(`OWNER CLAIM ${owners.invite()}`);
  await person.sees(/ MODE \w+ \+o$/);
  return person;
}

/** The prefix that somebody has in a channel, as its list of names tells it to a person who is in. */
async function prefixOf(reader: Person, nick: string, channel: string): Promise<string> {
  await reader.send(`NAMES ${channel}`);
  // Their device may bring them back to other channels meanwhile.
  const [, names] = / :?([^:]*)$/.exec(await reader.sees(new RegExp(` 353 \\S+ = ${channel} `)))!;
  return names.split(" ").find((name) => name.endsWith(nick))!.slice(0, -nick.length);
}

Deno.test("Whoever says the secret that the server printed owns the room at once, and nobody owns it by it again", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await bob.everything();
    const alice = await byDevice(room, "alice");
    await alice.send("JOIN #tea");
    await bob.sees(/^:alice!\S+ JOIN #tea$/);
    await alice.everything();
    const secret = owners.invite();
    await alice.send(`OWNER CLAIM ${secret}`);
    const [renewal, ...lines] = await alice.everything();
    assertMatch(renewal, /^:Tea\.local DEVICE SECRET [\w-]{43}$/);
    assertEquals(lines, [
      ":Tea.local NOTE OWNER CLAIMED alice :You own this room now: you are operator in all its channels, now and whenever you come back",
      ":Tea.local 381 alice :You are now an IRC operator: you own this room",
      ":alice!alice@127.0.0.1 MODE alice +o",
      ":Tea.local MODE #tea +o alice",
    ]);
    await bob.sees(":Tea.local MODE #tea +o alice");
    await bob.send(`OWNER CLAIM ${secret}`, "OWNER CLAIM x", "WHOIS alice", "OWNER LIST");
    await bob.sees(/ FAIL OWNER INVALID_SECRET \* :/);
    await bob.sees(/ FAIL OWNER INVALID_SECRET \* :/);
    await bob.sees(":Tea.local 313 bob alice :owns this room");
    await bob.sees(":Tea.local FAIL OWNER NO_PERMISSION LIST :Only an owner of the room may do that");
    assertEquals(room.chat.find("bob")!.isOperator, false);
    assert(!room.log.join("\n").includes(secret));
  });
});

Deno.test("Who could not be known again can't own the room, and the secret stays good", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const secret = owners.invite();
    const guest = await room.person("guest", { caps: "sasl" });
    await guest.send(`OWNER CLAIM ${secret}`);
    await guest.sees(/ FAIL OWNER NEED_IDENTITY \* :Log in to an account first/);
    await room.chat.accounts!.register("guest", "opensesame");
    await logsIn(guest, "guest");
    await guest.send(`OWNER CLAIM ${secret}`);
    await guest.sees(/ NOTE OWNER CLAIMED guest :/);
  });
});

Deno.test("A new secret makes the one before void, and the database holds neither", async () => {
  await using house = new House();
  let later = "";
  await house.open(async (room, owners) => {
    const before = owners.invite();
    later = owners.invite();
    assertMatch(later, /^[\da-f]{40}$/);
    const alice = await byDevice(room, "alice");
    await alice.send(`OWNER CLAIM ${before}`);
    await alice.sees(/ FAIL OWNER INVALID_SECRET /);
    const kept = house.store.db.prepare("SELECT hash FROM owner_secret").all().map(({ hash }) => hash as string);
    assertEquals(kept.map((hash) => /^[\da-f]{64}$/.test(hash)), [true]);
    // The hash itself is of no use.
    await alice.send(`OWNER CLAIM ${kept[0]}`);
    await alice.sees(/ FAIL OWNER INVALID_SECRET /);
  });
  // It is valid until it is used, after a restart, too.
  await house.open(async (room) => {
    const alice = await byDevice(room, "alice");
    await alice.send(`OWNER CLAIM ${later}`);
    await alice.sees(/ NOTE OWNER CLAIMED /);
  });
});

Deno.test("An owner who comes back is operator of the server and of each channel, also after a restart; nobody else is", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    await leaves(await owning(room, owners, "alice"));
    const student = await byDevice(room, "student");
    await student.send("JOIN #lobby", "JOIN #tea");
    await student.everything();
    assertEquals(await prefixOf(student, "student", "#lobby"), "");
    assertEquals(await prefixOf(student, "student", "#tea"), "@");
    const alice = await byDevice(room, "teacher", "alice");
    await alice.send("JOIN #lobby", "JOIN #tea");
    await student.sees(":Tea.local MODE #lobby +o teacher");
    await student.sees(":Tea.local MODE #tea +o teacher");
    assertEquals([...room.chat.withMode("o")].map(({ nick }) => nick), ["teacher"]);
  });
  await house.open(async (room) => {
    const student = await byDevice(room, "student");
    await student.send("JOIN #lobby");
    await student.everything();
    const thief = await byDevice(room, "alice", "another");
    await thief.send("JOIN #lobby");
    await thief.everything();
    const alice = await byDevice(room, "teacher", "alice");
    await alice.send("JOIN #lobby");
    assertEquals(await prefixOf(alice, "teacher", "#lobby"), "@");
    for (const nick of ["student", "alice"]) assertEquals(await prefixOf(alice, nick, "#lobby"), "");
    assertEquals([...room.chat.withMode("o")].map(({ nick }) => nick), ["teacher"]);
  });
});

Deno.test("With the first owner nobody is operator of the default channel any more who only came first", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const student = await byDevice(room, "student");
    const helper = await byDevice(room, "helper");
    for (const person of [student, helper]) {
      await person.send("JOIN #lobby,#tea");
      await person.everything();
    }
    await student.send("MODE #lobby +o helper");
    await helper.sees(/ MODE #lobby \+o helper$/);
    const alice = await owning(room, owners, "alice");
    await student.sees(":Tea.local MODE #lobby -o student");
    await alice.send("JOIN #lobby");
    assertEquals(await prefixOf(alice, "student", "#lobby"), "");
    assertEquals(await prefixOf(alice, "helper", "#lobby"), "@");
    assertEquals(await prefixOf(student, "student", "#tea"), "@");
    for (const person of [student, helper, alice]) await leaves(person);
    const again = await byDevice(room, "student");
    await again.send("JOIN #lobby");
    assertEquals(await prefixOf(again, "student", "#lobby"), "");
  });
});

Deno.test("With the first owner nobody comes back as operator of an empty default channel by having founded it", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const student = await byDevice(room, "student");
    await student.send("JOIN #lobby", "TOPIC #lobby :mine", "PART #lobby");
    await student.everything();
    assertEquals(room.chat.channels.prepare("#lobby").founder, identityOf(room, "student"));
    await owning(room, owners, "alice");
    await student.send("JOIN #lobby");
    assertEquals(await prefixOf(student, "student", "#lobby"), "");
    assertEquals(room.chat.channels.find("#lobby")!.topic?.text, "mine");
  });
});

Deno.test("While a room has no owner, the first one in the default channel is operator as anywhere", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const student = await byDevice(room, "student");
    await student.send("JOIN #lobby");
    assertEquals(await prefixOf(student, "student", "#lobby"), "@");
  });
});

Deno.test("A channel's founder is operator on each return, and nobody else by coming first", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await byDevice(room, "alice");
    await alice.send("JOIN #tea");
    await alice.everything();
    await leaves(alice);
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    assertEquals(await prefixOf(bob, "bob", "#tea"), "");
    const back = await byDevice(room, "anna", "alice");
    await back.send("JOIN #tea");
    await bob.sees(":Tea.local MODE #tea +o anna");
    // Another operator may take it, but not for ever.
    await back.send("MODE #tea +o bob");
    await bob.send("MODE #tea -o anna");
    await back.sees(/ MODE #tea -o anna$/);
    await back.send("PART #tea", "JOIN #tea");
    await bob.sees(":Tea.local MODE #tea +o anna");
  });
  await house.open(async (room) => {
    const carol = await room.person("carol", { join: "#tea" });
    assertEquals(await prefixOf(carol, "carol", "#tea"), "");
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await carol.sees(":Tea.local MODE #tea +o bob");
    const alice = await byDevice(room, "alice");
    await alice.send("JOIN #tea");
    await carol.sees(":Tea.local MODE #tea +o alice");
    // Who lays it down gives up the channel, and who was made operator may lose it.
    await alice.send("MODE #tea -o bob", "MODE #tea -o alice");
    await carol.sees(/ MODE #tea -o alice$/);
    for (const person of [alice, bob, carol]) await leaves(person);
    const dave = await byDevice(room, "dave");
    await dave.send("JOIN #tea");
    assertEquals(await prefixOf(dave, "dave", "#tea"), "@");
  });
});

Deno.test("An operator of the server ends what a founder is, and DROP ends it with the account", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await byAccount(room, "alice");
    await alice.send("JOIN #tea", "JOIN #milk");
    await alice.everything();
    assertEquals(room.chat.channels.find("#tea")!.founder, "account:alice");
    const root = await room.person("root");
    await root.send("OPER root oolong", "MODE #tea -o alice");
    await alice.sees(/ MODE #tea -o alice$/);
    assertEquals(room.chat.channels.find("#tea")!.founder, undefined);
    await alice.send("DROP alice");
    await alice.sees(/ DROP SUCCESS alice /);
    assertEquals(room.chat.channels.find("#milk")!.founder, undefined);
    await leaves(alice);
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea", "JOIN #milk");
    assertEquals([await prefixOf(bob, "bob", "#tea"), await prefixOf(bob, "bob", "#milk")], ["@", "@"]);
  });
});

Deno.test("A guest who can't return is operator while they stay, and founds nothing", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const guest = await room.person("guest", { join: "#tea" });
    assertEquals(await prefixOf(guest, "guest", "#tea"), "@");
    await leaves(guest);
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    assertEquals(await prefixOf(bob, "bob", "#tea"), "@");
    assertEquals(room.chat.channels.find("#tea")!.founder, identityOf(room, "bob"));
  });
});

Deno.test("A guest who came first founds the channel with the account that they log in to", async () => {
  await using house = new House();
  await house.open(async (room) => {
    await room.chat.accounts!.register("alice", "opensesame");
    const alice = await room.person("alice", { caps: "sasl", join: "#tea" });
    await logsIn(alice, "alice");
    assertEquals(room.chat.channels.find("#tea")!.founder, "account:alice");
  });
});

Deno.test("A device founds 50 channels; in others it is operator while it stays", async () => {
  await using house = new House();
  await house.open(async (room) => {
    const alice = await byDevice(room, "alice");
    for (let i = 0; i < 52; i++) {
      await alice.send(`JOIN #c${i}`);
      await alice.everything();
      house.store.flush();
    }
    assertEquals(await prefixOf(alice, "alice", "#c51"), "@");
    const founded = [...room.chat.channels.values()].filter(({ founder }) => founder === identityOf(room, "alice"));
    assertEquals(founded.length, 50);
    await alice.send("PART #c50,#c0");
    await alice.everything();
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #c50", "JOIN #c0");
    assertEquals([await prefixOf(bob, "bob", "#c50"), await prefixOf(bob, "bob", "#c0")], ["@", ""]);
  });
});

Deno.test("Nobody but an owner takes the rank of operator from an owner", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await bob.everything();
    const alice = await owning(room, owners, "alice");
    await alice.send("JOIN #tea");
    await bob.sees(":Tea.local MODE #tea +o alice");
    await bob.send("MODE #tea -o alice");
    await bob.sees(":Tea.local 482 bob #tea :alice owns this room");
    await bob.send("BAN #tea alice 1h");
    await bob.sees(":Tea.local FAIL BAN IS_OWNER #tea alice :alice owns this room");
    await alice.send("MODE #tea -o alice");
    await bob.sees(/ MODE #tea -o alice$/);
  });
});

Deno.test("No operator puts an owner out of a channel, or keeps one out of it by any mode", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const alice = await owning(room, owners, "alice");
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await bob.sees(/ 366 /);
    await alice.send("JOIN #tea");
    await alice.sees(/ 366 /);
    await bob.send("KICK #tea alice :out", "KICK #tea,#tea bob,alice", "PING kicked");
    await bob.sees(/ 482 bob #tea :alice owns this room$/);
    // Bob put himself out, and is nobody's operator any more.
    await bob.sees(/ KICK #tea bob /);
    await bob.sees(/ 442 bob #tea /);
    await bob.sees(/ PONG .*kicked/);
    await bob.send("JOIN #milk", "MODE #milk +iklb matcha 1 *!*@*", "MODE #milk +b alice!*@*", "PING shut");
    await bob.sees(/ PONG .*shut/);
    await alice.send("JOIN #milk");
    await alice.sees(/ 366 alice #milk /);
    assertEquals(await prefixOf(alice, "alice", "#milk"), "@");
    await alice.send("KICK #milk bob :the room is mine");
    await bob.sees(/ KICK #milk bob :the room is mine$/);
    await bob.send("JOIN #milk matcha");
    await bob.sees(/ 474 bob #milk /);
  });
});

Deno.test("No mode and no mask silences an owner who has no rank in a channel", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await bob.sees(/ 366 /);
    const alice = await owning(room, owners, "alice");
    await alice.send("JOIN #tea", "MODE #tea -o alice");
    await bob.sees(/ MODE #tea -o alice$/);
    const carol = await byDevice(room, "carol");
    await carol.send("JOIN #tea");
    await carol.sees(/ 366 /);
    for (const mode of ["+b ~m:*!*@*", "+b *!*@*", "+b ~m:alice!*@*", "+m"]) {
      await bob.send(`MODE #tea ${mode}`);
      await bob.sees(/ MODE #tea \+/);
      await alice.send(`PRIVMSG #tea :in spite of ${mode}`);
      await bob.sees(new RegExp(` PRIVMSG #tea :in spite of ${mode.replaceAll(/[*+]/g, "\\$&")}$`));
      await carol.send("PRIVMSG #tea :and I");
      await carol.sees(/ 404 carol #tea /);
    }
    const isToldOfMutes = (await alice.everything()).some((line) => /muted you|YOU_ARE/.test(line));
    assertEquals(isToldOfMutes, false);
  });
});

Deno.test("Owners name others and take that back, at once, but never the last one", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const alice = await owning(room, owners, "alice");
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await bob.everything();
    const carol = await byDevice(room, "carol");
    await carol.send("JOIN #tea");
    await room.person("guest");
    await room.chat.accounts!.register("dave", "opensesame");
    await room.person("Dave");
    await carol.send("OWNER ADD carol");
    await carol.sees(/ FAIL OWNER NO_PERMISSION ADD :/);
    await alice.send("OWNER ADD carol", "OWNER ADD carol", "OWNER ADD guest", "OWNER ADD nobody", "OWNER ADD dave");
    assertEquals(await alice.everything(), [
      ":Tea.local NOTE OWNER ADDED carol :carol owns the room from now on",
      ":Tea.local NOTE OWNER KNOWN carol :carol owns the room already",
      ":Tea.local FAIL OWNER NEED_IDENTITY guest :they could not be known again: only an account can own the room, or a page or client that comes back",
      ":Tea.local FAIL OWNER UNKNOWN_NAME nobody :There is no such account, and nobody here of that nick",
      ":Tea.local FAIL OWNER AMBIGUOUS dave :Dave has the nick of an account, and is not logged in to it",
    ]);
    await carol.sees(/ MODE carol \+o$/);
    await bob.sees(":Tea.local MODE #tea +o carol");
    await carol.send("OWNER LIST");
    const day = new Date().toISOString().slice(0, 10);
    assertMatch(
      await carol.sees(/ NOTE OWNER IS alice /),
      new RegExp(`IS alice device device:[\\da-f]+ ${day} \\* :alice owns`),
    );
    assertMatch(
      await carol.sees(/ NOTE OWNER IS carol /),
      new RegExp(`IS carol device device:[\\da-f]+ ${day} alice :carol`),
    );
    await carol.sees(/ NOTE OWNER END 2 :/);
    await carol.send("OWNER DEL nobody", "OWNER DEL alice", "OWNER DEL carol");
    await carol.sees(/ FAIL OWNER UNKNOWN_NAME nobody :/);
    await carol.sees(/ NOTE OWNER REMOVED alice :alice owns the room no longer$/);
    await carol.sees(/ FAIL OWNER LAST_OWNER carol :/);
    await alice.sees(/ MODE alice -o$/);
    await alice.send("OWNER LIST", "KILL bob");
    await alice.sees(/ FAIL OWNER NO_PERMISSION LIST :/);
    await alice.sees(/ 481 alice /);
  });
});

Deno.test("Who is owner no longer keeps what they founded or were given, and OPER", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const alice = await owning(room, owners, "alice");
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #own");
    await bob.everything();
    const carol = await byDevice(room, "carol");
    await carol.send("JOIN #tea", "JOIN #milk");
    await carol.everything();
    await bob.send("JOIN #tea,#milk");
    await bob.everything();
    await carol.send("MODE #milk +o bob");
    await bob.sees(/ MODE #milk \+o bob$/);
    await alice.send("OWNER ADD bob");
    await carol.sees(":Tea.local MODE #tea +o bob");
    await bob.send("OPER root oolong");
    await bob.sees(/ 381 bob /);
    await alice.send("OWNER DEL bob");
    await carol.sees(":Tea.local MODE #tea -o bob");
    assertEquals(await prefixOf(bob, "bob", "#own"), "@");
    assertEquals(await prefixOf(bob, "bob", "#milk"), "@");
    const { isOperator, isOwner } = room.chat.find("bob")!;
    assertEquals([isOperator, isOwner], [true, false]);
  });
});

Deno.test("An account that owns the room owns it wherever it is logged in, and not after the logout or its end", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const host = await byDevice(room, "host");
    await host.send("JOIN #tea");
    await host.everything();
    const alice = await byAccount(room, "alice");
    await alice.send("JOIN #tea", `OWNER CLAIM ${owners.invite()}`);
    await host.sees(":Tea.local MODE #tea +o alice");
    const phone = await byAccount(room, "phone", "alice");
    assert(room.chat.find("phone")!.isOperator);
    await phone.send("JOIN #tea");
    await host.sees(":Tea.local MODE #tea +o phone");
    // Another account is nobody's owner.
    await room.chat.accounts!.register("zoe", "opensesame");
    await logsIn(phone, "zoe");
    assertEquals(room.chat.find("phone")!.isOperator, false);
    await host.sees(":Tea.local MODE #tea -o phone");
    await alice.send("DROP alice");
    await alice.sees(/ DROP SUCCESS /);
    await host.sees(":Tea.local MODE #tea -o alice");
    assertEquals([room.chat.find("alice")!.isOperator, owners.isOwned], [false, false]);
    assertEquals(new Owners(house.store).isOwned, false);
  });
});

Deno.test("Where it can't be written nobody owns the room, and the secret can be used later", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const secret = owners.invite();
    const alice = await byDevice(room, "alice");
    house.store.db.exec("PRAGMA query_only = 1");
    await alice.send(`OWNER CLAIM ${secret}`);
    await alice.sees(/ FAIL OWNER TEMPORARILY_UNAVAILABLE /);
    assertEquals(room.chat.find("alice")!.isOperator, false);
    house.store.db.exec("PRAGMA query_only = 0");
    await alice.send(`OWNER CLAIM ${secret}`);
    await alice.sees(/ NOTE OWNER CLAIMED /);
  });
});

Deno.test("What a guest owned and founded is that of the account which they make", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const alice = await owning(room, owners, "alice");
    await alice.send("JOIN #tea");
    await alice.everything();
    const identity = identityOf(room, "alice");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ REGISTER SUCCESS alice /);
    await alice.everything();
    assertEquals([owners.has(identity), room.chat.accountOf(identity)], [true, "alice"]);
    assert(room.chat.find("alice")!.isOperator);
    assertEquals(room.chat.channels.find("#tea")!.founder, identity);
    await alice.send("OWNER LIST");
    await alice.sees(/ NOTE OWNER IS alice account /);
    await alice.send("NS LOGOUT");
    await alice.sees(/ MODE alice -o$/);
    assertEquals(room.chat.find("alice")!.isOwner, false);
  });
});

Deno.test("What a guest owned and founded is the account's that their device is given to, and not the device's after a logout", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    await leaves(await byAccount(room, "alice"));
    const alice = await owning(room, owners, "alice");
    await alice.send("JOIN #tea", "JOIN #milk", "PART #milk");
    await alice.everything();
    const guest = identityOf(room, "alice");
    await alice.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0alice\0opensesame")}`);
    await alice.sees(/ 903 /);
    await alice.everything();
    assertEquals([owners.has(guest), owners.has("account:alice")], [false, true]);
    assert(room.chat.find("alice")!.isOperator);
    assertEquals(room.chat.channels.find("#tea")!.founder, "account:alice");
    assertEquals(room.chat.channels.prepare("#milk").founder, "account:alice");
    const bob = await byDevice(room, "bob");
    await bob.send("JOIN #tea");
    await alice.sees(/^:bob!\S+ JOIN #tea$/);
    await alice.send("NS LOGOUT");
    await alice.sees(/ MODE alice -o$/);
    await bob.sees(":Tea.local MODE #tea -o alice");
    assertEquals(room.chat.find("alice")!.isOwner, false);
    await alice.send("OWNER LIST");
    await alice.sees(/ FAIL OWNER NO_PERMISSION /);
  });
});

Deno.test("A guest who logs in by an app password is the account, and leaves the room to the device", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const host = await byDevice(room, "host");
    await host.send("JOIN #tea");
    await host.everything();
    const zoe = await byAccount(room, "zoe");
    await zoe.send("DEVICES ADD :WeeChat");
    const password = / DEVICES SECRET \S+ (\S+)/.exec(await zoe.sees(/ DEVICES SECRET /))![1];
    await leaves(zoe);
    const alice = await owning(room, owners, "alice");
    await alice.send("JOIN #tea");
    await host.sees(":Tea.local MODE #tea +o alice");
    await alice.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0zoe\0${password}`)}`);
    await alice.sees(/ MODE alice -o$/);
    await host.sees(":Tea.local MODE #tea -o alice");
    assertEquals(room.chat.find("alice")!.identity, "account:zoe");
    const back = await byDevice(room, "anna", "alice");
    await back.everything();
    assert(room.chat.find("anna")!.isOwner);
  });
});

Deno.test("Both tabs of an owner are one person with the rights, whichever of them ends", async () => {
  await using house = new House();
  await house.open(async (room, owners) => {
    const alice = await owning(room, owners, "alice");
    const tab = await byDevice(room, "alice");
    await tab.everything();
    assertEquals(room.chat.find("alice")!.sessions.size, 2);
    await leaves(alice);
    assert(room.chat.find("alice")!.isOperator);
    await tab.send("OWNER LIST");
    await tab.sees(/ NOTE OWNER END 1 :/);
  });
});

Deno.test("1,000 guesses at the secret from one address take most of an hour, and whoever knows it still owns the room", async () => {
  await using house = new House();
  // A clock that goes on when somebody waits.
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
  await house.open(async (room, owners) => {
    const secret = owners.invite();
    for (let i = 0; i < 200; i++) {
      const eve = await byDevice(room, "eve", `eve${i}`);
      await eve.send(...Array.from({ length: 5 }, (_, j) => `OWNER CLAIM ${"0".repeat(36)}${1_000 + 5 * i + j}`));
      const refused = (await eve.rest()).filter((line) => line.includes(" FAIL OWNER INVALID_SECRET "));
      assertEquals(refused.length, 5);
    }
    assert(clock.ms > 49 * 60_000, `${clock.ms} ms`);
    const before = clock.ms;
    const alice = await byDevice(room, "alice");
    await alice.send(`OWNER CLAIM ${secret}`);
    await alice.sees(/ NOTE OWNER CLAIMED alice :/);
    assert(clock.ms - before < 10_000, `${clock.ms - before} ms`);
  }, new Guesses(clock));
});
