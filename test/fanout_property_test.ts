import { assert, assertEquals, assertGreater } from "@std/assert";
import { Chat } from "../server/room/chat.ts";
import { handleLine } from "../server/commands/mod.ts";
import type { Session } from "../server/room/session.ts";
import { random } from "../server/testing.ts";

// Random people do random things. A model beside them, which knows nothing of feeds, says what each must see and in which
// order. Some people read all the time, some now and then, and some hardly ever, so that their sessions end by SendQ.

const CAPS = ["echo-message", "server-time", "message-tags", "extended-join", "away-notify", "setname", "account-tag"];
const CHANNELS = ["#tea", "#milk", "#sugar", "#lemon"];
/** Small, so that people who do not read exceed it within the test. */
const SEND_Q = 30_000;

class Person {
  readonly session: Session;
  readonly #chat: Chat;
  nick: string;
  readonly caps: Set<string>;
  readonly expected: string[] = [];
  /** Whether the person reads all the time, or only when told to. */
  readonly isLive: boolean;
  isAway = false;
  /** Whether the session was ended and what it had not read was dropped. */
  isAbandoned = false;
  #text = "";
  readonly #decoder = new TextDecoder();
  reading: Promise<void> | undefined;

  constructor(chat: Chat, nick: string, caps: string[], isLive: boolean) {
    this.#chat = chat;
    this.session = chat.connect("host", { sendQ: SEND_Q });
    this.nick = nick;
    this.caps = new Set(caps);
    this.isLive = isLive;
    for (const line of [`CAP REQ :${caps.join(" ")}`, `NICK ${nick}`, "USER u 0 * :real", "CAP END"]) this.says(line);
    if (isLive) this.reading = this.#read();
  }

  get source(): string {
    return `:${this.nick}!u@host`;
  }

  says(line: string): void {
    handleLine(this.#chat, this.session, line);
  }

  async #read(): Promise<void> {
    for await (const batch of this.session.outbox) this.#text += this.#decoder.decode(batch);
  }

  /** Reads at most so many of the batches that are ready. */
  async take(batches: number): Promise<void> {
    for (; batches > 0 && this.session.outbox.backlog > 0; batches--) {
      this.#text += this.#decoder.decode((await this.session.outbox.next()).value);
    }
  }

  /** The lines of others and of the person itself that it has seen, without tags. Lines from the server are left out. */
  get seen(): string[] {
    const lines = this.#text.split("\r\n").slice(0, -1).map((line) => line.replace(/^@\S+ /, ""));
    return lines.filter((line) => line.startsWith(":") && !line.startsWith(":Tea.local "));
  }
}

/** Knows what each person must see. */
class Model {
  readonly people = new Set<Person>();
  readonly channels = new Map<string, Person[]>();

  members(channel: string): Person[] {
    return this.channels.get(channel) ?? [];
  }

  peers(person: Person): Set<Person> {
    return new Set([...this.channels.values()].filter((members) => members.includes(person)).flat());
  }

  join(person: Person, channel: string): void {
    this.channels.set(channel, [...this.members(channel), person]);
    for (const member of this.members(channel)) {
      const extra = member.caps.has("extended-join") ? " * real" : "";
      member.expected.push(`${person.source} JOIN ${channel}${extra}`);
      if (person.isAway && member !== person) this.#away(member, person);
    }
  }

  #away(to: Person, person: Person): void {
    if (to.caps.has("away-notify")) to.expected.push(`${person.source} AWAY${person.isAway ? " brb" : ""}`);
  }

  away(person: Person): void {
    person.isAway = !person.isAway;
    for (const peer of this.peers(person)) if (peer !== person) this.#away(peer, person);
  }

  /** Every member of a channel sees a line. */
  inChannel(channel: string, line: string, except?: Person): void {
    for (const member of this.members(channel)) if (member !== except) member.expected.push(line);
  }

  remove(person: Person, channel: string): void {
    this.channels.set(channel, this.members(channel).filter((member) => member !== person));
  }

  rename(person: Person, nick: string): void {
    for (const peer of this.peers(person).add(person)) peer.expected.push(`${person.source} NICK ${nick}`);
    person.nick = nick;
  }

  setname(person: Person): void {
    for (const peer of this.peers(person).add(person)) {
      if (peer.caps.has("setname")) peer.expected.push(`${person.source} SETNAME real`);
    }
  }

  quit(person: Person, reason: string): void {
    for (const peer of this.peers(person)) {
      if (peer !== person) peer.expected.push(`${person.source} QUIT :${reason}`);
    }
    for (const channel of CHANNELS) this.remove(person, channel);
    this.people.delete(person);
  }
}

