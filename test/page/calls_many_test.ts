/// <reference lib="dom" />
/** Calls of several pages: who hears and sees whom, while several come, go and change at the same time. */

import { assertEquals } from "@std/assert";
import { random } from "../../server/testing.ts";
import { openRoom } from "../room.ts";
import { allHear, Caller, callTest } from "./callers.ts";
import { openRelay } from "./relay.ts";

/** A room without a flood limit: the tests are faster than people. */
const openCalls = () => openRoom(["--flood-limit", "0"]);

callTest(
  "six people who join at the same time hear each other; one loads the page anew, one is put out",
  async (browser) => {
    await using room = await openCalls();
    await using relay = await openRelay(await room.page());
    // Whoever is first is the operator.
    const alice = await Caller.opens(browser, room, "alice");
    const opens = (nick: string) => Caller.opens(browser, room, nick, nick === "carol" ? { at: relay.page } : {});
    const [bob, carol, dave, erin, frank] = await Promise.all(["bob", "carol", "dave", "erin", "frank"].map(opens));
    const all = [alice, bob, carol, dave, erin, frank];
    await alice.calls();
    await Promise.all(all.slice(1).map((caller) => caller.joins()));
    // Whoever comes to so many is muted at first.
    await Promise.all(all.map((caller) => caller.speaks()));
    await allHear(...all);
    // All at the same time.
    relay.cut();
    await Promise.all([
      bob.guest.page.reload(),
      dave.guest.says("/nick david"),
      carol.guest.page.getByText("Connection lost").first().waitFor(),
    ]);
    relay.mend();
    await bob.bar.getByRole("timer").waitFor();
    await carol.guest.page.getByText("Connection lost").first().waitFor({ state: "detached" });
    await bob.speaks();
    dave.nick = "david";
    await allHear(...all);
    await alice.bar.getByRole("listitem").filter({ hasText: "erin" }).getByRole("button").click();
    await alice.guest.menu.getByRole("menuitem", { name: "Remove erin from the call" }).click();
    await erin.guest.sees("alice has removed you from the call.");
    assertEquals(await erin.connections(), 0);
    const left = all.filter((caller) => caller !== erin);
    await Promise.all(left.map((caller) => caller.guest.until("connections", 4, () => caller.connections())));
  },
);

callTest(
  "whoever joins and leaves at random leaves nothing behind: at the end all hear each other, and nobody else",
  async (browser) => {
    await using room = await openCalls();
    const alice = await Caller.opens(browser, room, "alice");
    const others = await Promise.all(["bob", "carol", "dave"].map((nick) => Caller.opens(browser, room, nick)));
    await alice.calls();
    const seed = Date.now() % 1e6;
    const next = random(seed);
    const isIn = new Set<Caller>();
    const act = async (caller: Caller) => {
      if (!isIn.has(caller)) {
        isIn.add(caller);
        await caller.joins();
      } else if (next() < 0.7) {
        isIn.delete(caller);
        await caller.leaves();
      } else {
        await caller.guest.page.reload();
        await caller.bar.getByRole("timer").waitFor();
      }
    };
    try {
      // At the same time, and before those who came last can be heard.
      for (let round = 0; round < 10; round++) await Promise.all(others.filter(() => next() < 0.6).map(act));
      for (const caller of others) if (!isIn.has(caller)) await caller.joins();
      await allHear(alice, ...others);
      await others[1].leaves();
      await allHear(alice, others[0], others[2]);
    } catch (error) {
      throw new Error(`With the seed ${seed}`, { cause: error });
    }
  },
);

callTest("whoever leaves while the connection is lost is gone when it is there again", async (browser) => {
  await using room = await openCalls();
  await using relay = await openRelay(await room.page());
  const alice = await Caller.opens(browser, room, "alice");
  const bob = await Caller.opens(browser, room, "bob", { at: relay.page });
  await alice.calls();
  await bob.joins();
  await allHear(alice, bob);
  relay.cut();
  await bob.guest.page.getByText("Connection lost").first().waitFor();
  await bob.leaves();
  relay.mend();
  await bob.guest.page.getByText("Connection lost").first().waitFor({ state: "detached" });
  await alice.isWith("alice");
  await bob.banner.getByText("Call: alice", { exact: true }).waitFor();
});

callTest(
  "no picture stays behind: whoever loads the page anew, has another nick, is cut off or is put out",
  async (browser) => {
    await using room = await openCalls();
    await using relay = await openRelay(await room.page());
    const alice = await Caller.opens(browser, room, "alice");
    const bob = await Caller.opens(browser, room, "bob", { at: relay.page });
    await alice.calls();
    await bob.joins();
    const shows = () => bob.bar.getByRole("button", { name: "Camera", exact: true }).click();
    await shows();
    await alice.sees("bob");
    await bob.guest.says("/nick robert");
    await alice.sees("robert");
    relay.cut();
    await bob.guest.page.getByText("Connection lost").first().waitFor();
    await alice.sees("robert");
    relay.mend();
    await bob.guest.page.getByText("Connection lost").first().waitFor({ state: "detached" });
    await alice.sees("robert");
    await bob.guest.page.reload();
    await bob.bar.getByRole("timer").waitFor();
    // A camera is turned on by its person alone.
    await alice.seesNobody();
    await shows();
    await alice.sees("robert");
    await alice.bar.getByRole("listitem").filter({ hasText: "robert" }).getByRole("button").click();
    await alice.guest.menu.getByRole("menuitem", { name: "Remove robert from the call" }).click();
    await alice.seesNobody();
    await bob.seesNobody();
  },
);
