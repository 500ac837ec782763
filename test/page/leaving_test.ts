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
  const first = rooms.use(await openRoom(flags));
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
  await bob.joins();
  await bob.talks.getByRole("button", { name: "alice 2 unread" }).waitFor();
  await bob.opens("alice");
  await bob.reads("tea?", "it is in the blue pot", "since yesterday");
});
