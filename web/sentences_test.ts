import { assert, assertEquals } from "@std/assert";
import { PAGE_ENGLISH } from "./sentences.ts";
import { PAGE_CHINESE } from "./sentences_zh.ts";
import { ENGLISH } from "./strings.ts";
import { CHINESE } from "./strings_zh.ts";

Deno.test("what the page says of mutes, accounts and talks names its buttons, and no command", () => {
  const tables = [[PAGE_ENGLISH, ENGLISH], [PAGE_CHINESE, CHINESE]] as const;
  for (const [sentences, words] of tables) {
    const { moderation, operators, refusals, accounts, devices, talking } = sentences;
    const whom = { who: "bob", channel: "#tea", isMute: true, until: undefined, reason: "", holdsFor: "" };
    const said = [
      ...[moderation.banned("bob", "#tea", "1h"), moderation.muted("bob", "#tea", undefined)],
      ...[moderation.restricted(whom), moderation.notMuted("bob", "#tea"), moderation.isOperator("bob", "#tea")],
      ...[moderation.stillCovered({ ...whom, whom: undefined }), moderation.stillCovered({ ...whom, whom: "carol" })],
      ...[moderation.cannotInvite("bob", "#tea"), moderation.notBanned("bob", "#tea")],
      ...[operators.banned("bob", "1h"), operators.notBanned("bob"), refusals.needsKey("#tea")],
      ...[accounts.notLoggedInAgain("bob", "wrong"), accounts.hint("bob"), accounts.made("bob")],
      ...[accounts.lostMeanwhile("bob"), accounts.loginFirst("devices"), accounts.loggedOut("bob", "why")],
      ...[devices.loginFirst, devices.loggedOut("bob"), talking.noChannel([]), talking.noChannel(["#tea"])],
      ...[talking.ignored("bob"), talking.onlyTo("bob"), words.noChannel],
    ];
    assertEquals(said.filter((sentence) => /(?:^|[^\w])\/[a-z]/.test(sentence)), []);
    assert(moderation.muted("bob", "#tea", undefined).includes(words.bans));
    assert(accounts.hint("bob").includes(words.logIn));
  }
});

/** All texts of a table, those of functions for arguments that name nothing. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsOf);
  if (typeof value !== "function") return [];
  try {
    return textsOf(value("bob", "carol", "dave"));
  } catch {
    // It wants something else than words.
    return [];
  }
}

Deno.test("the page has one word for the room", () => {
  const rest = ({ general: _, owners: __, ...table }: typeof PAGE_ENGLISH) => table;
  const english = [...textsOf(rest(PAGE_ENGLISH)), ...textsOf(ENGLISH)];
  const chinese = [...textsOf(rest(PAGE_CHINESE)), ...textsOf(CHINESE)];
  // Another server, one of the room's, the one that is run, or the field of the login that names one.
  const others = /^Server$|(?:IRC|no|its|that) server|irc\.server|^服务器$|(?:IRC |没有|在|该)服务器|服务器给出的口令/;
  assertEquals(english.filter((text) => /\bserver\b/i.test(text) && !others.test(text)), []);
  assertEquals(chinese.filter((text) => text.includes("服务器") && !others.test(text)), []);
  assert(english.length > 500 && english.includes("Only the room's operators may do that."));
});
