/**
 * Draws how the cost of a delivery grows with members and channels, as an SVG.
 *
 * @module
 */

/** A measured point. */
export interface Point {
  x: number;
  y: number;
}

const WIDTH = 720, HEIGHT = 400, LEFT = 70, RIGHT = 30, TOP = 72, BOTTOM = 60;
const SERIES: Record<string, { label: string; color: string }> = {
  members: { label: "by members, 100,000 deliveries/s (10 members: 10,000)", color: "#2a78c2" },
  membersAtFullSpeed: { label: "by members, a sender at full speed", color: "#3a9b4b" },
  channels: { label: "by channels that each of 100 is in, 1,000 messages/s", color: "#c2542a" },
};

/** Draws a chart of nanoseconds per delivery over members or channels; both axes are logarithmic. */
export function drawGrowth(figures: Record<string, Point[]>): string {
  const points = Object.values(figures).flat();
  const [mostX, mostY] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
  const decadesX = Math.ceil(Math.log10(mostX));
  const decadesY = Math.ceil(Math.log10(mostY));
  const x = (value: number) => LEFT + (WIDTH - LEFT - RIGHT) * Math.log10(value) / decadesX;
  // The axis begins at 10 ns.
  const y = (value: number) =>
    HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (Math.log10(Math.max(10, value)) - 1) / (decadesY - 1);
  const parts: string[] = [];
  for (let decade = 0; decade <= decadesX; decade++) {
    const at = x(10 ** decade);
    parts.push(`<line x1="${at}" y1="${TOP}" x2="${at}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/>`);
    parts.push(
      `<text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${(10 ** decade).toLocaleString("en")}</text>`,
    );
  }
  for (let decade = 1; decade <= decadesY; decade++) {
    const at = y(10 ** decade);
    parts.push(`<line x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}" stroke="#ddd"/>`);
    parts.push(
      `<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${(10 ** decade).toLocaleString("en")} ns</text>`,
    );
  }
  for (const [i, [name, list]] of Object.entries(figures).entries()) {
    const { label, color } = SERIES[name];
    const path = list.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`);
    parts.push(`<polyline points="${path.join(" ")}" fill="none" stroke="${color}" stroke-width="2"/>`);
    for (const point of list) {
      parts.push(`<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="4" fill="${color}"/>`);
      parts.push(
        `<text x="${x(point.x).toFixed(1)}" y="${(y(point.y) - 9).toFixed(1)}" text-anchor="middle" fill="${color}">${
          point.y.toFixed(0)
        }</text>`,
      );
    }
    const at = TOP + 16 * i - 50;
    parts.push(`<rect x="${LEFT}" y="${at - 9}" width="10" height="10" fill="${color}"/>`);
    parts.push(`<text x="${LEFT + 16}" y="${at}">${label}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Server CPU time per delivery</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${parts.join("\n")}
<text x="${WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">members, or channels that each member is in</text>
</svg>
`;
}
