import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { nextTurn } from "../turns/loop.ts";
import { MaskList } from "../room/masklist.ts";
import { Metadata } from "../store/metadata.ts";
import { KeptChannels } from "../store/channels.ts";
import { APPLICATION_ID, MIGRATIONS } from "../store/schema.ts";
import { Reply } from "../room/reply.ts";
import type { Session } from "../room/session.ts";
import { COMMANDS } from "./table.ts";
import { Store } from "../store/store.ts";
import { callOf, type Person, quickAccounts, Room, sessionOf } from "../testing.ts";
import { handleLine } from "./mod.ts";

const CAPS = "draft/metadata-3 batch";
const OPERATORS = new Map([["root", "secret"]]);

/** Opens a room over a database, for one test; what was kept there before is there. */
async function withRoom(test: (room: Room, store: Store) => Promise<void>, file = ":memory:"): Promise<string[]> {
  const log: string[] = [];
  const store = new Store(file, { onError: (text) => log.push(text) });
  {
    const parts = {
      keptChannels: new KeptChannels(store),
      accounts: quickAccounts(store),
      metadata: new Metadata(store),
    };
    await using room = new Room({ operators: OPERATORS }, {}, parts);
    await test(room, store);
  }
  await store.close();
  return log;
}

/** A line without the server's name; what is in a batch stands indented, in the place of its reference. */
function plain(line: string): string {
  return line.replace(/^@batch=\S+ /, "  ").replace(":Tea.local ", "").replace(/^BATCH \+\S+ /, "batch ")
    .replace(/^BATCH -\S+$/, "end");
}

/** What someone is told now. */
async function told(person: Person): Promise<string[]> {
  return (await person.everything()).map(plain);
}

/** What someone is answered. */
async function asks(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return await told(person);
}

/** Someone with the capabilities who has subscribed to keys, and is in channels. */
async function subscriber(room: Room, nick: string, keys: string, join = ""): Promise<Person> {
  const person = await room.person(nick, { caps: CAPS, join });
  if (keys !== "") await asks(person, `METADATA * SUB ${keys}`);
  return person;
}

Deno.test("What the others of a channel are is told to who comes in in steps, without a look at who says nothing of it", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("MODE #tea +b ~m:x*");
    for (let i = 0; i < 20; i++) {
      const person = await room.person(`p${i}`, { caps: CAPS, join: "#tea" });
      await asks(person, `METADATA * SET ${i % 2 === 0 ? "status" : "pronouns"} :v${i}`);
    }
    const bob = await subscriber(room, "bob", "status");
    // As after a change of the lists.
    await alice.send("MODE #tea +b ~m:y*");
    await alice.everything();
    let [looks, steps, mostInStep] = [0, 0, 0];
    const { covers } = MaskList.prototype;
    MaskList.prototype.covers = function (...params) {
      looks++;
      return covers.apply(this, params);
    };
    try {
      const slice = (step: () => boolean) => {
        const before = looks;
        const isDone = step();
        mostInStep = Math.max(mostInStep, looks - before);
        steps++;
        return isDone;
      };
      await handleLine(room.chat, sessionOf(room.chat, "bob"), "JOIN #tea", { turn: () => undefined, slice });
    } finally {
      MaskList.prototype.covers = covers;
    }
    const lines = await told(bob);
    assertEquals(lines.filter((line) => / 761 bob p\d+ status /.test(line)).length, 10);
    assert(steps > 20 && mostInStep < 10, `${steps} steps, ${mostInStep} looks in one, ${looks} in all`);
  });
});

/** Logs in before registration and comes in; what is told until then is given. */
async function logsIn(room: Room, nick: string, account = nick): Promise<[Person, string[]]> {
  const person = await room.stranger(nick);
  await person.send("CAP REQ :sasl draft/metadata-3 batch", "METADATA * SUB pronouns", "AUTHENTICATE PLAIN");
  await person.sees("AUTHENTICATE +");
  await person.send(`AUTHENTICATE ${Buffer.from(`\0${account}\0opensesame`).toString("base64")}`);
  // Before it has a nick it is told of nothing.
  assertMatch((await person.next())!, / 900 /);
  assertMatch((await person.next())!, / 903 /);
  await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "CAP END");
  const burst = await told(person);
  return [person, burst.slice(burst.findIndex((line) => line.startsWith("batch")), burst.indexOf("end") + 1)];
}

Deno.test("METADATA sets, gives, lists and clears what someone is; others read it", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    const bob = await room.person("bob", { caps: CAPS });
    assertEquals(await asks(alice, "METADATA * LIST", "METADATA * SET pronouns she/her"), [
      "batch metadata alice",
      "end",
      "761 alice alice pronouns * she/her",
    ]);
    assertEquals(await asks(alice, "metadata ALICE set display-name :Alice the First"), [
      "761 alice alice display-name * :Alice the First",
    ]);
    assertEquals(await asks(bob, "METADATA Alice GET display-name avatar Bad!Key pronouns"), [
      "batch metadata alice",
      "  761 bob alice display-name * :Alice the First",
      "  766 bob alice avatar :Key is not set",
      "  WARN METADATA INVALID_KEY Bad!Key :A key is 1 to 50 of a-z, 0-9 and _./-",
      "  761 bob alice pronouns * she/her",
      "end",
    ]);
    // Nothing is the same as none, and what is not there can be taken away.
    const unset = "766 alice alice pronouns :Key is not set";
    assertEquals(await asks(alice, "METADATA * SET pronouns :", "METADATA * SET pronouns"), [unset, unset]);
    assertEquals(await asks(alice, "METADATA * CLEAR", "METADATA * CLEAR"), [
      "batch metadata alice",
      "  766 alice alice display-name :Key is not set",
      "end",
      "batch metadata alice",
      "end",
    ]);
    assertEquals(await asks(bob, "METADATA alice LIST"), ["batch metadata alice", "end"]);
    // Who knows no batches is answered as well.
    const carol = await room.person("carol");
    assertEquals(await asks(carol, "METADATA * SET url :https://tea.example/", "METADATA * LIST"), [
      "761 carol carol url * https://tea.example/",
      "761 carol carol url * https://tea.example/",
    ]);
  });
});

