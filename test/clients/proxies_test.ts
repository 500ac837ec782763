/**
 * nginx and Caddy before a room, by the configuration that docs/hosting.md has: the page with all that it loads, and its
 * WebSocket, at a host of its own and below a path.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Block, readPage } from "./docs.ts";
import { freePort, isInstalled, openFolder, openRoom, Person, skipped, until } from "../room.ts";
import { concat, Peer, UPGRADE } from "../peer.ts";
import { frame, openWebSocket, TEXT } from "../websocket.ts";

/** A proxy's program. */
interface Program {
  name: string;
  /** How it is started with a part of the documentation, in a folder of its own. Gives the command. */
  start(part: string, folder: string, port: number): Promise<string[]>;
  /** Whether it passes on what its own visitor says about where a request comes from, so that a room sees that address. */
  tellsOfOthers: boolean;
}

const NGINX: Program = {
  name: "nginx",
  async start(part, folder, port) {
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((it) =>
      `${it}_temp_path ${folder}/${it};`
    );
    await Deno.writeTextFile(
      `${folder}/nginx.conf`,
      `daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1; events {}
      http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:${port};\n${part} } }`,
    );
    return ["nginx", "-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`];
  },
  tellsOfOthers: true,
};

const CADDY: Program = {
  name: "caddy",
  async start(part, folder, port) {
    const site = part.replace("tea.example.org", `http://127.0.0.1:${port}`);
    await Deno.writeTextFile(
      `${folder}/Caddyfile`,
      `{\n\tadmin off\n\tauto_https off\n}\n${site}`,
    );
    return ["caddy", "run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"];
  },
  tellsOfOthers: false,
};

const { blocks } = await readPage("docs/hosting.md");
const parts = (language: string) =>
  blocks.filter((block: Block) => block.language === language).map(({ text }) => text);
const [nginx, nginxBelow] = parts("nginx");
const [caddy, caddyBelow] = parts("caddy");

/** Each way that the page names: with what part, where the page then is, and what the room is told besides. */
const WAYS: { program: Program; what: string; part: string; path: string; flags: string[] }[] = [
  { program: NGINX, what: "at a host of its own", part: nginx, path: "/", flags: [] },
  { program: NGINX, what: "below a path that it takes off", part: nginxBelow, path: "/chat/", flags: [] },
  {
    program: NGINX,
    what: "below a path that it passes on",
    part: nginxBelow.replace(":8080/;", ":8080;"),
    path: "/chat/",
    flags: ["--base", "/chat/"],
  },
  { program: CADDY, what: "at a host of its own", part: caddy, path: "/", flags: [] },
  { program: CADDY, what: "below a path that it takes off", part: caddyBelow, path: "/chat/", flags: [] },
  {
    program: CADDY,
    what: "below a path that it passes on",
    part: caddy.replace("reverse_proxy", "reverse_proxy /chat/*"),
    path: "/chat/",
    flags: ["--base", "/chat/"],
  },
];

/** A proxy that runs. */
async function openProxy(program: Program, part: string, roomPort: string) {
  const folder = await openFolder();
  // nginx has its workers run as another user, who reads its folders below this one.
  await Deno.chmod(folder.path, 0o755);
  const port = freePort();
  const [command, ...args] = await program.start(part.replaceAll("8080", roomPort), folder.path, port);
  const child = new Deno.Command(command, {
    args,
    env: { HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  const proxy = {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await reading;
      await folder[Symbol.asyncDispose]();
    },
  };
  try {
    await until(`${program.name} to listen`, async () => {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
      conn?.close();
      return conn;
    }, () => said);
  } catch (error) {
    await proxy[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
  return proxy;
}

for (const { program, what, part, path, flags } of WAYS) {
  const isHere = await isInstalled(program.name);
  const name = `${program.name} before the room, ${what}, by what docs/hosting.md says` +
    skipped(isHere ? [] : [program.name]);
  Deno.test(name, { ignore: !isHere }, async () => {
    await using room = await openRoom(["--trust-proxy", "127.0.0.1", ...flags]);
    await using proxy = await openProxy(program, part, new URL(await room.page()).port);
    const at = `${proxy.origin}${path}`;

    const page = await fetch(at);
    const html = await page.text();
    assertEquals(page.status, 200);
    assertMatch(html, /<!doctype html>/i);
    // All that the page names is there, below its own path.
    const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address]) => new URL(address, at).href);
    assert(named.length > 2);
    for (const address of named) {
      assert(address.startsWith(at), `${address} is not below ${at}`);
      const answer = await fetch(address);
      await answer.body?.cancel();
      assertEquals(answer.status, 200, address);
    }
    if (path !== "/" && part.includes("redir")) {
      const answer = await fetch(at.slice(0, -1), { redirect: "manual" });
      await answer.body?.cancel();
      assertEquals([answer.status, answer.headers.get("location")], [302, path]);
    }

    // As the page: from the origin where it is. Another site's page is refused, so the host has come through as well.
    const elsewhere = program.tellsOfOthers ? "203.0.113.9" : "127.0.0.1";
    const headers = { "Origin": proxy.origin, "X-Forwarded-For": "203.0.113.9" };
    const bob = await room.person("bob", { join: "#lobby" });
    await using alice = new Person("alice", await openWebSocket(at, "text.ircv3.net", headers));
    await alice.send("NICK alice", "USER alice 0 * :alice", "JOIN #lobby");
    await bob.sees(`:alice!alice@${elsewhere} JOIN #lobby`);
    await alice.send("PRIVMSG #lobby :through the proxy 🍵");
    await bob.sees(/^:alice!\S+ PRIVMSG #lobby :through the proxy 🍵$/);
    await bob.send("PRIVMSG #lobby :and back");
    await alice.sees(/^:bob!\S+ PRIVMSG #lobby :and back$/);

    // The proxy tells who asks: a visitor at another address than its own.
    using carol = await Peer.connect(Number(new URL(proxy.origin).port), "127.0.0.2");
    await carol.send(UPGRADE.replace("/irc", `${path}irc`));
    assert(await carol.sees(/^HTTP\/1\.1 101 /), "carol's WebSocket does not open");
    await carol.send(concat(["NICK carol", "USER carol 0 * :carol", "JOIN #lobby"].map((line) => frame(TEXT, line))));
    await bob.sees(":carol!carol@127.0.0.2 JOIN #lobby");

    const other = { ...headers, Origin: "http://elsewhere.example" };
    const refused = await openWebSocket(at, "text.ircv3.net", other).then(() => false, () => true);
    assert(refused, "a page of another site has come in");
  });
}
