/**
 * Reads a line of a server.
 *
 * @module
 */

import { type Message, parse, parseSource, ProtocolError } from "../../protocol.ts";
import { isName } from "../names.ts";

/** Reads a line; undefined for one that is no message, or whose source has no name: that is the server's fault, and no reason to leave. */
export function readMessage(line: string): Message | undefined {
  try {
    const message = parse(line);
    return message.source === undefined || isName(parseSource(message.source).nick) ? message : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
