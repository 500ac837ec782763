/**
 * X.509 certificates of a room's own: an authority that can vouch for nothing beyond this machine's networks and names, and
 * the certificates that it issues (RFC 5280). Keys are P-256, which every client knows.
 *
 * `asn1js` writes DER. Nothing here keeps a file, or knows which names a machine has.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import * as asn1 from "asn1js";
import { canonicalAddress, groupsOf } from "../wire/address.ts";

/** Identifiers of objects (RFC 5280, section 4.2; RFC 5758, section 3.2). */
const OID = {
  commonName: "2.5.4.3",
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  extensionRequest: "1.2.840.113549.1.9.14",
  ecdsaWithSHA256: "1.2.840.10045.4.3.2",
} as const;

/** Tags of a GeneralName (RFC 5280, section 4.2.1.6). */
const NAME_TAG = { dns: 2, address: 7 } as const;

/** Bits of KeyUsage (RFC 5280, section 4.2.1.3), as the first byte has them, and how many bits of that byte are unused. */
const USAGE = { digitalSignature: [0x80, 7], certificatesAndLists: [0x06, 1] } as const;

/** What an authority can vouch for. A certificate with any other name is refused by whoever verifies it. */
export interface Constraints {
  /** Host names, each with all names under it: `local`. */
  domains: string[];
  /** Host names without those under them. */
  hosts: string[];
  /** Networks with their length: `10.0.0.0/8`. */
  networks: string[];
}

/** The names for which a certificate is issued. */
export interface Names {
  hosts: string[];
  addresses: string[];
}

/** From when until when a certificate is valid. Milliseconds since 1970. */
export interface Validity {
  from: number;
  until: number;
}

/** A certificate's key, and the certificate as DER. */
export interface Issuer {
  key: KeyObject;
  certificate: Uint8Array;
}

/** A new private key. */
export function makeKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
}

/**
 * Makes an authority's certificate, which it signs itself.
 *
 * @param name What people read when they install it.
 * @returns DER.
 */
export function makeAuthority(key: KeyObject, name: string, constraints: Constraints, validity: Validity): Uint8Array {
  const issuer = sequence(
    new asn1.Set({
      value: [sequence(objectId(OID.commonName), new asn1.Utf8String({ value: name }))],
    }),
  );
  return signed(key, key, issuer, issuer, validity, [
    extension(OID.basicConstraints, sequence(new asn1.Boolean({ value: true }), new asn1.Integer({ value: 0 })), true),
    extension(OID.keyUsage, usage(USAGE.certificatesAndLists), true),
    extension(OID.subjectKey, octets(keyId(key))),
    extension(OID.nameConstraints, nameConstraints(constraints), true),
  ]);
}

/** Issues a certificate for a server under these names. @returns DER. */
export function issue(key: KeyObject, names: Names, issuer: Issuer, validity: Validity): Uint8Array {
  // The name of the issuer has to be the subject of its certificate, byte by byte.
  const issuerName = partsOf(issuer.certificate)[5];
  return signed(key, issuer.key, sequence(), issuerName, validity, [
    extension(OID.basicConstraints, sequence(), true),
    extension(OID.keyUsage, usage(USAGE.digitalSignature), true),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
    extension(OID.authorityKey, sequence(tagged(0, keyId(issuer.key)))),
    extension(OID.subjectKey, octets(keyId(key))),
    // Critical where the subject is empty (RFC 5280, section 4.2.1.6).
    extension(OID.subjectAltName, alternativeNames(names), true),
  ]);
}

/** Asks another authority for a certificate under these names (RFC 2986). @returns DER. */
export function makeRequest(key: KeyObject, names: Names): Uint8Array {
  const extensions = sequence(extension(OID.subjectAltName, alternativeNames(names)));
  const info = sequence(
    new asn1.Integer({ value: 0 }),
    sequence(),
    publicKeyBlock(key),
    within(0, [sequence(objectId(OID.extensionRequest), new asn1.Set({ value: [extensions] }))]),
  );
  return withSignature(info, key);
}

