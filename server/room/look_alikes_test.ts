import { assert, assertEquals, assertMatch } from "@std/assert";
import { History } from "../store/history.ts";
import { KeptChannels } from "../store/channels.ts";
import { Store } from "../store/store.ts";
import { type Person, quickAccounts, Room } from "../testing.ts";

/** A room that keeps accounts, channels and what is said, for one test. */
async function withRoom(test: (room: Room) => Promise<void>, time?: () => number): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  const options = { accounts: quickAccounts(store), history, store, keptChannels: new KeptChannels(store) };
  {
    await using room = new Room({}, {}, time === undefined ? options : { ...options, now: time, uptime: time });
    await test(room);
  }
  history.close();
  await store.close();
}

/** Sends lines, and gives all that comes. */
async function asks(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return await person.everything();
}

async function quit(person: Person): Promise<void> {
  await person.send("QUIT");
  await person.rest();
}

Deno.test("A nick that looks like that of somebody who is here is refused, with the reason, and free when they are gone", async () => {
  await withRoom(async (room) => {
    const evan = await room.person("evan");
    const eve = await room.person("eve");
    assertEquals(await asks(eve, "NICK еvan"), [
      ":Tea.local 433 eve еvan :еvan looks like evan, who is here",
    ]);
    assertEquals(await asks(eve, "NICK EVАN"), [
      ":Tea.local 433 eve EVАN :EVАN looks like evan, who is here",
    ]);
    const stranger = await room.stranger("stranger");
    await stranger.send("NICK еvаn", "USER x 0 * :x");
    await stranger.sees(":Tea.local 433 * еvаn :еvаn looks like evan, who is here");
    await stranger.send("NICK mallory");
    await stranger.sees(/ 001 mallory /);
    // The name that somebody gave up is nobody's.
    await asks(evan, "NICK ivan");
    assertEquals(await asks(eve, "NICK еvan"), [":eve!eve@127.0.0.1 NICK еvan"]);
    assertEquals(await asks(evan, "NICK evan"), [":Tea.local 433 ivan evan :evan looks like еvan, who is here"]);
    await quit(eve);
    assertEquals(await asks(evan, "NICK evan"), [":ivan!evan@127.0.0.1 NICK evan"]);
    // A person's own name keeps nothing from them.
    assertEquals(await asks(evan, "NICK еvan", "NICK evan", "NICK Evan"), [
      ":evan!evan@127.0.0.1 NICK еvan",
      ":еvan!evan@127.0.0.1 NICK evan",
      ":evan!evan@127.0.0.1 NICK Evan",
    ]);
    // Of the spellings that they had, the last one is theirs alone.
    await asks(evan, "NICK other");
    const other = await room.person("eve");
    for (const nick of ["еvan", "Еvаn"]) assertMatch((await asks(other, `NICK ${nick}`)).join(), / NICK [еЕ]v/);
  });
});

Deno.test("Names of ASCII alone, and names that look like nobody's, can be had side by side", async () => {
  await withRoom(async (room) => {
    const pairs = ["modem", "modern", "b0b", "bob", "lvan", "Ivan", "bi11", "bill", "bi||", "wave", "vvave"];
    for (const nick of [...pairs, "Анна", "Anna", "вася", "Νίκος", "山田", "たろう", "محمد", "José", "jose"]) {
      await room.person(nick);
    }
    assertEquals(room.chat.persons.size, 20);
  });
});

Deno.test("Of two who come in at once under names that look alike, the second is asked for another", async () => {
  await withRoom(async (room) => {
    const evan = await room.stranger("evan");
    const eve = await room.stranger("eve");
    await evan.send("NICK evan");
    await evan.everything();
    await eve.send("NICK еvan");
    assertEquals(await eve.everything(), []);
    await eve.send("USER eve 0 * :x");
    await eve.sees(/ 001 еvan /);
    await evan.send("USER evan 0 * :x");
    await evan.sees(":Tea.local 433 * evan :evan looks like еvan, who is here");
    await evan.send("NICK evan2");
    await evan.sees(/ 001 evan2 /);
  });
});

