/**
 * The attacker: carries out one attack of the table against a server, until its standard input ends, and then prints what
 * it has counted. Its first argument is an `Order` as JSON.
 *
 * @module
 */

import { ATTACKS } from "./attacks/mod.ts";
import { type Order, Target } from "./attack.ts";

const order: Order = JSON.parse(Deno.args[0]);
const target = new Target(order);
const attack = ATTACKS.find(({ name }) => name === order.name)!;
let hasFailed = false;
const attacking = attack.attack(target).catch((error) => {
  // Where the server is gone, whoever measures says so.
  console.error(error);
  hasFailed = true;
});
// Whoever ordered it closes this end when it is enough.
for await (const _ of Deno.stdin.readable);
target.finish();
// An attack that has a last act is given time for it.
await Promise.race([attacking, new Promise((resolve) => setTimeout(resolve, 500))]);
console.log(JSON.stringify(target.counts));
Deno.exit(hasFailed ? 1 : 0);
