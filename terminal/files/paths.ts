/**
 * Paths of files as a person writes them behind a command: with spaces, quotes and `~` as in a shell; and what Tab makes of them.
 *
 * @module
 */

/** Of which machine the paths are. */
export interface PathSystem {
  isWindows: boolean;
  /** The person's own folder, which `~` stands for. */
  home: string | undefined;
}

/** This machine. */
export function thisSystem(): PathSystem {
  const isWindows = Deno.build.os === "windows";
  return { isWindows, home: Deno.env.get(isWindows ? "USERPROFILE" : "HOME") };
}

/** A path as it is written in a line. */
interface Word {
  /** Where it begins in the line, and where it ends. */
  start: number;
  end: number;
  /** The path that is meant. */
  path: string;
  /** The quote that is open at its end, "" for none. */
  quote: string;
}

/**
 * The paths in a line: words with spaces between them. Quotes hold a path together, and a backslash the character behind it; on
 * Windows, where it stands between folders, a backslash is one as any other character.
 */
function wordsOf(line: string, { isWindows, home }: PathSystem): Word[] {
  const words: Word[] = [];
  let word: Word | undefined;
  for (let i = 0; i < line.length; i++) {
    const sign = line[i];
    if ((word?.quote ?? "") === "" && /\s/.test(sign)) {
      word = undefined;
      continue;
    }
    if (word === undefined) words.push(word = { start: i, end: i, path: "", quote: "" });
    if (word.quote === "" && (sign === '"' || sign === "'" && (!isWindows || word.path === ""))) word.quote = sign;
    else if (sign === word.quote) word.quote = "";
    else {
      const isEscape = sign === "\\" && !isWindows && word.quote !== "'" && i + 1 < line.length;
      word.path += isEscape ? line[++i] : sign;
    }
    word.end = i + 1;
  }
  for (const word of words) {
    const isHome = line[word.start] === "~" && /^~(?:$|[/\\])/.test(word.path) && home !== undefined;
    if (isHome) word.path = home + word.path.slice(1);
  }
  return words;
}

/** The paths that a person has written. */
export function readPaths(text: string, system: PathSystem = thisSystem()): string[] {
  return wordsOf(text, system).map(({ path }) => path).filter((path) => path !== "");
}

/** The one path that a line is, spaces and quotes being a part of it. */
export function wholePath(text: string, { home }: PathSystem = thisSystem()): string {
  const path = text.trim();
  return home !== undefined && /^~(?:$|[/\\])/.test(path) ? home + path.slice(1) : path;
}

/** A path as it is written so that `readPaths` reads it. @param quote The quote with which the person has begun. */
export function writtenPath(path: string, { isWindows }: Pick<PathSystem, "isWindows">, quote = ""): string {
  if (quote !== "") return quote + (quote === '"' && !isWindows ? path.replaceAll(/["\\]/g, "\\$&") : path);
  if (isWindows) return /[\s"']/.test(path) ? `"${path}` : path;
  return path.replaceAll(/[\s"'\\]/g, "\\$&").replace(/^~/, "\\~");
}

/** What Tab can make of the last path of a line. */
export interface PathCompletions {
  /** The path as it is written, up to the cursor. */
  word: string;
  /** What can come in its place, and how to show it. */
  candidates: { text: string; label: string }[];
  /** What all of these begin with, as it is written. */
  common: string;
}

/** Names that are offered, and looked at, at most. */
const MOST = { offered: 100, read: 20_000 } as const;

/** One name in a folder. */
export type Entry = { name: string; isFolder: boolean };

/** The names in a folder; none where it can't be read. */
function entriesOf(folder: string): Entry[] {
  const entries: Entry[] = [];
  try {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(folder)) {
      if (entries.length === MOST.read) break;
      entries.push({ name, isFolder: isDirectory || isSymlink && isFolder(`${folder}/${name}`) });
    }
  } catch {
    // There is no such folder, or it is somebody else's.
  }
  return entries;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

const collator = new Intl.Collator(undefined, { numeric: true });

/**
 * Completes the last path of a line.
 *
 * @param line The line up to the cursor, without the command's name.
 * @param read Gives the names in a folder.
 */
export function completePath(
  line: string,
  system: PathSystem = thisSystem(),
  read: (folder: string) => Entry[] = entriesOf,
): PathCompletions {
  const last = wordsOf(line, system).at(-1);
  const isOpen = last?.end === line.length;
  const { start, path, quote } = isOpen ? last! : { start: line.length, path: "", quote: "" };
  const word = line.slice(start);
  const slash = Math.max(path.lastIndexOf("/"), system.isWindows ? path.lastIndexOf("\\") : -1);
  const [folder, begin] = [path.slice(0, slash + 1), path.slice(slash + 1)];
  const folded = begin.normalize("NFC").toLowerCase();
  const found = read(folder === "" ? "." : folder)
    .filter(({ name }) => name.normalize("NFC").toLowerCase().startsWith(folded))
    // A hidden name is offered to whoever writes its dot.
    .filter(({ name }) => begin.startsWith(".") || !name.startsWith("."))
    .sort((a, b) => collator.compare(a.name, b.name))
    .slice(0, MOST.offered);
  // What the person has written as `~/` stays so.
  const shown = isOpen && /^~[/\\]/.test(word) && system.home !== undefined && folder.startsWith(system.home)
    ? { before: "~", rest: folder.slice(system.home.length) }
    : { before: "", rest: folder };
  const write = (rest: string) => shown.before + writtenPath(shown.rest + rest, system, quote);
  const candidates = found.map(({ name, isFolder }) => {
    const text = write(name);
    const opened = /^["']/.exec(text)?.[0] ?? "";
    return { text: isFolder ? `${text}/` : `${text}${opened} `, label: isFolder ? `${name}/` : name };
  });
  const names = found.map(({ name }) => name);
  return { word, candidates, common: names.length === 0 ? word : write(commonBeginning(names, begin)) };
}

/** What all names begin with, in whole code points; at least what is written already. */
function commonBeginning([first, ...others]: string[], begin: string): string {
  let common = "";
  for (const sign of first) {
    if (!others.every((name) => name.startsWith(common + sign))) break;
    common += sign;
  }
  return common.length >= begin.length ? common : begin;
}