Deno.test("What looks like a name that is kept for the room or a service is refused to everybody", async () => {
  await withRoom(async (room) => {
    const eve = await room.person("eve");
    for (const nick of ["ѕystem", "Sеrvеr", "оwner", "аdmіn", "NісkServ", "ChаnServ", "ＡdΜin"]) {
      assertEquals(await asks(eve, `NICK ${nick}`), [
        `:Tea.local 432 eve ${nick} :Erroneous nickname: ${nick} looks like a name that is kept for the room`,
      ]);
    }
    for (const nick of ["server", "Owner", "system", "系统"]) {
      assertMatch((await asks(eve, `NICK ${nick}`))[0], / 432 .*: that name is kept for the room$/);
    }
  });
});

Deno.test("An account holds its name in whatever script, also while its owner is away", async () => {
  let time = Date.parse("2026-01-01T12:00:00Z");
  await withRoom(async (room) => {
    const evan = await room.person("evan");
    await evan.send("REGISTER * * opensesame");
    await evan.sees(/^:Tea\.local REGISTER SUCCESS evan /);
    const eve = await room.person("eve");
    // At once, when it stands in memory alone, and when it is written.
    const refusal = ":Tea.local 433 eve еvan :еvan looks like evan, who is here";
    assertEquals(await asks(eve, "NICK еvan"), [refusal]);
    await quit(evan);
    assertEquals(await asks(eve, "NICK еvan"), [refusal.replace("who is here", "the name of an account")]);
    room.chat.store!.flush();
    assertEquals(await asks(eve, "NICK еvan"), [refusal.replace("who is here", "the name of an account")]);
    const stranger = await room.stranger("stranger");
    await stranger.send("NICK еvan", "REGISTER еvan * opensesame", "USER x 0 * :x");
    await stranger.sees(":Tea.local 433 * еvan :еvan looks like evan, the name of an account");
    await stranger.sees(
      ":Tea.local FAIL REGISTER BAD_ACCOUNT_NAME еvan :еvan looks like evan, the name of an account",
    );

    // What looks like the owner's name is the owner's own affair, as long as they are logged in.
    const again = await room.person("evan2");
    await again.send("NS IDENTIFY evan opensesame");
    await again.sees(/ 900 /);
    await again.sees(/ NOTICE evan2 :You are logged in as evan$/);
    assertEquals(await asks(again, "NICK еvan"), [":evan2!evan2@127.0.0.1 NICK еvan"]);
    // Nor does it keep the same account's other session from the name of the account.
    const other = await room.person("evan3");
    await other.send("NS IDENTIFY evan opensesame");
    await other.sees(/ NOTICE evan3 :You are logged in as evan$/);
    assertEquals(await asks(other, "NICK evan"), [":evan3!evan3@127.0.0.1 NICK evan"]);
    await other.send("DROP evan");
    await other.sees(/ DROP SUCCESS evan /);
    await quit(other);
    // Once the account is no more the name is held by whoever has it.
    await again.everything();
    assertMatch((await asks(eve, "NICK evan"))[0], / 433 eve evan :evan looks like еvan, who is here$/);
    await quit(again);
    assertEquals(await asks(eve, "NICK еvan"), [":eve!eve@127.0.0.1 NICK еvan"]);
    time += 1;
  }, () => time);
});

Deno.test("Who logs out of the account that their nick looks like is given another nick after half a minute", async () => {
  let time = Date.parse("2026-01-01T12:00:00Z");
  await withRoom(async (room) => {
    const evan = await room.person("evan");
    await evan.send("REGISTER * * opensesame");
    await evan.sees(/ REGISTER SUCCESS /);
    await evan.everything();
    const second = await room.person("second");
    await second.send("NS IDENTIFY evan opensesame");
    await second.sees(/ NOTICE second :You are logged in as evan$/);
    await asks(second, "NICK еvan");
    // A new password logs all other sessions out.
    await evan.send("PASSWD :anotherone");
    await second.sees(/ 901 /);
    await second.sees(
      ":Tea.local NOTICE еvan :еvan looks like evan, which is the nick of an account: log in, or you are given another in 30 s",
    );
    time += 30_000;
    for (const person of room.chat.persons.values()) room.chat.ownedNicks.takeOverdue(person);
    await second.sees(/^:еvan!second@127\.0\.0\.1 NICK guest-\d{4}$/);
  }, () => time);
});

