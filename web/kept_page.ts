/// <reference lib="dom" />
/**
 * Has the browser keep this page for when the room can't be reached (see worker.ts), and says whether this is the kept page.
 *
 * @module
 */

/** Whether the room could not be reached when this page began: the worker has written so into it. */
export const isKept = document.documentElement.hasAttribute("data-kept");

/** Whether this browser may keep the page: only a page that came by https, or from this machine, has workers. */
export const canKeep = "serviceWorker" in navigator;

/** For so many milliseconds the room is waited for, and then asked again after so many. */
const TIMES = { answer: 3_000, pause: 10_000 };

/** Has the page kept, once it is loaded and the browser has nothing else to do. */
export function keepPage(): void {
  if (!canKeep || isKept) return;
  const keep = () => void register().catch(() => {}); // Then it is not kept: a browser may forbid it.
  const whenIdle = () => globalThis.requestIdleCallback?.(keep) ?? setTimeout(keep, 500);
  if (document.readyState === "complete") whenIdle();
  else addEventListener("load", whenIdle, { once: true });
}

async function register(): Promise<void> {
  await navigator.serviceWorker.register("./worker.ts", { updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const version = document.querySelector<HTMLMetaElement>("meta[name=version]")?.content;
  active?.postMessage({ keep: version });
}

/** Waits until the room can be reached. */
export async function untilReachable(): Promise<void> {
  while (!await isReachable()) {
    await new Promise<void>((resolve) => {
      const again = () => {
        clearTimeout(timer);
        removeEventListener("online", again);
        resolve();
      };
      const timer = setTimeout(again, TIMES.pause);
      addEventListener("online", again);
    });
  }
}

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch("./health", { cache: "no-store", signal: AbortSignal.timeout(TIMES.answer) })).ok;
  } catch {
    return false;
  }
}
