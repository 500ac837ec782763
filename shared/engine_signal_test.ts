import { assert, assertEquals } from "@std/assert";
import { EngineReader, type EngineSignal, packEngineSignal } from "./engine_signal.ts";
import { MOST_PACKED, packJson } from "./packed_json.ts";

/** A description of so many lines, no two alike. */
const described = (lines: number) =>
  `v=0\r\n${
    Array.from({ length: lines }, (_, i) => `a=ssrc:${(i * 2654435761) % 4294967296} cname:${i}\r\n`).join("")
  }`;

/** What comes of packed signals. */
async function read(reader: EngineReader, ...packed: string[]): Promise<(EngineSignal | undefined)[]> {
  const all: (EngineSignal | undefined)[] = [];
  for (const one of packed) all.push(await reader.take(one));
  return all;
}

Deno.test("a description that is longer than a tag comes in pieces, and is whole again", async () => {
  const m = Array.from({ length: 200 }, (_, i): [string, string, number] => [`${i}`, `nick${i}`, i % 4]);
  const long: EngineSignal = { c: "#tea", s: 7, w: "down", d: { type: "offer", sdp: described(1_000) }, m };
  const pieces = await packEngineSignal(long);
  assert(pieces.length > 1 && pieces.every(({ length }) => length <= MOST_PACKED), `${pieces.length} pieces`);
  const got = await read(new EngineReader(), ...pieces);
  assertEquals(got.at(-1), long);
  assertEquals(got.slice(0, -1).filter((signal) => signal !== undefined), []);

  const short: EngineSignal = { c: "#tea", s: 7, w: "up", d: { type: "answer", sdp: described(2) }, m: [] };
  assertEquals(await read(new EngineReader(), ...await packEngineSignal(short)), [short]);
  assertEquals(await read(new EngineReader(), ...await packEngineSignal({ c: "#tea", s: 7, bye: 1 })), [
    { c: "#tea", s: 7, bye: 1 },
  ]);
});

Deno.test("pieces that do not follow each other are none of a signal", async () => {
  const [first, second, ...rest] = await packEngineSignal(
    { c: "#tea", s: 7, w: "down", d: { type: "offer", sdp: described(2_000) } },
  );
  const [other] = await packEngineSignal({ c: "#tea", s: 8, w: "down", d: { type: "offer", sdp: described(2_000) } });
  const reader = new EngineReader();
  for (const packed of [[second, ...rest], [first, ...rest], [other, second, ...rest]]) {
    assertEquals((await read(reader, ...packed)).filter((signal) => signal !== undefined), []);
  }
  // Afterwards it reads what is whole.
  assertEquals((await read(reader, first, second, ...rest)).at(-1)?.s, 7);
});

Deno.test("what is no signal of an engine is none", async () => {
  const d = { type: "offer", sdp: "v=0\r\n" };
  const odd = [
    null,
    [],
    "v=0",
    { c: "#tea", s: 1 },
    { c: 5, s: 1, w: "up", d },
    { c: "#tea", s: -1, w: "up", d },
    { c: "#tea", s: 1e300, w: "up", d },
    { c: "#tea", s: 1, w: "sideways", d },
    { c: "#tea", s: 1, w: "up", d: { type: "rollback", sdp: "v=0\r\n" } },
    { c: "#tea", s: 1, w: "up", d: { type: "offer", sdp: "v=0\r\na=\0" } },
    { c: "#tea", s: 1, w: "up", d: { type: "offer", sdp: "hello" } },
    { c: "#tea", s: 1, w: "up", d, m: [["1", "bob", 4]] },
    { c: "#tea", s: 1, w: "up", d, m: [["1", "b".repeat(200), 0]] },
    { c: "#tea", s: 1, w: "up", d, p: [0, 1_000] },
    { c: "#tea", s: 1, w: "up", d, p: "all" },
  ];
  for (const json of odd) {
    assertEquals(await new EngineReader().take(await packJson(json)), undefined, JSON.stringify(json));
  }
  for (const text of ["", "!", "AAAA", "x".repeat(10_000)]) {
    assertEquals(await new EngineReader().take(text), undefined);
  }
  // One piece after the other without an end has an end.
  const reader = new EngineReader();
  for (let i = 0; i < 60; i++) {
    const piece = { c: "#tea", s: 1, w: "up", d: { type: "offer", sdp: `v=0\r\n${"a".repeat(60_000)}` }, p: [i, 60] };
    assertEquals(await reader.take(await packJson(piece)), undefined);
  }
});
