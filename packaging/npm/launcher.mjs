#!/usr/bin/env node
// Runs a program of this package on the Deno that was installed with it. Where Node can, this process becomes Deno: then
// signals, the exit code and the end are Deno's own, and nothing can be left behind. Elsewhere Deno is a child, which is
// given every signal that it has not had already, and which ends when this process ends, however that comes about.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Those that a terminal sends to this process and to Deno alike: passed on, they would come twice, as if in a hurry. */
const OF_TERMINAL = ["SIGINT", "SIGHUP"];

/** What the watcher runs: when its input ends, since its parent has ended, it ends the process whose id it was given. */
const WATCHER = `process.stdin.on("end", () => {
  try { process.kill(Number(process.argv[1]), "SIGTERM"); } catch {}
}).resume();`;

/** What Deno is told by its environment, where that does not say otherwise: young objects get less memory, and cost no more. */
const ENVIRONMENT = { DENO_V8_FLAGS: "--max-semi-space-size=8", DENO_NO_UPDATE_CHECK: "1" };

/** Runs a program. @param file Its path, relative to this module. */
export function run(file) {
  const env = { ...ENVIRONMENT, ...process.env };
  const deno = process.env.TEAHOUSE_DENO ?? createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
  const program = fileURLToPath(new URL(file, import.meta.url));
  const args = ["run", "-A", "--no-config", "--no-lock", program, ...process.argv.slice(2)];
  if (process.platform !== "win32" && process.execve !== undefined && process.env.TEAHOUSE_CHILD === undefined) {
    process.removeAllListeners("warning").on("warning", () => {});
    process.execve(deno, [deno, ...args], env);
  }

  const child = spawn(deno, args, { stdio: "inherit", env });
  child.on("error", (error) => {
    console.error(`cannot start Deno: ${error.message}`);
    process.exit(1);
  });
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!hasTerminal || !OF_TERMINAL.includes(signal)) child.kill(signal);
    });
  }
  if (child.pid === undefined) return;
  const watcher = spawn(process.execPath, ["-e", WATCHER, String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.on("exit", (code, signal) => {
    // Otherwise it would end a process that has been given the same id since.
    watcher.kill("SIGKILL");
    if (signal === null) process.exit(code);
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}