Deno.test("Nobody can register a name that looks like somebody's who is here, however long the password takes", async () => {
  await withRoom(async (room) => {
    const eve = await room.stranger("eve");
    await eve.send("NICK еvan");
    await eve.everything();
    // While the password is hashed, evan comes in.
    const accounts = room.chat.accounts!;
    const register = accounts.register.bind(accounts);
    const { promise: isHere, resolve } = Promise.withResolvers<void>();
    accounts.register = (name, password, asker, isAllowed) =>
      isHere.then(() => register(name, password, asker, isAllowed));
    await eve.send("REGISTER * * opensesame");
    await room.person("evan");
    resolve();
    await eve.sees(":Tea.local FAIL REGISTER BAD_ACCOUNT_NAME еvan :еvan looks like evan, who is here");
    assertEquals(room.chat.accounts!.find("еvan"), undefined);
  });
});

Deno.test("A person whose nick is taken away is always given another, whatever others are called", async () => {
  await withRoom(async (room) => {
    const taken = await room.person("guеst-1234");
    const eve = await room.person("eve");
    const person = room.chat.find("eve")!;
    const { random } = Math;
    const drawn = [234 / 9000, 235 / 9000, 0.5];
    Math.random = () => drawn.shift() ?? random();
    try {
      room.chat.ownedNicks.take(person);
    } finally {
      Math.random = random;
    }
    // guest-1234 looks like guеst-1234, so it is passed over.
    await eve.sees(":eve!eve@127.0.0.1 NICK guest-12355500");
    await taken.everything();
  });
});

Deno.test("A new channel whose name looks like that of an open one is refused", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    const eve = await room.person("eve");
    await asks(alice, "JOIN #tea");
    assertEquals(await asks(eve, "JOIN #tеa"), [":Tea.local 403 eve #tеa :No such channel: #tеa looks like #tea"]);
    assertEquals(await asks(eve, "JOIN #lоbby"), [
      ":Tea.local 403 eve #lоbby :No such channel: #lоbby looks like #lobby",
    ]);
    // Of a secret channel no more is told than that there is one.
    await asks(alice, "JOIN #plans", "MODE #plans +s");
    assertEquals(await asks(eve, "JOIN #рlаns"), [
      ":Tea.local 403 eve #рlаns :No such channel: #рlаns looks like the name of another channel",
    ]);
    await asks(eve, "JOIN #own");
    assertEquals(await asks(eve, "RENAME #own #tеa"), [
      ":Tea.local FAIL RENAME CANNOT_RENAME #own #tеa :#tеa looks like #tea",
    ]);
    // A channel's own name is given up by that.
    assertMatch((await asks(eve, "RENAME #own #оwn")).join("\n"), / JOIN #оwn$/m);
    assertMatch((await asks(alice, "JOIN #own")).join("\n"), / 403 .* looks like #оwn$/m);
    await asks(eve, "PART #оwn");
    assertMatch((await asks(alice, "JOIN #own")).join("\n"), / JOIN #own$/m);
    await asks(alice, "PART #tea", "PART #own");
    assertMatch((await asks(eve, "JOIN #tеa")).join("\n"), / JOIN #tеa$/m);
  });
});

Deno.test("Nobody can keep others out of a channel of which something is kept, by opening one that looks the same", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await asks(alice, "JOIN #tea", "PRIVMSG #tea :hello", "JOIN #topic", "TOPIC #topic :cups", "JOIN #lobby");
    room.chat.store!.flush();
    await asks(alice, "PART #tea,#topic,#lobby");
    const eve = await room.person("eve");
    // Nobody is in these, so they can be had.
    await asks(eve, "JOIN #tеa", "JOIN #tорic");
    assertMatch((await asks(eve, "JOIN #lоbby"))[0], / 403 /);
    const joined = (await asks(alice, "JOIN #tea", "JOIN #topic", "JOIN #lobby")).join("\n");
    for (const channel of ["#tea", "#topic", "#lobby"]) assertMatch(joined, new RegExp(` JOIN ${channel}$`, "m"));
    assert(!joined.includes(" 403 "));
  });
});

