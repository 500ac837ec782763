/**
 * Messages that are left for somebody who is away, from one terminal to another: over a restart of the server, and without
 * any question by whoever returns.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { openFolder, openRoom, skipped } from "./room.ts";
import { hasScript, Terminal } from "./terminal.ts";

const name =
  "terminal: what is left for somebody who is away is shown on return, once it was seen no more, and nobody asks";

Deno.test(name + skipped(hasScript ? [] : ["script"]), { ignore: !hasScript }, async () => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  {
    await using room = await openRoom(flags);
    const bob = await room.person("bob");
    await bob.send("REGISTER * * :tea leaf", "QUIT");
    await bob.rest();
    const alice = new Terminal("--nick", "alice", "--server", room.address);
    await alice.shows("alice --> #lobby> ");
    await alice.types("/to bob\r");
    await alice.shows("bob is away from the room and will get what you write on return.");
    await alice.types("see you at nine\r");
    await alice.shows("bob is away from the room and will get this on return.");
    await alice.types("/to carol\r");
    await alice.shows("carol is not online. What you say still goes to bob.");
    await alice.types("\x03");
    await alice.ended();
  }
  await using room = await openRoom(flags);
  const returns = async () => {
    const bob = new Terminal("--nick", "bob", "--server", room.address, "--login");
    await bob.shows("Password of the account bob:");
    await bob.types("tea leaf\r");
    await bob.shows("bob --> #lobby> ");
    return bob;
  };
  const bob = await returns();
  await bob.shows("you were away here: alice");
  await bob.shows("see you at nine");
  // Whoever writes has seen what is above, and so it is on all devices.
  const phone = await room.person("phone", { caps: "draft/read-marker" });
  await phone.send("NS IDENTIFY bob :tea leaf");
  await phone.sees(/ 900 /);
  await bob.types("good morning\r");
  await bob.shows("good morning", "see you at nine");
  await phone.sees(/ MARKREAD alice timestamp=/);
  await bob.types("\x03");
  await bob.ended();
  const again = await returns();
  await again.shows("good morning");
  await again.types("and again\r");
  await again.shows("and again");
  await again.types("\x03");
  assertEquals((await again.ended()).includes("see you at nine"), false);
});
