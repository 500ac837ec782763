/** What a secret channel tells outsiders, whom an invitation lets in, and what a mute covers. */

import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { History } from "../store/history.ts";
import { Markers } from "../store/markers.ts";
import { Store } from "../store/store.ts";
import type { Session } from "../room/session.ts";
import { type Person, Room, sessionOf } from "../testing.ts";
import { handleLine } from "./mod.ts";

const CAPS = "batch message-tags labeled-response away-notify setname invite-notify account-notify extended-join " +
  "draft/chathistory draft/message-redaction draft/read-marker draft/metadata-3 draft/channel-rename soju.im/search";

async function withRoom(test: (room: Room) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    await using room = new Room({}, {}, { history, markers: new Markers(store) });
    await test(room);
  }
  history.close();
  await store.close();
}

async function answers(person: Person, line: string): Promise<string[]> {
  await person.send(line);
  // Ids of batches and labels differ each time.
  return (await person.everything()).map((line) => line.replace(/( BATCH [+-]|batch=)\S+/, "$1"));
}

Deno.test("An outsider is told the same of a secret channel as of none, whatever the command", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#hid,#hie" });
    await alice.send("MODE #hid +s", "MODE #hie +s-n", "TOPIC #hid :leaves", "PRIVMSG #hid :boo");
    await alice.everything();
    const eve = await room.person("eve", { caps: CAPS, join: "#own" });
    const commands = [
      "MODE {}",
      "MODE {} b",
      "MODE {} +o eve",
      "TOPIC {}",
      "TOPIC {} :mine",
      "NAMES {}",
      "WHO {}",
      "KICK {} alice",
      "KICK {} nobody",
      "INVITE alice {}",
      "INVITE eve {}",
      "PART {}",
      "PART {} :bye",
      "PRIVMSG {} :hello",
      "PRIVMSG @{} :hello",
      "PRIVMSG +{} :hello",
      "NOTICE {} :hello",
      "@+draft/react=x TAGMSG {}",
      "REDACT {} abc :why",
      "CHATHISTORY LATEST {} * 10",
      "CHATHISTORY BETWEEN {} msgid=a msgid=b 10",
      "SEARCH in={}",
      "MARKREAD {}",
      "METADATA {} LIST",
      "METADATA {} GET a",
      "METADATA {} SET a :b",
      "METADATA {} SYNC",
      "METADATA {} CLEAR",
      "RENAME {} #other",
      "LIST {}",
      "LIST #hi*,{}",
      "WHOIS alice",
    ];
    for (const command of commands) {
      const of = async (name: string) => {
        const line = command.replaceAll("{}", name);
        return (await answers(eve, line)).map((line) => line.replaceAll(name, "#x"));
      };
      const none = await of("#hif");
      // As it was first written, and otherwise: the answer must not tell that either.
      for (const secret of ["#hid", "#hie", "#HID"]) assertEquals(await of(secret), none, `${command} ${secret}`);
    }
    assertEquals((await alice.everything()).filter((line) => line.includes("eve!")), []);
  });
});

