/**
 * Connections to a room in this process: how they come and go, what they may cost, and a thousand of them at once.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { addressRange } from "../server/wire/address.ts";
import { Budget } from "../server/wire/budget.ts";
import { Channel } from "../server/room/channel.ts";
import { handleLine } from "../server/commands/mod.ts";
import { idle, nextTurn } from "../server/turns/loop.ts";
import { TIMEOUTS } from "../server/timeouts.ts";
import type { Pace } from "../server/turns/slices.ts";
import { Room, sessionOf } from "../server/testing.ts";

// Transcripts over real sockets. `everything()` is a barrier: it gives what has come until the server answered a PING.

const HOST = "127.0.0.1";

Deno.test("A person who has said NICK and USER is let in and told what the server supports", async () => {
  await using room = new Room({ network: "Tea Room", motd: ["Welcome.", "茶 at five."] });
  const alice = await room.stranger("alice");
  await alice.send("NICK alice", "USER al 0 * :Alice Liddell");
  await alice.sees(`:Tea-Room.local 001 alice :Welcome to Tea Room, alice!al@${HOST}`);
  assertMatch(await alice.sees(/ 005 /), /NETWORK=Tea\\x20Room CASEMAPPING=ascii CHANTYPES=# PREFIX=\(ov\)@\+/);
  await alice.sees(":Tea-Room.local 372 alice :- 茶 at five.");
  await alice.sees(":Tea-Room.local 376 alice :End of /MOTD command");
  assertEquals(room.log, [`alice has come in from ${HOST}; 1 online`]);
});

Deno.test("Capability negotiation holds registration up until CAP END", async () => {
  await using room = new Room();
  const alice = await room.stranger("alice");
  await alice.send("CAP LS 302", "NICK alice", "USER alice 0 * :Alice");
  assertMatch(
    await alice.sees(/ CAP \* LS /),
    / account-tag away-notify batch .*draft\/multiline=max-bytes=\d+,max-lines=\d+ .*message-tags .*setname/,
  );
  await alice.send("CAP REQ :server-time nonsense", "CAP REQ :server-time -batch", "CAP LIST", "CAP END");
  await alice.sees(":Tea.local CAP * NAK :server-time nonsense");
  await alice.sees("@time=2026-01-01T12:00:00.000Z :Tea.local CAP * ACK :server-time -batch");
  await alice.sees("@time=2026-01-01T12:00:00.000Z :Tea.local CAP * LIST :cap-notify server-time");
  await alice.sees(/^@time=2026-01-01T12:00:00.000Z :Tea.local 001 alice /);
});

Deno.test("Reads that complete no line are charged: a line that comes a byte at a time costs more than one at once", async () => {
  await using room = new Room({}, { floodLimit: 1_000 });
  const alice = await room.person("alice");
  const { charge } = Budget.prototype;
  let [tokens, fragments] = [0, 0];
  let isCharged = Promise.withResolvers<void>();
  Budget.prototype.charge = function (amount) {
    tokens += amount;
    fragments++;
    isCharged.resolve();
    return charge.call(this, amount);
  };
  try {
    for (const byte of "PING x") {
      isCharged = Promise.withResolvers();
      await alice.sendBytes(new TextEncoder().encode(byte));
      await isCharged.promise;
    }
    await alice.send("");
    assertEquals(await alice.next(), ":Tea.local PONG Tea.local :x");
  } finally {
    Budget.prototype.charge = charge;
  }
  assertGreater(tokens, 1 + 5 / 8, `${fragments} charges`);
});

Deno.test("A nick that is taken is refused, whatever its case or width", async () => {
  await using room = new Room();
  await room.person("Bob");
  const other = await room.stranger("other");
  for (const nick of ["bob", "ＢＯＢ"]) {
    await other.send(`NICK ${nick}`);
    await other.sees(`:Tea.local 433 * ${nick} :Nickname is already in use`);
  }
  await other.send("NICK b\u200bob", "NICK", "NICK 张三", "USER zhang 0 * :张三");
  await other.sees(/ 432 \* b\u200bob /);
  await other.sees(/ 431 /);
  await other.sees(/ 001 张三 /);
});

Deno.test("Two who ask for one nick at once: the second is told when it would come in, and may choose again", async () => {
  await using room = new Room();
  const [first, second] = [await room.stranger("first"), await room.stranger("second")];
  await first.send("NICK bob");
  await second.send("NICK bob");
  await first.everything();
  await second.everything();
  await first.send("USER first 0 * :First");
  await first.sees(/ 001 bob /);
  await second.send("USER second 0 * :Second");
  await second.sees(/ 433 \* bob /);
  await second.send("NICK bob_2");
  await second.sees(/ 001 bob_2 /);
});

Deno.test("The room's password is asked for", async () => {
  await using room = new Room({ password: "oolong" });
  const stranger = await room.stranger();
  await stranger.send("PASS earl-grey", "NICK eve", "USER eve 0 * :Eve");
  await stranger.sees(":Tea.local 464 * :Password incorrect");
  assertEquals(await stranger.rest(), ["ERROR :Closing link: (Wrong password)"]);
  const friend = await room.stranger();
  await friend.send("PASS oolong", "NICK bob", "USER bob 0 * :Bob");
  await friend.sees(/ 001 bob /);
});

Deno.test("Before registration other commands are refused, and an HTTP request is the end", async () => {
  await using room = new Room();
  const irssi = await room.stranger();
  await irssi.send("JOIN :", "NONSENSE", "PING x");
  await irssi.sees(":Tea.local 451 * :You have not registered");
  await irssi.sees(":Tea.local 421 * NONSENSE :Unknown command");
  await irssi.sees(":Tea.local PONG Tea.local :x");
  for (const request of ["POST / HTTP/1.1", "post /", "FOO / HTTP/1.1", "NICK /evil HTTP/1.0"]) {
    const browser = await room.stranger();
    await browser.send(request, "Host: x", "", "NICK evil", "USER evil 0 * :x");
    assertEquals(await browser.rest(), ["ERROR :Closing link: (This is a chat server, not a web server)"]);
  }
});

Deno.test("People in a channel see each other come, talk, rename and go", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob");
  await bob.send("JOIN #TEA");
  await bob.sees(`:bob!bob@${HOST} JOIN #tea`);
  await bob.sees(":Tea.local 353 bob = #tea :@alice bob");
  await bob.sees(":Tea.local 366 bob #tea :End of /NAMES list");
  await alice.sees(`:bob!bob@${HOST} JOIN #tea`);
  await bob.send("PRIVMSG #tea :你好，茶馆 😄", "NICK bobby", "PRIVMSG #tea :it's me", "QUIT :bye");
  await alice.sees(`:bob!bob@${HOST} PRIVMSG #tea :你好，茶馆 😄`);
  await alice.sees(`:bob!bob@${HOST} NICK bobby`);
  await alice.sees(`:bobby!bob@${HOST} PRIVMSG #tea :it's me`);
  await alice.sees(`:bobby!bob@${HOST} QUIT :Quit: bye`);
  await bob.sees(`:bob!bob@${HOST} NICK bobby`);
  assertEquals(await bob.rest(), ["ERROR :Closing link: (Quit: bye)"]);
  assertEquals(room.log.slice(-2), ["bob is now bobby; 2 online", "bobby has left (Quit: bye); 1 online"]);
});

Deno.test("Who shares two channels is told of a NICK and a QUIT once, after all that was said before", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea,#milk" });
  const bob = await room.person("bob", { join: "#milk,#tea,#sugar" });
  await alice.everything();
  await bob.send("PRIVMSG #milk :in milk", "PRIVMSG #tea :in tea", "NICK rob", "PRIVMSG #milk :as rob", "QUIT");
  await bob.rest();
  const seen = (await alice.everything()).map((line) => line.replace(/!bob@127.0.0.1/, ""));
  assertEquals(seen, [
    ":bob PRIVMSG #milk :in milk",
    ":bob PRIVMSG #tea :in tea",
    ":bob NICK rob",
    ":rob PRIVMSG #milk :as rob",
    ":rob QUIT :Quit",
  ]);
});

Deno.test("A private message reaches one person, who may be away", async () => {
  await using room = new Room();
  const [alice, bob, carol] = [await room.person("alice"), await room.person("bob"), await room.person("carol")];
  await bob.send("AWAY :making tea");
  await bob.sees(/ 306 bob /);
  await alice.send(
    "PRIVMSG BOB :are you there?",
    "NOTICE bob,nobody :hm",
    "PRIVMSG nobody :hello",
    "PRIVMSG bob",
    "PRIVMSG",
  );
  await alice.sees(":Tea.local 301 alice bob :making tea");
  // No answer to a NOTICE, not even an error.
  await alice.sees(":Tea.local 401 alice nobody :No such nick");
  await alice.sees(/ 412 alice /);
  await alice.sees(/ 411 alice /);
  assertEquals(await bob.everything(), [
    `:alice!alice@${HOST} PRIVMSG bob :are you there?`,
    `:alice!alice@${HOST} NOTICE bob :hm`,
  ]);
  assertEquals(await carol.everything(), []);
});

Deno.test("A message that would reach its readers cut is refused, and one that just fits arrives whole", async () => {
  await using room = new Room();
  const [alice, bob] = [await room.person("alice"), await room.person("bob")];
  const room510 = 510 - `:alice!alice@${HOST} PRIVMSG bob :`.length;
  await alice.send(`PRIVMSG bob :${"x".repeat(room510)}`, `PRIVMSG bob :${"x".repeat(room510 + 1)}`);
  await alice.sees(/ 417 alice :Message is too long/);
  assertEquals(await bob.everything(), [`:alice!alice@${HOST} PRIVMSG bob :${"x".repeat(room510)}`]);
});

Deno.test("echo-message brings one's own messages back in their place, with msgid and time", async () => {
  await using room = new Room();
  const caps = "echo-message message-tags server-time";
  const alice = await room.person("alice", { caps, join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  await bob.send("PRIVMSG #tea :first");
  await bob.everything();
  await alice.send("@+draft/reply=1;secret=2 PRIVMSG #tea :second");
  const seen = await alice.everything();
  assertMatch(seen[0], /^@time=2026-01-01T12:00:00.000Z;msgid=\w+ :bob!bob@127.0.0.1 PRIVMSG #tea :first$/);
  assertMatch(seen[1], /^@time=.*;msgid=\w+;\+draft\/reply=1 :alice!alice@127.0.0.1 PRIVMSG #tea :second$/);
  assertEquals(seen.length, 2);
  assertEquals(await bob.everything(), [`:alice!alice@${HOST} PRIVMSG #tea :second`]);
});

Deno.test("TAGMSG reaches those who understand tags, and nobody else", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "message-tags", join: "#tea" });
  const bob = await room.person("bob", { caps: "message-tags", join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  await bob.everything();
  await alice.send("@+typing=active TAGMSG #tea");
  await alice.everything();
  assertMatch((await bob.everything())[0], /^@msgid=\w+;\+typing=active :alice!alice@127.0.0.1 TAGMSG #tea$/);
  assertEquals(await carol.everything(), []);
});

Deno.test("A labeled command's response carries the label: one line, several in a batch, or ACK", async () => {
  await using room = new Room();
  const caps = "labeled-response batch echo-message message-tags";
  const alice = await room.person("alice", { caps, join: "#tea" });
  await alice.send("@label=a PRIVMSG #tea :hi", "@label=b WHOIS alice", "@label=c PONG x", "@label=d NONSENSE");
  const seen = await alice.everything();
  assertMatch(seen[0], /^@label=a;msgid=\w+ :alice!alice@127.0.0.1 PRIVMSG #tea :hi$/);
  const [, batch] = seen[1].match(/^@label=b :Tea.local BATCH \+(\w+) labeled-response$/)!;
  assertEquals(seen.slice(2, 7).map((line) => line.split(" ").slice(0, 3).join(" ")), [
    `@batch=${batch} :Tea.local 311`,
    `@batch=${batch} :Tea.local 319`,
    `@batch=${batch} :Tea.local 312`,
    `@batch=${batch} :Tea.local 317`,
    `@batch=${batch} :Tea.local 318`,
  ]);
  assertEquals(seen.slice(7), [
    `:Tea.local BATCH -${batch}`,
    "@label=c :Tea.local ACK",
    "@label=d :Tea.local 421 alice NONSENSE :Unknown command",
  ]);
});

Deno.test("A message to oneself arrives once, and a second time as the labeled echo", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "labeled-response batch echo-message" });
  await alice.send("@label=a PRIVMSG alice :note to self");
  assertEquals((await alice.everything()).sort(), [
    `:alice!alice@${HOST} PRIVMSG alice :note to self`,
    `@label=a :alice!alice@${HOST} PRIVMSG alice :note to self`,
  ]);
});

Deno.test("extended-join, away-notify, setname, invite-notify tell those who asked for them, and nobody else", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "extended-join away-notify setname invite-notify", join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  const carol = await room.person("carol");
  await room.person("dave");
  await carol.send("AWAY :brb", "JOIN #tea", "SETNAME :Carol the Great", "AWAY", "INVITE dave #tea");
  await carol.everything();
  assertEquals((await alice.everything()).map((line) => line.replace("!carol@127.0.0.1", "")), [
    ":carol JOIN #tea * :carol the person",
    ":carol AWAY brb",
    ":carol SETNAME :Carol the Great",
    ":carol AWAY",
    ":carol INVITE dave #tea",
  ]);
  assertEquals(await bob.everything(), [`:carol!carol@${HOST} JOIN #tea`]);
});

Deno.test("Capabilities that change in a channel change what one is told there from then on", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  await bob.send("PRIVMSG #tea :before");
  await bob.everything();
  await alice.send("CAP REQ server-time");
  await alice.sees(`:bob!bob@${HOST} PRIVMSG #tea :before`);
  await alice.sees(/CAP alice ACK :?server-time$/);
  await bob.send("PRIVMSG #tea :after");
  await alice.sees(`@time=2026-01-01T12:00:00.000Z :bob!bob@${HOST} PRIVMSG #tea :after`);
});

Deno.test("The first in a channel is its operator, and the modes n, t, m, v, o do what they say", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol");
  await carol.send("PRIVMSG #tea :from outside");
  await carol.sees(/ 404 carol #tea /);
  await bob.send("TOPIC #tea :mine", "MODE #tea +m", "KICK #tea alice");
  for (let i = 0; i < 3; i++) await bob.sees(":Tea.local 482 bob #tea :You're not channel operator");
  await alice.send("MODE #tea +m-n", "MODE #tea");
  await alice.sees(`:alice!alice@${HOST} MODE #tea +m-n`);
  await alice.sees(":Tea.local 324 alice #tea +mt");
  await bob.send("PRIVMSG #tea :may I?");
  await bob.sees(/ 404 bob #tea /);
  await alice.send("MODE #tea +v bob");
  await bob.sees(`:alice!alice@${HOST} MODE #tea +v bob`);
  await bob.send("PRIVMSG #tea :thanks");
  await alice.sees(`:bob!bob@${HOST} PRIVMSG #tea :thanks`);
  await alice.send("MODE #tea +o-v bob bob", "MODE #tea -o alice");
  await bob.sees(`:alice!alice@${HOST} MODE #tea +o-v bob bob`);
  await bob.send("TOPIC #tea :Oolong today", "NAMES #tea");
  await alice.sees(`:bob!bob@${HOST} TOPIC #tea :Oolong today`);
  await bob.sees(":Tea.local 353 bob = #tea :alice @bob");
});

Deno.test("The modes i, k, l, b and s keep people out, or the channel from their sight", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob");
  await alice.send("MODE #tea +k oolong");
  await alice.everything();
  await bob.send("JOIN #tea", "JOIN #tea milk");
  await bob.sees(/ 475 bob #tea /);
  await bob.sees(/ 475 bob #tea /);
  await alice.send("MODE #tea -k+l * 1");
  await alice.sees(`:alice!alice@${HOST} MODE #tea -k+l * 1`);
  await bob.send("JOIN #tea");
  await bob.sees(/ 471 bob #tea /);
  await alice.send("MODE #tea -l+is");
  await alice.sees(/-l\+is/);
  await bob.send("JOIN #tea", "LIST", "NAMES #tea", "WHO #tea", "TOPIC #tea");
  await bob.sees(/ 473 bob #tea /);
  assertEquals((await bob.everything()).filter((line) => line.includes("#tea") && !/ (366|315|403) /.test(line)), []);
  await alice.send("INVITE bob #tea");
  await bob.sees(`:alice!alice@${HOST} INVITE bob #tea`);
  await bob.send("JOIN #tea", "PART #tea :see you");
  await alice.sees(`:bob!bob@${HOST} PART #tea :see you`);
  await alice.send("MODE #tea -i+b BOB!*@*", "MODE #tea b");
  await alice.sees(/ 367 alice #tea BOB!\*@\* alice!alice@127.0.0.1 \d+$/);
  await bob.send("JOIN #tea");
  await bob.sees(/ 474 bob #tea /);
  await alice.send("MODE #tea -b bob!*@*");
  await alice.sees(`:alice!alice@${HOST} MODE #tea -b BOB!*@*`);
  await bob.send("JOIN #tea");
  await bob.sees(`:bob!bob@${HOST} JOIN #tea`);
});

Deno.test("A ban silences a member at once, and who comes back under a name that it does not match speaks again", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await bob.send("PRIVMSG #tea :one");
  await alice.sees(/:one$/);
  await alice.send("MODE #tea +b bob");
  await bob.sees(`:alice!alice@${HOST} MODE #tea +b bob!*@*`);
  await bob.send("PRIVMSG #tea :two", "NICK rob", "PART #tea", "NICK rob", "JOIN #tea", "PRIVMSG #tea :three");
  await bob.sees(/ 404 bob #tea /);
  await bob.sees(/ 435 bob rob #tea /);
  await bob.everything();
  const said = (await alice.everything()).filter((line) => line.includes("PRIVMSG"));
  assertEquals(said, [`:rob!bob@${HOST} PRIVMSG #tea :three`]);
});

Deno.test("KICK takes people out and says why", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  await alice.send("KICK #tea bob,nobody,carol :enough");
  await bob.sees(`:alice!alice@${HOST} KICK #tea bob :enough`);
  await carol.sees(`:alice!alice@${HOST} KICK #tea carol :enough`);
  await alice.sees(/ 441 alice nobody #tea /);
  await bob.send("PRIVMSG #tea :but", "NAMES #tea");
  await bob.sees(/ 404 /);
  await alice.send("NAMES #tea");
  await alice.sees(":Tea.local 353 alice = #tea :@alice");
});

Deno.test("WHO, WHOIS, WHOWAS, ISON and USERHOST tell who is here", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await bob.send("AWAY :tea", "MODE bob +i");
  await bob.sees(`:bob!bob@${HOST} MODE bob +i`);
  room.now += 61_000;
  await alice.send("WHO #tea", "WHOIS bob", "ISON bob nobody ALICE", "USERHOST bob alice");
  await alice.sees(`:Tea.local 352 alice #tea alice ${HOST} Tea.local alice H@ :0 alice the person`);
  await alice.sees(`:Tea.local 352 alice #tea bob ${HOST} Tea.local bob G :0 bob the person`);
  await alice.sees(`:Tea.local 311 alice bob bob ${HOST} * :bob the person`);
  await alice.sees(/ 301 alice bob tea/);
  await alice.sees(/ 317 alice bob 61 1767268800 /);
  await alice.sees(":Tea.local 303 alice :bob alice");
  await alice.sees(`:Tea.local 302 alice :bob=-bob@${HOST} alice=+alice@${HOST}`);
  const carol = await room.person("carol");
  await carol.send("WHO *");
  const who = await carol.everything();
  assert(!who.some((line) => / 352 carol .* bob /.test(line)), "bob is invisible to those who share no channel");
  await bob.send("QUIT");
  await bob.rest();
  await carol.send("WHOWAS bob", "WHOWAS eve", "WHOIS bob");
  await carol.sees(`:Tea.local 314 carol bob bob ${HOST} * :bob the person`);
  await carol.sees(/ 406 carol eve /);
  await carol.sees(/ 401 carol bob /);
});

Deno.test("LIST and LUSERS count", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea,#milk" });
  await alice.send("TOPIC #tea :Oolong", "LIST", "LUSERS");
  await room.person("bob", { join: "#tea" });
  await alice.sees(":Tea.local 322 alice #tea 1 Oolong");
  await alice.sees(":Tea.local 322 alice #milk 1 :");
  await alice.sees(/ 251 alice :There are 1 users and 0 invisible on 1 server/);
  await alice.send("LIST #tea");
  await alice.sees(":Tea.local 322 alice #tea 2 Oolong");
});

Deno.test("LIST gives each channel that is there all the while once, whatever comes, goes and is renamed meanwhile", async () => {
  await using room = new Room();
  const { chat } = room;
  const names = Array.from({ length: 3_000 }, (_, i) => `#c${i}`);
  for (const name of names) chat.channels.set(name, new Channel(name, 1));
  const alice = await room.person("alice");
  const session = sessionOf(chat, "alice");
  let steps = 0;
  const pace: Pace = {
    turn: nextTurn,
    slice(step) {
      if (++steps % 2 === 0) return step();
      const i = steps * 7 % 3_000;
      chat.channels.delete(`#c${i}`);
      chat.channels.set(`#new${steps}`, new Channel(`#new${steps}`, 1));
      return Array.from({ length: 100 }).some(step);
    },
  };
  const answered = handleLine(chat, session, "LIST", pace);
  const listed: string[] = [];
  for (let line = await alice.next(); !/ 323 /.test(line!); line = await alice.next()) {
    const [, name] = / 322 alice (#c\d+) /.exec(line!) ?? [];
    if (name !== undefined) listed.push(name);
  }
  await answered;
  assertEquals(new Set(listed).size, listed.length);
  const left = names.filter((name) => chat.channels.has(name));
  assertEquals(left.filter((name) => !listed.includes(name)), []);
  chat.channels.clear();
});

Deno.test("What a client writes wrongly is answered, and never ends the connection", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const wrong: [line: string, answer: RegExp][] = [
    ["PRIVMSG #tea :a\0b", / FAIL \* INVALID_MESSAGE :Cannot parse line: it holds CR, LF or NUL/],
    ["PRIVMSG #tea :a\rb", / FAIL \* INVALID_MESSAGE /],
    [":", / FAIL \* INVALID_MESSAGE /],
    ["@a", / FAIL \* INVALID_MESSAGE /],
    ["JOIN :#a b", / 403 alice \* :No such channel: a space cannot be in it; #ab would do$/],
    [
      "JOIN #❤️",
      / 403 alice #❤️ :No such channel: in it is a character that nobody sees \(U\+FE0F: .*\); #❤ would do$/,
    ],
    ["NICK tea❤️", / 432 alice tea❤️ :Erroneous nickname: ❤ is neither a letter nor .*; tea would do$/],
    ["RENAME #tea #❤️", / FAIL RENAME CANNOT_RENAME #tea #❤️ :.*nobody sees \(U\+FE0F: .*#❤ would do$/],
    ["JOIN", / 461 alice JOIN /],
    ["MODE #tea +b :a b", / 696 alice #tea b \* /],
    ["MODE #tea +k :a b", / 525 alice #tea /],
    ["MODE #tea +k ::x", / 525 alice #tea /],
    ["MODE #tea +l many", / 696 alice #tea l many /],
    ["MODE #tea +o", / 696 alice #tea o /],
    ["MODE #tea +Z", / 472 alice Z /],
    ["MODE alice +Z", / 501 alice /],
    ["MODE bob +i", / 401 alice bob /],
    ["TOPIC #nowhere :x", / 403 alice #nowhere /],
    ["KICK #tea ::x", / 441 alice \* #tea /],
    ["CAP NONSENSE", / 410 alice NONSENSE /],
    ["USER a b c d", / 462 alice /],
    ["WHOIS", / 431 alice /],
    ["MOTD nowhere.example", / 402 alice nowhere.example /],
    ["PRIVMSG a,b,c,d,e :hi", / 407 alice a,b,c,d,e /],
    [`PRIVMSG #tea :${"x".repeat(600)}`, / 417 alice /],
    [`@+a=${"x".repeat(4100)} PRIVMSG #tea :hi`, / 417 alice /],
  ];
  for (const [line, answer] of wrong) {
    await alice.send(line);
    assertMatch((await alice.everything()).join("\n"), answer, line);
  }
  await alice.sendBytes(new Uint8Array([0x50, 0x49, 0xff, 0xfe, 0x0a]));
  assertEquals(await alice.everything(), [":Tea.local FAIL * INVALID_UTF8 :Message rejected: it is not UTF-8"]);
});

Deno.test("What was said wrongly never reaches others", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "message-tags", join: "#tea" });
  const bob = await room.person("bob", { caps: "message-tags", join: "#tea" });
  await alice.everything();
  await bob.send("@+a\t=1;+b=x\\ny PRIVMSG #tea :tags", "PRIVMSG #tea :a\rQUIT", "TOPIC #tea :\x01x");
  await bob.everything();
  for (const line of await alice.everything()) {
    assertMatch(line, /^@msgid=\w+;\+a\t=1;\+b=x\\ny :bob!bob@127.0.0.1 PRIVMSG #tea :tags$/);
  }
});

Deno.test("A label that can't be answered by what is shown is answered by ACK, and one over 64 bytes is none", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "labeled-response batch echo-message" });
  await alice.send("@label=a SETNAME :Alice the Great", `@label=${"b".repeat(65)} PING x`, "@label= PING y");
  assertEquals(await alice.everything(), [
    "@label=a :Tea.local ACK",
    ":Tea.local PONG Tea.local :x",
    ":Tea.local PONG Tea.local :y",
  ]);
});

Deno.test("A line that is refused before it is read is answered with its label", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { caps: "labeled-response batch message-tags", join: "#tea" });
  await alice.everything();
  await alice.send(`@label=a TOPIC #tea :${"题".repeat(170)}`);
  assertEquals(await alice.next(), "@label=a :Tea.local 417 alice :Input line was too long");
  // In one that exceeds all bounds, too, and where it comes in many parts.
  await alice.send(`@+x=1;label=b TOPIC #tea :${"x".repeat(200_000)}`, "PING here");
  assertEquals(await alice.next(), "@label=b :Tea.local 417 alice :Input line was too long");
  await alice.sees(/ PONG /);
  await alice.send(`@label=c;+x=${"x".repeat(5_000)} TOPIC #tea :hi`);
  assertEquals(await alice.next(), "@label=c :Tea.local 417 alice :Input line was too long");
  await alice.sendBytes(new Uint8Array([...new TextEncoder().encode("@label=d PRIVMSG #tea :hi"), 0xaa, 13, 10]));
  assertEquals(
    await alice.next(),
    "@label=d :Tea.local FAIL PRIVMSG INVALID_UTF8 :Message rejected: it is not UTF-8",
  );
  await alice.send("PRIVMSG #tea :without");
  assertEquals(await alice.everything(), []);
  await alice.send("@label=e QUIT :bye");
  assertEquals(await alice.rest(), ["@label=e ERROR :Closing link: (Quit: bye)"]);
});

Deno.test("A batch whose first and last line both have a label is answered with the first one, and costs the session nothing", async () => {
  const caps = "labeled-response batch message-tags echo-message draft/multiline";
  for (const line of ["@batch=1 PRIVMSG #tea :hi", "@batch=nope PRIVMSG #tea :hi"]) {
    await using room = new Room();
    const alice = await room.person("alice", { caps, join: "#tea" });
    await alice.everything();
    await alice.send("@label=a BATCH +1 draft/multiline #tea", line, "@label=b BATCH -1", "@label=c PING x");
    const seen = await alice.everything();
    assertEquals(seen.filter((line) => /^@[^ ]*label=a/.test(line)).length, 1, seen.join("\n"));
    assertEquals(seen.at(-1), "@label=c :Tea.local PONG Tea.local :x");
    await alice.send("QUIT :bye");
    assertEquals(await alice.rest(), ["ERROR :Closing link: (Quit: bye)"]);
  }
});

Deno.test("What belongs to no batch, or to one that was refused, is not acknowledged", async () => {
  await using room = new Room();
  const alice = await room.person("alice", {
    caps: "labeled-response batch message-tags draft/multiline",
    join: "#tea",
  });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  await alice.send("@label=q;batch=nope PRIVMSG #tea :x", "@batch=nope PRIVMSG #tea :y");
  assertEquals(await alice.everything(), [
    "@label=q :Tea.local FAIL BATCH INVALID_REFTAG nope :No such batch is open",
    ":Tea.local FAIL BATCH INVALID_REFTAG nope :No such batch is open",
  ]);
  await alice.send(
    "BATCH +1 draft/multiline #tea",
    "@batch=1 TOPIC #tea :x",
    "@label=r;batch=1 PRIVMSG #tea :z",
    "BATCH -1",
  );
  const [first, second] = await alice.everything();
  assertMatch(first, /^:Tea\.local FAIL BATCH MULTILINE_INVALID :/);
  assertEquals(second, "@label=r :Tea.local FAIL BATCH MULTILINE_INVALID :The batch of this line was refused");
  assertEquals((await bob.everything()).filter((line) => line.includes("PRIVMSG")), []);
});

Deno.test("Who invites somebody who is banned is told at once", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob");
  await alice.send("MODE #tea +b bob", "INVITE bob #tea");
  const why = "bob is banned there (+b) and could not come in: lift the ban, or set an exception (+e)";
  await alice.sees(`:Tea.local FAIL INVITE TARGET_BANNED bob #tea :${why}`);
  assertEquals(await bob.everything(), []);
  await alice.send("MODE #tea +e bob", "INVITE bob #tea");
  await alice.sees(":Tea.local 341 alice bob #tea");
  await bob.sees(":alice!alice@127.0.0.1 INVITE bob #tea");
});

Deno.test("Who talks to a channel from outside has its message echoed", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { caps: "echo-message" });
  await alice.send("MODE #tea -n");
  await alice.everything();
  await bob.send("PRIVMSG #tea :knock knock");
  assertEquals(await bob.everything(), [`:bob!bob@${HOST} PRIVMSG #tea :knock knock`]);
  assertEquals((await alice.everything()).at(-1), `:bob!bob@${HOST} PRIVMSG #tea :knock knock`);
});

Deno.test("What an outsider asks of an invisible person or a secret channel tells nothing of them", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#Tea,#Secret" });
  await alice.send("MODE alice +i", "MODE #Secret +s");
  await alice.everything();
  const bob = await room.person("bob");
  await bob.send("WHO alice", "WHOIS alice", "NAMES #secret", "NAMES #tea", "MODE #secret", "LIST");
  const seen = (await bob.everything()).join("\n");
  assert(!/#Secret/.test(seen), seen);
  assert(!/ 352 bob #Tea alice | 319 | 353 /.test(seen), seen);
});

Deno.test("A ban list is told once for each MODE, and an empty mask is not everyone", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send("MODE #tea +b bob", "MODE #tea bbbb", "MODE #tea +b :", `MODE #tea +b ${"x".repeat(121)}`);
  const seen = await alice.everything();
  assertEquals(seen.filter((line) => line.includes(" 367 ")).length, 2);
  assertMatch(seen.at(-1)!, / 696 alice #tea b \* :A mask is 1 to 120 characters/);
});

Deno.test("Changes that do not fit into one MODE are told in several", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const masks = ["a", "b", "c", "d"].map((letter) => letter.repeat(119));
  await alice.send(`MODE #tea +bbb ${masks.slice(0, 3).join(" ")}`, `MODE #tea +mb-t ${masks[3]}`);
  const told = (await alice.everything()).map((line) => line.replace(`:alice!alice@${HOST} MODE #tea `, ""));
  const full = masks.map((mask) => `${mask}!*@*`);
  assertEquals(told, [`+bbb ${full.slice(0, 3).join(" ")}`, `+mb-t ${full[3]}`]);
  const long = await room.person("张".repeat(30), { join: "#milk" });
  await long.send(`MODE #milk +bbb ${masks.slice(0, 3).join(" ")}`);
  const lines = (await long.everything()).filter((line) => line.includes("MODE"));
  assertEquals(lines.map((line) => line.split(" ").slice(3).join(" ")), [
    `+bb ${full.slice(0, 2).join(" ")}`,
    `+b ${full[2]}`,
  ]);
});

Deno.test("A long answer waits for its reader instead of overflowing it", async () => {
  await using room = new Room({}, { maxPerIp: 0 });
  const people = await Promise.all(Array.from({ length: 40 }, (_, i) => room.person(`p${i}`)));
  await Promise.all(people.map(async (person, i) => {
    const names = Array.from({ length: 100 }, (_, c) => `#c${i}-${c}`);
    for (let c = 0; c < 100; c += 10) await person.send(`JOIN ${names.slice(c, c + 10).join(",")}`);
    for (const name of names) await person.send(`TOPIC ${name} :${"x".repeat(300)}`);
    await person.everything();
  }));
  const alice = await room.person("alice", { caps: "labeled-response batch" });
  await alice.send("@label=all LIST", "PING after");
  let listed = 0;
  for (let line = await alice.next(); !line!.endsWith(":after"); line = await alice.next()) {
    if (line!.includes(" 322 ")) listed++;
  }
  assertEquals(listed, 4_000);
  assertEquals(await alice.everything(), []);
});

Deno.test("Someone who asks for more than the queue holds in one go is answered no faster than they read, and the room's memory stays flat", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  for (let i = 0; i < 100; i++) await alice.send(`MODE #tea +b ${"x".repeat(100)}${i}`);
  await alice.everything();
  const eve = await room.person("eve");
  // Of this file alone: others are tested in the same process.
  const held = () => Deno.memoryUsage().heapUsed + Deno.memoryUsage().external;
  const before = held();
  // Never reads an answer, and would be sent 300 MB.
  const { outbox } = sessionOf(room.chat, "eve");
  const sent = eve.send(...Array<string>(20_000).fill("MODE #tea b")).catch(() => {});
  while (!outbox.isCrowded) await alice.everything();
  for (let i = 0; i < 100; i++) await alice.everything();
  assertLess(held() - before, 60e6);
  assert(room.chat.find("eve") !== undefined && outbox.backlog < 1 << 20);
  await eve[Symbol.asyncDispose]();
  await sent;
});

Deno.test("What the server itself says fits into 512 bytes, whatever it repeats", async () => {
  await using room = new Room({ network: "茶".repeat(60) });
  const nick = "𠮷".repeat(30);
  const person = await room.stranger(nick);
  await person.send(`NICK ${nick}`, `USER ${"𠮷".repeat(16)} 0 * :${"𠮷".repeat(100)}`);
  const name = (await person.sees(/ 001 /)).slice(1).split(" ")[0];
  assert(name.includes("."), name);
  await person.sees(/ 422 /);
  await person.send(
    `CAP REQ :${"setname ".repeat(50)}`,
    `JOIN #${"茶".repeat(49)}`,
    `TOPIC #${"茶".repeat(49)} :${"茶".repeat(60)}`,
  );
  const seen = await person.everything();
  assertMatch(seen[0], / ACK :?setname$/);
  await person.send(`QUIT :${"茶".repeat(160)}`);
  for (const line of [...seen, ...await person.rest()]) assert(new TextEncoder().encode(line).length <= 510, line);
});

Deno.test("Half a line at the end is dropped, and what came before it is delivered, with its answers", async () => {
  await using room = new Room();
  const bob = await room.person("bob", { join: "#tea" });
  const pipe = await room.stranger("pipe");
  await pipe.send("NICK pipe", "USER pipe 0 * :Pipe", "JOIN #tea", "PRIVMSG #tea :whole");
  await pipe.sendBytes(new TextEncoder().encode("PRIVMSG #tea :half"));
  await pipe.closeWrite();
  const answers = await pipe.rest();
  assertStringIncludes(answers.join("\n"), " 366 pipe #tea ");
  assertEquals(answers.at(-1), "ERROR :Closing link: (Connection closed)");
  await bob.sees(`:pipe!pipe@${HOST} PRIVMSG #tea :whole`);
  await bob.sees(`:pipe!pipe@${HOST} QUIT :Connection closed`);
});

Deno.test("A paste beyond the flood limit is delayed, not dropped, and nobody is thrown out", async () => {
  await using room = new Room({}, { floodLimit: 1_000 });
  const bob = await room.person("bob", { join: "#tea" });
  const alice = await room.person("alice", { join: "#tea" });
  await bob.everything();
  const lines = Array.from({ length: 200 }, (_, i) => `PRIVMSG #tea :${i}`);
  // The room's clock stands still, so each line past the burst waits its own 1 ms and no time is ever won back.
  room.now += 5_000;
  await alice.send(...lines);
  for (const [i] of lines.entries()) await bob.sees(`:alice!alice@${HOST} PRIVMSG #tea :${i}`);
});

Deno.test("Those who do not register in time are closed, and those who answer a PING are not", async () => {
  await using room = new Room();
  const stranger = await room.stranger();
  const [alice, bob] = [await room.person("alice"), await room.person("bob")];
  await stranger.everything();
  room.now += TIMEOUTS.registration;
  room.connections.check();
  assertEquals(await stranger.rest(), ["ERROR :Closing link: (Registration timed out)"]);
  room.now += TIMEOUTS.idle;
  room.connections.check();
  await alice.sees("PING :Tea.local");
  await bob.sees("PING :Tea.local");
  await alice.send("PONG Tea.local");
  await alice.everything();
  room.now += TIMEOUTS.pong;
  room.connections.check();
  await bob.sees("ERROR :Closing link: (Ping timeout: 180 s)");
  await alice.everything();
});

Deno.test("Who takes nothing of what waits is closed, whatever it says; and who takes a long answer slowly is not", async () => {
  await using room = new Room({}, { maxPerIp: 0, floodLimit: 0 });
  const people = await Promise.all(Array.from({ length: 10 }, (_, i) => room.person(`p${i}`)));
  for (const [i, person] of people.entries()) {
    const names = Array.from({ length: 100 }, (_, c) => `#c${i}-${c}`);
    for (let c = 0; c < 100; c += 10) await person.send(`JOIN ${names.slice(c, c + 10).join(",")}`);
    for (const name of names) await person.send(`TOPIC ${name} :${"x".repeat(390)}`);
    await person.everything();
  }
  const others = async () => {
    for (const person of people) await person.send("PING here");
    for (const person of people) await person.everything();
  };
  const [slow, deaf] = [await room.person("slow"), await room.person("deaf")];
  for (const person of [slow, deaf]) await person.send(...Array<string>(40).fill("LIST"));
  const outboxes = ["slow", "deaf"].map((nick) => sessionOf(room.chat, nick).outbox);
  while (outboxes.some(({ isCrowded }) => !isCrowded)) await others();
  const step = (TIMEOUTS.idle + TIMEOUTS.pong) / 5;
  for (let i = 0; i < 6; i++) {
    while (!outboxes[0].isCrowded) await others();
    await room.connections.check();
    await others();
    room.now += step;
    // It takes a megabyte.
    for (let line = 0; line < 2_200; line++) await slow.next();
    await others();
  }
  assert(room.chat.find("slow") !== undefined);
  assertEquals(room.chat.find("deaf"), undefined);
  assertEquals(room.chat.whowas.find("deaf").length, 1);
});

Deno.test("Connections beyond those that one address may have are refused", async () => {
  await using room = new Room({}, { maxPerIp: 2 });
  const alice = await room.person("alice");
  await room.stranger();
  using third = await Deno.connect({ hostname: HOST, port: room.port });
  const bytes = new Uint8Array(100);
  const text = new TextDecoder().decode(bytes.subarray(0, (await third.read(bytes)) ?? 0));
  assertEquals(text, "ERROR :Closing link: (Too many connections from your address)\r\n");
  await alice.send("QUIT");
  await alice.rest();
  // The place is free again as soon as that connection has ended on both sides; the refused one, which has not, holds none.
  while (room.connections.size > 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await room.person("bob");
});

/** A connection from elsewhere whose peer has gone when it is read. */
function passing(hostname: string, onClose: () => void): Deno.TcpConn {
  const gone = {
    remoteAddr: { transport: "tcp", hostname, port: 1 },
    setNoDelay() {},
    read: () => Promise.resolve(null),
    write: ({ length }: Uint8Array) => Promise.resolve(length),
    closeWrite: () => Promise.resolve(),
    close: onClose,
  };
  return gone as unknown as Deno.TcpConn;
}

