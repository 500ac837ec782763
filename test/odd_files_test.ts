/**
 * Odd files and odd requests: what is kept of them, what is shown, and what is refused.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { box, film, gif, heic, jpeg, png, SECRET, webp } from "../server/files/testing.ts";
import { type Answer, basic, FileRoom } from "./file_sending.ts";

const SCRIPT = "<script>alert(1)</script>";

/** A refusal is one line of text. Gives its status. */
function refusal({ status, text, headers }: Answer): number {
  assert(status >= 400, `${status}`);
  assertMatch(text, /^[^\n]{5,200}$/);
  assertEquals(headers["content-type"], "text/plain; charset=utf-8");
  return status;
}

Deno.test("a file that is several things at once is served as one of them, and runs as none", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const bomb = Buffer.from(png(1));
  bomb.writeUInt32BE(0x7fff_ffff, 16);
  bomb.writeUInt32BE(0x7fff_ffff, 20);
  const files: [about: string, content: Buffer, type: string, isShown: boolean][] = [
    ["a PNG whose text is a page", png(1, `<html>${SCRIPT}`), "image/png", true],
    ["a PDF in a JPEG's comment", jpegWith(`%PDF-1.7 ${SCRIPT}`), "image/jpeg", true],
    ["an archive behind a PNG", Buffer.concat([png(1), Buffer.from(`PK\x03\x04${SCRIPT}`)]), "image/png", true],
    ["a page behind a GIF", Buffer.concat([gif(), Buffer.from(SCRIPT)]), "image/gif", true],
    ["a script as a GIF", Buffer.from(`GIF89a/*${"\0".repeat(9)}*/=1;${SCRIPT}`), "image/gif", true],
    ["a page behind a mark of UTF-8", Buffer.from(`\ufeff<!doctype html>${SCRIPT}`), "text/plain", false],
    ["a page in UTF-16", Buffer.from(`\ufeff<html>${SCRIPT}`, "utf16le"), "application/octet-stream", false],
    ["a page behind spaces", Buffer.from(`\n\t  <html>${SCRIPT}`), "text/plain", false],
    ["a packed SVG", Buffer.from("1f8b08000000000000ff", "hex"), "application/gzip", false],
    ["a program", Buffer.from("\x7fELF\x02\x01\x01\0", "latin1"), "application/octet-stream", false],
    ["a picture of too many pixels", bomb, "application/octet-stream", false],
  ];
  for (const [about, content, type, isShown] of files) {
    const { status, headers: { location } } = await house.post(await house.token(alice), content, {
      "Content-Type": "image/png",
      "Content-Disposition": 'inline; filename="x.html"',
    });
    assertEquals(status, 201, about);
    const path = new URL(location).pathname;
    const { headers, body } = await house.ask(path);
    const info = JSON.parse((await house.ask(`${path}?info`)).text);
    assertEquals([info.type, info.size], [type, body.length], about);
    assertEquals(headers["content-type"], isShown ? type : "application/octet-stream", about);
    assertEquals(headers["content-disposition"].split(";")[0], isShown ? "inline" : "attachment", about);
    assertEquals(headers["x-content-type-options"], "nosniff", about);
    assertMatch(headers["content-security-policy"], /^default-src 'none';.* sandbox$/);
    // Where a picture can be cleaned, the rest of it is not there any more.
    if (isShown) assertEquals(body.includes("alert"), false, about);
  }
});

/** A JPEG with a comment. */
function jpegWith(comment: string): Buffer {
  const whole = jpeg(1);
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, comment.length + 2]), Buffer.from(comment)]);
  return Buffer.concat([whole.subarray(0, 2), segment, whole.subarray(2)]);
}

