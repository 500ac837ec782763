import { assertEquals } from "@std/assert";
import type { ClientOptions } from "../client.ts";
import { Person, turn } from "../testing.ts";

const CAPABILITIES = "echo-message labeled-response batch sasl=PLAIN,SCRAM-SHA-256-PLUS draft/account-registration";
const LOGIN = { account: "bob", password: "tea leaf" };

const base64 = (text: string) => btoa(text);

/** Somebody who connects to a server with accounts, up to where it waits for the next line. */
async function comes(options: Partial<ClientOptions> = {}): Promise<Person> {
  const bob = new Person("bob", { isEncrypted: true, ...options });
  await greets(bob);
  return bob;
}

/** Takes a connection up to the capabilities. */
async function greets(bob: Person): Promise<void> {
  await bob.server.rest();
  await bob.server.says(`CAP * LS :${CAPABILITIES}`);
  await bob.server.sees("CAP REQ :batch draft/account-registration echo-message labeled-response sasl");
  await bob.server.says("CAP * ACK :batch draft/account-registration echo-message labeled-response sasl");
}

/** Takes PLAIN with that account and password, and lets it in. */
async function takesLogin(bob: Person, account: string, password: string): Promise<void> {
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says("AUTHENTICATE +");
  await bob.server.sees(`AUTHENTICATE ${base64(`\0${account}\0${password}`)}`);
  await bob.server.says(
    `:tea 900 bob bob!~tea@host ${account} :You are now logged in as ${account}`,
    ":tea 903 bob :SASL authentication successful",
  );
}

/** Somebody in #lobby who answers questions for passwords with these. */
async function answering(...secrets: (string | undefined)[]): Promise<{ bob: Person; questions: string[] }> {
  const questions: string[] = [];
  const bob = await Person.hearing("bob", CAPABILITIES, {
    isEncrypted: true,
    askSecret: (question) => {
      questions.push(question);
      return Promise.resolve(secrets.shift());
    },
  });
  return { bob, questions };
}

Deno.test("Connection logs in before it comes in, and again after it was lost", async () => {
  const bob = await comes({ login: LOGIN });
  await takesLogin(bob, "bob", "tea leaf");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(bob.told().map((event) => event.type === "info" ? event.text : event.type), [
    "connected",
    "You are logged in as bob.",
  ]);
  await bob.server.hangsUp();
  assertEquals(bob.client.state.account, undefined);
  await bob.clock.advance(1_000);
  await greets(bob);
  await takesLogin(bob, "bob", "tea leaf");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals([bob.client.state.account, bob.heard()], ["bob", []]);
  await bob.leaves();
});

Deno.test("Connection takes the account's nick as soon as whoever else has it has to give it back", async () => {
  const bob = await comes({ login: LOGIN });
  await bob.server.says(":tea 433 * bob :Nickname is already in use");
  await bob.server.sees("AUTHENTICATE PLAIN", "NICK bob_2");
  await bob.server.says("AUTHENTICATE +");
  await bob.server.rest();
  await bob.server.says(":tea 900 bob_2 bob_2!~tea@host bob :in", ":tea 903 bob_2 :done");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob_2 :Welcome");
  await bob.server.rest();
  await bob.server.says(":bob!b@host NICK guest-1234");
  await bob.server.sees("NICK bob");
  await bob.leaves();
});

Deno.test("Connection comes in without an account where the login is refused, says so, and does not try again", async () => {
  const refusals = [
    [":tea 904 bob :SASL authentication failed", "that is not its password, or there is no such account"],
    [
      ":tea 904 bob :SASL authentication failed (by SCRAM only with the account's own password; an app password needs PLAIN)",
      "that is not its password, or there is no such account",
    ],
    [":tea 904 bob :Too many failed logins: wait", "Too many failed logins: wait"],
    ["AUTHENTICATE *!*", "the room's answer cannot be read"],
  ];
  for (const [line, why] of refusals) {
    const bob = await comes({ login: LOGIN });
    await bob.server.sees("AUTHENTICATE PLAIN");
    await bob.server.says(line);
    if (line.startsWith("AUTH")) await bob.server.sees("AUTHENTICATE *");
    await bob.server.sees("CAP END");
    await bob.server.says(":tea 001 bob :Welcome");
    assertEquals(bob.heard(), [`You are not logged in as bob: ${why}. /login tries again.`]);
    await bob.server.hangsUp();
    await bob.clock.advance(1_000);
    await greets(bob);
    await bob.server.sees("CAP END");
    await bob.leaves();
  }
});

