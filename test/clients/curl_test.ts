/**
 * Files by curl, as somebody sends them whose IRC client has no button for that: with an account's password, with an app password,
 * in parts after a lost connection; and read by whoever has the address.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { openFolder, openRoom, type Person } from "../room.ts";
import { testWith } from "./programs.ts";

const PASSWORD = "a kettle and a cup";

/** Runs curl. Gives what it prints. */
async function curl(...words: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command("curl", { args: ["-sS", ...words], stdin: "null" }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** Where somebody sends files, as their client was told when they came in. */
async function filesOf(person: Person): Promise<string> {
  await person.send("VERSION");
  return / soju\.im\/FILEHOST=(\S+)/.exec(await person.sees(/ soju\.im\/FILEHOST=/))![1];
}

testWith(
  ["curl"],
  "curl sends a file by the password of an account, and says it; another one reads it in two parts",
  async () => {
    await using folder = await openFolder();
    await using room = await openRoom(["--db", `${folder.path}/tea.db`, "--no-tls"]);
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob", { join: "#tea" });
    await alice.send(`REGISTER * * :${PASSWORD}`);
    await alice.sees(/ REGISTER SUCCESS /);
    const url = await filesOf(alice);
    const picture = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7 % 251);
    const path = `${folder.path}/a kettle.bin`;
    await Deno.writeFile(path, picture);
    const named = ["-H", 'Content-Disposition: attachment; filename="a kettle.bin"'];
    const address = (await curl("-u", `alice:${PASSWORD}`, "--data-binary", `@${path}`, ...named, url)).trim();
    assertMatch(address, /^http:\/\/\S+\/files\/[\w-]{22}\/a%20kettle\.bin$/);
    await alice.send(`PRIVMSG #tea :${address}`);
    await bob.sees(/ PRIVMSG #tea :http\S+\/files\//);
    // By the address that this machine has, whichever the one is that was said.
    const here = new URL(url).origin + new URL(address).pathname;
    const copy = `${folder.path}/copy.bin`;
    await curl("-r", "0-99999", "-o", copy, here);
    // It goes on where it stopped.
    await curl("-C", "-", "-o", copy, here);
    assertEquals(await Deno.readFile(copy), picture);
    assertMatch(
      await curl(`${here}?info`),
      /^\{"name":"a kettle\.bin","type":"application\/octet-stream","size":300000,/,
    );
    // What is refused, and why.
    assertMatch(
      await curl("-u", "alice:guessed", "--data-binary", "x", url),
      /^there is no such account and password$/m,
    );
    assertMatch(await curl("--data-binary", "x", url), /^say who you are: by a token of the chat/);
    assertMatch(
      await curl(
        "-u",
        `alice:${PASSWORD}`,
        "-T",
        path,
        "-X",
        "POST",
        "-H",
        "Content-Length: 5368709120",
        url,
        "-m",
        "20",
      ),
      /^a file may have 1\.0 GiB here, and this one has 5\.0 GiB$/m,
    );
    assertMatch(await curl("-X", "DELETE", "-u", `alice:${PASSWORD}`, "-w", "%{http_code}", here), /^204$/);
    assertMatch(await curl(here), /^this file is not here, or no longer$/m);
  },
);
