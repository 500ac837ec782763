import { assertEquals } from "@std/assert";
import { Store } from "../store/store.ts";
import type { Clock, Guesser } from "./attempt_queue.ts";
import { cleanDeviceName } from "./device.ts";
import { Devices } from "./devices.ts";
import { Guesses } from "./guesses.ts";

/** A clock that a test sets forward, turn by turn. */
class TurnClock implements Clock {
  ms = 0;
  #alarm: (() => void) | undefined;

  now(): number {
    return this.ms;
  }

  after(wait: number, act: () => void): () => void {
    this.#alarm = () => {
      this.ms += wait;
      act();
    };
    return () => this.#alarm = undefined;
  }

  /** Goes on to the next turn, and lets what follows from it happen. */
  async turn(): Promise<void> {
    const alarm = this.#alarm;
    this.#alarm = undefined;
    alarm?.();
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}

function guesserAt(address: string): Guesser {
  return { address, isOver: false, wrongGuesses: 0, close() {} };
}

Deno.test("whoever comes by a right secret does not wait for those who guess at the same address", async () => {
  const store = new Store(":memory:");
  const devices = new Devices(store);
  const clock = new TurnClock();
  const guesses = new Guesses(clock);
  const { device, secret } = devices.make("laptop", "192.0.2.1");
  devices.keep(device, "192.0.2.1", "bob");
  const guess = (i: number) => devices.resume(guesses, guesserAt("192.0.2.1"), `${i}`.padStart(43, "x"));
  const all = Array.from({ length: 40 }, (_, i) => guess(i));
  for (let i = 0; i < 10; i++) await clock.turn();
  let isIn = false;
  const owner = devices.resume(guesses, guesserAt("192.0.2.1"), secret).then((found) => {
    isIn = found?.id === device.id;
  });
  // These came later, and a new one would be next.
  all.push(...Array.from({ length: 20 }, (_, i) => guess(100 + i)));
  for (let i = 0; i < 2; i++) await clock.turn();
  assertEquals(isIn, true);
  let turns = 0;
  while (await Promise.race([Promise.all(all).then(() => false), clock.turn().then(() => true)])) turns++;
  assertEquals([turns > 30, (await Promise.all(all)).every((found) => found === undefined)], [true, true]);
  await owner;
  await store.close();
});

Deno.test("a secret is found as it is written, and an app password however people type it", async () => {
  const store = new Store(":memory:");
  const devices = new Devices(store);
  const { device, secret } = devices.make("laptop", "192.0.2.1");
  assertEquals(devices.find(secret), undefined, "nobody has come in by it");
  devices.keep(device, "192.0.2.1", "bob");
  const { secret: app, device: made } = devices.makeAppPassword("account:bob", "WeeChat", "192.0.2.1")!;
  const table: [string, string | undefined][] = [
    [secret, device.id],
    [secret.slice(1), undefined],
    [`${secret} `, undefined],
    [device.hash, undefined],
    [app, made.id],
    [` ${app.toUpperCase().replaceAll("-", " ")}\t`, made.id],
    [app.slice(0, -1), undefined],
    [made.hash, undefined],
    ["", undefined],
    ["x".repeat(1_000_000), undefined],
  ];
  for (const [text, id] of table) assertEquals(devices.find(text)?.id, id, text.slice(0, 50));
  await store.close();
});

Deno.test("a device's name is a line of what can be seen, and not long", () => {
  const table = [["  WeeChat\u202e at\t\twork ", "WeeChat at work"], ["\u200b", ""], [
    "茶".repeat(99),
    "茶".repeat(60),
  ]];
  for (const [name, clean] of table) assertEquals(cleanDeviceName(name), clean);
});
