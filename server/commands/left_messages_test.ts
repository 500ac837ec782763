/** Private messages that are left for people who are away: for whom, how much, and how they are told of them. */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type Absentee, findAbsentee, LEFT } from "../room/absentees.ts";
import { ClientTags } from "../room/event.ts";
import { ReplyError } from "../room/reply.ts";
import { say } from "../room/talking.ts";
import { History } from "../store/history.ts";
import { Markers } from "../store/markers.ts";
import { Store } from "../store/store.ts";
import { Visits } from "../store/visits.ts";
import { callOf, type Person, quickAccounts, Room } from "../testing.ts";

const AWAY = ` :${LEFT}`;

/** Rooms on one database, one after the other. */
async function withHouse(
  test: (open: (visit: (room: Room, history: History | undefined) => Promise<void>) => Promise<void>) => Promise<void>,
  { isKept = true, file = Deno.makeTempFileSync() }: { isKept?: boolean; file?: string } = {},
) {
  try {
    await test(async (visit) => {
      const store = new Store(file);
      const history = isKept ? new History(store) : undefined;
      try {
        await using room = new Room({}, {}, {
          accounts: quickAccounts(store),
          markers: new Markers(store),
          visits: new Visits(store, history?.last ?? 0),
          store,
          history,
        });
        await visit(room, history);
        assertEquals(room.log.filter((line) => /error|cannot/i.test(line)), []);
      } finally {
        history?.close();
        await store.close();
      }
    });
  } finally {
    for (const end of ["", "-wal", "-shm"]) await Deno.remove(file + end).catch(() => {});
  }
}

/** One room that keeps everything. */
async function withRoom(test: (room: Room, history: History) => Promise<void>): Promise<void> {
  await withHouse((open) => open((room, history) => test(room, history!)));
}

async function enters(person: Person, nick: string): Promise<string[]> {
  await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "CAP END");
  await person.sees(/ (422|376) /);
  return await person.everything();
}

async function leaves(person: Person): Promise<void> {
  await person.send("QUIT");
  await person.rest();
}

/** Makes an account, and leaves. */
async function account(room: Room, nick: string): Promise<void> {
  const person = await room.person(nick, { caps: "draft/account-registration" });
  await person.send("REGISTER * * opensesame");
  await person.sees(/ REGISTER SUCCESS /);
  await leaves(person);
}

/** Logs in to an account on the way in, and gives what came after the welcome. */
async function logsIn(room: Room, name: string, caps = "", nick = name): Promise<{ person: Person; told: string[] }> {
  const person = await room.stranger();
  await person.send(`CAP REQ :sasl ${caps}`, "AUTHENTICATE PLAIN");
  await person.send(`AUTHENTICATE ${btoa(`\0${name}\0opensesame`)}`);
  await person.sees(/ 903 /);
  return { person, told: await enters(person, nick) };
}

/** Somebody who has come in by a device, new or not. */
async function byDevice(room: Room, nick: string, secret?: string) {
  const person = await room.stranger();
  await person.send("CAP REQ :teahouse.chat/device", secret === undefined ? "DEVICE NEW" : `DEVICE RESUME ${secret}`);
  const [, said] = / DEVICE (?:SECRET|OK) (\S+)/.exec(await person.sees(/ DEVICE (SECRET|OK) /))!;
  const told = await enters(person, nick);
  return { person, secret: secret ?? said, told };
}

/** Waits until everything is in the database. */
async function written({ chat: { store } }: Room): Promise<void> {
  await store!.settled(store!.changes);
}

/** What a person is answered to a line. */
async function answer(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return await person.everything();
}

function texts(lines: string[]): string[] {
  return lines.flatMap((line) => / PRIVMSG \S+ :(.*)$/.exec(line)?.[1] ?? []);
}

