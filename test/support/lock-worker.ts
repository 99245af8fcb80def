import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../agent/system/lock.ts';
import { openRoot } from '../../agent/system/open-root.ts';

// A process of lock.test.ts: `lock-worker.ts ROOT TIMES` adds one to ROOT/counter so many times, under the lock, by a
// reading and a writing between which others get their turn; `lock-worker.ts ROOT hold` takes the lock and keeps it.
const [folder = '', times = ''] = process.argv.slice(2);
const root = openRoot(folder);
const counter = join(folder, 'counter');

if (times === 'hold')
  await withLock(root, 'trial', 60_000, async () => {
    process.stdout.write('held\n');
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  });
else
  for (let time = 0; time < Number(times); time++)
    await withLock(root, 'trial', 60_000, async () => {
      const before = Number(readFileSync(counter, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      writeFileSync(counter, String(before + 1));
    });