Deno.test("WHOIS tells what someone is to who has the capability", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    const bob = await room.person("bob");
    await asks(alice, "METADATA * SET pronouns she/her");
    assert((await asks(alice, "WHOIS alice")).includes("760 alice alice pronouns * she/her"));
    assert(!(await asks(bob, "WHOIS alice")).some((line) => line.startsWith("760")));
  });
});

Deno.test("A change is told once to each who sees the person and has subscribed to the key, and to nobody else", async () => {
  await withRoom(async (room) => {
    const alice = await subscriber(room, "alice", "pronouns", "#tea,#milk");
    const bob = await subscriber(room, "bob", "pronouns avatar", "#tea,#milk");
    const watcher = await subscriber(room, "watcher", "pronouns");
    await asks(watcher, "MONITOR + alice");
    const others = [
      await subscriber(room, "carol", "avatar", "#tea"),
      await subscriber(room, "dave", "pronouns", "#coffee"),
      await room.person("erin", { caps: "batch", join: "#tea" }),
    ];
    await asks(others[2], "METADATA * SUB pronouns");
    for (const person of [alice, bob, ...others]) await told(person);
    assertEquals(await asks(alice, "METADATA * SET pronouns :she / her"), ["761 alice alice pronouns * :she / her"]);
    for (const person of [bob, watcher]) assertEquals(await told(person), ["761 * alice pronouns * :she / her"]);
    // The same again is no news.
    await asks(alice, "METADATA * SET pronouns :she / her", "METADATA * CLEAR");
    for (const person of [bob, watcher]) assertEquals(await told(person), ["766 * alice pronouns :Key is not set"]);
    for (const person of others) assertEquals(await told(person), []);
    // Who gives up a subscription, or the capability with all of them, hears no more.
    assertEquals(await asks(bob, "METADATA * UNSUB avatar pronouns never"), ["771 bob avatar pronouns never"]);
    await asks(watcher, "CAP REQ -batch", "CAP REQ batch");
    await asks(alice, "METADATA * SET pronouns they/them");
    for (const person of [bob, watcher]) assertEquals(await told(person), []);
    assertEquals(await asks(watcher, "METADATA * SUBS"), ["batch metadata-subs", "end"]);
  });
});

Deno.test("Who joins or begins to watch is told what is; members are told who has joined; SYNC tells it again", async () => {
  await withRoom(async (room) => {
    const alice = await subscriber(room, "alice", "pronouns url", "#tea");
    await asks(alice, "METADATA * SET pronouns she/her", "METADATA * SET secret :not asked for");
    await asks(alice, "METADATA #tea SET url :https://tea.example/");
    const bob = await room.person("bob", { caps: CAPS });
    assertEquals(await asks(bob, "METADATA * SUB url pronouns"), [
      "770 bob url pronouns",
      "774 bob *ALL 0 :Ask for it by METADATA SYNC",
    ]);
    await asks(bob, "METADATA * SET pronouns he/him");
    const batch = [
      "batch metadata #tea",
      "  761 bob #tea url * https://tea.example/",
      "  761 bob alice pronouns * she/her",
      "end",
    ];
    assertEquals((await asks(bob, "JOIN #tea")).slice(-4), batch);
    assertEquals(await told(alice), [":bob!bob@127.0.0.1 JOIN #tea", "761 * bob pronouns * he/him"]);
    assertEquals(await asks(bob, "METADATA #tea SYNC"), batch);
    assertEquals(await asks(bob, "METADATA alice SYNC"), ["batch metadata alice", batch[2], "end"]);
    const watcher = await subscriber(room, "watcher", "pronouns");
    assertEquals(await asks(watcher, "MONITOR + alice,nobody"), [
      "730 watcher alice!alice@127.0.0.1",
      "731 watcher nobody",
      "batch metadata alice",
      "  761 watcher alice pronouns * she/her",
      "end",
    ]);
    // Who is met in two channels and watched besides is told of once.
    await asks(alice, "JOIN #milk");
    await asks(watcher, "JOIN #tea,#milk");
    assertEquals(await asks(watcher, "METADATA *ALL SYNC"), [
      "batch metadata *ALL",
      "  761 watcher alice pronouns * she/her",
      "  761 watcher bob pronouns * he/him",
      "end",
    ]);
    // One who is watched comes online.
    await asks(watcher, "MONITOR + frank");
    const frank = await room.stranger("frank");
    await frank.send(`CAP REQ :${CAPS}`, "METADATA * SET pronouns it/its", "NICK frank", "USER f 0 * :f", "CAP END");
    await frank.sees(/ 422 /);
    assertEquals(await told(watcher), [
      "730 * frank!f@127.0.0.1",
      "batch metadata frank",
      "  761 watcher frank pronouns * it/its",
      "end",
    ]);
  });
});