Deno.test("Connection does not wait for a login for ever, and says so where a server has none", async () => {
  const bob = await comes({ login: LOGIN });
  await bob.clock.advance(10_000);
  await bob.server.sees("AUTHENTICATE PLAIN", "AUTHENTICATE *", "CAP END");
  assertEquals(bob.heard(), ["You are not logged in as bob: the room does not answer. /login tries again."]);
  await bob.leaves();

  for (const capabilities of ["server-time", "sasl=EXTERNAL"]) {
    const eve = new Person("eve", { login: LOGIN });
    await eve.server.welcomes("eve", capabilities);
    const why = capabilities.startsWith("sasl")
      ? "the room only knows EXTERNAL, which is not known here"
      : "this room has no accounts";
    assertEquals(eve.heard(), [`You are not logged in as bob: ${why}. /login tries again.`]);
    await eve.leaves();
  }
  // One that knows no capabilities at all.
  const dan = new Person("dan", { login: LOGIN });
  await dan.server.says(":tea 001 dan :Welcome");
  assertEquals(dan.heard(), ["You are not logged in as bob: this room has no accounts. /login tries again."]);
  await dan.leaves();
});

Deno.test("Connection sends a long message in parts, and takes one", async () => {
  const password = "x".repeat(295);
  const bob = await comes({ login: { account: "bob", password } });
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says("AUTHENTICATE +");
  // 300 bytes are 400 characters, which an empty part has to follow.
  await bob.server.sees(`AUTHENTICATE ${base64(`\0bob\0${password}`)}`, "AUTHENTICATE +");
  await bob.server.says(`AUTHENTICATE ${"A".repeat(400)}`, `AUTHENTICATE AAAA`);
  await bob.server.sees("AUTHENTICATE *", "CAP END");
  await bob.leaves();

  const eve = await comes({ login: LOGIN });
  await eve.server.sees("AUTHENTICATE PLAIN");
  await eve.server.says(...Array(11).fill(`AUTHENTICATE ${"A".repeat(400)}`));
  await eve.server.sees("AUTHENTICATE *", "CAP END");
  await eve.leaves();
});

Deno.test("/login asks for the password, logs in, and again after a lost connection", async () => {
  const { bob, questions } = await answering("tea leaf");
  await bob.writes("/login");
  await takesLogin(bob, "bob", "tea leaf");
  assertEquals([bob.heard(), questions], [["You are logged in as bob."], ["Password of the account bob:"]]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await greets(bob);
  await takesLogin(bob, "bob", "tea leaf");
  await bob.leaves();
});

Deno.test("/login says why it did nothing, and says no password", async () => {
  const { bob, questions } = await answering(undefined, "wrong");
  await bob.writes("/login");
  await bob.writes("/login alice");
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says(":tea 904 bob :SASL authentication failed");
  assertEquals(bob.heard(), [
    "No password was given: /login did nothing.",
    "You are not logged in as alice: that is not its password, or there is no such account.",
  ]);
  await bob.writes("/login bob secret");
  assertEquals([bob.heard(), questions.length], [["Usage: /login [account]; the password is asked for"], 3]);
  await bob.leaves();

  const carol = await Person.hearing("carol", "labeled-response batch", { askSecret: () => Promise.resolve("x") });
  await carol.writes("/login", "/register");
  await carol.server.hangsUp();
  await carol.writes("/login", "/oper chief");
  const dan = await Person.hearing("dan", CAPABILITIES);
  await dan.writes("/login", "/register", "/oper chief");
  assertEquals(carol.heard(), [
    "This room has no accounts.",
    "This room makes no accounts.",
    "The room can't be reached now: /login once it is back.",
    "The room can't be reached now: /oper once it is back.",
  ]);
  assertEquals(
    dan.heard(),
    ["login", "register", "oper"].map((name) => {
      return `/${name} asks for a password, which cannot be done here.`;
    }),
  );
  await dan.leaves();
  await carol.leaves();
});

Deno.test("/login ends with the connection, and a password that comes late is sent to nobody", async () => {
  const { bob } = await answering("tea leaf");
  await bob.writes("/login");
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.hangsUp();
  assertEquals(bob.heard(), ["You are not logged in as bob: the connection was lost."]);
  await bob.leaves();

  const { promise, resolve } = Promise.withResolvers<string>();
  const carol = await Person.hearing("carol", CAPABILITIES, { askSecret: () => promise });
  await carol.writes("/login", "a line after it");
  await carol.server.hangsUp();
  resolve("secret");
  await turn();
  assertEquals(carol.heard(), ["The room can't be reached now: /login once it is back."]);
  await carol.clock.advance(1_000);
  await greets(carol);
  await carol.server.sees("CAP END");
  await carol.server.says(":tea 001 carol :Welcome");
  assertEquals((await carol.server.rest()).filter((line) => line.includes("secret")), []);
  await carol.leaves();
});

Deno.test("/register makes an account of the nick, asks twice, and logs in with it after a lost connection", async () => {
  const { bob, questions } = await answering("tea leaf", "tea leaf");
  await bob.writes("/register");
  const sent = await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    "@batch=1 :tea REGISTER SUCCESS bob :Account successfully registered",
    "@batch=1 :tea 900 bob bob!~tea@host bob :You are now logged in as bob",
    "BATCH -1",
  ]);
  assertEquals([sent, questions], [
    "REGISTER * * :tea leaf",
    ["A password for the account bob:", "The same once more:"],
  ]);
  assertEquals(bob.heard(), ["The account bob is yours, and you are logged in. Elsewhere: /login bob"]);
  await bob.writes("/register");
  assertEquals(bob.heard(), ["You are logged in as bob."]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await greets(bob);
  await takesLogin(bob, "bob", "tea leaf");
  await bob.leaves();
});

