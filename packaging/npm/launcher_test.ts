import { assertEquals, AssertionError, assertLess, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { fromFileUrl } from "@std/path/from-file-url";

/** A program that says its process id, and which signals it is given; TERM ends it with the code 7. */
const PROGRAM = `
Deno.addSignalListener("SIGINT", () => console.log("INT"));
Deno.addSignalListener("SIGHUP", () => console.log("HUP"));
// A signal that came just before is said first.
Deno.addSignalListener("SIGTERM", () => setTimeout(() => Deno.exit(7), 100));
console.log(Deno.pid, Deno.env.get("DENO_V8_FLAGS"), Deno.ppid);
setInterval(() => {}, 1000);
`;

/** The launcher is told to have Deno as a child, the one that runs these tests. What is printed at a terminal is read, too. */
const ENVIRONMENT = { TEAHOUSE_DENO: Deno.execPath(), TEAHOUSE_CHILD: "1", NO_COLOR: "1" };

/** Puts the launcher and that program into a folder. */
async function fill(folder: string): Promise<void> {
  for (const file of ["launcher.mjs", "tea.mjs"]) {
    await Deno.copyFile(fromFileUrl(new URL(file, import.meta.url)), `${folder}/${file}`);
  }
  await Deno.writeTextFile(`${folder}/tea.js`, PROGRAM);
}

/** Starts it by the launcher; gives the lines that it prints. */
async function launch(folder: string) {
  await fill(folder);
  // No output is a terminal, also where these tests are run at one.
  const launcher = new Deno.Command("node", {
    args: [`${folder}/tea.mjs`],
    env: ENVIRONMENT,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
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
    assertMatch((await line())!, /^\d+ --max-semi-space-size=8 \d+$/);
    launcher.kill("SIGINT");
    assertEquals(await line(), "INT");
    launcher.kill("SIGHUP");
    assertEquals(await line(), "HUP");
    launcher.kill("SIGTERM");
    assertEquals(await line(), undefined);
    assertEquals((await launcher.status).code, 7);
  });
});

Deno.test("Ctrl-C at a terminal comes to the program once", { ignore: Deno.build.os !== "linux" }, async () => {
  await inFolder(async (folder) => {
    await fill(folder);
    const env = { ...ENVIRONMENT, SHELL: "/bin/sh" };
    const args = ["-qec", `trap : INT; node '${folder}/tea.mjs'; exit $?`, "/dev/null"];
    const script = new Deno.Command("script", { args, env, stdin: "piped", stdout: "piped" }).spawn();
    const reader = script.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let shown = "";
    const shows = async (pattern: RegExp) => {
      while (!pattern.test(shown)) {
        const part = deadline(reader.read(), 30_000);
        const { value, done } = await part.catch((error: unknown) => {
          script.kill("SIGKILL");
          throw new AssertionError(`Waited in vain for ${pattern} in ${JSON.stringify(shown)}`, { cause: error });
        });
        assertEquals(done, false, shown);
        shown += value;
      }
      return pattern.exec(shown)!;
    };
    const keys = script.stdin.getWriter();
    const [, launcher] = await shows(/^\d+ \S+ (\d+)\r\n/);
    // The launcher is held until the program has had the key: the system would make one signal of two that come together.
    Deno.kill(Number(launcher), "SIGSTOP");
    await keys.write(new TextEncoder().encode("\x03"));
    await shows(/INT/);
    Deno.kill(Number(launcher), "SIGCONT");
    Deno.kill(Number(launcher), "SIGTERM");
    for (let part = await reader.read(); !part.done; part = await reader.read()) shown += part.value;
    assertEquals([shown.match(/INT/g)?.length, (await script.status).code], [1, 7]);
    await keys.close().catch(() => {});
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
