/// <reference lib="dom" />
/**
 * A menu, and the ways by which a person asks for one: a button, the mouse's other button, a long press, Shift+F10 and the key
 * for it. In a narrow window it is a sheet at the bottom. What stands in it is the business of menus.ts.
 *
 * @module
 */

import { html, nothing, render, type TemplateResult } from "lit";
import { icon, type IconName } from "./icon.ts";

/** One entry of a menu. */
export interface MenuEntry {
  label: string;
  icon?: IconName;
  /** Called when the person chooses it; the menu is closed by then. */
  run: () => unknown;
  /** Whether it takes something away for good, or from somebody. */
  isDestructive?: boolean;
  /** Whether it is the chosen one of its group; undefined where nothing is chosen there. */
  isChecked?: boolean;
}

/** Entries that belong together. */
export interface MenuGroup {
  heading?: string;
  /** Whether the entries stand beside each other: they are one sign each, and the heading is heard alone. */
  isRow?: boolean;
  entries: readonly MenuEntry[];
}

/** Where a menu is wanted: beside an element, or at a point of the window in CSS pixels. */
export type Place = Element | { x: number; y: number };

/** Pixels: between a menu and the window's edge; and how far a finger may slip in a long press. Milliseconds of one. */
const EDGE = 8, SLIP = 10, PRESS = 500;

/** Closes the menu that is open. */
let close: () => void = () => {};

/**
 * Shows a menu in place of the one that is open.
 *
 * @param label Its name: what the entries are about.
 * @param groups Those without entries are left out.
 */
export function showMenu(label: string, groups: readonly MenuGroup[], place: Place): void {
  close();
  const veil = document.createElement("div");
  veil.className = "menu-veil";
  // The button that has opened the menu may be gone by now: those of a message are drawn only while the pointer is at it.
  let edges = edgesOf(place);
  const moved = new ResizeObserver(() => {
    if (place instanceof Element && place.isConnected) edges = edgesOf(place);
    put(menu, edges);
  });
  veil.popover = "manual";
  const opener = document.activeElement;
  // What has opened the menu may be drawn only while the focus or the pointer is near it.
  const returns = [opener, opener?.closest("li"), document.getElementById("line")];
  close = () => {
    close = () => {};
    moved.disconnect();
    veil.remove();
    const back = returns.find((element) => element?.isConnected === true && element !== document.body);
    if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  };
  const choose = ({ run }: MenuEntry) => {
    close();
    run();
  };
  render(drawMenu(label, groups, choose), veil);
  veil.addEventListener("keydown", keyed);
  // A press that has begun elsewhere is the one that has opened the menu: where the finger goes up, it chooses nothing.
  let pressed: EventTarget | null = null;
  veil.addEventListener("pointerdown", ({ target }) => pressed = target);
  veil.addEventListener("click", (event) => {
    if (event.detail > 0 && pressed === null) event.stopPropagation();
    else if (event.target === veil && pressed === veil) close();
  }, { capture: true });
  // A press between the entries, as where a finger goes up that has opened the menu, takes the keys from none of them.
  veil.addEventListener("mousedown", (event) => event.preventDefault());
  veil.addEventListener("contextmenu", (event) => event.preventDefault());
  veil.addEventListener("mouseover", ({ target }) => {
    if (target instanceof Element) target.closest<HTMLElement>("[role^=menuitem]")?.focus();
  });
  // Within a landmark, where screen readers look for what is on the page.
  (document.querySelector("main") ?? document.body).append(veil);
  veil.showPopover();
  const menu = veil.querySelector<HTMLElement>(".menu")!;
  put(menu, edges);
  // A phone's keyboard goes away when the focus does.
  moved.observe(veil);
  menu.querySelector<HTMLElement>("div:not(.row) > [role^=menuitem]")?.focus({ preventScroll: true });
}

function drawMenu(
  label: string,
  groups: readonly MenuGroup[],
  choose: (entry: MenuEntry) => void,
): TemplateResult {
  const shown = groups.filter(({ entries }) => entries.length > 0);
  return html`
    <div class="menu">
      <p class="title" dir="auto" aria-hidden="true">${label}</p>
      <div role="menu" aria-label=${label}>${shown.map(({ heading, isRow = false, entries }) =>
        html`<div role="group" class=${isRow ? "row" : nothing} aria-label=${heading ?? nothing}>
        ${heading === undefined || isRow ? nothing : html`<span class="heading" aria-hidden="true">${heading}</span>`}
        ${entries.map((entry) => drawEntry(entry, choose))}
      </div>`
      )}</div>
    </div>
  `;
}

