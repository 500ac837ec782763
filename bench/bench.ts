/**
 * The benchmark: `deno task bench`. It starts the server as one process and the load as another, and prints what it costs to
 * deliver one message to one member.
 *
 *     deno task bench                          every scenario
 *     deno task bench --scenarios paced100     one, or several with commas
 *     deno task bench --peers --rounds 3       beside ngircd, InspIRCd and nats-server, medians of three
 *     deno task bench --json figures.json      also writes every figure
 *     deno task bench --growth                 cost by members and by channels, drawn to bench/growth.svg
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path/from-file-url";
import type { Job, Result } from "./load.ts";
import { drawGrowth, type Point } from "./plot.ts";
import { OURS, PEERS, Running, type Server } from "./servers.ts";

type Load = Pick<Job, "receivers" | "messages" | "rate" | "channels"> & {
  /** Whether everyone is connected by a WebSocket. */
  isWeb?: true;
  /** Whether everyone is connected over TLS. */
  isTls?: true;
};

/** The scenarios by name. */
const SCENARIOS: Record<string, Load & { meaning: string }> = {
  bulk100: { receivers: 100, messages: 20_000, rate: 0, channels: 1, meaning: "100 people, a sender at full speed" },
  bulk1000: { receivers: 1000, messages: 3_000, rate: 0, channels: 1, meaning: "1,000 people, a sender at full speed" },
  talk100: {
    receivers: 100,
    messages: 200,
    rate: 20,
    channels: 1,
    meaning: "100 people, 20 messages/s: a lively talk",
  },
  paced100: { receivers: 100, messages: 3_000, rate: 1000, channels: 1, meaning: "100 people, 1,000 messages/s" },
  tls100: {
    receivers: 100,
    messages: 3_000,
    rate: 1000,
    channels: 1,
    isTls: true,
    meaning: "100 people over TLS, 1,000 messages/s",
  },
  paced1000: { receivers: 1000, messages: 300, rate: 100, channels: 1, meaning: "1,000 people, 100 messages/s" },
  web1000: {
    receivers: 1000,
    messages: 300,
    rate: 100,
    channels: 1,
    isWeb: true,
    meaning: "1,000 people by WebSocket, 100 messages/s",
  },
  scale9000: { receivers: 9000, messages: 50, rate: 5, channels: 1, meaning: "9,000 people, 5 messages/s" },
};

const PORT = 17_100, WEB_PORT = 17_101, TLS_PORT = 17_102;

/** Measures one server under one load, in fresh processes. Returns undefined if the server is not installed. */
async function measure(server: Server, load: Load): Promise<Result | { error: string } | undefined> {
  await using running = await Running.start(server, { chat: PORT, web: WEB_PORT, tls: TLS_PORT });
  if (running === undefined) return undefined;
  const { isWeb, isTls, ...rest } = load;
  const tls = isTls && { port: TLS_PORT, authority: await running.authority(TLS_PORT) };
  const job: Job = { ...rest, port: PORT, webPort: isWeb && WEB_PORT, tls, pid: running.pid, dialect: server.dialect };
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fromFileUrl(new URL("load.ts", import.meta.url))],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(job)));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await process.output()).stdout));
}

/** Returns the median of each figure over several rounds. */
function medians(results: Result[]): Result {
  const keys = Object.keys(results[0]) as (keyof Result)[];
  const median = (xs: number[]) => xs.sort((a, b) => a - b)[Math.floor(xs.length / 2)];
  return Object.fromEntries(
    keys.map((key) => [key, median(results.map((result) => result[key]))]),
  ) as unknown as Result;
}

/** The columns: title, width in characters, and text of a cell. */
const COLUMNS: [title: string, width: number, cell: (result: Result, ours: Result | undefined) => string][] = [
  ["CPU ns/delivery", 16, ({ cpuPerDelivery }) => cpuPerDelivery.toFixed(0)],
  ["ratio", 7, ({ cpuPerDelivery }, ours) => ours ? (cpuPerDelivery / ours.cpuPerDelivery).toFixed(2) : "-"],
  ["deliveries/s", 13, ({ deliveries, seconds }) => (deliveries / seconds).toFixed(0)],
  ["p50 ms", 8, ({ p50 }) => p50.toFixed(1)],
  ["p99 ms", 8, ({ p99 }) => p99.toFixed(1)],
  ["server CPU", 11, ({ cpuShare }) => `${(cpuShare * 100).toFixed(0)} %`],
  ["load CPU", 9, ({ loadShare }) => `${(loadShare * 100).toFixed(0)} %`],
  ["RSS MiB", 8, ({ rss }) => rss.toFixed(0)],
  ["KiB/conn", 9, ({ rssPerConnection }) => rssPerConnection.toFixed(1)],
  ["join s", 7, ({ joinSeconds }) => joinSeconds.toFixed(2)],
];

