/// <reference lib="dom" />
/**
 * The page in Chromium, and messages that are left for somebody who is away.
 *
 * @module
 */

import { pageTest as test } from "./browser.ts";
import { openFolder, openRoom } from "../room.ts";

test("what is left for somebody who is away is unread on return, and nobody asks for it", async (browser) => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  const rooms = new AsyncDisposableStack();
  const first = rooms.use(await openRoom(flags, { isReopened: true }));
  const { port } = new URL(await first.page());
  const bob = await browser.guest(first, "bob");
  const alice = await browser.guest(first, "alice");
  await bob.opens("#lobby");
  await bob.says("/msg alice tea?");
  await alice.opens("bob");
  await alice.sees("tea?");
  await bob.page.goto("about:blank");
  await alice.until("bob", true, async () => (await alice.people.getByText("bob").count()) === 0);
  await alice.says("it is in the blue pot");
  await alice.sees("bob is away from the room and will get this on return.");
  await alice.says("since yesterday");
  await alice.sees("since yesterday");
  await rooms.disposeAsync();

  await using second = await openRoom([...flags, "--web-port", port], { port: first.port });
  await bob.page.goto(new URL(await second.page()).href);
  await bob.field.waitFor();
  await bob.talks.getByRole("button", { name: "alice 2 unread" }).waitFor();
  await bob.opens("alice");
  await bob.reads("tea?", "it is in the blue pot", "since yesterday");
});

test("a link to a channel that is followed in a tab that was in the room shows it, beside what was open", async (browser) => {
  await using room = await openRoom();
  // Where a worker runs, Chromium now and then gives a page the session storage as it was before the last page of its tab.
  const bob = await browser.guest(room, "bob", { serviceWorkers: "block" });
  await bob.says("/join #milk");
  await bob.opens("#milk");
  const address = await room.page();
  const heading = (name: string) => bob.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  for (const [link, shown] of [["#class", "#class"], ["#lobby", "#lobby"], ["#%00", "#lobby"], ["", "#lobby"]]) {
    await bob.page.goto("about:blank");
    await bob.page.goto(address + link);
    await bob.field.waitFor();
    await heading(shown);
    for (const name of ["#lobby", "#milk", "#class"]) await bob.talks.getByText(name, { exact: true }).waitFor();
  }
  // In a page that is open an address that is changed by hand is a link, too.
  await bob.page.evaluate(() => location.hash = "#milk");
  await heading("#milk");
});
