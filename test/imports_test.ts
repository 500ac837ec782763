/**
 * Which module may import which. ARCHITECTURE.md has the layers as a picture; here they are checked: imports go downwards,
 * `server/` and `client/` never meet, a view reaches nothing below `client/` but what both sides share, and no files import
 * each other in a circle. Imports of types count as well.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { productionModules, PROGRAM, ROOT, SAID_BY_PROGRAMS } from "./modules.ts";

/** What every other layer may import. */
const SHARED = [
  "protocol.ts",
  "shared/file_message.ts",
  "shared/voice_message.ts",
  "shared/token_bucket.ts",
  "shared/default_channel.ts",
  "shared/owner_words.ts",
  "shared/qr.ts",
  "shared/size_text.ts",
  "shared/packed_json.ts",
  "shared/engine_signal.ts",
  "emoji/",
];

/** The server's layers, each above those that follow it. */
const SERVER = [
  "server/gateway/",
  "server/serve.ts",
  "server/connection.ts",
  "server/timeouts.ts",
  "server/commands/",
  "server/room/",
  "server/auth/",
  "server/files/",
  "server/calls/",
  "server/store/",
  "server/tls/",
  "server/wire/",
  "server/fanout/",
  "server/turns/",
  "server/own_files.ts",
  "server/programs.ts",
];

/** The client's layers, each above those that follow it. */
const CLIENT = [
  "client/client.ts",
  "client/client_actions.ts",
  "client/hidden_answers.ts",
  "client/joining.ts",
  "client/file_host.ts",
  "client/meant.ts",
  "client/call_actions.ts",
  "client/message_edits.ts",
  "client/profile_questions.ts",
  "client/options.ts",
  "client/commands/",
  "client/state/",
  "client/connection/",
];

/** What every layer of the client may import, and the views. */
const CLIENT_BASE = [
  "client/blocks.ts",
  "client/bounds.ts",
  "client/clock.ts",
  "client/ctcp.ts",
  "client/departures.ts",
  "client/errors.ts",
  "client/file_address.ts",
  "client/graphemes.ts",
  "client/guest.ts",
  "client/hidden_answers.ts",
  "client/left.ts",
  "client/look_alikes.ts",
  "client/marks.ts",
  "client/names.ts",
  "client/room_bans.ts",
  "client/sanitize.ts",
  "client/sentences.ts",
  "client/sentences_zh.ts",
  "client/server_notices.ts",
  "client/sizes.ts",
  "client/text_lines.ts",
  "client/unconfirmed.ts",
  "client/undelivered.ts",
  "client/until_text.ts",
  "client/written.ts",
];

/**
 * Each layer, and those that it may import besides itself and what all share. A path that ends with a slash is a folder
 * with all that is in it. A module belongs to the layer with the longest path that fits.
 */
const LAYERS = new Map<string, readonly string[]>([
  ["server.ts", [
    ...PROGRAM,
    "server/configuration.ts",
    "server/flags.ts",
    "server/secrets.ts",
    "server/reloading.ts",
    "server/hangup.ts",
    "server/journal.ts",
    "server/kept_thread.ts",
    "server/memory.ts",
    "server/ports.ts",
    "server/announcement.ts",
    ...SERVER,
  ]],
  ["client.ts", [...PROGRAM, ...SAID_BY_PROGRAMS, "terminal/", ...CLIENT, ...CLIENT_BASE]],
  ["web/", [...CLIENT, ...CLIENT_BASE]],
  ["terminal/", [...PROGRAM, ...SAID_BY_PROGRAMS, ...CLIENT, ...CLIENT_BASE]],
  ...SERVER.map((layer, i) => [layer, SERVER.slice(i + 1)] as const),
  ...["server/gateway/", "server/files/"].map((layer) =>
    [layer, ["shared/disposition.ts", ...SERVER.slice(SERVER.indexOf(layer) + 1)]] as const
  ),
  ["server/tls/", ["shared/named_file.ts", "shared/pem.ts", ...SERVER.slice(SERVER.indexOf("server/tls/") + 1)]],
  ["server/reloading.ts", [...PROGRAM, "server/configuration.ts", "server/flags.ts", "server/turns/"]],
  ["server/configuration.ts", [
    ...PROGRAM,
    "server/config_file.ts",
    "server/flags.ts",
    "server/secrets.ts",
  ]],
  ["server/config_file.ts", PROGRAM],
  ["server/hangup.ts", []],
  ["server/secrets.ts", [...PROGRAM, "server/flags.ts"]],
  ["server/flags.ts", [...PROGRAM, "server/flag_values.ts"]],
  ["server/flag_values.ts", ["server/wire/"]],
  ["server/journal.ts", ["server/wire/"]],
  ["server/kept_thread.ts", []],
  ["server/memory.ts", []],
  ["server/ports.ts", ["server/tls/", "server/turns/"]],
  ["server/announcement.ts", ["server/room/"]],
  ...CLIENT.map((layer, i) => [layer, [...CLIENT.slice(i + 1), ...CLIENT_BASE]] as const),
  ...CLIENT_BASE.map((layer) => [layer, CLIENT_BASE] as const),
  ...[...PROGRAM, ...SAID_BY_PROGRAMS].map((layer) => [layer, []] as const),
  ["protocol.ts", []],
  ["shared/token_bucket.ts", []],
  ["shared/default_channel.ts", []],
  ["shared/owner_words.ts", []],
  ["shared/qr.ts", []],
  ["shared/size_text.ts", []],
  ["shared/file_message.ts", ["shared/voice_message.ts"]],
  ["shared/voice_message.ts", []],
  ["shared/packed_json.ts", []],
  ["shared/engine_signal.ts", ["shared/packed_json.ts"]],
  ["emoji/", []],
]);

