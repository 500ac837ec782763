/** The engine of calls as a program: it is there as long as the room, and no longer. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { isInstalled, openRoom, runServer, SERVER_NAME, skipped, until } from "./room.ts";
import { engineOf, folderOf, isThere, parentOf } from "./janus.ts";

const MISSING = await isInstalled("janus") ? [] : ["janus"];

function janusTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name}${skipped(MISSING)}`, ignore: MISSING.length > 0, fn });
}

/** The TCP ports on which a process listens, as the kernel lists them. */
function listening(pid: number): string[] {
  const sockets = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${name}`)) ?? [];
    if (inode !== undefined) sockets.add(inode);
  }
  return ["tcp", "tcp6"].flatMap((table) => Deno.readTextFileSync(`/proc/${pid}/net/${table}`).split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === "0A" && sockets.has(fields[9]))
    .map((fields) => fields[1]);
}

janusTest("the room starts a Janus that nobody else reaches, and ends it with itself", async () => {
  let janus: number, folder: string;
  {
    await using room = await openRoom(["--call-engine", "janus"], { page: false });
    janus = engineOf(room.pid)!;
    folder = folderOf(janus);
    assertEquals(listening(janus), []);
    assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
    const alice = await room.person("alice");
    await alice.send("VERSION");
    assertMatch((await alice.everything()).join("\n"), /teahouse\.chat\/CALL=60/);
  }
  assert(!isThere(janus));
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
});

janusTest("a Janus whose room was killed ends as well, and its configuration goes", async () => {
  const room = await openRoom(["--call-engine", "janus"], { page: false });
  const janus = engineOf(room.pid)!;
  const folder = folderOf(janus);
  room.kill("SIGKILL");
  await room.ended();
  await until("Janus to end", () => !isThere(janus) || undefined);
  await until("its folder to go", () => Deno.stat(folder).then(() => undefined, () => true));
});

janusTest("a room that waits in vain for one of its parts ends all the same", async () => {
  await using room = await openRoom(["--call-engine", "janus"], { page: false });
  const alice = await room.person("alice");
  const janus = engineOf(room.pid)!;
  // The shell that watches over both ends Janus, and is waited for.
  const shell = Number(parentOf(`${janus}`));
  Deno.kill(shell, "SIGSTOP");
  try {
    room.kill("SIGTERM");
    assertMatch((await alice.rest()).at(-1)!, /^ERROR :/);
    assertEquals(await room.ended(), 1);
    await room.logs("closing takes too long: what is still under way is cut off");
  } finally {
    Deno.kill(shell, "SIGCONT");
  }
  await until("Janus to end", () => !isThere(janus) || undefined);
});

Deno.test("an engine that can't be used is said at the start", async () => {
  const refused = async (code: number, message: string, ...flags: string[]) => {
    const run = await runServer("--port", "0", "--no-web", "--no-tls", "--db", ":memory:", ...flags);
    assertEquals([run.code, run.stderr.split("\n")[0].slice(0, message.length)], [code, message]);
  };
  await refused(
    2,
    `${SERVER_NAME}: --call-engine must be janus, or an address as ws://127.0.0.1:8188, not "galene"`,
    "--call-engine",
    "galene",
  );
  await refused(
    2,
    `${SERVER_NAME}: --call-engine-from must be a number from 2 to 8, not "9"`,
    "--call-engine-from",
    "9",
  );
  await refused(
    2,
    `${SERVER_NAME}: --call-engine-address must be an address as 203.0.113.7`,
    "--call-engine-address",
    'a"; b',
  );
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  const url = `ws://127.0.0.1:${closed.addr.port}`;
  await refused(1, `${SERVER_NAME}: cannot use --call-engine ${url}: cannot reach Janus: `, "--call-engine", url);
});
