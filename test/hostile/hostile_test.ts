/**
 * Hostile load: each attack of the table against a server of its own, with the default flags, while ordinary people talk.
 * These people must hardly notice the attack, whether it comes from their own address or from others, and afterwards
 * everything must be as before.
 *
 *     deno task hostile                       all
 *     deno task hostile --filter resets       some
 *     HOSTILE_SECONDS=30 deno task hostile    for longer than 3 s from each kind of address
 *     HOSTILE_P99=500 deno task hostile       where the machine has other things to do as well
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { TextLineStream } from "@std/streams/text-line-stream";
import { COLLECTS, isInstalled, openFolder, openRoom, type Room, skipped } from "../room.ts";
import { copyAttic } from "./attic.ts";
import type { Attack, Order, Scene } from "./attack.ts";
import { ATTACKS } from "./attacks/mod.ts";
import { givesBack, type Holdings, holdings, Pairs, type Waits } from "./measure.ts";
import { Peer } from "../peer.ts";

const MEBIBYTE = 1 << 20;

/** How long an attack from one kind of address goes on; four tenths of that are measured before it. */
const SECONDS = Number(Deno.env.get("HOSTILE_SECONDS") ?? 3);

/** How long people may wait for each other, in milliseconds. */
const P99 = Number(Deno.env.get("HOSTILE_P99") ?? 50);

/** What must hold. Milliseconds, bytes, and a share of one core. */
const BOUNDS = {
  p99: P99,
  entry: Math.max(1_000, 2 * P99),
  page: Math.max(1_000, 2 * P99),
  memory: 200 * MEBIBYTE,
  /** When the attackers are gone: within this time it may have so much more than before. */
  recovery: 10_000,
  slack: { memory: 64 * MEBIBYTE, descriptors: 8, load: 0.15 },
};

/**
 * Where an attack comes from: from somewhere else first, since what an address has used counts for a while against all who are
 * there, and then from where the others are, too.
 */
const ORIGINS = [
  { name: "far", addresses: Array.from({ length: 8 }, (_, i) => `127.0.0.${2 + i}`) },
  { name: "near", addresses: ["127.0.0.1"] },
];

/** One row of what is printed when all is done. */
interface Row {
  name: string;
  alone: Waits;
  attacked: Record<string, Waits>;
  memory: number;
  recovered: number;
  /** What was too slow, and what is wrong however fast the machine is. */
  slow: string[];
  complaints: string[];
}

/** What is too slow may be the machine's doing. It must be so each time, in so many tries. */
const TRIES = Number(Deno.env.get("HOSTILE_TRIES") ?? 3);

const rows: Row[] = [];

