/**
 * Accounts, from the terminal to the server: the password is seen by nobody, and the nick is its owner's.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { openRoom, skipped } from "./room.ts";
import { hasScript, Terminal } from "./terminal.ts";

const name = "terminal: an account is made, logged in to again after a lost connection, and with --login";

Deno.test(name + skipped(hasScript ? [] : ["script"]), { ignore: !hasScript }, async () => {
  await using room = await openRoom(["--oper", "chief:steep"]);
  const chief = await room.person("chief", { join: "#lobby" });
  const seen: string[] = [];
  const isLoggedIn = async () => {
    await chief.send("WHOIS bob");
    const lines = await chief.everything();
    seen.push(...lines);
    return lines.filter((line) => / 330 chief bob bob /.test(line)).length;
  };

  const bob = new Terminal("--nick", "bob", "--server", `tcp://0.0.0.0:${room.port}`);
  await bob.shows("bob --> #lobby> ");
  await bob.types("/register\r");
  await bob.shows("A password for the account bob: ");
  await bob.types("tea l");
  await chief.send("PRIVMSG #lobby :a line while bob writes");
  await bob.shows("a line while bob writes");
  // The rest, and the answer to what is not asked yet.
  await bob.types("eaf\rtea leaf\r");
  await bob.shows("Send it all the same? (yes/no, Enter means no) ");
  await bob.types("yes\r");
  await bob.shows("The account bob is yours, and you are logged in.");
  assertEquals(await isLoggedIn(), 1);

  await chief.send("OPER chief steep", "KILL bob :come back");
  await bob.shows("Connected again");
  assertEquals(await isLoggedIn(), 1);
  // Neither the prompt's history has it, nor anybody else.
  await bob.types("\x1b[A");
  await bob.shows("bob --> #lobby> /register", "Connected again");
  await bob.types("\x03");
  await bob.shows("Ctrl-C again leaves.");
  await bob.types("\x03");
  seen.push(await bob.ended());

  const again = new Terminal("--nick", "bob", "--server", `tcp://0.0.0.0:${room.port}`, "--login");
  await again.shows("Password of the account bob:");
  await again.types("tea leaf\r");
  await again.shows("You are logged in as bob.");
  await again.shows("bob --> #lobby> ");
  assertEquals(await isLoggedIn(), 1);
  await again.types("/oper chief\r");
  await again.shows("Password of the operator chief: ");
  await again.types("steep\r");
  await again.shows("takes the password of chief only as it is");
  await again.types("yes\r");
  await again.shows("You are an operator of this room now.");
  // The old one is proved, and the new one would be told.
  await again.types("/password\r");
  await again.shows("The password of bob as it is now: ");
  await again.types("tea leaf\r");
  await again.shows("takes the password of bob only as it is");
  await again.types("no\r");
  await again.shows("The password of bob is as it was: its password was not sent.");
  await again.types("/login\r");
  await again.shows("Password of the account bob: ", "operator of this room now.");
  await again.types("tea leaf\x03");
  await again.shows("No password was given: /login did nothing.");
  await again.types("\x03");
  seen.push(await again.ended());
  for (const output of [...seen, ...await chief.everything(), ...room.log]) {
    assert(!output.includes("leaf") && !output.includes("steep"), output);
  }
});

const bans = "terminal: a ban is of the account, whatever its nick, and of the place; a mute lets somebody listen";

Deno.test(bans + skipped(hasScript ? [] : ["script"]), { ignore: !hasScript }, async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = new Terminal("--nick", "alice", "--server", `tcp://0.0.0.0:${room.port}`);
  await alice.shows("alice --> #lobby> ");
  const bob = await room.person("bob", { join: "#lobby" });
  await bob.send("REGISTER * * :tea leaf");
  await bob.sees(/ 900 bob /);
  await alice.types("/ban bob 1h too loud\r");
  await bob.sees(/^:alice!\S+ MODE #lobby \+bbb ~t:60:~a:bob ~t:60:~d:[\da-f]{12}\/bob ~t:60:bob!\*@127\.0\.0\.1$/);
  await bob.sees(/ KICK #lobby bob :Banned until \d\d:\d\d UTC: too loud$/);
  await alice.shows("bob is banned from #lobby until ");
  await bob.send("NICK robert", "JOIN #lobby");
  await bob.sees(/ 474 robert #lobby :.*alice banned you until \d\d:\d\d UTC: too loud\)$/);

  await alice.types("/unban robert\r");
  await alice.shows("robert can come into #lobby again.");
  await bob.send("JOIN #lobby");
  await bob.sees(/ JOIN #lobby$/);
  await alice.types("/mute robert 10m\r");
  await bob.sees(
    /^:alice!\S+ MODE #lobby \+bbb ~t:10:~m:~a:bob ~t:10:~m:~d:[\da-f]{12}\/robert ~t:10:~m:robert!\*@127\.0\.0\.1$/,
  );
  await bob.send("PRIVMSG #lobby :am I heard?");
  await bob.sees(/ 404 robert #lobby /);
  await alice.types("/bans\r");
  await alice.shows(" (by alice)", "robert cannot talk in #lobby until 2");
  await alice.types("/unmute robert\r");
  await alice.shows("robert can talk in #lobby again.");
  await bob.send("PRIVMSG #lobby :am I heard now?");
  await alice.shows("<robert> am I heard now?");
  await alice.types("\x03");
  const output = await alice.ended();
  assert(!output.includes("am I heard?"));
});

const moved =
  "terminal: no line goes to another channel than the person has chosen, when theirs is renamed or they are thrown out";

Deno.test(moved + skipped(hasScript ? [] : ["script"]), { ignore: !hasScript }, async () => {
  await using room = await openRoom([], { page: false });
  const alice = await room.person("alice", { join: "#abc" });
  await alice.send("JOIN #other");
  await using bob = new Terminal("--nick", "bob", "--server", `tcp://0.0.0.0:${room.port}`, "--channel", "other");
  await bob.shows("bob --> #other> ");
  await bob.types("/join #abc\r");
  await bob.shows("bob --> #abc> ");
  await alice.send("RENAME #abc #abd");
  await bob.shows("bob --> #abd> ", "alice renamed #abc: it is #abd now");
  await bob.types("one\r");
  await alice.sees(/^:bob!\S+ PRIVMSG #abd :one$/);
  await alice.send("KICK #abd bob :enough");
  await bob.shows("You talk to nobody now: /to #other, or /to NICK for one person.", "threw you out of #abd");
  await bob.shows("bob --> (nobody)> ", "threw you out of #abd");
  await bob.types("two\r");
  await bob.shows("Arrow-up brings back: two", "(nobody)");
  await bob.types("/to #other\r");
  await bob.shows("bob --> #other> ", "Arrow-up brings back: two");
  await bob.types("three\r");
  assertEquals((await alice.sees(/^:bob!\S+ PRIVMSG #other /)).replace(/^.* :/, ""), "three");
});

const muted =
  "terminal: who is muted is told why, and what they write comes back by arrow-up alone, before nothing else";

Deno.test(muted + skipped(hasScript ? [] : ["script"]), { ignore: !hasScript }, async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const carol = await room.person("carol");
  const bob = new Terminal("--nick", "bob", "--server", `tcp://0.0.0.0:${room.port}`);
  await bob.shows("bob --> #lobby> ");
  await alice.sees(/ JOIN #lobby$/);
  await alice.send("MUTE #lobby bob 10m :too loud");
  await bob.shows(": too loud", "alice muted you in #lobby until ");
  await bob.types("hello\r");
  await bob.shows(": alice muted you: too loud", "You cannot talk in #lobby until ");
  await bob.shows("Arrow-up brings back: hello", "You cannot talk in #lobby until ");
  await bob.types("/msg carol my secret is 42\r");
  await carol.sees(/^:bob!\S+ PRIVMSG carol :my secret is 42$/);
  await alice.send("UNMUTE #lobby bob");
  await bob.shows("alice lets you talk in #lobby again.");
  await bob.types("\x1b[A\x1b[A\r");
  await alice.sees(/^:bob!\S+ PRIVMSG #lobby :hello$/);
  await bob.types("\x03");
  await bob.ended();
});
