import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { TlsFacts } from "../tls/tls.ts";
import type { Asset } from "./asset.ts";
import { TRUST, type TrustAsker, trustAsset, trustLanguage } from "./trust.ts";
import { AUTHORITY_FILE, TRUST_TEXTS } from "./trust_texts.ts";

const FACTS: TlsFacts = {
  ports: { chat: 6697, page: 8443 },
  voucher: "own",
  authority: { pem: "-----BEGIN CERTIFICATE-----\n", fingerprint: "AB:CD" },
  certificate: {
    names: { hosts: ["localhost", "kettle.local"], addresses: ["192.168.1.5", "2001:db8::7"] },
    from: 0,
    until: 1,
    fingerprint: "12:34",
  },
  isPublic: false,
  challenges: new Map(),
};

const ASKER: TrustAsker = { language: "en", host: "192.168.1.5", isSecure: false, base: "/" };

const textOf = (asset: Asset | undefined) => new TextDecoder().decode(asset?.body);
const page = (facts: TlsFacts | undefined, asker: Partial<TrustAsker> = {}) =>
  textOf(trustAsset(TRUST.page, facts, { ...ASKER, ...asker }));

Deno.test("the page about trust shows the authority's fingerprint, its file, steps for each system, and where https is", () => {
  const shown = page(FACTS);
  for (const text of ["AB:CD", `href="./trust/${AUTHORITY_FILE}"`, 'href="https://192.168.1.5:8443/"']) {
    assertStringIncludes(shown, text);
  }
  for (const system of ["Windows", "macOS", "iPhone", "Android", "Linux", "Firefox"]) {
    assertMatch(shown, new RegExp(`<summary>${system}`));
  }
  assertEquals(/<script|style=| on\w+=/.test(shown), false, "the policy would refuse it");
});

Deno.test("the page about trust leads to https only by a host that the certificate is for", () => {
  assertStringIncludes(page(FACTS, { host: "[2001:db8::7]" }), 'href="https://[2001:db8::7]:8443/"');
  assertStringIncludes(page(FACTS, { host: "kettle.local", base: "/chat/" }), 'href="https://kettle.local:8443/chat/"');
  for (const host of ["tea.example", undefined]) assertEquals(page(FACTS, { host }).includes("https://"), false);
});

Deno.test("the page about trust offers nothing to install where there is no authority of the room's own", () => {
  const { authority: _, ...others } = FACTS;
  const known: TlsFacts = { ...others, authority: undefined, voucher: "acme", isPublic: true };
  const given: TlsFacts = { ...known, voucher: "given", isPublic: false };
  assertStringIncludes(page(known), TRUST_TEXTS.en.known);
  assertStringIncludes(page(given), "12:34");
  assertStringIncludes(page(undefined), TRUST_TEXTS.en.none);
  for (const facts of [known, given, undefined]) {
    assertEquals(page(facts).includes(AUTHORITY_FILE), false);
    assertEquals(trustAsset(TRUST.authority, facts, ASKER), undefined);
  }
});

Deno.test("the authority is given by the type by which systems know it", () => {
  const { type, body } = trustAsset(TRUST.authority, FACTS, ASKER)!;
  assertEquals([type, new TextDecoder().decode(body)], ["application/x-x509-ca-cert", FACTS.authority!.pem]);
});

Deno.test("the page about trust is in the language that is asked for, or the browser's", () => {
  assertStringIncludes(page(FACTS, { language: "zh" }), "核对指纹");
  assertStringIncludes(page(FACTS, { language: "zh", isSecure: true }), TRUST_TEXTS.zh.isSecure);
  const languages = ([
    ["/trust", ""],
    ["/trust?lang=zh", "en"],
    ["/trust?lang=xx", "de, zh-CN;q=0.8, en;q=0.5"],
    ["/trust", "zhx"],
  ] as const).map(([url, accepted]) => trustLanguage(url, accepted));
  assertEquals(languages, ["en", "zh", "zh", "en"]);
});

Deno.test("both languages say the same: as many steps for as many systems", () => {
  const [english, chinese] = [TRUST_TEXTS.en, TRUST_TEXTS.zh].map(({ systems }) =>
    systems.map(({ steps }) => steps.length)
  );
  assertEquals(english, chinese);
});
