/**
 * A preload of a server whose memory a test measures: it collects garbage all the time, so that what is left is what the
 * server keeps. V8 alone lets some 64 MiB of buffers lie before it frees any.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
Deno.unrefTimer(setInterval(runInNewContext("gc"), 50));
