import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a scratch root starts with: path → content, `-> target` for a link, `null` for a directory. */
export type Tree = Readonly<Record<string, string | null>>;

/** A scratch root on disk, gone when the test is. */
export function temporaryRoot(tree: Tree = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'lx-agent-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  plant(root, tree);
  return root;
}

/** Lay files, links and folders into a directory. */
export function plant(root: string, tree: Tree): void {
  for (const [path, content] of Object.entries(tree)) {
    const target = join(root, path);
    mkdirSync(content === null ? target : dirname(target), { recursive: true });
    if (content?.startsWith('-> ')) symlinkSync(content.slice(3), target);
    else if (content !== null) writeFileSync(target, content);
  }
}
