import { assertEquals } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { type Configuration, readServerFlags } from "./configuration.ts";
import type { ServerFlags } from "./flags.ts";
import { Reloading } from "./reloading.ts";

const NOTHING = await readServerFlags([], () => undefined) as ServerFlags;

/** What a room is told, with other flags than usual. */
function told(flags: Partial<ServerFlags> = {}, rest: Partial<Configuration> = {}): Configuration {
  return {
    flags: { ...NOTHING, ...flags },
    secrets: { password: undefined, operators: new Map() },
    motd: [],
    ...rest,
  };
}

/** A room that has been told nothing, and what comes of each reload: what is said, and what is taken on. */
function openRoom(read: () => Configuration | Promise<Configuration>, opened = told()) {
  const said: string[] = [];
  const taken: Configuration[] = [];
  const reloading = new Reloading(opened, {
    read: async () => await read(),
    take: (next) => taken.push(next),
    checkCertificate: () => {
      said.push("certificate");
      return Promise.resolve();
    },
    onNews: (text) => said.push(text),
    onError: (text) => said.push(`! ${text}`),
  });
  return { reloading, said, taken };
}

Deno.test("Reloading takes on what can change, and keeps the rest as it was when the room opened", async () => {
  let next = told({ "max-per-ip": 5, port: 1, keep: 0 }, { motd: ["tea"] });
  const { reloading, said, taken } = openRoom(() => next);
  await reloading.again();
  assertEquals(said, [
    "the settings are read again; new: motd, max-per-ip",
    "! not taken on before the next start: port, keep",
    "certificate",
  ]);
  assertEquals([taken[0].flags["max-per-ip"], taken[0].flags.port, taken[0].flags.keep], [5, 8888, Infinity]);
  assertEquals(taken[0].motd, ["tea"]);
  // What is back at what it was is not told any more.
  next = told({}, { secrets: { password: "leaf", operators: new Map([["ann", "oolong"]]) } });
  await reloading.again();
  assertEquals(said.slice(3), [
    "the settings are read again; new: motd, password, operators, max-per-ip",
    "certificate",
  ]);
});

Deno.test("Reloading lets no limit for lines begin or end, and any other change", async () => {
  const limits = [9, 0, 4];
  const { reloading, said, taken } = openRoom(() => told({ "flood-limit": limits.shift()! }));
  for (let i = 0; i < 3; i++) await reloading.again();
  assertEquals(taken.map(({ flags }) => flags["flood-limit"]), [9, 9, 4]);
  assertEquals(said.filter((text) => text.includes("flood-limit")), [
    "the settings are read again; new: flood-limit",
    "! not taken on before the next start: flood-limit",
    "the settings are read again; new: flood-limit",
  ]);
  const unlimited = openRoom(() => told({ "flood-limit": 4 }), told({ "flood-limit": 0 }));
  await unlimited.reloading.again();
  assertEquals(unlimited.taken[0].flags["flood-limit"], 0);
});

Deno.test("Reloading: a mistake and a fault change nothing, and the certificate is looked at all the same", async () => {
  const faults = [new UsageError("tea.toml, line 2: no"), new Error("a fault")];
  const { reloading, said, taken } = openRoom(() => {
    throw faults.shift();
  });
  await reloading.again();
  await reloading.again();
  assertEquals([said[0], said[1], said[3]], [
    "! the settings stay as they were: tea.toml, line 2: no",
    "certificate",
    "certificate",
  ]);
  assertEquals(said[2].startsWith("! the settings stay as they were: Error: a fault"), true);
  assertEquals(taken, []);
});

Deno.test("Reloading: whoever asks while it reads has it read once more, since files may have changed", async () => {
  const readings: (() => void)[] = [];
  const { reloading, taken } = openRoom(() => new Promise((resolve) => readings.push(() => resolve(told()))));
  const done = reloading.again();
  await Promise.all([reloading.again(), reloading.again()]);
  assertEquals([readings.length, taken.length], [1, 0]);
  readings[0]();
  while (readings.length < 2) await Promise.resolve();
  readings[1]();
  await done;
  assertEquals([readings.length, taken.length], [2, 2]);
});
