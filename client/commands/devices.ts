/**
 * The devices of an account (docs/devices.md): which there are, as a view lists them, and the slash commands about them.
 *
 * @module
 */

import { type Message, RPL_LOGGEDOUT } from "../../protocol.ts";
import { DEVICE } from "../connection/device.ts";
import { isSameName } from "../names.ts";
import { readTime } from "../state/said.ts";
import { roundedPeriod } from "../state/period.ts";
import type { Actions } from "./actions.ts";
import { answerTo, type Command, optional } from "./command.ts";

/** One device of the account that this client is logged in to. */
export interface AccountDevice {
  id: string;
  name: string;
  /** When it was used last, in milliseconds since 1970. */
  used: number;
  address: string;
  /** Whether it is this client's own. */
  isThis: boolean;
  /** Whether it is connected. */
  isHere: boolean;
  /** Whether it is an app password. */
  isApp: boolean;
}

/** The most devices that are listed; our server has 50. */
const MOST = 200;

/** Why an answer is a refusal, in the person's words; undefined where it is none. */
function refusalIn(client: Actions, replies: readonly Message[] | undefined): string | undefined {
  const { calling, refusals } = client.sentences;
  if (replies === undefined) return calling.noAnswer;
  const fail = replies.find(({ command }) => command === "FAIL");
  if (fail === undefined) return undefined;
  const [command = "", code = ""] = fail.params;
  return refusals.standard({ command, code, text: fail.params.at(-1) ?? "" });
}

/** Asks for something about the devices. @returns The answers; a sentence where it is refused. */
async function ask(client: Actions, ...params: string[]): Promise<Message[] | string> {
  const replies = await client.askQuietly(["FAIL"], "DEVICES", ...params);
  return refusalIn(client, replies) ?? replies!.filter(({ command }) => command === "DEVICES");
}

/** The devices of the account, those that were used last first. @returns A sentence where they can't be listed. */
export async function accountDevices(client: Actions): Promise<AccountDevice[] | string> {
  const replies = await ask(client, "LIST");
  if (typeof replies === "string") return replies;
  return replies.filter(({ params: [what] }) => what === "LIST").slice(0, MOST).map(({ params }) => {
    const [, id = "", used = "", address = "", flags = ""] = params;
    const has = (flag: string) => flags.split(",").includes(flag);
    return {
      id,
      name: params.at(-1) ?? "",
      used: readTime(used) ?? 0,
      address,
      isThis: has("this"),
      isHere: has("here"),
      isApp: has("app"),
    };
  });
}

/** Ends a device: it is logged out at once. @returns Nothing once it is done; a sentence where it is refused. */
export async function endDevice(client: Actions, id: string): Promise<string | undefined> {
  const replies = await ask(client, "DEL", id);
  return typeof replies === "string" ? replies : undefined;
}

/** Makes an app password. @returns It; a sentence where it is refused. */
export async function addAppPassword(client: Actions, name: string): Promise<{ secret: string } | string> {
  const replies = await ask(client, "ADD", name);
  if (typeof replies === "string") return replies;
  const secret = replies.find(({ params: [what] }) => what === "SECRET")?.params[2];
  return secret === undefined ? client.sentences.calling.noAnswer : { secret };
}

/** When a device was used last, in words. */
export function lastUse(client: Pick<Actions, "sentences">, { used, isHere }: AccountDevice, now: number): string {
  const { devices, shortUnits } = client.sentences;
  return isHere ? devices.now : devices.ago(roundedPeriod((now - used) / 1000, shortUnits));
}

/**
 * Logs out on this device alone.
 *
 * @returns The account; nothing where it is not done, which the person is told.
 */
export async function logOut(client: Actions): Promise<string | undefined> {
  const { accounts, devices } = client.sentences;
  const { account } = client.state;
  if (account === undefined) return void client.refuse(accounts.loginFirst("logout"));
  const quiet = [RPL_LOGGEDOUT, "NOTICE NickServ"];
  const replies = await client.withoutShowing(quiet, () => answerTo(client, "logout", "NS", "LOGOUT"));
  if (replies === undefined) return undefined;
  if (!replies.some(({ command }) => command === RPL_LOGGEDOUT)) return undefined;
  client.connection.login.keep(undefined);
  client.state.account = undefined;
  client.tell({ type: "info", text: devices.loggedOut(account) });
  return account;
}

/** Why an account's devices can't be looked at now; undefined where they can. */
function problemOf(client: Actions): string | undefined {
  const { calling, devices } = client.sentences;
  if (!client.isConnected) return calling.serverIsAway("devices");
  if (!client.can(DEVICE)) return devices.none;
  return client.state.account === undefined ? devices.loginFirst : undefined;
}

/** Lists the devices, as rows. */
async function list(client: Actions): Promise<void> {
  const found = await accountDevices(client);
  if (typeof found === "string") return client.refuse(found);
  const { devices } = client.sentences;
  const rows = found.map((device) => {
    const { id, name, address, isThis, isHere, isApp } = device;
    const notes = [isThis ? devices.thisOne : isHere && devices.isHere, isApp && devices.app].filter((note) => note);
    const use = [lastUse(client, device, Date.now()), devices.from(address), ...notes].join(", ");
    return [`${id}  ${name}`, use];
  });
  client.tell({ type: "table", rows });
}

/** Ends the device of that name or id. */
async function end(client: Actions, text: string): Promise<void> {
  const { devices } = client.sentences;
  const found = await accountDevices(client);
  if (typeof found === "string") return client.refuse(found);
  const byId = found.filter(({ id }) => id === text.toLowerCase());
  const meant = byId.length > 0 ? byId : found.filter(({ name }) => isSameName(name, text));
  if (meant.length === 0) return client.refuse(devices.unknown(text));
  if (meant.length > 1) return client.refuse(devices.several(text, meant.map(({ id }) => id).join(", ")));
  const refusal = await endDevice(client, meant[0].id);
  if (refusal !== undefined) return client.refuse(refusal);
  client.tell({ type: "info", text: devices.loggedOutThere(meant[0].name) });
}

/** Makes an app password, and shows it this once. */
async function add(client: Actions, name: string, password: string): Promise<void> {
  const { devices } = client.sentences;
  const account = client.state.account!;
  const refusal = await client.connection.login.logIn({ account, password });
  if (refusal !== undefined) return client.refuse(devices.notAdded(name, refusal));
  const made = await addAppPassword(client, name);
  if (typeof made === "string") return client.refuse(made);
  client.tell({ type: "info", text: devices.added(name, made.secret) });
  client.tell({ type: "info", text: devices.usage(account) });
}

export const DEVICES: readonly Command[] = [
  {
    name: "logout",
    params: [],
    run: async (client) => void await logOut(client),
  },
  {
    name: "devices",
    params: [optional({ name: "addOrEnd", kind: "word" }), optional({ name: "name", kind: "line" })],
    asks: (client, [what, name]) => {
      if (what?.toLowerCase() !== "add" || name === undefined) return [];
      return problemOf(client) ?? [client.sentences.devices.passwordOf(client.state.account!)];
    },
    run: async (client, [what, name], [password]) => {
      const { devices, calling, params } = client.sentences;
      const problem = problemOf(client);
      if (problem !== undefined) return client.refuse(problem);
      if (what === undefined) return await list(client);
      const verb = what.toLowerCase();
      if (verb === "add") return name === undefined ? client.refuse(devices.noName) : await add(client, name, password);
      if (verb === "end") return name === undefined ? client.refuse(devices.noDevice) : await end(client, name);
      client.refuse(calling.usage(`/devices [${params.addOrEnd}] [${params.name}]`));
    },
  },
];
