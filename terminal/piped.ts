/**
 * The client of a program: it says each line that comes on standard input, and prints what happens, without a prompt.
 *
 * @module
 */

import { messageOf } from "../client/errors.ts";
import { TextLineStream } from "@std/streams/text-line-stream";
import { Client, type ClientOptions } from "../client/client.ts";
import { UsageError } from "../shared/flags.ts";
import { sentences, words } from "./language.ts";
import { Output } from "./output.ts";
import { columns, complain, complainOfUndelivered } from "./screen.ts";
import { onSignals } from "./signals.ts";
import { transcriber } from "./transcript.ts";

/** Sends files in place of what comes on standard input. @returns Whether each was sent. */
export type SendFiles = (client: Client, signal: AbortSignal) => Promise<boolean>;

/** How long a lost server is waited for, in milliseconds: nobody is there to ask again. */
const PATIENCE = 30_000;

/** Lines that may wait for the server. Beyond that no more is read, so that a long file waits in its pipe. */
const UNDELIVERED = 100;

/**
 * Says what comes on standard input, until it ends.
 *
 * @param sendFiles Is done in its place.
 * @returns The exit code: 1 where something was refused or not delivered.
 * @throws {ConnectionError} See `Client.run`.
 * @throws {UsageError} If standard input cannot be read.
 */
export async function runPiped(
  options: Omit<ClientOptions, "onEvent" | "onLeave">,
  color: boolean,
  sendFiles?: SendFiles,
): Promise<number> {
  const stop = new AbortController();
  const stdout = new Output(Deno.stdout, () => stop.abort(), columns);
  const linesOf = transcriber(color);
  /** The reason that `/quit` gave, "" where it gave none; undefined until then. */
  let farewell: string | undefined;
  /** Whoever writes lines into a pipe, such as a log's, is not to send files of this person's by them. */
  const refuse = () => client.actions.refuse(sentences().files.notOnPipe);
  const client: Client = new Client({
    ...options,
    fileView: { send: refuse, voice: refuse, list: refuse, get: refuse },
    sentences,
    giveUpMs: PATIENCE,
    // A program gets what is said from now on.
    history: 0,
    onEvent: (event) => {
      const lines = linesOf(event, client.state);
      if (event.type === "error" || event.type === "disconnected") { if (lines.length > 0) complain(...lines); }
      else stdout.print(lines);
    },
    onLeave: (reason = "") => farewell = reason,
  });
  using _signals = onSignals(() => {
    // Whoever asks twice does not want to wait.
    if (stop.signal.aborted) Deno.exit(1);
    stop.abort();
  });

  let areSent = true;
  const send = async (sendFiles: SendFiles) => {
    // The first channel is joined before.
    await client.actions.inputs.handled;
    areSent = await sendFiles(client, stop.signal);
  };
  const speak = async () => {
    const lines: ReadableStream<string> = Deno.stdin.readable
      .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    const reading = lines.values();
    for (;;) {
      const { done, value: line } = await reading.next().catch((error) => {
        throw new UsageError(words().prompt.unreadable(messageOf(error)));
      });
      if (done) break;
      await client.input(line, "piped");
      if (farewell !== undefined) break;
      if (client.undelivered > UNDELIVERED) await client.delivered();
    }
    await client.delivered();
  };
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  const running = client.run();
  await Promise.race([running, sendFiles === undefined ? speak() : send(sendFiles), stopped]);
  await client.quit(farewell);
  await running;
  const { undelivered } = client;
  await stdout.flushed();
  if (undelivered > 0) complainOfUndelivered(undelivered);
  return undelivered > 0 || client.refusals > 0 || !areSent || (sendFiles !== undefined && stop.signal.aborted) ? 1 : 0;
}
