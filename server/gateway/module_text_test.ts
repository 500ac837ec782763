import { assertEquals } from "@std/assert";
import { moduleText } from "./module_text.ts";

Deno.test("types and comments on lines of their own are left out, and what only looks like a comment stays", async () => {
  const text = moduleText(`/**
 * A module's "words" are \`many\`, and end / * so:
 */
// Why.
export const link: string = "https://tea.example/"; // stays
export const both = 1 /* stays */ + 1;
  /** What it gives. */
export const text = "a /** b */ c // d";
`);
  const { ...given } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  assertEquals(given, { link: "https://tea.example/", both: 2, text: "a /** b */ c // d" });
  assertEquals(text.match(/module's|Why|gives/g), null);
  assertEquals(text.match(/stays/g)?.length, 2);
});
