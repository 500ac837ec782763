/**
 * The words of the terminal itself, in English: what it shows beside the sentences of the client (client/sentences.ts). The same
 * table in Chinese is terminal/strings_zh.ts; terminal/language.ts says which of them counts.
 *
 * A clause (`why`) stands inside another sentence, and has no full stop of its own. Pure.
 *
 * @module
 */

const because = (reason: string) => reason === "" ? "" : `: ${reason}`;
const online = (count: number) => `(${count} online)`;
const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;

export const ENGLISH = {
  /** What each flag does. The functions are given what counts by itself. */
  flags: {
    nick: "your name; default: who you were there last, or asked for; on a pipe guest-1234; 'Ms Chen' is Ms_Chen",
    server: (address: string) =>
      `the server; default ${address}; IPv6 as [::1]:8888; tls://HOST as with --tls, tcp://HOST without`,
    tls: (port: number) =>
      `come over TLS or not at all; the port is then ${port} by default; without it where the server offers TLS`,
    pin: "SHA-256 of the authority that the room is known by from now on; default: asked for the first time",
    channel: (channel: string) => `the channel to join, with or without #; default ${channel}`,
    login: "log in to your account, by default that of your nick; its password is asked for",
    "login-password-file": "a file that holds the account's password; or set TEAHOUSE_LOGIN_PASSWORD",
    password: "the room's password, which others on this machine can see; without WORD it is asked for",
    "password-file": "a file that holds it, or set TEAHOUSE_PASSWORD: nobody else sees it; default: none",
    owner: "own the room, by the secret that its server has printed; without SECRET it is asked for",
    "owner-file": "a file that holds that secret; or set TEAHOUSE_OWNER",
    send: "send one file to the channel, without a prompt, and end; the exit code says whether it was sent",
    downloads: "where /get puts files; default: your Downloads, where there is one, else the current folder",
    images: "auto, none, blocks, sixel or kitty: how pictures are shown; default: as the terminal says that it can",
    window: "open the page at that address in a window of its own, by an installed Chromium, Edge or Chrome",
    "no-device": "come as somebody new, and keep nothing by which the server knows you the next time",
    "no-color": "no colours (so does NO_COLOR); default: colours at a terminal",
    lang: "the language of this terminal, Chinese or English; default: that of LC_ALL, LC_MESSAGES or LANG",
    help: "show this",
    version: "show the version",
  },

  /** What follows a flag. */
  operand: (operand: string) => operand,

  help: {
    title: "Joins a chat room from a terminal.",
    more: `At the prompt, /help lists the commands. Piped input: each line is said; a line that begins with a
command (/to alice) runs it, // begins a text with /, and anything else is text. To send all as text:
sed 's|^/|//|'. It ends when all is delivered, with exit code 0; 1 if something was refused or the
server is away; 2 if a flag is wrong.`,
  },

  /** What is wrong with the command line. Those that begin with a small letter stand behind a flag. */
  usage: {
    unknownFlag: (arg: string) => `unknown flag ${arg}; --help lists the flags`,
    unknownArgument: (arg: string) => `unknown argument ${arg}; --help lists the flags`,
    noValue: "needs a value",
    noLanguage: (text: string) => `must be zh or en, not "${text}"`,
    noServer: (text: string, why: string) => `Cannot use "${text}" as a server: ${why}`,
    noScheme: "write tls:// for TLS, or HOST:PORT",
    noHost: (hostname: string) => `"${hostname}" is no host name; write HOST or HOST:PORT`,
    noIpv6: (address: string) => `"${address}" is no IPv6 address; write [ADDRESS]:PORT`,
    noPort: (port: string) => `port "${port}" is not between 1 and 65535`,
    noImages: (text: string) => `must be auto, none, blocks, sixel or kitty, not "${text}"`,
    noFolder: (text: string) => `must be a folder that is there, not "${text}"`,
    noFingerprint: (text: string) => `"${text}" is no SHA-256 fingerprint: write its 32 bytes as AB:CD:...`,
    noPage: (text: string) => `must be the address of a page, as https://tea.example/, not "${text}"`,
    secretInPage: "must hold no secret: others on this machine see with what a program was started",
    noNick: (nick: string, rule: string, why: string) => `"${nick}" cannot be a nick: ${rule} (${why})`,
    noChannel: (text: string, why: string) => `"${text}" cannot be a channel's name: ${why}`,
    oneIsEnough: (one: string, other: string) => `${one} and ${other}: one of them is enough`,
    noLogin: "--login-password-file is the password of an account, which --login names",
    pinIsForTls: "--pin is for TLS, and tcp:// for none",
    passwordNeedsTerminal: "--password needs a value where there is no terminal to ask at",
    ownerNeedsTerminal: "--owner needs a value where there is no terminal to ask at",
    loginNeedsTerminal: "--login asks for a password, which needs a terminal; --login-password-file needs none",
  },

  /** Of files and variables that hold a password; `from` names them. */
  passwords: {
    empty: (from: string) => `${from} holds no password`,
    long: (from: string, bytes: number) => `${from} holds more than the ${bytes} bytes that a password may have`,
    lines: (from: string) => `${from} holds more than one line, or a NUL`,
    unreadable: (from: string, why: string) => `${from} cannot be read: ${why}`,
    noText: (from: string) => `${from} is no UTF-8`,
  },

  /**
   * Why something cannot be done, by the kind of an error.
   *
   * @param kind The class or the code of the error, such as `ConnectionRefused`.
   * @param text The reason in the system's words.
   */
  reason: (_kind: string, text: string) => text,

  questions: {
    nick: (suggestion: string) => `Your nick [${suggestion}]:`,
    nickRule: "letters and digits of any script and -_[]\\`^{}|, not a digit or - first, at most 30",
    noNick: (nick: string, rule: string) => `"${nick}" cannot be a nick: ${rule}.`,
    /** In brackets, on a line of its own. */
    because: (why: string) => `(${why})`,
    passwordOf: (address: string) => `Password of ${address}:`,
    unknownRoom: (address: string) => `${address} is not known yet. SHA-256 of its authority:`,
    isItTheRoom: "Is this what the server has printed? [y/N]",
    confirm: (question: string) => `${question} (yes/no, Enter means no)`,
  },

  /** Of the way to a server; see also the sentences of the client about connections. */
  way: {
    another: "--server HOST:PORT names another server.",
    connecting: (address: string, nick: string, isAsBefore: boolean) =>
      `Connecting to ${address} as ${nick}${isAsBefore ? ", as the last time" : ""}...`,
    noTls: (address: string, why: string) => `Cannot connect to ${address} over TLS: ${why}.`,
    talksNoTls: "it does not talk TLS on this port",
    noCertificate: "it presents no certificate",
    closed: "it closed the connection",
    unknownAuthority: "whose authority is not known here",
    failing: (why: string) => `which fails: ${why}`,
    /** `why` is one of the two above. */
    unencrypted: (address: string, port: number, why: string, tls: string) =>
      `${address} offers TLS on port ${port}, ${why}. So this is not encrypted; --server tls://${tls} says more.`,
    offersNone: (address: string) => `${address} offers no TLS, which --pin is for. Nothing was sent.`,
    lostTls: (hostname: string, port: number, address: string) =>
      `${hostname} is known by TLS, on port ${port}, and ${address} offers none: somebody may be listening in. Nothing was sent.`,
    withTls: (address: string) => `--server tls://${address} comes with TLS`,
    withoutTls: (address: string) => `--server tcp://${address} comes without TLS all the same`,
    isAnother: (address: string) =>
      `${address} is not the server that it was: somebody may be listening in, or the room was set up anew.`,
    isNotPinned: (address: string) => `${address} has not the fingerprint that --pin names.`,
    nobodyToAsk: (address: string) =>
      `${address} is not known yet, and there is nobody to ask. SHA-256 of its authority:`,
    pinIt: "Where that is what the server has printed, add:",
    notAccepted: (address: string) => `You did not accept the fingerprint of ${address}. Nothing was sent.`,
    nothingSent: (problem: string) => `${problem} Nothing was sent.`,
    expected: "expected:",
    presented: "presented:",
    askTheOwner: "Ask the room's owner. Where the second is right, this accepts it:",
    notFor: (hostname: string) =>
      `The server's certificate does not hold for ${hostname}: it is for other names, or it has expired. Nothing was sent.`,
    itsAuthority: "its authority:",
  },

  /** Of the files in which the client keeps what it has to know again. */
  files: {
    damaged: (address: string, path: string) => `The line of ${address} in ${path} is damaged: remove it`,
    unwritable: (path: string, why: string) => `Cannot write ${path}: ${why}`,
    unreadable: (path: string, why: string) => `Cannot read ${path}: ${why}`,
    noFile: "it is no file",
    large: (bytes: number) => `it is larger than ${bytes} bytes`,
    notKnownNextTime: (folder: string, why: string) =>
      `You will not be known the next time: ${folder} cannot be written (${why}).`,
  },

  /** Of files that are sent and got. Sizes and times are texts already. */
  transfers: {
    /** Behind a bar. */
    waiting: "connection lost, trying again",
    left: (time: string) => `${time} left`,
    stops: "(Ctrl-C stops)",
    queued: (count: number) => `(${count} more wait)`,
    /** Of a file that stands in a talk. */
    picture: (width: number, height: number) => `picture ${width}x${height}`,
    video: (width: number, height: number) => `film ${width}x${height}`,
    voice: (length: string) => length === "" ? "voice message" : `voice message, ${length}`,
    card: (name: string, facts: string, url: string) => `${name}${facts === "" ? "" : ` (${facts})`} ${url}`,
    between: ", ",
    shown: (name: string, from: string) => `${name}, from ${from}:`,
    noPaths: "Name a file: /send tea.jpg",
    oneVoice: "Name one file of sound: /voice tea.ogg",
    noSound: (name: string) =>
      `${name} was not sent: it is no sound that can be a voice message (Ogg, WebM, M4A, MP3, AAC, WAV, FLAC); /send sends any file.`,
    noFile: (path: string) => `There is no file ${path}.`,
    folder: (path: string) => `${path} is a folder: send its files one by one, or as a .zip.`,
    special: (path: string) => `${path} is no file that can be sent.`,
    empty: (path: string) => `${path} is empty.`,
    unreadable: (path: string, why: string) => `Cannot read ${path}: ${why}.`,
    changed: (name: string) => `${name} was not sent: it has changed, or become unreadable, on the way.`,
    notConnected: (name: string) => `${name} was not sent: the server is away.`,
    insecureHost: (name: string, url: string) =>
      `${name} was not sent: the chat comes by TLS, and the server wants files without it, at ${url}.`,
    noPermit: (name: string, why: string) =>
      `${name} was not sent: ${why === "" ? "the server does not answer" : why}.`,
    /** `why` is what `status` gives. */
    refused: (name: string, why: string) => `${name}: ${why}.`,
    /** What an answer of HTTP means; `text` is the server's own reason, or "". */
    status: (code: number, text: string) => {
      const meanings: Record<number, string> = {
        401: "the server does not know who sends it",
        403: "the server does not allow it",
        404: "it is not there, or no longer",
        410: "it is not there any more",
        413: "it is too large for the server",
        415: "the server does not take files of this kind",
        416: "it is shorter than it was",
        422: "it is damaged, or was refused for what it is",
        429: "too many at once; try again in a moment",
        503: "the server has no time; try again in a moment",
        507: "there is no room for it on the server",
      };
      if (text !== "") return `${text.replace(/\.$/, "")} (${code})`;
      return `${Object.hasOwn(meanings, code) ? meanings[code] : "the server refuses it"} (${code})`;
    },
    tooLarge: (name: string, size: string, most: string) =>
      `${name} was not sent: it has ${size}, and the server takes ${most} at most.`,
    noAddress: (name: string) => `${name}: the server's answer makes no sense.`,
    untrusted: (name: string, host: string) =>
      `${name}: the certificate of ${host} does not hold, so nothing was sent.`,
    unreachable: (name: string, host: string, why: string) => `${name}: ${host} cannot be reached: ${why}.`,
    stopped: (name: string) => `${name}: stopped, nothing was sent.`,
    stoppedGet: (name: string) => `${name}: stopped; /get goes on where it was.`,
    notSaid: (name: string, target: string) =>
      `${name} was sent, and could not be said in ${target}, so it was removed again.`,
    noneHere: (target: string) => `No file was said in ${target}, as far as it is loaded here.`,
    list: (target: string) => `Files of ${target}:`,
    noNumber: (text: string) => `"${text}" is no number of the list, and no address; /files lists them.`,
    saved: (path: string, size: string) => `Got ${path} (${size}).`,
    noPlace: (folder: string) => `There is no folder ${folder}.`,
    unwritable: (folder: string, why: string) => `Cannot write in ${folder}: ${why}.`,
    tooMany: (most: number) => `${most} files wait already: send more once they are there.`,
  },

  window: {
    failed: (browser: string, code: number) => `${browser} ended with exit code ${code}, and opened no window.`,
    noBrowser: (address: string) =>
      `--window needs Chromium, Edge or Chrome, and none is installed. Any browser opens ${address}`,
  },

  /** Of the prompt, and of what is written there. */
  prompt: {
    onceMore: "Ctrl-C again leaves.",
    isBehindArrow: (beginning: string) => `Arrow-up brings back: ${beginning}`,
    maySend: (count: number, target: string | undefined) =>
      `Send these ${count} lines${target === undefined ? "" : ` to ${target}`}?`,
    /** Of a line that may be a secret which the person believes to be asked for. */
    maySendThis: (target: string | undefined) => `Send this${target === undefined ? "" : ` to ${target}`}?`,
    notSentThis: "Not sent.",
    notSent: (count: number) => `Not sent: ${count} lines.`,
    isKept: (text: string) => `Kept for when the server is back: ${text}`,
    onTheirWay: (count: number) => `${count} lines are on their way, 4 a second.`,
    away: (nick: string) => `${nick} (away)`,
    nobody: "(nobody)",
    typing: (label: string, nicks: string) => `${label} (${nicks} typing)`,
    /** `isShown`: whether they follow. */
    undelivered: (count: number, isShown: boolean) =>
      `${count === 1 ? "One line was" : `${count} lines were`} not delivered${isShown ? ":" : "."}`,
    unreadable: (why: string) => `Cannot read what is to be said: ${why}`,
    leftOut: (count: number) => `(${count} lines were left out: nobody read them)`,
  },

  /** What happens in a talk. A `reason` is "" where none is told. */
  happenings: {
    toSomebody: (nick: string) => `you -> ${nick}`,
    toYou: (nick: string) => `${nick} -> you`,
    edited: (line: string) => `${line} (edited)`,
    removed: "(removed)",
    joined: (nick: string, channel: string, count: number) => `${nick} joined ${channel} ${online(count)}`,
    left: (nick: string, channel: string, count: number, reason: string) =>
      `${nick} left ${channel} ${online(count)}${because(reason)}`,
    youLeft: (channel: string) => `You left ${channel}`,
    kicked: (by: string, nick: string, channel: string, count: number, reason: string) =>
      `${by} threw ${nick} out of ${channel} ${online(count)}${because(reason)}`,
    youWereKicked: (by: string, channel: string, reason: string) =>
      `${by} threw you out of ${channel}${because(reason)}`,
    offline: (nick: string, count: number, reason: string) => `${nick} went offline ${online(count)}${because(reason)}`,
    renamed: (nick: string, renamed: string) => `${nick} is now ${renamed}`,
    youAreNow: (nick: string) => `You are now ${nick}`,
    topicIs: (channel: string, topic: string) => `Topic of ${channel}: ${topic}`,
    topicSet: (by: string, topic: string) => topic === "" ? `${by} cleared the topic` : `${by} set the topic: ${topic}`,
    /** What the server says by NOTICE. */
    serverSays: (text: string) => text,
    /** Between the sentences about several changes of a mode. */
    and: " and ",
    /** `from` is undefined for the reader, and `about` for a message that is not known; here and below. */
    reacted: (from: string | undefined, reaction: string, about: string | undefined) =>
      `${from ?? "You"} reacted ${reaction}${about === undefined ? "" : ` to: ${about}`}`,
    tookBack: (from: string | undefined, reaction: string, about: string | undefined) =>
      `${from ?? "You"} took back ${reaction}${about === undefined ? "" : ` to: ${about}`}`,
    /** `of` is undefined where it was a message of whoever removed it. */
    messageRemoved: (by: string | undefined, of: string | undefined, when: string, reason: string) =>
      `${by ?? "You"} removed a message${of === undefined ? "" : ` of ${of}`}, said at ${when}${because(reason)}`,
    isAway: (nick: string, reason: string) => `${nick} is away${because(reason)}`,
    isBack: (nick: string) => `${nick} is back`,
    invitesYou: (by: string, channel: string) => `${by} invites you: /join ${channel}`,
    invites: (by: string, nick: string, channel: string) => `${by} invites ${nick} to ${channel}`,
    names: (channel: string, count: number, names: string) => `${channel}: ${count} online: ${names}`,
    nameAway: (name: string) => `${name} (away)`,
    betweenNames: ", ",
    connected: (server: string, nick: string, isAgain: boolean) =>
      `${isAgain ? "Connected again" : "Connected"} to ${server} as ${nick}`,
    disconnected: (why: string, seconds: number) =>
      `Connection lost: ${why}. Trying again in ${seconds} s; what you write is kept.`,
  },

  /** Of calls, which are taken on the page. */
  calls: {
    /** `text` tells that one has begun, or goes on. */
    howToJoin: (text: string) => `${text}: /call opens it`,
    goesOn: "A call goes on here",
    ring: (nick: string) => `${nick} calls you: /call ${nick} opens the page, /decline does not answer`,
    takenElsewhere: (nick: string) => `The call from ${nick} was answered or declined elsewhere`,
    nobody: (channel: string) => `Nobody is in a call in ${channel}.`,
    notWith: (nick: string) => `You are in no call with ${nick}.`,
    rings: (nick: string) => `${nick} calls you and waits.`,
    /** `period` is undefined where it is not known for how long it runs. */
    inCall: (target: string, members: string, period: string | undefined) =>
      `In the call of ${target}${period === undefined ? "" : `, for ${period}`}: ${members}`,
    /** `notes` say what somebody does there, as the four below. */
    member: (nick: string, notes: string) => `${nick} (${notes})`,
    muted: "muted",
    hand: "hand up",
    video: "camera",
    screen: "screen",
    /** Where the call is; `isOpened`: whether the browser gets it. */
    here: (page: string, isOpened: boolean) =>
      `${isOpened ? "Opening in your browser" : "Open this in a browser"}: ${page}`,
    noPage: "Calls need the page over https, and this room has none.",
    asGuest: (nick: string) =>
      `You have no account, so the page does not know you as ${nick}: call from there by the menu of a name.`,
  },

  history: {
    missed: (talk: string) => `you were away here: ${talk}`,
    older: (talk: string, isFirst: boolean) => `older lines of ${talk}${isFirst ? ", from the first" : ""}`,
    backToNow: "back to now",
    moreLines: (count: number) => `... ${count} more ${count === 1 ? "line" : "lines"}`,
    /** `isAll`: whether no more may be found; `loaded`: the talk of which only what is loaded was looked at, or undefined. */
    found: (count: number, text: string, isAll: boolean, loaded: string | undefined) => {
      const lines = count === 0
        ? "No line"
        : count === 1
        ? "One line"
        : `${isAll ? "" : "the last "}${counted(count, "line")}`;
      const among = loaded === undefined ? "" : `, among what is loaded here of ${loaded}: this server cannot search`;
      return `${lines} with "${text}"${among}${count === 0 ? "." : ":"}`;
    },
    /** As `Wednesday, 25 November 2026`. */
    day: (time: Date) => {
      const format = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
      return time.toLocaleDateString("en-GB", format).replace(/^(\p{L}+) /u, "$1, ");
    },
  },
};

/** The words of the terminal, in any language. */
export type Strings = typeof ENGLISH;
