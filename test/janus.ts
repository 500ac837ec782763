/**
 * The Janus of a room, as the machine sees it.
 *
 * @module
 */

/** What a process was started with; nothing where it is gone. */
function commandOf(pid: string): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  } catch {
    return [];
  }
}

/** The parent of a process. */
export function parentOf(pid: string): string | undefined {
  try {
    return /^PPid:\s+(\d+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  } catch {
    return undefined;
  }
}

/** The process of the Janus that a room has started, by the room's own; undefined while there is none. */
export function engineOf(room: number): number | undefined {
  for (const { name: pid } of Deno.readDirSync("/proc")) {
    // Between the two is the shell that watches over both.
    const shell = /^\d+$/.test(pid) && commandOf(pid)[0] === "janus" ? parentOf(pid) : undefined;
    if (shell !== undefined && parentOf(shell) === `${room}`) return Number(pid);
  }
  return undefined;
}

/** The folder with a Janus's configuration. */
export function folderOf(janus: number): string {
  return commandOf(`${janus}`).find((word) => word.startsWith("--configs-folder="))!.split("=")[1];
}

/** Whether a process is there. */
export function isThere(pid: number): boolean {
  return commandOf(`${pid}`)[0] === "janus";
}
