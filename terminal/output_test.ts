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
