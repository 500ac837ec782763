import { assertEquals } from "@std/assert";
import { Hangups } from "./hangup.ts";

/** A server's SIGHUP, with a terminal and a clock that a test sets; `said` is what it was taken for. */
function server({ isIgnored = false, hasTerminal = true } = {}) {
  const world = { hasTerminal, now: 0, said: [] as string[] };
  const hangups = new Hangups({
    isIgnored,
    hasTerminal: () => world.hasTerminal,
    now: () => world.now,
    onReload: () => world.said.push("reload"),
    onGone: () => world.said.push("gone"),
  });
  return { world, hangups };
}

Deno.test("Hangups: SIGHUP reloads while there is a terminal, and ends the server when it is gone", () => {
  const { world, hangups } = server();
  hangups.signalled();
  hangups.lookAgain();
  hangups.look();
  assertEquals(world.said, ["reload"]);
  world.hasTerminal = false;
  hangups.signalled();
  assertEquals(world.said, ["reload", "gone"]);
});

Deno.test("Hangups: a terminal that is gone a moment after SIGHUP ends the server", () => {
  const { world, hangups } = server();
  hangups.signalled();
  world.hasTerminal = false;
  hangups.lookAgain();
  assertEquals(world.said, ["reload", "gone"]);
});

Deno.test("Hangups: SIGHUP reloads in a server without a terminal, and in one that is to outlive it", () => {
  for (const options of [{ hasTerminal: false }, { isIgnored: true }]) {
    const { world, hangups } = server(options);
    world.hasTerminal = false;
    hangups.look();
    hangups.signalled();
    hangups.lookAgain();
    assertEquals(world.said, ["reload"]);
  }
});

Deno.test("Hangups: a server that has outlived its terminal for a while (disown) takes SIGHUP for a reload", () => {
  const { world, hangups } = server();
  hangups.look();
  world.hasTerminal = false;
  hangups.look();
  world.now = 9_000;
  hangups.look();
  hangups.signalled();
  assertEquals(world.said, ["gone"]);
  world.now = 10_000;
  hangups.look();
  hangups.signalled();
  hangups.lookAgain();
  assertEquals(world.said, ["gone", "reload"]);
});
