/**
 * People in one room by TCP and by WebSocket, and what is refused at its door.
 *
 * @module
 */

import { assertEquals, assertLess, assertNotEquals, assertStringIncludes } from "@std/assert";
import { connect } from "node:net";
import { openRoom, Person, type Room, runServer, SERVER_NAME } from "../room.ts";
import {
  BINARY,
  ByHand,
  CLOSE,
  comesByHand,
  CONTINUATION,
  frame,
  openWebSocket,
  PING,
  PONG,
  TEXT,
} from "../websocket.ts";

const SUBPROTOCOLS = ["text.ircv3.net", "binary.ircv3.net"];

Deno.test("one room by TCP and by WebSocket, as text and as binary: all see all, in one order, a line a message", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const people = [await room.person("alice", { join: "#tea" })];
  for (const [i, over] of SUBPROTOCOLS.entries()) {
    people.push(await room.person(["bob", "carol"][i], { over, join: "#tea" }));
  }
  for (const person of people) await person.everything();
  const said: string[] = [];
  const seen: string[][] = people.map(() => []);
  for (let i = 0; i < 60; i++) {
    const { nick } = people[i % 3];
    const text = `${i} 水开了 🍵👩‍👩‍👧 ${"茶".repeat(i * 2)}`;
    said.push(`:${nick}!${nick}@127.0.0.1 PRIVMSG #tea :${text}`);
    await people[i % 3].send(`PRIVMSG #tea :${text}`);
    // Now it has been said; what came until then is seen first.
    seen[i % 3].push(...await people[i % 3].everything());
  }
  for (const [i, person] of people.entries()) {
    seen[i].push(...await person.everything());
    assertEquals(seen[i], said.filter((line) => !line.startsWith(`:${person.nick}!`)), person.nick);
  }
  await people[1].send(...Array.from({ length: 300 }, (_, i) => `PRIVMSG #tea :line ${i}`));
  await people[1].everything();
  for (const person of [people[0], people[2]]) {
    const expected = Array.from({ length: 300 }, (_, i) => `:bob!bob@127.0.0.1 PRIVMSG #tea :line ${i}`);
    assertEquals(await person.everything(), expected);
  }
  await people[2].send("QUIT :茶凉了");
  assertStringIncludes((await people[2].rest()).at(-1)!, "ERROR :");
  await people[1].sees(/^:carol!.* QUIT :Quit: 茶凉了$/);
});

Deno.test("a WebSocket without a subprotocol is sent text; of several the first that is known is taken", async () => {
  await using room = await openRoom();
  for (
    const [asked, given] of [
      [undefined, undefined],
      ["soap, binary.ircv3.net, text.ircv3.net", "binary.ircv3.net"],
      ["soap", undefined],
    ]
  ) {
    using peer = await ByHand.connect(await room.page());
    await peer.request("/", {
      "Host": new URL(await room.page()).host,
      "Connection": "keep-alive, Upgrade",
      "Upgrade": "WebSocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...(asked && { "Sec-WebSocket-Protocol": asked }),
    });
    const head = await peer.head();
    assertStringIncludes(head, "HTTP/1.1 101 ");
    assertEquals(/^sec-websocket-protocol: (.*)$/im.exec(head)?.[1], given);
    await peer.write(frame(TEXT, "PING :are you there?"));
    const answer = await peer.frame();
    assertEquals(answer?.kind, given === "binary.ircv3.net" ? BINARY : TEXT);
    assertStringIncludes(answer!.text, "are you there?");
  }
});

Deno.test("what a message is made of makes no difference: line ends, several lines, parts, a ping between", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#tea" });
  using bob = await ByHand.asks(await room.page());
  const says = (text: string) => alice.sees(`:bob!bob@127.0.0.1 PRIVMSG #tea :${text}`);
  await bob.write(
    frame(TEXT, "NICK bob\r\nUSER bob 0 * :bob\nJOIN #tea\r\n\r\nPRIVMSG #tea :one\r\nPRIVMSG #tea :two"),
  );
  await says("one");
  await says("two");
  await bob.write(frame(BINARY, "PRIVMSG #tea :three\r\n"));
  await says("three");
  const line = new TextEncoder().encode("PRIVMSG #tea :茶");
  await bob.write(frame(TEXT, line.subarray(0, -1), false));
  await bob.write(frame(PING, "well?"));
  await bob.write(frame(CONTINUATION, line.subarray(-1), false));
  await bob.write(frame(CONTINUATION, ""));
  await says("茶");
  await bob.sees("well?");
  await bob.write(frame(TEXT, ""));
  await bob.write(new Uint8Array([...frame(TEXT, "PRIVMSG #tea :five"), ...frame(TEXT, "PRIVMSG #tea :six")]));
  await says("five");
  await says("six");
  // A message that does not end its line has ended it all the same.
  await bob.write(frame(TEXT, "PRIVMSG #tea :sev"));
  await bob.write(frame(TEXT, "en"));
  await says("sev");
  await bob.sees(/ 421 bob en :/);
  await room.servesNewcomers();
});

