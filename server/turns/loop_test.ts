import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { idle, inNextTurn, nextTurn } from "./loop.ts";

Deno.test("What one throws in a turn is an uncaught error, and the others have theirs", async () => {
  const errors: string[] = [];
  const report = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.error.message);
  };
  addEventListener("error", report);
  try {
    const called: string[] = [];
    inNextTurn(() => {
      throw new Error("out of tea");
    });
    inNextTurn(() => called.push("alice"));
    await nextTurn();
    inNextTurn(() => called.push("bob"));
    await idle();
    assertEquals([called, errors], [["alice", "bob"], ["out of tea"]]);
  } finally {
    removeEventListener("error", report);
  }
});

Deno.test("A turn comes after a look at the sockets, however much else there is to do", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using from = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using to = await listener.accept();
  from.setNoDelay(true);
  let isBusy = true;
  // Immediates keep the runtime from its sockets.
  const work = () => {
    for (const begun = performance.now(); performance.now() - begun < 1;);
    if (isBusy) setImmediate(work);
  };
  const late: number[] = [];
  for (let i = 0; i < 5; i++) {
    isBusy = true;
    setImmediate(work);
    let turns = 0;
    let hasCome = false;
    const reading = to.read(new Uint8Array(16)).then(() => hasCome = true);
    await from.write(new Uint8Array(1));
    for (; !hasCome && turns < 100; turns++) await nextTurn();
    if (turns > 2) late.push(turns);
    isBusy = false;
    await reading;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  assertEquals(late, []);
});
