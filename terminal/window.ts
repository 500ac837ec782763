/**
 * Opens the page in a window of its own, without tabs and address: an installed Chromium, Edge or Chrome can do that.
 *
 * @module
 */

import { words } from "./language.ts";

/** What a person's machine says of itself. */
export interface System {
  os: string;
  /** An environment variable. */
  valueOf: (variable: string) => string | undefined;
}

const THIS: System = { os: Deno.build.os, valueOf: (variable) => Deno.env.get(variable) };

/** What the browsers are called where programs are found by their names. */
const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "microsoft-edge-stable",
];

/** Where they lie in a folder of programs on macOS, and on Windows. */
const ON_MACOS = ["Google Chrome", "Microsoft Edge", "Chromium"].map((name) => `${name}.app/Contents/MacOS/${name}`);
const ON_WINDOWS = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
  "Chromium\\Application\\chrome.exe",
];

/** For so many milliseconds a browser may end with an error, for example since there is no screen. */
const PATIENCE = 1_500;

/** The browsers that may be installed: names, or paths. */
export function browsersOf({ os, valueOf }: System): string[] {
  if (os === "darwin") {
    const home = valueOf("HOME");
    const folders = ["/Applications", ...(home ? [`${home}/Applications`] : [])];
    return folders.flatMap((folder) => ON_MACOS.map((path) => `${folder}/${path}`));
  }
  if (os !== "windows") return NAMES;
  const folders = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].map(valueOf);
  return folders.filter((folder) => folder).flatMap((folder) => ON_WINDOWS.map((path) => `${folder}\\${path}`));
}

/**
 * Reads the address of a page as a person writes it: `https://tea.example/`, or `HOST[:PORT]` for one without TLS.
 *
 * @throws {RangeError} If it is no such address, or holds a secret, which others on the machine could see.
 */
export function readPage(text: string): URL {
  const written = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (text === "" || url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(words().usage.noPage(text));
  }
  if (url.username !== "" || url.password !== "" || /^#owner=/i.test(url.hash)) {
    throw new RangeError(words().usage.secretInPage);
  }
  return url;
}

/**
 * Opens a window. No shell reads the address: it is one argument, which begins with `--app=`.
 *
 * @returns Why there is no window, in a sentence; undefined if there is one.
 */
export async function openWindow(url: URL, system = THIS): Promise<string | undefined> {
  let failure: string | undefined;
  for (const browser of browsersOf(system)) {
    try {
      const command = new Deno.Command(browser, {
        args: [`--app=${url.href}`],
        stdin: "null",
        stdout: "null",
        stderr: "null",
        detached: true,
      });
      const child = command.spawn();
      child.unref();
      const exit = await Promise.race([child.status, patience()]);
      if (exit === undefined || exit.success) return undefined;
      failure ??= words().window.failed(browser, exit.code);
    } catch (error) {
      const isMissing = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
        error instanceof Deno.errors.NotADirectory;
      if (!isMissing) throw error;
    }
  }
  return failure ?? words().window.noBrowser(url.href);
}

function patience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
}
