/// <reference lib="dom" />
/**
 * The pictures of a call: a tile for each camera and each screen of the others, which fill the place that they have, and the
 * person's own ones small beside them. Where only they show anything, the others have their tiles all the same.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { foldName } from "../../client/names.ts";
import { sanitize } from "../../client/sanitize.ts";
import { drawAvatar } from "../draw.ts";
import { icon } from "../icon.ts";
import { settings } from "../settings.ts";
import type { PageCall } from "./call.ts";
import { columnsOf } from "./figures.ts";
import { canFloat, toggleFloating } from "./floating.ts";

/** One picture, or somebody without one. */
interface Tile {
  nick: string;
  kind: "camera" | "screen";
  stream?: MediaStream;
  isOwn: boolean;
}

/** People without a picture who have a tile; the bar names all. */
const MOST_FACES = 8;

/** This person's own pictures, as streams: one for each track. */
const own = new WeakMap<MediaStreamTrack, MediaStream>();

function ownStream(track: MediaStreamTrack): MediaStream {
  const known = own.get(track) ?? new MediaStream([track]);
  own.set(track, known);
  return known;
}

/** The tracks at which it is seen whether anything comes. */
const watched = new WeakSet<MediaStreamTrack>();

/** Whether nothing comes of a picture just now. The call is drawn anew when that changes. */
function isDark(stream: MediaStream, call: PageCall): boolean {
  const [track] = stream.getVideoTracks();
  if (track === undefined) return true;
  if (!watched.has(track)) {
    watched.add(track);
    for (const type of ["mute", "unmute"]) track.addEventListener(type, () => call.changed());
  }
  return track.muted;
}

/** Shows a picture from its first frame on. It may be that of somebody else by now. */
function look({ currentTarget }: Event): void {
  const video = currentTarget as HTMLVideoElement;
  video.classList.toggle("seen", video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0);
}

/** The pictures that there are, screens first. */
function picturesOf({ members, media, others }: PageCall): Tile[] {
  const tiles: Tile[] = [];
  for (const [i, { nick, words }] of members.entries()) {
    for (const [word, kind] of [["screen", "screen"], ["video", "camera"]] as const) {
      if (!words.has(word)) continue;
      const track = media.tracks[kind];
      const stream = i > 0 ? others.picture(nick, kind) : track === null ? undefined : ownStream(track);
      if (stream !== undefined) tiles.push({ nick, kind, stream, isOwn: i === 0 });
    }
  }
  return tiles.sort((a, b) => Number(b.kind === "screen") - Number(a.kind === "screen"));
}

/** What has the place, and what stands small beside it: one's own pictures, unless one is alone. */
function tilesOf(call: PageCall): { wide: Tile[]; small: Tile[] } {
  const pictures = picturesOf(call);
  const others = call.members.slice(1);
  if (others.length === 0) return { wide: pictures, small: [] };
  const small = pictures.filter(({ isOwn }) => isOwn);
  const wide = pictures.filter(({ isOwn }) => !isOwn);
  if (wide.length > 0 || small.length === 0) return { wide, small };
  const faces = others.slice(0, MOST_FACES).map(({ nick }): Tile => ({ nick, kind: "camera", isOwn: false }));
  return { wide: faces, small };
}

/** What somebody shows for a moment, floating over them; who looks elsewhere is told it by the bar. */
export function drawReactions(call: PageCall, nick: string): unknown {
  return html`
    <span class="call-reactions" aria-hidden="true">${repeat(
      call.reactions.of(nick),
      ({ id }) => id,
      ({ emoji }) => html`<span>${sanitize(emoji)}</span>`,
    )}</span>
  `;
}

/** Draws them; nothing where there are none. */
export function drawTiles(call: PageCall): unknown {
  const { words: { calls: words } } = settings;
  const { wide, small } = tilesOf(call);
  if (wide.length === 0) return nothing;
  const toggle = () => {
    call.isLarge = !call.isLarge;
    call.changed();
  };
  const label = call.isLarge ? words.smallPictures : words.largePictures;
  const draw = (tiles: Tile[]) =>
    repeat(tiles, ({ stream, nick }) => stream?.id ?? nick, (tile) => drawTile(call, tile));
  return html`
    <div class="call-tiles ${call.isLarge ? "large" : ""}">
      <div class="wide-tiles" .style=${`--columns: ${columnsOf(wide.length)}`}>${draw(wide)}</div>
      ${small.length === 0 ? nothing : html`<div class="small-tiles">${draw(small)}</div>`}
      <button class="size" type="button" aria-pressed=${call
        .isLarge} aria-label=${label} title=${label} @click=${toggle}>${icon(
          call.isLarge ? "minimize-2" : "maximize-2",
        )}</button>
    </div>
  `;
}

function drawTile(call: PageCall, { nick, kind, stream, isOwn }: Tile): TemplateResult {
  const { words: { calls: words } } = settings;
  const name = sanitize(nick);
  const label = kind === "screen" ? words.screenOf(name) : words.pictureOf(name);
  const isSpeaking = kind === "camera" && call.levels.speaks(foldName(nick));
  const whole = ({ currentTarget }: Event) => {
    const tile = currentTarget as HTMLElement;
    void (document.fullscreenElement === null ? tile.requestFullscreen?.() : document.exitFullscreen())?.catch(
      () => {},
    );
  };
  const float = ({ currentTarget }: Event) =>
    void toggleFloating((currentTarget as Element).closest("figure")!.querySelector("video")!);
  const ownWindow = words.ownWindow(label);
  const isDarkNow = stream === undefined || isDark(stream, call);
  // Its sound comes by another way: a picture that begins without one may begin by itself.
  return html`
    <figure class="${kind} ${isOwn ? "own" : ""} ${isSpeaking ? "speaking" : ""} ${isDarkNow ? "dark" : ""}"
      @dblclick=${whole}>
      ${drawAvatar(nick)}
      ${stream === undefined ? nothing : html`
        <video aria-label=${label} .srcObject=${stream} .muted=${true} autoplay playsinline @loadeddata=${look}
          @resize=${look} @emptied=${look}></video>
      `}
      ${kind === "camera" ? drawReactions(call, nick) : nothing}
      ${canFloat && stream !== undefined
        ? html`
          <button class="float" type="button" aria-label=${ownWindow} title=${ownWindow} @click=${float}
            @dblclick=${(event: Event) => event.stopPropagation()}>${icon("picture-in-picture-2")}</button>
        `
        : nothing}
      <figcaption><bdi>${name}</bdi></figcaption>
    </figure>
  `;
}
