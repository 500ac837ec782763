import { assertEquals, assertLess } from "@std/assert";
import { addressRange } from "../wire/address.ts";
import { Assets } from "./assets.ts";
import { bestCoding, hasContent, isKnown, pathOf } from "./request.ts";
import { displayHost } from "../wire/address.ts";
import { Visitors } from "./visitors.ts";

Deno.test("bestCoding() is the best that has a weight above 0", () => {
  const cases: [accepted: string, coding: string | undefined][] = [
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["br;q=0, GZIP;q=0.5", "gzip"],
    ["br ; q=0.001,gzip;q=1.000", "br"],
    ["br;q=0.000, gzip;q=0", undefined],
    ["br;q=nonsense, gzip;q=2, br;q=-1, gzip;q=1e9", undefined],
    ["br;q=1;q=1", undefined],
    ["br;", undefined],
    ["", undefined],
    [",;,=", undefined],
    ["identity, *", undefined],
    ["brgzip", undefined],
    ["__proto__, constructor", undefined],
  ];
  for (const [accepted, coding] of cases) assertEquals(bestCoding(accepted), coding, accepted);
});

Deno.test("pathOf() leaves out the host and what comes behind the path", () => {
  const cases = [
    ...[["/", "/"], ["", "/"], ["/a?b#c", "/a"], ["/a#b?c", "/a"], ["?", "/"], ["*", "*"]],
    ...[["http://tea.example/a?b", "/a"], ["HTTPS://tea.example", "/"], ["http://tea.example?a", "/"]],
  ];
  for (const [url, path] of cases) assertEquals(pathOf(url), path, url);
});

/** Text that regular expressions may take long for: of this length in all. */
function hostile(length: number): string[] {
  const units = [
    " ",
    "\t",
    ",",
    ";",
    "q=",
    ";q=",
    " ;",
    " ;q=0 ",
    ", ,",
    "a",
    "a,",
    "a ;",
    '"',
    'W/"',
    "[",
    "]",
    ":",
    "1.",
    "1:",
    "::1,",
  ];
  units.push(
    "%",
    "%0",
    ".",
    "..",
    "-",
    "_",
    "@",
    "/",
    "//",
    "/a",
    "a/",
    "?",
    "#",
    "\\",
    "xn--",
    "http://",
    "127.0.0.1,",
    "é",
    "茶",
  );
  const texts = units.map((unit) => unit.repeat(length / unit.length));
  return [...texts, ...texts.map((text) => `a${text}!`), ...texts.map((text) => `http://a${text}b`)];
}

Deno.test("no request takes long for what is written in it, however that is made: headers and the path, 64 KiB of each", () => {
  const visitors = new Visitors(["127.0.0.0/8"], ["tea.example"]);
  const packages = new Assets();
  for (const text of hostile(65_536)) {
    const shown = text.slice(0, 20);
    const headers = {
      ...{ "accept-encoding": text, "if-none-match": text, "host": text, "origin": text, "upgrade": text },
      ...{ "x-forwarded-for": text, "x-forwarded-host": text },
    };
    const visit = { address: "127.0.0.1", headers };
    const works: Record<string, () => unknown> = {
      bestCoding: () => bestCoding(text),
      isKnown: () => isKnown(text, 'W/"a"'),
      hasContent: () => hasContent({ "content-length": text }),
      pathOf: () => pathOf(text),
      address: () => visitors.address(visit),
      refuses: () => visitors.refuses({ ...visit, address: "10.0.0.1" }),
      isSameOrigin: () => visitors.isSameOrigin(visit),
      hasOrigin: () => visitors.isSameOrigin({ ...visit, headers: { host: "tea.example", origin: text } }),
      displayHost: () => displayHost(text),
      addressRange: () => addressRange(text),
      asset: () => packages.get(text),
      ofPackage: () => packages.get(`/npm/a@1/${text}`.slice(0, 200)),
      ofFolder: () => packages.get(`/web/${text}`.slice(0, 200)),
    };
    for (const [name, work] of Object.entries(works)) {
      const time = () => {
        const begun = performance.now();
        work();
        return performance.now() - begun;
      };
      // Of three, as the machine may have been busy with something else.
      assertLess(Math.min(time(), time(), time()), 100, `${name} of ${shown}...`);
    }
  }
});
