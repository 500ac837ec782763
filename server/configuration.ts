/**
 * What the room is told by whoever runs it: by the command line, the environment and the configuration file, in this order, and
 * by the files that these name. All of it can be read again while the room is open.
 *
 * @module
 */

import { environment, type Origin, readFlags, UsageError, variableOf } from "../shared/flags.ts";
import { fileReason, readNamedFile } from "../shared/named_file.ts";
import { configFile } from "./config_file.ts";
import { FLAGS, PREFIX, type ServerFlags, settle } from "./flags.ts";
import { readSecrets, type Secrets } from "./secrets.ts";

/** All that the room is told. */
export interface Configuration {
  flags: ServerFlags;
  secrets: Secrets;
  /** The message of the day, by lines; none where empty. */
  motd: string[];
}

/** A file that a flag names can't be read. A program then ends with exit code 1. */
export class FileError extends Error {}

/** The flags whose files may be pipes, which can be read once. */
const ONCE = ["motd", "password-file", "oper-file", "turn-secret-file", "call-engine-secret-file"] as const;

/** Gives an environment variable, as `Deno.env.get`. */
type Variable = (name: string) => string | undefined;

/**
 * Reads the command line, and from the environment and the configuration file what it leaves out.
 *
 * @param args As in `Deno.args`.
 * @returns The flags, or what is asked for in place of a room.
 * @throws {UsageError} If something can't be used.
 */
export async function readServerFlags(
  args: string[],
  variable: Variable = (name) => Deno.env.get(name),
): Promise<ServerFlags | "help" | "version"> {
  const sources = [environment(PREFIX, variable)];
  const origins = new Map<string, Origin>();
  let flags = readFlags(FLAGS, args, sources, origins);
  if (typeof flags === "string") return flags;
  const { config } = flags;
  if (config !== undefined) {
    const text = await textOf(`${origins.get("config")!.from} ${config}`, config);
    sources.push(configFile(config, text, FLAGS, "config"));
    flags = readFlags(FLAGS, args, sources, origins) as ServerFlags;
  }
  const isInFile = config !== undefined && origins.get("password-file")?.rank === sources.length;
  const isGivenBefore = flags.password !== undefined || Boolean(variable(variableOf(PREFIX, "password")));
  // The others may not say different passwords: whoever comes with one of them would not know which it is.
  if (isInFile && isGivenBefore) flags["password-file"] = undefined;
  return settle(flags, origins);
}

/**
 * Reads all that the room is told.
 *
 * @param onWarning Is told of secrets that others on the machine can read.
 * @param isAgain Whether it has been read before: what a pipe held then is gone, and must not be taken for nothing.
 * @returns All of it, or what is asked for in place of a room.
 * @throws {UsageError} If something can't be used.
 * @throws {FileError} If the message of the day can't be read.
 */
export async function readConfiguration(
  args: string[],
  onWarning: (text: string) => void,
  isAgain = false,
): Promise<Configuration | "help" | "version"> {
  const flags = await readServerFlags(args);
  if (typeof flags === "string") return flags;
  for (const name of isAgain ? ONCE : []) {
    const path = flags[name];
    const isPipe = path !== undefined && await Deno.stat(path).then(({ isFile }) => !isFile, () => false);
    if (isPipe) throw new FileError(`--${name} ${path} is no ordinary file, which can be read again`);
  }
  return { flags, secrets: await readSecrets(flags, onWarning), motd: await readMotd(flags.motd) };
}

/** The lines of the file that people are shown when they come in. */
async function readMotd(file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  try {
    const text = new TextDecoder().decode(await readNamedFile(file)).trimEnd();
    return text.split(/\r?\n/).map((line) => line.replaceAll(/[\0\r]/g, ""));
  } catch (error) {
    throw new FileError(`cannot read --motd ${file}: ${fileReason(error)}`, { cause: error });
  }
}

/** The text of a file with settings. @param what The flag and the path, as messages name it. */
async function textOf(what: string, path: string): Promise<string> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new Error("it is no ordinary file, which can be read again");
    return new TextDecoder("utf-8", { fatal: true }).decode(await readNamedFile(path));
  } catch (error) {
    throw new UsageError(`cannot read ${what}: ${fileReason(error)}`, { cause: error });
  }
}
