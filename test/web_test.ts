/**
 * The gateway as browsers and attackers meet it: one room by TCP and by WebSocket, what is served, and what is refused.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { openRoom, PATIENCE, type Room } from "./room.ts";

/** Frames as a client must not send them, or larger than any line. */
const HOSTILE: Record<string, number[]> = {
  "without a mask": [0x81, 0x01, 0x61],
  "with a reserved bit": [0xf1, 0x81, 0, 0, 0, 0, 0x61],
  "of an unknown kind": [0x83, 0x80, 0, 0, 0, 0],
  "that is no UTF-8": [0x81, 0x81, 0, 0, 0, 0, 0xff],
  "of 50 MB": [0x81, 0xff, 0, 0, 0, 0, 0x02, 0xfa, 0xf0, 0x80, 0, 0, 0, 0],
};

/** Asks for a WebSocket by hand, and gives the connection with the answer's first line. */
async function asks(room: Room, headers = "") {
  const { port, host } = new URL(await room.page());
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  const request = `GET /irc HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;
  await conn.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(4096);
  const count = await deadline(conn.read(buffer), PATIENCE) ?? 0;
  return { conn, status: new TextDecoder().decode(buffer.subarray(0, count)).split("\r\n")[0] };
}

/** Reads to the end of a connection. */
async function ends(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  while (await deadline(conn.read(buffer), PATIENCE).catch(() => null) !== null);
}

for (const [kind, bytes] of Object.entries(HOSTILE)) {
  Deno.test(`a frame ${kind} ends its WebSocket, and the room goes on`, async () => {
    await using room = await openRoom();
    const { conn, status } = await asks(room);
    using _ = conn;
    assertEquals(status, "HTTP/1.1 101 Switching Protocols");
    await conn.write(new Uint8Array(bytes));
    await room.servesNewcomers();
    await ends(conn);
  });
}

Deno.test("a page from elsewhere may not open the WebSocket, the room's own may", async () => {
  await using room = await openRoom();
  const { origin } = new URL(await room.page());
  for (const [from, code] of [["http://elsewhere.example", 403], ["null", 403], [origin, 101]] as const) {
    const { conn, status } = await asks(room, `Origin: ${from}\r\n`);
    conn.close();
    assertStringIncludes(status, ` ${code} `, from);
  }
});

Deno.test("the page comes with its policy, a module without types and with a tag; nothing else is served", async () => {
  await using room = await openRoom();
  const base = await room.page();
  const get = async (path: string, headers: HeadersInit = {}) => {
    const response = await fetch(new URL(path, base), { headers });
    return { response, text: await response.text() };
  };
  const page = await get("/");
  assertStringIncludes(page.response.headers.get("content-security-policy")!, "default-src 'none'");
  const module = await get("/protocol.ts");
  assertEquals(module.text.includes("export interface"), false);
  const again = await get("/protocol.ts", { "If-None-Match": module.response.headers.get("etag")! });
  assertEquals([again.response.status, again.text], [304, ""]);
  for (
    const path of ["/server.ts", "/client/testing.ts", "/web/..%2fserver.ts", "/deno.json", "/npm/ws@8.23.0/index.js"]
  ) {
    assertEquals((await get(path)).response.status, 404, path);
  }
});
