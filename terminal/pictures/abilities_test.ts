import { assertEquals } from "@std/assert";
import { Abilities, type Images } from "./abilities.ts";

/** What a terminal shows pictures as. */
function images(
  answers: string[],
  { chosen = "auto" as Images, hasColors = true, ...env }: Record<string, unknown> & { chosen?: Images } = {},
) {
  const abilities = new Abilities(chosen, hasColors as boolean, (variable) => env[variable] as string | undefined);
  for (const answer of answers) abilities.answered(answer);
  return abilities.images;
}

Deno.test("pictures are shown as the terminal answers that it can", () => {
  assertEquals(images(["\x1b_Gi=31;OK\x1b\\", "\x1b[?62;c"]), "kitty");
  assertEquals(images(["\x1b_Gi=31;ENOTSUPPORTED\x1b\\", "\x1b[?62;4;22c"]), "sixel");
  // The first number is no ability.
  assertEquals(images(["\x1b[?4;22c"], { TERM: "xterm-256color" }), "blocks");
  assertEquals(images([], { TERM: "xterm", COLORTERM: "truecolor" }), "blocks");
  assertEquals(images([], { TERM: "xterm" }), "none");
  assertEquals(images(["\x1b[?62;4c"], { hasColors: false }), "none");
});

Deno.test("what the person has chosen counts", () => {
  for (const chosen of ["none", "blocks", "sixel", "kitty"] as const) assertEquals(images([], { chosen }), chosen);
});

Deno.test("a terminal is asked where that can show nothing wrong, and tells how large its characters are", () => {
  const isAsked = (chosen: Images, env: Record<string, string> = {}) =>
    new Abilities(chosen, true, (variable) => env[variable]).isAsked;
  assertEquals([isAsked("auto"), isAsked("none"), isAsked("blocks")], [true, false, false]);
  assertEquals(new Abilities("auto", false, () => undefined).isAsked, false);
  assertEquals([isAsked("auto", { TERM_PROGRAM: "Apple_Terminal" }), isAsked("auto", { TERM: "linux" })], [
    false,
    false,
  ]);
  const abilities = new Abilities("sixel", true, () => undefined);
  for (const wrong of ["\x1b[6;0;9t", "\x1b[6;9999;9t", "\x1b[4;18;9t"]) abilities.answered(wrong);
  assertEquals(abilities.cell, { width: 8, height: 16 });
  abilities.answered("\x1b[6;18;9t");
  assertEquals(abilities.cell, { width: 9, height: 18 });
});
