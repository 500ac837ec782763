/** What single clients ask for that is a draft of IRCv3's, or another bouncer's. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { History } from "../store/history.ts";
import { firstId } from "../store/records.ts";
import { Store } from "../store/store.ts";
import { addressSet } from "../wire/networks.ts";
import { type Person, Room, sessionOf } from "../testing.ts";

/** A room that keeps what is said, for one test. */
async function withRoom(test: (room: Room, history: History) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    const settings = { icon: "https://example.org/tea.png?a=b", operators: new Map([["root", "sesame"]]) };
    await using room = new Room(settings, {}, { history });
    await test(room, history);
  }
  history.close();
  await store.close();
}

/** What somebody is answered, without the ids of batches. */
async function answers(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  return (await person.everything()).map((line) => line.replaceAll(/((?:batch=|BATCH [+-]))\w+/g, "$1ID"));
}

Deno.test("AWAY before coming in counts for those with draft/pre-away, and a star stands for a reason that nobody wrote", () =>
  withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "away-notify", join: "#tea" });
    const bob = await room.stranger("bob");
    await bob.send("CAP REQ draft/pre-away", "AWAY *", "NICK bob", "USER bob 0 * :bob", "CAP END", "JOIN #tea");
    await bob.sees(/ 306 \* :/);
    await alice.sees(":bob!bob@127.0.0.1 AWAY Away");
    const carol = await room.stranger("carol");
    await carol.send("AWAY :early", "NICK carol", "USER carol 0 * :carol", "AWAY *");
    await carol.sees(/ 451 \* :/);
    await carol.sees(/ 306 carol :/);
    assertMatch((await answers(alice, "WHOIS carol")).join("\n"), / 301 alice carol :?\*\n/);
  }));

Deno.test("ISUPPORT is told before coming in to those with draft/extended-isupport, as a batch, with the room's icon", () =>
  withRoom(async (room) => {
    const alice = await room.stranger("alice");
    await alice.send("ISUPPORT", "CAP REQ :draft/extended-isupport batch", "ISUPPORT");
    await alice.sees(/ 451 \* :/);
    await alice.sees(/ ACK /);
    assertMatch((await alice.next())!, /^:Tea\.local BATCH \+\w+ :?draft\/isupport$/);
    assertMatch(
      (await alice.next())!,
      /^@batch=\w+ :Tea\.local 005 \* NETWORK=Tea draft\/ICON=https:\/\/example\.org\/tea\.png\?a\\x3Db /,
    );
    await alice.sees(/ BATCH -/);
    await alice.send("NICK alice", "USER alice 0 * :alice", "CAP END");
    const welcome = await alice.everything();
    assert(welcome.every((line) => !line.includes(" 005 ") || line.startsWith("@batch=")));
    const bob = await room.person("bob");
    assert((await answers(bob, "ISUPPORT")).every((line) => / 005 bob /.test(line)));
  }));

Deno.test("Who has draft/whoami is told its own source on coming in and whenever it changes", () =>
  withRoom(async (room) => {
    const alice = await room.stranger("alice");
    await alice.send("CAP REQ draft/whoami", "NICK alice", "USER al 0 * :Alice in the house", "CAP END");
    const welcome = await alice.everything();
    const at = welcome.indexOf(":alice!al@127.0.0.1 WHOAMI :Alice in the house");
    assert(/ 005 /.test(welcome[at - 1]) && / 251 /.test(welcome[at + 1]), welcome.join("\n"));
    assertEquals(await answers(alice, "NICK alice2"), [
      ":alice!al@127.0.0.1 NICK alice2",
      ":alice2!al@127.0.0.1 WHOAMI",
    ]);
    const root = await room.person("root");
    await answers(root, "OPER root sesame", "CHGHOST alice2 tea.example");
    assert((await alice.everything()).includes(":alice2!al@tea.example WHOAMI"));
  }));

Deno.test("What a server's operator does is marked as such to those with draft/oper-tag alone", () =>
  withRoom(async (room) => {
    const root = await room.person("root", { join: "#tea" });
    const bob = await room.person("bob", { caps: "draft/oper-tag", join: "#tea" });
    const carol = await room.person("carol", { join: "#tea" });
    await answers(
      root,
      "PRIVMSG #tea :not yet",
      "OPER root sesame",
      "PRIVMSG #tea :now",
      "PRIVMSG bob :you",
      "TOPIC #tea :x",
    );
    const told = (lines: string[]) => lines.filter((line) => / (?:PRIVMSG|TOPIC) /.test(line));
    assertEquals(told(await bob.everything()), [
      ":root!root@127.0.0.1 PRIVMSG #tea :not yet",
      "@draft/oper :root!root@127.0.0.1 PRIVMSG #tea :now",
      "@draft/oper :root!root@127.0.0.1 PRIVMSG bob :you",
      "@draft/oper :root!root@127.0.0.1 TOPIC #tea :x",
    ]);
    assert(told(await carol.everything()).every((line) => line.startsWith(":root!")));
    await answers(root, "MODE root -o", "PRIVMSG #tea :no more");
    assertEquals(await bob.everything(), [":root!root@127.0.0.1 PRIVMSG #tea :no more"]);
  }));

