/// <reference lib="dom" />
/**
 * The dialog in which a person says who they are: name and status, their account, and the devices that are logged in to it.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { type AccountDevice, accountDevices, addAppPassword, endDevice, lastUse } from "../client/commands/devices.ts";
import { DEVICE } from "../client/connection/device.ts";
import { namingOf } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { ask, askSecret, showDrawn } from "./ask.ts";
import { logOutAndLeave } from "./leaving.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";
import { isOwnerAsGuest } from "./welcome.ts";

/** Shows the dialog until it is closed. */
export function showProfile(stay: Stay): Promise<void> {
  const dialog = document.createElement("dialog");
  const close = () => dialog.close();
  const profile = new Profile(stay, close);
  void profile.load();
  const draw = () => {
    const { words } = settings;
    dialog.setAttribute("aria-label", words.profile);
    return html`<div class="profile">
      <h2>${words.profile}</h2>
      ${profile.draw()}
      <div class="buttons"><button type="button" @click=${close}>${words.close}</button></div>
    </div>`;
  };
  return showDrawn(dialog, draw, [stay, settings, profile]);
}

/** What a dialog shows of a person. It dispatches "change" when that is to be drawn anew. */
export class Profile extends EventTarget {
  readonly #stay: Stay;
  readonly #close: () => void;
  #devices: readonly AccountDevice[] = [];
  /** The status, as the server has it. */
  #status = "";
  /** What came of the last thing that was done, in words; one line each. */
  #told: readonly string[] = [];
  /** Why the nick that was written cannot be had. */
  #nickFault = "";

  /** @param close Closes the dialog. */
  constructor(stay: Stay, close: () => void) {
    super();
    this.#stay = stay;
    this.#close = close;
  }

