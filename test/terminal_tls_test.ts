/** The terminal client comes over TLS: the program, in front of a whole server behind TLS. */

import { X509Certificate } from "node:crypto";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { asWord, inRows } from "../terminal/known_rooms.ts";
import { Certificates, hasOpenssl } from "../terminal/testing.ts";
import { reachedAt } from "../server/wire/interfaces.ts";
import { openFolder, openRoom, type Room, run } from "./room.ts";
import { SecureRoom } from "./tls.ts";
import { CLIENT, hasScript, Terminal } from "./terminal.ts";

/** A room behind TLS. */
class Door extends Certificates {
  open(room: Room, pair: { cert: string; key: string }, port?: number) {
    return this.serve(pair, async (conn) => {
      const to = await Deno.connect({ hostname: "127.0.0.1", port: Number(room.address.split(":").at(-1)) });
      await Promise.all([conn.readable.pipeTo(to.writable), to.readable.pipeTo(conn.writable)]);
    }, port);
  }
}

Deno.test({
  name: "--tls at a terminal asks once for the fingerprint, shows a lock, and refuses a change",
  ignore: !hasOpenssl || !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await using room = await openRoom(["--no-web"], { page: "default" });
    await using door = new Door();
    const [first, second] = [door.authority("tea"), door.authority("milk")];
    let port: number;
    const start = () => new Terminal({ state: folder.path }, "--server", `tls://127.0.0.1:${port}`, "--nick", "alice");
    {
      await using tls = door.open(room, door.issue("tea"));
      port = tls.port;
      const asked = start();
      for (const row of inRows(first)) await asked.shows(row);
      await asked.shows("Is this what the server has printed? [y/N]");
      await asked.types("\r");
      const refused = await asked.ended();
      assertStringIncludes(refused, "You did not accept the fingerprint");
      assertStringIncludes(refused, "code 1");
      const accepted = start();
      await accepted.shows("[y/N]");
      await accepted.types("y\r");
      await accepted.shows("🔒 Connecting to");
      await accepted.shows("#lobby: ");
      await accepted.types("\x15/quit\r");
      await accepted.ended();
      const known = start();
      await known.shows("#lobby: ");
      await known.types("\x15/quit\r");
      assertEquals((await known.ended()).includes("[y/N]"), false);
    }
    await using _tls = door.open(room, door.issue("milk"), port);
    const changed = await start().ended();
    for (const text of [...inRows(first), `--pin ${asWord(second)}`, "code 1"]) assertStringIncludes(changed, text);
  },
});

Deno.test({
  name: "--tls on a pipe says nothing to a room that is not known, unless --pin names its fingerprint",
  ignore: !hasOpenssl,
  fn: async () => {
    await using folder = await openFolder();
    await using room = await openRoom(["--no-web"], { page: "default" });
    await using door = new Door();
    const fingerprint = door.authority("tea");
    await using tls = door.open(room, door.issue("tea"));
    const bob = await room.person("bob", { join: "#lobby" });
    const words = ["env", `XDG_STATE_HOME=${folder.path}`, Deno.execPath(), ...CLIENT, "--nick", "kettle"];
    const server = ["--tls", "--server", `127.0.0.1:${tls.port}`];
    const refused = await run(words[0], [...words.slice(1), ...server], "hello\n");
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, `--pin ${asWord(fingerprint)}`);
    assertEquals((await run(words[0], [...words.slice(1), ...server, "--pin", fingerprint], "tea\n")).code, 0);
    await bob.sees(/kettle.* PRIVMSG #lobby :tea$/);
    assertEquals((await run(words[0], [...words.slice(1), ...server], "milk\n")).code, 0);
    await bob.sees(/kettle.* PRIVMSG #lobby :milk$/);
  },
});

/** An address of this machine by which others reach it; undefined where it is in no network. */
const [, outer] = reachedAt("0.0.0.0", Deno.networkInterfaces());

Deno.test({
  name:
    "the room's own TLS is found by the plain address: a terminal asks, a pipe says that it does without, or is told",
  ignore: outer === undefined || !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await using secure = await SecureRoom.open(() => ["--host", "0.0.0.0"]);
    const { room, chatPort } = secure;
    const { fingerprint256 } = new X509Certificate(await secure.authority());
    const server = `${outer}:${room.port}`;
    const bob = await room.person("bob", { join: "#lobby" });
    const piped = (text: string, ...more: string[]) => {
      const args = [
        `XDG_STATE_HOME=${folder.path}`,
        Deno.execPath(),
        ...CLIENT,
        "--nick",
        "kettle",
        "--server",
        server,
      ];
      return run("env", [...args, ...more], `${text}\n`);
    };
    /** Whether who says this came by TLS, as the server tells anybody. */
    const isSecure = async (nick: string, text: string) => {
      await bob.sees(new RegExp(` PRIVMSG #lobby :${text}$`));
      await bob.send(`WHOIS ${nick}`);
      return (await bob.everything()).some((line) => / 671 /.test(line));
    };
    const plain = await piped("tea");
    assertEquals([plain.code, plain.stderr.trim().split("\n").length], [0, 1], plain.stderr);
    assertStringIncludes(plain.stderr, `${server} offers TLS on port ${chatPort}, whose authority is not known here`);
    await using alice = new Terminal({ state: folder.path }, "--server", server, "--nick", "alice");
    for (const row of inRows(fingerprint256)) await alice.shows(row);
    await alice.types("y\r");
    await alice.shows(`🔒 Connecting to ${outer}:${chatPort} as alice`);
    await alice.shows("#lobby: ");
    await alice.types("\x15milk\r");
    assertEquals(await isSecure("alice", "milk"), true);
    // From now on the room is known, so a program on the same machine comes by TLS, and says nothing of it.
    const known = await piped("sugar");
    assertEquals([known.code, known.stderr], [0, ""]);
    await bob.sees(/kettle.* PRIVMSG #lobby :sugar$/);
    assertEquals((await piped("honey", "--server", `tcp://${server}`)).code, 0);
    await bob.sees(/kettle.* PRIVMSG #lobby :honey$/);
  },
});