Deno.test("what is no UTF-8, or too long, is told and dropped; the WebSocket stays", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#tea" });
  using bob = await comesByHand(room, "bob", { "Sec-WebSocket-Protocol": "binary.ircv3.net" });
  await bob.write(frame(BINARY, new Uint8Array([...new TextEncoder().encode("PRIVMSG #tea :"), 0xff, 0xfe])));
  await bob.sees(/ FAIL PRIVMSG INVALID_UTF8 :/);
  for (const length of [600, 9_000]) {
    await bob.write(frame(BINARY, `PRIVMSG #tea :${"x".repeat(length)}`));
    await bob.sees(/ 417 bob :/);
  }
  await bob.write(frame(BINARY, `@+a=${"b".repeat(5_000)} PRIVMSG #tea :tags`));
  await bob.sees(/ 417 bob :/);
  await bob.write(frame(BINARY, "PRIVMSG #tea :NUL\0here"));
  await bob.write(frame(BINARY, "PRIVMSG #tea :still here"));
  await alice.sees(":bob!bob@127.0.0.1 PRIVMSG #tea :still here");
});

/** Frames as a client must not send them, or larger or more than any line needs, and how they end. */
const HOSTILE: Record<string, { bytes: number[] | Uint8Array; code: number | undefined }> = {
  "without a mask": { bytes: [0x81, 0x01, 0x61], code: 1002 },
  "with a reserved bit": { bytes: [0xf1, 0x81, 0, 0, 0, 0, 0x61], code: 1002 },
  "of an unknown kind": { bytes: [0x83, 0x80, 0, 0, 0, 0], code: 1002 },
  "that continues nothing": { bytes: frame(CONTINUATION, "a"), code: 1002 },
  "that is no UTF-8": { bytes: [0x81, 0x81, 0, 0, 0, 0, 0xff], code: 1007 },
  "of 10 KB": { bytes: frame(TEXT, "a".repeat(10_000)), code: 1009 },
  "of 50 MB": { bytes: [0x81, 0xff, 0, 0, 0, 0, 0x02, 0xfa, 0xf0, 0x80, 0, 0, 0, 0], code: 1009 },
  "that is the 65th of its message": {
    bytes: [...frame(TEXT, "a", false), ...Array(64).fill([...frame(CONTINUATION, "a", false)]).flat()],
    code: 1008,
  },
  "that closes with a code that nobody may send": { bytes: frame(CLOSE, new Uint8Array([3, 0xed])), code: 1002 },
};

Deno.test("a frame that breaks a rule ends its WebSocket, and the room goes on", async (test) => {
  await using room = await openRoom();
  for (const [kind, { bytes, code }] of Object.entries(HOSTILE)) {
    await test.step(`a frame ${kind}`, async () => {
      const alice = await room.person("alice", { join: "#tea" });
      using bob = await comesByHand(room, "bob");
      await bob.write(new Uint8Array(bytes)).catch(() => {});
      await alice.sees(/^:bob!bob@127.0.0.1 QUIT :/);
      await room.servesNewcomers();
      assertEquals(await bob.ends(), code);
      await alice.send("QUIT");
      await alice.rest();
    });
  }
});

