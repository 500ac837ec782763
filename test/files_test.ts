/**
 * Files over real sockets: who sends them, what is kept of them, who reads them, and what is refused.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { cleanedJpeg, jpeg, png, SECRET } from "../server/files/testing.ts";
import { accountMask, parseServerMask } from "../server/room/bans.ts";
import { SteadyClock } from "../server/store/clock.ts";
import { Person } from "../server/testing.ts";
import { openWebSocket } from "./websocket.ts";
import { basic, FileRoom, untilSo } from "./file_sending.ts";

const PASSWORD = "a kettle and a cup";

Deno.test("alice sends a file and says where it is; bob reads it, who has no token", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const bob = await house.person("bob");
  const path = await house.sent(await house.token(alice), "tea at four", "when to come.txt");
  assertMatch(path, /^\/files\/[\w-]{22}\/when%20to%20come\.txt$/);
  const url = `http://127.0.0.1:${house.web.port}${path}`;
  await alice.send(`PRIVMSG #tea :${url}`);
  await bob.sees(new RegExp(`PRIVMSG #tea :${url}$`));
  const { status, headers, text } = await house.ask(path);
  assertEquals([status, text], [200, "tea at four"]);
  assertEquals(headers["content-disposition"].split(";")[0], "attachment");
  assertStringIncludes(headers["content-disposition"], "filename*=UTF-8''when%20to%20come.txt");
  assertEquals(headers["content-type"], "application/octet-stream");
  assertEquals(headers["x-content-type-options"], "nosniff");
  assertMatch(headers["content-security-policy"], /^default-src 'none';.* sandbox$/);
  assertEquals(headers["referrer-policy"], "no-referrer");
  assertEquals(headers["cross-origin-resource-policy"], "same-origin");
  const info = JSON.parse((await house.ask(`${path}?info`)).text);
  assertEquals(info, { name: "when to come.txt", type: "text/plain", size: 11, nick: "alice", at: house.now });
  // What follows the id is for people, and the id is for nobody else.
  assertEquals((await house.ask(path.replace(/[^/]+$/, "x"))).status, 200);
  assertEquals((await house.ask(`/files/${"A".repeat(22)}`)).status, 404);
  assertEquals((await house.ask("/files/../deno.json")).status, 404);
});

Deno.test("the room tells each client where files are sent, by the way by which it has come", async () => {
  await using house = new FileRoom();
  const alice = await house.room.stranger("alice");
  await alice.send("CAP LS 302", "NICK alice", "USER alice 0 * :alice", "CAP END");
  await alice.sees(/ CAP \S+ LS .* draft\/authtoken( |$)/);
  const line = await alice.sees(/ draft\/FILEHOST=/);
  const url = `http://127.0.0.1:${house.web.port}/files`;
  assertStringIncludes(line, ` draft/FILEHOST=${url} soju.im/FILEHOST=${url} draft/AUTHTOKEN `);
  const bob = await house.person("bob");
  await bob.send("TOKEN SERVICELIST", "TOKEN GENERATE PASTEBIN", "TOKEN WHAT");
  await bob.sees(new RegExp(` TOKEN SERVICE FILEHOST ${url} :`));
  await bob.sees(/ FAIL TOKEN UNKNOWN_SERVICE PASTEBIN :/);
  await bob.sees(/ FAIL TOKEN INVALID_PARAMS WHAT :/);
  await using carol = new Person("carol", await openWebSocket(`http://localhost:${house.web.port}/`, "text.ircv3.net"));
  await carol.send("NICK carol", "USER carol 0 * :carol");
  await carol.sees(new RegExp(` draft/FILEHOST=http://localhost:${house.web.port}/files `));
  const { status, headers } = await house.ask("/files", { method: "OPTIONS" });
  assertEquals(
    [status, headers["accept-post"], headers["tus-version"], headers["tus-extension"], headers["tus-max-size"]],
    [204, "*/*", "1.0.0", "creation,termination", "1048576"],
  );
});

Deno.test("a file's address can be opened by others, however its sender has come", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const { chat } = house.room;
  const doors = chat.doors()!;
  const { port } = house.web;
  const addressOf = async (headers: Record<string, string>) =>
    (await house.post(await house.token(alice), "tea", headers)).text.replace(/files\/.*/, "");
  chat.doors = () => ({ ...doors, elsewhere: ["192.168.1.5"] });
  assertEquals(await addressOf({}), `http://192.168.1.5:${port}/`);
  assertEquals(await addressOf({ Host: `kettle.local:${port}` }), `http://kettle.local:${port}/`);
  chat.doors = () => ({ ...doors, url: "https://tea.example/chat/" });
  assertEquals(await addressOf({}), "https://tea.example/chat/");
  // What is still to be sent goes on by the same way.
  const token = await house.token(alice);
  const { headers } = await house.create(token, 3);
  assertMatch(headers.location, new RegExp(`^http://127.0.0.1:${port}/files/`));
  const last = await house.patch(new URL(headers.location).pathname, token, 0, "tea");
  assertMatch(last.headers["content-location"], /^https:\/\/tea\.example\/chat\/files\//);
});