Deno.test("What would be much is not told on JOIN; SYNC tells all of it as its reader takes it", async () => {
  await withRoom(async (room) => {
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
    const value = "v".repeat(187);
    const members = Array.from({ length: 250 }, (_, i) => {
      const session = room.chat.connect("host");
      for (const line of [`NICK m${i}`, "USER m 0 * :m", "JOIN #tea"]) handleLine(room.chat, session, line);
      for (const key of keys) session.person.metadata.set(key, value);
      return session;
    });
    const alice = await subscriber(room, "alice", keys.join(" "));
    assertEquals((await asks(alice, "JOIN #tea")).slice(-1), ["774 alice #tea 2 :Ask for it by METADATA SYNC"]);
    const lines = await asks(alice, "METADATA #tea SYNC");
    assertEquals(lines.length, 2 + members.length * keys.length);
    assertEquals(lines.at(-2), `  761 alice m249 key-19 * ${value}`);
    // Nor are members told all that each newcomer is.
    const late = await room.person("late");
    const someone = room.chat.find("late")!;
    for (const key of keys) someone.metadata.set(key, value);
    await asks(late, "JOIN #tea");
    assertEquals(await told(alice), [":late!late@127.0.0.1 JOIN #tea"]);
    for (const member of members) member.close("over");
  });
});

/** Someone without a socket, who has sent these lines. */
function bare(room: Room, nick: string, caps: string, ...lines: string[]): Session {
  const session = room.chat.connect("host", { sendQ: 16_384 });
  for (const line of [`CAP REQ :${caps}`, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "CAP END", ...lines]) {
    handleLine(room.chat, session, line);
  }
  return session;
}

/** What someone without a socket is told, from now to their end. */
async function reads(session: Session): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const batch of session.outbox) text += decoder.decode(batch, { stream: true });
  return text.split("\r\n").map((line) => line.replace(":Tea.local ", ""));
}

/** People without sockets in #tea of whom there is so much to tell that alice, who reads nothing yet, has to be waited for. */
function crowd(room: Room): { alice: Session; members: Session[] } {
  const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
  const members = Array.from({ length: 5 }, (_, i) => {
    const session = bare(room, `m${i}`, "batch", "JOIN #tea");
    for (const key of keys) session.person.metadata.set(key, "v".repeat(180));
    return session;
  });
  const alice = bare(room, "alice", `${CAPS} labeled-response`, "JOIN #tea", `METADATA * SUB ${keys.join(" ")}`);
  return { alice, members };
}

/** Of whom a SYNC has told how many values, by nick. */
function counts(lines: string[]): Record<string, number> {
  const nicks = lines.map((line) => /^@batch=\S+ 761 \S+ (\S+) /.exec(line)?.[1]).filter((nick) => nick !== undefined);
  return Object.fromEntries(Map.groupBy(nicks, (nick) => nick).entries().map(([nick, { length }]) => [nick, length]));
}

for (const name of ["#tea", "*ALL"]) {
  Deno.test(`METADATA ${name} SYNC that is read slowly tells of each once, and of nobody who has gone or can't be seen`, async () => {
    await withRoom(async (room) => {
      const { alice, members } = crowd(room);
      let answer = handleLine(room.chat, alice, `METADATA ${name} SYNC`);
      assert(answer instanceof Promise);
      // The first one, of whom some has been told, goes and comes back.
      for (const line of ["PART #tea", "JOIN #tea"]) handleLine(room.chat, members[0], line);
      members[1].close("over");
      let lines = reads(alice);
      await answer;
      alice.close("over");
      assertEquals(counts(await lines), { m0: 20, m2: 20, m3: 20, m4: 20 });
      for (const member of members) member.close("over");

      const next = crowd(room);
      answer = handleLine(room.chat, next.alice, `METADATA ${name} SYNC`);
      assert(answer instanceof Promise);
      handleLine(room.chat, next.members[0], "KICK #tea alice");
      lines = reads(next.alice);
      await answer;
      next.alice.close("over");
      assertEquals(counts(await lines), { m0: 20 });
      for (const member of next.members) member.close("over");
    });
  });
}