/** Someone for whom so much waits that answers wait, too; `reads` lets go of all that, and gives the lines until an answer is there. */
function slowReader(
  room: Room,
  nick: string,
): { says(line: string): void; reads(): Promise<string[]>; session: Session } {
  const session = room.chat.connect("host");
  for (const line of [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`]) handleLine(room.chat, session, line);
  for (let bytes = 0; bytes < 300_000; bytes += 400) session.outbox.send("x".repeat(400));
  let answer: Promise<void> | undefined;
  return {
    session,
    says: (line) => answer = handleLine(room.chat, session, line),
    async reads() {
      const decoder = new TextDecoder();
      let text = "";
      const reading = (async () => {
        for await (const batch of session.outbox) text += decoder.decode(batch, { stream: true });
      })();
      await answer;
      session.close("over");
      await reading;
      return text.split("\r\n");
    },
  };
}

Deno.test("Who comes in with a key and is thrown out before the answer is read is told nothing of what follows", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    await answers(alice, "METADATA * SUB status");
    const mal = slowReader(room, "mal");
    handleLine(room.chat, mal.session, "METADATA * SET status :words of mal");
    mal.says("JOIN #tea anykey");
    await alice.sees(/^:mal!.* JOIN #tea/);
    await answers(alice, "KICK #tea mal");
    await answers(alice, "TOPIC #tea :said afterwards");
    const lines = await mal.reads();
    assertEquals(lines.filter((line) => line.includes("said afterwards")), []);
    assertEquals(lines.filter((line) => / (?:366|KICK) /.test(line)).length, 2);
    assertEquals((await alice.everything()).filter((line) => line.includes("words of mal")), []);
  });
});

Deno.test("Lists of masks are told as they were when they were asked for", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { join: "#tea" });
    const mal = slowReader(room, "mal");
    handleLine(room.chat, mal.session, "JOIN #tea");
    await answers(alice, "MODE #tea +bb first!*@* second!*@*");
    mal.says("MODE #tea beI");
    await answers(alice, "KICK #tea mal");
    await answers(alice, "MODE #tea +eI later!*@* secret!*@*");
    const lines = await mal.reads();
    assertEquals(lines.filter((line) => /later!|secret!/.test(line)), []);
    assertEquals(lines.filter((line) => / 36[78] /.test(line)).length, 3);
  });
});

Deno.test("An invitation by one who is no operator lets nobody in once the channel is by invitation only", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol");
  const dave = await room.person("dave");
  await answers(bob, "INVITE carol #tea");
  await answers(alice, "INVITE dave #tea");
  await answers(alice, "MODE #tea +i");
  await carol.send("JOIN #tea");
  await carol.sees(/ 473 carol #tea /);
  await dave.send("JOIN #tea");
  await dave.sees(":dave!dave@127.0.0.1 JOIN #tea");
});

Deno.test("A member who is muted or banned puts no words before the others, by whatever command", async () => {
  for (const mask of ["~m:bob!*@*", "bob!*@*"]) {
    await withRoom(async (room) => {
      const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
      const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
      await room.person("carol");
      await answers(bob, "PRIVMSG #tea :before");
      await answers(alice, "METADATA * SUB display-name");
      await answers(alice, "MODE #tea -t");
      await answers(alice, `MODE #tea +b ${mask}`);
      await bob.everything();
      await bob.send("CHATHISTORY LATEST #tea * 1");
      const id = /msgid=(\w+)/.exec(await bob.sees(/ PRIVMSG #tea :before/))![1];
      const refusals = [
        ["PRIVMSG #tea :WORDS", / 404 bob #tea /],
        ["NOTICE #tea :WORDS", undefined],
        ["PRIVMSG #tea :\x01ACTION WORDS\x01", / 404 bob #tea /],
        ["PRIVMSG @#tea :WORDS", / 404 bob #tea /],
        ["@+draft/reply=WORDS TAGMSG #tea", / 404 bob #tea /],
        ["TOPIC #tea :WORDS", / 404 bob #tea /],
        ["NICK WORDS", / 435 bob WORDS #tea /],
        ["SETNAME :WORDS", / FAIL SETNAME CANNOT_CHANGE_REALNAME /],
        ["METADATA * SET display-name :WORDS", / FAIL METADATA KEY_NO_PERMISSION /],
        ["INVITE carol #tea", / 404 bob #tea /],
        ["AWAY :WORDS", / 306 bob /],
        [`REDACT #tea ${id} :WORDS`, / REDACT #tea /],
        ["PART #tea :WORDS", / PART #tea/],
      ] as const;
      for (const [line, answer] of refusals) {
        await bob.send(line);
        if (answer !== undefined) await bob.sees(answer);
      }
      await answers(bob, "NICK bob");
      const seen = await alice.everything();
      assertEquals(seen.filter((line) => /WORDS|INVITE/.test(line)), []);
      assertEquals(seen.filter((line) => line.includes(" AWAY ")).map((line) => line.replace(/.* AWAY /, "")), [
        "Away",
      ]);
      assertEquals(seen.filter((line) => line.includes(" PART ")).map((line) => line.replace(/.* PART /, "")), [
        "#tea",
      ]);
    });
  }
});

Deno.test("In which of many channels somebody is muted is found in as many steps, before others are told", async () => {
  await withRoom(async (room) => {
    const names = Array.from({ length: 20 }, (_, i) => `#c${i}`);
    const bob = await room.person("bob", { join: names.join(",") });
    for (const name of names) await bob.send(`MODE ${name} +b ~m:x*`);
    await bob.everything();
    const session = sessionOf(room.chat, "bob");
    for (
      const line of ["NICK rob", "AWAY :tea", "SETNAME :Rob", "METADATA * SET pronouns :he", "JOIN #c20", "NICK xerxes"]
    ) {
      let steps = 0;
      const slice = (step: () => boolean) => {
        steps++;
        return step();
      };
      await handleLine(room.chat, session, line, { turn: () => undefined, slice });
      assertGreaterOrEqual(steps, names.length, line);
    }
    await bob.sees(/ NICK :?xerxes$/);
  });
});

Deno.test("A member who is muted leaves without words, and one who is not with them", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  const carol = await room.person("carol", { join: "#tea" });
  await answers(alice, "MODE #tea +b ~m:bob");
  await bob.send("QUIT :WORDS");
  await alice.sees(":bob!bob@127.0.0.1 QUIT :Quit");
  await carol.send("QUIT :WORDS");
  await alice.sees(":carol!carol@127.0.0.1 QUIT :Quit: WORDS");
});
