/**
 * The fuzzer: plays random cases against a real server, over and over, and looks whether it answers, lives, and keeps no
 * more than it did.
 *
 *     deno task fuzz --seconds 60              with a seed of its own, which it prints
 *     deno task fuzz --seconds 60 --seed 7     the same cases again
 *
 * First the cases in seeds/ are played, which have found something before. One that finds something now is made as short
 * as replaying its beginnings makes it, and written there.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { COMMANDS } from "../../server/commands/table.ts";
import { type Holdings, holdings } from "../hostile/measure.ts";
import { COLLECTS, openFolder, openRoom, type Room } from "../room.ts";
import { type Case, makeCase, SIZES } from "./case.ts";
import { COMMAND_FORMS } from "./command_forms.ts";
import { type Outcome, play, type Stage } from "./play.ts";

const MEBIBYTE = 1 << 20;
const SEEDS = new URL("seeds/", import.meta.url);

/** What files may take; the folder holds no more, whatever is sent. */
const FILES = 16 * MEBIBYTE;
const FILE_FLAGS = ["--file-limit", "1M", "--file-quota", "8M", "--files-limit", "16M"];

/** What the servers are told, and how much is played against them. */
const SERVERS = [
  {
    size: SIZES.free,
    flags: ["--flood-limit", "0", "--max-per-ip", "0", "--oper", "root:lapsang", "--keep", "1m", ...FILE_FLAGS],
  },
  { size: SIZES.slow, flags: ["--oper", "root:lapsang", ...FILE_FLAGS] },
];

/** What a server may keep more than when it was warm. */
const SLACK = { memory: 64 * MEBIBYTE, descriptors: 8 };
/** It is warm after so many cases, and is looked at after so many more. */
const WARM = 20, EVERY = 20;
/** How long is tried to make a case shorter, in milliseconds. */
const SHORTENING = 60_000;

