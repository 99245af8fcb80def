import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../../agent/change/settle.ts';
import { steps } from '../../agent/steps/order.ts';
import { emptyState } from '../../agent/system/state.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { chunks, everywhere, hold, images, instanceOf, sound } from '../support/tampered.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { liveRoot, systemAt } from './fixture.ts';

/** Sound values, of which some were tampered with: at one place, or replaced as a whole. */
const metadata = fc.record(
  Object.fromEntries(
    Object.entries(sound).map(([key, text]) => {
      const inserted = fc
        .tuple(fc.nat({ max: text.length }), fc.constantFrom(...chunks), fc.nat({ max: 3 }))
        .map(([at, chunk, gone]) => text.slice(0, at) + chunk + text.slice(at + gone));
      const replaced = fc.oneof(fc.constantFrom(...chunks), fc.json(), fc.string({ unit: 'binary' }));
      return [
        key,
        fc.oneof({ weight: 3, arbitrary: fc.constant(text) }, { weight: 4, arbitrary: inserted }, replaced),
      ];
    }),
  ),
  { requiredKeys: [] },
);

/** Both policies of the network, so that every file has its run whatever else is tried. */
const examples: [Partial<typeof sound>][] = [
  [sound],
  [{ ...sound, 'sdc:nics': '[{"interface":"net0","mac":"90:b8:d0:1a:2b:3c","ips":[]}]' }],
];

describe('metadata that was tampered with, in any key', () => {
  it.each(Object.entries(images))(
    'adds no line and no file of its own (%s)',
    async (_name, { tree, family, made }) => {
      const path = temporaryRoot({ ...tree, '/sbin/ip': '' });
      chmodSync(join(path, 'sbin/ip'), 0o755);
      const root = liveRoot(path);
      const distribution = { family, id: family, version: '1', name: family } as const;
      const system = systemAt(path, { root, distribution });
      const before = snapshot(path);
      const places = new Set<string>();
      await fc.assert(
        fc.asyncProperty(metadata, async (values) => {
          const instance = instanceOf(values);
          for (const { key, reason } of instance.invalid) {
            expect(Object.keys(sound)).toContain(key);
            expect(reason).toMatch(/^[ -~]{1,500}$/);
          }
          for (const step of steps) {
            const plan = await step.plan(instance, system);
            if ('skip' in plan) continue;
            for (const settled of settle(plan, root, emptyState)) {
              hold(settled.change);
              if (settled.change.kind === 'file') places.add(settled.change.path);
            }
          }
        }),
        { numRuns: 1000, examples },
      );
      expect([...places].sort()).toEqual([...everywhere, ...made].sort());
      expect(snapshot(path)).toEqual(before);
    },
    120_000,
  );
});
