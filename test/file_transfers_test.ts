/** How the terminal's part sends and gets a file over a bad connection, and from servers that are not this project's. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Person } from "../client/testing.ts";
import { download } from "../terminal/files/download.ts";
import { openFile } from "../terminal/files/local_files.ts";
import { TerminalFiles } from "../terminal/files/terminal_files.ts";
import { TransferError } from "../terminal/files/transfer_error.ts";
import { upload } from "../terminal/files/upload.ts";
import { Web } from "../terminal/files/web.ts";
import { FileRoom } from "./file_sending.ts";
import { openFolder } from "./room.ts";

const KIB = 1024;

/** A way to a server that ends each connection after so many bytes towards it or from it. */
class BadWay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #to: number;
  readonly #most: number[];
  readonly #served: Promise<void>;
  /** Connections that were cut. */
  cuts = 0;

  /** @param most Bytes of each connection, in the order of the connections; the others are not cut. */
  constructor(to: number, most: number[]) {
    this.#to = to;
    this.#most = most;
    this.#served = this.#serve();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(): Promise<void> {
    const carried: Promise<void>[] = [];
    for await (const conn of this.#listener) carried.push(this.#carry(conn, this.#most.shift() ?? Infinity));
    await Promise.all(carried);
  }

  async #carry(near: Deno.TcpConn, most: number): Promise<void> {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
    let left = most;
    let isCut = false;
    const close = () => {
      for (const conn of [near, far]) {
        try {
          conn.close();
        } catch {
          // It is closed.
        }
      }
    };
    const copy = async (from: Deno.TcpConn, to: Deno.TcpConn) => {
      const buffer = new Uint8Array(4 * KIB);
      try {
        for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
          let part = buffer.subarray(0, Math.min(count, Math.max(0, left)));
          left -= count;
          while (part.length > 0) part = part.subarray(await to.write(part));
          if (left <= 0) break;
        }
      } catch {
        // One side has ended it.
      }
      if (left <= 0 && most !== Infinity) {
        if (!isCut) this.cuts++;
        isCut = true;
        close();
      } else await to.closeWrite().catch(() => {});
    };
    await Promise.all([copy(near, far), copy(far, near)]);
    close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#served;
  }
}

/** Bytes that no program packs into fewer. */
function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

const web = () => new Web(() => undefined);

Deno.test("a file that is cut three times on its way arrives whole, and no part of it is sent from its beginning again", async () => {
  await using folder = await openFolder();
  await using room = new FileRoom();
  const alice = await room.person("alice");
  const token = await room.token(alice);
  // The first two connections ask what is spoken there, and begin.
  await using way = new BadWay(room.web.port, [
    Infinity,
    Infinity,
    200 * KIB,
    Infinity,
    150 * KIB,
    Infinity,
    100 * KIB,
  ]);
  const bytes = noise(800 * KIB);
  const path = `${folder.path}/kettle.bin`;
  await Deno.writeFile(path, bytes);
  using opened = await openFile(path);
  const { file, name, size } = opened;
  const seen: [number, boolean][] = [];
  const { url } = await upload({
    ...{ web: web(), file, name, size },
    permit: () => Promise.resolve({ url: `http://127.0.0.1:${way.port}/files`, authorization: `Bearer ${token}` }),
    onProgress: (bytes, isWaiting) => void seen.push([bytes, isWaiting]),
    signal: new AbortController().signal,
  });
  assertEquals(way.cuts, 3);
  assertEquals((await room.ask(new URL(url).pathname)).body, Buffer.from(bytes));
  const resumed = seen.flatMap(([bytes], i) => seen[i - 1]?.[1] ? [bytes] : []);
  assertEquals(resumed.length, 3);
  // What was on its way stays shown while the connection is lost.
  const lost = seen.filter(([, isWaiting]) => isWaiting).map(([bytes]) => bytes);
  assertEquals(lost.length, 3);
  assert(lost.every((bytes, i) => bytes >= (resumed[i - 1] ?? 0) && bytes > 0), `${lost}`);
  assert(resumed.every((bytes) => bytes > 64 * KIB), `${resumed}`);
});

