import { assertEquals, assertMatch } from "@std/assert";
import { KeptDevices, stateFolder } from "./kept_devices.ts";

/** A folder that goes with the test, and what was warned of. */
async function folder(): Promise<
  AsyncDisposable & { path: string; warned: string[]; at: (server: string) => KeptDevices }
> {
  const path = await Deno.makeTempDir({ prefix: "teahouse-" });
  const warned: string[] = [];
  let now = 0;
  return {
    path,
    warned,
    at: (server) => new KeptDevices(server, `${path}/teahouse`, (text) => warned.push(text), () => now++),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const SECRET = "Zm9ydHktdHdvLXRlYS1sZWF2ZXM";

/** The files below a folder, with their rights. */
function* files(path: string): Generator<[name: string, mode: string]> {
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    yield [name, (Deno.statSync(`${path}/${name}`).mode! & 0o777).toString(8)];
    if (isDirectory) yield* files(`${path}/${name}`);
  }
}

Deno.test("KeptDevices keeps a secret for each server and nick", async () => {
  await using place = await folder();
  assertEquals(place.at("tea:8888").lastNick, undefined);
  place.at("tea:8888").of("alice").keep(SECRET);
  place.at("tea:8888").of("bob").keep("b".repeat(40));
  const again = place.at("tea:8888");
  assertEquals(again.of("alice").secret, SECRET);
  assertEquals(again.of("ALICE").secret, SECRET, "nicks are compared as on the server");
  assertEquals(again.of("bob").secret, "b".repeat(40));
  assertEquals(again.of("carol").secret, undefined);
  assertEquals(place.at("tea:8889").of("alice").secret, undefined);
  assertEquals(place.at("tea:8889").lastNick, undefined);
  assertEquals(place.warned, []);
});

Deno.test("KeptDevices knows who came last, and forgets a secret that is refused", async () => {
  await using place = await folder();
  const devices = place.at("tea:8888");
  devices.of("alice").keep(SECRET);
  devices.of("bob").keep(SECRET);
  assertEquals(devices.lastNick, "bob");
  devices.of("alice").used();
  assertEquals(devices.lastNick, "alice");
  const alice = devices.of("alice");
  alice.forget();
  assertEquals([alice.secret, devices.of("alice").secret, devices.lastNick], [undefined, undefined, "bob"]);
  // Where there is nothing to forget, nothing is wrong.
  alice.forget();
  assertEquals(place.warned, []);
});

Deno.test({
  name: "KeptDevices lets nobody else read its files",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using place = await folder();
    Deno.mkdirSync(`${place.path}/teahouse/devices`, { recursive: true, mode: 0o755 });
    place.at("tea:8888").of("../../alice").keep(SECRET);
    const found = [...files(place.path)].slice(1);
    assertEquals(found.map(([, mode]) => mode), ["700", "600"]);
    assertMatch(found[1][0], /^[\da-f]{32}\.json$/);
  },
});

Deno.test({
  name: "KeptDevices warns once where it cannot write, and goes on with the secret in memory",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using place = await folder();
    Deno.writeTextFileSync(`${place.path}/teahouse`, "no folder");
    const alice = place.at("tea:8888").of("alice");
    alice.keep(SECRET);
    alice.used();
    assertEquals(alice.secret, SECRET);
    assertEquals(place.warned.length, 1);
    assertMatch(place.warned[0], /^You will not be known the next time: .+ cannot be written \(.+\)\.$/);
  },
});

Deno.test("KeptDevices takes nothing from files that are none of its own, and keeps 100", async () => {
  await using place = await folder();
  const devices = place.at("tea:8888");
  devices.of("alice").keep(SECRET);
  const path = `${place.path}/teahouse/devices`;
  const [{ name }] = Deno.readDirSync(path);
  const entry = { server: "tea:8888", nick: "alice", secret: SECRET, used: 1 };
  const texts = ["", "null", "[]", "{}", "x".repeat(5_000), JSON.stringify({ ...entry, secret: "two words\r\nQUIT" })];
  for (const text of [...texts, JSON.stringify({ ...entry, server: "other:1" })]) {
    Deno.writeTextFileSync(`${path}/${name}`, text);
    assertEquals(devices.of("alice").secret, undefined, text.slice(0, 80));
  }
  for (let i = 0; i < 105; i++) devices.of(`n${i}`).keep(SECRET);
  assertEquals([...Deno.readDirSync(path)].filter(({ name }) => name.endsWith(".json")).length, 100);
});

Deno.test("stateFolder() is the place of each system for what programs keep", () => {
  const at = (os: typeof Deno.build.os, env: Record<string, string>) => stateFolder({ get: (name) => env[name] }, os);
  assertEquals(at("linux", { HOME: "/home/bob" }), "/home/bob/.local/state/teahouse");
  assertEquals(at("linux", { HOME: "/home/bob", XDG_STATE_HOME: "/state" }), "/state/teahouse");
  assertEquals(at("darwin", { HOME: "/Users/bob" }), "/Users/bob/Library/Application Support/Teahouse");
  assertEquals(at("windows", { LOCALAPPDATA: "C:\\bob" }), "C:\\bob\\Teahouse");
  assertEquals(at("linux", {}), undefined);
});
