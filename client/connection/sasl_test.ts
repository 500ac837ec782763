import { assert, assertEquals, assertRejects } from "@std/assert";
import { mechanismOf, SaslError, scram } from "./sasl.ts";

const NONCE = "rOprNGfwEbeRWgbNEkqO";
const CHALLENGE = `r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const USER = { account: "user", password: "pencil" };

Deno.test("scram() says what RFC 7677 section 3 does", async () => {
  const exchange = scram(USER, NONCE);
  assertEquals((await exchange.next()).value, `n,,n=user,r=${NONCE}`);
  assertEquals(
    (await exchange.next(CHALLENGE)).value,
    `c=biws,r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  );
  assertEquals((await exchange.next("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).value, "");
  assert((await exchange.next("")).done);
});

Deno.test("scram() ends where the server does not know the password", async () => {
  const exchange = scram(USER, NONCE);
  await exchange.next();
  await exchange.next(CHALLENGE);
  await assertRejects(() => exchange.next("v=AAAA"), SaslError, "does not know the account's password itself");
});

Deno.test("scram() gives no proof for what is not fresh, cheap to guess, or endless", async () => {
  const challenges = [
    "",
    "r=,s=W22Z,i=4096",
    `r=${NONCE},s=W22Z,i=4096`,
    `r=other%hvY,s=W22Z,i=4096`,
    `r=${NONCE}x,i=4096`,
    `r=${NONCE}x,s=W22Z`,
    `r=${NONCE}x,s=W22Z,i=1`,
    `r=${NONCE}x,s=W22Z,i=4096.5`,
    `r=${NONCE}x,s=W22Z,i=4294967295`,
    `r=${NONCE}x,s=*,i=4096`,
  ];
  for (const challenge of challenges) {
    const exchange = scram(USER, NONCE);
    await exchange.next();
    await assertRejects(() => exchange.next(challenge), SaslError, "", challenge);
  }
});

Deno.test("scram() escapes a name, and takes what looks the same for the same password", async () => {
  const [first] = await answers({ account: "a,b=c", password: "ⅸ" });
  assertEquals(first, `n,,n=a=2Cb=3Dc,r=${NONCE}`);
  assertEquals(await answers({ account: "x", password: "ⅸ" }), await answers({ account: "x", password: "ix" }));
});

async function answers(credentials: typeof USER): Promise<(string | void)[]> {
  const exchange = scram(credentials, NONCE);
  return [(await exchange.next()).value, (await exchange.next(CHALLENGE)).value];
}

Deno.test("mechanismOf() takes the best that both have", () => {
  assertEquals(mechanismOf("EXTERNAL,plain,SCRAM-SHA-256")?.name, "SCRAM-SHA-256");
  assertEquals(mechanismOf("PLAIN,EXTERNAL")?.name, "PLAIN");
  // What a server that lists none has in any case.
  assertEquals(mechanismOf("")?.name, "PLAIN");
  assertEquals(mechanismOf("EXTERNAL"), undefined);
});

Deno.test("mechanismOf() takes PLAIN where there is no WebCrypto, as on a page over plain HTTP", () => {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, "crypto")!;
  Object.defineProperty(globalThis, "crypto", { value: { getRandomValues: () => {} }, configurable: true });
  try {
    assertEquals(mechanismOf("SCRAM-SHA-256,PLAIN")?.name, "PLAIN");
  } finally {
    Object.defineProperty(globalThis, "crypto", descriptor);
  }
});
