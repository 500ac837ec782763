/**
 * The gateway over real sockets: what it answers, what it refuses, and when it gives up a connection.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { request } from "node:http";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Asset } from "../server/gateway/asset.ts";
import { Assets } from "../server/gateway/assets.ts";
import type { ChatOptions } from "../server/room/options.ts";
import { ByHand, CLOSE, frame, PING, TEXT } from "../test/websocket.ts";
import { Guesses } from "../server/auth/guesses.ts";
import { Room } from "../server/testing.ts";
import { Web, type WebOptions } from "../server/gateway/web.ts";
import type { TlsFacts } from "../server/tls/tls.ts";

const PATIENCE = 20_000;

/** A room with its page; both are closed with the test. */
function open(
  options: WebOptions = {},
  floodLimit = 0,
  chat: ChatOptions = {},
): AsyncDisposable & { room: Room; web: Web; log: string[] } {
  const room = new Room({}, { floodLimit }, chat);
  const log: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const web = new Web(listener, room.connections, { onError: (text) => log.push(text), ...options });
  return {
    room,
    web,
    log,
    async [Symbol.asyncDispose]() {
      const closed = web.close();
      await room[Symbol.asyncDispose]();
      await closed;
    },
  };
}

/** An answer, as it came: no coding is undone, and any header can be asked with. */
function ask(web: Web, path: string, { method = "GET", ...headers }: Record<string, string> = {}) {
  const answer = new Promise<{ status: number; headers: Record<string, string>; body: Uint8Array }>(
    (resolve, reject) => {
      const asked = request({ port: web.port, host: "127.0.0.1", path, method, headers, agent: false }, (response) => {
        const parts: Uint8Array[] = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", async () => {
          const body = await new Blob(parts as Uint8Array<ArrayBuffer>[]).bytes();
          resolve({ status: response.statusCode!, headers: response.headers as Record<string, string>, body });
        });
      });
      asked.on("error", reject);
      asked.end();
    },
  );
  return deadline(answer, PATIENCE);
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** Writes this to the page's server, and gives all that comes until it ends the connection, however it does. */
async function exchange(web: Web, text: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: web.port });
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
  let seen = "";
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const count = await deadline(conn.read(buffer), PATIENCE);
      if (count === null) return seen;
      seen += new TextDecoder().decode(buffer.subarray(0, count));
    }
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return seen;
    throw error;
  }
}

/** Reads until the connection ends, and gives how many bytes came. */
async function readToEnd(conn: Deno.TcpConn): Promise<number> {
  const buffer = new Uint8Array(65_536);
  let size = 0;
  try {
    for (;;) {
      const count = await deadline(conn.read(buffer), PATIENCE);
      if (count === null) return size;
      size += count;
    }
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return size;
    throw error;
  }
}

