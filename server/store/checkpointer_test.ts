import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { CHECKPOINT } from "../own_files.ts";
import { nextTurn } from "../turns/loop.ts";
import type { Answer } from "./checkpoint.ts";
import { Checkpointer } from "./checkpointer.ts";

/** A database with something in its log, and what copies it, for one test. */
class Copying implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly file = `${this.folder}/tea.db`;
  readonly log: string[] = [];
  /** What had to be done in this thread. */
  readonly here: string[] = [];
  readonly checkpointer: Checkpointer;
  readonly #db: DatabaseSync;
  readonly #heard: (() => void)[] = [];

  /** @param program What the thread does; as it is when left out. */
  constructor(program?: string, patience?: number) {
    this.#db = new DatabaseSync(this.file);
    this.#db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    if (program !== undefined) Deno.writeTextFileSync(`${this.folder}/thread.js`, program);
    const news = (list: string[]) => (text: string) => {
      list.push(text);
      for (const resolve of this.#heard.splice(0)) resolve();
    };
    this.checkpointer = new Checkpointer({
      file: this.file,
      onError: news(this.log),
      copyHere: news(this.here),
      ...(program === undefined ? {} : { source: new URL(`file://${this.folder}/thread.js`) }),
      ...(patience === undefined ? {} : { patience }),
    });
  }

  /** The next thing that is said or done in this thread. */
  async news(): Promise<void> {
    await new Promise<void>((resolve) => this.#heard.push(resolve));
  }

  get logBytes(): number {
    return Deno.statSync(`${this.file}-wal`).size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.checkpointer.end();
    this.#db.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("The log is copied by a thread that begins with the database", async () => {
  await using copying = new Copying();
  copying.checkpointer.copy("TRUNCATE");
  // The end comes after what was asked for.
  await copying.checkpointer.end();
  assertEquals([copying.logBytes, copying.log, copying.here], [0, [], []]);
});

Deno.test("A thread that throws costs nobody: it is said once, and the log is copied here until another begins", async () => {
  await using copying = new Copying(`onmessage = ({ data }) => {
    if (data.mode) throw new Error("out of tea");
    postMessage({});
  };`);
  copying.checkpointer.copy("TRUNCATE");
  await copying.news();
  assertMatch(copying.log[0], /^the thread that copies the log of .*tea\.db has to begin anew: .*out of tea/);
  assertEquals(copying.here, ["TRUNCATE"]);
  copying.checkpointer.copy("PASSIVE");
  assertEquals([copying.log.length, copying.here], [1, ["TRUNCATE", "PASSIVE"]]);
});

Deno.test("A thread whose program is missing costs nobody, and the log is copied here; it is emptied now and then", async () => {
  const copying = new Copying("");
  await copying[Symbol.asyncDispose]();
  const log: string[] = [];
  const here: string[] = [];
  const source = new URL(`file://${copying.folder}/thread.js`);
  const options = { file: copying.file, onError: (text: string) => log.push(text), source };
  const checkpointer = new Checkpointer({ ...options, copyHere: (mode) => here.push(mode) });
  checkpointer.copy("PASSIVE");
  assertEquals(here, ["PASSIVE"]);
  // While the log is emptied nobody can write: that is not done for each message that is deleted.
  for (let i = 0; i < 3; i++) checkpointer.copy("TRUNCATE");
  checkpointer.copy("PASSIVE");
  assertEquals(here, ["PASSIVE", "TRUNCATE", "PASSIVE"]);
  assertMatch(
    log.join("\n"),
    /^the thread that copies the log of .* has to begin anew: No such file or directory[^\n]*$/,
  );
  await checkpointer.end();
});

Deno.test("A database that is not there is not made by the thread", async () => {
  const folder = await Deno.makeTempDir();
  const log: string[] = [];
  const file = `${folder}/tea.db`;
  const checkpointer = new Checkpointer({ file, onError: (text) => log.push(text), copyHere: () => {} });
  checkpointer.copy("PASSIVE");
  await checkpointer.end();
  assertEquals([...Deno.readDirSync(folder)], []);
  assertMatch(log.join("\n"), /^cannot copy the log of .*tea\.db: No such file or directory/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("A thread that never answers is ended, and holds up no close", async () => {
  await using copying = new Copying("onmessage = () => { for (;;); };", 200);
  copying.checkpointer.copy("PASSIVE");
  await copying.news();
  assertMatch(copying.log[0], /has to begin anew: it does not answer$/);
  // That may be the disk's fault, for which this thread must not wait.
  assertEquals(copying.here, []);
});

Deno.test("A thread that has closed itself is noticed", async () => {
  await using copying = new Copying("close();", 200);
  copying.checkpointer.copy("PASSIVE");
  await copying.news();
  assertMatch(copying.log[0], /has to begin anew: it does not answer$/);
});

Deno.test("While a large log is emptied, others write on", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/tea.db`;
  const db = new DatabaseSync(file);
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF; CREATE TABLE tea (leaf)",
  );
  const insert = db.prepare("INSERT INTO tea VALUES (?)");
  for (let i = 0; i < 64; i++) insert.run(new Uint8Array(524_288));
  const worker = new Worker(CHECKPOINT.href, { type: "module" });
  const { promise: answered, resolve } = Promise.withResolvers<Answer>();
  let isOver = false;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (data.hasBegun) return;
    isOver = true;
    resolve(data);
  };
  worker.postMessage({ file, mode: "TRUNCATE" });
  let written = 0;
  while (!isOver) {
    try {
      insert.run("oolong");
      // Once the copying has begun.
      if (Deno.statSync(file).size > 1_048_576) written++;
    } catch (error) {
      assertMatch(`${error}`, /locked/);
    }
    await nextTurn();
  }
  worker.terminate();
  assertEquals(await answered, { isBusy: false });
  assertGreater(written, 5);
  db.close();
  await Deno.remove(folder, { recursive: true });
});
