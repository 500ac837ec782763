import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";

const CAPABILITIES = "echo-message labeled-response batch sasl=PLAIN teahouse.chat/device";

const LIST = [
  "0123456789ab 2026-11-25T12:00:00.000Z 127.0.0.1 this,here :terminal on Linux",
  "112233445566 2026-11-25T11:00:00.000Z 10.0.0.7 here :Firefox on Windows",
  "a1a1a1a1a1a1 2026-11-20T12:00:00.000Z 10.0.0.8 app :WeeChat",
  "b2b2b2b2b2b2 2026-11-24T12:00:00.000Z 10.0.0.8 * :phone",
  "c3c3c3c3c3c3 2026-11-24T11:00:00.000Z 10.0.0.9 * :phone",
];

/** bob, in #lobby and logged in, who answers questions for passwords with these. */
async function bobWhoIsLoggedIn(...secrets: string[]): Promise<{ bob: Person; questions: string[] }> {
  const questions: string[] = [];
  const bob = await Person.hearing("bob", CAPABILITIES, {
    isEncrypted: true,
    askSecret: (question) => {
      questions.push(question);
      return Promise.resolve(secrets.shift());
    },
  });
  await bob.server.says(":tea 900 bob bob!~tea@host bob :You are now logged in as bob");
  return { bob, questions };
}

/** Answers the client's next line with a batch of lines; gives what it asked. */
function answers(bob: Person, ...lines: string[]): Promise<string> {
  return bob.server.answers((label) => [
    `@label=${label} BATCH +d labeled-response`,
    ...lines.map((line) => `@batch=d ${line}`),
    "BATCH -d",
  ]);
}

const listed = [...LIST.map((entry) => `DEVICES LIST ${entry}`), `DEVICES END ${LIST.length}`];

Deno.test("/devices lists where the account is logged in: since when, from where, which is this one", async () => {
  const { bob } = await bobWhoIsLoggedIn();
  await bob.writes("/devices");
  assertEquals(await answers(bob, ...listed), "DEVICES LIST");
  const [event] = bob.told();
  const rows = event.type === "table" ? event.rows : [];
  assertEquals(rows.slice(0, 2), [
    ["0123456789ab  terminal on Linux", "now, from 127.0.0.1, this one"],
    ["112233445566  Firefox on Windows", "now, from 10.0.0.7, here now"],
  ]);
  assertEquals(rows[2][0], "a1a1a1a1a1a1  WeeChat");
  assertEquals(rows[2][1].replace(/^\d+ \w+ ago/, "N ago"), "N ago, from 10.0.0.8, app password");
  assertEquals(rows.length, LIST.length);
  await bob.leaves();
});

Deno.test("/devices end takes a name or an id, and asks which one where several have the name", async () => {
  const { bob } = await bobWhoIsLoggedIn();
  await bob.writes("/devices end Weechat");
  await answers(bob, ...listed);
  assertEquals(await answers(bob, "DEVICES ENDED a1a1a1a1a1a1 :WeeChat"), "DEVICES DEL a1a1a1a1a1a1");
  assertEquals(bob.heard(), ["WeeChat is logged out."]);
  await bob.writes("/devices end phone");
  await answers(bob, ...listed);
  assertEquals(bob.heard(), ['Several are called "phone". Say which by its number: b2b2b2b2b2b2, c3c3c3c3c3c3']);
  await bob.writes("/devices end C3C3C3C3C3C3");
  await answers(bob, ...listed);
  assertEquals(await answers(bob, "DEVICES ENDED c3c3c3c3c3c3 :phone"), "DEVICES DEL c3c3c3c3c3c3");
  await bob.writes("/devices end Firefox on Windows");
  await answers(bob, ...listed);
  assertEquals(
    await answers(bob, "FAIL DEVICES UNKNOWN_DEVICE DEL :There is no device of that id"),
    "DEVICES DEL 112233445566",
  );
  await bob.writes("/devices end kettle");
  await answers(bob, ...listed);
  assertEquals(bob.heard(), [
    "phone is logged out.",
    "There is no device of that id",
    'No device has the name or number "kettle": /devices lists them.',
  ]);
  await bob.leaves();
});

Deno.test("/devices add has the password proved, and shows the app password with how it is used", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn("tea leaf", "wrong");
  await bob.writes("/devices add WeeChat at work");
  assertEquals(questions, ["To make a password for a program, the password of bob:"]);
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says("AUTHENTICATE +");
  await bob.server.sees(`AUTHENTICATE ${btoa("\0bob\0tea leaf")}`);
  await bob.server.says(":tea 903 bob :done");
  const asked = await answers(bob, "DEVICES SECRET a1a1a1a1a1a1 aaaa-bbbb-cccc :WeeChat at work");
  assertEquals(asked, "DEVICES ADD :WeeChat at work");
  const [shown, usage] = bob.heard();
  assertEquals(shown, "The password for WeeChat at work, which is shown this once: aaaa-bbbb-cccc");
  assertEquals(usage.includes("/set irc.server.tea.sasl_username bob"), true);
  await bob.writes("/devices add irssi");
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says("AUTHENTICATE +");
  await bob.server.rest();
  await bob.server.says(":tea 904 bob :SASL authentication failed");
  assertEquals(bob.heard(), [
    "No password for irssi was made: that is not its password, or there is no such account.",
  ]);
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("/devices says what is missing, and asks the server for nothing", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn();
  await bob.writes("/devices add", "/devices end", "/devices kettle");
  assertEquals(bob.heard(), [
    "Say which program the password is for: /devices add WeeChat",
    "Say which one, by its name or number: /devices end WeeChat; /devices lists them.",
    "Usage: /devices [add|end] [name]",
  ]);
  assertEquals([await bob.server.rest(), questions], [[], []]);
  await bob.leaves();
  const guest = await Person.hearing("guest", CAPABILITIES, { askSecret: () => Promise.resolve("x") });
  await guest.writes("/devices", "/devices add WeeChat", "/logout");
  const loginFirst = "You are not logged in to an account: /login, then /devices.";
  assertEquals(guest.heard(), [loginFirst, loginFirst, "You are not logged in to an account: /login, then /logout."]);
  assertEquals(await guest.server.rest(), []);
  await guest.leaves();
  const elsewhere = await Person.hearing("dave");
  await elsewhere.writes("/devices");
  assertEquals(elsewhere.heard(), ["This room has no devices that stay logged in."]);
  await elsewhere.leaves();
});

Deno.test("/logout logs out here, and says so once", async () => {
  const { bob } = await bobWhoIsLoggedIn();
  await bob.writes("/logout");
  const asked = await answers(
    bob,
    ":tea 901 bob bob!~tea@host :You are now logged out",
    ":NickServ!services@tea NOTICE bob :You are not logged in as bob any more",
  );
  assertEquals(asked, "NS LOGOUT");
  assertEquals(bob.told(), [{ type: "info", text: "You are logged out of bob here. /login logs in again." }]);
  assertEquals(bob.client.state.account, undefined);
  // What NickServ says of itself is shown as ever.
  await bob.server.says(":NickServ!services@tea NOTICE bob :hello");
  assertEquals(bob.told().length, 1);
  await bob.leaves();
});
