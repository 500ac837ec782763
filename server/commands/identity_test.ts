/** What tells a client whose a message is, where a nick may be another person's by now: teahouse.chat/identity. */

import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type Person, withHistory } from "../testing.ts";

const CAPS = "message-tags echo-message draft/chathistory batch teahouse.chat/identity";

/** With whom each private message that somebody has just been told was exchanged, beside its text. */
async function peers(person: Person, ...lines: string[]): Promise<[peer: string, text: string][]> {
  await person.send(...lines);
  const told = (await person.everything()).filter((line) => line.includes(" PRIVMSG "));
  return told.map((line) => [/teahouse\.chat\/peer=(\w+)/.exec(line)?.[1] ?? "", line.replace(/^.* :?/, "")]);
}

Deno.test("A private message says with whom it was exchanged, so that the next one of the same nick is known as another", () =>
  withHistory(async (room) => {
    const olga = await room.person("olga", { caps: CAPS });
    const plain = await room.person("plain", { caps: "message-tags" });
    const bob = await room.person("bob", { caps: CAPS });
    await bob.send("PRIVMSG olga :hi");
    await bob.sees(/ PRIVMSG olga /);
    const [[first]] = await peers(olga);
    assertMatch(first, /^[0-9a-f]{32}$/);
    assertEquals(await peers(olga, "PRIVMSG bob :hello"), [[first, "hello"]]);
    const [[, own], [seen, text]] = [(await peers(bob))[0], (await peers(bob, "PRIVMSG olga :again"))[0]];
    assertEquals([own, text], ["hello", "again"]);
    assertNotEquals(seen, first);
    await peers(olga);
    await bob.send("QUIT");
    await bob.rest();
    const stranger = await room.person("bob", { caps: CAPS });
    await stranger.send("PRIVMSG olga :me");
    await stranger.everything();
    const [[second]] = await peers(olga);
    assertMatch(second, /^[0-9a-f]{32}$/);
    assertNotEquals(second, first);
    assertEquals(await peers(olga, "PRIVMSG bob :you?"), [[second, "you?"]]);
    // The history says it likewise; and who has not asked for it is told nothing.
    assertEquals(await peers(olga, "CHATHISTORY LATEST bob * 10"), [
      [first, "hi"],
      [first, "hello"],
      [first, "again"],
      [second, "me"],
      [second, "you?"],
    ]);
    await olga.send("PRIVMSG plain :hi");
    await olga.everything();
    assertEquals(await peers(plain), [["", "hi"]]);
  }));

Deno.test("A message that is meant for one person does not reach another who has the nick by now, whatever its form", () =>
  withHistory(async (room) => {
    const caps = `${CAPS} draft/multiline`;
    const olga = await room.person("olga", { caps });
    const bob = await room.person("bob", { caps });
    const [[first]] = await peers(olga, "PRIVMSG bob :hi");
    const tag = `@teahouse.chat/peer=${first}`;
    assertEquals((await peers(olga, `${tag} PRIVMSG bob :for you`)).length, 1);
    assertEquals((await peers(bob)).map(([, text]) => text), ["hi", "you"]);
    await bob.send("QUIT");
    await bob.rest();
    const another = await room.person("bob", { caps });
    const lines = [
      `${tag} PRIVMSG bob :for you`,
      `${tag} NOTICE bob :for you`,
      `${tag};+typing=active TAGMSG bob`,
      `${tag} BATCH +1 draft/multiline bob`,
      "@batch=1 PRIVMSG bob :for",
      "@batch=1 PRIVMSG bob :you",
      "BATCH -1",
    ];
    await olga.send(...lines);
    const why = ":Not sent: another person has this nick than the one who is meant";
    assertEquals(
      await olga.everything(),
      ["PRIVMSG", "NOTICE", "TAGMSG", "PRIVMSG"].map((command) =>
        `:Tea.local FAIL ${command} ANOTHER_PERSON bob ${why}`
      ),
    );
    assertEquals((await another.everything()).filter((line) => /olga/.test(line)), []);
    const kept = await peers(olga, "CHATHISTORY LATEST bob * 10");
    assertEquals(kept.map(([, text]) => text), ["hi", "you"]);
    // Without the tag it is for whoever has the nick; in a channel there is nobody whom it could mean.
    assertEquals((await peers(olga, "PRIVMSG bob :hello")).length, 1);
    assertEquals((await peers(another)).length, 1);
    await olga.send("JOIN #tea");
    assertEquals((await peers(olga, `${tag} PRIVMSG #tea :all`)).length, 1);
    // A client that does not know whom it talks with means nobody.
    const plain = await room.person("plain", { caps: "message-tags" });
    await plain.send(`${tag} PRIVMSG bob :hey`);
    assertEquals((await plain.everything()).filter((line) => line.includes("FAIL")), []);
    assertEquals((await peers(another)).length, 1);
  }));

Deno.test("A history says which messages are the reader's own, whoever else had the nick", () =>
  withHistory(async (room) => {
    const olga = await room.person("olga", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
    await bob.send("PRIVMSG #tea :first", "QUIT");
    await bob.rest();
    const another = await room.person("bob", { caps: CAPS, join: "#tea" });
    await another.send("PRIVMSG #tea :second");
    await another.everything();
    const own = async (person: Person) => {
      await person.send("CHATHISTORY LATEST #tea * 10");
      const told = (await person.everything()).filter((line) => line.includes(" PRIVMSG ") && line.includes("batch="));
      return told.filter((line) => /[@;]teahouse\.chat\/own[ ;]/.test(line)).map((line) => line.replace(/^.* :?/, ""));
    };
    assertEquals([await own(another), await own(olga)], [["second"], []]);
  }));
