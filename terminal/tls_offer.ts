/**
 * Asks a server without TLS whether it has TLS as well. Nothing of the person's is sent.
 *
 * @module
 */

import { parse } from "../protocol.ts";
import type { Address } from "./address.ts";
import { sentences } from "./language.ts";
import { connectTcp } from "./tcp.ts";

/** What tells the port of TLS: this project's server, and servers whose certificate everybody trusts (IRCv3 sts). */
const OFFER = /^(?:teahouse\.chat\/tls=(\d{1,5})|sts=(?:[^,]+,)*port=(\d{1,5})(?:,.*)?)$/;

/**
 * The port on which a server offers TLS; undefined where it offers none, or does not answer in time.
 *
 * @param patience Milliseconds. A server that knows no capabilities may answer nothing at all.
 * @throws {Error} If there is no connection; its message says why.
 */
export async function offeredTlsPort({ hostname, port }: Address, patience: number): Promise<number | undefined> {
  const controller = new AbortController();
  const tooLate = () => controller.abort(new Error(sentences().disconnections.noAnswer(patience / 1000)));
  const timer = setTimeout(tooLate, patience);
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    const transport = await connectTcp(hostname, port, controller.signal);
    late = setTimeout(() => transport.close(), patience);
    transport.send("CAP LS 302");
    try {
      for await (const line of transport.lines) {
        const found = offerOf(line);
        if (found !== "more") return found;
      }
    } catch {
      // A connection that breaks has offered nothing.
    } finally {
      transport.close();
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    clearTimeout(late);
  }
}

/** What a line says: a port, or that there is none (undefined), or that another line may. */
function offerOf(line: string): number | "more" | undefined {
  let message;
  try {
    message = parse(line);
  } catch {
    return "more";
  }
  const { command, params } = message;
  // Unknown command; and the end of a connection.
  if (command === "421" || command === "ERROR") return undefined;
  if (command !== "CAP" || params[1]?.toUpperCase() !== "LS") return "more";
  for (const word of params.at(-1)!.split(" ")) {
    const [, own, sts] = OFFER.exec(word) ?? [];
    const port = Number(own ?? sts);
    if (port >= 1 && port <= 65535) return port;
  }
  return params[2] === "*" && params.length > 3 ? "more" : undefined;
}
