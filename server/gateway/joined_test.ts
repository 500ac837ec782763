import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { init } from "es-module-lexer";
import { inOrder, joinedText, type Part, partOf } from "./joined.ts";

const resolve = (from: string) => (name: string) =>
  name.startsWith(".") ? new URL(name, `http://page${from}`).pathname : name === "tea" ? "/npm/tea.js" : undefined;

/** Finds the parts of modules that are given as texts. */
function finder(modules: Record<string, string>): (path: string) => Promise<Part> {
  return async (path) => {
    await init;
    return partOf(path, modules[path], resolve(path));
  };
}

/** Joins modules, runs the file, and gives what it exports. */
async function run(modules: Record<string, string>, entry = "/web/main.ts"): Promise<Record<string, unknown>> {
  const text = joinedText(entry, await inOrder(entry, finder(modules)));
  const { $modules: _, ...exports } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return exports;
}

Deno.test("each way to import finds what each way to export gives", async () => {
  const modules = {
    "/web/main.ts": `
      import "./first.ts";
      import whole, { a, b as other, C, d, e } from "./ways.ts";
      import * as all from "./ways.ts";
      import short from"tea";
      import{x as y}from"tea";
      export const said = [a(), other, new C().c, d(), whole, all.a(), y, short];
      export { e as given, y };
      export { a as passed } from "./ways.ts";
      export { o } from "./all.ts";
      export * as named from "./others.ts";
      export const awaited = await_();
      async function await_() { return await e(); }
    `,
    "/web/first.ts": `globalThis.order = ["first"];`,
    "/web/ways.ts": `
      globalThis.order.push("ways");
      export function a() { return "a"; }
      export const b = "b";
      export class C { c = "c"; }
      export          function* generated() {}
      export default "default";
      const exported = () => "d";
      export {
        exported as d,
      };
      export async function e() { return "e"; }
    `,
    "/web/all.ts": `export * from "./others.ts";`,
    "/web/others.ts": `import { b } from "./ways.ts"; export const o = b;`,
    "/npm/tea.js": `const t=1,x=2;export{t as default,x};\n//# sourceMappingURL=tea.js.map`,
  };
  const { said, given, passed, named, awaited, ...rest } = await run(modules);
  assertEquals(said, ["a", "b", "c", "d", "default", "a", 2, 1]);
  assertEquals(rest, { y: 2, o: "b" });
  assertEquals(await (given as () => Promise<string>)(), "e");
  assertEquals(await awaited, "e");
  assertEquals([(passed as () => string)(), named], ["a", { o: "b" }]);
  assertEquals((globalThis as unknown as { order: string[] }).order, ["first", "ways"]);
});

Deno.test("a module is the same one in the first file and in what is loaded later", async () => {
  const find = finder({
    "/web/main.ts": `import { count } from "./count.ts"; count(); export const later = () => import("./later.ts");`,
    "/web/later.ts": `import { count } from "./count.ts"; import "../shared/more.ts"; export const n = count();`,
    "/web/count.ts": `let n = 0; export const count = () => ++n;`,
    "/shared/more.ts": `import { count } from "../web/count.ts"; count();`,
  });
  const early = await inOrder("/web/main.ts", find);
  assertEquals([...early.keys()], ["/web/count.ts", "/web/main.ts"]);
  assertEquals(early.get("/web/main.ts")!.later, ["/web/later.ts"]);
  const late = await inOrder("/web/later.ts", find);
  for (const path of early.keys()) late.delete(path);
  const folder = await Deno.makeTempDir({ prefix: "teahouse-" });
  try {
    await Deno.writeTextFile(`${folder}/web.main.js`, joinedText("/web/main.ts", early));
    await Deno.writeTextFile(`${folder}/web.later.js`, joinedText("/web/later.ts", late, "web.main.js"));
    const { later } = await import(`file://${folder}/web.main.js`);
    assertEquals((await later()).n, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what breaks the rules can't be joined, and the error names the module", async () => {
  await init;
  const part = (source: string) => () => partOf("/web/a.ts", source, resolve("/web/a.ts"));
  assertThrows(part(`import { a } from "nothing";`), Error, 'Cannot join /web/a.ts: there is no "nothing"');
  assertThrows(
    part(`export let a = 1;`),
    Error,
    "Cannot join /web/a.ts: the way in which it exports a is not understood",
  );
  assertThrows(part(`export var a = 1;`), Error, "Cannot join /web/a.ts");
  const circle = finder({ "/web/a.ts": `import "./b.ts";`, "/web/b.ts": `import "./a.ts";` });
  await assertRejects(
    () => inOrder("/web/a.ts", circle),
    Error,
    "Cannot join /web/a.ts: it imports itself by way of others",
  );
});
