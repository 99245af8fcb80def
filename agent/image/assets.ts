import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';

/**
 * The text of a file under units/, by its path there (`systemd/lx-agent-early.service`): carried in the binary as
 * an asset of the name `units/<path>`, read from the repository where the sources run as they are. Throws when
 * there is no such file.
 */
export function unitText(name: string): string {
  const asset = `units/${name}`;
  return isSea() ? getAsset(asset, 'utf8') : readFileSync(new URL(`../../${asset}`, import.meta.url), 'utf8');
}