const UPGRADE = {
  "Connection": "Upgrade",
  "Upgrade": "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** A request's text; a header that is undefined is left out. */
function asking(path: string, headers: Record<string, string | undefined> = {}, method = "GET", behind = ""): string {
  const fields = Object.entries({ Host: "127.0.0.1", ...headers }).filter(([, value]) => value !== undefined);
  return `${method} ${path} HTTP/1.1\r\n${
    fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  }\r\n${behind}`;
}

const HEALTH = asking("/health"), SOCKET = asking("/irc", UPGRADE);
Deno.test("every answer has a policy and forbids guessing what it is; only the page's policy lets anything run", async () => {
  await using house = open();
  const cases: [path: string, headers: Record<string, string>, status: number][] = [
    ["/", {}, 200],
    ["/", { method: "HEAD" }, 200],
    ["/", { "If-None-Match": "*" }, 304],
    ["/health", {}, 200],
    ["/health?a=b#c", {}, 200],
    ["/web/main.ts", {}, 200],
    ["/style.css", {}, 200],
    ["/emoji/", {}, 200],
    ["/emoji/teahouse.svg", {}, 200],
    ["/nowhere", {}, 404],
    ["/irc", {}, 404],
    ["/", { method: "POST" }, 405],
    ["/", { method: "OPTIONS" }, 405],
    ["/", { Host: "elsewhere.example" }, 421],
    ["/irc", { ...UPGRADE, Origin: "http://elsewhere.example" }, 403],
    ["/elsewhere", UPGRADE, 404],
    ["/irc", { ...UPGRADE, Host: "elsewhere.example" }, 421],
    ["/irc", { ...UPGRADE, "Sec-WebSocket-Key": "short" }, 400],
    ["/irc", { ...UPGRADE, "Sec-WebSocket-Version": "1" }, 400],
    ["/health", { ...UPGRADE, Upgrade: "h2c" }, 200],
  ];
  for (const [path, asked, status] of cases) {
    const { headers, ...answer } = await ask(house.web, path, asked);
    const shown = `${path} ${JSON.stringify(asked)}`;
    assertEquals(answer.status, status, shown);
    assertEquals(headers["x-content-type-options"], "nosniff", shown);
    const own = "camera=(self), microphone=(self), display-capture=(self)";
    assertEquals(headers["permissions-policy"], own, shown);
    assertEquals(headers["referrer-policy"], "no-referrer", shown);
    const policy = headers["content-security-policy"];
    assertMatch(policy, /^default-src 'none'/, shown);
    assertEquals(policy.includes("script-src"), path === "/" && status < 400, shown);
    assertEquals(/unsafe-eval|\*|https?:/.test(policy), false, shown);
    // Nothing tells a page of elsewhere what is here.
    assertEquals(Object.keys(headers).filter((name) => name.startsWith("access-control-")), [], shown);
  }
  assertEquals(house.log, []);
});

Deno.test("the page's import map may run, by its hash, and no other script that is no file", async () => {
  await using house = open();
  const { headers, body } = await ask(house.web, "/");
  const [, map] = /<script type="importmap">(.*?)<\/script>/.exec(textOf(body))!;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(map)));
  assertMatch(headers["content-security-policy"], /script-src 'self' 'sha256-[^ ]+';/);
  assertStringIncludes(headers["content-security-policy"], `'sha256-${digest.toBase64()}'`);
  assertEquals(textOf(body).match(/<script(?![^>]* src=)/g), ["<script"]);
});

Deno.test("a module comes compressed as it is asked for, with a tag by which it is not sent again", async () => {
  await using house = open();
  const plain = await ask(house.web, "/protocol.ts");
  assertEquals(plain.headers["content-type"], "text/javascript; charset=utf-8");
  assertEquals(textOf(plain.body).includes("export interface"), false);
  const cases: [accepted: string, coding: string | undefined, decode: (body: Uint8Array) => Uint8Array][] = [
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["br;q=0, GZIP;q=0.5", "gzip", gunzipSync],
    ["identity", undefined, (body) => body],
    ["br;q=nonsense,;,=", undefined, (body) => body],
  ];
  for (const [accepted, coding, decode] of cases) {
    const answer = await ask(house.web, "/protocol.ts", { "Accept-Encoding": accepted });
    assertEquals(answer.headers["content-encoding"], coding, accepted);
    assertEquals(answer.headers["content-length"], `${answer.body.length}`);
    assertEquals(answer.headers.vary, "Accept-Encoding");
    assertEquals(textOf(decode(answer.body)), textOf(plain.body), accepted);
    if (coding !== undefined) assertEquals(answer.body.length < plain.body.length / 2, true, accepted);
    const { etag } = answer.headers;
    for (const known of [etag, `"other", ${etag}`, etag.replace("W/", "")]) {
      const again = await ask(house.web, "/protocol.ts", { "Accept-Encoding": accepted, "If-None-Match": known });
      assertEquals([again.status, again.body.length, again.headers.etag], [304, 0, etag], known);
    }
    assertEquals((await ask(house.web, "/protocol.ts", { "If-None-Match": '"other"' })).status, 200);
    const head = await ask(house.web, "/protocol.ts", { method: "HEAD", "Accept-Encoding": accepted });
    assertEquals([head.status, head.body.length], [200, 0]);
    assertEquals(head.headers["content-length"], answer.headers["content-length"]);
  }
});