Deno.test("nobody sends a file but somebody in the room, or with an account", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const bob = await house.person("bob");
  const token = await house.token(alice);
  const refused = async (asked: Promise<{ status: number; text: string }>, status: number) => {
    const answer = await asked;
    assertEquals(answer.status, status, answer.text);
    assertEquals(answer.text.split("\n").length, 1);
  };
  await refused(house.ask("/files", { method: "POST", body: "tea", headers: { "Content-Length": 3 } }), 401);
  await refused(
    house.ask("/files", { method: "POST", body: "tea", headers: { "Content-Length": 3, Cookie: `teahouse=${token}` } }),
    401,
  );
  await refused(house.post("made-up", "tea"), 401);
  await refused(house.post(token, "tea", { Origin: "http://elsewhere.example" }), 403);
  // A refusal before it was looked at has not used it up, and one use does.
  const path = await house.sent(token, "tea");
  await refused(house.post(token, "tea"), 401);
  // Another one's token removes nothing of hers; her own does, in another session as well.
  const remove = (by: string) => house.ask(path, { method: "DELETE", headers: { Authorization: `Bearer ${by}` } });
  await refused(remove(await house.token(bob)), 403);
  assertEquals((await house.ask(path)).status, 200);
  const left = await house.token(bob);
  await bob.send("QUIT");
  await bob.rest();
  await untilSo("bob has left", () => house.room.chat.find("bob") === undefined);
  await refused(house.post(left, "tea"), 401);
  assertEquals((await remove(await house.token(alice))).status, 204);
  assertEquals((await house.ask(path)).status, 404);
  assertEquals(house.lying, []);
});

Deno.test("an IRC client sends by the password of its account or an app password, where nobody can read it on the way", async () => {
  await using house = new FileRoom();
  await house.accounts.register("alice", PASSWORD);
  const app = house.accounts.devices.makeAppPassword(house.accounts.identity("alice"), "phone", "127.0.0.1")!;
  const path = await house.sent(basic("alice", PASSWORD), "tea");
  assertEquals(JSON.parse((await house.ask(`${path}?info`)).text).nick, "alice");
  await house.sent(basic("Alice", app.secret), "tea");
  const wrong = await house.post(basic("alice", "guessed"), "tea");
  assertEquals([wrong.status, wrong.headers["www-authenticate"]], [401, 'Bearer realm="files"']);
  assertEquals((await house.post(basic("nobody", PASSWORD), "tea")).status, 401);
  const plain = await house.post(basic("alice", PASSWORD), "tea", { "X-Forwarded-For": "10.0.0.7" });
  assertEquals([plain.status, plain.text], [
    403,
    "a password is taken over https alone: others on the way could read it",
  ]);
  assertEquals(house.lying.length, 2);
});

Deno.test("whoever is banned from the room goes on with no file, by a token or a password, and what is just coming is none", async () => {
  await using house = new FileRoom();
  await house.accounts.register("alice", PASSWORD);
  const { bans } = house.room.chat;
  const mask = accountMask("alice");
  const ban = () => bans.add({ mask, setter: "bob", setAt: house.now, endsAt: 0, reason: "noise" });
  const begin = async () => {
    const created = await house.create(basic("alice", PASSWORD), 9);
    return new URL(created.headers.location).pathname;
  };
  const path = await begin();
  const token = await house.token(await house.person("carol"));
  const guests = new URL((await house.create(token, 9)).headers.location).pathname;
  const coming = await begin();
  const cut = await house.byHand(
    `PATCH ${coming} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nAuthorization: ${
      basic("alice", PASSWORD)
    }\r\n` +
      "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 9\r\n" +
      "Connection: close\r\n\r\n",
    Buffer.from("tea "),
  );
  await untilSo("it comes", () => Deno.statSync(`${house.folder}/files/${coming.split("/")[2]}.part`).size === 4);
  ban();
  for (
    const answer of [
      await house.patch(path, basic("alice", PASSWORD), 0, "tea"),
      await house.head(path, basic("alice", PASSWORD)),
      await house.create(basic("alice", PASSWORD), 9),
    ]
  ) assertEquals(answer.status, 403);
  await cut.write("at 4.");
  assertStringIncludes(await cut.rest(), "HTTP/1.1 403 ");
  assertEquals((await house.ask(coming)).status, 404);
  // Another person at that address is not concerned, until the address is banned, too.
  assertEquals((await house.patch(guests, token, 0, "tea")).status, 204);
  bans.add({ mask: parseServerMask("127.0.0.1")!, setter: "bob", setAt: house.now, endsAt: 0, reason: "noise" });
  assertEquals((await house.patch(guests, token, 3, "at 4.")).status, 403);
  bans.remove(mask);
  bans.remove(parseServerMask("127.0.0.1")!);
  assertEquals((await house.patch(guests, token, 3, "at 4.!")).status, 204);
});

