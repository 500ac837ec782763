/**
 * The passwords of the room and of its operators, and what it shares with a TURN server and a call engine: from flags, from files
 * that flags name, and from the environment.
 *
 * @module
 */

import { UsageError } from "../shared/flags.ts";
import { fileReason, readNamedFile } from "../shared/named_file.ts";
import type { ServerFlags } from "./flags.ts";

/** Who may come in, and who may moderate everywhere. */
export interface Secrets {
  /** The room's password; undefined where it has none. */
  password: string | undefined;
  /** Passwords of the operators, by name. */
  operators: ReadonlyMap<string, string>;
  /** What the room shares with its TURN server, if it has one. */
  turn?: string | undefined;
  /** What its call engine asks for, if that runs by itself. */
  engine?: string | undefined;
}

/**
 * Collects the secrets.
 *
 * @param onWarning Is told of a file that others on the machine can read.
 * @throws {UsageError} If one of them can't be used, or two of them contradict each other.
 */
export async function readSecrets(
  flags: Pick<
    ServerFlags,
    "password" | "password-file" | "oper" | "oper-file" | "turn-secret-file" | "call-engine-secret-file"
  >,
  onWarning: (text: string) => void,
): Promise<Secrets> {
  const { "password-file": passwordFile, "oper-file": operatorFile } = flags;
  /** By where they are from. */
  const passwords = new Map<string, string>();
  const put = (from: string, password: string | undefined) => {
    if (password === undefined) return;
    if (!isPassword(password)) {
      throw new UsageError(`${from} must be a word of 1 to 300 characters, none of them a control`);
    }
    passwords.set(from, password);
  };
  put("--password", flags.password);
  put("TEAHOUSE_PASSWORD", Deno.env.get("TEAHOUSE_PASSWORD") || undefined);
  if (passwordFile !== undefined) {
    const [firstLine] = await linesOf("--password-file", passwordFile, onWarning);
    put(`--password-file ${passwordFile}`, firstLine);
  }
  const [password, ...others] = new Set(passwords.values());
  if (others.length > 0) throw new UsageError(`${[...passwords.keys()].join(" and ")} say different passwords`);

  const operators = new Map<string, string>();
  const add = (from: string, text: string) => {
    const operator = parseOperator(text);
    if (operator === undefined) throw new UsageError(`${from} must be NAME:PASSWORD, without a space`);
    operators.set(...operator);
  };
  const lines = operatorFile === undefined ? [] : await linesOf("--oper-file", operatorFile, onWarning);
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text !== "" && !text.startsWith("#")) add(`--oper-file ${operatorFile}: line ${i + 1}`, text);
  }
  const inEnvironment = (Deno.env.get("TEAHOUSE_OPER") ?? "").split(/[,\n]/).map((text) => text.trim());
  for (const text of inEnvironment) if (text !== "") add("TEAHOUSE_OPER", text);
  for (const text of flags.oper) add("--oper", text);
  const [turn, engine] = [
    await readShared("--turn-secret-file", flags["turn-secret-file"], onWarning),
    await readShared("--call-engine-secret-file", flags["call-engine-secret-file"], onWarning),
  ];
  return { password, operators, turn, engine };
}

/** What the room shares with another program. */
async function readShared(
  flag: string,
  file: string | undefined,
  onWarning: (text: string) => void,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const [secret] = await linesOf(flag, file, onWarning);
  if (isPassword(secret)) return secret;
  throw new UsageError(`${flag} ${file} must be a word of 1 to 300 characters, none of them a control`);
}

/** Tells of passwords on the command line, which others on the machine can read as long as the room is open. */
export function warnOfCommandLine(
  { password, oper }: Pick<ServerFlags, "password" | "oper">,
  onWarning: (text: string) => void,
): void {
  const warn = (name: string, file: string, variable: string) =>
    onWarning(`--${name}: others on this machine can read a command line; --${file} and ${variable} show it to nobody`);
  if (password !== undefined) warn("password", "password-file", "TEAHOUSE_PASSWORD");
  if (oper.length > 0) warn("oper", "oper-file", "TEAHOUSE_OPER");
}

/** Whether PASS can say a text. */
function isPassword(text: string): boolean {
  return text.length > 0 && text.length <= 300 && !/\p{Cc}/u.test(text);
}

/** An operator's name and password out of `NAME:PASSWORD`; each is a word of an IRC line. */
function parseOperator(text: string): [name: string, password: string] | undefined {
  const at = text.indexOf(":");
  const [name, password] = [text.slice(0, at), text.slice(at + 1)];
  const isWord = (word: string) => word !== "" && !word.startsWith(":") && isPassword(word) && !/\s/.test(word);
  return at > 0 && isWord(name) && isWord(password) ? [name, password] : undefined;
}

/** The lines of a file with secrets. */
async function linesOf(flag: string, path: string, onWarning: (text: string) => void): Promise<string[]> {
  try {
    const { mode, isDirectory, isFile } = await Deno.stat(path);
    if (isDirectory) throw new UsageError(`${flag} ${path} is a folder`);
    if (isFile && mode !== null && (mode & 0o077) !== 0) {
      onWarning(`${flag} ${path} can be read by others on this machine; chmod 600 ends that`);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(await readNamedFile(path)).split(/\r?\n/);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${flag} ${path}: ${fileReason(error)}`);
  }
}