Deno.test("The accounts of an older database hold their names as well", async () => {
  const file = await Deno.makeTempFile({ suffix: ".db" });
  try {
    const before = new Store(file);
    {
      await using room = new Room({}, {}, { accounts: quickAccounts(before), store: before });
      for (const nick of ["evan", "маша"]) {
        const person = await room.person(nick);
        await person.send("REGISTER * * opensesame");
        await person.sees(/ REGISTER SUCCESS /);
        await quit(person);
      }
    }
    before.flush();
    before.db.exec("DELETE FROM account_looks");
    await before.close();
    const store = new Store(file);
    {
      await using room = new Room({}, {}, { accounts: quickAccounts(store), store });
      const eve = await room.person("eve");
      assertMatch((await asks(eve, "NICK еvan"))[0], / 433 .* looks like evan, the name of an account$/);
      assertMatch((await asks(eve, "NICK мaшa"))[0], / 433 .* looks like маша, the name of an account$/);
      assertMatch((await asks(eve, "NICK evan"))[0], / NICK evan$/);
    }
    await store.close();
  } finally {
    for (const end of ["", "-wal", "-shm"]) await Deno.remove(file + end).catch(() => {});
  }
});

Deno.test("A display name can be seen, and is not the nick of somebody else, nor looks like it", async () => {
  await withRoom(async (room) => {
    const evan = await room.person("evan");
    await evan.send("REGISTER * * opensesame");
    await evan.sees(/ REGISTER SUCCESS /);
    await evan.everything();
    await room.person("Ms_Chen");
    const eve = await room.person("eve");
    const table: [name: string, answer: string][] = [
      ["\u2800", "FAIL METADATA INVALID_VALUE display-name :A display name is seen"],
      ["\u3164 \u200b", "FAIL METADATA INVALID_VALUE display-name :A display name is seen"],
      ["Evan", "FAIL METADATA INVALID_VALUE display-name :Evan is the name of somebody else"],
      ["еvan", "FAIL METADATA INVALID_VALUE display-name :еvan looks like evan, who is here"],
      ["Ms Chen", "FAIL METADATA INVALID_VALUE display-name :Ms Chen is the name of somebody else"],
      ["Мs Сhen", "FAIL METADATA INVALID_VALUE display-name :Мs_Сhen looks like Ms_Chen, who is here"],
      ["System", "FAIL METADATA INVALID_VALUE display-name :System is a name that is kept for the room"],
      ["Eve", ":Tea.local 761 eve eve display-name * Eve"],
      ["Eve ❤️ of the tea", ":Tea.local 761 eve eve display-name * :Eve ❤️ of the tea"],
    ];
    for (const [name, answer] of table) {
      const [said] = await asks(eve, `METADATA * SET display-name :${name}`);
      assertEquals(said.replace(/^:Tea\.local FAIL/, "FAIL"), answer);
    }
    const chen = await room.person("chen");
    assertMatch((await asks(evan, "METADATA * SET display-name :Evan"))[0], / 761 evan evan display-name \* Evan$/);
    await quit(evan);
    assertMatch((await asks(chen, "METADATA * SET display-name evan"))[0], / :evan is the name of somebody else$/);
    // A channel's is only to be seen.
    await asks(chen, "JOIN #tea");
    assertMatch((await asks(chen, "METADATA #tea SET display-name :\u2800"))[0], / INVALID_VALUE /);
    assertMatch((await asks(chen, "METADATA #tea SET display-name evan"))[0], / 761 chen #tea display-name \* evan$/);
  });
});
