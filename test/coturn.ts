/**
 * coturn, the TURN server of Debian, for tests of calls.
 *
 * @module
 */

import { freePort, isInstalled } from "./room.ts";

/** What is not installed of it. */
export const MISSING = (await isInstalled("turnserver")) && (await isInstalled("turnutils_uclient")) ? [] : ["coturn"];

/** A TURN server on one address alone, until it is disposed of. */
export class Coturn implements AsyncDisposable {
  readonly url: string;
  readonly #address: string;
  readonly #port = freePort();
  readonly #process: Deno.ChildProcess;

  /**
   * @param secret What it shares with the room.
   * @param folder Where it may write.
   * @param address Where it listens and relays.
   * @param inside A program and its arguments that runs what follows them, as one that enters a network does.
   */
  constructor(secret: string, folder: string, address = "127.0.0.1", inside: string[] = []) {
    this.#address = address;
    this.url = `turn:${address}:${this.#port}`;
    const [program, ...args] = [
      ...inside,
      "turnserver",
      ...["-n", "--no-cli", "--no-tls", "--no-dtls", "--realm=tea"],
      ...["--use-auth-secret", `--static-auth-secret=${secret}`],
      ...[`--listening-ip=${address}`, `--listening-port=${this.#port}`, `--relay-ip=${address}`],
      ...(address === "127.0.0.1" ? ["--allow-loopback-peers"] : []),
      ...["--log-file=stdout", `--pidfile=${folder}/pid`, `--userdb=${folder}/users`],
    ];
    this.#process = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  }

  /** Whether somebody gets an address of it to be reached at, and is reached there. */
  async relays(username: string, password: string): Promise<boolean> {
    const args = ["-u", username, "-w", password, "-p", `${this.#port}`, "-y", "-c", "-n", "1", "-l", "50"];
    const { success } = await new Deno.Command("turnutils_uclient", {
      args: [...args, this.#address],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}
