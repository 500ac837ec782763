import { assert, assertEquals } from "@std/assert";
import { Person } from "../testing.ts";

const CAPABILITIES = "echo-message labeled-response batch sasl=PLAIN";

/** bob, in #lobby and logged in, who answers questions for passwords with these. */
async function bobWhoIsLoggedIn(...secrets: (string | undefined)[]): Promise<{ bob: Person; questions: string[] }> {
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

/** Takes the proof of a password; whether it is right. */
async function proves(bob: Person, password: string, isRight = true): Promise<void> {
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says("AUTHENTICATE +");
  await bob.server.sees(`AUTHENTICATE ${btoa(`\0bob\0${password}`)}`);
  await bob.server.says(isRight ? ":tea 903 bob :done" : ":tea 904 bob :SASL authentication failed");
}

/** Comes back after a lost connection; gives the password that it logs in with, if it does. */
async function comesBack(bob: Person): Promise<string | undefined> {
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.rest();
  await bob.server.says(`CAP * LS :${CAPABILITIES}`);
  await bob.server.rest();
  await bob.server.says("CAP * ACK :batch echo-message labeled-response sasl");
  if ((await bob.server.rest())[0] === "CAP END") return undefined;
  await bob.server.says("AUTHENTICATE +");
  return atob((await bob.server.rest())[0].split(" ")[1]).split("\0")[2];
}

Deno.test("/password has the old password proved before it asks for the new one, and keeps that", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn("old", "new leaf", "new leaf");
  await bob.writes("/password");
  assertEquals(questions.length, 1);
  await proves(bob, "old");
  const sent = await bob.server.answers((label) => [`@label=${label} PASSWD SUCCESS bob :Password changed`]);
  assertEquals(sent, "PASSWD :new leaf");
  assertEquals(questions, [
    "The password of bob as it is now:",
    "The new password of bob:",
    "The same once more:",
  ]);
  assertEquals(bob.heard(), ["bob has the new password from now on, on all your devices."]);
  assertEquals(await comesBack(bob), "new leaf");
  await bob.leaves();
});

Deno.test("/password asks for the new one twice at once, where the view can, and again where the two differ", async () => {
  const asked: string[][] = [];
  const answers = [["new leaf", "new laef"], ["new leaf", "new leaf"]];
  const bob = await Person.hearing("bob", CAPABILITIES, {
    isEncrypted: true,
    askSecret: () => Promise.resolve("old"),
    askNewSecret: (...questions) => {
      asked.push(questions);
      return Promise.resolve(answers.shift());
    },
  });
  await bob.server.says(":tea 900 bob bob!~tea@host bob :You are now logged in as bob");
  await bob.writes("/password");
  await proves(bob, "old");
  const sent = await bob.server.answers((label) => [`@label=${label} PASSWD SUCCESS bob :Password changed`]);
  assertEquals(sent, "PASSWD :new leaf");
  const { onceMore, newPasswordOf, notTheSameSo } = bob.client.sentences.accounts;
  assertEquals(asked, [[newPasswordOf("bob"), onceMore], [notTheSameSo(newPasswordOf("bob")), onceMore]]);
  await bob.leaves();
});

Deno.test("/password asks again for a wrong password, and for two that differ, before anything else can be typed", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn("wrong", "old", "new leaf", "new laef", "new leaf", "new leaf");
  await bob.writes("/password");
  await proves(bob, "wrong", false);
  await proves(bob, "old");
  const sent = await bob.server.answers((label) => [`@label=${label} PASSWD SUCCESS bob :Password changed`]);
  assertEquals(sent, "PASSWD :new leaf");
  assertEquals(questions, [
    "The password of bob as it is now:",
    "That is not it. The password of bob as it is now:",
    "The new password of bob:",
    "The same once more:",
    "The two were not the same. The new password of bob:",
    "The same once more:",
  ]);
  await bob.leaves();
});

Deno.test("/password asks no more than three times", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn("one", "two", "three", "four");
  await bob.writes("/password");
  for (const wrong of ["one", "two", "three"]) await proves(bob, wrong, false);
  assertEquals([questions.length, bob.heard()], [3, [
    "The password of bob is as it was: that is not its password, or there is no such account.",
  ]]);
  await bob.leaves();
});

