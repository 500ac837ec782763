/**
 * Networks of Linux that a test makes for itself (network namespaces), in which programs meet as on several machines.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { isInstalled, run } from "./room.ts";

/** Runs a program that must not fail. */
async function must(program: string, args: string[], input?: string): Promise<void> {
  const { code, stderr } = await run(program, args, input);
  if (code !== 0) throw new AssertionError(`${program} ${args.join(" ")}: ${stderr}`);
}

/** Machines that are joined by cables, until they are disposed of. What runs in them is to end before. */
export class Networks implements AsyncDisposable {
  readonly #prefix = `tea-${crypto.randomUUID().slice(0, 8)}-`;
  readonly #machines: string[] = [];
  #cables = 0;

  /** Adds machines, by names of this test. */
  static async of(...machines: string[]): Promise<Networks> {
    await using made = new AsyncDisposableStack();
    const networks = made.use(new Networks());
    for (const machine of machines) {
      await must("ip", ["netns", "add", networks.#prefix + machine]);
      networks.#machines.push(machine);
      await networks.#ip(machine, "link", "set", "lo", "up");
    }
    made.move();
    return networks;
  }

  /** A program and its arguments that runs what follows them on a machine. */
  inside(machine: string): string[] {
    return ["ip", "netns", "exec", this.#prefix + machine];
  }

  async #ip(machine: string, ...args: string[]): Promise<void> {
    await must("ip", ["-n", this.#prefix + machine, ...args]);
  }

  /**
   * Lays a cable between two machines.
   *
   * @param addresses The address of each on it, with the length of the network's prefix.
   * @returns The name that the cable has on both.
   */
  async join(machines: [string, string], addresses: [string, string]): Promise<string> {
    const cable = `eth${this.#cables++}`;
    const [one, other] = machines.map((machine) => this.#prefix + machine);
    await must("ip", ["link", "add", cable, "netns", one, "type", "veth", "peer", "name", cable, "netns", other]);
    for (const [i, machine] of machines.entries()) {
      await this.#ip(machine, "addr", "add", addresses[i], "dev", cable);
      await this.#ip(machine, "link", "set", cable, "up");
    }
    return cable;
  }

  /** Has a machine send to a router what it has no way for. */
  async leadsOut(machine: string, router: string): Promise<void> {
    await this.#ip(machine, "route", "add", "default", "via", router);
  }

  /**
   * Has a machine pass on what comes for others.
   *
   * @param wide The cable behind which nobody knows the addresses of the other side (NAT), and from which nothing comes in
   * that was not asked for; no such cable when left out.
   */
  async routes(machine: string, wide?: string): Promise<void> {
    await must("ip", ["netns", "exec", this.#prefix + machine, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    if (wide === undefined) return;
    const rules = `table ip router {
      chain out { type nat hook postrouting priority 100; oifname "${wide}" masquerade; }
      chain in { type filter hook forward priority 0; iifname "${wide}" ct state new drop; }
    }`;
    await must("ip", ["netns", "exec", this.#prefix + machine, "nft", "-f", "-"], rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) await must("ip", ["netns", "del", this.#prefix + machine]);
  }
}

/** Why no test can make networks, as the end of a test's name; nothing where one can. */
async function obstacle(): Promise<string> {
  for (const program of ["ip", "nft", "sysctl"]) {
    if (!await isInstalled(program)) return ` (skipped: ${program} is not installed)`;
  }
  try {
    await using _networks = await Networks.of("one");
    return "";
  } catch {
    return " (skipped: this user may make no networks)";
  }
}

/** What a test's name says where networks can't be made. */
export const NO_NETWORKS = await obstacle();
