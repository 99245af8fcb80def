import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { debianTree } from '../test/support/debian-tree.ts';
import { web } from '../test/support/instances/web.ts';
import { startMetadataServer } from '../test/support/metadata-server.ts';

/** A Debian-like root in a temporary folder, and a metadata server with a realistic instance. */
export interface ScratchZone {
  readonly root: string;
  /** The options that point the program at both. */
  readonly target: readonly string[];
}

/** Call `use` while a scratch zone stands; its folder has `purpose` in its name. Needs no privileges. */
export async function withScratchZone(
  purpose: string,
  use: (zone: ScratchZone) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `lx-agent-${purpose}-`));
  const root = join(folder, 'root');
  const socketPath = join(folder, 'metadata.sock');
  for (const [path, content] of Object.entries(debianTree)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
  }
  const server = await startMetadataServer({ socketPath, metadata: web });
  try {
    await use({ root, target: ['--root', root, '--socket', socketPath] });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
