import { assertEquals } from "@std/assert";
import { qrLines, qrSquares } from "./qr.ts";

/** The text of a code, as another program reads it from a picture; undefined where zbarimg is not installed. */
async function scanned(squares: boolean[][]): Promise<string | undefined> {
  const file = await Deno.makeTempFile({ suffix: ".pgm" });
  try {
    const scale = 4, width = squares.length * scale;
    const pixels = squares.flatMap((row) =>
      Array.from({ length: scale }, () => row.flatMap((isDark) => Array(scale).fill(isDark ? 0 : 255))).flat()
    );
    const head = new TextEncoder().encode(`P5 ${width} ${width} 255\n`);
    await Deno.writeFile(file, new Uint8Array([...head, ...pixels]));
    const { stdout } = await new Deno.Command("zbarimg", { args: ["-q", "--raw", file], stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("qrSquares() gives a code that another program reads", async () => {
  const address = "https://192.168.1.5:8443/#%E8%8C%B6";
  const squares = qrSquares(address);
  assertEquals(squares.length, squares[0].length);
  assertEquals(squares[0].some(Boolean) || squares.some((row) => row[1]), false, "the margin is light");
  // The pattern by which a camera finds the upper left corner (ISO/IEC 18004, section 6.3.3).
  const corner = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
  const found = squares.slice(2, 9).map((row) => row.slice(2, 9).map(Number).join(""));
  assertEquals(found, corner);
  const text = await scanned(squares);
  if (text !== undefined) assertEquals(text, address);
});

Deno.test("qrLines() draws two rows in a line: black on white, or the light squares where there are no colours", () => {
  const address = "http://192.168.1.5:8080/";
  const squares = qrSquares(address);
  const plain = qrLines(address, false);
  assertEquals(plain.length, Math.ceil(squares.length / 2));
  assertEquals(plain.every((line) => line.length === squares.length), true);
  assertEquals(plain[0], "█".repeat(squares.length), "the margin is light");
  const colored = qrLines(address, true);
  for (const line of colored) {
    assertEquals([line.startsWith("\x1b[38;5;16;48;5;231m"), line.endsWith("\x1b[0m")], [true, true]);
  }
  assertEquals(colored[0].includes("█"), false);
});
