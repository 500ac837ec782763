/// <reference lib="dom" />
/**
 * The page in Chromium, as a teacher with a class finds it: whose the room is, who may do what, and who has to be quiet is the
 * same after a reload, in another tab, and after a restart of the server, in whatever order people come back.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openFolder, openRoom, type Room } from "../room.ts";

/** Waits until these are online in the talk that is shown, each with `@` before the nick who is an operator there. */
function ranks(guest: Guest, ...nicks: string[]): Promise<void> {
  return guest.until("people with their ranks", nicks.toSorted(), async () => {
    const people = await guest.people.getByRole("listitem").evaluateAll((items) =>
      items.map((item) => {
        const isOperator = item.querySelector(".badge")?.textContent?.includes("operator");
        return `${isOperator ? "@" : ""}${item.querySelector("bdi")?.textContent}`;
      })
    );
    return people.toSorted();
  });
}

/** Waits until this stands in the field. */
function holds(guest: Guest, text: string): Promise<void> {
  return guest.until("field", text, () => guest.field.inputValue());
}

/** Sends a line that is refused: it stays in the field. */
async function cannotSay(guest: Guest, text: string): Promise<void> {
  await guest.says(text);
  await holds(guest, text);
}

/** Waits until it stands above the field why nothing can be said here, with the same end as before. */
async function isSilenced({ silence }: Guest, why: string): Promise<void> {
  await silence.waitFor();
  assertEquals(await silence.innerText(), why);
}

/** Opens the room's page anew, as somebody who was there before: nothing is filled in. */
async function returns(room: Room, guest: Guest): Promise<void> {
  await guest.page.goto(await room.page());
  await guest.field.waitFor();
}

const MUTED = /^You cannot talk in #class until \d\d:\d\d: MsChen muted you: too loud$/;
const BANNED = /^MsChen banned you from #class until \d\d:\d\d: spam$/;
const REFUSED = /^You cannot come into #class until \d\d:\d\d: MsChen has banned you: spam$/;

test("a teacher with a class: who owns the room, who is muted and who is banned holds over reloads and a restart", async (browser) => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  await using rooms = new AsyncDisposableStack();
  const first = rooms.use(await openRoom(flags, { isReopened: true }));
  const { port } = new URL(await first.page());
  const [link] = /http:\S+#owner=[\da-f]{40}$/.exec(await first.logs(/#owner=/))!;

  // A student is there before the teacher, and operator of #lobby as long as nobody owns the room.
  const ann = await browser.guest(first, "ann");
  await ranks(ann, "@ann");
  const teacher = await browser.stranger(first, { nick: "MsChen", at: link });
  await teacher.joins();
  await teacher.sees("You own this room now: you are operator in all its channels");
  await ranks(teacher, "@MsChen", "ann");
  await teacher.says("/join #class");
  await teacher.isIn("#class");
  const ben = await browser.guest(first, "ben");
  const cat = await browser.guest(first, "cat");
  for (const student of [ann, ben, cat]) {
    await student.says("/join #class");
    await student.isIn("#class");
  }
  await ranks(teacher, "@MsChen", "ann", "ben", "cat");
  await ann.says("good morning");
  await teacher.sees("good morning");

  // ben is muted, by mouse, and may call himself what he likes.
  const muting = await teacher.chooses("ben", { period: "10m", why: "too loud" });
  await muting.getByRole("button", { name: "Mute", exact: true }).click();
  await ben.page.getByText(/^MsChen muted you in #class until \d\d:\d\d: too loud$/).waitFor();
  await cannotSay(ben, "can you hear me?");
  const told = await ben.silence.innerText();
  assertMatch(told, MUTED);
  await ben.says("/nick other");
  await ben.page.getByText("You cannot take another nick while you are banned or muted in #class.").waitFor();
  await cannotSay(ben, "as another?");
  await ben.page.reload();
  await ben.isIn("#class");
  await isSilenced(ben, told);
  await holds(ben, "as another?");
  await cannotSay(ben, "and now?");
  await ben.says("/part");
  await ranks(teacher, "@MsChen", "ann", "cat");
  await ben.says("/nick other");
  await ben.says("/join #class");
  await isSilenced(ben, told);
  await cannotSay(ben, "back again");
  await ranks(teacher, "@MsChen", "ann", "cat", "other");

  // cat is banned, and a new tab does not get in.
  const banning = await teacher.chooses("cat", { period: "1h", why: "spam" });
  await banning.getByRole("button", { name: "Ban", exact: true }).click();
  await cat.page.getByText(BANNED).waitFor();
  await ranks(teacher, "@MsChen", "ann", "other");
  const tab = await browser.tab(cat, (await first.page()) + "#class");
  await tab.field.waitFor();
  await tab.page.getByText(REFUSED).waitFor();
  await ranks(teacher, "@MsChen", "ann", "other");
  await tab.page.close();

  // Everybody loads the page anew, and is who they were.
  const everybody = [teacher, ann, ben, cat];
  await Promise.all(everybody.map(({ page }) => page.reload()));
  await teacher.opens("#lobby");
  await ranks(teacher, "@MsChen", "ann", "cat", "other");
  await teacher.opens("#class");
  await ranks(teacher, "@MsChen", "ann", "other");
  for (const student of [ann, ben]) await ranks(student, "@MsChen", "ann", "other");
  await isSilenced(ben, told);
  await ranks(cat, "@MsChen", "ann", "cat", "other");

  // The room is closed for the night. In the morning the students come first.
  for (const { page } of everybody) await page.goto("about:blank");
  await rooms.disposeAsync();
  await using second = await openRoom([...flags, "--web-port", port], { port: first.port });
  await returns(second, ann);
  await ann.opens("#lobby");
  await ranks(ann, "ann");
  await ann.opens("#class");
  await ranks(ann, "ann");
  await returns(second, ben);
  await ben.opens("#class");
  await ranks(ann, "ann", "other");
  await isSilenced(ben, told);
  await cannotSay(ben, "a new day");
  await returns(second, cat);
  await cat.says("/join #class");
  await cat.page.getByText(REFUSED).waitFor();
  await cat.opens("#lobby");
  await ranks(cat, "ann", "cat", "other");
  await returns(second, teacher);
  await teacher.opens("#lobby");
  await ranks(teacher, "@MsChen", "ann", "cat", "other");
  await teacher.opens("#class");
  await ranks(teacher, "@MsChen", "ann", "other");
  for (const student of [ann, ben]) {
    await student.opens("#class");
    await ranks(student, "@MsChen", "ann", "other");
    await student.opens("#lobby");
    await ranks(student, "@MsChen", "ann", "cat", "other");
  }

  // The teacher owns the room, and can still rule it.
  await teacher.says("/owner");
  await teacher.page.getByText(/^MsChen owns the room since/).waitFor();
  await teacher.says("/unmute other");
  await ben.opens("#class");
  await ben.silence.waitFor({ state: "detached" });
  await ben.field.press("Enter");
  await teacher.sees("a new day");
  await ann.menuOf("MsChen");
  assertEquals(await ann.entries(), ["Talk alone", "Call", "Mention", "Profile", "Hide what they say"]);
});