Deno.test("a file that is stopped is removed from the server at once", async () => {
  await using folder = await openFolder();
  await using room = new FileRoom({ each: 64 * 1024 * KIB, ofSender: 64 * 1024 * KIB, ofAll: 64 * 1024 * KIB });
  const token = await room.token(await room.person("alice"));
  const path = `${folder.path}/large.bin`;
  await Deno.writeFile(path, new Uint8Array(32 * 1024 * KIB));
  using opened = await openFile(path);
  const { file, name, size } = opened;
  const stop = new AbortController();
  const stopped = upload({
    ...{ web: web(), file, name, size },
    permit: () => Promise.resolve({ url: `http://127.0.0.1:${room.web.port}/files`, authorization: `Bearer ${token}` }),
    onProgress: (bytes) => bytes > 0 && stop.abort(new Error("stopped")),
    signal: stop.signal,
  });
  await assertRejects(() => stopped, Error, "stopped");
  assertEquals(room.lying, []);
  assertEquals(room.files.counted, 0);
});

Deno.test("a file that is got over a bad connection is whole; one that was stopped goes on where it was", async () => {
  await using folder = await openFolder();
  await using room = new FileRoom();
  const bytes = noise(600 * KIB);
  const path = await room.sent(await room.token(await room.person("alice")), bytes, "kettle.bin");
  await using way = new BadWay(room.web.port, [Infinity, 200 * KIB, 150 * KIB]);
  const url = `http://127.0.0.1:${way.port}${path}`;
  const task = { web: web(), url, folder: folder.path, name: undefined, onProgress: () => {} };
  const got = await download({ ...task, signal: new AbortController().signal });
  assertEquals([way.cuts, got.path, got.size], [2, `${folder.path}/kettle.bin`, bytes.length]);
  assertEquals(await Deno.readFile(got.path), bytes);
  const stop = new AbortController();
  const begun = download({
    ...task,
    signal: stop.signal,
    onProgress: (_, there) => there > 100 * KIB && stop.abort(new Error("stopped")),
  });
  await assertRejects(() => begun, Error, "stopped");
  const [part] = [...Deno.readDirSync(folder.path)].filter(({ name }) => name.endsWith(".part"));
  assert((await Deno.stat(`${folder.path}/${part.name}`)).size > 100 * KIB);
  const seen: number[] = [];
  const again = await download({
    ...task,
    signal: new AbortController().signal,
    onProgress: (_, there) => void seen.push(there),
  });
  assert(Math.min(...seen) > 100 * KIB, `${seen}`);
  assertEquals(again.path, `${folder.path}/kettle (2).bin`);
  assertEquals(await Deno.readFile(again.path), bytes);
  assertEquals([...Deno.readDirSync(folder.path)].length, 2);
});

/** A server of another make. */
async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What a person is told who sends a file there. */
async function refusal(url: string, path: string): Promise<string> {
  using opened = await openFile(path);
  const { file, name, size } = opened;
  const error = await assertRejects(
    () =>
      upload({
        ...{ web: web(), file, name, size },
        permit: () => Promise.resolve({ url, authorization: undefined }),
        onProgress: () => {},
        signal: new AbortController().signal,
      }),
    TransferError,
  );
  return error.message;
}

