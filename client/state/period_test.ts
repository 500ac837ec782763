import { assertEquals } from "@std/assert";
import { isPeriod, LONGEST_PERIOD, periodText, readPeriod } from "./period.ts";
import { ENGLISH } from "../sentences.ts";

Deno.test("readPeriod() reads weeks, days, hours and minutes, and nothing else", () => {
  assertEquals(["1m", "1H", "2d12h", "1w", "365d"].map(readPeriod), [1, 60, 3600, 10080, LONGEST_PERIOD]);
  const none = ["", "5", "h", "1h x", "-1h", "1.5h", "30s", "0m", "366d", "999999999w", "1".repeat(400) + "m"];
  assertEquals(none.map(readPeriod), none.map(() => undefined));
});

Deno.test("isPeriod() tells a period from the first word of a reason", () => {
  assertEquals(["1h", "0m", "999d", "too", "5", "m"].map(isPeriod), [true, true, true, false, false, false]);
});

Deno.test("periodText() says a period in whole units", () => {
  assertEquals([1, 60, 90, 1440, 10081].map((minutes) => periodText(minutes, ENGLISH.units)), [
    "1 minute",
    "1 hour",
    "1 hour 30 minutes",
    "1 day",
    "1 week 1 minute",
  ]);
});