Deno.test("what a proxy passes on below a path is found there, and still at the root", async () => {
  await using house = open({ base: "/chat/" });
  for (const path of ["/chat/", "/", "/chat/style.css", "/style.css", "/chat/health", "/chat/emoji/", "/chat/?a=b"]) {
    assertEquals((await ask(house.web, path)).status, 200, path);
  }
  for (const path of ["/chatter/", "/chat/chat/", "/chat/nowhere"]) {
    assertEquals((await ask(house.web, path)).status, 404, path);
  }
  const { status, headers } = await ask(house.web, "/chat");
  assertEquals([status, headers.location], [308, "/chat/"]);
  const seen = await exchange(house.web, asking("/elsewhere", UPGRADE) + asking("/", { Connection: "close" }));
  assertStringIncludes(seen, "the WebSocket is at /chat/irc");
  using peer = await ByHand.connect(`http://127.0.0.1:${house.web.port}`);
  await peer.request("/chat/irc", { Host: "127.0.0.1", ...UPGRADE });
  assertMatch(await peer.head(), /^HTTP\/1\.1 101 /);
});

Deno.test("what may change is asked for again each time, what holds its version never", async () => {
  await using house = open();
  assertEquals((await ask(house.web, "/web/main.ts")).headers["cache-control"], "no-cache");
  assertEquals((await ask(house.web, "/")).headers["cache-control"], "no-cache");
  const [, path] = /"lit":"\.([^"]+)"/.exec(textOf((await ask(house.web, "/")).body))!;
  assertStringIncludes((await ask(house.web, path)).headers["cache-control"], "immutable");
  assertEquals((await ask(house.web, "/nowhere")).headers["cache-control"], "no-store");
});

Deno.test("a request that never comes is given up, and so is what follows one", async () => {
  const timeouts = { request: 50, keepAlive: 50, check: 20 };
  await using house = open({ timeouts });
  const host = `Host: 127.0.0.1:${house.web.port}\r\n`;
  for (
    const [sent, status] of [
      ["", "HTTP/1.1 408 "],
      ["GET / HTTP/1.1\r\nHost:", "HTTP/1.1 408 "],
      [`GET /irc HTTP/1.1\r\n${host}Upgrade: websocket\r\n`, "HTTP/1.1 408 "],
      [`GET /health HTTP/1.1\r\n${host}\r\n`, "HTTP/1.1 200 "],
      [`GET /health HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\nabc`, "HTTP/1.1 200 "],
      [`POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`, "HTTP/1.1 405 "],
    ]
  ) {
    assertStringIncludes(await exchange(house.web, sent), status, sent);
  }
});

Deno.test("who sends a byte now and then and never a whole request is given up, before and after an answer", async () => {
  await using house = open({ timeouts: { request: 100, keepAlive: 100, check: 20 } });
  const encoder = new TextEncoder();
  for (
    const [first, unit] of [["GET /", "a"], [HEALTH, "\r\n"], [`${HEALTH}GET /`, "a"], [
      HEALTH.slice(0, -2),
      "a: b\r\n",
    ]]
  ) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: house.web.port });
    await conn.write(encoder.encode(first));
    let isOver = false;
    const reading = readToEnd(conn).then(() => isOver = true);
    while (!isOver) {
      await conn.write(encoder.encode(unit)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await reading;
  }
});