/** An attack that goes on until it is told to end, in a process of its own that yields to the others. */
function launch(order: Order) {
  const process = new Deno.Command("nice", {
    args: [
      "-n",
      "5",
      Deno.execPath(),
      "run",
      "-A",
      new URL("attacker.ts", import.meta.url).pathname,
      JSON.stringify(order),
    ],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return {
    /** Ends it and gives what it has counted. */
    async end(): Promise<Record<string, number>> {
      await process.stdin.close();
      const killing = setTimeout(() => process.kill("SIGKILL"), 5_000);
      const [line] = await Array.fromAsync(
        process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough<string>(new TextLineStream()),
      );
      await process.status;
      clearTimeout(killing);
      return JSON.parse(line ?? "{}");
    },
  };
}

/** What a server prints when something is wrong in itself. */
function faults(room: Room): string[] {
  return room.log.filter((line) => /Internal error|panicked|Uncaught|^\s+at /.test(line));
}

/** Measures one attack. Whatever is wrong is gathered, since figures are of use most where something is. */
async function measure(attack: Attack, scene: Scene): Promise<Row> {
  const { room } = scene;
  const webPort = Number(new URL(await room.page()).port);
  const tlsPort = await room.tlsPort();
  const row: Row = {
    name: attack.name,
    alone: undefined!,
    attacked: {},
    memory: 0,
    recovered: NaN,
    slow: [],
    complaints: [],
  };
  const { slow, complaints } = row;
  const complain = (text: string) => void complaints.push(text);
  const bound = (what: string, value: number, most: number, into = complaints) => {
    // What could not be measured is no less than what it may be at the most.
    if (!(value < most)) into.push(`${what} is ${value.toFixed()}, not below ${most}`);
  };
  await attack.before?.(scene);
  const pairs = await Pairs.open(room, webPort);
  await delay(300);
  pairs.take();
  await delay(SECONDS * 400);
  row.alone = pairs.take();
  const before: Holdings = await holdings(room);
  pairs.take();
  room.forgetPeak();
  for (const { name, addresses } of attack.seconds === undefined ? ORIGINS : ORIGINS.slice(1)) {
    scene.address = addresses[0];
    const begun = performance.now();
    const order = { name: attack.name, port: room.port, webPort, tlsPort, addresses, prefix: name[0] };
    const attacker = launch(order);
    const during = (attack.during?.(scene) ?? Promise.resolve()).catch((error) => {
      if (room.end === undefined) slow.push(`${name}: ${`${error}`.split("\n")[0]}`);
    });
    await Promise.all([delay((attack.seconds ?? SECONDS) * 1_000), during]);
    const counts = await attacker.end();
    const seconds = (performance.now() - begun) / 1_000;
    row.attacked[name] = pairs.take();
    for (const what of ["p99", "entry", "page"] as const) {
      bound(`${name}: ${what}`, row.attacked[name][what], BOUNDS[what], slow);
    }
    for (const [what, most] of Object.entries(attack.most ?? {})) {
      bound(`${name}: ${what} a second`, (counts[what] ?? 0) / seconds, most);
    }
    if (room.end === undefined) row.memory = room.peak - before.memory;
    // One that hangs is not asked anything more, since each question would be waited for.
    if (room.end === undefined && !await answersAgain(room)) {
      complain(`${name}: nobody was answered for ${BOUNDS.recovery} ms after it`);
      room.kill("SIGKILL");
      await room.ended();
    }
    if (room.end !== undefined) break;
  }
  // A peak of memory is a figure as the times are: it depends on when the engine collects what is no longer used.
  bound("memory", row.memory, BOUNDS.memory, slow);
  try {
    if (room.end === undefined) {
      const { memory } = BOUNDS.slack;
      row.recovered = await givesBack(room, before, { ...BOUNDS.slack, memory: memory + (attack.keeps ?? 0) });
      bound("recovery", row.recovered, BOUNDS.recovery, slow);
      await attack.afterwards?.(scene);
      await room.servesNewcomers();
    }
  } catch (error) {
    complain(`afterwards: ${`${error}`.split("\n")[0]}`);
  }
  await pairs.close();
  complaints.push(...pairs.complaints, ...faults(room));
  if (room.end !== undefined) complain(room.end);
  return row;
}

/** Whether somebody who asks is answered, as soon as everything must be as before. */
async function answersAgain(room: Room): Promise<boolean> {
  const asking = (async () => {
    using peer = await Peer.connect(room.port, "127.0.1.251");
    await peer.say("PING again");
    return await peer.sees(/ PONG .*again/);
  })().catch(() => false);
  return await deadline(asking, BOUNDS.recovery).catch(() => false);
}

for (const attack of ATTACKS) {
  const missing = [];
  for (const program of attack.needs ?? []) if (!await isInstalled(program)) missing.push(program);
  const ignore = missing.length > 0 || Deno.build.os !== "linux";
  Deno.test(attack.name + skipped(missing), { ignore }, async () => {
    let row = await tried(attack);
    for (let i = 1; i < TRIES && row.complaints.length === 0 && row.slow.length > 0; i++) row = await tried(attack);
    rows.push(row);
    assertEquals([...row.slow, ...row.complaints], []);
  });
}

/** Carries out one attack against a server of its own. */
async function tried(attack: Attack): Promise<Row> {
  await using folder = await openFolder();
  const db = `${folder.path}/teahouse.db`;
  if (attack.hasAttic) await copyAttic(db);
  const { flags = [], password } = attack;
  const faultsAtEnd: string[] = [];
  const room = await openRoom(["--db", db, ...flags], { preload: COLLECTS, password });
  let row: Row;
  try {
    row = await measure(attack, { room, address: "", folder: folder.path });
  } finally {
    // Not by `await using`: what is wrong at the end must not hide what was wrong before.
    await room[Symbol.asyncDispose]().catch((error) => faultsAtEnd.push(`its end: ${error}`.split("\n")[0]));
  }
  row.complaints.push(...faultsAtEnd);
  return row;
}

Deno.test.afterAll(() => {
  const cell = (value: number | undefined) =>
    (value === undefined ? "-" : value.toFixed(value < 10 ? 1 : 0)).padStart(7);
  const width = Math.max(...rows.map(({ name }) => name.length));
  const heads = ["alone", "near", "longest", "entry", "page", "far", "longest", "entry", "page", "MiB", "after"];
  console.log(
    [" ".repeat(width), ...heads.map((head) => head.padStart(7)), " p99, longest, entry, page, after: ms"].join(""),
  );
  for (const { name, alone, attacked: { near, far }, memory, recovered } of rows) {
    const cells = [near, far].flatMap((waits) => [waits?.p99, waits?.longest, waits?.entry, waits?.page]);
    console.log(name.padEnd(width) + [alone.p99, ...cells, memory / MEBIBYTE, recovered].map(cell).join(""));
  }
});
