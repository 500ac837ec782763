import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Settings } from "../room/options.ts";
import { KeptChannels } from "../store/channels.ts";
import { Store } from "../store/store.ts";
import { type Person, quickAccounts, Room } from "../testing.ts";

/** A room with accounts, for one test. */
async function withRoom(test: (room: Room) => Promise<void>, settings: Partial<Settings> = {}): Promise<void> {
  const store = new Store(":memory:");
  {
    const options = { accounts: quickAccounts(store), keptChannels: new KeptChannels(store) };
    await using room = new Room(settings, {}, options);
    await test(room);
  }
  await store.close();
}

/** Logs in by SASL PLAIN. */
async function logsIn(person: Person, name: string, password: string): Promise<void> {
  await person.send("CAP REQ sasl", "AUTHENTICATE PLAIN");
  await person.sees("AUTHENTICATE +");
  await person.send(`AUTHENTICATE ${Buffer.from(`\0${name}\0${password}`).toString("base64")}`);
}

Deno.test("An account is made for one's nick, and logged in to by SASL before coming in", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(":Tea.local REGISTER SUCCESS alice :Account successfully registered");
    await alice.sees(":Tea.local 900 alice alice!alice@127.0.0.1 alice :You are now logged in as alice");
    await alice.send("QUIT");
    await alice.rest();

    const again = await room.stranger("alice");
    await again.send("CAP LS 302");
    assertMatch((await again.next())!, / sasl=SCRAM-SHA-256,PLAIN /);
    await logsIn(again, "alice", "wrong");
    await again.sees(":Tea.local 904 * :SASL authentication failed");
    await logsIn(again, "alice", "opensesame");
    await again.sees(/ 900 \* .* alice :You are now logged in as alice/);
    await again.sees(":Tea.local 903 * :SASL authentication successful");
    await again.send("NICK alice", "USER alice 0 * :alice", "CAP END", "WHOIS alice");
    await again.sees(":Tea.local 330 alice alice alice :is logged in as");
  });
});

Deno.test("REGISTER refuses what can be no account, and says why", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    const table = [
      ["REGISTER bob * opensesame", "ACCOUNT_NAME_MUST_BE_NICK bob"],
      ["REGISTER * * x", "WEAK_PASSWORD alice"],
      ["REGISTER * * Alice", "WEAK_PASSWORD alice"],
      [`REGISTER * * ${"x".repeat(301)}`, "UNACCEPTABLE_PASSWORD alice"],
    ];
    for (const [line, code] of table) {
      await alice.send(line);
      assert((await alice.next())!.startsWith(`:Tea.local FAIL REGISTER ${code} :`), line);
    }
    await alice.send("REGISTER * * opensesame", "REGISTER * * opensesame");
    await alice.sees(/^:Tea\.local FAIL REGISTER ALREADY_AUTHENTICATED alice :/);
  });
});

Deno.test("An account can be made before coming in, for a nick that nobody has", async () => {
  await withRoom(async (room) => {
    const bob = await room.stranger("bob");
    await bob.send("CAP LS 302", "REGISTER * * opensesame");
    assertMatch((await bob.next())!, / draft\/account-registration=before-connect /);
    await bob.sees(/^:Tea\.local FAIL REGISTER NEED_NICK \* :/);
    await bob.send("NICK bob", "REGISTER * * opensesame");
    await bob.sees(":Tea.local REGISTER SUCCESS bob :Account successfully registered");
    await bob.sees(/ 900 \* \* bob :/);
    await bob.send("USER bob 0 * :bob", "CAP END", "WHOIS bob");
    await bob.sees(":Tea.local 330 bob bob bob :is logged in as");

    await room.person("alice");
    const eve = await room.stranger("eve");
    await eve.send("NICK alice", "REGISTER * * opensesame");
    await eve.sees(/^:Tea\.local FAIL REGISTER ACCOUNT_EXISTS alice :/);
    await eve.send("NICK carol", "REGISTER alice * opensesame");
    await eve.sees(/^:Tea\.local FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK alice :/);
  });
});

Deno.test("In a room with a password an account is made by those who have come in", async () => {
  await withRoom(async (room) => {
    const eve = await room.stranger("eve");
    await eve.send("CAP LS 302", "NICK eve", "PASS wrong", "REGISTER * * opensesame");
    assertMatch((await eve.next())!, / draft\/account-registration draft\//);
    await eve.sees(/^:Tea\.local FAIL REGISTER COMPLETE_CONNECTION_REQUIRED eve :/);
  }, { password: "kettle" });
});

Deno.test("Who logs in is told so, and then what all are told who see it", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "account-notify" });
    const bob = await room.person("bob", { caps: "account-notify extended-monitor" });
    await bob.send("MONITOR + alice");
    await bob.everything();
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ REGISTER SUCCESS alice /);
    assertMatch((await alice.next())!, / 900 alice /);
    assertEquals(await alice.next(), ":alice!alice@127.0.0.1 ACCOUNT alice");
    assertEquals(await bob.everything(), [":alice!alice@127.0.0.1 ACCOUNT alice"]);
  });
});

