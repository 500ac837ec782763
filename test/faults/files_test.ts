/**
 * Files while the disk is full, and while the server is killed: nothing is lost that was confirmed, and nothing stays that
 * nobody knows.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { random } from "../../server/testing.ts";
import { ask } from "../file_sending.ts";
import { openFolder, openRoom, type Person, type Room, until } from "../room.ts";
import { canMount, openDisk } from "./disk.ts";

const MEBIBYTE = 1_048_576;

const CAPS = "draft/authtoken";

/** A token by which somebody sends a file. */
async function token(person: Person): Promise<string> {
  await person.send("TOKEN GENERATE FILEHOST");
  return (await person.sees(/ TOKEN GENERATE FILEHOST /)).split(" ").at(-1)!.replace(/^:/, "");
}

/** Sends a file. */
async function post(room: Room, by: string, body: Uint8Array) {
  const { port } = new URL(await room.page());
  const headers = { "Authorization": `Bearer ${by}`, "Content-Length": body.length };
  return await ask(Number(port), "/files", { method: "POST", headers, body });
}

/** Whether a file is named as a complete one. */
const isId = (name: string) => /^[\w-]{22}$/.test(name);

async function get(room: Room, path: string) {
  return await ask(Number(new URL(await room.page()).port), path);
}

Deno.test("a server that is killed twenty times loses no file that it has confirmed, and keeps nothing of the others", async () => {
  await using folder = await openFolder();
  const flags = ["--flood-limit", "0", "--db", `${folder.path}/tea.db`, "--no-tls"];
  const lying = () => [...Deno.readDirSync(`${folder.path}/tea.db-files`)].map(({ name }) => name).sort();
  const next = random(29);
  /** What was confirmed, by path. */
  const kept = new Map<string, Buffer>();
  for (let round = 0; round < 20; round++) {
    await using room = await openRoom(flags);
    const alice = await room.person("alice", { caps: CAPS });
    const tokens = [await token(alice), await token(alice), await token(alice)];
    let isKilled = false;
    // Several at once, of several sizes; some are confirmed before the end comes, which finds the others anywhere.
    const sending = Array.from({ length: 3 }, async (_, i) => {
      const body = Buffer.alloc(1 + Math.floor(next() * 3 * MEBIBYTE), `${round}.${i} `);
      const by = tokens[i];
      try {
        const { status, headers } = await post(room, by, body);
        if (status === 201) kept.set(new URL(headers.location).pathname, body);
      } catch (error) {
        if (!isKilled) throw error;
      }
    });
    await (round % 4 === 0 ? Promise.all(sending) : Promise.race(sending));
    isKilled = true;
    room.kill("SIGKILL");
    await Promise.all(sending);
    await room.ended();
  }
  await using room = await openRoom(flags);
  for (const [path, body] of kept) {
    const answer = await get(room, path);
    assertEquals(answer.status, 200, path);
    assert(answer.body.equals(body), path);
  }
  assert(kept.size >= 15, `${kept.size}`);
  await until("what was not complete to be swept", () => lying().every(isId) || undefined, () => lying().join());
  // A few were complete when the end came before their senders were told. Whatever lies here can be read.
  for (const id of lying()) assertEquals((await get(room, `/files/${id}`)).status, 200);
  assertEquals(
    [...Deno.readDirSync(folder.path)].map(({ name }) => name).every((name) => name.startsWith("tea.db")),
    true,
  );
});

Deno.test({
  name: "a disk that becomes full refuses files in one line, and people talk on" +
    (canMount ? "" : " (skipped: no disk can be mounted)"),
  ignore: !canMount,
  async fn() {
    await using folder = await openFolder();
    await using disk = await openDisk(folder.path, 8);
    const flags = ["--flood-limit", "0", "--db", `${folder.path}/tea.db`, "--no-tls"];
    await using room = await openRoom(flags, { inside: disk.inside });
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    const large = await post(room, await token(alice), new Uint8Array(16 * MEBIBYTE));
    assertEquals(large.status, 507);
    assertMatch(large.text, /^the disk here has room for \d\S* [KM]iB more, and this file has 16 MiB$/);
    const { status, headers } = await post(room, await token(alice), new Uint8Array(MEBIBYTE));
    assertEquals(status, 201);
    // Something else fills the disk while the next one comes.
    const by = await token(alice);
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(await room.page()).port) });
    const head = `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${by}\r\n` +
      `Content-Length: ${4 * MEBIBYTE}\r\n\r\n`;
    const write = async (bytes: Uint8Array) => {
      for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    };
    await write(new TextEncoder().encode(head));
    await write(new Uint8Array(65_536));
    const parts = () => [...Deno.readDirSync(`${disk.seen}/tea.db-files`)].filter(({ name }) => name.endsWith(".part"));
    await until("it has begun", () => parts().length === 1 || undefined);
    await Deno.writeFile(`${disk.seen}/ballast`, new Uint8Array(8 * MEBIBYTE)).catch(() => {});
    const sending = write(new Uint8Array(4 * MEBIBYTE - 65_536)).catch(() => {});
    const buffer = new Uint8Array(4_096);
    let answer = "";
    for (let count; (count = await conn.read(buffer).catch(() => null)) !== null;) {
      answer += new TextDecoder().decode(buffer.subarray(0, count));
    }
    await sending;
    conn.close();
    assertMatch(
      answer,
      /^HTTP\/1\.1 507 [^]*the disk here is full: \d\S* [KM]iB of this file have come, and no more fit\n/,
    );
    await until("nothing of it is left", () => parts().length === 0 || undefined);
    await alice.send("PRIVMSG #tea :said on a full disk");
    await bob.sees(":alice!alice@127.0.0.1 PRIVMSG #tea :said on a full disk");
    // What was confirmed is there, and there is room again when there is.
    assertEquals((await get(room, new URL(headers.location).pathname)).body.length, MEBIBYTE);
    await Deno.remove(`${disk.seen}/ballast`);
    assertEquals((await post(room, await token(alice), new Uint8Array(MEBIBYTE))).status, 201);
    await room.servesNewcomers();
  },
});