/** A private key as PEM (PKCS #8). */
export function keyText(key: KeyObject): string {
  return Buffer.from(key.export({ type: "pkcs8", format: "pem" })).toString();
}

/** What an authority can vouch for, out of its certificate; nothing where it has no constraints of the kind made here. */
export function constraintsOf(certificate: Uint8Array): Constraints {
  const constraints: Constraints = { domains: [], hosts: [], networks: [] };
  const extensions = childrenOf(childrenOf(partsOf(certificate)[7])[0]);
  const found = extensions.map(childrenOf).find(([id]) =>
    (id as asn1.ObjectIdentifier).getValue() === OID.nameConstraints
  );
  if (found === undefined) return constraints;
  const value = (found.at(-1) as asn1.OctetString).getValue();
  const [permitted, excluded] = childrenOf(asn1.fromBER(value).result);
  const namesIn = (subtrees: asn1.BaseBlock | undefined) =>
    subtrees === undefined ? [] : childrenOf(subtrees).map((subtree) => childrenOf(subtree)[0] as asn1.Primitive);
  const isAlone = new Set(namesIn(excluded).map((name) => textOf(name)));
  for (const name of namesIn(permitted)) {
    if (name.idBlock.tagNumber === NAME_TAG.address) constraints.networks.push(networkText(bytesOf(name)));
    else if (isAlone.has(`.${textOf(name)}`)) constraints.hosts.push(textOf(name));
    else constraints.domains.push(textOf(name));
  }
  return constraints;
}

/** The bytes of an address, as certificates have them: four, or sixteen. */
export function addressBytes(address: string): Uint8Array {
  const canonical = canonicalAddress(address)!;
  if (!canonical.includes(":")) return Uint8Array.from(canonical.split("."), Number);
  return Uint8Array.from(groupsOf(canonical).map((group) => parseInt(group, 16)).flatMap((n) => [n >> 8, n & 0xff]));
}

const sequence = (...value: asn1.BaseBlock[]) => new asn1.Sequence({ value });
const objectId = (value: string) => new asn1.ObjectIdentifier({ value });
const octets = (valueHex: Uint8Array) => new asn1.OctetString({ valueHex: bufferOf(valueHex) });
const integer = (bytes: Uint8Array) => asn1.Integer.fromBigInt(BigInt(`0x${Buffer.from(bytes).toString("hex")}`));

/** A value with a tag of its place in place of its type's (IMPLICIT). */
const tagged = (tagNumber: number, bytes: Uint8Array) =>
  new asn1.Primitive({ idBlock: { tagClass: 3, tagNumber }, valueHex: bufferOf(bytes) });

/** Values within a tag of their place (EXPLICIT, or a list that is IMPLICIT). */
const within = (tagNumber: number, value: asn1.BaseBlock[]) =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value });

const generalName = (tag: number, bytes: Uint8Array) => tagged(tag, bytes);

const usage = ([byte, unusedBits]: readonly [number, number]) =>
  new asn1.BitString({ unusedBits, valueHex: bufferOf(Uint8Array.of(byte)) });

/** Names of a server (RFC 5280, section 4.2.1.6). */
const alternativeNames = ({ hosts, addresses }: Names) =>
  sequence(
    ...hosts.map((host) => generalName(NAME_TAG.dns, Buffer.from(host))),
    ...addresses.map((address) => generalName(NAME_TAG.address, addressBytes(address))),
  );

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function extension(id: string, value: asn1.BaseBlock, isCritical = false): asn1.Sequence {
  const critical = isCritical ? [new asn1.Boolean({ value: true })] : [];
  return sequence(objectId(id), ...critical, octets(new Uint8Array(value.toBER())));
}