Deno.test("AUTHENTICATE: unknown mechanisms, chunks that are none, too much, and giving up", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "sasl" });
    await alice.send("AUTHENTICATE FOO");
    await alice.sees(":Tea.local 908 alice SCRAM-SHA-256,PLAIN :are available SASL mechanisms");
    await alice.sees(/ 904 /);
    const table: [string[], RegExp][] = [
      [["!!!"], / 904 /],
      [["A".repeat(401)], / 905 /],
      [["*"], / 906 /],
      [Array(5).fill("A".repeat(400)), / 904 /],
      [["+"], / 904 /],
      [[Buffer.from("\xff", "latin1").toString("base64")], / 904 /],
    ];
    for (const [chunks, answer] of table) {
      await alice.send("AUTHENTICATE PLAIN", ...chunks.map((chunk) => `AUTHENTICATE ${chunk}`));
      await alice.sees("AUTHENTICATE +");
      await alice.sees(answer);
    }
    await alice.everything();
  });
});

Deno.test("A long password comes in chunks, and one that ends at a chunk's end is ended by +", async () => {
  await withRoom(async (room) => {
    // 300 bytes with the names are exactly one chunk, 492 are two.
    for (const [name, password] of [["alice", "x".repeat(288)], ["kathe", "é".repeat(240)]]) {
      const person = await room.person(name, { caps: "sasl" });
      await person.send(`REGISTER * * ${password}`);
      await person.sees(/ 900 /);
      const text = Buffer.from(`${name}\0${name}\0${password}`).toString("base64");
      const chunks = text.match(/.{1,400}/g)!;
      if (chunks.at(-1)!.length === 400) chunks.push("+");
      await person.send("AUTHENTICATE PLAIN", ...chunks.map((chunk) => `AUTHENTICATE ${chunk}`));
      await person.sees("AUTHENTICATE +");
      await person.sees(/ 903 /);
      assertEquals(await person.everything(), []);
    }
  });
});

Deno.test("A mute, an exception and an invite exception can be for an account, whatever nick it has", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    await bob.send("REGISTER * * opensesame", "NICK robert");
    await bob.sees(/ NICK robert$/);
    await alice.send("MODE #tea +b ~m:~a:b?b");
    await alice.sees(/ MODE #tea \+b ~m:~a:b\?b$/);
    await bob.send("PRIVMSG #tea :hello");
    await bob.sees(/ 404 robert #tea /);
    await alice.send("MODE #tea +e ~a:bob");
    await alice.sees(/ MODE #tea \+e ~a:bob$/);
    await bob.send("PRIVMSG #tea :hello");
    await alice.sees(":robert!bob@127.0.0.1 PRIVMSG #tea :hello");
    await alice.send("MODE #tea +iI ~a:bob", "KICK #tea robert");
    await bob.sees(/ KICK #tea robert /);
    await bob.send("JOIN #tea");
    await bob.sees(":robert!bob@127.0.0.1 JOIN #tea");
    await alice.send("MODE #tea -I ~a:bob", "KICK #tea robert");
    await bob.sees(/ KICK #tea robert /);
    await bob.send("JOIN #tea");
    await bob.sees(/ 473 robert #tea /);
  });
});

Deno.test("A registered nick is its owner's: who takes it is asked to log in, and renamed after 30 s", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    await alice.send("NICK away");
    await alice.everything();
    const eve = await room.person("Alice", { join: "#tea" });
    room.now += 29_000;
    room.connections.check();
    assertEquals(await eve.everything(), []);
    room.now += 1_000;
    room.connections.check();
    await eve.sees(/^:Alice!Alice@127\.0\.0\.1 NICK guest-\d{4}$/);
    await alice.send("NICK alice");
    await alice.sees(":away!alice@127.0.0.1 NICK alice");
    await eve.send("NICK alice2", "QUIT");
    await eve.rest();
    room.now += 60_000;
    room.connections.check();
    assertEquals((await alice.everything()).filter((line) => line.includes("NICK alice ")), []);
  });
});

Deno.test("The 30 s are for all others together, and the owner has the nick at once, before coming in as well", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ 900 /);
    await alice.send("NICK away");
    await alice.everything();
    const eve = await room.person("alice");
    room.now += 20_000;
    // Who is logged in has it as soon as it is wanted.
    await alice.send("NICK ALICE");
    await alice.sees(":away!alice@127.0.0.1 NICK ALICE");
    await eve.sees(/ NICK guest-\d+$/);
    await alice.send("NICK away");
    await alice.everything();
    const mal = await room.person("alice");
    await mal.everything();
    room.now += 30_000;
    room.connections.check();
    await mal.sees(/ NICK guest-\d+$/);
    // The next one has what the one before has left.
    const next = await room.stranger("next");
    await next.send("NICK alice", "USER x 0 * :x");
    await next.sees(/ 001 alice /);
    await next.sees(/^:alice!x@127\.0\.0\.1 NICK guest-\d+$/);
    await eve.send("NICK alice");
    await eve.sees(/^:alice!alice@127\.0\.0\.1 NICK guest-\d+$/);
    // An hour later it is as at first: some log in only once they have the nick.
    room.now += 3_700_000;
    await mal.send("NICK alice");
    await mal.everything();
    room.now += 29_000;
    room.connections.check();
    assertEquals(await mal.everything(), []);
    // Who logs in before coming in finds it free.
    const again = await room.stranger("again");
    await logsIn(again, "alice", "opensesame");
    await again.sees(/ 903 /);
    await again.send("NICK alice", "USER again 0 * :again", "CAP END");
    await again.sees(/ 001 alice /);
    await mal.sees(/ NICK guest-\d+$/);
    // Another device of the owner's keeps it.
    await alice.send("NICK alice");
    await alice.sees(/ 433 away alice :/);
  });
});

