/** The table of all attacks. */

import type { Attack } from "../attack.ts";
import { CALLS } from "./calls.ts";
import { CONNECTIONS } from "./connections.ts";
import { FILES } from "./files.ts";
import { GATEWAY } from "./gateway.ts";
import { HISTORY } from "./history.ts";
import { LINES } from "./lines.ts";
import { SECRETS } from "./secrets.ts";
import { TLS } from "./tls.ts";

export const ATTACKS: readonly Attack[] = [
  ...GATEWAY,
  ...CONNECTIONS,
  ...TLS,
  ...LINES,
  ...HISTORY,
  ...SECRETS,
  ...FILES,
  ...CALLS,
];
