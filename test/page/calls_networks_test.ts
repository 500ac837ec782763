/// <reference lib="dom" />
/**
 * Calls between people on different machines: on one network without any server beside the room's, and behind routers that let
 * nothing in, by a TURN server. The machines are networks that the test makes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Coturn, MISSING as NO_COTURN } from "../coturn.ts";
import { Networks, NO_NETWORKS } from "../networks.ts";
import { isInstalled, openFolder, openRoom, PATIENCE, skipped } from "../room.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { allHear, Caller, DEVICES } from "./callers.ts";

const NO_CHROMIUM = await isInstalled("chromium") ? [] : ["chromium"];

/** By what ways a page reaches the others: the kinds of address on both sides of each connection. A script. */
const WAYS = `(async () => {
  const open = connections.filter(({ connectionState }) => connectionState === "connected");
  return await Promise.all(open.map(async (connection) => {
    const stats = await connection.getStats();
    const pair = [...stats.values()].find(({ type, nominated, state }) =>
      type === "candidate-pair" && nominated && state === "succeeded");
    return [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)].map((one) => one.candidateType).join();
  }));
})()`;

/** A browser on a machine of a test's networks. @param origin The page, which it takes for as good as one over https. */
async function browserOn(networks: Networks, machine: string, folder: string, origin: string): Promise<Browser> {
  const program = `${folder}/chromium-${machine}`;
  await Deno.writeTextFile(program, `#!/bin/sh\nexec ${networks.inside(machine).join(" ")} chromium "$@"\n`);
  await Deno.chmod(program, 0o700);
  const args = [...DEVICES, `--unsafely-treat-insecure-origin-as-secure=${origin}`];
  return await openBrowser({ executablePath: program, args });
}

/** Has Alice and Bob call each other, on machines of these names. @returns By what way each is reached. */
async function call(networks: Networks, at: string, flags: string[] = []): Promise<string[]> {
  await using folder = await openFolder();
  const where = ["--host", at, "--allow-host", at];
  await using room = await openRoom([...where, ...flags], { inside: networks.inside("room") });
  const { origin } = new URL(await room.page());
  const page = { at: origin.replace("127.0.0.1", at) };
  await using one = await browserOn(networks, "alice", folder.path, page.at);
  await using other = await browserOn(networks, "bob", folder.path, page.at);
  // Each is a program of its own, which begins beside all other tests with nothing in its cache.
  one.patience = other.patience = 3 * PATIENCE;
  const alice = await Caller.opens(one, room, "alice", page);
  const bob = await Caller.opens(other, room, "bob", page);
  await alice.calls();
  await bob.joins();
  await allHear(alice, bob);
  const ways = [alice, bob].map(({ guest }) => guest.page.evaluate(WAYS) as Promise<string[]>);
  return (await Promise.all(ways)).flat();
}

Deno.test({
  name: `calls: two people on one network need no other server${NO_NETWORKS || skipped(NO_CHROMIUM)}`,
  ignore: NO_NETWORKS !== "" || NO_CHROMIUM.length > 0,
  async fn() {
    await using networks = await Networks.of("room", "alice", "bob");
    await networks.join(["room", "alice"], ["10.98.1.1/24", "10.98.1.2/24"]);
    await networks.join(["room", "bob"], ["10.98.2.1/24", "10.98.2.2/24"]);
    await networks.leadsOut("alice", "10.98.1.1");
    await networks.leadsOut("bob", "10.98.2.1");
    await networks.routes("room");
    assertEquals(await call(networks, "10.98.1.1"), ["host,host", "host,host"]);
  },
});

Deno.test({
  name: `calls: two people behind routers that let nothing in hear each other by a TURN server${
    NO_NETWORKS || skipped([...NO_CHROMIUM, ...NO_COTURN])
  }`,
  ignore: NO_NETWORKS !== "" || NO_CHROMIUM.length > 0 || NO_COTURN.length > 0,
  async fn() {
    await using networks = await Networks.of("room", "router-a", "router-b", "alice", "bob");
    const [a, b] = [
      await networks.join(["room", "router-a"], ["203.0.113.1/30", "203.0.113.2/30"]),
      await networks.join(["room", "router-b"], ["203.0.113.5/30", "203.0.113.6/30"]),
    ];
    await networks.join(["router-a", "alice"], ["10.99.1.1/24", "10.99.1.2/24"]);
    await networks.join(["router-b", "bob"], ["10.99.2.1/24", "10.99.2.2/24"]);
    for (const [machine, router] of [["alice", "10.99.1.1"], ["bob", "10.99.2.1"]]) {
      await networks.leadsOut(machine, router);
    }
    await networks.leadsOut("router-a", "203.0.113.1");
    await networks.leadsOut("router-b", "203.0.113.5");
    await networks.routes("room");
    await networks.routes("router-a", a);
    await networks.routes("router-b", b);
    await using folder = await openFolder();
    const secret = `${folder.path}/secret`;
    await Deno.writeTextFile(secret, "oolong\n", { mode: 0o600 });
    await using coturn = new Coturn("oolong", folder.path, "203.0.113.1", networks.inside("room"));
    const flags = ["--turn", coturn.url, "--turn-secret-file", secret];
    const ways = await call(networks, "203.0.113.1", flags);
    // Alice reaches Bob's address at the server from hers, or from her router's.
    for (const way of ways) assertEquals(way.includes("relay"), true, way);
  },
});
