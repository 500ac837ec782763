/**
 * The pages of documentation, their fenced blocks, and how these are run.
 *
 * What stands behind the three backticks says what a block is:
 *
 * - `sh`: commands, run by `sh -eu` beside a room that is open, in a folder that holds the project as a reader has it. The
 *   blocks of a page run one after the other in one folder, so a later one finds what an earlier one has made.
 * - `sh room`: each line opens a room. It runs until it is open, and is then told to end, which it must do with exit code 0.
 * - `sh other-machine`: as `sh`, in an empty folder of its own: what somebody elsewhere types, who has no file of the room.
 * - `sh not-run`: what can't be run here, as it needs another system or a name in public. Tests list it.
 * - `tea`: lines for the terminal client, typed by alice, who owns the room, while bob is in #lobby.
 * - `irc`: what a client (`C:`) and the server (`S:`) say to each other; `...` stands for any text.
 * - a language and a file's name, as `js kettle.mjs`: a file that is written before what follows.
 * - `irssi`, `weechat`: commands that are typed there; test/clients/ does that.
 * - `nginx`, `caddy`: a part of those programs' configuration; test/clients/ starts them with it.
 *
 * **What is rewritten before it runs** is this alone: `npx -y deno@VERSION` and `deno` are the Deno that runs the test;
 * `HOST`, `tea.example.org` and `192.168.1.20` are `localhost`; the ports 8888, 8080, 6697 and 8443 are those of the room that
 * is open, also where client.ts takes 8888, or 6697, without being told; and a room that a block opens gets free ports.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { ROOT } from "../modules.ts";
import { freePort, isInstalled, Room } from "../room.ts";

/** A fenced block of a page. */
export interface Block {
  /** The page's path, and the number of the block's first line. */
  page: string;
  line: number;
  /** The first word behind the backticks, and those after it. */
  language: string;
  words: string[];
  text: string;
}

/** A page, as far as tests look at it. */
export interface Page {
  path: string;
  text: string;
  /** What stands outside of blocks. */
  prose: string;
  /** The headings with their number signs. */
  headings: string[];
  blocks: Block[];
}

/** The names of all English pages. */
export function pageNames(): string[] {
  const inDocs = [...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => `docs/${name}`);
  return ["README.md", ...inDocs.filter((name) => name.endsWith(".md") && !name.endsWith(".zh.md")).sort()];
}

/** The name of the Chinese page beside an English one. */
export function inChinese(name: string): string {
  return name.replace(/\.md$/, ".zh.md");
}

export async function readPage(path: string): Promise<Page> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  const page: Page = { path, text, prose: "", headings: [], blocks: [] };
  let block: Block | undefined;
  let indent = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (fence !== null && block === undefined) {
      indent = fence[1].length;
      const [language, ...words] = fence[2].split(" ");
      block = { page: path, line: index + 2, language, words, text: "" };
    } else if (fence !== null) {
      page.blocks.push(block!);
      block = undefined;
    } else if (block !== undefined) {
      block.text += `${line.slice(indent)}\n`;
    } else {
      page.prose += `${line}\n`;
      if (/^#+ /.test(line)) page.headings.push(line);
    }
  }
  if (block !== undefined) throw new Error(`${path}:${block.line} is a block without an end`);
  return page;
}