Deno.test("what begins as a picture or a film and is none is refused, and so is what is cut off before anything is seen", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const files: [about: string, content: Buffer][] = [
    ["a page behind a PNG's beginning", Buffer.from(`\x89PNG\r\n\x1a\n<html>${SCRIPT}`, "latin1")],
    ["a page behind a JPEG's", Buffer.from(`\xff\xd8\xff\xe1<html>${SCRIPT}`, "latin1")],
    ["a page behind a WebP's", Buffer.from(`RIFF\xff\xff\0\0WEBP<html>${SCRIPT}`, "latin1")],
    ["a PNG without its end", png().subarray(0, -60)],
    ["a WebP whose part is longer than it", webp().subarray(0, 40)],
    ["a film whose description is cut off", film().subarray(0, film().indexOf("keys"))],
    ["items that lie nowhere", heic().subarray(0, heic().indexOf("idat") - 4)],
  ];
  for (const [about, content] of files) {
    const answer = await house.post(await house.token(alice), content);
    assertEquals([refusal(answer), answer.text.includes("is damaged")], [422, true], about);
  }
  assertEquals([house.lying, house.files.counted, house.log], [[], 0, []]);
});

Deno.test("no picture, film or sound tells where it was taken, by whichever way it was sent", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const makers = [jpeg, png, webp, gif, () => film(), () => film("qt  "), () => heic(), () => heic("avif")];
  for (const make of makers) {
    const content = make();
    assertEquals(content.includes(SECRET), true);
    const paths = [await house.sent(await house.token(alice), content, "picture.txt")];
    const token = await house.token(alice);
    const path = new URL((await house.create(token, content.length)).headers.location).pathname;
    await house.patch(path, token, 0, content.subarray(0, 100));
    const { headers } = await house.patch(path, token, 100, content.subarray(100));
    paths.push(new URL(headers["content-location"]).pathname);
    const chunked = await house.byHand(
      `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n` +
        `Authorization: Bearer ${await house.token(alice)}\r\n\r\n${content.length.toString(16)}\r\n`,
      content,
      "\r\n0\r\n\r\n",
    );
    paths.push(new URL(/^Location: (\S+)/m.exec(await chunked.rest())![1]).pathname);
    const bodies = await Promise.all(paths.map(async (path) => (await house.ask(path)).body));
    for (const body of bodies) {
      assertEquals(body.includes(SECRET), false);
      assertEquals(body.equals(bodies[0]), true);
    }
  }
  for (const name of house.lying) {
    assertEquals(Buffer.from(Deno.readFileSync(`${house.folder}/files/${name}`)).includes(SECRET), false);
  }
  assertEquals(house.lying.length, 3 * makers.length);
});

Deno.test("a name is cleaned, however it is told", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const names: [wish: string, name: string][] = [
    ["../../etc/passwd", "passwd"],
    ["C:\\Windows\\win.ini", "win.ini"],
    ["..", "file"],
    [".bashrc", "bashrc"],
    ["a\u202Egnp.exe", "agnp.exe"],
    ["a\u2028b\u0007c", "abc"],
    ["COM1.txt", "_COM1.txt"],
    ["-rf", "-rf"],
    ["茶".repeat(300), "茶".repeat(104)],
    ["\u{1f9cb}".repeat(200) + ".png", "\u{1f9cb}".repeat(104) + ".png"],
    ['a"; filename="b', "a_; filename=_b"],
  ];
  for (const [wish, name] of names) {
    const token = await house.token(alice);
    const metadata = `filename ${Buffer.from(wish).toString("base64")}`;
    const { headers } = await house.create(token, 1, { "Upload-Metadata": metadata });
    const whole = await house.patch(new URL(headers.location).pathname, token, 0, "x");
    const resumed = new URL(whole.headers["content-location"]).pathname;
    for (const path of [resumed, await house.sent(await house.token(alice), "x", wish)]) {
      assertEquals(JSON.parse((await house.ask(`${path}?info`)).text).name, name);
      assertMatch(path, /^\/files\/[\w-]{22}\/[\w.~%-]+$/);
      // An answer has one name, whatever is in it, and the address fits into a line.
      assertMatch(
        (await house.ask(path)).headers["content-disposition"],
        /^(?:inline|attachment); filename="[^"\\]+"; filename\*=UTF-8''[\w.~%!-]+$/,
      );
      assert(path.length < 150, path);
    }
  }
  // By curl, as it is typed; and what is no name at all.
  const told: [header: string, name: string][] = [
    ['attachment; filename="../../x.png"', "x.png"],
    ["attachment; filename=tea.txt", "tea.txt"],
    ['attachment; filename="a\\"b.txt"', "a_b.txt"],
    ["attachment; filename*=UTF-8''%ff%fe", "file"],
    ["attachment; filename*=UTF-8''%2e%2e%2f%00x", "x"],
    ["attachment", "file"],
    [`attachment; filename="${"x".repeat(5_000)}`, `_${"x".repeat(103)}`],
  ];
  for (const [header, name] of told) {
    const { headers } = await house.post(await house.token(alice), "x", { "Content-Disposition": header });
    const path = new URL(headers.location).pathname;
    assertEquals(JSON.parse((await house.ask(`${path}?info`)).text).name, name, header.slice(0, 100));
  }
  assertEquals([...Deno.readDirSync(house.folder)].map(({ name }) => name), ["files"]);
});