Deno.test("What happens to one who waits for a long answer is no part of it, and is not lost", async () => {
  await withRoom(async (room) => {
    const { alice, members } = crowd(room);
    const answer = handleLine(room.chat, alice, "@label=x METADATA #tea SYNC");
    assert(answer instanceof Promise);
    room.chat.ownedNicks.take(alice.person);
    const lines = reads(alice);
    await answer;
    handleLine(room.chat, alice, "@label=y PING tea");
    const before = alice.person.source;
    const reply = new Reply(alice, "z");
    room.chat.ownedNicks.take(alice.person);
    reply.end();
    const taken = alice.person.nick;
    alice.close("over");
    const all = await lines;
    assertMatch(all.find((line) => line.startsWith("@label=x "))!, /^@label=x BATCH \+\S+ metadata #tea$/);
    assertMatch(all.find((line) => line.includes(" NICK "))!, /^:alice!alice@host NICK guest-\d+$/);
    assertEquals(all.filter((line) => /^@label=[yz] /.test(line)), ["@label=y PONG Tea.local :tea", "@label=z ACK"]);
    assert(all.includes(`:${before} NICK ${taken}`));
    for (const member of members) member.close("over");
  });
});

Deno.test("What a channel is its operators say, and the server's; members are told, and it follows the name", async () => {
  await withRoom(async (room, store) => {
    const alice = await subscriber(room, "alice", "display-name", "#tea");
    const bob = await subscriber(room, "bob", "display-name", "#tea");
    await told(alice);
    assertEquals(await asks(alice, "METADATA #TEA SET display-name :Tea & Co"), [
      "761 alice #tea display-name * :Tea & Co",
    ]);
    assertEquals(await told(bob), ["761 * #tea display-name * :Tea & Co"]);
    assertEquals(await asks(bob, "METADATA #tea SET display-name mine", "METADATA #tea CLEAR"), [
      "FAIL METADATA KEY_NO_PERMISSION #tea display-name :You may not say what #tea is",
      "FAIL METADATA KEY_NO_PERMISSION #tea * :You may not say what #tea is",
    ]);
    assertEquals(await asks(bob, "METADATA alice SET avatar x", "METADATA alice CLEAR"), [
      "FAIL METADATA KEY_NO_PERMISSION alice avatar :You may not say what alice is",
      "FAIL METADATA KEY_NO_PERMISSION alice * :You may not say what alice is",
    ]);
    assertEquals(await told(alice), []);
    const root = await room.person("root", { caps: CAPS });
    await asks(root, "OPER root secret");
    assertEquals(await asks(root, "METADATA #tea SET color red", "METADATA bob SET display-name Bob"), [
      "761 root #tea color * red",
      "761 root bob display-name * Bob",
    ]);
    for (const person of [alice, bob]) assertEquals(await told(person), ["761 * bob display-name * Bob"]);
    await asks(alice, "RENAME #tea #chai");
    store.flush();
    await asks(alice, "METADATA #chai SET color");
    store.flush();
    await asks(bob, "PART #chai");
    await asks(alice, "PART #chai");
    await asks(alice, "JOIN #chai");
    assertEquals(await asks(alice, "METADATA #chai LIST"), [
      "batch metadata #chai",
      "  761 alice #chai display-name * :Tea & Co",
      "end",
    ]);
    assertEquals((await asks(alice, "JOIN #tea")).slice(-2), ["batch metadata #tea", "end"]);
  });
});

Deno.test("Who is in no channel that is secret or by invitation learns nothing of it, nor who else is in an open one", async () => {
  await withRoom(async (room) => {
    const alice = await subscriber(room, "alice", "", "#tea");
    await asks(alice, "METADATA #tea SET topic-color green", "METADATA * SET topic-color blue");
    const bob = await subscriber(room, "bob", "topic-color");
    const green = ["batch metadata #tea", "  761 bob #tea topic-color * green", "end"];
    const questions = ["GET topic-color", "LIST", "SYNC"];
    for (const question of questions) assertEquals(await asks(bob, `METADATA #tea ${question}`), green);
    assertEquals(await asks(bob, "METADATA *ALL SYNC"), ["batch metadata *ALL", "end"]);
    for (const modes of ["+i", "-i+s"]) {
      await asks(alice, `MODE #tea ${modes}`);
      for (const question of [...questions, "SET topic-color red", "CLEAR"]) {
        const hidden = "FAIL METADATA INVALID_TARGET #tea :There is no such person or channel, or you may not see it";
        assertEquals(await asks(bob, `METADATA #tea ${question}`), [hidden]);
      }
    }
    assertEquals(await asks(bob, "METADATA #none LIST"), [
      "FAIL METADATA INVALID_TARGET #none :There is no such person or channel, or you may not see it",
    ]);
  });
});

Deno.test("METADATA refuses what it can't do in one line that says why", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS });
    const long = "x".repeat(51);
    const table = [
      ["METADATA", "INVALID_PARAMS * :Unknown subcommand"],
      ["METADATA *", "INVALID_PARAMS * :Unknown subcommand"],
      ["METADATA * SNEEZE", "INVALID_PARAMS SNEEZE :Unknown subcommand"],
      ["METADATA * constructor", "INVALID_PARAMS constructor :Unknown subcommand"],
      ["METADATA * :: hi!", "INVALID_PARAMS * :Unknown subcommand"],
      ["METADATA * GET", "INVALID_PARAMS GET :Not enough parameters"],
      ["METADATA * set", "INVALID_PARAMS set :Not enough parameters"],
      ["METADATA * SUB", "INVALID_PARAMS SUB :Not enough parameters"],
      ["METADATA * SET key two words", "INVALID_PARAMS SET :Too many parameters"],
      ["METADATA * LIST all", "INVALID_PARAMS LIST :Too many parameters"],
      ["METADATA nobody LIST", "INVALID_TARGET nobody :There is no such person"],
      ["METADATA alice!*@* LIST", "INVALID_TARGET alice!*@* :There is no such person"],
      ["METADATA :a b LIST", "INVALID_PARAMS * :Unknown subcommand"],
      ["METADATA *ALL LIST", "INVALID_TARGET *ALL :There is no such person"],
      ["METADATA alice SUB url", "INVALID_TARGET alice :That is about yourself"],
      ["METADATA #tea SUBS", "INVALID_TARGET #tea :That is about yourself"],
      ["METADATA * SET Upper x", "INVALID_KEY Upper :A key is 1 to 50"],
      ["METADATA * SET $url$ x", "INVALID_KEY $url$ :A key is 1 to 50"],
      ["METADATA * SET ключ x", "INVALID_KEY ключ :A key is 1 to 50"],
      [`METADATA * SET ${long} x`, `INVALID_KEY ${long} :A key is 1 to 50`],
      ["METADATA * SET :two words", "INVALID_KEY * :A key is 1 to 50"],
      [`METADATA * SET url :${"x".repeat(188)}`, "INVALID_VALUE url :Value is too long: at most 187 bytes"],
      [`METADATA * SET url :${"茶".repeat(63)}`, "INVALID_VALUE url :Value is too long: at most 187 bytes"],
    ];
    for (const [line, refusal] of table) {
      const answers = await asks(bob, line);
      assertEquals(answers.length, 1, line);
      assert(answers[0].startsWith(`FAIL METADATA ${refusal}`), answers[0]);
    }
    assertEquals(await asks(bob, "METADATA * SUB Bad url $x"), [
      "WARN METADATA INVALID_KEY Bad :A key is 1 to 50 of a-z, 0-9 and _./-",
      "WARN METADATA INVALID_KEY $x :A key is 1 to 50 of a-z, 0-9 and _./-",
      "770 bob url",
      "774 bob *ALL 0 :Ask for it by METADATA SYNC",
    ]);
    assertMatch((await asks(alice, "METADATA * SET url :a\0b"))[0], /^FAIL \* INVALID_MESSAGE /);
  });
});