Deno.test("What is said to an account that is away is kept; the sender is told so once, and its owner has it on return, once", async () => {
  await withHouse(async (open) => {
    await open(async (room) => {
      await account(room, "Bob");
      const alice = await room.person("alice", { caps: "echo-message" });
      assertEquals(await answer(alice, "PRIVMSG bob :see you at nine"), [
        ":alice!alice@127.0.0.1 PRIVMSG Bob :see you at nine",
        `:Tea.local 301 alice Bob${AWAY}`,
      ]);
      assertEquals(await answer(alice, "PRIVMSG bob :or at ten"), [":alice!alice@127.0.0.1 PRIVMSG Bob :or at ten"]);
      // Neither a NOTICE nor a question to a program is left, and an unknown name is refused.
      assertEquals(await answer(alice, "NOTICE bob :beep"), []);
      assertEquals(await answer(alice, "PRIVMSG bob :\x01VERSION\x01", "PRIVMSG bert :hi"), [
        ":Tea.local 401 alice Bob :No such nick",
        ":Tea.local 401 alice bert :No such nick",
      ]);
    });
    await open(async (room) => {
      const { person: bob, told } = await logsIn(room, "bob");
      assertMatch(texts(told)[0], /^\[.*\d\d:\d\d\] see you at nine$/);
      assertMatch(texts(told)[1], /^\[.*\d\d:\d\d\] or at ten$/);
      assertEquals(texts(told).length, 2);
      assert(told.every((line) => !line.includes("PRIVMSG") || line.startsWith(":alice!alice@127.0.0.1 PRIVMSG Bob ")));
      await leaves(bob);
      assertEquals(texts((await logsIn(room, "bob")).told), []);
    });
    await open(async (room) => assertEquals(texts((await logsIn(room, "bob")).told), []));
  });
});

Deno.test("For each stay away the sender is told anew", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    assertEquals(await answer(alice, "PRIVMSG bob :one", "PRIVMSG bob :two"), [`:Tea.local 301 alice bob${AWAY}`]);
    const { person: bob, told } = await logsIn(room, "bob", "server-time");
    assertEquals(texts(told), ["one", "two"]);
    assert(told.some((line) => line.startsWith("@time=2026-01-01T12:00:00.000Z :alice!")));
    await leaves(bob);
    assertEquals(await answer(alice, "PRIVMSG bob :three"), [`:Tea.local 301 alice bob${AWAY}`]);
    assertEquals(texts((await logsIn(room, "bob", "batch server-time")).told), ["three"]);
  });
});

Deno.test("A client that knows batches has what was left as history, by sender", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const [alice, carol] = [await room.person("alice"), await room.person("carol")];
    await answer(alice, "PRIVMSG bob :a1");
    await answer(carol, "PRIVMSG bob :c1");
    await answer(alice, "PRIVMSG bob :a2");
    const { told } = await logsIn(room, "bob", "batch server-time");
    assertEquals(texts(told), ["a1", "a2", "c1"]);
    assertEquals(told.filter((line) => / BATCH \+/.test(line)).map((line) => line.replace(/^.* BATCH \+\S+ /, "")), [
      "chathistory alice",
      "chathistory carol",
    ]);
  });
});

Deno.test("A client that asks for the past is told up to where it was read, and finds what was left", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    await answer(alice, "PRIVMSG bob :one");
    const caps = "batch server-time draft/chathistory draft/read-marker";
    const { person: bob, told } = await logsIn(room, "bob", caps);
    assertEquals(told.filter((line) => !/ (372|375|NOTICE) /.test(line)), [
      "@time=2026-01-01T12:00:00.000Z :Tea.local MARKREAD alice *",
    ]);
    const targets = "CHATHISTORY TARGETS timestamp=2025-12-31T00:00:00.000Z timestamp=2026-01-02T00:00:00.000Z 10";
    assertEquals(
      (await answer(bob, targets)).filter((line) => line.includes("TARGETS")).map((line) => line.split(" ").slice(3)),
      [["TARGETS", "alice", "2026-01-01T12:00:00.000Z"]],
    );
    assertEquals(texts(await answer(bob, "CHATHISTORY LATEST alice * 10")), ["one"]);
    // It is unread on each device, until it is read.
    const { person: laptop, told: again } = await logsIn(room, "bob", caps, "bob-laptop");
    assertEquals(again.filter((line) => line.includes("MARKREAD")).length, 1);
    await answer(laptop, "MARKREAD alice timestamp=2026-01-01T12:00:00.000Z");
    await leaves(laptop);
    const { told: last, person: phone } = await logsIn(room, "bob", caps, "bob-phone");
    assertEquals(last.filter((line) => line.includes("MARKREAD")), []);
    // What bob said last is no news.
    room.now += 1_000;
    await answer(bob, "PRIVMSG alice :fine");
    await leaves(phone);
    const { told: none } = await logsIn(room, "bob", caps, "bob-phone");
    assertEquals(none.filter((line) => line.includes("MARKREAD")), []);
  });
});

