/**
 * The IRC clients that people use, over TLS: they trust the room's own authority, and nobody who has another one.
 *
 * @module
 */

import { assertMatch } from "@std/assert";
import { makeIssuer } from "../../server/tls/testing.ts";
import { SecureRoom } from "../tls.ts";
import { CLIENTS } from "./over_tls.ts";
import { Terminals, testWith } from "./programs.ts";

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
