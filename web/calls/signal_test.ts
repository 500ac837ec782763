import { assert, assertEquals } from "@std/assert";
import { MOST_PACKED } from "../../shared/packed_json.ts";
import { pack, sessionOf, type Signal, splitCandidates, unpack, withoutUnoffered } from "./signal.ts";

const SDP = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=candidate:1 1 udp 2113937151 192.168.1.2 50000 typ host",
  "a=mid:0",
  "a=candidate:2 1 tcp 1518214911 192.168.1.2 9 typ host",
  "a=end-of-candidates",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=mid:1",
  "",
].join("\r\n");

/** Packs anything as a signal is packed. */
const packAny = (json: unknown) => pack(json as Signal);

Deno.test("unpack() gives what was packed, in letters that a tag can hold as they are", async () => {
  const signals: Signal[] = [
    { c: "#tea", d: { type: "offer", sdp: SDP } },
    { c: "alice bob", d: { type: "answer", sdp: SDP } },
    { c: "#tea", i: [{ candidate: "candidate:1 1 udp 1 10.0.0.1 5 typ host", sdpMid: "0", sdpMLineIndex: 0 }] },
    { c: "#茶", bye: 1 },
  ];
  for (const signal of signals) {
    const packed = await pack(signal);
    assert(/^[\w-]+$/.test(packed) && packed.length < MOST_PACKED, packed);
    assertEquals(await unpack(packed), signal);
  }
});

Deno.test("unpack() leaves out what it does not know", async () => {
  const packed = await packAny({ c: "#tea", x: 1, d: { type: "offer", sdp: SDP, y: 2 } });
  assertEquals(await unpack(packed), { c: "#tea", d: { type: "offer", sdp: SDP } });
});

Deno.test("unpack() gives nothing where it is no signal", async () => {
  const candidate = { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 };
  const others = [
    null,
    7,
    "text",
    [],
    {},
    { c: "" },
    { c: "#tea" },
    { c: 1, bye: 1 },
    { c: "#tea", bye: 2 },
    { c: "#tea", d: { type: "rollback", sdp: SDP } },
    { c: "#tea", d: { type: "offer" } },
    { c: "#tea", d: { type: "offer", sdp: "hello" } },
    { c: "#tea", d: { type: "offer", sdp: `${SDP}a=\0` } },
    { c: "#tea", d: { type: "offer", sdp: `${SDP}a=\x1b[2J` } },
    { c: "#tea", i: [{ ...candidate, candidate: 5 }] },
    { c: "#tea", i: [{ ...candidate, candidate: "x".repeat(1_001) }] },
    { c: "#tea", i: [{ ...candidate, sdpMid: {} }] },
    { c: "#tea", i: ["candidate"] },
  ];
  for (const other of others) assertEquals(await unpack(await packAny(other)), undefined, JSON.stringify(other));
  for (const text of ["", "!", "a b", "AAAA", "_____", "é", "x".repeat(5_000)]) {
    assertEquals(await unpack(text), undefined, text);
  }
});

Deno.test("unpack() stops at 64 KiB, however small that was packed", async () => {
  const bomb = await packAny({ c: "#tea", d: { type: "offer", sdp: `v=0\r\n${"a".repeat(2_000_000)}` } });
  assert(bomb.length < MOST_PACKED);
  assertEquals(await unpack(bomb), undefined);
  const large = await packAny({ c: "#tea", d: { type: "offer", sdp: `v=0\r\n${"a".repeat(60_000)}` } });
  assertEquals((await unpack(large) as { c: string }).c, "#tea");
});

Deno.test("unpack() takes no description with many more sections than a page has", async () => {
  const described = (count: number, end: string) =>
    packAny({
      c: "#tea",
      d: { type: "offer", sdp: `v=0\r\n${`m=audio 9 X 111${end}a=sendrecv${end}`.repeat(count)}` },
    });
  for (const end of ["\r\n", "\n"]) {
    assertEquals((await unpack(await described(4, end)))?.c, "#tea");
    assertEquals(await unpack(await described(9, end)), undefined);
    assertEquals(await unpack(await described(400, end)), undefined);
  }
});

Deno.test("unpack() takes no more candidates of one signal than a page has", async () => {
  const candidate = { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 };
  const signal = await unpack(await packAny({ c: "#tea", i: Array(500).fill(candidate) }));
  assertEquals(signal !== undefined && "i" in signal && signal.i.length, 40);
});

Deno.test("splitCandidates() gives each candidate with its place, and the description without them", () => {
  const { bare, candidates } = splitCandidates(SDP);
  assertEquals(
    candidates.map(({ candidate, sdpMid, sdpMLineIndex }) => [candidate.slice(0, 11), sdpMid, sdpMLineIndex]),
    [
      ["candidate:1", "0", 0],
      ["candidate:2", "0", 0],
    ],
  );
  assert(!bare.includes("candidate") && bare.endsWith("a=mid:1\r\n"));
});

Deno.test("withoutUnoffered() leaves out what is said of codecs that a section does not offer", () => {
  const lines = [
    "v=0",
    "m=audio 9 X 109",
    "a=rtpmap:109 opus/48000/2",
    "a=rtcp-fb:120 nack",
    "m=video 9 X 120 124",
    "",
  ];
  const video = ["a=rtcp-fb:120 nack", "a=fmtp:124 apt=120", "a=rtcp-fb:121 nack", "a=rtcp-fb:* ccm fir", ""];
  const clean = withoutUnoffered([...lines.slice(0, -1), ...video].join("\r\n"));
  assertEquals(clean.split("\r\n"), [...lines.slice(0, 3), lines[4], video[0], video[1], video[3], ""]);
});

Deno.test("sessionOf() tells a page from the same page that was loaded anew", () => {
  assertEquals(sessionOf(SDP), "4611731400430051336");
  assertEquals(sessionOf("o=mozilla...THIS_IS_SDPARTA-99.0 77 0 IN IP4 0.0.0.0"), "77");
  assertEquals(sessionOf("hello"), "");
});
