import { assertEquals } from "@std/assert";
import { waveFile } from "../../shared/testing.ts";
import { barsOf } from "../../shared/voice_message.ts";
import { lookAtSound } from "./sound.ts";

const TEXT = new TextEncoder();

function look(bytes: Uint8Array) {
  return lookAtSound((at, length) => Promise.resolve(bytes.subarray(at, at + length)), bytes.length);
}

/** A page of Ogg (RFC 3533, section 6) that holds one packet. */
function page(position: bigint, packet: Uint8Array): Uint8Array {
  const head = new Uint8Array(28);
  head.set(TEXT.encode("OggS"));
  new DataView(head.buffer).setBigInt64(6, position, true);
  head.set([1, packet.length], 26);
  return Uint8Array.from([...head, ...packet]);
}

/** The first packet of Opus (RFC 7845, section 5.1). */
function opusHead(skipped: number): Uint8Array {
  const bytes = new Uint8Array(19);
  bytes.set(TEXT.encode("OpusHead"));
  bytes.set([1, 1], 8);
  new DataView(bytes.buffer).setUint16(10, skipped, true);
  new DataView(bytes.buffer).setUint32(12, 16_000, true);
  return bytes;
}

/** A WAV file of one channel, 8 kHz, 16 bits. @param told How long it says that it is, in bytes. */
function wav(samples: readonly number[], told = samples.length * 2): Uint8Array {
  return waveFile({ samples: samples.length, bits: 16, sampleOf: (i) => samples[i], told });
}

Deno.test("an Ogg file is as long as its last page says, less what Opus leaves out", async () => {
  const opus = [...page(0n, opusHead(312)), ...page(48_312n, TEXT.encode("sound"))];
  const far = [...opus, ...new Uint8Array(200_000), ...page(96_312n, TEXT.encode("sound"))];
  assertEquals(await look(Uint8Array.from(opus)), { type: "audio/ogg", voice: { seconds: 1 } });
  assertEquals(await look(Uint8Array.from(far)), { type: "audio/ogg", voice: { seconds: 2 } });
  const vorbis = new Uint8Array(30);
  vorbis.set(TEXT.encode("\x01vorbis"));
  new DataView(vorbis.buffer).setUint32(12, 44_100, true);
  const both = Uint8Array.from([...page(0n, vorbis), ...page(66_150n, TEXT.encode("sound"))]);
  assertEquals(await look(both), { type: "audio/ogg", voice: { seconds: 1.5 } });
});

Deno.test("an Ogg file that is cut off, or lies, is a sound of unknown length", async () => {
  const whole = Uint8Array.from([...page(0n, opusHead(312)), ...page(-1n, TEXT.encode("sound"))]);
  assertEquals(await look(whole), { type: "audio/ogg", voice: {} });
  // Wherever it is cut, nothing is thrown.
  for (let length = 4; length < whole.length; length++) {
    assertEquals(await look(whole.subarray(0, length)), { type: "audio/ogg", voice: {} }, `${length}`);
  }
});

Deno.test("a WAV file tells how long and how loud it is, and no more than it holds", async () => {
  const loud = Array.from({ length: 8_000 }, (_, i) => i % 2 === 0 ? 16_000 : -16_000);
  const { type, voice } = (await look(wav([...Array(8_000).fill(0), ...loud])))!;
  const bars = barsOf(voice.wave!);
  assertEquals([type, voice.seconds, bars.length], ["audio/wav", 2, 60]);
  assertEquals([bars.slice(0, 29), bars.slice(31)], [Array(29).fill(0), Array(29).fill(1)]);
  // A pipe does not know how long it will be; silence has no waveform.
  assertEquals((await look(wav(Array(8_000).fill(0), 0xffff_ffff)))!.voice, { seconds: 1 });
  const whole = wav(loud.slice(0, 100));
  for (let length = 12; length < whole.length; length++) await look(whole.subarray(0, length));
});

Deno.test("what is a sound says its content, and not its name", async () => {
  const kinds: [string, string | undefined][] = [
    ["ID3\x04\0\0", "audio/mpeg"],
    ["\0\0\0\x1cftypM4A ", "audio/mp4"],
    ["\0\0\0\x1cftypisom", undefined],
    ["\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm..V_VP8..A_OPUS", undefined],
    ["\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm..A_OPUS..", "audio/webm"],
    ["OggS" + "\0".repeat(24) + "\x80theora", undefined],
    ["tea at four", undefined],
    ["", undefined],
  ];
  for (const [text, type] of kinds) {
    const bytes = Uint8Array.from([...text].map((character) => character.charCodeAt(0)));
    assertEquals((await look(bytes))?.type, type, text);
  }
  // A block STREAMINFO: 48 kHz, and 96,000 samples.
  const flac = new Uint8Array(42);
  flac.set(TEXT.encode("fLaC"));
  new DataView(flac.buffer).setUint32(18, 48_000 << 12);
  new DataView(flac.buffer).setUint32(22, 96_000);
  assertEquals(await look(flac), { type: "audio/flac", voice: { seconds: 2 } });
});
