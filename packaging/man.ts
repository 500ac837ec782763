/**
 * The manual pages, made from the tables of the flags (mdoc(7)).
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { FLAG_TEXTS as SERVER_FLAGS } from "../server/flags.ts";
import { FLAG_TEXTS as CLIENT_FLAGS } from "../terminal/flags.ts";
import { ROOT } from "./bundle.ts";

/** What a page is made of. Texts are written as they are to be read; a paragraph is one entry. */
interface Page {
  name: string;
  about: string;
  synopsis: string;
  description: string[];
  options: { usage: string; text: string }[];
  /** Sections behind the options: a title, and paragraphs or pairs of a term and its text. */
  sections: [title: string, entries: (string | [term: string, text: string])[]][];
  seeAlso: string;
}

const SERVER: Page = {
  name: "teahouse",
  about: "opens a chat room",
  synopsis: "flags",
  description: [
    "teahouse opens a chat room that people join from a browser, from a terminal with tea(1), or with any IRC client. It " +
    "prints the addresses of the room, and, as long as nobody owns the room, a link that makes its owner of whoever uses it.",
    "There is nothing to configure. These flags change what is so by itself.",
  ],
  options: SERVER_FLAGS.map(({ usage, meaning, otherwise, isList }) => ({
    usage,
    text: `${asSentence(meaning)}${isList ? " It may be given several times." : ""} Without it: ${otherwise}.`,
  })),
  sections: [
    ["ENVIRONMENT", [
      "Each flag has a variable, which counts where the flag is not given: TEAHOUSE_WEB_PORT=8000 is as --web-port 8000. " +
      "Passwords belong into a file or a variable: others on this machine can see a command line.",
      ...SERVER_FLAGS.map(({ variable, usage }): [string, string] => [variable, `As ${usage}.`]),
    ]],
    ["FILES", [
      [
        "teahouse.db",
        "What is kept: what was said, accounts, channels. It lies where --db says, by itself in the folder " +
        "where teahouse is started. Beside it lie teahouse.db-wal and teahouse.db-shm while the room is open, and teahouse.db-lock.",
      ],
      [
        "teahouse.db-tls/",
        "The room's own authority and certificate. ca.pem is what others trust; the keys are for you alone.",
      ],
    ]],
    ["SIGNALS", [
      "INT and TERM close the room: what was said is written, everybody is told, and teahouse ends within " +
      "seconds. A second one ends it at once.",
      "HUP has it read again what can change while it is open: the configuration file, the message of the day, passwords, " +
      "operators, the certificate and limits. Where it was started in a terminal that is gone, HUP closes it.",
    ]],
    ["EXIT STATUS", [
      "0 when the room was closed by a signal, 1 where the machine refuses what is asked for, 2 where a flag is wrong.",
    ]],
    ["EXAMPLES", [
      ["teahouse", "Opens the room on this machine and its network."],
      [
        "teahouse --name 'Tea and cake' --keep 30d",
        "Opens a room of another name, which forgets what is older than 30 days.",
      ],
      ["teahouse --db :memory: --host 127.0.0.1", "Opens a room for this machine alone, of which nothing is kept."],
    ]],
  ],
  seeAlso: "tea(1)",
};

const CLIENT: Page = {
  name: "tea",
  about: "joins a chat room from a terminal",
  synopsis: "flags",
  description: [
    "tea joins a room of teahouse(1), or of another IRC server. At its prompt, /help lists the commands.",
    "Where its input is no terminal, each line of it is said. A line that begins with a command (/to alice) runs it, // begins " +
    "a text with /, and anything else is text. tea ends when all has been delivered.",
  ],
  options: CLIENT_FLAGS.map(({ usage, meaning }) => ({ usage, text: asSentence(meaning) })),
  sections: [
    ["EXIT STATUS", [
      "0 when you have left or all input has been delivered, 1 where something was refused or the server is " +
      "away, 2 where a flag is wrong.",
    ]],
    ["EXAMPLES", [
      ["tea --nick bob", "Joins the room on this machine."],
      [
        "echo 'tea is ready :tea:' | tea --nick kettle --server tea.local",
        "Says one line in a room on another machine.",
      ],
    ]],
  ],
  seeAlso: "teahouse(1)",
};

/** Makes the manual pages: by the name of each file, its text. */
export async function manualPages(): Promise<Map<string, string>> {
  const [, date] = /^## (.+)$/m.exec(await Deno.readTextFile(`${ROOT}CHANGELOG.md`))!;
  return new Map([SERVER, CLIENT].map((page) => [`${page.name}.1`, write(page, dateOf(date))]));
}

function write(page: Page, date: string): string {
  const { name, about, synopsis, description, options, sections, seeAlso } = page;
  const lines = [
    `.Dd ${date}`,
    `.Dt ${name.toUpperCase()} 1`,
    `.Os Teahouse ${config.version}`,
    ...[".Sh NAME", `.Nm ${name}`, `.Nd ${literal(about)}`],
    ...[".Sh SYNOPSIS", `.Nm ${name}`, `.Op Ar ${synopsis}`],
    ...[".Sh DESCRIPTION", ...paragraphs(description)],
    ...[".Sh OPTIONS", ...list(options.map(({ usage, text }) => [usage, text]))],
  ];
  for (const [title, entries] of sections) {
    lines.push(`.Sh ${title}`, ...paragraphs(entries.filter((entry) => typeof entry === "string")));
    const terms = entries.filter((entry) => typeof entry !== "string");
    if (terms.length > 0) lines.push(...list(terms));
  }
  return [...lines, ".Sh SEE ALSO", `.Xr ${seeAlso.replace(/\((\d)\)/, " $1")}`].join("\n") + "\n";
}

function paragraphs(texts: string[]): string[] {
  return texts.flatMap((text, i) => i === 0 ? [literal(text)] : [".Pp", literal(text)]);
}

function list(pairs: [term: string, text: string][]): string[] {
  return [".Bl -tag -width Ds", ...pairs.flatMap(([term, text]) => [`.It ${argument(term)}`, literal(text)]), ".El"];
}

/** What a macro takes as one argument. */
function argument(text: string): string {
  return `"${literal(text).replaceAll('"', "\\(dq")}"`;
}

/**
 * A text as roff writes it, in one line for each sentence: no character of it has a meaning (groff_char(7)). Dashes stay
 * dashes, and can be copied.
 */
function literal(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha").replaceAll("~", "\\(ti").replace(/^\./, "\\&.").replaceAll(
      /([.!?]) (?=\p{Lu})/gu,
      "$1\n",
    );
}

/** `a thing that is so` as `A thing that is so.` */
function asSentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** `27 November 2026` as mdoc writes it: `November 27, 2026`. */
function dateOf(text: string): string {
  const [day, month, year] = text.split(" ");
  return `${month} ${day}, ${year}`;
}
