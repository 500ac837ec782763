/**
 * What no client should send, and some do: noise, other protocols, endless lines, halves of lines. The server answers
 * or closes that one connection, and serves whoever comes next.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { isInstalled, openRoom, type Person, type Room, run, skipped } from "../room.ts";

/** The room's own time-out for someone who does not close is 3 s: within this, the server itself has closed at once. */
const AT_ONCE = 2_000;

const MEBIBYTE = 1 << 20;

/** Random numbers from 0 up to 1, the same ones in each run (mulberry32). */
function* random(seed: number): Generator<number, never, undefined> {
  for (;;) {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    yield ((t ^ t >>> 14) >>> 0) / 4294967296;
  }
}

/** Sends bytes while the answers are read and forgotten, so that neither side waits for the other. */
async function sendAndDrain(room: Room, bytes: Uint8Array): Promise<void> {
  const conn = await room.connect();
  const draining = (async () => {
    const buffer = new Uint8Array(65536);
    while (await conn.read(buffer) !== null);
  })().catch(() => {});
  try {
    for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    await conn.closeWrite();
  } catch {
    // It may have been closed on what it sent.
  }
  await draining;
}

/** Waits for the end of a connection; gives the lines that came before it. The end must come at once. */
async function closedAtOnce(person: Person): Promise<string[]> {
  const begun = Date.now();
  const lines = await person.rest();
  assertLess(Date.now() - begun, AT_ONCE);
  return lines;
}

/** What a server prints when something is wrong in itself. */
function errorsOf(room: Room): string[] {
  return room.log.filter((line) => /error|^\s+at /i.test(line));
}

Deno.test("1 MB of random bytes does no harm", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const numbers = random(1);
  const bytes = Uint8Array.from({ length: 1e6 }, () => numbers.next().value * 256);
  // Several connections, since one of them may begin like another protocol and be closed for it.
  for (let i = 0; i < 10; i++) await sendAndDrain(room, bytes.subarray(i * 1e5, (i + 1) * 1e5));
  await room.servesNewcomers();
  assertEquals(errorsOf(room), []);
});

Deno.test("20,000 lines of commands with random parameters are answered, and no handler fails", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  // Without OPER: some wrong passwords end the connection.
  const commands = words(
    "AUTHENTICATE AWAY BATCH CAP CHATHISTORY HELP INFO INVITE ISON JOIN KICK KILL LINKS LIST LUSERS MARKREAD MODE " +
      "MONITOR MOTD NAMES NICK NOTICE PART PASS PING PONG PRIVMSG REDACT REGISTER RENAME SETNAME STATS TAGMSG TIME TOPIC " +
      "USER USERHOST VERIFY VERSION WALLOPS WEBIRC WHO WHOIS WHOWAS 001 433 __proto__ constructor toString",
  );
  const params = [
    ...words("#tea #lobby #茶 alice bob 张三 * 0 -1 1e9 +o -o +b +k +l +ov-b -ooo o @ + , ,, #,# #a,#b,#c alice,:bob"),
    ...words("#tea,:b __proto__ constructor *!*@* ?*?*?*?* LS REQ END LIST LATEST AROUND 302 server-time -cap-notify"),
    ...words("echo-message timestamp=2026-01-01T00:00:00.000Z msgid=1 \u{1f604} \u202e ﷽ a\u0300 : :: :a\tb :a\u00a0b"),
    ":",
    ": ",
    ":two words",
    ":message-tags batch labeled-response",
    ":\x01ACTION waves\x01",
    "a".repeat(400),
    "#" + "茶".repeat(60),
    "*".repeat(60),
  ];
  const tags = ["", "", "", "", "@label=1 ", "@+typing=active ", "@+x=\\ ", "@=;;= ", "@label ", ":alice!a@b "];
  const talk = async (nick: string, seed: number) => {
    const numbers = random(seed);
    const pick = (words: string[]) => words[Math.floor(numbers.next().value * words.length)];
    const person = await room.person(nick);
    const answers = person.rest();
    try {
      for (let i = 0; i < 100; i++) {
        await person.send(...Array.from({ length: 100 }, () => {
          const chosen = Array.from({ length: numbers.next().value * 5 }, () => pick(params));
          return pick(tags) + [pick(commands), ...chosen].join(" ");
        }));
      }
      await person.send("QUIT :that was all");
    } catch {
      // Cut off: the answers and the log say why.
    }
    return (await answers).at(-1);
  };
  const ends = await Promise.all([talk("carol", 2), talk("dave", 3)]);
  assertEquals(errorsOf(room), []);
  assertEquals(ends, Array(2).fill("ERROR :Closing link: (Quit: that was all)"));
  await room.servesNewcomers();
});

function words(text: string): string[] {
  return text.split(" ");
}