Deno.test("/register says why it made no account", async () => {
  const { bob } = await answering("one", "two", undefined, "bob", "bob");
  await bob.writes("/register");
  await bob.writes("/register alice");
  await bob.writes("/register");
  await bob.server.answers((label) => [`@label=${label} FAIL REGISTER WEAK_PASSWORD bob :A password has more`]);
  assertEquals(bob.heard(), [
    "The two were not the same: no account was made.",
    "An account has the name of your nick here: /nick alice first.",
    "A password has more",
  ]);
  await bob.leaves();
});

Deno.test("/oper asks for the password, and shows what came of it", async () => {
  const { bob } = await answering("steep", "wrong");
  await bob.writes("/oper chief");
  const sent = await bob.server.answers((label) => [`@label=${label} :tea 381 bob :You are now an IRC operator`]);
  await bob.writes("/oper chief");
  await bob.server.answers((label) => [`@label=${label} :tea 464 bob :Password incorrect`]);
  assertEquals([sent, ...bob.heard()], [
    "OPER chief steep",
    "You are an operator of this room now.",
    "The password is wrong.",
  ]);
  await bob.leaves();
});

Deno.test("/login takes back the nick that the server took, and a nick that was asked for stays", async () => {
  const { bob, questions } = await answering("tea leaf", "tea leaf");
  await bob.server.says(
    ":tea NOTICE bob :bob is the nick of an account: log in, or you are given another in 30 s",
    ":bob!~tea@host NICK guest-1234",
  );
  assertEquals(bob.told().flatMap((event) => "text" in event ? [event.text] : []), [
    "bob is the nick of an account: log in, or you are given another in 30 s",
    "If bob is yours, /login asks for its password; else /nick NAME gives you another.",
  ]);
  await bob.writes("/login");
  await takesLogin(bob, "bob", "tea leaf");
  assertEquals(questions, ["Password of the account bob:"]);
  await bob.server.sees("NICK bob");
  await bob.server.says(":guest-1234!~tea@host NICK bob");
  assertEquals(await bob.sends("/nick robert"), ["NICK robert"]);
  await bob.server.says(":bob!~tea@host NICK robert");
  await bob.writes("/login bob");
  await takesLogin(bob, "bob", "tea leaf");
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("Client hints at /login only where it helps, and only the server", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES);
  const text = "This nickname is registered. Please identify via /msg NickServ";
  await bob.server.says(`:mallory!m@host NOTICE bob :${text}`, `:tea NOTICE bob :The kettle is registered`);
  assertEquals(bob.heard(), []);
  await bob.server.says(`:NickServ!n@services NOTICE bob :${text}`);
  assertEquals(bob.heard(), ["If bob is yours, /login asks for its password; else /nick NAME gives you another."]);
  await bob.server.says(":tea 900 bob bob!~tea@host bob :in", `:NickServ!n@services NOTICE bob :${text}`);
  assertEquals(bob.heard(), []);
  await bob.leaves();
});

/** A connection over which anybody on the way could read, to a server that takes only this. */
async function comesInTheOpen(mechanisms: string, options: Partial<ClientOptions> = {}): Promise<Person> {
  const bob = new Person("bob", { login: LOGIN, ...options });
  await greetsWith(bob, mechanisms);
  return bob;
}

async function greetsWith(bob: Person, mechanisms: string): Promise<void> {
  await bob.server.rest();
  await bob.server.says(`CAP * LS :sasl${mechanisms}`);
  await bob.server.sees("CAP REQ sasl");
  await bob.server.says("CAP * ACK :sasl");
}

