import { assert, assertEquals, assertMatch } from "@std/assert";
import { History } from "../store/history.ts";
import { Markers } from "../store/markers.ts";
import { nextTurn } from "../turns/loop.ts";
import { KeptChannels } from "../store/channels.ts";
import { Store } from "../store/store.ts";
import { Room } from "../testing.ts";
import { handleLine } from "./mod.ts";

const MINUTE = 60_000;

/** A room that keeps what is said and how channels are, for one test; and what it reports. */
async function withRoom(test: (room: Room, store: Store) => Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  const history = new History(store);
  {
    const parts = { history, keptChannels: new KeptChannels(store), markers: new Markers(store) };
    await using room = new Room({}, {}, parts);
    await test(room, store);
  }
  history.close();
  await store.close();
}

const CAPS = "draft/channel-rename draft/chathistory draft/read-marker batch soju.im/search";

Deno.test("RENAME: who knows it is told of it, for others it is as if they left the one channel and joined the other", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "draft/channel-rename", join: "#tee" });
    const bob = await room.person("bob", { join: "#tee" });
    const carol = await room.person("carol", { caps: "draft/channel-rename extended-join", join: "#tee" });
    await alice.send("TOPIC #tee :all about tea");
    for (const person of [alice, bob, carol]) await person.everything();
    await alice.send("RENAME #tee #tea :a typo");
    const told = ":alice!alice@127.0.0.1 RENAME #tee #tea :a typo";
    assertEquals(await alice.everything(), [told]);
    assertEquals(await carol.everything(), [told]);
    assertEquals((await bob.everything()).map((line) => line.replace(/ 1767\d+/, "")), [
      ":bob!bob@127.0.0.1 PART #tee :a typo",
      ":bob!bob@127.0.0.1 JOIN #tea",
      ":Tea.local 332 bob #tea :all about tea",
      ":Tea.local 333 bob #tea alice!alice@127.0.0.1",
      ":Tea.local 353 bob = #tea :@alice bob carol",
      ":Tea.local 366 bob #tea :End of /NAMES list",
    ]);
    await bob.send("PRIVMSG #tea :here", "PRIVMSG #tee :gone");
    await alice.sees(":bob!bob@127.0.0.1 PRIVMSG #tea :here");
    await bob.sees(/ 403 bob #tee /);
    // The old name is free.
    await bob.send("JOIN #tee");
    await bob.sees(/ 353 bob = #tee :@bob$/);
  });
});

Deno.test("RENAME by one without the capability is answered by the fallback, under the command's label", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "batch labeled-response", join: "#tee" });
    await alice.send("@label=x RENAME #tee #tea");
    const lines = await alice.everything();
    assertMatch(lines[0], /^@label=x :Tea\.local BATCH \+\S+ labeled-response$/);
    assertEquals(lines.slice(1, -1).map((line) => line.split(" ").slice(2).join(" ")), [
      "PART #tee",
      "JOIN #tea",
      "353 alice = #tea :@alice",
      "366 alice #tea :End of /NAMES list",
    ]);
  });
});

