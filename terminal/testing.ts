/**
 * Certificates that openssl makes for tests, and servers that present them.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";

/** Whether openssl is installed, which makes the certificates. */
export const hasOpenssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" })
  .output()
  .then(({ success }) => success, () => false);

/** A folder with certificates that openssl makes. */
export class Certificates implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "teahouse-" });

  #openssl(...args: string[]): void {
    const { success, stderr } = new Deno.Command("openssl", { args, cwd: this.path }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  /** Makes an authority. @returns Its fingerprint. */
  authority(name: string): string {
    this.#openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9"],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`, "-subj", `/CN=${name}`],
      ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
    );
    return new X509Certificate(this.read(`${name}.pem`)).fingerprint256;
  }

  /** Makes a certificate that an authority issues, and gives what a server presents. */
  issue(authority: string, names = "DNS:localhost,IP:127.0.0.1"): { cert: string; key: string } {
    this.#openssl(
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=room"],
      ...["-keyout", "leaf.key", "-out", "leaf.csr"],
    );
    Deno.writeTextFileSync(`${this.path}/ext`, `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
    this.#openssl(
      ...["x509", "-req", "-in", "leaf.csr", "-CA", `${authority}.pem`, "-CAkey", `${authority}.key`],
      ...["-CAcreateserial", "-out", "leaf.pem", "-days", "9", "-extfile", "ext"],
    );
    return { cert: this.read("leaf.pem") + this.read(`${authority}.pem`), key: this.read("leaf.key") };
  }

  /** Serves TLS. @param handler Talks to one client; where it throws, the client has refused. */
  serve(
    pair: { cert: string; key: string },
    handler: (conn: Deno.TlsConn) => Promise<void>,
    port = 0,
  ): AsyncDisposable & { port: number } {
    const listener = Deno.listenTls({ hostname: "127.0.0.1", port, ...pair });
    const greet = async (conn: Deno.TlsConn) => {
      try {
        await handler(conn);
      } catch {
        // The client has refused, or is gone.
      } finally {
        try {
          conn.close();
        } catch {
          // The handler has closed it.
        }
      }
    };
    const greeted: Promise<void>[] = [];
    const served = (async () => {
      for await (const conn of listener) greeted.push(greet(conn));
    })();
    return {
      port: listener.addr.port,
      [Symbol.asyncDispose]: async () => {
        listener.close();
        await served;
        await Promise.all(greeted);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