Deno.test("Login believes no server that says it is done before both sides have proved what they know", async () => {
  const success = [":tea 900 bob bob!~tea@host bob :You are now logged in as bob", ":tea 903 bob :successful"];
  const fake = (text: string) => `AUTHENTICATE ${base64(text)}`;
  const plots: ((nonce: string) => string[])[] = [
    // At once; after the name; with a challenge of its own; with a proof that is none, before or after the answer.
    () => [],
    () => ["AUTHENTICATE +"],
    (nonce) => ["AUTHENTICATE +", fake(`r=${nonce}x,s=c2FsdA==,i=4096`)],
    (nonce) => ["AUTHENTICATE +", fake(`r=${nonce}x,s=c2FsdA==,i=4096`), fake("v=AAAA")],
    () => ["AUTHENTICATE +", fake("v=AAAA")],
    () => ["AUTHENTICATE +", "AUTHENTICATE +", "AUTHENTICATE +"],
  ];
  for (const [i, plot] of plots.entries()) {
    const bob = await comesInTheOpen("=PLAIN,SCRAM-SHA-256");
    await bob.server.sees("AUTHENTICATE SCRAM-SHA-256");
    await bob.server.says("AUTHENTICATE +");
    const [, nonce] = /r=(.*)$/.exec(atob((await bob.server.rest())[0].split(" ")[1]))!;
    await bob.server.says(...plot(nonce).slice(1), ...success);
    // Hashing takes its time.
    for (let sent = [""]; !sent.includes("CAP END"); sent = await bob.server.rest());
    await bob.server.says(":tea 001 bob :Welcome", ...success);
    const heard = bob.heard();
    assertEquals(heard.length, 1, `plot ${i}: ${heard}`);
    assertEquals(heard[0].startsWith("You are not logged in as bob: "), true, heard[0]);
    // What it says without having been asked is its own word.
    assertEquals(bob.client.connection.login.isLoggedIn, false);
    await bob.leaves();
  }
});

Deno.test("Login by PLAIN is not done either before the password was told", async () => {
  const bob = await comes({ login: LOGIN });
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says(":tea 900 bob bob!~tea@host bob :in", ":tea 903 bob :done");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals([bob.client.state.account, bob.heard()], [undefined, [
    "You are not logged in as bob: the room does not know the account's password itself. /login tries again.",
  ]]);
  await bob.leaves();
});

Deno.test("a server that says by itself that one is logged in is quoted, and not repeated as if it were so", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES, { askSecret: () => Promise.resolve("x") });
  await bob.server.says(":tea 900 bob bob!~tea@host eve :You are now logged in as eve", ":tea 903 bob :done");
  await bob.writes("/register");
  assertEquals(bob.heard(), ["The room says that you are logged in as eve."]);
  await bob.leaves();
});

Deno.test("a password that others could read is sent to nobody where nobody can be asked", async () => {
  for (const mechanisms of ["=PLAIN", "", "=EXTERNAL,PLAIN,SCRAM-SHA-1"]) {
    const bob = await comesInTheOpen(mechanisms);
    await bob.server.sees("CAP END");
    await bob.server.says(":tea 001 bob :Welcome");
    assertEquals(bob.heard(), [
      "You are not logged in as bob: the room wants the password as it is, where others on the network could read it; " +
      "it was not sent. /login tries again.",
    ]);
    assertEquals((await bob.server.rest()).filter((line) => line.includes("AUTH")), []);
    assertEquals(bob.client.refusals, 1);
    await bob.leaves();
  }
});

Deno.test("a password that others could read is sent once the person has agreed, and then to that account's server", async () => {
  const questions: string[] = [];
  let agrees = false;
  const confirm = (question: string) => {
    questions.push(question);
    return Promise.resolve(agrees);
  };
  const bob = await comesInTheOpen("=PLAIN", { confirm, askSecret: () => Promise.resolve("tea leaf") });
  // It comes in first: who is asked may take their time.
  await bob.server.sees("CAP END");
  assertEquals(questions, []);
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(bob.heard(), ["You are not logged in as bob: its password was not sent. /login tries again."]);
  assertEquals([questions.length, questions[0].includes("can read the password")], [1, true]);
  await bob.server.rest();
  agrees = true;
  await bob.server.says(":bob!~tea@host JOIN #lobby");
  await bob.server.rest();
  await bob.clock.advance(30_000);
  await bob.server.rest();
  await bob.writes("/login");
  await takesLogin(bob, "bob", "tea leaf");
  assertEquals([bob.heard(), questions.length], [["You are logged in as bob."], 2]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await greetsWith(bob, "=PLAIN");
  await takesLogin(bob, "bob", "tea leaf");
  assertEquals(questions.length, 2);
  await bob.leaves();
});

Deno.test("a login that is agreed to after the connection was lost tells the next server nothing", async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const bob = await comesInTheOpen("=PLAIN", { confirm: () => promise });
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await greetsWith(bob, "=PLAIN");
  resolve(true);
  await turn();
  assertEquals((await bob.server.rest()).filter((line) => line.includes("AUTH")), []);
  await bob.leaves();
});
