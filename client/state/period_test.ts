import { assertEquals } from "@std/assert";
import { isPeriod, lastedPeriod, LONGEST_PERIOD, periodText, readPeriod } from "./period.ts";
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

Deno.test("lastedPeriod() says how long something took, to the minute from the first one on", () => {
  const minute = 60_000;
  const periods = [0, 40_900, 5.9 * minute, 60 * minute, 110 * minute, 1500 * minute];
  assertEquals(periods.map((period) => lastedPeriod(period, ENGLISH.shortUnits)), [
    "0 s",
    "40 s",
    "5 min",
    "1 h",
    "1 h 50 min",
    "25 h",
  ]);
});
