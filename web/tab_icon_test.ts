import { assertEquals } from "@std/assert";
import { tabIcon } from "./tab_icon.ts";

Deno.test("each count has its icon: the mark, with the count on it, and 9+ for what two digits would say", async () => {
  const read = (icon: string) => Deno.readTextFile(new URL(icon, import.meta.url));
  const [mark, end] = (await read(tabIcon(0))).split("</svg>");
  assertEquals([tabIcon(0), end.trim()], ["./icons/mark.svg", ""]);
  for (
    const [count, text] of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99, 1000].map((n) => [n, n > 9 ? "9+" : `${n}`] as const)
  ) {
    const icon = await read(tabIcon(count));
    const isTitle = /<title>.*?<\/title>/;
    assertEquals([count, />([^<]*)<\/text>/.exec(icon)?.[1]], [count, text]);
    assertEquals(isTitle.exec(icon)?.[0], `<title>Teahouse: ${text} unread</title>`);
    assertEquals(icon.replace(isTitle, "").startsWith(mark.replace(isTitle, "")), true);
  }
});
