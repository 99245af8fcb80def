import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/**
 * The text of a file under units/, by its path there (`systemd/lx-agent-early.service`): It is embedded in the binary
 * as the asset `units/<path>`. Sources that run directly read it from the repository. Throws if there is no such file.
 */
export function unitText(name: string): string {
  const asset = `units/${name}`;
  return isSea() ? getAsset(asset, 'utf8') : readFileSync(new URL(`../../${asset}`, import.meta.url), 'utf8');
}
