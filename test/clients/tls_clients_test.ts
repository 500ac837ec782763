/**
 * The IRC clients that people use, over TLS: they trust the room's own authority, and nobody who has another one.
 *
 * @module
 */

import { assertMatch } from "@std/assert";
import { makeIssuer } from "../../server/tls/testing.ts";
import { SecureRoom } from "../tls.ts";
import { IRSSI, type Program, Terminals, testWith, WEECHAT } from "./programs.ts";

/** How a client is had to come over TLS and to trust an authority, and what it says of a certificate that it refuses. */
interface OverTls {
  program: Program;
  start: (home: string, port: number, nick: string, authority: string) => Promise<string[]> | string[];
  refuses: string;
}

const CLIENTS: OverTls[] = [
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

for (const { program, start, refuses } of CLIENTS) {
  testWith(
    ["tmux", program.needs],
    `${program.name} comes in over TLS by the room's own authority, and by no other`,
    async () => {
      await using secure = await SecureRoom.open();
      await using terminals = new Terminals();
      const bob = await secure.room.person("bob", { join: "#lobby" });
      const ca = `${secure.folder}/tea.db-tls/ca.pem`;
      const comes = (authority: string, nick: string) =>
        terminals.start(
          { ...program, start: (home) => start(home, secure.chatPort, nick, authority) },
          secure.room,
          nick,
        );

      const zhang = await comes(ca, "zhang");
      await secure.room.logs("zhang has come in");
      await zhang.types("/join #lobby");
      await bob.sees(/^:zhang!\S+ JOIN #lobby$/);
      await zhang.types("over TLS 🍵");
      await bob.sees(/^:zhang!\S+ PRIVMSG #lobby :over TLS 🍵$/);
      await bob.send("WHOIS zhang");
      assertMatch(await bob.sees(/ 671 /), / 671 bob zhang /);

      const other = `${secure.folder}/other.pem`;
      await Deno.writeTextFile(other, makeIssuer().pem);
      const stranger = await comes(other, "stranger");
      await stranger.shows(refuses);
    },
  );
}
