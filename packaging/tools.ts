/**
 * Runs other people's programs, which the packages are made with.
 *
 * @module
 */

/**
 * Runs a program to its end.
 *
 * @returns What it has printed on standard output.
 * @throws {Error} If it is not installed or fails, with what it has said.
 */
export async function runTool(
  program: string,
  args: string[],
  options: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null", ...options }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${program} ${args[0]} fails: ${text.decode(stderr).trim()}`);
  return text.decode(stdout);
}