Deno.test("/password takes no password that was not typed twice, whoever gives up between", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn("old", "one", "two", "two", undefined);
  await bob.writes("/password");
  await proves(bob, "old");
  assertEquals([questions.length, bob.heard(), await bob.server.rest()], [5, [
    "The two were not the same: the password is as it was.",
  ], []]);
  await bob.leaves();
});

Deno.test("/password says why the password is as it was, and logs in with the old one again", async () => {
  const cases: [secrets: (string | undefined)[], heard: string, isRight: boolean, answer?: string][] = [
    [["wrong"], "The password of bob is as it was: that is not its password, or there is no such account.", false],
    [["old", "one", "two"], "The two were not the same: the password is as it was.", true],
    [["old", "one"], "No password was given: /password did nothing.", true],
    [["old", "x", "x"], "Too short", true, "FAIL PASSWD WEAK_PASSWORD bob :Too short"],
    [
      ["old", "x", "x"],
      "The room did not say whether bob has the new password: /login bob tells it.",
      true,
      ":tea ACK",
    ],
  ];
  for (const [secrets, heard, isRight, answer] of cases) {
    const { bob } = await bobWhoIsLoggedIn(...secrets);
    await bob.writes("/password");
    await proves(bob, secrets[0]!, isRight);
    if (answer !== undefined) await bob.server.answers((label) => [`@label=${label} ${answer}`]);
    assertEquals(bob.heard(), [heard]);
    assertEquals(await comesBack(bob), isRight ? "old" : undefined);
    await bob.leaves();
  }
});

Deno.test("/password and /drop need an account, and a connection", async () => {
  const { bob } = await bobWhoIsLoggedIn("old");
  await bob.server.says(":tea 901 bob bob!~tea@host :You are now logged out: the password was changed");
  assertEquals(bob.heard(), [
    'You are no longer logged in as bob: the room says "You are now logged out: the password was changed". ' +
    "/login asks for its password.",
  ]);
  await bob.writes("/password", "/drop");
  await bob.server.hangsUp();
  await bob.writes("/password", "/drop", "/drop carol");
  assertEquals(bob.heard(), [
    "You are not logged in to an account: /login, then /password.",
    "You are not logged in to an account: /login, then /drop.",
    "The room can't be reached now: /password once it is back.",
    "The room can't be reached now: /drop once it is back.",
    "The room can't be reached now: /drop once it is back.",
  ]);
  await bob.leaves();
});

Deno.test("/drop warns, has the password proved, and logs in to the account no more", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn("wrong", undefined, "old");
  await bob.writes("/drop");
  await proves(bob, "wrong", false);
  assertEquals([bob.heard(), await bob.server.rest()], [[
    "The account bob is still there: that is not its password, or there is no such account.",
  ], []]);
  await bob.writes("/drop BOB");
  await proves(bob, "old");
  assertEquals(await bob.server.answers((label) => [`@label=${label} DROP SUCCESS bob :Account removed`]), "DROP bob");
  assert(questions.length === 3 && questions[2].startsWith("This removes the account bob for good"));
  assertEquals([bob.heard(), bob.client.state.account], [["The account bob is removed."], undefined]);
  assertEquals(await comesBack(bob), undefined);
  await bob.leaves();
});

Deno.test("/drop NAME of an operator asks for no password, and says who may not", async () => {
  const { bob, questions } = await bobWhoIsLoggedIn();
  await bob.writes("/drop carol");
  const sent = await bob.server.answers((label) => [`@label=${label} DROP SUCCESS carol :Account removed`]);
  await bob.writes("/drop dave");
  await bob.server.answers((label) => [`@label=${label} FAIL DROP NO_PERMISSION dave :You may not`]);
  assertEquals([sent, questions, bob.heard()], ["DROP carol", [], ["The account carol is removed.", "You may not"]]);
  assertEquals(bob.client.state.account, "bob");
  await bob.leaves();
});

