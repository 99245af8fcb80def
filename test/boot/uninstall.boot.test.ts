import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { changesFolder } from './image-root.ts';
import { lowerLayers } from './installed.ts';
import { roots } from './roots.ts';

/** What a root holds, with owners, modes and contents, before an installation and after it was taken back. */
const script = `
listing() {
  cd "$1"
  find . -xdev -printf '%y %p %m %U:%G %l\\n' | sort
  find etc usr/lib/lx-agent usr/sbin -xdev -type f -exec sha256sum {} + 2>/dev/null | sort
}
before=$(listing "$1")
"$AGENT" image install --root "$1" >/dev/null
[ "$(listing "$1")" != "$before" ] && echo "another root"
"$AGENT" image uninstall --root "$1" >/dev/null
[ "$(listing "$1")" = "$before" ] && echo "as it was"
`;

test.each([...roots.values()])('image uninstall leaves the root as it was: $name', (root) => {
  const output = execFileSync(
    join(import.meta.dirname, 'install.sh'),
    [lowerLayers(root, 'none').join(':'), changesFolder(), 'sh', '-uc', script, 'sh'],
    { encoding: 'utf8', env: { PATH: process.env.PATH, AGENT: agentBinary } },
  );
  expect(output).toBe('another root\nas it was\n');
});