Deno.test("who reads an answer a byte now and then is given up", async () => {
  await using house = open({ timeouts: { request: 50, check: 20, answer: 100 } });
  const names = "/npm/emoji-picker-element-data@1.8.0/en/emojibase/data.json";
  const { length } = (await ask(house.web, names)).body;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: house.web.port });
  await conn.write(new TextEncoder().encode(asking(names).repeat(16)));
  for (let i = 0; i < 6; i++) {
    await conn.read(new Uint8Array(50));
    // Each of these is waited for as long.
    assertStringIncludes(await exchange(house.web, ""), "408");
  }
  assertLess(await readToEnd(conn), 15 * length);
});

Deno.test("answers that nobody reads are given up", async () => {
  await using house = open({ timeouts: { request: 50, keepAlive: 50, check: 20, stalled: 150 } });
  const names = "/npm/emoji-picker-element-data@1.8.0/en/emojibase/data.json";
  const { length } = (await ask(house.web, names)).body;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: house.web.port });
  // More than the system keeps for one who does not read.
  await conn.write(new TextEncoder().encode(`GET ${names} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(16)));
  // Time passes: each of these is waited for as long, and ends by itself (with 408, unless the machine is slow).
  for (let i = 0; i < 6; i++) await exchange(house.web, "");
  assertLess(await readToEnd(conn), 16 * length);
});

Deno.test("who asks and asks without waiting for answers is cut off, and is not answered all that", async () => {
  await using house = open();
  const asked = `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  // How many are answered before too many wait depends on how fast this machine is.
  const answers = (await exchange(house.web, asked.repeat(2_000))).split("HTTP/1.1 200 ").length - 1;
  assertLess(answers, 500);
  // A few at once are answered in their order.
  const few = await exchange(house.web, asked.repeat(5) + asked.replace("Host", "Connection: close\r\nHost"));
  assertEquals(few.split("HTTP/1.1 200 ").length - 1, 6);
});

Deno.test("what is no request is answered with 400 or 431, and the next one is served", async () => {
  await using house = open();
  for (
    const sent of [
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
      "NICK alice\r\nUSER alice 0 * :alice\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n",
      "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHOST: 127.0.0.1\r\n\r\n",
      `${asking("/irc", UPGRADE).trimEnd()}\r\nHost: elsewhere.example\r\n\r\n`,
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
    ]
  ) {
    assertMatch(await exchange(house.web, sent), /^HTTP\/1\.1 4(?:00|31) /, sent);
  }
  assertEquals(await exchange(house.web, "CONNECT elsewhere.example:80 HTTP/1.1\r\nHost: a\r\n\r\n"), "");
  assertEquals(textOf((await ask(house.web, "/health")).body), "ok\n");
  assertEquals(house.log, []);
});

Deno.test("what fails here is a 500 that says nothing of it, and is logged", async () => {
  const assets = { get: () => Promise.reject(new Error("the disk is gone")) };
  await using house = open({ assets: assets as unknown as NonNullable<WebOptions["assets"]> });
  const { status, body } = await ask(house.web, "/style.css");
  assertEquals([status, textOf(body)], [500, "something went wrong here\n"]);
  assertEquals(house.log.length, 1);
  assertStringIncludes(house.log[0], "/style.css: Error: the disk is gone");
});

const OTHER = { Connection: "Upgrade", Upgrade: "x" };
const CHUNKED = { "Transfer-Encoding": "chunked" };

