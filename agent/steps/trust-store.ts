import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import type { ReadableRoot } from '../system/system.ts';

/**
 * Where distributions keep the certificates of all authorities that they trust, in one PEM file. It has local additions
 * too, after the distribution's own tool (update-ca-certificates, update-ca-trust, trust extract-compat) has run.
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

/** A folder with one certificate in each file, named by OpenSSL's hash. Older SUSE and hand-made images have only this. */
const folder = '/etc/ssl/certs';

/** The largest bundle, in bytes; Debian's has 0.2 MiB. */
const limit = 8 * 1024 * 1024;
/** How many files of the folder are read at most. */
const mostFiles = 1000;

/** The authorities that HTTPS trusts. */
export interface TrustStore {
  /** PEM, one certificate each. */
  readonly certificates: readonly string[];
  /** Their origin, for a message, with what could not be read. */
  readonly from: string;
}

/**
 * The authorities that an image trusts: those in its store, which every other program in the image uses too, or those of
 * Node.js if the image has no store. The result says what could not be read. What is not a certificate is left out.
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