/** A module's path, and the paths of the modules of this project that it imports. */
type Graph = Map<string, string[]>;

/**
 * The specifiers that a module imports. `deno fmt` puts a statement at the beginning of a line and a specifier between
 * double quotes, so no more of the language has to be read than that. Each pattern stops at the first sign that can't
 * belong to an import, so it reads nothing twice.
 */
function importsOf(source: string): string[] {
  return [
    // import "a"; import A, { b } from "a"; import type ...
    /^import\s[^"';()]*"([^"\n]*)"/gm,
    // export * from "a"; export { a } from "a"; export type ...
    /^export\s+(?:type\s+)?(?:\*[^"';(){}]*|\{[^"';()}]*\}\s*)from\s*"([^"\n]*)"/gm,
    // import("a"), as an expression or as a type
    /\bimport\(\s*"([^"\n]*)"/g,
  ].flatMap((pattern) => [...source.matchAll(pattern)].map(([, specifier]) => specifier));
}

async function readGraph(): Promise<Graph> {
  const graph: Graph = new Map();
  for await (const path of productionModules()) {
    const source = await Deno.readTextFile(new URL(path, ROOT));
    const own = importsOf(source).filter((specifier) => specifier.startsWith("."));
    const base = new URL(path, "file:///");
    graph.set(
      path,
      own.map((specifier) => new URL(specifier, base).pathname.slice(1)).filter((to) => to.endsWith(".ts")),
    );
  }
  return graph;
}

/** The layer that a module belongs to. */
function layerOf(path: string): string | undefined {
  const fits = [...LAYERS.keys()].filter((layer) => layer.endsWith("/") ? path.startsWith(layer) : path === layer);
  return fits.sort((a, b) => b.length - a.length)[0];
}

/** The imports that a layer may not have, as `from -> to`. */
function forbidden(graph: Graph): string[] {
  return [...graph].flatMap(([from, targets]) => {
    const layer = layerOf(from);
    if (layer === undefined) return [`${from} is in no layer`];
    const allowed = [layer, ...(SHARED.includes(layer) ? [] : SHARED), ...LAYERS.get(layer)!];
    return targets.filter((to) => !allowed.includes(layerOf(to)!)).map((to) => `${from} -> ${to}`);
  }).sort();
}

/** The groups of files that reach each other (Tarjan's strongly connected components), each in alphabetical order. */
function circles(graph: Graph): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (path: string): number => {
    index.set(path, index.size);
    low.set(path, index.get(path)!);
    stack.push(path);
    for (const to of graph.get(path) ?? []) {
      if (!index.has(to)) low.set(path, Math.min(low.get(path)!, visit(to)));
      else if (stack.includes(to)) low.set(path, Math.min(low.get(path)!, index.get(to)!));
    }
    if (low.get(path) === index.get(path)) {
      const group = stack.splice(stack.indexOf(path));
      if (group.length > 1 || graph.get(path)?.includes(path)) found.push(group.sort());
    }
    return low.get(path)!;
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return found.sort();
}

const graph = await readGraph();

Deno.test("imports go downwards: no layer imports one above it, server/ and client/ never meet", () => {
  assertEquals(forbidden(graph), []);
});

Deno.test("no files import each other in a circle", () => {
  assertEquals(circles(graph), []);
});

Deno.test("every import is of a module that is production code", () => {
  const missing = [...graph].flatMap(([from, targets]) =>
    targets.filter((to) => !graph.has(to)).map((to) => `${from} -> ${to}`)
  );
  assertEquals(missing, []);
});

Deno.test("whoever starts the room is brought no package that only tests use", async () => {
  const read = async (file: string) => JSON.parse(await Deno.readTextFile(new URL(file, ROOT)));
  const nameOf = (specifier: string) => /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)![1];
  const { imports } = await read("deno.json") as { imports: Record<string, string> };
  const { specifiers } = await read("deno.lock") as { specifiers: Record<string, string> };
  // The runtime asks for its own types itself.
  const named = new Set([...Object.values(imports).map(nameOf), "@types/node"]);
  assertEquals(Object.keys(specifiers).map(nameOf).filter((name) => !named.has(name)), []);
});

Deno.test("an import is found however it is written", () => {
  const source = [
    'import "./a.ts";',
    'import b from "./b.ts";',
    'import type { C } from "./c.ts";',
    'import {\n  d,\n  type D,\n} from "./d.ts";',
    'import * as e from "./e.ts";',
    'export * from "./f.ts";',
    'export * as g from "./g.ts";',
    'export { h } from "./h.ts";',
    'export type { I } from "./i.ts";',
    'const j = await import("./j.ts");',
    'let k: import("./k.ts").K;',
    'import config from "./l.ts" with { type: "json" };',
    // Not imports.
    'export const text = "from";',
    'export interface M {\n  /** as in from "./m.ts" */\n  m: string;\n}',
    "export { n };",
    'const o = from("./o.ts");',
  ].join("\n");
  assertEquals(importsOf(source).sort(), [..."abcdefghijkl"].map((name) => `./${name}.ts`));
});
