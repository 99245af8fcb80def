import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { debianTree } from '../support/debian-tree.ts';
import { web } from '../support/instances/web.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { plant } from '../support/temporary-root.ts';
import { ending } from './zone.ts';

it('50 agents at once against one server all make themselves what they are', {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-storm-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const socketPath = join(folder, 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata: { ...web } });
  onTestFinished(() => server.close());
  const roots = Array.from({ length: 50 }, (_, index) => {
    const root = join(folder, `root-${index}`);
    mkdirSync(root);
    plant(root, debianTree);
    return root;
  });
  const ends = await Promise.all(
    roots.map((root) => ending(['run', '--stage', 'early', '--root', root, '--socket', socketPath])),
  );
  expect(ends.filter(({ status }) => status !== 0)).toEqual([]);
  for (const root of roots) expect(readFileSync(join(root, 'etc/hostname'), 'utf8')).toBe('web-1\n');
  expect(server.connections).toBeGreaterThanOrEqual(roots.length);
});