/** How many bytes lie in a folder. One of its files may go meanwhile. */
function bytesIn(folder: string): number {
  let bytes = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    try {
      bytes += Deno.statSync(`${folder}/${name}`).size;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return bytes;
}

/** A server that is open for many cases, with its database in a folder that goes with it. */
class Server implements AsyncDisposable {
  readonly #flags: string[];
  /** The folder of files. */
  readonly #files: string;
  readonly #resources: AsyncDisposableStack;
  readonly stage: Stage;
  #cases = 0;
  #warm: Holdings | undefined;
  most: Holdings = { memory: 0, descriptors: 0 };

  private constructor(flags: string[], files: string, resources: AsyncDisposableStack, stage: Stage) {
    this.#flags = flags;
    this.#files = files;
    this.#resources = resources;
    this.stage = stage;
  }

  static async open(flags: string[]): Promise<Server> {
    await using resources = new AsyncDisposableStack();
    const folder = resources.use(await openFolder());
    const db = `${folder.path}/teahouse.db`;
    const room: Room = resources.use(await openRoom(["--db", db, ...flags], { preload: COLLECTS }));
    return new Server(flags, `${db}-files`, resources.move(), {
      room,
      webPort: Number(new URL(await room.page()).port),
    });
  }

  get warm(): Holdings | undefined {
    return this.#warm;
  }

  /** Plays a case, and now and then says what the server keeps that it did not keep when it was warm. */
  async play(played: Case): Promise<Outcome> {
    const outcome = await play(this.stage, played);
    // It says who comes and goes, in an hour too much to be kept.
    this.stage.room.log.length = 0;
    this.#cases++;
    const isLooked = this.#cases === WARM || (this.#cases > WARM && this.#cases % EVERY === 0);
    if (outcome.complaints.length > 0 || !isLooked) return outcome;
    // Connections that are over have 3 s to close their side.
    await delay(3_500);
    const now = await holdings(this.stage.room);
    const lying = bytesIn(this.#files);
    if (lying > FILES) outcome.complaints.push(`there are ${lying} bytes of files`);
    this.#warm ??= now;
    for (const what of ["memory", "descriptors"] as const) {
      this.most[what] = Math.max(this.most[what], now[what]);
      if (now[what] > this.#warm[what] + SLACK[what]) {
        outcome.complaints.push(`${what} has grown from ${this.#warm[what]} to ${now[what]} in ${this.#cases} cases`);
      }
    }
    return outcome;
  }

  /** Ends it; says what is wrong with its end. */
  async end(): Promise<string[]> {
    return await this.#resources.disposeAsync().then(() => [], (error) => [`its end: ${error}`.split("\n")[0]]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that has hung would be waited for.
    this.stage.room.kill("SIGKILL");
    await this.end();
  }
}

/** Plays a case against a server of its own; gives what is wrong. */
async function playAlone(played: Case): Promise<string[]> {
  const server = await Server.open(played.flags);
  const { complaints } = await server.play(played);
  if (complaints.length > 0) {
    await server[Symbol.asyncDispose]();
    return complaints;
  }
  return await server.end();
}

/** The shortest case that is found in a minute and finds something, too; undefined where this one finds nothing alone. */
async function shortened(found: Case): Promise<Case | undefined> {
  const end = Date.now() + SHORTENING;
  if ((await playAlone(found)).length === 0) return undefined;
  let { steps } = found;
  const fails = async (steps: Case["steps"]) => (await playAlone({ ...found, steps })).length > 0;
  // First the shortest beginning, by halves; then what of it can be left out, in ever smaller parts.
  let [low, high] = [1, steps.length];
  while (low < high && Date.now() < end) {
    const middle = (low + high) >> 1;
    if (await fails([...steps.slice(0, middle), { does: "wait" }])) high = middle;
    else low = middle + 1;
  }
  if (high < steps.length) steps = [...steps.slice(0, high), { does: "wait" }];
  for (let part = steps.length >> 1; part > 0; part >>= 1) {
    for (let at = 0; at < steps.length && Date.now() < end;) {
      const rest = steps.toSpliced(at, part);
      if (await fails(rest)) steps = rest;
      else at += part;
    }
  }
  // And what of the lines.
  for (let at = 0; at < steps.length && Date.now() < end; at++) {
    for (let line = 0; "lines" in steps[at] && Date.now() < end;) {
      const step = steps[at] as Extract<Case["steps"][number], { lines: string[] }>;
      if (line >= step.lines.length) break;
      const rest = steps.with(at, { ...step, lines: step.lines.toSpliced(line, 1) });
      if (await fails(rest)) steps = rest;
      else line++;
    }
  }
  return { ...found, steps };
}

/** Makes a case that has found something shorter, and keeps it. */
async function keep(found: Case, complaints: string[]): Promise<void> {
  const short = await shortened(found);
  const name = found.about.replaceAll(/\W+/g, "-");
  const about = `${found.about}: ${complaints[0].split("\n")[0].slice(0, 200)}`;
  const kept = { ...short ?? found, about: short === undefined ? `${about} (not when it is played alone)` : about };
  await Deno.writeTextFile(new URL(`${name}.json`, SEEDS), JSON.stringify(kept, null, 2) + "\n");
  console.log(`  kept as test/fuzz/seeds/${name}.json, ${kept.steps.length} steps`);
}

const flags = parseArgs(Deno.args, {
  string: ["seconds", "seed"],
  default: { seconds: "60", seed: `${Date.now() % 1e6}` },
});
const [seconds, seed] = [Number(flags.seconds), Number(flags.seed)];
const without = COMMANDS.keys().filter((name) => !(name in COMMAND_FORMS)).toArray();
if (without.length > 0) throw new Error(`Cannot fuzz: grammar.ts has no line for ${without.join(", ")}`);

let failures = 0;
const report = (what: string, complaints: string[]) => {
  failures++;
  console.log(`${what}: ${complaints.length} complaints`);
  for (const text of complaints.slice(0, 10)) console.log(`  ${text.slice(0, 1_000).replaceAll("\n", "\n  ")}`);
};

const kept = [...Deno.readDirSync(SEEDS)].filter(({ name }) => name.endsWith(".json")).map(({ name }) => name).sort();
for (const name of kept) {
  const complaints = await playAlone(JSON.parse(await Deno.readTextFile(new URL(name, SEEDS))));
  if (complaints.length > 0) report(`seeds/${name}`, complaints);
}
console.log(`fuzz: ${kept.length} kept cases played; seed ${seed}, for ${seconds} s`);

const servers: (Server | undefined)[] = SERVERS.map(() => undefined);
const totals = { cases: 0, sent: 0, received: 0, longest: 0 };
const begun = performance.now();

/** Plays cases against one kind of server until the time is over. */
async function playAll(which: number): Promise<void> {
  const { flags, size } = SERVERS[which];
  for (let n = 0; performance.now() - begun < seconds * 1_000; n++) {
    const server = servers[which] ??= await Server.open(flags);
    const played = makeCase(((seed * SERVERS.length + which) << 16) + n, flags, size);
    const { complaints, sent, received, longest } = await server.play(played);
    totals.cases++;
    totals.sent += sent;
    totals.received += received;
    totals.longest = Math.max(totals.longest, longest);
    if (complaints.length === 0) continue;
    report(played.about, complaints);
    await server[Symbol.asyncDispose]();
    servers[which] = undefined;
    await keep(played, complaints);
  }
}

// At once, since those whom the flood limit slows down mostly wait.
await Promise.all(SERVERS.keys().map(playAll));
const took = (performance.now() - begun) / 1_000;
for (const [i, server] of servers.entries()) {
  if (server === undefined) continue;
  const { warm, most } = server;
  const mebibytes = (bytes: number) => (bytes / MEBIBYTE).toFixed();
  if (warm !== undefined) {
    console.log(
      `server ${i + 1}: ${mebibytes(warm.memory)} MiB and ${warm.descriptors} descriptors when warm, ` +
        `${mebibytes(most.memory)} and ${most.descriptors} at most later`,
    );
  }
  const complaints = await server.end();
  if (complaints.length > 0) report(`server ${i + 1}`, complaints);
}
console.log(
  `fuzz: seed ${seed}, ${totals.cases} cases in ${took.toFixed()} s, ${totals.sent} lines sent ` +
    `(${
      (totals.sent / took).toFixed()
    } a second), ${totals.received} received, longest answer ${totals.longest.toFixed()} ms, ` +
    `${failures === 0 ? "nothing found" : `${failures} failed`}`,
);
Deno.exit(failures === 0 ? 0 : 1);
