import { assertEquals, assertThrows } from "@std/assert";
import { ConnectionError } from "../client/connection/connection_error.ts";
import { fingerprintOf, KnownRooms, readFingerprint } from "./known_rooms.ts";

/** A folder that goes with the test. */
async function folder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "teahouse-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const FIRST = new Uint8Array([0x30, 1, 2, 3]);
const SECOND = new Uint8Array([0x30, 4, 5]);

Deno.test("KnownRooms keeps one authority for each address, in a file that only the person can read", async () => {
  await using place = await folder();
  const rooms = new KnownRooms(`${place.path}/teahouse`);
  assertEquals(rooms.authorityOf("tea:6697"), undefined);
  rooms.keep("tea:6697", FIRST);
  rooms.keep("[::1]:6697", FIRST);
  assertEquals(new KnownRooms(`${place.path}/teahouse`).authorityOf("tea:6697"), FIRST);
  rooms.keep("tea:6697", SECOND);
  assertEquals(rooms.authorityOf("tea:6697"), SECOND);
  assertEquals(rooms.authorityOf("[::1]:6697"), FIRST);
  rooms.keep("tea:7000", FIRST);
  assertEquals([rooms.portsOf("Tea"), rooms.portsOf("::1"), rooms.portsOf("te")], [[6697, 7000], [6697], []]);
  assertEquals(rooms.authorityOf("TEA:6697"), SECOND, "in whatever letters it is typed");
  rooms.keep("Tea:7000", SECOND);
  assertEquals([rooms.portsOf("tea"), rooms.authorityOf("tea:7000")], [[6697, 7000], SECOND]);
  assertEquals(rooms.authorityOf("tea:669"), undefined, "an address is compared as a whole");
  assertEquals([...Deno.readDirSync(`${place.path}/teahouse`)].map(({ name }) => name), ["known_rooms"]);
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(rooms.path).mode! & 0o777, 0o600);
});

Deno.test("KnownRooms does not take a room for an unknown one since its file is damaged", async () => {
  await using place = await folder();
  const rooms = new KnownRooms(place.path);
  Deno.writeTextFileSync(rooms.path, "tea:6697 MAEC*\nother:6697 AAAA\n");
  assertThrows(() => rooms.authorityOf("tea:6697"), ConnectionError, "is damaged: remove it");
  assertThrows(() => rooms.authorityOf("other:6697"), ConnectionError, "is damaged");
  assertEquals(rooms.authorityOf("third:6697"), undefined);
  Deno.removeSync(rooms.path);
  Deno.mkdirSync(rooms.path);
  assertThrows(() => rooms.authorityOf("tea:6697"), ConnectionError, `Cannot read ${rooms.path}`);
  assertThrows(() => rooms.keep("tea:6697", FIRST), ConnectionError, `Cannot read ${rooms.path}`);
});

Deno.test("KnownRooms keeps the last 1,000 rooms", async () => {
  await using place = await folder();
  const rooms = new KnownRooms(place.path);
  Deno.writeTextFileSync(rooms.path, Array.from({ length: 1_000 }, (_, i) => `tea${i}:1 MAECAw==\n`).join(""));
  rooms.keep("tea:6697", FIRST);
  assertEquals(rooms.authorityOf("tea0:1"), undefined);
  assertEquals(rooms.authorityOf("tea1:1")?.length, 4);
  assertEquals(rooms.authorityOf("tea:6697"), FIRST);
});

Deno.test("readFingerprint() reads what people copy, and nothing shorter", () => {
  const written = fingerprintOf(FIRST);
  assertEquals(written.length, 95);
  for (
    const text of [
      written,
      written.toLowerCase(),
      written.replaceAll(":", ""),
      `SHA-256 ${written}`,
      `sha256:${written}`,
    ]
  ) assertEquals(readFingerprint(text), written);
  for (const text of ["", "AB:CD", written.slice(3), written + ":00", written.replace(/^../, "XY")]) {
    assertThrows(() => readFingerprint(text), RangeError, "is no SHA-256 fingerprint");
  }
});
