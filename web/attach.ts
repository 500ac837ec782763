/// <reference lib="dom" />
/**
 * How files come into the page: by a button, dropped on the talk, or pasted. What is done with them (tray.ts) is loaded with the
 * first of them.
 *
 * @module
 */

import { html, nothing } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import type { Voice } from "../shared/voice_message.ts";
import { StayView } from "./element.ts";
import { icon } from "./icon.ts";
import { FILE_STYLE, loadStyle } from "./late_style.ts";
import { silenceHint } from "./muted.ts";
import type { Tray } from "./tray.ts";

/** The events of something that is dragged. */
const DRAGS = ["dragstart", "dragenter", "dragover", "dragleave", "drop", "dragend"] as const;

/** What draws files that are chosen, once it is loaded. */
interface Parts {
  tray: Tray;
  drawTray: typeof import("./tray_view.ts").drawTray;
  fileWords: typeof import("./file_words.ts").fileWords;
}

/** The button, the zone on which files are dropped, and the tray. */
export class AttachView extends StayView {
  #parts: Parts | undefined;
  #loading: Promise<void> | undefined;
  /** The talks for which files are chosen that wait until this is loaded. */
  readonly #adding = new Set<Talk>();
  /** Whether files are dragged over the page. */
  #isDragged = false;
  /** Whether something of the page itself is dragged. */
  #isOwnDrag = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stay.addEventListener("attach", this.#choose);
    for (const type of DRAGS) addEventListener(type, this.#dragged);
    addEventListener("paste", this.#pasted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stay.removeEventListener("attach", this.#choose);
    for (const type of DRAGS) removeEventListener(type, this.#dragged);
    removeEventListener("paste", this.#pasted);
    this.#parts?.tray.end();
    this.#parts = this.#loading = undefined;
  }

  readonly #choose = () => {
    const { stay, stay: { silence } } = this;
    if (silence === undefined) this.querySelector<HTMLElement>("input[type=file]")?.click();
    else stay.tell({ kind: "error", text: silence });
  };

  /** Sends the files that are chosen in the talk that is shown. @returns Whether there are any. */
  send(caption: string, replyTo: TalkLine | undefined): boolean {
    const { talk } = this.stay;
    if (talk === undefined) return false;
    if (this.#adding.has(talk)) {
      // Whoever presses Enter at once means the files that are about to be in the tray.
      void this.#load().then(() => {
        if (this.#parts !== undefined) this.#parts.tray.send(talk, caption, replyTo);
        else if (caption !== "") this.stay.drafts.giveBack(caption, talk);
      });
      return true;
    }
    const tray = this.#parts?.tray;
    if (tray?.hasChosen(talk) !== true) return false;
    tray.send(talk, caption, replyTo);
    return true;
  }

  /** Sends a voice message in a talk. @param writing Has the line that it answers. @returns Whether it is on its way. */
  async sendVoice(talk: Talk, file: File, voice: Voice, writing: { replyTo: TalkLine | undefined }): Promise<boolean> {
    await this.#load();
    if (this.#parts === undefined) return false;
    this.#parts.tray.sendVoice(talk, file, voice, writing.replyTo);
    writing.replyTo = undefined;
    this.stay.changed();
    return true;
  }

  /** Whether the room takes files, and there is a talk for them. */
  get #isOffered(): boolean {
    return this.stay.talk !== undefined && this.stay.hasFiles;
  }

  /** Whether they are taken: not from a person who may not talk there. */
  get #isTaking(): boolean {
    return this.#isOffered && silenceHint(this.stay) === undefined;
  }

