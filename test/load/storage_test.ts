/**
 * What befalls the disk and the database of a running server: full, deleted, replaced, no descriptor left. Nothing that was
 * acknowledged is lost, and everything goes on afterwards.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openFolder, openRoom, type Person, run, skipped, until } from "../room.ts";

const CAPS = "batch message-tags server-time echo-message draft/chathistory draft/message-redaction";

/** The texts that were said in a channel, as a database has them. */
function texts(file: string, channel = "#tea"): unknown[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare("SELECT text FROM messages WHERE target = ? ORDER BY id").all(channel).map(({ text }) => text);
  } finally {
    db.close();
  }
}

/** Says something; gives its id where it is acknowledged. */
async function says(person: Person, text: string): Promise<string | undefined> {
  await person.send(`PRIVMSG #tea :${text}`);
  const lines = await person.everything();
  return lines.map((line) => /msgid=(\w+)[^ ]* \S+ PRIVMSG #tea /.exec(line)?.[1]).find((id) => id !== undefined);
}

Deno.test("A database that is deleted, and one that is replaced, while the room is open: all is there after a restart", async () => {
  await using folder = await openFolder();
  const file = `${folder.path}/data/tea.db`;
  {
    await using room = await openRoom(["--db", file]);
    const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
    await says(alice, "before");
    await until("what was said in the file", () => texts(file).length > 0 || undefined);
    for (const suffix of ["", "-wal", "-shm", "-lock"]) await Deno.remove(file + suffix);
    await says(alice, "deleted");
    await room.logs(/tea\.db has been deleted or replaced while it was open; a new one that holds everything/);
    await until("all in the new file", () => texts(file).join() === "before,deleted" || undefined);
    await Deno.writeTextFile(`${folder.path}/letter`, "no database");
    await Deno.rename(`${folder.path}/letter`, file);
    await says(alice, "replaced");
    const [, found] = /what was found in its place is (\S+) now$/.exec(await room.logs(/ now$/))!;
    assertEquals(await Deno.readTextFile(found), "no database");
    await says(alice, "after");
    await Deno.remove(file);
  }
  assertEquals(texts(file), ["before", "deleted", "replaced", "after"]);
  for (const { name, isDirectory } of Deno.readDirSync(`${folder.path}/data`)) {
    assertEquals(Deno.statSync(`${folder.path}/data/${name}`).mode! & 0o777, isDirectory ? 0o700 : 0o600, name);
  }
  await using room = await openRoom(["--db", file]);
  const bob = await room.person("bob", { caps: CAPS, join: "#tea" });
  await bob.send("CHATHISTORY LATEST #tea * 10");
  assertMatch((await bob.everything()).join("\n"), /before.*deleted.*replaced.*after/s);
});

Deno.test("With no descriptor left, what is said is kept and what is forgotten is gone; nothing ends", async () => {
  await using folder = await openFolder();
  const file = `${folder.path}/tea.db`;
  await using room = await openRoom(["--db", file, "--flood-limit", "0"], { openFiles: 64, page: false });
  const alice = await room.person("alice", { caps: CAPS, join: "#tea" });
  await says(alice, "before");
  const crowd: Deno.TcpConn[] = [];
  for (let i = 0; i < 80; i++) crowd.push(await room.connect());
  await room.logs(/cannot accept connections/);
  const id = await says(alice, "swordfish");
  assert(id !== undefined);
  await until("what was said in the file", () => texts(file).includes("swordfish") || undefined);
  await alice.send(`REDACT #tea ${id}`);
  await alice.sees(/ REDACT #tea /);
  for (let i = 0; i < 50; i++) await says(alice, `${i}`);
  await alice.everything();
  for (const conn of crowd) conn.close();
  await room.servesNewcomers();
  await says(alice, "after");
  room.kill("SIGTERM");
  assertEquals(await room.ended(), 0);
  // Of what was removed is kept that it was, without its text.
  assertEquals(texts(file), ["before", "", ...Array.from({ length: 50 }, (_, i) => `${i}`), "after"]);
  for (const { name, isFile } of Deno.readDirSync(folder.path)) {
    if (!isFile) continue;
    const bytes = new TextDecoder("latin1").decode(Deno.readFileSync(`${folder.path}/${name}`));
    assert(!bytes.includes("swordfish"), name);
  }
});

/** Whether a small disk can be had: a file system in memory, in a name space of its own. */
const hasDisk =
  (await run("unshare", ["-Urm", "mount", "-t", "tmpfs", "none", "/mnt"]).catch(() => ({ code: 1 }))).code === 0;

Deno.test({
  name: `A disk that is full: what can't be kept is refused, the rest is there when there is room${
    skipped(hasDisk ? [] : ["a mount in a name space"])
  }`,
  ignore: !hasDisk,
  async fn() {
    await using folder = await openFolder();
    const script = `mount -t tmpfs -o size=4m none "$0"
      dd if=/dev/zero of="$0/ballast" bs=1k count=3200 2>/dev/null
      (for file in free copy; do
        for i in $(seq 600); do [ -e "$0-$file" ] && break || sleep 0.1; done
        [ $file = free ] && mount -o remount,size=100m "$0" || cp "$0/tea.db" "$0-copied"
        rm "$0-$file"
      done) >/dev/null 2>&1 & exec "$@"`;
    const disk = `${folder.path}/disk`;
    await Deno.mkdir(disk);
    const file = `${disk}/tea.db`;
    const flags = ["--db", file, "--flood-limit", "0"];
    const inside = ["unshare", "-Urm", "sh", "-ec", script, disk];
    await using room = await openRoom(flags, { page: false, inside });
    const alice = await room.person("alice", { caps: `${CAPS} draft/multiline`, join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    const long = "x".repeat(400);
    const said: string[] = [];
    let refused = 0;
    // 16 MiB wait at the most, whatever is said.
    for (let i = 0; refused === 0 && i < 200; i++) {
      const batch = Array.from({ length: 500 }, (_, j) => `${i * 500 + j} ${long}`);
      await alice.send(...batch.map((text) => `PRIVMSG #tea :${text}`));
      for (const line of await alice.everything()) {
        if (/ 404 alice #tea :Cannot send /.test(line)) refused++;
        else if (/ PRIVMSG #tea :/.test(line)) said.push(line.replace(/^.* PRIVMSG #tea :/, ""));
      }
      await bob.everything();
    }
    await room.logs(/cannot write \S*tea\.db: database or disk is full/);
    assert(refused > 0, `${said.length} kept in memory`);
    await Deno.writeTextFile(`${disk}-free`, "");
    await room.logs(/tea\.db is written again/);
    await room.servesNewcomers();
    room.kill("SIGTERM");
    assertEquals(await room.ended(), 0);
    await Deno.writeTextFile(`${disk}-copy`, "");
    await until("a copy", () => Deno.stat(`${disk}-copy`).then(() => undefined, () => true));
    assertEquals(texts(`${disk}-copied`), said);
  },
});