Deno.test("RENAME to another letter case is told to those who know it alone", async () => {
  await withRoom(async (room) => {
    const alice = await room.person("alice", { caps: "draft/channel-rename", join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    await alice.everything();
    await alice.send("RENAME #tea #Tea");
    assertEquals(await alice.everything(), [":alice!alice@127.0.0.1 RENAME #tea #Tea :"]);
    assertEquals(await bob.everything(), []);
    await alice.send("MODE #tea");
    await alice.sees(/ 324 alice #Tea /);
  });
});

Deno.test("What is kept of a channel follows its name: history, search, topic, bans, operators and what was read", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tee" });
    await alice.send("PRIVMSG #tee :the kettle is on", "MODE #tee +b eve", "TOPIC #tee :all about tea");
    await alice.send(
      "MARKREAD #tee timestamp=2025-06-01T12:00:00.000Z",
      "RENAME #tee #tea",
      "PRIVMSG #tea :it is ready",
    );
    await alice.everything();
    const lines = async (command: string) => {
      await alice.send(command);
      return (await alice.everything()).filter((line) => line.includes("PRIVMSG")).map((line) =>
        line.split(" ").slice(3)
      );
    };
    const all = [["#tea", ":the", "kettle", "is", "on"], ["#tea", ":it", "is", "ready"]];
    assertEquals(await lines("CHATHISTORY LATEST #tea * 10"), all);
    assertEquals(await lines("SEARCH in=#tea;text=kettle"), all.slice(0, 1));
    await alice.send("MARKREAD #tea");
    await alice.sees(":Tea.local MARKREAD #tea timestamp=2025-06-01T12:00:00.000Z");
    store.flush();
    await alice.send("PART #tea");
    await alice.everything();
    assertEquals(store.db.prepare("SELECT name FROM channels").all().map(({ name }) => name), ["#tea"]);
    await alice.send("JOIN #tea", "MODE #tea +b");
    await alice.sees(/ 332 alice #tea :all about tea$/);
    await alice.sees(/ 367 alice #tea eve!\*@\* /);
  });
});

Deno.test("RENAME is refused for a name that is taken, or under which another's history or settings are kept", async () => {
  await withRoom(async (room, store) => {
    const alice = await room.person("alice", { caps: CAPS, join: "#tea,#coffee,#secret,#cocoa" });
    const bob = await room.person("bob", { join: "#tea" });
    await alice.send("MODE #secret +k word", "PRIVMSG #cocoa :hot", "PART #secret,#cocoa");
    await alice.everything();
    const refusals: [string, RegExp][] = [
      ["RENAME #tea #coffee", / FAIL RENAME CHANNEL_NAME_IN_USE #tea #coffee :/],
      ["RENAME #tea #secret", / FAIL RENAME CHANNEL_NAME_IN_USE #tea #secret :/],
      ["RENAME #tea #cocoa", / FAIL RENAME CHANNEL_NAME_IN_USE #tea #cocoa :/],
      ["RENAME #tea tea", / FAIL RENAME CANNOT_RENAME #tea tea :/],
      ["RENAME #tea :#a b", / FAIL RENAME CANNOT_RENAME #tea \* :/],
      ["RENAME #nowhere #there", / 403 alice #nowhere /],
      ["RENAME #tea", / 461 alice RENAME /],
    ];
    for (const [line, answer] of refusals) {
      await alice.send(line);
      assertMatch((await alice.everything()).join("\n"), answer);
    }
    await bob.send("RENAME #tea #other", "RENAME #coffee #other");
    await bob.sees(/ 482 bob #tea /);
    await bob.sees(/ 442 bob #coffee /);
    // What cannot be kept is not done.
    store.db.exec("PRAGMA query_only = ON");
    await alice.send("RENAME #tea #chai");
    await alice.sees(/ FAIL RENAME CANNOT_RENAME #tea #chai :The name cannot be kept at the moment$/);
    store.db.exec("PRAGMA query_only = OFF");
    assert(room.log.some((line) => line.includes("cannot write :memory:")));
    await alice.send("RENAME #tea #chai");
    await alice.sees(":alice!alice@127.0.0.1 RENAME #tea #chai :");
    await alice.send("RENAME #chai #tea");
    await alice.sees(/ FAIL RENAME CANNOT_RENAME #chai #tea :This channel has just been renamed$/);
    room.now += MINUTE;
    await alice.send("RENAME #chai #tea");
    await alice.sees(":alice!alice@127.0.0.1 RENAME #chai #tea :");
  });
});

Deno.test("RENAME is refused where the line that tells of it would be cut", async () => {
  await withRoom(async (room) => {
    const before = `#${"𝒸".repeat(49)}`;
    const alice = await room.person("𝒶".repeat(30), { caps: CAPS, join: before });
    await alice.send(`RENAME ${before} #${"𝒹".repeat(49)}`);
    await alice.sees(/ FAIL RENAME CANNOT_RENAME #𝒸+ #𝒹+ :/u);
    const name = `#${"𝒹".repeat(24)}`;
    await alice.send(`RENAME ${before} ${name} :${"because ".repeat(20)}`);
    await alice.sees(new RegExp(` RENAME ${before} ${name} :`));
  });
});

Deno.test("RENAME tells many at once that they are moved, and little by little what the channel is like", async () => {
  await withRoom(async (room) => {
    const enter = (nick: string) => {
      const session = room.chat.connect("host");
      for (const line of [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "JOIN #tee"]) {
        handleLine(room.chat, session, line);
      }
      return session;
    };
    const members = Array.from({ length: 120 }, (_, i) => enter(`m${i}`));
    // A slice is of ten steps.
    members[0].pace = { turn: nextTurn, slice: (step) => Array.from({ length: 10 }).some(step) };
    const reading = members.map(async ({ outbox }) => {
      const decoder = new TextDecoder();
      let text = "";
      for await (const batch of outbox) text += decoder.decode(batch, { stream: true });
      return text.slice(text.indexOf(" PART #tee"));
    });
    const answer = handleLine(room.chat, members[0], "RENAME #tee #tea");
    // Before the rest is told, another has their turn.
    handleLine(room.chat, members[118], "PART #tea");
    members[119].close("over");
    await answer;
    for (const member of members) member.close("over");
    for (const [i, text] of (await Promise.all(reading)).entries()) {
      assertEquals(text.match(/ PART #tee\r\n:(\w+)!\1@host JOIN #tea\r\n/)?.[1], `m${i}`);
      const names = text.match(/ 353 \w+ = #tea :.*/g)?.join(" ") ?? "";
      assertEquals(names.includes("m117"), i < 118, text);
      // Those of the first slice are still told of them.
      if (i >= 117) assertEquals(/ m11[89]\b/.test(names), false, text);
      assertEquals(text.includes(` 366 m${i} #tea :`), i < 118);
    }
  });
});
