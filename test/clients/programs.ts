/**
 * Programs at terminals that tmux draws: how they are started and read, and the clients that tests start so, each with its own
 * words for what happens.
 *
 * @module
 */

import { isInstalled, type Room, skipped, until } from "../room.ts";

const COLUMNS = 160, ROWS = 60;

/** Programs at terminals of one tmux that is this test's own. */
export class Terminals implements AsyncDisposable {
  readonly #socket = `teahouse-test-${crypto.randomUUID()}`;
  /** The programs' own folders are in here. */
  readonly home = Deno.makeTempDirSync({ prefix: "teahouse-test-" });

  async tmux(...args: string[]): Promise<string> {
    const command = new Deno.Command("tmux", {
      args: ["-L", this.#socket, "-f", "/dev/null", "-u", ...args],
      cwd: new URL("../..", import.meta.url),
      env: { LC_ALL: "C.UTF-8", TERM: "xterm-256color", NO_COLOR: "1", TMUX: "" },
      stderr: "null",
    });
    return new TextDecoder().decode((await command.output()).stdout);
  }

  /** Starts a program. @param name The name of its folder, for one that comes back; a new one when left out. */
  async start(
    program: Program,
    room: Room,
    nick: string,
    password?: string,
    name: string = crypto.randomUUID(),
  ): Promise<Terminal> {
    const home = `${this.home}/${name}`;
    await Deno.mkdir(home, { recursive: true });
    const command = await program.start(home, room.port, nick, password);
    const id = await this.tmux(
      ...["new-session", "-d", "-P", "-F", "#{pane_id}", "-x", `${COLUMNS}`, "-y", `${ROWS}`],
      ...command,
      // Else tmux itself would end with its last program, and take the next one with it that comes in that moment.
      ...[";", "set-option", "-s", "exit-empty", "off"],
    );
    return new Terminal(this, program, id.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Killed, or they would write their settings while the folder is removed.
    for (const pid of (await this.tmux("list-panes", "-a", "-F", "#{pane_pid}")).trim().split("\n")) {
      try {
        if (pid !== "") Deno.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await this.tmux("kill-server");
    await until(
      "the programs' end",
      () => Deno.remove(this.home, { recursive: true }).then(() => true, () => undefined),
    );
  }
}

/** One program at its terminal. */
export class Terminal {
  readonly program: Program;
  readonly #terminals: Terminals;
  readonly #id: string;
  #screen = "";

  constructor(terminals: Terminals, program: Program, id: string) {
    this.#terminals = terminals;
    this.program = program;
    this.#id = id;
  }

  /** Types a line and Enter. */
  async types(line: string): Promise<void> {
    await this.#terminals.tmux("send-keys", "-t", this.#id, "-l", line);
    await this.#terminals.tmux("send-keys", "-t", this.#id, "Enter");
  }

  /** The rows that are shown. */
  async rows(): Promise<string[]> {
    return (await this.#terminals.tmux("capture-pane", "-p", "-J", "-t", this.#id)).trimEnd().split("\n");
  }

  /** Waits until the program has ended. */
  async ended(): Promise<void> {
    await until(`the end of ${this.program.name}`, async () => {
      const panes = await this.#terminals.tmux("list-panes", "-a", "-F", "#{pane_id}");
      return !panes.split("\n").includes(this.#id) || undefined;
    });
  }

  /** Waits until one row of the screen holds these words, in this order. */
  async shows(...words: string[]): Promise<void> {
    const row = new RegExp(words.map((word) => RegExp.escape(word)).join(".*"));
    await until(`${words.join(" ... ")} at ${this.program.name}`, async () => {
      this.#screen = (await this.rows()).join("\n");
      return row.test(this.#screen) || undefined;
    }, () => `Its screen:\n${this.#screen.replaceAll(/\n+/g, "\n")}`);
  }
}

/** A client, how it is started, and its own words for what happens. */
export interface Program {
  name: string;
  /** What has to be installed for it, besides tmux. */
  needs: string;
  /** How it is run; with a password it logs in to the account of its nick. */
  start(home: string, port: number, nick: string, password?: string): Promise<string[]> | string[];
  /** Brings it into the channel, where it does not go there itself. */
  join?: string;
  /** Turns to where it shows what the server says, if that is not where one is. */
  status?: string;
  /** Turns to a person, and back to the channel. */
  turn: [to: (nick: string) => string, back: string];
  /** What stands before a text that somebody said. */
  said: (nick: string) => string;
  action: (nick: string, text: string) => string[];
  names: (...nicks: string[]) => string[];
  whois: (nick: string, realname: string) => string[];
  away: (nick: string, reason: string) => string[];
  topic: (text: string) => string[];
  kicked: (by: string, reason: string) => string[];
}

export const IRSSI: Program = {
  name: "irssi",
  needs: "irssi",
  async start(home, port, nick, password) {
    const sasl = password === undefined
      ? ""
      : `sasl_mechanism = "PLAIN"; sasl_username = "${nick}"; sasl_password = "${password}";`;
    await Deno.writeTextFile(
      `${home}/config`,
      `servers = ( { address = "127.0.0.1"; port = "${port}"; chatnet = "tea"; autoconnect = "yes"; } );
      chatnets = { tea = { type = "IRC"; ${sasl} }; };
      settings = {
        core = { nick = "${nick}"; user_name = "irssi"; real_name = "${nick}"; };
        "fe-common/core" = { term_charset = "utf-8"; };
        # Its own brake would make the test wait.
        "irc/core" = { cmds_max_at_once = "1000"; };
      };`,
    );
    return ["irssi", "--home", home];
  },
  join: "/join #lobby",
  status: "/window goto 1",
  turn: [(nick) => `/query ${nick}`, "/window goto #lobby"],
  said: (nick) => `${nick}> `,
  action: (nick, text) => [` * ${nick} ${text}`],
  names: (...nicks) => ["[", ...nicks, "]"],
  whois: (_nick, realname) => ["ircname", `: ${realname}`],
  away: (nick, reason) => [`${nick} is away: ${reason}`],
  topic: (text) => ["#lobby", text],
  kicked: (by, reason) => ["was kicked from #lobby by", by, `[${reason}]`],
};

export const WEECHAT: Program = {
  name: "WeeChat",
  needs: "weechat",
  start(home, port, nick, password) {
    const sasl = {
      mechanism: "scram-sha-256",
      username: nick,
      password,
    };
    const commands = [
      // Its own brake would make the test wait.
      "/set irc.server_default.anti_flood_prio_high 0",
      "/set irc.server_default.anti_flood_prio_low 0",
      // Lines that are typed fast are no paste to ask about.
      "/set weechat.look.paste_max_lines -1",
      "/set irc.msgbuffer.whois current",
      "/set weechat.bar.buflist.hidden on",
      `/server add tea 127.0.0.1/${port} -notls`,
      `/set irc.server.tea.nicks ${nick}`,
      `/set irc.server.tea.realname ${nick}`,
      ...(password === undefined
        ? []
        : Object.entries(sasl).map(([key, value]) => `/set irc.server.tea.sasl_${key} ${value}`)),
      "/connect tea",
    ];
    return ["weechat", "-d", home, "-P", "irc", ...commands.flatMap((command) => ["-r", command])];
  },
  join: "/join #lobby",
  turn: [(nick) => `/query ${nick}`, "/buffer #lobby"],
  said: (nick) => `${nick} | `,
  action: (nick, text) => [`* | ${nick} ${text}`],
  names: (...nicks) => ["Nicks #lobby: ", ...nicks],
  whois: (nick, realname) => [`[${nick}] (`, `): ${realname}`],
  away: (nick, reason) => [`[${nick}] is away: ${reason}`],
  topic: (text) => [text],
  kicked: (by, reason) => [by, "has kicked", `(${reason})`],
};

export const OURS: Program = {
  name: "client.ts",
  needs: "tmux",
  start(_home, port, nick) {
    return [Deno.execPath(), "run", "-A", "client.ts", "--no-device", "--nick", nick, "--server", `127.0.0.1:${port}`];
  },
  turn: [(nick) => `/to ${nick}`, "/to"],
  said: (nick) => `${nick}> `,
  action: (nick, text) => [`* ${nick} ${text}`],
  names: (...nicks) => ["online: ", ...nicks],
  whois: (nick, realname) => [nick, realname],
  away: (nick, reason) => [nick, "away", reason],
  topic: (text) => ["opic", text],
  kicked: (by, reason) => [`${by} threw you out of #lobby: ${reason}`],
};

const missing = new Map<string, string>();
for (
  const [program, name] of [["tmux", "tmux"], ["irssi", "irssi"], ["weechat", "WeeChat"], ["ii", "ii"], [
    "curl",
    "curl",
  ]]
) {
  if (!await isInstalled(program)) missing.set(program, name);
}

/** A test that needs programs; where one is missing, its name says which. */
export function testWith(programs: string[], name: string, test: () => Promise<void>): void {
  const absent = programs.map((program) => missing.get(program)).filter((name) => name !== undefined);
  Deno.test(name + skipped(absent), { ignore: absent.length > 0 }, test);
}
