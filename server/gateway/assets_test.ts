import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { init as lexerReady, parse } from "es-module-lexer";
import { nameToEmoji } from "gemoji";
import { type Asset, TYPES } from "./asset.ts";
import { Assets } from "./assets.ts";

/** A project folder with these files, which goes with the test. */
async function project(files: Record<string, string>): Promise<AsyncDisposable & { path: string; assets: Assets }> {
  const path = await Deno.makeTempDir({ prefix: "teahouse-" });
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return {
    path,
    assets: new Assets({ root: path }),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

function textOf(asset: Asset | undefined): string {
  return new TextDecoder().decode(asset?.body);
}

Deno.test("however many ask at once, the file system is asked for a few at a time, and each is answered", async () => {
  await using folder = await project({ "emoji/tea.svg": "<svg/>" });
  const { stat } = Deno;
  let [atOnce, most] = [0, 0];
  Deno.stat = async (path) => {
    most = Math.max(most, ++atOnce);
    try {
      return await stat(path);
    } finally {
      atOnce--;
    }
  };
  try {
    const asked = await Promise.all(Array.from({ length: 200 }, () => folder.assets.get("/emoji/tea.svg")));
    assertEquals(asked.map(textOf), Array(200).fill("<svg/>"));
  } finally {
    Deno.stat = stat;
  }
  assertEquals(most <= 8, true, `${most} at once`);
});

Deno.test("all that the page imports, at once or later, is served, from here and as a module", async () => {
  await lexerReady;
  const assets = new Assets();
  const page = textOf(await assets.get("/"));
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    /<script type="importmap">(.*?)<\/script>/.exec(page)![1],
  );
  const resolve = (name: string, from: string): string => {
    if (/^\.{0,2}\//.test(name)) return new URL(name, `http://page${from}`).pathname;
    const folder = Object.keys(imports).find((key) => key.endsWith("/") && name.startsWith(key));
    const path = imports[name] ?? (folder && imports[folder] + name.slice(folder.length));
    return path?.slice(1) ?? `${from} imports ${name}, which the import map has not`;
  };
  const found = new Set([...page.matchAll(/(?:src|href)="\.([^"]+)"/g)].map(([, path]) => path));
  const first = [...page.matchAll(/type="module" src="\.([^"]+)"/g)].map(([, path]) => path);
  assertEquals(page.match(/(?:src|href)="(?!\.\/)[^"]*"/g), null, "the page may lie below a path of a proxy's");
  assertEquals(first, ["/joined/web.main.js"]);
  for (const path of found) {
    const asset = await assets.get(path);
    assertNotEquals(asset, undefined, path);
    if (!asset!.type.startsWith("text/javascript")) continue;
    for (const { n: name, d: dynamic } of parse(textOf(asset))[0]) {
      if (name === undefined) continue;
      // The first file imports nothing, and the others nothing but that: all that they need is in them.
      if (dynamic === -1) assertEquals([path === first[0], resolve(name, path)], [false, first[0]], path);
      found.add(resolve(name, path));
    }
    for (const [, name] of textOf(asset).matchAll(/import\.meta\.resolve\("([^"]+)"\)/g)) {
      found.add(resolve(name, path));
    }
  }
  const later = ["shared.qr", "web.highlight", "web.menus", "web.picker"].map((name) => `/joined/${name}.js`);
  assertEquals(later.filter((path) => !found.has(path)), [], "what is loaded when it is needed");
  assertEquals([...found].filter((path) => path.endsWith("/data.json")).length, 2, "emoji in both languages");
});

Deno.test("a module has no types, and an edited one is what the next request gets, with another tag", async () => {
  await using room = await project({ "web/a.ts": "export const tea: string = '茶';\n" });
  const before = await room.assets.get("/web/a.ts");
  assertMatch(textOf(before), /^export const tea\s+= '茶';\n$/);
  assertEquals(await room.assets.get("/web/a.ts"), before);
  await Deno.writeTextFile(`${room.path}/web/a.ts`, "export const coffee: string = '咖啡';\n");
  const after = await room.assets.get("/web/a.ts");
  assertStringIncludes(textOf(after), "咖啡");
  assertNotEquals(after!.etag, before!.etag);
});

Deno.test("the modules that the page imports now are one file, and those that it imports later are others", async () => {
  const html =
    '<head><meta content="<!-- version -->"><!-- import map --><script type="module" src="./web/main.ts"></script></head>';
  await using room = await project({
    "web/index.html": html,
    "web/main.ts":
      'import { a } from "./a.ts"; import type { B } from "./b.ts"; export const c = () => import("./c.ts");',
    "web/a.ts": 'export const a = "in a";',
    "web/b.ts": "export type B = 1;",
    "web/c.ts": 'import { a } from "./a.ts"; import { d } from "./d.ts"; export const c = a + d;',
    "web/d.ts": 'export const d = "in d";',
  });
  const [, page] = textOf(await room.assets.get("/")).split("</script>");
  const [first, ...others] = [...page.matchAll(/"\.(\/[^"]+)"/g)].map(([, path]) => path);
  assertEquals([first, ...others], ["/joined/web.main.js"]);
  const modulesIn = async (path: string) =>
    [...textOf(await room.assets.get(path)).matchAll(/^\$modules\["(.*?)"\] \?\?=/gm)].map(([, path]) => path);
  assertEquals(await modulesIn(first), ["/web/a.ts", "/web/main.ts"]);
  assertEquals(await modulesIn("/joined/web.c.js"), ["/web/d.ts", "/web/c.ts"]);
  for (const none of ["/joined/web.a.js", "/joined/web.d.js", "/joined/", "/joined/web.main.ts", "/web/main.js"]) {
    assertEquals(await room.assets.get(none), undefined, none);
  }
  assertEquals(await room.assets.get("/"), await room.assets.get("/"));
  assertEquals(await room.assets.get(first), await room.assets.get(first));
  const before = textOf(await room.assets.get("/"));
  await Deno.writeTextFile(`${room.path}/web/a.ts`, 'import { d } from "./d.ts"; export const a = d;');
  assertEquals(await modulesIn(first), ["/web/d.ts", "/web/a.ts", "/web/main.ts"]);
  assertEquals(await modulesIn("/joined/web.c.js"), ["/web/c.ts"]);
  assertNotEquals(textOf(await room.assets.get("/")), before, "another version");
});

Deno.test("a module that is no TypeScript is an error each time, until it is mended", async () => {
  await using room = await project({ "web/a.ts": "export const = 1;" });
  for (let i = 0; i < 2; i++) {
    assertEquals(await room.assets.get("/web/a.ts").then(() => "served", () => "refused"), "refused");
  }
  await Deno.writeTextFile(`${room.path}/web/a.ts`, "export const one = 1;");
  assertEquals(textOf(await room.assets.get("/web/a.ts")), "export const one = 1;");
});

Deno.test("nothing is served but what is meant to be: no way out of the folders, no links, no tests", async () => {
  await using room = await project({
    "secret.ts": "export {};",
    "server/web.ts": "export {};",
    "web/style.css": "p {}",
    "web/notes.txt": "notes",
    "web/a_test.ts": "export {};",
    "web/a.ts/b.ts": "export {};",
    "client/testing.ts": "export {};",
    "client/talk.ts": "export {};",
    "emoji/mod_test.ts": "export {};",
    "emoji/cup.svg": "<svg/>",
  });
  await Deno.symlink(`${room.path}/secret.ts`, `${room.path}/web/link.ts`);
  await Deno.symlink(room.path, `${room.path}/web/up`);
  await Deno.symlink("/etc/hosts", `${room.path}/emoji/hosts.svg`);
  await Deno.symlink("nowhere.ts", `${room.path}/web/dangling.ts`);
  await Deno.symlink("loop.ts", `${room.path}/web/loop.ts`);
  for (const path of ["/style.css", "/web/style.css", "/client/talk.ts", "/emoji/cup.svg"]) {
    assertNotEquals(await room.assets.get(path), undefined, path);
  }
  const refused = [
    ...["/secret.ts", "/server/web.ts", "/web/../secret.ts", "/web/..%2fsecret.ts", "/web/%2e%2e/secret.ts"],
    ...["/web/..\\secret.ts", "/web//a.ts", "//secret.ts", "/web/./style.css", "/web/style.css/", "/web/style.css%00"],
    ...["/web/style.css\0.ts", "/web/a.ts", "/web", "/web/", "/web/notes.txt", "/web/a_test.ts", "/web/missing.ts"],
    ...["/client/testing.ts", "/client/Talk.ts", "/emoji/mod_test.ts", "/emoji/../secret.ts"],
    ...["/web/link.ts", "/web/up/secret.ts", "/web/up/web/style.css", "/emoji/hosts.svg", "/web/dangling.ts"],
    ...["/web/loop.ts", "/npm/", "/npm/ws@8.23.0/index.js", "/npm/deno-std@1.4.0/cli/mod.js"],
    ...["/npm/lit@3.3.3/package.json", "/npm/lit@3.3.3/../ws/index.js", "/npm/lit@0.0.0/index.js"],
    "/npm/lit@3.3.3/index.js/a.js",
    ...["/npm/lit-html@3.3.0/development/lit-html.js", "/npm/lit-html@3.3.0/node/lit-html.js"],
    ...["/npm/emoji-picker-element-data@1.8.0/de/emojibase/data.json", "/constructor", "/__proto__", "", "*"],
    `/web/${"a".repeat(300)}.ts`,
    `/emoji/${"a/".repeat(3_000)}.svg`,
    `/npm/lit@3.3.3/${"a".repeat(300)}.js`,
  ];
  for (const path of refused) assertEquals(await room.assets.get(path), undefined, path);
});

Deno.test("the page gets each emoji by its names, and nothing else of the package that has them", async () => {
  await using room = await project({ "web/a.ts": "export {};" });
  const names = await room.assets.get("/emoji/names.js");
  assertEquals([names?.type, names === await room.assets.get("/emoji/names.js")], [TYPES.js, true]);
  const module = await import(`data:text/javascript,${encodeURIComponent(textOf(names))}`);
  assertEquals({ ...module }, { nameToEmoji });
});

Deno.test("/emoji/ tells which pictures there are, by the names that a code can have", async () => {
  await using room = await project({
    "emoji/mod.ts": "export {};",
    "emoji/tea_house.svg": "<svg/>",
    "emoji/cat.png": "png",
    "emoji/Loud Cat.png": "png",
    "emoji/README.md": "",
    "emoji/folder.svg/x": "",
  });
  const pictures = await room.assets.get("/emoji/");
  assertEquals(JSON.parse(textOf(pictures)), { cat: "./emoji/cat.png", tea_house: "./emoji/tea_house.svg" });
  for (const path of Object.values<string>(JSON.parse(textOf(await new Assets().get("/emoji/"))))) {
    assertMatch(textOf(await new Assets().get(path.slice(1))), /^<svg/);
  }
});

Deno.test("what is worth it is compressed, and is then the same", async () => {
  const text = "export const tea = '茶';\n".repeat(100);
  await using room = await project({ "web/a.ts": text, "web/short.ts": "export {};", "emoji/a.png": text });
  const asset = (await room.assets.get("/web/a.ts"))!;
  assertEquals(`${brotliDecompressSync((await asset.encoded("br"))!)}`, text);
  assertEquals(`${gunzipSync((await asset.encoded("gzip"))!)}`, text);
  assertEquals(await asset.encoded("br"), await asset.encoded("br"));
  for (const path of ["/web/short.ts", "/emoji/a.png"]) {
    assertEquals(await (await room.assets.get(path))!.encoded("br"), undefined, path);
  }
});

Deno.test("a large file, or many at once, are compressed in steps, between which others have their turn", async () => {
  const text = Array.from({ length: 30_000 }, (_, i) => `.tea-${i} { width: ${i * 7}px }`).join("\n");
  const small = text.slice(0, 5_000);
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`web/small${i}.css`, `${small}/* ${i} */`]));
  await using room = await project({ "web/large.css": text, ...files });
  const get = (path: string) => room.assets.get(path).then((asset) => asset!);
  for (
    const assets of [
      [await get("/large.css")],
      await Promise.all(Object.keys(files).map((file) => get(`/${file}`))),
    ]
  ) {
    let turns = 0;
    let isDone = false;
    const others = (async () => {
      for (; !isDone; turns++) await setImmediate();
    })();
    // Whoever asks at the same time is given the same.
    const encoded = await Promise.all([...assets, ...assets].map((asset) => asset.encoded("br")));
    isDone = true;
    await others;
    assertEquals(new Set(encoded).size, assets.length);
    assertEquals(turns >= 20, true, `others had ${turns} turns`);
  }
});
