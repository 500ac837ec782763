/**
 * What a server runs before itself where a test measures its memory: garbage is collected all the time, so that what is
 * left is what the server keeps. Left to itself V8 lets some 64 MiB of buffers lie before it looks for those to free.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
Deno.unrefTimer(setInterval(runInNewContext("gc"), 50));
