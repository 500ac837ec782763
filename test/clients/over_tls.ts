/**
 * How the IRC clients that people use are had to come over TLS.
 *
 * @module
 */

import { IRSSI, type Program, WEECHAT } from "./programs.ts";

/** How a client is had to come over TLS and to trust an authority, and what it says of a certificate that it refuses. */
export interface OverTls {
  program: Program;
  start: (home: string, port: number, nick: string, authority: string) => Promise<string[]> | string[];
  refuses: string;
}

export const CLIENTS: OverTls[] = [
  {
    program: IRSSI,
    async start(home, port, nick, authority) {
      await Deno.writeTextFile(
        `${home}/config`,
        `servers = ( { address = "localhost"; port = "${port}"; chatnet = "tea"; autoconnect = "yes";
          use_tls = "yes"; tls_verify = "yes"; tls_cafile = "${authority}"; } );
        chatnets = { tea = { type = "IRC"; }; };
        settings = {
          core = { nick = "${nick}"; user_name = "irssi"; real_name = "${nick}"; };
          "fe-common/core" = { term_charset = "utf-8"; };
          # It would look for the room at an address that is not there first.
          core.resolve_prefer_ipv6 = "no";
        };`,
      );
      return ["irssi", "--home", home];
    },
    refuses: "Could not verify TLS servers certificate",
  },
  {
    program: WEECHAT,
    start(home, port, nick, authority) {
      const commands = [
        "/set weechat.bar.buflist.hidden on",
        `/set weechat.network.gnutls_ca_user ${authority}`,
        `/server add tea localhost/${port}`,
        // The one name before version 4, and the other since then.
        "/set irc.server.tea.ssl on",
        "/set irc.server.tea.tls on",
        "/set irc.server.tea.autoreconnect off",
        `/set irc.server.tea.nicks ${nick}`,
        "/connect tea",
      ];
      return ["weechat", "-d", home, "-P", "irc", ...commands.flatMap((command) => ["-r", command])];
    },
    refuses: "certificate is NOT trusted",
  },
];
