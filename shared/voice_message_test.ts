import { assertEquals } from "@std/assert";
import { fileTag, readFileTag } from "./file_message.ts";
import { barsOf, lengthText, MOST_BARS, readVoice, voiceParts, waveOf } from "./voice_message.ts";

const SOUND = { name: "voice-2026-11-28-1012.webm", size: 48_213, type: "audio/webm" };

Deno.test("a voice message is a file whose tag says how long and how loud it is", () => {
  const file = { ...SOUND, voice: { seconds: 12.4, wave: "AZaz09-_" } };
  assertEquals(
    fileTag(file),
    "name=voice-2026-11-28-1012.webm&size=48213&type=audio%2Fwebm&voice=12.4&wave=AZaz09-_",
  );
  assertEquals(readFileTag(fileTag(file)), file);
  assertEquals(readFileTag(fileTag({ ...SOUND, voice: {} })), { ...SOUND, voice: {} });
  assertEquals(readFileTag(fileTag(SOUND)), SOUND);
});

Deno.test("what a stranger says of a voice message is read by bounds", () => {
  const secondsOf = (text: string) => readVoice(text, null)?.seconds;
  assertEquals(["0.5", "12", "86400"].map(secondsOf), [0.5, 12, 86_400]);
  for (const wrong of ["", "0", "-3", "NaN", "Infinity", "1e9", "99999", "86401", "1.2345", "0x10", " 3", "１２"]) {
    assertEquals(secondsOf(wrong), undefined, wrong);
  }
  const waveIn = (wave: string) => readVoice("3", wave)?.wave;
  assertEquals(["A", "_".repeat(MOST_BARS)].map(waveIn), ["A", "_".repeat(MOST_BARS)]);
  for (const wrong of ["", "A".repeat(MOST_BARS + 1), "A B", "A\n", "<svg>", "é", "A=="]) {
    assertEquals(waveIn(wrong), undefined, wrong);
  }
  assertEquals(readVoice(null, "AAA"), undefined);
  // A picture is no voice message, whatever is said of it.
  assertEquals(readFileTag("name=a.png&size=3&type=image/png&voice=3"), { name: "a.png", size: 3, type: "image/png" });
});

Deno.test("a sender writes no length that would not be read", () => {
  const written = (seconds: number) => voiceParts({ seconds }).voice;
  assertEquals([12.44, 3, 0, -1, NaN, Infinity, 86_401].map(written), ["12.4", "3", "", "", "", "", ""]);
});

Deno.test("a waveform has as many bars as there is room for, and the loudest is the highest", () => {
  const levels = Array.from({ length: 600 }, (_, i) => i < 300 ? 0 : 0.2);
  assertEquals(waveOf(levels), "A".repeat(30) + "_".repeat(30));
  assertEquals(waveOf([0.1, 0.2]), "g_");
  assertEquals([waveOf([]), waveOf([0, 0])], [undefined, undefined]);
  assertEquals(barsOf("A_"), [0, 1]);
  // No sound changes how long a waveform is.
  for (const count of [1, 59, 60, 61, 119, 6_000]) {
    const wave = waveOf(Array.from({ length: count }, (_, i) => (i % 7) / 7 + 0.01))!;
    assertEquals([wave.length, readVoice("1", wave)?.wave], [Math.min(count, MOST_BARS), wave], `${count}`);
  }
});

Deno.test("lengthText() has hours where there are some", () => {
  assertEquals([0, 0.6, 12.4, 65, 3_725].map(lengthText), ["0:00", "0:01", "0:12", "1:05", "1:02:05"]);
});
