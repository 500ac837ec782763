/**
 * Who owns the room, over the whole way: the link that the server prints, a terminal that uses it, and a restart.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort, openFolder, openRoom, type Person, type Room, run } from "./room.ts";
import { CLIENT } from "./terminal.ts";

/** What the client prints, at whose command line these flags stand. */
function client(room: Room, ...flags: string[]) {
  return run(Deno.execPath(), [...CLIENT, "--server", room.address, ...flags]);
}

/** Someone who has an account. */
async function registered(room: Room, nick: string): Promise<Person> {
  const person = await room.person(nick);
  await person.send("REGISTER * * opensesame");
  await person.sees(/ REGISTER SUCCESS /);
  return person;
}

/** The lines that tell how to own the room. */
function invitations(room: Room): string[] {
  return room.log.filter((line) => /owner=|--owner /.test(line));
}

Deno.test("the server prints an owner's link once; who uses it at a terminal owns the room, and still does after a restart", async () => {
  await using folder = await openFolder();
  const db = ["--db", `${folder.path}/tea.db`];
  const [password, file] = ["password", "secret"].map((name) => `${folder.path}/${name}`);
  await Deno.writeTextFile(password, "opensesame\n");
  const login = ["--nick", "teacher", "--login", "--login-password-file", password];
  let unused = "";
  {
    await using room = await openRoom(db);
    await room.logs(/--owner [\da-f]{40}$/);
    const [link, command, ...others] = invitations(room);
    unused = /#owner=(\S+)$/.exec(link)![1];
    assertMatch(
      link,
      /nobody owns this room yet; whoever uses this does, once: http:\/\/127\.0\.0\.1:\d+\/#owner=[\da-f]{40}$/,
    );
    assertStringIncludes(command, `deno run -A client.ts --server ${room.address} --owner ${unused}`);
    assertEquals(others, []);
    await (await registered(room, "teacher")).send("QUIT");
  }
  {
    // Nobody has used it: there is another one, and the first is void.
    await using room = await openRoom(db);
    const secret = /--owner (\S+)$/.exec(await room.logs(/--owner [\da-f]{40}$/))![1];
    assertEquals(secret === unused, false);
    const refused = await client(room, ...login, "--owner", unused);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "That is not the secret that the server printed last, or it has been used");
    const guest = await client(room, "--nick", "guest", "--owner", secret);
    assertEquals(guest.code, 1);
    assertStringIncludes(guest.stderr, "Log in to an account first");
    await Deno.writeTextFile(file, `${secret}\n`);
    const claimed = await client(room, ...login, "--owner-file", file);
    assertEquals([claimed.code, claimed.stderr], [0, ""]);
    assertStringIncludes(claimed.stdout, "You own this room now: you are operator in all its channels");
    const again = await client(room, ...login, "--owner-file", file);
    assertEquals(again.code, 1);
    await room.logs(/teacher!\S+ owns the room from now on, as account:teacher$/);
    assertEquals(room.log.filter((line) => line.includes(secret)).length, 2);
    const wrong = await client(room, "--owner", "x", "--owner-file", file);
    assertEquals([wrong.code, wrong.stderr], [2, "--owner and --owner-file: one of them is enough\n"]);
  }
  {
    await using room = await openRoom([...db, "--log-level", "error"], {
      port: freePort(),
      isQuiet: true,
    });
    const student = await room.person("student", { join: "#lobby" });
    await student.send("NAMES #lobby");
    assertMatch(await student.sees(/ 353 /), /:student$/);
    const teacher = await room.stranger("teacher");
    await teacher.send("PASS teacher:opensesame", "NICK teacher", "USER teacher 0 * :t", "JOIN #lobby");
    await teacher.sees(/ 381 teacher :You are now an IRC operator: you own this room$/);
    await student.sees(/ MODE #lobby \+o teacher$/);
    await teacher.send("KILL student :that works");
    await student.rest();
    assertEquals(invitations(room), []);
  }
  {
    await using room = await openRoom([...db, "--new-owner", "--log-level", "error"], {
      port: freePort(),
      isQuiet: true,
    });
    const secret = /owns the room, too, once: .*#owner=(\S+)$/.exec(await room.logs(/#owner=/))![1];
    const bob = await registered(room, "bob");
    await bob.send(`OWNER CLAIM ${secret}`, "OWNER LIST");
    await bob.sees(/ NOTE OWNER IS teacher account /);
    await bob.sees(/ NOTE OWNER IS bob account /);
  }
});

Deno.test("a room in memory, without a page, prints the command alone", async () => {
  await using room = await openRoom([], { page: false });
  await room.logs(/whoever uses this does, once: deno run -A client\.ts --server \S+ --owner [\da-f]{40}$/);
  assertEquals(invitations(room).length, 1);
});
