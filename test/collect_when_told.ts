/**
 * A preload of a server whose memory a test measures: it collects garbage on SIGUSR2. Unlike collect.ts it does nothing
 * in between, so that times can be measured as well.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
Deno.addSignalListener("SIGUSR2", collect);
