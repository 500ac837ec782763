import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseServerMask, type ServerBan, turnAway } from "../server/room/bans.ts";
import type { Origin } from "../server/room/origin.ts";
import type { Person as Banned } from "../server/room/person.ts";
import { departureText } from "./departures.ts";
import { farewellText, readRoomBanNews, refusalText } from "./room_bans.ts";
import { ENGLISH } from "./sentences.ts";
import { CHINESE } from "./sentences_zh.ts";
import { Person } from "./testing.ts";

const NOON = new Date(2026, 10, 29, 12).getTime();
const UNTIL = NOON + 30 * 60_000;

/** What our server says to eve, whom it bans, and of her to others. */
function saidOf(endsAt: number, reason: string): { refusal: string; quit: string } {
  const said = { refusal: "", quit: "" };
  const origin = { event: (_: string, params: string[]) => said.refusal = params.at(-1)! } as unknown as Origin;
  const eve = { nick: "eve", tell() {}, close: (why: string) => said.quit = why } as unknown as Banned;
  const ban: ServerBan = { mask: parseServerMask("10.0.0.7")!, setter: "alice", setAt: NOON, endsAt, reason };
  turnAway(origin, eve, ban);
  return said;
}

Deno.test("who is banned from the room, and who sees them go, read until when by their own clocks, and why", () => {
  const told = (endsAt: number, reason: string, sentences = ENGLISH) => {
    const { refusal, quit } = saidOf(endsAt, reason);
    return [
      refusalText(refusal, NOON, sentences),
      departureText(quit, NOON, sentences),
      farewellText(`Closing link: (${quit})`, NOON, sentences),
    ];
  };
  assertEquals(told(UNTIL, "too loud (twice)"), [
    "You are banned from this room until 12:30: too loud (twice)",
    "banned from this room until 12:30: too loud (twice)",
    "banned from this room until 12:30: too loud (twice)",
  ]);
  assertEquals(told(0, "No reason given").slice(0, 2), [
    "You are banned from this room.",
    "banned from this room",
  ]);
  const tomorrow = ENGLISH.date(new Date(UNTIL + 24 * 3_600_000));
  assertMatch(tomorrow, /^2026-11-30/);
  assertEquals(told(UNTIL + 24 * 3_600_000, "")[0], `You are banned from this room until ${tomorrow}.`);
  assertEquals(told(UNTIL, CHINESE.operators.noReason, CHINESE), [
    "您被禁止进入这个聊天室，至 12:30。",
    "被禁止进入这个聊天室，至 12:30",
    "被禁止进入这个聊天室，至 12:30",
  ]);
});

Deno.test("what somebody says on leaving is told as they said it", () => {
  const own = `Banned until ${new Date(UNTIL).toUTCString()}: x`;
  assertEquals(departureText(`Quit: ${own}`, NOON, ENGLISH), own);
  assertEquals(departureText("Quit", NOON, ENGLISH), "");
  assertEquals(departureText("Killed (alice (spam))", NOON, ENGLISH), "put out by alice: spam");
  assertEquals(departureText("gone for tea", NOON, ENGLISH), "gone for tea");
  assertEquals(refusalText("You are banned from this server", NOON, ENGLISH), undefined);
  assertEquals(readRoomBanNews("alice!a@b has banned cats: they sleep"), undefined);
});

Deno.test("operators are told of a ban from the room in a sentence, and whoever set it by their command alone", async () => {
  const template = await Deno.readTextFile(new URL("../server/commands/server_bans.ts", import.meta.url));
  assertStringIncludes(template, "${call.person.source} has banned ${names} ${untilWhen(added[0])}: ${reason}");
  assertStringIncludes(template, "${call.person.source} has ended the ban of ${mask.text}");
  const bob = await Person.hearing("bob");
  const end = new Date(bob.clock.now() + 60_000);
  const notice = (by: string, what: string) => `:tea NOTICE bob :${by}!tea@0::1 has ${what}`;
  const begun = `banned 10.0.0.7 and ~a:eve until ${end.toUTCString()}: too loud`;
  await bob.server.says(notice("alice", begun), notice("alice", "ended the ban of 10.0.0.7"));
  const until = ENGLISH.date(end, end.toDateString() === new Date(bob.clock.now()).toDateString());
  assertEquals(bob.heard(), [
    `alice banned everybody at 10.0.0.7 and the account eve from this room until ${until}: too loud`,
    "alice has ended the ban of everybody at 10.0.0.7 from this room.",
  ]);
  await bob.writes("/gline eve");
  await bob.server.answers((
    label,
  ) => [`@label=${label} ${notice("bob", "banned 10.0.0.7 for ever: no reason given")}`]);
  await bob.writes("/ungline *@10.0.0.7");
  await bob.server.answers((label) => [`@label=${label} ${notice("bob", "ended the ban of 10.0.0.7")}`]);
  assertEquals(bob.heard(), [
    "eve is banned from this room. /glines lists it, /ungline MASK ends it.",
    "*@10.0.0.7 is no longer banned from this room.",
  ]);
  await bob.leaves();
});
