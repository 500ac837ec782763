import { assertEquals } from "@std/assert";
import { type Person, random, Room } from "../testing.ts";
import { CALL_TIMES } from "./voice_calls.ts";

const CAPS = "teahouse.chat/call message-tags batch";
const WORDS = ["audio", "audio,video", "audio,muted", "video,screen,muted", "", "audio,hand"];

/** Somebody of the model: who they are by their device, and what they are now. */
interface Someone {
  device: string;
  nick: string;
  /** Their connection, while they have one. */
  client: Person | undefined;
  isInChannel: boolean;
  /** What they do in the call, while they have a place there; and when their connection was lost. */
  place: { words: string; lostAt?: number } | undefined;
  /** Whether an operator has put them out of the call that goes on. */
  isPutOut: boolean;
}

/** What somebody knows of the call of #tea who has read these lines. Nothing but these lines says who is in it. */
function viewOf(lines: readonly string[]): string[] {
  const view = new Map<string, string>();
  for (const line of lines) {
    const [, nick, command, text] = /^(?:@\S+ )?:([^ !]+)\S* (\S+) (.*)$/.exec(line) ?? [];
    const [subcommand, , third = ""] = text?.split(" ") ?? [];
    if (command === "NICK") {
      const words = view.get(nick);
      if (words !== undefined && view.delete(nick)) view.set(text.replace(/^:/, ""), words);
    }
    if (command !== "CALL") continue;
    if (subcommand === "JOIN" || subcommand === "STATE") view.set(nick, third.replace(/^:/, ""));
    if (subcommand === "PART") view.delete(nick);
    if (subcommand === "KICK") view.delete(third);
  }
  return sorted(view);
}

const sorted = (view: Iterable<readonly [string, string]>) => [...view].map((entry) => entry.join(" ")).sort();

/** The people of a room, and what must be so of them. */
class Model {
  readonly room = new Room({}, {}, { calls: {} });
  readonly people: Someone[] = [];
  readonly #next: () => number;
  #nicks = 0;
  /** An operator, who is not in the call and reads everything. */
  alice!: Person;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#next() * items.length)];
  }

  async open(): Promise<void> {
    this.alice = await this.room.person("alice", { caps: CAPS, join: "#tea" });
    for (let i = 0; i < 6; i++) {
      const one: Someone = {
        device: `device:${i}`,
        nick: "",
        client: undefined,
        isInChannel: false,
        place: undefined,
        isPutOut: false,
      };
      this.people.push(one);
      await this.#come(one);
    }
  }

  async #come(one: Someone): Promise<void> {
    // Under the same nick as before, or another.
    if (one.nick === "" || this.#next() < 0.3) one.nick = `p${this.#nicks++}`;
    one.client = await this.room.person(one.nick, { caps: CAPS });
    this.room.chat.find(one.nick)!.guestIdentity = one.device;
    await this.#say(one, "JOIN #tea");
    one.isInChannel = true;
  }

  async #say({ client }: Someone, ...lines: string[]): Promise<void> {
    await client!.send(...lines);
    await client!.everything();
  }

  /** Does one thing that people do, and notes what follows from it. */
  async step(): Promise<void> {
    const one = this.pick(this.people);
    const { room } = this;
    room.now += 250;
    if (one.client === undefined) return await this.#come(one);
    const isIn = one.place !== undefined && one.place.lostAt === undefined;
    const act = this.pick([
      "join",
      "join",
      "join",
      "state",
      "part",
      "lose",
      "lose",
      "quit",
      "nick",
      "channel",
      "kick",
      "wait",
    ]);
    if (act === "join" && one.isInChannel) {
      const words = this.pick(WORDS);
      await this.#say(one, `CALL JOIN #tea :${words}`);
      if (!one.isPutOut) one.place = { words };
    } else if (act === "state" && isIn) {
      const words = this.pick(WORDS);
      await this.#say(one, `CALL STATE #tea :${words}`);
      one.place = { words };
    } else if (act === "part" && isIn) {
      await this.#say(one, "CALL PART #tea");
      one.place = undefined;
    } else if (act === "lose") {
      await one.client[Symbol.asyncDispose]();
      await this.#gone(one);
      if (one.place !== undefined && one.place.lostAt === undefined) one.place.lostAt = room.now;
    } else if (act === "quit") {
      await one.client.send("QUIT");
      await one.client.rest();
      await this.#gone(one);
      one.place = undefined;
    } else if (act === "nick") {
      one.nick = `p${this.#nicks++}`;
      await this.#say(one, `NICK ${one.nick}`);
    } else if (act === "channel" && one.isInChannel) {
      await this.#say(one, "PART #tea");
      one.place = undefined;
      await this.#say(one, "JOIN #tea");
    } else if (act === "kick" && isIn) {
      await this.alice.send(`CALL KICK #tea ${one.nick}`);
      await this.alice.everything();
      one.place = undefined;
      one.isPutOut = true;
    } else if (act === "wait") await this.#wait();
  }

  async #gone(one: Someone): Promise<void> {
    one.client = undefined;
    one.isInChannel = false;
    await this.alice.sees(new RegExp(`^:${one.nick}!\\S+ QUIT `));
  }

  async #wait(): Promise<void> {
    const { room, people } = this;
    room.now += 12_000;
    for (const { client } of people) await client?.everything();
    await this.alice.everything();
    await room.connections.check();
    for (const one of people) {
      if (one.place?.lostAt !== undefined && room.now - one.place.lostAt >= CALL_TIMES.lost) one.place = undefined;
    }
  }

  /** Who is in the call: as the model has it, as the server lists it, and as all have read it. */
  async check(what: string): Promise<void> {
    // Without anybody the call has ended, and the next one is open to all.
    if (this.people.every(({ place }) => place === undefined)) { for (const one of this.people) one.isPutOut = false; }
    const before = this.alice.seen.length;
    await this.alice.send("CALL LIST #tea");
    await this.alice.everything();
    const listed = this.alice.seen.slice(before).map((line) => / CALL MEMBER #tea (\S+) :?(.*)$/.exec(line))
      .filter((match) => match !== null).map(([, nick, words]) => [nick, words] as const);
    const places = this.people.filter(({ place }) => place !== undefined);
    // Whoever has come back under another nick and has not joined again is told under the one from before.
    const nickOf = new Map(
      [...this.room.chat.calls!.all()].flatMap(({ participants }) =>
        [...participants.values()].map(({ identity, person }) => [identity, person.nick] as const)
      ),
    );
    const expected = sorted(
      places.map(({ device, nick, place }) => [nickOf.get(device) ?? nick, place!.words] as const),
    );
    assertEquals(sorted(listed), expected, what);
    assertEquals(viewOf(this.alice.seen), expected, what);
  }
}

Deno.test("after a hundred joins, leaves, losses and renames at random the room and its people know the same call", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const model = new Model(seed);
    await using _room = model.room;
    await model.open();
    for (let i = 0; i < 100; i++) {
      await model.step();
      await model.check(`seed ${seed}, step ${i}`);
    }
    // When all have gone, nothing is left of them.
    for (const { client } of model.people) {
      await client?.send("QUIT");
      await client?.rest();
    }
    model.room.now += CALL_TIMES.lost;
    await model.alice.everything();
    await model.room.connections.check();
    assertEquals(model.room.chat.calls!.size, 0, `seed ${seed}`);
  }
});
