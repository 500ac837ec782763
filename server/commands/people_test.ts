import { assertEquals } from "@std/assert";
import { Room, sessionOf } from "../testing.ts";

Deno.test("WHOIS says who is connected by TLS: with all connections, since what one is told can be read", async () => {
  await using room = new Room();
  const bob = await room.person("bob");
  const isSecure = async () => {
    await bob.send("WHOIS alice");
    return (await bob.everything()).filter((line) => / 671 /.test(line));
  };
  const alice = await room.known("alice");
  await alice.send("NICK alice", "USER a 0 * :a");
  await alice.sees(/ (422|376) /);
  assertEquals(await isSecure(), []);
  sessionOf(room.chat, "alice").isSecure = true;
  assertEquals(await isSecure(), [":Tea.local 671 bob alice :is using a secure connection"]);
  const tab = await room.another("alice");
  assertEquals(await isSecure(), []);
  await tab.send("QUIT");
  await tab.rest();
  assertEquals((await isSecure()).length, 1);
});
