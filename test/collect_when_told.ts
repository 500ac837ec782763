/**
 * What a server runs before itself where a test wants to know what it keeps: SIGUSR2 has garbage collected, which V8
 * itself does when it likes to. Unlike collect.ts it does nothing meanwhile, so that times can be measured.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
Deno.addSignalListener("SIGUSR2", collect);
