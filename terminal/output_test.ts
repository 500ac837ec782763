import { assertEquals } from "@std/assert";
import { Output } from "./output.ts";

Deno.test("Output writes lines in their order, however little is taken at a time", async () => {
  let text = "";
  const output = new Output({
    write: (bytes) => {
      text += new TextDecoder().decode(bytes.subarray(0, 1));
      return Promise.resolve(1);
    },
  }, () => {});
  output.print(["one", "two"]);
  output.print([]);
  output.print(["three"]);
  await output.flushed();
  assertEquals(text, "one\ntwo\nthree\n");
});

Deno.test("Output says once that nobody reads any more, and drops the rest", async () => {
  let closed = 0;
  let writes = 0;
  const output = new Output({
    write: () => {
      writes++;
      return Promise.reject(new Deno.errors.BrokenPipe());
    },
  }, () => closed++);
  output.print(["one"]);
  output.print(["two"]);
  await output.flushed();
  output.print(["three"]);
  await output.flushed();
  assertEquals([closed, writes], [1, 1]);
});

Deno.test("Output leaves lines out while nobody reads, and says how many", async () => {
  const written: string[] = [];
  let { promise, resolve } = Promise.withResolvers<void>();
  const output = new Output({
    write: async (bytes) => {
      await promise;
      written.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  }, () => {});
  const line = "x".repeat(100_000);
  for (let i = 0; i < 1_000; i++) output.print([line]);
  resolve();
  await output.flushed();
  const lines = written.join("").split("\n").length - 1;
  assertEquals(lines > 50 && lines < 200, true, `${lines} lines`);
  ({ promise, resolve } = Promise.withResolvers<void>());
  resolve();
  output.print(["back"]);
  await output.flushed();
  assertEquals(written.at(-1), `(${1_000 - lines} lines were left out: nobody read them)\nback\n`);
});

Deno.test("Output writes nothing that a terminal obeys", async () => {
  let text = "";
  const output = new Output({
    write: (bytes) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  }, () => {});
  output.print(["\x1b[32mhi\x1b[39m\x1b[6n\nx\x1b]0;owned\x07"]);
  await output.flushed();
  assertEquals(text, "\x1b[32mhi\x1b[39m x\n");
});

Deno.test("Output cuts lines into rows where it goes to a terminal", async () => {
  let text = "";
  const stream = {
    write: (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  const output = new Output(stream, () => {}, () => 20);
  output.print(["[12:04] <mallory> hi[12:04] <boss> the key?"]);
  await output.flushed();
  assertEquals(text, "[12:04] <mallory> \n| hi[12:04] <boss> \n| the key?\n");
});
