import assert from 'node:assert/strict';
import { type Change, subject } from '../../agent/change/change.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import type { Instance } from '../../agent/metadata/instance.ts';
import { debianTree } from './debian-tree.ts';
import type { Tree } from './temporary-root.ts';

/** A value of each key that the agent would use. */
export const sound: Readonly<Record<string, string>> = {
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
export const chunks = [
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

/** Files that hold a value as it is, because they are for it. */
export const verbatim = [
  '/var/db/mdata-user-data',
  '/var/svc/mdata-user-script',
  '/var/svc/mdata-operator-script',
];
/** What sound metadata makes or changes in any image. */
export const everywhere = [
  '/etc/hostname',
  '/etc/hosts',
  '/etc/machine-id',
  '/etc/resolv.conf',
  '/root/.ssh/authorized_keys',
  ...verbatim,
];

export interface Image {
  readonly tree: Tree;
  readonly family: 'debian' | 'redhat' | 'gentoo';
  /** The files that sound metadata makes or changes there, beside `everywhere`. */
  readonly made: readonly string[];
}

/** Images whose name and network are in files of different forms. */
export const images: Readonly<Record<string, Image>> = {
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
export const grammars: Readonly<Record<string, RegExp>> = {
  '/etc/hostname': /^[A-Za-z0-9.-]{1,64}$/,
  '/etc/hosts': new RegExp(`^(127\\.0\\.0\\.1|::1|127\\.0\\.1\\.1)\t${word}( ${word})*$`),
  '/etc/resolv.conf': new RegExp(`^(#[ -~]*|(nameserver|options) ${word}|search ${word}( ${word})*)$`),
  '/etc/sysconfig/network': /^(NETWORKING=yes|HOSTNAME=[A-Za-z0-9.-]{1,64})$/,
  '/etc/conf.d/hostname': /^hostname="[A-Za-z0-9.-]{1,64}"$/,
  '/etc/resolvconf.conf': new RegExp(
    `^(resolv_conf|name_servers|search_domains\\w*)=("${word}( ${word})*"|/etc/resolv.conf)$`,
  ),
  '/root/.ssh/authorized_keys': /^(?![^\n]*[\0-\x08\x0b-\x1f\x7f-\x9f])(\s*|#.*|.*ssh-\S+[ \t]+[\w+/]+.*)$/s,
  '/etc/machine-id': /^[0-9a-f]{32}$/,
};
/** The lines of every other file. */
export const elsewhere = /^[ -~\t]*$/;

/** Throws when a planned change has a line, a mode or a name that metadata alone may not bring about. */
export function hold(change: Change): void {
  const said = subject(change) + change.why;
  assert.match(said, /^[ -~]*$/);
  assert.doesNotMatch(said, /own!ed/);
  if (change.kind !== 'file') return;
  if (verbatim.includes(change.path)) {
    assert.equal(change.mode & 0o077, 0);
    return;
  }
  const text = change.content.toString();
  if (text === '') return;
  assert.match(text, /\n$/);
  if (change.path !== '/root/.ssh/authorized_keys') assert.doesNotMatch(text, /own!ed/);
  const grammar = grammars[change.path] ?? elsewhere;
  const strange = text
    .slice(0, -1)
    .split('\n')
    .filter((line) => !grammar.test(line));
  assert.deepEqual({ path: change.path, strange }, { path: change.path, strange: [] });
}

/** An instance of whose keys these are the values. */
export function instanceOf(values: Readonly<Record<string, string | Buffer | undefined>>): Instance {
  return decodeInstance(
    new Map(
      Object.entries(values).map(([key, value]) => [
        key,
        { status: 'found', value: Buffer.from(value ?? '') },
      ]),
    ),
  );
}
