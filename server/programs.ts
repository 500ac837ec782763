/**
 * Other programs that the server runs: the call engine, and what looks at files. They are given the server's environment without
 * what the room itself is told there, since that can be a secret (`TEAHOUSE_PASSWORD`, `TEAHOUSE_OPER`), and whoever may read what
 * such a program knows need not know it.
 *
 * @module
 */

/** What the names of the room's own environment variables begin with. */
const OWN = /^TEAHOUSE_/;

/**
 * A program, to be run.
 *
 * @param program Its path, or its name to be looked for in `PATH`.
 * @param options As for `Deno.Command`.
 */
export function programOf(program: string, options: Omit<Deno.CommandOptions, "env" | "clearEnv">): Deno.Command {
  const env = Object.entries(Deno.env.toObject()).filter(([name]) => !OWN.test(name));
  return new Deno.Command(program, { ...options, clearEnv: true, env: Object.fromEntries(env) });
}