async function play(seed: number, steps: number) {
  const rnd = random(seed);
  const pick = <T>(list: Iterable<T>): T => {
    const all = [...list];
    return all[Math.floor(rnd() * all.length)];
  };
  const chat = new Chat({ network: "Tea", motd: [], version: "0" });
  const model = new Model();
  const everyone: Person[] = [];
  let serial = 0;
  let overflows = 0;

  const enter = () => {
    const caps = CAPS.filter(() => rnd() < 0.4);
    const person = new Person(chat, `p${++serial}`, caps, rnd() < 0.5);
    // The model learns of an end from whatever cause at the moment when it happens.
    person.session.onClose = () => {
      if (!model.people.has(person)) return;
      overflows++;
      person.isAbandoned = true;
      model.quit(person, "SendQ exceeded");
    };
    model.people.add(person);
    everyone.push(person);
  };

  /** What a person may do, and how often. The model is told first, so that it learns of the consequences afterwards. */
  const acts: [weight: number, act: (person: Person, channel: string) => void][] = [
    [6, (person, channel) => {
      if (model.members(channel).includes(person)) return;
      model.join(person, channel);
      person.says(`JOIN ${channel}`);
    }],
    [2, (person, channel) => {
      if (!model.members(channel).includes(person)) return;
      model.inChannel(channel, `${person.source} PART ${channel}`);
      model.remove(person, channel);
      person.says(`PART ${channel}`);
    }],
    [30, (person, channel) => {
      if (!model.members(channel).includes(person)) return;
      const text = `${++serial} ${"x".repeat(rnd() * 200)}`;
      model.inChannel(
        channel,
        `${person.source} PRIVMSG ${channel} :${text}`,
        person.caps.has("echo-message") ? undefined : person,
      );
      person.says(`PRIVMSG ${channel} :${text}`);
    }],
    [8, (person) => {
      const other = pick(model.people);
      const line = `PRIVMSG ${other.nick} :${++serial}`;
      if (person.caps.has("echo-message")) person.expected.push(`${person.source} ${line}`);
      other.expected.push(`${person.source} ${line}`);
      person.says(line);
    }],
    [2, (person) => {
      const nick = `n${++serial}`;
      model.rename(person, nick);
      person.says(`NICK ${nick}`);
    }],
    [2, (person) => {
      model.away(person);
      person.says(person.isAway ? "AWAY brb" : "AWAY");
    }],
    [1, (person) => {
      model.setname(person);
      person.says("SETNAME real");
    }],
    [2, (person, channel) => {
      // The server says who is operator; that rule has tests of its own.
      const members = model.members(channel);
      if (!chat.channels.find(channel)?.isOperator(person.session.person)) return;
      const victim = pick(members);
      model.inChannel(channel, `${person.source} KICK ${channel} ${victim.nick} :out`);
      model.remove(victim, channel);
      person.says(`KICK ${channel} ${victim.nick} :out`);
    }],
    [2, (person) => {
      const cap = pick(CAPS);
      const has = person.caps.has(cap);
      if (has) person.caps.delete(cap);
      else person.caps.add(cap);
      person.says(`CAP REQ ${has ? "-" : ""}${cap}`);
    }],
    [1, (person) => {
      const isReset = rnd() < 0.5;
      model.quit(person, isReset ? "Connection reset" : "Quit: bye");
      person.isAbandoned = isReset;
      if (isReset) person.session.close("Connection reset", true);
      else person.says("QUIT bye");
    }],
  ];
  const total = acts.reduce((sum, [weight]) => sum + weight, 0);

  for (let step = 0; step < steps; step++) {
    while (model.people.size < 25) enter();
    let at = rnd() * total;
    const [, act] = acts.find(([weight]) => (at -= weight) < 0)!;
    act(pick(model.people), pick(CHANNELS));
    // Those who read now and then; one in five hardly ever does.
    if (rnd() < 0.5) {
      const reader = pick(model.people);
      if (!reader.isLive && (Number(reader.nick.slice(1)) % 5 !== 0 || rnd() < 0.01)) {
        await reader.take(1 + Math.floor(rnd() * 5));
      }
    }
    // Lets those who read all the time have their turn, and timers fire.
    if (rnd() < 0.05) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  for (const person of [...model.people]) {
    model.quit(person, "Quit");
    person.says("QUIT");
  }
  for (const person of everyone) {
    await (person.isLive ? person.reading : person.take(Infinity));
    const { seen, expected } = person;
    const until = person.isAbandoned ? seen.length : expected.length;
    const first = expected.findIndex((line, i) => i < until && line !== seen[i]);
    const around = (lines: string[]) => lines.slice(Math.max(0, first - 3), first + 4).map((line) => line.slice(0, 60));
    if (first >= 0) assertEquals(around(seen), around(expected), `${person.nick}, line ${first}, seed ${seed}`);
    assertEquals(seen.length, until, `${person.nick}, seed ${seed}`);
  }
  assertEquals([chat.persons.size, chat.channels.size], [0, 0]);
  return { overflows, people: everyone.length, lines: everyone.reduce((n, { seen }) => n + seen.length, 0) };
}

Deno.test("Every member sees exactly what it should, in order, over 20,000 random steps", async () => {
  const results = [];
  for (let seed = 1; seed <= 4; seed++) results.push(await play(seed, 5_000));
  // The test means something only if enough has happened.
  assertGreater(results.reduce((n, { lines }) => n + lines, 0), 50_000);
  assert(results.some(({ overflows }) => overflows > 0), "nobody was thrown out for not reading");
});