Deno.test("a room may take files of accounts alone", async () => {
  await using house = new FileRoom({ isForAccounts: true });
  await house.accounts.register("alice", PASSWORD);
  const guest = await house.person("guest");
  await guest.send("TOKEN GENERATE FILEHOST");
  await guest.sees(/ FAIL TOKEN ACCOUNT_REQUIRED FILEHOST :/);
  await house.sent(basic("alice", PASSWORD), "tea");
});

Deno.test("in a room that was closed for some time a file comes as in any other", async () => {
  // For its first hour such a room does not believe the system's clock.
  const clock = new SteadyClock({ seen: Date.now() - 7_200_000 });
  await using house = new FileRoom({ now: () => clock.time });
  const alice = await house.person("alice");
  const path = await house.sent(await house.token(alice), "tea at four", "when.txt");
  assertEquals((await house.ask(path)).text, "tea at four");
  assertEquals(clock.isRight, false);
  const begun = await house.create(await house.token(alice), 3);
  assertEquals(begun.status, 201);
  assertEquals(house.log, []);
});

Deno.test("a file that comes in parts goes on where it stopped, also after a lost connection", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const bob = await house.person("bob");
  const token = await house.token(alice);
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i * 7 % 251));
  const created = await house.create(token, bytes.length, {
    "Upload-Metadata": `type YQ==,filename ${Buffer.from("茶.bin").toString("base64")}`,
  });
  assertEquals([created.status, created.headers["tus-resumable"]], [201, "1.0.0"]);
  const path = new URL(created.headers.location).pathname;
  // Nobody reads it as long as it is not complete.
  assertEquals((await house.ask(path)).status, 404);
  assertEquals((await house.create(token, 3)).status, 401);
  const first = await house.patch(path, token, 0, bytes.subarray(0, 100_000));
  assertEquals([first.status, first.headers["upload-offset"]], [204, "100000"]);
  const wrong = await house.patch(path, token, 5, bytes.subarray(5));
  assertEquals([wrong.status, wrong.headers["upload-offset"]], [409, "100000"]);
  assertEquals((await house.patch(path, await house.token(bob), 100_000, "x")).status, 403);
  assertEquals((await house.patch(path, token, 100_000, Buffer.concat([bytes.subarray(100_000), bytes]))).status, 413);
  // The connection breaks in the middle of the next part.
  const cut = await house.byHand(
    `PATCH ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer ${token}\r\n` +
      "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 100000\r\nContent-Length: 200000\r\n\r\n",
    bytes.subarray(100_000, 150_000),
  );
  const part = `${house.folder}/files/${path.split("/")[2]}.part`;
  await untilSo("it has come", () => Deno.statSync(part).size === 150_000);
  // Meanwhile the same sender may come by another connection, and takes its place.
  assertEquals((await house.patch(path, token, 150_000, bytes.subarray(150_000))).status, 423);
  await cut.rest();
  const { headers: told } = await house.head(path, token);
  assertEquals([told["upload-offset"], told["upload-length"]], ["150000", "300000"]);
  const last = await house.patch(path, token, 150_000, bytes.subarray(150_000));
  assertEquals([last.status, last.headers["upload-offset"]], [204, "300000"]);
  assertMatch(last.headers["content-location"], /\/%E8%8C%B6\.bin$/);
  assert((await house.ask(new URL(last.headers["content-location"]).pathname)).body.equals(bytes));
  // Whoever missed that answer asks again.
  const again = await house.head(path, token);
  assertEquals(again.headers["content-location"], last.headers["content-location"]);
  assertEquals(house.lying, [path.split("/")[2]]);
});

Deno.test("a file of which all has come, but whose end was lost, is complete when its sender asks", async () => {
  await using house = new FileRoom();
  const token = await house.token(await house.person("alice"));
  const path = new URL((await house.create(token, 3)).headers.location).pathname;
  const part = `${house.folder}/files/${path.split("/")[2]}.part`;
  Deno.writeTextFileSync(part, "tea");
  const { status, headers } = await house.head(path, token);
  assertEquals([status, headers["upload-offset"]], [200, "3"]);
  assertEquals((await house.ask(new URL(headers["content-location"]).pathname)).text, "tea");
  const empty = await house.create(await house.token(await house.person("bob")), 0);
  assertEquals(empty.status, 201);
  // Of nothing no part follows.
  const { status: read, body } = await house.ask(new URL(empty.headers["content-location"]).pathname);
  assertEquals([read, body.length], [200, 0]);
});

