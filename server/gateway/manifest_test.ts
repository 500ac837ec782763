import { assertEquals } from "@std/assert";
import { TYPES } from "./asset.ts";
import { Assets } from "./assets.ts";

async function manifest(name?: string) {
  const asset = await new Assets(name === undefined ? {} : { name }).get("/manifest.webmanifest");
  return { asset, json: JSON.parse(new TextDecoder().decode(asset?.body)) };
}

Deno.test("the manifest has the room's name, and the document's where the room was given none", async () => {
  assertEquals((await manifest()).json.name, "Teahouse");
  const { asset, json } = await manifest('茶 "馆" </title>');
  assertEquals(json.name, '茶 "馆" </title>');
  assertEquals([asset!.type, asset!.cacheControl], [TYPES.webmanifest, "no-cache"]);
});

Deno.test("the manifest's addresses are relative, and its icons are there in the sizes and types that it says", async () => {
  const assets = new Assets();
  const { json } = await manifest();
  const addresses = [
    json.start_url,
    json.scope,
    json.share_target.action,
    ...json.icons.map((icon: { src: string }) => icon.src),
  ];
  assertEquals(
    addresses.filter((address) => !address.startsWith("./")),
    [],
    "the page may lie below a path of a proxy's",
  );
  for (const { src, sizes, type } of json.icons) {
    const asset = await assets.get(src.slice(1));
    assertEquals(asset?.type.split(";")[0], type, src);
    if (type !== "image/png") continue;
    // Width and height stand at a fixed place (RFC 2083, section 4.1.1).
    const { buffer, byteOffset } = asset!.body;
    const view = new DataView(buffer, byteOffset);
    assertEquals(`${view.getUint32(16)}x${view.getUint32(20)}`, sizes, src);
  }
});

Deno.test("the page's worker lies beside the page, as a script of no module, and may ask its own server alone", async () => {
  const assets = new Assets();
  const worker = await assets.get("/worker.ts");
  assertEquals([worker?.type, worker?.cacheControl], [TYPES.js, "no-cache"]);
  assertEquals(worker?.policy, "default-src 'none'; connect-src 'self'");
  const text = new TextDecoder().decode(worker!.body);
  assertEquals(/^\s*(?:import|export)\b/m.exec(text), null, "browsers that take no modules as workers are many");
});
