/**
 * The servers that are measured: ours, and its peers if they are installed (Debian: ngircd, inspircd, nats-server). All
 * have their limits lifted, and listen on loopback only.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path/from-file-url";
import type { Dialect } from "./load.ts";

/** The ports of a server. */
export interface Ports {
  chat: number;
  web: number;
  tls: number;
}

/** A server that can be started. */
export interface Server {
  name: string;
  /** Returns the command that starts it. Its own files go into `folder`; it has ports for WebSockets and TLS if it can. */
  command(port: number, folder: string, others: Pick<Ports, "web" | "tls">): string[];
  dialect: Dialect;
  /** The scenarios that it cannot run, each with the reason. */
  cannot: Record<string, string>;
}

const IRC: Dialect = {
  login: "NICK u%i\r\nUSER u%i 0 * :u\r\n",
  welcome: " 001 ",
  join: "JOIN #lobby%c\r\n",
  ready: " 366 ",
  send: "PRIVMSG #lobby%c :%s\r\n",
  ping: "PING :",
  pong: "PONG :",
};

const NATS: Dialect = {
  login: 'CONNECT {"verbose":false,"pedantic":false}\r\n',
  welcome: "",
  join: "SUB lobby%c 1\r\nPING\r\n",
  ready: "PONG",
  send: "PUB lobby%c 64\r\n%s\r\n",
  ping: "",
  pong: "",
};

const root = fromFileUrl(new URL("..", import.meta.url));

/** Our server, as people start it, but without the limits that would slow down a benchmark on purpose. */
export const OURS: Server = {
  name: "teahouse",
  command: (port, folder, { web, tls }) => [
    Deno.execPath(),
    ..."run -A".split(" "),
    `${root}server.ts`,
    ...`--host 127.0.0.1 --port ${port} --web-port ${web} --tls-port ${tls} --web-tls-port 0 --flood-limit 0 --max-per-ip 0 --log-level error --db ${folder}/teahouse.db`
      .split(" "),
  ],
  dialect: IRC,
  cannot: {},
};

function write(folder: string, name: string, text: string): string {
  Deno.writeTextFileSync(`${folder}/${name}`, text);
  return `${folder}/${name}`;
}

const SLOW = "it lets people in too slowly";
const NO_TLS = "it is not set up for TLS here";
const NO_WEB = "it is not set up for WebSockets here";

/** Other servers, to compare with. */
export const PEERS: Server[] = [
  {
    name: "ngircd",
    command: (port, folder) => [
      "ngircd",
      "-n",
      "-f",
      write(
        folder,
        "ngircd.conf",
        `[Global]
Name = irc.test.local
Info = test
Listen = 127.0.0.1
Ports = ${port}
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
Ident = no
DNS = no
PAM = no
`,
      ),
    ],
    dialect: IRC,
    cannot: { bulk1000: SLOW, paced1000: SLOW, tls100: NO_TLS, web1000: NO_WEB, scale9000: SLOW },
  },
  {
    name: "inspircd",
    command: (port, folder) => [
      "inspircd",
      "--runasroot",
      "--nofork",
      `--config=${
        write(
          folder,
          "inspircd.conf",
          `<server name="irc.test.local" description="test" network="Test">
<admin name="a" nick="a" email="a@example.org">
<bind address="127.0.0.1" port="${port}" type="clients">
<connect allow="*" timeout="600" flood="999999" threshold="999999" pingfreq="36000" commandrate="100000000" fakelag="no"
 softsendq="104857600" hardsendq="1048576000" recvq="104857600" localmax="100000" globalmax="100000" limit="100000"
 resolvehostnames="no" useconnectban="no" useconnflood="no">
<performance softlimit="100000" somaxconn="1024" quietbursts="yes" netbuffersize="65534">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="${folder}/inspircd.log">
<pid file="${folder}/inspircd.pid">
<dns server="127.0.0.1" timeout="1">
<files motd="/dev/null">
`,
        )
      }`,
    ],
    dialect: IRC,
    cannot: { tls100: NO_TLS, web1000: NO_WEB, scale9000: SLOW },
  },
  {
    name: "nats-server",
    command: (port) => ["nats-server", "-a", "127.0.0.1", "-p", `${port}`],
    dialect: NATS,
    cannot: { tls100: NO_TLS, web1000: NO_WEB },
  },
];

/** A server that runs. Disposing of it stops the server. */
export class Running implements AsyncDisposable {
  readonly pid: number;
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(process: Deno.ChildProcess, folder: string) {
    this.#process = process;
    this.pid = process.pid;
    this.#folder = folder;
  }

  /** Starts a server and waits until its port answers. Returns undefined if its program is not installed. */
  static async start(server: Server, { chat: port, ...others }: Ports): Promise<Running | undefined> {
    const folder = await Deno.makeTempDir({ prefix: "bench-" });
    const [program, ...args] = server.command(port, folder, others);
    let process: Deno.ChildProcess;
    try {
      process = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    const running = new Running(process, folder);
    let isOver = false;
    process.status.then(() => isOver = true);
    for (let tries = 0; tries < 150 && !isOver; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return running;
      } catch {
        await delay(100);
      }
    }
    await running[Symbol.asyncDispose]();
    throw new Error(`${server.name} did not start on port ${port}`);
  }

  /** The certificate of our server's authority, as PEM, as soon as a port answers over TLS. */
  async authority(port: number): Promise<string> {
    for (let tries = 0;; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return await Deno.readTextFile(`${this.#folder}/teahouse.db-tls/ca.pem`);
      } catch (error) {
        if (tries === 50) throw error;
        await delay(100);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