Deno.test("who sends pings and does not read is held back, and ended where nothing holds it back; the room goes on", async () => {
  const pings = new Uint8Array(Array(20_000).fill([...frame(PING, "a".repeat(125))]).flat());
  {
    await using room = await openRoom();
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await comesByHand(room, "bob");
    const writing = bob.write(pings).catch(() => {});
    await room.servesNewcomers();
    bob.conn.close();
    await alice.sees(/^:bob!bob@127.0.0.1 QUIT :/);
    await writing;
  }
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#tea" });
  using bob = await comesByHand(room, "bob");
  const writing = (async () => {
    // More than the system takes of pongs that are not read.
    for (let i = 0; i < 20; i++) await bob.write(pings);
  })().catch(() => {});
  await alice.sees(/^:bob!bob@127.0.0.1 QUIT :/);
  await writing;
  await room.servesNewcomers();
});

/** Whatever ends a session that still talks: what its WebSocket sends, what it then sees, and what it goes on to send. */
const ENDS: Record<string, { flags?: string[]; sends: string; sees: RegExp; then: string[] }> = {
  // The last two of these lines wait for the flood limit.
  "has quit while its lines wait": { sends: `${"PING 1\r\n".repeat(21)}QUIT`, sees: / PONG /, then: ["PING 2"] },
  "has quit": { sends: "QUIT", sees: /^ERROR /, then: [...Array(500).fill("PING 1"), "QUIT"] },
  "has quit and sends large messages": { sends: "QUIT", sees: /^ERROR /, then: Array(70).fill("a".repeat(4_000)) },
  "does not know the password": {
    flags: ["--password", "tea"],
    sends: "PASS milk\r\nNICK bob\r\nUSER b 0 * :b",
    sees: /^ERROR /,
    then: ["PING 1"],
  },
};

/** What takes the 3 s that somebody has to close its side. */
const OVER = new Map<string, () => Promise<void>>();

for (const [how, { flags = [], sends, sees, then }] of Object.entries(ENDS)) {
  OVER.set(`a WebSocket that ${how} and talks on holds up nobody, and is over`, async () => {
    await using room = await openRoom(flags);
    using bob = await ByHand.asks(await room.page());
    await bob.write(frame(TEXT, sends));
    await bob.sees(sees);
    for (const text of then) await bob.write(frame(TEXT, text)).catch(() => {});
    await bob.ends();
    assertEquals(await (await fetch(new URL("/health", await room.page()))).text(), "ok\n");
    room.kill("SIGTERM");
    assertEquals(await room.ended(), 0);
  });
}

OVER.set("a page that is thrown out, or is one too many, while it talks is over, and holds up nobody", async () => {
  await using room = await openRoom(["--max-per-ip", "2", "--flood-limit", "0", "--oper", "alice:tea"]);
  const alice = await room.person("alice", { join: "#tea" });
  await alice.send("OPER alice tea");
  await alice.sees(/ 381 /);
  using bob = await comesByHand(room, "bob");
  const talk = Array(300).fill([...frame(TEXT, "PING 1"), ...frame(PING, "")]).flat();
  using carol = await ByHand.asks(await room.page());
  await carol.write(new Uint8Array(talk)).catch(() => {});
  await carol.sees("ERROR :Closing link: (Too many connections from your address)");
  await carol.write(new Uint8Array(talk)).catch(() => {});
  await bob.write(new Uint8Array(talk));
  await alice.send("KILL bob :enough tea");
  await bob.write(new Uint8Array(talk)).catch(() => {});
  await alice.sees(/^:bob!bob@127.0.0.1 QUIT :/);
  await bob.ends();
  await carol.ends();
  assertEquals(await alice.everything(), []);
  room.kill("SIGTERM");
  assertEquals(await room.ended(), 0);
});

Deno.test("frames without a line cost those who send them as lines do, and nobody else waits", async () => {
  const empty = [frame(TEXT, ""), frame(TEXT, "\r\n"), frame(PING), frame(PONG)];
  await using room = await openRoom();
  const alice = await room.person("alice");
  const floods: ByHand[] = [];
  let answered = 0;
  const answers = empty.map(async (content) => {
    const peer = await ByHand.asks(await room.page());
    floods.push(peer);
    // It ends without an answer when it is closed.
    const answer = peer.sees(/ PONG /).then(() => answered++, () => {});
    await peer.write(new Uint8Array(Array(2_000).fill([...content]).flat())).catch(() => {});
    await peer.write(frame(TEXT, "PING 1")).catch(() => {});
    await answer;
  });
  // Alice may say 20 lines at once and four in each second, so this takes 2 s.
  const waits: number[] = [];
  for (let i = 0; i < 28; i++) {
    const begun = performance.now();
    await alice.send(`PING ${i}`);
    await alice.sees(new RegExp(`:${i}$`));
    waits.push(performance.now() - begun);
  }
  assertLess(Math.max(...waits), 2_000);
  assertEquals(answered, 0);
  for (const { conn } of floods) conn.close();
  await Promise.all(answers);
});