Deno.test("Whoever logs in while they are here is told then", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    await answer(alice, "PRIVMSG bob :one");
    const guest = await room.person("bobby", { caps: "server-time" });
    assertEquals(texts(await answer(guest, "NS IDENTIFY bob opensesame")).filter((text) => text === "one"), ["one"]);
  });
});

Deno.test("Somebody who is here under the nick gets the message, and the account that is away does not", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const [alice, other] = [await room.person("alice"), await room.person("bob")];
    assertEquals(await answer(alice, "PRIVMSG bob :hi"), []);
    assertEquals(texts(await other.everything()), ["hi"]);
    await leaves(other);
    assertEquals(texts((await logsIn(room, "bob", "server-time")).told), []);
  });
});

Deno.test("An account that is here under another nick is not away, and nothing is left for it", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    const { person: bob } = await logsIn(room, "bob", "", "robert");
    assertEquals(await answer(alice, "PRIVMSG bob :hi"), [":Tea.local 401 alice bob :No such nick"]);
    assertEquals(texts(await bob.everything()), []);
  });
});

Deno.test("An account that was talked with under another nick is left something under that nick too, until it is removed", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    await account(room, "alice");
    const { person: alice } = await logsIn(room, "alice");
    const { person: bob } = await logsIn(room, "bob", "", "robert");
    const carol = await room.person("carol");
    await answer(bob, "PRIVMSG alice :hello");
    assertEquals(texts(await answer(alice, "PRIVMSG robert :hello")), ["hello"]);
    await leaves(bob);
    assertEquals(await answer(alice, "PRIVMSG robert :later"), [`:Tea.local 301 alice robert${AWAY}`]);
    assertEquals(await answer(alice, "PRIVMSG bob :or now"), []);
    // To whom has not talked with them under it the nick says nothing.
    assertEquals(await answer(carol, "PRIVMSG robert :hi"), [":Tea.local 401 carol robert :No such nick"]);
    const { person: back, told } = await logsIn(room, "bob");
    assertEquals(texts(told).map((text) => text.replace(/^\[.*\] /, "")), ["later", "or now"]);
    await answer(back, "DROP bob");
    await leaves(back);
    assertEquals(await answer(alice, "PRIVMSG robert :hm"), [":Tea.local 401 alice robert :No such nick"]);
    await account(room, "bob");
    assertEquals(await answer(alice, "PRIVMSG robert :hm"), [":Tea.local 401 alice robert :No such nick"]);
    // Nor does the talk get the nick of whoever has the account of that name now.
    const { person: stranger } = await logsIn(room, "bob", "", "robbie");
    for (const person of [stranger, alice]) await answer(person, "JOIN #tea");
    await answer(alice, "CAP REQ :draft/chathistory batch message-tags");
    const span = "timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z";
    const listed = await answer(alice, `CHATHISTORY TARGETS ${span} 50`);
    assertEquals(listed.flatMap((line) => / TARGETS (\w+) /.exec(line)?.[1] ?? []), ["bob"]);
  });
});

Deno.test("A guest's device is left something by those who have talked with it, and it alone has it", async () => {
  await withHouse(async (open) => {
    let secret = "", alicesSecret = "";
    await open(async (room) => {
      const { person: bob, secret: bobs } = await byDevice(room, "bob");
      secret = bobs;
      const { person: alice, secret: alices } = await byDevice(room, "alice");
      alicesSecret = alices;
      const carol = await room.person("carol");
      await answer(alice, "PRIVMSG bob :hello");
      await leaves(bob);
      assertEquals(await answer(alice, "PRIVMSG bob :later"), [`:Tea.local 301 alice bob${AWAY}`]);
      assertEquals(await answer(carol, "PRIVMSG bob :hi"), [":Tea.local 401 carol bob :No such nick"]);
      // A stranger who takes the nick has nothing of it, neither of the past nor of what is said now that they are gone.
      const { person: thief, told } = await byDevice(room, "bob");
      assertEquals(texts(told), []);
      await leaves(thief);
      assertEquals(await answer(alice, "PRIVMSG bob :still for bob"), []);
    });
    await open(async (room) => {
      const { person: alice } = await byDevice(room, "alice", alicesSecret);
      assertEquals(await answer(alice, "PRIVMSG bob :good morning"), [`:Tea.local 301 alice bob${AWAY}`]);
      const { person: bob, told } = await byDevice(room, "bob", secret);
      assertEquals(texts(told).map((text) => text.replace(/^\[.*\] /, "")), ["later", "still for bob", "good morning"]);
      // It has another nick when it leaves, so the former one is nobody's.
      await answer(bob, "NICK robert");
      await leaves(bob);
      assertEquals(await answer(alice, "PRIVMSG bob :hm"), [":Tea.local 401 alice bob :No such nick"]);
    });
  });
});