Deno.test("A channel's operator with an account is its operator again, and the first one in is not", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    await alice.send("REGISTER * * opensesame", "TOPIC #tea :hers");
    await alice.sees(/ 900 /);
    await alice.send("PART #tea");
    await alice.everything();
    const bob = await room.person("bob");
    await bob.send("JOIN #tea");
    await bob.sees(/ 353 bob = #tea :bob$/);
    await alice.send("JOIN #tea");
    await alice.sees(/ 353 alice = #tea :bob @alice$/);
    // Who was in before her is told.
    await bob.sees(":alice!alice@127.0.0.1 JOIN #tea");
    assertEquals(await bob.next(), ":Tea.local MODE #tea +o alice");
  });
});

Deno.test("A ban by account covers who is logged in to it under any nick, from the moment they log in; others it does not", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    await bob.send("REGISTER * * opensesame", "NICK robert");
    await alice.sees(/ NICK robert$/);
    const twin = await room.person("bob", { join: "#tea" });
    await alice.send("MODE #tea +b ~t:60:~a:BOB");
    await alice.sees(/ MODE #tea \+b ~t:60:~a:BOB$/);
    await twin.send("PRIVMSG #tea :I only have the nick");
    await alice.sees(/ PRIVMSG #tea :I only have the nick$/);
    await bob.send("PRIVMSG #tea :I am bob");
    await bob.sees(/ 404 robert #tea /);
    await bob.send("PART #tea", "JOIN #tea");
    await bob.sees(/ 474 robert #tea /);

    const eve = await room.person("eve", { join: "#tea" });
    await eve.send("PRIVMSG #tea :nobody knows me");
    await alice.sees(/ PRIVMSG #tea :nobody knows me$/);
    await logsIn(eve, "bob", "opensesame");
    await eve.sees(/ 900 eve /);
    await eve.send("PRIVMSG #tea :now they do");
    await eve.sees(/ 404 eve #tea /);
    await alice.send("MODE #tea -b ~a:bob");
    await eve.sees(/ MODE #tea -b ~t:60:~a:BOB$/);
    await eve.send("PRIVMSG #tea :thank you");
    await alice.sees(/ PRIVMSG #tea :thank you$/);
  });
});

Deno.test("Who comes back to the nick of another's account has no more time there than at first", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("REGISTER * * opensesame", "QUIT");
    await alice.rest();
    const eve = await room.person("alice");
    room.now += 20_000;
    await eve.send("NICK eve", "NICK alice");
    await eve.sees(/ NOTICE alice :.* in 10 s$/);
    room.now += 11_000;
    room.connections.check();
    await eve.sees(/^:alice!.* NICK guest-\d+$/);
  });
});

Deno.test("REGISTER before coming in is for the nick that one has, not for one that somebody else had", async () => {
  await withRoom(async (room) => {
    const bob = await room.person("bob");
    const eve = await room.stranger("eve");
    await eve.send("CAP LS 302", "NICK eve", "NICK bob", "REGISTER bob * opensesame");
    await eve.sees(/ FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK bob /);
    await bob.send("QUIT");
    await bob.rest();
    await eve.send("REGISTER bob * opensesame");
    await eve.sees(/ FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK bob /);
  });
});

Deno.test("SCRAM says that it takes no app password, alike for every name", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice");
    await alice.send("REGISTER * * opensesame");
    await alice.sees(/ REGISTER SUCCESS /);
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    for (const name of ["alice", "nobody"]) {
      const person = await room.stranger(name);
      await person.send("CAP REQ sasl", "AUTHENTICATE SCRAM-SHA-256");
      await person.sees("AUTHENTICATE +");
      await person.send(`AUTHENTICATE ${base64(`n,,n=${name},r=client`)}`);
      const challenge = (await person.sees(/^AUTHENTICATE /)).split(" ")[1];
      const nonce = /^r=([^,]+)/.exec(Buffer.from(challenge, "base64").toString())![1];
      await person.send(`AUTHENTICATE ${base64(`c=biws,r=${nonce},p=${base64("x".repeat(32))}`)}`);
      await person.sees(
        ":Tea.local 904 * :SASL authentication failed " +
          "(by SCRAM only with the account's own password; an app password needs PLAIN)",
      );
    }
  });
});
