/**
 * Notices that the `npx` which has started this program is gone. There a shell stands between npm and this program: SIGTERM
 * is passed on to that shell, which ends and tells nobody, and other signals end npm alone. It must not know what ends then.
 *
 * @module
 */

/** How often is looked, in milliseconds. */
const PAUSE = 200;

/**
 * Calls `handle` once, when npx or its shell is gone; never where npx has not started this program. One that is to outlive the
 * terminal (`nohup npx ...`) is no matter: npx does so, too.
 */
export function onNpxGone(handle: () => void): Disposable {
  // So npm calls it for `npx` and `npm exec`.
  if (Deno.env.get("npm_lifecycle_event") !== "npx" || Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    handle();
  }, PAUSE);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The process that has started this one, and on Linux the one that has started that: who is gone is replaced. */
function ancestors(): string {
  const parent = Deno.ppid;
  if (Deno.build.os !== "linux") return `${parent}`;
  try {
    // proc(5): the name, which may hold anything, stands in brackets before the state and the parent.
    const [, grandparent] = /.*\) \S (\d+)/s.exec(Deno.readTextFileSync(`/proc/${parent}/stat`)) ?? [];
    return `${parent} ${grandparent}`;
  } catch {
    return `${parent}`;
  }
}