Deno.test("no path leads out of the folder, or to a file by anything but its id", async () => {
  await using house = new FileRoom();
  const path = await house.sent(await house.token(await house.person("alice")), "tea", "tea.txt");
  const id = path.split("/")[2];
  Deno.writeTextFileSync(`${house.folder}/secret`, "nobody reads this");
  const paths = [
    ...["/files/../secret", "/files/..%2fsecret", "/files/%2e%2e/secret", "/files/..%5csecret", "/files//secret"],
    ...[`/files/${id}.part`, `/files/${id}.new`, `/files/${id}%00`, `/files/${id}x`, `/files/${id.slice(1)}`],
    ...[`/files/${id}/a/b`, `/files/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`, `//files/${id}`, `/files;/${id}`],
    ...[`/files/${id}\\tea.txt`, `/x/../files/..%2f${id}`, `/files/${id}/%2e%2e%2f%2e%2e%2fsecret/x`],
  ];
  for (const odd of paths) {
    const { status, text } = await house.ask(odd);
    assert(status === 404 || status === 400, `${odd} ${status}`);
    assertEquals([text.includes("nobody"), text === "tea"], [false, false], odd);
  }
  for (const same of [`/files/${id}`, `/files/${id}/`, `/files/${id}/..%2f..%2fsecret`, `/files/${id}?x=/../y`]) {
    assertEquals((await house.ask(same)).text, "tea", same);
  }
});

Deno.test("nobody sends by what a browser would send by itself, or by half of what is needed", async () => {
  await using house = new FileRoom();
  await house.accounts.register("alice", "a kettle and a cup");
  const alice = await house.person("alice2");
  const token = await house.token(alice);
  const { port } = house.web;
  const cases: [headers: Record<string, string>, status: number][] = [
    [{}, 401],
    [{ Cookie: `token=${token}` }, 401],
    [{ Authorization: "" }, 401],
    [{ Authorization: "Bearer" }, 401],
    [{ Authorization: `Bearer ${token} ${token}` }, 401],
    [{ Authorization: `bearer=${token}` }, 401],
    [{ Authorization: `Digest ${token}` }, 401],
    [{ Authorization: `Bearer ${token}${"A".repeat(4_000)}` }, 401],
    [{ Authorization: `Bearer ${token.slice(0, -1)}` }, 401],
    [{ Authorization: `Bearer ${token.toUpperCase()}x` }, 401],
    [{ Authorization: "Basic " }, 401],
    [{ Authorization: "Basic YWxpY2U=" }, 401],
    [{ Authorization: basic("alice", "") }, 401],
    [{ Authorization: basic("alice", `${token}`) }, 401],
    [{ Authorization: `Bearer ${token}`, Origin: "null" }, 403],
    [{ Authorization: `Bearer ${token}`, Origin: `http://127.0.0.1:${port + 1}` }, 403],
    [{ Authorization: `Bearer ${token}`, Origin: `https://127.0.0.1.example` }, 403],
    [{ Authorization: `Bearer ${token}`, Origin: "file://" }, 403],
  ];
  for (const [headers, status] of cases) {
    const answer = await house.ask("/files", {
      method: "POST",
      headers: { "Content-Length": 1, ...headers },
      body: "x",
    });
    assertEquals(refusal(answer), status, JSON.stringify(headers).slice(0, 200));
  }
  const byQuery = { method: "POST", headers: { "Content-Length": 1 }, body: "x" };
  assertEquals(refusal(await house.ask(`/files?token=${token}&access_token=${token}`, byQuery)), 401);
  // Nothing of that has used it up. The room's own page may.
  await house.post(token, "x", { Origin: `http://127.0.0.1:${port}` });
  assertEquals(house.lying.length, 1);
});