Deno.test("/drop NAME of an operator asks first, where somebody can be asked, and a No leaves the account as it is", async () => {
  const asked: [string, string][] = [];
  const answers = [false, true];
  const bob = await Person.hearing("bob", CAPABILITIES, {
    confirm: (question, doing) => {
      asked.push([question, doing]);
      return Promise.resolve(answers.shift()!);
    },
  });
  await bob.writes("/drop carol");
  assertEquals([bob.heard(), await bob.server.rest()], [["The account carol is still there: you did not agree."], []]);
  await bob.writes("/drop carol");
  const sent = await bob.server.answers((label) => [`@label=${label} DROP SUCCESS carol :Account removed`]);
  assertEquals([sent, bob.heard()], ["DROP carol", ["The account carol is removed."]]);
  assertEquals(asked.map(([question, doing]) => [question.split(":")[0], doing]), [
    ["This removes the account carol for good", "remove"],
    ["This removes the account carol for good", "remove"],
  ]);
  await bob.leaves();
});

Deno.test("whoever is an operator of the server no more is told", async () => {
  const bob = await Person.hearing("bob", CAPABILITIES);
  await bob.server.says(":bob!bob@host MODE bob +o", ":bob!bob@host MODE bob +B-w", ":bob!bob@host MODE bob -w+B");
  assertEquals(bob.heard(), []);
  await bob.server.says(":bob!bob@host MODE bob +B-wo");
  assertEquals(bob.heard(), ["You are no operator of this room any more."]);
  await bob.leaves();
});

Deno.test("commands that a server never answers end, and what is written after them is handled", async () => {
  const { bob } = await bobWhoIsLoggedIn();
  await bob.writes("/drop carol", "/topic", "hello");
  await bob.clock.advance(30_000);
  assertEquals(bob.heard(), ["The room does not answer: nobody knows whether /drop did anything."]);
  await bob.clock.advance(30_000);
  const sent = (await bob.server.rest()).map((line) => line.replace(/^@\S+ /, ""));
  assertEquals(sent.filter((line) => !line.startsWith("PING")), [
    "DROP carol",
    "TOPIC :#lobby",
    "PRIVMSG #lobby :hello",
  ]);
  await bob.leaves();
});

Deno.test("/register and /oper ask before a password goes over an open connection, once for each name", async () => {
  const asked: string[] = [];
  const answers = [false, true, true];
  const bob = await Person.hearing("bob", `${CAPABILITIES} draft/account-registration`, {
    askSecret: () => Promise.resolve("tea leaf"),
    confirm: (question) => {
      asked.push(question);
      return Promise.resolve(answers.shift()!);
    },
  });
  await bob.writes("/register");
  assertEquals([bob.heard(), await bob.server.rest()], [["No account bob was made: its password was not sent."], []]);
  await bob.writes("/register");
  await bob.server.answers((label) => [`@label=${label} FAIL REGISTER WEAK_PASSWORD bob :Longer`]);
  await bob.writes("/register");
  await bob.server.answers((label) => [`@label=${label} REGISTER SUCCESS bob :Done`]);
  await bob.writes("/oper chief");
  await bob.server.answers((label) => [`@label=${label} :tea 381 bob :You are now an IRC operator`]);
  assertEquals(asked.map((question) => /takes the password of (\S+) .* can read the password/.exec(question)?.[1]), [
    "bob",
    "bob",
    "chief",
  ]);
  await bob.leaves();
});

Deno.test("/register sends no password over an open connection where nobody can be asked", async () => {
  const bob = await Person.hearing("bob", `${CAPABILITIES} draft/account-registration`, {
    askSecret: () => Promise.resolve("tea leaf"),
  });
  await bob.writes("/register", "/oper chief");
  const why = "the room wants the password as it is, where others on the network could read it; it was not sent";
  assertEquals([bob.heard(), await bob.server.rest()], [[
    `No account bob was made: ${why}.`,
    `You are no operator: ${why}.`,
  ], []]);
  await bob.leaves();
});

Deno.test("/register keeps the account that was asked for, whatever name the server answers with", async () => {
  const bob = await Person.hearing("bob", `${CAPABILITIES} draft/account-registration`, {
    isEncrypted: true,
    askSecret: () => Promise.resolve("tea leaf"),
  });
  const long = "x".repeat(5_000);
  await bob.writes("/register");
  await bob.server.answers((label) => [`@label=${label} REGISTER SUCCESS ${long} :Done`]);
  await bob.server.says(`:tea 900 bob bob!~tea@host ${long} :You are now logged in`);
  assertEquals(bob.heard(), ["The account bob is yours, and you are logged in. Elsewhere: /login bob"]);
  assertEquals([bob.client.state.account, await comesBack(bob)], [undefined, "tea leaf"]);
  await bob.leaves();
});