/** What may be sent at one go, and how each request of it is answered before the connection ends. */
const UPGRADES: Record<string, [sent: string, statuses: number[]]> = {
  "for another protocol": [asking("/health", OTHER), [200]],
  "for another protocol, behind a request": [HEALTH + asking("/", OTHER), [200, 200]],
  "for another protocol, twice": [asking("/health", OTHER).repeat(2), [200]],
  "for another protocol, before one for a WebSocket": [asking("/health", OTHER) + SOCKET, [200]],
  "for another protocol, with content": [asking("/health", { ...OTHER, "Content-Length": "5" }, "GET", "hello"), [200]],
  "for HTTP/2": [asking("/health", { ...OTHER, "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk" }), [200]],
  "for several protocols": [asking("/health", { ...UPGRADE, Upgrade: "websocket, x" }), [200]],
  "for a WebSocket, behind a request": [HEALTH + SOCKET, [200, 400]],
  "for a WebSocket, behind several requests": [HEALTH.repeat(5) + SOCKET, [...Array(5).fill(200), 400]],
  "for a WebSocket, behind a request for a page": [asking("/") + SOCKET, [200, 400]],
  "for a WebSocket, behind one without a host": [asking("/", { Host: undefined }) + SOCKET, [400]],
  "for a WebSocket, behind one that expects to be told to go on": [
    asking("/health", { Expect: "100-continue" }) + SOCKET,
    [200, 400],
  ],
  "for a WebSocket, behind one that expects something else": [asking("/health", { Expect: "tea" }) + SOCKET, [
    200,
    400,
  ]],
  "for a WebSocket, behind one that is refused": [asking("/elsewhere", UPGRADE) + SOCKET, [404]],
  "for a WebSocket, with content": [asking("/irc", { ...UPGRADE, "Content-Length": "5" }, "GET", "hello"), [400]],
  "for a WebSocket, with content in parts": [asking("/irc", { ...UPGRADE, ...CHUNKED }, "GET", "0\r\n\r\n"), [400]],
  "for a WebSocket, by POST": [asking("/irc", UPGRADE, "POST"), [400]],
  "for a WebSocket, with protocols that are none": [asking("/irc", { ...UPGRADE, "Sec-WebSocket-Protocol": ",a" }), [
    400,
  ]],
  "for a WebSocket, behind what is no request": [`\x01\r\n\r\n${SOCKET}`, [400]],
  "by CONNECT": [asking("a:80", {}, "CONNECT"), []],
  "by CONNECT, behind a request": [HEALTH + asking("a:80", {}, "CONNECT"), []],
};

for (const [kind, [sent, statuses]] of Object.entries(UPGRADES)) {
  Deno.test(`a request to upgrade ${kind} is answered in its turn or ends its connection, and no other`, async () => {
    await using house = open();
    const answers = [...(await exchange(house.web, sent)).matchAll(/HTTP\/1\.1 (\d+) /g)];
    assertEquals(answers.map(([, status]) => Number(status)), statuses);
    assertEquals(textOf((await ask(house.web, "/health")).body), "ok\n");
    assertEquals(house.log, []);
  });
}

Deno.test("two requests in one are not taken apart in two ways: whose length is told twice is refused", async () => {
  await using house = open();
  for (
    const [headers, behind] of [
      [{ "Content-Length": "5", ...CHUNKED }, `0\r\n\r\n${HEALTH}`],
      [{ "Transfer-Encoding": "xchunked" }, `0\r\n\r\n${HEALTH}`],
      [{ "Content-Length": "5\r\nContent-Length: 6" }, "hello!"],
      [{ "Content-Length": "+5" }, "hello"],
    ] as const
  ) {
    const seen = await exchange(house.web, asking("/", headers, "POST", behind));
    assertEquals(seen.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 400"], JSON.stringify(headers));
  }
});

Deno.test("who goes in the middle of an answer, or of a request, costs nobody else anything", async () => {
  const asked = Promise.withResolvers<void>(), gone = Promise.withResolvers<void>();
  const assets = new Assets();
  const slow = {
    async get(path: string) {
      asked.resolve();
      await gone.promise;
      return await assets.get(path);
    },
  };
  await using house = open({ assets: slow as Assets });
  const conns: Deno.TcpConn[] = [];
  for (
    const sent of [asking("/"), asking("/").repeat(9) + SOCKET, SOCKET.slice(0, 30), `${SOCKET}\x81`, HEALTH.repeat(17)]
  ) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: house.web.port });
    await conn.write(new TextEncoder().encode(sent));
    conns.push(conn);
  }
  await asked.promise;
  for (const conn of conns) conn.close();
  gone.resolve();
  assertEquals((await ask(house.web, "/style.css")).status, 200);
  assertEquals(house.log, []);
});