  get #actions() {
    return this.#stay.client.actions;
  }

  /** Asks the server for what is shown. */
  async load(): Promise<void> {
    const { displayName, status } = await this.#actions.profile();
    this.#status = status;
    this.#actions.displayName ??= displayName || undefined;
    this.#changed();
    await this.#loadDevices();
  }

  async #loadDevices(): Promise<void> {
    const { state } = this.#stay.client;
    if (state.account !== undefined && this.#actions.can(DEVICE)) {
      const devices = await accountDevices(this.#actions);
      if (typeof devices === "string") this.#told = [devices];
      else this.#devices = devices;
    }
    this.#changed();
  }

  #tell(...told: string[]): void {
    this.#told = told;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  draw(): TemplateResult {
    const { words } = settings;
    const { nick, account } = this.#stay.client.state;
    return html`
      <p>${account === undefined
        ? words.isGuest(sanitize(nick))
        : words.isAccount(sanitize(nick), sanitize(account))}</p>
      ${account === undefined ? [this.#guest(), this.#naming()] : [this.#naming(), this.#account()]}
      <p class="told" role="status">${this.#told.map((line) => html`<span dir="auto">${line}</span>`)}</p>
    `;
  }

  #naming(): TemplateResult {
    const { words } = settings;
    const { nick } = this.#stay.client.state;
    return html`
      <form novalidate @submit=${this.#save} @input=${this.#written}>
        <label>${words.ownNick}
          <input name="own-nick" maxlength="60" autocomplete="nickname" spellcheck="false" autocapitalize="none"
            aria-describedby="own-nick-fault" aria-invalid=${this.#nickFault !== ""} .defaultValue=${nick}></label>
        <p class="refusal" id="own-nick-fault" role="alert">${this.#nickFault}</p>
        <label>${words.displayName}
              <input name="display-name" maxlength="60" autocomplete="name" .defaultValue=${this.#actions.displayName ??
                ""}>
            </label>
        <label>${words.status} <input name="status" maxlength="100" autocomplete="off" .defaultValue=${this
          .#status}></label>
        <div class="buttons"><button class="yes" type="submit">${words.save}</button></div>
      </form>
    `;
  }

  readonly #save = async (event: SubmitEvent) => {
    event.preventDefault();
    const field = (name: string) =>
      (event.target as HTMLFormElement).querySelector<HTMLInputElement>(`[name=${name}]`)!;
    const status = field("status").value.trim();
    // A name with spaces is one to be shown, as where one comes in, unless another one was written for that.
    const { nick, displayName: whole } = namingOf(field("own-nick").value);
    const written = field("display-name").value.trim();
    const displayName = written === (this.#actions.displayName ?? "") ? whole ?? written : written;
    this.#nickFault = nick === this.#stay.client.state.nick ? "" : await this.#rename(nick);
    if (this.#nickFault !== "") {
      this.#tell();
      return field("own-nick").select();
    }
    const isRenamed = displayName !== (this.#actions.displayName ?? "");
    if (isRenamed) await this.#actions.showAs(displayName || undefined);
    const refusal = await this.#actions.setStatus(status);
    if (refusal === undefined) this.#status = status;
    this.#tell(refusal ?? settings.words.saved);
  };

  /** Asks the server for another nick. @returns Why it cannot be had; "" where it was given. */
  async #rename(nick: string): Promise<string> {
    const fault = settings.problemOf("nick", nick);
    if (fault !== "") return fault;
    let isAnswered = false;
    const told = await this.#stay.gather(({ type }) => type === "error", async () => {
      isAnswered = await this.#actions.ask("NICK", nick) !== undefined;
    });
    if (!isAnswered) return settings.sentences.calling.noAnswer;
    return told.map((event) => event.type === "error" ? sanitize(event.text) : "").join(" ");
  }

  /** What was wrong with the nick is said no longer when another one is written. */
  readonly #written = ({ target }: Event) => {
    if ((target as HTMLInputElement).name !== "own-nick" || this.#nickFault === "") return;
    this.#nickFault = "";
    this.#changed();
  };

  /** Runs a command that asks for what it needs in dialogs of its own. */
  #run(line: string): () => Promise<void> {
    return async () => {
      this.#close();
      await this.#stay.client.input(line);
    };
  }

  #guest(): TemplateResult {
    const { words } = settings;
    return html`
      ${isOwnerAsGuest(this.#stay) ? html`<p>${words.ownerIsGuest}</p>` : nothing}
      <p class="dim">${words.accountBegins}</p>
      <div class="buttons">
        <button type="button" @click=${this.#run("/login")}>${words.logIn}</button>
        <button type="button" @click=${this.#run("/register")}>${words.makeAccount}</button>
      </div>
    `;
  }

  #account(): TemplateResult {
    const { words } = settings;
    return html`
      <div class="buttons">
        <button type="button" @click=${this.#run("/password")}>${words.changePassword}</button>
        <button class="danger" type="button" @click=${this.#logOut}>${words.logOut}</button>
      </div>
            ${this.#actions.can(DEVICE) ? this.#list() : nothing}
    `;
  }

  /** Logs out, and leaves: whoever comes in next here is somebody else. */
  readonly #logOut = async () => {
    this.#close();
    await logOutAndLeave(this.#stay);
  };

  #list(): TemplateResult {
    const { words } = settings;
    return html`
      <h3>${words.devices}</h3>
      <ul>${this.#devices.toSorted((a, b) => Number(b.isThis) - Number(a.isThis)).map((one) => this.#entry(one))}</ul>
      <form class="add" @submit=${this.#add}>
        <label>${words
          .forProgram} <input name="program" maxlength="60" required placeholder="WeeChat" autocomplete="off"></label>
        <button type="submit">${words.addAppPassword}</button>
      </form>
    `;
  }

  #entry(device: AccountDevice): TemplateResult {
    const { words } = settings;
    const name = this.#nameOf(device);
    const notes = [
      device.isThis ? words.thisDevice : device.isHere ? words.hereNow : "",
      device.isApp ? words.appPassword : "",
    ].filter((note) => note !== "");
    return html`<li class=${device.isThis ? "this" : ""}>
      <span><b><bdi>${name}</bdi></b>${
      notes.map((note) =>
        html`
          <span class="badge">${note}</span>
        `
      )
    }
        <small>${this.#useOf(device)}</small></span>
      ${
      device.isThis ? nothing : html`
        <button class="danger" type="button" aria-label=${words.endDevice(name)}
          @click=${() => void this.#end(device)}>${words.end}</button>
      `
    }
    </li>`;
  }

  /** What a device is called; with its number where another one is called the same. */
  #nameOf({ id, name }: AccountDevice): string {
    const isOneOfSeveral = this.#devices.some((other) => other.id !== id && other.name === name);
    return sanitize(isOneOfSeveral ? `${name} (${id})` : name);
  }

  /** When a device was used last, and from where. */
  #useOf(device: AccountDevice): string {
    const { words } = settings;
    return words.usedLast(lastUse(this.#stay.client, device, Date.now()), sanitize(device.address));
  }

  async #end(device: AccountDevice): Promise<void> {
    const { id, name } = device;
    const { words } = settings;
    const detail = `${this.#nameOf(device)}\n${this.#useOf(device)}`;
    if (await ask(words.endThis, words.end, { detail, isDangerous: true }) !== "yes") return;
    const refusal = await endDevice(this.#actions, id);
    this.#told = [refusal ?? settings.sentences.devices.loggedOutThere(sanitize(name))];
    await this.#loadDevices();
  }

  readonly #add = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = form.querySelector("input")!.value.trim();
    const { account } = this.#stay.client.state;
    const { devices } = settings.sentences;
    if (name === "" || account === undefined) return;
    const password = await askSecret(devices.passwordOf(sanitize(account)));
    if (password === undefined) return;
    const refusal = await this.#stay.client.connection.login.logIn({ account, password });
    if (refusal !== undefined) return this.#tell(devices.notAdded(name, refusal));
    const made = await addAppPassword(this.#actions, name);
    if (typeof made === "string") return this.#tell(made);
    form.reset();
    this.#told = [devices.added(name, made.secret), devices.usage(sanitize(account))];
    await this.#loadDevices();
  };
}
