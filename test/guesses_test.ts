/** How fast somebody can guess each kind of secret over a connection, while whoever knows the secret still comes in. */

import { assert, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { Buffer } from "node:buffer";
import { Accounts } from "../server/auth/accounts.ts";
import { Owners } from "../server/auth/owners.ts";
import type { ServeOptions } from "../server/serve.ts";
import { Store } from "../server/store/store.ts";
import { type Person, Room } from "../server/testing.ts";
import { until } from "./room.ts";

/** For how long is guessed, how long who knows the secret may have to wait, and how many guesses are slow. */
const TIMES = { attack: 3_000, comesIn: 10_000 };
const SLOW = 15;

/** One kind of secret: how it is said, and what says that it was wrong or right. */
interface Kind {
  name: string;
  /** Whether it is said before one comes in. */
  isBefore?: boolean;
  prepare?: (person: Person, room: Room) => Promise<void>;
  say: (word: string, room: Room) => string[];
  wrong: RegExp;
  right: RegExp;
}

const plain = (word: string) => Buffer.from(`\0holder\0${word}`).toString("base64");

const KINDS: Kind[] = [
  { name: "OPER", say: (word) => [`OPER root ${word}`], wrong: / 464 /, right: / 381 / },
  { name: "OPER, any name", say: (word) => [`OPER ${word} ${word}`], wrong: / 464 /, right: / 381 / },
  {
    name: "PASS",
    isBefore: true,
    say: (word) => [`PASS ${word}`, `NICK n${Math.floor(Math.random() * 1e9)}`, "USER u 0 * :u"],
    wrong: / 464 /,
    right: / 001 /,
  },
  { name: "a channel's key", say: (word) => [`JOIN #tea ${word}`], wrong: / 475 /, right: / JOIN #tea$/ },
  {
    name: "OWNER CLAIM",
    // Who could not be known again is refused before anything is looked at.
    prepare: ({ nick }, { chat }) => Promise.resolve(void (chat.find(nick)!.guestIdentity = `device:${nick}`)),
    say: (word, { chat: { owners } }) => [`OWNER CLAIM ${word === "right" ? owners!.invite() : word}`],
    wrong: / FAIL OWNER INVALID_SECRET /,
    right: / NOTE OWNER CLAIMED /,
  },
  {
    name: "SASL PLAIN",
    isBefore: true,
    prepare: async (person) => {
      await person.send("CAP REQ sasl");
    },
    say: (word) => ["AUTHENTICATE PLAIN", `AUTHENTICATE ${plain(word)}`],
    wrong: / 904 /,
    right: / 903 /,
  },
];

async function measure(kind: Kind): Promise<void> {
  const store = new Store(":memory:");
  {
    const settings = {
      operators: new Map([["root", "right"], ["right", "right"]]),
      ...(kind.name === "PASS" ? { password: "right" } : {}),
    };
    const options: ServeOptions = { floodLimit: 0 };
    await using room = new Room(settings, options, { accounts: new Accounts(store), owners: new Owners(store) });
    if (kind.name !== "PASS") {
      const owner = await room.person("holder", { join: "#tea" });
      await owner.send("MODE #tea +k right", "REGISTER * * right");
      await owner.sees(/ 900 holder /);
    }
    const connect = async (nick: string) => {
      const person = kind.isBefore === true ? await room.stranger(nick) : await room.person(nick);
      await kind.prepare?.(person, room);
      return person;
    };
    let isOver = false;
    let guesses = 0;
    const attack = async (nick: string) => {
      for (let i = 0; !isOver; i++) {
        const eve = await connect(`${nick}x${i}`);
        try {
          while (!isOver) {
            await eve.send(...kind.say("wrong", room));
            await eve.sees(kind.wrong);
            guesses++;
          }
        } catch {
          // It was closed, as is who guesses wrongly often; or the room is.
        }
      }
    };
    const attacks = Array.from({ length: 6 }, (_, i) => attack(`eve${i}`).catch(() => {}));
    await delay(TIMES.attack);
    await until("some guesses", () => guesses > 4 || undefined, () => `${kind.name}: ${guesses}`);
    assertLess(guesses, SLOW, kind.name);
    const start = performance.now();
    const bob = await connect("bob");
    await bob.send(...kind.say("right", room));
    await bob.sees(kind.right);
    assert(performance.now() - start < TIMES.comesIn, `${kind.name}: ${performance.now() - start} ms`);
    isOver = true;
    await room.close();
    await Promise.all(attacks);
  }
  await store.close();
}

Deno.test("Whatever is guessed, an address has few guesses, and who knows the secret comes in from there meanwhile", async () => {
  await Promise.all(KINDS.map(measure));
});

Deno.test("To come without the room's password is no guess, and a right one is not looked at twice", async () => {
  await using room = new Room({ password: "kettle" });
  for (let i = 0; i < 20; i++) {
    const eve = await room.stranger(`eve${i}`);
    await eve.send(`NICK eve${i}`, "USER eve 0 * :eve");
    await eve.sees(/ 464 /);
  }
  const alice = await room.stranger("alice");
  await alice.send("PASS kettle", "NICK alice", "USER alice 0 * :alice");
  await alice.sees(/ 001 alice /);
});

Deno.test("A wall clock that is set back, or forward, makes nobody wait", async () => {
  const store = new Store(":memory:");
  {
    await using room = new Room({ operators: new Map([["root", "right"]]) }, {}, { accounts: new Accounts(store) });
    const alice = await room.person("alice", { caps: "sasl" });
    await alice.send("REGISTER * * right", "OPER root wrong", "OPER root wrong");
    await alice.sees(/ 464 /);
    await alice.sees(/ 464 /);
    for (const change of [-3_600_000, 7_200_000]) {
      room.now += change;
      const start = performance.now();
      await alice.send("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("\0alice\0right")}`, "OPER root right");
      await alice.sees(/ 903 /);
      await alice.sees(/ 381 /);
      assertLess(performance.now() - start, 5_000);
    }
  }
  await store.close();
});

Deno.test("A client's own wrong keys do not keep it from channels whose keys it knows", async () => {
  await using room = new Room();
  const alice = await room.person("alice", { join: "#a,#b" });
  await alice.send("MODE #a +k red", "MODE #b +k green");
  await alice.everything();
  const bob = await room.person("bob");
  await bob.send("JOIN #a,#b,#c blue,green,any");
  await bob.sees(/ 475 bob #a /);
  await bob.sees(/ JOIN #b$/);
  await bob.sees(/ JOIN #c$/);
});
