/** Devices of a whole server: the page's cookie, other origins, a restart, guesses, and what a stolen database opens. */

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openFolder, openRoom, type Person, type Room } from "./room.ts";
import { ByHand, frame, TEXT } from "./websocket.ts";

/** What a page sends that asks for the WebSocket. */
function handshake(page: string, headers: Record<string, string> = {}): Record<string, string> {
  return {
    "Host": new URL(page).host,
    "Origin": new URL(page).origin,
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
}

/** A page that has opened the WebSocket, and the headers of the answer. */
async function opens(room: Room, headers: Record<string, string> = {}): Promise<{ peer: ByHand; head: string }> {
  const page = await room.page();
  const peer = await ByHand.connect(page);
  await peer.request("/irc", handshake(page, headers));
  return { peer, head: await peer.head() };
}

/** The cookie that an answer sets, as it is sent back; undefined where it sets none. */
function cookieOf(head: string): string | undefined {
  return /^set-cookie: (\S+?=[^;]+);/im.exec(head)?.[1];
}

async function says(peer: ByHand, ...lines: string[]): Promise<void> {
  for (const line of lines) await peer.write(frame(TEXT, line));
}

/** A page that has come in, and its cookie. */
async function page(
  room: Room,
  nick: string,
  cookie?: string,
): Promise<{ peer: ByHand; cookie: string; head: string }> {
  const { peer, head } = await opens(room, cookie === undefined ? {} : { Cookie: cookie });
  await says(peer, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
  await peer.sees(/ 422 /);
  return { peer, cookie: cookieOf(head) ?? cookie!, head };
}

/** The cookie that a page is given for the token that it is told next, as its script asks for it. */
async function renews(room: Room, peer: ByHand, cookie: string, headers: Record<string, string> = {}): Promise<string> {
  const token = / DEVICE COOKIE (\S+)$/.exec(await peer.sees(/ DEVICE COOKIE /))![1];
  const response = await asksFor(room, token, cookie, headers);
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
  const renewed = /^(\S+?=[^;]+);.*; HttpOnly; SameSite=Strict; Max-Age=31536000$/.exec(
    response.headers.get("set-cookie")!,
  )![1];
  assert(renewed !== cookie);
  return renewed;
}

/** What a page's script sends that has a token. */
async function asksFor(room: Room, token: string, Cookie: string, headers: Record<string, string> = {}) {
  const address = await room.page();
  const Origin = new URL(address).origin;
  return await fetch(new URL("cookie", address), {
    method: "POST",
    headers: { Origin, Cookie, "Teahouse-Renewal": token, ...headers },
  });
}

async function leaves(peer: ByHand): Promise<void> {
  await says(peer, "QUIT");
  await peer.sees(/^ERROR /);
  peer[Symbol.dispose]();
}

/** Logs in by SASL PLAIN, and gives the numeric that ends it. */
async function logsIn(person: Person, name: string, password: string): Promise<string> {
  await person.send("CAP REQ sasl", "AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0${name}\0${password}`)}`);
  return / (90[34]) /.exec(await person.sees(/ 90[34] /))![1];
}

Deno.test("a page is given a cookie that scripts and other sites have nothing of, and comes back by it", async () => {
  await using room = await openRoom();
  const { peer: alice, cookie, head } = await page(room, "alice");
  assertMatch(
    head,
    /^set-cookie: teahouse-[\da-f]{12}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=31536000$/im,
  );
  const bob = await room.person("bob");
  await bob.send("PRIVMSG alice :only for this device");
  await alice.sees(/only for this device$/);
  await says(alice, "JOIN #tea", "PING joined");
  await alice.sees(/ PONG .*joined$/);
  await leaves(alice);
  // Another page at the same address and with the same nick sees nothing of it.
  const { peer: other, head: otherHead } = await page(room, "alice");
  assert(cookieOf(otherHead) !== cookie);
  await says(other, "CAP REQ :draft/chathistory batch", "CHATHISTORY LATEST bob * 9", "PING told");
  for (let line = ""; !/ PONG .*told$/.test(line);) {
    line = await other.sees(/./);
    assert(!line.includes("only for this device"), line);
  }
  await leaves(other);
  const { peer: again, head: againHead } = await page(room, "alice", `other=1; ${cookie}; more=2`);
  assertEquals(cookieOf(againHead), undefined, "it keeps its cookie");
  await again.sees(/^:alice!alice@127\.0\.0\.1 JOIN #tea$/);
  await says(again, "CAP REQ :draft/chathistory batch", "CHATHISTORY LATEST bob * 9");
  await again.sees(/ PRIVMSG alice :only for this device$/);
  await leaves(again);
  assert(!room.log.join("\n").includes(cookie.split("=")[1]));
});

Deno.test("the cookie is set by no other answer, goes over TLS only where the page came so, and lies below the page", async () => {
  await using room = await openRoom(["--trust-proxy", "127.0.0.1", "--base", "/chat/"]);
  const address = await room.page();
  const response = await fetch(address);
  await response.body?.cancel();
  assertEquals(response.headers.get("set-cookie"), null);
  const forwarded = { "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "tea.example" };
  const secure = await opens(room, { ...forwarded, Origin: "https://tea.example", "X-Forwarded-Proto": "https" });
  assertMatch(
    secure.head,
    /^set-cookie: __Secure-teahouse-\w+=\S+; Path=\/chat\/; HttpOnly; SameSite=Strict; Secure; /im,
  );
  const plain = await opens(room, { ...forwarded, Origin: "http://tea.example", "X-Forwarded-Proto": "http" });
  assertMatch(plain.head, /^set-cookie: teahouse-\w+=\S+; Path=\/chat\/; HttpOnly; SameSite=Strict; Max-Age/im);
  // A program that is no browser keeps no cookies.
  const { Origin: _, ...program } = handshake(address);
  using peer = await ByHand.connect(address);
  await peer.request("/irc", program);
  assertEquals(cookieOf(await peer.head()), undefined);
  for (const { peer } of [secure, plain]) peer[Symbol.dispose]();
});

Deno.test("the cookie of a person who does not stay signed in ends with the browser, and is set anew by each page", async () => {
  await using room = await openRoom();
  const address = await room.page();
  const asks = async (query: string, cookie?: string) => {
    using peer = await ByHand.connect(address);
    await peer.request(`/irc${query}`, handshake(address, cookie === undefined ? {} : { Cookie: cookie }));
    const head = await peer.head();
    return { cookie: cookieOf(head) ?? cookie, lasts: /^set-cookie: .*; Max-Age=31536000/im.test(head) };
  };
  assertEquals((await asks("?stays=0")).lasts, false);
  assertEquals((await asks("?stays=1")).lasts, true);
  // Somebody comes in, so that the device is known.
  const { peer, cookie } = await page(room, "alice");
  await leaves(peer);
  assertEquals(await asks("?stays=1", cookie), { cookie, lasts: true });
  assertEquals(await asks("?stays=0", cookie), { cookie, lasts: false });
  const { peer: silent, head } = await opens(room, { Cookie: cookie });
  silent[Symbol.dispose]();
  assertEquals(/^set-cookie:/im.test(head), false, "nothing was said of it");
});

Deno.test("a page of another origin can use nobody's cookie", async () => {
  await using room = await openRoom();
  const { peer: alice, cookie } = await page(room, "alice");
  await leaves(alice);
  for (const Origin of ["http://evil.example", "null", "http://127.0.0.1:1"]) {
    const { peer, head } = await opens(room, { Origin, Cookie: cookie });
    assertMatch(head, /^HTTP\/1\.1 403 /);
    assertEquals(cookieOf(head), undefined);
    peer[Symbol.dispose]();
  }
});

Deno.test("an unknown cookie is a guess: a new one is given, and too many of an address are refused at once", async () => {
  await using room = await openRoom();
  const { peer, cookie } = await page(room, "alice");
  await leaves(peer);
  const name = cookie.split("=")[0];
  // No text that could be a secret is no guess.
  for (let i = 0; i < 20; i++) {
    const { peer, head } = await opens(room, { Cookie: `${name}=nonsense` });
    assertMatch(cookieOf(head)!, /=[\w-]{43}$/);
    peer[Symbol.dispose]();
  }
  const began = performance.now();
  let [answered, refused] = [0, 0];
  const peers: ByHand[] = [];
  const guess = async (Cookie: string) => {
    const peer = await ByHand.connect(await room.page());
    peers.push(peer);
    await peer.request("/irc", handshake(await room.page(), { Cookie }));
    const head = await peer.head();
    if (head.startsWith("HTTP/1.1 101")) answered++;
    if (head.startsWith("HTTP/1.1 429")) refused++;
  };
  const guesses = Array.from({ length: 250 }, (_, i) => `${name}=${`${i}`.padStart(43, "x")}`);
  const all = guesses.map((one) => guess(one));
  // The owner of a cookie is let in all the same.
  const { peer: owner, head } = await page(room, "alice", cookie);
  const seconds = (performance.now() - began) / 1000;
  assertEquals(cookieOf(head), undefined);
  assertGreater(12 + seconds, answered, `${answered} of 250 guesses in ${seconds} s`);
  await leaves(owner);
  // Nobody waits for a turn, and keeps a connection by that.
  await Promise.all(all);
  assertEquals(answered + refused, 250);
  for (const peer of peers) peer[Symbol.dispose]();
});

Deno.test("many made-up cookies in one request are as many guesses, as far as they are looked at", async () => {
  await using room = await openRoom();
  const { peer, cookie } = await page(room, "alice");
  await leaves(peer);
  const name = cookie.split("=")[0];
  const began = performance.now();
  let answered = 0;
  for (let i = 0; i < 30; i++) {
    const fakes = Array.from({ length: 200 }, (_, j) => `${name}=${`${i}-${j}`.padStart(43, "x")}`);
    const { peer, head } = await opens(room, { Cookie: fakes.join("; ") });
    if (head.startsWith("HTTP/1.1 101")) answered++;
    peer[Symbol.dispose]();
  }
  const seconds = (performance.now() - began) / 1000;
  // Three are looked at; see the test above for how many guesses there may be.
  assertGreater((12 + seconds) / 3, answered, `${answered} requests of 3 guesses in ${seconds} s`);
});

Deno.test("devices outlive a restart: the guest, the login and the app password; what is stolen opens nothing", async () => {
  await using folder = await openFolder();
  const db = `${folder.path}/tea.db`;
  let cookies: string[], app: string, secret: string;
  {
    await using room = await openRoom(["--db", db]);
    const { peer: alice, cookie: guest } = await page(room, "alice");
    const { peer: bob, cookie: before } = await page(room, "bob");
    await says(bob, "CAP REQ teahouse.chat/device", "REGISTER * * opensesame");
    await bob.sees(/ REGISTER SUCCESS /);
    const account = await renews(room, bob, before);
    cookies = [guest, account];
    await says(bob, "PRIVMSG alice :before the restart", "DEVICES ADD :WeeChat");
    app = / SECRET \S+ (\S+) /.exec(await bob.sees(/ DEVICES SECRET /))![1];
    await alice.sees(/before the restart$/);
    const carol = await room.stranger("carol");
    await carol.send("CAP REQ teahouse.chat/device", "DEVICE NEW :terminal of carol");
    secret = / SECRET (\S+)$/.exec(await carol.sees(/ DEVICE SECRET /))![1];
    await carol.send("NICK carol", "USER carol 0 * :carol", "CAP END", "JOIN #tea");
    await carol.sees(/ 366 /);
    await says(alice, "PING last");
    await alice.sees(/ PONG .*last$/);
    for (const peer of [alice, bob]) peer[Symbol.dispose]();
  }
  const stolen = new DatabaseSync(db, { readOnly: true });
  const rows = stolen.prepare("SELECT * FROM devices").all();
  stolen.close();
  assertEquals(rows.map(({ name }) => name).sort(), [
    "Firefox on Linux",
    "Firefox on Linux",
    "WeeChat",
    "terminal of carol",
  ]);
  const bytes = new TextDecoder("latin1").decode(await Deno.readFile(db));
  for (const text of [...cookies.map((one) => one.split("=")[1]), app, app.replaceAll("-", ""), secret]) {
    assert(!bytes.includes(text), "a secret stands in the file");
  }
  await using room = await openRoom(["--db", db]);
  const { peer: bob, head } = await page(room, "bob", cookies[1]);
  assertEquals(cookieOf(head), undefined);
  await says(bob, "DEVICES LIST", "WHOIS bob");
  await bob.sees(/ DEVICES LIST \S+ \S+ 127\.0\.0\.1 this,here :Firefox on Linux$/);
  await bob.sees(/ 330 bob bob bob :/);
  const { peer: alice } = await page(room, "alice", cookies[0]);
  await says(alice, "CAP REQ :draft/chathistory batch", "CHATHISTORY LATEST bob * 9");
  await alice.sees(/ PRIVMSG alice :before the restart$/);
  const carol = await room.stranger("carol");
  await carol.send("CAP REQ teahouse.chat/device", `DEVICE RESUME ${secret}`);
  await carol.sees(/ DEVICE OK carol$/);
  await carol.send("NICK carol", "USER carol 0 * :carol", "CAP END");
  await carol.sees(":carol!carol@127.0.0.1 JOIN #tea");
  assertEquals(await logsIn(await room.stranger(), "bob", app), "903");
  const thief = await room.stranger();
  for (const { hash } of rows.slice(0, 2)) {
    assertEquals(await logsIn(thief, "bob", `${hash}`), "904");
    await thief.send("CAP REQ teahouse.chat/device", `DEVICE RESUME ${hash}`);
    await thief.sees(/ FAIL DEVICE INVALID_SECRET /);
  }
  for (const peer of [alice, bob]) await leaves(peer);
});

Deno.test("a login gives the page's browser another cookie, by a token that works once; the cookie before opens nothing", async () => {
  await using room = await openRoom();
  // Mallory was at this browser first, and has noted its cookie.
  const { peer: mallory, cookie: noted } = await page(room, "mallory");
  await leaves(mallory);
  const { peer: teacher } = await opens(room, { Cookie: noted });
  await says(teacher, "CAP REQ :teahouse.chat/device", "DEVICE RELEASE");
  const released = await renews(room, teacher, noted);
  await says(teacher, "NICK teacher", "USER teacher 0 * :teacher", "CAP END", "REGISTER * * opensesame");
  const token = / DEVICE COOKIE (\S+)$/.exec(await teacher.sees(/ DEVICE COOKIE /))![1];
  // Another tab of the browser that comes in between is to try again, or it would be given a cookie of its own.
  const { peer: tab, head } = await opens(room, { Cookie: released });
  assertMatch(head, /^HTTP\/1\.1 409 /);
  assertEquals(cookieOf(head), undefined);
  tab[Symbol.dispose]();
  for (
    const [wrong, headers, status] of [
      [token, { Origin: "http://evil.example" }, 403],
      ["x".repeat(43), {}, 404],
      ["", {}, 404],
    ] as const
  ) {
    const response = await asksFor(room, wrong, released, headers);
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("set-cookie")], [status, null]);
  }
  const answer = await asksFor(room, token, released);
  await answer.body?.cancel();
  const cookie = answer.headers.get("set-cookie")!.split(";")[0];
  const twice = await asksFor(room, token, released);
  await twice.body?.cancel();
  assertEquals([answer.status, twice.status], [200, 404]);
  await leaves(teacher);
  for (const old of [noted, released]) {
    const { peer, head } = await opens(room, { Cookie: old });
    // It opens nothing: it is refused for some seconds, and then displaced as one that nobody has.
    const given = cookieOf(head);
    assert(/^HTTP\/1\.1 409 /.test(head) || (given !== undefined && ![old, cookie].includes(given)), head);
    peer[Symbol.dispose]();
  }
  const { peer: back } = await opens(room, { Cookie: cookie });
  await says(back, "CAP REQ :teahouse.chat/device", "DEVICE STATUS");
  await back.sees(/ DEVICE OK teacher teacher$/);
  back[Symbol.dispose]();
  assert(!room.log.join("\n").includes(token));
});

Deno.test("pages that did not come in are no guesses when they are loaded again, however many of one address", async () => {
  await using room = await openRoom();
  const cookies: string[] = [];
  for (let i = 0; i < 12; i++) {
    const { peer, head } = await opens(room);
    cookies.push(cookieOf(head)!);
    peer[Symbol.dispose]();
  }
  const began = performance.now();
  for (const Cookie of cookies) {
    const { peer, head } = await opens(room, { Cookie });
    assert(cookieOf(head) !== undefined);
    peer[Symbol.dispose]();
  }
  // Twelve guesses would take 12 s.
  assert(performance.now() - began < 6_000);
});

Deno.test("a cookie that another program at the host name has set is used by nobody, beside the page's own", async () => {
  await using room = await openRoom();
  const { peer: alice, cookie } = await page(room, "alice");
  await leaves(alice);
  const { peer: mallory, cookie: foreign } = await page(room, "mallory");
  await leaves(mallory);
  const name = cookie.split("=")[0];
  const { head: unset, peer } = await opens(room, { Cookie: `${foreign}; ${cookie}` });
  assertEquals(cookieOf(unset), undefined, "it keeps its cookies");
  await says(peer, "CAP REQ :teahouse.chat/device", "DEVICE STATUS");
  await peer.sees(/ DEVICE NONE$/);
  peer[Symbol.dispose]();
  // One that is no device does not stand in the way.
  const { peer: again } = await opens(room, { Cookie: `${name}=${"z".repeat(43)}; ${cookie}` });
  await says(again, "CAP REQ :teahouse.chat/device", "DEVICE STATUS");
  await again.sees(/ DEVICE OK alice$/);
  again[Symbol.dispose]();
});