Deno.test("Where somebody without a device has talked under the nick of a device, nothing is left for it", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    const bob = await room.person("bob");
    await answer(alice, "PRIVMSG bob :hello");
    await leaves(bob);
    const { person: thief } = await byDevice(room, "bob");
    await answer(thief, "PRIVMSG alice :it is me, bob");
    await leaves(thief);
    assertEquals(
      (await answer(alice, "PRIVMSG bob :the key is 1234")).at(-1),
      ":Tea.local 401 alice bob :No such nick",
    );
  });
});

Deno.test("Where two devices have talked under one nick, nothing is left for either", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    const { person: bob } = await byDevice(room, "bob");
    await answer(alice, "PRIVMSG bob :hello");
    await leaves(bob);
    const { person: thief } = await byDevice(room, "bob");
    await answer(thief, "PRIVMSG alice :it is me, bob");
    await leaves(thief);
    assertEquals(
      (await answer(alice, "PRIVMSG bob :the key is 1234")).at(-1),
      ":Tea.local 401 alice bob :No such nick",
    );
  });
});

Deno.test("Where there is an account of the nick of a device, the account has the message", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    const { person: guest, secret } = await byDevice(room, "bob");
    await answer(alice, "PRIVMSG bob :hello");
    await leaves(guest);
    await account(room, "bob");
    assertEquals(await answer(alice, "PRIVMSG bob :for the account"), [`:Tea.local 301 alice bob${AWAY}`]);
    assertEquals(texts((await byDevice(room, "bobby", secret)).told), []);
    assertEquals(texts((await logsIn(room, "bob", "server-time")).told), ["for the account"]);
  });
});

Deno.test("Who has a name is decided in the step in which the message is kept", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    const { person: guest, secret } = await byDevice(room, "dave");
    await answer(alice, "PRIVMSG dave :hello");
    await leaves(guest);
    // Whoever comes in under the nick between the look-up and the keeping gets it.
    const conversations = room.chat.history!.conversations.bind(room.chat.history!);
    const { promise, resolve } = Promise.withResolvers<void>();
    room.chat.history!.conversations = function* (...args) {
      const found = yield* conversations(...args);
      // deno-lint-ignore no-explicit-any
      yield promise as any;
      return found;
    };
    await alice.send("PRIVMSG dave :psst");
    const newcomer = await room.person("dave");
    resolve();
    await newcomer.sees(":alice!alice@127.0.0.1 PRIVMSG dave :psst");
    assertEquals(await alice.everything(), []);
    await leaves(newcomer);
    assertEquals(texts((await byDevice(room, "dave2", secret)).told), []);
  });
});