/** The extension NameConstraints (RFC 5280, section 4.2.1.10). */
function nameConstraints({ domains, hosts, networks }: Constraints): asn1.Sequence {
  const subtree = (tag: number, bytes: Uint8Array) => sequence(generalName(tag, bytes));
  const permitted = [
    ...[...domains, ...hosts].map((name) => subtree(NAME_TAG.dns, Buffer.from(name))),
    ...networks.map((network) => subtree(NAME_TAG.address, networkBytes(network))),
  ];
  // A permitted name permits all names under it. A machine may have the name of a top-level domain.
  const excluded = hosts.map((host) => subtree(NAME_TAG.dns, Buffer.from(`.${host}`)));
  return sequence(within(0, permitted), ...excluded.length === 0 ? [] : [within(1, excluded)]);
}

/** A network's address and its mask. */
function networkBytes(network: string): Uint8Array {
  const [address, length] = network.split("/");
  const bytes = addressBytes(address);
  const mask = bytes.map((_, i) => 0xff << 8 - Math.min(8, Math.max(0, Number(length) - 8 * i)));
  return Uint8Array.of(...bytes, ...mask);
}

/** The reverse of `networkBytes`. */
function networkText(bytes: Uint8Array): string {
  const half = bytes.length / 2;
  const address = bytes.slice(0, half);
  const length = bytes.slice(half).reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
  if (half === 4) return `${address.join(".")}/${length}`;
  return `${canonicalAddress(Buffer.from(address).toString("hex").match(/.{4}/g)!.join(":"))}/${length}`;
}

/** A time: of two digits for the year until 2049 (RFC 5280, section 4.1.2.5). */
function time(milliseconds: number): asn1.BaseBlock {
  // Certificates have no fractions of seconds.
  const valueDate = new Date(Math.floor(milliseconds / 1000) * 1000);
  return valueDate.getUTCFullYear() < 2050 ? new asn1.UTCTime({ valueDate }) : new asn1.GeneralizedTime({ valueDate });
}

/** The identifier of a key (RFC 5280, section 4.2.1.2, method 1): of its point, which ends what is encoded of it. */
function keyId(key: KeyObject): Uint8Array {
  const point = publicKeyOf(key).subarray(-65);
  return createHash("sha1").update(point).digest();
}

function publicKeyBlock(key: KeyObject): asn1.BaseBlock {
  return asn1.fromBER(bufferOf(publicKeyOf(key))).result;
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

/** A certificate of a key, signed by a key (RFC 5280, section 4.1). */
function signed(
  key: KeyObject,
  signer: KeyObject,
  subject: asn1.BaseBlock,
  issuer: asn1.BaseBlock,
  { from, until }: Validity,
  extensions: asn1.Sequence[],
): Uint8Array {
  // Positive, and of the same length each time.
  const serial = randomBytes(16);
  serial[0] = serial[0] & 0x7f | 0x40;
  const toBeSigned = sequence(
    within(0, [new asn1.Integer({ value: 2 })]),
    integer(serial),
    sequence(objectId(OID.ecdsaWithSHA256)),
    issuer,
    sequence(time(from), time(until)),
    subject,
    publicKeyBlock(key),
    within(3, [sequence(...extensions)]),
  );
  return withSignature(toBeSigned, signer);
}

/** Something with its signature behind it, as DER. */
function withSignature(content: asn1.Sequence, signer: KeyObject): Uint8Array {
  const signature = sign("sha256", new Uint8Array(content.toBER()), signer);
  const algorithm = sequence(objectId(OID.ecdsaWithSHA256));
  return new Uint8Array(
    sequence(content, algorithm, new asn1.BitString({ valueHex: bufferOf(signature) })).toBER(),
  );
}

/** The parts of a certificate that are signed, in their order: its issuer is the fourth, its subject the sixth. */
function partsOf(certificate: Uint8Array): asn1.BaseBlock[] {
  return childrenOf(childrenOf(asn1.fromBER(bufferOf(certificate)).result)[0]);
}

function childrenOf(block: asn1.BaseBlock): asn1.BaseBlock[] {
  return (block as asn1.Constructed).valueBlock.value as asn1.BaseBlock[];
}

function bytesOf(block: asn1.Primitive): Uint8Array {
  return new Uint8Array(block.valueBlock.valueHexView);
}

function textOf(block: asn1.Primitive): string {
  return Buffer.from(bytesOf(block)).toString();
}
