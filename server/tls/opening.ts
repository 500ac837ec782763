/**
 * Opens the room's TLS as its flags say: chooses who vouches, and binds ports.
 *
 * @module
 */

import { Acme } from "./acme.ts";
import { examine } from "./examination.ts";
import { GivenFiles } from "./given_files.ts";
import type { TlsListener } from "./listener.ts";
import { thisMachine } from "./local_names.ts";
import { OwnAuthority } from "./own_authority.ts";
import { MemoryShelf, PrivateFolder } from "./private_folder.ts";
import type { Source } from "./source.ts";
import { canShutDown } from "./sockets.ts";
import { Tls } from "./tls.ts";

/** What a listener is for. */
export type Purpose = "chat" | "page";

/**
 * The ports that are tried one after the other where none was asked for; in the end the system chooses. 6697 is the port of
 * IRC over TLS (RFC 7194).
 */
const PORTS: Record<Purpose, readonly number[]> = {
  chat: [6697, 6698, 6699, 6700, 6701, 0],
  page: [8443, 8444, 8445, 8446, 8447, 0],
};

/** What the protocols are called (ALPN). */
const PROTOCOLS: Record<Purpose, string> = { chat: "irc", page: "http/1.1" };

/** What flags say of TLS. */
export interface TlsSettings {
  /** The database's path; beside it lies the folder with keys. `:memory:` keeps them while the room is open. */
  db: string;
  /** Host names and addresses that people use, besides this machine's own. */
  names: string[];
  /** The files of a certificate and its key. */
  cert: string | undefined;
  key: string | undefined;
  /** The names for which a public authority is asked, and the address of its directory. */
  acme: string[] | undefined;
  acmeDirectory: string;
}

/** Called with what whoever runs the server should know, and with what goes wrong. */
export interface Reports {
  onNews: (text: string) => void;
  onError: (text: string) => void;
}

/**
 * Finds or makes the room's certificate.
 *
 * @throws {Error} If one was given that can't be used.
 */
export async function openTls(settings: TlsSettings, reports: Reports): Promise<Tls> {
  const challenges = new Map<string, string>();
  const tls = await Tls.open({ source: chooseSource(settings, challenges, reports), challenges, examine, ...reports });
  if (!canShutDown()) {
    reports.onError(
      "this program can't end TLS connections whose peers take nothing; where it may call the C library, with " +
        "--allow-ffi on Linux and macOS, it can",
    );
  }
  return tls;
}

function chooseSource(
  { db, names, cert, key, acme, acmeDirectory }: TlsSettings,
  challenges: Map<string, string>,
  { onNews, onError }: Reports,
): Source {
  if (cert !== undefined && key !== undefined) return new GivenFiles({ cert, key, onError });
  const shelf = db === ":memory:" ? new MemoryShelf() : openFolder(`${db}-tls`, onError);
  const own = new OwnAuthority({ shelf, machine: thisMachine, others: names, onError });
  if (acme !== undefined) {
    return new Acme({ hosts: acme, directory: acmeDirectory, challenges, shelf, own, onError });
  }
  if (own.unnamed.length > 0) {
    onNews(`the room's own authority can't vouch for ${own.unnamed.join(", ")}; --acme and --tls-cert can`);
  }
  return own;
}

/** The folder of the keys, closed to others. */
function openFolder(path: string, onError: (text: string) => void): PrivateFolder {
  const folder = new PrivateFolder(path);
  const open = folder.closeToOthers();
  if (open.length > 0) {
    onError(
      `other users of this machine could use the room's keys until now, by ${
        open.join(", ")
      }; where there are any whom you do ` +
        `not trust, remove ${path}, and the room makes others, which people have to trust anew`,
    );
  }
  return folder;
}

/** How a port is bound. */
export interface PortOptions {
  hostname: string;
  /** The port that was asked for; else the first one that is free. */
  asked: number | undefined;
  /** How many connections may wait to be accepted. */
  backlog: number;
  onError: (text: string) => void;
}

/** Binds a port. @throws {Error} If that can't be done; of the last one that was tried. */
export function listenSecure(tls: Tls, purpose: Purpose, options: PortOptions): TlsListener {
  const { asked, ...rest } = options;
  const ports = asked === undefined ? [...PORTS[purpose]] : [asked];
  for (;;) {
    try {
      const listener = tls.listen({ ...rest, port: ports.shift()!, protocol: PROTOCOLS[purpose] });
      tls.ports[purpose] = listener.addr.port;
      return listener;
    } catch (error) {
      if (ports.length === 0) throw error;
    }
  }
}
