/** Calls at the terminal: the client as a program, in front of a whole room, where others call from their pages. */

import { assertEquals } from "@std/assert";
import { openFolder, openRoom, type Person, type Room, until } from "./room.ts";
import { hasScript, Terminal } from "./terminal.ts";

/** Somebody whose client has calls, as a page has. */
function caller(room: Room, nick: string, join = "#tea"): Promise<Person> {
  return room.person(nick, { caps: "teahouse.chat/call message-tags batch", join });
}

/** The address of the page over https, as the room has printed it. */
async function pageOf(room: Room): Promise<string> {
  return /https:\/\/\S+/.exec(await room.logs(/https:\/\//))![0];
}

Deno.test({
  name: "a terminal tells how a call begins and ends; /call says who is in, and opens the page there in the browser",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    const opened = `${folder.path}/opened`;
    const script = `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`;
    await Deno.writeTextFile(`${folder.path}/xdg-open`, script, { mode: 0o755 });
    const env = { PATH: `${folder.path}:${Deno.env.get("PATH")}`, DISPLAY: ":7", SSH_CONNECTION: "", SSH_TTY: "" };
    await using room = await openRoom();
    const page = await pageOf(room);
    const alice = await caller(room, "alice");
    const carol = await caller(room, "carol");
    await using kettle = new Terminal({ env }, "--server", room.address, "--nick", "kettle", "--channel", "tea");
    await kettle.shows("kettle --> #tea");
    await alice.send("CALL JOIN #tea :audio");
    await kettle.shows("alice began a call: /call opens it");
    await carol.send("CALL JOIN #tea :audio,muted,hand");
    await alice.sees(/ CALL JOIN #tea /);
    await kettle.types("/call\r");
    await kettle.shows("In the call of #tea, for ");
    await kettle.shows(": alice, carol (muted, hand up)");
    await kettle.shows(`Opening in your browser: ${page}#tea`);
    const given = await until("the browser", () => Deno.readTextFile(opened).catch(() => undefined));
    assertEquals(given, `1\n${page}#tea\n`);
    await using later = new Terminal("--server", room.address, "--nick", "pot", "--channel", "tea");
    await later.shows("A call goes on here: /call opens it");
    await alice.send("CALL PART #tea");
    await carol.send("CALL PART #tea");
    await kettle.shows("The call has ended (");
    await kettle.types("/call\r");
    await kettle.shows("Nobody is in a call in #tea.");
  },
});

Deno.test({
  name:
    "who is called at a terminal is told what to do, of a call that was missed, and of one that was taken elsewhere",
  ignore: !hasScript,
  fn: async () => {
    await using room = await openRoom();
    const page = await pageOf(room);
    const alice = await caller(room, "alice");
    await using kettle = new Terminal("--server", room.address, "--nick", "kettle", "--channel", "tea");
    await kettle.shows("kettle --> #tea");
    await alice.send("CALL JOIN kettle :audio");
    await kettle.shows("alice calls you: /call alice opens the page, /decline does not answer");
    await kettle.types("/call alice\r");
    await kettle.shows("alice calls you and waits.");
    await kettle.shows(`Open this in a browser: ${page}`);
    await kettle.shows("You have no account, so the page does not know you as kettle");
    await kettle.types("/decline\r");
    await kettle.shows("Call declined");
    await alice.sees(/^:kettle!\S+ CALL PART kettle :?declined$/);
    await alice.send("CALL JOIN kettle :audio");
    await kettle.shows("alice calls you", "Call declined");
    await alice.send("CALL PART kettle");
    await kettle.shows("Missed call from alice");
    await kettle.types("/decline alice\r");
    await kettle.shows("alice does not call you.");
  },
});

Deno.test({
  name: "a call rings at each terminal of a person, also at one that comes meanwhile, until one of them declines it",
  ignore: !hasScript,
  fn: async () => {
    await using folder = await openFolder();
    await using room = await openRoom();
    const alice = await caller(room, "alice");
    const flags = ["--server", room.address, "--nick", "kettle", "--channel", "tea"];
    await using desk = new Terminal({ state: folder.path }, ...flags);
    await desk.shows("kettle --> #tea");
    await alice.send("CALL JOIN kettle :audio");
    await desk.shows("alice calls you");
    await using sofa = new Terminal({ state: folder.path }, ...flags);
    await sofa.shows("alice calls you");
    await sofa.types("/decline\r");
    await sofa.shows("Call declined");
    await desk.shows("The call from alice was answered or declined elsewhere");
    await alice.sees(/^:kettle!\S+ CALL PART kettle :?declined$/);
  },
});

Deno.test({
  name: "/call refuses plainly where calls are off, and where there is no page over https",
  ignore: !hasScript,
  fn: async () => {
    for (
      const [flags, why] of [
        [["--calls", "none"], "This room has no calls."],
        [["--no-tls"], "Calls need the page over https, and this room has none."],
      ] as const
    ) {
      await using room = await openRoom([...flags]);
      await using kettle = new Terminal("--server", room.address, "--nick", "kettle", "--channel", "tea");
      await kettle.shows("kettle --> #tea");
      await kettle.types("/call\r");
      await kettle.shows(why);
    }
  },
});
