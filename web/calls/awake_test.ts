/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { Awake } from "./awake.ts";

/** A browser that gives locks, each by its number, until the page is hidden. */
class FakeScreen {
  readonly log: string[] = [];
  visibilityState: DocumentVisibilityState = "visible";
  readonly #events = new EventTarget();
  readonly #held = new Set<{ released: boolean }>();
  readonly document = Object.assign(this.#events, { visibilityState: "visible" as DocumentVisibilityState });
  wakeLock = {
    request: (type?: WakeLockType) => {
      const number = this.log.filter((line) => line.startsWith("asked")).push("");
      this.log.push(`asked ${type}`);
      const lock = {
        released: false,
        release: () => {
          lock.released = true;
          this.log.push(`released ${number}`);
          return Promise.resolve();
        },
      };
      this.#held.add(lock);
      return Promise.resolve(lock as unknown as WakeLockSentinel);
    },
  };

  becomes(state: DocumentVisibilityState): void {
    this.document.visibilityState = state;
    if (state === "hidden") { for (const lock of this.#held) lock.released = true; }
    this.#events.dispatchEvent(new Event("visibilitychange"));
  }
}

const open = (screen: FakeScreen) => new Awake(screen as unknown as ConstructorParameters<typeof Awake>[0]);

Deno.test("the screen is kept on once, again when the page is looked at again, and let go at the end", async () => {
  const screen = new FakeScreen();
  const awake = open(screen);
  await Promise.all([awake.keep(), awake.keep()]);
  await awake.keep();
  assertEquals(screen.log, ["asked screen"]);
  screen.becomes("hidden");
  await awake.keep();
  assertEquals(screen.log, ["asked screen"]);
  screen.becomes("visible");
  await Promise.resolve();
  await Promise.resolve();
  awake.end();
  assertEquals(screen.log, ["asked screen", "asked screen", "released 2"]);
  screen.becomes("visible");
  assertEquals(screen.log.length, 3);
});

Deno.test("a lock that comes when the call is over is let go at once; a browser without any is none the worse", async () => {
  const screen = new FakeScreen();
  const awake = open(screen);
  const keeping = awake.keep();
  awake.end();
  await keeping;
  assertEquals(screen.log, ["asked screen", "released 1"]);
  const none = new Awake({ document: screen.document } as ConstructorParameters<typeof Awake>[0]);
  await none.keep();
  none.end();
});
