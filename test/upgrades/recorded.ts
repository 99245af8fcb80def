import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { families } from '../support/roots/families.ts';

/** What a released program has left in roots, as record.ts wrote it down. */
const schema = v.object({
  /** The content of files, a character for each byte, by the first digits of its SHA-256. */
  contents: v.record(v.string(), v.string()),
  /** By family: path → `directory MODE`, `link TARGET` or `file MODE DIGEST`. */
  roots: v.record(v.string(), v.record(v.string(), v.string())),
});

export type RecordedRoots = v.InferOutput<typeof schema>;

/** One of each way in which the agent is started. */
export const recordedFamilies = families.filter(([name]) =>
  [
    'Debian 12, systemd',
    'Ubuntu 14.04, Upstart',
    'Devuan 5, sysvinit',
    'CentOS 6, Upstart',
    'Alpine, OpenRC',
    'Void, runit',
  ].includes(name),
);

/** Where the program lies in a root. */
export const program = 'usr/lib/lx-agent/lx-agent';

/** The instance of the recorded roots. */
export const metadata = {
  'sdc:uuid': '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
  'sdc:hostname': 'web-1',
  'sdc:dns_domain': 'example.org',
  'sdc:resolvers': ['192.0.2.53'],
  'sdc:nics': [
    {
      interface: 'net0',
      mac: '02:08:20:aa:bb:01',
      ips: ['192.0.2.10/24'],
      gateways: ['192.0.2.1'],
      primary: true,
    },
  ],
  root_authorized_keys:
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGrQ7yJxkJ0dJ9v8Zk1mW4cXH2yq3m2Y8f0Zr1mZQk8v operator\n',
  'user-script': '#!/bin/sh\nexit 0\n',
};

export function readRecorded(path: string): RecordedRoots {
  return v.parse(schema, JSON.parse(readFileSync(path, 'utf8')));
}

/** Lay a recorded root into an empty folder. */
export function layRecorded({ contents, roots }: RecordedRoots, name: string, folder: string): void {
  for (const [path, what] of Object.entries(roots[name] ?? {})) {
    const target = join(folder, path);
    const [kind, detail = '', digest = ''] = what.split(' ');
    if (kind === 'link') symlinkSync(what.slice('link '.length), target);
    else if (kind === 'directory') mkdirSync(target);
    else writeFileSync(target, Buffer.from(contents[digest] ?? '', 'latin1'));
    if (kind !== 'link') chmodSync(target, Number.parseInt(detail, 8));
  }
}
