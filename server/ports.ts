/**
 * Binds the ports of the room: of the chat, of the page, and of both over TLS.
 *
 * @module
 */

import { hasCode, reasonOf } from "./turns/faults.ts";
import type { TlsListener } from "./tls/listener.ts";
import { listenSecure, type Purpose } from "./tls/opening.ts";
import type { Tls } from "./tls/tls.ts";

/** How many connections may wait to be accepted: everyone may come back at once after a restart. */
const BACKLOG = 4096;

/** A port that can't be listened on. Its message says why, and which flag chooses another. */
export class PortError extends Error {}

/**
 * Binds the chat's port; without `host` on all interfaces, IPv6 and IPv4 where the machine has both.
 *
 * @throws {PortError}
 */
export function bindChat(host: string | undefined, port: number): Deno.TcpListener {
  const options = { port, tcpBacklog: BACKLOG };
  try {
    if (host !== undefined) return Deno.listen({ ...options, hostname: host });
    try {
      return Deno.listen({ ...options, hostname: "::" });
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) throw error;
      return Deno.listen({ ...options, hostname: "0.0.0.0" });
    }
  } catch (error) {
    throw refusal(error, host, port, "--port");
  }
}

/**
 * Binds the page's port, on the address where the chat listens. Without a port that was asked for it is 8080, or one of the
 * next where another program has that, as is often so on a machine where people try things.
 *
 * @throws {PortError}
 */
export function bindPage(hostname: string, port: number | undefined): Deno.TcpListener {
  const ports = port === undefined ? [8080, 8081, 8082, 8083, 8084, 0] : [port];
  for (;;) {
    const candidate = ports.shift()!;
    try {
      return Deno.listen({ hostname, port: candidate, tcpBacklog: BACKLOG });
    } catch (error) {
      if (ports.length === 0) throw refusal(error, hostname, candidate, "--web-port");
    }
  }
}

/**
 * Binds a port of TLS, on the address where the chat listens.
 *
 * @param flag The one that chooses the port.
 * @throws {PortError}
 */
export function bindTls(
  tls: Tls,
  purpose: Purpose,
  hostname: string,
  [flag, asked]: [flag: string, asked: number | undefined],
  onError: (text: string) => void,
): TlsListener {
  try {
    return listenSecure(tls, purpose, { hostname, asked, backlog: BACKLOG, onError });
  } catch (error) {
    throw refusal(error, hostname, asked ?? 0, flag);
  }
}

/** Why a port can't be listened on. @param flag The one that chooses the port. */
function refusal(error: unknown, host: string | undefined, port: number, flag: string): PortError {
  if (hasCode(error, ["EADDRINUSE"])) return new PortError(`port ${port} is in use; choose another with ${flag}`);
  if (hasCode(error, ["EACCES"])) return new PortError(`port ${port} is not allowed; choose another with ${flag}`);
  return new PortError(`cannot listen on ${host ?? "all interfaces"} (--host), port ${port}: ${reasonOf(error)}`);
}