Deno.test("A bridge that is operator speaks in the names of others, which no person can have, and who relays is told", () =>
  withRoom(async (room, history) => {
    const bridge = await room.person("bridge", { caps: "draft/relaymsg echo-message message-tags", join: "#tea" });
    const alice = await room.person("alice", { caps: "message-tags account-tag", join: "#tea" });
    await answers(bridge, "CAP LS 302");
    await bridge.send("RELAYMSG #tea 小明/discord :hello");
    const line = /^@(?:msgid=\w+;)draft\/relaymsg=bridge :小明\/discord!bridge@127\.0\.0\.1 PRIVMSG #tea :hello$/;
    await alice.sees(line);
    await bridge.sees(line);
    const table = [
      ["RELAYMSG #tea xiaoming :no separator", " FAIL RELAYMSG INVALID_NICK xiaoming :"],
      ["RELAYMSG #tea a!b/c :forbidden", " FAIL RELAYMSG INVALID_NICK a!b/c :"],
      [`RELAYMSG #tea ${"x".repeat(300)}/c :long`, " FAIL RELAYMSG INVALID_NICK "],
      ["RELAYMSG #tea a/\u200b :invisible", " FAIL RELAYMSG INVALID_NICK "],
      ["RELAYMSG #other a/b :not there", " 403 bridge #other :"],
      ["RELAYMSG alice a/b :a person", " 403 bridge alice :"],
    ];
    for (const [line, answer] of table) assert((await answers(bridge, line)).join().includes(answer), line);
    await alice.send(
      "CAP REQ draft/relaymsg",
      "RELAYMSG #tea bob/x :hi",
      "CAP REQ -draft/relaymsg",
      "RELAYMSG #tea bob/x :hi",
    );
    await alice.sees(/ FAIL RELAYMSG PRIVS_NEEDED bob\/x :/);
    await alice.sees(/ 421 alice RELAYMSG :/);
    assertMatch((await answers(alice, "NICK a/b"))[0], / 432 /);
    // The past has it as it was said.
    const carol = await room.person("carol", { caps: "draft/chathistory batch message-tags" });
    await carol.send("JOIN #tea", "CHATHISTORY LATEST #tea * 10");
    assertMatch(
      await carol.sees(/ PRIVMSG /),
      /draft\/relaymsg=bridge :小明\/discord!bridge@127\.0\.0\.1 PRIVMSG #tea :hello$/,
    );
    assert(history.last >= 0);
  }));

Deno.test("A bridge that is operator no longer relays nothing more, though it had to wait before", () =>
  withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const bridge = await room.person("bridge", { caps: "draft/relaymsg", join: "#tea" });
    await alice.send("MODE #tea +o bridge");
    await bridge.sees(/ MODE /);
    const saved = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    sessionOf(room.chat, "bridge").affords = () => {
      asked.resolve();
      return saved.promise;
    };
    await bridge.send("RELAYMSG #tea bob/elsewhere :I am bob");
    await asked.promise;
    await alice.send("MODE #tea -o bridge");
    await alice.everything();
    saved.resolve();
    await bridge.sees(/ FAIL RELAYMSG PRIVS_NEEDED bob\/elsewhere :/);
    assertEquals(await alice.everything(), []);
  }));

Deno.test("Clients that know ZNC's playback are shown nothing on joining, and are played what they ask for", () =>
  withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea,#coffee" });
    const start = room.now / 1000;
    for (const text of ["one", "two"]) {
      await answers(alice, `PRIVMSG #tea :${text}`, `PRIVMSG #coffee :${text}`);
      room.now += 1000;
    }
    const bob = await room.person("bob", { caps: "znc.in/playback batch" });
    await answers(alice, "PRIVMSG bob :psst");
    await bob.everything();
    assert(!(await answers(bob, "JOIN #tea")).some((line) => line.includes("PRIVMSG")));
    const play = async (what: string) =>
      (await answers(bob, `PRIVMSG *playback :PLAY ${what}`)).map((line) =>
        line.replace(/^.* (PRIVMSG|BATCH) /, "$1 ")
      );
    const tea = ["BATCH +ID znc.in/playback #tea", "PRIVMSG #tea :one", "PRIVMSG #tea :two", "BATCH -ID"];
    const talk = ["BATCH +ID znc.in/playback alice", "PRIVMSG bob :psst", "BATCH -ID"];
    assertEquals(await play("#TEA"), tea);
    assertEquals(await play("* 0"), [...tea, ...talk]);
    assertEquals(await play("#tea,#coffee,nobody 0"), tea);
    assertEquals(await play(`#tea ${start}`), [tea[0], tea[2], tea[3]]);
    assertEquals(await play(`#tea 0 ${start + 0.5}`), [tea[0], tea[1], tea[3]]);
    assertEquals(await play("* x"), ["PRIVMSG bob :A time is in seconds since 1970"]);
    assertEquals(await answers(bob, "PRIVMSG *Playback LIST"), [
      `:*playback!playback@Tea.local PRIVMSG bob :#tea ${start} ${start + 1}`,
      `:*playback!playback@Tea.local PRIVMSG bob :alice ${start + 2} ${start + 2}`,
    ]);
    await alice.everything();
    assertMatch((await answers(alice, "PRIVMSG *playback :PLAY *"))[0], / 401 alice \*playback :/);
  }));

