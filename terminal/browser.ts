/**
 * Opens an address in the browser that the person uses, where they sit at the machine itself.
 *
 * @module
 */

import type { System } from "./window.ts";

const THIS: System = { os: Deno.build.os, valueOf: (variable) => Deno.env.get(variable) };

/**
 * The program that opens an address, and its arguments before that; undefined where no browser would be seen: whoever is here
 * by SSH sits elsewhere, and without a screen `xdg-open` would start a browser in the terminal.
 */
export function openerOf({ os, valueOf }: System): [program: string, ...args: string[]] | undefined {
  if (valueOf("SSH_CONNECTION") || valueOf("SSH_TTY")) return undefined;
  if (os === "darwin") return ["open"];
  // It reads the address itself; `start` is a word of a shell.
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  return valueOf("DISPLAY") || valueOf("WAYLAND_DISPLAY") ? ["xdg-open"] : undefined;
}

/**
 * Opens an address. No shell reads it: it is one argument.
 *
 * @param url Begins with `https:`.
 * @returns Whether a program was started that opens it.
 */
export function openInBrowser(url: string, system = THIS): boolean {
  const [program, ...args] = openerOf(system) ?? [];
  if (program === undefined) return false;
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  try {
    const child = new Deno.Command(program, { args: [...args, url], ...streams, detached: true }).spawn();
    child.unref();
    return true;
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied;
    if (!isMissing) throw error;
    return false;
  }
}