Deno.test("of two lines that come one right after the other the first is handled first, by WebSocket as by TCP", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice");
  using bob = await comesByHand(room, "bob");
  let reversed = 0;
  for (let i = 0; i < 30; i++) {
    await bob.write(frame(TEXT, `PRIVMSG alice :${i}`));
    await alice.send(`PING ${i}`);
    const [first, second] = [await alice.next(), await alice.next()].map((line) => line!.split(" ")[1]);
    assertEquals([first, second].toSorted(), ["PONG", "PRIVMSG"]);
    if (first === "PONG") reversed++;
  }
  // Of two sockets that are both readable by the time it looks, the system may name the second one first.
  assertLess(reversed, 4, "the second line first");
});

OVER.set("who never answers a close is gone from the room at once, and cut off soon", async () => {
  await using room = await openRoom(["--log-level", "debug"]);
  const alice = await room.person("alice", { join: "#tea" });
  using bob = await comesByHand(room, "bob");
  await bob.write(frame(TEXT, "QUIT :my tea is ready"));
  await alice.sees(":bob!bob@127.0.0.1 QUIT :Quit: my tea is ready");
  await bob.sees(/^ERROR :/);
  // It has 3 s; the WebSocket itself would wait 30.
  assertEquals(await bob.ends(), 1000);
  await room.logs(/connection from 127.0.0.1 closed$/);
});

Deno.test("a session that is over is over for the others at once, and for its WebSocket soon", async (test) => {
  const options = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
  await Promise.all(OVER.entries().map(([name, fn]) => test.step({ name, fn, ...options })));
});

Deno.test("who closes a WebSocket, or lets go of it, has left the room", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#tea" });
  using bob = await comesByHand(room, "bob");
  await bob.write(frame(CLOSE, new Uint8Array([0x03, 0xe8])));
  await alice.sees(/^:bob!bob@127.0.0.1 QUIT :/);
  assertEquals(await bob.ends(), 1000);
  (await comesByHand(room, "carol")).conn.close();
  await alice.sees(/^:carol!carol@127.0.0.1 QUIT :/);
  using dave = await comesByHand(room, "dave");
  await dave.conn.closeWrite();
  await alice.sees(/^:dave!dave@127.0.0.1 QUIT :/);
});

for (const end of ["a close frame", "its end", "closing all"]) {
  Deno.test(`who has said too much and goes by ${end} is soon gone, and what waits is not waited for`, async () => {
    await using room = await openRoom();
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await comesByHand(room, "bob");
    // He may say 20 lines at once and 4 in a second.
    const said = Array.from({ length: 150 }, (_, i) => `${i} ${"x".repeat(60)}`);
    const frames = said.map((text) => frame(TEXT, `PRIVMSG #tea :${text}`));
    await bob.write(new Uint8Array(frames.slice(0, 25).flatMap((bytes) => [...bytes])));
    await alice.sees(/ :20 /);
    await bob.write(new Uint8Array(frames.slice(25).flatMap((bytes) => [...bytes])));
    if (end === "a close frame") await bob.write(frame(CLOSE, new Uint8Array([1001 >> 8, 1001 & 0xff])));
    else if (end === "its end") await bob.conn.closeWrite();
    else bob.conn.close();
    const heard: string[] = [];
    for (let line = await alice.next(); !line!.includes(" QUIT "); line = await alice.next()) heard.push(line!);
    assertLess(heard.length, 8);
    // What he had said, and what he could say in another second, is heard.
    assertEquals(heard, said.slice(21, 21 + heard.length).map((text) => `:bob!bob@127.0.0.1 PRIVMSG #tea :${text}`));
    if (end !== "closing all") bob.conn.close();
    await room.person("bob");
  });
}