Deno.test("A page of history says whether anything is beyond it", () =>
  withRoom(async (room, history) => {
    const alice = await room.person("alice", { caps: "draft/chathistory batch message-tags", join: "#tea" });
    const said = { command: "PRIVMSG", source: "eve!eve@127.0.0.1", sender: "guest:eve", target: "#tea", text: "x" };
    for (let i = 0; i < 5; i++) history.add({ ...said, id: firstId(room.now + i), conversation: "#tea" });
    const time = (i: number) => `timestamp=${new Date(room.now + i).toISOString()}`;
    const table: [question: string, isEnd: boolean][] = [
      ["LATEST #tea * 5", true],
      ["LATEST #tea * 4", false],
      [`BEFORE #tea ${time(2)} 2`, true],
      [`BEFORE #tea ${time(2)} 1`, false],
      [`AFTER #tea ${time(2)} 2`, true],
      [`AFTER #tea ${time(2)} 1`, false],
      [`BETWEEN #tea ${time(0)} ${time(4)} 3`, true],
      [`BETWEEN #tea ${time(0)} ${time(4)} 2`, false],
      [`AROUND #tea ${time(2)} 9`, true],
      [`AROUND #tea ${time(2)} 2`, false],
      [`BEFORE #tea ${time(0)} 9`, true],
      [`TARGETS ${time(-9)} ${time(9)} 1`, true],
    ];
    for (const [question, isEnd] of table) {
      const [start] = await answers(alice, `CHATHISTORY ${question}`);
      assertEquals(start.startsWith("@draft/chathistory-end :Tea.local BATCH +ID "), isEnd, `${question}: ${start}`);
    }
  }));

Deno.test("Capabilities that fit into no line are left out for clients that know one line, whole and the drafts first", () =>
  withRoom(async (room) => {
    const alice = await room.stranger("alice");
    await alice.send("CAP LS");
    const line = (await alice.next())!;
    const names = line.split(" :")[1].split(" ");
    assert(
      new TextEncoder().encode(line).length <= 510 && names.includes("server-time") && names.includes("sasl") === false,
    );
    await alice.send("CAP LS 302");
    const all: string[] = [];
    for (;;) {
      const line = (await alice.next())!;
      all.push(...line.replace(/^.* LS (?:\* )?:?/, "").split(" ").map((name) => name.split("=")[0]));
      if (!/ LS \* /.test(line)) break;
    }
    assert(names.every((name) => all.includes(name)) && all.includes("znc.in/playback"), names.join());
  }));

Deno.test("A gateway says by WEBIRC for whom it connects, whose address is what counts from then on", async () => {
  await using room = new Room({}, { gateways: addressSet(["127.0.0.1"]), maxPerIp: 2 });
  const hello = (nick: string) => [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`];
  const join = async (nick: string, ip: string) => {
    const person = await room.stranger(nick);
    await person.send(`WEBIRC secret gateway host.example ${ip} :secure remote-port=1`, ...hello(nick));
    return person;
  };
  for (const [nick, ip, shown] of [["alice", "198.51.100.3", "198.51.100.3"], ["bob", "0::1:2", "0::1:2"]]) {
    const person = await join(nick, ip);
    await person.sees(new RegExp(` 001 ${nick} .*${nick}!${nick}@${shown}$`));
  }
  // Each address has as many as any other, and the gateway's own are not among them.
  for (const nick of ["c1", "c2"]) await (await join(nick, "203.0.113.9")).sees(/ 001 /);
  await (await join("c3", "203.0.113.9")).sees(/^ERROR :Closing link: \(Too many connections/);
  const root = await room.person("root");
  await root.everything();
  const late = await room.stranger("late");
  await late.send("NICK late", "WEBIRC secret gateway host.example 192.0.2.1");
  await late.sees(/^ERROR :Closing link: \(WEBIRC is for the gateways/);
  await (await join("odd", "nowhere")).sees(/^ERROR :Closing link: \(WEBIRC without an address/);
});

Deno.test("Who is no gateway says WEBIRC in vain", async () => {
  await using room = new Room();
  const eve = await room.stranger("eve");
  await eve.send("WEBIRC secret gateway host.example 192.0.2.1");
  await eve.sees(/^ERROR :Closing link: \(WEBIRC is for the gateways/);
  const bob = await room.person("bob");
  await bob.send("WEBIRC secret gateway host.example 192.0.2.1");
  await bob.sees(/ 462 bob :/);
});
