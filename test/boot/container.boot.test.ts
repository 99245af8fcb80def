import { describe, expect, test } from 'vitest';
import { boot } from './guest.ts';
import { rootNamed } from './roots.ts';
import { bootPlace } from './suite.ts';

describe('a container that is no zone', () => {
  test('boots as if the agent were not there, and the agent says why', async () => {
    const place = bootPlace();
    const guest = await boot(rootNamed('systemd'), { disk: place.disk, zone: false });
    await guest.waitFor('sshd', 'begin');
    await guest.waitFor('late', 'end:0');
    const journal = await guest.run('journalctl', '--unit', 'lx-agent-early', '--output', 'cat');
    const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
    const records = guest.records();
    place.remove();
    expect(journal).toContain('not an lx zone');
    expect(records.filter(({ who }) => who === 'early').map(({ what }) => what)).toEqual(['begin', 'end:0']);
    expect(ending).toBe('powered off');
  });
});
