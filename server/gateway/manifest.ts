/**
 * The web app manifest (W3C Application Manifest), by which a browser installs the page: the room's name, its icons, and
 * that other programs may share a text with it.
 *
 * @module
 */

/** The colours of the page's mark and of the ground that is shown before the page is there. */
const COLORS = { theme_color: "#22694e", background_color: "#f3f5f1" };

/** The product's mark. The pictures are made of its drawing; the maskable one has room around it, as it may be cut round. */
const ICONS = [
  { src: "./icons/mark.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
  { src: "./icons/any-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
  { src: "./icons/any-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
  { src: "./icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
];

/**
 * Makes the manifest, as JSON. All its addresses are relative to its own, which is beside the page: the page may lie below a
 * path of a proxy.
 *
 * @param name What the room is called.
 */
export function manifestOf(name: string): string {
  return JSON.stringify({
    name,
    // It is also the id: another room may lie beside this one, below another path.
    start_url: "./",
    scope: "./",
    display: "standalone",
    ...COLORS,
    icons: ICONS,
    // The page's worker takes what is shared out of the address before the server is asked.
    share_target: {
      action: "./",
      method: "GET",
      enctype: "application/x-www-form-urlencoded",
      params: { title: "title", text: "text", url: "url" },
    },
  });
}