Deno.test("Of those who connect and go without end at one address most are closed unheard, and others come in", async () => {
  const connected: string[] = [];
  const onDebug = (text: string) => {
    if (!text.endsWith("closed")) connected.push(text);
  };
  await using room = new Room({}, { floodLimit: 4, onDebug });
  let closed = 0;
  for (let i = 0; i < 6_000; i++) {
    room.connections.take(passing("203.0.113.7", () => closed++));
    // Those who were taken go again, so that there are never many.
    if (i % 20 === 0) await idle();
  }
  // Some have come meanwhile, 200 a second.
  assertGreater(connected.length, 999);
  assertLess(connected.length, 4_000);
  const alice = await room.person("alice");
  assertEquals(await alice.everything(), []);
  assertEquals([closed, room.log.length], [6_000, 1]);
});

Deno.test("addressRange() is an IPv4 address, or the /64 of an IPv6 one", () => {
  const table: [host: string, range: string][] = [
    ["10.0.0.7", "10.0.0.7"],
    ["0::1", "0:0:0:0::/64"],
    ["2001:db8:0:1::5", "2001:db8:0:1::/64"],
    ["2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"],
    ["2001:db8:0:1:aaaa:bbbb:cccc:dddd", "2001:db8:0:1::/64"],
    ["fe80::", "fe80:0:0:0::/64"],
  ];
  for (const [host, range] of table) assertEquals(addressRange(host), range, host);
});

