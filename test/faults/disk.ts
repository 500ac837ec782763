/**
 * A small disk of a test's own, to be filled.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { run } from "../room.ts";

/** Whether a file system of one's own can be mounted: by root, or where the kernel lets others have namespaces. */
export const canMount = Deno.build.os === "linux" &&
  (await run("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).catch(() => ({ code: 1 }))).code === 0;

/** A small disk at a folder, which only those see who are run `within` it. Its files are at `seen` for others. */
export async function openDisk(folder: string, mebibytes: number) {
  const script = `mount -t tmpfs -o size=${mebibytes}m tmpfs "$1" && echo mounted && exec sleep 600`;
  const holder = new Deno.Command("unshare", {
    args: ["-rm", "sh", "-c", script, "sh", folder],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const lines = holder.stdout.pipeThrough(new TextDecoderStream()).pipeThrough<string>(new TextLineStream());
  const reader = lines.getReader();
  assertEquals((await reader.read()).value, "mounted");
  return {
    inside: [
      ...["nsenter", "--target", `${holder.pid}`, "--mount", "--user", "--preserve-credentials"],
      ...["sh", "-c", `cd "$0" && exec "$@"`, Deno.cwd()],
    ],
    seen: `/proc/${holder.pid}/root${folder}`,
    async [Symbol.asyncDispose]() {
      holder.kill("SIGKILL");
      await holder.status;
      await reader.cancel();
    },
  };
}
