/** Sending files in the client: the token, what is said, and what others read of it. */

import { assertEquals } from "@std/assert";
import { parse } from "../protocol.ts";
import { FILE_TAG, fileTag } from "../shared/file_message.ts";
import { MEMORY, Person } from "./testing.ts";

const CAPABILITIES = `${MEMORY} draft/authtoken standard-replies`;
const ADDRESS = "http://tea.example/files/AbcdefghijklmnopqrstuV/kettle.png";
const DETAILS = { name: "kettle.png", size: 12, type: "image/png", width: 3, height: 2 };

const files = ({ client }: Person) => client.actions.files;
const lobby = ({ client }: Person) => client.state.find("#lobby")!;

Deno.test("Files are sent where the server takes them and gives tokens for it", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES);
  assertEquals(files(bob).address, undefined);
  await bob.server.says(":tea 005 bob soju.im/FILEHOST=http://tea.example/files :are supported");
  assertEquals(files(bob).address, undefined);
  await bob.server.says(":tea 005 bob draft/AUTHTOKEN :are supported");
  assertEquals(files(bob).address, "http://tea.example/files");
  await bob.leaves();
});

Deno.test("A token is asked for; a refusal of it is a sentence, and shown nowhere else", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES);
  const [token] = await Promise.all([
    files(bob).token(),
    bob.server.answers((label, line) => {
      assertEquals(line, "TOKEN GENERATE FILEHOST");
      return [`@label=${label} :tea TOKEN GENERATE FILEHOST http://tea.example/files :s3cret`];
    }),
  ]);
  assertEquals(token, { token: "s3cret" });
  const [refused] = await Promise.all([
    files(bob).token(),
    bob.server.answers((label) => [`@label=${label} :tea FAIL TOKEN ACCOUNT_REQUIRED FILEHOST :Only with an account`]),
  ]);
  assertEquals([refused, bob.told()], [{ refused: "Only with an account" }, []]);
  // Without a connection it may be asked again.
  await bob.server.hangsUp();
  assertEquals(await files(bob).token(), undefined);
  await bob.leaves();
});

Deno.test("A file is said as its address with what is known of it, and read so by others", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES);
  const sent = { address: ADDRESS, details: DETAILS, caption: "ours :tea:" };
  const said = files(bob).say(lobby(bob), { ...sent, replyTo: lobby(bob).find("a1") });
  let tag = "";
  await bob.server.answers((label, line) => {
    assertEquals(line, `PRIVMSG #lobby :${ADDRESS} ours 🍵`);
    tag = fileTag(DETAILS);
    return [`@label=${label};msgid=b3;${FILE_TAG}=${tag} :bob!~tea@host PRIVMSG #lobby :${ADDRESS} ours 🍵`];
  });
  assertEquals(await said, true);
  assertEquals(lobby(bob).find("b3")?.file, DETAILS);
  // One that is removed says nothing of its file any more.
  await bob.server.says(":bob!~tea@host REDACT #lobby b3");
  assertEquals(lobby(bob).find("b3")?.file, undefined);
  // What the server refuses is not said.
  const refused = files(bob).say(lobby(bob), sent);
  await bob.server.answers((label) => [`@label=${label} :tea 404 bob #lobby :Cannot send`]);
  assertEquals(await refused, false);
  await bob.leaves();
});

Deno.test("The tags of a file say what it is and which line it answers", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES);
  void files(bob).say(lobby(bob), {
    address: ADDRESS,
    details: DETAILS,
    caption: "",
    replyTo: lobby(bob).find("a1"),
  });
  const [line] = await bob.server.rest();
  const { tags, params } = parse(line);
  assertEquals([tags[FILE_TAG], tags["+draft/reply"], params], [fileTag(DETAILS), "a1", ["#lobby", ADDRESS]]);
  await bob.leaves();
});

Deno.test("An answer to what was said to this person alone is a file for its author alone", async () => {
  const bob = await Person.hearing("bob", `${CAPABILITIES} account-tag`);
  await bob.server.says("@msgid=p1;+draft/channel-context=#lobby :alice!a@10.0.0.7 PRIVMSG bob :psst");
  void files(bob).say(lobby(bob), {
    address: ADDRESS,
    details: DETAILS,
    caption: "",
    replyTo: lobby(bob).find("p1"),
  });
  assertEquals(parse((await bob.server.rest())[0]).params[0], "alice");
  await bob.leaves();
});
