/** The longest of everything: each line fits, and says what it is for. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { byteLength, LIMITS, parse } from "../../protocol.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { encode, linesOf, SOURCE_BYTES, tellingCapabilities, TEXT_BYTES } from "./encode.ts";
import { ClientTags, type Event } from "./event.ts";
import { Chat } from "./chat.ts";
import { handleLine } from "../commands/mod.ts";
import { sessionOf } from "../testing.ts";
import { BOUNDS } from "./isupport.ts";
import type { Session } from "./session.ts";

/** Letters of 4 bytes, each kind of name its own. */
const [NICK, OTHER, CHANNEL, RENAMED, TEXT] = ["𠮷", "𠮸", "𠮹", "𠮼", "𠮺"];
const nick = NICK.repeat(LIMITS.nick);
const other = OTHER.repeat(LIMITS.nick);
const channel = "#" + CHANNEL.repeat(LIMITS.channel - 1);
const host = "h".repeat(BOUNDS.host);

/** Someone whose every name is as long as it may be. */
class Person {
  readonly session: Session;
  readonly #chat: Chat;

  constructor(
    chat: Chat,
    name: string,
    caps = Object.keys(CAPABILITIES).filter((name) => chat.offers(name)).join(" "),
  ) {
    this.#chat = chat;
    this.session = chat.connect(host);
    const user = NICK.repeat(BOUNDS.user);
    const realname = TEXT.repeat(BOUNDS.realname);
    for (const line of [`CAP REQ :${caps}`, `NICK ${name}`, `USER ${user} 0 * :${realname}`, "CAP END"]) {
      handleLine(this.#chat, this.session, line);
    }
    assert(this.session.caps !== 0);
    this.session.person.account = name;
  }

  /** What is told to it from now on, after it has said this. */
  async says(...lines: string[]): Promise<string[]> {
    for (const line of lines) await handleLine(this.#chat, this.session, line);
    const decoder = new TextDecoder();
    let text = "";
    while (this.session.outbox.backlog > 0) text += decoder.decode((await this.session.outbox.next()).value);
    return text.split("\r\n").slice(0, -1);
  }
}

/** Ends the sessions of everybody. */
function endAll(chat: Chat): void {
  for (const { nick } of [...chat.persons.values()]) sessionOf(chat, nick).close("over");
}

function assertFits(line: string): void {
  const tags = line.startsWith("@") ? line.indexOf(" ") + 1 : 0;
  assertLessOrEqual(byteLength(line.slice(0, tags)), LIMITS.serverTagBytes, line);
  assertLessOrEqual(byteLength(line.slice(tags)), LIMITS.lineBytes - 2, line);
  // A name that was cut would be another one.
  for (const word of parse(line).params.slice(0, -1)) {
    for (const [letter, whole] of [[NICK, nick], [OTHER, other], [CHANNEL, channel]]) {
      if (word.includes(letter)) assert(word.includes(whole) || word.length <= BOUNDS.userBytes, `${word} in ${line}`);
    }
  }
}

Deno.test("The longest source and channel leave 84 bytes for a text, and those are passed on whole", async () => {
  assertEquals([SOURCE_BYTES, TEXT_BYTES], [217, 84]);
  const chat = new Chat({ network: "茶".repeat(60), motd: [], version: "0" });
  const alice = new Person(chat, nick);
  const bob = new Person(chat, other);
  await alice.says(`JOIN ${channel}`);
  await bob.says(`JOIN ${channel}`);
  await alice.says(`PRIVMSG ${channel} :${TEXT.repeat(TEXT_BYTES / 4)}`);
  const line = (await bob.says()).at(-1)!;
  assertEquals(parse(line).params, [channel, TEXT.repeat(TEXT_BYTES / 4)]);
  assertEquals(byteLength(line.slice(line.indexOf(" :") + 1)), LIMITS.lineBytes - 2);
  endAll(chat);
});

Deno.test("Every answer and event fits into its line, with names and texts as long as they may be", async () => {
  const operators = new Map([["boss", "secret"]]);
  const chat = new Chat({ network: "茶".repeat(60), motd: [TEXT.repeat(200)], version: "0", operators });
  const alice = new Person(chat, nick);
  const bob = new Person(chat, other);
  const plain = new Person(chat, "plain", "multi-prefix userhost-in-names");
  const long = TEXT.repeat(100);
  const mask = `~t:525600:~m:${OTHER.repeat(39)}`;
  const seen: string[] = [];
  const say = async (person: Person, ...lines: string[]) => {
    for (const line of lines) {
      for (const one of [person, alice, bob, plain]) seen.push(...await one.says(...one === person ? [line] : []));
    }
  };
  await say(alice, "OPER boss secret", `CHGHOST ${nick} ${"𠮷".repeat(15)}`, `CHGHOST ${other} ${"x".repeat(115)}`);
  for (const person of [alice, bob, plain]) await say(person, `JOIN ${channel}`);
  await say(alice, `TOPIC ${channel} :${long}`, `MODE ${channel} +vo ${other} ${other}`, `MODE ${channel} -o ${other}`);
  await say(
    alice,
    `MODE ${channel} +bk ${mask} ${"茶".repeat(BOUNDS.key)}`,
    `MODE ${channel} +eI ${mask} ${OTHER.repeat(40)}`,
  );
  for (const person of [alice, bob, plain]) {
    await say(
      person,
      `MODE ${channel}`,
      `MODE ${channel} b`,
      `MODE ${channel} eI`,
      `TOPIC ${channel}`,
      `NAMES ${channel}`,
    );
    await say(person, `WHO ${channel}`, `WHO ${channel} %tcuihsnfdlaor,999`, `WHOIS ${nick}`, `WHOIS ${other}`, "LIST");
    await say(
      person,
      `USERHOST ${nick} ${other}`,
      `ISON ${nick} ${other}`,
      "LUSERS",
      "VERSION",
      "MOTD",
      "INFO",
      "TIME",
    );
    await say(person, `MONITOR + ${nick},${other}`, "MONITOR L", "MONITOR S", `AWAY :${long}`, `PRIVMSG ${other} :hi`);
    await say(person, `METADATA * SET ${"k".repeat(50)} :${"v".repeat(187)}`, "METADATA * LIST", `SETNAME :${long}`);
    await say(
      person,
      `INVITE ${other} ${channel}`,
      "INVITE",
      `WHOWAS ${other}`,
      `KICK ${channel} nobody :${long}`,
      "HELP",
    );
  }
  await say(
    bob,
    `@+t=${"\\\\".repeat(2000)} PRIVMSG ${channel} :${TEXT.repeat(20)}`,
    `PRIVMSG ${channel} :${TEXT.repeat(22)}`,
  );
  await say(
    alice,
    `KICK ${channel} ${other} :${long}`,
    `INVITE ${other} ${channel}`,
    `CHGHOST ${other} ${host.slice(1)}`,
  );
  await say(alice, `RENAME ${channel} #${RENAMED.repeat(10)}`, `PART ${channel} :${long}`, `WALLOPS :${long}`);
  await say(bob, `NICK ${"𠮻".repeat(LIMITS.nick)}`, `QUIT :${long}`);
  await say(alice, `WHOWAS ${other}`, `KILL plain :${long}`);
  for (const line of seen) assertFits(line);
  // What each of these is for is in it, whole: who was kicked, who is operator, which mask.
  const params = (command: string) =>
    seen.map((line) => parse(line)).filter((one) => one.command === command).map(({ params }) => params);
  assert(params("KICK").some(([, victim]) => victim === other));
  assert(
    params("MODE").some((words) => words.includes(other)) &&
      params("MODE").some((words) => words.includes(`${mask}!*@*`)),
  );
  assert(params("367").every(([, , listed]) => listed === `${mask}!*@*`) && params("367").length > 0);
  assert(params("352").some((words) => words[5] === other || words[4] === other));
  const topics = new Set([...params("TOPIC"), ...params("332")].map((words) => words.at(-1)));
  assertEquals(topics.size, 1, "all are told the same topic");
  for (const text of topics) assertGreaterOrEqual(byteLength(text!), 80);
  endAll(chat);
});

Deno.test("A line is written whatever its parts hold, and text is packed into lines whatever stands before it", () => {
  const parts = ["", " ", ":", "a b", "a\r\nb\0", "x".repeat(600), "𠮷".repeat(200), "ok"];
  for (const source of [undefined, ...parts]) {
    for (const target of parts) {
      for (const text of [...parts, "a\nb", "𠮷".repeat(2000), "\ud800".repeat(300)]) {
        for (const command of ["PRIVMSG", "401", "FAIL", "KICK", "BATCH"]) {
          const event: Event = { source, command, params: [target, target, text], time: 0, msgid: "m" };
          for (const caps of [0, -1]) assertFitsAlone(encode(event, caps) ?? "");
          if (source === undefined || command !== "PRIVMSG") continue;
          const kept: Event = {
            ...event,
            params: [target, text],
            clientTags: new ClientTags({ "+a": "x".repeat(10_000) }),
          };
          const lines = linesOf(kept);
          if (lines !== undefined) kept.lines = lines;
          for (const caps of [0, -1]) for (const line of encode(kept, caps)!.split("\r\n")) assertFitsAlone(line);
          const whole = lines?.map(({ text, isContinued }, i) => (i > 0 && !isContinued ? "\n" : "") + text).join("");
          assertEquals(whole ?? text, text);
        }
      }
    }
  }
});

function assertFitsAlone(line: string): void {
  const tags = line.startsWith("@") ? line.indexOf(" ") + 1 : 0;
  assertLessOrEqual(byteLength(line.slice(tags)), LIMITS.lineBytes - 2);
  assertLessOrEqual(byteLength(line.slice(0, tags)), LIMITS.serverTagBytes);
  assert(!/[\0\r\n]/.test(line));
  if (line !== "") parse(line);
}

Deno.test("However many capabilities people have, an event is written for a few kinds of them, and its tags once", () => {
  const sets = Array.from({ length: 10_000 }, (_, i) => Math.imul(i + 1, 0x9E3779B1) >>> 4);
  const event: Event = { source: "bob!b@h", command: "PRIVMSG", params: ["+#tea", "hello"], time: 0 };
  const attached = new ClientTags(Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`+${i}`, ""])));
  const texts = new Set<string>();
  for (const command of ["PRIVMSG", "TAGMSG", "JOIN", "AWAY", "ACCOUNT", "INVITE", "SETNAME"]) {
    const told = { ...event, command, clientTags: attached, ...(command === "JOIN" ? { extended: ["*", "x"] } : {}) };
    const kinds = new Map(sets.map((caps) => [tellingCapabilities(told, caps), caps]));
    assertLessOrEqual(kinds.size, 24, command);
    // Those of one kind are told the same.
    for (const caps of sets.slice(0, 500)) {
      assertEquals(encode(told, caps), encode(told, kinds.get(tellingCapabilities(told, caps))!));
    }
    for (const caps of kinds.values()) texts.add(encode(told, caps)?.split(" ")[0] ?? "");
  }
  assertEquals([...texts].filter((text) => text.includes("+0")).every((text) => text.includes(attached.text)), true);
});