Deno.test("Keys, values, subscriptions and changes are bounded", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    const sets = Array.from({ length: 20 }, (_, i) => `METADATA * SET k${i} ${"x".repeat(187)}`);
    const answers = await asks(alice, ...sets);
    assertEquals(answers.at(-1), `761 alice alice k19 * ${"x".repeat(187)}`);
    assertEquals(await asks(alice, "METADATA * SET one-more x", "METADATA * SET k0 x", "METADATA * CLEAR"), [
      "FAIL METADATA LIMIT_REACHED SET alice 20 :There are 20 keys already",
      "775 alice 5 alice SET k0 x",
      "775 alice 100 alice CLEAR",
    ]);
    // What changes nothing costs nothing.
    assertEquals(await asks(alice, "METADATA * SET none-yet"), ["766 alice alice none-yet :Key is not set"]);
    assertEquals((await asks(alice, sets[0]))[0].split(" ")[0], "761");
    const bob = await room.person("bob", { caps: CAPS });
    const clears = await asks(bob, ...Array.from({ length: 21 }, () => "METADATA * CLEAR"));
    assertEquals(clears.slice(-2), ["batch metadata bob", "end"]);
    room.now += 4_000;
    assertEquals(await asks(alice, "METADATA * SET k0 :x y"), ["775 alice 1 alice SET k0 :x y"]);
    room.now += 1_000;
    assertEquals(await asks(alice, "METADATA * SET k0"), ["766 alice alice k0 :Key is not set"]);
    room.now += 5_000;
    assertEquals(await asks(alice, "METADATA * SET one-more x"), ["761 alice alice one-more * x"]);
    // The longest line and the longest keys, in as many replies as fit.
    const long = (i: number) => `${i}`.padStart(50, "k");
    for (let i = 0; i < 49; i += 7) {
      const keys = Array.from({ length: 7 }, (_, j) => long(i + j));
      assertEquals(await asks(alice, `METADATA * SUB ${keys.join(" ")}`), [
        `770 alice ${keys.join(" ")}`,
        "774 alice *ALL 0 :Ask for it by METADATA SYNC",
      ]);
    }
    assertEquals(await asks(alice, `METADATA * SUB ${long(0)} last last too-many ${long(0)}`), [
      `770 alice ${long(0)} last last`,
      "FAIL METADATA LIMIT_REACHED SUB too-many 50 :You are subscribed to 50 keys already",
      "774 alice *ALL 0 :Ask for it by METADATA SYNC",
    ]);
    const listed = await asks(alice, "METADATA * SUBS");
    assertEquals([listed[0], listed.at(-1)], ["batch metadata-subs", "end"]);
    const keys = listed.slice(1, -1).flatMap((line) => line.trim().split(" ").slice(2));
    assertEquals(keys, [...Array.from({ length: 49 }, (_, i) => long(i)), "last"]);
  });
});

Deno.test("What a member is who is muted is not told to the others, whoever says it and however", async () => {
  await withRoom(async (room) => {
    const alice = await subscriber(room, "alice", "pronouns", "#tea");
    const bob = await room.person("bob", { caps: `${CAPS} sasl`, join: "#tea" });
    await bob.send("REGISTER * * opensesame");
    await bob.sees(/ 900 /);
    const [tablet] = await logsIn(room, "tablet", "bob");
    const zed = await room.person("zed", { caps: `${CAPS} sasl`, join: "#tea" });
    for (const nick of ["bob", "zed", "erin"]) await asks(alice, `MODE #tea +b ~m:${nick}!*@*`);
    const heard = async (reader = alice) => (await told(reader)).filter((line) => /pronouns/.test(line));
    // Said by another device, that is in no channel.
    assertEquals(await asks(tablet, "METADATA * SET pronouns words"), ["761 tablet tablet pronouns * words"]);
    assertEquals(await heard(), []);
    // By logging in.
    await zed.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0bob\0opensesame").toString("base64")}`);
    await zed.sees(/ 903 /);
    assertEquals((await asks(zed, "METADATA * GET pronouns"))[1], "  761 zed zed pronouns * words");
    assertEquals(await heard(), []);
    // Before coming in.
    const erin = await room.person("erin", { caps: CAPS });
    await asks(erin, "METADATA * SET pronouns words", "JOIN #tea");
    assertEquals(await heard(), []);
    // Nor are they told of it who come in, or ask for what all are.
    const carol = await subscriber(room, "carol", "pronouns");
    await carol.send("JOIN #tea", "METADATA #tea SYNC", "METADATA *ALL SYNC");
    assertEquals(await heard(carol), []);
    // Whoever asks for one is answered, and that there are no such words is told.
    assertEquals((await asks(carol, "METADATA bob GET pronouns"))[1], "  761 carol bob pronouns * words");
    await asks(tablet, "METADATA * SET pronouns");
    assertEquals(await heard(), ["766 * bob pronouns :Key is not set", "766 * zed pronouns :Key is not set"]);
    await asks(alice, "MODE #tea -b ~m:bob!*@*");
    await asks(tablet, "METADATA * SET pronouns it/its");
    assertEquals(await heard(), ["761 * bob pronouns * it/its"]);
  });
});

