import { existsSync } from 'node:fs';

/** Where the metadata socket is: in an lx zone, and in the zones of other brands. */
const sockets = ['/native/.zonecontrol/metadata.sock', '/.zonecontrol/metadata.sock'] as const;

/** The metadata socket of this machine; the lx path where neither is there (yet). */
export function metadataSocket(): string {
  return sockets.find((path) => existsSync(path)) ?? sockets[0];
}

/** Why this machine is no lx zone, so that a boot has nothing to do; undefined when it is one. */
export function reasonNotInZone(): string | undefined {
  if (existsSync('/native') || sockets.some((path) => existsSync(path))) return undefined;
  return 'not an lx zone: there is neither /native nor a metadata socket; nothing to do';
}
