// `npm start -- --lan`: this installation on the local network, over https. A certificate authority of this computer's own signs a
// certificate for its names and addresses; whoever trusts the one is spared nothing: not the passwords, not the check of who answers.
import { createHash, createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { StepError } from "./step.mjs";

const DAY_MS = 24 * 60 * 60_000;
const CA_DAYS = 3650;
/** Browsers refuse certificates that live longer than 398 days. */
const LEAF_DAYS = 397;
const RENEW_BEFORE_DAYS = 30;
/** Browsers take no Ed25519 in certificates. */
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Chooses where to listen before anything is built: the address that HOST names, else the first one of this computer on a network. */
export function chooseLanAddress() {
  if (process.env.FIDUCIAL_TLS_CERT || process.env.FIDUCIAL_TLS_KEY)
    throw new StepError("--lan makes its own certificate; leave out FIDUCIAL_TLS_CERT and FIDUCIAL_TLS_KEY.");
  const own = lanAddresses();
  const host = process.env.HOST || own.find((address) => isIP(address) === 4);
  if (host === undefined)
    throw new StepError("--lan found no network address of this computer; name one with HOST.");
  process.env.HOST = host;
}

/** Addresses of this computer that others can reach; link-local ones need a zone, which no certificate holds. */
function lanAddresses() {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address);
}

/** Makes what is missing or about to end, points the server at it, and says what to trust. */
export async function serveOnLan() {
  const folder = resolve(process.env.FIDUCIAL_DATA || ".data", "lan");
  const host = process.env.HOST ?? "";
  const names = [
    ...new Set([host, ...lanAddresses(), hostname(), `${hostname()}.local`, "localhost", "127.0.0.1"]),
  ];
  const made = await ensureCertificates(folder, names);
  process.env.FIDUCIAL_TLS_CERT = made.certFile;
  process.env.FIDUCIAL_TLS_KEY = made.keyFile;
  process.env.FIDUCIAL_TLS_CA = made.caFile;
  const origin = `https://${host.includes(":") ? `[${host}]` : host}:${process.env.PORT || 3000}`;
  console.log(
    `On the network: ${origin}\n` +
      `Its certificate authority: ${origin}/lan-ca.pem\n` +
      `  SHA-256 ${made.fingerprint}\n` +
      "Compare the fingerprint before you trust it (docs/operations.md, On a network).",
  );
}

/**
 * @param {string} folder kept readable by this user only
 * @param {readonly string[]} names host names and addresses under which browsers and scanners reach this computer
 * @param {number} [nowMs]
 */
export async function ensureCertificates(folder, names, nowMs = Date.now()) {
  // The library's own parts find each other through it, and it does not bring it along.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(/** @type {Crypto} */ (/** @type {unknown} */ (webcrypto)));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const file = (/** @type {string} */ name) => join(folder, name);
  const ca = await keptAuthority(x509, { certFile: file("ca.pem"), keyFile: file("ca-key.pem") }, nowMs);
  const leaf = { certFile: file("server.pem"), keyFile: file("server-key.pem") };
  if (!(await stillGood(x509, leaf, { ca, names, nowMs }))) await makeLeaf(x509, leaf, { ca, names, nowMs });
  return { ...leaf, caFile: file("ca.pem"), fingerprint: fingerprintOf(ca.cert) };
}

/** @typedef {typeof import("@peculiar/x509")} X509 */
/** @typedef {{ certFile: string, keyFile: string }} Files */
/** @typedef {{ cert: import("@peculiar/x509").X509Certificate, key: CryptoKey }} Authority */

/**
 * @param {X509} x509
 * @param {Files} files
 * @param {number} nowMs
 * @returns {Promise<Authority>}
 */
async function keptAuthority(x509, files, nowMs) {
  const kept = readPair(x509, files);
  if (kept !== null && lasts(kept.cert, nowMs, LEAF_DAYS))
    return { cert: kept.cert, key: await importKey(kept.keyPem) };
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(16).toString("hex"),
    name: [{ O: ["Fiducial"] }, { CN: [`Fiducial on ${hostname()}`] }],
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
    signingAlgorithm: EC,
    keys: /** @type {CryptoKeyPair} */ (keys),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(/** @type {CryptoKey} */ (keys.publicKey)),
    ],
  });
  await writePair(files, cert.toString("pem"), /** @type {CryptoKey} */ (keys.privateKey));
  return { cert, key: /** @type {CryptoKey} */ (keys.privateKey) };
}

