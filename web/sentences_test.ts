import { assert, assertEquals } from "@std/assert";
import { PAGE_ENGLISH } from "./sentences.ts";
import { PAGE_CHINESE } from "./sentences_zh.ts";
import { ENGLISH } from "./strings.ts";
import { CHINESE } from "./strings_zh.ts";

Deno.test("what the page says of mutes, accounts and talks names its buttons, and no command", () => {
  const tables = [[PAGE_ENGLISH, ENGLISH], [PAGE_CHINESE, CHINESE]] as const;
  for (const [sentences, words] of tables) {
    const { moderation, accounts, devices, talking } = sentences;
    const whom = { who: "bob", channel: "#tea", isMute: true, until: undefined, reason: "", holdsFor: "" };
    const said = [
      ...[moderation.banned("bob", "#tea", "1h"), moderation.muted("bob", "#tea", undefined)],
      ...[moderation.restricted(whom), moderation.notMuted("bob", "#tea"), moderation.isOperator("bob", "#tea")],
      ...[moderation.stillCovered({ ...whom, whom: undefined }), moderation.stillCovered({ ...whom, whom: "carol" })],
      ...[moderation.cannotInvite("bob", "#tea"), moderation.notBanned("bob", "#tea")],
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