Deno.test("a fault in taking a WebSocket into the room ends that one and is reported once", async () => {
  await using house = open();
  house.room.connections.add = () => {
    throw new Error("there is no room in here");
  };
  assertMatch(await exchange(house.web, SOCKET), /^HTTP\/1\.1 101 /);
  assertEquals(house.log.length, 1);
  assertStringIncludes(house.log[0], "there is no room in here");
  assertEquals((await ask(house.web, "/health")).status, 200);
});

Deno.test("a fault in taking a request, in an answer or at its end costs its connection and is reported once", async () => {
  const fault = new Error("a fault in here");
  const asset = await new Assets().get("/style.css");
  const faults: Partial<Asset>[] = [
    { etag: "\n" },
    { encoded: () => Promise.reject(fault) },
    {
      get body(): Uint8Array {
        throw fault;
      },
    },
    { body: "no bytes" as unknown as Uint8Array, etag: 1 as unknown as string, cacheControl: "\0" },
  ];
  for (const wrong of faults) {
    const assets = {
      get: () => Promise.resolve(Object.defineProperties({ ...asset }, Object.getOwnPropertyDescriptors(wrong))),
    };
    await using house = open({ assets: assets as unknown as Assets });
    const { status } = await ask(house.web, "/style.css", { "Accept-Encoding": "br" });
    assertEquals([status, house.log.length], [500, 1], Object.keys(wrong).join());
    assertEquals((await ask(house.web, "/health")).status, 200);
  }
});

Deno.test("a header that is nearly all spaces or signs is answered as any other is", async () => {
  await using house = open();
  for (const unit of [" ", "\t", ",", ";", " ;", ";q=", " ;q=0 ", "a ", '"', "W/"]) {
    for (const name of ["Accept-Encoding", "If-None-Match", "Origin", "X-Forwarded-For", "Upgrade"]) {
      const text = `gzip${unit.repeat(15_900 / unit.length)}x`;
      const seen = await exchange(house.web, asking("/style.css", { Connection: "close", [name]: text }));
      assertMatch(seen, /^HTTP\/1\.1 200 /, `${name}: ${unit}`);
    }
  }
  assertEquals(house.log, []);
});

Deno.test("WebSockets are sent pings, and end when nothing answers any more", async () => {
  await using house = open({ timeouts: { request: 50, keepAlive: 50, check: 20, stalled: 50 } });
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: house.web.port });
  const headers = Object.entries({ Host: "127.0.0.1", ...UPGRADE }).map(([name, value]) => `${name}: ${value}\r\n`);
  await conn.write(new TextEncoder().encode(`GET / HTTP/1.1\r\n${headers.join("")}\r\n`));
  const buffer = new Uint8Array(4096);
  const next = async () => {
    const count = await deadline(conn.read(buffer), PATIENCE);
    return count === null ? "" : String.fromCharCode(...buffer.subarray(0, count));
  };
  let answer = "";
  while (!answer.endsWith("\r\n\r\n")) answer += await next();
  assertMatch(answer, /^HTTP\/1.1 101 /);
  // It may be silent for longer than a request: these are waited for as long.
  for (let i = 0; i < 3; i++) await exchange(house.web, "");
  house.web.ping();
  assertEquals(await next(), "\x89\x00");
  // It does not register either.
  house.room.now += 31_000;
  house.room.connections.check();
  assertStringIncludes(await next(), "ERROR :Closing link: (Registration timed out)");
});

Deno.test("who asks and says that nothing more comes is answered, and the connection is closed then", async () => {
  await using house = open();
  for (const path of ["/", "/web/app.ts", "/health", "/nothing"]) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: house.web.port });
    await conn.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(2)));
    await conn.closeWrite();
    const text = await deadline(new Response(conn.readable).text(), PATIENCE);
    assertEquals(text.match(/^HTTP\/1\.1 \d+/gm)?.length, 2, `${path}: ${text.slice(0, 200)}`);
  }
});

