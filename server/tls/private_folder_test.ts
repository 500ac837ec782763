import { assertEquals } from "@std/assert";
import { PrivateFolder } from "./private_folder.ts";

const isUnix = Deno.build.os !== "windows";

Deno.test({
  name: "a folder of keys that others could use is closed to them, and that is told once",
  ignore: !isUnix,
  async fn() {
    const place = await Deno.makeTempDir();
    const path = `${place}/tea.db-tls`;
    assertEquals(new PrivateFolder(path).closeToOthers(), [], "nothing is there yet");
    const folder = new PrivateFolder(path);
    folder.write("ca.key", "secret");
    folder.write("key.pem", "another");
    assertEquals(folder.closeToOthers(), []);
    // As `cp -r` leaves it, or somebody who made it before.
    Deno.chmodSync(path, 0o777);
    Deno.chmodSync(`${path}/ca.key`, 0o664);
    Deno.chmodSync(`${path}/key.pem`, 0o604);
    const [first, ...rest] = folder.closeToOthers();
    assertEquals([first, ...rest.toSorted()], [path, `${path}/ca.key`, `${path}/key.pem`]);
    const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;
    assertEquals([path, `${path}/ca.key`, `${path}/key.pem`].map(modeOf), [0o700, 0o600, 0o600]);
    assertEquals(folder.closeToOthers(), []);
    assertEquals(folder.read("ca.key"), "secret");
    await Deno.remove(place, { recursive: true });
  },
});