Deno.test("The devices of an account have one count of changes, in which a change counts for each that it is told of", async () => {
  await withRoom(async (room, store) => {
    const first = await room.person("first", { caps: `${CAPS} sasl` });
    await asks(first, "METADATA * SET before said");
    await first.send("REGISTER * * opensesame");
    await first.sees(/ 900 /);
    store.flush();
    assertEquals(store.db.prepare("SELECT pairs FROM metadata").all().map(({ pairs }) => pairs), [
      '[["before","said"]]',
    ]);
    room.now += 100_000;
    const devices = [first];
    for (const nick of ["second", "third", "fourth"]) devices.push((await logsIn(room, nick, "first"))[0]);
    // 20 changes are 5 that are told of 4.
    for (const [i, device] of [...devices, first].entries()) {
      assertMatch((await asks(device, `METADATA * SET k${i} x`)).at(-1)!, / k\d \* x$/);
    }
    for (const device of devices) {
      await told(device);
      const [, nick] = (await asks(device, "METADATA * GET k0"))[0].split("batch metadata ");
      assertEquals(await asks(device, "METADATA * SET k0 y"), [`775 ${nick} 20 ${nick} SET k0 y`]);
    }
    // Nor does one who logs in bring what the account could not say now.
    const guest = await room.person("guest", { caps: `${CAPS} sasl` });
    await asks(guest, "METADATA * SET k0 brought");
    await guest.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0first\0opensesame").toString("base64")}`);
    await guest.sees(/ 903 /);
    assertEquals((await asks(guest, "METADATA * GET k0"))[1], "  761 guest guest k0 * x");
    assertEquals(await told(first), []);
    // To take all away is a change of each key, for each device; that can be made when there is no other.
    room.now += 99_000;
    assertEquals(await asks(first, "METADATA * CLEAR"), ["775 first 1 first CLEAR"]);
    room.now += 1_000;
    assertEquals((await asks(first, "METADATA * CLEAR", "METADATA * SET k0 y")).slice(-2), [
      "end",
      "775 first 25 first SET k0 y",
    ]);
  });
});

Deno.test("A value of the advertised length is told whole, whatever the names of server, reader and target", async () => {
  await using room = new Room({ network: "T".repeat(100) });
  const [nick, other, channel] = ["茶".repeat(30), `𝒜${"𝒷".repeat(29)}`, `#${"𝒸".repeat(49)}`];
  const alice = await room.person(nick, { caps: CAPS, join: channel });
  const bob = await room.person(other, { caps: CAPS, join: channel });
  const [key, value] = ["k".repeat(50), "v".repeat(187)];
  await bob.send(`METADATA * SUB ${key}`);
  await told(alice);
  await told(bob);
  const isWhole = (lines: string[]) => lines.filter((line) => line.endsWith(` ${key} * ${value}`)).length === 1;
  for (const target of [nick, channel]) {
    assert(isWhole(await asks(alice, `METADATA ${target} SET ${key} ${value}`)));
    assert(isWhole(await told(bob)));
    assert(isWhole(await asks(bob, `METADATA ${target} GET ${key}`)));
  }
  assert(isWhole(await asks(bob, `WHOIS ${nick}`)));
  assert(isWhole(await asks(bob, `METADATA * SET ${key} ${value}`)));
});

Deno.test("Who is not in yet may say what they are, is told it when they come in, and sees nobody", async () => {
  await withRoom(async (room) => {
    const alice = await subscriber(room, "alice", "pronouns");
    const bob = await room.stranger("bob");
    await bob.send("CAP LS 302");
    const offer = "draft/metadata-3=before-connect,max-subs=50,max-keys=20,max-key-bytes=50,max-value-bytes=187";
    assertMatch(await bob.sees(/metadata/), new RegExp(` ${offer}( |$)`));
    await bob.send(`CAP REQ :${CAPS}`, "NICK bob", "METADATA * SUB pronouns", "METADATA * SET pronouns he/him");
    await bob.send("METADATA * GET pronouns", "METADATA alice GET pronouns", "METADATA bob SET pronouns x");
    await bob.sees(":Tea.local 770 * pronouns");
    await bob.sees(":Tea.local 761 * * pronouns * he/him");
    await bob.sees(/ 761 \* \* pronouns \* he\/him$/);
    await bob.sees(/ FAIL METADATA INVALID_TARGET alice :/);
    await bob.sees(/ FAIL METADATA INVALID_TARGET bob :/);
    await bob.send("USER bob 0 * :bob", "CAP END");
    const burst = (await told(bob)).slice(-4);
    assertEquals(burst.slice(0, 3), ["batch metadata bob", "  761 bob bob pronouns * he/him", "end"]);
    assertMatch(burst[3], /^422 /);
    assertEquals(await asks(alice, "METADATA bob LIST"), [
      "batch metadata bob",
      "  761 alice bob pronouns * he/him",
      "end",
    ]);
  });
});