/** Someone in the room by a WebSocket that is written by hand. */
async function comesByHand({ web }: { web: Web }, nick: string): Promise<ByHand> {
  const peer = await ByHand.asks(`http://127.0.0.1:${web.port}`);
  for (const line of [`NICK ${nick}`, `USER ${nick} 0 * :${nick}`]) await peer.write(frame(TEXT, line));
  await peer.sees(/ 422 /);
  return peer;
}

Deno.test("WebSockets are sent pings in turns, each as often as the others, also where some come and go", async () => {
  await using house = open();
  const names = ["alice", "bob", "carol", "dave"];
  const peers: ByHand[] = [];
  for (const nick of names) peers.push(await comesByHand(house, nick));
  /** How many pings each of them has been sent since it was last asked for. */
  const pings = async () => {
    const counts: number[] = [];
    for (const peer of peers) {
      await peer.write(frame(TEXT, "PING barrier"));
      let count = 0;
      for (let next = await peer.frame(); !next!.text.endsWith("barrier"); next = await peer.frame()) {
        if (next!.kind === PING) count++;
      }
      counts.push(count);
    }
    return counts;
  };
  await house.web.ping(1 / 4);
  assertEquals(await pings(), [1, 0, 0, 0]);
  await house.web.ping(1 / 2);
  assertEquals(await pings(), [0, 1, 1, 0]);
  peers.push(await comesByHand(house, "erin"));
  const [alice] = peers.splice(0, 1);
  alice.conn.close();
  await house.room.person("frank");
  while (house.room.connections.size > 5) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let i = 0; i < 25; i++) await house.web.ping(1 / 25);
  assertEquals(await pings(), [1, 1, 1, 1]);
  for (const { conn } of peers) conn.close();
});

Deno.test("a line costs the same by WebSocket as over TCP, and bytes count where they make none", async () => {
  await using house = open({}, 4);
  let spent = 0;
  const { budgets } = house.room.connections;
  const openBudget = budgets.open.bind(budgets);
  budgets.open = (...values) => {
    const budget = openBudget(...values);
    const charge = budget.charge.bind(budget);
    budget.charge = (tokens) => {
      spent += tokens;
      charge(tokens);
    };
    return budget;
  };
  using alice = await comesByHand(house, "alice");
  const bob = await house.room.person("bob");
  const costOf = async (say: () => Promise<void>) => {
    spent = 0;
    await say();
    // What takes long costs more; a line that is answered is not charged to its end yet.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return Math.round(spent);
  };
  for (const length of [1, 60, 380]) {
    const text = "x".repeat(length);
    const byTcp = await costOf(async () => {
      for (let i = 0; i < 4; i++) await bob.send(`PING ${text}`);
      for (let i = 0; i < 4; i++) await bob.sees(/ PONG /);
    });
    const byWebSocket = await costOf(async () => {
      for (let i = 0; i < 4; i++) await alice.write(frame(TEXT, `PING ${text}`));
      for (let i = 0; i < 4; i++) await alice.sees(/ PONG /);
    });
    assertEquals([byTcp, byWebSocket], [4, 4], `${length} bytes`);
  }
  // The second part of this never comes, and neither does the line.
  const part = async () => await alice.write(frame(TEXT, "x".repeat(4_000), false));
  assertEquals(await costOf(part), 8);
});