/** A block's text without its remarks: they begin with two spaces and a number sign, or take a line of their own. */
export function withoutRemarks({ text }: Block): string {
  return text.replaceAll(/(?: {2,}|^)# .*$/gm, "").replaceAll(/\n{2,}/g, "\n");
}

/** The room that is open beside a block: its ports, as the documentation calls them. */
export interface Ports {
  chat: number;
  page: number;
  secureChat: number;
  securePage: number;
}

/** Rewrites a text as the head of this file says. */
export function rewritten(text: string, { chat, page, secureChat, securePage }: Ports): string {
  const ports: Record<string, number> = { 8888: chat, 8080: page, 6697: secureChat, 8443: securePage };
  return text.replaceAll(/^(?!.*--server).*client\.ts(?= )/gm, "$& --server HOST")
    .replaceAll(
      /^(.*--server )([\w.]+)(?![\w.:])/gm,
      (line, before, host) => `${before}${host}:${line.includes("--tls") ? 6697 : 8888}`,
    )
    .replaceAll(/\b(?:HOST|tea\.example\.org|192\.168\.1\.20)\b/g, "localhost")
    .replaceAll(/\b(?:8888|8080|6697|8443)\b/g, (port) => `${ports[port]}`);
}

/** Programs that commands of the documentation use, and that a machine may lack. */
const PROGRAMS = ["curl", "openssl", "sqlite3", "node", "python3", "systemd-analyze", "git", "tar"];

/** Those of them that a block uses and that are not installed here. */
export async function missingFor({ text }: Block): Promise<string[]> {
  const used = PROGRAMS.filter((program) => new RegExp(`(?<![\\w./-])${program}(?![\\w./-])`).test(text));
  const missing: string[] = [];
  for (const program of used) if (!await isInstalled(program)) missing.push(program);
  return missing;
}

/** What a reader of the documentation has: the project in a folder, and `npx` and `deno`. */
export class Desk implements AsyncDisposable {
  readonly path: string;
  /** What commands are told by their environment. */
  readonly env: Record<string, string>;

  private constructor(path: string) {
    this.path = path;
    this.env = {
      PATH: `${path}/bin:${Deno.env.get("PATH")}`,
      HOME: `${path}/home`,
      XDG_STATE_HOME: `${path}/home/state`,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
      NO_COLOR: "1",
      TEAHOUSE_HOST: "127.0.0.1",
      TEAHOUSE_PORT: "0",
      TEAHOUSE_WEB_PORT: "0",
      TEAHOUSE_TLS_PORT: "0",
      TEAHOUSE_WEB_TLS_PORT: "0",
      TEAHOUSE_FLOOD_LIMIT: "0",
    };
  }

  static async open(): Promise<Desk> {
    const desk = new Desk(await Deno.makeTempDir({ prefix: "teahouse-docs-" }));
    await Deno.mkdir(`${desk.path}/bin`);
    await Deno.mkdir(`${desk.path}/home`);
    await Deno.mkdir(desk.folder);
    await copyProject(fromFileUrl(ROOT), desk.folder);
    const deno = `exec '${Deno.execPath()}' "$@"`;
    await desk.#program("deno", deno);
    await desk.#program("npx", `[ "$1 $2" = "-y deno@${Deno.version.deno}" ] || exit 127\nshift 2\n${deno}`);
    return desk;
  }

  /** The folder with the project, where commands run. */
  get folder(): string {
    return `${this.path}/teahouse`;
  }

  /** Opens a room in the project's folder, by the first command of the README where no other is given. */
  async openRoom(command = "deno run -A server.ts"): Promise<{ room: Room; ports: Ports }> {
    const ports: Ports = { chat: freePort(), page: freePort(), secureChat: freePort(), securePage: freePort() };
    const room = new Room(this.spawn(`exec ${command}`, this.folder, {
      TEAHOUSE_PORT: `${ports.chat}`,
      TEAHOUSE_WEB_PORT: `${ports.page}`,
      TEAHOUSE_TLS_PORT: `${ports.secureChat}`,
      TEAHOUSE_WEB_TLS_PORT: `${ports.securePage}`,
    }));
    room.port = ports.chat;
    try {
      await room.logs(/ is open on port /);
    } catch (error) {
      await room[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
    return { room, ports };
  }

  async #program(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.path}/bin/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** Starts commands, in the project's folder or one below it. */
  spawn(commands: string, folder = this.folder, env: Record<string, string> = {}): Deno.ChildProcess {
    return new Deno.Command("sh", {
      args: ["-euc", commands],
      cwd: folder,
      env: { ...this.env, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs commands to their end. */
  async run(commands: string, folder?: string): Promise<{ code: number; output: string }> {
    const { code, stdout, stderr } = await this.spawn(commands, folder).output();
    return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Copies the project without what is installed, hidden, made, or of no use to who runs it. */
async function copyProject(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const isLeft = name === "node_modules" || name === "dist" || name.startsWith(".") || /\.db(-|$)/.test(name);
    if (isLeft || /_test\.ts$/.test(name) || (isDirectory && ["test", "bench"].includes(name))) continue;
    if (!isDirectory) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    else {
      await Deno.mkdir(`${to}/${name}`);
      await copyProject(`${from}/${name}`, `${to}/${name}`);
    }
  }
  const packages = `${from}/node_modules`;
  if (await Deno.stat(packages).then(() => true, () => false)) await Deno.symlink(packages, `${to}/node_modules`);
}
