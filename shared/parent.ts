/**
 * Notices that the `npx` which has started this program is gone. npm starts this program by a shell. It passes SIGTERM on to the
 * shell, which ends without passing it on; other signals end npm alone.
 *
 * @module
 */

/** How often to look, in milliseconds. */
const PAUSE = 200;

/**
 * Calls `handle` once, when npx or its shell is gone; never where npx has not started this program. A program that is to outlive
 * its terminal (`setsid npx ...`) goes on, since npx goes on, too. (`nohup npx ...` does not: Node takes back what nohup has set.)
 *
 * @returns Stops looking.
 */
export function onNpxGone(handle: () => void): Disposable {
  // npm sets this for `npx` and `npm exec`.
  if (Deno.env.get("npm_lifecycle_event") !== "npx" || Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  const parent = Deno.ppid;
  let before = parentOf(parent);
  const timer = setInterval(() => {
    const now = parentOf(parent);
    before ??= now;
    // Where the parent can't be found out, npx need not be gone.
    if (Deno.ppid === parent && (now === before || now === undefined)) return;
    clearInterval(timer);
    handle();
  }, PAUSE);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * The parent of a process. The kernel gives a process another parent when its parent is gone.
 *
 * @returns The parent's number; undefined where it can't be found out: elsewhere than on Linux, or while no more files can be
 * opened.
 */
function parentOf(process: number): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    // proc(5): the process's name, which may hold anything, stands in parentheses before its state and its parent.
    return /.*\) \S (\d+)/s.exec(Deno.readTextFileSync(`/proc/${process}/stat`))?.[1];
  } catch {
    return undefined;
  }
}
