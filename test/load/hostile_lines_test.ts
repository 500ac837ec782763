/** Whatever a client writes into whatever command, it is answered, and nobody is closed for it. */

import { assert, assertLessOrEqual } from "@std/assert";
import { idle } from "../../server/turns/loop.ts";
import { byteLength, fit, LIMITS, parse } from "../../protocol.ts";
import { Accounts } from "../../server/auth/accounts.ts";
import { CAPABILITIES } from "../../server/room/capabilities.ts";
import { Chat } from "../../server/room/chat.ts";
import type { Clock } from "../../server/auth/attempt_queue.ts";
import { Guesses } from "../../server/auth/guesses.ts";
import { History } from "../../server/store/history.ts";
import { Markers } from "../../server/store/markers.ts";
import { Metadata } from "../../server/store/metadata.ts";
import type { Session } from "../../server/room/session.ts";
import { Store } from "../../server/store/store.ts";
import { handleLine } from "../../server/commands/mod.ts";
import { COMMANDS } from "../../server/commands/table.ts";

/** Parameters that are not what a command expects; none that ends the line. */
const ODD = [
  undefined,
  "",
  ":",
  ":x",
  "a b",
  " ",
  "x".repeat(400),
  "𠮷".repeat(90),
  "__proto__",
  "constructor",
  "\x01\x02\x1f\x7f",
  "9".repeat(40),
  "-1",
  "NaN",
  "*",
  ",",
  ",,#a,:b, ,",
  "#",
  "#tea",
  "#tea,:",
  "@#tea",
  "+",
  "%",
  "~a:",
  "in=:;text=\\",
  "in=\\n;from=\\r;text=\\s",
  "timestamp=2026-01-01T00:00:00.000Z",
  "timestamp=+275760-09-13T00:00:00.001Z",
  "msgid=:",
  "LATEST",
  "SET",
  "alice",
];

/** Lines of a command with these parameters: each combination of the first two, and some of the third. */
function* linesOf(command: string): Generator<string> {
  for (const [i, first] of ODD.entries()) {
    for (const [j, second] of (first === undefined ? [undefined] : ODD).entries()) {
      const third = second === undefined ? undefined : ODD[(i * 7 + j * 11) % ODD.length];
      const params = [first, second, third].filter((param) => param !== undefined);
      const middle = params.slice(0, -1).map((param) => param.replaceAll(" ", "") || "x");
      const last = params.slice(-1).map((param) => `:${param}`);
      yield fit([command, ...middle, ...last].join(" "), LIMITS.lineBytes - 2);
    }
  }
}

/** Someone who is not on a socket: what a command throws is then seen at once. */
class Person {
  readonly session: Session;
  readonly #chat: Chat;

  constructor(chat: Chat, ...lines: string[]) {
    this.#chat = chat;
    this.session = chat.connect("127.0.0.1");
    for (const line of lines) handleLine(this.#chat, this.session, line);
  }

  /** What is answered to a line, and all that has come before. */
  async says(line: string): Promise<string[]> {
    await handleLine(this.#chat, this.session, line);
    const decoder = new TextDecoder();
    let text = "";
    while (this.session.outbox.backlog > 0) text += decoder.decode((await this.session.outbox.next()).value);
    return text.split("\r\n").slice(0, -1);
  }
}

/** Time that passes as soon as somebody waits for it. */
class Hurried implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    let isOff = false;
    queueMicrotask(() => {
      if (isOff) return;
      this.#now += ms;
      act();
    });
    return () => isOff = true;
  }
}

/** What ends a connection when it does what it is for. */
const ENDS = ["QUIT", "KILL", "OPER"];

const ALL = Object.keys(CAPABILITIES).join(" ");

/** How the people are who say it all. */
const WAYS: Record<string, string[]> = {
  "with all capabilities": [
    `CAP REQ :${ALL}`,
    "NICK alice",
    "USER a 0 * :A",
    "CAP END",
    "JOIN #tea",
    "METADATA * SET a :b",
  ],
  "without capabilities": ["NICK alice", "USER a 0 * :A", "JOIN #tea"],
  "as the server's operator": [`CAP REQ :${ALL}`, "NICK alice", "USER a 0 * :A", "CAP END", "OPER boss secret"],
  "unregistered": [`CAP REQ :${ALL}`],
};

for (const [way, before] of Object.entries(WAYS)) {
  Deno.test(`Every command with odd parameters is answered and throws nothing: ${way}`, async () => {
    const store = new Store(":memory:", { onError: fail });
    const history = new History(store, { onError: fail });
    const operators = new Map([["boss", "secret"]]);
    const accounts = new Accounts(store);
    const guesses = new Guesses(new Hurried());
    const options = { history, accounts, guesses, markers: new Markers(store), metadata: new Metadata(store) };
    const chat = new Chat({ network: "Tea", motd: [], version: "0", operators }, options);
    const bob = new Person(chat, `CAP REQ :${ALL}`, "NICK bob", "USER b 0 * :B", "CAP END", "JOIN #tea");
    for (const command of [...COMMANDS.keys(), "NOSUCH", "x".repeat(300)]) {
      let person = new Person(chat, ...before);
      const lines = [...linesOf(command)];
      // All of them once, and in the other ways some; of those for which a password would be looked at, few.
      const step = command === "REGISTER" ? 50 : way === "with all capabilities" ? 1 : 5;
      for (let i = 0; i < lines.length; i += step) {
        const line = lines[i];
        if (person.session.isOver) person = new Person(chat, ...before);
        const label = `l${i}`;
        const isLabeled = person.session.has("labeled-response");
        assert(isLabeled || way.includes("without"));
        const seen = await person.says(isLabeled ? `@label=${label} ${line}` : line);
        if (!ENDS.includes(command) && line.split(" ").length > 1) {
          assert(
            !person.session.isOver ||
              /^ERROR :Closing link: \((This is a chat server|Too many wrong)/.test(seen.at(-1)!),
            line,
          );
        }
        for (const text of [...seen, ...await bob.says("PING x")]) assertFits(text, line);
        const isOpen = person.session.multiline !== undefined || command === "BATCH";
        if (!isLabeled || isOpen || person.session.isOver) continue;
        const isAnswered = seen.some((text) => text.startsWith("@") && parse(text).tags.label === label);
        assert(isAnswered, `no answer to ${line}: ${seen.join("\n")}`);
      }
      person.session.close("next");
      assert(!bob.session.isOver);
    }
    bob.session.close("over");
    history.close();
    await store.close();
    await idle();
  });
}

/** Each part of a line within its bound (IRCv3 message-tags, "Size limit"). */
function assertFits(text: string, cause: string): void {
  const tags = text.startsWith("@") ? text.indexOf(" ") + 1 : 0;
  assertLessOrEqual(byteLength(text.slice(0, tags)), LIMITS.serverTagBytes, cause);
  assertLessOrEqual(byteLength(text.slice(tags)), LIMITS.lineBytes - 2, cause);
}

function fail(text: string): never {
  throw new Error(text);
}
