import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, subject } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { steps } from '../../agent/steps/order.ts';
import { emptyState } from '../../agent/system/state.ts';
import { debianTree } from '../support/debian-tree.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { liveRoot, systemAt } from './fixture.ts';

/** A value of each key that the agent would use. */
const sound: Readonly<Record<string, string>> = {
  'sdc:uuid': '6b1f2c2e-9d3a-4c57-8f0e-2a7d5b9c1e40',
  'sdc:hostname': 'web-2',
  hostname: 'web-1.example.com',
  'sdc:alias': 'web 1',
  'sdc:dns_domain': 'example.com',
  'sdc:resolvers': '["192.0.2.53","2001:db8::53"]',
  'sdc:maintain_resolvers': 'true',
  'sdc:nics':
    '[{"interface":"net0","mac":"90:b8:d0:1a:2b:3c","ips":["192.0.2.10/24","2001:db8::10/64"],"gateways":["192.0.2.1"],"primary":true,"mtu":1500}]',
  'sdc:routes':
    '[{"dst":"10.0.8.0/22","gateway":"192.0.2.7"},{"linklocal":true,"dst":"10.1.0.0/16","gateway":"192.0.2.10"}]',
  'sdc:datacenter_name': 'example-1',
  'sdc:owner_uuid': '930896af-bf8c-48d4-885c-6573a94b1853',
  'sdc:max_physical_memory': '4096',
  'sdc:operator-script': 'true\n',
  'user-script': '#!/bin/sh\ntrue\n',
  'user-data': 'color=blue\n',
  root_authorized_keys:
    '# keys\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPkRb6FLAhru+z8TesKql7Fa3GeJpjHLZgtefPlD1xKC ops@example.com\n',
};

/** What is put into it somewhere; `!` is in no grammar, so that it tells what came through as it was. */
const chunks = [
  '\n',
  '\r',
  '\n own!ed 1\n',
  '\u2028',
  '\0',
  '\u001b[2J',
  ' ',
  '\t',
  ';',
  '$(own!ed)',
  '`own!ed`',
  '../',
  '/',
  "'",
  '"',
  '\\',
  '#',
  '*',
  '%',
  '-',
  ' -x',
  '\\n',
  '\\u000aown!ed',
  '\\u0000',
  '!',
  'é',
  '[',
  '{"a":',
  'null',
  '1e999',
  '-1',
  'x'.repeat(5000),
  '9'.repeat(400),
];

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

const verbatim = ['/var/db/mdata-user-data', '/var/svc/mdata-user-script', '/var/svc/mdata-operator-script'];
const everywhere = [
  '/etc/hostname',
  '/etc/hosts',
  '/etc/machine-id',
  '/etc/resolv.conf',
  '/root/.ssh/authorized_keys',
  ...verbatim,
];

interface Image {
  readonly tree: Tree;
  readonly family: 'debian' | 'redhat' | 'gentoo';
  /** The files that sound metadata makes or changes there, beside `everywhere`. */
  readonly made: readonly string[];
}

/** Images whose name and network are in files of different forms. */
const images: Readonly<Record<string, Image>> = {
  Debian: { tree: debianTree, family: 'debian', made: ['/etc/network/interfaces.d/lx-agent'] },
  'Red Hat': {
    tree: {
      '/etc/sysconfig/network': 'NETWORKING=yes\nHOSTNAME=localhost\n',
      '/etc/sysconfig/network-scripts': null,
      '/etc/NetworkManager': null,
    },
    family: 'redhat',
    made: [
      '/etc/NetworkManager/conf.d/90-lx-agent-dns.conf',
      '/etc/sysconfig/network',
      '/etc/sysconfig/network-scripts/ifcfg-eth0',
      '/etc/sysconfig/network-scripts/ifdown-lx-agent',
      '/etc/sysconfig/network-scripts/ifup-lx-agent',
      '/etc/sysconfig/network-scripts/route-eth0',
    ],
  },
  Gentoo: {
    tree: {
      '/etc/conf.d/hostname': 'hostname="localhost"\n',
      '/etc/conf.d/net': '',
      '/etc/resolvconf.conf': 'resolv_conf=/etc/resolv.conf\n',
    },
    family: 'gentoo',
    made: ['/etc/conf.d/hostname', '/etc/conf.d/net.eth0', '/etc/resolvconf.conf'],
  },
};

const word = '[A-Za-z0-9.:_-]+';
/** The lines that a file may have; of others' files, which were there before, also those. */
const grammars: Readonly<Record<string, RegExp>> = {
  '/etc/hostname': /^[A-Za-z0-9.-]{1,64}$/,
  '/etc/hosts': new RegExp(`^(127\\.0\\.0\\.1|::1|127\\.0\\.1\\.1)\t${word}( ${word})*$`),
  '/etc/resolv.conf': new RegExp(`^(#[ -~]*|(nameserver|search|options) ${word})$`),
  '/etc/sysconfig/network': /^(NETWORKING=yes|HOSTNAME=[A-Za-z0-9.-]{1,64})$/,
  '/etc/conf.d/hostname': /^hostname="[A-Za-z0-9.-]{1,64}"$/,
  '/etc/resolvconf.conf': new RegExp(
    `^(resolv_conf|name_servers|search_domains\\w*)=("${word}( ${word})*"|/etc/resolv.conf)$`,
  ),
  '/root/.ssh/authorized_keys': /^(?![^\n]*[\0-\x08\x0b-\x1f\x7f-\x9f])(\s*|#.*|.*ssh-\S+[ \t]+[\w+/]+.*)$/s,
  '/etc/machine-id': /^[0-9a-f]{32}$/,
};
const elsewhere = /^[ -~\t]*$/;

function hold(change: Change): void {
  expect(subject(change) + change.why).toMatch(/^[ -~]*$/);
  expect(subject(change) + change.why).not.toContain('own!ed');
  if (change.kind !== 'file') return;
  if (verbatim.includes(change.path)) {
    expect(change.mode & 0o077).toBe(0);
    return;
  }
  const text = change.content.toString();
  if (text === '') return;
  expect(text).toMatch(/\n$/);
  if (change.path !== '/root/.ssh/authorized_keys') expect(text).not.toContain('own!ed');
  const grammar = grammars[change.path] ?? elsewhere;
  const strange = text
    .slice(0, -1)
    .split('\n')
    .filter((line) => !grammar.test(line));
  expect({ path: change.path, strange }).toEqual({ path: change.path, strange: [] });
}

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
          const instance = decodeInstance(
            new Map(
              Object.entries(values).map(([key, text]) => [
                key,
                { status: 'found', value: Buffer.from(text ?? '') },
              ]),
            ),
          );
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
        { numRuns: 1000 },
      );
      expect([...places].sort()).toEqual([...everywhere, ...made].sort());
      expect(snapshot(path)).toEqual(before);
    },
    120_000,
  );
});
