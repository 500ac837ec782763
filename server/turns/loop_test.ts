import { assertEquals } from "@std/assert";
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
