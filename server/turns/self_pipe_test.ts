import { assertEquals } from "@std/assert";
import { SelfPipe } from "./self_pipe.ts";

Deno.test("many who wait for a look at the sockets wait for the same one", async () => {
  const pipe = (await SelfPipe.open())!;
  const done: string[] = [];
  const looks = ["alice", "bob"].map((who) => pipe.looked().then(() => done.push(who)));
  assertEquals(done, []);
  await Promise.all(looks);
  await pipe.looked().then(() => done.push("carol"));
  assertEquals(done, ["alice", "bob", "carol"]);
  pipe.close();
});

Deno.test("one whose connection is gone keeps nobody waiting", async () => {
  const pipe = (await SelfPipe.open())!;
  pipe.close();
  await pipe.looked();
});