Deno.test("Nothing is left for somebody who was found and is somebody else by now, or is back, or for whose sender that holds", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice", { caps: "draft/account-registration" });
    const { person: guest, secret } = await byDevice(room, "dave");
    await answer(alice, "PRIVMSG dave :hello");
    await leaves(guest);
    const { chat } = room;
    const call = callOf(chat, "alice");
    const found = (nick: string) => {
      const steps = findAbsentee(chat, call.person, nick);
      for (;;) {
        const { done, value } = steps.next();
        if (done) return value!;
      }
    };
    const leave = (target: string, absentee: Absentee) => {
      say(chat, call.reply, { command: "PRIVMSG", target, text: "psst", clientTags: new ClientTags({}), absentee });
    };
    const [bob, dave] = [found("bob"), found("dave")];
    leave("dave", dave);
    leave("bob", bob);
    const refuses = (target: string, absentee: Absentee) =>
      assertThrows(() => leave(target, absentee), ReplyError, "401");
    const { person: back } = await byDevice(room, "dave2", secret);
    refuses("dave", dave);
    await answer(back, "NICK dave");
    await leaves(back);
    const { person: renamed } = await byDevice(room, "dave", secret);
    await answer(renamed, "NICK davy");
    refuses("dave", dave);
    await answer(renamed, "NICK dave");
    await leaves(renamed);
    leave("dave", dave);
    await account(room, "dave");
    refuses("dave", dave);
    const { person: owner } = await logsIn(room, "bob", "", "robert");
    refuses("bob", bob);
    await leaves(owner);
    leave("bob", bob);
    chat.accounts!.drop("bob", () => {});
    await account(room, "bob");
    refuses("bob", bob);
    const again = found("bob");
    leave("bob", again);
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ REGISTER SUCCESS /);
    await alice.everything();
    refuses("bob", again);
  });
});

Deno.test("One address leaves somebody 200 messages or 64 KiB, and is refused more until they have come back", async () => {
  await withRoom(async (room, history) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    for (let i = 0; i < 200; i++) await alice.send(`PRIVMSG bob :${i}`);
    assertEquals(await alice.everything(), [`:Tea.local 301 alice bob${AWAY}`]);
    const refusal = ":Tea.local 404 alice bob :Cannot send (as much waits for bob, who is away, as may)";
    assertEquals(await answer(alice, "PRIVMSG bob :more"), [refusal]);
    // The same from the address's next nick, and after it was all written.
    await written(room);
    const mallory = await room.person("mallory");
    assertEquals(await answer(mallory, "PRIVMSG bob :more"), [refusal.replace("alice", "mallory")]);
    const { person: bob, told } = await logsIn(room, "bob", "server-time");
    assertEquals(texts(told), Array.from({ length: 200 }, (_, i) => `${i}`));
    await leaves(bob);
    const long = "x".repeat(400);
    for (let i = 0; i < 170; i++) await alice.send(`PRIVMSG bob :${long}`);
    const answers = await alice.everything();
    assertEquals(answers.filter((line) => line === refusal).length, 170 - Math.floor(65_536 / 400));
    const identity = room.chat.accounts!.identity("bob");
    assert(history.left.amount(identity).bytes <= 65_536);
  });
});

Deno.test("Many addresses together leave somebody 1,000 messages at the most", async () => {
  await withRoom(async (room, history) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    const recipient = room.chat.accounts!.identity("bob");
    for (let i = 0; i < 999; i++) history.left.add({ id: i + 1, recipient, range: `10.0.0.${i % 250}`, bytes: 1 });
    assertEquals(await answer(alice, "PRIVMSG bob :the last"), [`:Tea.local 301 alice bob${AWAY}`]);
    assertMatch((await answer(alice, "PRIVMSG bob :too much"))[0], / 404 alice bob :Cannot send /);
  });
});

Deno.test("A message that is removed is not told on return, and makes room for another", async () => {
  await withRoom(async (room, history) => {
    await account(room, "bob");
    const alice = await room.person("alice", { caps: "echo-message message-tags draft/message-redaction" });
    const [echo] = await answer(alice, "PRIVMSG bob :oops");
    const [, msgid] = /msgid=(\w+)/.exec(echo)!;
    await written(room);
    const recipient = room.chat.accounts!.identity("bob");
    assertEquals(history.left.amount(recipient).count, 1);
    await answer(alice, `REDACT bob ${msgid}`);
    await written(room);
    assertEquals(history.left.amount(recipient).count, 0);
    assertEquals(texts((await logsIn(room, "bob")).told), []);
  });
});

Deno.test("What is left goes with the account", async () => {
  await withRoom(async (room, history) => {
    await account(room, "bob");
    const alice = await room.person("alice");
    await answer(alice, "PRIVMSG bob :one");
    await written(room);
    const recipient = room.chat.accounts!.identity("bob");
    room.chat.accounts!.drop("bob", () => {});
    assertEquals(history.left.amount(recipient).count, 0);
    assertEquals(await answer(alice, "PRIVMSG bob :two"), [":Tea.local 401 alice bob :No such nick"]);
  });
});