Deno.test("a server that takes files by POST alone is sent one so, with its name; what it refuses is one line", async () => {
  await using folder = await openFolder();
  const path = `${folder.path}/grüner tee.txt`;
  await Deno.writeTextFile(path, "sencha");
  let status = 201;
  const heard: string[] = [];
  await using host = await serve(async (request, response) => {
    const { method, headers } = request;
    if (method === "OPTIONS") return void response.writeHead(405).end();
    let text = "";
    for await (const bytes of request) text += bytes;
    heard.push(`${method} ${headers["content-type"]} ${headers["content-disposition"]} ${text}`);
    response.writeHead(status, { Location: "/tea/5", "Content-Type": status === 507 ? "text/plain" : "text/html" });
    response.end(status === 507 ? "the room's disk is full\nsecret" : "<h1>nginx</h1>");
  });
  using opened = await openFile(path);
  const { file, name, size } = opened;
  const sent = await upload({
    ...{ web: web(), file, name, size },
    permit: () => Promise.resolve({ url: `${host.url}/upload`, authorization: undefined }),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  assertEquals(sent.url, `${host.url}/tea/5`);
  const named = `filename="gr_ner tee.txt"; filename*=UTF-8''gr%C3%BCner%20tee.txt`;
  assertEquals(heard, [`POST text/plain attachment; ${named} sencha`]);
  status = 413;
  assertEquals(await refusal(`${host.url}/upload`, path), "grüner tee.txt: it is too large for the server (413).");
  status = 507;
  assertEquals(await refusal(`${host.url}/upload`, path), "grüner tee.txt: the room's disk is full (507).");
});

Deno.test("a server without tokens is sent a file by the account's password, where nobody can read that on the way", async () => {
  await using folder = await openFolder();
  const path = `${folder.path}/tea.txt`;
  await Deno.writeTextFile(path, "sencha");
  const heard: string[] = [];
  await using host = await serve(async (request, response) => {
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    heard.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    for await (const _ of request);
    response.writeHead(request.method === "POST" ? 201 : 404, { Location: "/up/5/tea.txt" }).end();
  });
  const bob = await Person.hearing("bob");
  const options = { client: () => bob.client, authorityFor: () => undefined, folder: folder.path };
  const files = new TerminalFiles({ ...options, isSecure: false, login: { account: "bob", password: "oolong" } });
  const lobby = bob.client.state.find("#lobby")!;
  assertEquals(await files.sendFile(path, lobby), false);
  assertEquals(bob.heard(), ["This room takes no files."]);
  await bob.server.says(`:tea 005 bob soju.im/FILEHOST=${host.url}/up :are supported`);
  const sent = files.sendFile(path, lobby);
  const said = await bob.server.answers((label, line) => [`@label=${label} :bob!~tea@host ${line}`]);
  assertEquals([said, await sent], [`PRIVMSG #lobby :${host.url}/up/5/tea.txt`, true]);
  assertEquals(heard, ["POST /up Basic Ym9iOm9vbG9uZw==", "GET /up/5/tea.txt?info undefined"]);
  assertEquals(bob.client.state.find("#lobby")!.lines.at(-1)!.text, `${host.url}/up/5/tea.txt`);
  // What may not be said there is not left lying.
  heard.length = 0;
  const refused = files.sendFile(path, lobby);
  await bob.server.answers((label) => [`@label=${label} :tea 404 bob #lobby :Cannot send to channel`]);
  assertEquals(await refused, false);
  assertEquals(heard.at(-1), "DELETE /up/5/tea.txt Basic Ym9iOm9vbG9uZw==");
  // Whoever comes by TLS sends nothing without it.
  bob.told();
  const careful = new TerminalFiles({ ...options, isSecure: true });
  assertEquals(await careful.sendFile(path, lobby), false);
  assertEquals(bob.heard(), [
    `tea.txt was not sent: the chat comes by TLS, and the server wants files without it, at ${host.url}/up.`,
  ]);
  await bob.leaves();
});

Deno.test("a file is said to the one with whom the talk was when it was sent, whoever has the nick by then", async () => {
  await using folder = await openFolder();
  const path = `${folder.path}/tea.txt`;
  await Deno.writeTextFile(path, "sencha");
  const bob = await Person.hearing("bob");
  const heard: string[] = [];
  // What happens while the file is on its way.
  let meanwhile: string[] = [];
  await using host = await serve(async (request, response) => {
    for await (const _ of request);
    heard.push(`${request.method} ${request.url}`);
    if (request.method === "POST") await bob.server.says(...meanwhile);
    response.writeHead(request.method === "POST" ? 201 : 404, { Location: "/up/5/tea.txt" }).end();
  });
  const folderOptions = { authorityFor: () => undefined, folder: folder.path, isSecure: false };
  const files = new TerminalFiles({ ...folderOptions, client: () => bob.client });
  const psst = (nick: string) => `@teahouse.chat/peer=${nick} :${nick}!~x@host PRIVMSG bob :psst`;
  await bob.server.says(`:tea 005 bob soju.im/FILEHOST=${host.url}/up :are supported`, psst("alice"), psst("mallory"));
  const talk = bob.client.state.find("alice")!;
  // Alice renames herself, and Mallory takes her nick.
  meanwhile = [":alice!~x@host NICK alice2", ":mallory!~x@host NICK alice"];
  const sent = files.sendFile(path, talk);
  const said = await bob.server.answers((label, line) => [`@label=${label} :bob!~tea@host ${line}`]);
  assertEquals([said, await sent], [`PRIVMSG alice2 :${host.url}/up/5/tea.txt`, true]);
  // Once Alice has gone, others take it: one who was never heard, and then Mallory.
  const another = psst("mallory").replace(":mallory!", ":alice2!");
  for (const taken of [[], [":alice!~x@host NICK alice2"]]) {
    bob.told();
    meanwhile = [":alice2!~x@host QUIT", ...taken, another];
    assertEquals(await files.sendFile(path, talk), false);
    assertEquals(bob.heard().at(-1), "tea.txt was sent, and could not be said in alice2, so it was removed again.");
    await bob.server.says("@teahouse.chat/peer=alice :alice2!~x@host PRIVMSG bob :it is me");
  }
  assertEquals(heard.slice(-2), ["GET /up/5/tea.txt?info", "DELETE /up/5/tea.txt"]);
  await bob.leaves();
});

Deno.test("a server that is not there, or leads elsewhere, is one line; and nothing is put outside of the folder", async () => {
  await using folder = await openFolder();
  const path = `${folder.path}/tea.txt`;
  await Deno.writeTextFile(path, "sencha");
  const gone = await serve(() => {});
  await gone[Symbol.asyncDispose]();
  const { host } = new URL(gone.url);
  assertEquals(await refusal(gone.url, path), `tea.txt: ${host} cannot be reached: connection refused.`);
  await using liar = await serve((request, response) => {
    if (request.url === "/away") return void response.writeHead(302, { Location: "/x/..%2f..%2fevil.txt" }).end();
    response.writeHead(200, {
      "Content-Length": 5,
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent("../../\u202eevil\x1b[31m.sh\u0000")}`,
    });
    response.end(request.method === "HEAD" ? undefined : "hello");
  });
  const target = `${folder.path}/down`;
  await Deno.mkdir(target);
  // Somebody has put a link where the file would be.
  await Deno.symlink(`${folder.path}/elsewhere`, `${target}/evil.sh`);
  const { path: put } = await download({
    ...{ web: web(), url: `${liar.url}/away`, folder: target, name: undefined, onProgress: () => {} },
    signal: new AbortController().signal,
  });
  assertEquals(put, `${target}/evil (2).sh`);
  assertEquals(await Deno.readTextFile(put), "hello");
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), ["down", "tea.txt"]);
});

Deno.test("a file that changes while it is got is got anew; a server that sends more than it says is left", async () => {
  await using folder = await openFolder();
  const get = (url: string) =>
    download({
      ...{ web: web(), url, folder: folder.path, name: undefined, onProgress: () => {}, patience: 60_000 },
      signal: new AbortController().signal,
    });
  const names = () => [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  let edition = "sencha";
  let asked = 0;
  await using host = await serve((request, response) => {
    const isHead = request.method === "HEAD";
    const { pathname, searchParams } = new URL(request.url!, "http://a");
    if (!isHead) asked++;
    if (pathname === "/changing.txt") {
      response.writeHead(200, { "ETag": `"${edition}"`, "Content-Length": edition.length });
      response.end(isHead ? undefined : edition);
      // The next one reads another content than it was told of, once.
      if (isHead && asked === 0) edition = "gyokuro, the first flush";
      return;
    }
    // It says six bytes, and brings more: with their number, or without.
    const isTold = searchParams.has("told");
    const length = isHead ? { "Content-Length": 6 } : isTold ? { "Content-Length": 1_000_000 } : {};
    response.writeHead(200, { "ETag": '"x"', ...length });
    response.end(isHead ? undefined : "x".repeat(1_000_000));
  });
  const { path } = await get(`${host.url}/changing.txt`);
  assertEquals([await Deno.readTextFile(path), asked], ["gyokuro, the first flush", 2]);
  for (const query of ["", "?told"]) {
    asked = 0;
    const error = await assertRejects(() => get(`${host.url}/more.txt${query}`), TransferError);
    assertEquals([error.message, asked], ["more.txt: the server's answer makes no sense.", 3]);
  }
  assertEquals(names(), ["changing.txt"]);
});