  /** Loads what files need. */
  #load(): Promise<void> {
    return this.#loading ??= this.stay.load(
      Promise.all([
        import("./tray.ts"),
        import("./tray_view.ts"),
        import("./file_words.ts"),
        loadStyle(FILE_STYLE),
      ]),
      ([{ Tray }, { drawTray }, { fileWords }]) => {
        const { stay } = this;
        const tray = new Tray({
          files: stay.client.actions.files,
          place: new URL("./files", document.baseURI).href,
          changed: () => stay.changed(),
          refuse: (text) => stay.tell({ kind: "error", text }),
          giveBack: (text, talk) => stay.drafts.giveBack(text, talk),
        });
        this.#parts = { tray, drawTray, fileWords };
      },
    ).then(() => {
      // What could not be loaded is tried again with the next file.
      if (this.#parts === undefined) this.#loading = undefined;
      this.requestUpdate();
    });
  }

  async #add(files: readonly File[]): Promise<void> {
    const { talk } = this.stay;
    if (talk === undefined || files.length === 0) return;
    this.#adding.add(talk);
    await this.#load();
    this.#adding.delete(talk);
    this.#parts?.tray.add(talk, files);
    document.getElementById("line")?.focus();
  }

  readonly #dragged = (event: DragEvent) => {
    const { type, dataTransfer, relatedTarget } = event;
    // A picture of the page that is dragged is a file for the browser, too.
    if (type === "dragstart" || type === "dragend") this.#isOwnDrag = type === "dragstart";
    if (this.#isOwnDrag || type === "dragend") return;
    if (dataTransfer?.types.includes("Files") !== true) return;
    // Else the browser would open the file in place of the page.
    event.preventDefault();
    const isTaken = this.#isTaking && document.querySelector("dialog[open]") === null;
    if (type === "dragover") dataTransfer.dropEffect = isTaken ? "copy" : "none";
    if (type === "dragenter" && isTaken) void this.#load();
    // The pointer has left the window where it goes to no other element.
    const isOver = type === "dragenter" || type === "dragover" || (type === "dragleave" && relatedTarget !== null);
    const isDragged = isTaken && isOver;
    if (type === "drop" && isTaken) void this.#drop(dataTransfer);
    if (isDragged === this.#isDragged) return;
    this.#isDragged = isDragged;
    this.requestUpdate();
  };

  async #drop({ items, files }: DataTransfer): Promise<void> {
    // A folder comes as a file without content.
    const isFolder = [...items].map((item) => item.webkitGetAsEntry?.()?.isDirectory === true);
    const chosen = [...files];
    const whole = isFolder.length === chosen.length ? chosen.filter((_, i) => !isFolder[i]) : chosen;
    await this.#add(whole);
    if (whole.length === chosen.length) return;
    await this.#load();
    if (this.#parts !== undefined) this.stay.tell({ kind: "error", text: this.#parts.fileWords().noFolder });
  }

  readonly #pasted = (event: ClipboardEvent) => {
    const { clipboardData, target, defaultPrevented } = event;
    const files = [...clipboardData?.files ?? []];
    if (defaultPrevented || files.length === 0 || !this.#isTaking) return;
    const isElsewhere = target instanceof Element &&
      target.closest("input, textarea:not(#line), select, dialog") !== null;
    if (isElsewhere || document.querySelector("dialog[open]") !== null) return;
    // A text that is copied from an office program comes with a picture of itself. A file comes with its name.
    const text = clipboardData!.getData("text/plain").trim();
    if (text !== "" && !files.some(({ name }) => text.includes(name))) return;
    event.preventDefault();
    void this.#add(files);
  };

  readonly #chosen = ({ target }: Event) => {
    const input = target as HTMLInputElement;
    void this.#add([...input.files ?? []]);
    // So that the same file can be chosen again.
    input.value = "";
  };

  override render(): unknown {
    if (!this.#isOffered) return nothing;
    const { words, stay: { talk } } = this;
    const parts = this.#parts, why = silenceHint(this.stay);
    return html`
      ${parts === undefined || talk === undefined
        ? nothing
        : parts.drawTray(parts.tray, talk, () => this.requestUpdate())}
      <input type="file" multiple hidden aria-hidden="true" tabindex="-1" @change=${this.#chosen}>
      <button class="attach" type="button" aria-label=${words.attach} title=${why ?? words.attach}
        ?disabled=${why !== undefined}
        @click=${this.#choose}>${icon("paperclip")}</button>
      ${parts !== undefined && this.#isDragged && talk !== undefined
        ? html`
          <div class="drop-zone">
            <p>${icon("paperclip")} ${parts.fileWords().dropHere(sanitize(talk.name))}</p>
          </div>
        `
        : nothing}
    `;
  }
}
