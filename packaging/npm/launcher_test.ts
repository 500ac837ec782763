import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";

/** A program that says its process id, and which signals it is given; TERM ends it with the code 7. */
const PROGRAM = `
Deno.addSignalListener("SIGINT", () => console.log("INT"));
Deno.addSignalListener("SIGHUP", () => console.log("HUP"));
Deno.addSignalListener("SIGTERM", () => Deno.exit(7));
console.log(Deno.pid, Deno.env.get("DENO_V8_FLAGS"));
setInterval(() => {}, 1000);
`;

/** Starts it by the launcher; gives the lines that it prints. */
async function launch(folder: string) {
  for (const file of ["launcher.mjs", "tea.mjs"]) {
    await Deno.copyFile(fromFileUrl(new URL(file, import.meta.url)), `${folder}/${file}`);
  }
  await Deno.writeTextFile(`${folder}/tea.js`, PROGRAM);
  const env = { TEAHOUSE_DENO: Deno.execPath(), TEAHOUSE_CHILD: "1" };
  const launcher = new Deno.Command("node", { args: [`${folder}/tea.mjs`], env, stdin: "null", stdout: "piped" })
    .spawn();
  const lines = launcher.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return { launcher, line: async () => (await lines.read()).value?.trim() };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the launcher passes INT and HUP on, ends when its program does, and with its code", async () => {
  await inFolder(async (folder) => {
    const { launcher, line } = await launch(folder);
    assertMatch((await line())!, /^\d+ --max-semi-space-size=8$/);
    launcher.kill("SIGINT");
    assertEquals(await line(), "INT");
    launcher.kill("SIGHUP");
    assertEquals(await line(), "HUP");
    launcher.kill("SIGTERM");
    assertEquals(await line(), undefined);
    assertEquals((await launcher.status).code, 7);
  });
});

Deno.test("a launcher that is killed leaves no program behind", async () => {
  await inFolder(async (folder) => {
    const { launcher, line } = await launch(folder);
    const began = performance.now();
    const pid = parseInt((await line())!);
    launcher.kill("SIGKILL");
    await launcher.status;
    // A program that has not ended by then has been left behind, and is ended here.
    const late = setTimeout(() => Deno.kill(pid, "SIGKILL"), 5000);
    // Its end of the pipe closes when the program has ended.
    assertEquals(await line(), undefined);
    clearTimeout(late);
    assertLess(performance.now() - began, 5000);
  });
});
