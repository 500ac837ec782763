/// <reference lib="dom" />
/**
 * Chromium whose user has installed an authority, as people do who follow the room's instructions: only so does it take the
 * page's https for what it is. A flag that ignores certificates would prove nothing, since it gives no page a worker.
 *
 * @module
 */

import { isInstalled, openFolder, run, skipped } from "../room.ts";
import { SecureRoom } from "../tls.ts";
import { type Browser, openBrowser, pathOf, WHOLE } from "./browser.ts";
import type { Guest } from "./guest.ts";

/** A name of this machine that only the browser knows. No browser takes it for this machine, whose plain http it would trust. */
export const NAME = "tea.local";

const missing: string[] = [];
for (const program of [WHOLE, "certutil"]) if (!await isInstalled(program)) missing.push(program);

/** Opens a Chromium that takes what an authority vouches for. @param authority Its certificate, as PEM. */
export async function openTrusting(authority: string): Promise<AsyncDisposable & { browser: Browser }> {
  const resources = new AsyncDisposableStack();
  try {
    const home = resources.use(await openFolder());
    const database = `${home.path}/.pki/nssdb`;
    await Deno.mkdir(database, { recursive: true });
    await Deno.writeTextFile(`${home.path}/ca.pem`, authority);
    await run("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
    await run("certutil", ["-d", `sql:${database}`, "-A", "-t", "C,,", "-n", "tea", "-i", `${home.path}/ca.pem`]);
    const browser = resources.use(
      await openBrowser({
        executablePath: await pathOf(WHOLE),
        env: { ...Deno.env.toObject(), HOME: home.path },
        args: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`, "--use-fake-device-for-media-stream"],
      }),
    );
    return { browser, [Symbol.asyncDispose]: () => resources.disposeAsync() };
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

/** A test with such a browser; skipped where there is none. It has its own authority, or several. */
export function trustTest(name: string, body: () => Promise<void>): void {
  Deno.test({ name: `page over https: ${name}${skipped(missing)}`, ignore: missing.length > 0, fn: body });
}

/** A test of the page of a room over https. @param body Given the room, a browser that trusts it, and the page's address. */
export function secureTest(
  name: string,
  body: (browser: Browser, secure: SecureRoom, at: string) => Promise<void>,
): void {
  trustTest(name, async () => {
    await using secure = await SecureRoom.open(() => ["--allow-host", NAME]);
    await using trusting = await openTrusting(await secure.authority());
    const { browser } = trusting;
    await body(browser, secure, `https://${NAME}:${secure.pagePort}/`).catch((error) => browser.holds(error));
    browser.holds();
  });
}

/** Whether the browser has kept the page as a whole. */
export async function isWhole({ page }: Guest): Promise<boolean> {
  return await page.evaluate(async () => await caches.match("./") !== undefined);
}
