import { assertEquals } from "@std/assert";
import { productionModules, ROOT } from "../test/modules.ts";
import { programOf } from "./programs.ts";

/** Runs something with a variable in the environment. */
async function withVariable(name: string, value: string, run: () => Promise<void>): Promise<void> {
  const before = Deno.env.get(name);
  Deno.env.set(name, value);
  try {
    await run();
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
}

Deno.test("programOf: a program is given the environment, but for what the room is told there", async () => {
  await withVariable("TEAHOUSE_OPER", "alice:tea", () =>
    withVariable("KETTLE", "on", async () => {
      const { stdout } = await programOf("env", { stderr: "null" }).output();
      const names = new TextDecoder().decode(stdout).split("\n");
      assertEquals(names.filter((line) => /^(TEAHOUSE_|KETTLE=)/.test(line)), ["KETTLE=on"]);
      assertEquals(names.includes(`PATH=${Deno.env.get("PATH")}`), true);
    }));
});

Deno.test("programOf: the server runs no program in another way", async () => {
  const others: string[] = [];
  for await (const path of productionModules()) {
    if (!path.startsWith("server") || path === "server/programs.ts") continue;
    if (/\bDeno\.Command\(|node:child_process/.test(await Deno.readTextFile(new URL(path, ROOT)))) others.push(path);
  }
  assertEquals(others, []);
});