Deno.test("a TLS handshake on the plain port is refused at once, in words", async () => {
  await using room = await openRoom();
  const stranger = await room.stranger();
  // A ClientHello as it begins: handshake, TLS 1.0, 512 bytes, of which a part holds line ends.
  await stranger.sendBytes(new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 10, 13, 10, ...new Uint8Array(498)]));
  assertEquals(await closedAtOnce(stranger), ["ERROR :Closing link: (This port speaks plain text, not TLS)"]);

  const begun = Date.now();
  await assertRejects(async () => {
    using conn = await Deno.connectTls({ hostname: "127.0.0.1", port: room.port });
    await conn.handshake();
  });
  assertLess(Date.now() - begun, AT_ONCE);
  await room.servesNewcomers();
});

Deno.test("an HTTP request is refused at once", async () => {
  await using room = await openRoom();
  const begun = Date.now();
  await assertRejects(() => fetch(`http://${room.address}/`).then((response) => response.text()));
  assertLess(Date.now() - begun, AT_ONCE);
  if (await isInstalled("curl")) {
    const begun = Date.now();
    assertNotEquals((await run("curl", ["--silent", "--noproxy", "*", `http://${room.address}/`])).code, 0);
    assertLess(Date.now() - begun, AT_ONCE);
  }
  await room.servesNewcomers();
});

Deno.test("an HTTP request that holds chat lines says nothing in the room", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#lobby" });
  const body = "NICK eve\r\nUSER eve 0 * :eve\r\nJOIN #lobby\r\nPRIVMSG #lobby :I come from a web page\r\n";
  await assertRejects(() => fetch(`http://${room.address}/`, { method: "POST", body }).then((it) => it.text()));
  assertEquals(await alice.everything(), []);
  await room.servesNewcomers();
});

Deno.test("50 MB without a line end: told once, memory stays flat, and the next line works", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice");
  const bob = await room.person("bob");
  const bytes = new Uint8Array(MEBIBYTE).fill(97);
  await alice.sendBytes(bytes);
  const before = room.memory;
  let most = 0;
  for (let i = 0; i < 50; i++) {
    await alice.sendBytes(bytes);
    most = Math.max(most, room.memory - before);
  }
  await alice.send("", "PRIVMSG bob :here I am");
  assertEquals(await alice.everything(), [":Teahouse.local 417 alice :Input line was too long"]);
  await bob.sees(":alice!alice@127.0.0.1 PRIVMSG bob :here I am");
  assertLess(most, 10 * MEBIBYTE);
  await room.servesNewcomers();
});

Deno.test("a line that is too long is dropped, and 417 says so; one that just fits is relayed", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice");
  const fits = "PRIVMSG alice :".padEnd(510, "x");
  await alice.send(fits + "x", fits);
  await alice.sees(":Teahouse.local 417 alice :Input line was too long");
  // With its source the line would pass the bound: it is not cut, or it is cut with its end told, but never dropped.
  await alice.sees(/^:alice!alice@127\.0\.0\.1 PRIVMSG alice :x{400,}$|^:Teahouse\.local 417 alice /);
  await room.servesNewcomers();
});

Deno.test("a bare CR or NUL in a line is answered; the connection stays", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  for (const bad of ["\r", "\0"]) {
    await alice.send(`PRIVMSG #tea :one${bad}QUIT :two`);
    assertMatch((await alice.everything()).join("|"), /^:Teahouse\.local FAIL \* INVALID_MESSAGE :[^|]*$/);
  }
  await alice.send("PRIVMSG #tea :three");
  await bob.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :three");
  await room.servesNewcomers();
});

Deno.test("a line that is not UTF-8 is answered with FAIL; the connection stays", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.everything();
  // Latin-1, an overlong slash, a surrogate, a cut character.
  for (const bad of [[0xe9], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe8, 0x8c]]) {
    await alice.sendBytes(new Uint8Array([...new TextEncoder().encode("PRIVMSG #tea :caf"), ...bad, 13, 10]));
    assertMatch((await alice.everything()).join("|"), /^:Teahouse\.local FAIL PRIVMSG INVALID_UTF8 :[^|]*$/);
  }
  await alice.send("PRIVMSG #tea :café");
  assertEquals(await bob.next(), ":alice!alice@127.0.0.1 PRIVMSG #tea :café");
  await room.servesNewcomers();
});

Deno.test("half a line at the end of a connection is not said", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.sees(":bob!bob@127.0.0.1 JOIN #tea");
  await bob.send("PRIVMSG #tea :a whole line");
  await bob.sendBytes(new TextEncoder().encode("PRIVMSG #tea :half a li"));
  await bob.closeWrite();
  assertEquals(await alice.next(), ":bob!bob@127.0.0.1 PRIVMSG #tea :a whole line");
  assertMatch(await alice.next() ?? "", /^:bob!bob@127\.0\.0\.1 QUIT :/);
  assertMatch((await bob.rest()).join(), /^ERROR :/);
  await room.servesNewcomers();
});

