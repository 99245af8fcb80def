import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import type { ReadableRoot } from '../system/system.ts';

/**
 * Where distributions keep the certificates of all authorities that they trust, in one PEM file. Local additions are in
 * it as well, once the distribution's own tool (update-ca-certificates, update-ca-trust, trust extract-compat) has run.
 */
export const bundles = [
  // Debian, Ubuntu, Alpine, Gentoo and Void: their ca-certificates; Arch has a link there.
  '/etc/ssl/certs/ca-certificates.crt',
  // Red Hat and Fedora: ca-certificates; the second is what update-ca-trust writes, the first a link that Fedora gives up.
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  // SUSE: ca-certificates; the second is the older place, a link today.
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  // Arch: ca-certificates-utils.
  '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  // Alpine's ca-certificates-bundle, and LibreSSL's places on Alpine and Void.
  '/etc/ssl/cert.pem',
  '/etc/ssl/certs.pem',
] as const;

/** A folder of one certificate a file, under OpenSSL's hashes: all that older SUSE and hand-made images have. */
const folder = '/etc/ssl/certs';

/** The most that a bundle may have, in bytes; Debian's has 0.2 MiB. */
const limit = 8 * 1024 * 1024;
/** The most files of the folder that are read. */
const mostFiles = 1000;

/** Whom HTTPS trusts. */
export interface TrustStore {
  /** PEM, one certificate each. */
  readonly certificates: readonly string[];
  /** Where they are from, for a message, with what could not be read on the way. */
  readonly from: string;
}

/**
 * The authorities that an image trusts: its store, as every other program in the image has it; where it has none, those
 * that Node.js carries. What cannot be read is told, and what is no certificate is left out.
 */
export function trustStore(root: Pick<ReadableRoot, 'readText' | 'list'>): TrustStore {
  const troubles: string[] = [];
  const attempt = <Found>(read: () => Found): Found | undefined => {
    try {
      return read();
    } catch (error) {
      troubles.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const found = (certificates: readonly string[], from: string): TrustStore => ({
    certificates,
    from: [from, ...troubles].join('; '),
  });
  const certificatesIn = (path: string) =>
    (attempt(() => root.readText(path, limit))?.match(block) ?? []).filter(isCertificate);

  for (const path of bundles) {
    const certificates = certificatesIn(path);
    if (certificates.length > 0) return found(certificates, path);
  }
  const files = (attempt(() => root.list(folder)) ?? []).filter((name) => /\.(pem|crt|\d)$/.test(name));
  const certificates = files.slice(0, mostFiles).flatMap((name) => certificatesIn(`${folder}/${name}`));
  if (certificates.length > 0) return found([...new Set(certificates)], folder);
  return found(getCACertificates('bundled'), 'Node.js, for the image has no trust store');
}

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** OpenSSL stops at the first certificate that it cannot parse. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
