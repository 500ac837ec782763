/**
 * What files cost: `deno task bench:files`. A file of 1 GiB is sent to the room and read from it, and beside it the same with
 * nginx, where that is installed (Debian: nginx-light): WebDAV's PUT, and sendfile. curl is the load, and a process of its own.
 *
 *     deno task bench:files                          three rounds, medians
 *     deno task bench:files --rounds 1 --mebibytes 256
 *
 * Both are asked in turn, so that what else the machine does hits both. Linux only: it reads /proc.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path/from-file-url";
import { Person } from "../server/testing.ts";

const MEBIBYTE = 1_048_576;

/** Who is measured: where files are sent to and read from. */
interface Host {
  name: string;
  pid: number;
  /** The words of curl by which the file is sent, and what it prints then. */
  send(): Promise<string[]>;
  /** What is to be read, by what curl has printed. */
  address(printed: string): string;
  /** The words of curl by which it is removed. */
  remove(address: string): string[];
}

/** What one transfer has cost. */
interface Cost {
  mebibytesPerSecond: number;
  cpuSeconds: number;
  /** The most memory that it had, in MiB. */
  peak: number;
}

/** The processor time that a process has used, in seconds. The kernel counts ticks of 10 ms. */
function computed(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]) / 1_024;
}

/** Runs curl. Gives what the other side has sent, if that is not dropped. @throws {Error} Where it was refused. */
async function curl(words: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("curl", {
    args: ["-sS", "--fail", ...words],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Measures a transfer of so many bytes. */
async function measure({ pid }: Host, bytes: number, words: string[]): Promise<[cost: Cost, printed: string]> {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
  const [begun, before] = [performance.now(), computed(pid)];
  const printed = await curl(words);
  const seconds = (performance.now() - begun) / 1_000;
  const cost = {
    mebibytesPerSecond: bytes / MEBIBYTE / seconds,
    cpuSeconds: computed(pid) - before,
    peak: peakOf(pid),
  };
  return [cost, printed];
}

/** Whatever ends with the program. */
await using resources = new AsyncDisposableStack();
const folder = resources.adopt(
  Deno.makeTempDirSync({ prefix: "teahouse-bench-" }),
  (path) => Deno.removeSync(path, { recursive: true }),
);

function start(command: string[]): Deno.ChildProcess {
  const process = new Deno.Command(command[0], { args: command.slice(1), stdin: "null", stdout: "null" }).spawn();
  resources.defer(async () => {
    process.kill("SIGTERM");
    await process.status;
  });
  return process;
}

/** A port that nobody has now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until somebody listens. */
async function opened(port: number): Promise<void> {
  for (let tries = 100;; tries--) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (tries === 0) throw error;
      await delay(50);
    }
  }
}

/** The room, and somebody in it. */
async function openTeahouse(file: string): Promise<Host> {
  const [port, web] = [freePort(), freePort()];
  const root = fromFileUrl(new URL("..", import.meta.url));
  const flags = `--host 127.0.0.1 --port ${port} --web-port ${web} --no-tls --log-level error --db ${folder}/tea.db`;
  const { pid } = start([Deno.execPath(), "run", "-A", `${root}server.ts`, ...flags.split(" ")]);
  await opened(port);
  await opened(web);
  const alice = resources.use(new Person("alice", await Deno.connect({ port })));
  await alice.send("CAP REQ :draft/authtoken", "NICK alice", "USER alice 0 * :alice", "CAP END");
  await alice.sees(/ (376|422) /);
  let token = "";
  return {
    name: "teahouse",
    pid,
    async send() {
      await alice.send("TOKEN GENERATE FILEHOST");
      token = (await alice.sees(/ TOKEN GENERATE FILEHOST /)).split(" ").at(-1)!.replace(/^:/, "");
      return ["-X", "POST", "-H", `Authorization: Bearer ${token}`, "-T", file, `http://127.0.0.1:${web}/files`];
    },
    address: (printed) => printed.trim(),
    remove: (address) => ["-X", "DELETE", "-H", `Authorization: Bearer ${token}`, address],
  };
}

/** nginx, with one process, and all that slows it down left out. Nothing where it is not installed. */
async function openNginx(file: string): Promise<Host | undefined> {
  const port = freePort();
  Deno.mkdirSync(`${folder}/nginx`);
  const user = Deno.uid() === 0 ? "user root;" : "";
  Deno.writeTextFileSync(
    `${folder}/nginx.conf`,
    `${user} daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log /dev/null;
events { worker_connections 64; }
http {
  access_log off; sendfile on; client_max_body_size 0; client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy; fastcgi_temp_path ${folder}/nginx-fastcgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi; scgi_temp_path ${folder}/nginx-scgi;
  server { listen 127.0.0.1:${port}; root ${folder}/nginx; dav_methods PUT DELETE; }
}
`,
  );
  let process;
  try {
    process = start(["nginx", "-c", `${folder}/nginx.conf`, "-e", "/dev/null"]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  await opened(port);
  const address = `http://127.0.0.1:${port}/file`;
  return {
    name: "nginx",
    pid: process.pid,
    send: () => Promise.resolve(["-T", file, address]),
    address: () => address,
    remove: () => ["-X", "DELETE", address],
  };
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1];
}

const { rounds, mebibytes } = parseArgs(Deno.args, {
  string: ["rounds", "mebibytes"],
  default: { rounds: "3", mebibytes: "1024" },
});
const bytes = Number(mebibytes) * MEBIBYTE;
const file = `${folder}/file`;
{
  // No zeros: a file system may keep them as nothing.
  using out = Deno.openSync(file, { write: true, createNew: true });
  const piece = crypto.getRandomValues(new Uint8Array(65_536));
  for (let at = 0; at < bytes; at += piece.length) out.writeSync(piece);
}
const hosts = [await openTeahouse(file), await openNginx(file)].filter((host) => host !== undefined);
const costs: Record<"sent" | "read", Map<Host, Cost[]>> = { sent: new Map(), read: new Map() };
for (let round = 0; round < Number(rounds); round++) {
  for (const host of hosts) {
    const [sent, printed] = await measure(host, bytes, await host.send());
    const address = host.address(printed);
    const [read] = await measure(host, bytes, ["-o", "/dev/null", address]);
    await curl(host.remove(address));
    for (const [what, cost] of [["sent", sent], ["read", read]] as const) {
      costs[what].set(host, [...costs[what].get(host) ?? [], cost]);
    }
  }
}
console.log(
  `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}; ${mebibytes} MiB, medians of ${rounds}\n`,
);
console.log("              MiB/s  CPU s  ratio  RSS peak MiB");
for (const what of ["sent", "read"] as const) {
  const first = median(costs[what].get(hosts[0])!.map(({ cpuSeconds }) => cpuSeconds));
  for (const host of hosts) {
    const all = costs[what].get(host)!;
    const cpu = median(all.map(({ cpuSeconds }) => cpuSeconds));
    const cells = [
      median(all.map(({ mebibytesPerSecond }) => mebibytesPerSecond)).toFixed().padStart(6),
      cpu.toFixed(2).padStart(6),
      (cpu / first).toFixed(2).padStart(6),
      median(all.map(({ peak }) => peak)).toFixed().padStart(13),
    ];
    console.log(`${what} ${host.name.padEnd(8)} ${cells.join(" ")}`);
  }
}
