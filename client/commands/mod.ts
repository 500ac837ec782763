/**
 * All slash commands: the tables of the families, joined.
 *
 * @module
 */

import { ACCOUNTS } from "./accounts.ts";
import { CALLS } from "./calls.ts";
import { CHANNELS } from "./channels.ts";
import type { Command } from "./command.ts";
import { DEVICES } from "./devices.ts";
import { FILES } from "./files.ts";
import { type Family, GENERAL, helpOn } from "./general.ts";
import { INVITATIONS } from "./invitations.ts";
import { MEMORY } from "./memory.ts";
import { MODERATION } from "./moderation.ts";
import { OPERATORS } from "./operators.ts";
import { OWNERS } from "./owners.ts";
import { TALKING } from "./talking.ts";

/** The commands by family, in the order in which `/help` shows them. */
const FAMILIES: readonly Family[] = [
  ["talking", [...TALKING, ...CALLS]],
  ["memory", MEMORY],
  ["files", FILES],
  ["channels", CHANNELS],
  ["moderation", MODERATION],
  ["accounts", [...ACCOUNTS, ...DEVICES]],
  ["operators", [...OWNERS, ...OPERATORS]],
  ["general", [helpOn(() => FAMILIES), ...INVITATIONS, ...GENERAL]],
];

/** All commands by name, in the same order. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  FAMILIES.flatMap(([, commands]) => commands).map((command) => [command.name, command]),
);
