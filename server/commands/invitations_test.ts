/** What an invitation opens, and when that is over. */

import { invitationsOf } from "../room/channel.ts";
import { assertEquals } from "@std/assert";
import { Store } from "../store/store.ts";
import { type Person, quickAccounts, Room } from "../testing.ts";

/** What someone is answered; nothing who has gone. */
async function asks(person: Person, ...lines: string[]): Promise<string[]> {
  await person.send(...lines);
  if (lines.at(-1) === "QUIT") {
    await person.sees(/^ERROR :/);
    return [];
  }
  return await person.everything();
}

Deno.test("An operator's invitation is over with the rank by which it was given, and comes back with no other", async () => {
  const operators = new Map([["root", "secret"]]);
  await using room = new Room({ operators });
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const root = await room.person("root", { join: "#tea" });
  await asks(root, "OPER root secret");
  const isOpen = async (nick: string, inviter: Person, ...then: [Person, string][]) => {
    const guest = await room.person(nick);
    await asks(alice, "MODE #tea +i", "MODE #tea +o bob");
    await asks(inviter, `INVITE ${nick} #tea`);
    await guest.everything();
    for (const [person, line] of then) await asks(person, line);
    return (await asks(guest, "JOIN #tea")).every((line) => !line.includes(" 473 "));
  };
  assertEquals(await isOpen("carol", bob), true);
  assertEquals(await isOpen("dave", bob, [alice, "MODE #tea -o bob"]), false);
  assertEquals(await isOpen("erin", bob, [alice, "MODE #tea -o bob"], [alice, "MODE #tea +o bob"]), false);
  assertEquals(await isOpen("frank", bob, [alice, "MODE #tea -o bob"], [alice, "INVITE frank #tea"]), true);
  const kick: [Person, string][] = [[alice, "KICK #tea bob"], [alice, "INVITE bob #tea"], [bob, "JOIN #tea"]];
  assertEquals(await isOpen("grace", bob, ...kick), false);
  assertEquals(await isOpen("heidi", bob, [bob, "QUIT"]), false);
  assertEquals(await isOpen("ivan", root), true);
  assertEquals(await isOpen("judy", root, [root, "MODE root -o"]), false);
  await asks(root, "OPER root secret");
  assertEquals(await isOpen("kim", root, [root, "MODE root -o"], [root, "OPER root secret"]), false);
  assertEquals(await isOpen("leo", root, [root, "QUIT"]), false);
});

Deno.test("An invitation tells of a ban only what is seen of the one who is invited", async () => {
  await using room = new Room({ operators: new Map([["root", "secret"]]) });
  const eve = await room.person("eve", { join: "#p" });
  const root = await room.person("root", { join: "#q" });
  const vera = await room.person("vera");
  await asks(root, "OPER root secret", "CHGHOST vera cloak.tea");
  await vera.everything();
  const invites = async (person: Person, channel: string, mask: string) => {
    await asks(person, `MODE ${channel} +b ${mask}`);
    const [answer] = await asks(person, `INVITE vera ${channel}`);
    await asks(person, `MODE ${channel} -b ${mask}`);
    return / (341|TARGET_BANNED) /.exec(answer)?.[1];
  };
  assertEquals(await invites(eve, "#p", "vera!*@127.0.0.*"), "341");
  assertEquals(await invites(eve, "#p", "vera!*@128.0.0.*"), "341");
  assertEquals(await invites(eve, "#p", "vera!*@cloak.tea"), "TARGET_BANNED");
  // The server's operators may know.
  assertEquals(await invites(root, "#q", "vera!*@127.0.0.*"), "TARGET_BANNED");
});

Deno.test("An operator by account keeps the rank while away, and what it has opened, until the account has it no more", async () => {
  const store = new Store(":memory:");
  const accounts = quickAccounts(store);
  try {
    await using room = new Room({}, {}, { accounts });
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { caps: "sasl" });
    await bob.send("REGISTER * * opensesame");
    await bob.sees(/ REGISTER SUCCESS /);
    await asks(bob, "JOIN #tea");
    await asks(alice, "MODE #tea +io bob");
    const [carol, dave] = [await room.person("carol"), await room.person("dave")];
    await asks(bob, "INVITE carol #tea", "INVITE dave #tea", "QUIT");
    for (const guest of [carol, dave]) await guest.everything();
    assertEquals((await asks(carol, "JOIN #tea"))[0], ":carol!carol@127.0.0.1 JOIN #tea");
    const again = await room.person("bob", { caps: "sasl" });
    await again.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0bob\0opensesame")}`);
    await again.sees(/ 903 /);
    await asks(again, "JOIN #tea");
    await asks(alice, "MODE #tea -o bob");
    assertEquals((await asks(dave, "JOIN #tea"))[0].split(" ")[1], "473");
  } finally {
    await store.close();
  }
});

Deno.test("An invitation is over when a ban covers the invited, and stays so when it is lifted", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const [bob, carol] = [await room.person("bob"), await room.person("carol")];
  await asks(
    alice,
    "MODE #tea +i",
    "INVITE bob #tea",
    "INVITE carol #tea",
    "MODE #tea +b bob!*@*",
    "MODE #tea -b bob!*@*",
  );
  for (const guest of [bob, carol]) await guest.everything();
  assertEquals(await asks(bob, "JOIN #tea"), [":Tea.local 473 bob #tea :Cannot join channel (+i: by invitation only)"]);
  assertEquals(await asks(bob, "INVITE"), [":Tea.local 337 bob :End of /INVITE list"]);
  assertEquals((await asks(carol, "JOIN #tea"))[0], ":carol!carol@127.0.0.1 JOIN #tea");
  // Of who is gone, and of a channel that is no more, nothing is remembered.
  const channel = room.chat.channels.find("#tea")!;
  await asks(alice, "INVITE bob #tea");
  const someone = room.chat.find("bob")!;
  await asks(bob, "QUIT");
  assertEquals([invitationsOf(someone).size, channel.isInvited(someone)], [0, false]);
  const dave = await room.person("dave");
  await asks(alice, "INVITE dave #tea");
  for (const person of [alice, carol]) await asks(person, "PART #tea");
  assertEquals(invitationsOf(room.chat.find("dave")!).size, 0);
  await dave.everything();
});
