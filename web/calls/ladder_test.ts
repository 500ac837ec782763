import { assert, assertEquals } from "@std/assert";
import { cameraRung, joinsMuted, screenRung } from "./ladder.ts";

Deno.test("cameraRung() gives smaller pictures the more people see them, and none to more than five others", () => {
  const rungs = [1, 2, 3, 4, 5, 6, 7].map((others) => {
    const rung = cameraRung(others);
    return rung && `${rung.height}p${rung.rate}`;
  });
  assertEquals(rungs, ["720p30", "360p15", "360p15", "180p15", "180p15", undefined, undefined]);
});

Deno.test("what a page sends in all stays below 1.6 Mbit/s for cameras, and 5 for a screen", () => {
  for (let others = 1; others <= 7; others++) {
    assert((cameraRung(others)?.bits ?? 0) * others <= 1_600_000, `camera to ${others}`);
    assert(screenRung(others).bits * others <= 5_000_000, `screen to ${others}`);
  }
});

Deno.test("joinsMuted() has the fifth one come in muted, and those after it", () => {
  assertEquals([0, 1, 3, 4, 7].map(joinsMuted), [false, false, false, true, true]);
});