Deno.test("Where nothing is kept, nothing is left for anybody", async () => {
  await withHouse((open) =>
    open(async (room) => {
      await account(room, "bob");
      const alice = await room.person("alice");
      assertEquals(await answer(alice, "PRIVMSG bob :hi", "WHOIS bob"), [
        ":Tea.local 401 alice bob :No such nick",
        ":Tea.local 401 alice bob :No such nick",
        ":Tea.local 318 alice bob :End of /WHOIS list",
      ]);
    }), { isKept: false });
});

Deno.test("WHOIS tells of somebody who is away whether something can be left for them", async () => {
  await withRoom(async (room) => {
    await account(room, "Bob");
    const alice = await room.person("alice");
    assertEquals(await answer(alice, "WHOIS bob", "WHOIS bert"), [
      ":Tea.local 301 alice Bob :Away from the room, and will get what you write on return",
      ":Tea.local 318 alice bob :End of /WHOIS list",
      ":Tea.local 401 alice bert :No such nick",
      ":Tea.local 318 alice bert :End of /WHOIS list",
    ]);
  });
});

Deno.test("A message of several lines is left as one", async () => {
  await withRoom(async (room) => {
    await account(room, "bob");
    const alice = await room.person("alice", { caps: "batch draft/multiline" });
    await alice.send(
      "BATCH +1 draft/multiline bob",
      "@batch=1 PRIVMSG bob :one",
      "@batch=1 PRIVMSG bob :two",
      "BATCH -1",
    );
    assertEquals(await alice.everything(), [`:Tea.local 301 alice bob${AWAY}`]);
    assertEquals(texts((await logsIn(room, "bob", "server-time")).told), ["one", "two"]);
  });
});

Deno.test("A talk with somebody who has taken another nick is one talk, and not that of whoever takes the former nick", async () => {
  for (const isWritten of [false, true]) {
    await withRoom(async (room) => {
      await account(room, "alice");
      const caps = "draft/chathistory draft/read-marker draft/event-playback message-tags server-time batch";
      const comes = async () => {
        if (isWritten) await written(room);
        const { person, told } = await logsIn(room, "alice", caps);
        return { alice: person, marks: told.flatMap((line) => / MARKREAD (.*)$/.exec(line)?.[1] ?? []) };
      };
      const targets = async (alice: Person) => {
        const span = "timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z";
        if (isWritten) await written(room);
        const told = await answer(alice, `CHATHISTORY TARGETS ${span} 50`, `CHATHISTORY TARGETS ${span} 50`);
        const names = told.flatMap((line) => / TARGETS (\S+) /.exec(line)?.[1] ?? []);
        assertEquals(names.slice(names.length / 2), names.slice(0, names.length / 2));
        return names.slice(names.length / 2);
      };
      const { person: bob } = await byDevice(room, "bob");
      await answer(bob, "JOIN #tea");
      const first = await comes();
      await answer(bob, "PRIVMSG alice :one");
      const read = `timestamp=${new Date(room.now).toISOString()}`;
      await answer(first.alice, `MARKREAD bob ${read}`);
      room.now += 1_000;
      await answer(bob, "NICK robert", "PRIVMSG alice :two");
      await leaves(first.alice);
      room.now += 1_000;
      const { alice, marks } = await comes();
      assertEquals(marks, [`robert ${read}`]);
      assertEquals(await targets(alice), ["robert"]);
      // Somebody else takes the nick that is free, and has a talk of their own.
      const { person: other } = await byDevice(room, "bob");
      await answer(other, "PRIVMSG alice :I am another");
      assertEquals(await targets(alice), ["robert", "bob"]);
      // To whom shares no channel with them a change of the nick is not told.
      await answer(bob, "NICK bobby");
      assertEquals(await targets(alice), ["robert", "bob"]);
      await answer(alice, "JOIN #tea");
      assertEquals(await targets(alice), ["bobby", "bob"]);
      assertEquals(texts(await answer(alice, "CHATHISTORY LATEST bobby * 10")), ["one", "two"]);
      // Whoever is gone has the nick under which they have talked.
      await leaves(bob);
      assertEquals(await targets(alice), ["robert", "bob"]);
    });
  }
});