/** A program that looks at files for as long as one wants: it says that it has begun, and ends when it may. */
class Scan implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly command: string[];

  constructor() {
    const script = `${this.#folder}/scan`;
    Deno.writeTextFileSync(
      script,
      'cd "${0%/*}"\nmkdir began\nwhile [ ! -d over ]; do sleep 0.02; done\nrmdir began over\n',
    );
    this.command = ["sh", script];
  }

  begins(): Promise<void> {
    return untilSo("the file is looked at", () => [...Deno.readDirSync(this.#folder)].length === 2);
  }

  end(): void {
    Deno.mkdirSync(`${this.#folder}/over`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test("whoever asks for a file that is just being looked at waits for that, and disturbs nothing", async () => {
  using scan = new Scan();
  await using house = new FileRoom({ check: scan.command });
  const alice = await house.person("alice");
  const token = await house.token(alice);
  const path = new URL((await house.create(token, 3)).headers.location).pathname;
  const patching = house.patch(path, token, 0, "tea");
  await scan.begins();
  const again = await house.patch(path, token, 3, "");
  assertEquals([again.status, again.text], [
    423,
    "all of this file has come, and it is being looked at; ask again in a moment",
  ]);
  const asking = house.head(path, token);
  // Whoever asks after it is answered by the same connection loop.
  assertEquals((await house.ask(path)).status, 404);
  scan.end();
  const [patched, asked] = await Promise.all([patching, asking]);
  assertEquals([patched.status, asked.status, asked.headers["upload-offset"]], [204, 200, "3"]);
  assertEquals(asked.headers["content-location"], patched.headers["content-location"]);
  assertEquals(house.log, []);
});

Deno.test("a file that is removed while it is being looked at is none, and nothing of it is left", async () => {
  using scan = new Scan();
  await using house = new FileRoom({ check: scan.command });
  const alice = await house.person("alice", "#tea");
  const token = await house.token(alice);
  const path = new URL((await house.create(token, 3)).headers.location).pathname;
  // Its sender says where it will be, and takes that back.
  await alice.send(`PRIVMSG #tea :http://tea.example${path}`);
  const [, msgid] = /msgid=([^;\s]+)/.exec(await alice.sees(/PRIVMSG #tea :/))!;
  const patching = house.patch(path, token, 0, "tea");
  await scan.begins();
  await alice.send(`REDACT #tea ${msgid}`);
  await alice.sees(/ REDACT #tea /);
  await untilSo("its bytes are gone", () => house.lying.length === 0);
  scan.end();
  const { status, text } = await patching;
  assertEquals([status, text], [404, "this file is not here, or no longer"]);
  assertEquals((await house.ask(path)).status, 404);
  assertEquals([house.lying, house.files.counted, house.log], [[], 0, []]);
});

Deno.test("a file that was said before it was complete goes with that message", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice", "#tea");
  const token = await house.token(alice);
  const path = new URL((await house.create(token, 6)).headers.location).pathname;
  const patching = await house.byHand(
    `PATCH ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer ${token}\r\n` +
      "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 6\r\n\r\n",
    "tea",
  );
  const part = `${house.folder}/files/${path.split("/")[2]}.part`;
  await untilSo("it has come", () => Deno.statSync(part).size === 3);
  const say = async () => {
    await alice.send(`PRIVMSG #tea :http://tea.example${path}`);
    return /msgid=([^;\s]+)/.exec(await alice.sees(/:alice!\S+ PRIVMSG #tea :/))![1];
  };
  const first = await say();
  await patching.write("cup");
  assertMatch(await patching.some(), /^HTTP\/1.1 204 /);
  patching.close();
  assertEquals((await house.ask(path)).text, "teacup");
  const remove = async (msgid: string) => {
    await alice.send(`REDACT #tea ${msgid}`);
    await alice.sees(new RegExp(` REDACT #tea ${msgid}`));
    await alice.everything();
  };
  await remove(await say());
  assertEquals((await house.ask(path)).text, "teacup");
  await remove(first);
  assertEquals([(await house.ask(path)).status, house.lying], [404, []]);
});

Deno.test("names lead nowhere, and are told as names", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  for (
    const [wish, name] of [
      ["../../etc/passwd", "passwd"],
      ["..%2f", "%2f"],
      ["a\0.png", "a.png"],
      ["CON", "_CON"],
      ["x".repeat(300), "x".repeat(104)],
      ["a\u202Egnp.exe", "agnp.exe"],
      ["", "file"],
      ["...", "file"],
    ]
  ) {
    const path = await house.sent(await house.token(alice), "tea", wish);
    assertEquals(JSON.parse((await house.ask(`${path}?info`)).text).name, name);
    const { headers } = await house.ask(path);
    assertEquals(/[\r\n\0]|\.\.\//.test(headers["content-disposition"]), false);
  }
  assertEquals(house.lying.length, 8);
  assertEquals(house.lying.every((name) => /^[\w-]{22}$/.test(name)), true);
  assertEquals([...Deno.readDirSync(house.folder)].map(({ name }) => name), ["files"]);
});

Deno.test("what a file is says its content: nothing that could run is shown in place", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const script = "<script>alert(1)</script>";
  const files: [content: string | Uint8Array, type: string, isShown: boolean][] = [
    [`<html>${script}</html>`, "text/plain", false],
    [`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, "text/plain", false],
    [`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, "text/plain", false],
    [`%PDF-1.7\n${script}`, "application/pdf", false],
    // A picture that is a script as well stays a picture.
    [`GIF89a/*${"\0".repeat(20)}*/=1;alert(1)`, "image/gif", true],
    [png(1), "image/png", true],
    [jpeg(1), "image/jpeg", true],
  ];
  for (const [content, type, isShown] of files) {
    // Its sender says that it is a picture.
    const answer = await house.post(await house.token(alice), content, { "Content-Type": "image/png" });
    const path = new URL(answer.headers.location).pathname;
    const { headers } = await house.ask(path);
    assertEquals(JSON.parse((await house.ask(`${path}?info`)).text).type, type);
    assertEquals(headers["content-type"], isShown ? type : "application/octet-stream");
    assertEquals(headers["content-disposition"].split(";")[0], isShown ? "inline" : "attachment");
    assertEquals(headers["x-content-type-options"], "nosniff");
    assertMatch(headers["content-security-policy"], /sandbox/);
  }
});

Deno.test("a picture tells nobody where it was taken, and how large it is", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const path = await house.sent(await house.token(alice), jpeg(), "garden.jpg");
  const { body } = await house.ask(path);
  assertEquals(body.equals(cleanedJpeg()), true);
  const { width, height, size } = JSON.parse((await house.ask(`${path}?info`)).text);
  assertEquals([width, height, size], [8, 16, body.length]);
  const [id] = house.lying;
  assertEquals(Buffer.from(Deno.readFileSync(`${house.folder}/files/${id}`)).includes(SECRET), false);
  // One that can't be cleaned is not kept.
  const damaged = jpeg().subarray(0, 60);
  const { status, text } = await house.post(await house.token(alice), damaged);
  assertEquals([status, text], [
    422,
    "this image/jpeg is damaged, so that where it was taken can't be taken out of it; send it in an archive",
  ]);
  assertEquals(house.lying, [id]);
});

Deno.test("a body that is shorter than it was said leaves nothing, and one that is longer is no file", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const head = async (length: number) =>
    `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${await house.token(alice)}\r\n` +
    `Content-Length: ${length}\r\n\r\n`;
  const short = await house.byHand(await head(100), "tea");
  await untilSo("it has begun", () => house.lying.length === 1);
  short.close();
  await untilSo("it is gone", () => house.lying.length === 0 && house.files.counted === 0);
  const long = await house.byHand(await head(3), "tea and cake");
  // What follows the end that was said is read as the next request.
  assertMatch(await long.rest(), /^HTTP\/1.1 400 /);
  await untilSo("it is gone", () => house.lying.length === 0);
  const chunked = await house.byHand(
    (await head(3)).replace("Content-Length: 3", "Transfer-Encoding: chunked\r\nConnection: close"),
    "3\r\ntea\r\n9\r\n and cake\r\n0\r\n\r\n",
  );
  const location = /^Location: (\S+)/m.exec(await chunked.rest())![1];
  assertEquals((await house.ask(new URL(location).pathname)).text, "tea and cake");
  // Without a length it counts as it comes.
  const endless = await house.byHand(
    (await head(3)).replace("Content-Length: 3", "Transfer-Encoding: chunked"),
    ...Array<string>(17).fill(`10000\r\n${"x".repeat(65_536)}\r\n`),
  );
  assertMatch(await endless.rest(), /413 [^]*a file may have 1.0 MiB here, and this one has more\n/);
  assertEquals(house.lying.length, 1);
});

Deno.test("whoever begins a file and has gone before it is opened keeps nothing open", async () => {
  await using house = new FileRoom();
  const token = await house.token(await house.person("alice"));
  const gone = Promise.withResolvers<void>();
  let hasBegun = false;
  const begin = house.files.begin.bind(house.files);
  house.files.begin = async (...wish) => {
    await gone.promise;
    const upload = await begin(...wish);
    hasBegun = true;
    return upload;
  };
  const head = await house.byHand(
    `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\n`,
  );
  await untilSo("it has come", () => house.files.tokens.size === 0);
  head.close();
  // Its end has been read when others have been answered.
  for (let i = 0; i < 3; i++) await house.ask("/files", { method: "OPTIONS" });
  gone.resolve();
  await untilSo("it has begun", () => hasBegun);
  await untilSo("it is gone", () => house.lying.length === 0 && house.files.counted === 0);
});

Deno.test("a file that is too large, or for which there is no room, is refused before it comes, in one line", async () => {
  await using house = new FileRoom({ each: 300_000, ofSender: 400_000, ofAll: 700_000 });
  const alice = await house.person("alice");
  const ask = async (by: string, length: number) => {
    const asked = await house.byHand(
      `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${by}\r\nContent-Length: ${length}\r\n` +
        "Expect: 100-continue\r\n\r\n",
    );
    const answer = await asked.rest();
    assertEquals(answer.includes("100 Continue"), false);
    return `${answer.slice(9, 12)} ${/^(?:a|your|the) .*$/m.exec(answer)?.[0]}`;
  };
  assertEquals(
    await ask(await house.token(alice), 5 * 1024 ** 3),
    "413 a file may have 292 KiB here, and this one has 5.0 GiB",
  );
  await house.sent(await house.token(alice), "x".repeat(300_000));
  assertEquals(
    await ask(await house.token(alice), 200_000),
    "413 your files may have 390 KiB here, of which 97 KiB are left",
  );
  const created = await house.create(await house.token(alice), 200_000);
  assertEquals([created.status, created.text.slice(0, 20)], [413, "your files may have "]);
  const bob = await house.person("bob");
  await house.sent(await house.token(bob), "x".repeat(65_536));
  assertEquals(
    await ask(await house.token(bob), 100_000),
    "413 the files from your address may have 390 KiB here, of which 33 KiB are left",
  );
});

/** Begins to send a file of 1,000 bytes, of which one comes. */
async function drip(house: FileRoom, by: string) {
  return await house.byHand(
    `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${by}\r\nContent-Length: 1000\r\n\r\nx`,
  );
}

Deno.test("a person sends four files at a time", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const drips = [];
  for (let i = 0; i < 4; i++) drips.push(await drip(house, await house.token(alice)));
  await untilSo("all have begun", () => house.lying.length === 4);
  const fifth = await house.post(await house.token(alice), "tea");
  assertEquals([fifth.status, fifth.text], [
    429,
    "4 files of yours are being sent already; send the next one after them",
  ]);
  drips.pop()!.close();
  await untilSo("one has ended", () => house.files.counted === 3 * 65_536);
  await house.sent(await house.token(alice), "tea");
  for (const one of drips) one.close();
});

Deno.test("a body that hardly moves is ended, and nothing of it is kept", async () => {
  await using house = new FileRoom({}, { timeouts: { transfer: 100, check: 20 } });
  const alice = await house.person("alice");
  const slow = await drip(house, await house.token(alice));
  assertEquals(await slow.rest(), "");
  await untilSo("it is gone", () => house.lying.length === 0 && house.files.counted === 0);
});

Deno.test("a file is read in parts, and not again by who has it", async () => {
  await using house = new FileRoom();
  const path = await house.sent(await house.token(await house.person("alice")), "0123456789");
  const part = async (headers: Record<string, string>) => {
    const { status, headers: { "content-range": range }, text } = await house.ask(path, { headers });
    return [status, range, text];
  };
  assertEquals(await part({ Range: "bytes=0-1" }), [206, "bytes 0-1/10", "01"]);
  assertEquals(await part({ Range: "bytes=7-" }), [206, "bytes 7-9/10", "789"]);
  assertEquals(await part({ Range: "bytes=-3" }), [206, "bytes 7-9/10", "789"]);
  assertEquals(await part({ Range: "bytes=-30" }), [206, "bytes 0-9/10", "0123456789"]);
  assertEquals(await part({ Range: "bytes=5-500" }), [206, "bytes 5-9/10", "56789"]);
  assertEquals(await part({ Range: "bytes=10-" }), [416, "bytes */10", ""]);
  assertEquals(await part({ Range: "bytes=-0" }), [416, "bytes */10", ""]);
  for (const range of ["bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"]) {
    assertEquals(await part({ Range: range }), [200, undefined, "0123456789"]);
  }
  const { headers: { etag }, body } = await house.ask(path, { method: "HEAD" });
  assertEquals(body.length, 0);
  assertEquals(await part({ "Range": "bytes=0-1", "If-Range": etag }), [206, "bytes 0-1/10", "01"]);
  assertEquals(await part({ "Range": "bytes=0-1", "If-Range": '"other"' }), [200, undefined, "0123456789"]);
  assertEquals(await part({ "If-None-Match": etag }), [304, undefined, ""]);
});

Deno.test("a message that is removed takes its file off the disk, whoever may remove it; a quotation does not", async () => {
  await using house = new FileRoom();
  const op = await house.person("op", "#tea");
  const alice = await house.person("alice", "#tea,#cake");
  const bob = await house.person("bob", "#tea,#cake");
  const say = async (person: typeof alice, target: string, text: string) => {
    await person.send(`PRIVMSG ${target} :${text}`);
    const line = await person.sees(new RegExp(`:${person.nick}!\\S+ PRIVMSG ${target} :`));
    return /msgid=([^;\s]+)/.exec(line)![1];
  };
  const remove = async (person: typeof alice, target: string, msgid: string) => {
    await person.send(`REDACT ${target} ${msgid}`);
    await person.sees(new RegExp(`REDACT ${target} ${msgid}`));
    await person.everything();
  };
  const kettle = await house.sent(await house.token(alice), "kettle");
  const cup = await house.sent(await house.token(alice), "cup");
  const both = await say(alice, "#tea", `see http://tea.example${kettle} and http://tea.example${cup}!`);
  // Neither who quotes it nor who says it elsewhere binds it to another message.
  await remove(bob, "#tea", await say(bob, "#tea", `http://tea.example${kettle}`));
  await remove(alice, "#cake", await say(alice, "#cake", `http://tea.example${cup}`));
  assertEquals((await house.ask(kettle)).text, "kettle");
  assertEquals((await house.ask(cup)).text, "cup");
  await remove(op, "#tea", both);
  assertEquals((await house.ask(kettle)).status, 404);
  assertEquals(house.lying, []);
  assertEquals(house.files.counted, 0);
  const own = await house.sent(await house.token(alice), "own");
  const msgid = await say(alice, "bob", `http://tea.example${own}`);
  await remove(alice, "bob", msgid);
  assertEquals(house.lying, []);
});

Deno.test("a file goes with its message though that does not name it any more", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  await alice.send("CAP REQ :draft/message-edit");
  await alice.sees(/ CAP alice ACK /);
  const path = await house.sent(await house.token(alice), "kettle");
  await alice.send(`PRIVMSG #tea :http://tea.example${path}`);
  const [, msgid] = /msgid=([^;\s]+)/.exec(await alice.sees(/:alice!\S+ PRIVMSG #tea :/))!;
  await alice.send(`@+draft/edit=${msgid} PRIVMSG #tea :nothing to see`);
  await alice.sees(/ PRIVMSG #tea :nothing to see$/);
  assertEquals((await house.ask(path)).status, 200);
  await alice.send(`REDACT #tea ${msgid}`);
  await alice.sees(/ REDACT #tea /);
  await alice.everything();
  assertEquals([(await house.ask(path)).status, house.lying], [404, []]);
});

Deno.test("of files that begin at once the disk has room for all, or some are refused", async () => {
  await using house = new FileRoom();
  const { statfs } = await import("node:fs/promises");
  const { bavail, blocks, bsize } = await statfs(house.folder);
  const room = bavail * bsize - Math.min(1_073_741_824, blocks * bsize * 0.05);
  const limits = house.files.options as { each: number; ofSender: number; ofAll: number };
  Object.assign(limits, { each: room, ofSender: 3 * room, ofAll: 9 * room });
  const alice = await house.person("alice");
  const tokens = [await house.token(alice), await house.token(alice)];
  // Each alone would fit.
  const answers = await Promise.all(tokens.map((token) => house.create(token, Math.floor(room * 0.7))));
  assertEquals(answers.every(({ status }) => status === 201), false);
  const refused = answers.find(({ status }) => status !== 201)!;
  assertMatch(
    `${refused.status} ${refused.text}`,
    /^507 the disk here has room for \S+ \S+ more, and this file has \S+ \S+$/,
  );
});

Deno.test("a file whose row can't be written is complete when its sender asks again", async () => {
  await using house = new FileRoom();
  const token = await house.token(await house.person("alice"));
  const path = new URL((await house.create(token, 3)).headers.location).pathname;
  house.store.db.exec("CREATE TRIGGER full BEFORE INSERT ON files BEGIN SELECT raise(ABORT, 'the disk is full'); END");
  const full = await house.patch(path, token, 0, "tea");
  assertEquals([full.status, house.lying], [503, [`${path.split("/")[2]}.part`]]);
  house.store.db.exec("DROP TRIGGER full");
  const { status, headers } = await house.head(path, token);
  assertEquals([status, headers["upload-offset"]], [200, "3"]);
  assertEquals((await house.ask(new URL(headers["content-location"]).pathname)).text, "tea");
});

Deno.test("whoever reads a file that is removed does not take its end for the file's", async () => {
  await using house = new FileRoom({ each: 64 * 1_048_576, ofSender: 64 * 1_048_576, ofAll: 64 * 1_048_576 });
  const alice = await house.person("alice");
  const path = await house.sent(await house.token(alice), Buffer.alloc(32 * 1_048_576, "x"));
  const reading = await house.byHand(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  assertMatch(await reading.some(), /^HTTP\/1.1 200 /);
  await house.files.remove([path.split("/")[2]]);
  assertEquals((await reading.rest()).length < 32 * 1_048_576, true);
});

Deno.test("files go when their time is over, and those that never came to their end", async () => {
  await using house = new FileRoom({ keep: 3_600_000 });
  const alice = await house.person("alice");
  const old = await house.sent(await house.token(alice), "old");
  const begun = await house.token(alice);
  const path = new URL((await house.create(begun, 10)).headers.location).pathname;
  house.now += 300_000;
  await house.patch(path, begun, 0, "begun");
  const empty = await house.create(await house.token(alice), 10);
  house.now += 700_000;
  await house.files.sweep();
  // The one that never got a byte is gone, and the others are there.
  assertEquals(house.lying.length, 2);
  assertEquals((await house.head(new URL(empty.headers.location).pathname, begun)).status, 404);
  const { until } = JSON.parse((await house.ask(`${old}?info`)).text);
  house.now = until;
  assertEquals((await house.ask(old)).status, 404);
  await house.files.sweep();
  assertEquals(house.lying, [`${path.split("/")[2]}.part`]);
  house.now += 86_400_000;
  await house.files.sweep();
  assertEquals([house.lying, house.files.counted], [[], 0]);
});

Deno.test({
  name: "a room that closes waits for no program that looks at files, and takes none of what has not been looked at",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = Deno.makeTempDirSync();
    const script = `${folder}/scan`;
    Deno.writeTextFileSync(script, 'trap "" TERM\necho > "$0.began"\nwhile [ -e "$0" ]; do sleep 0.1; done');
    {
      await using house = new FileRoom({ check: ["sh", script] });
      // However the test ends, the program does.
      using _folder = { [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
      const alice = await house.person("alice");
      // The second one waits for the first.
      const tokens = [await house.token(alice), await house.token(alice)];
      const posting = Promise.allSettled(tokens.map((token) => house.post(token, "tea")));
      await untilSo("the file is looked at", () => existsSync(`${script}.began`));
      const closing = house.web.close();
      await house.files.close();
      // The page waits for whoever is still answered.
      await deadline(closing, 10_000);
      assertEquals((await posting).map(({ status }) => status), ["rejected", "rejected"]);
      assertEquals(house.lying, []);
      assertEquals(house.log, []);
    }
  },
});

Deno.test("a program of the room's may refuse a file", async () => {
  const script = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(script, 'if grep -q virus "$2"; then exit 1; fi');
    await using house = new FileRoom({ check: ["sh", script, "--quiet"] });
    const alice = await house.person("alice");
    await house.sent(await house.token(alice), "tea");
    const { status, text } = await house.post(await house.token(alice), "a virus");
    assertEquals([status, text], [422, "what looks at files here has refused this one"]);
    assertEquals(house.lying.length, 1);
    await using broken = new FileRoom({ check: ["/nowhere/scan"] });
    const answer = await broken.post(await broken.token(await broken.person("alice")), "tea");
    assertEquals([answer.status, broken.lying], [503, []]);
    assertMatch(broken.log.join(), /--file-check \/nowhere\/scan can't be run/);
  } finally {
    Deno.removeSync(script);
  }
});

Deno.test("what is asked wrongly is told so in one line", async () => {
  await using house = new FileRoom();
  const token = await house.token(await house.person("alice"));
  const path = new URL((await house.create(token, 10)).headers.location).pathname;
  const ask = async (method: string, to: string, headers: Record<string, string>) => {
    const { status, text } = await house.ask(to, { method, headers: { Authorization: `Bearer ${token}`, ...headers } });
    return [status, text];
  };
  const tus = { "Tus-Resumable": "1.0.0" };
  assertEquals(await ask("PUT", "/files", {}), [405, "a file is sent here by POST"]);
  assertEquals(await ask("GET", "/files", {}), [405, "a file is sent here by POST"]);
  assertEquals((await ask("POST", path, {}))[0], 405);
  assertEquals((await ask("PATCH", path, { "Tus-Resumable": "0.2.2" }))[0], 412);
  assertEquals((await ask("PATCH", path, {}))[0], 412);
  assertEquals((await ask("PATCH", path, { ...tus, "Upload-Offset": "0" }))[0], 415);
  assertEquals((await ask("POST", "/files", { ...tus }))[0], 400);
  assertEquals((await ask("POST", "/files", { ...tus, "Upload-Length": "-1" }))[0], 400);
  assertEquals((await ask("POST", "/files", { "Host": "evil.example" }))[0], 421);
  const bare = await house.byHand(
    `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  assertMatch(await bare.rest(), /^HTTP\/1.1 411 /);
  assertEquals(house.log, []);
});

Deno.test("a room without files has no address for them", async () => {
  await using house = new FileRoom();
  Object.assign(house.room.chat, { files: undefined });
  const alice = await house.room.stranger("alice");
  await alice.send("CAP LS 302", "CAP REQ :draft/authtoken", "NICK alice", "USER alice 0 * :alice", "CAP END");
  assertEquals((await alice.sees(/ CAP \S+ LS /)).includes("authtoken"), false);
  await alice.sees(/ CAP \S+ NAK /);
  await alice.sees(/ (422|376) /);
  assertEquals(alice.seen.some((line) => line.includes("FILEHOST")), false);
});

Deno.test("a file may come in chunks, but not in ones that are nearly all frame", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const send = async (chunk: string, count: number) => {
    const token = await house.token(alice);
    const head =
      `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n`;
    const body = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(count);
    const answer = await house.byHand(`${head}Connection: close\r\n\r\n${body}0\r\n\r\n`);
    return await answer.rest();
  };
  assertMatch(await send("x".repeat(1_000), 200), /^HTTP\/1.1 201 /);
  // Few bytes may come in any way.
  assertMatch(await send("x", 1_000), /^HTTP\/1.1 201 /);
  assertMatch(await send("x", 20_000), /^HTTP\/1.1 400 [^]*the chunks are too small/);
  assertEquals(house.lying.length, 2);
});
