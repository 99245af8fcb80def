import { existsSync } from 'node:fs';
import { version as kernelVersion } from 'node:os';
import { dirname } from 'node:path';

/** Where the metadata socket is: in an lx zone, and in the zones of other brands. */
const sockets = ['/native/.zonecontrol/metadata.sock', '/.zonecontrol/metadata.sock'] as const;

/** The metadata socket of this machine; the lx path where neither is there (yet). */
export function metadataSocket(): string {
  return sockets.find((path) => existsSync(path)) ?? sockets[0];
}

/**
 * Why this machine is no lx zone, so that a boot has nothing to do; undefined when it is one. The kernel of an lx zone
 * calls itself `BrandZ virtual linux`, and the platform mounts its programs below /native: a prepared image has that
 * folder everywhere, but nothing in it.
 */
export function reasonNotInZone(): string | undefined {
  if (sockets.some((path) => existsSync(dirname(path))) || existsSync('/native/usr/sbin')) return undefined;
  if (kernelVersion().startsWith('BrandZ')) return undefined;
  return 'not an lx zone: there is no metadata socket, and nothing of the platform below /native; nothing to do';
}
