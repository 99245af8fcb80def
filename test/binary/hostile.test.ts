import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keys } from '../../agent/metadata/keys.ts';
import { web } from '../support/instances/web.ts';
import { openZone } from './zone.ts';

const names = Object.keys(keys).filter((key) => !key.endsWith('-url'));

/** What no value may bring about: a line, a file, a name of its own. */
const mark = 'owned~by~metadata';

const texts = [
  `a\n${mark}`,
  `a\r\n${mark} b\n`,
  `\u2028${mark}`,
  `a\u0000${mark}`,
  `../../../../${mark}`,
  `/etc/cron.d/${mark}`,
  `$(touch /tmp/${mark})`,
  `\`touch ${mark}\``,
  `'; touch ${mark}; '`,
  `a b ${mark}`,
  `\u001b[31m${mark}`,
  `192.0.2.1\nnameserver ${mark}`,
  `${mark}${'x'.repeat(100_000)}`,
];

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...texts),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(fc.constantFrom(...texts), { maxLength: 3 }),
  fc.array(
    fc.record(
      Object.fromEntries(
        ['interface', 'mac', 'ip', 'netmask', 'gateway', 'dst', 'mtu'].map((name) => [
          name,
          fc.constantFrom(...texts),
        ]),
      ),
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
);

/** Files that hold a value as it is, because they are for it. */
const verbatim = ['var/db/mdata-user-data', 'var/svc/mdata-user-script', 'var/svc/mdata-operator-script'];
/** Files that the agent may make or change. */
const own = [
  ...verbatim,
  'etc/hostname',
  'etc/hosts',
  'etc/resolv.conf',
  'etc/network/interfaces.d/lx-agent',
  'root/.ssh/authorized_keys',
  'var/svc/provision_success',
  'var/lib/lx-agent/state.json',
  'var/lib/lx-agent/metadata.json',
  'var/log/lx-agent.log',
];

it('hostile metadata in any key makes no line, no file and no end of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record(Object.fromEntries(names.map((key) => [key, value])), { requiredKeys: [] }),
      async (hostile) => {
        const zone = await openZone({ ...web, ...hostile });
        const before = zone.tree();
        const { status, stderr } = await zone.run('--json');
        expect(status).toBe(0);
        expect(stderr).not.toContain(mark);
        const touched = Object.entries(zone.tree()).filter(
          ([path, what]) => what !== before[path] && what.startsWith('file'),
        );
        expect(touched.map(([path]) => path.slice(1)).filter((path) => !own.includes(path))).toEqual([]);
        for (const [path, what] of touched) {
          if (verbatim.includes(path.slice(1)) || path.startsWith('/var/log')) continue;
          // It holds values as JSON strings, and is nothing but JSON.
          if (path === '/var/lib/lx-agent/metadata.json') {
            const values = Object.values<unknown>(
              JSON.parse(readFileSync(join(zone.root, path), 'utf8')).values,
            );
            expect(values.every((one) => typeof one === 'string')).toBe(true);
            continue;
          }
          expect({ path, lines: what.split('\n').filter((line) => line.includes(mark)) }).toEqual({
            path,
            lines: [],
          });
        }
        const logged = existsSync(join(zone.root, 'var/log/lx-agent.log'))
          ? readFileSync(join(zone.root, 'var/log/lx-agent.log'), 'utf8').trimEnd().split('\n')
          : [];
        expect(
          logged.filter((line) => !/^\d{4}-\d\d-\d\dT\S+ (info|notice|warning|error) /.test(line)),
        ).toEqual([]);
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);