/** Runs scenarios on servers in turn, and prints a table for each scenario. */
async function compare(names: string[], servers: Server[], rounds: number) {
  const all: Record<string, Record<string, Result | { error: string }>> = {};
  const absent = new Set<string>();
  for (const name of names) {
    const scenario = SCENARIOS[name];
    const results = new Map<string, Result[]>();
    const figures: Record<string, Result | { error: string }> = all[name] = {};
    console.log(`\n${name}: ${scenario.meaning}`);
    console.log("  " + "server".padEnd(12) + COLUMNS.map(([title, width]) => title.padStart(width)).join(""));
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) {
        if (absent.has(server.name)) continue;
        if (name in server.cannot) {
          figures[server.name] = { error: server.cannot[name] };
          continue;
        }
        const result = await measure(server, scenario);
        if (result === undefined) absent.add(server.name);
        else if ("error" in result) figures[server.name] = result;
        else results.set(server.name, [...results.get(server.name) ?? [], result]);
      }
    }
    for (const [server, list] of results) figures[server] = medians(list);
    const ours = figures[OURS.name];
    for (const { name: server } of servers) {
      const figure = figures[server];
      if (figure === undefined) continue;
      const cells = "error" in figure
        ? `  ${figure.error}`
        : COLUMNS.map(([, width, cell]) => cell(figure, ours && "error" in ours ? undefined : ours).padStart(width))
          .join("");
      console.log("  " + server.padEnd(12) + cells);
    }
  }
  for (const name of absent) console.log(`\n(${name} is not installed: left out)`);
  return all;
}

/** Measures how the cost of a delivery grows with members and with channels, and draws it. */
async function growth(): Promise<Record<string, Point[]>> {
  const cost = async (load: Load): Promise<Result> => {
    const result = await measure(OURS, load);
    if (result === undefined || "error" in result) throw new Error(result?.error ?? "the server did not start");
    console.log(`  ${JSON.stringify(load)}: ${result.cpuPerDelivery.toFixed(0)} ns/delivery`);
    return result;
  };
  const figures: Record<string, Point[]> = { members: [], membersAtFullSpeed: [], channels: [] };
  for (const receivers of [10, 100, 1000, 9000]) {
    // All sizes have the same number of deliveries a second, where 1,000 messages a second are enough for that.
    const rate = Math.round(Math.min(1000, 100_000 / receivers));
    const paced = await cost({ receivers, messages: rate * 5, rate, channels: 1 });
    figures.members.push({ x: receivers, y: paced.cpuPerDelivery });
    const messages = Math.round(Math.max(500, Math.min(100_000, 3_000_000 / receivers)));
    const bulk = await cost({ receivers, messages, rate: 0, channels: 1 });
    figures.membersAtFullSpeed.push({ x: receivers, y: bulk.cpuPerDelivery });
  }
  for (const channels of [1, 10, 100]) {
    const result = await cost({ receivers: 100, messages: 5_000, rate: 1000, channels });
    figures.channels.push({ x: channels, y: result.cpuPerDelivery });
  }
  const file = fromFileUrl(new URL("growth.svg", import.meta.url));
  await Deno.writeTextFile(file, drawGrowth(figures));
  console.log(`drawn to ${file}`);
  return figures;
}

if (import.meta.main) {
  const fail = (message: string): never => {
    console.error(`bench.ts: ${message}`);
    Deno.exit(2);
  };
  const flags = parseArgs(Deno.args, {
    string: ["scenarios", "rounds", "json"],
    boolean: ["peers", "growth", "help"],
    default: { scenarios: Object.keys(SCENARIOS).join(","), rounds: "1" },
    unknown: (arg: string) => fail(`unknown argument ${arg}; --help lists the flags`),
  });
  if (flags.help) {
    console.log("deno task bench [--scenarios a,b] [--rounds N] [--peers] [--json FILE] [--growth]");
    console.log(`scenarios: ${Object.keys(SCENARIOS).join(", ")}`);
    Deno.exit(0);
  }
  const names = flags.scenarios.split(",");
  for (const name of names) if (!Object.hasOwn(SCENARIOS, name)) fail(`there is no scenario "${name}"`);
  const rounds = Number(flags.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds must be a number from 1, not "${flags.rounds}"`);
  const { cpus, os } = { cpus: navigator.hardwareConcurrency, os: `${Deno.build.os} ${Deno.osRelease()}` };
  console.log(`${cpus} cores, ${os}, Deno ${Deno.version.deno}`);
  const figures = flags.growth ? await growth() : await compare(names, flags.peers ? [OURS, ...PEERS] : [OURS], rounds);
  if (flags.json) await Deno.writeTextFile(flags.json, JSON.stringify(figures, null, 2) + "\n");
}
