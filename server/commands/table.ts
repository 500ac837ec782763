/**
 * All commands, joined from their families.
 *
 * @module
 */

import { ABOUT } from "./about.ts";
import { ACCOUNTS } from "./accounts.ts";
import { CHANNELS } from "./channels.ts";
import type { Command } from "./command.ts";
import { helpCommands } from "./help.ts";
import { HISTORY } from "./history.ts";
import { LIST } from "./list.ts";
import { MARKERS } from "./markers.ts";
import { MESSAGES } from "./messages.ts";
import { METADATA } from "./metadata.ts";
import { MODES } from "./modes.ts";
import { MONITOR } from "./monitor.ts";
import { BATCHES } from "./multiline.ts";
import { NICKSERV } from "./nickserv.ts";
import { OPERATORS } from "./operators.ts";
import { PEOPLE } from "./people.ts";
import { REGISTRATION } from "./registration.ts";
import { RENAME } from "./rename.ts";
import { WHO } from "./who.ts";

const byName = new Map<string, Command>();

/** All commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = byName;

const FAMILIES: Command[][] = [
  REGISTRATION,
  ACCOUNTS,
  NICKSERV,
  CHANNELS,
  RENAME,
  LIST,
  MODES,
  MESSAGES,
  BATCHES,
  HISTORY,
  MARKERS,
  METADATA,
  WHO,
  PEOPLE,
  MONITOR,
  OPERATORS,
  ABOUT,
  helpCommands(COMMANDS),
];

for (const command of FAMILIES.flat()) byName.set(command.name, command);
