import { assertEquals } from "@std/assert";
import { countSockets, isSentAtOnce, sendAtOnceFrom } from "./sockets.ts";

Deno.test({
  name: "a socket without a name is none of a port's, though it comes right behind one in the list of descriptors",
  ignore: countSockets(0) === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/socket`;
    using door = Deno.listen({ transport: "unix", path });
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using client = await Deno.connect({ transport: "unix", path });
    using server = await door.accept();
    const { port } = listener.addr;
    assertEquals(countSockets(port), 1);
    assertEquals(sendAtOnceFrom(port), true);
    assertEquals(isSentAtOnce(port), true);
    await client.closeWrite();
    assertEquals(await server.read(new Uint8Array(1)), null);
    await Deno.remove(folder, { recursive: true });
  },
});
