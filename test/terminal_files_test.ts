/** Files at the terminal and on a pipe: the client as a program, in front of a whole room. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { waveFile } from "../shared/testing.ts";
import { asWord } from "../terminal/known_rooms.ts";
import { plainPng } from "../terminal/pictures/testing.ts";
import { isInstalled, openFolder, openRoom, type Person, type Room, run, skipped } from "./room.ts";
import { CLIENT, hasScript, Terminal } from "./terminal.ts";
import { SecureRoom } from "./tls.ts";

const MIB = 1_048_576;

/** Where the runtime keeps what it has loaded, whoever's home the test names. */
const DENO_DIR = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;

/** A person of another client, who sees the tags of messages. */
function watcher(room: Room, nick = "bob"): Promise<Person> {
  return room.person(nick, { caps: "message-tags draft/message-redaction", join: "#lobby" });
}

/** Runs the client on a pipe. */
function client(address: string, ...args: string[]) {
  return run(Deno.execPath(), [...CLIENT, "--server", address, "--nick", "kettle", ...args], "");
}

/** Bytes that no program packs into fewer. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** Two seconds of a sound that is as loud at its end as at its beginning (RIFF WAVE, 8 kHz, 16 bits). */
function tone(): Uint8Array {
  return waveFile({ samples: 16_000, bits: 16, sampleOf: (i) => i % 2 === 0 ? 9_000 : -9_000 });
}