Deno.test("What an account is outlasts the connection and the server, and is the same on all of its devices", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tea.db`;
  const hostile = ["__proto__", "constructor", "to-string/../x"];
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    // What was said before there was an account becomes the account's.
    await asks(alice, "METADATA * SET pronouns she/her");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    for (const key of hostile) await asks(alice, `METADATA * SET ${key} :\x01 ' " \\ ${key}`);
    await asks(alice, "METADATA #tea SET __proto__ polluted");
  }, file);
  await withRoom(async (room) => {
    const guest = await subscriber(room, "guest", "pronouns", "#tea");
    await told(guest);
    const [phone, burst] = await logsIn(room, "phone", "alice");
    assertEquals(burst, [
      "batch metadata phone",
      "  761 phone phone pronouns * she/her",
      ...hostile.map((key) => `  761 phone phone ${key} * :\x01 ' " \\ ${key}`),
      "end",
    ]);
    assertEquals((await asks(phone, "METADATA * SUB __proto__", "JOIN #tea")).slice(-3), [
      "batch metadata #tea",
      "  761 phone #tea __proto__ * polluted",
      "end",
    ]);
    const [desk] = await logsIn(room, "alice");
    await asks(desk, "JOIN #tea");
    await told(guest);
    await told(phone);
    await asks(desk, "METADATA * SET pronouns they/them");
    // Both are hers; the other one learns it of itself, too.
    const both = ["761 * alice pronouns * they/them", "761 * phone pronouns * they/them"];
    assertEquals(await told(guest), both);
    assertEquals(await told(phone), both);
    await asks(desk, "METADATA * CLEAR");
    // One who logs in within the room brings what they have said, and is told what they are.
    await asks(phone, "METADATA * SET url :https://tea.example/");
    const tablet = await room.person("tablet", { caps: `${CAPS} sasl`, join: "#tea" });
    await asks(tablet, "METADATA * SUB url color", "METADATA * SET color red");
    await told(guest);
    await tablet.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0alice\0opensesame").toString("base64")}`);
    // What they are is told in slices, so that the login may be answered before.
    const either = / 903 | 761 \* tablet url /;
    assertEquals([await tablet.sees(either), await tablet.sees(either)].sort(), [
      ":Tea.local 761 * tablet url * https://tea.example/",
      ":Tea.local 903 tablet :SASL authentication successful",
    ]);
    await told(desk);
    assertEquals(await asks(desk, "METADATA * LIST"), [
      "batch metadata alice",
      "  761 alice alice url * https://tea.example/",
      "  761 alice alice color * red",
      "end",
    ]);
  }, file);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Who changes from one account to another leaves the first one's behind", async () => {
  await withRoom(async (room) => {
    for (const nick of ["alice", "bob"]) {
      const person = await room.person(nick, { caps: CAPS });
      await person.send("REGISTER * * opensesame");
      await person.sees(/ 900 /);
      await person.send(`METADATA * SET display-name ${nick}`, `METADATA * SET only-${nick} x`, "QUIT");
      await person.rest();
    }
    const [carol] = await logsIn(room, "carol", "alice");
    await carol.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0bob\0opensesame").toString("base64")}`);
    await carol.sees(/ 903 /);
    assertEquals((await asks(carol, "METADATA * LIST")).slice(1, -1), [
      "  761 carol carol display-name * bob",
      "  761 carol carol only-bob * x",
    ]);
    const [, burst] = await logsIn(room, "dave", "alice");
    assertEquals(burst.slice(1, -1), ["  761 dave dave display-name * alice", "  761 dave dave only-alice * x"]);
  });
});

