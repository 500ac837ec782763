/**
 * What an attack is: a record in a table, and what its code is given. `attack` runs in a process of its own (attacker.ts),
 * so that it does not disturb the measuring; `during` runs beside the measuring.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Room } from "../room.ts";
import { Peer } from "../peer.ts";

/** An attack, and what must hold beside what must hold in each (hostile_test.ts). */
export interface Attack {
  /** What is done, as the test's name says it. */
  name: string;
  /** Flags of the server; its defaults when left out. */
  flags?: string[];
  /** Programs that it needs. */
  needs?: string[];
  /** What people must say to come in, where that is anything. */
  password?: string;
  /** Whether 100,000 messages of #attic are in the database. */
  hasAttic?: boolean;
  /** How long it takes, in seconds, where that is not `SECONDS`; then it comes from the others' address alone. */
  seconds?: number;
  /** How long a newcomer may take to be let in meanwhile, in milliseconds, where that is not a second. */
  entry?: number;
  /** Makes the scene, before anything is measured. */
  before?(scene: Scene): Promise<void>;
  /** Attacks until `target.isOver`. It may end earlier. */
  attack(target: Target): Promise<unknown>;
  /** What must go on meanwhile; the attack goes on until it resolves. */
  during?(scene: Scene): Promise<void>;
  /** The most of what it counts (`target.count`) that may be, a second. */
  most?: Record<string, number>;
  /** Bytes that the server may keep for some minutes beyond what others may; a weakness, to be said why. */
  keeps?: number;
  /** Told of the room when the attackers are gone. Throws where something is wrong. */
  afterwards?(scene: Scene): Promise<void>;
}

/** Where the attack is watched from. */
export interface Scene {
  room: Room;
  /** The address from which the attack comes; the first of them. */
  address: string;
  /** The folder of the database. */
  folder: string;
}

/** How an attacker's process is told what to do. */
export interface Order {
  name: string;
  port: number;
  webPort: number;
  tlsPort: number;
  /** From these addresses in turn. */
  addresses: string[];
  /** What its people's nicks begin with. */
  prefix: string;
}

/** What is attacked, as the attacker's process sees it. */
export class Target {
  readonly #order: Order;
  readonly #over = Promise.withResolvers<void>();
  /** It is time to end. */
  isOver = false;
  /** What has been counted. */
  readonly counts: Record<string, number> = {};
  #people = 0;

  constructor(order: Order) {
    this.#order = order;
  }

  get port(): number {
    return this.#order.port;
  }

  get webPort(): number {
    return this.#order.webPort;
  }

  get tlsPort(): number {
    return this.#order.tlsPort;
  }

  count(what: string, number = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + number;
  }

  /** The address from which the i-th comes. */
  address(i: number): string {
    return this.#order.addresses[i % this.#order.addresses.length];
  }

  /** A nick that nobody has had. */
  nick(): string {
    return `${this.#order.prefix}${this.#people++}`;
  }

  /** Somebody who has connected and said nothing. */
  async stranger(i: number, { web = false } = {}): Promise<Peer> {
    return web ? await Peer.webSocket(this.webPort, this.address(i)) : await Peer.connect(this.port, this.address(i));
  }

  /** Somebody who has come in, as the i-th. */
  async person(i: number, { web = false, caps = "", join = "", nick = this.nick(), user = "m" } = {}): Promise<Peer> {
    const peer = await this.stranger(i, { web });
    const negotiation = caps === "" ? [] : [`CAP REQ :${caps}`];
    await peer.say(...negotiation, `NICK ${nick}`, `USER ${user} 0 * :m`, ...(caps === "" ? [] : ["CAP END"]));
    if (!await peer.sees(/ (376|422) /)) throw new Error("Cannot come in: the connection was closed");
    if (join !== "") await peer.say(`JOIN ${join}`);
    return peer;
  }

  /**
   * So many at once, each doing the same again and again until it is over. What fails for one (it was cut off, nobody
   * accepted) is tried again after a moment. When it is over, nobody waits for those who wait for the server.
   */
  async crowd(size: number, act: (i: number) => Promise<unknown>): Promise<void> {
    const acting = Promise.all(Array.from({ length: size }, async (_, i) => {
      while (!this.isOver) await act(i).catch(() => delay(50));
    }));
    await Promise.race([acting, this.end()]);
  }

  /** Says that it is over. */
  finish(): void {
    this.isOver = true;
    this.#over.resolve();
  }

  /** Waits until it is over. */
  async end(): Promise<void> {
    await this.#over.promise;
  }
}
