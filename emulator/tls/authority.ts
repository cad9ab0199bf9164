// The library asks for this polyfill to be loaded first (its README, "Installation").
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type GeneralNameType,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';
import { nameConstraints, nameConstraintsOid } from './name-constraints.ts';

/** Certificate chain and key of a server, PEM. */
export interface Leaf {
  cert: string;
  key: string;
}

/** A root and the constrained intermediate that signs leaves. The root's key is gone by the time this exists. */
export interface Authority {
  /** PEM of the root. */
  root: string;
  /** Signs for any name; clients refuse those outside the constraint. */
  sign(names: readonly string[]): Promise<Leaf>;
  /** Revocation lists, DER: of the leaves (by the intermediate) and of the intermediate (by the root). Both are empty. */
  crls: { leaves: Buffer; intermediate: Buffer };
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hour = 3_600_000;
const life = 30 * 24 * hour;

/**
 * Makes the authority of one run. Keys are made in memory, not extractable, and never written.
 * @param names DNS names it may sign for, each with its subdomains.
 * @param wall epoch milliseconds: certificates are judged by clients on wall time.
 */
export async function createAuthority(options: {
  names: readonly string[];
  wall: number;
  crlUrls: { leaves: string; intermediate: string } | undefined;
}): Promise<Authority> {
  cryptoProvider.set(webcrypto);
  const { crlUrls } = options;
  const validity = { notBefore: new Date(options.wall - hour), notAfter: new Date(options.wall + life) };
  const rootKeys = await makeKeys(false);
  const root = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: [{ CN: ['Brickbox run root'] }],
    keys: rootKeys,
    extensions: [
      new BasicConstraintsExtension(true, 1, true),
      caUsage(),
      await SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const keys = await makeKeys(false);
  // The constraint sits on the intermediate: Java ignores it on a trusted root, and honours it here.
  const intermediate = await X509CertificateGenerator.create({
    ...validity,
    subject: [{ CN: ['Brickbox run intermediate'] }],
    issuer: root.subjectName,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      caUsage(),
      new Extension(nameConstraintsOid, true, nameConstraints(options.names)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
      ...distribution(crlUrls?.intermediate),
    ],
  });
  const crls = {
    intermediate: await emptyCrl(root, rootKeys, validity),
    leaves: await emptyCrl(intermediate, keys, validity),
  };
  return {
    root: pem(root),
    crls,
    async sign(names) {
      const leafKeys = await makeKeys(true);
      const certificate = await X509CertificateGenerator.create({
        ...validity,
        // Not a host name: OpenSSL holds a common name that looks like one against the DNS constraint.
        subject: [{ CN: ['Brickbox run server'] }],
        issuer: intermediate.subjectName,
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(names.map(alternativeName)),
          await SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
          await AuthorityKeyIdentifierExtension.create(keys.publicKey),
          ...distribution(crlUrls?.leaves),
        ],
      });
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey));
      return { cert: pem(certificate) + pem(intermediate), key: toPem('PRIVATE KEY', pkcs8) };
    },
  };
}

const makeKeys = (extractable: boolean) =>
  webcrypto.subtle.generateKey(algorithm, extractable, ['sign', 'verify']);

const caUsage = () => new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true);

const distribution = (url: string | undefined) =>
  url === undefined ? [] : [new CRLDistributionPointsExtension([url])];

function alternativeName(name: string): JsonGeneralName {
  const type: GeneralNameType = isIP(name) ? 'ip' : 'dns';
  return { type, value: name };
}

/** JDBC asks for revocation and wants an answer, even an empty one. */
async function emptyCrl(
  issuer: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  validity: { notBefore: Date; notAfter: Date },
): Promise<Buffer> {
  const crl = await X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: validity.notBefore,
    nextUpdate: validity.notAfter,
    signingAlgorithm: algorithm,
    signingKey: keys.privateKey,
    extensions: [
      await AuthorityKeyIdentifierExtension.create(keys.publicKey),
      new Extension('2.5.29.20', false, Buffer.from([0x02, 0x01, 0x01])), // CRL number 1
    ],
  });
  return Buffer.from(crl.rawData);
}

const pem = (certificate: X509Certificate) => toPem('CERTIFICATE', Buffer.from(certificate.rawData));

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