function drawEntry(entry: MenuEntry, choose: (entry: MenuEntry) => void): TemplateResult {
  const { label, isDestructive = false, isChecked } = entry;
  const drawn = entry.icon === undefined ? nothing : icon(entry.icon);
  return html`
    <button type="button" tabindex="-1" class=${isDestructive ? "danger" : ""}
      role=${isChecked === undefined ? "menuitem" : "menuitemradio"} aria-checked=${isChecked ?? nothing}
      @click=${() => choose(entry)}>${drawn}<span dir="auto">${label}</span></button>
  `;
}

/** The edges of a place beside which a menu stands, in CSS pixels of the window. */
export interface Edges {
  left: number;
  top: number;
  bottom: number;
}

export function edgesOf(place: Place): Edges {
  return place instanceof Element ? place.getBoundingClientRect() : { left: place.x, top: place.y, bottom: place.y };
}

/** Puts what opens at a place below a place, or above it where there is no room, and within the window. */
export function put(menu: HTMLElement, { left, top, bottom }: Edges): void {
  const { width, height } = menu.getBoundingClientRect();
  const x = Math.max(EDGE, Math.min(left, innerWidth - width - EDGE));
  const y = bottom + height + EDGE <= innerHeight ? bottom : Math.max(EDGE, top - height);
  // The style sheet uses them where the menu is no sheet.
  menu.style.setProperty("--x", `${x}px`);
  menu.style.setProperty("--y", `${Math.min(y, Math.max(EDGE, innerHeight - height - EDGE))}px`);
}

function itemsOf(menu: Element): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
}

/** The keys of a menu (WAI-ARIA APG, menu button). No other handler of the page gets a key while a menu is open. */
function keyed(event: KeyboardEvent): void {
  event.stopPropagation();
  const { key, currentTarget, ctrlKey, altKey, metaKey } = event;
  if (key === "Enter" || key === " ") return;
  const items = itemsOf(currentTarget as Element);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const isInRow = document.activeElement?.closest(".row") !== null;
  const letter = key.toLowerCase();
  const isLetter = [...key].length === 1 && !ctrlKey && !altKey && !metaKey;
  const goals: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => items[(at + 1) % items.length],
    ArrowUp: () => items.at(at < 1 ? -1 : at - 1),
    ...(isInRow && { ArrowRight: () => items[at + 1], ArrowLeft: () => items[at - 1] }),
    Home: () => items[0],
    End: () => items.at(-1),
  };
  if (key === "Escape" || key === "Tab") close();
  else if (Object.hasOwn(goals, key)) goals[key]()?.focus();
  else if (isLetter) {
    const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    rest.find((item) => item.innerText.trim().toLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
}

/** Whether the browser's own menu is wanted: of a link, a field, or a selected text. */
function wantsNative(target: Element): boolean {
  const selection = getSelection();
  const isSelected = selection !== null && !selection.isCollapsed && selection.containsNode(target, true);
  return isSelected || target.closest("a[href], input, textarea, select") !== null;
}

/**
 * Has an element's parts offer menus by the mouse's other button, by a long press, and by the keyboard.
 *
 * @param open Shows the menu of the part to which `target` belongs. @returns Whether it has one.
 */
export function offerMenus(host: HTMLElement, open: (target: Element, place: Place) => boolean): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let began = { x: 0, y: 0 };
  let isPressed = false;
  // A browser tells of a long press at what it takes for meant, as a button nearby, and not at what was touched.
  let touched: Element | undefined;
  const end = () => clearTimeout(timer);
  host.addEventListener("pointerdown", ({ pointerType, clientX: x, clientY: y }) => {
    end();
    isPressed = false;
    touched = undefined;
    if (pointerType !== "touch") return;
    const target = document.elementFromPoint(x, y);
    if (target === null || wantsNative(target)) return;
    began = { x, y };
    touched = target;
    timer = setTimeout(() => isPressed = open(target, began), PRESS);
  });
  host.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - began.x, clientY - began.y) > SLIP) end();
  });
  for (const type of ["pointerup", "pointercancel", "pointerleave"]) host.addEventListener(type, end);
  // What lies below the finger is not pressed by a long press.
  host.addEventListener("click", (event) => {
    if (isPressed) event.stopPropagation(), event.preventDefault();
    isPressed = false;
  }, { capture: true });
  host.addEventListener("contextmenu", (event) => {
    const { clientX: x, clientY: y } = event;
    const target = touched ?? event.target;
    if (isPressed) return event.preventDefault();
    if (!(target instanceof Element) || wantsNative(target)) return;
    end();
    if (open(target, { x, y })) event.preventDefault();
  });
  host.addEventListener("keydown", (event) => {
    const { key, shiftKey, target } = event;
    if (key !== "ContextMenu" && !(key === "F10" && shiftKey)) return;
    if (!(target instanceof Element) || wantsNative(target) || !open(target, target)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}
