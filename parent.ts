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
  const parent = Deno.ppid;
  let before = parentOf(parent);
  const timer = setInterval(() => {
    const now = parentOf(parent);
    before ??= now;
    // That it can't be found out does not say that npx is gone.
    if (Deno.ppid === parent && (now === before || now === undefined)) return;
    clearInterval(timer);
    handle();
  }, PAUSE);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * The process that has started another one; it is replaced when it is gone. Undefined where that can't be found out: not on
 * Linux, or while no more files can be opened.
 */
function parentOf(process: number): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    // proc(5): the name, which may hold anything, stands in brackets before the state and the parent.
    return /.*\) \S (\d+)/s.exec(Deno.readTextFileSync(`/proc/${process}/stat`))?.[1];
  } catch {
    return undefined;
  }
}
