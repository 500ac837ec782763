/**
 * Asks the person what the flags leave open, before there is a prompt: a nick, a password.
 *
 * @module
 */

import { guestNick } from "../client/guest.ts";
import { UsageError } from "../shared/flags.ts";
import { problemOfNick } from "./flags.ts";
import { inRows } from "./known_rooms.ts";
import { words } from "./language.ts";
import { isYes, Prompt } from "./prompt.ts";
import { complain, isInteractive, say } from "./screen.ts";
import { onSignals } from "./signals.ts";

/** Asks for a nick, until one can be used. Ctrl-C and Ctrl-D end the program. */
export async function askNick(): Promise<string> {
  const suggestion = guestNick();
  for (;;) {
    const question = words().questions.nick(suggestion);
    // Not as the default of `prompt`, which would have to be deleted before another nick can be written.
    const answer = isInteractive() ? await ask((terminal) => terminal.ask(question)) : prompt(question);
    // Ctrl-C and Ctrl-D are no answer.
    if (answer === null || answer === undefined) Deno.exit(1);
    const nick = answer.trim() || suggestion;
    const problem = problemOfNick(nick);
    if (problem === undefined) return nick;
    const [rule, explanation] = problem;
    complain(words().questions.noNick(nick, rule), words().questions.because(explanation));
  }
}

/**
 * Asks for a password without showing it. Ctrl-C and Ctrl-D end the program.
 *
 * @param refusal What the error says where there is no terminal, or the password is empty.
 * @throws {UsageError}
 */
export async function askPassword(question: string, refusal: string): Promise<string> {
  if (!Deno.stdin.isTerminal()) throw new UsageError(refusal);
  const password = await ask((terminal) => terminal.secret(question));
  if (password === undefined) Deno.exit(1);
  if (password === "") throw new UsageError(refusal);
  return password;
}

/** Asks whether the fingerprint of a server that is not known yet is the room's. Ctrl-C and Ctrl-D end the program. */
export async function askTrust(address: string, fingerprint: string): Promise<boolean> {
  say(words().questions.unknownRoom(address), ...inRows(fingerprint).map((row) => `  ${row}`));
  const answer = await ask((terminal) => terminal.ask(words().questions.isItTheRoom));
  if (answer === undefined) Deno.exit(1);
  return isYes(answer);
}

/** Has a prompt ask one question. A signal gives the terminal back and ends the program. */
async function ask<Answer>(question: (terminal: Prompt) => Promise<Answer>): Promise<Answer> {
  const end = (code: number) => {
    terminal.close();
    Deno.exit(code);
  };
  using _signals = onSignals(end);
  using terminal: Prompt = new Prompt({ onEnd: () => end(1) });
  return await question(terminal);
}