Deno.test("who has said too much over TCP and resets the connection is gone at once; who only ends it is heard out", async () => {
  await using room = await openRoom(["--flood-limit", "20"]);
  const alice = await room.person("alice", { join: "#tea" });
  const lines = (nick: string, count: number, length: number) =>
    [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "JOIN #tea"]
      .concat(Array.from({ length: count }, (_, i) => `PRIVMSG #tea :${i} ${"x".repeat(length)}`))
      .map((line) => `${line}\r\n`).join("");
  const write = async (conn: Deno.TcpConn, text: string) => {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
  };
  const bob = connect(room.port, "127.0.0.1");
  bob.write(lines("bob", 130, 60));
  await alice.sees(/ :90 /);
  bob.resetAndDestroy();
  let heard = 0;
  for (let line = await alice.next(); !line!.includes(" QUIT "); line = await alice.next()) heard++;
  assertLess(heard, 30);

  const carol = await room.connect();
  await write(carol, lines("carol", 150, 400));
  await carol.closeWrite();
  for (let i = 0; i < 150; i++) await alice.sees(new RegExp(`^:carol!.* :${i} x+$`));
  await alice.sees(":carol!carol@127.0.0.1 QUIT :Connection closed");
});

Deno.test("when the room closes each is told, and its WebSocket says that it goes away", async () => {
  await using room = await openRoom();
  const wires = await Promise.all(SUBPROTOCOLS.map(async (over) => await openWebSocket(await room.page(), over)));
  const people = wires.map((wire, i) => new Person(["alice", "bob"][i], wire));
  for (const person of people) {
    await person.send(`NICK ${person.nick}`, `USER ${person.nick} 0 * :x`);
    await person.everything();
  }
  room.kill("SIGTERM");
  for (const [i, person] of people.entries()) {
    assertEquals((await person.rest()).at(-1), "ERROR :Closing link: (The room is closing)");
    assertEquals(await wires[i].closed, 1001);
    await person[Symbol.asyncDispose]();
  }
  assertEquals(await room.ended(), 0);
});

Deno.test("a page from elsewhere may not open the WebSocket, the room's own may", async () => {
  await using room = await openRoom();
  const { origin, host, port } = new URL(await room.page());
  const cases: [origin: string, host: string, code: number][] = [
    ["http://elsewhere.example", host, 403],
    ["null", host, 403],
    ["http://127.0.0.1", host, 403],
    [`http://127.0.0.2:${port}`, host, 403],
    [`http://localhost:${port}`, host, 403],
    [`file://${host}`, host, 403],
    ["http://elsewhere.example", "elsewhere.example", 421],
    [origin, host, 101],
    [`http://localhost:${port}`, `LOCALHOST:${port}`, 101],
  ];
  for (const [from, to, code] of cases) {
    using peer = await ByHand.asks(await room.page(), { Origin: from, Host: to });
    assertStringIncludes(peer.status, ` ${code} `, `${from} at ${to}`);
  }
});

Deno.test("who has a name of elsewhere lead here is told nothing; a name that was allowed is the room's", async () => {
  await using room = await openRoom(["--allow-host", "tea.example,chat.example"]);
  const { port } = new URL(await room.page());
  const cases: [host: string, code: number][] = [
    ...["elsewhere.example", `elsewhere.example:${port}`, "tea.example.elsewhere.example", "a b", "", "tea.example@x"]
      .map((host) => [host, 421] as [string, number]),
    ...[`tea.example:${port}`, "CHAT.example.", "127.0.0.1", "[::1]:80", "kettle", "kettle.local"]
      .map((host) => [host, 200] as [string, number]),
  ];
  for (const [host, code] of cases) {
    using peer = await ByHand.connect(await room.page());
    await peer.request("/health", { Host: host });
    assertStringIncludes(await peer.head(), `HTTP/1.1 ${code} `, host);
  }
});