for (const end of ["a close frame", "a reset over TCP"]) {
  Deno.test(`who goes by ${end} while a guess waits is gone, and the guess with it`, async () => {
    // Whoever has guessed wrongly some times waits for ever.
    const guesses = new Guesses({ now: () => 0, after: () => () => {} });
    await using house = open({}, 0, { guesses });
    const alice = await house.room.person("alice", { join: "#tea" });
    await alice.send("JOIN #cellar", "MODE #cellar +k tea");
    const carol = await house.room.person("carol");
    for (let i = 0; i < 4; i++) await carol.send("JOIN #cellar wrong");
    await carol.everything();
    const said = [
      "NICK bob",
      "USER bob 0 * :bob",
      "JOIN #tea",
      ...Array(3).fill("JOIN #cellar wrong"),
      "PRIVMSG #tea :in?",
    ];
    if (end === "a close frame") {
      using bob = await ByHand.asks(`http://127.0.0.1:${house.web.port}`);
      for (const line of said) await bob.write(frame(TEXT, line));
      await bob.sees(/ 475 /);
      await bob.write(frame(CLOSE, new Uint8Array([1001 >> 8, 1001 & 0xff])));
      await alice.sees(":bob!bob@127.0.0.1 QUIT :Connection closed");
    } else {
      const bob = connect(house.room.port, "127.0.0.1");
      bob.write(said.map((line) => `${line}\r\n`).join(""));
      await alice.sees(":bob!bob@127.0.0.1 JOIN #tea");
      await alice.everything();
      bob.resetAndDestroy();
      await alice.sees(":bob!bob@127.0.0.1 QUIT :Connection reset");
    }
    assertEquals(house.log, []);
  });
}

Deno.test("who opens connections too fast has them closed; through a proxy it is those who ask that are told so, and not the proxy", async () => {
  await using page = open({ trustProxy: ["127.0.0.1"] }, 4);
  // It is fixed here who does so, since it changes within milliseconds.
  const hasted = ["203.0.113.7", "127.0.0.1"];
  page.room.connections.budgets.admits = (address) => !hasted.includes(address);
  const statuses = [];
  for (const visitor of ["203.0.113.7", "203.0.113.8"]) {
    using peer = await ByHand.asks(`http://127.0.0.1:${page.web.port}/`, { "X-Forwarded-For": visitor });
    statuses.push(peer.status);
  }
  assertEquals(statuses, ["HTTP/1.1 429 Too Many Requests", "HTTP/1.1 101 Switching Protocols"]);

  await using near = open({}, 4);
  near.room.connections.budgets.admits = (_, kind) => kind === "lines";
  assertEquals(await exchange(near.web, HEALTH), "");
  near.room.connections.budgets.admits = (_, kind) => kind === "requests";
  assertMatch(await exchange(near.web, SOCKET), /^HTTP\/1\.1 429 /);
});

Deno.test("the page about trust is under a policy that allows no script, also below a base, and its file below it", async () => {
  const authority = { pem: "-----BEGIN CERTIFICATE-----\n", fingerprint: "AB:CD" };
  const names = { hosts: ["localhost"], addresses: ["127.0.0.1"] };
  const tls: TlsFacts = {
    ports: { chat: 6697, page: 8443 },
    voucher: "own",
    authority,
    certificate: { names, from: 0, until: 1, fingerprint: "12:34" },
    isPublic: false,
    challenges: new Map(),
  };
  await using opened = open({ tls, base: "/chat/" });
  const { web } = opened;
  for (const path of ["/trust", "/chat/trust"]) {
    const page = await ask(web, path, { "Accept-Language": "zh-CN", Host: "localhost" });
    assertEquals([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
    const policy = page.headers["content-security-policy"];
    assertMatch(policy, /^default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'/);
    const text = new TextDecoder().decode(page.body);
    assertStringIncludes(text, "AB:CD");
    assertStringIncludes(text, 'lang="zh"');
    assertStringIncludes(text, 'href="https://localhost:8443/chat/"');
    const file = await ask(web, `${path}/teahouse-authority.crt`);
    assertEquals([file.status, file.headers["content-type"]], [200, "application/x-x509-ca-cert"]);
    assertEquals(new TextDecoder().decode(file.body), authority.pem);
  }
  assertEquals((await ask(web, "/style/trust.css")).status, 200);
});
