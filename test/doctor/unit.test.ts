import { expect, test } from 'vitest';
import { checkPlace } from '../../agent/doctor/unit.ts';
import { manifestPath } from '../../agent/image/manifest.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

test.each([
  ['place=/native/usr/lib/lx-agent\nagent=0.2.0\n', 'lx-agent 0.2.0'],
  ['place=/native/usr/lib/lx-agent\n', 'lx-agent of an unknown version'],
])('with the manifest %j, the platform carries %s', (manifest, agent) => {
  const root = openRoot(temporaryRoot({ [manifestPath]: manifest }));
  expect(checkPlace(root)).toEqual([
    {
      subject: 'unit',
      status: 'note',
      text: `the program is the platform's: ${agent} in /native/usr/lib/lx-agent`,
    },
  ]);
});
