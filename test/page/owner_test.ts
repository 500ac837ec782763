/**
 * The owner's link in the page: it makes the room somebody's, and its secret is nowhere afterwards.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

test("who owns the room as a guest is told to make an account, where they are welcomed and in their profile", async (browser) => {
  await using room = await openRoom();
  const [link] = /http:\S+$/.exec(await room.logs(/#owner=/))!;
  // In a browser that has seen the card before.
  const teacher = await browser.stranger(room, { nick: "teacher" });
  await teacher.joins();
  const card = teacher.page.getByRole("region", { name: "Welcome" });
  await card.getByRole("button", { name: "Got it" }).click();
  await card.waitFor({ state: "detached" });
  await teacher.page.goto("about:blank");
  await teacher.page.goto(link);
  await card.getByText("You own this room as a guest, by this browser alone.").waitFor();
  assertEquals(await teacher.barriers(), []);
  await teacher.picture("owner-as-guest");
  await teacher.button("Profile").click();
  await teacher.page.getByRole("dialog").getByText("You own this room as a guest, by this browser alone.").waitFor();
  await teacher.page.keyboard.press("Escape");
  await card.getByRole("button", { name: "Make an account" }).click();
  const dialog = teacher.page.getByRole("dialog");
  for (const field of await dialog.locator("input[type=password]").all()) await field.fill("tea leaves");
  await teacher.page.keyboard.press("Enter");
  await teacher.sees("The account teacher is yours");
  await card.getByText("You own this room as a guest").waitFor({ state: "detached" });
  await card.getByRole("button", { name: "Got it" }).waitFor();
});

test("an owner's link makes the room somebody's; no request has its secret, and the address has it no longer", async (browser) => {
  await using room = await openRoom();
  const [link, secret] = /http:\S+#owner=([\da-f]{40})$/.exec(await room.logs(/#owner=/))!;
  const student = await browser.guest(room, "student");
  const dave = await room.person("dave", { join: "#lobby" });
  const teacher = await browser.stranger(room, { nick: "teacher" });
  await teacher.page.goto("about:blank");
  const asked: Promise<string>[] = [];
  teacher.context.on("request", (request) => {
    asked.push(request.allHeaders().then((headers) => JSON.stringify([request.url().split("#")[0], headers])));
  });
  await teacher.page.goto(link);
  await teacher.page.getByText("This link makes the room yours.").waitFor();
  assertEquals(teacher.page.url(), new URL(link).origin + "/");
  // Loaded anew before they come in, the page has it still.
  await teacher.page.reload();
  await teacher.page.getByText("This link makes the room yours.").waitFor();
  await teacher.joins();
  await teacher.sees("You own this room now: you are operator in all its channels");
  await dave.sees(/ MODE #lobby -o student$/);
  await student.sees("took operator from student");
  await dave.send("WHOIS teacher");
  await dave.sees(/ 313 dave teacher :owns this room$/);
  assertEquals(new URL(teacher.page.url()).hash, "#lobby");

  // A reload and a new tab: who they are, and nothing to be claimed.
  await teacher.page.reload();
  await teacher.isIn("#lobby");
  await dave.send("NAMES #lobby");
  assertMatch(await dave.sees(/ 353 /), /@teacher\b/);
  const requests = await Promise.all(asked);
  assertEquals(requests.length > 20, true);
  assertEquals(requests.filter((request) => request.includes(secret)), []);
  assertEquals(room.log.filter((line) => line.includes(secret)).length, 2, room.log.join("\n"));
  const kept = await teacher.page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, performance.getEntries().map(({ name }) => name)])
  );
  assertEquals(kept.includes(secret), false);

  // Whoever opens it in a tab that is in the room already is told what became of it, in their language.
  const late = (await browser.stranger(room, { nick: "late", locale: "zh-CN" })).inChinese();
  await late.joins();
  await late.page.evaluate((link) => {
    location.href = link;
    // As the page does in a frame that comes before the browser tells it of the other address.
    history.replaceState(null, "", "#lobby");
  }, link);
  await late.sees("这不是服务器最近给出的口令，或已被用过。");
  await late.until("address", "#lobby", () => late.page.evaluate(() => location.hash));
  await late.page.goBack();
  assertEquals(late.page.url().includes(secret), false);
  await dave.send("NAMES #lobby");
  assertMatch(await dave.sees(/ 353 /), /(?<!@)\blate\b/);
});