Deno.test("X-Forwarded-For is believed of a trusted proxy only, from its end, and is then who counts", async () => {
  const headers = { "X-Forwarded-For": "198.51.100.1, 203.0.113.7, 127.0.0.9", "X-Forwarded-Host": "tea.example" };
  const whois = async (room: Room) => {
    const alice = await room.person("alice", { join: "#tea" });
    using _bob = await comesByHand(room, "bob", { ...headers, Origin: "https://tea.example" });
    await alice.send("WHOIS bob");
    return (await alice.sees(/ 311 /)).split(" ")[5];
  };
  {
    await using room = await openRoom(["--trust-proxy", "127.0.0.0/8", "--max-per-ip", "2"]);
    assertEquals(await whois(room), "203.0.113.7");
    const more = [await comesByHand(room, "carol", headers), await comesByHand(room, "dave", headers)];
    using refused = await ByHand.asks(await room.page(), headers);
    await refused.sees("ERROR :Closing link: (Too many connections from your address)");
    for (const peer of more) peer.conn.close();
  }
  await using room = await openRoom();
  using refused = await ByHand.asks(await room.page(), { ...headers, Origin: "https://tea.example" });
  assertStringIncludes(refused.status, " 403 ");
  const alice = await room.person("alice", { join: "#tea" });
  using _bob = await comesByHand(room, "bob", headers);
  await alice.send("WHOIS bob");
  assertEquals((await alice.sees(/ 311 /)).split(" ")[5], "127.0.0.1");
});

Deno.test("--max-per-ip counts both ways in together", async () => {
  await using room = await openRoom(["--max-per-ip", "2"]);
  await room.person("alice", { join: "#tea" });
  await room.person("bob", { join: "#tea", over: "text.ircv3.net" });
  for (const over of [undefined, ...SUBPROTOCOLS]) {
    const refused = await room.stranger("carol", over);
    assertEquals(await refused.rest(), ["ERROR :Closing link: (Too many connections from your address)"]);
  }
});

Deno.test("connections that only ask for the page are bounded, too, and do not keep people out", async () => {
  await using room = await openRoom(["--max-per-ip", "4"]);
  const page = await room.page();
  const conns: ByHand[] = [];
  for (let i = 0; i < 20; i++) {
    const peer = await ByHand.connect(page);
    await peer.request("/health", { Host: new URL(page).host });
    assertStringIncludes(await peer.head(), " 200 ");
    conns.push(peer);
  }
  using beyond = await ByHand.connect(page);
  assertEquals(await beyond.ends(), undefined);
  await room.servesNewcomers();
  for (const peer of conns) peer.conn.close();
});

Deno.test("no more files to open: who is inside is served, and the page when others go", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using room = await openRoom([], { openFiles: 64 });
  const page = await room.page();
  const alice = await room.person("alice", { join: "#tea" });
  using bob = await comesByHand(room, "bob");
  const conns: ByHand[] = [];
  for (let i = 0; i < 100; i++) conns.push(await ByHand.connect(page));
  await room.logs(/the page's server: cannot accept .*Too many open files/);
  await alice.send("PRIVMSG #tea :it is crowded");
  await bob.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :it is crowded");
  for (const peer of conns) peer.conn.close();
  assertEquals(await (await fetch(new URL("/health", page))).text(), "ok\n");
  await room.servesNewcomers();
});

Deno.test("--web-port: a port that is in use is refused in one line where it was asked for, else the next one serves", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const flags = ["--host", "127.0.0.1", "--port", "0", "--db", ":memory:", "--web-port", `${port}`];
  const { code, stderr } = await runServer(...flags);
  assertEquals([code, stderr], [1, `${SERVER_NAME}: port ${port} is in use; choose another with --web-port\n`]);

  // Where something else has 8080 already, that serves as well.
  let usual: Deno.TcpListener | undefined;
  try {
    usual = Deno.listen({ hostname: "127.0.0.1", port: 8080 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  }
  using _ = usual;
  await using room = await openRoom([], { page: "default" });
  const page = await room.page();
  assertNotEquals(new URL(page).port, "8080");
  assertEquals(await (await fetch(new URL("/health", page))).text(), "ok\n");
});

Deno.test("--no-web: there is no page, and it goes with no port of one", async () => {
  await using room = await openRoom([], { page: false });
  await room.servesNewcomers();
  assertEquals(room.log.filter((line) => line.includes("page")), []);
  const { code, stderr } = await runServer("--no-web", "--web-port", "0");
  assertEquals([code, stderr], [2, `${SERVER_NAME}: --web-port and --no-web exclude each other\n`]);
});

Deno.test("pings are answered with what they hold", async () => {
  await using room = await openRoom();
  using bob = await ByHand.asks(await room.page());
  for (const content of ["", "well?", "茶".repeat(41)]) {
    await bob.write(frame(PING, content));
    const answer = await bob.frame();
    assertEquals([answer?.kind, answer?.text], [PONG, content]);
  }
});
