/** The server's operators, bots, and those who watch for people. */

import { assertEquals, assertMatch } from "@std/assert";
import { Room } from "../testing.ts";

const HOST = "127.0.0.1";
const OPERATORS = new Map([["root", "oolong"]]);

Deno.test("OPER wants the right name and password, and not for long", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice");
  await alice.send(
    "MODE alice +o",
    "KILL alice",
    "OPER root milk",
    "OPER toor oolong",
    "OPER root oolong",
    "MODE alice",
  );
  await alice.sees(/ 481 alice /);
  await alice.sees(/ 464 alice /);
  await alice.sees(/ 464 alice /);
  await alice.sees(/ 381 alice /);
  await alice.sees(/ 221 alice \+o$/);
  const bob = await room.person("bob");
  await bob.send(...Array(5).fill("OPER root milk"));
  assertMatch((await bob.rest()).at(-1)!, /^ERROR .*Too many wrong passwords/);
});

Deno.test("Without operators nobody becomes one", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  await alice.send("OPER root :", "OPER root undefined");
  await alice.sees(/ 464 alice /);
  await alice.sees(/ 464 alice /);
  assertEquals(room.chat.find("alice")!.isOperator, false);
});

Deno.test("An operator moderates everywhere, ends connections, and is heard by those who want it", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice");
  await alice.send("OPER root oolong");
  await alice.sees(/ 381 /);
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  await bob.send("MODE bob +w");
  await bob.sees(/ MODE bob \+w$/);
  await alice.send(
    "WALLOPS :tea is ready",
    "MODE #tea +m",
    "KICK #tea carol :enough",
    "KILL bob :bye",
  );
  await bob.sees(`:alice!alice@${HOST} WALLOPS :tea is ready`);
  await bob.sees(`:alice!alice@${HOST} MODE #tea +m`);
  await carol.sees(`:alice!alice@${HOST} KICK #tea carol :enough`);
  const rest = await bob.rest();
  assertEquals(rest.filter((line) => line.includes("KILL")), [
    `:alice!alice@${HOST} KILL bob bye`,
  ]);
  assertEquals(
    (await carol.everything()).filter((line) => line.includes("WALLOPS")),
    [],
  );
});

Deno.test("CHGHOST hides an address: told as it is to those who understand, as leaving and coming to others", async () => {
  await using room = new Room({ operators: OPERATORS });
  const alice = await room.person("alice", { caps: "chghost", join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  await alice.send("MODE #tea +o bob", "OPER root oolong");
  await carol.sees(/ MODE #tea \+o bob$/);
  await alice.send("CHGHOST bob tea.house", "MODE #tea +b *!*@127.0.0.1");
  await alice.sees(`:bob!bob@${HOST} CHGHOST bob tea.house`);
  await carol.sees(`:bob!bob@${HOST} QUIT :Changing host`);
  await carol.sees(":bob!bob@tea.house JOIN #tea");
  await carol.sees(":Tea.local MODE #tea +o bob");
  await bob.sees(/ 396 bob tea\.house /);
  // A ban of the address holds whatever is shown in its place.
  await bob.send("PART #tea", "JOIN #tea");
  await bob.sees(/ 474 bob #tea /);
});

Deno.test("MONITOR tells of those who come, are renamed and go, with extended-monitor of more", async () => {
  await using room = new Room();
  const alice = await room.person("alice", {
    caps: "extended-monitor away-notify setname",
  });
  await alice.send("MONITOR + bob,Carol", "MONITOR L");
  await alice.sees(":Tea.local 731 alice bob,Carol");
  await alice.sees(":Tea.local 732 alice bob,Carol");
  const bob = await room.person("bob");
  await alice.sees(`:Tea.local 730 * bob!bob@${HOST}`);
  await bob.send(
    "AWAY :tea",
    "SETNAME :Bobby",
    "NICK carol",
    "NICK Carol",
    "QUIT",
  );
  await bob.rest();
  assertEquals(
    await alice.everything(),
    [
      `:bob!bob@${HOST} AWAY tea`,
      `:bob!bob@${HOST} SETNAME Bobby`,
      ":Tea.local 731 * bob",
      `:Tea.local 730 * carol!bob@${HOST}`,
      ":Tea.local 731 * Carol",
    ].toSpliced(1, 0, ...[]),
  );
});

Deno.test("Bots are known by their tag, in WHO and in WHOIS", async () => {
  await using room = new Room();
  const alice = await room.person("alice", {
    caps: "message-tags",
    join: "#tea",
  });
  const bot = await room.person("bot", { join: "#tea" });
  await bot.send("MODE bot +B", "PRIVMSG #tea :beep");
  assertMatch(await alice.sees(/ PRIVMSG /), /^@msgid=\w+;bot :bot!/);
  await alice.send("WHO bot", "WHOIS bot");
  await alice.sees(/ 352 alice #tea bot 127\.0\.0\.1 Tea\.local bot HB :0 /);
  await alice.sees(/ 335 alice bot /);
});

Deno.test("WHOX answers what irssi, WeeChat and HexChat ask for", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send(
    "WHO #tea %tcuhnfdar,743",
    "WHO #tea %cuhsnfdar",
    "WHO #tea %chtsunfra,152",
  );
  const rest = `alice ${HOST}`;
  await alice.sees(
    `:Tea.local 354 alice 743 #tea ${rest} alice H@ 0 0 :alice the person`,
  );
  await alice.sees(
    `:Tea.local 354 alice #tea ${rest} Tea.local alice H@ 0 0 :alice the person`,
  );
  await alice.sees(
    `:Tea.local 354 alice 152 #tea ${rest} Tea.local alice H@ 0 :alice the person`,
  );
});