const noPython = !await isInstalled("python3");

/** Brings 20 people in and, for each line on its input, resets one connection (Deno cannot set SO_LINGER). */
const RESETS = `
import socket, struct, sys
people = []
for i in range(20):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.sendall(f"NICK eve{i}\\r\\nUSER eve 0 * :eve\\r\\nJOIN #tea\\r\\n".encode())
    people.append(s)
for line in sys.stdin:
    people.pop().close()
`;

Deno.test(
  `connections that are reset during a broadcast do not disturb it${skipped(noPython ? ["python3"] : [])}`,
  { ignore: noPython },
  async () => {
    await using room = await openRoom(["--flood-limit", "0"]);
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    const eves = new Deno.Command("python3", { args: ["-c", RESETS, `${room.port}`], stdin: "piped" }).spawn();
    const hangUp = eves.stdin.getWriter();
    for (let i = 0; i < 20; i++) await bob.sees(/^:eve\d+!eve@127\.0\.0\.1 JOIN #tea$/);

    const count = 20_000;
    const saying = (async () => {
      for (let i = 0; i < count; i += 1000) {
        await alice.send(...Array.from({ length: 1000 }, (_, j) => `PRIVMSG #tea :line ${i + j}`));
        await hangUp.write(new Uint8Array([10]));
      }
    })();
    const lines: string[] = [];
    const ends: string[] = [];
    while (lines.length < count || ends.length < 20) {
      const line = await bob.next() ?? "nothing";
      (line.includes(" PRIVMSG ") ? lines : ends).push(line);
    }
    await saying;
    await hangUp.close();
    await eves.status;
    for (const line of ends) assertMatch(line, /^:eve\d+!eve@127\.0\.0\.1 QUIT :Connection reset$/);
    assertEquals(lines, Array.from({ length: count }, (_, i) => `:alice!alice@127.0.0.1 PRIVMSG #tea :line ${i}`));
    await room.servesNewcomers();
    assertEquals(errorsOf(room), []);
  },
);

const noNetcat = !await isInstalled("nc");

Deno.test(
  `printf | nc -N: what it says is relayed, and it gets its answers${skipped(noNetcat ? ["nc"] : [])}`,
  { ignore: noNetcat },
  async () => {
    await using room = await openRoom();
    const alice = await room.person("alice", { join: "#tea" });
    const lines = ["NICK bob", "USER bob 0 * :bob", "JOIN #tea", "PRIVMSG #tea :hello from a pipe", ""];
    const { code, stdout } = await run("nc", ["-N", "127.0.0.1", `${room.port}`], lines.join("\r\n"));
    assertEquals(await alice.next(), ":bob!bob@127.0.0.1 JOIN #tea");
    assertEquals(await alice.next(), ":bob!bob@127.0.0.1 PRIVMSG #tea :hello from a pipe");
    assertMatch(await alice.next() ?? "", /^:bob!bob@127\.0\.0\.1 QUIT :/);
    assertEquals(code, 0);
    assertMatch(stdout, /^:Teahouse\.local 001 bob [^]* 366 bob #tea [^]*\r\nERROR :Closing link: \([^]*\)\r\n$/);
  },
);

Deno.test("a QUIT just before the end of a half-closed connection is told with its reason", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.stranger("bob");
  await bob.send("NICK bob", "USER bob 0 * :bob", "JOIN #tea", "PRIVMSG #tea :hello", "QUIT :so long");
  await bob.closeWrite();
  assertEquals(await alice.next(), ":bob!bob@127.0.0.1 JOIN #tea");
  assertEquals(await alice.next(), ":bob!bob@127.0.0.1 PRIVMSG #tea :hello");
  assertEquals(await alice.next(), ":bob!bob@127.0.0.1 QUIT :Quit: so long");
  const lines = await bob.rest();
  assertMatch(lines[0], / 001 bob /);
  assertEquals(lines.at(-1), "ERROR :Closing link: (Quit: so long)");
});

Deno.test("60 lines pasted by one who then half-closes arrive, all and in order, at the flood limit's pace", async () => {
  await using room = await openRoom(["--flood-limit", "8"]);
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.sees(":bob!bob@127.0.0.1 JOIN #tea");
  const texts = Array.from({ length: 60 }, (_, i) => `line ${i}`);
  const begun = Date.now();
  await bob.send(...texts.map((text) => `PRIVMSG #tea :${text}`));
  await bob.closeWrite();
  for (const text of texts) assertEquals(await alice.next(), `:bob!bob@127.0.0.1 PRIVMSG #tea :${text}`);
  // 40 lines are the burst; and the limit is one.
  assertLess(2_000, Date.now() - begun);
  assertMatch(await alice.next() ?? "", /^:bob!bob@127\.0\.0\.1 QUIT :/);
  await bob.rest();
});
