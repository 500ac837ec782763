import { assertEquals } from "@std/assert";
import { type CookieOptions, pageName, secretsIn, settingSecret } from "./cookies.ts";

const options: CookieOptions = { room: "abc", base: "/", isSecure: false };

Deno.test("secretsIn() finds the room's own cookie among others, and none of another room or way", () => {
  const table: [string | undefined, string[]][] = [
    [undefined, []],
    ["", []],
    ["teahouse-abc=x", ["x"]],
    [" a=1;teahouse-abcd=y ;  teahouse-abc=x=z; b", ["x=z"]],
    ["__Secure-teahouse-abc=x", []],
    ["teahouse-abc", []],
    [";".repeat(400) + "teahouse-abc=x", []],
    ["teahouse-abc=x; teahouse-abc=y; teahouse-abc=x", ["x", "y"]],
    [Array.from({ length: 200 }, (_, i) => `teahouse-abc=${i}`).join("; "), ["0", "1", "2"]],
  ];
  for (const [header, secrets] of table) assertEquals(secretsIn(header, options), secrets, header);
  const both = "teahouse-abc=x; __Secure-teahouse-abc=y; __Host-teahouse-abc=z";
  assertEquals(secretsIn(both, { ...options, isSecure: true }), ["z"]);
  assertEquals(secretsIn(both, { ...options, base: "/tea/", isSecure: true }), ["y"]);
});

Deno.test("settingSecret() ends the oldest cookies of other rooms where there are many", () => {
  const others = Array.from({ length: 12 }, (_, i) => `teahouse-${i}=x`);
  const header = ["theme=dark", ...others, "teahouse-abc=old"].join("; ");
  assertEquals(settingSecret(header, "new", options), [
    "Set-Cookie: teahouse-abc=new; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000",
    "Set-Cookie: teahouse-0=; Path=/; Max-Age=0",
    "Set-Cookie: teahouse-1=; Path=/; Max-Age=0",
  ]);
  assertEquals(settingSecret("__Secure-teahouse-9=x", "new", options).length, 1);
});

Deno.test("pageName() says browser and system, as far as the user agent tells", () => {
  const chrome =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
  const table: [string | undefined, string][] = [
    [chrome, "Chrome on Windows"],
    [`${chrome} Edg/140.0`, "Edge on Windows"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iOS"],
    ["Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"],
    [undefined, "Browser"],
    ["curl/8", "Browser"],
  ];
  for (const [agent, name] of table) assertEquals(pageName(agent), name);
});