/**
 * @param {X509} x509
 * @param {Files} files
 * @param {{ ca: Authority, names: readonly string[], nowMs: number }} wanted
 */
async function makeLeaf(x509, files, { ca, names, nowMs }) {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString("hex"),
    subject: [{ CN: [names[0] ?? hostname()] }],
    issuer: ca.cert.subject,
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + LEAF_DAYS * DAY_MS),
    signingAlgorithm: EC,
    publicKey: /** @type {CryptoKey} */ (keys.publicKey),
    signingKey: ca.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({
          type: /** @type {"dns" | "ip"} */ (isIP(value) === 0 ? "dns" : "ip"),
          value,
        })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca.cert),
      await x509.SubjectKeyIdentifierExtension.create(/** @type {CryptoKey} */ (keys.publicKey)),
    ],
  });
  await writePair(files, cert.toString("pem"), /** @type {CryptoKey} */ (keys.privateKey));
}

/**
 * Of this authority, for all of these names, and for a month at least.
 * @param {X509} x509
 * @param {Files} files
 * @param {{ ca: Authority, names: readonly string[], nowMs: number }} wanted
 */
async function stillGood(x509, files, { ca, names, nowMs }) {
  const kept = readPair(x509, files);
  if (kept === null || !lasts(kept.cert, nowMs, RENEW_BEFORE_DAYS)) return false;
  if (!(await kept.cert.verify({ publicKey: ca.cert, signatureOnly: true }))) return false;
  const held = kept.cert.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const values = new Set(held.map(({ value }) => canonical(value)));
  return names.every((name) => values.has(canonical(name)));
}

/**
 * It holds now, which it does not on a clock that was ahead when it was made and was set right since, and for so many days more.
 * @param {import("@peculiar/x509").X509Certificate} cert
 * @param {number} nowMs
 * @param {number} days
 */
function lasts({ notBefore, notAfter }, nowMs, days) {
  return notBefore.getTime() <= nowMs && notAfter.getTime() > nowMs + days * DAY_MS;
}

/** One IPv6 address has many spellings; a URL's host has one. @param {string} name */
function canonical(name) {
  return isIP(name) === 6 ? new URL(`http://[${name}]`).hostname : name.toLowerCase();
}

/**
 * @param {X509} x509
 * @param {Files} files
 */
function readPair(x509, { certFile, keyFile }) {
  if (!existsSync(certFile) || !existsSync(keyFile)) return null;
  return {
    cert: new x509.X509Certificate(readFileSync(certFile, "utf8")),
    keyPem: readFileSync(keyFile, "utf8"),
  };
}

/** @param {string} pem @returns {Promise<CryptoKey>} */
async function importKey(pem) {
  const der = createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
  const key = await webcrypto.subtle.importKey("pkcs8", der, EC, false, ["sign"]);
  return /** @type {CryptoKey} */ (key);
}

/**
 * The key first: a certificate without its key is made anew at the next start, a key without its certificate too.
 * @param {Files} files
 * @param {string} certPem
 * @param {CryptoKey} key
 */
async function writePair({ certFile, keyFile }, certPem, key) {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", /** @type {never} */ (key)));
  const keyPem = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({
    format: "pem",
    type: "pkcs8",
  });
  write(keyFile, String(keyPem), 0o600);
  write(certFile, `${certPem}\n`, 0o644);
}

/** Whole or not at all. @param {string} path @param {string} text @param {number} mode */
function write(path, text, mode) {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, text, { mode, flag: "wx" });
  renameSync(draft, path);
}

/** As browsers and openssl show it. @param {import("@peculiar/x509").X509Certificate} cert */
function fingerprintOf(cert) {
  const hex = createHash("sha256").update(new Uint8Array(cert.rawData)).digest("hex").toUpperCase();
  return (hex.match(/../g) ?? []).join(":");
}
