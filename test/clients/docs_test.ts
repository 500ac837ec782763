/**
 * What the documentation says is so: its commands run, what it shows of the protocol is what the server says, its links lead
 * somewhere, and the Chinese pages hold the same as the English ones. docs.ts says how commands are run.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../client/commands/mod.ts";
import * as protocol from "../../protocol.ts";
import { COMMANDS as SERVER_COMMANDS } from "../../server/commands/table.ts";
import { CAPABILITIES, OWN_CAPABILITIES } from "../../server/room/capabilities.ts";
import { isupport, MODES } from "../../server/room/isupport.ts";
import { type Block, Desk, inChinese, missingFor, type Page, pageNames, readPage, rewritten } from "./docs.ts";
import { type Ports, withoutRemarks } from "./docs.ts";
import { ROOT } from "../modules.ts";
import { isInstalled, openFolder, Person, Room, run, runServer, skipped } from "../room.ts";

const pages = await Promise.all(pageNames().map(readPage));
const chinese = await Promise.all(pages.map(({ path }) => readPage(inChinese(path))));
const isChinese = (page: Page) => page.path.endsWith(".zh.md");

/** Where a reader of a page is: at the project, beside a room. */
interface Place {
  desk: Desk;
  room: Room;
  ports: Ports;
}

/** What is done with a block, by its language and the word after it; blocks of other languages are shown, and not run. */
const KINDS: Record<string, (place: Place, block: Block) => Promise<void>> = {
  "sh": ({ desk, ports }, block) => succeeds(desk, rewritten(block.text, ports)),

  async "sh other-machine"({ desk, ports }, block) {
    await using folder = await openFolder();
    // Whoever has the client has the project; what was copied from the room's machine lies beside it.
    await succeeds(desk, rewritten(block.text, ports), folder.path);
  },

  async "sh room"({ desk }, block) {
    for (const line of withoutRemarks(block).replaceAll(/\\\n */g, "").trim().split("\n")) {
      const command = line.replaceAll(
        /(--(?:web-|tls-|web-tls-)?port |TEAHOUSE_\w*PORT=)\d+/g,
        (_, port) => `${port}0`,
      );
      // The room of the page has teahouse.db.
      const other = new Room(desk.spawn(`exec env ${command}`, undefined, { TEAHOUSE_DB: "other.db" }));
      try {
        await other.logs(/ is open on port /);
      } finally {
        await other[Symbol.asyncDispose]();
      }
    }
  },

  /** A bot that stays: asked `!tea` in #lobby, it answers. */
  async "sh bot"({ desk, ports }, block) {
    const bot = desk.spawn(`exec ${rewritten(block.text, ports)}`);
    const output = bot.output();
    try {
      await using alice = await guest(ports, "asking");
      await alice.sees(/^:kettle!.* JOIN #lobby$/);
      await alice.send("PRIVMSG #lobby :!tea");
      await alice.sees(/^:kettle!\S+ NOTICE #lobby :asking: /);
      await alice.send("WHOIS kettle");
      await alice.sees(/ 335 asking kettle /);
    } catch (error) {
      console.log(new TextDecoder().decode((end(bot), await output).stderr));
      throw error;
    } finally {
      end(bot);
      await output;
    }
  },

  async "tea"({ desk, room, ports }, block) {
    const secret = /#owner=(\w+)/.exec(await room.logs("#owner="))![1];
    // Bob has an account, as somebody who is known again.
    const isKnown = await Deno.stat(`${desk.path}/home/bob`).then(() => true, () => false);
    await using bob = await guest(ports, "bob", isKnown ? "bob:oolong" : undefined);
    if (!isKnown) {
      await bob.send("REGISTER * * oolong");
      await bob.sees(/ REGISTER SUCCESS /);
      await Deno.writeTextFile(`${desk.path}/home/bob`, "");
    }
    await Deno.writeTextFile(`${desk.folder}/lines`, withoutRemarks(block));
    // She owns the room from her first line on, by her device; a secret that is used up is no fault.
    const owner = `${desk.path}/home/owned`;
    const isOwner = await Deno.stat(owner).then(() => true, () => false);
    if (!isOwner) await Deno.writeTextFile(owner, "");
    await succeeds(
      desk,
      `deno run -A client.ts --server 127.0.0.1:${ports.chat} --nick alice ${
        isOwner ? "" : `--owner ${secret}`
      } < lines`,
    );
    await bob.send("QUIT");
    await bob.rest();
  },

  async "irc"({ ports }, block) {
    await using client = await stranger(ports, "someone");
    for (const line of withoutRemarks(block).trim().split("\n")) {
      const [, side, text] = /^([CS]): (.*)$/.exec(line) ?? [];
      assert(side !== undefined, `${block.page}: "${line}" begins with neither C: nor S:`);
      if (side === "C") await client.send(text);
      else await client.sees(new RegExp(`^${text.split("...").map((part) => RegExp.escape(part)).join(".*")}$`));
    }
  },
};

async function succeeds(desk: Desk, commands: string, folder?: string): Promise<void> {
  const { code, output } = await desk.run(commands, folder);
  assertEquals(code, 0, `${commands}\n${output}`);
}

/** Ends a program that may have ended. */
function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

async function stranger({ chat }: Ports, nick: string): Promise<Person> {
  return new Person(nick, await Deno.connect({ hostname: "127.0.0.1", port: chat }));
}

/** Somebody in #lobby. */
async function guest(ports: Ports, nick: string, password?: string): Promise<Person> {
  const person = await stranger(ports, nick);
  if (password !== undefined) await person.send(`PASS ${password}`);
  await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "JOIN #lobby");
  await person.sees(/ 366 /);
  return person;
}

/** The kind of a block; undefined for one that is not run here. */
function kindOf({ language, words }: Block): string | undefined {
  return [language, ...words].join(" ") in KINDS ? [language, ...words].join(" ") : undefined;
}

for (const page of pages) {
  const runnable = page.blocks.filter((block) => kindOf(block) !== undefined);
  const missing = (await Promise.all(runnable.map(missingFor))).flat();
  if (runnable.length === 0 && !page.blocks.some(({ words }) => words.includes("not-run"))) continue;

  Deno.test(`${page.path}: its commands run`, async (t) => {
    await using desk = await Desk.open();
    const { room, ports } = await desk.openRoom();
    try {
      for (const block of page.blocks) {
        const kind = kindOf(block);
        const name = `line ${block.line}: ${withoutRemarks(block).trim().split("\n")[0]}`;
        const [file] = block.words;
        if (kind !== undefined) {
          const absent = await missingFor(block);
          const ignore = absent.length > 0;
          await t.step({ name: name + skipped(absent), ignore, fn: () => KINDS[kind]({ desk, room, ports }, block) });
        } else if (file === "not-run") {
          await t.step({ name: `${name} (not run here)`, ignore: true, fn: () => {} });
        } else if (/^[\w-]+\.\w+$/.test(file ?? "")) {
          await Deno.writeTextFile(`${desk.folder}/${file}`, rewritten(block.text, ports));
        }
      }
    } finally {
      await room[Symbol.asyncDispose]();
    }
  });
  if (missing.length > 0) console.log(`${page.path}: some commands are not run${skipped([...new Set(missing)])}`);
}

Deno.test("a backup made while people talk, as docs/hosting.md says, restores what was said, accounts and the authority", async () => {
  const hosting = pages.find(({ path }) => path === "docs/hosting.md")!;
  const blocksOf = (heading: string) => {
    const from = hosting.text.slice(0, hosting.text.indexOf(`\n## ${heading}\n`)).split("\n").length;
    const to = from + hosting.text.split("\n").slice(from + 1).findIndex((line) => line.startsWith("## "));
    return hosting.blocks.filter(({ line, language }) => language === "sh" && line > from && line <= to + 1);
  };
  await using desk = await Desk.open();
  let authority: string;
  {
    const { room, ports } = await desk.openRoom();
    await using _room = room;
    await using alice = await guest(ports, "alice");
    await alice.send("REGISTER * * oolong", "PRIVMSG #lobby :the kettle is on");
    // The answer to what comes after it says that it is kept: in the log beside the database, which no copy of that file has.
    await alice.everything();
    for (const block of blocksOf("Backup")) {
      if ((await missingFor(block)).length === 0) await succeeds(desk, rewritten(block.text, ports));
    }
    await alice.send("PRIVMSG #lobby :said after the backup");
    await alice.everything();
    authority = await Deno.readTextFile(`${desk.folder}/teahouse.db-tls/ca.pem`);
  }
  for (const name of ["teahouse.db", "teahouse.db-tls"]) {
    await Deno.rename(`${desk.folder}/${name}`, `${desk.path}/lost-${name}`);
  }
  const copies = ["backup/teahouse.db", ...(await isInstalled("sqlite3") ? ["backup/by-sqlite3.db"] : [])];
  for (const copy of copies) {
    const [restore, opening] = blocksOf("Restore");
    await succeeds(
      desk,
      `rm -rf restored\n${
        withoutRemarks(restore).replace("backup/teahouse.db restored/", `${copy} restored/teahouse.db`)
      }`,
    );
    const { room, ports } = await desk.openRoom(opening.text.trim());
    await using _room = room;
    await using alice = await stranger(ports, "alice");
    await alice.send(
      "CAP REQ :draft/chathistory batch",
      "PASS alice:oolong",
      "NICK alice",
      "USER alice 0 * :alice",
      "CAP END",
    );
    await alice.sees(/ 900 \* \* alice /);
    await alice.send("JOIN #lobby", "CHATHISTORY LATEST #lobby * 10");
    await alice.sees(/ PRIVMSG #lobby :the kettle is on$/);
    assertEquals((await alice.everything()).filter((line) => line.includes("said after the backup")), []);
    assertEquals(await Deno.readTextFile(`${desk.folder}/restored/teahouse.db-tls/ca.pem`), authority);
    await room.logs(/fingerprint/);
  }
});

Deno.test("each block of the documentation is of a kind that is known", () => {
  const shown = ["text", "ini", "toml", "yaml", "nginx", "caddy", "irssi", "weechat", "diff", "ts", "js", "python"];
  for (const { page, line, language, words } of pages.flatMap(({ blocks }) => blocks)) {
    const isKnown = shown.includes(language) || [language, ...words].join(" ") in KINDS || words.includes("not-run");
    assert(
      isKnown,
      `${page}:${line} is a block "${language} ${words.join(" ")}", which is not run: write not-run behind it`,
    );
  }
});

for (const [index, page] of pages.entries()) {
  const other = chinese[index];
  Deno.test(`${other.path} holds what ${page.path} does: headings, commands, tables, pictures`, () => {
    const level = (heading: string) => /^#+/.exec(heading)![0].length;
    const shape = (it: Page) => ({
      headings: it.headings.map(level),
      blocks: it.blocks.map((block) => [block.language, ...block.words, withoutRemarks(block)]),
      rows: it.prose.split("\n").filter((line) => line.startsWith("|")).length,
      pictures: [...it.text.matchAll(/\(([\w/.-]+\.png)\)|src="([^"]+)"/g)].map(([, a, b]) => a ?? b),
    });
    assertEquals(shape(other), shape(page));
  });

  Deno.test(`${other.path} is in Chinese, and each page leads to the other`, () => {
    const long = other.prose.split(/\n\s*\n/).filter((part) => !/^[#|<!\s]/.test(part) && part.length > 80);
    assertEquals(long.filter((part) => !/[\u4e00-\u9fff]{4}/.test(part)), []);
    const file = (path: string) => path.replace(/.*\//, "");
    assert(page.text.includes(`(${file(other.path)})`), `${page.path} has no link to ${other.path}`);
    assert(other.text.includes(`(${file(page.path)})`), `${other.path} has no link to ${page.path}`);
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: Page): string[] {
  return page.headings.map((heading) =>
    heading.replace(/^#+ /, "").toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, "").replaceAll(/\s/g, "-")
  );
}

Deno.test("links of the documentation lead to files and headings that are there", async () => {
  const others = await Promise.all(["SECURITY.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(readPage));
  const all = [...pages, ...chinese, ...others];
  const broken: string[] = [];
  for (const page of all) {
    for (const [, target] of page.prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(target)) continue;
      const [path, anchor] = target.split("#");
      const url = path === "" ? new URL(page.path, ROOT) : new URL(path, new URL(page.path, ROOT));
      const isThere = await Deno.stat(url).then(() => true, () => false);
      const found = all.find((other) => new URL(other.path, ROOT).href === url.href);
      const hasAnchor = anchor === undefined || found === undefined ||
        anchorsOf(found).includes(decodeURIComponent(anchor));
      if (!isThere || !hasAnchor) broken.push(`${page.path}: ${target}`);
      // A Chinese reader is led to Chinese pages, but for the line that leads to the English one.
      const isToEnglish = isChinese(page) && pages.includes(found!) && inChinese(found!.path) !== page.path;
      if (isToEnglish) broken.push(`${page.path}: ${target} leads to the English page`);
    }
  }
  assertEquals(broken, []);
});

/** What stands in the documentation like a slash command and is none of ours: other clients' commands, and paths. */
const OTHERS = new Set([
  "connect",
  "server",
  "network",
  "set",
  "secure",
  "quote",
  "health",
  "irc",
  "chat",
  "names",
  "data",
  "trust",
]);

Deno.test("docs/irc.md names all commands, capabilities, modes and bounds, and no others", async () => {
  const { text } = await readPage("docs/irc.md");
  const section = (heading: string) => text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
  const spans = (heading: string, pattern: RegExp, text = section(heading)) =>
    [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code).filter((code) => pattern.test(code)).sort();
  assertEquals(
    spans("Commands", /^[A-Z]+$/).filter((name) => name !== "HELP command"),
    [...SERVER_COMMANDS.keys()].sort(),
  );
  // What stands below the table tells more of some of them.
  const table = section("Capabilities").split("\n").filter((line) => line.startsWith("|")).join("\n");
  assertEquals(
    spans("Capabilities", /^[a-z][a-z\d./-]+$/, table).filter((name) =>
      !["before-connect", "sts", "teahouse.chat/tls"].includes(name)
    ),
    [...Object.keys(CAPABILITIES), ...OWN_CAPABILITIES].sort(),
  );
  const letters = spans("Modes", /^[a-zA-Z]$/);
  assertEquals(
    [...new Set(letters)].sort(),
    [...new Set(Object.values(MODES).join("").replaceAll(/[^a-zA-Z]/g, ""))].sort(),
  );
  const tokens = isupport("Teahouse", { keepsHistory: true, hasAccounts: true });
  assertEquals(spans("Limits", /^[A-Z]+=/).filter((token) => !tokens.includes(token)), []);
  const numerics: unknown[] = Object.values(protocol);
  assertEquals(spans("Numerics", /^\d{3}$/).filter((numeric) => !numerics.includes(numeric)), []);
});

Deno.test("commands and flags that the documentation names are there", async () => {
  const helps = [await runServer("--help"), await run(Deno.execPath(), ["run", "-A", "client.ts", "--help"])];
  const flags = new Set(helps.flatMap(({ stdout }) => [...stdout.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag)));
  const wrong: string[] = [];
  for (const { path, prose } of [...pages, ...chinese]) {
    for (const [, code] of prose.matchAll(/`([^`]+)`/g)) {
      const command = /^\/([a-z-]+)(?: |$)/.exec(code)?.[1];
      if (command !== undefined && !COMMANDS.has(command) && !OTHERS.has(command)) wrong.push(`${path}: ${code}`);
      // Spans that begin with a flag are about our own programs.
      const named = /^--(?!allow-(?!host))/.test(code) ? [...code.matchAll(/(?:^|\s)--([a-z-]+)/g)] : [];
      if (named.some(([, flag]) => !flags.has(flag))) wrong.push(`${path}: ${code}`);
    }
  }
  assertEquals(wrong, []);
});
