/** The table of all attacks. */

import type { Attack } from "../attack.ts";
import { CONNECTIONS } from "./connections.ts";
import { GATEWAY } from "./gateway.ts";
import { HISTORY } from "./history.ts";
import { LINES } from "./lines.ts";
import { SECRETS } from "./secrets.ts";

export const ATTACKS: readonly Attack[] = [...GATEWAY, ...CONNECTIONS, ...LINES, ...HISTORY, ...SECRETS];
