/**
 * All commands, joined from their families.
 *
 * @module
 */

import { ABOUT } from "./about.ts";
import { ACCOUNTS } from "./accounts.ts";
import { CALLS } from "./calls.ts";
import { CAPABILITY_NEGOTIATION } from "./capabilities.ts";
import { CHANNELS } from "./channels.ts";
import { CHATHISTORY } from "./chathistory.ts";
import type { Command } from "./command.ts";
import { CONNECTION } from "./connection.ts";
import { DEVICES } from "./devices.ts";
import { DOORS } from "./doors.ts";
import { helpCommands } from "./help.ts";
import { JOINING } from "./joining.ts";
import { LIST } from "./list.ts";
import { READ_MARKERS } from "./markers.ts";
import { MESSAGES } from "./messages.ts";
import { METADATA } from "./metadata.ts";
import { MODES } from "./modes.ts";
import { MONITOR } from "./monitor.ts";
import { MULTILINE_MESSAGES } from "./multiline.ts";
import { NAMES } from "./names.ts";
import { NICKSERV } from "./nickserv.ts";
import { ONESELF } from "./oneself.ts";
import { OPERATORS } from "./operators.ts";
import { OWNER } from "./owner.ts";
import { PEOPLE } from "./people.ts";
import { EDITS } from "./edits.ts";
import { REDACT } from "./redact.ts";
import { REGISTRATION } from "./registration.ts";
import { RELAY } from "./relay.ts";
import { RENAME } from "./rename.ts";
import { RESTRICTIONS } from "./restrictions.ts";
import { SASL } from "./sasl.ts";
import { SEARCH } from "./search.ts";
import { SERVER_BANS } from "./server_bans.ts";
import { TOKENS } from "./tokens.ts";
import { WHO } from "./who.ts";

const byName = new Map<string, Command>();

/** All commands by name. */
export const COMMANDS: ReadonlyMap<string, Command> = byName;

const FAMILIES: Command[][] = [
  CAPABILITY_NEGOTIATION,
  REGISTRATION,
  CONNECTION,
  SASL,
  ACCOUNTS,
  DEVICES,
  NICKSERV,
  JOINING,
  NAMES,
  CHANNELS,
  RENAME,
  LIST,
  MODES,
  RESTRICTIONS,
  MESSAGES,
  RELAY,
  MULTILINE_MESSAGES,
  CALLS,
  CHATHISTORY,
  SEARCH,
  EDITS,
  REDACT,
  READ_MARKERS,
  METADATA,
  WHO,
  PEOPLE,
  ONESELF,
  MONITOR,
  OPERATORS,
  OWNER,
  SERVER_BANS,
  ABOUT,
  DOORS,
  TOKENS,
  helpCommands(COMMANDS),
];

for (const command of FAMILIES.flat()) byName.set(command.name, command);
