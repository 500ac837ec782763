/// <reference lib="dom" />
/**
 * Draws how loud something is as bars.
 *
 * @module
 */

import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

/** Units of one bar with what is between it and the next one, of a bar, and of the whole height. */
const SIZE = { step: 4, width: 2.5, height: 32 } as const;

/** The least that is seen of a bar. */
const LEAST = 0.08;

/**
 * Draws bars.
 *
 * @param levels From 0 to 1.
 * @param done So many of them, as a part from 0 to 1, are drawn as heard.
 */
export function drawBars(levels: readonly number[], done = 0): TemplateResult {
  const heard = done * levels.length;
  const bar = (level: number, i: number): SVGTemplateResult => {
    const height = Math.max(LEAST, Math.min(1, level)) * SIZE.height;
    return svg`
      <rect class=${i < heard ? "heard" : ""} x=${i * SIZE.step} y=${(SIZE.height - height) / 2}
        width=${SIZE.width} height=${height} rx="1" />
    `;
  };
  const width = Math.max(1, levels.length * SIZE.step);
  return html`
    <svg class="bars" viewBox="0 0 ${width} ${SIZE.height}" preserveAspectRatio="none" aria-hidden="true">${levels.map(
      bar,
    )}</svg>
  `;
}