Deno.test("Who logs in keeps what they have said, as far as there is room for it in the account", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    await asks(alice, ...Array.from({ length: 19 }, (_, i) => `METADATA * SET k${i} kept`));
    room.now += 100_000;
    const bob = await room.person("bob", { caps: `${CAPS} sasl` });
    await asks(bob, ...["a", "b", "k0"].map((key) => `METADATA * SET ${key} said`));
    await bob.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${Buffer.from("\0alice\0opensesame").toString("base64")}`);
    await bob.sees(/ 903 /);
    for (const person of [alice, bob]) {
      const listed = await asks(person, "METADATA * LIST");
      assertEquals(listed.length, 22);
      const said = listed.filter((line) => line.endsWith(" * said")).map((line) => line.trim().split(" ")[3]);
      assertEquals(said.sort(), ["a", "k0"]);
    }
  });
});

Deno.test("An older database is brought up to date; a damaged row counts as none, and is reported", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tea.db`;
  const older = new DatabaseSync(file);
  for (const migration of MIGRATIONS.slice(0, 3)) older.exec(migration);
  older.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`);
  const settings = { name: "#old", created: 1, flags: "nt", topic: { text: "as it was", by: "x", at: 1 } };
  const put = older.prepare("INSERT INTO channels VALUES (?, ?, 0)");
  put.run("#old", JSON.stringify({ ...settings, bans: [], operators: [], seats: [] }));
  const metadata = [["a key", "x"]];
  put.run("#bad", JSON.stringify({ ...settings, name: "#bad", bans: [], operators: [], seats: [], metadata }));
  older.close();
  const log = await withRoom(async (room, store) => {
    const alice = await room.person("alice", { caps: `${CAPS} sasl` });
    await alice.send("JOIN #old");
    await alice.sees(/ 332 alice #old :as it was$/);
    assert(!(await asks(alice, "JOIN #bad")).some((line) => line.startsWith("332")));
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    store.flush();
    const rows = ["{", "null", '[["a","b\\u0000"]]', '[["a"]]', '[["A b","c"]]', '[["a",1]]', '{"a":"b"}'];
    for (const row of rows) {
      store.db.prepare("INSERT OR REPLACE INTO metadata VALUES ('alice', ?)").run(row);
      const [person, burst] = await logsIn(room, "phone", "alice");
      assertEquals(burst, ["batch metadata phone", "end"], row);
      await person.send("QUIT");
      await person.rest();
    }
  }, file);
  assertEquals(log.length, 2);
  assertMatch(log[0], /^cannot read the settings of a channel .*: what is kept of #bad is damaged$/);
  assertMatch(log[1], /^cannot read metadata in /);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Where a nick that is watched comes and goes all the time, its watcher is told to ask", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    await asks(alice, "METADATA * SET pronouns :she/her");
    const bob = await subscriber(room, "bob", "pronouns");
    await asks(bob, "MONITOR + alice");
    const someone = room.chat.find("alice")!;
    for (let i = 0; i < 30; i++) {
      room.chat.rename(someone, "al");
      room.chat.rename(someone, "alice");
      await bob.sees(/ 730 /);
    }
    const seen = (await bob.everything()).join("\n");
    assertMatch(seen, / 774 bob alice \d+ :/);
    room.now += 5_000;
    room.chat.rename(someone, "al");
    room.chat.rename(someone, "alice");
    await bob.sees(/ 761 bob alice pronouns \* :?she\/her/);
  });
});

Deno.test("Neither who is watched nor who watches waits for what is told, and that is told once of several changes", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS });
    await asks(alice, "METADATA * SET pronouns :she/her");
    const watchers = [];
    for (const nick of ["bob", "carol"]) {
      const watcher = await subscriber(room, nick, "pronouns");
      await asks(watcher, "MONITOR + alice,al");
      watchers.push(watcher);
    }
    // A slice is of one step.
    room.chat.pace = { turn: nextTurn, slice: (step) => step() };
    const someone = room.chat.find("alice")!;
    for (const nick of ["al", "alice", "al"]) room.chat.rename(someone, nick);
    assertEquals(["al", "bob"].map((nick) => sessionOf(room.chat, nick).settling), [undefined, undefined]);
    for (const watcher of watchers) {
      await watcher.sees(/ 761 \w+ al pronouns \* :?she\/her/);
      assertEquals((await told(watcher)).filter((line) => line.includes("pronouns")), []);
    }
  });
});

Deno.test("Metadata is offered by the name under which it was published, too", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "draft/metadata-2 batch", join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    await asks(alice, "METADATA * SUB avatar");
    await asks(bob, "METADATA * SET avatar x");
    assertEquals((await told(alice)).filter((line) => line.startsWith("761 ")), ["761 * bob avatar * x"]);
  });
});

Deno.test("Who is operator no more, or may know of a channel no more, while an answer goes on, changes and learns nothing more", async () => {
  await withRoom(async (room) => {
    const mallory = await room.person("mallory", { caps: CAPS, join: "#tea" });
    const eve = await room.person("eve", { caps: CAPS });
    for (const key of ["a", "b", "c"]) await asks(mallory, `METADATA #tea SET ${key} x`);
    const channel = room.chat.channels.find("#tea")!;
    const steps = (nick: string, command: string, ...params: string[]) => {
      const message = { tags: {}, source: undefined, command, params };
      return COMMANDS.get(command)!.handler(callOf(room.chat, nick), params, message as never) as Generator<void>;
    };
    const clearing = steps("mallory", "METADATA", "#tea", "CLEAR");
    clearing.next();
    channel.setRank(room.chat.find("mallory")!, "o", false);
    for (const _ of clearing);
    assertEquals([...channel.metadata.keys()], ["b", "c"]);
    // What is asked for slowly is not told to who is kept out meanwhile.
    await asks(mallory, "METADATA * SUB a b c");
    await asks(eve, "METADATA * SUB a b c");
    for (const key of ["a", "b", "c"]) channel.metadata.set(key, "before");
    for (const [subcommand, ...keys] of [["GET", "a", "b", "c"], ["LIST"], ["SYNC"]]) {
      const asking = steps("eve", "METADATA", "#tea", subcommand, ...keys);
      asking.next();
      channel.setFlag("i", true);
      for (const key of ["a", "b", "c"]) channel.metadata.set(key, "secret");
      for (const _ of asking);
      assertEquals((await told(eve)).filter((line) => line.includes("secret")), [], subcommand);
      channel.setFlag("i", false);
      for (const key of ["a", "b", "c"]) channel.metadata.set(key, "before");
    }
    const naming = steps("eve", "NAMES", "#tea");
    naming.next();
    channel.setFlag("s", true);
    for (const _ of naming);
    assertEquals((await told(eve)).filter((line) => line.startsWith("353 ")), []);
  });
});