/** The address that somebody has said. */
async function said(person: Person): Promise<string> {
  return (await person.sees(/ PRIVMSG #lobby :http/)).split(" :").at(-1)!;
}

Deno.test("--send sends a file, says its address with what it is, and the exit code says whether it was sent", async () => {
  await using folder = await openFolder();
  await using room = await openRoom(["--file-limit", "1M"]);
  const bob = await watcher(room);
  const path = `${folder.path}/my notes.txt`;
  await Deno.writeTextFile(path, "tea at four\n");
  const sent = await client(room.address, "--send", path);
  assertEquals([sent.code, sent.stderr], [0, ""]);
  const line = await bob.sees(/ PRIVMSG #lobby :http/);
  assertMatch(line, /^@\S*\+teahouse\.chat\/file=name=my\+notes\.txt&size=12&type=text%2Fplain/);
  const url = line.split(" :").at(-1)!;
  assertEquals(await (await fetch(url)).text(), "tea at four\n");
  await Deno.writeFile(`${folder.path}/large.bin`, noise(MIB + 1));
  await Deno.writeTextFile(`${folder.path}/empty.txt`, "");
  const refusals: [string, RegExp][] = [
    ["large.bin", /large\.bin was not sent: it has 1048577 B, and the server takes 1048576 B at most\./],
    ["empty.txt", /empty\.txt is empty\./],
    ["none.txt", /There is no file .*none\.txt\./],
    ["", /is a folder: send its files one by one, or as a \.zip\./],
  ];
  for (const [name, why] of refusals) {
    const { code, stderr } = await client(room.address, "--send", `${folder.path}/${name}`);
    assertEquals(code, 1, name);
    assertMatch(stderr, why);
  }
  assertEquals((await bob.everything()).filter((line) => line.includes(" PRIVMSG ")), []);
});

Deno.test({
  name:
    "/send at the prompt completes a path, says the file as a card; /files lists it, /get gets it and overwrites nothing",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await Deno.mkdir(`${folder.path}/down`);
    await using room = await openRoom();
    const bob = await watcher(room);
    await Deno.writeFile(`${folder.path}/big kettle.bin`, noise(MIB + MIB / 4));
    await using alice = new Terminal(
      { env: { HOME: folder.path, DENO_DIR } },
      ...["--server", room.address, "--nick", "alice", "--downloads", `${folder.path}/down`],
    );
    await alice.shows("#lobby: ");
    await alice.types("/send ~/big\t");
    await alice.shows("/send ~/big\\ kettle.bin ");
    await alice.types("\r");
    const url = await said(bob);
    await alice.shows(`<alice> big kettle.bin (1.2 MiB) ${url.slice(0, 20)}`);
    await alice.types("/files\r");
    await alice.shows("Files of #lobby:");
    await alice.shows("1  big kettle.bin  1.2 MiB  alice");
    for (const name of ["big kettle.bin", "big kettle (2).bin"]) {
      await alice.types("/get 1\r");
      await alice.shows(name, "Got ");
      assertEquals(
        await Deno.readFile(`${folder.path}/down/${name}`),
        await Deno.readFile(`${folder.path}/big kettle.bin`),
      );
    }
    await alice.types(`/get 1 ~/down/tea.bin\r`);
    await alice.shows("down/tea.bin (1.2 MiB).");
    // A name with spaces in it needs no quotes where it stands alone.
    await alice.types("/send ~/big kettle.bin\r");
    await bob.sees(/ PRIVMSG #lobby :http\S+\/big%20kettle\.bin$/);
    await Deno.writeFile(`${folder.path}/tea.wav`, tone());
    await alice.types("/voice ~/tea.w\t\r");
    const voice = await bob.sees(/ PRIVMSG #lobby :http\S+\/tea\.wav$/);
    assertMatch(voice, /\+teahouse\.chat\/file=name=tea\.wav&size=32044&type=audio%2Fwav&voice=2&wave=_{60}[; ]/);
    await alice.shows("<alice> voice message, 0:02 http");
    await alice.types("/files\r");
    await alice.shows("tea.wav         voice message, 0:02  alice");
    const names = [...Deno.readDirSync(`${folder.path}/down`)].map(({ name }) => name).sort();
    assertEquals(names, ["big kettle (2).bin", "big kettle.bin", "tea.bin"]);
    const wrong: [string, string][] = [
      ["/get 7", '"7" is no number of the list'],
      ["/get 1 ~/nowhere/", "There is no folder"],
      ["/send ~/nothing", "There is no file"],
      ["/voice ~/nothing", "There is no file"],
      ["/voice ~/big kettle.bin", "big kettle.bin was not sent: it is no sound that can be a voice message"],
      ["/voice ~/tea.wav ~/tea.wav", "Name one file of sound: /voice tea.ogg"],
      ["/send", "Name a file: /send tea.jpg"],
    ];
    for (const [line, text] of wrong) {
      await alice.types(`${line}\r`);
      await alice.shows(text);
    }
  },
});

Deno.test({
  name: "a bar shows what is sent; Ctrl-C stops that file alone, and the next one and the line that is written stay",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await using room = await openRoom();
    const bob = await watcher(room);
    // A file with holes: it has many bytes, and takes no room.
    using large = await Deno.create(`${folder.path}/large.bin`);
    await large.truncate(900 * MIB);
    await Deno.writeTextFile(`${folder.path}/small.txt`, "small");
    await using alice = new Terminal(
      { env: { HOME: folder.path, DENO_DIR } },
      "--server",
      room.address,
      "--nick",
      "alice",
    );
    await alice.shows("#lobby: ");
    await alice.types("/send ~/large.bin ~/small.txt\r");
    await alice.shows("large.bin [#");
    await alice.shows("(Ctrl-C stops) (1 more wait)");
    await alice.types("still here\x03");
    await alice.shows("large.bin: stopped, nothing was sent.");
    assertMatch(await said(bob), /\/small\.txt$/);
    await alice.types("\r");
    await bob.sees(/ PRIVMSG #lobby :still here$/);
  },
});

Deno.test("over TLS a file goes by the room's own authority, which the client knows from the chat; and comes so", {
  ignore: !hasScript,
}, async () => {
  await using folder = await openFolder();
  await using state = await openFolder();
  await using secure = await SecureRoom.open();
  await using bob = await secure.person("bob");
  await bob.send("JOIN #lobby");
  await bob.everything();
  const { fingerprint256 } = new X509Certificate(await secure.authority());
  const path = `${folder.path}/tea.txt`;
  await Deno.writeTextFile(path, "sencha");
  const server = ["--server", `tls://127.0.0.1:${secure.chatPort}`, "--nick", "kettle"];
  const args = [`XDG_STATE_HOME=${state.path}`, Deno.execPath(), ...CLIENT, ...server];
  const sent = await run("env", [...args, "--pin", asWord(fingerprint256.replaceAll(":", "")), "--send", path], "");
  assertEquals([sent.code, sent.stderr], [0, ""]);
  const url = await said(bob);
  assert(url.startsWith(`https://127.0.0.1:${secure.pagePort}/files/`), url);
  await using alice = new Terminal(
    { state: state.path },
    ...["--server", `tls://127.0.0.1:${secure.chatPort}`, "--nick", "alice", "--downloads", folder.path],
  );
  await alice.shows("<kettle> tea.txt (6 B, text/plain) https://");
  await alice.types("/get\r");
  await alice.shows("tea (2).txt");
  assertEquals(await Deno.readTextFile(`${folder.path}/tea (2).txt`), "sencha");
});

const hasCurl = await isInstalled("curl");

Deno.test({
  name: `curl uploads by FILEHOST as an IRC client does, and a terminal lists what its person says${
    skipped(hasCurl ? [] : ["curl"])
  }`,
  ignore: !hasCurl || !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await using room = await openRoom();
    const irssi = await room.stranger("dora");
    await irssi.send("CAP REQ :draft/authtoken message-tags", "NICK dora", "USER dora 0 * :dora", "CAP END");
    const token = await irssi.sees(/ 005 .* draft\/FILEHOST=/);
    const host = / draft\/FILEHOST=(\S+)/.exec(token)![1];
    assertStringIncludes(token, `soju.im/FILEHOST=${host}`);
    await irssi.sees(/ (422|376) /);
    await irssi.send("JOIN #lobby", "TOKEN GENERATE FILEHOST #lobby");
    const grant = (await irssi.sees(/ TOKEN GENERATE FILEHOST /)).split(" ").at(-1)!.replace(/^:/, "");
    await Deno.writeTextFile(`${folder.path}/tea.txt`, "sencha");
    const curl = (...args: string[]) => run("curl", ["-sS", "-o", "-", "-D", "-", ...args], "");
    const upload = ["--data-binary", `@${folder.path}/tea.txt`, "-H", "Content-Type: text/plain"];
    const name = ["-H", 'Content-Disposition: attachment; filename="tea.txt"'];
    const refused = await curl(...upload, ...name, host);
    assertMatch(refused.stdout, /^HTTP\/1\.1 401 /);
    const taken = await curl(...upload, ...name, "-H", `Authorization: Bearer ${grant}`, host);
    assertMatch(taken.stdout, /^HTTP\/1\.1 201 /);
    const url = /^location: (\S+)/im.exec(taken.stdout)![1];
    assertMatch(url, /\/files\/[\w-]{22}\/tea\.txt$/);
    await using alice = new Terminal("--server", room.address, "--nick", "alice", "--downloads", folder.path);
    await alice.shows("#lobby: ");
    await irssi.send(`PRIVMSG #lobby :${url}`);
    await alice.shows("<dora> tea.txt http://127.0.0.1:");
    await alice.types("/files\r");
    await alice.shows("1  tea.txt    dora");
    await alice.types("/get 1\r");
    await alice.shows("tea (2).txt");
    assertEquals((await curl("-r", "0-2", url)).stdout.split("\r\n\r\n")[1], "sen");
  },
});

Deno.test("what the room refuses is said in its own words, with the number; in Chinese with what it means", async () => {
  await using folder = await openFolder();
  for (const name of ["one", "two"]) await Deno.writeFile(`${folder.path}/${name}.bin`, noise(MIB * 3 / 4));
  const both = ["--send", `${folder.path}/one.bin`, "--send", `${folder.path}/two.bin`];
  {
    await using room = await openRoom(["--file-quota", "1M"]);
    const bob = await watcher(room);
    const { code, stderr } = await client(room.address, ...both);
    assertEquals(code, 1);
    assertMatch(await said(bob), /\/one\.bin$/);
    assertMatch(
      stderr,
      /^\[\d\d:\d\d\] two\.bin: your files may have 1\.0 MiB here, of which 256 KiB are left \(413\)\.$/m,
    );
  }
  await using room = await openRoom(["--files-limit", "1M"]);
  const { stderr } = await client(room.address, ...both);
  assertMatch(
    stderr,
    /^\[\d\d:\d\d\] two\.bin: all files may have 1\.0 MiB here, of which 256 KiB are left \(507\)\.$/m,
  );
  const chinese = await client(room.address, "--lang", "zh", ...both);
  assertMatch(chinese.stderr, /^\[\d\d:\d\d\] two\.bin：服务器上没有空间了（507，all files may have 1\.0 MiB here/m);
});

Deno.test("a line of a pipe sends no file, whoever has written it; and a room without files says so", async () => {
  await using folder = await openFolder();
  await using room = await openRoom(["--no-files"]);
  const bob = await watcher(room);
  const path = `${folder.path}/secret.txt`;
  await Deno.writeTextFile(path, "secret");
  const lines = `/send ${path}\n/get http://127.0.0.1:1/x\ntea\n`;
  const piped = await run(Deno.execPath(), [...CLIENT, "--server", room.address, "--nick", "kettle"], lines);
  assertEquals(piped.code, 1);
  assertEquals(piped.stderr.match(/A line of a pipe sends and gets no files/g)?.length, 2);
  await bob.sees(/ PRIVMSG #lobby :tea$/);
  const none = await client(room.address, "--send", path);
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, "This room takes no files.");
  const chinese = await client(room.address, "--lang", "zh", "--send", path);
  assertStringIncludes(chinese.stderr, "这个聊天室不接受文件。");
});

Deno.test({
  name: "a terminal that answers that it can show pictures is given them in its own way, and only those of the room",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await using room = await openRoom();
    const path = `${folder.path}/red.png`;
    await Deno.writeFile(path, plainPng(200, 100, [255, 0, 0]));
    const server = ["--server", room.address, "--nick"];
    await using kitty = new Terminal(...server, "kitty");
    await using xterm = new Terminal(...server, "xterm");
    await using plain = new Terminal(...server, "plain", "--images", "none");
    for (const terminal of [kitty, xterm]) {
      await terminal.shows("\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c");
    }
    await kitty.types("\x1b_Gi=31;OK\x1b\\\x1b[?62;c");
    await xterm.types("\x1b[6;5;5t\x1b[?63;1;4c");
    for (const terminal of [kitty, xterm, plain]) await terminal.shows("#lobby: ");
    // Nobody learns who looks at a picture that lies elsewhere.
    let asked = 0;
    await using elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      asked++;
      return new Response(plainPng(8, 8, [0, 0, 255]).slice(), { headers: { "content-type": "image/png" } });
    });
    const bob = await watcher(room);
    const spy = `http://127.0.0.1:${elsewhere.addr.port}/spy.png`;
    await bob.send(`@+teahouse.chat/file=name=spy.png&size=9&type=image/png PRIVMSG #lobby :${spy}`);
    for (const terminal of [kitty, xterm]) await terminal.shows("<bob> spy.png (9 B, image/png)");
    assertEquals((await client(room.address, "--send", path)).code, 0);
    await kitty.shows("red.png, from kettle:");
    await kitty.shows("\x1b_Ga=T,f=100,q=2,m=0;");
    await xterm.shows("red.png, from kettle:");
    // As many pixels as 16 rows of its characters have.
    await xterm.shows('\x1bP0;1;0q"1;1;160;80#180;2;100;0;0');
    await plain.shows("<kettle> red.png (");
    for (const terminal of [kitty, xterm, plain]) await terminal.types("\x15/quit\r");
    for (const terminal of [kitty, xterm]) assertEquals((await terminal.ended()).includes("spy.png, from"), false);
    assertEquals(asked, 0);
    assertEquals((await plain.ended()).includes("red.png, from"), false);
  },
});