Deno.test("one token is good for one file, also where two come at once", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  const token = await house.token(alice);
  const answers = await Promise.all([house.post(token, "one"), house.post(token, "two"), house.create(token, 3)]);
  assertEquals(answers.map(({ status }) => status).sort(), [201, 401, 401]);
  // A file of one's own is nothing by which one comes to another's, nor to another of one's own.
  const [first, second] = [await house.token(alice), await house.token(alice)];
  const path = new URL((await house.create(first, 3)).headers.location).pathname;
  const other = new URL((await house.create(second, 3)).headers.location).pathname;
  assertEquals(refusal(await house.patch(path, second, 0, "tea")), 401);
  assertEquals((await house.patch(path, first, 0, "tea")).status, 204);
  assertEquals((await house.head(other, first)).status, 401);
});

Deno.test("a length that is none, or another than what comes, makes no file", async () => {
  await using house = new FileRoom();
  const alice = await house.person("alice");
  for (const length of ["", "-1", "1e3", "0x10", "1.5", "9".repeat(30), " 5 5", "NaN"]) {
    const answer = await house.ask("/files", {
      method: "POST",
      headers: {
        "Tus-Resumable": "1.0.0",
        "Authorization": `Bearer ${await house.token(alice)}`,
        "Upload-Length": length,
      },
    });
    assertEquals(refusal(answer), 400, length);
  }
  const huge = await house.create(await house.token(alice), 5 * 1024 ** 3);
  assertEquals([refusal(huge), huge.text], [413, "a file may have 1.0 MiB here, and this one has 5.0 GiB"]);
  const barely = await house.create(await house.token(alice), 1024 ** 2 + 1);
  assertEquals(barely.text, "a file may have 1048576 B here, and this one has 1048577 B");
  // A part that says no length, and is longer than what is left.
  const token = await house.token(alice);
  const path = new URL((await house.create(token, 10)).headers.location).pathname;
  const patch = (headers: string, ...body: string[]) =>
    house.byHand(
      `PATCH ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/offset+octet-stream\r\nConnection: close\r\n${headers}\r\n\r\n`,
      ...body,
    );
  const longer = await patch(
    "Upload-Offset: 0\r\nTransfer-Encoding: chunked",
    "14\r\n01234567890123456789\r\n0\r\n\r\n",
  );
  assertMatch(await longer.rest(), /^HTTP\/1.1 413 [^]*\nmore has come than the 10 B that were said\n/);
  assertEquals((await house.head(path, token)).headers["upload-offset"], "0");
  for (const offset of ["-1", "1", "11", "9".repeat(20), "x", "0, 0"]) {
    const wrong = await patch(`Upload-Offset: ${offset}\r\nContent-Length: 1`, "x");
    assertMatch(await wrong.rest(), /^HTTP\/1.1 409 [^]*\ngo on at byte 0, where it stopped\n/, offset);
  }
  // Both ways to say a length: what one takes for the end the other may not.
  const both = await patch("Upload-Offset: 0\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
  assertMatch(await both.rest(), /^HTTP\/1.1 400 /);
  const twice = await patch("Upload-Offset: 0\r\nContent-Length: 1\r\nContent-Length: 2", "xx");
  assertMatch(await twice.rest(), /^HTTP\/1.1 400 /);
  assertEquals((await house.patch(path, token, 0, "0123456789")).status, 204);
  assertEquals(house.lying, [path.split("/")[2]]);
  assertEquals(house.log, []);
});

Deno.test("a range is a part of what GET would send, and nothing else", async () => {
  await using house = new FileRoom();
  const path = await house.sent(await house.token(await house.person("alice")), "0123456789");
  const etag = (await house.ask(path)).headers.etag;
  const cases: [headers: Record<string, string>, status: number, text: string][] = [
    [{ Range: "Bytes=2-3" }, 206, "23"],
    [{ Range: "bytes=9-9" }, 206, "9"],
    [{ Range: "bytes=00-01" }, 206, "01"],
    [{ Range: "bytes=-10" }, 206, "0123456789"],
    [{ Range: "bytes=0-999999999999999" }, 206, "0123456789"],
    [{ Range: `bytes=0-${"9".repeat(40)}` }, 200, "0123456789"],
    [{ Range: "bytes=999999999999999-" }, 416, ""],
    [{ Range: "bytes=--1" }, 200, "0123456789"],
    [{ Range: "bytes=0-1;2-3" }, 200, "0123456789"],
    [{ Range: `bytes=${Array(1_000).fill("0-").join()}` }, 200, "0123456789"],
    [{ "Range": "bytes=0-1", "If-Range": `W/${etag}` }, 200, "0123456789"],
    [{ "Range": "bytes=0-1", "If-Range": new Date(house.now).toUTCString() }, 200, "0123456789"],
    [{ "Range": "bytes=0-1", "If-None-Match": etag }, 304, ""],
    [{ "If-None-Match": `"a", W/${etag}` }, 304, ""],
    [{ "If-None-Match": "*" }, 304, ""],
    [{ "If-None-Match": '"a"' }, 200, "0123456789"],
    [{ "If-Match": '"a"' }, 412, ""],
    [{ "If-Match": `"a", ${etag}` }, 200, "0123456789"],
    [{ "If-Modified-Since": new Date(house.now).toUTCString() }, 200, "0123456789"],
  ];
  for (const [headers, status, text] of cases) {
    const answer = await house.ask(path, { headers });
    assertEquals([answer.status, answer.text], [status, text], JSON.stringify(headers).slice(0, 100));
  }
  const head = await house.ask(path, { method: "HEAD", headers: { Range: "bytes=0-1" } });
  assertEquals([head.status, head.headers["content-length"], head.headers["content-range"]], [200, "10", undefined]);
  const empty = await house.sent(await house.token(await house.person("bob")), "");
  assertEquals((await house.ask(empty, { headers: { Range: "bytes=0-0" } })).status, 416);
  const whole = await house.ask(empty);
  assertEquals([whole.status, whole.headers["content-length"]], [200, "0"]);
});

Deno.test("boxes that say more than they have are looked at for as long as a film has parts, and no longer", async () => {
  await using house = new FileRoom({ each: 4 * 1_048_576, ofSender: 16 * 1_048_576 });
  const alice = await house.person("alice");
  // 200,000 parts of 8 bytes, and one more.
  const crowded = Buffer.concat([
    box("ftyp", "isom\0\0\0\0"),
    box("moov", Buffer.from(box("free").toString("latin1").repeat(200_001), "latin1")),
  ]);
  const sending = house.post(await house.token(alice), crowded);
  await alice.send("PING :meanwhile");
  await alice.sees(/PONG .*meanwhile/);
  assertEquals(refusal(await sending), 422);
});