Deno.test("What is much to be told to many costs more than a line", async () => {
  await using room = new Room({}, { floodLimit: 40, maxPerIp: 0 });
  const readers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => room.person(`r${i}`, { join: "#tea", caps: "message-tags" })),
  );
  const alice = await room.person("alice", { join: "#tea", caps: "message-tags" });
  const bob = await room.person("bob", { join: "#bob,#tea", caps: "message-tags" });
  const long = `@+x=${"x".repeat(4_000)} TAGMSG`;
  await alice.send(...Array<string>(28).fill(`${long} #tea`), "PRIVMSG #tea :from alice");
  await bob.send(...Array<string>(28).fill(`${long} #bob`), "PRIVMSG #tea :from bob");
  const lines: string[] = [];
  while (lines.at(-1)?.endsWith(":from bob") !== true) lines.push((await readers[0].next())!);
  // Alice, whose lines went to two hundred, is held back for longer.
  assertEquals(lines.some((line) => line.endsWith(":from alice")), false);
});

Deno.test("Who is delayed is sent a PING now and then, and whoever has gone meanwhile is noticed by that", async () => {
  await using room = new Room({}, { floodLimit: 1 });
  const alice = await room.person("alice");
  const bob = await room.person("bob");
  room.now += 100_000;
  await bob.send(...Array<string>(50).fill("PRIVMSG alice :paste"));
  for (let i = 0; i < 6; i++) await alice.sees(/:paste$/);
  room.now += TIMEOUTS.idle + TIMEOUTS.pong;
  room.connections.check();
  await bob.sees("PING :Tea.local");
  // What is written to it tells as much, and of a hundred channels it is put into one order for each PING.
  room.now += TIMEOUTS.delayed;
  const { outbox } = sessionOf(room.chat, "bob");
  for (const line of ["one", "two"]) outbox.send(line);
  room.connections.check();
  outbox.send("three");
  await bob.sees("one");
  assertEquals([await bob.next(), await bob.next()], ["two", "three"]);
  // It is still here: being slow to be heard is no time-out.
  assert(room.chat.find("bob") !== undefined);
  await bob[Symbol.asyncDispose]();
  // The first PING after that is answered by a reset, the next write finds it.
  while (room.chat.find("bob") !== undefined) {
    room.now += TIMEOUTS.delayed;
    room.connections.check();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

Deno.test("Who has not come in yet and goes while its lines wait is noticed as well", async () => {
  await using room = new Room({}, { floodLimit: 1 });
  const bob = await room.stranger("bob");
  await bob.send("PING tea", ...Array<string>(50).fill("PONG tea"));
  await bob.sees(/ PONG /);
  await bob[Symbol.asyncDispose]();
  let asked = 0;
  for (; room.connections.size > 0 && asked < 1_000; asked++) {
    room.now += asked < 5 ? TIMEOUTS.delayed : 0;
    room.connections.check();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertLess(asked, 1_000);
});

Deno.test("Those who are cut off at the same time end in turns, between which others have theirs", async () => {
  await using room = new Room({}, { floodLimit: 4 });
  const { chat } = room;
  let isCut = false;
  const cut = Promise.withResolvers<never>();
  cut.promise.catch(() => {});
  for (let i = 0; i < 60; i++) {
    let isFirst = true;
    room.connections.add({
      isSecure: false,
      host: `198.51.100.${i}`,
      onGone: undefined,
      read() {
        if (!isFirst) return cut.promise;
        isFirst = false;
        return Promise.resolve(1);
      },
      readAhead() {},
      lines: () => [`NICK guest${i}`, `USER x 0 * :x`, "JOIN #tea"],
      discard() {},
      write: (bytes) => isCut ? cut.promise : Promise.resolve(bytes.length),
      closeWrite: () => Promise.resolve(),
      close() {},
    });
  }
  while (chat.channels.find("#tea")?.members.size !== 60) await nextTurn();
  const { leave } = chat;
  chat.leave = (person, reason) => {
    const begun = performance.now();
    while (performance.now() - begun < 2);
    leave.call(chat, person, reason);
  };
  isCut = true;
  cut.reject(new Deno.errors.ConnectionReset("reset"));
  let most = 0;
  while (chat.persons.size > 0) {
    const before = chat.persons.size;
    await nextTurn();
    most = Math.max(most, before - chat.persons.size);
  }
  assertLess(most, 20);
});

Deno.test("When the room closes everyone is told", async () => {
  await using room = new Room();
  const [alice, bob] = [await room.person("alice", { join: "#tea" }), await room.person("bob", { join: "#tea" })];
  const persons = [...room.chat.persons.values()];
  const closed = room.close();
  assertEquals((await alice.rest()).at(-1), "ERROR :Closing link: (The room is closing)");
  assertEquals((await bob.rest()).at(-1), "ERROR :Closing link: (The room is closing)");
  await closed;
  assertEquals(persons.map(({ sessions }) => sessions.size), [0, 0]);
  assertEquals([room.chat.persons.size, room.chat.channels.size, room.chat.unregistered], [0, 0, 0]);
});

Deno.test("When the room closes nobody is told that the others leave: neither in a channel, nor as a watcher", async () => {
  await using room = new Room();
  const people = [];
  for (const nick of ["alice", "bob", "carol"]) people.push(await room.person(nick, { join: "#tea" }));
  const dave = await room.person("dave");
  await dave.send("MONITOR + alice,bob,carol");
  for (const person of [...people, dave]) await person.everything();
  const closed = room.close();
  for (const person of [...people, dave]) {
    assertEquals(await person.rest(), ["ERROR :Closing link: (The room is closing)"]);
  }
  await closed;
});

Deno.test("A line that waits for what never comes does not keep the room open", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const asked = Promise.withResolvers<void>();
  Object.defineProperty(sessionOf(room.chat, "alice"), "settling", {
    get() {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  await alice.send("PRIVMSG #tea :never handled");
  await asked.promise;
  const closed = room.close();
  assertEquals(await alice.rest(), ["ERROR :Closing link: (The room is closing)"]);
  await closed;
  assertEquals(room.chat.persons.size, 0);
});

Deno.test("A line waits for all work that is set off before it, also while it waits", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const session = sessionOf(room.chat, "alice");
  session.waitFor(one.promise);
  await alice.send("JOIN #tea");
  await idle();
  session.waitFor(other.promise);
  one.resolve();
  await idle();
  assertEquals(room.chat.channels.find("#tea"), undefined);
  other.resolve();
  await alice.sees(/ JOIN #tea/);
});

Deno.test("A clock that is set neither keeps silent peers nor loses others, and a nick is its owner's in time", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  const set = (time: number) => [room.now, room.set] = [room.now + time, room.set + time];
  set(-86_400_000);
  room.now += TIMEOUTS.idle;
  await room.connections.check();
  assertEquals(await alice.next(), "PING :Tea.local");
  room.now += TIMEOUTS.pong;
  await room.connections.check();
  assertMatch((await alice.rest()).at(-1)!, /Ping timeout: 150 s/);
  const bob = await room.person("bob");
  const carol = await room.stranger("carol");
  await carol.send("PING x");
  set(86_400_000 * 365);
  await room.connections.check();
  assertEquals(await bob.everything(), []);
  await carol.send("NICK carol", "USER carol 0 * :Carol");
  await carol.sees(/ 001 carol /);
});

Deno.test("A thousand people in one channel each see one message, and each other's names", async () => {
  await using room = new Room({}, { maxPerIp: 0 });
  const people = await Promise.all(Array.from({ length: 1_000 }, (_, i) => room.person(`p${i}`, { join: "#tea" })));
  const last = people.at(-1)!;
  await last.send("NAMES #tea");
  const names = (await last.everything()).filter((line) => line.includes(" 353 ")).join(" ").match(/p\d+/g)!;
  assertEquals(new Set(names).size, 1_000);
  await people[0].send("PRIVMSG #tea :hello, all of you");
  const hello = `:p0!p0@${HOST} PRIVMSG #tea :hello, all of you`;
  await Promise.all(people.slice(1).map((person) => person.sees(hello)));
});
